/* answer_many.h - many clicks of several attempts within one transaction, as a hall brings them
 * (app/hall_node/).
 *
 * What attempt_answer() asks the database at each click is asked once for each attempt here and
 * kept, and rows go together (db_add()): answers are nearly all that a hall brings, and others wait
 * for the writers' lock meanwhile.  What is decided is the same (answer.h).
 *
 * Nobody else writes meanwhile; but whoever holds it calls answer_many_write() before anything else
 * of these attempts is read or written, and at the end. */
#pragma once
#include "app/sitting/attempt.h"

struct answer_many;

/* For `count` clicks at most, in act's arena. */
bool answer_many_open(const struct act *act, int64_t count, struct answer_many **ret,
		      struct err *e) MUST_USE;

/* As attempt_answer(); but a `client_key` that was there before is ERR_CONFLICT "error.conflict",
 * as nobody sends again what stands in a journal.  The text of the key stays the caller's. */
bool answer_many_add(struct answer_many *m, const struct act *act, int64_t attempt,
		     const char *session, int64_t number, const char *option,
		     const char *client_key, struct err *e) MUST_USE;

/* All clicks of the attempt (0: of all) are in the database, and what is known of it is asked anew
 * at the next one. */
bool answer_many_write(struct answer_many *m, const struct act *act, int64_t attempt,
		       struct err *e) MUST_USE;
