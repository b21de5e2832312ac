#include "app/restricted.h"

#include "app/candidate.h"
#include "app/conflict.h"
#include "app/study.h"

#include <string.h>

const char *const restricted_reasons[] = { "check",      "dossier", "interview", "complaint",
					   "inspection", "other",   NULL };

/* On the closed list: HR of the competition; of studies also the commission that has the dossier.
 */
static bool may(const struct act *act, const struct candidate *c, const char *what, struct err *e)
{
	bool on = false;
	if (!conflict_refuse_view(act, c->application_id, e) ||
	    !act_holds(act, ROLE_NAME_HR, c->competition.organ, &on, e))
		return false;
	if (!on && strcmp(what, RESTRICTED_STUDY) == 0 &&
	    !commission_has(act, c->application_id, &on, e))
		return false;
	return on || err_set(e, ERR_DENIED, "error.denied", "not on the list of these papers");
}

bool restricted_may(const struct act *act, int64_t application_id, const char *what, struct err *e)
{
	struct candidate c = { 0 };
	return candidate_load(act, application_id, &c, e) && may(act, &c, what, e);
}

static bool check_reason(const char *reason, const char *words, struct err *e)
{
	bool known = false;
	for (const char *const *r = restricted_reasons; *r; r++)
		known = known || strcmp(*r, reason) == 0;
	if (!known)
		return err_input(e, "reason", "error.choice", "no such reason");
	return *words || strcmp(reason, "other") != 0 ||
	       err_input(e, "words", "error.required", "another reason without words");
}

bool restricted_open(const struct act *act, int64_t application_id, const char *what,
		     const char *reason, const char *words, bool all, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct candidate c = { 0 };
	return db_begin(act->db, &tx, e) && candidate_load(act, application_id, &c, e) &&
	       may(act, &c, what, e) && check_reason(reason, words, e) &&
	       db_exec(act->db, e, NULL,
		       "INSERT INTO restricted_opening (person_id, application_id, what, reason,"
		       " words, at_ms, until_ms) SELECT $1, a.id, $3, $4, $5, $6, $7"
		       " FROM application a WHERE a.id = $2"
		       "  OR ($8 = 1 AND a.competition_id = $9 AND a.state = 'sent')",
		       db_int(act->person_id), db_int(application_id), db_text(what),
		       db_text(reason), db_text(words), db_int(act->now_ms),
		       db_int(act->now_ms + RESTRICTED_MS), db_int(all),
		       db_int(c.competition.id)) &&
	       act_journal(
		       act, "restricted.opened", c.competition.id,
		       act_subject(act, "application", application_id),
		       json_pack("{s:s,s:s,s:s}", "what", what, "reason", reason, "words", words),
		       e) &&
	       db_commit(&tx, e);
}

static bool find_opening(const struct act *act, int64_t application_id, const char *what,
			 int64_t *ret, struct err *e)
{
	return db_number(act->db, e, ret,
			 "SELECT COALESCE(MAX(id), 0) FROM restricted_opening WHERE person_id = $1"
			 " AND application_id = $2 AND what = $3 AND until_ms > $4",
			 db_int(act->person_id), db_int(application_id), db_text(what),
			 db_int(act->now_ms));
}

bool restricted_is_open(const struct act *act, int64_t application_id, const char *what, bool *ret,
			struct err *e)
{
	int64_t opening = 0;
	if (!find_opening(act, application_id, what, &opening, e))
		return false;
	*ret = opening > 0;
	return true;
}

bool restricted_view(const struct act *act, int64_t application_id, const char *what, bool own,
		     struct err *e)
{
	int64_t opening = 0;
	if (!own && !find_opening(act, application_id, what, &opening, e))
		return false;
	if (!own && opening == 0) {
		(void)err_set(e, ERR_DENIED, "restricted.error.reason", "opened without a reason");
		return err_value(
			e, arena_print(act->arena, "%s/%lld", what, (long long)application_id));
	}
	return db_exec(act->db, e, NULL,
		       "INSERT INTO restricted_view (person_id, application_id, opening_id, what,"
		       " at_ms) VALUES ($1, $2, $3, $4, $5)",
		       db_int(act->person_id), db_int(application_id),
		       opening ? db_int(opening) : db_null(), db_text(what), db_int(act->now_ms));
}

bool restricted_view_file(const struct act *act, int64_t application_id, int64_t document_id,
			  struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct candidate c = { 0 };
	return db_begin(act->db, &tx, e) && candidate_load(act, application_id, &c, e) &&
	       restricted_view(act, application_id, RESTRICTED_FILE, true, e) &&
	       act_journal(act, "document.viewed", c.competition.id,
			   act_subject(act, "application", application_id),
			   json_pack("{s:I}", "document", (json_int_t)document_id), e) &&
	       db_commit(&tx, e);
}
