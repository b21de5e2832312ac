#include "app/result.h"

#include "app/competition.h"
#include "app/seal.h"
#include "exam/score.h"

#include <assert.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { QUESTIONS_MOST = 500 };

/* A form with the answers that count, read without JSON: two hundred may finish at once. */
struct sheet {
	const struct rule_set *rules;
	struct arena *arena;
	struct answered_question *question; /* number n at n - 1 */
	size_t count;
};

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
static const unsigned char *shown_of(struct arena *a, const char *digits, size_t count)
{
	unsigned char *shown = arena_alloc(a, count + 1);
	for (size_t i = 0; i < count; i++)
		shown[i] = (unsigned char)(digits[i] - '0');
	return shown;
}

/* Columns: number, act, shown, answer. */
static bool take_question(void *user, const struct db_value *column, size_t count, struct err *e)
{
	struct sheet *s = user;
	(void)count;
	if (column[0].number != (int64_t)s->count + 1 || s->count == QUESTIONS_MOST)
		return err_set(e, ERR_DB, "error.storage", "the numbers of a form have a gap");
	s->question[s->count++] = (struct answered_question){
		.act = act_index(s->rules, column[1].bytes),
		.answer = (int)column[3].number,
		.choice = NO_CHOICE,
		.options = (int)column[2].size,
		.shown = shown_of(s->arena, column[2].bytes, column[2].size),
	};
	return true;
}

/* Columns: number, choice.  In the order they came: the last one stays. */
static bool take_answer(void *user, const struct db_value *column, size_t count, struct err *e)
{
	struct sheet *s = user;
	const int64_t number = column[0].number;
	(void)count;
	(void)e;
	if (number >= 1 && number <= (int64_t)s->count)
		s->question[number - 1].choice =
			column[1].type == DB_INT ? (int)column[1].number : NO_CHOICE;
	return true;
}

static bool read_sheet(const struct act *act, int64_t id, const struct rule_set *rules,
		       struct sheet *ret, struct err *e)
{
	*ret = (struct sheet){ .rules = rules, .arena = act->arena };
	ret->question = arena_array(act->arena, QUESTIONS_MOST, sizeof(*ret->question));
	return db_each(act->db, e, take_question, ret,
		       "SELECT q.number, q.act, q.shown, i.answer FROM form_question q"
		       " JOIN item i ON i.id = q.item_id WHERE q.attempt_id = $1"
		       " ORDER BY q.number",
		       db_int(id)) &&
	       db_each(act->db, e, take_answer, ret,
		       EVENTS_OF_ATTEMPT
		       "SELECT number, choice FROM event WHERE accepted = 1 ORDER BY id",
		       db_int(id));
}

/* A sign per question, in their order: the item figures come from these (F31, F32). */
static const char *points_of(struct arena *a, const struct sheet *s)
{
	char *points = arena_alloc(a, s->count + 1);
	for (size_t i = 0; i < s->count; i++) {
		const struct answered_question *q = &s->question[i];
		bool given = q->choice >= 0 && q->choice < q->options;
		points[i] = '-';
		if (given)
			points[i] = q->shown[q->choice] == q->answer ? '1' : '0';
	}
	points[s->count] = '\0';
	return points;
}

/* BLAKE2b-256 over "number:choice;" of every question: binds the result to the answers. */
static void hash_answers(const struct sheet *s, unsigned char *hash, size_t size)
{
	crypto_generichash_state state;
	crypto_generichash_init(&state, NULL, 0, size);
	for (size_t i = 0; i < s->count; i++) {
		char text[48];
		(void)snprintf(text, sizeof(text), "%zu:%d;", i + 1, s->question[i].choice);
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
			 const struct competition *c, const struct sheet *sheet, struct err *e)
{
	const struct score score = score_count(sheet->question, sheet->count);
	const int64_t mark = rule_set_value(c->rules, PARAM_PASS_MARK);
	bool positive = rule_set_test_positive(c->rules, score.correct, score.act_correct);
	unsigned char hash[crypto_generichash_BYTES];
	const char *points = points_of(act->arena, sheet);
	hash_answers(sheet, hash, sizeof(hash));
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
	struct sheet sheet;
	int64_t changed = 0;
	if (!db_begin(act->db, &tx, e) || !form_open(act, attempt->id, e) ||
	    !db_exec(act->db, e, &changed,
		     "UPDATE attempt SET finished_ms = $1, finish = $2"
		     " WHERE id = $3 AND finished_ms IS NULL",
		     db_int(act->now_ms), db_text(how), db_int(attempt->id)))
		return false;
	if (changed == 0)
		return true;
	return competition_load(act, attempt->competition_id, &c, e) &&
	       read_sheet(act, attempt->id, c.rules, &sheet, e) &&
	       store_result(act, attempt, &c, &sheet, e) && db_commit(&tx, e);
}
