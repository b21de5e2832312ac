#include "app/notice/tell.h"

#include "app/notice/notice.h"

#include <string.h>

/* ---- to whom ---------------------------------------------------------------------------- */

static const char *day_text(const struct act *act, day d)
{
	char text[DAY_TEXT_SIZE];
	day_print(d, text);
	return arena_copy(act->arena, text);
}

/* One notice to each person of the rows; takes over `values`. */
static bool send_all(const struct act *act, const struct competition *c, const json_t *rows,
		     const char *kind, const char *href, json_t *values, struct err *e)
{
	bool ok = rows != NULL;
	for (size_t i = 0; ok && i < json_array_size(rows); i++) {
		const struct notice n = {
			.person_id = row_number(json_array_get(rows, i), "person_id"),
			.kind = kind,
			.competition_id = c->id,
			.href = href,
			.values = json_incref(values),
		};
		ok = notice_send(act, &n, e);
	}
	json_decref(values);
	return ok;
}

/* `page` is "", "/story", "/notice": below the address of the application. */
static bool tell_candidate(const struct act *act, const struct competition *c,
			   int64_t application_id, const char *kind, const char *page,
			   json_t *values, struct err *e)
{
	json_t *rows =
		db_rows(act->db, act->arena, e, "SELECT person_id FROM application WHERE id = $1",
			db_int(application_id));
	return send_all(
		act, c, rows, kind,
		arena_print(act->arena, "/applications/%lld%s", (long long)application_id, page),
		values, e);
}

/* Holders of the role for the organ of the competition or one above it, but for whoever acts; not
 * again while one of this kind about this competition is unread.  Takes over `values`. */
static bool tell_role(const struct act *act, const struct competition *c, const char *role,
		      const char *kind, const char *href, json_t *values, struct err *e)
{
	json_t *rows = db_rows(act->db, act->arena, e,
			       "SELECT g.person_id, g.organ FROM role_grant g"
			       " WHERE g.role = $1 AND g.revoked_ms IS NULL AND g.person_id <> $2"
			       " AND NOT EXISTS (SELECT 1 FROM notice n"
			       "  WHERE n.person_id = g.person_id AND n.served_ms IS NULL"
			       "  AND n.kind = $3 AND n.competition_id = $4 AND n.href = $5)"
			       " ORDER BY g.person_id",
			       db_text(role), db_int(act->person_id), db_text(kind), db_int(c->id),
			       db_text(href));
	json_t *told = json_array();
	int64_t last = 0;
	for (size_t i = 0; i < json_array_size(rows); i++) {
		json_t *row = json_array_get(rows, i);
		if (row_number(row, "person_id") == last ||
		    !law_book_under(act->book, c->organ, row_text(row, "organ")))
			continue;
		(void)json_array_append(told, row);
		last = row_number(row, "person_id");
	}
	const bool ok = send_all(act, c, rows ? told : NULL, kind, href, values, e);
	json_decref(told);
	return ok;
}

/* ---- the application -------------------------------------------------------------------- */

/* F15 */
bool tell_received(const struct act *act, const struct competition *c, int64_t application_id,
		   const char *receipt, struct err *e)
{
	return tell_candidate(act, c, application_id, "application.received", "",
			      json_pack("{s:s}", "receipt", receipt), e);
}

/* Within the filing term it can be withdrawn, mended and sent again; afterwards the note alone
 * tells what HR found. */
bool tell_incomplete(const struct act *act, const struct competition *c, int64_t application_id,
		     const char *note, struct err *e)
{
	const bool open = act_today(act).n <= c->filing_last.n;
	return tell_candidate(
		act, c, application_id, open ? "application.incomplete" : "application.lacking", "",
		json_pack("{s:s,s:s}", "note", note, "last", day_text(act, c->filing_last)), e);
}

bool tell_withdrawn(const struct act *act, const struct competition *c, int64_t application_id,
		    struct err *e)
{
	return tell_candidate(act, c, application_id, "application.withdrawn", "", NULL, e) &&
	       tell_role(act, c, ROLE_NAME_HR, "application.withdrawal",
			 arena_print(act->arena, "/applications/%lld/check",
				     (long long)application_id),
			 NULL, e);
}

