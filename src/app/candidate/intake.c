#include "app/candidate/intake.h"

#include "app/access/access_request.h"
#include "app/access/people.h"
#include "app/access/session.h"
#include "app/candidate/candidate.h"
#include "law/route.h"
#include "law/terms.h"

#include <string.h>

/* ---- the second competition ------------------------------------------------------------- */

static bool read_first(const struct act *act, const struct competition *c,
		       struct first_competition *ret, struct err *e)
{
	int64_t positive = 0;
	if (!db_number(act->db, e, &positive,
		       "SELECT COUNT(*) FROM decision d JOIN application a"
		       " ON a.id = d.application_id WHERE a.competition_id = $1"
		       " AND d.outcome = 'positive'",
		       db_int(c->id)))
		return false;
	*ret = (struct first_competition){ true, strcmp(c->route, "own") == 0,
					   strcmp(c->state, "closed") == 0, (int)positive };
	return true;
}

static bool none_yet(const struct act *act, int64_t first_id, struct err *e)
{
	bool found = false;
	if (!db_exists(act->db, e, &found, "SELECT 1 FROM competition WHERE previous_id = $1",
		       db_int(first_id)))
		return false;
	return !found || err_set(e, ERR_CONFLICT, "second.error.exists", "there is a second one");
}

/* The texts of the first one's newest announcement, for HR to change. */
static json_t *texts_of(const struct act *act, int64_t first_id, struct err *e)
{
	return db_row(act->db, act->arena, e,
		      "SELECT text_kk, text_ru FROM announcement WHERE competition_id = $1"
		      " ORDER BY version DESC LIMIT 1",
		      db_int(first_id));
}

/* L33 */
bool second_open(const struct act *act, int64_t first_id, int64_t *ret_id, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct competition c = { 0 };
	struct first_competition first = { 0 };
	int64_t id = 0;
	const struct law_file *law = law_book_rule_set_on(act->book, act_today(act));
	if (!law)
		return err_set(e, ERR_SYSTEM, "error.law.none", "no rule set is in force today");
	if (!db_begin(act->db, &tx, e) || !competition_load(act, first_id, &c, e) ||
	    !act_require(act, ROLE_NAME_HR, c.organ, e) || !read_first(act, &c, &first, e) ||
	    !route_require_second(&first, e) || !none_yet(act, first_id, e))
		return false;
	json_t *texts = texts_of(act, first_id, e);
	if (!texts ||
	    !db_number(act->db, e, &id,
		       "INSERT INTO competition (route, previous_id, organ, post, category,"
		       " vacancies, demonstration, filing_days, draft_kk, draft_ru, state,"
		       " created_by, created_ms) VALUES ('other', $1, $2, $3, $4, $5, $6, $7, $8,"
		       " $9, 'draft', $10, $11) RETURNING id",
		       db_int(first_id), db_text(c.organ), db_text(c.post), db_text(c.category),
		       db_int(c.vacancies), db_int(c.demonstration),
		       db_int(law->rule_set->params[PARAM_FILING_DAYS_OTHER].value),
		       db_text(row_text(texts, "text_kk")), db_text(row_text(texts, "text_ru")),
		       db_int(act->person_id), db_int(act->now_ms)) ||
	    !act_journal(act, "competition.second", id, act_subject(act, "competition", id),
			 json_pack("{s:I}", "previous", (json_int_t)first_id), e) ||
	    !db_commit(&tx, e))
		return false;
	*ret_id = id;
	return true;
}

/* ---- rights ----------------------------------------------------------------------------- */

bool intake_is_body(const struct act *act, const char *body, bool *ret, struct err *e)
{
	*ret = false;
	return act->as_candidate ||
	       db_exists(act->db, e, ret,
			 "SELECT 1 FROM role_grant WHERE person_id = $1 AND role = 'body'"
			 " AND organ = $2 AND revoked_ms IS NULL",
			 db_int(act->person_id), db_text(body));
}

