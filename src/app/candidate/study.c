#include "app/candidate/study.h"

#include "app/access/restricted.h"
#include "app/candidate/candidate.h"
#include "app/candidate/intake.h"
#include "app/competition/conflict.h"
#include "law/route.h"

#include <string.h>

static const char *role_of(const char *kind)
{
	return strcmp(kind, "polygraph") == 0 ? ROLE_NAME_POLYGRAPH : ROLE_NAME_PSYCHO;
}

static bool check_form(const struct act *act, const struct study_form *form, struct err *e)
{
	if (!file_day_past(act, form->day, "day", e))
		return false;
	if (study_outcome_of(form->outcome) == STUDY_NONE)
		return err_input(e, "outcome", "study.error.outcome", "unknown outcome");
	if (study_outcome_of(form->outcome) == STUDY_UNDERGONE && !form->file)
		return err_input(e, "file", "study.error.file", "no paper of an undergone study");
	return true;
}

/* R23-1: on the second route both studies are done where the candidate serves. */
static bool require_here(const struct candidate *c, struct err *e)
{
	enum route route = ROUTE_OWN;
	if (!route_of(c->competition.route, &route))
		return err_set(e, ERR_DB, "error.storage", "an unknown route");
	return !route_studies_elsewhere(route) ||
	       err_law(e, "23", "study.error.elsewhere", "done in the body of the candidate");
}

/* R13-1: only who meets the requirements is admitted to the studies. */
static bool take(const struct act *act, const struct candidate *c, const struct study_form *form,
		 int64_t *ret_id, struct err *e)
{
	const char *hash = NULL;
	const char *name = NULL;
	return check_form(act, form, e) && admission_require_studies(&c->admission, e) &&
	       file_keep(act, form->file, &hash, &name, e) &&
	       db_number(act->db, e, ret_id,
			 "INSERT INTO study (application_id, kind, outcome, number, day, note,"
			 " blob_hash, file_name, by_id, at_ms)"
			 " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id",
			 db_int(c->application_id), db_text(form->kind), db_text(form->outcome),
			 db_text(form->number), db_int(form->day.n), db_text(form->note),
			 db_text(hash), db_text(name), db_int(act->person_id),
			 db_int(act->now_ms)) &&
	       act_journal(act, "study.recorded", c->competition.id,
			   act_subject(act, "application", c->application_id),
			   json_pack("{s:s,s:s,s:s,s:i,s:s*}", "kind", form->kind, "outcome",
				     form->outcome, "number", form->number, "day", form->day.n,
				     "file", hash),
			   e);
}

bool study_record(const struct act *act, int64_t application_id, const struct study_form *form,
		  struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct candidate c = { 0 };
	int64_t id = 0;
	return db_begin(act->db, &tx, e) && candidate_load(act, application_id, &c, e) &&
	       act_require(act, role_of(form->kind), c.competition.organ, e) &&
	       candidate_require_other(act, THING_APPLICATION, application_id, e) &&
	       require_here(&c, e) && take(act, &c, form, &id, e) && db_commit(&tx, e);
}

bool study_take(const struct act *act, int64_t application_id, const struct study_form *form,
		int64_t *ret_id, struct err *e)
{
	struct candidate c = { 0 };
	return candidate_load(act, application_id, &c, e) && take(act, &c, form, ret_id, e);
}

bool commission_has(const struct act *act, int64_t application_id, bool *ret, struct err *e)
{
	*ret = false;
	return act->as_candidate ||
	       db_exists(act->db, e, ret,
			 "SELECT 1 FROM application a"
			 " JOIN dossier_release d ON d.application_id = a.id"
			 " JOIN commission c ON c.competition_id = a.competition_id"
			 "  AND c.state = 'appointed'"
			 " JOIN commission_member m ON m.commission_id = c.id"
			 " WHERE a.id = $1 AND m.person_id = $2 AND m.left_ms IS NULL"
			 " AND NOT EXISTS (SELECT 1 FROM conflict x WHERE x.member_id = m.id"
			 "  AND x.application_id = a.id)",
			 db_int(application_id), db_int(act->person_id));
}

