#include "app/sitting/attempt.h"

#include "app/access/session.h"
#include "app/sitting/result.h"
#include "app/sitting/seal.h"
#include "app/sitting/seat_log.h"
#include "app/sitting/sitting.h"

#include <sodium.h>
#include <string.h>

enum { TOKEN_BYTES = (TOKEN_SIZE - 1) / 2, HASH_ROOM = 65 };

/* ---- loading ------------------------------------------------------------------------------ */

static struct attempt attempt_of(const json_t *row)
{
	const char *finish = row_text(row, "finish");
	return (struct attempt){
		.id = row_number(row, "id"),
		.sitting_id = row_number(row, "sitting_id"),
		.application_id = row_number(row, "application_id"),
		.hall_id = row_number(row, "hall_id"),
		.competition_id = row_number(row, "competition_id"),
		.language = row_text(row, "language"),
		.code = row_text(row, "code"),
		.seat = row_text(row, "seat"),
		.binding = row_text(row, "binding"),
		.state = row_text(row, "state"),
		.pen = row_text(row, "pen"),
		.finish = finish,
		.times = { .started = row_has(row, "started_ms"),
			   .finished = row_has(row, "finished_ms"),
			   .annulled = strcmp(finish, "breach") == 0,
			   .void_ = row_number(row, "void") != 0,
			   .ends_ms = row_number(row, "ends_ms"),
			   .extra_ms = row_number(row, "extra_ms"),
			   .stopped_ms = row_number(row, "stopped_ms") },
		.questions = row_number(row, "questions"),
	};
}

#define OWN_ATTEMPT                                                                                \
	"SELECT t.id, t.sitting_id, t.application_id, s.hall_id, s.competition_id,"                \
	" s.binding, s.state, t.language, t.code, t.seat, t.pen, t.finish, t.started_ms,"          \
	" t.finished_ms, t.ends_ms, t.extra_ms, t.stopped_ms, t.void,"                             \
	" (SELECT COUNT(*) FROM form_question q WHERE q.attempt_id = t.id)"                        \
	"  AS questions FROM attempt t JOIN application a ON a.id = t.application_id"              \
	" JOIN sitting s ON s.id = t.sitting_id WHERE t.id = $1 AND a.person_id = $2"

bool attempt_load_own(const struct act *act, int64_t id, struct attempt *ret, struct err *e)
{
	json_t *row =
		db_row(act->db, act->arena, e, OWN_ATTEMPT, db_int(id), db_int(act->person_id));
	if (!row)
		return false;
	*ret = attempt_of(row);
	return true;
}

/* ---- the pen -------------------------------------------------------------------------------- */

/* Whether the session that holds the pen is over: then another may take it. */
static bool pen_is_free(const struct act *act, const struct attempt *a, bool *ret, struct err *e)
{
	bool live = false;
	if (*a->pen &&
	    !db_exists(act->db, e, &live,
		       "SELECT 1 FROM session WHERE token_hash = $1 AND expires_ms > $2"
		       " AND seen_ms > $3",
		       db_text(a->pen), db_int(act->now_ms), db_int(act->now_ms - SESSION_IDLE_MS)))
		return false;
	*ret = !live;
	return true;
}

/* F42: the move is over when the candidate sits at the new place. */
static bool end_move(const struct act *act, const struct attempt *a, struct err *e)
{
	json_t *rows = db_rows(act->db, act->arena, e,
			       "SELECT s.id FROM stop s JOIN attempt t ON t.stop_id = s.id"
			       " WHERE t.id = $1 AND s.kind = 'move'",
			       db_int(a->id));
	if (!rows)
		return false;
	if (json_array_size(rows) == 0)
		return true;
	const int64_t stop = row_number(json_array_get(rows, 0), "id");
	const int64_t length = act->now_ms - a->times.stopped_ms;
	return db_exec(act->db, e, NULL,
		       "UPDATE attempt SET extra_ms = extra_ms + $1, stopped_ms = NULL,"
		       " stop_id = NULL WHERE id = $2",
		       db_int(length), db_int(a->id)) &&
	       db_exec(act->db, e, NULL,
		       "UPDATE stop SET until_ms = $1, ended_by = $2 WHERE id = $3",
		       db_int(act->now_ms), db_int(act->person_id), db_int(stop)) &&
	       db_exec(act->db, e, NULL,
		       "INSERT INTO stop_hold (stop_id, attempt_id, length_ms) VALUES ($1, $2, $3)",
		       db_int(stop), db_int(a->id), db_int(length)) &&
	       seat_log_add(act, a->id, "resumed", length, e) &&
	       act_journal(act, "test.resumed", a->competition_id,
			   act_subject(act, "attempt", a->id),
			   json_pack("{s:I,s:I}", "stop", (json_int_t)stop, "length_ms",
				     (json_int_t)length),
			   e);
}