/* R13-1, R23-1: on the second route the two studies are held where the candidate serves. */
bool tell_met(const struct act *act, const struct competition *c, int64_t application_id,
	      struct err *e)
{
	const bool own = strcmp(c->route, "own") == 0;
	if (!tell_candidate(act, c, application_id, own ? "check.met" : "check.met_elsewhere",
			    "/story", NULL, e) ||
	    (own &&
	     (!tell_role(act, c, ROLE_NAME_POLYGRAPH, "study.asked", "/studies/polygraph", NULL,
			 e) ||
	      !tell_role(act, c, ROLE_NAME_PSYCHO, "study.asked", "/studies/psycho", NULL, e))))
		return false;
	/* whoever is found to meet the requirements later is called to what is open already */
	json_t *rows = db_rows(act->db, act->arena, e,
			       "SELECT s.planned_ms, h.name_kk, h.name_ru FROM sitting s"
			       "  JOIN hall h ON h.id = s.hall_id WHERE s.competition_id = $1"
			       " AND s.state = 'open' AND s.planned_ms > $2 ORDER BY s.planned_ms",
			       db_int(c->id), db_int(act->now_ms));
	for (size_t i = 0; i < json_array_size(rows); i++) {
		const json_t *row = json_array_get(rows, i);
		if (!tell_candidate(act, c, application_id, "test.called", "/story",
				    json_pack("{s:I,s:s,s:s}", "start",
					      (json_int_t)row_number(row, "planned_ms"), "hall_kk",
					      row_text(row, "name_kk"), "hall_ru",
					      row_text(row, "name_ru")),
				    e))
			return false;
	}
	return rows != NULL;
}

bool tell_refused(const struct act *act, const struct competition *c, int64_t application_id,
		  const char *reason, struct err *e)
{
	return tell_candidate(act, c, application_id, "check.refused", "/story",
			      json_pack("{s:s}", "reason", reason), e);
}

/* ---- own security ----------------------------------------------------------------------- */

/* R14-1 */
bool tell_security_list(const struct act *act, const struct competition *c, const char *number,
			int64_t count, struct err *e)
{
	return tell_role(act, c, ROLE_NAME_SECURITY, "security.listed", "/security",
			 json_pack("{s:s,s:I}", "number", number, "total", (json_int_t)count), e);
}

/* R15-1, R16-1: it goes to HR and to nobody else; what it says stands on its own page, whose views
 * are journalled. */
bool tell_security_informed(const struct act *act, const struct competition *c,
			    int64_t application_id, struct err *e)
{
	return tell_role(
		act, c, ROLE_NAME_HR, "security.informed",
		arena_print(act->arena, "/applications/%lld/security", (long long)application_id),
		NULL, e);
}

/* ---- the test --------------------------------------------------------------------------- */

/* R28-1, R13-1 */
bool tell_sitting(const struct act *act, const struct competition *c, int64_t sitting_id,
		  const char *kind, struct err *e)
{
	json_t *sitting = db_row(act->db, act->arena, e,
				 "SELECT s.planned_ms, h.name_kk, h.name_ru FROM sitting s"
				 " JOIN hall h ON h.id = s.hall_id WHERE s.id = $1",
				 db_int(sitting_id));
	json_t *rows = db_rows(act->db, act->arena, e,
			       "SELECT a.id FROM application a WHERE a.competition_id = $1"
			       " AND a.state = 'sent'"
			       " AND EXISTS (SELECT 1 FROM qualification_decision q"
			       "  WHERE q.application_id = a.id AND q.outcome = 'met')"
			       " AND NOT EXISTS (SELECT 1 FROM attempt t"
			       "  WHERE t.application_id = a.id AND t.void = 0) ORDER BY a.id",
			       db_int(c->id));
	for (size_t i = 0; sitting && i < json_array_size(rows); i++) {
		if (!tell_candidate(act, c, row_number(json_array_get(rows, i), "id"), kind,
				    "/story",
				    json_pack("{s:I,s:s,s:s}", "start",
					      (json_int_t)row_number(sitting, "planned_ms"),
					      "hall_kk", row_text(sitting, "name_kk"), "hall_ru",
					      row_text(sitting, "name_ru")),
				    e))
			return false;
	}
	return sitting && rows;
}

