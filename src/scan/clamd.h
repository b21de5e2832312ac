/* clamd.h - asks a virus scanner about bytes: ClamAV's clamd, over its unix socket.
 *
 * Debian has no library of clamd's protocol (libclamav would be the scanner itself, in our
 * process), so this is an own client of its two commands that are needed, zVERSION and zINSTREAM.
 * Each call is a connection of its own and ends by its own time; whatever the other side does but
 * what clamd(8) says is CLAMD_AWAY: nothing counts as clean but the one answer that says so. */
#pragma once
#include "base/err.h"

enum {
	CLAMD_ANSWER_MOST = 512, /* bytes; a longer one is none             */
	CLAMD_NAME_SIZE = 128,   /* of what was found, of engine, signatures */
	CLAMD_TIMEOUT_MS = 120 * 1000
};

struct clamd {
	const char *socket; /* its path                     */
	int timeout_ms;     /* of one call, from end to end */
};

enum clamd_verdict {
	CLAMD_CLEAN,
	CLAMD_FOUND,
	CLAMD_TOO_LARGE, /* more than its StreamMaxLength                     */
	CLAMD_FAILED,    /* it says ERROR: it could not look at these bytes   */
	CLAMD_AWAY       /* nobody there, no answer in time, or no answer of a scanner */
};

struct clamd_version {
	char engine[CLAMD_NAME_SIZE];     /* "ClamAV 1.4.3"                               */
	char signatures[CLAMD_NAME_SIZE]; /* "27800/Mon Nov 24 ..."; "" it names none      */
};

/* Whether a scanner answers. */
bool clamd_version(const struct clamd *c, struct clamd_version *ret) MUST_USE;

/* `ret_found`: the name of what was found; "" else. */
enum clamd_verdict clamd_scan(const struct clamd *c, const void *bytes, size_t size,
			      char ret_found[CLAMD_NAME_SIZE]) MUST_USE;

/* ---- answers, as they come: with the NUL at their end ---------------------------------------- */

/* Anything that is no answer to zVERSION is false. */
bool clamd_read_version(const char *answer, size_t size, struct clamd_version *ret) MUST_USE;

/* Anything that is no answer to zINSTREAM is CLAMD_AWAY. */
enum clamd_verdict clamd_read_verdict(const char *answer, size_t size,
				      char ret_found[CLAMD_NAME_SIZE]) MUST_USE;
