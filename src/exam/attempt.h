/* attempt.h - the state of an attempt as a matter of definition, not of jobs (F51, F52).  Pure.
 *
 * R28-1: the test is held online on the server's clock.  Instants are that clock's
 * milliseconds; what the page of a candidate shows is only a picture of them. */
#pragma once
#include "base/err.h"

enum attempt_state {
	ATTEMPT_WAITING, /* checked in, the hall has not started      */
	ATTEMPT_RUNNING,
	ATTEMPT_STOPPED,  /* the clock stands (section 4: technical failure) */
	ATTEMPT_TIME_UP,  /* its end has passed; the result is not fixed yet */
	ATTEMPT_FINISHED, /* the result is fixed                        */
	ATTEMPT_ANNULLED, /* for a breach of the test's rules; nothing undoes it */
	ATTEMPT_VOID      /* a technical failure: another date follows  */
};

struct attempt_times {
	bool started, finished, annulled, void_;
	int64_t ends_ms;    /* valid when started: the first instant that is too late... */
	int64_t extra_ms;   /* ...later by so much: stops that are over, time given      */
	int64_t stopped_ms; /* the clock stands since; 0: it runs                        */
};

/* An attempt is closed when the server's clock reaches its end, whatever jobs run. */
enum attempt_state attempt_state(const struct attempt_times *times, int64_t now_ms);

/* Milliseconds left, 0 unless running or stopped. */
int64_t attempt_left_ms(const struct attempt_times *times, int64_t now_ms);

/* Whether an answer that arrives now counts; a late one is kept, and does not (F47).  While the
 * clock stands it does: the click was made before, and a failure held it back. */
bool attempt_accepts(const struct attempt_times *times, int64_t now_ms);

/* "waiting", "running", "stopped", "time_up", "finished", "annulled", "void" */
const char *attempt_state_name(enum attempt_state state);
