/* access_request.h - what no administrator does alone (F20, ASVS 2.3.5): giving and taking offices,
 * taking somebody's factors away, and disabling and enabling accounts (account.h).
 *
 * One administrator asks and says why, another one answers; the person concerned is no part of it,
 * as neither of the two.  The command line (`konkurs user`) stays the door of an installation that
 * has no two administrators yet: whoever may write the database file acts as the system itself. */
#pragma once
#include "app/act.h"

enum { REQUEST_REASON_MOST = 500 };

#define REQUEST_FACTORS "factors" /* the person's factors and sessions end; a password stays */
#define REQUEST_GRANT   "grant"
#define REQUEST_REVOKE  "revoke"
#define REQUEST_DISABLE "disable"
#define REQUEST_ENABLE  "enable"

struct request_form {
	const char *kind;
	int64_t person_id;
	const char *role, *organ; /* "" unless it is about an office */
	const char *reason;
};

/* Administrators.  ERR_INPUT at "reason", "role" or "organ"; ERR_INPUT "access.error.self" for a
 * request about oneself; ERR_CONFLICT "access.error.asked" while the same is open,
 * "access.error.nothing" where there is nothing to take away or the office is held already; of
 * accounts as account.h says. */
bool request_ask(const struct act *act, const struct request_form *form, int64_t *ret_id,
		 struct err *e) MUST_USE;

/* HR asks for the office of another body for one of its officers (app/candidate/intake.h, which has
 * checked who asks); an administrator answers.  Harmless while it is asked for or held.  ERR_INPUT
 * at "iin" "access.error.self" for oneself. */
bool request_ask_for_body(const struct act *act, int64_t person_id, const char *body,
			  const char *reason, struct err *e) MUST_USE;

/* Another administrator carries it out, or refuses.  ERR_DENIED "access.error.same" for the one who
 * asked and for the person concerned; ERR_CONFLICT "access.error.answered" when it was answered or
 * is too old (app/access/asking.h). */
bool request_answer(const struct act *act, int64_t id, bool yes, struct err *e) MUST_USE;

/* Whether it is about an office: then it names role and organ. */
bool request_names_office(const char *kind);

/* The roles that can be asked for, NULL last. */
extern const char *const request_roles[];
