/* child.c - the process that reads a file of questions: limits first, then the libraries. */
#include "exchange/confined.h"

#include "base/confine.h"
#include "exchange/wire.h"

#include <seccomp.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum {
	SECONDS_MOST = 50,
	FILE_MOST = 64 * 1024 * 1024 + 1, /* the reader itself says that it is too large */
};
#define MEMORY_MOST ((size_t)1536 << 20)

/* Memory that never runs, the clock, the end; qsort() asks how much memory there is, abort() ends
 * by a signal to itself. */
static bool add_rules(scmp_filter_ctx filter)
{
	static const int calls[] = {
		SCMP_SYS(munmap),       SCMP_SYS(mremap),        SCMP_SYS(brk),
		SCMP_SYS(madvise),      SCMP_SYS(futex),         SCMP_SYS(exit),
		SCMP_SYS(exit_group),   SCMP_SYS(rt_sigreturn),  SCMP_SYS(rt_sigprocmask),
		SCMP_SYS(rt_sigaction), SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday),
		SCMP_SYS(getrandom),    SCMP_SYS(getpid),        SCMP_SYS(gettid),
		SCMP_SYS(sysinfo),
	};
	const struct scmp_arg_cmp never_runs = SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);
	const struct scmp_arg_cmp no_file = SCMP_A4(SCMP_CMP_MASKED_EQ, 0xffffffffu, 0xffffffffu);
	bool ok = true;
	for (size_t i = 0; i < COUNT(calls); i++)
		ok = ok && seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0) == 0;
	return ok &&
	       seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2, never_runs, no_file) ==
		       0 &&
	       seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, never_runs) == 0 &&
	       seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(write), 1,
				SCMP_A0(SCMP_CMP_EQ, 1)) == 0 &&
	       seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(write), 1,
				SCMP_A0(SCMP_CMP_EQ, 2)) == 0 &&
	       seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
				SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid())) == 0;
}

bool exchange_confine(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
	const bool ok = filter && add_rules(filter) && seccomp_load(filter) == 0;
	seccomp_release(filter);
	return ok;
}

/* libzip wants local time, and the file of the zone would be looked at each time. */
static bool settle_clock(void)
{
	const bool ok = setenv("TZ", "UTC0", 1) == 0;
	tzset();
	return ok;
}

/* At once at the end: a library that is torn down may still do harm. */
int exchange_child(const struct exchange_options *options)
{
	const struct confine_limits limits = { SECONDS_MOST, MEMORY_MOST, 3 };
	const void *bytes = NULL;
	size_t size = 0;
	if (!settle_clock() || !confine_limit(&limits) ||
	    !confine_input(FILE_MOST, &bytes, &size) || !exchange_confine())
		return 1;
	struct arena *a = arena_new();
	struct exchange_set set = { .items = NULL };
	struct err e = { 0 };
	struct buf said = buf_on(a);
	if (exchange_read(a, bytes ? bytes : "", size, options, &set, &e))
		wire_write(&said, &set);
	else
		wire_write_error(&said, &e);
	const uint32_t length = (uint32_t)said.length;
	confine_say(&length, sizeof(length));
	confine_say(said.text, said.length);
	_exit(0);
}
