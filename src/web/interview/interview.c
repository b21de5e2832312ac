#include "web/interview/interview.h"

#include "app/candidate/candidate.h"
#include "web/list.h"
#include "web/names.h"
#include "web/row.h"

#include <stdlib.h>
#include <string.h>

enum { OPINION_MOST = 4000, REASON_MOST = 500, PAGE_SIZE = 25 };

static const char *const choices[] = { "for", "against", NULL };

#define INTERVIEW_PARAM                                                                            \
	{                                                                                          \
		"interview", P_INT, 1, INT64_MAX, true, NULL                                       \
	}
#define APPLICATION_PARAM                                                                          \
	{                                                                                          \
		"application", P_INT, 1, INT64_MAX, true, NULL                                     \
	}

const struct param interview_list_params[] = {
	LIST_PARAMS,
	PARAMS_END,
};
static const struct list_column interview_columns[] = {
	{ "competition_id", "list.competition", LIST_NUMBER, LIST_HIDDEN, NULL },
	{ "post", "competition.post", LIST_TEXT, LIST_SORTS, NULL },
	{ "organ", "competition.organ", LIST_TEXT, LIST_SORTS, NULL },
	{ "role", "list.role", LIST_CODE, LIST_HIDDEN, "commission.role" },
	{ "start_ms", "plan.interview", LIST_TIME, LIST_SORTS, NULL },
	{ "place", "list.place", LIST_TEXT, LIST_HIDDEN, NULL },
	{ "state", "competition.state", LIST_CODE, LIST_HIDDEN, "plan.state" },
	{ 0 },
};
const struct list interview_listing = { "interviews", "interview.list.title", interview_columns,
					25 };
const struct param interview_params[] = { INTERVIEW_PARAM, PARAMS_END };
const struct param interview_attend_params[] = {
	INTERVIEW_PARAM,
	{ "present", P_LIST, 0, 20, false, NULL },
	PARAMS_END,
};
const struct param interview_candidate_params[] = { INTERVIEW_PARAM, APPLICATION_PARAM,
						    PARAMS_END };
const struct param interview_opinion_params[] = {
	INTERVIEW_PARAM,
	APPLICATION_PARAM,
	{ "text", P_TEXT, 1, OPINION_MOST, true, NULL },
	PARAMS_END,
};
const struct param interview_conflict_params[] = {
	INTERVIEW_PARAM,
	APPLICATION_PARAM,
	{ "reason", P_TEXT, 1, REASON_MOST, true, NULL },
	PARAMS_END,
};
const struct param interview_vote_params[] = {
	INTERVIEW_PARAM,
	APPLICATION_PARAM,
	{ "choice", P_CHOICE, 0, 0, true, choices },
	PARAMS_END,
};
const struct param interview_close_params[] = {
	INTERVIEW_PARAM,
	{ "absent", P_FLAG, 0, 0, false, NULL },
	PARAMS_END,
};
const struct param interview_number_params[] = {
	INTERVIEW_PARAM,
	{ "number", P_TEXT, 1, 60, true, NULL },
	PARAMS_END,
};
const struct param interview_application_params[] = { APPLICATION_PARAM, PARAMS_END };

static void set_flag(json_t *row, const char *name, bool value)
{
	(void)json_object_set_new(row, name, json_boolean(value));
}

/* ---- list --------------------------------------------------------------------------- */

bool interview_list(struct req *r, json_t *model, struct err *e)
{
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT c.id AS competition_id, c.post, c.organ, m.role, i.id,"
			       " i.state, i.start_ms, i.place FROM commission_member m"
			       "  JOIN commission k ON k.id = m.commission_id"
			       "  JOIN competition c ON c.id = k.competition_id"
			       "  LEFT JOIN interview i ON i.competition_id = c.id"
			       " WHERE m.person_id = $1 AND k.state = 'appointed'"
			       " ORDER BY CASE i.state WHEN 'running' THEN 1 WHEN 'planned' THEN 2"
			       " WHEN 'closed' THEN 4 ELSE 3 END, i.start_ms DESC NULLS LAST,"
			       " c.id DESC",
			       db_int(r->actor.person_id));
	if (!rows)
		return false;
	size_t n = 0;
	json_t *row = NULL;
	json_array_foreach (rows, n, row) {
		(void)json_object_set_new(row, "post",
					  json_string(post_name(r, row_text(row, "post"))));
		(void)json_object_set_new(row, "organ",
					  json_string(organ_name(r, row_text(row, "organ"))));
	}
	list_rows(r, model, rows);
	return true;
}

