/* verify_told.c - rows of sittings and interviews against the single entries that made them (F88).
 *
 * The seal of a close (app/evidence/row_seal.h) takes rows as they then stand; so what somebody has
 * doctored before it, while the test or the interview went on, would be sealed for good.  Here each
 * instant, each minute and each name of such a row is held against the entry of its own.  Most
 * entries are found by their headers alone, which stay when contents are destroyed. */
#include "app/competition/competition.h"
#include "app/interview/mark.h"
#include "app/verify/verify.h"

#include <string.h>

enum { MINUTE_MS = 60 * 1000 };

/* ---- the time that each candidate had (F42 to F44, F51) -------------------------------------- */

/* SQL of one attempt `t` of the sitting `s`: what was given, and what stops have held. */
#define GIVEN "COALESCE((SELECT SUM(x.length_ms) FROM extra_time x WHERE x.attempt_id = t.id), 0)"
#define HELD  "COALESCE((SELECT SUM(h.length_ms) FROM stop_hold h WHERE h.attempt_id = t.id), 0)"
/* Stops whose time was taken back, from those who had not finished then. */
#define TAKEN_BACK                                                                                 \
	"COALESCE((SELECT SUM(h.length_ms) FROM stop_hold h JOIN stop p ON p.id = h.stop_id"       \
	"  JOIN sitting_act r ON r.id = p.reversal_id WHERE h.attempt_id = t.id"                   \
	"  AND (t.finished_ms IS NULL OR t.finished_ms > r.at_ms)), 0)"
/* In the same millisecond nobody knows which came first. */
#define IS_CLEAR                                                                                   \
	"NOT EXISTS (SELECT 1 FROM stop_hold h JOIN stop p ON p.id = h.stop_id"                    \
	"  JOIN sitting_act r ON r.id = p.reversal_id WHERE h.attempt_id = t.id"                   \
	"  AND r.at_ms = t.finished_ms)"

static bool check_ends(const struct act *act, struct verify_report *r, struct err *e)
{
	return verify_each(r, "row", "attempt",
			   "its end is not what the start and the minutes give",
			   db_rows(act->db, act->arena, e,
				   "SELECT t.id AS number FROM attempt t JOIN sitting s"
				   " ON s.id = t.sitting_id WHERE s.started_ms IS NOT NULL"
				   " AND (t.ends_ms IS NULL OR t.ends_ms <> s.started_ms"
				   "  + s.minutes * 60000) ORDER BY t.id")) &&
	       /* of a void one the last stop has given nothing */
	       verify_each(r, "row", "attempt", "it has more or less time than acts have given it",
			   db_rows(act->db, act->arena, e,
				   "SELECT t.id AS number FROM attempt t WHERE t.void = 0"
				   " AND " IS_CLEAR " AND t.extra_ms <> " GIVEN " + " HELD
				   " - " TAKEN_BACK " ORDER BY t.id"));
}

