/* papers.c - HR's own papers beside the terms: acts of a sitting, names, letters, second officers,
 * destruction. */
#include "app/candidate/candidate.h"
#include "app/evidence/destruction.h"
#include "app/notice/told.h"
#include "law/terms.h"
#include "web/home/groups.h"
#include "web/row.h"
#include "web/sitting/challenge.h"

/* Of rows {id, post}: each a line, which leads to `path` of it. */
static bool add_each(struct req *r, struct lines *l, const json_t *rows, struct line line,
		     const char *before, const char *after)
{
	size_t i = 0;
	const json_t *row = NULL;
	json_array_foreach (rows, i, row) {
		line.href = arena_print(r->arena, "%s%lld%s", before,
					(long long)row_number(row, "id"), after);
		line.post = row_text(row, "post");
		line.count = row_number(row, "count");
		lines_add(l, &line);
	}
	return rows != NULL;
}

/* Acts of a breach that wait for HR, and names that wait for a second official (F9). */
static bool add_sittings(struct req *r, struct lines *l, struct err *e)
{
	const struct db_value me = db_int(r->actor.person_id);
	return add_each(r, l,
			db_rows(r->db, r->arena, e,
				"SELECT x.id, c.post, 0 AS count FROM sitting_act x"
				"  JOIN sitting s ON s.id = x.sitting_id"
				"  JOIN competition c ON c.id = s.competition_id"
				" WHERE x.state = 'proposed' AND x.by_id <> $1" OTHERS(
					"s.competition_id") " ORDER BY x.id",
				me),
			(struct line){ .key = "home.task.acts", .list = "/sittings" },
			"/sitting-acts/", "") &&
	       add_each(r, l,
			db_rows(r->db, r->arena, e,
				"SELECT s.id, c.post, 0 AS count FROM sitting s"
				"  JOIN competition c ON c.id = s.competition_id"
				" WHERE s.state = 'closed' AND s.names_ms IS NULL"
				" AND (s.names_asked_by IS NULL OR s.names_asked_by <> $1)" OTHERS(
					"s.competition_id") " ORDER BY s.id",
				me),
			(struct line){ .key = "home.task.names", .list = "/sittings" },
			"/sittings/", "") &&
	       add_each(r, l,
			db_rows(r->db, r->arena, e,
				"SELECT s.id, c.post, 0 AS count FROM sitting s"
				"  JOIN competition c ON c.id = s.competition_id"
				" WHERE s.state = 'closed' AND s.names_ms IS NULL"
				" AND s.names_asked_by = $1" OTHERS(
					"s.competition_id") " ORDER BY s.id",
				me),
			(struct line){ .key = "home.task.names_asked",
				       .list = "/sittings",
				       .who = "second" },
			"/sittings/", "");
}

/* F67: answers that look alike. */
static bool add_screening(struct req *r, struct lines *l, struct err *e)
{
	const struct db_value me = db_int(r->actor.person_id);
	return add_each(r, l,
			db_rows(r->db, r->arena, e,
				"SELECT s.id, c.post, COUNT(*) AS count FROM screening_signal x"
				"  JOIN sitting s ON s.id = x.sitting_id"
				"  JOIN competition c ON c.id = s.competition_id"
				" WHERE x.state = 'open'" OTHERS(
					"s.competition_id") " GROUP BY s.id, c.post ORDER BY s.id",
				me),
			(struct line){ .key = "home.task.signals", .list = "/sittings" },
			"/sittings/", "/screening") &&
	       add_each(r, l,
			db_rows(r->db, r->arena, e,
				"SELECT s.id, c.post, 0 AS count FROM sitting s"
				"  JOIN competition c ON c.id = s.competition_id"
				"   AND c.state = 'announced'"
				" WHERE s.state = 'closed' AND NOT EXISTS"
				"  (SELECT 1 FROM screening x WHERE x.sitting_id = s.id)" OTHERS(
					"c.id") " ORDER BY s.id",
				me),
			(struct line){ .key = "home.task.unscreened", .list = "/sittings" },
			"/sittings/", "/screening");
}

/* Rows with a day of their own. */
static bool add_dated(struct req *r, struct lines *l, const json_t *rows, struct line line,
		      const char *before, struct err *e)
{
	size_t i = 0;
	const json_t *row = NULL;
	if (!rows || !lines_calendar(l, &line.calendar, e))
		return false;
	json_array_foreach (rows, i, row) {
		line.href =
			arena_print(r->arena, "%s%lld", before, (long long)row_number(row, "id"));
		line.post = row_text(row, "post");
		line.application = row_number(row, "application");
		line.clause = row_text(row, "clause");
		line.last = (day){ (int32_t)row_number(row, "last") };
		lines_add(l, &line);
	}
	return true;
}

