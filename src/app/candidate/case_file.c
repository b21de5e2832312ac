#include "app/candidate/case_file.h"

#include "app/access/restricted.h"
#include "app/candidate/candidate.h"
#include "app/candidate/study.h"
#include "app/competition/conflict.h"
#include "app/evidence/checkpoint.h"

bool case_may_hold(const struct act *act, int64_t application_id, int64_t study_id, bool *ret,
		   struct err *e)
{
	struct err why = { 0 };
	*ret = false;
	if (study_may_view(act, study_id, &why))
		return restricted_is_open(act, application_id, RESTRICTED_STUDY, ret, e);
	if (why.kind == ERR_DENIED)
		return true;
	*e = why;
	return false;
}

bool case_may_export(const struct act *act, int64_t application_id, struct err *e)
{
	struct candidate c = { 0 };
	bool may = false;
	if (!candidate_load(act, application_id, &c, e) ||
	    !conflict_refuse_view(act, application_id, e) ||
	    !act_holds(act, ROLE_NAME_HR, c.competition.organ, &may, e) ||
	    (!may && !act_holds(act, ROLE_NAME_AUDITOR, c.competition.organ, &may, e)))
		return false;
	return may || err_set(e, ERR_MISSING, "error.missing", "not this person's organ");
}

bool case_exported(const struct act *act, int64_t application_id, const char *sums, int64_t entries,
		   int64_t *ret_seq, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct candidate c = { 0 };
	const char *subject = act_subject(act, "application", application_id);
	return db_begin(act->db, &tx, e) && case_may_export(act, application_id, e) &&
	       candidate_load(act, application_id, &c, e) &&
	       act_journal(act, "case.exported", c.competition.id, subject,
			   json_pack("{s:I,s:s}", "entries", (json_int_t)entries, "sums", sums),
			   e) &&
	       checkpoint_make(act, CHECKPOINT_RECEIPT, subject, e) &&
	       db_number(act->db, e, ret_seq, "SELECT MAX(seq) FROM journal_entry") &&
	       db_commit(&tx, e);
}
