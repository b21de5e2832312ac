/* drill_state.c - what is changed beside the hall and the table: applications, people and their
 * rights, commissions, the calendar, what the installation trusts. */
#include "cli/drill.h"

#include "app/evidence/row_state.h"
#include "db/row.h"

#include <stdlib.h>
#include <string.h>

#define DOCTOR(name, sql)                                                                          \
	static bool name(const struct drill *d, int64_t *ret_changed, struct err *e)               \
	{                                                                                          \
		return db_exec(d->db, e, ret_changed, sql);                                        \
	}

/* ---- applications ---------------------------------------------------------------------------- */

DOCTOR(document_swapped, "UPDATE document SET application_id = (SELECT MAX(id) FROM application)"
			 " WHERE id = (SELECT MIN(id) FROM document"
			 "  WHERE application_id <> (SELECT MAX(id) FROM application))")
DOCTOR(file_removed, "DELETE FROM blob WHERE hash = (SELECT MIN(blob_hash) FROM document)")
DOCTOR(scan_forged, "UPDATE scan SET verdict = 'clean', found = '' WHERE verdict = 'infected'")
DOCTOR(scanning_ended, "UPDATE scan_service SET required = 0")
DOCTOR(check_changed, "UPDATE completeness_check SET complete = 1, note = '' WHERE complete = 0")
DOCTOR(finding_changed, "UPDATE qualification_finding SET verdict = CASE verdict WHEN 'met' THEN"
			" 'not_met' ELSE 'met' END")
DOCTOR(refusal_erased, "UPDATE qualification_decision SET outcome = CASE outcome WHEN 'met' THEN"
		       " 'not_met' ELSE 'met' END WHERE id = (SELECT MIN(id)"
		       "  FROM qualification_decision)")
DOCTOR(withdrawal_undone, "UPDATE application SET state = 'sent' WHERE state = 'withdrawn'")
DOCTOR(event_removed, "DELETE FROM application_event WHERE id = (SELECT MAX(id)"
		      " FROM application_event)")
DOCTOR(complaint_changed, "UPDATE complaint SET text = text || '!'")
DOCTOR(opinion_changed, "UPDATE interview_question SET answer = answer || '!'")

static bool file_changed(const struct drill *d, int64_t *ret_changed, struct err *e)
{
	static const char other[] = "%PDF-1.4 forged";
	return db_exec(d->db, e, ret_changed,
		       "UPDATE blob SET body = $1 WHERE hash = (SELECT MIN(blob_hash)"
		       " FROM document)",
		       db_blob(other, sizeof(other) - 1));
}

/* The receipt of one stands for what the other has sent. */
static bool receipts_swapped(const struct drill *d, int64_t *ret_changed, struct err *e)
{
	const json_t *row = json_array_get(
		db_rows(d->db, d->arena, e,
			"SELECT a.id AS a, b.id AS b, a.receipt AS of_a, b.receipt AS of_b"
			"  FROM application a JOIN application b ON b.id > a.id"
			"  AND b.receipt <> a.receipt ORDER BY a.id, b.id"),
		0);
	*ret_changed = 0;
	return !row ||
	       (db_exec(d->db, e, NULL, "UPDATE application SET receipt = $1 WHERE id = $2",
			db_text(row_text(row, "of_b")), db_int(row_number(row, "a"))) &&
		db_exec(d->db, e, ret_changed, "UPDATE application SET receipt = $1 WHERE id = $2",
			db_text(row_text(row, "of_a")), db_int(row_number(row, "b"))));
}

/* ---- people ---------------------------------------------------------------------------------- */

#define NOBODY "NOT EXISTS (SELECT 1 FROM role_grant g WHERE g.person_id = p.id)"

DOCTOR(person_changed, "UPDATE person SET family = 'Other', iin = '000000000000' WHERE id ="
		       " (SELECT MIN(person_id) FROM application)")
DOCTOR(password_changed, "UPDATE account SET password = '$argon2id$forged' WHERE person_id ="
			 " (SELECT MIN(person_id) FROM account)")
