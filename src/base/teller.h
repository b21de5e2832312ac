/* teller.h - how far something long has come, told to whoever asks: a bar on a terminal
 * (cli/progress.h). */
#pragma once
#include <stdint.h>

struct teller {
	/* `what` is at work, in English; `done` of `all` pieces of it, as often as is cheap.  The
	 * last time done is all. */
	void (*tell)(void *user, const char *what, int64_t done, int64_t all);
	void *user;
};

/* NULL: nobody asks. */
void teller_tell(const struct teller *teller, const char *what, int64_t done, int64_t all);
