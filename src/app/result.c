#include "app/result.h"

#include "app/competition.h"
#include "app/seal.h"
#include "exam/score.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

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
		const char *shown = row_text(row, "shown");
		q[i] = (struct answered_question){
			.act = act_index(rules, row_text(row, "act")),
			.answer = (int)row_number(row, "answer"),
			.choice = (int)row_number(row, "choice"),
			.options = (int)strlen(shown),
			.shown = shown_of(act->arena, shown),
		};
	}
	return score_count(q, count);
}

/* A sign per question, in their order: the item figures come from these (F31, F32). */
static const char *points_of(struct arena *a, const json_t *rows)
{
	size_t count = json_array_size(rows);
	char *points = arena_alloc(a, count + 1);
	for (size_t i = 0; i < count; i++) {
		const json_t *row = json_array_get(rows, i);
		const char *shown = row_text(row, "shown");
		int64_t choice = row_number(row, "choice");
		bool given = choice >= 0 && choice < (int64_t)strlen(shown);
		points[i] = '-';
		if (given)
			points[i] = shown[choice] - '0' == row_number(row, "answer") ? '1' : '0';
	}
	points[count] = '\0';
	return points;
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
			       (long long)row_number(row, "number"),
			       (long long)row_number(row, "choice"));
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
	const char *points = points_of(act->arena, rows);
	hash_answers(rows, hash, sizeof(hash));
	return db_exec(act->db, e, NULL,
		       "INSERT INTO result (attempt_id, correct, asked, pass_mark, positive,"
		       " points, answers_hash, fixed_ms)"
		       " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
		       db_int(attempt->id), db_int(score.correct), db_int(score.asked),
		       db_int(mark), db_int(positive), db_text(points), db_blob(hash, sizeof(hash)),
		       db_int(act->now_ms)) &&
	       store_acts(act, attempt->id, c->rules, &score, e) &&
	       act_journal(act, "test.result", c->id,
			   act_subject(act, "application", attempt->application_id),
			   json_pack("{s:I,s:i,s:i,s:I,s:b}", "attempt", (json_int_t)attempt->id,
				     "correct", score.correct, "asked", score.asked, "pass_mark",
				     (json_int_t)mark, "positive", positive),
			   e);
}

bool result_fix(const struct act *act, const struct attempt *attempt, const char *how,
		struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct competition c = { 0 };
	int64_t changed = 0;
	if (!db_begin(act->db, &tx, e) || !form_open(act, attempt->id, e) ||
	    !db_exec(act->db, e, &changed,
		     "UPDATE attempt SET finished_ms = $1, finish = $2"
		     " WHERE id = $3 AND finished_ms IS NULL",
		     db_int(act->now_ms), db_text(how), db_int(attempt->id)))
		return false;
	if (changed == 0)
		return true;
	json_t *rows = answered(act, attempt->id, e);
	return rows && competition_load(act, attempt->competition_id, &c, e) &&
	       store_result(act, attempt, &c, rows, e) && db_commit(&tx, e);
}
