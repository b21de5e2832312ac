/* account.h - accounts that are disabled, and enabled again (F20, ASVS 7.4.2).
 *
 * A disabled account opens no door: its sessions end with it, and no password, passkey or
 * certificate opens a new one (session_open()).  Everything its person has done stays, offices too:
 * enabling gives back what was there.  Two administrators do it together (access_request.h), or
 * whoever may write the database file (`konkurs user`); there is always an administrator left who
 * can come in. */
#pragma once
#include "app/act.h"

/* False for who has no account: there is nothing to disable.  Reads only. */
bool account_is_disabled(struct db *db, int64_t person_id, bool *ret, struct err *e) MUST_USE;

/* Whether it may be done, for whoever asks for it first.  ERR_INPUT at "reason" without one and
 * "access.error.self" for one's own account; ERR_CONFLICT "access.error.nothing" without an account
 * or when it is so already, "access.error.last" for the last administrator who can come in. */
bool account_may_disable(const struct act *act, int64_t person_id, const char *reason,
			 struct err *e) MUST_USE;
bool account_may_enable(const struct act *act, int64_t person_id, const char *reason,
			struct err *e) MUST_USE;

/* Administrators and the system itself; errors as above.  The person gets a notice, by mail too
 * if wanted: who cannot come in reads it there. */
bool account_disable(const struct act *act, int64_t person_id, const char *reason,
		     struct err *e) MUST_USE;
bool account_enable(const struct act *act, int64_t person_id, const char *reason,
		    struct err *e) MUST_USE;
