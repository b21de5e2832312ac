/* challenge.c - the candidate's side: the questions of an own test, one of them, its challenge; and
 * what the sheet of a result says about corrections (F62, F63). */
#include "web/sitting/challenge.h"

#include "app/notice/notice.h"
#include "app/result/challenge.h"
#include "app/sitting/attempt.h"
#include "web/bank/bank.h"
#include "web/list.h"
#include "web/names.h"
#include "web/row.h"

#include <string.h>

enum { GROUNDS_MOST = 3000, BASIS_MOST = 300, QUESTION_MOST = 500 };

const struct param challenge_questions_params[] = {
	{ "attempt", P_INT, 1, INT64_MAX, true, NULL },
	LIST_PARAMS,
	PARAMS_END,
};
const struct param challenge_question_params[] = {
	{ "attempt", P_INT, 1, INT64_MAX, true, NULL },
	{ "number", P_INT, 1, QUESTION_MOST, true, NULL },
	PARAMS_END,
};
const struct param challenge_send_params[] = {
	{ "attempt", P_INT, 1, INT64_MAX, true, NULL },
	{ "number", P_INT, 1, QUESTION_MOST, true, NULL },
	{ "grounds", P_TEXT, 1, GROUNDS_MOST, true, NULL },
	{ "basis", P_TEXT, 0, BASIS_MOST, false, NULL },
	PARAMS_END,
};

static const struct list_column question_columns[] = {
	{ "number", "test.question", LIST_NUMBER, LIST_SORTS, NULL },
	{ "act", "bank.act", LIST_TEXT, LIST_SORTS, NULL },
	{ "state", "competition.state", LIST_CODE, LIST_SORTS, "challenge.state" },
	{ 0 },
};
const struct list challenge_question_listing = { "questions", "challenge.questions.title",
						 question_columns, 30 };

/* ---- the term ------------------------------------------------------------------------------- */

static bool add_term(struct req *r, int64_t attempt_id, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct challenge_term term = { 0 };
	struct competition c = { 0 };
	int64_t competition = 0;
	if (!challenge_term(&act, attempt_id, &term, e) ||
	    !db_number(r->db, e, &competition,
		       "SELECT s.competition_id FROM attempt t JOIN sitting s"
		       " ON s.id = t.sitting_id WHERE t.id = $1",
		       db_int(attempt_id)) ||
	    !competition_load(&act, competition, &c, e))
		return false;
	const struct parameter *p = &c.rules->params[PARAM_CHALLENGE_DAYS];
	const bool late = term.shut && strcmp(term.shut, "challenge.error.late") == 0;
	(void)json_object_set_new(
		model, "term",
		json_pack("{s:b,s:s,s:o,s:o,s:b}", "open", term.shut == NULL, "shut",
			  late        ? "challenge.shut.late"
			  : term.shut ? "challenge.shut.none"
				      : "",
			  "last", term.has_last ? day_json(term.last) : json_null(), "days",
			  p->set ? json_integer((json_int_t)p->value) : json_null(), "assumed",
			  p->set && p->assumed));
	return true;
}

/* ---- all questions -------------------------------------------------------------------------- */

/* The own attempt, or ERR_MISSING. */
static bool load_own(struct req *r, struct attempt *ret, struct err *e)
{
	const struct act act = req_act(r);
	return attempt_load_own(&act, in_int(r, "attempt"), ret, e);
}

static void add_attempt(const struct attempt *a, json_t *model)
{
	(void)json_object_set_new(model, "attempt",
				  json_pack("{s:I,s:s}", "id", (json_int_t)a->id, "code", a->code));
}

bool challenge_questions(struct req *r, json_t *model, struct err *e)
{
	struct attempt a = { 0 };
	size_t i = 0;
	json_t *row = NULL;
	if (!load_own(r, &a, e) || !add_term(r, a.id, model, e))
		return false;
	if (!*a.finish)
		return err_set(e, ERR_MISSING, "error.missing", "the test is not over");
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT q.number, q.act, COALESCE(x.state, 'none') AS state,"
			       " x.id AS challenge FROM form_question q LEFT JOIN challenge x"
			       "  ON x.attempt_id = q.attempt_id AND x.number = q.number"
			       " WHERE q.attempt_id = $1 ORDER BY q.number",
			       db_int(a.id));
	json_array_foreach (rows, i, row)
		(void)json_object_set_new(row, "act",
					  json_string(bank_act_name(r, row_text(row, "act"))));
	add_attempt(&a, model);
	if (rows)
		list_rows(r, model, rows);
	return rows != NULL;
}

/* ---- one question --------------------------------------------------------------------------- */

