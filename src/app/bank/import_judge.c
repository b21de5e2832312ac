/* import_judge.c - one question of an import compared with the bank. */
#include "app/bank/import_part.h"

#include "app/bank/bank_known.h"

#include <string.h>

enum { ENEMIES_MOST = 20 };

/* ---- the form of an entry -------------------------------------------------------------------- */

static const char *text_at(const json_t *list, size_t i)
{
	const char *text = json_string_value(json_array_get(list, i));
	return text ? text : "";
}

/* A language that the file does not have is an empty list. */
static struct item_text text_of(const json_t *list)
{
	struct item_text text = { .stem = text_at(list, 0) };
	for (size_t i = 0; i < ITEM_OPTIONS_MOST; i++)
		text.option[i] = text_at(list, i + 1);
	return text;
}

static struct bank_item_form form_of(const struct import *im, const json_t *entry, const char *code)
{
	const char *act = row_text(entry, "act");
	const char *article = row_text(entry, "article");
	return (struct bank_item_form){
		.code = code,
		.act = *act ? act : im->act,
		.article = *article ? article : im->article,
		.text_date = row_has(entry, "text_day")
				     ? (day){ (int32_t)row_number(entry, "text_day") }
				     : im->text_date,
		.answer = (int)row_number(entry, "answer"),
		.kk = text_of(json_object_get(entry, "kk")),
		.ru = text_of(json_object_get(entry, "ru")),
		.enemies = "",
		.why = "",
	};
}

static void fill(struct item_text *text)
{
	text->stem = text->stem ? text->stem : "";
	for (size_t i = 0; i < ITEM_OPTIONS_MOST; i++)
		text->option[i] = text->option[i] ? text->option[i] : "";
}

static bool keep_language(const struct act *act, int64_t version, const json_t *entry,
			  const char *language, struct item_text *text, struct err *e)
{
	if (json_array_size(json_object_get(entry, language)) > 0)
		return true;
	if (!bank_known_words(act, version, language, text, e))
		return false;
	fill(text);
	return true;
}

/* What the file does not say stays as it is in the newest version. */
static bool keep_rest(const struct act *act, int64_t version, const json_t *entry,
		      struct bank_item_form *form, struct err *e)
{
	const json_t *row =
		db_row(act->db, act->arena, e,
		       "SELECT act, article, text_day FROM item WHERE id = $1", db_int(version));
	if (!row)
		return false;
	if (!*row_text(entry, "act"))
		form->act = row_text(row, "act");
	if (!*row_text(entry, "article"))
		form->article = row_text(row, "article");
	if (!row_has(entry, "text_day"))
		form->text_date = (day){ (int32_t)row_number(row, "text_day") };
	return keep_language(act, version, entry, "kk", &form->kk, e) &&
	       keep_language(act, version, entry, "ru", &form->ru, e);
}

static void hash_of(const struct item *item, unsigned char ret[ITEM_HASH_SIZE])
{
	struct item whole = *item;
	fill(&whole.kk);
	fill(&whole.ru);
	item_hash(&whole, ret);
}

/* ---- what is different ----------------------------------------------------------------------- */

static bool same_text(const struct item_text *a, const struct item_text *b)
{
	bool same = strcmp(a->stem, b->stem) == 0;
	for (size_t i = 0; same && i < ITEM_OPTIONS_MOST; i++)
		same = strcmp(a->option[i], b->option[i]) == 0;
	return same;
}

/* Of words that may not be read nothing is told. */
static bool differs(const struct act *act, int64_t version, const char *language,
		    const struct item_text *text, bool *ret, struct err *e)
{
	struct item_text before = { .stem = NULL };
	struct item_text after = *text;
	struct err why = { 0 };
	*ret = false;
	if (!bank_known_words(act, version, language, &before, &why)) {
		if (why.kind == ERR_CONFLICT)
			return true;
		*e = why;
		return false;
	}
	fill(&before);
	fill(&after);
	*ret = !same_text(&before, &after);
	return true;
}

