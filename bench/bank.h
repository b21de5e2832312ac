/* bank.h - the measures of the question bank (docs/bench.md). */
#pragma once
#include "bench/report.h"

#include "app/act.h"

/* A database with today's law. */
struct bench_base {
	struct db *db;
	struct arena *arena;
	struct law_book *book;
	struct service_key *key;
	const char *key_file; /* NULL: beside the database */
	struct act act;       /* of the system */
};

bool bench_open(struct bench_base *b, const char *file, struct err *e) MUST_USE;
void bench_close(struct bench_base *b); /* for CLEANUP() */

/* Each makes its databases below `dir` and takes them away again; `keep` leaves those of the
 * figures. */
bool bench_exchange(const char *dir, bool quick, struct report *r, struct err *e) MUST_USE;
bool bench_hold(const char *dir, struct report *r, struct err *e) MUST_USE;
bool bench_figures(const char *dir, bool quick, bool keep, struct report *r,
		   struct err *e) MUST_USE;
