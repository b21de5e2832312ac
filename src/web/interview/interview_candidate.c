/* interview_candidate.c - one candidate before the commission: questions, marks, vote, conflicts.
 */
#include "app/competition/conflict.h"
#include "web/evidence/signature.h"
#include "web/interview/interview.h"
#include "web/row.h"

#include <string.h>

enum { REASON_MOST = 500 };

const struct param conflict_error_params[] = {
	{ "interview", P_INT, 1, INT64_MAX, true, NULL },
	{ "application", P_INT, 1, INT64_MAX, true, NULL },
	{ "member", P_INT, 1, INT64_MAX, true, NULL },
	{ "reason", P_TEXT, 1, REASON_MOST, true, NULL },
	PARAMS_END,
};

/* ---- conflicts -------------------------------------------------------------------------- */

/* The reason is for those who keep the record, and for who declared it. */
static bool add_conflicts(struct req *r, const struct onlooker *o, int64_t application_id,
			  json_t *model, struct err *e)
{
	const bool keeper = o->hr || o->auditor || onlooker_is(o, SEAT_SECRETARY);
	json_t *rows = db_rows(
		r->db, r->arena, e,
		"SELECT f.member_id, m.role, m.person_id, f.reason, f.at_ms,"
		" p.family || ' ' || p.given || ' ' || p.patronymic AS name"
		"  FROM conflict f JOIN commission_member m ON m.id = f.member_id"
		"  JOIN person p ON p.id = m.person_id WHERE f.application_id = $1 ORDER BY f.id",
		db_int(application_id));
	json_t *errors =
		db_rows(r->db, r->arena, e,
			"SELECT f.declared, f.reason AS why, f.at_ms,"
			" p.family || ' ' || p.given || ' ' || p.patronymic AS name"
			"  FROM conflict_error f JOIN commission_member m ON m.id = f.member_id"
			"  JOIN person p ON p.id = m.person_id"
			" WHERE f.application_id = $1 AND $2 = 1 ORDER BY f.id",
			db_int(application_id), db_int(keeper));
	size_t n = 0;
	json_t *row = NULL;
	if (!rows || !errors)
		return false;
	json_array_foreach (rows, n, row) {
		if (!keeper && row_number(row, "person_id") != r->actor.person_id)
			(void)json_object_set_new(row, "reason", json_string(""));
		(void)json_object_del(row, "person_id");
	}
	(void)json_object_set(model, "conflicts", rows);
	(void)json_object_set(model, "conflict_errors", errors);
	return true;
}

/* ---- the page ------------------------------------------------------------------------------ */

static json_t *read_candidate(struct req *r, const struct onlooker *o, int64_t application_id,
			      struct err *e)
{
	json_t *row =
		db_row(r->db, r->arena, e,
		       "SELECT c.application_id, c.turn, c.warned_ms, c.started_ms, c.ended_ms,"
		       " (SELECT COUNT(*) FROM ballot b WHERE b.application_id = $1) AS ballots,"
		       " p.family || ' ' || p.given || ' ' || p.patronymic AS name"
		       "  FROM interview_candidate c JOIN application a ON a.id = c.application_id"
		       "  JOIN person p ON p.id = a.person_id"
		       " WHERE c.application_id = $1 AND c.interview_id = $2",
		       db_int(application_id), db_int(o->interview.id));
	return row && interview_vote_model(r, &o->interview, row, e) &&
			       signature_fill_vote(r, application_id, row, e)
		       ? row
		       : NULL;
}

bool interview_candidate(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct onlooker o = { 0 };
	bool conflict = false;
	const int64_t id = in_int(r, "application");
	if (!onlooker_load(r, in_int(r, "interview"), &o, e))
		return false;
	json_t *row = read_candidate(r, &o, id, e);
	if (!row || !conflict_stands(&act, id, &conflict, e) || !interview_head(r, &o, model, e) ||
	    !add_conflicts(r, &o, id, model, e) ||
	    !interview_add_marks(r, &o, id, conflict, model, e) ||
	    !interview_add_questions(r, &o, id, conflict, row_has(row, "started_ms"), model, e))
		return false;
	const bool decided = !json_is_null(json_object_get(row, "decision"));
	const bool over = decided || strcmp(o.interview.state, "closed") == 0;
	(void)json_object_set_new(model, "in_conflict", json_boolean(conflict));
	(void)json_object_set_new(model, "may_note_error",
				  json_boolean(onlooker_is(&o, SEAT_SECRETARY) && !over &&
					       row_number(row, "ballots") == 0));
	(void)json_object_set_new(
		model, "replace",
		o.hr ? json_pack("{s:I}", "competition", (json_int_t)o.interview.competition.id)
		     : json_null());
	(void)json_object_del(row, "ballots");
	(void)json_object_set(model, "candidate", row);
	return true;
}

/* ---- what is done ---------------------------------------------------------------------------- */

bool interview_do_conflict_error(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	const struct act act = req_act(r);
	return interview_belongs(r, e) &&
	       conflict_note_error(&act, in_int(r, "application"), in_int(r, "member"),
				   in_text(r, "reason"), e) &&
	       interview_back(r, "conflict.notice.error");
}
