#include "app/competition/complaint.h"

#include "app/access/restricted.h"
#include "app/candidate/candidate.h"
#include "app/notice/notice.h"
#include "app/sitting/seat_log.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { HASH_BYTES = 32 };

/* ---- records ------------------------------------------------------------------------------- */

static bool keep(const struct act *act, int64_t complaint, const char *kind, const char *subject,
		 const char *content, struct err *e)
{
	unsigned char hash[HASH_BYTES];
	char text[HASH_BYTES * 2 + 1];
	(void)crypto_generichash(hash, sizeof(hash), (const unsigned char *)content,
				 strlen(content), NULL, 0);
	(void)sodium_bin2hex(text, sizeof(text), hash, sizeof(hash));
	return db_exec(act->db, e, NULL,
		       "INSERT INTO complaint_record (complaint_id, kind, subject, content, hash,"
		       " cited) VALUES ($1, $2, $3, $4, $5, 0)",
		       db_int(complaint), db_text(kind), db_text(subject), db_text(content),
		       db_text(text));
}

/* Rows as they are; none makes no record. */
static bool keep_rows(const struct act *act, int64_t complaint, const char *kind,
		      const char *subject, json_t *rows, struct err *e)
{
	if (!rows || json_array_size(rows) == 0)
		return rows != NULL;
	char *text = json_dumps(rows, JSON_COMPACT | JSON_SORT_KEYS);
	const bool ok = keep(act, complaint, kind, subject, text ? text : "[]", e);
	free(text);
	return ok;
}

static bool keep_attempt(const struct act *act, int64_t complaint, int64_t attempt, struct err *e)
{
	const char *subject = act_subject(act, "attempt", attempt);
	const char *log = NULL;
	return keep_rows(act, complaint, "test", subject,
			 db_rows(act->db, act->arena, e,
				 "SELECT t.code, t.seat, t.language, t.started_ms, t.ends_ms,"
				 " t.extra_ms, t.entered_ms, t.finished_ms, t.finish, t.void,"
				 " s.planned_ms, s.recording FROM attempt t JOIN sitting s"
				 " ON s.id = t.sitting_id WHERE t.id = $1",
				 db_int(attempt)),
			 e) &&
	       seat_log_text(act, attempt, &log, e) &&
	       keep(act, complaint, "seat_log", subject, log, e) &&
	       keep_rows(act, complaint, "stops", subject,
			 db_rows(act->db, act->arena, e,
				 "SELECT s.kind, s.reason, s.from_ms, s.until_ms, h.length_ms"
				 " FROM stop_hold h JOIN stop s ON s.id = h.stop_id"
				 " WHERE h.attempt_id = $1 ORDER BY s.id",
				 db_int(attempt)),
			 e) &&
	       keep_rows(act, complaint, "test_act", subject,
			 db_rows(act->db, act->arena, e,
				 "SELECT kind, number, text, state, at_ms, answer FROM sitting_act"
				 " WHERE attempt_id = $1 ORDER BY id",
				 db_int(attempt)),
			 e) &&
	       keep_rows(act, complaint, "result", subject,
			 db_rows(act->db, act->arena, e,
				 "SELECT correct, asked, pass_mark, positive, points, fixed_ms"
				 " FROM result WHERE attempt_id = $1",
				 db_int(attempt)),
			 e);
}

static bool keep_attempts(const struct act *act, int64_t complaint, int64_t application,
			  struct err *e)
{
	size_t i = 0;
	json_t *row = NULL;
	json_t *rows = db_rows(act->db, act->arena, e,
			       "SELECT id FROM attempt WHERE application_id = $1 ORDER BY id",
			       db_int(application));
	json_array_foreach (rows, i, row) {
		if (!keep_attempt(act, complaint, row_number(row, "id"), e))
			return false;
	}
	return rows != NULL;
}

/* Every line of the journal about the application, by its number and hash.  The clicks of a test
 * are in the seat's log and the result; they are thousands.  The candidate reads this. */