bool intake_may_write(const struct act *act, int64_t application_id, bool *ret, struct err *e)
{
	json_t *rows = db_rows(act->db, act->arena, e,
			       "SELECT i.body, c.organ FROM intake i JOIN application a"
			       " ON a.id = i.application_id JOIN competition c"
			       " ON c.id = a.competition_id WHERE i.application_id = $1",
			       db_int(application_id));
	const json_t *row = json_array_get(rows, 0);
	bool may = false;
	if (!rows || (row && !act_holds(act, ROLE_NAME_HR, row_text(row, "organ"), &may, e)))
		return false;
	if (row && !may && *row_text(row, "body") &&
	    !intake_is_body(act, row_text(row, "body"), &may, e))
		return false;
	*ret = may;
	return true;
}

/* HR of the competition, or the body itself; `ret_by_body` tells which. */
static bool may_enter(const struct act *act, const struct competition *c, const char *body,
		      bool *ret_by_body, struct err *e)
{
	bool hr = false;
	bool of_body = false;
	if (!act_holds(act, ROLE_NAME_HR, c->organ, &hr, e) ||
	    (*body && !intake_is_body(act, body, &of_body, e)))
		return false;
	*ret_by_body = of_body && !hr;
	if (!hr && !of_body)
		return err_set(e, ERR_DENIED, "error.denied", "neither HR nor the body");
	return candidate_require_other(act, THING_COMPETITION, c->id, e);
}

/* Nobody refers himself or herself, nor enters the own paper: R20-1 and F17 want two people. */
static bool require_another(const struct act *act, int64_t person, struct err *e)
{
	return person != act->person_id ||
	       err_input(e, "iin", "intake.error.self", "the officer is the candidate");
}

/* ---- entering --------------------------------------------------------------------------- */

static bool check_route(const struct act *act, const struct competition *c,
			const struct intake_form *form, struct err *e)
{
	const bool referral = *form->body != '\0';
	if ((strcmp(c->route, "other") == 0) != referral)
		return err_law(e, referral ? "20" : "10", "intake.error.route",
			       "a referral on the first route, or an application on the second");
	if (referral && !rule_set_body_on(c->rules, form->body, act_today(act)))
		return err_law(e, "33", "intake.error.body", "not on the list today");
	if (!referral && !law_book_organ(act->book, form->organ))
		return err_input(e, "organ", "error.organ", "unknown organ");
	return true;
}

/* Whoever enters it is bound by the term as the candidate would be. */
static bool within_term(const struct act *act, const struct competition *c, struct err *e)
{
	char last[DAY_TEXT_SIZE];
	if (strcmp(c->state, "announced") != 0)
		return err_set(e, ERR_CONFLICT, "application.error.not_open", "not announced");
	if (act_today(act).n <= c->filing_last.n)
		return true;
	day_print(c->filing_last, last);
	(void)err_law(e, "9", "application.error.term", "after the last day");
	return err_value(e, last);
}

/* Who has withdrawn may come again within the term, on paper or by a referral. */
static bool find_withdrawn(const struct act *act, int64_t competition_id, int64_t person,
			   int64_t *ret, struct err *e)
{
	json_t *rows = db_rows(act->db, act->arena, e,
			       "SELECT id, state FROM application WHERE competition_id = $1"
			       " AND person_id = $2",
			       db_int(competition_id), db_int(person));
	const json_t *row = json_array_get(rows, 0);
	if (row && strcmp(row_text(row, "state"), "withdrawn") != 0)
		return err_set(e, ERR_CONFLICT, "intake.error.exists", "stands there already");
	*ret = row ? row_number(row, "id") : 0;
	return rows != NULL;
}

static bool note_event(const struct act *act, int64_t id, const char *kind,
		       const struct intake_form *form, struct err *e)
{
	return db_exec(act->db, e, NULL,
		       "INSERT INTO application_event (application_id, kind, note, by_id, at_ms)"
		       " VALUES ($1, $2, $3, $4, $5)",
		       db_int(id), db_text(kind), db_text(form->number), db_int(act->person_id),
		       db_int(act->now_ms));
}

static bool reopen(const struct act *act, int64_t id, const struct intake_form *form, struct err *e)
{
	const struct organ *organ = law_book_organ(act->book, form->organ);
	return db_exec(act->db, e, NULL,
		       "UPDATE application SET state = 'draft', sent_ms = NULL, receipt = NULL,"
		       " organ = $1, place_kind = $2, position = $3, changed_ms = $4"
		       " WHERE id = $5 AND state = 'withdrawn'",
		       db_text(*form->body ? form->body : form->organ),
		       db_text(organ ? organ->place : ""), db_text(form->position),
		       db_int(act->now_ms), db_int(id)) &&
	       note_event(act, id, "reopened", form, e);
}

