#include "bench/chain.h"

#include "bench/histogram.h"

#include <math.h>
#include <stdlib.h>

enum { QUEUE_MOST = 1 << 16 };

enum state { IDLE, READING, WAITING, WRITING };

struct node {
	enum state state;
	double until_us; /* the end of what it does; of WAITING: since when */
	double busy_us;
	int taken; /* answers of the turn under way: the first of the queue */
	int head, count;
	double arrived_us[QUEUE_MOST]; /* a ring */
};

struct run {
	const struct chain_plan *plan;
	struct node *node;
	struct histogram *latency;
	uint64_t random;
	double now_us, arrival_us, lock_us;
	int holder; /* -1: nobody */
	int64_t done, turns;
	bool full; /* a queue overflowed: more arrives than can be done */
};

/* xorshift64*, above 0 and at most 1. */
static double draw(struct run *r)
{
	uint64_t s = r->random;
	s ^= s >> 12;
	s ^= s << 25;
	s ^= s >> 27;
	r->random = s;
	return ((double)(s * 0x2545f4914f6cdd1dULL >> 11) + 1) / 9007199254740992.0;
}

static void begin_turn(struct run *r, struct node *n)
{
	const struct chain_plan *p = r->plan;
	n->taken = n->count < p->turn_most ? n->count : p->turn_most;
	if (n->taken == 0) {
		n->state = IDLE;
		return;
	}
	n->state = READING;
	n->until_us = r->now_us + n->taken * p->node_us;
	n->busy_us += n->taken * p->node_us;
}

static void arrive(struct run *r)
{
	struct node *n = &r->node[(int)(draw(r) * r->plan->nodes) % r->plan->nodes];
	r->arrival_us = r->now_us - log(draw(r)) * 1e6 / r->plan->rate;
	if (n->count == QUEUE_MOST) {
		r->full = true;
		return;
	}
	n->arrived_us[(n->head + n->count++) % QUEUE_MOST] = r->now_us;
	if (n->state == IDLE)
		begin_turn(r, n);
}

/* Whoever waits longest has the lock next. */
static void give_lock(struct run *r)
{
	const struct chain_plan *p = r->plan;
	int next = -1;
	for (int i = 0; r->holder < 0 && i < p->nodes; i++) {
		const struct node *n = &r->node[i];
		if (n->state == WAITING && (next < 0 || n->until_us < r->node[next].until_us))
			next = i;
	}
	if (next < 0)
		return;
	struct node *n = &r->node[next];
	const double hold_us = p->turn_us + n->taken * p->answer_us;
	r->holder = next;
	r->lock_us += hold_us;
	n->state = WRITING;
	n->until_us = r->now_us + hold_us;
	n->busy_us += n->taken * p->answer_us;
}

static void end_turn(struct run *r, struct node *n)
{
	for (int i = 0; i < n->taken; i++) {
		histogram_add(r->latency, (int64_t)(r->now_us - n->arrived_us[n->head]));
		n->head = (n->head + 1) % QUEUE_MOST;
	}
	n->count -= n->taken;
	r->done += n->taken;
	r->turns++;
	r->holder = -1;
	begin_turn(r, n);
}

/* The next thing that happens; nodes that wait for the lock wait for another. */
static void step(struct run *r)
{
	struct node *next = NULL;
	for (int i = 0; i < r->plan->nodes; i++) {
		struct node *n = &r->node[i];
		if ((n->state == READING || n->state == WRITING) &&
		    (!next || n->until_us < next->until_us))
			next = n;
	}
	if (!next || r->arrival_us <= next->until_us) {
		r->now_us = r->arrival_us;
		arrive(r);
	} else if (next->state == READING) {
		r->now_us = next->until_us;
		next->state = WAITING;
	} else {
		r->now_us = next->until_us;
		end_turn(r, next);
	}
	give_lock(r);
}

void chain_simulate(const struct chain_plan *plan, struct chain_figures *ret)
{
	struct run r = { .plan = plan,
			 .node = calloc((size_t)plan->nodes, sizeof(struct node)),
			 .latency = calloc(1, sizeof(struct histogram)),
			 .random = 0x9e3779b97f4a7c15ULL,
			 .holder = -1 };
	if (!r.node || !r.latency)
		abort();
	double busy_us = 0;
	while (r.now_us < plan->seconds * 1e6 && !r.full)
		step(&r);
	for (int i = 0; i < plan->nodes; i++)
		busy_us += r.node[i].busy_us;
	*ret = (struct chain_figures){
		.rate = (double)r.done * 1e6 / r.now_us,
		.p50_ms = r.full ? INFINITY : (double)histogram_quantile(r.latency, 0.5) / 1000,
		.p99_ms = r.full ? INFINITY : (double)histogram_quantile(r.latency, 0.99) / 1000,
		.lock = r.lock_us / r.now_us,
		.node = busy_us / r.now_us / plan->nodes,
		.turn = r.turns > 0 ? (double)r.done / (double)r.turns : 0,
	};
	free(r.node);
	free(r.latency);
}

double chain_most(const struct chain_plan *plan, double most_ms)
{
	/* without any wait a lock does no more than this */
	const double full =
		plan->turn_most * 1e6 / (plan->turn_us + plan->turn_most * plan->answer_us);
	double fine = 0;
	double bad = full;
	while (bad - fine > full / 100) {
		struct chain_plan p = *plan;
		struct chain_figures f;
		p.rate = (fine + bad) / 2;
		chain_simulate(&p, &f);
		if (f.p99_ms <= most_ms)
			fine = p.rate;
		else
			bad = p.rate;
	}
	return fine;
}