static bool take_pen(const struct act *act, const struct attempt *a, const char *session,
		     struct err *e)
{
	return db_exec(act->db, e, NULL, "UPDATE attempt SET pen = $1 WHERE id = $2",
		       db_text(session), db_int(a->id)) &&
	       seat_log_add(act, a->id, "entered", 0, e) &&
	       act_journal(act, "test.entered", a->competition_id,
			   act_subject(act, "attempt", a->id), json_pack("{s:s}", "seat", a->seat),
			   e) &&
	       end_move(act, a, e);
}

/* F40, F41 */
bool attempt_enter(const struct act *act, int64_t id, const char *session, bool seat_proved,
		   bool *ret_pen, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct attempt a = { 0 };
	bool is_free = false;
	if (!db_begin(act->db, &tx, e) || !attempt_load_own(act, id, &a, e) ||
	    !sitting_require_here(a.state, e))
		return false;
	bool on = a.times.started && !a.times.finished;
	if (on && (!form_open(act, id, e) || !db_exec(act->db, e, NULL,
						      "UPDATE attempt SET entered_ms = $1"
						      " WHERE id = $2 AND entered_ms IS NULL",
						      db_int(act->now_ms), db_int(id))))
		return false;
	bool pen = strcmp(a.pen, session) == 0;
	if (!pen && !a.times.finished) {
		if (!pen_is_free(act, &a, &is_free, e))
			return false;
		/* The computer of the seat writes, whichever session it has now (F35). */
		const bool bound = strcmp(a.binding, "none") != 0;
		pen = bound ? seat_proved : is_free;
		if (pen && !take_pen(act, &a, session, e))
			return false;
	}
	if (!db_commit(&tx, e))
		return false;
	*ret_pen = pen;
	return true;
}

bool attempt_pulse_ahead(const struct act *act, int64_t id, struct err *e)
{
	return db_ahead(act->db, e, OWN_ATTEMPT, db_int(id), db_int(act->person_id));
}

bool attempt_pulse(const struct act *act, int64_t id, const char *session, int64_t unsaved,
		   int64_t waiting_ms, int64_t gap_ms, struct attempt *ret, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	if (!db_begin(act->db, &tx, e) || !attempt_load_own(act, id, ret, e) ||
	    !sitting_require_here(ret->state, e))
		return false;
	if (strcmp(ret->pen, session) != 0)
		return true;
	if (!db_exec(act->db, e, NULL,
		     "INSERT INTO seat_pulse (attempt_id, at_ms, unsaved, waiting_ms)"
		     " VALUES ($1, $2, $3, $4) ON CONFLICT (attempt_id) DO UPDATE SET"
		     " at_ms = excluded.at_ms, unsaved = excluded.unsaved,"
		     " waiting_ms = excluded.waiting_ms",
		     db_int(id), db_int(act->now_ms), db_int(unsaved), db_int(waiting_ms)))
		return false;
	return (gap_ms <= PULSE_GAP_MS || seat_log_add(act, id, "gap", gap_ms, e)) &&
	       db_commit(&tx, e);
}

/* ---- answers -------------------------------------------------------------------------------- */

void option_token(const unsigned char *token_key, size_t key_size, int64_t number, int64_t place,
		  char ret[TOKEN_SIZE])
{
	const unsigned char what[] = { (unsigned char)number, (unsigned char)(number >> 8),
				       (unsigned char)place };
	unsigned char hash[crypto_generichash_BYTES_MIN];
	(void)crypto_generichash(hash, sizeof(hash), what, sizeof(what), token_key, key_size);
	(void)sodium_bin2hex(ret, TOKEN_SIZE, hash, TOKEN_BYTES);
}

/* What the hot path of a sitting has to know of an attempt and a question: one row, read without
 * JSON. */
