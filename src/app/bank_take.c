#include "app/bank_take.h"

#include "app/vault_opening.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

/* Two questions of which so many in a hundred of their words are common are near-duplicates. */
enum { ALIKE_PERCENT = 80, WORDS_MOST_OF_STEM = 64 };

/* The words of a question, as sorted numbers. */
struct words {
	const char *code;
	uint32_t word[WORDS_MOST_OF_STEM];
	size_t count;
};

struct taking {
	const struct act *act;
	const struct bank_take_options *options;
	struct bank_take_report *report;
	struct words *known;
	size_t known_count, known_room;
};

/* ---- the report
 * ------------------------------------------------------------------------------------ */

static void tell(struct taking *t, const char *place, int line, const char *code, const char *what,
		 const char *key, const char *value)
{
	(void)json_array_append_new(t->report->rows,
				    json_pack("{s:s,s:i,s:s,s:s,s:s,s:s}", "place", place, "line",
					      line, "code", code, "what", what, "key", key, "value",
					      value));
}

/* ---- near-duplicates
 * --------------------------------------------------------------------------------- */

static int by_number(const void *left, const void *right)
{
	const uint32_t a = *(const uint32_t *)left;
	const uint32_t b = *(const uint32_t *)right;
	return (a > b) - (a < b);
}

/* FNV-1a of each word in small letters; each word once. */
static struct words words_of(struct arena *a, const char *code, const char *stem)
{
	struct words w = { .code = code };
	const char *at = text_fold(a, stem);
	while (*at && w.count < WORDS_MOST_OF_STEM) {
		uint32_t hash = 2166136261u;
		const size_t size = strcspn(at, " \n\t.,;:?!()\"«»");
		for (size_t i = 0; i < size; i++)
			hash = (hash ^ (unsigned char)at[i]) * 16777619u;
		if (size > 0)
			w.word[w.count++] = hash;
		at += size;
		at += *at != '\0';
	}
	qsort(w.word, w.count, sizeof(w.word[0]), by_number);
	return w;
}

static bool are_alike(const struct words *a, const struct words *b)
{
	size_t i = 0;
	size_t k = 0;
	size_t common = 0;
	if (a->count < 3 || b->count < 3)
		return false;
	while (i < a->count && k < b->count) {
		common += a->word[i] == b->word[k];
		const bool forward = a->word[i] <= b->word[k];
		k += a->word[i] >= b->word[k];
		i += forward;
	}
	return common * 100 >= (a->count + b->count - common) * ALIKE_PERCENT;
}

/* F26: pointed out, and for a person to judge. */
static void tell_alike(struct taking *t, const struct exchange_item *item, const char *code)
{
	const char *stem = item->ru.stem ? item->ru.stem : item->kk.stem;
	const struct words w = words_of(t->act->arena, code, stem);
	for (size_t i = 0; i < t->known_count; i++) {
		if (strcmp(t->known[i].code, code) != 0 && are_alike(&t->known[i], &w))
			tell(t, item->place, item->line, code, "note", "exchange.alike",
			     t->known[i].code);
	}
	if (t->known_count < t->known_room)
		t->known[t->known_count++] = w;
}

/* What is sealed cannot be compared, and the report says so. */
static bool add_known(struct taking *t, const json_t *row, struct bank_door *door, int64_t *sealed,
		      struct err *e)
{
	struct item_text kk = { .stem = NULL };
	struct item_text ru = { .stem = NULL };
	struct err why = { 0 };
	if (!bank_text_read_by(t->act, row_number(row, "newest_id"), door, &kk, &ru, &why)) {
		if (strcmp(why.key, "bank.error.sealed") != 0) {
			*e = why;
			return false;
		}
		++*sealed;
		return true;
	}
	const char *stem = ru.stem ? ru.stem : kk.stem;
	if (stem && t->known_count < t->known_room)
		t->known[t->known_count++] = words_of(t->act->arena, row_text(row, "code"), stem);
	return true;
}

static bool read_known(struct taking *t, size_t more, struct err *e)
{
	CLEANUP(bank_door_close) struct bank_door door = { .purpose = VAULT_WORK };
	size_t i = 0;
	const json_t *row = NULL;
	int64_t sealed = 0;
	const json_t *rows = db_rows(t->act->db, t->act->arena, e,
				     "SELECT code, newest_id FROM bank_item"
				     " WHERE state <> 'retired'");
	t->known_room = json_array_size(rows) + more;
	t->known = arena_array(t->act->arena, t->known_room + 1, sizeof(*t->known));
	json_array_foreach (rows, i, row) {
		if (!add_known(t, row, &door, &sealed, e))
			return false;
	}
	if (sealed > 0)
		tell(t, "", 0, "", "note", "exchange.sealed",
		     arena_print(t->act->arena, "%lld", (long long)sealed));
	return rows != NULL;
}

/* ---- one question
 * -------------------------------------------------------------------------------------- */

static void fill(struct item_text *text)
{
	text->stem = text->stem ? text->stem : "";
	for (size_t i = 0; i < ITEM_OPTIONS_MOST; i++)
		text->option[i] = text->option[i] ? text->option[i] : "";
}

static struct bank_item_form form_of(const struct taking *t, const struct exchange_item *item)
{
	struct bank_item_form form = {
		.code = item->code,
		.act = item->act,
		.article = *item->article ? item->article : t->options->article,
		.text_date = item->dated ? item->text_date : t->options->text_date,
		.answer = item->answer,
		.kk = item->kk,
		.ru = item->ru,
		.enemies = item->enemies,
		.why = "",
	};
	fill(&form.kk);
	fill(&form.ru);
	return form;
}

