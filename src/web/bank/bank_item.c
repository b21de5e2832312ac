/* bank_item.c - one question: its form, its page, its revisions. */
#include "web/bank/bank.h"

#include "app/bank/bank_item.h"
#include "app/bank/bank_known.h"
#include "app/bank/bank_text.h"
#include "base/words.h"
#include "web/row.h"
#include "web/sitting/challenge.h"

#include <stdio.h>
#include <string.h>

enum { CODE_TEXT = 40, ARTICLE_TEXT = 60, ENEMIES_TEXT = 400 };

static const char *const letters[] = { "a", "b", "c", "d", "e", NULL };
_Static_assert(COUNT(letters) == ITEM_OPTIONS_MOST + 1, "a letter for each option");

const struct param bank_new_params[] = { PARAMS_END };
const struct param bank_item_params[] = {
	{ "question", P_INT, 1, INT64_MAX, true, NULL },
	PARAMS_END,
};
const struct param bank_edit_params[] = {
	{ "question", P_INT, 1, INT64_MAX, true, NULL },
	PARAMS_END,
};
const struct param bank_revision_params[] = {
	{ "question", P_INT, 1, INT64_MAX, true, NULL },
	{ "revision", P_INT, 1, INT64_MAX, true, NULL },
	PARAMS_END,
};

#define FORM_PARAMS                                                                                \
	{ "code", P_TEXT, 0, CODE_TEXT, false, NULL }, { "act", P_TEXT, 1, 60, true, NULL },       \
		{ "article", P_TEXT, 1, ARTICLE_TEXT, true, NULL },                                \
		{ "text_date", P_DAY, 0, 0, true, NULL },                                          \
		{ "key", P_CHOICE, 0, 0, true, letters },                                          \
		{ "enemies", P_TEXT, 0, ENEMIES_TEXT, false, NULL },                               \
		{ "why", P_TEXT, 0, BANK_REASON_MOST, false, NULL },                               \
		{ "kk_stem", P_TEXT, 0, BANK_STEM_MOST, false, NULL },                             \
		{ "kk_a", P_TEXT, 0, BANK_OPTION_MOST, false, NULL },                              \
		{ "kk_b", P_TEXT, 0, BANK_OPTION_MOST, false, NULL },                              \
		{ "kk_c", P_TEXT, 0, BANK_OPTION_MOST, false, NULL },                              \
		{ "kk_d", P_TEXT, 0, BANK_OPTION_MOST, false, NULL },                              \
		{ "kk_e", P_TEXT, 0, BANK_OPTION_MOST, false, NULL },                              \
		{ "ru_stem", P_TEXT, 0, BANK_STEM_MOST, false, NULL },                             \
		{ "ru_a", P_TEXT, 0, BANK_OPTION_MOST, false, NULL },                              \
		{ "ru_b", P_TEXT, 0, BANK_OPTION_MOST, false, NULL },                              \
		{ "ru_c", P_TEXT, 0, BANK_OPTION_MOST, false, NULL },                              \
		{ "ru_d", P_TEXT, 0, BANK_OPTION_MOST, false, NULL },                              \
	{                                                                                          \
		"ru_e", P_TEXT, 0, BANK_OPTION_MOST, false, NULL                                   \
	}

const struct param bank_add_params[] = { FORM_PARAMS, PARAMS_END };
const struct param bank_revise_params[] = {
	{ "question", P_INT, 1, INT64_MAX, true, NULL },
	{ "base", P_INT, 1, INT64_MAX, true, NULL },
	FORM_PARAMS,
	PARAMS_END,
};

/* What a version consists of, in the order in which it is read; then what only the form has. */
static const char *const form_fields[] = { "act",     "article", "text_date", "key",    "kk_stem",
					   "kk_a",    "kk_b",    "kk_c",      "kk_d",   "kk_e",
					   "ru_stem", "ru_a",    "ru_b",      "ru_c",   "ru_d",
					   "ru_e",    "code",    "revision",  "enemies" };
enum { PARTS = 16 };

/* ---- reading --------------------------------------------------------------------------------- */

