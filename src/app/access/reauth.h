/* reauth.h - before what cannot be undone the person proves once more who it is (ASVS 7.5.3).
 *
 * A session remembers when its person did so last: at its beginning, and on /reauth.  Whoever finds
 * an open computer can read there what its owner may, and destroy nothing. */
#pragma once
#include "app/act.h"

enum {
	REAUTH_FRESH_MS = 5 * 60 * 1000,
	REAUTH_KEEP_MS = 10 * 60 * 1000, /* a file waits so long for the proof and one more click */
};

/* ERR_DENIED "access.error.reauth" when the act comes through a session (act->session) whose person
 * proved it longer than REAUTH_FRESH_MS ago.  What comes by another door - the command line, the
 * system itself - has no session and has proved it there. */
bool reauth_need(const struct act *act, struct err *e) MUST_USE;

/* The person has proved it again, by `factor` ("", "totp", "recovery", "passkey"): the session gets
 * a new token, its form token too, so that what somebody has seen of the old ones is worth nothing.
 * A factor that it had already stays. */
bool reauth_done(const struct act *act, const char *factor, char *ret_token, const char **ret_csrf,
		 struct err *e) MUST_USE;

/* ---- files of the form that waits for the proof --------------------------------- */

struct reauth_file {
	const char *field, *file_name;
	const void *bytes;
	size_t size;
};

/* Keeps the files of the form at `path` for the session of the act, in place of what it had kept
 * before; without a session there is nothing to keep them under.  They go with the session, with
 * the form, and after REAUTH_KEEP_MS; they are no part of the record until the form is sent. */
bool reauth_keep(const struct act *act, const char *path, const struct reauth_file *list,
		 size_t count, struct err *e) MUST_USE;
/* Those that are still there, in the arena.  Reads only. */
bool reauth_kept(const struct act *act, const char *path, const struct reauth_file **ret,
		 size_t *ret_count, struct err *e) MUST_USE;
bool reauth_forget(const struct act *act, struct err *e) MUST_USE;
/* Everybody's that have waited too long. */
bool reauth_forget_old(const struct act *act, struct err *e) MUST_USE;
