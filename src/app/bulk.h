/* bulk.h - one decision for many candidates.
 *
 * A bulk is a list of candidates and what is to be done with each.  The server carries it out a few
 * at a time between requests (bulk_step()), each candidate by the ordinary use case: with the right
 * of the officer who opened it, the law, its own journal entry.  What is refused is refused alone
 * and keeps its reason.  It is rows: a restart goes on where it was. */
#pragma once
#include "app/act.h"

/* "papers": complete (R10-1); "met": meets the Qualification Requirements (R13-1); "remind": a
 * notice to who has not sent the application. */
extern const char *const bulk_kinds[]; /* NULL last */

/* For candidates of one competition: an array of application ids.  HR of its organ; ERR_INPUT
 * "bulk.error.nobody" for none, ERR_MISSING if one is not of the competition, ERR_CONFLICT
 * "bulk.error.running" while another of the same kind runs there. */
bool bulk_open(const struct act *act, const char *kind, int64_t competition_id,
	       const json_t *applications, int64_t *ret_id, struct err *e) MUST_USE;

/* Ends it with what is done; its officer or another of HR of the organ.  ERR_CONFLICT
 * "bulk.error.ended". */
bool bulk_stop(const struct act *act, int64_t id, struct err *e) MUST_USE;

/* The system's work: up to `most` candidates of the oldest bulk, in one transaction.  `ret_more`:
 * whether there is more to do.  A failure of storage leaves all as it was. */
bool bulk_step(const struct act *act, int most, bool *ret_more, struct err *e) MUST_USE;
