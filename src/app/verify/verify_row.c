/* verify_row.c - minutes, rows of what is closed, and instants, against the journal (F88). */
#include "app/evidence/row_seal.h"
#include "app/verify/verify.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

int64_t verify_number_of(const char *subject, const char *thing)
{
	const size_t size = strlen(thing);
	return strncmp(subject, thing, size) == 0 ? strtoll(subject + size, NULL, 10) : 0;
}

bool verify_entries(const struct act *act, struct verify_report *r, const char *kind,
		    verify_entry_fn *look, struct err *e)
{
	size_t i = 0;
	const json_t *row = NULL;
	const json_t *rows =
		db_rows(act->db, act->arena, e,
			"SELECT j.seq, j.at_ms, j.actor_id, j.subject, c.content"
			"  FROM journal_entry j JOIN journal_content c ON c.seq = j.seq"
			" WHERE j.kind = $1 ORDER BY j.seq",
			db_text(kind));
	json_array_foreach (rows, i, row) {
		const struct verify_entry entry = { row_number(row, "seq"),
						    row_number(row, "at_ms"),
						    row_number(row, "actor_id"),
						    row_text(row, "subject"),
						    json_loads(row_text(row, "content"), 0, NULL) };
		const bool ok = look(act, r, &entry, e);
		json_decref(entry.content);
		if (!ok)
			return false;
	}
	return rows != NULL;
}

/* ---- minutes --------------------------------------------------------------------------------- */

static bool look_numbered(const struct act *act, struct verify_report *r,
			  const struct verify_entry *entry, struct err *e)
{
	const int64_t id = verify_number_of(entry->subject, "interview/");
	const json_t *rows = db_rows(act->db, act->arena, e,
				     "SELECT number, hash, at_ms, content FROM minutes"
				     " WHERE interview_id = $1",
				     db_int(id));
	const json_t *row = json_array_get(rows, 0);
	unsigned char hash[crypto_hash_sha256_BYTES];
	const char *content = row_text(row, "content");
	const char *said = row_text(entry->content, "hash");
	if (!rows)
		return false;
	r->minutes++;
	(void)crypto_hash_sha256(hash, (const unsigned char *)content, strlen(content));
	if (!row)
		verify_found(r, "minutes", "interview", id, "minutes of the journal are gone");
	else if (strcmp(act_hex(act->arena, hash, sizeof(hash)), said) != 0)
		verify_found(r, "minutes", "interview", id,
			     "the text of the minutes is not the one that was frozen");
	else if (strcmp(row_text(row, "hash"), said) != 0 ||
		 strcmp(row_text(row, "number"), row_text(entry->content, "number")) != 0 ||
		 row_number(row, "at_ms") != entry->at_ms)
		verify_found(r, "minutes", "interview", id,
			     "the minutes are not those that the journal tells of");
	return true;
}

static bool look_signed(const struct act *act, struct verify_report *r,
			const struct verify_entry *entry, struct err *e)
{
	const int64_t id = verify_number_of(entry->subject, "interview/");
	bool there = false;
	if (!db_exists(act->db, e, &there,
		       "SELECT 1 FROM minutes_signature WHERE interview_id = $1 AND member_id = $2"
		       " AND hash = $3 AND dissent = $4 AND signed_ms = $5",
		       db_int(id), db_int(row_number(entry->content, "member_id")),
		       db_text(row_text(entry->content, "hash")),
		       db_text(row_text(entry->content, "dissent")), db_int(entry->at_ms)))
		return false;
	if (!there)
		verify_found(r, "minutes", "interview", id,
			     "a signature is not the one that the journal tells of");
	return true;
}

/* More rows than entries: somebody has signed who did not.  What was destroyed by act has no rows.
 */
static bool count_minutes(const struct act *act, struct verify_report *r, struct err *e)
{
	return verify_each(
		r, "minutes", "journal", "minutes or signatures that the journal does not tell of",
		db_rows(act->db, act->arena, e,
			"SELECT 0 AS number WHERE (SELECT COUNT(*) FROM minutes_signature"
			"  WHERE signed_ms IS NOT NULL) > (SELECT COUNT(*) FROM journal_entry j"
			"  JOIN journal_content c ON c.seq = j.seq WHERE j.kind = 'minutes.signed')"
			" OR (SELECT COUNT(*) FROM minutes WHERE hash IS NOT NULL) >"
			"  (SELECT COUNT(*) FROM journal_entry j JOIN journal_content c"
			"  ON c.seq = j.seq WHERE j.kind = 'minutes.numbered')"));
}