/* What counts as the answer: the place among the options as shown, or -1. */
static bool chosen_place(struct req *r, int64_t attempt_id, int64_t number, int64_t *ret,
			 struct err *e)
{
	const json_t *rows = db_rows(r->db, r->arena, e,
				     EVENTS_OF_ATTEMPT
				     "SELECT choice FROM event WHERE accepted = 1 AND number = $2"
				     " ORDER BY id DESC LIMIT 1",
				     db_int(attempt_id), db_int(number));
	const json_t *row = json_array_get(rows, 0);
	*ret = row && row_has(row, "choice") ? row_number(row, "choice") : -1;
	return rows != NULL;
}

/* As the candidate had it: in the language of the test, in the order shown; never the key. */
static json_t *options_of(const struct item_text *text, const char *shown, int64_t chosen)
{
	json_t *list = json_array();
	for (int64_t place = 0; shown[place]; place++) {
		const char *option = text->option[shown[place] - '0'];
		(void)json_array_append_new(list,
					    json_pack("{s:s,s:b}", "text", option ? option : "",
						      "chosen", place == chosen));
	}
	return list;
}

static bool add_question(struct req *r, const struct attempt *a, const struct challenged *q,
			 json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct item_text kk = { 0 };
	struct item_text ru = { 0 };
	int64_t chosen = -1;
	const json_t *row = db_row(r->db, r->arena, e,
				   "SELECT q.act, q.shown, (SELECT x.id FROM challenge x"
				   "  WHERE x.attempt_id = q.attempt_id AND x.number = q.number)"
				   " AS challenge FROM form_question q"
				   " WHERE q.attempt_id = $1 AND q.number = $2",
				   db_int(a->id), db_int(q->number));
	if (!row || !challenge_words(&act, a->id, q->number, &kk, &ru, e) ||
	    !chosen_place(r, a->id, q->number, &chosen, e))
		return false;
	const struct item_text *text = strcmp(a->language, "kk") == 0 ? &kk : &ru;
	(void)json_object_set_new(
		model, "question",
		json_pack("{s:I,s:s,s:s,s:s,s:o,s:b,s:O,s:o,s:o}", "number", (json_int_t)q->number,
			  "act", bank_act_name(r, row_text(row, "act")), "language", a->language,
			  "stem", text->stem ? text->stem : "", "options",
			  options_of(text, row_text(row, "shown"), chosen), "answered", chosen >= 0,
			  "challenge", json_object_get(row, "challenge"), "before",
			  q->number > 1 ? json_integer((json_int_t)q->number - 1) : json_null(),
			  "after",
			  q->number < a->questions ? json_integer((json_int_t)q->number + 1)
						   : json_null()));
	return true;
}

/* F63: each look at the words after the test is journalled.  A refused form shows them again
 * without a new entry: only of a question that was looked at, and only within the term. */
static bool look(struct req *r, int64_t attempt_id, int64_t number, struct err *e)
{
	const struct act act = req_act(r);
	struct challenge_term term = { 0 };
	bool looked = false;
	if (!r->shown_again)
		return challenge_look(&act, attempt_id, number, e);
	return challenge_looked(&act, attempt_id, number, &looked, e) &&
	       challenge_term(&act, attempt_id, &term, e) &&
	       ((looked && !term.shut) || err_set(e, ERR_MISSING, "error.missing",
						  "not looked at before, or the term is over"));
}

bool challenge_question(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct attempt a = { 0 };
	struct challenged q = { 0 };
	if (!load_own(r, &a, e) ||
	    !challenge_own_question(&act, a.id, in_int(r, "number"), &q, e) ||
	    !look(r, a.id, q.number, e) || !add_term(r, a.id, model, e))
		return false;
	add_attempt(&a, model);
	return add_question(r, &a, &q, model, e);
}

bool challenge_send(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	int64_t id = 0;
	(void)model;
	if (!challenge_file(&act, in_int(r, "attempt"), in_int(r, "number"), in_text(r, "grounds"),
			    in_text(r, "basis"), &id, e))
		return false;
	r->notice = "challenge.notice.filed";
	req_go(r, "/challenges/%lld", (long long)id);
	return true;
}

/* ---- the sheet of a result ------------------------------------------------------------------ */

bool challenge_of_result(struct req *r, int64_t attempt_id, int64_t person_id, json_t *sheet,
			 struct err *e)
{
	json_t *part = json_object();
	(void)json_object_set_new(sheet, "challenges", json_null());
	if (person_id != r->actor.person_id || !add_term(r, attempt_id, part, e)) {
		json_decref(part);
		return person_id != r->actor.person_id;
	}
	(void)json_object_set_new(sheet, "challenges", part);
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT id, number, state FROM challenge WHERE attempt_id = $1"
			       " ORDER BY number",
			       db_int(attempt_id));
	(void)json_object_set(part, "filed", rows);
	return rows != NULL;
}