struct target {
	struct arena *arena;
	struct attempt_times times;
	int64_t competition_id, questions;
	char pen[HASH_ROOM];
	unsigned char token_key[crypto_generichash_KEYBYTES_MAX];
	size_t key_size;
	int64_t options;
	bool found, again;
	int64_t again_number;
	const char *again_refusal;
};

/* Columns: started, finished, ends, extra, stopped, finish, void, competition, pen, token key,
 * shown; number and refusal of the click with this key, if it was sent before. */
static bool read_target(void *user, const struct db_value *column, size_t count, struct err *e)
{
	struct target *t = user;
	(void)count;
	t->again = column[11].type == DB_INT;
	t->again_number = column[11].number;
	t->again_refusal = t->again ? arena_copy(t->arena, column[12].bytes) : "";
	if (column[8].size >= sizeof(t->pen) || column[9].size > sizeof(t->token_key))
		return err_set(e, ERR_DB, "error.storage", "an attempt is damaged");
	t->found = column[7].type == DB_INT;
	t->times = (struct attempt_times){
		.started = column[0].type == DB_INT,
		.finished = column[1].type == DB_INT,
		.ends_ms = column[2].number,
		.extra_ms = column[3].number,
		.stopped_ms = column[4].type == DB_INT ? column[4].number : 0,
		.annulled = column[5].type == DB_TEXT && strcmp(column[5].bytes, "breach") == 0,
		.void_ = column[6].number != 0,
	};
	t->competition_id = column[7].number;
	memcpy(t->pen, column[8].bytes, column[8].size);
	t->pen[column[8].size] = '\0';
	memcpy(t->token_key, column[9].bytes, column[9].size);
	t->key_size = column[9].size;
	t->options = column[10].type == DB_TEXT ? (int64_t)column[10].size : 0;
	return true;
}

/* All in one look, as every click of everybody goes through here.  No competition: the test is of
 * somebody else. */
#define TARGET                                                                                     \
	"SELECT t.started_ms, t.finished_ms, t.ends_ms, t.extra_ms, t.stopped_ms, t.finish,"       \
	" t.void, (SELECT a.competition_id FROM application a WHERE a.id = t.application_id"       \
	"  AND a.person_id = $3), t.pen, t.token_key, q.shown, d.number, d.refusal"                \
	"  FROM attempt t"                                                                         \
	"  LEFT JOIN form_question q ON q.attempt_id = t.id AND q.number = $2"                     \
	"  LEFT JOIN answer_event d ON d.client_key = $4 AND d.attempt_id = t.id"                  \
	" WHERE t.id = $1"

bool attempt_answer_ahead(const struct act *act, int64_t id, int64_t number, const char *client_key,
			  struct err *e)
{
	return db_ahead(act->db, e, TARGET, db_int(id), db_int(number), db_int(act->person_id),
			db_text(client_key));
}

static bool load_target(const struct act *act, int64_t id, int64_t number, const char *client_key,
			struct target *ret, struct err *e)
{
	*ret = (struct target){ .arena = act->arena };
	return (db_each(act->db, e, read_target, ret, TARGET, db_int(id), db_int(number),
			db_int(act->person_id), db_text(client_key))) &&
	       (ret->found || err_set(e, ERR_MISSING, "error.missing", "not this person's test"));
}

/* -1 for "", the place of the option with this token, or -2 for none. */
static int64_t place_of(const struct target *t, int64_t number, const char *option)
{
	if (!*option)
		return -1;
	for (int64_t place = 0; place < t->options; place++) {
		char token[TOKEN_SIZE];
		option_token(t->token_key, t->key_size, number, place, token);
		if (strcmp(token, option) == 0)
			return place;
	}
	return -2;
}

/* F47: late clicks and those of a seat that was cut are kept, and do not count. */
static const char *refusal_of(const struct act *act, const struct target *t, const char *session)
{
	if (strcmp(t->pen, session) != 0)
		return "moved";
	return attempt_accepts(&t->times, act->now_ms) ? "" : "late";
}

/* Nothing of it is waited for: that nobody else writes meanwhile, and that the key is a new one, is
 * known. */