static void add_text(const struct req *r, const char *language, const struct item_text *text,
		     json_t *ret)
{
	(void)json_object_set_new(ret, arena_print(r->arena, "%s_stem", language),
				  json_string(text->stem ? text->stem : ""));
	for (size_t i = 0; i < ITEM_OPTIONS_MOST; i++)
		(void)json_object_set_new(ret, arena_print(r->arena, "%s_%s", language, letters[i]),
					  json_string(text->option[i] ? text->option[i] : ""));
}

/* {kk_stem, kk_a .. ru_e} of a version; "" for what it does not have.  With `sealed` a version that
 * cannot be read now is told by it and has nothing; without, that is a refusal (F28). */
static bool read_texts(const struct req *r, int64_t version, json_t *ret, bool *sealed,
		       struct err *e)
{
	const struct act act = req_act(r);
	struct item_text kk = { .stem = NULL };
	struct item_text ru = { .stem = NULL };
	struct err why = { 0 };
	if (!bank_text_read(&act, version, &kk, &ru, &why)) {
		if (!sealed || strcmp(why.key, "bank.error.sealed") != 0) {
			*e = why;
			return false;
		}
		*sealed = true;
	}
	add_text(r, "kk", &kk, ret);
	add_text(r, "ru", &ru, ret);
	return true;
}

static json_t *read_enemies(const struct req *r, const char *code, struct err *e)
{
	return db_rows(r->db, r->arena, e,
		       "SELECT b.id, b.code FROM item_enemy n JOIN bank_item b ON b.code ="
		       " CASE WHEN n.code_a = $1 THEN n.code_b ELSE n.code_a END"
		       " WHERE n.code_a = $1 OR n.code_b = $1 ORDER BY b.code",
		       db_text(code));
}

/* The version's fields under the names of the form. */
static json_t *read_version(const struct req *r, int64_t version, bool *sealed, struct err *e)
{
	json_t *row = db_row(r->db, r->arena, e,
			     "SELECT act, article, text_day AS text_date, answer, options"
			     " FROM item WHERE id = $1",
			     db_int(version));
	if (!row || !read_texts(r, version, row, sealed, e))
		return NULL;
	row_day(row, "text_date");
	(void)json_object_set_new(row, "key", json_string(letters[row_number(row, "answer")]));
	return row;
}

/* F25: whoever opens a question in use has opened it by a journalled view. */
static bool open_item(struct req *r, struct bank_state *ret, struct err *e)
{
	const struct act act = req_act(r);
	const int64_t id = in_int(r, "question");
	bool seen = true;
	if (!bank_item_load(&act, id, ret, e))
		return false;
	if (!r->shown_again)
		return bank_item_view(&act, id, e);
	if (ret->used_id != 0 &&
	    !db_exists(r->db, e, &seen,
		       "SELECT 1 FROM bank_view WHERE person_id = $1 AND day = $2"
		       " AND bank_item_id = $3",
		       db_int(r->actor.person_id), db_int(day_of_instant(r->now_ms).n), db_int(id)))
		return false;
	return seen || err_set(e, ERR_CONFLICT, "bank.error.ration", "was not opened before");
}

/* ---- the form -------------------------------------------------------------------------------- */

static json_t *letter_options(void)
{
	json_t *list = json_array();
	for (size_t i = 0; letters[i]; i++)
		(void)json_array_append_new(
			list, json_pack("{s:s,s:s}", "id", letters[i], "name", letters[i]));
	return list;
}

bool bank_new(struct req *r, json_t *model, struct err *e)
{
	json_t *question = json_object();
	(void)e;
	for (size_t i = 0; i < COUNT(form_fields); i++)
		(void)json_object_set_new(question, form_fields[i], json_string(""));
	(void)json_object_set_new(question, "id", json_null());
	(void)json_object_set_new(model, "acts", bank_act_options(r, ""));
	(void)json_object_set_new(model, "keys", letter_options());
	(void)json_object_set_new(model, "question", question);
	return true;
}

