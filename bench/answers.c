/* answers.c - durable answers against the same answers without a write (issue 3). */
#include "bench/exam.h"

#include <stdio.h>
#include <stdlib.h>

enum { ROUNDS = 3 };

/* ---- the ceilings --------------------------------------------------------------------------- */

/* The newest click of each player, sent again and again: session, rights, form token, state of the
 * attempt and the key's look-up are done, and nothing is written. */
static void make_same(void *user, size_t client, struct load_request *ret)
{
	const struct player *players = user;
	*ret = (struct load_request){ 0, players[client].bytes, players[client].size };
}

static bool took_same(void *user, size_t client, unsigned kind, const struct reply *reply)
{
	struct player *players = user;
	(void)kind;
	return player_took_click(&players[client], reply);
}

static void make_health(void *user, size_t client, struct load_request *ret)
{
	struct player *players = user;
	player_health(&players[client]);
	make_same(user, client, ret);
}

static bool took_health(void *user, size_t client, unsigned kind, const struct reply *reply)
{
	(void)user;
	(void)client;
	(void)kind;
	return player_took_json(reply);
}

struct ceiling {
	double rate;
	double server_us; /* processor time of the server for one */
};

static bool run_ceiling(struct exam *x, struct load_script script, int64_t length_ns,
			struct ceiling *ret, struct err *e)
{
	struct load_figures *f = NULL;
	struct process_figures before = { 0 };
	struct process_figures after = { 0 };
	script.user = x->big_players;
	const struct load_plan plan = { .port = x->server.port,
					.clients = CONNECTIONS_RATIO,
					.length_ns = length_ns,
					.script = script };
	if (!process_measure(&x->server, &before, e) || !load_run(&plan, &f, e))
		return false;
	const int64_t refused = load_refused(f);
	*ret = (struct ceiling){ load_rate(f, 0), 0 };
	const bool measured = process_measure(&x->server, &after, e);
	if (measured && f->counted[0] > 0)
		ret->server_us = (double)(after.processor_ms - before.processor_ms) * 1000 /
				 (double)f->counted[0];
	free(f);
	if (!measured)
		return false;
	return refused == 0 ||
	       err_set(e, ERR_SYSTEM, "error.system", "the ceiling was refused something");
}

static bool same_click_rate(struct exam *x, struct ceiling *ret, struct err *e)
{
	const struct load_script script = { NULL, make_same, took_same, NULL };
	return run_ceiling(x, script, exam_length_ns(x, 4, 1.5), ret, e);
}

static bool health_rate(struct exam *x, struct ceiling *ret, struct err *e)
{
	const struct load_script script = { NULL, make_health, took_health, NULL };
	return run_ceiling(x, script, exam_length_ns(x, 3, 1), ret, e);
}

/* ---- durable answers ------------------------------------------------------------------------ */

static bool count_events(struct exam *x, int64_t *ret, struct err *e)
{
	return db_number(x->act.db, e, ret, "SELECT COUNT(*) FROM answer_event");
}

static json_t *figures_json(const struct load_figures *f, int64_t processor_ms)
{
	json_t *values = json_object();
	const double seconds = (double)(f->last_ns - f->began_ns) / 1e9;
	(void)json_object_set_new(values, "answers", json_integer((json_int_t)f->counted[0]));
	(void)json_object_set_new(values, "per_second", report_real(load_rate(f, 0)));
	exam_times(values, "", &f->latency[0]);
	(void)json_object_set_new(values, "longest_gap_ms",
				  report_real((double)f->longest_gap_ns / 1e6));
	(void)json_object_set_new(values, "refused", json_integer((json_int_t)load_refused(f)));
	if (f->counted[0] > 0 && seconds > 0) {
		(void)json_object_set_new(
			values, "server_us_per_answer",
			report_real((double)processor_ms * 1000 / (double)f->counted[0]));
		(void)json_object_set_new(
			values, "generator_us_per_answer",
			report_real((double)f->processor_ns / 1000 / (double)f->counted[0]));
	}
	return values;
}

/* Clicks for a while; the processor time of the server goes to `ret_ms`. */
static bool click_for_a_while(struct exam *x, size_t connections, double seconds,
			      struct load_figures **ret, int64_t *ret_ms, struct err *e)
{
	struct process_figures before = { 0 };
	struct process_figures after = { 0 };
	struct load_figures *f = NULL;
	if (!process_measure(&x->server, &before, e) ||
	    !exam_click(x, x->big_players, connections, QUESTIONS_LEARNT,
			exam_length_ns(x, seconds, 1.5), 0, &f, e))
		return false;
	if (!process_measure(&x->server, &after, e)) {
		free(f);
		return false;
	}
	*ret_ms = after.processor_ms - before.processor_ms;
	*ret = f;
	return true;
}

static bool no_stall(const struct load_figures *f)
{
	return f->longest_gap_ns < (int64_t)STALL_MS * 1000000 && load_refused(f) == 0;
}

