#include "app/result/challenge.h"

#include "app/bank/bank_text.h"
#include "app/candidate/candidate.h"
#include "app/notice/tell.h"
#include "app/notice/told.h"
#include "app/result/finding.h"
#include "law/terms.h"

#include <string.h>

/* ---- which question ------------------------------------------------------------------------- */

static bool load_question(const struct act *act, int64_t attempt_id, int64_t number,
			  struct challenged *ret, struct err *e)
{
	const json_t *row = db_row(act->db, act->arena, e,
				   "SELECT q.item_id, t.application_id, t.code, a.person_id,"
				   " a.competition_id, c.organ FROM form_question q"
				   " JOIN attempt t ON t.id = q.attempt_id"
				   " JOIN application a ON a.id = t.application_id"
				   " JOIN competition c ON c.id = a.competition_id"
				   " WHERE q.attempt_id = $1 AND q.number = $2",
				   db_int(attempt_id), db_int(number));
	if (!row)
		return false;
	*ret = (struct challenged){
		.attempt_id = attempt_id,
		.number = number,
		.item_id = row_number(row, "item_id"),
		.application_id = row_number(row, "application_id"),
		.person_id = row_number(row, "person_id"),
		.competition_id = row_number(row, "competition_id"),
		.organ = row_text(row, "organ"),
		.code = row_text(row, "code"),
	};
	return true;
}

bool challenge_own_question(const struct act *act, int64_t attempt_id, int64_t number,
			    struct challenged *ret, struct err *e)
{
	struct challenged q = { 0 };
	if (!load_question(act, attempt_id, number, &q, e))
		return false;
	if (q.person_id != act->person_id)
		return err_set(e, ERR_MISSING, "error.missing", "not this person's test");
	*ret = q;
	return true;
}

bool challenge_words(const struct act *act, int64_t attempt_id, int64_t number,
		     struct item_text *ret_kk, struct item_text *ret_ru, struct err *e)
{
	return bank_text_of_attempt(act, attempt_id, number, ret_kk, ret_ru, e);
}

/* ---- until when ----------------------------------------------------------------------------- */

/* The day on which the notice of the result was served; false in `ret_served` before that. */
static bool served_on(const struct act *act, int64_t attempt_id, bool *ret_served, day *ret,
		      struct err *e)
{
	struct told told = { 0 };
	const json_t *rows = db_rows(act->db, act->arena, e,
				     "SELECT MAX(n.id) AS id FROM attempt t"
				     " JOIN application a ON a.id = t.application_id"
				     " JOIN notice n ON n.person_id = a.person_id"
				     "  AND n.competition_id = a.competition_id"
				     "  AND n.kind IN ('test.passed', 'test.failed')"
				     " WHERE t.id = $1",
				     db_int(attempt_id));
	const json_t *row = json_array_get(rows, 0);
	*ret_served = false;
	if (!row || !row_has(row, "id"))
		return rows != NULL;
	if (!told_of_notice(act, row_number(row, "id"), &told, e))
		return false;
	*ret_served = told.served;
	*ret = told.served_day;
	return true;
}

/* What shuts it whatever day it is; NULL if nothing does. */
static const char *shut_for_good(const json_t *attempt, const struct competition *c)
{
	if (!row_has(attempt, "finished_ms"))
		return "challenge.error.running";
	if (row_number(attempt, "void") != 0 || strcmp(row_text(attempt, "finish"), "breach") == 0)
		return "challenge.error.no_result";
	if (strcmp(c->state, "announced") != 0)
		return "challenge.error.closed";
	return c->rules->params[PARAM_CHALLENGE_DAYS].set ? NULL : "challenge.error.silent";
}

