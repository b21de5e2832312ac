/* challenge_show.c - one challenge: for the candidate its verdict, for the experts the words, the
 * findings and what a finding would do, for HR what a paper said (F17, F20, F62, F63). */
#include "app/bank/bank_item.h"
#include "app/notice/notice.h"
#include "app/result/challenge.h"
#include "app/result/correction.h"
#include "app/result/finding.h"
#include "app/sitting/attempt.h"
#include "web/bank/bank.h"
#include "web/names.h"
#include "web/notice/told.h"
#include "web/row.h"
#include "web/sitting/challenge.h"

#include <string.h>

enum { ARTICLE_MOST = 200, REASONS_MOST = 4000, NOTE_MOST = 1000, ROWS_SHOWN = 200 };

static const char *const kinds[] = { "rejected", "key", "void", NULL };
static const char *const letters[] = { "a", "b", "c", "d", "e", NULL };
_Static_assert(COUNT(letters) == ITEM_OPTIONS_MOST + 1, "a letter for each option");

#define OF_CHALLENGE                                                                               \
	{                                                                                          \
		"challenge", P_INT, 1, INT64_MAX, true, NULL                                       \
	}
const struct param challenge_params[] = {
	OF_CHALLENGE,
	PARAMS_END,
};
const struct param challenge_compare_params[] = {
	OF_CHALLENGE,
	{ "agreed", P_CHOICE, 0, 0, true, (const char *const[]){ "yes", "no", NULL } },
	PARAMS_END,
};
const struct param challenge_find_params[] = {
	OF_CHALLENGE,
	{ "kind", P_CHOICE, 0, 0, true, kinds },
	{ "right", P_CHOICE, 0, 0, false, letters },
	{ "article", P_TEXT, 1, ARTICLE_MOST, true, NULL },
	{ "reasons", P_TEXT, 1, REASONS_MOST, true, NULL },
	PARAMS_END,
};
const struct param challenge_answer_params[] = {
	OF_CHALLENGE,
	{ "finding", P_INT, 1, INT64_MAX, true, NULL },
	{ "newest", P_INT, 0, INT64_MAX, true, NULL },
	{ "answer", P_CHOICE, 0, 0, true, (const char *const[]){ "confirm", "return", NULL } },
	{ "note", P_TEXT, 0, NOTE_MOST, false, NULL },
	PARAMS_END,
};

/* ---- what everybody sees -------------------------------------------------------------------- */

json_t *challenge_row(const struct req *r, int64_t id, struct err *e)
{
	json_t *row = db_row(r->db, r->arena, e,
			     "SELECT x.id, x.attempt_id AS attempt, x.number, x.grounds, x.basis,"
			     " x.paper, x.filed_day, x.state, x.at_ms, x.ended_ms, t.code, q.act,"
			     " c.post FROM challenge x JOIN attempt t ON t.id = x.attempt_id"
			     " JOIN form_question q ON q.attempt_id = x.attempt_id"
			     "  AND q.number = x.number"
			     " JOIN application a ON a.id = t.application_id"
			     " JOIN competition c ON c.id = a.competition_id WHERE x.id = $1",
			     db_int(id));
	if (!row)
		return NULL;
	row_day(row, "filed_day");
	(void)json_object_set_new(row, "act", json_string(bank_act_name(r, row_text(row, "act"))));
	(void)json_object_set_new(row, "post", json_string(post_name(r, row_text(row, "post"))));
	return row;
}

bool challenge_verdict(const struct req *r, const json_t *challenge, json_t *ret, struct err *e)
{
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT f.kind, f.article, f.reasons, f.answered_ms AS at_ms"
			       " FROM challenge x JOIN finding f ON f.id = x.finding_id"
			       " WHERE x.id = $1",
			       db_int(row_number(challenge, "id")));
	json_t *row = json_array_get(rows, 0);
	(void)json_object_set(ret, "verdict", row ? row : json_null());
	return rows != NULL;
}