static bool measure_at(struct exam *x, size_t connections, double seconds, struct err *e)
{
	struct load_figures *f = NULL;
	int64_t server_ms = 0;
	char name[48];
	char target[128];
	if (!click_for_a_while(x, connections, seconds, &f, &server_ms, e))
		return false;
	(void)snprintf(name, sizeof(name), "answers at %zu connections", connections);
	(void)snprintf(target, sizeof(target),
		       "at least %d a second, no %d ms without an answer, none refused", RATE_LEAST,
		       STALL_MS);
	report_add(
		&x->report, name, "Durable acknowledgements through the whole stack, closed loop.",
		figures_json(f, server_ms), target, load_rate(f, 0) >= RATE_LEAST && no_stall(f));
	free(f);
	return true;
}

/* ---- the ratio ------------------------------------------------------------------------------ */

struct round {
	struct ceiling ceiling;
	double durable, server_us;
};

static double share_of(const struct round *r)
{
	return r->ceiling.rate > 0 ? r->durable / r->ceiling.rate : 0;
}

static int by_share(const void *a, const void *b)
{
	const double left = share_of(a);
	const double right = share_of(b);
	return (left > right) - (left < right);
}

/* Answers, and the ceiling right after them, some times over: a virtual machine is now fast, now
 * slow, and the middle round is neither. */
static bool play_rounds(struct exam *x, struct round *rounds, size_t count, struct err *e)
{
	for (size_t i = 0; i < count; i++) {
		struct load_figures *f = NULL;
		int64_t server_ms = 0;
		if (!click_for_a_while(x, CONNECTIONS_RATIO, 4, &f, &server_ms, e))
			return false;
		rounds[i].durable = load_rate(f, 0);
		rounds[i].server_us = (double)server_ms * 1000 / (double)(f->counted[0] + 1);
		free(f);
		if (!same_click_rate(x, &rounds[i].ceiling, e))
			return false;
	}
	qsort(rounds, count, sizeof(*rounds), by_share);
	return true;
}

static void report_ratio(struct exam *x, const struct round *rounds, size_t count)
{
	const struct round *middle = &rounds[count / 2];
	char target[96];
	json_t *values = json_object();
	(void)snprintf(target, sizeof(target), "at least %.1f of the ceiling, %d a second",
		       CEILING_SHARE, RATE_LEAST);
	(void)json_object_set_new(values, "durable_per_second", report_real(middle->durable));
	(void)json_object_set_new(values, "ceiling_per_second", report_real(middle->ceiling.rate));
	(void)json_object_set_new(values, "share", report_real(share_of(middle)));
	(void)json_object_set_new(values, "worst_share", report_real(share_of(rounds)));
	(void)json_object_set_new(values, "best_share", report_real(share_of(&rounds[count - 1])));
	(void)json_object_set_new(values, "rounds", json_integer((json_int_t)count));
	(void)json_object_set_new(values, "durable_server_us", report_real(middle->server_us));
	(void)json_object_set_new(values, "ceiling_server_us",
				  report_real(middle->ceiling.server_us));
	report_add(&x->report, "share of the ceiling at 256 connections",
		   "Durable answers against the same POST that writes nothing; the middle round.",
		   values, target,
		   share_of(middle) >= CEILING_SHARE && middle->durable >= RATE_LEAST);
}

static bool measure_ratio(struct exam *x, struct err *e)
{
	struct round rounds[ROUNDS] = { 0 };
	const size_t count = x->quick ? 1 : ROUNDS;
	struct ceiling health = { 0 };
	struct ceiling again = { 0 };
	int64_t before = 0;
	int64_t after = 0;
	if (!play_rounds(x, rounds, count, e) || !count_events(x, &before, e) ||
	    !same_click_rate(x, &again, e) || !count_events(x, &after, e) ||
	    !health_rate(x, &health, e))
		return false;
	if (before != after)
		return err_set(e, ERR_SYSTEM, "error.system", "the ceiling has written something");
	report_put(&x->report, "ceilings", "same_post_without_a_write_per_second",
		   report_real(rounds[count / 2].ceiling.rate));
	report_put(&x->report, "ceilings", "healthz_per_second", report_real(health.rate));
	report_ratio(x, rounds, count);
	return true;
}

bool measure_answers(struct exam *x, struct err *e)
{
	static const size_t connections[] = { 64, 128, 256, 1000 };
	if (!exam_learn(x, x->big_players, x->big.count, QUESTIONS_LEARNT, e) ||
	    !measure_ratio(x, e))
		return false;
	for (size_t i = 0; i < COUNT(connections); i++) {
		if (!measure_at(x, connections[i], 5, e))
			return false;
	}
	return true;
}

bool measure_profile(struct exam *x, struct err *e)
{
	(void)fprintf(stderr, "bench: reading questions for the tokens of their options\n");
	if (!exam_learn(x, x->big_players, CONNECTIONS_RATIO, QUESTIONS_LEARNT, e))
		return false;
	(void)fprintf(stderr, "bench: profile: the server is process %d\n", (int)x->server.pid);
	return measure_at(x, CONNECTIONS_RATIO, 20, e);
}
