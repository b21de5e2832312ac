/* fence.h - the fences of `konkurs serve`, `konkurs scan` and `konkurs video`: which files they
 * still need when they are at work. */
#pragma once
#include "base/sanitized.h"
#include "cli/cli.h"
#include "store/store.h"
#include "web/http/tls.h"

/* A sanitizer looks for leaks at the end, and does what a fence refuses. */
#ifdef SANITIZED
enum { CLI_SANITIZED = true };
#else
enum { CLI_SANITIZED = false };
#endif

struct fence_options {
	const char *db, *key, *rules;  /* db: a file or a server's URL; others: NULL if not given */
	const char *records;           /* folder, read only; NULL: none         */
	const struct store *store;     /* where kept files lie; NULL: in the database alone */
	const struct tls_options *tls; /* NULL: none                            */
	bool scanner;                  /* serves nobody, but connects to a socket of this machine */
	const char *const *programs;   /* names found by PATH, NULL last: may be run, and records
					* written;   NULL: none and neither   */
	uint16_t port; /* with `programs`: a door on the loopback                     */
	bool none;     /* --no-confinement: for looking into a fault  */
	bool demand;   /* --require-confinement: a kernel without it is refused */
};

/* With `programs` no system call is refused: ffmpeg and its libraries would need so many of them
 * that the list would hold nobody up, and a filter holds in children too.  Files, programs and
 * ports are what keeps that process in, and its unit (packaging/systemd) refuses calls by class.
 *
 * Before any further thread is there.  Without `demand` a kernel that cannot fence is one line in
 * the log. */
bool cli_fence(const struct fence_options *options, struct err *e) MUST_USE;