/* Extra time, stops, and how long each has held, each at the instant of its entry. */
static bool check_acts(const struct act *act, struct verify_report *r, struct err *e)
{
	return verify_each(
		       r, "row", "attempt", "time was given that the journal does not tell of",
		       db_rows(act->db, act->arena, e,
			       "SELECT t.id AS number FROM extra_time x JOIN attempt t"
			       " ON t.id = x.attempt_id WHERE NOT EXISTS (SELECT 1"
			       "  FROM journal_entry j WHERE j.subject = 'sitting/' || t.sitting_id"
			       "  AND j.kind <> 'test.answer' AND j.kind = 'sitting.extra'"
			       "  AND j.at_ms = x.at_ms AND j.actor_id = x.by_id) ORDER BY "
			       "t.id")) &&
	       verify_each(
		       r, "row", "sitting", "a stop that the journal does not tell of",
		       db_rows(act->db, act->arena, e,
			       "SELECT p.sitting_id AS number FROM stop p WHERE NOT EXISTS (SELECT "
			       "1"
			       "  FROM journal_entry j WHERE j.subject = 'sitting/' || p.sitting_id"
			       "  AND j.kind <> 'test.answer' AND j.kind IN ('sitting.stopped',"
			       "   'sitting.moved', 'sitting.breach')"
			       "  AND j.at_ms = p.from_ms AND j.actor_id = p.by_id) ORDER BY "
			       "p.id")) &&
	       verify_each(r, "row", "attempt",
			   "a stop held it longer or shorter than the journal tells",
			   db_rows(act->db, act->arena, e,
				   "SELECT h.attempt_id AS number FROM stop_hold h JOIN stop p"
				   " ON p.id = h.stop_id WHERE NOT EXISTS (SELECT 1"
				   "  FROM journal_entry j WHERE j.subject IN ('sitting/' || "
				   "p.sitting_id,"
				   "   'attempt/' || h.attempt_id) AND j.kind <> 'test.answer'"
				   "  AND j.kind IN ('sitting.resumed', 'sitting.breach_refused',"
				   "   'test.resumed', 'test.void') AND j.at_ms = p.from_ms + "
				   "h.length_ms)"
				   " ORDER BY h.attempt_id"));
}

/* F47: a click counts that came in time, with all that was ever given, or while a stop lasted that
 * nothing has ended. */
static bool check_late(const struct act *act, struct verify_report *r, struct err *e)
{
	return verify_each(
		r, "click", "attempt", "a click counts that came after the end",
		db_rows(act->db, act->arena, e,
			"SELECT t.id AS number FROM attempt t JOIN sitting s ON s.id = t.sitting_id"
			"  JOIN (SELECT attempt_id, MAX(at_ms) AS at_ms FROM answer_event"
			"   WHERE accepted = 1 GROUP BY attempt_id) a ON a.attempt_id = t.id"
			" WHERE s.started_ms IS NOT NULL AND a.at_ms >= s.started_ms"
			"  + s.minutes * 60000 + " GIVEN " + " HELD
			" AND NOT EXISTS (SELECT 1 FROM stop p WHERE p.sitting_id = s.id"
			"  AND (p.attempt_id IS NULL OR p.attempt_id = t.id)"
			"  AND p.from_ms <= a.at_ms AND NOT EXISTS (SELECT 1 FROM stop_hold h"
			"   WHERE h.stop_id = p.id AND h.attempt_id = t.id)) ORDER BY t.id"));
}

static bool look_extra(const struct act *act, struct verify_report *r,
		       const struct verify_entry *entry, struct err *e)
{
	const int64_t id = row_number(entry->content, "attempt");
	bool there = false;
	if (!db_exists(act->db, e, &there,
		       "SELECT 1 FROM extra_time WHERE attempt_id = $1 AND length_ms = $2"
		       " AND by_id = $3 AND second_id = $4 AND at_ms = $5",
		       db_int(id), db_int(row_number(entry->content, "minutes") * MINUTE_MS),
		       db_int(entry->actor_id), db_int(row_number(entry->content, "second")),
		       db_int(entry->at_ms)))
		return false;
	if (!there)
		verify_found(r, "row", "attempt", id,
			     "the time given is not what the journal tells");
	return true;
}

/* ---- sittings and seats ---------------------------------------------------------------------- */

static bool check_steps(const struct act *act, struct verify_report *r, struct err *e)
{
	return verify_each(
		r, "row", "sitting",
		"who opened, sealed or started it, or when, is not what is told",
		db_rows(act->db, act->arena, e,
			"SELECT s.id AS number FROM sitting s WHERE s.started_ms IS NOT NULL"
			" AND (SELECT COUNT(DISTINCT j.kind) FROM journal_entry j"
			"  WHERE j.subject = 'sitting/' || s.id AND j.kind <> 'test.answer'"
			"  AND ((j.kind = 'sitting.opened' AND j.at_ms = s.opened_ms"
			"    AND j.actor_id = s.opened_by)"
			"   OR (j.kind = 'sitting.sealed' AND j.at_ms = s.sealed_ms"
			"    AND j.actor_id = s.sealed_by)"
			"   OR (j.kind = 'sitting.started' AND j.at_ms = s.started_ms"
			"    AND j.actor_id = s.started_by))) <> 3 ORDER BY s.id"));
}

