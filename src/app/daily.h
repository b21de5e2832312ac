/* daily.h - what the system does by itself once a day: reminders, questions that go on hold.
 *
 * A job belongs to a local day, from a minute of that day on.  Its row becomes done in the
 * transaction of what it did, so that each day is done once: by whichever of the processes over one
 * database comes first, and after kill -9 by the next start.  Only the newest day counts: after a
 * week without power a job is done once, not seven times.
 *
 *   daily_day(job, now)                   the day whose turn it is
 *   daily_is_done(&act, job, day, ...)    by this or another process
 *   daily_look(&act, job, &found, e)      what takes long: any thread, read-only connection
 *   daily_do(&act, job, day, found, e)    the rows, in one transaction
 *   job->after(&act, e)                   if there is such a thing
 *   daily_fail(&act, job, day, &why, e)   for the page; tried again after DAILY_PAUSE_MS
 *
 * web/installation/daily.h runs them inside the server.  A new job is a line of daily_jobs[] and
 * its messages daily.job.NAME. */
#pragma once
#include "app/act.h"

enum {
	DAILY_JOBS_MOST = 16,
	DAILY_PAUSE_MS = 10 * 60 * 1000,    /* after a failure                       */
	DAILY_LATE_MS = 26 * 60 * 60 * 1000 /* not done for so long: somebody should look */
};

struct daily_job {
	const char *name; /* of its rows and in the log */
	int minute;       /* of the day from which it is due */
	/* NULL, or what takes long; `ret` is a new object that `run` is given. */
	bool (*look)(const struct act *act, json_t **ret, struct err *e);
	bool (*run)(const struct act *act, const json_t *found, int64_t *ret_affected,
		    struct err *e);
	bool (*plain)(const struct act *act, struct err *e); /* instead of both: counts nothing */
	bool (*after)(const struct act *act, struct err *e); /* NULL, or what has to be outside the
							      * transaction, when that is on disk */
};

/* NULL name last. */
extern const struct daily_job daily_jobs[];

/* The newest day whose minute has come, and the instant at which a day's comes. */
day daily_day(const struct daily_job *job, int64_t now_ms);
int64_t daily_due_ms(const struct daily_job *job, day d);

bool daily_is_done(const struct act *act, const struct daily_job *job, day d, bool *ret,
		   struct err *e) MUST_USE;

/* `ret` lives in the act's arena; NULL for a job that looks at nothing. */
bool daily_look(const struct act *act, const struct daily_job *job, json_t **ret,
		struct err *e) MUST_USE;

/* The system's alone.  Does nothing, and succeeds, when that day was done meanwhile. */
bool daily_do(const struct act *act, const struct daily_job *job, day d, const json_t *found,
	      struct err *e) MUST_USE;

/* Notes a failure of a day that is not done. */
bool daily_fail(const struct act *act, const struct daily_job *job, day d, const struct err *why,
		struct err *e) MUST_USE;