/* R44-2 */
bool tell_results(const struct act *act, const struct competition *c, int64_t sitting_id,
		  struct err *e)
{
	json_t *rows = db_rows(act->db, act->arena, e,
			       "SELECT t.application_id, r.correct, r.asked, r.pass_mark,"
			       " r.positive FROM attempt t JOIN result r ON r.attempt_id = t.id"
			       " WHERE t.sitting_id = $1 AND t.void = 0 AND t.finish <> 'breach'"
			       " ORDER BY t.id",
			       db_int(sitting_id));
	for (size_t i = 0; i < json_array_size(rows); i++) {
		const json_t *row = json_array_get(rows, i);
		if (!tell_candidate(act, c, row_number(row, "application_id"),
				    row_number(row, "positive") ? "test.passed" : "test.failed",
				    "/story",
				    json_pack("{s:I,s:I,s:I}", "correct",
					      (json_int_t)row_number(row, "correct"), "asked",
					      (json_int_t)row_number(row, "asked"), "mark",
					      (json_int_t)row_number(row, "pass_mark")),
				    e))
			return false;
	}
	return rows != NULL;
}

bool tell_attempt(const struct act *act, const struct competition *c, int64_t attempt_id,
		  const char *kind, struct err *e)
{
	int64_t application = 0;
	return db_number(act->db, e, &application,
			 "SELECT application_id FROM attempt WHERE id = $1", db_int(attempt_id)) &&
	       tell_candidate(act, c, application, kind, "/story", NULL, e);
}

/* ---- challenges and corrections --------------------------------------------------------- */

/* What stands on the page is not in the notice: a mail may carry its title. */
static bool tell_person_of(const struct act *act, const struct competition *c,
			   int64_t application_id, const char *kind, const char *href,
			   struct err *e)
{
	return send_all(act, c,
			db_rows(act->db, act->arena, e,
				"SELECT person_id FROM application WHERE id = $1",
				db_int(application_id)),
			kind, href, NULL, e);
}

/* F63 */
bool tell_challenge(const struct act *act, const struct competition *c, int64_t challenge_id,
		    struct err *e)
{
	return tell_role(act, c, ROLE_NAME_HR, "challenge.filed",
			 arena_print(act->arena, "/challenges/%lld", (long long)challenge_id), NULL,
			 e);
}

bool tell_challenge_decided(const struct act *act, const struct competition *c,
			    int64_t application_id, int64_t challenge_id, struct err *e)
{
	return tell_person_of(act, c, application_id, "challenge.decided",
			      arena_print(act->arena, "/challenges/%lld", (long long)challenge_id),
			      e);
}

/* F62 */
bool tell_corrected(const struct act *act, const struct competition *c, int64_t application_id,
		    int64_t attempt_id, struct err *e)
{
	return tell_person_of(act, c, application_id, "result.corrected",
			      arena_print(act->arena, "/results/%lld", (long long)attempt_id), e);
}

bool tell_correction(const struct act *act, const struct competition *c, struct err *e)
{
	const char *href =
		arena_print(act->arena, "/competitions/%lld/corrections", (long long)c->id);
	return tell_role(act, c, ROLE_NAME_HR, "results.corrected", href, NULL, e) &&
	       send_all(act, c,
			db_rows(act->db, act->arena, e,
				"SELECT m.person_id FROM commission_member m"
				"  JOIN commission k ON k.id = m.commission_id"
				" WHERE k.competition_id = $1 AND k.state = 'appointed'"
				" AND m.left_ms IS NULL AND m.role = 'secretary' ORDER BY m.id",
				db_int(c->id)),
			"results.corrected", href, NULL, e);
}

/* ---- commission and interview ----------------------------------------------------------- */

/* R41-2, R41-3: what a seat is for is said to whoever takes it. */
static const char *seat_kind(const char *role)
{
	if (strcmp(role, "secretary") == 0)
		return "commission.secretary";
	return strcmp(role, "invited") == 0 ? "commission.invited" : "commission.appointed";
}

