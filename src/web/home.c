/* home.c - the first page: what waits for this person. */
#include "web/home.h"

#include "app/candidate/candidate.h"
#include "app/candidate/scan.h"
#include "app/evidence/destruction.h"
#include "app/notice/told.h"
#include "web/bank/bank.h"
#include "web/bank/vault.h"
#include "web/names.h"
#include "web/row.h"
#include "web/sitting/challenge.h"
#include "web/tour.h"

/* What an office counts is of competitions of others: whoever competes is told of the own by the
 * applications below.  The person is $1. */
#define OTHERS(competition) " AND " competition " NOT IN " CANDIDATE_COMPETITIONS("$1")
#define OTHERS_C            OTHERS("c.id")
#define OTHERS_SITTING      OTHERS("(SELECT s.competition_id FROM sitting s WHERE s.id = sitting_id)")
#define OTHERS_HERE         OTHERS("competition_id")
#define OTHERS_Q            OTHERS("q.competition_id")
#define OTHERS_I            OTHERS("i.competition_id")

/* One line of the list: how many things wait, and where. */
static void add_task(json_t *tasks, const char *key, const char *href, int64_t count)
{
	if (count > 0)
		(void)json_array_append_new(tasks, json_pack("{s:s,s:s,s:I}", "key", key, "href",
							     href, "count", (json_int_t)count));
}

static bool add_hr(const struct req *r, json_t *tasks, struct err *e)
{
	int64_t unchecked = 0;
	int64_t refusals = 0;
	if (!db_number(
		    r->db, e, &unchecked,
		    "SELECT COUNT(*) FROM application a JOIN competition c"
		    " ON c.id = a.competition_id AND c.state = 'announced'"
		    " WHERE a.state = 'sent' AND NOT EXISTS (SELECT 1 FROM qualification_decision q"
		    "  WHERE q.application_id = a.id)" OTHERS_C,
		    db_int(r->actor.person_id)) ||
	    !db_number(r->db, e, &refusals,
		       "SELECT COUNT(*) FROM qualification_decision q"
		       " JOIN application a ON a.id = q.application_id"
		       " JOIN competition c ON c.id = a.competition_id"
		       " WHERE q.outcome = 'not_met' AND q.answer IS NULL"
		       " AND q.by_id <> $1" OTHERS_C,
		       db_int(r->actor.person_id)))
		return false;
	add_task(tasks, "home.task.check", "/competitions?state=announced", unchecked);
	add_task(tasks, "home.task.second", "/competitions?state=announced", refusals);
	return true;
}

/* Acts of a breach that wait for HR, and names that wait for a second official (F9). */
static bool add_sittings(const struct req *r, json_t *tasks, struct err *e)
{
	json_t *acts = db_row(r->db, r->arena, e,
			      "SELECT COUNT(*) AS count, COALESCE(MIN(id), 0) AS first"
			      "  FROM sitting_act WHERE state = 'proposed'"
			      " AND by_id <> $1" OTHERS_SITTING,
			      db_int(r->actor.person_id));
	json_t *names =
		db_row(r->db, r->arena, e,
		       "SELECT COUNT(*) AS count, COALESCE(MIN(id), 0) AS first FROM sitting"
		       " WHERE state = 'closed' AND names_ms IS NULL"
		       " AND (names_asked_by IS NULL OR names_asked_by <> $1)" OTHERS_HERE,
		       db_int(r->actor.person_id));
	if (!acts || !names)
		return false;
	add_task(tasks, "home.task.acts",
		 arena_print(r->arena, "/sitting-acts/%lld", (long long)row_number(acts, "first")),
		 row_number(acts, "count"));
	json_t *signals = db_row(r->db, r->arena, e,
				 "SELECT COUNT(*) AS count, COALESCE(MIN(sitting_id), 0) AS first"
				 "  FROM screening_signal WHERE state = 'open'" OTHERS_SITTING,
				 db_int(r->actor.person_id));
	json_t *unscreened =
		db_row(r->db, r->arena, e,
		       "SELECT COUNT(*) AS count, COALESCE(MIN(s.id), 0) AS first FROM sitting s"
		       " JOIN competition c ON c.id = s.competition_id AND c.state = 'announced'"
		       " WHERE s.state = 'closed' AND NOT EXISTS"
		       "  (SELECT 1 FROM screening x WHERE x.sitting_id = s.id)" OTHERS_C,
		       db_int(r->actor.person_id));
	if (!signals || !unscreened)
		return false;
	add_task(tasks, "home.task.signals",
		 arena_print(r->arena, "/sittings/%lld/screening",
			     (long long)row_number(signals, "first")),
		 row_number(signals, "count"));
	add_task(tasks, "home.task.unscreened",
		 arena_print(r->arena, "/sittings/%lld/screening",
			     (long long)row_number(unscreened, "first")),
		 row_number(unscreened, "count"));
	add_task(tasks, "home.task.names",
		 arena_print(r->arena, "/sittings/%lld", (long long)row_number(names, "first")),
		 row_number(names, "count"));
	return true;
}

