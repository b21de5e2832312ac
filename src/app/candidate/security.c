#include "app/candidate/security.h"

#include "app/access/restricted.h"
#include "app/candidate/candidate.h"
#include "app/competition/conflict.h"
#include "app/notice/tell.h"

static bool add_entries(const struct act *act, int64_t list_id, int64_t competition_id,
			int64_t *ret_count, struct err *e)
{
	return db_exec(act->db, e, ret_count,
		       "INSERT INTO security_list_entry (list_id, application_id)"
		       " SELECT $1, a.id FROM application a"
		       "  WHERE a.competition_id = $2 AND a.state = 'sent'"
		       "  AND EXISTS (SELECT 1 FROM qualification_decision q"
		       "   WHERE q.application_id = a.id AND q.outcome = 'met')"
		       "  AND NOT EXISTS (SELECT 1 FROM security_list_entry x"
		       "   WHERE x.application_id = a.id)",
		       db_int(list_id), db_int(competition_id));
}

/* R14-1 */
bool security_send_list(const struct act *act, int64_t competition_id, const char *number,
			int64_t *ret_id, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct competition c = { 0 };
	int64_t id = 0;
	int64_t count = 0;
	if (!db_begin(act->db, &tx, e) || !competition_load(act, competition_id, &c, e) ||
	    !act_require(act, ROLE_NAME_HR, c.organ, e) ||
	    !candidate_require_other(act, THING_COMPETITION, competition_id, e) ||
	    !db_number(act->db, e, &id,
		       "INSERT INTO security_list (competition_id, number, sent_by, sent_ms)"
		       " VALUES ($1, $2, $3, $4) RETURNING id",
		       db_int(competition_id), db_text(number), db_int(act->person_id),
		       db_int(act->now_ms)) ||
	    !add_entries(act, id, competition_id, &count, e))
		return false;
	if (count == 0)
		return err_set(e, ERR_CONFLICT, "security.error.nobody", "nobody to list");
	if (!act_journal(act, "security.list_sent", competition_id,
			 act_subject(act, "security_list", id),
			 json_pack("{s:s,s:I}", "number", number, "candidates", (json_int_t)count),
			 e) ||
	    !tell_security_list(act, &c, number, count, e) || !db_commit(&tx, e))
		return false;
	*ret_id = id;
	return true;
}

static bool on_a_list(const struct act *act, int64_t application_id, struct err *e)
{
	bool found = false;
	if (!db_exists(act->db, e, &found,
		       "SELECT 1 FROM security_list_entry WHERE application_id = $1",
		       db_int(application_id)))
		return false;
	return found || err_law(e, "14", "security.error.not_listed", "stands on no list");
}

/* R15-1 */
bool security_inform(const struct act *act, int64_t application_id,
		     const struct security_form *form, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct candidate c = { 0 };
	const char *hash = NULL;
	const char *name = NULL;
	return db_begin(act->db, &tx, e) && candidate_load(act, application_id, &c, e) &&
	       act_require(act, ROLE_NAME_SECURITY, c.competition.organ, e) &&
	       candidate_require_other(act, THING_APPLICATION, application_id, e) &&
	       file_day_past(act, form->day, "day", e) && on_a_list(act, application_id, e) &&
	       file_keep(act, form->file, &hash, &name, e) &&
	       db_exec(act->db, e, NULL,
		       "INSERT INTO security_information (application_id, number, day, content,"
		       " blob_hash, file_name, by_id, at_ms)"
		       " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
		       db_int(application_id), db_text(form->number), db_int(form->day.n),
		       db_text(form->content), db_text(hash), db_text(name), db_int(act->person_id),
		       db_int(act->now_ms)) &&
	       act_journal(act, "security.informed", c.competition.id,
			   act_subject(act, "application", application_id),
			   json_pack("{s:s,s:i,s:s*}", "number", form->number, "day", form->day.n,
				     "file", hash),
			   e) &&
	       tell_security_informed(act, &c.competition, application_id, e) && db_commit(&tx, e);
}

/* `c` and whether the reader is HR. */
static bool check_reader(const struct act *act, int64_t application_id, struct candidate *c,
			 bool *ret_hr, struct err *e)
{
	return candidate_load(act, application_id, c, e) &&
	       conflict_refuse_view(act, application_id, e) &&
	       act_holds(act, ROLE_NAME_HR, c->competition.organ, ret_hr, e) &&
	       (*ret_hr || act_require(act, ROLE_NAME_SECURITY, c->competition.organ, e));
}

bool security_may_read(const struct act *act, int64_t application_id, struct err *e)
{
	struct candidate c = { 0 };
	bool hr = false;
	return check_reader(act, application_id, &c, &hr, e);
}

bool security_view(const struct act *act, int64_t application_id, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct candidate c = { 0 };
	bool hr = false;
	return check_reader(act, application_id, &c, &hr, e) && db_begin(act->db, &tx, e) &&
	       restricted_view(act, application_id, RESTRICTED_SECURITY, !hr, e) &&
	       act_journal(act, "security.viewed", c.competition.id,
			   act_subject(act, "application", application_id), json_object(), e) &&
	       db_commit(&tx, e);
}
