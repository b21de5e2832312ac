#include "app/sitting/answer.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

enum { TOKEN_BYTES = (TOKEN_SIZE - 1) / 2 };

static_assert(ANSWER_KEY_MOST == crypto_generichash_KEYBYTES_MAX, "a token key is a key");

void option_token(const unsigned char *token_key, size_t key_size, int64_t number, int64_t place,
		  char ret[TOKEN_SIZE])
{
	const unsigned char what[] = { (unsigned char)number, (unsigned char)(number >> 8),
				       (unsigned char)place };
	unsigned char hash[crypto_generichash_BYTES_MIN];
	(void)crypto_generichash(hash, sizeof(hash), what, sizeof(what), token_key, key_size);
	(void)sodium_bin2hex(ret, TOKEN_SIZE, hash, TOKEN_BYTES);
}

/* ---- what becomes of it ---------------------------------------------------------------------- */

bool answer_target_read(const struct db_value *column, struct answer_target *ret, struct err *e)
{
	const struct db_value *pen = &column[7];
	const struct db_value *key = &column[8];
	if (pen->size >= sizeof(ret->pen) || key->size > sizeof(ret->token_key))
		return err_set(e, ERR_DB, "error.storage", "an attempt is damaged");
	ret->times = (struct attempt_times){
		.started = column[0].type == DB_INT,
		.finished = column[1].type == DB_INT,
		.ends_ms = column[2].number,
		.extra_ms = column[3].number,
		.stopped_ms = column[4].type == DB_INT ? column[4].number : 0,
		.annulled = column[5].type == DB_TEXT && strcmp(column[5].bytes, "breach") == 0,
		.void_ = column[6].number != 0,
	};
	memcpy(ret->pen, pen->bytes, pen->size);
	ret->pen[pen->size] = '\0';
	memcpy(ret->token_key, key->bytes, key->size);
	ret->key_size = key->size;
	return true;
}

/* -1 for "", the place of the option with this token, or -2 for none. */
static int64_t place_of(const struct answer_target *t, int64_t number, const char *option)
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
static const char *refusal_of(const struct act *act, const struct answer_target *t,
			      const char *session)
{
	if (strcmp(t->pen, session) != 0)
		return "moved";
	return attempt_accepts(&t->times, act->now_ms) ? "" : "late";
}

bool answer_decide(const struct act *act, const struct answer_target *t, const char *session,
		   int64_t number, const char *option, struct answer_made *ret, struct err *e)
{
	if (!t->times.started)
		return err_set(e, ERR_CONFLICT, "test.error.waiting", "not started");
	if (t->options == 0)
		return err_input(e, "number", "test.error.number", "no such question");
	const int64_t choice = place_of(t, number, option);
	if (choice < -1)
		return err_input(e, "option", "test.error.choice", "no such option");
	*ret = (struct answer_made){ choice, refusal_of(act, t, session) };
	return true;
}

bool answer_note(const struct act *act, const struct answer_target *t, int64_t attempt,
		 int64_t number, const struct answer_made *made, const char *client_key,
		 struct err *e)
{
	return act_journal(
		act, "test.answer", t->competition_id, act_subject(act, "attempt", attempt),
		json_pack("{s:I,s:I,s:s,s:s}", "number", (json_int_t)number, "choice",
			  (json_int_t)made->choice, "refusal", made->refusal, "key", client_key),
		e);
}

/* ---- one click ------------------------------------------------------------------------------- */

/* What the hot path of a sitting has to know: one row, read without JSON. */
struct found {
	struct arena *arena;
	struct answer_target target;
	bool own, again; /* of this person; the same click once more */
	int64_t again_number;
	const char *again_refusal;
};

/* Columns: the competition if it is this person's, shown; number and refusal of the click with this
 * key, if it was sent before. */