/* `ret_own`: by the office that makes such studies. */
static bool may_view(const struct act *act, const struct candidate *c, const char *kind,
		     bool *ret_own, struct err *e)
{
	bool may = false;
	if (!conflict_refuse_view(act, c->application_id, e) ||
	    !act_holds(act, role_of(kind), c->competition.organ, ret_own, e))
		return false;
	may = *ret_own;
	if (!may && !act_holds(act, ROLE_NAME_HR, c->competition.organ, &may, e))
		return false;
	if (!may && !commission_has(act, c->application_id, &may, e))
		return false;
	return may || err_set(e, ERR_DENIED, "error.denied", "a study's paper is restricted");
}

bool study_may_view(const struct act *act, int64_t study_id, struct err *e)
{
	struct candidate c = { 0 };
	bool own = false;
	json_t *row =
		db_row(act->db, act->arena, e,
		       "SELECT application_id, kind FROM study WHERE id = $1", db_int(study_id));
	return row && candidate_load(act, row_number(row, "application_id"), &c, e) &&
	       may_view(act, &c, json_string_value(json_object_get(row, "kind")), &own, e);
}

bool study_view(const struct act *act, int64_t study_id, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	bool own = false;
	struct candidate c = { 0 };
	json_t *row =
		db_row(act->db, act->arena, e,
		       "SELECT application_id, kind FROM study WHERE id = $1", db_int(study_id));
	if (!row)
		return false;
	const char *kind = json_string_value(json_object_get(row, "kind"));
	int64_t application_id = json_integer_value(json_object_get(row, "application_id"));
	return candidate_load(act, application_id, &c, e) && may_view(act, &c, kind, &own, e) &&
	       db_begin(act->db, &tx, e) &&
	       restricted_view(act, application_id, RESTRICTED_STUDY, own, e) &&
	       act_journal(act, "study.viewed", c.competition.id,
			   act_subject(act, "application", application_id),
			   json_pack("{s:s,s:I}", "kind", kind, "study", (json_int_t)study_id),
			   e) &&
	       db_commit(&tx, e);
}

/* ---- rating ------------------------------------------------------------------- */

/* "87", "87.5": digits, at most one point between them. */
static bool is_decimal(const char *text)
{
	size_t whole = strspn(text, "0123456789");
	if (whole == 0 || whole > 6)
		return false;
	if (text[whole] == '\0')
		return true;
	size_t part = strspn(text + whole + 1, "0123456789");
	return text[whole] == '.' && part > 0 && part <= 4 && text[whole + 1 + part] == '\0';
}

/* HR, or the body that attaches it to a referral which it has not sent yet (R20-1). */
static bool may_rate(const struct act *act, const struct candidate *c, struct err *e)
{
	bool may = false;
	const bool draft = strcmp(c->state, "draft") == 0;
	if (draft && !intake_may_write(act, c->application_id, &may, e))
		return false;
	if ((!may && !act_require(act, ROLE_NAME_HR, c->competition.organ, e)) ||
	    !candidate_require_other(act, THING_APPLICATION, c->application_id, e))
		return false;
	return draft || strcmp(c->competition.route, "own") == 0 ||
	       err_law(e, "20", "dossier.error.referred", "it came with the referral");
}

/* L1 */
bool rating_record(const struct act *act, int64_t application_id, const struct rating_form *form,
		   struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct candidate c = { 0 };
	const char *hash = NULL;
	const char *name = NULL;
	if (!is_decimal(form->value))
		return err_input(e, "value", "rating.error.value", "no decimal number");
	if (!form->file)
		return err_input(e, "file", "error.required", "no paper");
	if (!file_day_past(act, form->day, "day", e))
		return false;
	return db_begin(act->db, &tx, e) && candidate_load(act, application_id, &c, e) &&
	       may_rate(act, &c, e) && file_keep(act, form->file, &hash, &name, e) &&
	       db_exec(act->db, e, NULL,
		       "INSERT INTO rating (application_id, value, number, day, issuer, blob_hash,"
		       " file_name, by_id, at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
		       db_int(application_id), db_text(form->value), db_text(form->number),
		       db_int(form->day.n), db_text(form->issuer), db_text(hash), db_text(name),
		       db_int(act->person_id), db_int(act->now_ms)) &&
	       act_journal(act, "rating.recorded", c.competition.id,
			   act_subject(act, "application", application_id),
			   json_pack("{s:s,s:s,s:i}", "value", form->value, "number", form->number,
				     "day", form->day.n),
			   e) &&
	       db_commit(&tx, e);
}
