#include "app/attempt.h"

#include "app/competition.h"
#include "exam/score.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

static const char *text_of(const json_t *row, const char *name)
{
	const char *text = json_string_value(json_object_get(row, name));
	return text ? text : "";
}

static int64_t number_of(const json_t *row, const char *name)
{
	return json_integer_value(json_object_get(row, name));
}

static struct attempt attempt_of(const json_t *row)
{
	return (struct attempt){
		.id = number_of(row, "id"),
		.sitting_id = number_of(row, "sitting_id"),
		.application_id = number_of(row, "application_id"),
		.language = text_of(row, "language"),
		.times = { .started = json_is_integer(json_object_get(row, "started_ms")),
			   .finished = json_is_integer(json_object_get(row, "finished_ms")),
			   .ends_ms = number_of(row, "ends_ms") },
		.questions = number_of(row, "questions"),
	};
}

bool attempt_load_own(const struct act *act, int64_t id, struct attempt *ret, struct err *e)
{
	json_t *row =
		db_row(act->db, act->arena, e,
		       "SELECT t.id, t.sitting_id, t.application_id, t.language, t.started_ms,"
		       " t.finished_ms, t.ends_ms, (SELECT COUNT(*) FROM form_question q"
		       "  WHERE q.attempt_id = t.id) AS questions"
		       "  FROM attempt t JOIN application a ON a.id = t.application_id"
		       " WHERE t.id = $1 AND a.person_id = $2",
		       db_int(id), db_int(act->person_id));
	if (!row)
		return false;
	*ret = attempt_of(row);
	return true;
}

/* ---- answers ------------------------------------------------------------------------------ */

/* The attempt and the question in one look: this is the hot path of a sitting. */
static json_t *load_question(const struct act *act, int64_t id, int64_t number, struct err *e)
{
	return db_row(act->db, act->arena, e,
		      "SELECT t.id, t.sitting_id, t.application_id, t.language, t.started_ms,"
		      " t.finished_ms, t.ends_ms, q.shown, a.competition_id FROM attempt t"
		      " JOIN application a ON a.id = t.application_id"
		      " LEFT JOIN form_question q ON q.attempt_id = t.id AND q.number = $2"
		      " WHERE t.id = $1 AND a.person_id = $3",
		      db_int(id), db_int(number), db_int(act->person_id));
}

static bool append(const struct act *act, const json_t *row, int64_t number, int64_t choice,
		   const char *client_key, bool accepted, struct err *e)
{
	int64_t added = 0;
	int64_t id = number_of(row, "id");
	if (!db_exec(act->db, e, &added,
		     "INSERT INTO answer_event (attempt_id, number, choice, accepted, client_key,"
		     " at_ms) VALUES ($1, $2, $3, $4, $5, $6)"
		     " ON CONFLICT (attempt_id, client_key) DO NOTHING",
		     db_int(id), db_int(number), choice < 0 ? db_null() : db_int(choice),
		     db_int(accepted), db_text(client_key), db_int(act->now_ms)))
		return false;
	if (added == 0)
		return true; /* the same click once more */
	return act_journal(act, "test.answer", number_of(row, "competition_id"),
			   act_subject(act, "attempt", id),
			   json_pack("{s:I,s:I,s:b,s:s}", "number", (json_int_t)number, "choice",
				     (json_int_t)choice, "accepted", accepted, "key", client_key),
			   e);
}

bool attempt_answer(const struct act *act, int64_t id, int64_t number, int64_t choice,
		    const char *client_key, struct answer_ack *ret, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	if (!db_begin(act->db, &tx, e))
		return false;
	json_t *row = load_question(act, id, number, e);
	if (!row)
		return false;
	const struct attempt attempt = attempt_of(row);
	if (!attempt.times.started)
		return err_set(e, ERR_CONFLICT, "test.error.waiting", "not started");
	const char *shown = text_of(row, "shown");
	if (!*shown)
		return err_input(e, "number", "test.error.number", "no such question");
	if (choice < -1 || choice >= (int64_t)strlen(shown))
		return err_input(e, "choice", "test.error.choice", "no such option");
	/* F47: late ones are kept, and do not count. */
	bool accepted = attempt_accepts(&attempt.times, act->now_ms);
	if (!append(act, row, number, choice, client_key, accepted, e) || !db_commit(&tx, e))
		return false;
	*ret = (struct answer_ack){ accepted, attempt_left_ms(&attempt.times, act->now_ms) };
	return true;
}

/* ---- the result ----------------------------------------------------------------------------- */

/* The form with the current answers: the last accepted event of each question. */
static json_t *answered(const struct act *act, int64_t id, struct err *e)
{
	return db_rows(act->db, act->arena, e,
		       "SELECT q.number, q.act, q.shown, i.answer,"
		       " COALESCE((SELECT v.choice FROM answer_event v WHERE v.id ="
		       "  (SELECT MAX(x.id) FROM answer_event x WHERE x.attempt_id = q.attempt_id"
		       "   AND x.number = q.number AND x.accepted = 1)), -1) AS choice"
		       "  FROM form_question q JOIN item i ON i.id = q.item_id"
		       " WHERE q.attempt_id = $1 ORDER BY q.number",
		       db_int(id));
}

/* A form is drawn from the programme of this very rule set, which is pinned: every act is in it. */
static int act_index(const struct rule_set *rules, const char *code)
{
	size_t i = 0;
	while (i < rules->act_count && strcmp(rules->acts[i].code, code) != 0)
		i++;
	assert(i < rules->act_count);
	return (int)i;
}