static int64_t sitting_of(const struct verify_entry *entry)
{
	return verify_number_of(entry->subject, "sitting/");
}

/* R28-3: the newest one before the start counts. */
static bool look_recording(const struct act *act, struct verify_report *r,
			   const struct verify_entry *entry, struct err *e)
{
	bool other = false;
	const int64_t id = sitting_of(entry);
	if (!db_exists(act->db, e, &other,
		       "SELECT 1 FROM sitting s WHERE s.id = $1 AND (s.recording <> $2"
		       " OR COALESCE(s.recording_by, 0) <> $3) AND NOT EXISTS (SELECT 1 FROM "
		       "journal_entry j"
		       "  WHERE j.subject = $4 AND j.kind <> 'test.answer'"
		       "  AND j.kind = 'sitting.recording' AND j.seq > $5)",
		       db_int(id), db_text(row_text(entry->content, "recording")),
		       db_int(entry->actor_id), db_text(entry->subject), db_int(entry->seq)))
		return false;
	if (other)
		verify_found(r, "row", "sitting", id,
			     "its recording is not what the journal tells");
	return true;
}

/* R28-3: how it is recorded stays as it was opened; entries from before tell nothing of it. */
static bool look_opened(const struct act *act, struct verify_report *r,
			const struct verify_entry *entry, struct err *e)
{
	bool other = false;
	const char *record = row_text(entry->content, "record");
	if (!db_exists(act->db, e, &other, "SELECT 1 FROM sitting WHERE id = $1 AND record <> $2",
		       db_int(sitting_of(entry)), db_text(*record ? record : "outside")))
		return false;
	if (other)
		verify_found(r, "row", "sitting", sitting_of(entry),
			     "it is recorded in another way than it was opened for");
	return true;
}

/* The minutes are those of the start, and of the law that the competition has pinned. */
static bool look_started(const struct act *act, struct verify_report *r,
			 const struct verify_entry *entry, struct err *e)
{
	struct competition c = { 0 };
	const int64_t minutes = row_number(entry->content, "minutes");
	const json_t *rows = db_rows(act->db, act->arena, e,
				     "SELECT s.minutes, s.recording, s.competition_id"
				     "  FROM sitting s WHERE s.id = $1 AND EXISTS (SELECT 1"
				     "  FROM journal_entry j WHERE j.subject = $2"
				     "  AND j.kind <> 'test.answer'"
				     "  AND j.kind = 'sitting.recording')",
				     db_int(sitting_of(entry)), db_text(entry->subject));
	const json_t *row = json_array_get(rows, 0);
	if (!rows || (row && !competition_load(act, row_number(row, "competition_id"), &c, e)))
		return false;
	if (!row)
		verify_found(r, "row", "sitting", sitting_of(entry),
			     "it was started, and of its recording nothing was said");
	else if (row_number(row, "minutes") != minutes ||
		 strcmp(row_text(row, "recording"), row_text(entry->content, "recording")) != 0 ||
		 rule_set_value(c.rules, PARAM_TEST_MINUTES) != minutes)
		verify_found(r, "row", "sitting", sitting_of(entry),
			     "its minutes or its recording are not those of the start");
	return true;
}

static bool look_sealed(const struct act *act, struct verify_report *r,
			const struct verify_entry *entry, struct err *e)
{
	bool other = false;
	if (!db_exists(act->db, e, &other,
		       "SELECT 1 FROM sitting WHERE id = $1 AND sealed_ms = $2"
		       " AND round = $3 AND sealed_second <> $4",
		       db_int(sitting_of(entry)), db_int(entry->at_ms),
		       db_int(row_number(entry->content, "round")),
		       db_int(row_number(entry->content, "second"))))
		return false;
	if (other)
		verify_found(r, "row", "sitting", sitting_of(entry),
			     "another second official has sealed it than the journal tells");
	return true;
}

