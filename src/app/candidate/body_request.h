/* body_request.h - what HR asks of another body, by number, until it is answered (R23-1, R14-1,
 * F21). */
#pragma once
#include "app/candidate/study.h"

struct body_request_form {
	const char *body;
	const char *kind; /* "conclusions" of the two studies, or "information"        */
	const char *number;
	const char *reason; /* of a request for information (clause 24)                  */
	day due;
};

/* Asks about every candidate of that body who meets the requirements and about whom the same is not
 * on record (undergone or refused) or open in an earlier request.  HR of the competition's organ;
 * its officers and the body's accounts are told.  ERR_LAW "law.route.own_information" on the first
 * route, clause 24 "law.route.reason"; ERR_INPUT at "due" unless it is after today; ERR_CONFLICT
 * "body_request.error.nobody". */
bool body_request_send(const struct act *act, int64_t competition_id,
		       const struct body_request_form *form, int64_t *ret_id,
		       struct err *e) MUST_USE;

/* The answer to one entry: a conclusion becomes the study of that candidate.  The body's account,
 * or HR from paper.  ERR_CONFLICT "body_request.error.answered"; form->kind is that of the entry.
 */
bool body_request_conclude(const struct act *act, int64_t entry_id, const struct study_form *form,
			   struct err *e) MUST_USE;

/* The answer to a request for information, for HR's eyes. */
bool body_request_inform(const struct act *act, int64_t entry_id, const char *text,
			 struct err *e) MUST_USE;

/* Reminds the body; HR.  ERR_CONFLICT "body_request.error.whole" if nothing is open. */
bool body_request_remind(const struct act *act, int64_t id, struct err *e) MUST_USE;

/* The job of every day, by the system: of a request that is late and not answered whole, the body
 * and HR of the organ are told, once.  Running it again sends nothing. */
bool body_request_tell_overdue(const struct act *act, struct err *e) MUST_USE;

/* HR of the competition, an auditor, or the body: else ERR_MISSING. */
bool body_request_may_read(const struct act *act, int64_t id, struct err *e) MUST_USE;
