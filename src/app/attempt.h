/* attempt.h - a candidate's test: answers, end, result (R28-2, R44-2, F41, F46, F47, F52, F53). */
#pragma once
#include "app/act.h"
#include "exam/attempt.h"

/* An attempt as its candidate meets it. */
struct attempt {
	int64_t id, sitting_id, application_id;
	const char *language;
	struct attempt_times times;
	int64_t questions; /* of the form; 0 before the start */
};

/* The person's own attempt: another's is ERR_MISSING. */
bool attempt_load_own(const struct act *act, int64_t id, struct attempt *ret,
		      struct err *e) MUST_USE;

struct answer_ack {
	bool accepted; /* false: it came after the end, is kept, and does not count */
	int64_t left_ms;
};

/* Appends one click.  `choice` is a place among the options as shown, from 0, or -1 to take the
 * answer back.  The same `client_key` again is the same click.  ERR_INPUT for a question or
 * option that the form does not have; ERR_CONFLICT "test.error.waiting" before the start. */
bool attempt_answer(const struct act *act, int64_t id, int64_t number, int64_t choice,
		    const char *client_key, struct answer_ack *ret, struct err *e) MUST_USE;

/* The candidate ends the test; doing it again is harmless. */
bool attempt_finish(const struct act *act, int64_t id, struct err *e) MUST_USE;

/* Fixes the result of an attempt whose time is up; nothing to do otherwise. */
bool attempt_settle(const struct act *act, int64_t id, struct err *e) MUST_USE;
