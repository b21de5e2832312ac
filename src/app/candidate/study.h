/* study.h - polygraph and psycho-sociological studies, and the digital rating (R13-1, R23-1,
 * R44-1, L1).  Whether a study was undergone is for everybody who deals with the candidate; what
 * its paper says is for official use, and each view of it is journalled (F76, F77). */
#pragma once
#include "app/file.h"

struct study_form {
	const char *kind;    /* polygraph, psycho                                 */
	const char *outcome; /* undergone, refused, postponed, absent             */
	const char *number;
	day day;
	const char *note;
	const struct file_in *file; /* NULL: none; an undergone study needs one    */
};

/* Records what came of a study; the latest counts.  The candidate must be admitted to the
 * studies (R13-1, ERR_LAW clause 13).  Officers of that kind of study alone. */
bool study_record(const struct act *act, int64_t application_id, const struct study_form *form,
		  struct err *e) MUST_USE;

/* The same, of a conclusion that another body has sent (R23-1): the caller has checked the right
 * and has a transaction open. */
bool study_take(const struct act *act, int64_t application_id, const struct study_form *form,
		int64_t *ret_id, struct err *e) MUST_USE;

/* Journals that this person has opened the paper of a study: officers of its kind, HR, and, once
 * the dossier is released, the commission that has it. */
bool study_view(const struct act *act, int64_t study_id, struct err *e) MUST_USE;

/* Whether study_view() would let this person have the paper; journals nothing. */
bool study_may_view(const struct act *act, int64_t study_id, struct err *e) MUST_USE;

struct rating_form {
	const char *value; /* a decimal number as issued */
	const char *number;
	day day;
	const char *issuer;
	const struct file_in *file;
};

/* L1: taken and shown; never computed, never a bar.  HR of the competition's organ, or
 * whoever enters a referral that is not sent yet; ERR_LAW, clause 20, "dossier.error.referred"
 * afterwards (R20-1). */
bool rating_record(const struct act *act, int64_t application_id, const struct rating_form *form,
		   struct err *e) MUST_USE;

/* Whether the person sits on the appointed commission that has this candidate's dossier. */
bool commission_has(const struct act *act, int64_t application_id, bool *ret,
		    struct err *e) MUST_USE;