DOCTOR(role_given, "INSERT INTO role_grant (person_id, role, organ, granted_ms)"
		   " SELECT MAX(p.id), 'auditor', 'pgo', MAX(p.added_ms) FROM person p"
		   " WHERE " NOBODY)
DOCTOR(role_erased, "DELETE FROM role_grant WHERE revoked_ms IS NOT NULL")

/* No act says so, and nothing of it is left in the rows. */
static bool person_destroyed(const struct drill *d, int64_t *ret_changed, struct err *e)
{
	return db_exec(d->db, e, ret_changed,
		       "DELETE FROM document WHERE application_id = (SELECT MIN(application_id)"
		       " FROM document)") &&
	       db_exec(d->db, e, NULL,
		       "UPDATE person SET family = '-', given = '-', patronymic = '', iin = '-'"
		       " WHERE id = (SELECT MIN(person_id) FROM application)");
}

/* ---- competitions ---------------------------------------------------------------------------- */

DOCTOR(seat_taken, "UPDATE commission_member SET person_id = (SELECT MIN(p.id) FROM person p"
		   "  WHERE NOT EXISTS (SELECT 1 FROM commission_member m"
		   "  WHERE m.person_id = p.id)) WHERE id = (SELECT MIN(id)"
		   "  FROM commission_member)")
DOCTOR(order_changed, "UPDATE commission SET order_number = order_number || '!'")
DOCTOR(announcement_changed, "UPDATE announcement SET text_ru = text_ru || '!'")
DOCTOR(term_moved, "UPDATE competition SET filing_last = filing_last + 1 WHERE filing_last IS NOT"
		   " NULL")
DOCTOR(law_changed, "UPDATE law_text SET body = body || '#' WHERE hash = (SELECT MIN(hash)"
		    " FROM law_text)")
DOCTOR(calendar_changed, "UPDATE calendar_change SET other_day = other_day + 1")
DOCTOR(proposal_invented, "INSERT INTO destruction_proposal (competition_id, number, day, reason,"
			  " contents, last_seq, asked_by, asked_ms, state, answer)"
			  " SELECT MIN(c.id), '7', 1, 'Over', '{}', 1, MIN(c.created_by),"
			  " MIN(c.created_ms), 'asked', '' FROM competition c HAVING COUNT(*) > 0")
DOCTOR(hall_changed, "UPDATE hall SET seats = seats + 10, kind = 'central' WHERE id ="
		     " (SELECT MAX(id) FROM hall)")
DOCTOR(hall_invented, "INSERT INTO hall (organ, kind, name_kk, name_ru, seats)"
		      " VALUES ('pgo', 'central', 'Other', 'Other', 10)")
DOCTOR(hall_opened, "UPDATE hall_closing SET reopened_by = closed_by, reopened_ms = closed_ms"
		    " WHERE reopened_ms IS NULL")
DOCTOR(trust_added, "UPDATE trust_certificate SET state = 'trusted' WHERE state <> 'trusted'")
DOCTOR(reviewer_changed, "UPDATE bank_sign SET person_id = (SELECT MAX(id) FROM person)")

/* ---- as the program itself would do it ------------------------------------------------------- */

/* He lets the program's own code say how the rows stand. */
static bool state_of(const struct drill *d, const char *subject, int64_t at_ms,
		     const char *beginning, const char **ret, struct err *e)
{
	const struct act act = { .db = d->db, .arena = d->arena, .now_ms = at_ms };
	json_t *state = NULL;
	if (!row_state(&act, subject, &state, e))
		return false;
	char *text = json_dumps(state, JSON_COMPACT | JSON_SORT_KEYS);
	*ret = arena_print(d->arena, "{%s\"state\":%s}", beginning, text ? text : "{}");
	free(text);
	json_decref(state);
	return true;
}