bool tell_commission(const struct act *act, const struct competition *c, int64_t commission_id,
		     struct err *e)
{
	json_t *rows = db_rows(act->db, act->arena, e,
			       "SELECT m.person_id, m.role, k.order_number, k.order_day"
			       "  FROM commission_member m JOIN commission k"
			       "   ON k.id = m.commission_id"
			       " WHERE k.id = $1 AND m.left_ms IS NULL ORDER BY m.id",
			       db_int(commission_id));
	for (size_t i = 0; i < json_array_size(rows); i++) {
		const json_t *row = json_array_get(rows, i);
		const day d = { (int32_t)row_number(row, "order_day") };
		const struct notice n = {
			.person_id = row_number(row, "person_id"),
			.kind = seat_kind(row_text(row, "role")),
			.competition_id = c->id,
			.href = "/interviews",
			.values = json_pack("{s:s,s:s}", "order", row_text(row, "order_number"),
					    "day", day_text(act, d)),
		};
		if (!notice_send(act, &n, e))
			return false;
	}
	return rows != NULL;
}

static bool call(const struct act *act, const struct competition *c, const json_t *row,
		 struct err *e)
{
	const bool moved = row_number(row, "called") > 0;
	return tell_candidate(act, c, row_number(row, "application_id"),
			      moved ? "interview.moved" : "interview.called", "/story",
			      json_pack("{s:I,s:s}", "start",
					(json_int_t)row_number(row, "start_ms"), "place",
					row_text(row, "place")),
			      e);
}

/* Whom the newest call tells this very hour and place knows already.  What was said is compared,
 * not what was planned: so nobody is called twice, and nobody who moved is forgotten. */
static bool knows(const struct act *act, const json_t *row, bool *ret, struct err *e)
{
	const char *said = "{}";
	if (row_number(row, "called") > 0 &&
	    !db_string(act->db, act->arena, e, &said, "SELECT content FROM notice WHERE id = $1",
		       db_int(row_number(row, "called"))))
		return false;
	json_t *values = json_loads(said, 0, NULL);
	*ret = row_number(values, "start") == row_number(row, "start_ms") &&
	       strcmp(row_text(values, "place"), row_text(row, "place")) == 0;
	json_decref(values);
	return true;
}

static bool call_candidates(const struct act *act, const struct competition *c, struct err *e)
{
	json_t *rows = db_rows(act->db, act->arena, e,
			       "SELECT x.application_id, i.start_ms, i.place,"
			       " (SELECT MAX(n.id) FROM notice n WHERE n.person_id = a.person_id"
			       "   AND n.competition_id = i.competition_id"
			       "   AND n.kind IN ('interview.called', 'interview.moved')) AS called"
			       "  FROM interview i JOIN interview_candidate x"
			       "   ON x.interview_id = i.id JOIN application a"
			       "   ON a.id = x.application_id WHERE i.competition_id = $1"
			       " AND i.state = 'planned' ORDER BY x.turn",
			       db_int(c->id));
	for (size_t i = 0; i < json_array_size(rows); i++) {
		const json_t *row = json_array_get(rows, i);
		bool known = false;
		if (!knows(act, row, &known, e) || (!known && !call(act, c, row, e)))
			return false;
	}
	return rows != NULL;
}

/* All who sit, the secretary and the invited too; not again what they have been told and not read
 * yet. */
static json_t *seated(const struct act *act, const struct competition *c, const char *kind,
		      int64_t application_id, struct err *e)
{
	return db_rows(act->db, act->arena, e,
		       "SELECT m.person_id FROM commission_member m"
		       "  JOIN commission k ON k.id = m.commission_id"
		       " WHERE k.competition_id = $1 AND k.state = 'appointed'"
		       " AND m.left_ms IS NULL AND NOT EXISTS (SELECT 1 FROM conflict f"
		       "  WHERE f.member_id = m.id AND f.application_id = $2)"
		       " AND NOT EXISTS (SELECT 1 FROM notice n WHERE n.person_id = m.person_id"
		       "  AND n.served_ms IS NULL AND n.kind = $3 AND n.competition_id = $1)"
		       " ORDER BY m.id",
		       db_int(c->id), db_int(application_id), db_text(kind));
}