/* F17, F21: what waits for the second officer, and requests that are late. */
static bool add_second_route(const struct req *r, json_t *tasks, struct err *e)
{
	json_t *entered =
		db_row(r->db, r->arena, e,
		       "SELECT COUNT(*) AS count, COALESCE(MIN(a.id), 0) AS first"
		       "  FROM intake i JOIN application a ON a.id = i.application_id"
		       "   AND a.state = 'draft' JOIN competition c ON c.id = a.competition_id"
		       "   AND c.state = 'announced' AND c.filing_last >= $2"
		       " WHERE i.entered_by <> $1 AND i.by_body = 0"
		       " AND a.person_id <> $1" OTHERS_C,
		       db_int(r->actor.person_id), db_int(day_of_instant(r->now_ms).n));
	json_t *late = db_row(r->db, r->arena, e,
			      "SELECT COUNT(*) AS count, COALESCE(MIN(q.id), 0) AS first"
			      "  FROM body_request q JOIN competition c"
			      "   ON c.id = q.competition_id AND c.state = 'announced'"
			      " WHERE q.due < $2 AND EXISTS (SELECT 1 FROM body_request_entry x"
			      "  WHERE x.request_id = q.id AND x.answered_ms IS NULL)" OTHERS_C,
			      db_int(r->actor.person_id), db_int(day_of_instant(r->now_ms).n));
	if (!entered || !late)
		return false;
	add_task(tasks, "home.task.entered",
		 arena_print(r->arena, "/applications/%lld",
			     (long long)row_number(entered, "first")),
		 row_number(entered, "count"));
	add_task(tasks, "home.task.late_requests",
		 arena_print(r->arena, "/requests/%lld", (long long)row_number(late, "first")),
		 row_number(late, "count"));
	return true;
}

/* R23-1: what is asked of the body and not answered. */
static bool add_body(const struct req *r, json_t *tasks, struct err *e)
{
	json_t *row = db_row(r->db, r->arena, e,
			     "SELECT COUNT(DISTINCT q.id) AS count, COALESCE(MIN(q.id), 0) AS first"
			     "  FROM body_request q JOIN body_request_entry x"
			     "   ON x.request_id = q.id AND x.answered_ms IS NULL"
			     " WHERE EXISTS (SELECT 1 FROM role_grant g WHERE g.person_id = $1"
			     "  AND g.role = 'body' AND g.organ = q.body"
			     "  AND g.revoked_ms IS NULL)" OTHERS_Q,
			     db_int(r->actor.person_id));
	if (!row)
		return false;
	add_task(tasks, "home.task.requests",
		 arena_print(r->arena, "/requests/%lld", (long long)row_number(row, "first")),
		 row_number(row, "count"));
	return true;
}