/* What the page asks the database about besides: not for the model. */
struct facts {
	int64_t item_id, bank_item_id, attempt_id, number, by_id, options, answer;
	const char *state, *shown, *language;
	int64_t proposal_id, proposed_by;
};

static bool read_facts(struct req *r, int64_t id, struct facts *ret, struct err *e)
{
	const json_t *row = db_row(
		r->db, r->arena, e,
		"SELECT x.item_id, x.attempt_id, x.number, x.by_id, x.state, i.options, i.answer,"
		" q.shown, t.language, (SELECT b.id FROM bank_item b WHERE b.code = i.code) AS "
		"bank,"
		" f.id AS proposal, f.by_id AS proposed_by FROM challenge x"
		" JOIN item i ON i.id = x.item_id JOIN attempt t ON t.id = x.attempt_id"
		" JOIN form_question q ON q.attempt_id = x.attempt_id AND q.number = x.number"
		" LEFT JOIN finding f ON f.item_id = x.item_id AND f.state = 'proposed'"
		" WHERE x.id = $1",
		db_int(id));
	if (!row)
		return false;
	*ret = (struct facts){
		.item_id = row_number(row, "item_id"),
		.bank_item_id = row_number(row, "bank"),
		.attempt_id = row_number(row, "attempt_id"),
		.number = row_number(row, "number"),
		.by_id = row_number(row, "by_id"),
		.options = row_number(row, "options"),
		.answer = row_number(row, "answer"),
		.state = row_text(row, "state"),
		.shown = row_text(row, "shown"),
		.language = row_text(row, "language"),
		.proposal_id = row_number(row, "proposal"),
		.proposed_by = row_number(row, "proposed_by"),
	};
	return true;
}

/* ---- the words, for experts ----------------------------------------------------------------- */

/* F25: the view is journalled and counts in the day's ration, as in the bank. */
static bool open_words(struct req *r, const struct facts *f, bool *ret, struct err *e)
{
	const struct act act = req_act(r);
	*ret = true;
	if (!r->shown_again)
		return bank_item_view(&act, f->bank_item_id, e);
	return db_exists(r->db, e, ret,
			 "SELECT 1 FROM bank_view WHERE person_id = $1 AND day = $2"
			 " AND bank_item_id = $3",
			 db_int(r->actor.person_id), db_int(day_of_instant(r->now_ms).n),
			 db_int(f->bank_item_id));
}

static bool chosen_option(struct req *r, const struct facts *f, int64_t *ret, struct err *e)
{
	const json_t *rows = db_rows(r->db, r->arena, e,
				     EVENTS_OF_ATTEMPT
				     "SELECT choice FROM event WHERE accepted = 1 AND number = $2"
				     " ORDER BY id DESC LIMIT 1",
				     db_int(f->attempt_id), db_int(f->number));
	const json_t *row = json_array_get(rows, 0);
	const size_t place = row && row_has(row, "choice") ? (size_t)row_number(row, "choice")
							   : ITEM_OPTIONS_MOST;
	*ret = place < strlen(f->shown) ? f->shown[place] - '0' : -1;
	return rows != NULL;
}

static json_t *options_of(const struct facts *f, const struct item_text *kk,
			  const struct item_text *ru, int64_t chosen)
{
	json_t *list = json_array();
	for (int i = 0; i < f->options; i++)
		(void)json_array_append_new(
			list, json_pack("{s:s,s:s,s:s,s:b,s:b}", "letter", letters[i], "kk",
					kk->option[i] ? kk->option[i] : "", "ru",
					ru->option[i] ? ru->option[i] : "", "key", i == f->answer,
					"chosen", i == chosen));
	return list;
}