bool bank_edit(struct req *r, json_t *model, struct err *e)
{
	struct bank_state s = { 0 };
	size_t i = 0;
	const json_t *row = NULL;
	const char *enemies = "";
	if (!open_item(r, &s, e))
		return false;
	json_t *item = read_version(r, s.newest_id, NULL, e);
	const json_t *others = item ? read_enemies(r, s.code, e) : NULL;
	if (!item || !others)
		return false;
	json_array_foreach (others, i, row)
		enemies = arena_print(r->arena, "%s%s%s", enemies, i ? ", " : "",
				      row_text(row, "code"));
	(void)json_object_del(item, "answer");
	(void)json_object_del(item, "options");
	(void)json_object_update_new(item, json_pack("{s:I,s:s,s:I,s:s}", "id", (json_int_t)s.id,
						     "code", s.code, "revision",
						     (json_int_t)s.revision, "enemies", enemies));
	(void)json_object_set_new(model, "acts", bank_act_options(r, s.act));
	(void)json_object_set_new(model, "keys", letter_options());
	(void)json_object_set(model, "question", item);
	return true;
}

static struct item_text text_in(const struct req *r, const char *language)
{
	struct item_text text = {
		.stem = in_text(r, arena_print(r->arena, "%s_stem", language)),
	};
	for (size_t i = 0; letters[i]; i++)
		text.option[i] = in_text(r, arena_print(r->arena, "%s_%s", language, letters[i]));
	return text;
}

static struct bank_item_form form_in(const struct req *r)
{
	return (struct bank_item_form){
		.code = in_text(r, "code"),
		.act = in_text(r, "act"),
		.article = in_text(r, "article"),
		.text_date = in_day(r, "text_date"),
		.answer = in_text(r, "key")[0] - 'a',
		.kk = text_in(r, "kk"),
		.ru = text_in(r, "ru"),
		.enemies = in_text(r, "enemies"),
		.why = in_text(r, "why"),
	};
}

bool bank_add(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	const struct bank_item_form form = form_in(r);
	int64_t id = 0;
	(void)model;
	if (!bank_item_add(&act, &form, &id, e))
		return false;
	r->notice = "bank.notice.saved";
	req_go(r, "/bank/questions/%lld", (long long)id);
	return true;
}

bool bank_revise(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	const struct bank_item_form form = form_in(r);
	(void)model;
	r->notice = "bank.notice.saved";
	req_go(r, "/bank/questions/%lld", (long long)in_int(r, "question"));
	return bank_item_revise(&act, in_int(r, "question"), in_int(r, "base"), &form, e);
}

/* ---- the page -------------------------------------------------------------------------------- */

/* F24: the two languages side by side; the right option is marked. */
static json_t *option_rows(const json_t *item, const struct req *r)
{
	json_t *list = json_array();
	const int64_t count = row_number(item, "options");
	for (int64_t i = 0; i < count; i++)
		(void)json_array_append_new(
			list,
			json_pack("{s:s,s:s,s:s,s:b}", "letter", letters[i], "kk",
				  row_text(item, arena_print(r->arena, "kk_%s", letters[i])), "ru",
				  row_text(item, arena_print(r->arena, "ru_%s", letters[i])),
				  "right", row_number(item, "answer") == i));
	return list;
}

static bool add_history(const struct req *r, int64_t id, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	size_t i = 0;
	json_t *row = NULL;
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT v.number, v.why, v.at_ms, p.family, p.given, p.patronymic"
			       "  FROM bank_revision v LEFT JOIN person p ON p.id = v.author_id"
			       " WHERE v.bank_item_id = $1 ORDER BY v.number DESC",
			       db_int(id));
	if (!rows || !bank_notes_open(&act, rows, "why", e))
		return false;
	json_array_foreach (rows, i, row) {
		size_t k = 0;
		json_t *sign = NULL;
		json_t *signs = db_rows(r->db, r->arena, e,
					"SELECT s.part, s.verdict, s.reason, s.at_ms, p.family,"
					" p.given, p.patronymic FROM bank_sign s"
					" JOIN person p ON p.id = s.person_id"
					" WHERE s.bank_item_id = $1 AND s.revision = $2"
					" ORDER BY s.id",
					db_int(id), db_int(row_number(row, "number")));
		if (!signs || !bank_notes_open(&act, signs, "reason", e))
			return false;
		json_array_foreach (signs, k, sign)
			row_name(r, sign);
		row_name(r, row);
		(void)json_object_set(row, "signs", signs);
	}
	(void)json_object_set(model, "history", rows);
	return true;
}

