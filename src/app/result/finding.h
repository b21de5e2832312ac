/* finding.h - an expert's finding about a version that is challenged, and the second person's
 * answer to it (F20, F25, F62, F63).
 *
 * Found by a reviewer or approver of the bank; confirmed or returned by an approver who is another
 * person.  Neither wrote, signed or approved the version, nor had it on a form of the own test.  A
 * confirmed finding decides every challenge of the version that is open. */
#pragma once
#include "app/act.h"
#include "exam/key.h"

struct finding_form {
	struct key_finding finding;
	const char *article; /* it rests on            */
	const char *reasons;
};

/* About the version of an open challenge.  Waits for its answer.  ERR_INPUT at "right", "article",
 * "reasons"; ERR_CONFLICT "challenge.error.state", "challenge.error.proposed" while another one
 * waits, "challenge.error.involved". */
bool finding_propose(const struct act *act, int64_t challenge_id, const struct finding_form *form,
		     int64_t *ret_id, struct err *e) MUST_USE;

struct finding_answer {
	bool confirmed;
	const char *note; /* needed to return it; the document of a confirmation, or "" */
	int64_t newest;   /* the newest challenge of the version that was read: ERR_CONFLICT
			   * "challenge.error.newer" if there is one since               */
};

/* ERR_CONFLICT "challenge.error.answered", "challenge.error.involved"; ERR_INPUT at "note".
 * Confirmed, a wrong key is corrected at once (app/result/correction.h), and whoever challenged the
 * version is told. */
bool finding_reply(const struct act *act, int64_t id, const struct finding_answer *answer,
		   struct err *e) MUST_USE;

/* Whether the person may find about this version, or answer a finding about it by `found_by`
 * (0: may find). */
bool finding_may(const struct act *act, int64_t item_id, int64_t found_by, bool *ret,
		 struct err *e) MUST_USE;

/* Whether the version was on a form of the person's own test, challenged or not: the finding may
 * change the own result, so such a person neither reads the challenges of it nor judges them. */
bool finding_asked(const struct act *act, int64_t item_id, bool *ret, struct err *e) MUST_USE;

/* The newest challenge of the version; 0 for none. */
bool finding_newest(const struct act *act, int64_t item_id, int64_t *ret, struct err *e) MUST_USE;