/* "key kk", for messages import.field.* */
static bool find_fields(const struct act *act, int64_t version, struct judged *j, struct err *e)
{
	bool kk = false;
	bool ru = false;
	const json_t *row = db_row(act->db, act->arena, e,
				   "SELECT act, article, text_day, answer FROM item WHERE id = $1",
				   db_int(version));
	if (!row || !differs(act, version, "kk", &j->item.kk, &kk, e) ||
	    !differs(act, version, "ru", &j->item.ru, &ru, e))
		return false;
	j->fields = arena_print(
		act->arena, "%s%s%s%s%s%s", kk ? "kk " : "", ru ? "ru " : "",
		j->item.answer != row_number(row, "answer") ? "key " : "",
		strcmp(j->item.act, row_text(row, "act")) != 0 ? "act " : "",
		strcmp(j->item.article, row_text(row, "article")) != 0 ? "article " : "",
		j->item.text_date.n != row_number(row, "text_day") ? "text_date " : "");
	return true;
}

/* ---- what is bad ----------------------------------------------------------------------------- */

static bool bad(struct judged *j, const char *key, const char *value)
{
	j->what = "bad";
	j->key = key;
	j->value = value;
	return true;
}

/* A refusal of the form is a bad question; anything else ends the step. */
static bool bad_or_failed(const struct act *act, struct judged *j, struct err *e)
{
	if (e->kind != ERR_INPUT && e->kind != ERR_CONFLICT)
		return false;
	(void)bad(j, arena_copy(act->arena, e->key), arena_copy(act->arena, e->value));
	err_clear(e);
	return true;
}

/* F30: an enemy is in the bank or comes with this file; one that is left out as bad stays away. */
static bool check_enemies(const struct act *act, const json_t *entry, struct judged *j,
			  struct err *e)
{
	const json_t *list = json_object_get(entry, "enemies");
	size_t i = 0;
	const json_t *enemy = NULL;
	json_array_foreach (list, i, enemy) {
		const char *code = row_text(enemy, "code");
		bool known = json_is_true(json_object_get(enemy, "here"));
		if (!known && !db_exists(act->db, e, &known,
					 "SELECT 1 FROM bank_item WHERE code = $1", db_text(code)))
			return false;
		if (!known || strcmp(code, j->code) == 0 || i >= ENEMIES_MOST)
			return bad(j, "bank.error.enemy", code);
		j->enemies =
			arena_print(act->arena, "%s%s%s", i ? j->enemies : "", i ? " " : "", code);
	}
	return true;
}

/* The same in every letter under another code, in the bank or above in the file. */
static bool check_same(const struct act *act, const struct import *im, struct judged *j,
		       struct err *e)
{
	const json_t *rows =
		db_rows(act->db, act->arena, e,
			"SELECT code FROM item WHERE hash = $1 AND code <> $2 UNION ALL"
			" SELECT code FROM bank_import_row WHERE import_id = $3 AND hash = $1"
			" AND code <> $2 LIMIT 1",
			db_blob(j->hash, sizeof(j->hash)), db_text(j->code), db_int(im->id));
	if (!rows)
		return false;
	return json_array_size(rows) == 0 ||
	       bad(j, "bank.error.same", row_text(json_array_get(rows, 0), "code"));
}

/* ---- a new question -------------------------------------------------------------------------- */

static bool is_taken(const struct act *act, const struct import *im, const char *code, bool *ret,
		     struct err *e)
{
	return db_exists(act->db, e, ret,
			 "SELECT 1 FROM bank_item WHERE code = $1 UNION ALL"
			 " SELECT 1 FROM bank_import_row WHERE import_id = $2 AND code = $1"
			 " AND what IN ('added', 'changed', 'unchanged')",
			 db_text(code), db_int(im->id));
}

/* The next number that no question has. */
static bool next_code(const struct act *act, struct import *im, const char **ret, struct err *e)
{
	int64_t newest = 0;
	bool taken = true;
	if (!db_number(act->db, e, &newest, "SELECT COALESCE(MAX(id), 0) FROM bank_item"))
		return false;
	if (im->last_code < newest)
		im->last_code = newest;
	while (taken) {
		im->last_code++;
		*ret = arena_print(act->arena, "q-%05lld", (long long)im->last_code);
		if (!is_taken(act, im, *ret, &taken, e))
			return false;
	}
	return true;
}

