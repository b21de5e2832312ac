#include "app/sitting/sheet.h"

#include "app/sitting/attempt.h"

#include <assert.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { QUESTIONS_MOST = 500 };

/* As EVENTS_OF_ATTEMPT, with as little of each click as counts: a walk carries every column. */
#define ANSWERS_OF_ATTEMPT                                                                         \
	"WITH RECURSIVE answer AS (SELECT v.id, v.number, v.choice, v.accepted, v.previous_id"     \
	"  FROM answer_newest n JOIN answer_event v ON v.id = n.event_id WHERE n.attempt_id = $1"  \
	" UNION ALL SELECT v.id, v.number, v.choice, v.accepted, v.previous_id"                    \
	"  FROM answer w JOIN answer_event v ON v.id = w.previous_id) "

/* ---- reading without JSON: two hundred may finish at once ----------------------------------- */

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

/* Columns: number, act, shown, answer, item. */
static bool take_question(void *user, const struct db_value *column, size_t count, struct err *e)
{
	struct sheet *s = user;
	(void)count;
	if (column[0].number != (int64_t)s->count + 1 || s->count == QUESTIONS_MOST)
		return err_set(e, ERR_DB, "error.storage", "the numbers of a form have a gap");
	s->item[s->count] = column[4].number;
	s->question[s->count++] = (struct answered_question){
		.act = act_index(s->rules, column[1].bytes),
		.key = key_of((int)column[3].number),
		.choice = NO_CHOICE,
		.options = (int)column[2].size,
		.shown = shown_of(s->arena, column[2].bytes, column[2].size),
	};
	return true;
}

/* The answers of a sheet, and which click each is of. */
struct taking {
	struct sheet *sheet;
	int64_t newest[QUESTIONS_MOST];
};

/* Columns: number, choice, id.  In any order: the last one stays. */
static bool take_answer(void *user, const struct db_value *column, size_t count, struct err *e)
{
	struct taking *t = user;
	const int64_t number = column[0].number;
	(void)count;
	(void)e;
	if (number < 1 || number > (int64_t)t->sheet->count ||
	    t->newest[number - 1] > column[2].number)
		return true;
	t->newest[number - 1] = column[2].number;
	t->sheet->question[number - 1].choice =
		column[1].type == DB_INT ? (int)column[1].number : NO_CHOICE;
	return true;
}

static void correct(struct sheet *s, size_t place, const struct key_finding *finding)
{
	struct answered_question *q = &s->question[place];
	q->key = key_after(q->key, finding, q->options, sheet_rule(s->rules));
}

/* Columns: number, kind, answer.  In the order of the corrections (F62). */
static bool take_correction(void *user, const struct db_value *column, size_t count, struct err *e)
{
	struct sheet *s = user;
	struct key_finding f = {
		.answer = column[2].type == DB_INT ? (int)column[2].number : NO_OPTION,
	};
	(void)count;
	if (!finding_of(column[1].bytes, &f.kind))
		return err_set(e, ERR_DB, "error.storage", "a correction of an unknown kind");
	correct(s, (size_t)column[0].number - 1, &f);
	return true;
}

bool sheet_read(const struct act *act, int64_t attempt_id, const struct rule_set *rules,
		struct sheet *ret, struct err *e)
{
	struct taking answers = { .sheet = ret };
	*ret = (struct sheet){ .rules = rules, .arena = act->arena };
	ret->question = arena_array(act->arena, QUESTIONS_MOST, sizeof(*ret->question));
	ret->item = arena_array(act->arena, QUESTIONS_MOST, sizeof(*ret->item));
	return db_each(act->db, e, take_question, ret,
		       "SELECT q.number, q.act, q.shown, i.answer, q.item_id FROM form_question q"
		       " JOIN item i ON i.id = q.item_id WHERE q.attempt_id = $1"
		       " ORDER BY q.number",
		       db_int(attempt_id)) &&
	       db_each(act->db, e, take_answer, &answers,
		       ANSWERS_OF_ATTEMPT
		       "SELECT number, choice, id FROM answer WHERE accepted = 1",
		       db_int(attempt_id)) &&
	       db_each(act->db, e, take_correction, ret,
		       "SELECT q.number, k.kind, k.answer FROM key_correction k"
		       " JOIN form_question q ON q.attempt_id = $1 AND q.item_id = k.item_id"
		       " ORDER BY k.id",
		       db_int(attempt_id));
}

/* ---- what follows --------------------------------------------------------------------------- */

struct key_rule sheet_rule(const struct rule_set *rules)
{
	return (struct key_rule){
		.replaces = rule_set_holds(rules, PARAM_KEY_REPLACED),
		.for_all = rule_set_holds(rules, PARAM_VOID_FOR_ALL),
	};
}

bool sheet_apply(struct sheet *sheet, int64_t item_id, const struct key_finding *finding)
{
	for (size_t i = 0; i < sheet->count; i++) {
		if (sheet->item[i] == item_id) {
			correct(sheet, i, finding);
			return true;
		}
	}
	return false;
}

const char *sheet_points(const struct sheet *sheet)
{
	char *points = arena_alloc(sheet->arena, sheet->count + 1);
	for (size_t i = 0; i < sheet->count; i++)
		points[i] = score_point(&sheet->question[i]);
	points[sheet->count] = '\0';
	return points;
}

void sheet_hash(const struct sheet *sheet, unsigned char ret[SHEET_HASH_SIZE])
{
	crypto_generichash_state state;
	crypto_generichash_init(&state, NULL, 0, SHEET_HASH_SIZE);
	for (size_t i = 0; i < sheet->count; i++) {
		char text[48];
		(void)snprintf(text, sizeof(text), "%zu:%d;", i + 1, sheet->question[i].choice);
		crypto_generichash_update(&state, (const unsigned char *)text, strlen(text));
	}
	crypto_generichash_final(&state, ret, SHEET_HASH_SIZE);
}

bool sheet_positive(const struct sheet *sheet, const struct score *score)
{
	return rule_set_test_positive(sheet->rules, score->correct, score->act_correct);
}
