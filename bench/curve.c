/* curve.c - what an answer costs when 1, 10,000, 100,000, 1,000,000 events are stored (issue 3).
 *
 * The events before each level are those of the use case, in large transactions, spread over all
 * seats and questions.  A level is measured through the whole stack in short rounds of a fixed
 * count (the first level begins with an empty table).  The best round counts: other work on the
 * machine only ever adds, while what the store itself costs, its checkpoints too, is in each. */
#include "bench/clicks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 8, ANSWERS = 1200, CONNECTIONS = 256, FILL_BATCH = 5000 };

struct curve {
	struct exam *exam;
	struct player *players;
	struct clicks clicks;
};

/* ---- filling -------------------------------------------------------------------------------- */

static bool fill_to(struct curve *c, int64_t wanted, struct err *e)
{
	int64_t stored = 0;
	if (!db_number(c->exam->act.db, e, &stored, "SELECT COUNT(*) FROM answer_event"))
		return false;
	while (stored < wanted) {
		const int64_t to = stored + FILL_BATCH < wanted ? stored + FILL_BATCH : wanted;
		if (!clicks_turn(&c->clicks, stored, to, false, e))
			return false;
		stored = to;
	}
	return true;
}

/* ---- measuring ------------------------------------------------------------------------------ */

static int by_value(const void *a, const void *b)
{
	const double x = *(const double *)a;
	const double y = *(const double *)b;
	return (x > y) - (x < y);
}

/* Microseconds an answer takes of the machine's time. */
static bool one_round(struct curve *c, size_t first, double *ret_us, struct err *e)
{
	struct load_figures *f = NULL;
	struct exam *x = c->exam;
	if (!exam_click(x, c->players + first, CONNECTIONS, QUESTIONS_LEARNT, 0, ANSWERS, &f, e))
		return false;
	const double rate = load_rate(f, 0);
	const bool whole = f->counted[0] == ANSWERS;
	free(f);
	if (!whole || rate <= 0)
		return err_set(e, ERR_SYSTEM, "error.system", "answers were refused");
	*ret_us = 1e6 / rate;
	return true;
}

struct level {
	double best_us, middle_us, server_us; /* server: its processor time */
};

static bool measure_level(struct curve *c, struct level *ret, struct err *e)
{
	double us[ROUNDS] = { 0 };
	struct process_figures before = { 0 };
	struct process_figures after = { 0 };
	const size_t groups = c->exam->big.count / CONNECTIONS;
	if (!process_measure(&c->exam->server, &before, e))
		return false;
	for (size_t i = 0; i < ROUNDS; i++) {
		if (!one_round(c, i % groups * CONNECTIONS, &us[i], e))
			return false;
	}
	if (!process_measure(&c->exam->server, &after, e))
		return false;
	qsort(us, ROUNDS, sizeof(*us), by_value);
	*ret = (struct level){ us[0], us[ROUNDS / 2],
			       (double)(after.processor_ms - before.processor_ms) * 1000 /
				       (ROUNDS * ANSWERS) };
	return true;
}

static bool take_level(struct curve *c, int64_t stored, json_t *list, struct level *ret,
		       struct err *e)
{
	int64_t found = 0;
	if (!fill_to(c, stored, e) ||
	    !db_number(c->exam->act.db, e, &found, "SELECT COUNT(*) FROM answer_event") ||
	    !measure_level(c, ret, e))
		return false;
	(void)json_array_append_new(list,
				    json_pack("{s:I,s:o,s:o,s:o}", "stored", (json_int_t)found,
					      "us_per_answer", report_real(ret->best_us),
					      "middle_round_us", report_real(ret->middle_us),
					      "server_us", report_real(ret->server_us)));
	(void)fprintf(stderr, "bench: curve: %lld stored events: %.1f us an answer\n",
		      (long long)found, ret->best_us);
	return true;
}

static bool take_levels(struct curve *c, struct err *e)
{
	static const int64_t level[] = { 0, 10000, 100000, 1000000 };
	struct exam *x = c->exam;
	const size_t count = x->quick ? 2 : COUNT(level);
	struct level measured[COUNT(level)] = { 0 };
	char target[64];
	json_t *list = json_array();
	json_t *values = json_pack("{s:o}", "levels", list);
	for (size_t i = 0; i < count; i++) {
		if (!take_level(c, level[i], list, &measured[i], e)) {
			json_decref(values);
			return false;
		}
	}
	const double ratio = measured[count - 1].best_us / measured[0].best_us;
	(void)json_object_set_new(values, "last_to_first", report_real(ratio));
	(void)snprintf(target, sizeof(target), "last to first at most %.1f", CURVE_MOST);
	report_add(&x->report, "cost of an answer by stored events",
		   "Time of an answer through the whole stack at 256 connections; the best of 8"
		   " rounds of 1200 at each level, the first level begins with none.",
		   values, target, ratio <= CURVE_MOST);
	return true;
}

/* Everybody comes in, and the server is warm before the first level. */
static bool enter(struct curve *c, struct err *e)
{
	struct exam *x = c->exam;
	return exam_enter(x, &x->big, e) && clicks_open(x, &c->clicks, e) &&
	       exam_learn(x, c->players, x->big.count, QUESTIONS_LEARNT, e);
}

static bool run(struct exam *x, struct err *e)
{
	struct curve c = { .exam = x, .players = players_new(&x->big, x->server.port) };
	const bool ok = exam_open_hall(x, &x->big, e) && enter(&c, e) && take_levels(&c, e);
	players_free(c.players, x->big.count);
	clicks_close(&c.clicks);
	return ok;
}

bool measure_curve(struct exam *x, const char *db, struct err *e)
{
	struct exam own = *x; /* a database and a server of its own, the same report */
	char log[PROCESS_PATH];
	(void)snprintf(log, sizeof(log), "%s/curve.log", x->dir);
	own.act.db = NULL;
	bool ok = db_open(db, &own.act.db, e) &&
		  process_start(x->program, db, NULL, log, &own.server, e);
	if (ok) {
		ok = run(&own, e);
		process_stop(&own.server, &x->server_ms);
	}
	db_close(own.act.db);
	return ok;
}
