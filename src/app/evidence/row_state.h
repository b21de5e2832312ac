/* row_state.h - the rows of a thing as they stand after each change of it, committed to by the
 * journal (F88).
 *
 * A use case writes its rows, then its entry.  act_journal() puts "state" into the content of each
 * entry whose subject is one of the things below ("application/12", "person/7", ...): {table:
 * SHA-256 of the rows of that table that belong to the thing}, tables without rows left out.  So
 * the newest entry of a thing says what its rows are, until the next one: a row that is changed,
 * added or taken away without an entry does not fit, and an entry that is written anew breaks the
 * chain.  The many entries of a test
 * ("test.answer", "test.result") change nothing of these and carry none.
 *
 * A hash is made as row_seal.h says. */
#pragma once
#include "app/act.h"

/* Whether an entry of that kind about that subject has to say how its rows stand. */
bool row_state_of(const char *kind, const char *subject);

/* {table: hash} of the thing that `subject` names, which row_state_of() must have said; a new
 * object. */
bool row_state(const struct act *act, const char *subject, json_t **ret, struct err *e) MUST_USE;

/* The first table whose rows are not those of `state`, or "".  `act->now_ms`: when the entry with
 * `state` was written. */
bool row_state_differs(const struct act *act, const char *subject, const json_t *state,
		       const char **ret, struct err *e) MUST_USE;

/* Subjects with rows of which the journal has no entry at all: [{subject}]; NULL on failure.
 * Things that come in bulk under another entry (questions, notices) are not among them. */
json_t *row_state_untold(const struct act *act, struct err *e);

/* The n-th table that is looked at, with the thing it belongs to and the statement that reads its
 * rows; NULL after the last. */
const char *row_state_table(size_t n, const char **ret_thing, const char **ret_sql);
