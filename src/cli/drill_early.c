/* drill_early.c - what is changed while nothing is sealed yet: the entry of the close, or the next
 * one about the same thing, commits to the rows as they were doctored.  Only the entries of the
 * steps before can tell.  And rows that no entry commits to at all. */
#include "cli/drill.h"

#include "app/evidence/row_seal.h"
#include "app/evidence/row_state.h"
#include "db/row.h"

#include <stdlib.h>
#include <string.h>

#define DOCTOR(name, sql)                                                                          \
	static bool name(const struct drill *d, int64_t *ret_changed, struct err *e)               \
	{                                                                                          \
		return db_exec(d->db, e, ret_changed, sql);                                        \
	}

/* ---- before a close -------------------------------------------------------------------------- */

/* The close as it would have been made of the rows as they are now, and all that follows it. */
static bool close_again(const struct drill *d, const char *kind, enum row_seal_of of,
			const char *thing, struct err *e)
{
	const struct act act = { .db = d->db, .arena = d->arena };
	json_t *rows = NULL;
	const json_t *row = json_array_get(
		db_rows(d->db, d->arena, e,
			"SELECT j.seq, j.subject, c.content FROM journal_entry j"
			" JOIN journal_content c ON c.seq = j.seq WHERE j.kind = $1 ORDER BY j.seq",
			db_text(kind)),
		0);
	const int64_t seq = row_number(row, "seq");
	if (!row || !row_seal(&act, of, strtoll(row_text(row, "subject") + strlen(thing), NULL, 10),
			      &rows, e))
		return false;
	json_t *content = json_loads(row_text(row, "content"), 0, NULL);
	(void)json_object_set_new(content, "rows", rows);
	char *text = json_dumps(content, JSON_COMPACT | JSON_SORT_KEYS);
	const bool ok = text && forge_commitment(d, seq, text, e) && forge_chain(d, seq, e) &&
			forge_log(d, e);
	free(text);
	json_decref(content);
	return ok;
}

static bool close_sitting(const struct drill *d, struct err *e)
{
	return close_again(d, "sitting.closed", ROW_SEAL_SITTING, "sitting/", e);
}

static bool close_interview(const struct drill *d, struct err *e)
{
	return close_again(d, "interview.closed", ROW_SEAL_INTERVIEW, "interview/", e);
}

/* One more hour for one of the hall, while the test runs. */
static bool time_given_early(const struct drill *d, int64_t *ret_changed, struct err *e)
{
	return db_exec(d->db, e, ret_changed,
		       "UPDATE attempt SET ends_ms = ends_ms + 3600000 WHERE id ="
		       " (SELECT MAX(attempt_id) FROM form_question)") &&
	       (*ret_changed == 0 || close_sitting(d, e));
}

static bool place_changed_early(const struct drill *d, int64_t *ret_changed, struct err *e)
{
	return db_exec(d->db, e, ret_changed,
		       "UPDATE attempt SET document_seen = 'passport' WHERE id ="
		       " (SELECT MAX(attempt_id) FROM form_question)") &&
	       (*ret_changed == 0 || close_sitting(d, e));
}

/* Some questions were asked before the candidate was told of the record (R47-2). */
static bool warning_moved(const struct drill *d, int64_t *ret_changed, struct err *e)
{
	return db_exec(d->db, e, ret_changed,
		       "UPDATE interview_candidate SET warned_ms = warned_ms - 600000") &&
	       (*ret_changed == 0 || close_interview(d, e));
}

static bool mark_raised(const struct drill *d, int64_t *ret_changed, struct err *e)
{
	return db_exec(d->db, e, ret_changed,
		       "UPDATE mark SET content = REPLACE(content, '3', '5') WHERE member_id ="
		       " (SELECT MIN(member_id) FROM mark)") &&
	       (*ret_changed == 0 || close_interview(d, e));
}

static bool roll_rewritten(const struct drill *d, int64_t *ret_changed, struct err *e)
{
	return db_exec(d->db, e, ret_changed,
		       "UPDATE decision_roll SET choice = 'for' WHERE choice <> 'for'") &&
	       (*ret_changed == 0 || close_interview(d, e));
}