static bool add_security(const struct req *r, json_t *tasks, struct err *e)
{
	int64_t count = 0;
	if (!db_number(r->db, e, &count,
		       "SELECT COUNT(DISTINCT l.application_id) FROM security_list_entry l"
		       " JOIN application a ON a.id = l.application_id"
		       " JOIN competition c ON c.id = a.competition_id"
		       " WHERE NOT EXISTS (SELECT 1 FROM security_information s"
		       "  WHERE s.application_id = l.application_id)" OTHERS_C,
		       db_int(r->actor.person_id)))
		return false;
	add_task(tasks, "home.task.security", "/security", count);
	return true;
}

static bool add_studies(const struct req *r, const char *kind, const char *key, const char *href,
			json_t *tasks, struct err *e)
{
	int64_t count = 0;
	if (!db_number(r->db, e, &count,
		       "SELECT COUNT(*) FROM application a JOIN competition c"
		       " ON c.id = a.competition_id AND c.state = 'announced'"
		       " AND c.route = 'own'"
		       " WHERE a.state = 'sent' AND EXISTS (SELECT 1 FROM qualification_decision q"
		       "   WHERE q.application_id = a.id AND q.outcome = 'met')"
		       " AND NOT EXISTS (SELECT 1 FROM study s WHERE s.application_id = a.id"
		       "   AND s.kind = $2)" OTHERS_C,
		       db_int(r->actor.person_id), db_text(kind)))
		return false;
	add_task(tasks, key, href, count);
	return true;
}

static bool add_test(const struct req *r, json_t *tasks, struct err *e)
{
	int64_t count = 0;
	if (!db_number(
		    r->db, e, &count,
		    "SELECT COUNT(*) FROM attempt t JOIN application a ON a.id = t.application_id"
		    " WHERE a.person_id = $1 AND t.finished_ms IS NULL",
		    db_int(r->actor.person_id)))
		return false;
	add_task(tasks, "home.task.test", "/test", count);
	return true;
}

static bool add_interviews(const struct req *r, json_t *tasks, struct err *e)
{
	int64_t count = 0;
	if (!db_number(r->db, e, &count,
		       "SELECT COUNT(*) FROM interview i JOIN commission c"
		       "  ON c.competition_id = i.competition_id AND c.state = 'appointed'"
		       " JOIN commission_member m ON m.commission_id = c.id"
		       " WHERE m.person_id = $1 AND m.left_ms IS NULL"
		       " AND i.state <> 'closed'" OTHERS_I,
		       db_int(r->actor.person_id)))
		return false;
	add_task(tasks, "home.task.interview", "/interviews", count);
	return true;
}

/* F84: a decision that the candidate has not opened; from its service the appeal term counts. */
static bool add_decisions(const struct req *r, json_t *tasks, struct err *e)
{
	int64_t count = 0;
	if (!db_number(r->db, e, &count,
		       "SELECT COUNT(*) FROM notice WHERE person_id = $1 AND served_ms IS NULL"
		       " AND kind IN ('decision.positive', 'decision.negative')",
		       db_int(r->actor.person_id)))
		return false;
	add_task(tasks, "home.task.decision", "/notices?only=unread", count);
	return true;
}

/* F84: competitions of the officer whose term for telling the candidates has passed, while a
 * decision is neither opened nor handed over as a letter. */
static bool add_unserved(const struct req *r, json_t *tasks, struct err *e)
{
	const struct act act = req_act(r);
	int64_t count = 0;
	int64_t first = 0;
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT c.id, MIN(n.created_ms) AS sent_ms FROM competition c"
			       "  JOIN notice n ON n.competition_id = c.id"
			       "   AND n.kind IN ('decision.positive', 'decision.negative')"
			       "  LEFT JOIN notice_paper l ON l.notice_id = n.id"
			       " WHERE n.served_ms IS NULL AND l.day IS NULL"
			       " AND c.state <> 'draft'" OTHERS_C " GROUP BY c.id ORDER BY c.id",
			       db_int(r->actor.person_id));
	for (size_t i = 0; i < json_array_size(rows); i++) {
		const json_t *row = json_array_get(rows, i);
		struct competition c = { 0 };
		day late = { 0 };
		bool may = false;
		if (!competition_load(&act, row_number(row, "id"), &c, e) ||
		    !act_holds(&act, ROLE_NAME_HR, c.organ, &may, e))
			return false;
		if (!may || !told_late_day(&c, act_today(&act), &late) ||
		    day_of_instant(row_number(row, "sent_ms")).n > late.n)
			continue;
		first = count == 0 ? c.id : first;
		count++;
	}
	add_task(tasks, "home.task.unserved",
		 arena_print(r->arena, "/competitions/%lld/told?state=late", (long long)first),
		 count);
	return rows != NULL;
}

