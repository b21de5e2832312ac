#include "app/installation/people_import.h"

#include "app/access/people.h"
#include "base/buf.h"
#include "base/text.h"
#include "law/iin.h"

#include <string.h>

const struct table_column people_columns[] = {
	{ "iin", true, { "жсн", "иин" } },
	{ "family", true, { "тегі", "фамилия", "family name" } },
	{ "given", true, { "аты", "имя", "given name" } },
	{ "patronymic", false, { "әкесінің аты", "отчество" } },
	{ "organ", true, { "орган" } },
	{ "position_kk",
	  false,
	  { "лауазымы (қазақша)", "лауазымы", "должность (на казахском)", "position (kazakh)" } },
	{ "position_ru",
	  false,
	  { "лауазымы (орысша)", "должность", "должность (на русском)", "position (russian)" } },
	{ 0 },
};

/* A spreadsheet takes the zeros before a number away; the check digit says whether it was so. */
static const char *iin_of(struct arena *a, const char *text)
{
	const size_t size = strlen(text);
	const bool number = size > 0 && size < IIN_SIZE && strspn(text, "0123456789") == size;
	return number ? arena_print(a, "%.*s%s", (int)(IIN_SIZE - size), "000000000000", text)
		      : text;
}

/* Its code, if it is the name of an organ. */
static const char *organ_of(const struct act *act, const char *text)
{
	const char *folded = text_fold(act->arena, text);
	for (size_t i = 0; i < act->book->organ_count; i++) {
		const struct organ *o = &act->book->organs[i];
		if (strcmp(text_fold(act->arena, o->name_kk), folded) == 0 ||
		    strcmp(text_fold(act->arena, o->name_ru), folded) == 0)
			return o->code;
	}
	return text;
}

static struct person_form form_of(const struct act *act, const struct table *t,
				  const struct exchange_row *row)
{
	return (struct person_form){
		.iin = iin_of(act->arena, table_cell(t, row, "iin")),
		.family = table_cell(t, row, "family"),
		.given = table_cell(t, row, "given"),
		.patronymic = table_cell(t, row, "patronymic"),
		.organ = organ_of(act, table_cell(t, row, "organ")),
		.position_kk = table_cell(t, row, "position_kk"),
		.position_ru = table_cell(t, row, "position_ru"),
	};
}

/* A column that the file has not, says nothing: what is there stays. */
static void keep_unsaid(const struct table *t, const json_t *there, struct person_form *form)
{
	const struct {
		const char *field;
		const char **text;
	} may[] = { { "patronymic", &form->patronymic },
		    { "position_kk", &form->position_kk },
		    { "position_ru", &form->position_ru } };
	for (size_t i = 0; i < COUNT(may); i++) {
		for (int k = 0; t->columns[k].field; k++) {
			if (strcmp(t->columns[k].field, may[i].field) == 0 && t->at[k] < 0)
				*may[i].text = row_text(there, may[i].field);
		}
	}
}

static const char *differs(struct arena *a, const json_t *there, const struct person_form *form)
{
	const struct {
		const char *field, *text;
	} parts[] = { { "family", form->family },           { "given", form->given },
		      { "patronymic", form->patronymic },   { "organ", form->organ },
		      { "position_kk", form->position_kk }, { "position_ru", form->position_ru } };
	struct buf fields = buf_on(a);
	for (size_t i = 0; i < COUNT(parts); i++) {
		if (strcmp(row_text(there, parts[i].field), parts[i].text) != 0)
			buf_print(&fields, "%s%s", fields.length ? " " : "", parts[i].field);
	}
	return fields.text;
}

struct work {
	const struct act *act;
	struct table table;
	json_t *seen; /* IINs of the file */
	bool writes;
};

static bool check_row(struct work *w, const struct exchange_row *row,
		      const struct person_form *form, struct err *why)
{
	return table_row_sound(&w->table, row, why) && person_check(w->act, form, why) &&
	       (!json_object_get(w->seen, form->iin) ||
		err_input(why, "iin", "people_import.error.twice", "an IIN that stands twice"));
}

/* One person of the file; a failure is one of storage. */
static bool take_row(struct work *w, const struct exchange_row *row, struct err *e)
{
	const struct act *act = w->act;
	struct person_form form = form_of(act, &w->table, row);
	const char *name = arena_print(act->arena, "%s %s", form.family, form.given);
	struct err why = { 0 };
	if (!check_row(w, row, &form, &why)) {
		table_note_bad(&w->table, row, name, &why);
		return true;
	}
	(void)json_object_set_new(w->seen, form.iin, json_true());
	const json_t *rows = db_rows(act->db, act->arena, e,
				     "SELECT family, given, patronymic, organ, position_kk,"
				     " position_ru FROM person WHERE iin = $1",
				     db_text(form.iin));
	if (!rows)
		return false;
	const json_t *there = json_array_get(rows, 0);
	if (!there) {
		table_note(&w->table, row->line, "added", name, "");
		return !w->writes || person_add(act, &form, NULL, e);
	}
	keep_unsaid(&w->table, there, &form);
	const char *fields = differs(act->arena, there, &form);
	table_note(&w->table, row->line, *fields ? "changed" : "unchanged", name, fields);
	return !w->writes || !*fields || person_change(act, &form, e);
}

static bool go_through(const struct act *act, const struct exchange_set *set, bool writes,
		       struct work *ret, struct err *e)
{
	struct work w = { .act = act, .seen = json_object(), .writes = writes };
	json_in_arena(act->arena, w.seen);
	if (!act_require(act, ROLE_NAME_ADMIN, act->book->organs[0].code, e) ||
	    !table_open(act->arena, set, people_columns, &w.table, e))
		return false;
	for (size_t i = 1; i < set->row_count; i++) {
		if (!take_row(&w, &set->rows[i], e))
			return false;
	}
	*ret = w;
	return true;
}

bool people_import_look(const struct act *act, const struct exchange_set *set, json_t **ret,
			struct err *e)
{
	struct work w = { 0 };
	if (!go_through(act, set, false, &w, e))
		return false;
	*ret = table_told(&w.table);
	return true;
}

bool people_import_take(const struct act *act, const struct exchange_set *set, json_t **ret,
			struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct work w = { 0 };
	if (!db_begin(act->db, &tx, e) || !go_through(act, set, true, &w, e))
		return false;
	if (w.table.bad > 0) {
		(void)err_input(e, "file", "table.error.bad", "rows that will not do");
		return err_value(e, arena_print(act->arena, "%lld", (long long)w.table.bad));
	}
	if (w.table.added + w.table.changed == 0)
		return err_set(e, ERR_CONFLICT, "table.error.nothing", "nothing would change");
	if (!db_commit(&tx, e))
		return false;
	*ret = table_told(&w.table);
	return true;
}
