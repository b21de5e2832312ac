/* bank_figures.c - figures and screening against one pass over the same rows.
 *
 * Each measure runs in a child of its own, so that its peak of memory is its own. */
#include "bench/bank.h"
#include "bench/hall.h"
#include "bench/results.h"

#include "app/result/figures.h"
#include "app/result/screening.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { SEATS = 200, SEED = 1 };

/* What a child found, in memory that it shares. */
struct found {
	bool fine;
	double seconds;
	int64_t count;
	long peak_kib;
};

/* Processor time: what else the machine does is no part of it. */
static double now(void)
{
	struct timespec t = { 0, 0 };
	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static bool run_figures(const struct act *act, int64_t *ret, struct err *e)
{
	struct figures figures = { 0 };
	if (!figures_read(act, NULL, &figures, e))
		return false;
	*ret = figures.test.attempts;
	return true;
}

static bool take_row(void *user, const struct db_value *column, size_t count, struct err *e)
{
	int64_t *sum = user;
	(void)e;
	for (size_t i = 0; i < count; i++)
		*sum += column[i].type == DB_INT ? column[i].number : (int64_t)column[i].size;
	return true;
}

/* The ceiling: every row of forms, answers and results once, in the order they lie. */
static bool run_pass(const struct act *act, int64_t *ret, struct err *e)
{
	int64_t sum = 0;
	if (!db_each(act->db, e, take_row, &sum,
		     "SELECT attempt_id, number, item_id, act, shown FROM form_question") ||
	    !db_each(act->db, e, take_row, &sum,
		     "SELECT attempt_id, number, choice, accepted, at_ms FROM answer_event") ||
	    !db_each(act->db, e, take_row, &sum, "SELECT attempt_id, points FROM result"))
		return false;
	return db_number(act->db, e, ret, "SELECT COUNT(*) FROM result") && sum != 0;
}

static bool run_screening(const struct act *act, int64_t *ret, struct err *e)
{
	json_t *found = NULL;
	int64_t last = 0;
	if (!db_number(act->db, e, &last, "SELECT MAX(id) FROM sitting") ||
	    !screening_find(act, last, &found, e))
		return false;
	*ret = json_integer_value(json_object_get(found, "pairs"));
	return true;
}

static long peak_kib(void)
{
	struct rusage used = { 0 };
	(void)getrusage(RUSAGE_SELF, &used);
	return used.ru_maxrss;
}

typedef bool run_fn(const struct act *act, int64_t *ret, struct err *e);

static void run_child(const char *file, run_fn *run, struct found *ret)
{
	struct bench_base b = { 0 };
	struct err e = { 0 };
	const long inherited = peak_kib(); /* is no part of this one's */
	if (!bench_open(&b, file, &e))
		_exit(1);
	const double from = now();
	ret->fine = run(&b.act, &ret->count, &e);
	ret->seconds = now() - from;
	ret->peak_kib = peak_kib() - inherited;
	if (!ret->fine)
		(void)fprintf(stderr, "bank: %s (%s)\n", e.detail, e.key);
	_exit(0);
}

static bool in_child(const char *file, run_fn *run, struct found *ret, struct err *e)
{
	struct found *shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
				    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int status = 0;
	if (shared == MAP_FAILED)
		return err_set(e, ERR_SYSTEM, "error.system", "no memory to share");
	(void)fflush(NULL);
	(void)malloc_trim(0); /* or a child would use what the parent left, unseen */
	const pid_t child = fork();
	if (child == 0)
		run_child(file, run, shared);
	const bool ended = child > 0 && waitpid(child, &status, 0) == child;
	*ret = *shared;
	(void)munmap(shared, sizeof(*shared));
	return (ended && ret->fine) ||
	       err_set(e, ERR_SYSTEM, "error.system", "a measure broke off");
}

/* The best of some, after one that fills the page cache: other work only ever adds. */
static bool best_of(const char *file, run_fn *run, int rounds, struct found *ret, struct err *e)
{
	struct found best = { 0 };
	for (int i = 0; i < rounds; i++) {
		struct found one = { 0 };
		if (!in_child(file, run, &one, e))
			return false;
		if (i == 0 || one.seconds < best.seconds)
			best = one;
	}
	*ret = best;
	return true;
}

static bool fill(const char *file, int sittings, struct err *e)
{
	CLEANUP(bench_close) struct bench_base b = { 0 };
	const struct bench_results_plan plan = {
		.sittings = sittings, .seats = SEATS, .seed = SEED, .signs = true
	};
	int64_t last = 0;
	return bench_open(&b, file, e) && bench_world(&b.act, e) &&
	       bench_results(&b.act, &plan, &last, e);
}

struct size {
	struct found figures, pass, screening;
};

static bool measure(const char *file, int sittings, int rounds, struct size *ret, struct err *e)
{
	(void)fprintf(stderr, "bench: %d finished attempts are made\n", sittings * SEATS);
	return fill(file, sittings, e) && best_of(file, run_pass, rounds, &ret->pass, e) &&
	       best_of(file, run_figures, rounds, &ret->figures, e);
}

static json_t *values_of(const struct size *s)
{
	const double attempts = (double)s->figures.count;
	return json_pack(
		"{s:I,s:o,s:o,s:o,s:o,s:o}", "attempts", (json_int_t)s->figures.count, "seconds",
		report_real(s->figures.seconds), "bare_pass_seconds", report_real(s->pass.seconds),
		"times_the_pass", report_real(s->figures.seconds / s->pass.seconds),
		"microseconds_an_answer", report_real(s->figures.seconds * 1e6 / attempts / 120),
		"peak_mib", report_real((double)s->figures.peak_kib / 1024));
}

static void tell(struct report *r, const struct size *small, const struct size *large)
{
	const double times = large->figures.seconds / large->pass.seconds;
	const double grows = large->figures.seconds / small->figures.seconds *
			     (double)small->figures.count / (double)large->figures.count;
	const double memory = (double)(large->figures.peak_kib - small->figures.peak_kib) / 1024;
	report_note(r, "figures of few", "bank stats", values_of(small));
	report_add(r, "figures of many", "bank stats", values_of(large),
		   "at most 5 times one pass over the same rows", times <= 5);
	report_add(r, "cost of an attempt", "of many to of few",
		   json_pack("{s:o}", "ratio", report_real(grows)), "at most 1.5", grows <= 1.5);
	report_add(r, "memory", "peak of many less peak of few",
		   json_pack("{s:o}", "mib", report_real(memory)), "at most 4 MiB more",
		   memory <= 4);
	report_add(r, "screening of a hall of 200", "pass over the attempts included",
		   json_pack("{s:I,s:o,s:o,s:o}", "pairs", (json_int_t)small->screening.count,
			     "seconds", report_real(small->screening.seconds),
			     "beside_figures_seconds",
			     report_real(small->screening.seconds - small->figures.seconds),
			     "peak_mib", report_real((double)small->screening.peak_kib / 1024)),
		   "at most 2 s", small->screening.seconds <= 2);
}

/* The database and what SQLite keeps beside it. */
static void take_away(const char *file)
{
	static const char *const ends[] = { "", "-wal", "-shm" };
	for (size_t i = 0; i < COUNT(ends); i++) {
		char path[460];
		(void)snprintf(path, sizeof(path), "%s%s", file, ends[i]);
		(void)unlink(path);
	}
}

bool bench_figures(const char *dir, bool quick, bool keep, struct report *r, struct err *e)
{
	enum { FEW = 5, MANY = 500, MANY_QUICK = 25 };
	const int sittings[] = { FEW, quick ? MANY_QUICK : MANY };
	const int rounds[] = { 5, quick ? 5 : 1 };
	struct size size[2] = { 0 };
	bool fine = true;
	for (int i = 0; fine && i < 2; i++) {
		char file[440];
		(void)snprintf(file, sizeof(file), "%.400s/figures-%d.db", dir, i);
		fine = measure(file, sittings[i], rounds[i], &size[i], e) &&
		       (i > 0 || best_of(file, run_screening, rounds[i], &size[i].screening, e));
		if (!keep)
			take_away(file);
	}
	if (fine)
		tell(r, &size[0], &size[1]);
	return fine;
}
