/* attempt.h - a candidate's test: answers, end, result (R28-2, R44-2, F41, F46, F47, F52, F53).
 *
 * One session holds the pen of an attempt: the first that enters, until it ends or the operator
 * moves the candidate (app/sitting/stop.h).  Any device of the candidate sees the same attempt. */
#pragma once
#include "app/act.h"
#include "exam/attempt.h"

enum { TOKEN_SIZE = 17 }; /* of an option: 16 hexadecimal digits */

/* An attempt as its candidate meets it. */
struct attempt {
	int64_t id, sitting_id, application_id, hall_id, competition_id;
	const char *language, *code, *seat, *binding, *pen;
	const char *state;  /* of the sitting */
	const char *finish; /* "candidate", "time", "breach", "technical"; "" not over */
	struct attempt_times times;
	int64_t questions; /* of the form; 0 before it is opened */
};

/* The head of a query over `event`: the clicks of attempt $1 (of the attempts of sitting $1), each
 * found from the one after it, with the columns of answer_event but the key.  It walks through all
 * of them: for what is asked at every click there is answer_newest. */
#define EVENT_COLUMNS                                                                              \
	" v.id, v.attempt_id, v.number, v.choice, v.accepted, v.refusal, v.at_ms, v.previous_id "
#define EVENTS_OF_ATTEMPT                                                                          \
	"WITH RECURSIVE event AS (SELECT" EVENT_COLUMNS                                            \
	"FROM answer_newest n JOIN answer_event v ON v.id = n.event_id WHERE n.attempt_id = $1"    \
	" UNION ALL SELECT" EVENT_COLUMNS                                                          \
	"FROM event w JOIN answer_event v ON v.id = w.previous_id) "
#define EVENTS_OF_SITTING                                                                          \
	"WITH RECURSIVE event AS (SELECT" EVENT_COLUMNS                                            \
	"FROM attempt t JOIN answer_newest n ON n.attempt_id = t.id"                               \
	" JOIN answer_event v ON v.id = n.event_id WHERE t.sitting_id = $1"                        \
	" UNION ALL SELECT" EVENT_COLUMNS                                                          \
	"FROM event w JOIN answer_event v ON v.id = w.previous_id) "

/* The person's own attempt: another's is ERR_MISSING. */
bool attempt_load_own(const struct act *act, int64_t id, struct attempt *ret,
		      struct err *e) MUST_USE;

/* The candidate comes in: opens the form after the start, takes the pen for `session` if nobody
 * has it or its session is over, ends a move that waits for this.  `seat_proved` says that the
 * computer of the attempt's seat has shown its key or certificate (F35); without it a sitting
 * that binds its seats gives no pen, and with it the pen whichever session had it: a browser that
 * was closed signs in anew.  `ret_pen`: whether this session writes. */
bool attempt_enter(const struct act *act, int64_t id, const char *session, bool seat_proved,
		   bool *ret_pen, struct err *e) MUST_USE;

/* Writes the token of the option at `place` of question `number`: random for whoever does not
 * have `token_key`, another in every attempt (F56). */
void option_token(const unsigned char *token_key, size_t key_size, int64_t number, int64_t place,
		  char ret[TOKEN_SIZE]);

struct answer_ack {
	bool accepted;       /* false: kept, and does not count                    */
	const char *refusal; /* "late" after the end, "moved" from a seat that was cut; else "" */
	int64_t left_ms;
};

/* Appends one click of `session`.  `option` is a token of the question's options, or "" to take
 * the answer back.  The same `client_key` again is the same click.  Counts while the clock runs,
 * and while it stands: such a click was made before.  ERR_INPUT for a question or option that
 * the form does not have, and for a key that was another question's; ERR_CONFLICT
 * "test.error.waiting" before the start. */
bool attempt_answer(const struct act *act, int64_t id, const char *session, int64_t number,
		    const char *option, const char *client_key, struct answer_ack *ret,
		    struct err *e) MUST_USE;

/* A sign of life of the page of `session`, which has `unsaved` clicks, the oldest waiting since
 * `waiting_ms`, and was without the server for `gap_ms` since its last one; a gap longer than
 * PULSE_GAP_MS goes into the seat's log.  Of a session without the pen nothing is noted.
 * `ret` is the attempt in any case. */
enum { PULSE_GAP_MS = 10 * 1000 };
bool attempt_pulse(const struct act *act, int64_t id, const char *session, int64_t unsaved,
		   int64_t waiting_ms, int64_t gap_ms, struct attempt *ret, struct err *e) MUST_USE;

/* db_ahead() of what attempt_answer() and attempt_pulse() read, all of it of this attempt. */
bool attempt_answer_ahead(const struct act *act, int64_t id, int64_t number, const char *client_key,
			  struct err *e) MUST_USE;
bool attempt_pulse_ahead(const struct act *act, int64_t id, struct err *e) MUST_USE;

/* The candidate ends the test; doing it again is harmless.  ERR_CONFLICT "test.error.moved" from
 * a session without the pen, "test.error.stopped" while the clock stands. */
bool attempt_finish(const struct act *act, int64_t id, const char *session, struct err *e) MUST_USE;

/* Fixes the result of an attempt whose time is up; nothing to do otherwise. */
bool attempt_settle(const struct act *act, int64_t id, struct err *e) MUST_USE;
