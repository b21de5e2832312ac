/* bank.c - what the question bank costs: import and export of 10,000 questions, figures of 1,000
 * and of 100,000 attempts, the screening of a hall of 200 (docs/bench.md).
 *
 *   bank --dir FOLDER [--json] [--quick] [--keep]
 *   bank --world DATABASE [--key FILE] [--sittings N] [--seats N] [--plain]
 *                        only fills the demonstration in FILE with finished sittings, some of whose
 *                        questions and candidates are strange unless --plain says not */
#include "bench/bank.h"
#include "bench/hall.h"
#include "bench/results.h"

#include "base/clock.h"
#include "rules/place.h"
#include "web/site.h"

#include <getopt.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ALL_MET = 0, FAILED = 1, USAGE = 2, MISSED = 3 };
enum { SEED = 20261129 };

struct options {
	const char *dir, *world, *key;
	int sittings, seats;
	bool json, quick, keep, plain;
};

static bool read_options(int argc, char **argv, struct options *ret)
{
	static const struct option table[] = {
		{ "dir", required_argument, NULL, 'd' },
		{ "world", required_argument, NULL, 'w' },
		{ "sittings", required_argument, NULL, 's' },
		{ "seats", required_argument, NULL, 'n' },
		{ "json", no_argument, NULL, 'j' },
		{ "quick", no_argument, NULL, 'q' },
		{ "keep", no_argument, NULL, 'k' },
		{ "plain", no_argument, NULL, 'p' },
		{ "key", required_argument, NULL, 'K' },
		{ NULL, 0, NULL, 0 },
	};
	int option = 0;
	while ((option = getopt_long(argc, argv, "", table, NULL)) != -1) {
		switch (option) {
		case 'd': ret->dir = optarg; break;
		case 'w': ret->world = optarg; break;
		case 's': ret->sittings = (int)strtol(optarg, NULL, 10); break;
		case 'n': ret->seats = (int)strtol(optarg, NULL, 10); break;
		case 'j': ret->json = true; break;
		case 'q': ret->quick = true; break;
		case 'k': ret->keep = true; break;
		case 'p': ret->plain = true; break;
		case 'K': ret->key = optarg; break;
		default: return false;
		}
	}
	return optind == argc && !ret->dir != !ret->world && ret->sittings > 0 &&
	       ret->seats >= BENCH_KNOWER;
}

static int tell(const struct err *e)
{
	(void)fprintf(stderr, "bank: %s: %s (%s)\n", err_kind_name(e->kind), e->detail, e->key);
	return FAILED;
}

bool bench_open(struct bench_base *b, const char *file, struct err *e)
{
	const struct clock clock = clock_real();
	b->arena = arena_new();
	if (!db_open(file, &b->db, e) || !db_migrate(b->db, e) ||
	    !site_built_in_law(b->arena, &b->book, e))
		return false;
	b->act = (struct act){
		.db = b->db, .arena = b->arena, .now_ms = clock_now(&clock), .book = b->book
	};
	return bench_key(&b->act, file, b->key_file, &b->key, e);
}

void bench_close(struct bench_base *b)
{
	db_close(b->db);
	arena_free(b->arena);
	service_key_close(b->key);
	*b = (struct bench_base){ 0 };
}

static int fill(const struct options *o, struct err *e)
{
	CLEANUP(bench_close) struct bench_base b = { .key_file = o->key };
	const struct bench_results_plan plan = { .sittings = o->sittings,
						 .seats = o->seats,
						 .seed = SEED,
						 .strange_items = !o->plain,
						 .signs = !o->plain };
	int64_t sitting = 0;
	bool made = false; /* by `konkurs demo`, with accounts */
	if (!bench_open(&b, o->world, e) || !db_exists(b.db, e, &made, "SELECT 1 FROM person") ||
	    (!made && !bench_world(&b.act, e)) || !bench_results(&b.act, &plan, &sitting, e))
		return tell(e);
	printf("{ \"sitting\": %lld }\n", (long long)sitting);
	return ALL_MET;
}

static int measure(const struct options *o, struct err *e)
{
	char dir[400];
	(void)snprintf(dir, sizeof(dir), "%.300s/bank-XXXXXX", o->dir);
	if (!mkdtemp(dir)) {
		(void)fprintf(stderr, "bank: no folder below %s\n", o->dir);
		return FAILED;
	}
	struct report report = report_open("bank", o->quick);
	/* first what looks at its memory: a child begins with what its parent has */
	const bool fine = bench_figures(dir, o->quick, o->keep, &report, e) &&
			  bench_hold(dir, &report, e) && bench_exchange(dir, o->quick, &report, e);
	const bool met = fine && report_met(&report);
	if (fine)
		report_print(&report, o->json);
	report_close(&report);
	if (!o->keep)
		(void)rmdir(dir);
	if (!fine)
		return tell(e);
	return met ? ALL_MET : MISSED;
}

int main(int argc, char **argv)
{
	struct options options = { .sittings = 10, .seats = 100 };
	struct err e = { 0 };
	if (!read_options(argc, argv, &options) || sodium_init() < 0) {
		(void)fprintf(stderr, "usage: bank --dir FOLDER [--json] [--quick] [--keep]\n"
				      "       bank --world DATABASE [--key FILE] [--sittings N] "
				      "[--seats N] [--plain]\n");
		return USAGE;
	}
	return options.world ? fill(&options, &e) : measure(&options, &e);
}
