/* chain.h - several nodes and one journal, simulated: where the next bottleneck is, for more
 * candidates than a machine at hand can play.
 *
 * A discrete-event simulation with the unit costs that were measured.  Answers arrive at random
 * (Poisson), each at a random node.  A node is one loop: it takes what has arrived, a turn of it at
 * most, reads and answers HTTP for as long as that takes, then waits for the writer's lock of the
 * database (db/pg.h), first come, first served, and holds it for the statements of the turn and
 * its commit. */
#pragma once
#include <stdint.h>

enum { CHAIN_NODES_MOST = 64 };

struct chain_plan {
	int nodes, turn_most;
	double rate;      /* answers a second, of all nodes together                    */
	double node_us;   /* of a node, for one answer, without the lock                */
	double turn_us;   /* with the lock, for a turn however small: begin and commit  */
	double answer_us; /* with the lock, for one answer more                         */
	double seconds;   /* that are played                                            */
};

struct chain_figures {
	double rate;           /* answers a second that were done                          */
	double p50_ms, p99_ms; /* from arrival to the commit                               */
	double lock, node;     /* shares of the time that they are busy; node: the mean    */
	double turn;           /* answers of a turn, the mean                              */
};

/* The same every time. */
void chain_simulate(const struct chain_plan *plan, struct chain_figures *ret);

/* The greatest rate at which p99 stays below `most_ms`, to 1 %. */
double chain_most(const struct chain_plan *plan, double most_ms);