/* The options as shown, from their digits. */
static const unsigned char *shown_of(struct arena *a, const char *digits)
{
	size_t count = strlen(digits);
	unsigned char *shown = arena_alloc(a, count + 1);
	for (size_t i = 0; i < count; i++)
		shown[i] = (unsigned char)(digits[i] - '0');
	return shown;
}

static struct score count_score(const struct act *act, const struct rule_set *rules,
				const json_t *rows)
{
	size_t count = json_array_size(rows);
	struct answered_question *q = arena_array(act->arena, count + 1, sizeof(*q));
	for (size_t i = 0; i < count; i++) {
		const json_t *row = json_array_get(rows, i);
		const char *shown = text_of(row, "shown");
		q[i] = (struct answered_question){
			.act = act_index(rules, text_of(row, "act")),
			.answer = (int)number_of(row, "answer"),
			.choice = (int)number_of(row, "choice"),
			.options = (int)strlen(shown),
			.shown = shown_of(act->arena, shown),
		};
	}
	return score_count(q, count);
}

/* BLAKE2b-256 over "number:choice;" of every question: binds the result to the answers. */
static void hash_answers(const json_t *rows, unsigned char *hash, size_t size)
{
	crypto_generichash_state state;
	size_t i = 0;
	const json_t *row = NULL;
	crypto_generichash_init(&state, NULL, 0, size);
	json_array_foreach (rows, i, row) {
		char text[48];
		(void)snprintf(text, sizeof(text), "%lld:%lld;",
			       (long long)number_of(row, "number"),
			       (long long)number_of(row, "choice"));
		crypto_generichash_update(&state, (const unsigned char *)text, strlen(text));
	}
	crypto_generichash_final(&state, hash, size);
}

static bool store_acts(const struct act *act, int64_t id, const struct rule_set *rules,
		       const struct score *score, struct err *e)
{
	for (size_t i = 0; i < rules->act_count; i++) {
		if (!db_exec(act->db, e, NULL,
			     "INSERT INTO result_act (attempt_id, act, correct, asked)"
			     " VALUES ($1, $2, $3, $4)",
			     db_int(id), db_text(rules->acts[i].code),
			     db_int(score->act_correct[i]), db_int(score->act_asked[i])))
			return false;
	}
	return true;
}

/* R44-2: positive is not lower than the mark of clause 36. */
static bool store_result(const struct act *act, const struct attempt *attempt,
			 const struct competition *c, const json_t *rows, struct err *e)
{
	const struct score score = count_score(act, c->rules, rows);
	const int64_t mark = rule_set_value(c->rules, PARAM_PASS_MARK);
	bool positive = rule_set_test_positive(c->rules, score.correct, score.act_correct);
	unsigned char hash[crypto_generichash_BYTES];
	hash_answers(rows, hash, sizeof(hash));
	return db_exec(act->db, e, NULL,
		       "INSERT INTO result (attempt_id, correct, asked, pass_mark, positive,"
		       " answers_hash, fixed_ms) VALUES ($1, $2, $3, $4, $5, $6, $7)",
		       db_int(attempt->id), db_int(score.correct), db_int(score.asked),
		       db_int(mark), db_int(positive), db_blob(hash, sizeof(hash)),
		       db_int(act->now_ms)) &&
	       store_acts(act, attempt->id, c->rules, &score, e) &&
	       act_journal(act, "test.result", c->id,
			   act_subject(act, "application", attempt->application_id),
			   json_pack("{s:I,s:i,s:i,s:I,s:b}", "attempt", (json_int_t)attempt->id,
				     "correct", score.correct, "asked", score.asked, "pass_mark",
				     (json_int_t)mark, "positive", positive),
			   e);
}

/* Fixes the result once; the one who comes second finds it fixed. */
static bool fix(const struct act *act, const struct attempt *attempt, const char *how,
		struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct competition c = { 0 };
	int64_t competition_id = 0;
	int64_t changed = 0;
	if (!db_begin(act->db, &tx, e) ||
	    !db_exec(act->db, e, &changed,
		     "UPDATE attempt SET finished_ms = $1, finish = $2"
		     " WHERE id = $3 AND finished_ms IS NULL",
		     db_int(act->now_ms), db_text(how), db_int(attempt->id)))
		return false;
	if (changed == 0)
		return true;
	json_t *rows = answered(act, attempt->id, e);
	return rows &&
	       db_number(act->db, e, &competition_id,
			 "SELECT competition_id FROM application WHERE id = $1",
			 db_int(attempt->application_id)) &&
	       competition_load(act, competition_id, &c, e) &&
	       store_result(act, attempt, &c, rows, e) && db_commit(&tx, e);
}

bool attempt_finish(const struct act *act, int64_t id, struct err *e)
{
	struct attempt attempt = { 0 };
	if (!attempt_load_own(act, id, &attempt, e))
		return false;
	switch (attempt_state(&attempt.times, act->now_ms)) {
	case ATTEMPT_WAITING: return err_set(e, ERR_CONFLICT, "test.error.waiting", "not started");
	case ATTEMPT_RUNNING: return fix(act, &attempt, "candidate", e);
	case ATTEMPT_TIME_UP: return fix(act, &attempt, "time", e);
	default: return true;
	}
}

/* F52: the end is a matter of definition; this only writes the fact. */
bool attempt_settle(const struct act *act, int64_t id, struct err *e)
{
	json_t *row = db_row(act->db, act->arena, e,
			     "SELECT id, sitting_id, application_id, language, started_ms,"
			     " finished_ms, ends_ms FROM attempt WHERE id = $1",
			     db_int(id));
	if (!row)
		return false;
	const struct attempt attempt = attempt_of(row);
	return attempt_state(&attempt.times, act->now_ms) != ATTEMPT_TIME_UP ||
	       fix(act, &attempt, "time", e);
}
