/* bank_hold.c - what the loop waits while questions of class C go on hold (app/daily.h).
 *
 * Reading the attempts is a worker's; the rows are written in a turn, and the requests of that
 * moment wait for it.  Questions are rows here: no word of them is looked at. */
#include "bench/bank.h"
#include "bench/hall.h"

#include "app/daily.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { QUESTIONS = 10000 };

/* The time that passes: waiting for the disk is part of a turn. */
static double now(void)
{
	struct timespec t = { 0, 0 };
	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static bool add_questions(struct db *db, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	return db_begin(db, &tx, e) &&
	       db_exec(db, e, NULL,
		       "INSERT INTO item (code, act, article, text_day, answer, options, hash,"
		       " sample, added_ms, approved_ms)"
		       " WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
		       "  WHERE i < $1)"
		       " SELECT 'hold-' || i, 'civil-code', '1', 0, 0, 4, randomblob(32), 0, 0, 0"
		       "  FROM n",
		       db_int(QUESTIONS)) &&
	       db_exec(db, e, NULL,
		       "INSERT INTO bank_item (code, act, state, revision, newest_id, used_id,"
		       " hold_kind, reason, changed_ms)"
		       " SELECT code, act, 'approved', 1, id, id, '', '', 0 FROM item"
		       "  WHERE code LIKE 'hold-%'") &&
	       db_commit(&tx, e);
}

/* As a worker would have found them. */
static json_t *next_large(const struct act *act, int count, struct err *e)
{
	size_t i = 0;
	json_t *row = NULL;
	json_t *rows = db_rows(act->db, act->arena, e,
			       "SELECT id AS item, code FROM item WHERE code LIKE 'hold-%'"
			       " AND held_ms IS NULL ORDER BY id LIMIT $1",
			       db_int(count));
	json_array_foreach (rows, i, row)
		(void)json_object_set_new(row, "delta", json_real(-2));
	return rows;
}

static const struct daily_job *hold_job(void)
{
	const struct daily_job *job = daily_jobs;
	while (strcmp(job->name, "hold") != 0)
		job++;
	return job;
}

/* One night in which so many are of class C. */
static bool measure_night(const char *file, int count, day d, double *ret_ms, struct err *e)
{
	CLEANUP(bench_close) struct bench_base b = { 0 };
	if (!bench_open(&b, file, e))
		return false;
	const json_t *large = next_large(&b.act, count, e);
	const double from = now();
	if (!large || !daily_do(&b.act, hold_job(), d, large, e))
		return false;
	*ret_ms = (now() - from) * 1000;
	return json_array_size(large) == (size_t)count ||
	       err_set(e, ERR_SYSTEM, "error.system", "the bank is short of questions");
}

static bool fill(const char *file, struct err *e)
{
	CLEANUP(bench_close) struct bench_base b = { 0 };
	return bench_open(&b, file, e) && bench_world(&b.act, e) && add_questions(b.db, e);
}

bool bench_hold(const char *dir, struct report *r, struct err *e)
{
	static const int counts[] = { 1, 10, 100, 1000 };
	static const char *const ends[] = { "", "-wal", "-shm", ".key" };
	char file[440];
	char path[460];
	double ms[COUNT(counts)] = { 0 };
	(void)snprintf(file, sizeof(file), "%.400s/hold.db", dir);
	bool fine = fill(file, e);
	for (size_t i = 0; fine && i < COUNT(counts); i++)
		fine = measure_night(file, counts[i], (day){ (int32_t)i }, &ms[i], e);
	for (size_t i = 0; i < COUNT(ends); i++) {
		(void)snprintf(path, sizeof(path), "%s%s", file, ends[i]);
		(void)unlink(path);
	}
	if (fine)
		report_add(r, "questions that go on hold",
			   "the turn's part of a night, 10,000 questions",
			   json_pack("{s:o,s:o,s:o,s:o}", "ms_of_1", report_real(ms[0]), "ms_of_10",
				     report_real(ms[1]), "ms_of_100", report_real(ms[2]),
				     "ms_of_1000", report_real(ms[3])),
			   "100 in at most 100 ms", ms[2] <= 100);
	return fine;
}
