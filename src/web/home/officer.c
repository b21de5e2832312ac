/* officer.c - own security, those who hold the studies, operators, and accounts of other bodies:
 * what is asked of them, and by when. */
#include "app/candidate/candidate.h"
#include "law/terms.h"
#include "web/home/groups.h"
#include "web/row.h"

/* Rows {competition_id, organ, post, count, first}: a line for each competition, which leads
 * to the one candidate or to `list`. */
struct inbox {
	const char *role, *key, *list, *clause;
	const char *page; /* of an application */
	bool (*last)(const struct calendar *c, const struct rule_set *rules, day interview,
		     day *ret);
};

#define INBOX                                                                                      \
	"SELECT c.id AS competition_id, c.organ, c.post, COUNT(*) AS count, MIN(a.id) AS first"    \
	" FROM application a JOIN competition c ON c.id = a.competition_id"
#define BY_COMPETITION OTHERS("c.id") " GROUP BY c.id, c.organ, c.post ORDER BY c.id"

static void add_inbox_row(struct req *r, struct lines *l, const struct inbox *x, const json_t *row)
{
	const int64_t count = row_number(row, "count");
	const struct competition_terms *t = lines_competition(l, row_number(row, "competition_id"));
	struct line line = {
		.key = x->key,
		.list = x->list,
		.href = count == 1 ? arena_print(r->arena, "/applications/%lld%s",
						 (long long)row_number(row, "first"), x->page)
				   : x->list,
		.count = count,
		.post = row_text(row, "post"),
		.application = count == 1 ? row_number(row, "first") : 0,
		.clause = x->clause,
	};
	/* by when is known once the interview is planned */
	if (t && t->facts.planned &&
	    x->last(t->competition.calendar, t->competition.rules, t->facts.interview_day,
		    &line.last))
		line.calendar = t->competition.calendar;
	lines_add(l, &line);
}

static bool add_inbox(struct req *r, struct lines *l, const struct inbox *x, const json_t *rows,
		      struct err *e)
{
	const struct competition_terms *running = NULL;
	size_t running_count = 0;
	size_t i = 0;
	const json_t *row = NULL;
	if (!rows || (json_array_size(rows) > 0 && !lines_running(l, &running, &running_count, e)))
		return false;
	json_array_foreach (rows, i, row) {
		bool may = false;
		if (!lines_may(l, x->role, row_text(row, "organ"), &may, e))
			return false;
		if (may)
			add_inbox_row(r, l, x, row);
	}
	return true;
}

static bool add_security(struct req *r, struct lines *l, struct err *e)
{
	static const struct inbox x = { ROLE_NAME_SECURITY, "home.task.security", "/security", "15",
					"/security/new",    terms_security_last };
	return add_inbox(r, l, &x,
			 db_rows(r->db, r->arena, e,
				 INBOX " WHERE a.id IN (SELECT x.application_id"
				       "  FROM security_list_entry x) AND NOT EXISTS"
				       " (SELECT 1 FROM security_information s"
				       "  WHERE s.application_id = a.id)" BY_COMPETITION,
				 db_int(r->actor.person_id)),
			 e);
}

/* R13-1: admitted to the studies, and no record yet. */
static bool add_study(struct req *r, struct lines *l, const char *kind, const struct inbox *x,
		      struct err *e)
{
	return add_inbox(r, l, x,
			 db_rows(r->db, r->arena, e,
				 INBOX
				 " WHERE c.state = 'announced' AND c.route = 'own'"
				 " AND a.state = 'sent' AND EXISTS"
				 " (SELECT 1 FROM qualification_decision q"
				 "  WHERE q.application_id = a.id AND q.outcome = 'met')"
				 " AND NOT EXISTS (SELECT 1 FROM study s"
				 "  WHERE s.application_id = a.id AND s.kind = $2)" BY_COMPETITION,
				 db_int(r->actor.person_id), db_text(kind)),
			 e);
}