/* ---- the day: one candidate ----------------------------------------------------------- */

static const char *stage_of(const json_t *row)
{
	if (row_has(json_object_get(row, "decision"), "at_ms"))
		return "decided";
	if (strcmp(row_text(row, "application_state"), "sent") != 0)
		return "withdrawn";
	if (row_has(row, "ended_ms"))
		return "voting";
	if (row_has(row, "started_ms"))
		return "hearing";
	return row_has(row, "warned_ms") ? "warned" : "waiting";
}

/* What this person may do about this candidate now; app/ checks all of it again. */
static bool add_acts(struct req *r, const struct onlooker *o, json_t *row, struct err *e)
{
	const char *stage = row_text(row, "stage");
	bool running = strcmp(o->interview.state, "running") == 0;
	bool secretary = running && onlooker_is(o, SEAT_SECRETARY);
	json_t *own = db_row(r->db, r->arena, e,
			     "SELECT (SELECT COUNT(*) FROM conflict WHERE application_id = $1"
			     "  AND member_id = $2) AS conflict,"
			     " (SELECT COUNT(*) FROM ballot WHERE application_id = $1"
			     "  AND member_id = $2) AS ballot,"
			     " (SELECT COUNT(*) FROM opinion WHERE application_id = $1"
			     "  AND member_id = $2) AS opinion,"
			     " (SELECT COUNT(*) FROM attendance WHERE interview_id = $3"
			     "  AND member_id = $2) AS present",
			     db_int(json_integer_value(json_object_get(row, "application_id"))),
			     db_int(o->seated ? o->me.member_id : 0), db_int(o->interview.id));
	if (!own)
		return false;
	bool conflict = json_integer_value(json_object_get(own, "conflict")) > 0;
	bool ballot = json_integer_value(json_object_get(own, "ballot")) > 0;
	bool present = json_integer_value(json_object_get(own, "present")) > 0;
	bool voting = strcmp(stage, "voting") == 0;
	bool votes = running && o->seated && seat_votes(o->me.seat);
	set_flag(row, "may_warn", secretary && strcmp(stage, "waiting") == 0);
	set_flag(row, "may_hear", secretary && strcmp(stage, "warned") == 0);
	set_flag(row, "may_end", secretary && strcmp(stage, "hearing") == 0);
	set_flag(row, "may_decide", secretary && voting);
	bool reached = !json_is_true(json_object_get(row, "broken"));
	set_flag(row, "may_vote", votes && voting && present && !conflict && !ballot && reached);
	set_flag(row, "have_voted", voting && ballot);
	set_flag(row, "in_conflict", conflict);
	set_flag(row, "may_opine",
		 running && onlooker_is(o, SEAT_INVITED) &&
			 (voting || strcmp(stage, "hearing") == 0) &&
			 json_integer_value(
				 json_object_get(json_object_get(row, "vote"), "voted")) == 0 &&
			 json_integer_value(json_object_get(own, "opinion")) == 0);
	return true;
}

static json_t *read_candidates(struct req *r, const struct onlooker *o, struct err *e)
{
	json_t *rows =
		db_rows(r->db, r->arena, e,
			"SELECT c.application_id, c.turn, c.warned_ms, c.started_ms, c.ended_ms,"
			" a.state AS application_state,"
			" p.family || ' ' || p.given || ' ' || p.patronymic AS name"
			"  FROM interview_candidate c JOIN application a ON a.id = c.application_id"
			"  JOIN person p ON p.id = a.person_id"
			" WHERE c.interview_id = $1 ORDER BY c.turn",
			db_int(o->interview.id));
	size_t n = 0;
	json_t *row = NULL;
	json_array_foreach (rows, n, row) {
		if (!interview_vote_model(r, &o->interview, row, e))
			return NULL;
		(void)json_object_set_new(row, "stage", json_string(stage_of(row)));
		(void)json_object_del(row, "application_state");
		if (!add_acts(r, o, row, e))
			return NULL;
	}
	return rows;
}

/* ---- the day: the whole ------------------------------------------------------------------ */