static bool add_words(struct req *r, const struct facts *f, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct item_text kk = { 0 };
	struct item_text ru = { 0 };
	int64_t chosen = -1;
	bool open = false;
	if (!open_words(r, f, &open, e) || !chosen_option(r, f, &chosen, e))
		return false;
	if (!open)
		return true;
	if (!challenge_words(&act, f->attempt_id, f->number, &kk, &ru, e))
		return false;
	(void)json_object_set_new(model, "words",
				  json_pack("{s:s,s:s,s:s,s:o,s:I}", "language", f->language, "kk",
					    kk.stem ? kk.stem : "", "ru", ru.stem ? ru.stem : "",
					    "options", options_of(f, &kk, &ru, chosen), "question",
					    (json_int_t)f->bank_item_id));
	return true;
}

/* ---- findings, for officials ---------------------------------------------------------------- */

static bool add_findings(struct req *r, const struct facts *f, json_t *model, struct err *e)
{
	size_t i = 0;
	json_t *row = NULL;
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT f.kind, f.answer, f.article, f.reasons, f.state, f.at_ms,"
			       " f.answered_ms, f.answer_note AS note,"
			       " p.family || ' ' || p.given AS by_name,"
			       " s.family || ' ' || s.given AS second, k.had, k.changed"
			       " FROM finding f JOIN person p ON p.id = f.by_id"
			       " LEFT JOIN person s ON s.id = f.answered_by"
			       " LEFT JOIN key_correction k ON k.finding_id = f.id"
			       " WHERE f.item_id = $1 ORDER BY f.id DESC",
			       db_int(f->item_id));
	json_array_foreach (rows, i, row) {
		const bool key = row_has(row, "answer");
		(void)json_object_set_new(
			row, "letter", json_string(key ? letters[row_number(row, "answer")] : ""));
		(void)json_object_del(row, "answer");
	}
	(void)json_object_set(model, "findings", rows);
	return rows != NULL;
}

/* Which option is right is for the experts' eyes. */
static void hide_letters(json_t *model)
{
	size_t i = 0;
	json_t *row = NULL;
	json_array_foreach (json_object_get(model, "findings"), i, row)
		(void)json_object_set_new(row, "letter", json_string(""));
}

static bool add_joined(struct req *r, int64_t id, const struct facts *f, json_t *model,
		       struct err *e)
{
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT x.id, t.code, x.number, x.state, x.grounds, x.basis"
			       " FROM challenge x JOIN attempt t ON t.id = x.attempt_id"
			       " WHERE x.item_id = $1 AND x.id <> $2"
			       " AND x.state IN ('open', 'withdrawn', 'decided') ORDER BY x.id",
			       db_int(f->item_id), db_int(id));
	(void)json_object_set(model, "joined", rows);
	return rows != NULL;
}

/* ---- the effect ----------------------------------------------------------------------------- */

static json_t *effect_rows(struct req *r, const struct effect *f)
{
	json_t *list = json_array();
	for (size_t i = 0; i < f->count && i < ROWS_SHOWN; i++) {
		const struct effect_row *x = &f->rows[i];
		const char *crossed = x->positive_now == x->positive_was ? "none"
				      : x->positive_now                  ? "up"
									 : "down";
		(void)json_array_append_new(
			list,
			json_pack("{s:s,s:s,s:i,s:s,s:i,s:i,s:i,s:i,s:i,s:s,s:s}", "code", x->code,
				  "post", post_name(r, x->post), "number", x->number, "act",
				  bank_act_name(r, x->act), "was", x->was, "now", x->now, "act_was",
				  x->act_was, "act_now", x->act_now, "act_asked", x->act_asked,
				  "crossed", crossed, "stage", x->stage));
	}
	return list;
}

