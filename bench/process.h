/* process.h - the server under test as a process of its own. */
#pragma once
#include "base/err.h"

#include <sys/types.h>

enum { PROCESS_PATH = 512 };

struct process {
	pid_t pid; /* 0: none runs */
	uint16_t port;
};

/* `program` serve --db `db` --key `key` on a free port of 127.0.0.1; what it says goes to the file
 * `log`.  NULL: the key beside the database.  Returns when it listens. */
bool process_start(const char *program, const char *db, const char *key, const char *log,
		   struct process *ret, struct err *e) MUST_USE;

/* SIGTERM, and SIGKILL if that does not help within seconds.  Adds to `more_ms` (may be NULL) the
 * processor time that it has taken. */
void process_stop(struct process *p, int64_t *more_ms);

struct process_figures {
	int64_t resident_kib, peak_kib; /* VmRSS, VmHWM */
	int64_t processor_ms;
	int64_t children_ms; /* of programs that it has started and that have ended */
};

bool process_measure(const struct process *p, struct process_figures *ret, struct err *e) MUST_USE;
