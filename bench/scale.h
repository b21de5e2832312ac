/* scale.h - what the measures of `script/bench scale` share: PostgreSQL, several nodes, and what a
 * national test would need (docs/scale.md).  Each adds to the report, and fails only when it could
 * not measure. */
#pragma once
#include "bench/clicks.h"

#define RAW_SHARE_LEAST 0.6 /* of raw pipelining of the same rows: the issue */
enum {
	SCALE_SEATS = 300,
	SCALE_TURN = 64, /* as server.c has it                 */
	SCALE_TURN_LARGE = 256,
	NATION = 200000,    /* candidates at the same time        */
	NATION_PACE_S = 10, /* from one answer to the next        */
};

/* What an answer costs, taken from the measures for the simulation. */
struct unit_costs {
	double turn_us, answer_us; /* with the lock: chain.h, with a synchronous standby */
	double node_us;            /* processor time of a node for an answer, HTTP in it */
	double bytes;              /* on the disk of the database                        */
};

struct scale {
	struct exam exam;           /* act.db: our own connection to PostgreSQL             */
	const char *url, *key;      /* of the database; the key file                       */
	const char *pg;             /* folder of the private PostgreSQL (script/postgres)   */
	char standby[PROCESS_PATH]; /* folder of its standby                          */
	struct clicks clicks;
	int64_t next;            /* number of the next click */
	double raw, raw_standby; /* answers a second in turns of 64: the ceilings     */
	struct unit_costs unit;
};

/* Runs script/postgres with these words; NULL last. */
bool scale_postgres(const char *const *words, struct err *e) MUST_USE;

/* A second database server that each commit waits for from now on; and no longer. */
bool scale_standby_start(struct scale *s, struct err *e) MUST_USE;
void scale_standby_stop(struct scale *s);

/* ---- the measures ---------------------------------------------------------------------------- */

/* Raw libpq pipelining, and the use case, in turns of 64 and 256; `standby`: there is one. */
bool measure_turns(struct scale *s, bool standby, struct err *e) MUST_USE;

/* The same use case on SQLite, in a file of its own. */
bool measure_sqlite_turns(struct scale *s, struct err *e) MUST_USE;

/* Answers through the whole stack with 1, 2, 3 nodes; and at people's pace. */
bool measure_nodes(struct scale *s, struct err *e) MUST_USE;

/* Cost of an answer at 0 to 10 million stored ones. */
bool measure_growth(struct scale *s, struct err *e) MUST_USE;

/* The chain with the unit costs (chain.h): how much it bears, and a national test. */
void measure_nation(struct scale *s);

/* Turns of so many answers for so long. */
struct turn_rate {
	double rate, us; /* answers a second; microseconds of a turn, the mean */
};
bool scale_raw(struct scale *s, int turn, int64_t length_ns, struct turn_rate *ret,
	       struct err *e) MUST_USE;
bool scale_case(struct clicks *c, int64_t *next, int turn, int64_t length_ns, struct turn_rate *ret,
		struct err *e) MUST_USE;
