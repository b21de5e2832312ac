#include "app/installation/posts_import.h"

#include "app/installation/own_law.h"
#include "base/buf.h"

#include <string.h>

enum { CODE_MOST = 64 };

const struct table_column posts_columns[] = {
	{ "code", true, { "коды", "код" } },
	{ "category", true, { "санаты", "категория" } },
	{ "name_kk", true, { "атауы (қазақша)", "атауы", "наименование (на казахском)" } },
	{ "name_ru", true, { "атауы (орысша)", "наименование", "наименование (на русском)" } },
	{ 0 },
};

static struct post post_of(const struct table *t, const struct exchange_row *row)
{
	return (struct post){
		.code = table_cell(t, row, "code"),
		.category = table_cell(t, row, "category"),
		.name_kk = table_cell(t, row, "name_kk"),
		.name_ru = table_cell(t, row, "name_ru"),
	};
}

static bool is_code(const char *text)
{
	return strlen(text) <= CODE_MOST &&
	       text[strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-")] == '\0';
}

static bool check_texts(const struct post *p, struct err *why)
{
	const struct {
		const char *field, *text;
	} parts[] = { { "code", p->code },
		      { "category", p->category },
		      { "name_kk", p->name_kk },
		      { "name_ru", p->name_ru } };
	for (size_t i = 0; i < COUNT(parts); i++) {
		if (!*parts[i].text)
			return err_input(why, parts[i].field, "error.required", "an empty cell");
		if (strpbrk(parts[i].text, "\"\\\n\t"))
			return err_input(why, parts[i].field, "rules.enter.text",
					 "a text that YAML does not bear");
	}
	return is_code(p->code) ||
	       err_input(why, "code", "posts_import.error.code", "no code of a post");
}

/* R5-1: each table of requirements has a row for it. */
static bool check_category(const struct law_book *book, const struct post *p, struct err *why)
{
	for (size_t i = 0; i < book->qualification_count; i++) {
		if (!qualification_category(book->qualifications[i].qualification, p->category))
			return err_input(why, "category", "posts_import.error.category",
					 "a category that a table has not");
	}
	return true;
}

struct work {
	const struct act *act;
	struct table table;
	json_t *seen; /* codes of the file */
	struct buf yaml;
};

static bool check_row(struct work *w, const struct exchange_row *row, const struct post *p,
		      struct err *why)
{
	return table_row_sound(&w->table, row, why) && check_texts(p, why) &&
	       check_category(w->act->book, p, why) &&
	       (!json_object_get(w->seen, p->code) ||
		err_input(why, "code", "posts_import.error.twice", "a post that stands twice"));
}

static const char *differs(struct arena *a, const struct post *there, const struct post *p)
{
	struct buf fields = buf_on(a);
	if (strcmp(there->category, p->category) != 0)
		buf_add(&fields, "category ");
	if (strcmp(there->name_kk, p->name_kk) != 0)
		buf_add(&fields, "name_kk ");
	if (strcmp(there->name_ru, p->name_ru) != 0)
		buf_add(&fields, "name_ru ");
	return arena_copy_n(a, fields.text, fields.length ? fields.length - 1 : 0);
}

static void take_row(struct work *w, const struct exchange_row *row)
{
	const struct post p = post_of(&w->table, row);
	struct err why = { 0 };
	if (!check_row(w, row, &p, &why)) {
		table_note_bad(&w->table, row, p.name_ru, &why);
		return;
	}
	(void)json_object_set_new(w->seen, p.code, json_true());
	buf_print(&w->yaml,
		  "  - { code: \"%s\", category: \"%s\", name_kk: \"%s\", name_ru: \"%s\" }\n",
		  p.code, p.category, p.name_kk, p.name_ru);
	const struct post *there = law_book_post(w->act->book, p.code);
	const char *fields = there ? differs(w->act->arena, there, &p) : "";
	table_note(&w->table, row->line,
		   !there    ? "added"
		   : *fields ? "changed"
			     : "unchanged",
		   p.name_ru, fields);
}

static bool take_left_out(struct work *w, struct err *e)
{
	const struct act *act = w->act;
	for (size_t i = 0; i < act->book->post_count; i++) {
		const struct post *p = &act->book->posts[i];
		const struct exchange_row none = { .place = "" };
		struct err why = { 0 };
		bool used = false;
		if (json_object_get(w->seen, p->code))
			continue;
		if (!db_exists(act->db, e, &used, "SELECT 1 FROM competition WHERE post = $1",
			       db_text(p->code)))
			return false;
		if (!used) {
			table_note(&w->table, 0, "removed", p->name_ru, "");
			continue;
		}
		(void)err_input(&why, "code", "posts_import.error.used",
				"a competition has the post");
		(void)err_value(&why, p->code);
		table_note_bad(&w->table, &none, p->name_ru, &why);
	}
	return true;
}

static bool go_through(const struct act *act, const struct exchange_set *set, struct work *ret,
		       struct err *e)
{
	struct work w = { .act = act, .seen = json_object(), .yaml = buf_on(act->arena) };
	json_in_arena(act->arena, w.seen);
	if (!act_require(act, ROLE_NAME_ADMIN, act->book->organs[0].code, e) ||
	    !table_open(act->arena, set, posts_columns, &w.table, e))
		return false;
	buf_add(&w.yaml, "assumed: false\nposts:\n");
	for (size_t i = 1; i < set->row_count; i++)
		take_row(&w, &set->rows[i]);
	if (!take_left_out(&w, e))
		return false;
	*ret = w;
	return true;
}

bool posts_import_look(const struct act *act, const struct exchange_set *set, json_t **ret,
		       struct err *e)
{
	struct work w = { 0 };
	if (!go_through(act, set, &w, e))
		return false;
	*ret = table_told(&w.table);
	return true;
}

bool posts_import_take(const struct act *act, const struct exchange_set *set, const char *reason,
		       json_t **ret, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct work w = { 0 };
	const struct law_book *book = NULL;
	if (!db_begin(act->db, &tx, e) || !go_through(act, set, &w, e))
		return false;
	if (w.table.bad > 0) {
		(void)err_input(e, "file", "table.error.bad", "rows that will not do");
		return err_value(e, arena_print(act->arena, "%lld", (long long)w.table.bad));
	}
	const struct law_source file = { "posts.yaml", w.yaml.text };
	if (!own_law_enter(act, &file, 1, reason, &book, e) || !db_commit(&tx, e))
		return false;
	*ret = table_told(&w.table);
	return true;
}
