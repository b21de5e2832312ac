/* intake.h - referrals of other bodies (R20-1, L33) and paper applications (F17).
 *
 * Both are entered by somebody else than the candidate and become an application as any other: its
 * profile, periods and papers are written by the functions of app/candidate/application.h, which
 * ask intake_may_write().  Two names stand on the record: who entered it and who sent it. */
#pragma once
#include "app/competition/competition.h"

/* L33: a second competition for the same post, open to other bodies, as a draft; its filing term is
 * that of its route.  HR of the organ.  ERR_LAW, clause 33(1-1), unless the first is on the route
 * of own staff, closed, and gave nobody a positive conclusion; ERR_CONFLICT
 * "second.error.exists" if there is one already. */
bool second_open(const struct act *act, int64_t first_id, int64_t *ret_id, struct err *e) MUST_USE;

struct intake_form {
	const char *iin, *family, *given, *patronymic;
	const char *body;  /* of the second route; "" for a paper application on the first */
	const char *organ; /* of a paper application: where the candidate serves           */
	const char *position;
	const char *number; /* of the referral or the application, and its day             */
	day day;
};

/* Begins an application on behalf of the person with this IIN, who is added if nobody has it.  HR
 * of the competition's organ; of a referral also an account of that very body.  ERR_LAW, clause
 * "33", "intake.error.body" for a body that is not on the list today; ERR_LAW "intake.error.route"
 * for a referral on the route of own staff or an application on the other; ERR_INPUT at "iin"
 * "intake.error.name" if the IIN is another's, "intake.error.self" if it is the officer's;
 * ERR_CONFLICT "intake.error.exists" if this person stands in the competition already and has not
 * withdrawn; the filing term as for everybody. */
bool intake_begin(const struct act *act, int64_t competition_id, const struct intake_form *form,
		  int64_t *ret_id, struct err *e) MUST_USE;

/* Whether this person may write the application on the candidate's behalf: HR, or the body. */
bool intake_may_write(const struct act *act, int64_t application_id, bool *ret,
		      struct err *e) MUST_USE;

/* Called when it is sent: the second name.  ERR_DENIED "intake.error.same_officer" for the officer
 * of HR who entered it; a body's account sends what it entered.  Nothing to do for a candidate's
 * own application. */
bool intake_confirm(const struct act *act, int64_t application_id, struct err *e) MUST_USE;

/* Opens an account for the candidate of what was entered, so that the test can be taken. `password`
 * is Argon2id's text, good for one sign-in: its owner chooses another (app/access/session.h). Until
 * then a further call replaces it; afterwards ERR_CONFLICT "intake.error.account".  HR. */
bool intake_open_account(const struct act *act, int64_t application_id, const char *password,
			 struct err *e) MUST_USE;

/* An account for an officer of a body that is on the list today; the office ("body") is asked for,
 * and an administrator gives it (app/access/access_request.h).  `ret_opened` is false if the person
 * has an account with an own password, or holds another office: that password stays.  HR, not for
 * oneself.
 */
bool intake_invite(const struct act *act, const struct intake_form *officer, const char *password,
		   bool *ret_opened, struct err *e) MUST_USE;

/* Takes the role of a body away; HR.  What was entered stays. */
bool intake_revoke(const struct act *act, int64_t grant_id, struct err *e) MUST_USE;

/* Whether the person has an account of this body. */
bool intake_is_body(const struct act *act, const char *body, bool *ret, struct err *e) MUST_USE;
