#include "app/competition/conflict.h"

#include "app/candidate/candidate.h"
#include "app/interview/vote.h"
#include "app/notice/notice.h"

#include <string.h>

/* ---- what it takes away --------------------------------------------------------------- */

bool conflict_stands(const struct act *act, int64_t application_id, bool *ret, struct err *e)
{
	return db_exists(act->db, e, ret,
			 "SELECT 1 FROM conflict f JOIN commission_member m ON m.id = f.member_id"
			 " WHERE f.application_id = $1 AND m.person_id = $2",
			 db_int(application_id), db_int(act->person_id));
}

bool conflict_refuse_view(const struct act *act, int64_t application_id, struct err *e)
{
	bool stands = false;
	if (!candidate_require_other(act, THING_APPLICATION, application_id, e) ||
	    !conflict_stands(act, application_id, &stands, e))
		return false;
	return !stands || err_set(e, ERR_DENIED, "conflict.error.view",
				  "person %lld has declared a conflict", (long long)act->person_id);
}

/* ---- an error -------------------------------------------------------------------------- */

static json_t *find_declaration(const struct act *act, int64_t application_id, int64_t member_id,
				struct err *e)
{
	return db_row(act->db, act->arena, e,
		      "SELECT f.reason, f.at_ms, m.person_id, c.turn,"
		      " (SELECT COUNT(*) FROM ballot b WHERE b.application_id = $1) AS ballots,"
		      " (SELECT COUNT(*) FROM decision d WHERE d.application_id = $1) AS decided"
		      "  FROM conflict f JOIN commission_member m ON m.id = f.member_id"
		      "  JOIN interview_candidate c ON c.application_id = f.application_id"
		      " WHERE f.application_id = $1 AND f.member_id = $2",
		      db_int(application_id), db_int(member_id));
}

static bool check_error(const struct interview *i, const json_t *row, const char *reason,
			struct err *e)
{
	if (!*reason)
		return err_input(e, "reason", "error.required", "an error without a reason");
	if (row_number(row, "decided") > 0 || strcmp(i->state, "closed") == 0)
		return err_set(e, ERR_CONFLICT, "vote.error.decided", "decided already");
	return row_number(row, "ballots") == 0 ||
	       err_set(e, ERR_CONFLICT, "conflict.error.voting", "somebody has voted");
}

static bool take_back(const struct act *act, int64_t application_id, int64_t member_id,
		      const json_t *row, const char *reason, struct err *e)
{
	return db_exec(act->db, e, NULL,
		       "INSERT INTO conflict_error (member_id, application_id, declared,"
		       " declared_ms, reason, by_id, at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7)",
		       db_int(member_id), db_int(application_id), db_text(row_text(row, "reason")),
		       db_int(row_number(row, "at_ms")), db_text(reason), db_int(act->person_id),
		       db_int(act->now_ms)) &&
	       db_exec(act->db, e, NULL,
		       "DELETE FROM conflict WHERE application_id = $1 AND member_id = $2",
		       db_int(application_id), db_int(member_id));
}

bool conflict_note_error(const struct act *act, int64_t application_id, int64_t member_id,
			 const char *reason, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct interview i = { 0 };
	json_t *row = NULL;
	if (!db_begin(act->db, &tx, e) || !interview_of(act, application_id, &i, e) ||
	    !commission_require_secretary(act, i.competition.id, e))
		return false;
	row = find_declaration(act, application_id, member_id, e);
	if (!row || !check_error(&i, row, reason, e) ||
	    !take_back(act, application_id, member_id, row, reason, e))
		return false;
	const struct notice told = {
		.person_id = row_number(row, "person_id"),
		.kind = "conflict.error",
		.competition_id = i.competition.id,
		.href = arena_print(act->arena, "/interviews/%lld", (long long)i.id),
		.values = json_pack("{s:I,s:s}", "turn", (json_int_t)row_number(row, "turn"),
				    "reason", reason),
	};
	return notice_send(act, &told, e) &&
	       act_journal(
		       act, "conflict.error", i.competition.id,
		       act_subject(act, "application", application_id),
		       json_pack("{s:I,s:s}", "member_id", (json_int_t)member_id, "reason", reason),
		       e) &&
	       db_commit(&tx, e);
}
