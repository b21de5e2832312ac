/* reauth.h - before what cannot be undone the person proves once more who it is (ASVS 7.5.3).
 *
 * A session remembers when its person did so last: at its beginning, and on /reauth.  Whoever finds
 * an open computer can read there what its owner may, and destroy nothing. */
#pragma once
#include "app/act.h"

enum { REAUTH_FRESH_MS = 5 * 60 * 1000 };

/* ERR_DENIED "access.error.reauth" when the act comes through a session (act->session) whose person
 * proved it longer than REAUTH_FRESH_MS ago.  What comes by another door - the command line, the
 * system itself - has no session and has proved it there. */
bool reauth_need(const struct act *act, struct err *e) MUST_USE;

/* The person has proved it again, by `factor` ("", "totp", "recovery", "passkey"): the session gets
 * a new token, its form token too, so that what somebody has seen of the old ones is worth nothing.
 * A factor that it had already stays. */
bool reauth_done(const struct act *act, const char *factor, char *ret_token, const char **ret_csrf,
		 struct err *e) MUST_USE;
