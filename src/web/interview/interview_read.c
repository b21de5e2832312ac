/* interview_read.c - what the pages of an interview have in common: who looks at it, who sits,
 * how a vote stands. */
#include "web/interview/interview.h"

#include "web/names.h"
#include "web/row.h"

#include <string.h>

/* ---- who looks ------------------------------------------------------------------- */

/* No seat is no failure here: HR and auditors of the organ have none. */
static bool find_seat(const struct act *act, int64_t competition_id, struct onlooker *o,
		      struct err *e)
{
	struct err why = { 0 };
	o->seated = commission_seated(act, competition_id, &o->me, &why);
	if (o->seated || why.kind == ERR_DENIED)
		return true;
	*e = why;
	return false;
}

bool onlooker_load(struct req *r, int64_t interview_id, struct onlooker *ret, struct err *e)
{
	const struct act act = req_act(r);
	struct onlooker o = { .auditor = false };
	if (!interview_load(&act, interview_id, &o.interview, e) ||
	    !find_seat(&act, o.interview.competition.id, &o, e) ||
	    !act_holds(&act, ROLE_NAME_HR, o.interview.competition.organ, &o.hr, e) ||
	    !act_holds(&act, ROLE_NAME_AUDITOR, o.interview.competition.organ, &o.auditor, e))
		return false;
	if (!o.seated && !o.hr && !o.auditor)
		return err_set(e, ERR_MISSING, "error.missing", "not a person of this interview");
	*ret = o;
	return true;
}

bool onlooker_is(const struct onlooker *o, enum seat seat)
{
	return o->seated && o->me.seat == seat;
}

/* ---- head ------------------------------------------------------------------------- */

bool interview_head(struct req *r, const struct onlooker *o, json_t *model, struct err *e)
{
	const struct competition *c = &o->interview.competition;
	json_t *row = db_row(r->db, r->arena, e,
			     "SELECT id, competition_id, state, start_ms, place, started_ms,"
			     " closed_ms FROM interview WHERE id = $1",
			     db_int(o->interview.id));
	if (!row)
		return false;
	(void)json_object_set_new(row, "post", json_string(post_name(r, c->post)));
	(void)json_object_set_new(row, "organ", json_string(organ_name(r, c->organ)));
	(void)json_object_set(model, "interview", row);
	return true;
}

/* ---- people ------------------------------------------------------------------------ */

json_t *interview_people(struct req *r, const struct interview *i, struct err *e)
{
	json_t *rows =
		db_rows(r->db, r->arena, e,
			"SELECT m.id, m.role, m.kind, p.organ, p.position_kk, p.position_ru,"
			" p.family || ' ' || p.given || ' ' || p.patronymic AS name,"
			" CASE WHEN t.at_ms IS NULL THEN 0 ELSE 1 END AS present"
			"  FROM commission_member m JOIN commission k ON k.id = m.commission_id"
			"  JOIN person p ON p.id = m.person_id"
			"  LEFT JOIN attendance t ON t.member_id = m.id AND t.interview_id = $1"
			" WHERE k.competition_id = $2 AND k.state = 'appointed'"
			" AND m.left_ms IS NULL ORDER BY CASE m.role WHEN 'chair' THEN 1 WHEN "
			"'member' THEN 2"
			" WHEN 'secretary' THEN 3 ELSE 4 END, p.sort_key, m.id",
			db_int(i->id), db_int(i->competition.id));
	size_t n = 0;
	json_t *row = NULL;
	json_array_foreach (rows, n, row) {
		const char *position = row_text(row, in_kazakh(r) ? "position_kk" : "position_ru");
		(void)json_object_set_new(row, "position", json_string(position));
		(void)json_object_set_new(row, "organ",
					  json_string(organ_name(r, row_text(row, "organ"))));
		(void)json_object_del(row, "position_kk");
		(void)json_object_del(row, "position_ru");
	}
	return rows;
}

/* ---- vote --------------------------------------------------------------------------- */

static json_t *opinions(struct req *r, int64_t application_id, struct err *e)
{
	return db_rows(r->db, r->arena, e,
		       "SELECT p.family || ' ' || p.given || ' ' || p.patronymic AS name, m.kind,"
		       " o.text, o.at_ms FROM opinion o"
		       "  JOIN commission_member m ON m.id = o.member_id"
		       "  JOIN person p ON p.id = m.person_id"
		       " WHERE o.application_id = $1 ORDER BY o.at_ms, o.id",
		       db_int(application_id));
}

bool interview_vote_model(struct req *r, const struct interview *i, json_t *candidate,
			  struct err *e)
{
	const struct act act = req_act(r);
	int64_t id = json_integer_value(json_object_get(candidate, "application_id"));
	struct vote v = { 0 };
	struct vote reach = { 0 };
	if (!vote_read(&act, i, id, &v, e))
		return false;
	json_t *decision = NULL;
	json_t *roll = NULL;
	if (!vote_decision(&act, i->competition.rules, id, &decision, e) ||
	    !vote_roll(&act, i, id, &roll, e))
		return false;
	json_t *said = opinions(r, id, e);
	if (!said)
		return false;
	(void)json_object_set(candidate, "decision", decision);
	(void)json_object_set(candidate, "roll", roll);
	(void)json_object_set(candidate, "opinions", said);
	if (!vote_reach(&act, i, id, &reach, e))
		return false;
	(void)json_object_set_new(
		candidate, "broken",
		json_boolean(json_is_null(decision) && reach.state == VOTE_NO_QUORUM));
	(void)json_object_set_new(candidate, "vote",
				  json_pack("{s:i,s:i,s:i,s:i,s:b}", "members", v.members, "quorum",
					    v.quorum, "present", v.present, "voted",
					    v.in_favour + v.against, "reached",
					    v.state != VOTE_NO_QUORUM));
	return true;
}