/* ---- before the next entry ------------------------------------------------------------------- */

/* A rating was raised before the vote, and the ballots took it over. */
static bool rating_raised_early(const struct drill *d, int64_t *ret_changed, struct err *e)
{
	const struct act act = { .db = d->db, .arena = d->arena };
	const json_t *row = json_array_get(
		db_rows(d->db, d->arena, e,
			"SELECT 'application/' || x.application_id AS subject FROM rating x"
			" JOIN ballot b ON b.application_id = x.application_id ORDER BY x.id"),
		0);
	const char *subject = row_text(row, "subject");
	json_t *was = NULL;
	json_t *is = NULL;
	*ret_changed = 0;
	if (!row)
		return true;
	bool ok = row_state(&act, subject, &was, e) &&
		  db_exec(d->db, e, ret_changed,
			  "UPDATE rating SET value = value || '9' WHERE 'application/' ||"
			  " application_id = $1",
			  db_text(subject)) &&
		  row_state(&act, subject, &is, e) &&
		  forge_told(d, subject, "vote.cast", row_text(was, "rating"),
			     row_text(is, "rating"), e);
	json_decref(was);
	json_decref(is);
	return ok;
}

/* ---- rows that no entry commits to ----------------------------------------------------------- */

/* A result that nobody counts again, as its form was never opened. */
static bool result_raised_quietly(const struct drill *d, int64_t *ret_changed, struct err *e)
{
	return db_exec(d->db, e, ret_changed,
		       "UPDATE result SET correct = asked - 1, positive = 1 WHERE attempt_id ="
		       " (SELECT MAX(attempt_id) FROM form_question)") &&
	       db_exec(d->db, e, NULL,
		       "UPDATE attempt SET form_opened_ms = NULL WHERE id ="
		       " (SELECT MAX(attempt_id) FROM form_question)");
}

DOCTOR(attendance_removed, "DELETE FROM attendance WHERE member_id = (SELECT MAX(member_id)"
			   " FROM attendance)")
/* /verify would say of a forged decision that it is ours. */
DOCTOR(paper_forged, "INSERT INTO paper (hash, kind, competition_id, language, seq, issued_ms)"
		     " SELECT '00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff',"
		     " 'decision', competition_id, 'ru', seq, at_ms FROM journal_entry"
		     "  WHERE seq = (SELECT MAX(seq) FROM journal_entry WHERE competition_id > 0)")
/* Lists of revoked certificates count for ten years. */
DOCTOR(setting_changed, "UPDATE trust_setting SET value = 3650")
DOCTOR(account_disabled, "UPDATE account SET disabled_ms = 1, disabled_reason = 'x'"
			 " WHERE person_id = (SELECT MAX(person_id) FROM account)")

/* Nobody can say any more by which rules it was held. */
DOCTOR(law_removed, "DELETE FROM law_text WHERE hash IN (SELECT qualification FROM competition)")

/* The next draw would take it: nobody has reviewed or approved these words. */
DOCTOR(question_slipped_in,
       "INSERT INTO item (code, act, article, text_day, answer, options, hash, sample,"
       " added_ms, approved_ms)"
       " SELECT code, act, article, text_day, answer, options, CAST('forged' AS BLOB), sample,"
       " added_ms, approved_ms FROM item"
       "  WHERE id = (SELECT MAX(id) FROM item WHERE approved_ms IS NOT NULL)")

const struct drill_attack drill_early[] = {
	{ "time_given_early", time_given_early },
	{ "place_changed_early", place_changed_early },
	{ "warning_moved", warning_moved },
	{ "mark_raised", mark_raised },
	{ "roll_rewritten", roll_rewritten },
	{ "rating_raised_early", rating_raised_early },
	{ "result_raised_quietly", result_raised_quietly },
	{ "attendance_removed", attendance_removed },
	{ "paper_forged", paper_forged },
	{ "setting_changed", setting_changed },
	{ "account_disabled", account_disabled },
	{ "law_removed", law_removed },
	{ "question_slipped_in", question_slipped_in },
	{ NULL, NULL },
};