/* R28-2: language and place of each, as they were noted at the door; a place may change since. */
static bool look_admitted(const struct act *act, struct verify_report *r,
			  const struct verify_entry *entry, struct err *e)
{
	const int64_t id = verify_number_of(entry->subject, "application/");
	const char *seat =
		arena_print(act->arena, "%lld", (long long)row_number(entry->content, "seat"));
	bool there = false;
	if (!db_exists(act->db, e, &there,
		       "SELECT 1 FROM attempt t WHERE t.sitting_id = $1 AND t.application_id = $2"
		       " AND t.document_seen = $3 AND t.language = $4 AND t.admitted_by = $5"
		       " AND t.admitted_ms = $6 AND (t.seat = $7 OR EXISTS (SELECT 1"
		       "  FROM journal_entry j WHERE j.subject = 'sitting/' || t.sitting_id"
		       "  AND j.kind <> 'test.answer' AND j.kind = 'sitting.moved'))",
		       db_int(row_number(entry->content, "sitting")), db_int(id),
		       db_text(row_text(entry->content, "document")),
		       db_text(row_text(entry->content, "language")), db_int(entry->actor_id),
		       db_int(entry->at_ms), db_text(seat)))
		return false;
	if (!there)
		verify_found(r, "row", "application", id,
			     "it was admitted to the test in another way than the journal tells");
	return true;
}

static bool check_sittings(const struct act *act, struct verify_report *r, struct err *e)
{
	return check_steps(act, r, e) && verify_entries(act, r, "sitting.opened", look_opened, e) &&
	       verify_entries(act, r, "sitting.recording", look_recording, e) &&
	       verify_entries(act, r, "sitting.started", look_started, e) &&
	       verify_entries(act, r, "sitting.sealed", look_sealed, e) &&
	       verify_entries(act, r, "sitting.extra", look_extra, e) &&
	       verify_entries(act, r, "test.admitted", look_admitted, e) && check_ends(act, r, e) &&
	       check_acts(act, r, e) && check_late(act, r, e);
}

/* ---- interviews ------------------------------------------------------------------------------ */

/* R47-2 and the hearing, each instant and who was there to warn. */
static bool check_hearing(const struct act *act, struct verify_report *r, struct err *e)
{
	return verify_each(
		r, "row", "application", "the hearing went in another way than the journal tells",
		db_rows(act->db, act->arena, e,
			"SELECT c.application_id AS number FROM interview_candidate c WHERE"
			" (SELECT COUNT(DISTINCT j.kind) FROM journal_entry j"
			"  WHERE j.subject = 'application/' || c.application_id"
			"  AND j.kind <> 'test.answer' AND ((j.kind = 'interview.warned'"
			"    AND j.at_ms = c.warned_ms AND j.actor_id = COALESCE(c.warned_by, 0))"
			"   OR (j.kind = 'interview.heard' AND j.at_ms = c.started_ms)"
			"   OR (j.kind = 'interview.ended' AND j.at_ms = c.ended_ms)))"
			" <> CASE WHEN c.ended_ms IS NOT NULL THEN 3"
			"  WHEN c.started_ms IS NOT NULL THEN 2"
			"  WHEN c.warned_ms IS NOT NULL THEN 1 ELSE 0 END"
			" ORDER BY c.application_id"));
}

