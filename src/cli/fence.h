/* fence.h - the fences of `konkurs serve`: which files it still needs when it listens. */
#pragma once
#include "cli/cli.h"
#include "web/tls.h"

struct fence_options {
	const char *db, *key, *rules; /* key, rules: NULL if not given */
	const struct tls_options *tls;
	bool none;   /* --no-confinement: for looking into a fault  */
	bool demand; /* --require-confinement: a kernel without it is refused */
};

/* Before any further thread is there.  Without `demand` a kernel that cannot fence is one line in
 * the log. */
bool cli_fence(const struct fence_options *options, struct err *e) MUST_USE;