static bool add_comments(const struct req *r, int64_t id, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	size_t i = 0;
	json_t *row = NULL;
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT c.revision, c.text, c.at_ms, p.family, p.given, p.patronymic"
			       "  FROM bank_comment c JOIN person p ON p.id = c.person_id"
			       " WHERE c.bank_item_id = $1 ORDER BY c.id",
			       db_int(id));
	if (!rows || !bank_notes_open(&act, rows, "text", e))
		return false;
	json_array_foreach (rows, i, row)
		row_name(r, row);
	(void)json_object_set(model, "comments", rows);
	return true;
}

/* What this person may do now; app/ decides again. */
static bool add_may(const struct req *r, const struct bank_state *s, bool sealed, json_t *model,
		    struct err *e)
{
	const bool draft = strcmp(s->state, "draft") == 0;
	const bool review = strcmp(s->state, "review") == 0;
	const bool retired = strcmp(s->state, "retired") == 0;
	bool kk = false;
	bool ru = false;
	if (!db_exists(r->db, e, &kk,
		       "SELECT 1 FROM bank_sign WHERE bank_item_id = $1 AND revision = $2"
		       " AND part = 'kk'",
		       db_int(s->id), db_int(s->revision)) ||
	    !db_exists(r->db, e, &ru,
		       "SELECT 1 FROM bank_sign WHERE bank_item_id = $1 AND revision = $2"
		       " AND part = 'ru'",
		       db_int(s->id), db_int(s->revision)))
		return false;
	/* nobody signs what cannot be read */
	const bool reviewer = review && !sealed && req_is(r, ROLE_REVIEWER);
	const bool approver = req_is(r, ROLE_APPROVER);
	const bool held = *s->hold_kind != '\0';
	const json_int_t used = (json_int_t)s->used_id;
	json_t *may =
		json_pack("{s:b,s:b,s:b,s:b,s:b,s:b,s:b,s:b}", "edit",
			  req_is(r, ROLE_AUTHOR) && !review && !retired && !sealed, "send",
			  draft && req_is(r, ROLE_AUTHOR), "kk", reviewer && !kk, "ru",
			  reviewer && !ru, "approve", review && approver && kk && ru && !sealed,
			  "hold", approver && used && !held && !retired, "release",
			  approver && held && !retired && strcmp(s->hold_kind, "act") != 0 &&
				  strcmp(s->hold_kind, "challenge") != 0,
			  "retire", approver && !retired);
	bool any = false;
	const char *name = NULL;
	const json_t *value = NULL;
	json_object_foreach (may, name, value)
		any = any || (json_is_true(value) && strcmp(name, "edit") != 0);
	(void)json_object_set_new(may, "any", json_boolean(any));
	(void)json_object_set_new(model, "may", may);
	return true;
}

static json_t *question_model(const struct req *r, const struct bank_state *s, const char *held_for,
			      const json_t *item, bool sealed)
{
	return json_pack("{s:I,s:s,s:s,s:s,s:O,s:s,s:s,s:s,s:I,s:b,s:s,s:s,s:s,s:b}", "id",
			 (json_int_t)s->id, "code", s->code, "act_name",
			 bank_act_name(r, row_text(item, "act")), "article",
			 row_text(item, "article"), "text_date", json_object_get(item, "text_date"),
			 "state", s->state, "hold_kind", s->hold_kind, "held_for",
			 sealed ? "" : held_for, "revision", (json_int_t)s->revision, "older_used",
			 s->used_id != 0 && s->used_id != s->newest_id, "kk_stem",
			 row_text(item, "kk_stem"), "ru_stem", row_text(item, "ru_stem"), "key",
			 sealed ? "" : row_text(item, "key"), "sealed", sealed);
}

/* Of a sealed question there is nothing to see but its head, and nothing to journal. */
static bool read_open_or_sealed(struct req *r, struct bank_state *s, json_t **ret, bool *sealed,
				struct err *e)
{
	const struct act act = req_act(r);
	if (!bank_item_load(&act, in_int(r, "question"), s, e))
		return false;
	*ret = read_version(r, s->newest_id, sealed, e);
	return *ret && (*sealed || open_item(r, s, e));
}

