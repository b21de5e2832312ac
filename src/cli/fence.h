/* fence.h - the fences of `konkurs serve` and `konkurs scan`: which files they still need when they
 * are at work. */
#pragma once
#include "cli/cli.h"
#include "web/http/tls.h"

/* A sanitizer looks for leaks at the end, and does what a fence refuses. */
#ifdef __SANITIZE_ADDRESS__
enum { CLI_SANITIZED = true };
#else
enum { CLI_SANITIZED = false };
#endif

struct fence_options {
	const char *db, *key, *rules;  /* key, rules: NULL if not given */
	const char *records;           /* folder, read only; NULL: none         */
	const struct tls_options *tls; /* NULL: none                            */
	bool scanner;                  /* serves nobody, but connects to a socket of this machine */
	bool none;                     /* --no-confinement: for looking into a fault  */
	bool demand;                   /* --require-confinement: a kernel without it is refused */
};

/* Before any further thread is there.  Without `demand` a kernel that cannot fence is one line in
 * the log. */
bool cli_fence(const struct fence_options *options, struct err *e) MUST_USE;