bool challenge_term(const struct act *act, int64_t attempt_id, struct challenge_term *ret,
		    struct err *e)
{
	struct competition c = { 0 };
	struct challenge_term term = { 0 };
	day served_day = { 0 };
	bool served = false;
	const json_t *row = db_row(act->db, act->arena, e,
				   "SELECT t.finished_ms, t.finish, t.void, a.competition_id"
				   " FROM attempt t JOIN application a ON a.id = t.application_id"
				   " WHERE t.id = $1",
				   db_int(attempt_id));
	if (!row || !competition_load(act, row_number(row, "competition_id"), &c, e) ||
	    !served_on(act, attempt_id, &served, &served_day, e))
		return false;
	term.shut = shut_for_good(row, &c);
	term.has_last = !term.shut && served &&
			terms_challenge_last(c.calendar, c.rules, served_day, &term.last);
	/* a term that the calendar cannot tell is not guessed: the day of the service counts */
	const day last = term.has_last ? term.last : served_day;
	if (!term.shut && served && act_today(act).n > last.n)
		term.shut = "challenge.error.late";
	*ret = term;
	return true;
}

static bool require_term(const struct act *act, int64_t attempt_id, struct err *e)
{
	struct challenge_term term = { 0 };
	char last[DAY_TEXT_SIZE] = "";
	if (!challenge_term(act, attempt_id, &term, e))
		return false;
	if (!term.shut)
		return true;
	if (term.has_last)
		day_print(term.last, last);
	(void)err_set(e, ERR_CONFLICT, term.shut, "nothing can be challenged now");
	return err_value(e, last);
}

/* ---- looking -------------------------------------------------------------------------------- */

bool challenge_look(const struct act *act, int64_t attempt_id, int64_t number, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct challenged q = { 0 };
	return db_begin(act->db, &tx, e) &&
	       challenge_own_question(act, attempt_id, number, &q, e) &&
	       require_term(act, attempt_id, e) &&
	       act_journal(act, "challenge.viewed", q.competition_id,
			   act_subject(act, "attempt", attempt_id),
			   json_pack("{s:I}", "number", (json_int_t)number), e) &&
	       db_commit(&tx, e);
}

/* The content as challenge_look() journals it: canonical JSON has one spelling. */
bool challenge_looked(const struct act *act, int64_t attempt_id, int64_t number, bool *ret,
		      struct err *e)
{
	return db_exists(act->db, e, ret,
			 "SELECT 1 FROM journal_entry j JOIN journal_content c ON c.seq = j.seq"
			 " WHERE j.subject = $1 AND j.kind <> 'test.answer'"
			 " AND j.kind = 'challenge.viewed' AND j.actor_id = $2 AND c.content = $3",
			 db_text(act_subject(act, "attempt", attempt_id)), db_int(act->person_id),
			 db_text(arena_print(act->arena, "{\"number\":%lld}", (long long)number)));
}

/* ---- filing --------------------------------------------------------------------------------- */

struct filing {
	const char *grounds, *basis, *paper, *state;
	day day;
};

static bool note(const struct act *act, const char *kind, const struct challenged *q, int64_t id,
		 json_t *content, struct err *e)
{
	return act_journal(act, kind, q->competition_id, act_subject(act, "challenge", id), content,
			   e);
}

/* What was returned is written anew; anything else that is there stays the only one. */
static bool store(const struct act *act, const struct challenged *q, const struct filing *f,
		  int64_t *ret_id, struct err *e)
{
	json_t *rows = db_rows(
		act->db, act->arena, e,
		"INSERT INTO challenge (attempt_id, number, item_id, grounds, basis, paper,"
		" filed_day, state, by_id, at_ms)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
		" ON CONFLICT (attempt_id, number) DO UPDATE SET grounds = excluded.grounds,"
		" basis = excluded.basis, paper = excluded.paper, filed_day = excluded.filed_day,"
		" state = excluded.state, by_id = excluded.by_id, at_ms = excluded.at_ms,"
		" second_id = NULL WHERE challenge.state = 'returned' RETURNING id",
		db_int(q->attempt_id), db_int(q->number), db_int(q->item_id), db_text(f->grounds),
		db_text(f->basis), db_text(f->paper), db_int(f->day.n), db_text(f->state),
		db_int(act->person_id), db_int(act->now_ms));
	if (!rows)
		return false;
	if (json_array_size(rows) == 0)
		return err_set(e, ERR_CONFLICT, "challenge.error.twice",
			       "this question is challenged already");
	*ret_id = row_number(json_array_get(rows, 0), "id");
	return true;
}

