/* confine.h - work on hostile bytes in a process of its own.
 *
 * A library that reads somebody's file may be taken over by it.  So it runs in this program
 * again (`konkurs COMMAND`), without our memory, environment or descriptors but three: the file
 * on 0, what it has to say on 1, nothing on 2.  A thread could not be ended, and a crash of it
 * would end the server; a fork without exec would share the memory of all the others.
 *
 * May be called on any thread.  What is read is hostile too: the caller believes nothing of it. */
#pragma once
#include "base/err.h"

#include <sys/types.h>

/* ---- who asks ------------------------------------------------------------------------------- */

struct confine_child {
	pid_t pid;
	int from; /* what it says */
	int64_t until_ms;
	bool late;  /* its time is over, or nobody wants more of it */
	bool ended; /* it says no more by itself: a SIGKILL then is the kernel's */
};

enum confine_end {
	CONFINE_BROKEN,  /* it ended, crashed or did what it may not */
	CONFINE_TOO_MUCH /* time or memory beyond the limits          */
};

/* Runs `argv` (argv[0] a name to be seen, argv[1] the command, NULL last) on the bytes, for so
 * long at most.  ERR_SYSTEM if there is no process to be had.  Then confine_finish() is owed. */
bool confine_start(struct confine_child *c, char *const argv[], const void *bytes, size_t size,
		   int64_t most_ms, struct err *e) MUST_USE;

/* Exactly `size` bytes of what it says.  False: it ended, or its time is over. */
bool confine_take(struct confine_child *c, void *to, size_t size) MUST_USE;

/* Ends it, whatever it does, and waits for its end, which tells why it may have said too little. */
enum confine_end confine_finish(struct confine_child *c);

/* Milliseconds that only ever grow. */
int64_t confine_now_ms(void);

/* The program that is run instead of this one: for tests, before any thread is there. */
void confine_program(const char *path);

/* ---- the process itself ---------------------------------------------------------------------- */

struct confine_limits {
	int seconds;     /* of the processor                       */
	size_t memory;   /* bytes of address space                 */
	int descriptors; /* it may have open at once, with its three */
};

/* For good: no core, no file that grows, no new rights, and an end with its parent's. */
bool confine_limit(const struct confine_limits *limits) MUST_USE;

/* The file it was given.  False if it is larger than `most`, or none. */
bool confine_input(size_t most, const void **ret, size_t *ret_size) MUST_USE;

/* Ends the process when nobody listens. */
void confine_say(const void *bytes, size_t size);
