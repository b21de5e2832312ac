/* journal.c - what a checkpoint costs, with a journal of a million entries (F86).
 *
 *   journal --dir FOLDER [--json] [--quick] [--keep]
 *
 * The ceiling is one bare pass of SHA-256 over what the tree has to hash: as many nodes of 65 bytes
 * as there are leaves.  Processor time: what else the machine does is no part of it. */
#include "bench/report.h"

#include "app/evidence/checkpoint.h"
#include "base/clock.h"
#include "journal/log.h"
#include "journal/log_verify.h"

#include <getopt.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { ALL_MET = 0, FAILED = 1, USAGE = 2, MISSED = 3 };
enum { ENTRIES = 1000000, QUICK = 50000, AT_ONCE = 10000, LATER = 200, HALL = 120000 };

struct options {
	const char *dir;
	bool json, quick, keep;
};

struct world {
	struct act act;
	int64_t entries;
};

/* Processor time of this process. */
static double now(void)
{
	struct timespec t = { 0, 0 };
	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static bool append(const struct world *w, int64_t count, struct err *e)
{
	while (count > 0) {
		CLEANUP(db_rollback) struct db_tx tx = { 0 };
		const int64_t some = count < AT_ONCE ? count : AT_ONCE;
		if (!db_begin(w->act.db, &tx, e))
			return false;
		for (int64_t i = 0; i < some; i++) {
			if (!act_journal(&w->act, "test.answer", 1, "attempt/17",
					 json_pack("{s:I}", "number", (json_int_t)i), e))
				return false;
		}
		if (!db_commit(&tx, e))
			return false;
		count -= some;
	}
	return true;
}

/* Inside the transaction: what a use case waits for, without the commit it has anyway. */
static bool checkpoint(const struct world *w, double *ret_seconds, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	if (!db_begin(w->act.db, &tx, e))
		return false;
	const double from = now();
	if (!checkpoint_make(&w->act, CHECKPOINT_DAY, "", e))
		return false;
	*ret_seconds = now() - from;
	arena_reset(w->act.arena);
	return db_commit(&tx, e);
}

static double bare_pass(int64_t count)
{
	unsigned char both[65] = { 1 };
	unsigned char hash[crypto_hash_sha256_BYTES];
	const double from = now();
	for (int64_t i = 0; i < count; i++) {
		(void)crypto_hash_sha256(hash, both, sizeof(both));
		both[1] = hash[0]; /* so that none is left out */
	}
	return now() - from;
}

/* After each entry, as a vote or a receipt has it. */
static bool measure_each(const struct world *w, struct report *r, struct err *e)
{
	double sum = 0;
	double most = 0;
	for (int i = 0; i < LATER; i++) {
		double seconds = 0;
		if (!append(w, 1, e) || !checkpoint(w, &seconds, e))
			return false;
		sum += seconds;
		most = seconds > most ? seconds : most;
	}
	const double mean_ms = sum / LATER * 1000;
	report_add(r, "one entry later", "a checkpoint after each entry: a vote, a receipt",
		   json_pack("{s:o,s:o}", "mean_ms", report_real(mean_ms), "max_ms",
			     report_real(most * 1000)),
		   "mean <= 2 ms", mean_ms <= 2);
	return true;
}

static bool measure_first(const struct world *w, struct report *r, struct err *e)
{
	double seconds = 0;
	const double bare = bare_pass(w->entries);
	if (!checkpoint(w, &seconds, e))
		return false;
	report_put(r, "ceilings", "sha256_pass_s", report_real(bare));
	report_add(r, "first checkpoint", "over a journal that never had one: every tile is made",
		   json_pack("{s:I,s:o,s:o}", "entries", (json_int_t)w->entries, "seconds",
			     report_real(seconds), "share", report_real(bare / seconds)),
		   "share >= 0.2", bare / seconds >= 0.2);
	return true;
}

/* A hall of 1,000 with 120 answers each, closed with no checkpoint in between. */
static bool measure_hall(const struct world *w, int64_t count, struct report *r, struct err *e)
{
	double seconds = 0;
	const double bare = bare_pass(count);
	if (!append(w, count, e) || !checkpoint(w, &seconds, e))
		return false;
	report_add(r, "a hall later", "a checkpoint after the answers of a hall",
		   json_pack("{s:I,s:o,s:o}", "entries", (json_int_t)count, "ms",
			     report_real(seconds * 1000), "share", report_real(bare / seconds)),
		   "share >= 0.2", bare / seconds >= 0.2);
	return true;
}

static bool measure_reading(const struct world *w, struct report *r, struct err *e)
{
	struct log_report log;
	struct tree_proof proof;
	int64_t size = 0;
	double from = now();
	if (!log_verify(w->act.db, NULL, 0, &log, e) || log.broken)
		return err_set(e, ERR_SYSTEM, "error.system", "the log is broken: %s", log.why);
	const double verify = now() - from;
	if (!db_number(w->act.db, e, &size, "SELECT MAX(size) FROM checkpoint"))
		return false;
	from = now();
	for (int64_t i = 0; i < LATER; i++) {
		if (!checkpoint_prove(w->act.db, 1 + i * (size / LATER), size, &proof, e))
			return false;
	}
	report_note(r, "reading", "the tree made anew, and one inclusion proof",
		    json_pack("{s:o,s:o}", "verify_s", report_real(verify), "proof_ms",
			      report_real((now() - from) / LATER * 1000)));
	return true;
}

static bool measure(const struct options *o, const char *file, struct report *r, struct err *e)
{
	CLEANUP(service_key_cleanup) struct service_key *key = NULL;
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	CLEANUP(db_cleanup) struct db *db = NULL;
	const struct clock clock = clock_real();
	struct world w = { .entries = o->quick ? QUICK : ENTRIES };
	if (!db_open(file, &db, e) || !db_migrate(db, e) || !service_key_random(&key, e))
		return false;
	w.act = (struct act){ .db = db, .arena = a, .now_ms = clock_now(&clock), .key = key };
	return append(&w, w.entries, e) && measure_first(&w, r, e) && measure_each(&w, r, e) &&
	       measure_hall(&w, o->quick ? HALL / 10 : HALL, r, e) && measure_reading(&w, r, e);
}

static bool read_options(int argc, char **argv, struct options *ret)
{
	static const struct option table[] = {
		{ "dir", required_argument, NULL, 'd' },
		{ "json", no_argument, NULL, 'j' },
		{ "quick", no_argument, NULL, 'q' },
		{ "keep", no_argument, NULL, 'k' },
		{ NULL, 0, NULL, 0 },
	};
	int option = 0;
	while ((option = getopt_long(argc, argv, "", table, NULL)) != -1) {
		switch (option) {
		case 'd': ret->dir = optarg; break;
		case 'j': ret->json = true; break;
		case 'q': ret->quick = true; break;
		case 'k': ret->keep = true; break;
		default: return false;
		}
	}
	return optind == argc && ret->dir;
}

static void remove_database(const char *file)
{
	static const char *const endings[] = { "", "-wal", "-shm" };
	char path[480];
	for (size_t i = 0; i < COUNT(endings); i++) {
		(void)snprintf(path, sizeof(path), "%s%s", file, endings[i]);
		(void)unlink(path);
	}
}

int main(int argc, char **argv)
{
	struct options o = { 0 };
	struct err e = { 0 };
	char file[400];
	if (!read_options(argc, argv, &o) || sodium_init() < 0) {
		(void)fprintf(stderr, "usage: journal --dir FOLDER [--json] [--quick] [--keep]\n");
		return USAGE;
	}
	(void)snprintf(file, sizeof(file), "%.300s/journal-%ld.db", o.dir, (long)getpid());
	struct report report = report_open("journal", o.quick);
	const bool fine = measure(&o, file, &report, &e);
	const bool met = fine && report_met(&report);
	if (fine)
		report_print(&report, o.json);
	else
		(void)fprintf(stderr, "journal: %s: %s (%s)\n", err_kind_name(e.kind), e.detail,
			      e.key);
	report_close(&report);
	if (!o.keep)
		remove_database(file);
	if (!fine)
		return FAILED;
	return met ? ALL_MET : MISSED;
}
