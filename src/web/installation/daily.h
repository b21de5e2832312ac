/* daily.h - jobs of the day (app/daily.h) as calls that nobody waits for.
 *
 * A due job is a call like those of requests: what takes long runs on a worker, its rows are
 * written in a turn, in a savepoint of its own.  One is on its way at a time, so that requests
 * always find another worker.  A failure is one line in the log and a row for the page, and is
 * tried again after DAILY_PAUSE_MS; it ends nothing.
 *
 *   struct call *c = daily_next(site);      NULL: nothing to do
 *   if (call_is_slow(c)) call_slow(c, db);  on a worker
 *   turn_commit(site, &c, 1, ...);          with others
 *   daily_over(site, c);                    instead of call_answer(); then call_free() */
#pragma once
#include "app/daily.h"
#include "web/web.h"

/* What a process knows of each job, so that it need not ask the database every second. */
struct daily_memory {
	bool under_way; /* a call is on its way */
	struct {
		day done;         /* a day that is known to be done   */
		int64_t again_ms; /* not before, after a failure; 0   */
	} job[DAILY_JOBS_MOST];
};

/* The job that a call is for. */
struct daily_call {
	size_t number; /* of daily_jobs[] */
	day day;
};

struct call;
struct call *daily_next(struct site *site);
void daily_over(struct site *site, struct call *c);

/* The page about them. */
extern const struct route daily_routes[];
