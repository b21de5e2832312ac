/* application.h - the candidate's application, own route (R10-1, F10 to F16).
 *
 * One per person and competition, however often it is begun (F13).  A draft may change within
 * the filing term; what was sent is frozen; a withdrawal keeps the history, and within the
 * term the application may be opened and sent again. */
#pragma once
#include "app/competition/competition.h"
#include "app/file.h"
#include "law/completeness.h"

/* Begins an application, or gives the one that is there; a withdrawn one is opened again.
 * ERR_LAW "application.error.term" after the last day, ERR_CONFLICT
 * "application.error.not_open" unless the competition is announced; ERR_LAW, clause 41,
 * "commission.error.applies" for a member of its commission. */
bool application_begin(const struct act *act, int64_t competition_id, int64_t *ret_id,
		       struct err *e) MUST_USE;

struct application_profile {
	const char *organ, *position, *phone;
	const char *education, *education_note;
	const char *test_language; /* kk, ru: R28-2 */
};

/* All changes are the candidate's own, of a draft, within the term: else ERR_MISSING, ERR_CONFLICT
 * "application.error.frozen", ERR_LAW "application.error.term". */
bool application_profile(const struct act *act, int64_t id,
			 const struct application_profile *profile, struct err *e) MUST_USE;

struct application_period {
	const char *kind; /* prosecution, law_enforcement, other */
	bool leadership;
	const char *category; /* of the post held, "" if none    */
	const char *organisation, *position;
	day from;
	bool ended;
	day to; /* valid if ended */
};

bool application_add_period(const struct act *act, int64_t id,
			    const struct application_period *period, struct err *e) MUST_USE;
bool application_remove_period(const struct act *act, int64_t id, int64_t period_id,
			       struct err *e) MUST_USE;

struct application_document {
	const char *kind;      /* as the rule set requires: certificate, recommendation */
	const char *signatory; /* who signed                                             */
	const char *position;  /* code of the signing position                           */
	day signed_day;
	const struct file_in *file;
};

/* ERR_LAW, clause 10, at "position" if the matrix does not let this position sign (S2-1 to S2-7,
 * F11).  A newer paper of a kind takes the place of the older, which is kept. */
bool application_add_document(const struct act *act, int64_t id,
			      const struct application_document *document, struct err *e) MUST_USE;

/* What keeps an application from being sent. */
struct application_gaps {
	bool ready;
	bool position, phone, education, periods, test_language; /* missing */
	struct completeness papers;
};

bool application_gaps(const struct act *act, int64_t id, struct application_gaps *ret,
		      struct err *e) MUST_USE;

/* Freezes the application and gives it a receipt: BLAKE2b-256 over what was sent.  ERR_LAW,
 * clause 10, "application.error.incomplete" while something is missing, clause 41,
 * "commission.error.applies" for a member of the commission. */
bool application_send(const struct act *act, int64_t id, struct err *e) MUST_USE;

/* Not after the interview has begun (ERR_CONFLICT "application.error.too_late"). */
bool application_withdraw(const struct act *act, int64_t id, const char *reason,
			  struct err *e) MUST_USE;
