#include "app/candidate/body_request.h"

#include "app/candidate/candidate.h"
#include "app/candidate/intake.h"
#include "app/notice/notice.h"
#include "law/route.h"

#include <string.h>

/* ---- sending ---------------------------------------------------------------------------- */

static bool require_lawful(const struct act *act, const struct competition *c,
			   const struct body_request_form *form, struct err *e)
{
	enum route route = ROUTE_OWN;
	if (!route_of(c->route, &route))
		return err_set(e, ERR_DB, "error.storage", "an unknown route");
	if (strcmp(form->kind, "information") == 0 &&
	    !route_require_own_information(route, form->reason, e))
		return false;
	if (!route_studies_elsewhere(route))
		return err_law(e, "23", "body_request.error.route", "the studies are held here");
	return form->due.n > act_today(act).n ||
	       err_input(e, "due", "body_request.error.due", "due before it could be answered");
}

/* Who meets the requirements, was referred by the body, and about whom nothing is open or final: a
 * study that was postponed or missed is asked for again. */
static bool add_entries(const struct act *act, int64_t id, int64_t competition_id, const char *body,
			const char *kind, int64_t *total, struct err *e)
{
	int64_t added = 0;
	if (!db_exec(act->db, e, &added,
		     "INSERT INTO body_request_entry (request_id, application_id, kind)"
		     " SELECT $1, a.id, $4 FROM application a"
		     "  JOIN intake i ON i.application_id = a.id AND i.body = $3"
		     " WHERE a.competition_id = $2 AND a.state = 'sent'"
		     "  AND EXISTS (SELECT 1 FROM qualification_decision q"
		     "   WHERE q.application_id = a.id AND q.outcome = 'met')"
		     "  AND NOT EXISTS (SELECT 1 FROM study s WHERE s.application_id = a.id"
		     "   AND s.kind = $4 AND s.outcome IN ('undergone', 'refused'))"
		     "  AND NOT EXISTS (SELECT 1 FROM body_request_entry x"
		     "   WHERE x.application_id = a.id AND x.kind = $4"
		     "   AND x.answered_ms IS NULL) ORDER BY a.id",
		     db_int(id), db_int(competition_id), db_text(body), db_text(kind)))
		return false;
	*total += added;
	return true;
}

static bool add_all(const struct act *act, int64_t id, int64_t competition_id,
		    const struct body_request_form *form, int64_t *ret, struct err *e)
{
	*ret = 0;
	if (strcmp(form->kind, "information") == 0)
		return add_entries(act, id, competition_id, form->body, "information", ret, e);
	return add_entries(act, id, competition_id, form->body, "polygraph", ret, e) &&
	       add_entries(act, id, competition_id, form->body, "psycho", ret, e);
}

/* Everybody with an account of the body. */
static bool tell_body(const struct act *act, const char *kind, const char *body, int64_t id,
		      const char *number, day due, struct err *e)
{
	size_t i = 0;
	json_t *row = NULL;
	char text[DAY_TEXT_SIZE];
	day_print(due, text);
	json_t *rows = db_rows(act->db, act->arena, e,
			       "SELECT person_id FROM role_grant WHERE role = 'body'"
			       " AND organ = $1 AND revoked_ms IS NULL ORDER BY person_id",
			       db_text(body));
	json_array_foreach (rows, i, row) {
		const struct notice n = {
			.person_id = row_number(row, "person_id"),
			.kind = kind,
			.href = arena_print(act->arena, "/requests/%lld", (long long)id),
			.values = json_pack("{s:s,s:s}", "number", number, "due", text)
		};
		if (!notice_send(act, &n, e))
			return false;
	}
	return rows != NULL;
}