static bool judge_new(const struct act *act, struct import *im, const json_t *entry,
		      struct judged *j, struct err *e)
{
	const struct bank_item_form form = form_of(im, entry, j->code);
	bool taken = false;
	j->what = "added";
	if (!bank_item_check(act, &form, &j->item, e))
		return bad_or_failed(act, j, e);
	if (*j->code && !is_taken(act, im, j->code, &taken, e))
		return false;
	if (taken) /* by a number that was given above */
		return bad(j, "bank.error.code_taken", "");
	hash_of(&j->item, j->hash);
	if ((!*j->code && !next_code(act, im, &j->code, e)) || !check_same(act, im, j, e))
		return false;
	return strcmp(j->what, "bad") == 0 || check_enemies(act, entry, j, e);
}

/* ---- one that the bank has ------------------------------------------------------------------- */

static bool is_newest(const struct act *act, const struct judged *j, int64_t newest, bool *ret,
		      struct err *e)
{
	return db_exists(act->db, e, ret, "SELECT 1 FROM item WHERE id = $1 AND hash = $2",
			 db_int(newest), db_blob(j->hash, sizeof(j->hash)));
}

/* By a question above; what a comparison of before has left of parts to come does not count. */
static bool is_above(const struct act *act, const struct import *im, const char *code, bool *ret,
		     struct err *e)
{
	return db_exists(act->db, e, ret,
			 "SELECT 1 FROM bank_import_row WHERE import_id = $1 AND part <= $2"
			 " AND code = $3 AND what IN ('added', 'changed', 'unchanged')",
			 db_int(im->id), db_int(im->part), db_text(code));
}

static bool judge_known(const struct act *act, const struct import *im, const json_t *entry,
			int64_t id, struct judged *j, struct err *e)
{
	struct bank_item_form form = form_of(im, entry, j->code);
	struct bank_state s = { 0 };
	bool same = false;
	bool above = false;
	if (!bank_item_load(act, id, &s, e) || !is_above(act, im, j->code, &above, e))
		return false;
	if (above) /* the reader says so first, but what a child says is not believed */
		return bad(j, "exchange.twice", j->code);
	if (!keep_rest(act, s.newest_id, entry, &form, e) ||
	    !bank_item_check(act, &form, &j->item, e))
		return bad_or_failed(act, j, e);
	hash_of(&j->item, j->hash);
	if (!is_newest(act, j, s.newest_id, &same, e))
		return false;
	j->what = same ? "unchanged" : "changed";
	j->base = s.revision;
	if (same)
		return true;
	if (strcmp(s.state, "review") == 0)
		return bad(j, "bank.error.in_review", "");
	if (strcmp(s.state, "retired") == 0)
		return bad(j, "bank.error.retired", "");
	if (!check_same(act, im, j, e))
		return false;
	return strcmp(j->what, "bad") == 0 ||
	       (check_enemies(act, entry, j, e) && find_fields(act, s.newest_id, j, e));
}

bool import_judge(const struct act *act, struct import *im, const json_t *entry, struct judged *ret,
		  struct err *e)
{
	struct judged j = {
		.code = row_text(entry, "code"), .what = "", .key = "", .value = "", .fields = ""
	};
	const json_t *rows = db_rows(act->db, act->arena, e,
				     "SELECT id FROM bank_item WHERE code = $1", db_text(j.code));
	const json_t *row = json_array_get(rows, 0);
	if (!rows || !(row ? judge_known(act, im, entry, row_number(row, "id"), &j, e)
			   : judge_new(act, im, entry, &j, e)))
		return false;
	*ret = j;
	return true;
}

bool import_item(const struct act *act, const struct import *im, const json_t *entry,
		 const char *code, const void *hash, struct item *ret, struct err *e)
{
	struct bank_item_form form = form_of(im, entry, code);
	unsigned char now[ITEM_HASH_SIZE];
	struct item item = { 0 };
	const json_t *rows =
		db_rows(act->db, act->arena, e, "SELECT newest_id FROM bank_item WHERE code = $1",
			db_text(code));
	const json_t *row = json_array_get(rows, 0);
	if (!rows || (row && !keep_rest(act, row_number(row, "newest_id"), entry, &form, e)) ||
	    !bank_item_check(act, &form, &item, e))
		return false;
	hash_of(&item, now);
	if (memcmp(now, hash, sizeof(now)) != 0)
		return err_set(e, ERR_CONFLICT, "import.error.changed", "compared with another");
	*ret = item;
	return true;
}