static bool read_found(void *user, const struct db_value *column, size_t count, struct err *e)
{
	struct found *f = user;
	const struct db_value *more = column + ANSWER_TARGET_COLUMNS;
	(void)count;
	f->own = more[0].type == DB_INT;
	f->again = more[2].type == DB_INT;
	f->again_number = more[2].number;
	f->again_refusal = f->again ? arena_copy(f->arena, more[3].bytes) : "";
	f->target.competition_id = more[0].number;
	f->target.options = more[1].type == DB_TEXT ? (int64_t)more[1].size : 0;
	return answer_target_read(column, &f->target, e);
}

/* All in one look, as every click of everybody goes through here.  No competition: the test is of
 * somebody else. */
#define FOUND                                                                                      \
	"SELECT " ANSWER_TARGET                                                                    \
	", (SELECT a.competition_id FROM application a WHERE a.id = t.application_id"              \
	"  AND a.person_id = $3), q.shown, d.number, d.refusal"                                    \
	"  FROM attempt t"                                                                         \
	"  LEFT JOIN form_question q ON q.attempt_id = t.id AND q.number = $2"                     \
	"  LEFT JOIN answer_event d ON d.client_key = $4 AND d.attempt_id = t.id"                  \
	" WHERE t.id = $1"

bool attempt_answer_ahead(const struct act *act, int64_t id, int64_t number, const char *client_key,
			  struct err *e)
{
	return db_ahead(act->db, e, FOUND, db_int(id), db_int(number), db_int(act->person_id),
			db_text(client_key));
}

static bool find(const struct act *act, int64_t id, int64_t number, const char *client_key,
		 struct found *ret, struct err *e)
{
	*ret = (struct found){ .arena = act->arena };
	return db_each(act->db, e, read_found, ret, FOUND, db_int(id), db_int(number),
		       db_int(act->person_id), db_text(client_key)) &&
	       (ret->own || err_set(e, ERR_MISSING, "error.missing", "not this person's test"));
}

/* Nothing of it is waited for: that nobody else writes meanwhile, and that the key is a new one, is
 * known. */
static bool append(const struct act *act, const struct answer_target *t, int64_t id, int64_t number,
		   const struct answer_made *made, const char *client_key, struct err *e)
{
	return db_exec(act->db, e, NULL,
		       "INSERT INTO answer_event (attempt_id, number, choice, accepted, refusal,"
		       " client_key, at_ms, previous_id) VALUES ($1, $2, $3, $4, $5, $6, $7,"
		       " (SELECT event_id FROM answer_newest WHERE attempt_id = $1))",
		       db_int(id), db_int(number),
		       made->choice < 0 ? db_null() : db_int(made->choice), db_int(!*made->refusal),
		       db_text(made->refusal), db_text(client_key), db_int(act->now_ms)) &&
	       db_exec(act->db, e, NULL,
		       "INSERT INTO answer_newest (attempt_id, event_id, counted_id)"
		       " SELECT attempt_id, id, CASE WHEN accepted = 1 THEN id END"
		       "  FROM answer_event WHERE client_key = $2 AND attempt_id = $1"
		       " ON CONFLICT (attempt_id) DO UPDATE SET event_id = excluded.event_id,"
		       " counted_id = COALESCE(excluded.counted_id, answer_newest.counted_id)",
		       db_int(id), db_text(client_key)) &&
	       answer_note(act, t, id, number, made, client_key, e);
}

bool attempt_answer(const struct act *act, int64_t id, const char *session, int64_t number,
		    const char *option, const char *client_key, struct answer_ack *ret,
		    struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct found f;
	struct answer_made made = { 0 };
	if (!db_begin(act->db, &tx, e) || !find(act, id, number, client_key, &f, e) ||
	    !answer_decide(act, &f.target, session, number, option, &made, e))
		return false;
	if (f.again && f.again_number != number)
		return err_input(e, "key", "test.error.key", "a key of another question");
	/* The same click once more: what it was told the first time. */
	const char *refusal = f.again ? f.again_refusal : made.refusal;
	if (!(f.again || append(act, &f.target, id, number, &made, client_key, e)) ||
	    !db_commit(&tx, e))
		return false;
	*ret = (struct answer_ack){ !*refusal, refusal,
				    attempt_left_ms(&f.target.times, act->now_ms) };
	return true;
}