/* F17, F21: what waits for the second officer, and what another body has not answered. */
static bool add_second_route(struct req *r, struct lines *l, struct err *e)
{
	const struct db_value me = db_int(r->actor.person_id);
	return add_dated(r, l,
			 db_rows(r->db, r->arena, e,
				 "SELECT a.id, c.post, c.filing_last AS last,"
				 " a.id AS application, '20' AS clause"
				 "  FROM intake i JOIN application a ON a.id = i.application_id"
				 "   AND a.state = 'draft' JOIN competition c"
				 "   ON c.id = a.competition_id AND c.state = 'announced'"
				 "   AND c.filing_last >= $2"
				 " WHERE i.entered_by <> $1 AND i.by_body = 0"
				 " AND a.person_id <> $1" OTHERS("c.id") " ORDER BY a.id",
				 me, db_int(day_of_instant(r->now_ms).n)),
			 (struct line){ .key = "home.task.entered",
					.list = "/competitions?state=announced" },
			 "/applications/", e) &&
	       add_dated(r, l,
			 db_rows(r->db, r->arena, e,
				 "SELECT q.id, c.post, q.due AS last, 0 AS application,"
				 " CASE q.kind WHEN 'information' THEN '24' ELSE '23' END AS clause"
				 "  FROM body_request q JOIN competition c"
				 "   ON c.id = q.competition_id AND c.state = 'announced'"
				 " WHERE EXISTS (SELECT 1 FROM body_request_entry x"
				 "  WHERE x.request_id = q.id AND x.answered_ms IS NULL)" OTHERS(
					 "c.id") " ORDER BY q.id",
				 me),
			 (struct line){ .key = "home.task.asked_body",
					.list = "/competitions?state=announced",
					.who = "body" },
			 "/requests/", e);
}

/* Of a competition that runs its terms are read already. */
static bool competition_of(const struct act *act, const struct lines *l, int64_t id,
			   struct competition *ret, struct err *e)
{
	const struct competition_terms *t = lines_competition(l, id);
	if (!t)
		return competition_load(act, id, ret, e);
	*ret = t->competition;
	return true;
}

/* F84: the term for telling the candidates has passed, while a decision is neither opened nor
 * handed over as a letter. */
static bool add_unserved(struct req *r, struct lines *l, struct err *e)
{
	const struct act act = req_act(r);
	json_t *rows =
		db_rows(r->db, r->arena, e,
			"SELECT c.id, MIN(n.created_ms) AS sent_ms, COUNT(*) AS count"
			"  FROM competition c"
			"  JOIN notice n ON n.competition_id = c.id"
			"   AND n.kind IN ('decision.positive', 'decision.negative')"
			"  LEFT JOIN notice_paper l ON l.notice_id = n.id"
			" WHERE n.served_ms IS NULL AND l.day IS NULL"
			" AND c.state <> 'draft'" OTHERS("c.id") " GROUP BY c.id ORDER BY c.id",
			db_int(r->actor.person_id));
	for (size_t i = 0; i < json_array_size(rows); i++) {
		const json_t *row = json_array_get(rows, i);
		struct competition c = { 0 };
		day late = { 0 };
		day last = { 0 };
		bool may = false;
		const day sent = day_of_instant(row_number(row, "sent_ms"));
		if (!competition_of(&act, l, row_number(row, "id"), &c, e) ||
		    !lines_may(l, ROLE_NAME_HR, c.organ, &may, e))
			return false;
		if (!may || !told_late_day(&c, act_today(&act), &late) || sent.n > late.n)
			continue;
		const bool known = terms_notice_last(c.calendar, c.rules, sent, &last);
		lines_add(l, &(struct line){ .key = "home.task.unserved",
					     .href = arena_print(
						     r->arena, "/competitions/%lld/told?state=late",
						     (long long)c.id),
					     .post = c.post,
					     .count = row_number(row, "count"),
					     .clause = c.rules->params[PARAM_NOTICE_DAYS].clause,
					     .calendar = known ? c.calendar : NULL,
					     .last = last });
	}
	return rows != NULL;
}

static void add_counted(struct lines *l, const char *key, const char *href, int64_t count)
{
	if (count > 0)
		lines_add(l, &(struct line){ .key = key, .href = href, .count = count });
}

/* F62, F63: papers to be compared, results that have passed the mark after a correction. */
static bool add_corrections(struct req *r, struct lines *l, struct err *e)
{
	int64_t papers = 0;
	int64_t results = 0;
	int64_t competition = 0;
	if (!challenge_waiting_hr(r, &papers, &results, &competition, e))
		return false;
	add_counted(l, "home.task.challenge_papers", "/challenges?stands=entered", papers);
	add_counted(l, "home.task.corrected",
		    arena_print(r->arena, "/competitions/%lld/corrections", (long long)competition),
		    results);
	return true;
}

/* F74: acts of destruction that another officer has proposed. */
static bool add_destruction(struct req *r, struct lines *l, struct err *e)
{
	const struct act act = req_act(r);
	int64_t count = 0;
	int64_t first = 0;
	if (!destruction_waiting(&act, &count, &first, e))
		return false;
	add_counted(l, "home.task.destruction",
		    arena_print(r->arena, "/destruction-proposals/%lld", (long long)first), count);
	return true;
}

/* Drafts of the officer's organs. */
static bool add_drafts(struct req *r, struct lines *l, struct err *e)
{
	size_t i = 0;
	const json_t *row = NULL;
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT id, post, organ FROM competition WHERE state = 'draft'"
			       " ORDER BY id");
	json_array_foreach (rows, i, row) {
		bool may = false;
		if (!lines_may(l, ROLE_NAME_HR, row_text(row, "organ"), &may, e))
			return false;
		if (may)
			lines_add(l, &(struct line){
					     .key = "home.task.draft",
					     .href = arena_print(r->arena, "/competitions/%lld",
								 (long long)row_number(row, "id")),
					     .list = "/competitions?state=draft",
					     .post = row_text(row, "post") });
	}
	return rows != NULL;
}

bool lines_papers(struct req *r, struct lines *l, struct err *e)
{
	return !req_is(r, ROLE_HR) ||
	       (add_sittings(r, l, e) && add_screening(r, l, e) && add_second_route(r, l, e) &&
		add_unserved(r, l, e) && add_corrections(r, l, e) && add_destruction(r, l, e) &&
		add_drafts(r, l, e));
}