/* F74: acts of destruction that another officer has proposed. */
static bool add_destruction(const struct req *r, json_t *tasks, struct err *e)
{
	const struct act act = req_act(r);
	int64_t count = 0;
	int64_t first = 0;
	if (!destruction_waiting(&act, &count, &first, e))
		return false;
	add_task(tasks, "home.task.destruction",
		 arena_print(r->arena, "/destruction-proposals/%lld", (long long)first), count);
	return true;
}

static bool add_bank(const struct req *r, json_t *tasks, struct err *e)
{
	int64_t count = 0;
	if (!bank_waiting(r, &count, e))
		return false;
	add_task(tasks, "home.task.bank", "/bank/questions?mine=1", count);
	return true;
}

/* F62, F63 */
static bool add_challenges(const struct req *r, json_t *tasks, struct err *e)
{
	int64_t find = 0;
	int64_t answer = 0;
	if (!challenge_waiting(r, &find, &answer, e))
		return false;
	add_task(tasks, "home.task.challenges", "/challenges?stands=waiting", find);
	add_task(tasks, "home.task.findings", "/challenges?stands=proposed", answer);
	return true;
}

static bool add_corrections(const struct req *r, json_t *tasks, struct err *e)
{
	int64_t papers = 0;
	int64_t results = 0;
	int64_t competition = 0;
	if (!challenge_waiting_hr(r, &papers, &results, &competition, e))
		return false;
	add_task(tasks, "home.task.challenge_papers", "/challenges?stands=entered", papers);
	add_task(tasks, "home.task.corrected",
		 arena_print(r->arena, "/competitions/%lld/corrections", (long long)competition),
		 results);
	return true;
}

/* A file of an author that was compared, and files that want a second person's consent. */
static bool add_files(const struct req *r, json_t *tasks, struct err *e)
{
	const int64_t me = r->actor.person_id;
	int64_t read = 0;
	int64_t asked = 0;
	int64_t forms = 0;
	if (!db_number(r->db, e, &read,
		       "SELECT COUNT(*) FROM bank_import WHERE state = 'checked' AND by_id = $1",
		       db_int(me)) ||
	    (req_is(r, ROLE_APPROVER | ROLE_ADMIN) &&
	     !db_number(r->db, e, &asked,
			"SELECT COUNT(*) FROM bank_export WHERE agreed_ms IS NULL AND by_id <> $1",
			db_int(me))) ||
	    (req_is(r, ROLE_APPROVER | ROLE_ADMIN) &&
	     !db_number(r->db, e, &forms,
			"SELECT COUNT(*) FROM paper_form WHERE agreed_ms IS NULL AND by_id <> $1",
			db_int(me))))
		return false;
	add_task(tasks, "home.task.import", "/bank/import", read);
	add_task(tasks, "home.task.export", "/bank/export", asked);
	add_task(tasks, "home.task.form", "/bank/forms", forms);
	return true;
}

/* F28: openings of the sealed bank that wait for this keeper's share. */
static bool add_vault(const struct req *r, json_t *tasks, struct err *e)
{
	int64_t count = 0;
	int64_t first = 0;
	if (!vault_waiting(r, &count, &first, e))
		return false;
	add_task(tasks, "home.task.vault",
		 arena_print(r->arena, "/bank/vault/openings/%lld", (long long)first), count);
	return true;
}