static json_t *content_of(const struct challenged *q, const struct filing *f)
{
	return json_pack("{s:I,s:I,s:s,s:s,s:s}", "attempt", (json_int_t)q->attempt_id, "number",
			 (json_int_t)q->number, "grounds", f->grounds, "basis", f->basis, "paper",
			 f->paper);
}

static bool tell_filed(const struct act *act, const struct challenged *q, int64_t id, struct err *e)
{
	struct competition c = { 0 };
	return competition_load(act, q->competition_id, &c, e) && tell_challenge(act, &c, id, e);
}

bool challenge_file(const struct act *act, int64_t attempt_id, int64_t number, const char *grounds,
		    const char *basis, int64_t *ret_id, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	const struct filing f = { grounds, basis, "", "open", act_today(act) };
	struct challenged q = { 0 };
	int64_t id = 0;
	if (!db_begin(act->db, &tx, e) || !challenge_own_question(act, attempt_id, number, &q, e) ||
	    !require_term(act, attempt_id, e))
		return false;
	if (!*grounds)
		return err_input(e, "grounds", "error.required", "no grounds");
	if (!store(act, &q, &f, &id, e) ||
	    !note(act, "challenge.filed", &q, id, content_of(&q, &f), e) ||
	    !tell_filed(act, &q, id, e) || !db_commit(&tx, e))
		return false;
	*ret_id = id;
	return true;
}

/* ---- from paper (F17) ----------------------------------------------------------------------- */

static bool find_by_code(const struct act *act, const struct challenge_paper *p,
			 struct challenged *ret, struct err *e)
{
	bool hr = false;
	bool asked = false;
	const json_t *rows = db_rows(act->db, act->arena, e,
				     "SELECT t.id, c.organ FROM attempt t"
				     " JOIN application a ON a.id = t.application_id"
				     " JOIN competition c ON c.id = a.competition_id"
				     " WHERE t.code = $1",
				     db_text(p->code));
	const json_t *row = json_array_get(rows, 0);
	if (!rows || (row && !act_holds(act, ROLE_NAME_HR, row_text(row, "organ"), &hr, e)))
		return false;
	if (!row || !hr)
		return err_input(e, "code", "challenge.error.code", "no such code here");
	const int64_t attempt = row_number(row, "id");
	if (!candidate_require_other(act, THING_ATTEMPT, attempt, e) ||
	    !db_exists(act->db, e, &asked,
		       "SELECT 1 FROM form_question WHERE attempt_id = $1 AND number = $2",
		       db_int(attempt), db_int(p->number)))
		return false;
	if (!asked)
		return err_input(e, "number", "challenge.error.number", "no such question");
	return load_question(act, attempt, p->number, ret, e);
}

/* The term is kept by the day on which the paper came. */
static bool in_time(const struct act *act, const struct challenged *q, day came, struct err *e)
{
	struct act then = *act;
	if (came.n > act_today(act).n)
		return err_input(e, "day", "challenge.error.ahead", "a day that lies ahead");
	then.now_ms = day_begins_ms(came);
	return require_term(&then, q->attempt_id, e) || err_field(e, "day");
}

bool challenge_enter(const struct act *act, const struct challenge_paper *paper, int64_t *ret_id,
		     struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	const struct filing f = { paper->grounds, paper->basis, paper->paper, "entered",
				  paper->day };
	struct challenged q = { 0 };
	int64_t id = 0;
	if (!db_begin(act->db, &tx, e) || !find_by_code(act, paper, &q, e) ||
	    !in_time(act, &q, paper->day, e))
		return false;
	if (!*paper->paper)
		return err_input(e, "paper", "error.required", "a paper without a number");
	if (!*paper->grounds)
		return err_input(e, "grounds", "error.required", "no grounds");
	if (!store(act, &q, &f, &id, e) ||
	    !note(act, "challenge.entered", &q, id, content_of(&q, &f), e) || !db_commit(&tx, e))
		return false;
	*ret_id = id;
	return true;
}

static bool load(const struct act *act, int64_t id, struct challenged *ret, json_t **ret_row,
		 struct err *e)
{
	*ret_row = db_row(act->db, act->arena, e,
			  "SELECT attempt_id, number, state, by_id FROM challenge WHERE id = $1",
			  db_int(id));
	return *ret_row && load_question(act, row_number(*ret_row, "attempt_id"),
					 row_number(*ret_row, "number"), ret, e);
}

