/* scale_nodes.c - the whole stack with one, two, three nodes over one PostgreSQL (scale.h). */
#include "bench/scale.h"

#include <stdio.h>
#include <stdlib.h>

enum { ROUND_S = 8, PACE_S = 30 };

struct fleet {
	struct process node[NODES_MOST];
	size_t count;
};

static void stop_fleet(struct scale *s, struct fleet *f)
{
	for (size_t i = 0; i < f->count; i++)
		process_stop(&f->node[i], &s->exam.server_ms);
	f->count = 0;
	s->exam.node_count = 0;
}

static bool start_fleet(struct scale *s, size_t count, struct fleet *f, struct err *e)
{
	struct exam *x = &s->exam;
	for (size_t i = 0; i < count; i++) {
		char log[PROCESS_PATH];
		(void)snprintf(log, sizeof(log), "%.400s/node-%zu.log", x->dir, i);
		if (!process_start(x->program, s->url, s->key, log, &f->node[i], e))
			return false;
		f->count++;
		x->nodes[i] = f->node[i].port;
	}
	x->node_count = count;
	x->server = f->node[0];
	return true;
}

static int64_t processor_ms(const struct fleet *f)
{
	int64_t sum = 0;
	for (size_t i = 0; i < f->count; i++) {
		struct process_figures figures = { 0 };
		struct err e = { 0 };
		if (process_measure(&f->node[i], &figures, &e))
			sum += figures.processor_ms;
	}
	return sum;
}

static bool click_round(struct scale *s, const struct fleet *f, json_t *values, struct err *e)
{
	struct exam *x = &s->exam;
	struct load_figures *load = NULL;
	char name[48];
	const int64_t before = processor_ms(f);
	if (!exam_click(x, x->big_players, CONNECTIONS_RATIO, QUESTIONS_LEARNT,
			exam_length_ns(x, ROUND_S, 2), 0, &load, e))
		return false;
	const double node_us =
		(double)(processor_ms(f) - before) * 1000 / (double)(load->counted[0] + 1);
	const struct {
		const char *name;
		double value;
	} row[] = {
		{ "per_second", load_rate(load, 0) },
		{ "share_of_raw", load_rate(load, 0) / s->raw_standby },
		{ "node_us_per_answer", node_us },
		{ "refused", (double)load_refused(load) },
		{ "longest_gap_ms", (double)load->longest_gap_ns / 1e6 },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		(void)snprintf(name, sizeof(name), "nodes_%zu_%s", f->count, row[i].name);
		(void)json_object_set_new(values, name, report_real(row[i].value));
	}
	(void)snprintf(name, sizeof(name), "nodes_%zu_", f->count);
	exam_times(values, name, &load->latency[0]);
	if (f->count == 1)
		s->unit.node_us = node_us;
	free(load);
	return true;
}

/* Everybody at people's pace, over all nodes. */
static bool pace_round(struct scale *s, struct err *e)
{
	struct exam *x = &s->exam;
	struct load_figures *load = NULL;
	struct histogram *all = calloc(1, sizeof(*all));
	int64_t server_ms = 0;
	json_t *values = json_object();
	char target[64];
	if (!all)
		abort();
	const bool ok = exam_pace(x, exam_length_ns(x, PACE_S, 5), &load, &server_ms, e);
	if (ok) {
		for (int kind = 0; kind < LOAD_KINDS_MOST; kind++)
			histogram_merge(all, &load->latency[kind]);
		exam_times(values, "answer_", &load->latency[0]);
		exam_times(values, "all_", all);
		(void)json_object_set_new(values, "refused",
					  json_integer((json_int_t)load_refused(load)));
		(void)snprintf(target, sizeof(target), "p99 at most %d ms, none refused",
			       PACE_P99_MS);
		report_add(&x->report, "at people's pace, three nodes, synchronous standby",
			   "Open loop: clicks, questions and pulses of 300 seats.", values, target,
			   exam_ms(histogram_quantile(all, 0.99)) <= PACE_P99_MS &&
				   load_refused(load) == 0);
	} else {
		json_decref(values);
	}
	free(load);
	free(all);
	return ok;
}

static bool play_fleet(struct scale *s, size_t count, json_t *values, struct err *e)
{
	struct exam *x = &s->exam;
	struct fleet f = { 0 };
	bool ok = start_fleet(s, count, &f, e);
	if (ok) {
		x->big_players = players_new(&x->big, f.node[0].port);
		ok = exam_learn(x, x->big_players, x->big.count, QUESTIONS_LEARNT, e) &&
		     click_round(s, &f, values, e) && (count < NODES_MOST || pace_round(s, e));
		players_free(x->big_players, x->big.count);
	}
	stop_fleet(s, &f);
	return ok;
}

bool measure_nodes(struct scale *s, struct err *e)
{
	/* Each of the hall before has clicked a thousand times meanwhile, which nobody does: a
	 * question is read with all clicks of the attempt. */
	if (!exam_next_hall(&s->exam, SCALE_SEATS, e))
		return false;
	json_t *values = json_object();
	for (size_t count = 1; count <= NODES_MOST; count++) {
		if (!play_fleet(s, count, values, e)) {
			json_decref(values);
			return false;
		}
	}
	report_note(
		&s->exam.report, "the whole stack: one, two, three nodes, synchronous standby",
		"Durable acknowledgements at 256 connections, closed loop; nodes, both databases"
		" and the generator share the processors of this machine, so that more nodes"
		" can only show what they cost each other.",
		values);
	return true;
}