/* Uploaded files wait, and their scanner is silent or refuses some of them. */
static bool add_scan(const struct req *r, json_t *tasks, struct err *e)
{
	const struct act act = req_act(r);
	struct scan_state s = { 0 };
	if (!scan_state(&act, &s, e))
		return false;
	if (s.required)
		add_task(tasks, "home.task.scan", "/installation",
			 s.away && s.waiting == 0 ? 1
			 : s.away                 ? s.waiting
						  : s.troubled);
	return true;
}

static bool add_tasks(const struct req *r, json_t *tasks, struct err *e)
{
	enum { BANK = ROLE_AUTHOR | ROLE_REVIEWER | ROLE_APPROVER };
	enum { COMMISSION = ROLE_MEMBER | ROLE_SECRETARY | ROLE_INVITED };
	return add_test(r, tasks, e) && add_decisions(r, tasks, e) &&
	       (!req_is(r, ROLE_HR) ||
		(add_hr(r, tasks, e) && add_sittings(r, tasks, e) &&
		 add_second_route(r, tasks, e) && add_unserved(r, tasks, e) &&
		 add_corrections(r, tasks, e) && add_destruction(r, tasks, e))) &&
	       (!req_is(r, ROLE_REVIEWER | ROLE_APPROVER) || add_challenges(r, tasks, e)) &&
	       (!req_is(r, ROLE_BODY) || add_body(r, tasks, e)) &&
	       (!req_is(r, ROLE_SECURITY) || add_security(r, tasks, e)) &&
	       (!req_is(r, ROLE_POLYGRAPH) || add_studies(r, "polygraph", "home.task.polygraph",
							  "/studies/polygraph", tasks, e)) &&
	       (!req_is(r, ROLE_PSYCHO) ||
		add_studies(r, "psycho", "home.task.psycho", "/studies/psycho", tasks, e)) &&
	       (!req_is(r, BANK) || add_bank(r, tasks, e)) &&
	       (!req_is(r, ROLE_AUTHOR | ROLE_APPROVER | ROLE_ADMIN) || add_files(r, tasks, e)) &&
	       (!req_is(r, ROLE_ADMIN) || add_scan(r, tasks, e)) &&
	       (!req_is(r, ROLE_KEEPER) || add_vault(r, tasks, e)) &&
	       (!req_is(r, COMMISSION) || add_interviews(r, tasks, e));
}

/* A candidate's own applications, with where they stand. */
static bool add_applications(const struct req *r, json_t *model, struct err *e)
{
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT a.id, a.state, c.post FROM application a JOIN competition c"
			       " ON c.id = a.competition_id WHERE a.person_id = $1"
			       " ORDER BY a.id DESC",
			       db_int(r->actor.person_id));
	size_t i = 0;
	json_t *row = NULL;
	if (!rows)
		return false;
	json_array_foreach (rows, i, row) {
		const char *post = json_string_value(json_object_get(row, "post"));
		(void)json_object_set_new(row, "post", json_string(post_name(r, post)));
	}
	(void)json_object_set(model, "applications", rows);
	return true;
}

bool home(struct req *r, json_t *model, struct err *e)
{
	json_t *tasks = json_array();
	int64_t open = 0;
	(void)json_object_set_new(model, "tasks", tasks);
	if (!tour_add(r, model, e))
		return false;
	if (!db_number(r->db, e, &open,
		       "SELECT COUNT(*) FROM competition WHERE state = 'announced'"
		       " AND filing_last >= $1",
		       db_int(day_of_instant(r->now_ms).n)))
		return false;
	(void)json_object_set_new(model, "open", json_integer((json_int_t)open));
	if (r->actor.person_id == 0) {
		(void)json_object_set_new(model, "applications", json_array());
		return true;
	}
	return add_tasks(r, tasks, e) && add_applications(r, model, e);
}