static bool add_effect(struct req *r, const struct facts *f, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct key_finding finding = { FINDING_REJECTED, NO_OPTION };
	struct effect x = { 0 };
	int64_t newest = 0;
	const json_t *row =
		db_row(r->db, r->arena, e, "SELECT kind, answer FROM finding WHERE id = $1",
		       db_int(f->proposal_id));
	if (!row || !finding_newest(&act, f->item_id, &newest, e))
		return false;
	(void)finding_of(row_text(row, "kind"), &finding.kind);
	finding.answer = row_has(row, "answer") ? (int)row_number(row, "answer") : NO_OPTION;
	if (!correction_effect(&act, f->item_id, &finding, &x, e))
		return false;
	(void)json_object_set_new(
		model, "effect",
		json_pack("{s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:o}", "finding",
			  (json_int_t)f->proposal_id, "newest", (json_int_t)newest, "had",
			  (json_int_t)x.had, "running", (json_int_t)x.running, "changed",
			  (json_int_t)x.count, "gained", (json_int_t)x.gained, "lost",
			  (json_int_t)x.lost, "up", (json_int_t)x.up, "down", (json_int_t)x.down,
			  "more", (json_int_t)(x.count > ROWS_SHOWN ? x.count - ROWS_SHOWN : 0),
			  "rows", effect_rows(r, &x)));
	return true;
}

/* ---- the page ------------------------------------------------------------------------------- */

static bool add_may(struct req *r, const struct challenge_reader *who, const struct facts *f,
		    json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	const bool open = strcmp(f->state, "open") == 0;
	bool find = false;
	bool answer = false;
	if (who->expert && open && !f->proposal_id && !finding_may(&act, f->item_id, 0, &find, e))
		return false;
	if (who->expert && f->proposal_id &&
	    !finding_may(&act, f->item_id, f->proposed_by, &answer, e))
		return false;
	(void)json_object_set_new(
		model, "may",
		json_pack("{s:b,s:b,s:b,s:b,s:b}", "withdraw", who->own && open, "compare",
			  who->hr && !who->own && strcmp(f->state, "entered") == 0 &&
				  f->by_id != r->actor.person_id,
			  "find", find, "answer", answer, "open_result", who->own || who->hr));
	return true;
}

/* F84: the candidate reads the verdict itself, and that serves the notice of it. */
static bool add_told(struct req *r, int64_t id, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	const json_t *rows =
		db_rows(r->db, r->arena, e,
			"SELECT id FROM notice WHERE person_id = $1 AND kind = 'challenge.decided'"
			" AND href = $2",
			db_int(r->actor.person_id),
			db_text(arena_print(r->arena, "/challenges/%lld", (long long)id)));
	const json_t *row = json_array_get(rows, 0);
	(void)json_object_set_new(model, "told", json_null());
	if (!row)
		return rows != NULL;
	return (r->shown_again || notice_open(&act, row_number(row, "id"), e)) &&
	       model_told_notice(r, row_number(row, "id"), model, e);
}

static json_t *find_options(const struct req *r, const struct facts *f, json_t *model)
{
	json_t *rights = json_array();
	for (int i = 0; i < f->options; i++)
		(void)json_array_append_new(
			rights, json_pack("{s:s,s:s}", "id", letters[i], "name", letters[i]));
	(void)json_object_set_new(model, "kinds", word_options(r, kinds, "challenge.kind"));
	return rights;
}

/* An official who is the challenger reads the own case as a candidate does. */
static bool add_official(struct req *r, int64_t id, const struct challenge_reader *who,
			 const struct facts *f, json_t *model, struct err *e)
{
	(void)json_object_set_new(model, "effect", json_null());
	(void)json_object_set_new(model, "words", json_null());
	(void)json_object_set_new(model, "joined", json_array());
	(void)json_object_set_new(model, "findings", json_array());
	(void)json_object_set_new(model, "rights", find_options(r, f, model));
	if (who->own || (!who->hr && !who->auditor && !who->expert))
		return true;
	if (!add_findings(r, f, model, e))
		return false;
	if (!who->expert)
		hide_letters(model);
	if (!who->expert && !who->auditor)
		return true;
	return add_joined(r, id, f, model, e) && (!who->expert || add_words(r, f, model, e)) &&
	       (!f->proposal_id || add_effect(r, f, model, e));
}