/* What was said about the words is as closed as they are. */
static void hide_notes(json_t *model)
{
	size_t i = 0;
	json_t *row = NULL;
	(void)json_object_set_new(model, "comments", json_array());
	json_array_foreach (json_object_get(model, "history"), i, row) {
		size_t k = 0;
		json_t *sign = NULL;
		(void)json_object_set_new(row, "why", json_string(""));
		json_array_foreach (json_object_get(row, "signs"), k, sign)
			(void)json_object_set_new(sign, "reason", json_string(""));
	}
}

/* A draft and what is in review are compared with the bank: on a worker. */
bool bank_alike_slow(struct req *r, struct err *e)
{
	const struct act act = req_act(r);
	return bank_known_alike(&act, in_int(r, "question"), &r->found, e);
}

bool bank_show(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct bank_state s = { 0 };
	const char *held_for = NULL;
	json_t *item = NULL;
	bool sealed = false;
	if (!read_open_or_sealed(r, &s, &item, &sealed, e))
		return false;
	json_t *enemies = read_enemies(r, s.code, e);
	if (!enemies || !bank_note_open(&act, s.reason, &held_for, e) ||
	    !add_history(r, s.id, model, e) || !add_comments(r, s.id, model, e) ||
	    !add_may(r, &s, sealed, model, e) || !challenge_of_item(r, s.code, model, e))
		return false;
	if (sealed)
		hide_notes(model);
	(void)json_object_set_new(model, "question", question_model(r, &s, held_for, item, sealed));
	(void)json_object_set_new(model, "options", sealed ? json_array() : option_rows(item, r));
	(void)json_object_set(model, "enemies", enemies);
	(void)json_object_set(model, "alike", r->found ? r->found : json_null());
	return true;
}

/* ---- a revision ------------------------------------------------------------------------------ */

static json_t *difference(const struct req *r, const char *name, const char *before,
			  const char *after)
{
	size_t count = 0;
	json_t *pieces = json_array();
	const struct word_piece *piece = words_compare(r->arena, before, after, &count);
	for (size_t i = 0; i < count; i++)
		(void)json_array_append_new(pieces,
					    json_pack("{s:s,s:b,s:b}", "text", piece[i].text,
						      "taken", piece[i].kind == WORD_TAKEN, "added",
						      piece[i].kind == WORD_ADDED));
	return json_pack("{s:s,s:b,s:o}", "name", name, "changed", strcmp(before, after) != 0,
			 "pieces", pieces);
}

static bool read_revision(const struct req *r, int64_t id, int64_t number, json_t **ret,
			  struct err *e)
{
	const json_t *row = db_row(r->db, r->arena, e,
				   "SELECT item_id FROM bank_revision WHERE bank_item_id = $1"
				   " AND number = $2",
				   db_int(id), db_int(number));
	*ret = row ? read_version(r, row_number(row, "item_id"), NULL, e) : NULL;
	return *ret != NULL;
}

bool bank_show_revision(struct req *r, json_t *model, struct err *e)
{
	struct bank_state s = { 0 };
	json_t *now = NULL;
	json_t *before = NULL;
	const int64_t number = in_int(r, "revision");
	if (!open_item(r, &s, e) || !read_revision(r, s.id, number, &now, e) ||
	    (number > 1 && !read_revision(r, s.id, number - 1, &before, e)))
		return false;
	json_t *parts = json_array();
	for (size_t i = 0; i < PARTS; i++) {
		const char *old = before ? row_text(before, form_fields[i]) : "";
		const char *new = row_text(now, form_fields[i]);
		if (*old || *new)
			(void)json_array_append_new(
				parts, difference(r, form_fields[i], before ? old : new, new));
	}
	(void)json_object_set_new(model, "parts", parts);
	(void)json_object_set_new(model, "question",
				  json_pack("{s:I,s:s,s:I,s:b}", "id", (json_int_t)s.id, "code",
					    s.code, "revision", (json_int_t)number, "first",
					    number == 1));
	return true;
}