static bool add_studies(struct req *r, struct lines *l, struct err *e)
{
	static const struct inbox polygraph = { ROLE_NAME_POLYGRAPH,  "home.task.polygraph",
						"/studies/polygraph", "13",
						"/studies/polygraph", terms_dossier_last };
	static const struct inbox psycho = { ROLE_NAME_PSYCHO,  "home.task.psycho",
					     "/studies/psycho", "13",
					     "/studies/psycho", terms_dossier_last };
	return (!req_is(r, ROLE_POLYGRAPH) || add_study(r, l, "polygraph", &polygraph, e)) &&
	       (!req_is(r, ROLE_PSYCHO) || add_study(r, l, "psycho", &psycho, e));
}

/* R23-1: what is asked of the body and not answered. */
static bool add_body(struct req *r, struct lines *l, struct err *e)
{
	struct line line = { .key = "home.task.requests", .list = "/referrals", .clause = "23" };
	size_t i = 0;
	const json_t *row = NULL;
	json_t *rows = db_rows(
		r->db, r->arena, e,
		"SELECT q.id, q.due, c.post, COUNT(*) AS count FROM body_request q"
		"  JOIN body_request_entry x ON x.request_id = q.id AND x.answered_ms IS NULL"
		"  JOIN competition c ON c.id = q.competition_id"
		" WHERE EXISTS (SELECT 1 FROM role_grant g WHERE g.person_id = $1"
		"  AND g.role = 'body' AND g.organ = q.body"
		"  AND g.revoked_ms IS NULL)" OTHERS(
			"q.competition_id") " GROUP BY q.id, q.due, c.post ORDER BY q.id",
		db_int(r->actor.person_id));
	if (!rows || !lines_calendar(l, &line.calendar, e))
		return false;
	json_array_foreach (rows, i, row) {
		line.href =
			arena_print(r->arena, "/requests/%lld", (long long)row_number(row, "id"));
		line.post = row_text(row, "post");
		line.count = row_number(row, "count");
		line.last = (day){ (int32_t)row_number(row, "due") };
		lines_add(l, &line);
	}
	return true;
}

/* Sittings that are not over: the hour, what comes next there, how many are checked in. */
static bool add_sittings(struct req *r, struct lines *l, struct err *e)
{
	struct line line = { .list = "/sittings", .clause = "28", .calm = true };
	size_t i = 0;
	const json_t *row = NULL;
	json_t *rows =
		db_rows(r->db, r->arena, e,
			"SELECT s.id, s.state, s.planned_ms, c.post,"
			" (SELECT COUNT(*) FROM attempt t WHERE t.sitting_id = s.id) AS count"
			"  FROM sitting s JOIN competition c ON c.id = s.competition_id"
			" WHERE s.state IN ('open', 'sealed', 'running')" OTHERS(
				"c.id") " ORDER BY s.planned_ms, s.id",
			db_int(r->actor.person_id));
	if (!rows || !lines_calendar(l, &line.calendar, e))
		return false;
	json_array_foreach (rows, i, row) {
		line.key = arena_print(r->arena, "home.sitting.%s", row_text(row, "state"));
		line.href =
			arena_print(r->arena, "/sittings/%lld", (long long)row_number(row, "id"));
		line.post = row_text(row, "post");
		line.count = row_number(row, "count");
		line.at_ms = row_number(row, "planned_ms");
		line.last = day_of_instant(line.at_ms);
		lines_add(l, &line);
	}
	return true;
}

bool lines_officer(struct req *r, struct lines *l, struct err *e)
{
	return (!req_is(r, ROLE_SECURITY) || add_security(r, l, e)) && add_studies(r, l, e) &&
	       (!req_is(r, ROLE_BODY) || add_body(r, l, e)) &&
	       (!req_is(r, ROLE_OPERATOR) || add_sittings(r, l, e));
}