/* A candidate who never applied, with an entry for it: his row says that he was in time. */
static bool row_appended(const struct drill *d, int64_t *ret_changed, struct err *e)
{
	int64_t id = 0;
	int64_t at = 0;
	const char *subject = NULL;
	const char *content = NULL;
	const json_t *row = json_array_get(
		db_rows(d->db, d->arena, e,
			"INSERT INTO application (competition_id, person_id, state, organ,"
			" place_kind, position, phone, education, education_note, test_language,"
			" created_ms, changed_ms, sent_ms, receipt) SELECT a.competition_id, p.id,"
			" 'sent', a.organ, a.place_kind, a.position, a.phone, a.education,"
			" a.education_note, a.test_language, a.created_ms, a.changed_ms,"
			" a.created_ms, 'forged' FROM application a JOIN person p"
			"  ON NOT EXISTS (SELECT 1 FROM application x WHERE x.person_id = p.id)"
			" WHERE a.id = (SELECT MIN(id) FROM application) ORDER BY p.id LIMIT 1"
			" RETURNING id"),
		0);
	*ret_changed = row != NULL;
	id = row_number(row, "id");
	subject = arena_print(d->arena, "application/%lld", (long long)id);
	return !row || (db_number(d->db, e, &at, "SELECT MAX(at_ms) FROM journal_entry") &&
			state_of(d, subject, at, "\"receipt\":\"forged\",", &content, e) &&
			forge_append(d, "application.sent", subject, at, content, e));
}

/* A changed row, and an entry about the same thing that says nothing of it. */
static bool row_appended_quietly(const struct drill *d, int64_t *ret_changed, struct err *e)
{
	const json_t *row = NULL;
	int64_t at = 0;
	if (!refusal_erased(d, ret_changed, e) || *ret_changed == 0)
		return *ret_changed == 0;
	row = db_row(d->db, d->arena, e,
		     "SELECT application_id FROM qualification_decision ORDER BY id LIMIT 1");
	return row && db_number(d->db, e, &at, "SELECT MAX(at_ms) FROM journal_entry") &&
	       forge_append(d, "check.met",
			    arena_print(d->arena, "application/%lld",
					(long long)row_number(row, "application_id")),
			    at, "{\"reason\":\"\"}", e);
}

/* And signs in with it: the program's own entry says how the rows stand, the new password too. */
static bool password_used(const struct drill *d, int64_t *ret_changed, struct err *e)
{
	int64_t at = 0;
	const char *content = NULL;
	const json_t *row = NULL;
	if (!password_changed(d, ret_changed, e) || *ret_changed == 0)
		return *ret_changed == 0;
	row = db_row(d->db, d->arena, e,
		     "SELECT 'person/' || MIN(person_id) AS subject FROM account");
	return row && db_number(d->db, e, &at, "SELECT MAX(at_ms) FROM journal_entry") &&
	       state_of(d, row_text(row, "subject"), at, "", &content, e) &&
	       forge_append(d, "session.opened", row_text(row, "subject"), at, content, e);
}

/* As if it had been done an hour earlier: rows, entry and state agree. */
static bool clock_moved_back(const struct drill *d, int64_t *ret_changed, struct err *e)
{
	enum { HOUR_MS = 3600000 };
	const char *content = NULL;
	const json_t *row = json_array_get(
		db_rows(d->db, d->arena, e,
			"SELECT MAX(p.id) AS person_id, (SELECT MAX(at_ms) FROM journal_entry)"
			" AS at_ms FROM person p WHERE " NOBODY),
		0);
	const int64_t at = row_number(row, "at_ms") - HOUR_MS;
	*ret_changed = row != NULL;
	if (!row)
		return true;
	const char *subject =
		arena_print(d->arena, "person/%lld", (long long)row_number(row, "person_id"));
	return db_exec(d->db, e, NULL,
		       "INSERT INTO role_grant (person_id, role, organ, granted_ms)"
		       " VALUES ($1, 'admin', 'pgo', $2)",
		       db_int(row_number(row, "person_id")), db_int(at)) &&
	       state_of(d, subject, at, "\"organ\":\"pgo\",\"role\":\"admin\",", &content, e) &&
	       forge_append(d, "role.granted", subject, at, content, e);
}

/* The rows, the entry that holds them and all later ones of the candidate, and every hash after it
 * made again. */