/* F82: the instant of each ballot and of the decision, and whose hand it was. */
static bool check_hands(const struct act *act, struct verify_report *r, struct err *e)
{
	return verify_each(r, "vote", "application", "a ballot is of another hand or instant",
			   db_rows(act->db, act->arena, e,
				   "SELECT b.application_id AS number FROM ballot b"
				   " JOIN commission_member m ON m.id = b.member_id"
				   " WHERE NOT EXISTS (SELECT 1 FROM journal_entry j"
				   "  WHERE j.subject = 'application/' || b.application_id"
				   "  AND j.kind <> 'test.answer' AND j.kind = 'vote.cast'"
				   "  AND j.at_ms = b.at_ms AND j.actor_id = m.person_id)"
				   " ORDER BY b.id")) &&
	       verify_each(r, "vote", "application", "the decision is of another hand or instant",
			   db_rows(act->db, act->arena, e,
				   "SELECT d.application_id AS number FROM decision d"
				   " WHERE NOT EXISTS (SELECT 1 FROM journal_entry j"
				   "  WHERE j.subject = 'application/' || d.application_id"
				   "  AND j.kind <> 'test.answer' AND j.kind = 'decision.recorded'"
				   "  AND j.at_ms = d.at_ms AND j.actor_id = d.by_id)"
				   " ORDER BY d.id"));
}

/* F81: what was sealed is what is there. */
static bool check_marks(const struct act *act, struct verify_report *r, struct err *e)
{
	size_t i = 0;
	const json_t *row = NULL;
	const json_t *rows = db_rows(act->db, act->arena, e,
				     "SELECT DISTINCT application_id FROM mark ORDER BY 1");
	json_array_foreach (rows, i, row) {
		const int64_t id = row_number(row, "application_id");
		bool same = false;
		if (!mark_fits(act, id, &same, e))
			return false;
		if (!same)
			verify_found(r, "vote", "application", id,
				     "a mark is not the one that was sealed");
	}
	return rows != NULL;
}

/* Whoever is noted as present is in an entry of that instant. */
static bool check_present(const struct act *act, struct verify_report *r, struct err *e)
{
	return verify_each(
		r, "vote", "interview", "somebody is present whom no entry has noted",
		db_rows(act->db, act->arena, e,
			"SELECT t.interview_id AS number FROM attendance t"
			" WHERE NOT EXISTS (SELECT 1 FROM journal_entry j"
			"  JOIN journal_content c ON c.seq = j.seq"
			"  WHERE j.subject = 'interview/' || t.interview_id"
			"  AND j.kind <> 'test.answer' AND j.kind = 'interview.attendance'"
			"  AND j.at_ms = t.at_ms AND c.content LIKE"
			"  '%{\"member_id\":' || t.member_id || '}%')"
			" ORDER BY t.interview_id"));
}

/* Whom the newest entry notes has a row, until an order changes the commission. */
static bool look_attendance(const struct act *act, struct verify_report *r,
			    const struct verify_entry *entry, struct err *e)
{
	size_t i = 0;
	const json_t *one = NULL;
	const int64_t id = verify_number_of(entry->subject, "interview/");
	json_array_foreach (json_object_get(entry->content, "present"), i, one) {
		bool there = false;
		if (!db_exists(
			    act->db, e, &there,
			    "SELECT 1 FROM attendance WHERE interview_id = $1 AND member_id = $2"
			    " UNION ALL SELECT 1 FROM journal_entry WHERE seq > $3"
			    " AND competition_id = (SELECT competition_id FROM interview"
			    "  WHERE id = $1)"
			    " AND (kind = 'commission.replaced' OR (kind = 'interview.attendance'"
			    "  AND subject = $4))",
			    db_int(id), db_int(row_number(one, "member_id")), db_int(entry->seq),
			    db_text(entry->subject)))
			return false;
		if (!there)
			verify_found(r, "vote", "interview", id,
				     "somebody was present whom the rows have not");
	}
	return true;
}

bool verify_told(const struct act *act, struct verify_report *r, struct err *e)
{
	return check_sittings(act, r, e) && check_hearing(act, r, e) && check_hands(act, r, e) &&
	       check_marks(act, r, e) && check_present(act, r, e) &&
	       verify_entries(act, r, "interview.attendance", look_attendance, e);
}