static json_t *journal_lines(const struct act *act, const char *subject, struct err *e)
{
	size_t i = 0;
	json_t *row = NULL;
	json_t *list = db_rows(act->db, act->arena, e,
			       "SELECT seq, at_ms, kind FROM journal_entry WHERE subject = $1"
			       " AND kind <> 'test.answer' AND kind NOT IN " RESTRICTED_KINDS
			       " ORDER BY seq",
			       db_text(subject));
	json_array_foreach (list, i, row) {
		const void *hash = NULL;
		size_t size = 0;
		char text[HASH_BYTES * 2 + 1];
		if (!db_bytes(act->db, act->arena, e, &hash, &size,
			      "SELECT hash FROM journal_entry WHERE seq = $1",
			      db_int(row_number(row, "seq"))))
			return NULL;
		(void)sodium_bin2hex(text, sizeof(text), hash, size);
		(void)json_object_set_new(row, "hash", json_string(text));
	}
	return list;
}

static bool attach(const struct act *act, int64_t complaint, int64_t application, struct err *e)
{
	const char *subject = act_subject(act, "application", application);
	return keep_attempts(act, complaint, application, e) &&
	       keep_rows(act, complaint, "check", subject,
			 db_rows(act->db, act->arena, e,
				 "SELECT outcome, reason, at_ms, answer, answer_note, answered_ms"
				 " FROM qualification_decision WHERE application_id = $1"
				 " ORDER BY id",
				 db_int(application)),
			 e) &&
	       keep_rows(act, complaint, "vote", subject,
			 db_rows(act->db, act->arena, e,
				 "SELECT outcome, votes_for, votes_against, present, quorum,"
				 " chair_decided, at_ms FROM decision WHERE application_id = $1",
				 db_int(application)),
			 e) &&
	       keep_rows(act, complaint, "journal", subject, journal_lines(act, subject, e), e);
}

/* ---- opening ------------------------------------------------------------------------------- */

/* The candidate about himself or herself, or HR with the number of a paper. */
static bool may_open(const struct act *act, const struct candidate *c, const char *number,
		     struct err *e)
{
	bool hr = false;
	if (c->person_id == act->person_id)
		return true;
	if (!act_holds(act, ROLE_NAME_HR, c->competition.organ, &hr, e))
		return false;
	if (!hr)
		return err_set(e, ERR_MISSING, "error.missing", "not this person's application");
	if (!candidate_require_other(act, THING_APPLICATION, c->application_id, e))
		return false;
	return *number || err_input(e, "number", "error.required", "a paper without a number");
}

static bool require_complainable(const struct act *act, const struct candidate *c, const char *text,
				 struct err *e)
{
	bool open = false;
	if (!*text)
		return err_input(e, "text", "error.required", "no text");
	if (strcmp(c->state, "draft") == 0)
		return err_set(e, ERR_CONFLICT, "complaint.error.draft", "nothing was sent");
	if (!db_exists(act->db, e, &open,
		       "SELECT 1 FROM complaint WHERE application_id = $1 AND state = 'open'",
		       db_int(c->application_id)))
		return false;
	return !open || err_set(e, ERR_CONFLICT, "complaint.error.open", "one is open");
}

static bool tell_hr(const struct act *act, const struct candidate *c, int64_t id, struct err *e)
{
	const struct notice n = { .kind = "complaint.opened",
				  .competition_id = c->competition.id,
				  .href = arena_print(act->arena, "/complaints/%lld",
						      (long long)id) };
	return notice_send_role(act, ROLE_NAME_HR, c->competition.organ, &n, e);
}

bool complaint_open(const struct act *act, int64_t application_id, const char *number,
		    const char *text, int64_t *ret_id, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct candidate c = { 0 };
	int64_t id = 0;
	if (!db_begin(act->db, &tx, e) || !candidate_load(act, application_id, &c, e) ||
	    !may_open(act, &c, number, e) || !require_complainable(act, &c, text, e))
		return false;
	const char *given = c.person_id == act->person_id ? "" : number;
	if (!db_number(act->db, e, &id,
		       "INSERT INTO complaint (application_id, number, text, state, opened_by,"
		       " opened_ms) VALUES ($1, $2, $3, 'open', $4, $5) RETURNING id",
		       db_int(application_id), db_text(given), db_text(text),
		       db_int(act->person_id), db_int(act->now_ms)) ||
	    !attach(act, id, application_id, e) || !tell_hr(act, &c, id, e) ||
	    !act_journal(act, "complaint.opened", c.competition.id,
			 act_subject(act, "application", application_id),
			 json_pack("{s:I,s:s,s:s}", "complaint", (json_int_t)id, "number", given,
				   "text", text),
			 e) ||
	    !db_commit(&tx, e))
		return false;
	*ret_id = id;
	return true;
}

