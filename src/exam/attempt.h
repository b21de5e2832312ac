/* attempt.h - the state of an attempt as a matter of definition, not of jobs (F51, F52).  Pure.
 *
 * R28-1: the test is held online on the server's clock.  Instants are that clock's
 * milliseconds; what the page of a candidate shows is only a picture of them. */
#pragma once
#include "base/err.h"

enum attempt_state {
	ATTEMPT_WAITING, /* checked in, the hall has not started      */
	ATTEMPT_RUNNING,
	ATTEMPT_TIME_UP,  /* its end has passed; the result is not fixed yet */
	ATTEMPT_FINISHED, /* the result is fixed                        */
	ATTEMPT_ANNULLED  /* for a breach of the test's rules; nothing undoes it */
};

struct attempt_times {
	bool started, finished, annulled;
	int64_t ends_ms;   /* valid when started: the first instant that is too late... */
	int64_t paused_ms; /* ...later by so much: the clock stood still in a technical failure */
};

/* An attempt is closed when the server's clock reaches its end, whatever jobs run. */
enum attempt_state attempt_state(const struct attempt_times *times, int64_t now_ms);

/* Milliseconds left, 0 unless running. */
int64_t attempt_left_ms(const struct attempt_times *times, int64_t now_ms);

/* Whether an answer that arrives now counts; a late one is kept, and does not (F47). */
bool attempt_accepts(const struct attempt_times *times, int64_t now_ms);

/* "waiting", "running", "time_up", "finished", "annulled" */
const char *attempt_state_name(enum attempt_state state);