static bool state_rewritten(const struct drill *d, int64_t *ret_changed, struct err *e)
{
	const struct act act = { .db = d->db, .arena = d->arena };
	json_t *was = NULL;
	json_t *is = NULL;
	const json_t *row =
		json_array_get(db_rows(d->db, d->arena, e,
				       "SELECT 'application/' || f.application_id AS subject"
				       "  FROM qualification_finding f JOIN journal_entry j"
				       "  ON j.subject = 'application/' || f.application_id"
				       " WHERE j.kind = 'check.finding' ORDER BY f.id"),
			       0);
	const char *subject = row_text(row, "subject");
	*ret_changed = 0;
	if (!row)
		return true;
	const bool ok =
		row_state(&act, subject, &was, e) &&
		db_exec(d->db, e, ret_changed,
			"UPDATE qualification_finding SET verdict = CASE verdict"
			" WHEN 'met' THEN 'not_met' ELSE 'met' END"
			" WHERE 'application/' || application_id = $1",
			db_text(subject)) &&
		row_state(&act, subject, &is, e) &&
		forge_told(d, subject, "check.finding", row_text(was, "qualification_finding"),
			   row_text(is, "qualification_finding"), e);
	json_decref(was);
	json_decref(is);
	return ok;
}

/* Given for a minute and taken back: its entries leave the chain, the newest one of the person says
 * how the rows stand now, and the log signs it all. */
static bool role_rewritten(const struct drill *d, int64_t *ret_changed, struct err *e)
{
	int64_t seq = 0;
	const char *content = NULL;
	const json_t *row = json_array_get(
		db_rows(d->db, d->arena, e,
			"SELECT 'person/' || person_id AS subject, granted_ms, revoked_ms"
			"  FROM role_grant WHERE revoked_ms IS NOT NULL ORDER BY id"),
		0);
	const char *subject = row_text(row, "subject");
	*ret_changed = 0;
	return !row ||
	       (role_erased(d, ret_changed, e) &&
		forge_take_out(d, subject, row_number(row, "granted_ms"), e) &&
		forge_take_out(d, subject, row_number(row, "revoked_ms"), e) &&
		db_number(d->db, e, &seq,
			  "SELECT COALESCE(MAX(seq), 0) FROM journal_entry WHERE subject = $1"
			  " AND kind <> 'test.answer'",
			  db_text(subject)) &&
		state_of(d, subject, 0, "", &content, e) &&
		(seq == 0 || forge_commitment(d, seq, content, e)) && forge_chain(d, 1, e) &&
		forge_log(d, e));
}

const struct drill_attack drill_states[] = {
	{ "document_swapped", document_swapped },
	{ "file_changed", file_changed },
	{ "file_removed", file_removed },
	{ "scan_forged", scan_forged },
	{ "scanning_ended", scanning_ended },
	{ "receipts_swapped", receipts_swapped },
	{ "check_changed", check_changed },
	{ "finding_changed", finding_changed },
	{ "refusal_erased", refusal_erased },
	{ "withdrawal_undone", withdrawal_undone },
	{ "event_removed", event_removed },
	{ "complaint_changed", complaint_changed },
	{ "opinion_changed", opinion_changed },
	{ "person_changed", person_changed },
	{ "person_destroyed", person_destroyed },
	{ "password_changed", password_changed },
	{ "password_used", password_used },
	{ "role_given", role_given },
	{ "role_erased", role_erased },
	{ "role_rewritten", role_rewritten },
	{ "seat_taken", seat_taken },
	{ "order_changed", order_changed },
	{ "announcement_changed", announcement_changed },
	{ "term_moved", term_moved },
	{ "law_changed", law_changed },
	{ "calendar_changed", calendar_changed },
	{ "proposal_invented", proposal_invented },
	{ "hall_changed", hall_changed },
	{ "hall_invented", hall_invented },
	{ "hall_opened", hall_opened },
	{ "trust_added", trust_added },
	{ "reviewer_changed", reviewer_changed },
	{ "row_appended", row_appended },
	{ "row_appended_quietly", row_appended_quietly },
	{ "clock_moved_back", clock_moved_back },
	{ "state_rewritten", state_rewritten },
	{ NULL, NULL },
};