/* What the file does not say stays as it was. */
static bool keep_rest(const struct taking *t, const struct bank_state *s,
		      const struct exchange_item *item, struct bank_item_form *form, struct err *e)
{
	size_t i = 0;
	const json_t *other = NULL;
	const json_t *row = db_row(t->act->db, t->act->arena, e,
				   "SELECT act, article, text_day FROM item WHERE id = $1",
				   db_int(s->newest_id));
	const json_t *enemies = db_rows(t->act->db, t->act->arena, e,
					"SELECT CASE WHEN code_a = $1 THEN code_b ELSE code_a END"
					" AS code FROM item_enemy WHERE code_a = $1 OR code_b = $1",
					db_text(s->code));
	if (!row || !enemies)
		return false;
	form->act = *item->act ? item->act : row_text(row, "act");
	form->article = *item->article ? item->article : row_text(row, "article");
	if (!item->dated)
		form->text_date = (day){ (int32_t)row_number(row, "text_day") };
	json_array_foreach (enemies, i, other)
		form->enemies = *item->enemies ? item->enemies
					       : arena_print(t->act->arena, "%s %s", form->enemies,
							     row_text(other, "code"));
	/* the words of a language that the file does not have */
	if ((item->kk.stem && item->ru.stem) ||
	    !bank_text_read(t->act, s->newest_id, item->kk.stem ? NULL : &form->kk,
			    item->ru.stem ? NULL : &form->ru, e))
		return item->kk.stem && item->ru.stem;
	fill(&form->kk);
	fill(&form->ru);
	return true;
}

/* A refusal of the form is a bad question; anything else ends the taking over. */
static bool is_bad(struct taking *t, const struct exchange_item *item, struct err *e)
{
	if (e->kind != ERR_INPUT && e->kind != ERR_CONFLICT)
		return false;
	t->report->bad++;
	tell(t, item->place, item->line, item->code, "bad",
	     arena_print(t->act->arena, "%s", e->key), arena_print(t->act->arena, "%s", e->value));
	err_clear(e);
	return true;
}

static bool add(struct taking *t, const struct exchange_item *item, struct err *e)
{
	const struct bank_item_form form = form_of(t, item);
	struct bank_state s = { 0 };
	int64_t id = 0;
	if (!bank_item_add(t->act, &form, &id, e))
		return is_bad(t, item, e);
	if (!bank_item_load(t->act, id, &s, e))
		return false;
	t->report->added++;
	tell(t, item->place, item->line, s.code, "added", "", "");
	tell_alike(t, item, s.code);
	return true;
}

static bool change(struct taking *t, int64_t id, const struct exchange_item *item, struct err *e)
{
	struct bank_item_form form = form_of(t, item);
	struct bank_state s = { 0 };
	if (!bank_item_load(t->act, id, &s, e))
		return false;
	if (!keep_rest(t, &s, item, &form, e))
		return is_bad(t, item, e); /* sealed, and the file has one language of it */
	if (!bank_item_revise(t->act, id, s.revision, &form, e)) {
		if (strcmp(e->key, "bank.error.nothing") != 0)
			return is_bad(t, item, e);
		err_clear(e);
		t->report->unchanged++;
		tell(t, item->place, item->line, item->code, "unchanged", "", "");
		return true;
	}
	t->report->changed++;
	tell(t, item->place, item->line, item->code, "changed", "", "");
	tell_alike(t, item, item->code);
	return true;
}

static bool take(struct taking *t, const struct exchange_item *item, struct err *e)
{
	const json_t *rows =
		db_rows(t->act->db, t->act->arena, e, "SELECT id FROM bank_item WHERE code = $1",
			db_text(item->code));
	const json_t *row = json_array_get(rows, 0);
	if (!rows)
		return false;
	return row && *item->code ? change(t, row_number(row, "id"), item, e) : add(t, item, e);
}

/* ---- all of them
 * ------------------------------------------------------------------------------------------ */

static void drop_json(void *json)
{
	json_decref(json);
}

static bool take_all(struct taking *t, const struct exchange_set *set, struct err *e)
{
	for (size_t i = 0; i < set->finding_count; i++) {
		const struct exchange_finding *f = &set->findings[i];
		t->report->bad += f->fatal;
		tell(t, f->place, f->line, f->code, f->fatal ? "bad" : "note", f->key, f->detail);
	}
	for (size_t i = 0; i < set->item_count; i++) {
		if (!set->items[i].bad && !take(t, &set->items[i], e))
			return false;
	}
	return true;
}

bool bank_take(const struct act *act, const struct exchange_set *set,
	       const struct bank_take_options *options, struct bank_take_report *ret, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct taking t = { .act = act, .options = options, .report = ret };
	*ret = (struct bank_take_report){ .rows = json_array() };
	arena_defer(act->arena, drop_json, ret->rows);
	if (!bank_require(act, ROLE_NAME_AUTHOR, e) || !db_begin(act->db, &tx, e) ||
	    !read_known(&t, set->item_count, e) || !take_all(&t, set, e))
		return false;
	if (options->dry_run)
		return true; /* and back */
	if (ret->bad > 0 && !options->leave_bad)
		return err_set(e, ERR_CONFLICT, "exchange.error.bad", "questions that are bad");
	return act_journal(act, "bank.taken", 0, "",
			   json_pack("{s:s,s:I,s:I,s:I,s:I}", "format",
				     exchange_format_name(set->format), "added",
				     (json_int_t)ret->added, "changed", (json_int_t)ret->changed,
				     "unchanged", (json_int_t)ret->unchanged, "bad",
				     (json_int_t)ret->bad),
			   e) &&
	       db_commit(&tx, e);
}
