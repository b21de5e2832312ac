/* scale_nation.c - a national test, simulated with the costs that were measured (scale.h). */
#include "bench/scale.h"

#include "bench/chain.h"

#include <math.h>
#include <stdio.h>

enum { PLAYED_S = 5, NODE_TURN = 64 };
static const double late_ms = 1000; /* an acknowledgement later than this is felt */

static struct chain_plan plan_of(const struct scale *s, int nodes, int turn)
{
	return (struct chain_plan){ .nodes = nodes,
				    .turn_most = turn,
				    .node_us = s->unit.node_us,
				    .turn_us = s->unit.turn_us,
				    .answer_us = s->unit.answer_us,
				    .seconds = PLAYED_S };
}

static void put(json_t *values, const char *name, const struct chain_figures *f)
{
	(void)json_object_set_new(
		values, name,
		json_pack("{s:o,s:o,s:o,s:o,s:o,s:o}", "per_second", report_real(f->rate), "p50_ms",
			  report_real(isinf(f->p50_ms) ? -1 : f->p50_ms), "p99_ms",
			  report_real(isinf(f->p99_ms) ? -1 : f->p99_ms), "lock_busy",
			  report_real(f->lock), "node_busy", report_real(f->node),
			  "answers_of_a_turn", report_real(f->turn)));
}

void measure_nation(struct scale *s)
{
	static const int turn[] = { NODE_TURN, 256, 1024 };
	json_t *values = json_object();
	const double rate = (double)NATION / NATION_PACE_S;
	const int nodes = (int)ceil(rate * s->unit.node_us / 1e6 / 0.5) + 1;
	(void)json_object_set_new(values, "answers_per_second_wanted", report_real(rate));
	(void)json_object_set_new(values, "nodes_half_busy", json_integer(nodes));
	for (size_t i = 0; i < COUNT(turn); i++) {
		struct chain_plan p =
			plan_of(s, nodes < CHAIN_NODES_MOST ? nodes : CHAIN_NODES_MOST, turn[i]);
		struct chain_figures f;
		char name[64];
		p.rate = rate;
		chain_simulate(&p, &f);
		(void)snprintf(name, sizeof(name), "turns_of_%d", turn[i]);
		put(values, name, &f);
		(void)snprintf(name, sizeof(name), "most_with_turns_of_%d", turn[i]);
		(void)json_object_set_new(values, name, report_real(chain_most(&p, late_ms)));
	}
	report_note(&s->exam.report, "200,000 candidates, simulated",
		    "An answer each 10 s of each, on as many nodes as are half busy with it; one"
		    " chain of entries, one writer at a time. -1: it falls behind. most: answers a"
		    " second with p99 below a second.",
		    values);
}