bool verify_minutes(const struct act *act, struct verify_report *r, struct err *e)
{
	return verify_entries(act, r, "minutes.numbered", look_numbered, e) &&
	       verify_entries(act, r, "minutes.signed", look_signed, e) && count_minutes(act, r, e);
}

/* ---- rows of what is closed ------------------------------------------------------------------ */

static bool look_closed(const struct act *act, struct verify_report *r, enum row_seal_of of,
			const char *at, int64_t id, const json_t *content, bool destroyed,
			struct err *e)
{
	const char *table = "";
	if (!row_seal_differs(act, of, id, json_object_get(content, "rows"), destroyed, &table, e))
		return false;
	if (*table)
		verify_found(
			r, "row", at, id,
			arena_print(act->arena, "rows of %s are not those of the close", table));
	return true;
}

static bool look_sitting(const struct act *act, struct verify_report *r,
			 const struct verify_entry *entry, struct err *e)
{
	const int64_t id = verify_number_of(entry->subject, "sitting/");
	bool destroyed = false;
	if (!db_exists(act->db, e, &destroyed,
		       "SELECT 1 FROM destruction_act d JOIN sitting s"
		       " ON s.competition_id = d.competition_id WHERE s.id = $1",
		       db_int(id)))
		return false;
	return look_closed(act, r, ROW_SEAL_SITTING, "sitting", id, entry->content, destroyed, e);
}

static bool look_interview(const struct act *act, struct verify_report *r,
			   const struct verify_entry *entry, struct err *e)
{
	return look_closed(act, r, ROW_SEAL_INTERVIEW, "interview",
			   verify_number_of(entry->subject, "interview/"), entry->content, false,
			   e);
}

/* ---- instants -------------------------------------------------------------------------------- */

static bool look_started(const struct act *act, struct verify_report *r,
			 const struct verify_entry *entry, struct err *e)
{
	const int64_t id = verify_number_of(entry->subject, "sitting/");
	bool other = false;
	if (!db_exists(act->db, e, &other,
		       "SELECT 1 FROM sitting s WHERE s.id = $1 AND (s.started_ms IS NULL"
		       "  OR s.started_ms <> $2 OR EXISTS (SELECT 1 FROM attempt t"
		       "  WHERE t.sitting_id = s.id AND t.started_ms <> $2))",
		       db_int(id), db_int(entry->at_ms)))
		return false;
	if (other)
		verify_found(r, "row", "sitting", id,
			     "the start is not at the instant that the journal tells");
	return true;
}

static bool look_result(const struct act *act, struct verify_report *r,
			const struct verify_entry *entry, struct err *e)
{
	const int64_t id = row_number(entry->content, "attempt");
	bool same = false;
	if (!db_exists(act->db, e, &same,
		       "SELECT 1 FROM result x JOIN attempt t ON t.id = x.attempt_id"
		       " WHERE t.id = $1 AND x.fixed_ms = $2 AND t.finished_ms = $2"
		       " AND (x.correct = $3 OR EXISTS (SELECT 1 FROM result_version v"
		       "  WHERE v.attempt_id = t.id))",
		       db_int(id), db_int(entry->at_ms),
		       db_int(row_number(entry->content, "correct"))))
		return false;
	if (!same)
		verify_found(r, "row", "attempt", id,
			     "the end or the result is not the one that the journal tells of");
	return true;
}

static bool count_results(const struct act *act, struct verify_report *r, struct err *e)
{
	return verify_each(r, "row", "journal", "a result that the journal does not tell of",
			   db_rows(act->db, act->arena, e,
				   "SELECT 0 AS number WHERE (SELECT COUNT(*) FROM result) >"
				   " (SELECT COUNT(*) FROM journal_entry j JOIN journal_content c"
				   "  ON c.seq = j.seq WHERE j.kind = 'test.result')"));
}

bool verify_rows(const struct act *act, struct verify_report *r, struct err *e)
{
	return verify_entries(act, r, "sitting.started", look_started, e) &&
	       verify_entries(act, r, "test.result", look_result, e) && count_results(act, r, e) &&
	       verify_entries(act, r, "sitting.closed", look_sitting, e) &&
	       verify_entries(act, r, "interview.closed", look_interview, e);
}