bool challenge_show(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	const int64_t id = in_int(r, "challenge");
	struct challenge_reader who = { 0 };
	struct facts f = { 0 };
	if (!challenge_may_read(&act, id, &who, e) || !read_facts(r, id, &f, e))
		return false;
	json_t *row = challenge_row(r, id, e);
	if (!row || !add_official(r, id, &who, &f, model, e) ||
	    !challenge_verdict(r, row, model, e) || !add_may(r, &who, &f, model, e))
		return false;
	(void)json_object_set(model, "challenge", row);
	(void)json_object_set_new(model, "own", json_boolean(who.own));
	(void)json_object_set_new(model, "told", json_null());
	return !who.own || add_told(r, id, model, e);
}

/* ---- what is done --------------------------------------------------------------------------- */

static void go_back(struct req *r, const char *notice)
{
	r->notice = notice;
	req_go(r, "/challenges/%lld", (long long)in_int(r, "challenge"));
}

bool challenge_do_withdraw(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	(void)model;
	go_back(r, "challenge.notice.withdrawn");
	return challenge_withdraw(&act, in_int(r, "challenge"), e);
}

bool challenge_do_compare(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	const bool agreed = strcmp(in_text(r, "agreed"), "yes") == 0;
	(void)model;
	go_back(r, agreed ? "challenge.notice.compared" : "challenge.notice.sent_back");
	return challenge_compare(&act, in_int(r, "challenge"), agreed, e);
}

bool challenge_do_find(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	const char *right = in_text(r, "right");
	int64_t id = 0;
	struct finding_form form = {
		.finding = { FINDING_REJECTED, NO_OPTION },
		.article = in_text(r, "article"),
		.reasons = in_text(r, "reasons"),
	};
	(void)model;
	(void)finding_of(in_text(r, "kind"), &form.finding.kind);
	if (form.finding.kind == FINDING_KEY)
		form.finding.answer = *right ? *right - 'a' : NO_OPTION;
	go_back(r, "challenge.notice.found");
	return finding_propose(&act, in_int(r, "challenge"), &form, &id, e);
}

bool challenge_do_answer(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	const struct finding_answer answer = {
		.confirmed = strcmp(in_text(r, "answer"), "confirm") == 0,
		.note = in_text(r, "note"),
		.newest = in_int(r, "newest"),
	};
	(void)model;
	go_back(r, answer.confirmed ? "challenge.notice.confirmed" : "challenge.notice.returned");
	return finding_reply(&act, in_int(r, "finding"), &answer, e);
}

/* ---- the question's page in the bank -------------------------------------------------------- */

bool challenge_of_item(const struct req *r, const char *code, json_t *model, struct err *e)
{
	json_t *rows =
		db_rows(r->db, r->arena, e,
			"SELECT x.id, t.code, x.filed_day, x.state,"
			" COALESCE(f.kind, '') AS kind FROM challenge x"
			" JOIN item i ON i.id = x.item_id"
			" JOIN attempt t ON t.id = x.attempt_id"
			" LEFT JOIN finding f ON f.id = x.finding_id WHERE i.code = $1"
			" AND x.state IN ('open', 'withdrawn', 'decided') ORDER BY x.id DESC",
			db_text(code));
	json_t *corrections = db_rows(r->db, r->arena, e,
				      "SELECT k.kind, k.had, k.changed, k.at_ms, f.article"
				      " FROM key_correction k JOIN item i ON i.id = k.item_id"
				      " JOIN finding f ON f.id = k.finding_id WHERE i.code = $1"
				      " ORDER BY k.id DESC",
				      db_text(code));
	size_t i = 0;
	json_t *row = NULL;
	json_array_foreach (rows, i, row)
		row_day(row, "filed_day");
	const bool any = json_array_size(rows) + json_array_size(corrections) > 0;
	(void)json_object_set_new(
		model, "disputes",
		any ? json_pack("{s:O,s:O}", "challenges", rows, "corrections", corrections)
		    : json_null());
	return rows && corrections;
}
