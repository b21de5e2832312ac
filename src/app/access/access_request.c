#include "app/access/access_request.h"

#include "app/access/account.h"
#include "app/access/asking.h"
#include "app/access/factor.h"
#include "app/access/people.h"
#include "app/access/reauth.h"
#include "app/access/session.h"
#include "app/notice/notice.h"

#include <string.h>

const char *const request_roles[] = {
	ROLE_NAME_HR,       ROLE_NAME_SECURITY, ROLE_NAME_POLYGRAPH, ROLE_NAME_PSYCHO,
	ROLE_NAME_OPERATOR, ROLE_NAME_AUDITOR,  ROLE_NAME_ADMIN,     ROLE_NAME_AUTHOR,
	ROLE_NAME_REVIEWER, ROLE_NAME_APPROVER, ROLE_NAME_KEEPER,    NULL,
};

static bool require_admin(const struct act *act, struct err *e)
{
	return act_require(act, ROLE_NAME_ADMIN, act->book->organs[0].code, e) &&
	       reauth_need(act, e);
}

bool request_names_office(const char *kind)
{
	return strcmp(kind, REQUEST_GRANT) == 0 || strcmp(kind, REQUEST_REVOKE) == 0;
}

/* ---- asking ---------------------------------------------------------------- */

static bool is_role(const char *role)
{
	for (const char *const *r = request_roles; *r; r++) {
		if (strcmp(*r, role) == 0)
			return true;
	}
	return false;
}

static bool check_form(const struct act *act, const struct request_form *f, struct err *e)
{
	const bool office = request_names_office(f->kind);
	if (f->person_id == act->person_id)
		return err_input(e, "reason", "access.error.self", "about oneself");
	if (!*f->reason)
		return err_input(e, "reason", "error.required", "a request without a reason");
	if (office && !is_role(f->role))
		return err_input(e, "role", "error.choice", "no such role");
	if (office && !law_book_organ(act->book, f->organ))
		return err_input(e, "organ", "error.organ", "unknown organ");
	return true;
}

/* Whether it would change anything. */
static bool check_office(const struct act *act, const struct request_form *f, struct err *e)
{
	bool held = false;
	if (!db_exists(act->db, e, &held,
		       "SELECT 1 FROM role_grant WHERE person_id = $1 AND role = $2 AND organ = $3"
		       " AND revoked_ms IS NULL",
		       db_int(f->person_id), db_text(f->role), db_text(f->organ)))
		return false;
	return held == (strcmp(f->kind, REQUEST_REVOKE) == 0) ||
	       err_set(e, ERR_CONFLICT, "access.error.nothing", "it is so already");
}

static bool check_need(const struct act *act, const struct request_form *f, struct err *e)
{
	struct factors factors = { 0 };
	if (request_names_office(f->kind))
		return check_office(act, f, e);
	if (strcmp(f->kind, REQUEST_DISABLE) == 0)
		return account_may_disable(act, f->person_id, f->reason, e);
	if (strcmp(f->kind, REQUEST_ENABLE) == 0)
		return account_may_enable(act, f->person_id, f->reason, e);
	return factors_of(act->db, f->person_id, &factors, e) &&
	       (factors_any(&factors) ||
		err_set(e, ERR_CONFLICT, "access.error.nothing", "it is so already"));
}

static bool check_open(const struct act *act, const struct request_form *f, struct err *e)
{
	bool asked = false;
	return db_exists(act->db, e, &asked,
			 "SELECT 1 FROM access_request WHERE kind = $1 AND person_id = $2"
			 " AND role = $3 AND organ = $4 AND state = 'asked' AND asked_ms > $5",
			 db_text(f->kind), db_int(f->person_id), db_text(f->role),
			 db_text(f->organ), db_int(act->now_ms - ASKING_LIFE_MS)) &&
	       (!asked || err_set(e, ERR_CONFLICT, "access.error.asked", "asked already"));
}

static bool note(const struct act *act, const char *kind, int64_t id, const struct request_form *f,
		 struct err *e)
{
	return act_journal(act, kind, 0, act_subject(act, "person", f->person_id),
			   json_pack("{s:I,s:s,s:s,s:s,s:s}", "request", (json_int_t)id, "kind",
				     f->kind, "role", f->role, "organ", f->organ, "reason",
				     f->reason),
			   e);
}

/* The other administrators hear that somebody waits for them. */
static bool tell_others(const struct act *act, struct err *e)
{
	const struct notice n = { .kind = "access.asked",
				  .href = "/admin/requests",
				  .others = true };
	return notice_send_role(act, ROLE_NAME_ADMIN, act->book->organs[0].code, &n, e);
}

static bool insert(const struct act *act, const struct request_form *form, int64_t *ret_id,
		   struct err *e)
{
	return db_number(act->db, e, ret_id,
			 "INSERT INTO access_request (kind, person_id, role, organ, reason,"
			 " asked_by, asked_ms, state) VALUES ($1, $2, $3, $4, $5, $6, $7, 'asked')"
			 " RETURNING id",
			 db_text(form->kind), db_int(form->person_id), db_text(form->role),
			 db_text(form->organ), db_text(form->reason), db_int(act->person_id),
			 db_int(act->now_ms)) &&
	       note(act, "access.asked", *ret_id, form, e) && tell_others(act, e);
}