static bool append(const struct act *act, const struct target *t, int64_t id, int64_t number,
		   int64_t choice, const char *client_key, const char *refusal, struct err *e)
{
	return db_exec(act->db, e, NULL,
		       "INSERT INTO answer_event (attempt_id, number, choice, accepted, refusal,"
		       " client_key, at_ms, previous_id) VALUES ($1, $2, $3, $4, $5, $6, $7,"
		       " (SELECT event_id FROM answer_newest WHERE attempt_id = $1))",
		       db_int(id), db_int(number), choice < 0 ? db_null() : db_int(choice),
		       db_int(!*refusal), db_text(refusal), db_text(client_key),
		       db_int(act->now_ms)) &&
	       db_exec(act->db, e, NULL,
		       "INSERT INTO answer_newest (attempt_id, event_id, counted_id)"
		       " SELECT attempt_id, id, CASE WHEN accepted = 1 THEN id END"
		       "  FROM answer_event WHERE client_key = $2 AND attempt_id = $1"
		       " ON CONFLICT (attempt_id) DO UPDATE SET event_id = excluded.event_id,"
		       " counted_id = COALESCE(excluded.counted_id, answer_newest.counted_id)",
		       db_int(id), db_text(client_key)) &&
	       act_journal(act, "test.answer", t->competition_id, act_subject(act, "attempt", id),
			   json_pack("{s:I,s:I,s:s,s:s}", "number", (json_int_t)number, "choice",
				     (json_int_t)choice, "refusal", refusal, "key", client_key),
			   e);
}

bool attempt_answer(const struct act *act, int64_t id, const char *session, int64_t number,
		    const char *option, const char *client_key, struct answer_ack *ret,
		    struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct target t;
	if (!db_begin(act->db, &tx, e) || !load_target(act, id, number, client_key, &t, e))
		return false;
	if (!t.times.started)
		return err_set(e, ERR_CONFLICT, "test.error.waiting", "not started");
	if (t.options == 0)
		return err_input(e, "number", "test.error.number", "no such question");
	const int64_t choice = place_of(&t, number, option);
	if (choice < -1)
		return err_input(e, "option", "test.error.choice", "no such option");
	if (t.again && t.again_number != number)
		return err_input(e, "key", "test.error.key", "a key of another question");
	/* The same click once more: what it was told the first time. */
	const char *refusal = t.again ? t.again_refusal : refusal_of(act, &t, session);
	if (!(t.again || append(act, &t, id, number, choice, client_key, refusal, e)) ||
	    !db_commit(&tx, e))
		return false;
	*ret = (struct answer_ack){ !*refusal, refusal, attempt_left_ms(&t.times, act->now_ms) };
	return true;
}

/* ---- the end -------------------------------------------------------------------------------- */

bool attempt_finish(const struct act *act, int64_t id, const char *session, struct err *e)
{
	struct attempt a = { 0 };
	if (!attempt_load_own(act, id, &a, e))
		return false;
	const enum attempt_state state = attempt_state(&a.times, act->now_ms);
	bool on = state == ATTEMPT_RUNNING || state == ATTEMPT_STOPPED;
	if (on && strcmp(a.pen, session) != 0)
		return err_set(e, ERR_CONFLICT, "test.error.moved", "another session writes");
	switch (state) {
	case ATTEMPT_WAITING: return err_set(e, ERR_CONFLICT, "test.error.waiting", "not started");
	case ATTEMPT_STOPPED:
		return err_set(e, ERR_CONFLICT, "test.error.stopped", "the clock stands");
	case ATTEMPT_RUNNING: return result_fix(act, &a, "candidate", e);
	case ATTEMPT_TIME_UP: return result_fix(act, &a, "time", e);
	default: return true;
	}
}

/* F52: the end is a matter of definition; this only writes the fact. */
bool attempt_settle(const struct act *act, int64_t id, struct err *e)
{
	json_t *row =
		db_row(act->db, act->arena, e,
		       "SELECT t.id, t.sitting_id, t.application_id, s.competition_id,"
		       " t.started_ms, t.finished_ms, t.finish, t.void, t.ends_ms, t.extra_ms,"
		       " t.stopped_ms FROM attempt t JOIN sitting s ON s.id = t.sitting_id"
		       " WHERE t.id = $1",
		       db_int(id));
	if (!row)
		return false;
	const struct attempt a = attempt_of(row);
	return attempt_state(&a.times, act->now_ms) != ATTEMPT_TIME_UP ||
	       result_fix(act, &a, "time", e);
}