/* R23-1, R14-1 */
bool body_request_send(const struct act *act, int64_t competition_id,
		       const struct body_request_form *form, int64_t *ret_id, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct competition c = { 0 };
	int64_t id = 0;
	int64_t count = 0;
	if (!db_begin(act->db, &tx, e) || !competition_load(act, competition_id, &c, e) ||
	    !act_require(act, ROLE_NAME_HR, c.organ, e) ||
	    !candidate_require_other(act, THING_COMPETITION, competition_id, e) ||
	    !require_lawful(act, &c, form, e) ||
	    !db_number(act->db, e, &id,
		       "INSERT INTO body_request (competition_id, body, kind, number, reason, due,"
		       " sent_by, sent_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id",
		       db_int(competition_id), db_text(form->body), db_text(form->kind),
		       db_text(form->number), db_text(form->reason), db_int(form->due.n),
		       db_int(act->person_id), db_int(act->now_ms)) ||
	    !add_all(act, id, competition_id, form, &count, e))
		return false;
	if (count == 0)
		return err_set(e, ERR_CONFLICT, "body_request.error.nobody", "nobody to ask about");
	if (!tell_body(act, "request.sent", form->body, id, form->number, form->due, e) ||
	    !act_journal(act, "body_request.sent", competition_id,
			 act_subject(act, "body_request", id),
			 json_pack("{s:s,s:s,s:s,s:s,s:i,s:I}", "body", form->body, "kind",
				   form->kind, "number", form->number, "reason", form->reason,
				   "due", form->due.n, "entries", (json_int_t)count),
			 e) ||
	    !db_commit(&tx, e))
		return false;
	*ret_id = id;
	return true;
}

/* ---- answers ---------------------------------------------------------------------------- */

struct entry {
	int64_t request_id, application_id, competition_id;
	const char *kind, *body, *organ;
};

/* HR of the competition or the body itself. */
static bool may_answer(const struct act *act, const struct entry *x, struct err *e)
{
	bool may = false;
	if (!act_holds(act, ROLE_NAME_HR, x->organ, &may, e) ||
	    (!may && !intake_is_body(act, x->body, &may, e)))
		return false;
	if (!may)
		return err_set(e, ERR_MISSING, "error.missing", "not this person's request");
	return candidate_require_other(act, THING_APPLICATION, x->application_id, e);
}

static bool load_entry(const struct act *act, int64_t id, struct entry *ret, struct err *e)
{
	json_t *row = db_row(act->db, act->arena, e,
			     "SELECT x.request_id, x.application_id, x.kind, x.answered_ms,"
			     " q.body, q.competition_id, c.organ FROM body_request_entry x"
			     " JOIN body_request q ON q.id = x.request_id"
			     " JOIN competition c ON c.id = q.competition_id WHERE x.id = $1",
			     db_int(id));
	if (!row)
		return false;
	*ret = (struct entry){ row_number(row, "request_id"),
			       row_number(row, "application_id"),
			       row_number(row, "competition_id"),
			       row_text(row, "kind"),
			       row_text(row, "body"),
			       row_text(row, "organ") };
	if (!may_answer(act, ret, e))
		return false;
	return !row_has(row, "answered_ms") ||
	       err_set(e, ERR_CONFLICT, "body_request.error.answered", "answered already");
}

static bool store_answer(const struct act *act, int64_t id, struct db_value study, const char *text,
			 struct err *e)
{
	return db_exec(act->db, e, NULL,
		       "UPDATE body_request_entry SET study_id = $1, text = $2, answered_by = $3,"
		       " answered_ms = $4 WHERE id = $5",
		       study, db_text(text), db_int(act->person_id), db_int(act->now_ms),
		       db_int(id));
}

bool body_request_conclude(const struct act *act, int64_t entry_id, const struct study_form *form,
			   struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct entry x = { 0 };
	int64_t study = 0;
	struct study_form own = *form;
	if (!db_begin(act->db, &tx, e) || !load_entry(act, entry_id, &x, e))
		return false;
	own.kind = x.kind;
	return study_take(act, x.application_id, &own, &study, e) &&
	       store_answer(act, entry_id, db_int(study), NULL, e) && db_commit(&tx, e);
}

bool body_request_inform(const struct act *act, int64_t entry_id, const char *text, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct entry x = { 0 };
	if (!*text)
		return err_input(e, "text", "error.required", "no text");
	if (!db_begin(act->db, &tx, e) || !load_entry(act, entry_id, &x, e))
		return false;
	if (strcmp(x.kind, "information") != 0)
		return err_set(e, ERR_MISSING, "error.missing", "no request for information");
	return store_answer(act, entry_id, db_null(), text, e) &&
	       act_journal(act, "body_request.informed", x.competition_id,
			   act_subject(act, "body_request", x.request_id),
			   json_pack("{s:I,s:s}", "entry", (json_int_t)entry_id, "text", text),
			   e) &&
	       db_commit(&tx, e);
}

