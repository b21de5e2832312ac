/* password.h - which passwords a person may choose (NIST SP 800-63B-4, 3.1.1.2).
 *
 * At least 15 characters, because a password may be the only factor of a candidate; at most 256;
 * any character of Unicode counts as one, spaces too, in normal form C and otherwise exactly as it
 * was typed.  No rule about kinds of characters, and no date on which it ends.  Refused is what
 * somebody who guesses would try first: what stands in a list of passwords that came out of broken
 * sites, a pattern of the keyboard or of the alphabet, a short thing said again and again, and what
 * is little more than the person's own name or number, the organ, or the name of this service. */
#pragma once
#include "app/act.h"

enum {
	PASSWORD_LEAST = 15,
	PASSWORD_MOST = 256,
	PASSWORD_FREE_LEAST = 8, /* characters that nobody could foretell */
};

enum password_fault {
	PASSWORD_FINE,
	PASSWORD_SHORT,
	PASSWORD_LONG,
	PASSWORD_COMMON,
	PASSWORD_PATTERN,
	PASSWORD_CONTEXT,
};

/* Pure.  `words`: what is known of the person and the place, in any case. */
enum password_fault password_judge(struct arena *a, const char *password, const char *const *words,
				   size_t count);

/* The same as a refusal at `field`: ERR_INPUT "password.error.short" and so on. */
bool password_accept_beside(struct arena *a, const char *password, const char *const *words,
			    size_t count, const char *field, struct err *e) MUST_USE;

/* The same with what is known of this person, as a refusal at `field`: ERR_INPUT
 * "password.error.short" and so on.  Reads only. */
bool password_accept(const struct act *act, int64_t person_id, const char *password,
		     const char *field, struct err *e) MUST_USE;

/* Argon2id's text of a password that was accepted.  Slow on purpose. */
const char *password_hash(struct arena *a, const char *password, struct err *e) MUST_USE;

/* Made at build time of the list that package.json names: FNV-1a of lower-case texts, sorted. */
extern const uint64_t common_passwords[];
extern const size_t common_password_count;