static bool wrong_state(struct err *e)
{
	return err_set(e, ERR_CONFLICT, "challenge.error.state", "not in a state for this");
}

bool challenge_compare(const struct act *act, int64_t id, bool agreed, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct challenged q = { 0 };
	json_t *row = NULL;
	int64_t changed = 0;
	if (!db_begin(act->db, &tx, e) || !load(act, id, &q, &row, e) ||
	    !act_require(act, ROLE_NAME_HR, q.organ, e) ||
	    !candidate_require_other(act, THING_CHALLENGE, id, e))
		return false;
	if (strcmp(row_text(row, "state"), "entered") != 0)
		return wrong_state(e);
	if (row_number(row, "by_id") == act->person_id)
		return err_set(e, ERR_CONFLICT, "challenge.error.same_person", "entered it");
	return db_exec(act->db, e, &changed,
		       "UPDATE challenge SET state = $1, second_id = $2"
		       " WHERE id = $3 AND state = 'entered'",
		       db_text(agreed ? "open" : "returned"), db_int(act->person_id), db_int(id)) &&
	       (changed == 1 || wrong_state(e)) &&
	       note(act, agreed ? "challenge.accepted" : "challenge.returned", &q, id,
		    json_object(), e) &&
	       (!agreed || tell_filed(act, &q, id, e)) && db_commit(&tx, e);
}

bool challenge_withdraw(const struct act *act, int64_t id, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct challenged q = { 0 };
	json_t *row = NULL;
	int64_t changed = 0;
	if (!db_begin(act->db, &tx, e) || !load(act, id, &q, &row, e))
		return false;
	if (q.person_id != act->person_id)
		return err_set(e, ERR_MISSING, "error.missing", "not this person's challenge");
	if (strcmp(row_text(row, "state"), "open") != 0)
		return wrong_state(e);
	return db_exec(act->db, e, &changed,
		       "UPDATE challenge SET state = 'withdrawn', ended_ms = $1"
		       " WHERE id = $2 AND state = 'open'",
		       db_int(act->now_ms), db_int(id)) &&
	       (changed == 1 || wrong_state(e)) &&
	       note(act, "challenge.withdrawn", &q, id, json_object(), e) && db_commit(&tx, e);
}

/* ---- reading -------------------------------------------------------------------------------- */

bool challenge_may_read(const struct act *act, int64_t id, struct challenge_reader *ret,
			struct err *e)
{
	const char *root = act->book->organs[0].code;
	struct challenge_reader r = { 0 };
	struct challenged q = { 0 };
	json_t *row = NULL;
	bool reviewer = false;
	bool asked = false;
	bool competes = false;
	if (!load(act, id, &q, &row, e) ||
	    !candidate_competes(act, THING_CHALLENGE, id, &competes, e) ||
	    !finding_asked(act, q.item_id, &asked, e) ||
	    !act_holds(act, ROLE_NAME_HR, q.organ, &r.hr, e) ||
	    !act_holds(act, ROLE_NAME_AUDITOR, q.organ, &r.auditor, e) ||
	    !act_holds(act, ROLE_NAME_REVIEWER, root, &reviewer, e) ||
	    !act_holds(act, ROLE_NAME_APPROVER, root, &r.expert, e))
		return false;
	r.own = q.person_id == act->person_id;
	/* a paper is HR's until it is compared; whoever competes reads it in no office; nobody
	 * decides about the own test, so nobody reads as an expert what others say about a question
	 * of it */
	const char *state = row_text(row, "state");
	const bool filed = strcmp(state, "entered") != 0 && strcmp(state, "returned") != 0;
	r.expert = (r.expert || reviewer) && filed && !competes && !asked;
	r.hr = r.hr && !competes;
	r.auditor = r.auditor && !competes;
	if (!r.own && !r.hr && !r.auditor && !r.expert)
		return err_set(e, ERR_MISSING, "error.missing", "not this person's challenge");
	*ret = r;
	return true;
}
