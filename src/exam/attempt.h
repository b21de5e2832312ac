/* attempt.h - the state of an attempt as a matter of definition, not of jobs (F51, F52).  Pure. */
#pragma once
#include "base/err.h"

enum attempt_state {
	ATTEMPT_WAITING,  /* checked in, the hall has not started      */
	ATTEMPT_RUNNING,
	ATTEMPT_TIME_UP,  /* its end has passed; the result is not fixed yet */
	ATTEMPT_FINISHED  /* the result is fixed                        */
};

struct attempt_times {
	bool started, finished;
	int64_t ends_ms; /* valid when started: the first instant that is too late */
};

/* An attempt is closed when the server's clock reaches its end, whatever jobs run. */
enum attempt_state attempt_state(const struct attempt_times *times, int64_t now_ms);

/* Milliseconds left, 0 unless running. */
int64_t attempt_left_ms(const struct attempt_times *times, int64_t now_ms);

/* Whether an answer that arrives now counts; a late one is kept, and does not (F47). */
bool attempt_accepts(const struct attempt_times *times, int64_t now_ms);

/* "waiting", "running", "time_up", "finished" */
const char *attempt_state_name(enum attempt_state state);
