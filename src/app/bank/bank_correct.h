/* bank_correct.h - a version of a question that a finding has taken out of use (F62).
 *
 * The version is held, kind "challenge", and cannot be released as it is.  With another key it is a
 * version of its own, a revision by the expert that goes to review like any other, so no form has
 * it before two reviewers and an approver have signed it.  A version that is no longer the one in
 * use, or of which a newer revision is in work, gets no new revision: only its results change. */
#pragma once
#include "app/act.h"

struct bank_correction {
	int64_t item_id;
	int answer;                 /* position of the right option; -1: there is none       */
	int64_t author_id;          /* of the revision                                       */
	int64_t attempt_id, number; /* a form that has the version: where its words are read */
	const char *why;            /* for the history                                       */
};

/* In the caller's transaction; rights and state are the caller's.  `ret_item` is the corrected
 * version, 0 if there is none. */
bool bank_correct(const struct act *act, const struct bank_correction *c, int64_t *ret_item,
		  struct err *e) MUST_USE;