static bool insert(const struct act *act, const struct competition *c, int64_t person,
		   const struct intake_form *form, int64_t *ret_id, struct err *e)
{
	const struct organ *organ = law_book_organ(act->book, form->organ);
	return db_number(act->db, e, ret_id,
			 "INSERT INTO application (competition_id, person_id, state, organ,"
			 " place_kind, position, phone, education, education_note, test_language,"
			 " created_ms, changed_ms) VALUES ($1, $2, 'draft', $3, $4, $5, '', '', '',"
			 " '', $6, $6) RETURNING id",
			 db_int(c->id), db_int(person),
			 db_text(*form->body ? form->body : form->organ),
			 db_text(organ ? organ->place : ""), db_text(form->position),
			 db_int(act->now_ms)) &&
	       note_event(act, *ret_id, "opened", form, e);
}

/* Who entered it; the second name is of whoever sends it. */
static bool store(const struct act *act, int64_t id, bool by_body, const struct intake_form *form,
		  struct err *e)
{
	return db_exec(act->db, e, NULL,
		       "INSERT INTO intake (application_id, body, number, day, by_body, entered_by,"
		       " entered_ms) VALUES ($1, $2, $3, $4, $5, $6, $7)"
		       " ON CONFLICT (application_id) DO UPDATE SET body = $2, number = $3,"
		       " day = $4, by_body = $5, entered_by = $6, entered_ms = $7,"
		       " confirmed_by = NULL, confirmed_ms = NULL",
		       db_int(id), db_text(form->body), db_text(form->number), db_int(form->day.n),
		       db_int(by_body), db_int(act->person_id), db_int(act->now_ms));
}

static struct person_form person_of(const struct intake_form *form)
{
	return (struct person_form){ .iin = form->iin,
				     .family = form->family,
				     .given = form->given,
				     .patronymic = form->patronymic,
				     .organ = *form->body ? form->body : form->organ,
				     .position_kk = form->position,
				     .position_ru = form->position };
}

bool intake_begin(const struct act *act, int64_t competition_id, const struct intake_form *form,
		  int64_t *ret_id, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct competition c = { 0 };
	const struct person_form who = person_of(form);
	bool by_body = false;
	int64_t person = 0;
	int64_t id = 0;
	if (!db_begin(act->db, &tx, e) || !competition_load(act, competition_id, &c, e) ||
	    !may_enter(act, &c, form->body, &by_body, e) || !check_route(act, &c, form, e) ||
	    !within_term(act, &c, e))
		return false;
	if (act_today(act).n < form->day.n)
		return err_input(e, "day", "error.day.future", "a paper of tomorrow");
	if (!person_ensure(act, &who, &person, e) || !require_another(act, person, e) ||
	    !find_withdrawn(act, c.id, person, &id, e) ||
	    !(id ? reopen(act, id, form, e) : insert(act, &c, person, form, &id, e)) ||
	    !store(act, id, by_body, form, e) ||
	    !act_journal(act, "application.entered", c.id, act_subject(act, "application", id),
			 json_pack("{s:s,s:s,s:i}", "body", form->body, "number", form->number,
				   "day", form->day.n),
			 e) ||
	    !db_commit(&tx, e))
		return false;
	*ret_id = id;
	return true;
}

/* F17: two names. */
bool intake_confirm(const struct act *act, int64_t application_id, struct err *e)
{
	json_t *rows = db_rows(act->db, act->arena, e,
			       "SELECT by_body, entered_by FROM intake WHERE application_id = $1",
			       db_int(application_id));
	if (!rows)
		return false;
	const json_t *row = json_array_get(rows, 0);
	if (!row)
		return true;
	if (row_number(row, "by_body") == 0 && row_number(row, "entered_by") == act->person_id)
		return err_set(e, ERR_DENIED, "intake.error.same_officer", "the same officer");
	return db_exec(act->db, e, NULL,
		       "UPDATE intake SET confirmed_by = $1, confirmed_ms = $2"
		       " WHERE application_id = $3",
		       db_int(act->person_id), db_int(act->now_ms), db_int(application_id));
}

/* ---- accounts --------------------------------------------------------------------------- */

