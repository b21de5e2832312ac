/* child.h - one of Debian's programs, run on a record in a process of its own (film.h).
 *
 * It has no more of the processor, memory and disk than is said here, none of our descriptors and
 * none of our environment but PATH, runs behind everything else (nice 10) and dies with us.  What
 * it says is cut at `say_most`.  Needs of a fence: fork, execve of the program, prctl, setrlimit,
 * setpriority, wait4; Landlock and a filter of calls would hold in it too. */
#pragma once
#include "base/err.h"

struct child_job {
	const char *const *argv; /* argv[0]: a name to be found by PATH; NULL last  */
	const char *folder;      /* where it runs                                   */
	char *say;               /* what it wrote on standard output, ended by '\0' */
	size_t say_most;         /* with that '\0'                                  */
	int64_t most_ms;         /* by the clock                                    */
};

/* `ret_good`: it ended by itself, with 0.  ERR_SYSTEM "video.error.programs" if there is no such
 * program, no process to be had, or it had not ended in its time. */
bool child_run(const struct child_job *job, bool *ret_good, struct err *e) MUST_USE;
