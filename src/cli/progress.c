#include "cli/progress.h"

#include "base/clock.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
	BAR = 30,
	PERCENT = 100,
	SECOND_MS = 1000,
	TERMINAL_MS = 100,
	PIPE_FIRST_MS = 2000,
	PIPE_MS = 10 * 1000
};

static void tell(void *user, const char *what, int64_t done, int64_t all)
{
	progress_tell(user, what, done, all);
}

void progress_begin(struct progress *ret, bool quiet)
{
	const bool terminal = isatty(STDERR_FILENO) == 1;
	const int64_t now_ms = clock_monotonic_ms();
	*ret = (struct progress){ .teller = { tell, ret },
				  .quiet = quiet,
				  .terminal = terminal,
				  .what = "",
				  .first_ms = terminal ? now_ms : now_ms + PIPE_FIRST_MS,
				  .pause_ms = terminal ? TERMINAL_MS : PIPE_MS };
}

static void print_line(const struct progress *p, const char *what, int64_t done, int64_t all,
		       int64_t now_ms)
{
	const int64_t took_ms = now_ms - p->began_ms;
	const int64_t speed = took_ms > 0 ? (done - p->first) * SECOND_MS / took_ms : 0;
	(void)fprintf(stderr, "%s: %lld of %lld", what, (long long)done, (long long)all);
	if (done < all && speed > 0)
		(void)fprintf(stderr, ", %lld/s, %lld s left", (long long)speed,
			      (long long)((all - done) / speed));
	else if (done > p->first && speed > 0)
		(void)fprintf(stderr, ", %lld/s", (long long)speed);
}

static void print_bar(int64_t done, int64_t all)
{
	char bar[BAR + 1];
	for (int i = 0; i < BAR; i++)
		bar[i] = i * all < done * BAR ? '#' : '.';
	bar[BAR] = '\0';
	(void)fprintf(stderr, "\r[%s] %3lld %%  ", bar, (long long)(done * PERCENT / all));
}

void progress_tell(struct progress *p, const char *what, int64_t done, int64_t all)
{
	const int64_t now_ms = clock_monotonic_ms();
	const bool is_new = strcmp(p->what, what) != 0;
	if (p->quiet || all <= 0)
		return;
	if (is_new) {
		p->began_ms = now_ms;
		p->first = done;
		p->what = what;
		p->told = -1;
	}
	const bool is_last = done >= all && p->told < all && p->told_ms > 0;
	const bool is_due = now_ms >= (p->told_ms > 0 ? p->told_ms + p->pause_ms : p->first_ms);
	if (!is_due && !is_last && !(is_new && p->terminal))
		return;
	p->told_ms = now_ms;
	p->told = done;
	p->open = p->terminal;
	if (p->terminal)
		print_bar(done, all);
	print_line(p, what, done, all, now_ms);
	(void)fputs(p->terminal ? "\033[K" : "\n", stderr);
	(void)fflush(stderr);
}

void progress_end(struct progress *p)
{
	if (p->open)
		(void)fputs("\r\033[K", stderr);
	p->open = false;
}
