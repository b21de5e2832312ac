/* progress.h - how far a command is, on standard error: standard output is for results.
 *
 *   on a terminal   one line with a bar that is written over, and taken away at the end
 *   in a pipe       a plain line at the beginning and at the end of each thing, and one in ten
 * seconds quiet           nothing
 *
 * `teller` is what is given to whatever works (base/teller.h). */
#pragma once
#include "base/teller.h"

#include <stdbool.h>

struct progress {
	struct teller teller;
	bool quiet, terminal;
	bool open;        /* a line stands on the terminal */
	const char *what; /* that was told last            */
	int64_t told, told_ms;
	int64_t first, began_ms;    /* of that thing */
	int64_t first_ms, pause_ms; /* when a line is due: the first, the next */
};

/* Where `ret` lies it stays: its teller points to it. */
void progress_begin(struct progress *ret, bool quiet);

/* One thing more; for who counts itself. */
void progress_tell(struct progress *p, const char *what, int64_t done, int64_t all);

/* Takes the line away; whatever is printed comes after this.  For CLEANUP(), and again does no
 * harm. */
void progress_end(struct progress *p);