/* F84: reading the corrected result itself serves the notices of it. */
static bool serve(struct req *r, int64_t attempt_id, struct err *e)
{
	const struct act act = req_act(r);
	size_t i = 0;
	const json_t *row = NULL;
	const json_t *rows =
		db_rows(r->db, r->arena, e,
			"SELECT id FROM notice WHERE person_id = $1 AND served_ms IS NULL"
			" AND kind = 'result.corrected' AND href = $2",
			db_int(r->actor.person_id),
			db_text(arena_print(r->arena, "/results/%lld", (long long)attempt_id)));
	json_array_foreach (rows, i, row) {
		if (!notice_open(&act, row_number(row, "id"), e))
			return false;
	}
	return rows != NULL;
}

bool result_versions(struct req *r, int64_t attempt_id, json_t *sheet, struct err *e)
{
	json_t *rows =
		db_rows(r->db, r->arena, e,
			"SELECT v.correct, v.asked, v.positive, v.at_ms,"
			" COALESCE(k.kind, 'fixed') AS kind, COALESCE(f.article, '') AS article,"
			" (SELECT q.number FROM form_question q"
			"  WHERE q.attempt_id = v.attempt_id AND q.item_id = k.item_id)"
			" AS question FROM result_version v"
			" LEFT JOIN key_correction k ON k.id = v.correction_id"
			" LEFT JOIN finding f ON f.id = k.finding_id"
			" WHERE v.attempt_id = $1 ORDER BY v.number",
			db_int(attempt_id));
	(void)json_object_set(sheet, "versions", rows);
	(void)json_object_set_new(sheet, "corrected", json_boolean(json_array_size(rows) > 0));
	/* a paper is made by a worker, which reads only: the page has served it before */
	return rows && (json_array_size(rows) == 0 || !r->route->journalled || r->route->slow ||
			serve(r, attempt_id, e));
}

/* ---- the table ------------------------------------------------------------------------------ */

#include "web/route_table.h"

enum {
	ROLES_EXPERT = ROLE_REVIEWER | ROLE_APPROVER,
	ROLES_OFFICE = ROLES_EXPERT | ROLE_HR | ROLE_AUDITOR
};

const struct route challenge_routes[] = {
	{ GET, "/results/:attempt/questions", ROLE_PERSON, challenge_questions,
	  "challenge/questions", challenge_questions_params,
	  "The questions of an own test, to challenge one.", .list = &challenge_question_listing },
	{ GET, "/results/:attempt/questions/:number", ROLE_PERSON, challenge_question,
	  "challenge/question", challenge_question_params,
	  "A question of an own test as it was asked; the view is journalled.",
	  .journalled = true },
	{ POST, "/results/:attempt/questions/:number", ROLE_PERSON, challenge_send,
	  "challenge/question", challenge_send_params, "Challenges a question, with grounds.",
	  .again = challenge_question },
	{ GET, "/challenges", ROLES_OFFICE, challenge_list, "challenge/list", challenge_list_params,
	  "Challenged questions, without their words.", .list = &challenge_listing },
	{ GET, "/challenges/new", ROLE_HR, challenge_new, "challenge/new", challenge_new_params,
	  "The form of a challenge on paper." },
	{ POST, "/challenges", ROLE_HR, challenge_do_enter, "challenge/new", challenge_enter_params,
	  "Enters a challenge from paper; a second officer compares it (F17).",
	  .again = challenge_new },
	{ GET, "/challenges/:challenge", ROLE_PERSON, challenge_show, "challenge/show",
	  challenge_params, "A challenge, the finding about it, and what it would do.",
	  .journalled = true },
	{ POST, "/challenges/:challenge/withdraw", ROLE_PERSON, challenge_do_withdraw,
	  "challenge/show", challenge_params, "The candidate takes it back.",
	  .again = challenge_show },
	{ POST, "/challenges/:challenge/compare", ROLE_HR, challenge_do_compare, "challenge/show",
	  challenge_compare_params, "The second officer has compared it with the paper.",
	  .again = challenge_show },
	{ POST, "/challenges/:challenge/finding", ROLES_EXPERT, challenge_do_find, "challenge/show",
	  challenge_find_params, "An expert's finding, with its article.",
	  .again = challenge_show },
	{ POST, "/challenges/:challenge/answer", ROLE_APPROVER, challenge_do_answer,
	  "challenge/show", challenge_answer_params,
	  "Confirms a finding, which corrects every affected result, or returns it.",
	  .again = challenge_show },
	{ GET, "/competitions/:competition/corrections", ROLE_HR | ROLE_AUDITOR | ROLE_SECRETARY,
	  correction_list, "challenge/corrections", correction_list_params,
	  "Results of a competition that were corrected, old and new.",
	  .list = &correction_listing },
	{ POST, "/competitions/:competition/corrections", ROLE_HR, correction_do_note,
	  "challenge/corrections", correction_note_params,
	  "Notes what was decided about a result that crossed the mark.",
	  .again = correction_list },
	{ 0 },
};
