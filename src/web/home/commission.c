/* commission.c - interviews in which the person sits, and the minutes that want a signature. */
#include "app/candidate/candidate.h"
#include "law/terms.h"
#include "web/home/groups.h"
#include "web/route_table.h"
#include "web/row.h"

#include <string.h>

/* The interviews that are to come or go on. */
static bool add_interviews(struct req *r, struct lines *l, struct err *e)
{
	struct line line = { .list = "/interviews", .clause = "44", .calm = true };
	size_t i = 0;
	const json_t *row = NULL;
	json_t *rows = db_rows(
		r->db, r->arena, e,
		"SELECT i.id, i.state, i.start_ms, c.post,"
		" (SELECT COUNT(*) FROM dossier_release d JOIN application a"
		"   ON a.id = d.application_id WHERE a.competition_id = c.id) AS count"
		"  FROM interview i JOIN competition c ON c.id = i.competition_id"
		"  JOIN commission k ON k.competition_id = c.id AND k.state = 'appointed'"
		"  JOIN commission_member m ON m.commission_id = k.id"
		" WHERE m.person_id = $1 AND m.left_ms IS NULL AND i.state <> 'closed'" OTHERS(
			"c.id") " ORDER BY i.start_ms, i.id",
		db_int(r->actor.person_id));
	if (!rows || !lines_calendar(l, &line.calendar, e))
		return false;
	json_array_foreach (rows, i, row) {
		const bool runs = strcmp(row_text(row, "state"), "running") == 0;
		line.key = runs ? "home.interview.running" : "home.task.interview";
		line.href =
			arena_print(r->arena, "/interviews/%lld", (long long)row_number(row, "id"));
		line.post = row_text(row, "post");
		line.count = row_number(row, "count");
		line.at_ms = row_number(row, "start_ms");
		line.last = day_of_instant(line.at_ms);
		lines_add(l, &line);
	}
	return true;
}

static void add_minutes_line(struct req *r, struct lines *l, const json_t *row)
{
	const struct competition_terms *t = lines_competition(l, row_number(row, "competition_id"));
	struct line line = {
		.key = row_has(row, "numbered_ms") ? "home.task.sign" : "home.task.minutes",
		.href = arena_print(r->arena, "/interviews/%lld/minutes",
				    (long long)row_number(row, "id")),
		.list = "/interviews",
		.post = row_text(row, "post"),
		.clause = "47",
	};
	if (t && t->facts.heard &&
	    terms_minutes_last(t->competition.calendar, t->competition.rules, t->facts.heard_day,
			       &line.last))
		line.calendar = t->competition.calendar;
	lines_add(l, &line);
}

/* Minutes without a number wait for the secretary; those with one, for each who has to sign. */
static bool add_minutes(struct req *r, struct lines *l, struct err *e)
{
	const struct competition_terms *running = NULL;
	size_t running_count = 0;
	size_t i = 0;
	const json_t *row = NULL;
	json_t *rows =
		db_rows(r->db, r->arena, e,
			"SELECT i.id, c.id AS competition_id, c.post, n.at_ms AS numbered_ms"
			"  FROM interview i JOIN competition c ON c.id = i.competition_id"
			"   AND c.state = 'announced'"
			"  JOIN commission k ON k.competition_id = c.id AND k.state = 'appointed'"
			"  JOIN commission_member m ON m.commission_id = k.id"
			"  LEFT JOIN minutes n ON n.interview_id = i.id"
			" WHERE m.person_id = $1 AND i.state = 'closed'"
			" AND ((n.id IS NULL AND m.role = 'secretary' AND m.left_ms IS NULL)"
			"  OR EXISTS (SELECT 1 FROM minutes_signature s WHERE s.interview_id = i.id"
			"   AND s.member_id = m.id AND s.signed_ms IS NULL))" OTHERS(
				"c.id") " ORDER BY i.id",
			db_int(r->actor.person_id));
	if (!rows || (json_array_size(rows) > 0 && !lines_running(l, &running, &running_count, e)))
		return false;
	json_array_foreach (rows, i, row)
		add_minutes_line(r, l, row);
	return true;
}

bool lines_commission(struct req *r, struct lines *l, struct err *e)
{
	return !req_is(r, ROLES_COMMISSION) || (add_interviews(r, l, e) && add_minutes(r, l, e));
}
