/* factor.h - the second factor of a person: codes of a telephone, and codes on paper for the day on
 * which it is lost.  Passkeys are app/access/passkey.h.
 *
 * The generator's secret lies in a box under the service key, so that a stolen database makes no
 * codes.  A code is good once (RFC 6238 5.2).  Recovery codes are shown once and kept as Argon2id.
 */
#pragma once
#include "app/act.h"
#include "sign/totp.h"

enum {
	RECOVERY_CODES = 10,
	RECOVERY_CODE_SIZE = 12, /* "ABCDE-FGHIJ" */
	RECOVERY_SALT_SIZE = 16,
	RECOVERY_HASH_SIZE = 32,
};

struct factors {
	bool totp;
	int64_t passkeys, recovery; /* how many; unused ones */
};

/* What the person has; any of `totp` and `passkeys` is a second factor.  Reads only. */
bool factors_of(struct db *db, int64_t person_id, struct factors *ret, struct err *e) MUST_USE;
bool factors_any(const struct factors *f);

/* ---- codes of a telephone ---------------------------------------------------- */

/* A new secret for act->person_id, in place of one that no code has confirmed.  ERR_CONFLICT
 * "factor.error.has" if there is one that works. */
bool totp_begin(const struct act *act, struct err *e) MUST_USE;

/* The secret that waits for its first code; ERR_MISSING if none does.  `ret_uri` is what the
 * picture says ("otpauth://..."). */
bool totp_waiting(const struct act *act, char ret_base32[TOTP_BASE32_SIZE], const char **ret_uri,
		  struct err *e) MUST_USE;

/* The first code: from now on each sign-in asks for one.  A wrong one is `ret_right` false. */
bool totp_confirm(const struct act *act, const char *code, bool *ret_right, struct err *e) MUST_USE;

/* Whether it is a code of act->person_id that was not used before; it is used now. */
bool totp_take(const struct act *act, const char *code, bool *ret_right, struct err *e) MUST_USE;

/* ERR_CONFLICT "factor.error.last" if it is the last factor of somebody whose office demands one.
 */
bool totp_remove(const struct act *act, struct err *e) MUST_USE;

/* The person's generator for a hall node, which has another service key (app/hall_node): the secret
 * in base64, and the step of the newest code that was taken; and the same there.  ERR_MISSING if
 * there is none. */
bool totp_carry(const struct act *act, const char **ret_secret, int64_t *ret_step,
		struct err *e) MUST_USE;
bool totp_carried(const struct act *act, const char *secret, int64_t step, struct err *e) MUST_USE;

/* ERR_CONFLICT "factor.error.last" unless another factor than this `totp` or one passkey remains,
 * or none is demanded. */
bool factor_may_go(const struct act *act, bool totp, struct err *e) MUST_USE;

/* Journals a factor that came or went, and tells the person (ASVS 6.3.7). */
bool factor_note(const struct act *act, int64_t person_id, bool added, const char *what,
		 struct err *e) MUST_USE;

/* ---- codes on paper ---------------------------------------------------------- */

struct recovery_set {
	char code[RECOVERY_CODES][RECOVERY_CODE_SIZE];
	unsigned char salt[RECOVERY_SALT_SIZE];
	unsigned char hash[RECOVERY_CODES][RECOVERY_HASH_SIZE];
};

/* Ten new ones.  Slow on purpose: on a worker.  Wipe the set when it was shown. */
bool recovery_make(struct recovery_set *ret, struct err *e) MUST_USE;

/* In place of all that act->person_id had.  ERR_CONFLICT "factor.error.none" without a factor that
 * they would stand in for. */
bool recovery_keep(const struct act *act, const struct recovery_set *set, struct err *e) MUST_USE;

/* A code as it was typed: six digits are a telephone's, more are one from paper. */
bool code_is_from_paper(const char *code);

/* What a typed code is stored as; slow on purpose; reads only.  False in `ret_has` if the person
 * has no codes. */
bool recovery_hash(struct db *db, struct arena *a, int64_t person_id, const char *code,
		   unsigned char ret[RECOVERY_HASH_SIZE], bool *ret_has, struct err *e) MUST_USE;

/* Whether it is an unused code of act->person_id; it is used now. */
bool recovery_take(const struct act *act, const unsigned char hash[RECOVERY_HASH_SIZE],
		   bool *ret_right, struct err *e) MUST_USE;