/* HR makes no password of another officer: whoever has it is that officer until the next one. */
static bool holds_office(const struct act *act, int64_t person, bool *ret, struct err *e)
{
	return db_exists(act->db, e, ret,
			 "SELECT 1 FROM role_grant WHERE person_id = $1 AND role <> 'body'"
			 " AND revoked_ms IS NULL"
			 " UNION ALL SELECT 1 FROM commission_member m JOIN commission c"
			 "  ON c.id = m.commission_id WHERE m.person_id = $1"
			 "   AND c.state = 'appointed' AND m.left_ms IS NULL",
			 db_int(person));
}

/* With a password for one sign-in; one that was never used is replaced.  `ret` is false if its
 * owner has chosen another, which stays, or holds an office here. */
static bool open_account(const struct act *act, int64_t person, const char *password, bool *ret,
			 struct err *e)
{
	int64_t made = 0;
	bool office = false;
	*ret = false;
	if (!holds_office(act, person, &office, e) || office)
		return office;
	if (!db_exec(act->db, e, &made,
		     "INSERT INTO account (person_id, password, temporary) VALUES ($1, $2, 1)"
		     " ON CONFLICT (person_id) DO UPDATE SET password = excluded.password,"
		     " failures = 0, blocked_until_ms = 0 WHERE account.temporary = 1",
		     db_int(person), db_text(password)))
		return false;
	*ret = made == 1;
	return made == 0 || (session_end_for_password(act, person, e) &&
			     act_journal(act, "account.opened", 0,
					 act_subject(act, "person", person), json_object(), e));
}

bool intake_open_account(const struct act *act, int64_t application_id, const char *password,
			 struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	bool opened = false;
	if (!db_begin(act->db, &tx, e))
		return false;
	json_t *row = db_row(act->db, act->arena, e,
			     "SELECT a.person_id, c.organ FROM intake i JOIN application a"
			     " ON a.id = i.application_id JOIN competition c"
			     " ON c.id = a.competition_id WHERE i.application_id = $1",
			     db_int(application_id));
	if (!row || !act_require(act, ROLE_NAME_HR, row_text(row, "organ"), e) ||
	    !candidate_require_other(act, THING_APPLICATION, application_id, e) ||
	    !open_account(act, row_number(row, "person_id"), password, &opened, e))
		return false;
	return opened ? db_commit(&tx, e)
		      : err_set(e, ERR_CONFLICT, "intake.error.account", "has an account");
}

bool intake_invite(const struct act *act, const struct intake_form *officer, const char *password,
		   bool *ret_opened, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	const struct person_form who = person_of(officer);
	int64_t person = 0;
	bool opened = false;
	const struct law_file *law = law_book_rule_set_on(act->book, act_today(act));
	if (!law || !rule_set_body_on(law->rule_set, officer->body, act_today(act)))
		return err_input(e, "body", "intake.error.body", "not on the list today");
	bool ok = db_begin(act->db, &tx, e) &&
		  act_require(act, ROLE_NAME_HR, act->book->organs[0].code, e) &&
		  person_ensure(act, &who, &person, e) &&
		  open_account(act, person, password, &opened, e) &&
		  request_ask_for_body(act, person, officer->body, officer->position, e) &&
		  db_commit(&tx, e);
	if (ok)
		*ret_opened = opened;
	return ok;
}

bool intake_revoke(const struct act *act, int64_t grant_id, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	if (!db_begin(act->db, &tx, e) ||
	    !act_require(act, ROLE_NAME_HR, act->book->organs[0].code, e))
		return false;
	json_t *row = db_row(act->db, act->arena, e,
			     "SELECT person_id, organ FROM role_grant"
			     " WHERE id = $1 AND role = 'body' AND revoked_ms IS NULL",
			     db_int(grant_id));
	return row &&
	       db_exec(act->db, e, NULL, "UPDATE role_grant SET revoked_ms = $1 WHERE id = $2",
		       db_int(act->now_ms), db_int(grant_id)) &&
	       act_journal(act, "role.revoked", 0,
			   act_subject(act, "person", row_number(row, "person_id")),
			   json_pack("{s:s,s:s}", "role", "body", "organ", row_text(row, "organ")),
			   e) &&
	       db_commit(&tx, e);
}
