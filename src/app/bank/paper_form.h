/* paper_form.h - a test on paper: the last resort when no hall can work (F27, F49).
 *
 * It is drawn from the questions in use like any other form (exam/draw.h), with the form's number
 * in the place of the candidate's, so that it keeps to the programme (A5-1) and to enemies (F30);
 * no question rests from it (F31).  The seed, and the hashes of the bank and of the form, are
 * journalled: the same form can be printed again, and drawn again by a stranger. */
#pragma once
#include "app/act.h"
#include "exam/draw.h"

struct paper_form_ask {
	const char *act; /* questions of this act alone; "" the programme */
	int questions;   /* of that act, at most as many as it has; not read for the programme */
	const char *reason;
};

/* Approvers.  Draws a form and tells those who may agree to its printing.  ERR_INPUT at "reason",
 * "act", "questions"; ERR_CONFLICT "exam.bank.shortage" with the act in `value`. */
bool paper_form_make(const struct act *act, const struct paper_form_ask *ask, int64_t *ret_id,
		     struct err *e) MUST_USE;

/* Another approver, or an administrator (bank_second.h): ERR_CONFLICT "export.error.agreed" the
 * second time. */
bool paper_form_agree(const struct act *act, int64_t id, struct err *e) MUST_USE;

/* When a consent ends: EXPORT_HOURS (bank_export.h) after it was given. */
int64_t paper_form_until(int64_t agreed_ms);

/* {id, act, made_ms, hash, seed, count}: nothing of its words.  The caller has checked the right.
 */
bool paper_form_head(const struct act *act, int64_t id, json_t **ret, struct err *e) MUST_USE;

/* The same with "questions" [{number, stem, options [{letter, text, more}], key}] in `language`,
 * for its papers; `more` is true of all options but the first, `with_key` gives "key" and leaves
 * the words away.  Approvers, once a second person has agreed, until paper_form_until():
 * ERR_CONFLICT "export.error.waits", "paper_form.error.over"; the system at any time.  ERR_CONFLICT
 * "paper_form.error.language" if a question is not there in it.
 */
bool paper_form_read(const struct act *act, int64_t id, const char *language, bool with_key,
		     json_t **ret, struct err *e) MUST_USE;
