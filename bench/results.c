#include "bench/results.h"

#include "app/bank/bank.h"
#include "bench/hall.h"
#include "exam/score.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	FORM_MOST = 200,
	SECOND_MS = 1000,
	HOUR_MS = 3600 * SECOND_MS,
	TEST_MS = 120 * 60 * SECOND_MS,
	KINDS = 40,
};

/* ---- chance ---------------------------------------------------------------------------------- */

/* SplitMix64 (Steele, Lea & Flood, OOPSLA 2014). */
static uint64_t next_number(uint64_t *seed)
{
	uint64_t z = *seed += 0x9e3779b97f4a7c15u;
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

static size_t below(uint64_t *seed, size_t n)
{
	return (size_t)(next_number(seed) % n);
}

static double uniform(uint64_t *seed)
{
	return ((double)(next_number(seed) >> 11) + 0.5) / 9007199254740992.0;
}

static double normal(uint64_t *seed)
{
	const double size = sqrt(-2 * log(uniform(seed)));
	return size * cos(2 * M_PI * uniform(seed));
}

/* ---- questions ------------------------------------------------------------------------------- */

struct question {
	int64_t id;
	const char *act;
	int options, answer;
	double hard, slope, seconds;
};

struct making {
	const struct act *act;
	const struct rule_set *rules;
	const struct bench_results_plan *plan;
	struct question *question; /* act by act of the programme */
	size_t *first;             /* of each act; one more */
	size_t count;
	uint64_t seed;
	int64_t next_event, competition, hall, operator, sitting, start_ms;
	size_t serial;
};

enum bench_item_kind bench_item_kind(int64_t item)
{
	switch (item % KINDS) {
	case 7: return BENCH_ITEM_HARD_IN_KAZAKH;
	case 13: return BENCH_ITEM_BAD_KEY;
	case 21: return BENCH_ITEM_DEAD_OPTION;
	case 29: return BENCH_ITEM_BLUNT;
	default: return BENCH_ITEM_FINE;
	}
}

/* Columns: id, options, answer. */
static bool take_question(void *user, const struct db_value *column, size_t count, struct err *e)
{
	struct making *m = user;
	struct question *q = &m->question[m->count++];
	uint64_t own = (uint64_t)column[0].number * 7919 + m->plan->seed;
	(void)count;
	(void)e;
	q->id = column[0].number;
	q->options = (int)column[1].number;
	q->answer = (int)column[2].number;
	q->hard = normal(&own) - 0.6;
	q->slope = 0.7 * exp(0.3 * normal(&own));
	q->seconds = 25 * exp(0.4 * normal(&own));
	return true;
}

static bool read_questions(struct making *m, struct err *e)
{
	int64_t all = 0;
	if (!db_number(m->act->db, e, &all, "SELECT COUNT(*) FROM item WHERE " ITEM_IN_USE))
		return false;
	m->question = arena_array(m->act->arena, (size_t)all + 1, sizeof(*m->question));
	m->first = arena_array(m->act->arena, m->rules->act_count + 1, sizeof(*m->first));
	for (size_t i = 0; i < m->rules->act_count; i++) {
		m->first[i] = m->count;
		if (!db_each(m->act->db, e, take_question, m,
			     "SELECT id, options, answer FROM item WHERE act = $1 AND " ITEM_IN_USE
			     " ORDER BY id",
			     db_text(m->rules->acts[i].code)))
			return false;
		for (size_t k = m->first[i]; k < m->count; k++)
			m->question[k].act = m->rules->acts[i].code;
		if (m->count - m->first[i] < (size_t)m->rules->acts[i].questions)
			return err_set(e, ERR_CONFLICT, "exam.bank.shortage",
				       "an act is short of questions");
	}
	m->first[m->rules->act_count] = m->count;
	return true;
}

/* ---- a candidate ----------------------------------------------------------------------------- */

struct answer {
	const struct question *question;
	unsigned char shown[ITEM_OPTIONS_MOST];
	int option; /* position in the item, NO_CHOICE */
	int first;  /* chosen before it was changed, or NO_CHOICE */
	int64_t at_ms;
};

struct player {
	int64_t attempt;
	bool kazakh;
	size_t count;
	struct answer answer[FORM_MOST];
};

static void shuffle_options(struct making *m, struct answer *a)
{
	for (int i = 0; i < a->question->options; i++)
		a->shown[i] = (unsigned char)i;
	for (int i = 0; i < a->question->options; i++) {
		const size_t k = (size_t)i + below(&m->seed, (size_t)(a->question->options - i));
		const unsigned char moved = a->shown[k];
		a->shown[k] = a->shown[i];
		a->shown[i] = moved;
	}
}

/* As the draw has it: from each act what the programme wants, then shuffled. */
static void draw(struct making *m, struct player *c)
{
	for (size_t act = 0; act < m->rules->act_count; act++) {
		struct question *pool = &m->question[m->first[act]];
		const size_t size = m->first[act + 1] - m->first[act];
		for (size_t i = 0; i < (size_t)m->rules->acts[act].questions; i++) {
			const size_t k = i + below(&m->seed, size - i);
			const struct question moved = pool[k];
			pool[k] = pool[i];
			pool[i] = moved;
			/* by its number: the pool goes on moving */
			c->answer[c->count++].option = (int)moved.id;
		}
	}
	for (size_t i = 0; i < c->count; i++) {
		const size_t k = i + below(&m->seed, c->count - i);
		const int moved = c->answer[k].option;
		c->answer[k].option = c->answer[i].option;
		c->answer[i].option = moved;
	}
}

static int wrong_option(struct making *m, const struct question *q, bool dead)
{
	/* the first ones look better than the last ones */
	for (;;) {
		const size_t step = 1 + below(&m->seed, (size_t)q->options - 1);
		const int option = (q->answer + (int)step) % q->options;
		if (dead && (int)step == q->options - 1 && q->options > 2)
			continue;
		if (uniform(&m->seed) < 1.0 / (double)step)
			return option;
	}
}

static int choose(struct making *m, const struct question *q, double able, bool kazakh)
{
	const enum bench_item_kind kind =
		m->plan->strange_items ? bench_item_kind(q->id) : BENCH_ITEM_FINE;
	const double hard = q->hard + (kind == BENCH_ITEM_HARD_IN_KAZAKH && kazakh ? 1.5 : 0);
	const double slope = kind == BENCH_ITEM_BLUNT ? 0.05 : q->slope;
	const double guess = 1.0 / q->options;
	const double p = guess + (1 - guess) / (1 + exp(-1.7 * slope * (able - hard)));
	const bool knows = uniform(&m->seed) < p;
	if (kind == BENCH_ITEM_BAD_KEY) /* the strong ones agree on another option */
		return knows ? (q->answer + 1) % q->options
			     : (int)below(&m->seed, (size_t)q->options);
	return knows ? q->answer : wrong_option(m, q, kind == BENCH_ITEM_DEAD_OPTION);
}

static void answer_all(struct making *m, struct player *c, const struct question *const *by_id)
{
	const double able = normal(&m->seed) + 0.35;
	const double pace = exp(0.2 * normal(&m->seed));
	double spent[FORM_MOST];
	double sum = 0;
	for (size_t i = 0; i < c->count; i++) {
		struct answer *a = &c->answer[i];
		a->question = by_id[a->option];
		shuffle_options(m, a);
		a->option = choose(m, a->question, able, c->kazakh);
		a->first = NO_CHOICE;
		if (uniform(&m->seed) < 0.05)
			a->first = (int)below(&m->seed, (size_t)a->question->options);
		if (uniform(&m->seed) < 0.01)
			a->option = NO_CHOICE;
		spent[i] = a->question->seconds * pace * exp(0.35 * normal(&m->seed));
		sum += spent[i];
	}
	const double most = TEST_MS * 0.97 / SECOND_MS;
	double at = 0;
	for (size_t i = 0; i < c->count; i++) {
		at += sum > most ? spent[i] * most / sum : spent[i];
		c->answer[i].at_ms = m->start_ms + (int64_t)(at * SECOND_MS);
	}
}

/* ---- those who do otherwise ------------------------------------------------------------------ */

static void copy_from(struct making *m, const struct player *from, struct player *to)
{
	for (size_t i = 0; i < to->count; i++) {
		for (size_t k = 0; k < from->count; k++) {
			if (to->answer[i].question != from->answer[k].question)
				continue;
			to->answer[i].option = from->answer[k].option;
			to->answer[i].first = NO_CHOICE;
			to->answer[i].at_ms = from->answer[k].at_ms + (int64_t)3 * SECOND_MS +
					      (int64_t)below(&m->seed, (size_t)5 * SECOND_MS);
		}
	}
}

/* From a place of the form on a second each: as it comes, or as it is right. */
static void hurry(struct making *m, struct player *c, size_t from, size_t to, bool knows)
{
	int64_t at = from > 0 ? c->answer[from - 1].at_ms : m->start_ms;
	const int64_t saved = c->answer[to - 1].at_ms - at;
	for (size_t i = from; i < to; i++) {
		struct answer *a = &c->answer[i];
		at += SECOND_MS + (int64_t)below(&m->seed, SECOND_MS);
		a->at_ms = at;
		a->first = NO_CHOICE;
		a->option = knows ? a->question->answer
				  : (int)below(&m->seed, (size_t)a->question->options);
	}
	for (size_t i = to; i < c->count; i++)
		c->answer[i].at_ms -=
			saved - (at - (from > 0 ? c->answer[from - 1].at_ms : m->start_ms));
}

static void add_signs(struct making *m, struct player *list)
{
	const size_t third = list[0].count / 3;
	assert(m->plan->seats >= BENCH_KNOWER);
	copy_from(m, &list[BENCH_FROM - 1], &list[BENCH_COPIER - 1]);
	hurry(m, &list[BENCH_GUESSER - 1], 2 * third, list[0].count, false);
	hurry(m, &list[BENCH_KNOWER - 1], third, 2 * third, true);
}

/* ---- rows ------------------------------------------------------------------------------------ */

static bool open_sitting(struct making *m, int number, struct err *e)
{
	m->start_ms = m->act->now_ms - (int64_t)(m->plan->sittings - number) * DAY_MS;
	return db_number(m->act->db, e, &m->sitting,
			 "INSERT INTO sitting (competition_id, hall_id, planned_ms, state,"
			 " forms_most, binding, recording, minutes, opened_by, opened_ms, round,"
			 " commitment, started_by, started_ms, closed_ms) VALUES ($1, $2, $3,"
			 " 'closed', 0, 'none', 'confirmed', 120, $4, $3, 1, $5, $4, $3, $6)"
			 " RETURNING id",
			 db_int(m->competition), db_int(m->hall), db_int(m->start_ms),
			 db_int(m->operator), db_blob("no commitment, but as long as one", 32),
			 db_int(m->start_ms + TEST_MS));
}

static bool seat_candidate(struct making *m, const struct act *act, int seat, struct player *c,
			   struct err *e)
{
	int64_t person = 0;
	int64_t application = 0;
	const char *language = c->kazakh ? "kk" : "ru";
	return bench_person(act, &m->serial, &person, e) &&
	       db_number(act->db, e, &application,
			 "INSERT INTO application (competition_id, person_id, state, organ,"
			 " place_kind, position, phone, education, education_note, test_language,"
			 " created_ms, changed_ms, sent_ms) VALUES ($1, $2, 'sent', 'pgo',"
			 " 'central', 'прокурор', '', 'higher-law', '', $3, $4, $4, $4)"
			 " RETURNING id",
			 db_int(m->competition), db_int(person), db_text(language),
			 db_int(m->start_ms)) &&
	       db_exec(act->db, e, NULL,
		       "INSERT INTO qualification_decision (application_id, outcome, reason,"
		       " by_id, at_ms) VALUES ($1, 'met', '', $2, $3)",
		       db_int(application), db_int(m->operator), db_int(m->start_ms)) &&
	       db_number(act->db, e, &c->attempt,
			 "INSERT INTO attempt (sitting_id, application_id, code, language,"
			 " document_seen, seat, admitted_by, admitted_ms, token_key, pen,"
			 " form_opened_ms, started_ms, ends_ms, extra_ms, entered_ms, finished_ms,"
			 " finish, void) VALUES ($1, $2, $3, $4, 'id_card', $5, $6, $7, $8, '',"
			 " $7, $7, $9, 0, $7, $9, 'candidate', 0) RETURNING id",
			 db_int(m->sitting), db_int(application),
			 db_text(arena_print(act->arena, "%lld-%03d", (long long)m->sitting, seat)),
			 db_text(language), db_text(arena_print(act->arena, "%d", seat)),
			 db_int(m->operator), db_int(m->start_ms),
			 db_blob("no key, but as long as one is...", 32),
			 db_int(m->start_ms + TEST_MS));
}

static bool add_form(const struct act *act, const struct player *c, struct err *e)
{
	for (size_t i = 0; i < c->count; i++) {
		const struct answer *a = &c->answer[i];
		char shown[ITEM_OPTIONS_MOST + 1] = { 0 };
		for (int o = 0; o < a->question->options; o++)
			shown[o] = (char)('0' + a->shown[o]);
		if (!db_exec(act->db, e, NULL,
			     "INSERT INTO form_question (attempt_id, number, item_id, act, shown)"
			     " VALUES ($1, $2, $3, $4, $5)",
			     db_int(c->attempt), db_int((int64_t)i + 1), db_int(a->question->id),
			     db_text(a->question->act), db_text(shown)))
			return false;
	}
	return true;
}

static bool add_act_results(const struct making *m, const struct act *act, const struct player *c,
			    struct err *e)
{
	for (size_t i = 0; i < m->rules->act_count; i++) {
		const char *code = m->rules->acts[i].code;
		int right = 0;
		for (size_t k = 0; k < c->count; k++)
			right += c->answer[k].question->act == code &&
				 c->answer[k].option == c->answer[k].question->answer;
		if (!db_exec(act->db, e, NULL,
			     "INSERT INTO result_act (attempt_id, act, correct, asked)"
			     " VALUES ($1, $2, $3, $4)",
			     db_int(c->attempt), db_text(code), db_int(right),
			     db_int(m->rules->acts[i].questions)))
			return false;
	}
	return true;
}

static bool add_result(const struct making *m, const struct act *act, const struct player *c,
		       struct err *e)
{
	char points[FORM_MOST + 1] = { 0 };
	int64_t right = 0;
	const int64_t mark = rule_set_value(m->rules, PARAM_PASS_MARK);
	for (size_t i = 0; i < c->count; i++) {
		const struct answer *a = &c->answer[i];
		points[i] = '0';
		if (a->option == NO_CHOICE)
			points[i] = '-';
		else if (a->option == a->question->answer)
			points[i] = '1';
		right += points[i] == '1';
	}
	return db_exec(act->db, e, NULL,
		       "INSERT INTO result (attempt_id, correct, asked, pass_mark, positive,"
		       " points, answers_hash, fixed_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
		       db_int(c->attempt), db_int(right), db_int((int64_t)c->count), db_int(mark),
		       db_int(right >= mark), db_text(points),
		       db_blob("no hash, but as long as one is..", 32),
		       db_int(m->start_ms + TEST_MS)) &&
	       add_act_results(m, act, c, e);
}

/* ---- events of a hall, as they come ---------------------------------------------------------- */

struct event {
	int64_t at_ms;
	int seat, number, choice; /* the choice among the options as shown; -1: taken back */
};

static int by_moment(const void *a, const void *b)
{
	const struct event *x = a;
	const struct event *y = b;
	if (x->at_ms != y->at_ms)
		return x->at_ms < y->at_ms ? -1 : 1;
	return x->seat != y->seat ? x->seat - y->seat : x->number - y->number;
}

static int place_of(const struct answer *a, int option)
{
	int place = 0;
	while (a->shown[place] != option)
		place++;
	return place;
}

static size_t list_events(const struct player *list, int seats, struct event *ret)
{
	size_t count = 0;
	for (int seat = 0; seat < seats; seat++) {
		for (size_t i = 0; i < list[seat].count; i++) {
			const struct answer *a = &list[seat].answer[i];
			const int number = (int)i + 1;
			if (a->first != NO_CHOICE)
				ret[count++] = (struct event){ a->at_ms - 500, seat, number,
							       place_of(a, a->first) };
			if (a->option != NO_CHOICE)
				ret[count++] = (struct event){ a->at_ms, seat, number,
							       place_of(a, a->option) };
			else if (a->first != NO_CHOICE)
				ret[count++] = (struct event){ a->at_ms, seat, number, -1 };
		}
	}
	qsort(ret, count, sizeof(*ret), by_moment);
	return count;
}

static bool add_events(struct making *m, const struct act *act, const struct player *list,
		       struct err *e)
{
	const int seats = m->plan->seats;
	struct event *event =
		arena_array(act->arena, (size_t)seats * FORM_MOST * 2, sizeof(*event));
	int64_t *newest = arena_array(act->arena, (size_t)seats, sizeof(*newest));
	const size_t count = list_events(list, seats, event);
	for (size_t i = 0; i < count; i++) {
		const struct event *v = &event[i];
		char key[40];
		(void)snprintf(key, sizeof(key), "%016llx-bench", (long long)m->next_event);
		if (!db_exec(act->db, e, NULL,
			     "INSERT INTO answer_event (id, attempt_id, number, choice, accepted,"
			     " refusal, client_key, at_ms, previous_id)"
			     " VALUES ($1, $2, $3, $4, 1, '', $5, $6, $7)",
			     db_int(m->next_event), db_int(list[v->seat].attempt),
			     db_int(v->number), v->choice < 0 ? db_null() : db_int(v->choice),
			     db_text(key), db_int(v->at_ms),
			     newest[v->seat] ? db_int(newest[v->seat]) : db_null()))
			return false;
		newest[v->seat] = m->next_event++;
	}
	for (int seat = 0; seat < seats; seat++) {
		if (newest[seat] &&
		    !db_exec(act->db, e, NULL,
			     "INSERT INTO answer_newest (attempt_id, event_id, counted_id)"
			     " VALUES ($1, $2, $2)",
			     db_int(list[seat].attempt), db_int(newest[seat])))
			return false;
	}
	return true;
}

/* ---- a sitting ------------------------------------------------------------------------------- */

/* Where each question is, by its number: their order in the pools changes with each draw. */
static const struct question **questions_by_id(const struct making *m, struct arena *a)
{
	int64_t most = 0;
	for (size_t i = 0; i < m->count; i++)
		most = m->question[i].id > most ? m->question[i].id : most;
	const struct question **by_id = arena_array(a, (size_t)most + 1, sizeof(const void *));
	struct question *copy = arena_array(a, m->count + 1, sizeof(*copy));
	memcpy(copy, m->question, m->count * sizeof(*copy));
	for (size_t i = 0; i < m->count; i++)
		by_id[copy[i].id] = &copy[i];
	return by_id;
}

static bool add_sitting(struct making *m, int number, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	CLEANUP(arena_cleanup) struct arena *arena = arena_new();
	struct act act = *m->act;
	act.arena = arena;
	const struct question **by_id = questions_by_id(m, arena);
	struct player *list = arena_array(arena, (size_t)m->plan->seats, sizeof(*list));
	if (!db_begin(act.db, &tx, e) || !open_sitting(m, number, e))
		return false;
	for (int i = 0; i < m->plan->seats; i++) {
		list[i].kazakh = i % 2 == 0;
		draw(m, &list[i]);
		answer_all(m, &list[i], by_id);
		if (!seat_candidate(m, &act, i + 1, &list[i], e))
			return false;
	}
	if (m->plan->signs && number == m->plan->sittings - 1)
		add_signs(m, list);
	for (int i = 0; i < m->plan->seats; i++) {
		if (!add_form(&act, &list[i], e) || !add_result(m, &act, &list[i], e))
			return false;
	}
	return add_events(m, &act, list, e) && db_commit(&tx, e);
}

static bool prepare(struct making *m, struct err *e)
{
	int64_t people = 0;
	const struct law_file *law = law_book_rule_set_on(m->act->book, act_today(m->act));
	if (!law)
		return err_set(e, ERR_CONFLICT, "bank.error.rules", "no rule set is in force");
	m->rules = law->rule_set;
	assert(rule_set_questions(m->rules) <= FORM_MOST);
	if (!read_questions(m, e) ||
	    !db_number(m->act->db, e, &m->next_event,
		       "SELECT COALESCE(MAX(id), 0) + 1 FROM answer_event") ||
	    !db_number(m->act->db, e, &people, "SELECT COUNT(*) FROM person") ||
	    !db_number(m->act->db, e, &m->competition, "SELECT MIN(id) FROM competition") ||
	    !db_number(m->act->db, e, &m->operator,
		       "SELECT MIN(person_id) FROM role_grant WHERE role = 'operator'") ||
	    !bench_hall_add(m->act, m->plan->seats, &m->hall, e))
		return false;
	m->serial = (size_t)people * 2;
	return true;
}

bool bench_results(const struct act *act, const struct bench_results_plan *plan, int64_t *ret_last,
		   struct err *e)
{
	struct making m = { .act = act, .plan = plan, .seed = plan->seed };
	if (!prepare(&m, e))
		return false;
	for (int i = 0; i < plan->sittings; i++) {
		if (!add_sitting(&m, i, e))
			return false;
		if (plan->sittings > 20)
			(void)fprintf(stderr, "bench: %d of %d sittings\r", i + 1, plan->sittings);
	}
	*ret_last = m.sitting;
	return true;
}
