/* interview_order.h - in which order the candidates are heard. */
#pragma once
#include "app/interview/interview.h"

enum { ARRANGED_MOST = 1000 };

/* The secretary orders the candidates before the interview begins (ERR_CONFLICT
 * "interview.error.begun"):
 *   "name"  by the Kazakh alphabet, as the plan leaves them
 *   "draw"  by lot, drawn now and once: how it fell is journalled, and nobody draws until it
 * pleases (ERR_CONFLICT "interview.error.drawn"); a new plan of the interview begins anew "set" as
 * `applications` says: each candidate once, ERR_INPUT at "turn" otherwise Who is admitted later is
 * heard last. */
bool interview_arrange(const struct act *act, int64_t id, const char *how,
		       const int64_t *applications, size_t count, struct err *e) MUST_USE;