bool tell_interview(const struct act *act, const struct competition *c, struct err *e)
{
	json_t *row = db_row(act->db, act->arena, e,
			     "SELECT id, start_ms, place FROM interview WHERE competition_id = $1",
			     db_int(c->id));
	if (!row || !call_candidates(act, c, e))
		return false;
	/* the page shows the hour as it is now: one unread notice is enough for many moves */
	return send_all(
		act, c, seated(act, c, "interview.planned", 0, e), "interview.planned",
		arena_print(act->arena, "/interviews/%lld", (long long)row_number(row, "id")), NULL,
		e);
}

/* R16-2; F82: not whoever has declared a conflict of interest. */
bool tell_dossier(const struct act *act, const struct competition *c, int64_t application_id,
		  struct err *e)
{
	json_t *row = db_row(act->db, act->arena, e,
			     "SELECT id FROM interview WHERE competition_id = $1", db_int(c->id));
	if (!row || !call_candidates(act, c, e))
		return false;
	return send_all(act, c, seated(act, c, "dossier.released", application_id, e),
			"dossier.released",
			arena_print(act->arena, "/interviews/%lld/reading",
				    (long long)row_number(row, "id")),
			NULL, e);
}

/* F84: the appeal text and its term are said where the notice is read, from the rule set that the
 * competition has pinned. */
bool tell_decision(const struct act *act, const struct competition *c, int64_t application_id,
		   const char *outcome, struct err *e)
{
	return tell_candidate(act, c, application_id,
			      strcmp(outcome, "positive") == 0 ? "decision.positive"
							       : "decision.negative",
			      "/notice", NULL, e);
}

/* ---- the competition -------------------------------------------------------------------- */

/* L33: bodies that are on the list today. */
static bool tell_bodies(const struct act *act, const struct competition *c, json_t *values,
			struct err *e)
{
	json_t *rows = db_rows(act->db, act->arena, e,
			       "SELECT DISTINCT person_id, organ FROM role_grant"
			       " WHERE role = 'body' AND revoked_ms IS NULL ORDER BY person_id");
	json_t *told = json_array();
	int64_t last = 0;
	for (size_t i = 0; i < json_array_size(rows); i++) {
		json_t *row = json_array_get(rows, i);
		if (row_number(row, "person_id") == last ||
		    !rule_set_body_on(c->rules, row_text(row, "organ"), act_today(act)))
			continue;
		(void)json_array_append(told, row);
		last = row_number(row, "person_id");
	}
	const bool ok =
		send_all(act, c, rows ? told : NULL, "competition.second", "/referrals", values, e);
	json_decref(told);
	return ok;
}

bool tell_announced(const struct act *act, const struct competition *c, struct err *e)
{
	int64_t last = 0;
	if (!db_number(act->db, e, &last, "SELECT filing_last FROM competition WHERE id = $1",
		       db_int(c->id)))
		return false;
	const char *until = day_text(act, (day){ (int32_t)last });
	return tell_role(act, c, ROLE_NAME_HR, "competition.announced",
			 arena_print(act->arena, "/competitions/%lld", (long long)c->id),
			 json_pack("{s:s}", "last", until), e) &&
	       (strcmp(c->route, "other") != 0 ||
		tell_bodies(act, c, json_pack("{s:s}", "last", until), e));
}

bool tell_closed(const struct act *act, const struct competition *c, struct err *e)
{
	bool positive = false;
	json_t *rows = db_rows(act->db, act->arena, e,
			       "SELECT person_id FROM application WHERE competition_id = $1"
			       " AND state = 'sent' ORDER BY id",
			       db_int(c->id));
	if (!rows || !db_exists(act->db, e, &positive,
				"SELECT 1 FROM decision d JOIN application a"
				" ON a.id = d.application_id WHERE a.competition_id = $1"
				" AND d.outcome = 'positive'",
				db_int(c->id)))
		return false;
	return send_all(act, c, rows, positive ? "competition.closed" : "competition.failed",
			"/results", NULL, e);
}