/* ---- afterwards ------------------------------------------------------------------------- */

static bool load_request(const struct act *act, int64_t id, json_t **ret, struct err *e)
{
	*ret = db_row(act->db, act->arena, e,
		      "SELECT q.body, q.number, q.due, q.competition_id, c.organ,"
		      " (SELECT COUNT(*) FROM body_request_entry x WHERE x.request_id = q.id"
		      "   AND x.answered_ms IS NULL) AS waiting FROM body_request q"
		      "  JOIN competition c ON c.id = q.competition_id WHERE q.id = $1",
		      db_int(id));
	return *ret != NULL;
}

bool body_request_remind(const struct act *act, int64_t id, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	json_t *row = NULL;
	if (!db_begin(act->db, &tx, e) || !load_request(act, id, &row, e) ||
	    !act_require(act, ROLE_NAME_HR, row_text(row, "organ"), e) ||
	    !candidate_require_other(act, THING_BODY_REQUEST, id, e))
		return false;
	if (row_number(row, "waiting") == 0)
		return err_set(e, ERR_CONFLICT, "body_request.error.whole", "all is answered");
	const day due = { (int32_t)row_number(row, "due") };
	return tell_body(act, "request.reminder", row_text(row, "body"), id,
			 row_text(row, "number"), due, e) &&
	       db_exec(act->db, e, NULL, "UPDATE body_request SET reminded_ms = $1 WHERE id = $2",
		       db_int(act->now_ms), db_int(id)) &&
	       act_journal(act, "body_request.reminded", row_number(row, "competition_id"),
			   act_subject(act, "body_request", id), json_object(), e) &&
	       db_commit(&tx, e);
}

static bool tell_overdue(const struct act *act, const json_t *row, struct err *e)
{
	const int64_t id = row_number(row, "id");
	const day due = { (int32_t)row_number(row, "due") };
	char text[DAY_TEXT_SIZE];
	day_print(due, text);
	const struct notice n = { .kind = "request.overdue",
				  .competition_id = row_number(row, "competition_id"),
				  .href = arena_print(act->arena, "/requests/%lld", (long long)id),
				  .values = json_pack("{s:s,s:s}", "number",
						      row_text(row, "number"), "due", text) };
	return notice_send_role(act, ROLE_NAME_HR, row_text(row, "organ"), &n, e) &&
	       tell_body(act, "request.overdue", row_text(row, "body"), id, row_text(row, "number"),
			 due, e) &&
	       db_exec(act->db, e, NULL, "UPDATE body_request SET overdue_ms = $1 WHERE id = $2",
		       db_int(act->now_ms), db_int(id)) &&
	       act_journal(act, "body_request.overdue", row_number(row, "competition_id"),
			   act_subject(act, "body_request", id), json_pack("{s:i}", "due", due.n),
			   e);
}

/* F21 */
bool body_request_tell_overdue(const struct act *act, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	size_t i = 0;
	json_t *row = NULL;
	if (!db_begin(act->db, &tx, e))
		return false;
	json_t *rows = db_rows(act->db, act->arena, e,
			       "SELECT q.id, q.body, q.number, q.due, q.competition_id, c.organ"
			       "  FROM body_request q JOIN competition c"
			       "   ON c.id = q.competition_id AND c.state = 'announced'"
			       " WHERE q.due < $1 AND q.overdue_ms IS NULL AND EXISTS (SELECT 1"
			       "  FROM body_request_entry x WHERE x.request_id = q.id"
			       "  AND x.answered_ms IS NULL) ORDER BY q.id",
			       db_int(act_today(act).n));
	json_array_foreach (rows, i, row) {
		if (!tell_overdue(act, row, e))
			return false;
	}
	return rows && db_commit(&tx, e);
}

bool body_request_may_read(const struct act *act, int64_t id, struct err *e)
{
	json_t *row = NULL;
	bool may = false;
	if (!load_request(act, id, &row, e) ||
	    !act_holds(act, ROLE_NAME_HR, row_text(row, "organ"), &may, e) ||
	    (!may && !act_holds(act, ROLE_NAME_AUDITOR, row_text(row, "organ"), &may, e)) ||
	    (!may && !intake_is_body(act, row_text(row, "body"), &may, e)))
		return false;
	return may || err_set(e, ERR_MISSING, "error.missing", "not this person's request");
}