/* ---- answering ----------------------------------------------------------------------------- */

static bool load(const struct act *act, int64_t id, json_t **ret, struct err *e)
{
	*ret = db_row(act->db, act->arena, e,
		      "SELECT x.application_id, x.state, a.person_id, a.competition_id, c.organ"
		      " FROM complaint x JOIN application a ON a.id = x.application_id"
		      " JOIN competition c ON c.id = a.competition_id WHERE x.id = $1",
		      db_int(id));
	return *ret != NULL;
}

/* F90: an answer that rests on nothing the system knows is none. */
static bool cite(const struct act *act, int64_t id, const struct complaint_answer *answer,
		 struct err *e)
{
	int64_t found = 0;
	for (size_t i = 0; i < answer->cited_count; i++) {
		int64_t changed = 0;
		if (!db_exec(act->db, e, &changed,
			     "UPDATE complaint_record SET cited = 1 WHERE id = $1"
			     " AND complaint_id = $2",
			     db_int(answer->cited[i]), db_int(id)))
			return false;
		found += changed;
	}
	return found > 0 || err_input(e, "cites", "complaint.error.cites", "cites nothing");
}

bool complaint_answer(const struct act *act, int64_t id, const struct complaint_answer *answer,
		      struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	json_t *row = NULL;
	int64_t changed = 0;
	if (!db_begin(act->db, &tx, e) || !load(act, id, &row, e) ||
	    !act_require(act, ROLE_NAME_HR, row_text(row, "organ"), e) ||
	    !candidate_require_other(act, THING_COMPLAINT, id, e))
		return false;
	if (!*answer->text)
		return err_input(e, "answer", "error.required", "no answer");
	if (!db_exec(act->db, e, &changed,
		     "UPDATE complaint SET state = 'answered', outcome = $1, answer = $2,"
		     " answered_by = $3, answered_ms = $4 WHERE id = $5 AND state = 'open'",
		     db_text(answer->outcome), db_text(answer->text), db_int(act->person_id),
		     db_int(act->now_ms), db_int(id)))
		return false;
	if (changed != 1)
		return err_set(e, ERR_CONFLICT, "complaint.error.answered", "answered already");
	const struct notice n = { .person_id = row_number(row, "person_id"),
				  .kind = "complaint.answered",
				  .competition_id = row_number(row, "competition_id"),
				  .href = arena_print(act->arena, "/complaints/%lld",
						      (long long)id) };
	return cite(act, id, answer, e) && notice_send(act, &n, e) &&
	       act_journal(act, "complaint.answered", row_number(row, "competition_id"),
			   act_subject(act, "application", row_number(row, "application_id")),
			   json_pack("{s:I,s:s,s:s}", "complaint", (json_int_t)id, "outcome",
				     answer->outcome, "answer", answer->text),
			   e) &&
	       db_commit(&tx, e);
}

/* ---- questions ----------------------------------------------------------------------------- */

bool complaint_holds(const struct act *act, int64_t competition_id, bool *ret, struct err *e)
{
	return db_exists(act->db, e, ret,
			 "SELECT 1 FROM complaint x JOIN application a ON a.id = x.application_id"
			 " WHERE a.competition_id = $1 AND x.state = 'open'",
			 db_int(competition_id));
}

bool complaint_may_read(const struct act *act, int64_t id, struct err *e)
{
	json_t *row = NULL;
	bool may = false;
	if (!load(act, id, &row, e))
		return false;
	if (row_number(row, "person_id") == act->person_id)
		return true;
	if (!act_holds(act, ROLE_NAME_HR, row_text(row, "organ"), &may, e) ||
	    (!may && !act_holds(act, ROLE_NAME_AUDITOR, row_text(row, "organ"), &may, e)))
		return false;
	if (!may)
		return err_set(e, ERR_MISSING, "error.missing", "not this person's complaint");
	return candidate_require_other(act, THING_COMPLAINT, id, e);
}
