/* exam.h - what the measures of `script/bench exam` share.  Each adds to the report, and fails only
 * when it could not measure. */
#pragma once
#include "base/clock.h"
#include "bench/hall.h"
#include "bench/load.h"
#include "bench/player.h"
#include "bench/process.h"
#include "bench/report.h"

/* Targets of the issue "Speed and memory". */
#define CEILING_SHARE 0.6
enum {
	SEATS = 1000,
	SEATS_SMALL = 200,
	RATE_LEAST = 10000, /* durable answers a second */
	PACE_P99_MS = 50,
	START_SMALL_MS = 2000,
	START_MS = 5000,
	MOODLE_MS = 46000, /* 200 candidates, measured on two cores (issue 3) */
	TCEXAM_MS = 36000,
	FASTER_TIMES = 20,
	FINISH_P99_MS = 200,
	MEMORY_MIB = 64,
};
#define CURVE_MOST 1.3

/* No answer for so long while some are under way is a stall.  The issue says only "no stall";
 * people begin to wait at about a quarter of a second. */
enum { STALL_MS = 250 };

enum { NODES_MOST = 3, CONNECTIONS_RATIO = 256, QUESTIONS_LEARNT = 8 };

struct exam {
	const char *program, *dir;
	bool quick;
	struct act act; /* of the system; our own connection to the database of the server */
	struct service_key *key;
	struct process server;
	uint16_t nodes[NODES_MOST]; /* ports, if there are several */
	size_t node_count;
	struct bench_hall small, big;
	struct player *small_players, *big_players;
	struct report report;
	json_t *peaks;       /* VmHWM of the server after each measure, in MiB; of the report */
	double ceiling_rate; /* of the same POST without a write */
	int64_t busy_ticks, server_ms; /* of the machine before, of our servers so far */
	struct random {
		uint64_t state;
	} random;
};

/* From 0 to below `most`; the same sequence in every run. */
int64_t exam_random(struct exam *x, int64_t most);

/* Seconds of a measure: shorter with --quick. */
int64_t exam_length_ns(const struct exam *x, double seconds, double quick_seconds);

/* Opens the database at `where`, with the key `key` (NULL: "<key_of>.key"), and lets x->big, a hall
 * of so many, in: sealed, started, entered. */
bool exam_hall(struct exam *x, const char *where, const char *key_of, const char *key, size_t seats,
	       struct err *e) MUST_USE;

/* Another hall takes the place of x->big: whose candidates have clicked nothing yet. */
bool exam_next_hall(struct exam *x, size_t seats, struct err *e) MUST_USE;

/* How a bench ends. */
enum { EXAM_ALL_MET = 0, EXAM_FAILED = 1, EXAM_USAGE = 2, EXAM_MISSED = 3 };

/* Prints the report, or what `failed` says of bench `name`; lets the report go, and removes the
 * folder unless it failed or is to be kept.  The status of the program. */
int exam_end(struct exam *x, const char *name, const struct err *failed, bool json, bool keep);

/* Brings the forms of a sitting's hall to the start: the instant of the operator. */
bool exam_open_hall(struct exam *x, const struct bench_hall *hall, struct err *e) MUST_USE;

/* Lets everybody of a started hall in, through the use case: what measure_start() does as load. */
bool exam_enter(struct exam *x, const struct bench_hall *hall, struct err *e) MUST_USE;

/* "p50_ms", "p99_ms", "p999_ms", "max_ms", "mean_ms" of a kind. */
void exam_times(json_t *values, const char *prefix, const struct histogram *h);
double exam_ms(int64_t microseconds);

/* Reads questions 1 to `questions` of every player, so that clicks have their tokens. */
bool exam_learn(const struct exam *x, struct player *players, size_t count, int questions,
		struct err *e) MUST_USE;

/* Durable answers in a closed loop.  `most` clicks in all, 0: as many as fit into the time. */
bool exam_click(const struct exam *x, struct player *players, size_t connections, int questions,
		int64_t length_ns, int64_t most, struct load_figures **ret, struct err *e) MUST_USE;

/* Every seat of x->big at its pace for so long (open loop); kind 0 are the clicks.  Figures that
 * the caller frees with free(), and what the server took meanwhile. */
bool exam_pace(struct exam *x, int64_t length_ns, struct load_figures **ret, int64_t *ret_server_ms,
	       struct err *e) MUST_USE;

/* ---- the measures, in the order in which they run ------------------------------------------ */

void measure_machine(struct exam *x);
void measure_others(struct exam *x); /* at the end: what else took the processors */
bool measure_disk(struct exam *x, struct err *e) MUST_USE;    /* ceiling: SQLite alone          */
bool measure_start(struct exam *x, struct err *e) MUST_USE;   /* 200 and 1000 press Start       */
bool measure_answers(struct exam *x, struct err *e) MUST_USE; /* ceiling, durable answers       */
bool measure_pace(struct exam *x, struct err *e) MUST_USE;    /* open loop                      */
bool measure_memory(struct exam *x, struct err *e) MUST_USE;
bool measure_finish(struct exam *x, struct err *e) MUST_USE;
bool measure_last_minute(struct exam *x, struct err *e) MUST_USE;
bool measure_ledger(struct exam *x, struct err *e) MUST_USE; /* every acknowledgement is a row  */

/* Answers at 256 connections for 20 s and nothing else, for perf. */
bool measure_profile(struct exam *x, struct err *e) MUST_USE;

/* On the database file `db`, a sealed hall like x->big, with a server of its own. */
bool measure_curve(struct exam *x, const char *db, struct err *e) MUST_USE;
