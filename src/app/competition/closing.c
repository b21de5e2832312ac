#include "app/competition/closing.h"

#include "app/candidate/candidate.h"
#include "app/interview/minutes.h"

#include <stdio.h>
#include <string.h>

static void drop(void *object)
{
	json_decref(object);
}

static void add(json_t *list, const char *what, int64_t count, json_t *names)
{
	(void)json_array_append_new(list, json_pack("{s:s,s:I,s:o}", "what", what, "count",
						    (json_int_t)count, "names",
						    names ? names : json_array()));
}

/* Whoever was admitted to the interview has a right to a decision.  Who does not meet the
 * requirements or has no positive result cannot be: they are not even loaded.  Who did not appear
 * at an interview that is closed is on record as such, and nothing is to wait for. */
static bool add_undecided(const struct act *act, int64_t id, json_t *list, struct err *e)
{
	json_t *rows = db_rows(act->db, act->arena, e,
			       "SELECT a.id FROM application a WHERE a.competition_id = $1"
			       " AND a.state = 'sent' AND NOT EXISTS (SELECT 1 FROM decision d"
			       "  WHERE d.application_id = a.id)"
			       " AND EXISTS (SELECT 1 FROM qualification_decision q"
			       "  WHERE q.application_id = a.id AND q.outcome = 'met')"
			       " AND EXISTS (SELECT 1 FROM attempt t JOIN result r"
			       "  ON r.attempt_id = t.id WHERE t.application_id = a.id"
			       "  AND r.positive = 1)"
			       " AND NOT EXISTS (SELECT 1 FROM interview_candidate x"
			       "  JOIN interview i ON i.id = x.interview_id AND i.state = 'closed'"
			       "  WHERE x.application_id = a.id AND x.started_ms IS NULL)"
			       " ORDER BY a.id",
			       db_int(id));
	json_t *names = json_array();
	arena_defer(act->arena, drop, names);
	for (size_t i = 0; i < json_array_size(rows); i++) {
		struct candidate c = { 0 };
		if (!candidate_load(act, row_number(json_array_get(rows, i), "id"), &c, e))
			return false;
		if (c.admission.to_interview)
			(void)json_array_append_new(names, json_string(c.name));
	}
	if (json_array_size(names) > 0)
		add(list, "undecided", (int64_t)json_array_size(names), json_incref(names));
	return rows != NULL;
}

static bool add_unsigned(const struct act *act, int64_t interview_id, json_t *list, struct err *e)
{
	json_t *rows = db_rows(act->db, act->arena, e,
			       "SELECT p.family || ' ' || p.given || ' ' || p.patronymic AS name"
			       "  FROM minutes_signature s"
			       "  JOIN commission_member m ON m.id = s.member_id"
			       "  JOIN person p ON p.id = m.person_id"
			       " WHERE s.interview_id = $1 AND s.signed_ms IS NULL"
			       " ORDER BY p.sort_key, m.id",
			       db_int(interview_id));
	if (!rows || json_array_size(rows) == 0)
		return rows != NULL;
	json_t *names = json_array();
	for (size_t i = 0; i < json_array_size(rows); i++)
		(void)json_array_append(names, json_object_get(json_array_get(rows, i), "name"));
	add(list, "unsigned", (int64_t)json_array_size(rows), names);
	return true;
}

static bool add_minutes(const struct act *act, int64_t interview_id, json_t *list, struct err *e)
{
	struct interview i = { 0 };
	struct minutes m = { 0 };
	if (!interview_load(act, interview_id, &i, e) || !minutes_load(act, &i, &m, e))
		return false;
	if (!m.numbered)
		add(list, "unnumbered", 1, NULL);
	else if (m.broken)
		add(list, "broken", 1, NULL);
	return add_unsigned(act, interview_id, list, e);
}

/* F62, F63: a finding may still change who is admitted, and HR has to say what becomes of those
 * who crossed the mark. */
static bool add_challenges(const struct act *act, int64_t id, json_t *list, struct err *e)
{
	int64_t open = 0;
	int64_t waiting = 0;
	if (!db_number(act->db, e, &open,
		       "SELECT COUNT(*) FROM challenge x JOIN attempt t ON t.id = x.attempt_id"
		       " JOIN sitting s ON s.id = t.sitting_id WHERE s.competition_id = $1"
		       " AND x.state IN ('open', 'entered')",
		       db_int(id)) ||
	    !db_number(act->db, e, &waiting,
		       "SELECT COUNT(*) FROM result_version v JOIN attempt t ON t.id = v.attempt_id"
		       " JOIN sitting s ON s.id = t.sitting_id WHERE s.competition_id = $1"
		       " AND v.stage <> '' AND v.noted_ms IS NULL",
		       db_int(id)))
		return false;
	if (open > 0)
		add(list, "challenges", open, NULL);
	if (waiting > 0)
		add(list, "corrected", waiting, NULL);
	return true;
}

bool closing_missing(const struct act *act, const struct competition *c, json_t **ret,
		     struct err *e)
{
	json_t *list = json_array();
	arena_defer(act->arena, drop, list);
	json_t *rows =
		db_rows(act->db, act->arena, e,
			"SELECT id, state FROM interview WHERE competition_id = $1", db_int(c->id));
	const json_t *row = json_array_get(rows, 0);
	const bool closed = row && strcmp(row_text(row, "state"), "closed") == 0;
	if (!rows)
		return false;
	if (row && !closed)
		add(list, "interview_open", 1, NULL);
	if (!add_undecided(act, c->id, list, e) || !add_challenges(act, c->id, list, e) ||
	    (closed && !add_minutes(act, row_number(row, "id"), list, e)))
		return false;
	*ret = list;
	return true;
}

bool closing_require(const struct act *act, const struct competition *c, struct err *e)
{
	json_t *list = NULL;
	if (!closing_missing(act, c, &list, e))
		return false;
	if (json_array_size(list) == 0)
		return true;
	const json_t *first = json_array_get(list, 0);
	char key[64];
	(void)snprintf(key, sizeof(key), "competition.error.%s", row_text(first, "what"));
	(void)err_set(e, ERR_CONFLICT, key, "something is missing before the close");
	return err_value(e, arena_print(act->arena, "%lld", (long long)row_number(first, "count")));
}