bool request_ask(const struct act *act, const struct request_form *form, int64_t *ret_id,
		 struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	return require_admin(act, e) && check_form(act, form, e) && db_begin(act->db, &tx, e) &&
	       check_need(act, form, e) && check_open(act, form, e) &&
	       insert(act, form, ret_id, e) && db_commit(&tx, e);
}

bool request_ask_for_body(const struct act *act, int64_t person_id, const char *body,
			  const char *reason, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	const struct request_form form = { REQUEST_GRANT, person_id, ROLE_NAME_BODY, body, reason };
	int64_t id = 0;
	struct err why = { 0 };
	if (person_id == act->person_id)
		return err_input(e, "iin", "access.error.self", "about oneself");
	if (!db_begin(act->db, &tx, e))
		return false;
	if (check_office(act, &form, &why) && check_open(act, &form, &why))
		return insert(act, &form, &id, e) && db_commit(&tx, e);
	if (why.kind != ERR_CONFLICT)
		*e = why;
	return why.kind == ERR_CONFLICT;
}

/* ---- answering ------------------------------------------------------------- */

static bool may_answer(const struct act *act, const json_t *row, struct err *e)
{
	if (row_number(row, "person_id") == act->person_id)
		return err_set(e, ERR_DENIED, "access.error.same", "it is about the one who acts");
	return asking_require(act, row, "access.error.same", "access.error.answered", e);
}

static bool end_factors(const struct act *act, int64_t person, struct err *e)
{
	const struct notice n = { .person_id = person,
				  .kind = "account.reset",
				  .href = "/account" };
	return db_exec(act->db, e, NULL, "DELETE FROM totp WHERE person_id = $1", db_int(person)) &&
	       db_exec(act->db, e, NULL, "DELETE FROM recovery_code WHERE person_id = $1",
		       db_int(person)) &&
	       db_exec(act->db, e, NULL,
		       "UPDATE passkey SET removed_ms = $1 WHERE person_id = $2"
		       " AND removed_ms IS NULL",
		       db_int(act->now_ms), db_int(person)) &&
	       db_exec(act->db, e, NULL, "DELETE FROM known_device WHERE person_id = $1",
		       db_int(person)) &&
	       session_end_all(act, person, "", e) && notice_send(act, &n, e);
}

static bool revoke(const struct act *act, const struct request_form *f, struct err *e)
{
	int64_t ended = 0;
	return db_exec(act->db, e, &ended,
		       "UPDATE role_grant SET revoked_ms = $1 WHERE person_id = $2 AND role = $3"
		       " AND organ = $4 AND revoked_ms IS NULL",
		       db_int(act->now_ms), db_int(f->person_id), db_text(f->role),
		       db_text(f->organ)) &&
	       (ended > 0 ||
		err_set(e, ERR_CONFLICT, "access.error.nothing", "it is so already")) &&
	       act_journal(act, "role.revoked", 0, act_subject(act, "person", f->person_id),
			   json_pack("{s:s,s:s}", "role", f->role, "organ", f->organ), e);
}

/* ASVS 8.3.2: what changes is true of the next request of the person. */
static bool carry_out(const struct act *act, const struct request_form *f, struct err *e)
{
	if (strcmp(f->kind, REQUEST_FACTORS) == 0)
		return end_factors(act, f->person_id, e);
	if (strcmp(f->kind, REQUEST_REVOKE) == 0)
		return revoke(act, f, e);
	if (strcmp(f->kind, REQUEST_DISABLE) == 0)
		return account_disable(act, f->person_id, f->reason, e);
	if (strcmp(f->kind, REQUEST_ENABLE) == 0)
		return account_enable(act, f->person_id, f->reason, e);
	return person_grant(act, f->person_id, f->role, f->organ, e);
}

bool request_answer(const struct act *act, int64_t id, bool yes, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	if (!require_admin(act, e) || !db_begin(act->db, &tx, e))
		return false;
	const json_t *row =
		db_row(act->db, act->arena, e,
		       "SELECT kind, person_id, role, organ, reason, asked_by, asked_ms,"
		       " state FROM access_request WHERE id = $1",
		       db_int(id));
	if (!row || !may_answer(act, row, e))
		return false;
	const struct request_form f = { row_text(row, "kind"), row_number(row, "person_id"),
					row_text(row, "role"), row_text(row, "organ"),
					row_text(row, "reason") };
	return db_exec(act->db, e, NULL,
		       "UPDATE access_request SET state = $1, answered_by = $2, answered_ms = $3"
		       " WHERE id = $4",
		       db_text(yes ? "done" : "refused"), db_int(act->person_id),
		       db_int(act->now_ms), db_int(id)) &&
	       note(act, yes ? "access.done" : "access.refused", id, &f, e) &&
	       (!yes || carry_out(act, &f, e)) && db_commit(&tx, e);
}