/* How many conclusions are positive, and how many there are vacancies for. */
static void add_outcome(const struct onlooker *o, const json_t *candidates, json_t *model)
{
	const struct competition *c = &o->interview.competition;
	int64_t most = c->vacancies * rule_set_value(c->rules, PARAM_POSITIVE_PER_VACANCY);
	int64_t positive = 0;
	int64_t open = 0;
	int64_t unheard = 0;
	size_t n = 0;
	json_t *row = NULL;
	json_array_foreach (candidates, n, row) {
		const char *stage = row_text(row, "stage");
		const json_t *decision = json_object_get(row, "decision");
		positive += strcmp(row_text(decision, "outcome"), "positive") == 0;
		open += strcmp(stage, "hearing") == 0 || strcmp(stage, "voting") == 0;
		unheard += strcmp(stage, "waiting") == 0 || strcmp(stage, "warned") == 0;
	}
	bool closed = strcmp(o->interview.state, "closed") == 0;
	(void)json_object_set_new(model, "positive", json_integer((json_int_t)positive));
	(void)json_object_set_new(model, "vacancies", json_integer((json_int_t)c->vacancies));
	set_flag(model, "too_many", positive > most);
	set_flag(model, "nobody", closed && positive == 0 && strcmp(c->route, "own") == 0);
	set_flag(model, "may_close",
		 strcmp(o->interview.state, "running") == 0 && onlooker_is(o, SEAT_SECRETARY) &&
			 open == 0);
	set_flag(model, "unheard", unheard > 0);
}

/* V-1: the quorum of the whole commission, before conflicts. */
static void add_quorum(const struct onlooker *o, json_t *people, json_t *model)
{
	const struct rule_set *rules = o->interview.competition.rules;
	int members = 0;
	int present = 0;
	size_t n = 0;
	json_t *row = NULL;
	json_array_foreach (people, n, row) {
		enum seat seat = SEAT_INVITED;
		if (!seat_of(row_text(row, "role"), &seat) || !seat_votes(seat))
			continue;
		members++;
		present += json_integer_value(json_object_get(row, "present")) != 0;
	}
	int needed = vote_quorum(rules, members);
	(void)json_object_set_new(model, "quorum",
				  json_pack("{s:i,s:i,s:i,s:b,s:b}", "members", members, "present",
					    present, "needed", needed, "reached",
					    present > 0 && present >= needed, "assumed",
					    rules->params[PARAM_QUORUM_NUMERATOR].assumed));
}

/* The last entry of the journal about this competition: a page that shows an older one asks
 * anew (assets/live.js). */
static bool add_version(struct req *r, int64_t competition_id, json_t *model, struct err *e)
{
	int64_t seq = 0;
	if (!db_number(r->db, e, &seq,
		       "SELECT COALESCE(MAX(seq), 0) FROM journal_entry WHERE competition_id = $1",
		       db_int(competition_id)))
		return false;
	(void)json_object_set_new(model, "version", json_integer((json_int_t)seq));
	return true;
}

static bool add_ordering(struct req *r, int64_t id, json_t *model, struct err *e)
{
	json_t *row = db_row(r->db, r->arena, e,
			     "SELECT COALESCE(ordering, 'name') AS ordering FROM interview"
			     " WHERE id = $1",
			     db_int(id));
	if (!row)
		return false;
	(void)json_object_set(model, "ordering", json_object_get(row, "ordering"));
	return true;
}

bool interview_show(struct req *r, json_t *model, struct err *e)
{
	struct onlooker o = { 0 };
	if (!onlooker_load(r, in_int(r, "interview"), &o, e))
		return false;
	bool secretary = onlooker_is(&o, SEAT_SECRETARY);
	bool planned = strcmp(o.interview.state, "planned") == 0;
	bool closed = strcmp(o.interview.state, "closed") == 0;
	json_t *people = interview_people(r, &o.interview, e);
	json_t *candidates = people ? read_candidates(r, &o, e) : NULL;
	if (!candidates || !interview_head(r, &o, model, e) ||
	    !add_version(r, o.interview.competition.id, model, e))
		return false;
	(void)json_object_set(model, "people", people);
	(void)json_object_set(model, "candidates", candidates);
	if (!add_ordering(r, o.interview.id, model, e) || !interview_add_sound(r, &o, model, e))
		return false;
	set_flag(model, "hr", o.hr);
	set_flag(model, "may_arrange",
		 secretary && planned && json_array_size(candidates) > 1 &&
			 strcmp(row_text(model, "ordering"), "draw") != 0);
	set_flag(model, "closed", closed);
	set_flag(model, "may_attend", secretary && !closed);
	set_flag(model, "may_begin",
		 secretary && planned && day_of_instant(r->now_ms).n >= o.interview.planned_day.n);
	set_flag(model, "early",
		 planned && day_of_instant(r->now_ms).n < o.interview.planned_day.n);
	set_flag(model, "seated", o.seated);
	add_quorum(&o, people, model);
	add_outcome(&o, candidates, model);
	return interview_add_console(r, &o, model, e);
}
