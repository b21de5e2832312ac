#include "web/watch/watch.h"

#include "web/watch/figures.h"
#include "web/watch/probe.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct watch {
	struct site *site;
	struct scrape_options options;
	/* NULL: nobody is listened to */
	struct scrape *scrape;
	struct ask *ask;
	struct event_base *base; /* of the thread */
	struct event *end;
	int end_descriptor;
	pthread_t thread;
	bool running;
};

static const char *figures_of(void *user, struct arena *a)
{
	const struct watch *w = user;
	return scrape_text(w->site, &w->options, a);
}

static void on_end(evutil_socket_t fd, short what, void *user)
{
	struct watch *w = user;
	(void)fd;
	(void)what;
	(void)event_base_loopbreak(w->base);
}

static bool open_events(struct watch *w, struct err *e)
{
	w->end_descriptor = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	w->base = event_base_new();
	if (w->base && w->end_descriptor >= 0)
		w->end = event_new(w->base, w->end_descriptor, EV_READ, on_end, w);
	return (w->end && event_add(w->end, NULL) == 0) ||
	       err_set(e, ERR_SYSTEM, "error.system", "no events for the figures");
}

bool watch_open(struct event_base *base, struct site *site, const struct scrape_options *options,
		struct watch **ret, struct err *e)
{
	struct watch *w = calloc(1, sizeof(*w));
	if (!w)
		return err_set(e, ERR_SYSTEM, "error.system", "out of memory");
	*w = (struct watch){ .site = site, .options = *options, .end_descriptor = -1 };
	if (options->address) {
		site->figures = figures_new();
		if (!open_events(w, e) || !ask_open(base, figures_of, w, &w->ask, e) ||
		    !scrape_open(w->base, site, options, w->ask, &w->scrape, e)) {
			watch_close(w);
			return false;
		}
	}
	*ret = w;
	return true;
}

static void *run(void *user)
{
	struct watch *w = user;
	(void)event_base_dispatch(w->base);
	return NULL;
}

bool watch_begin(struct watch *w, struct err *e)
{
	struct probe_options options = { .database = w->options.database,
					 .clock = w->site->clock,
					 .clock_kept = w->site->clock_kept,
					 .measure = w->scrape != NULL,
					 .node = w->site->node };
	memcpy(options.key, w->site->key, sizeof(options.key));
	if (!probe_open(&options, &w->site->probe, e))
		return false;
	w->running = w->scrape && pthread_create(&w->thread, NULL, run, w) == 0;
	return w->running || !w->scrape ||
	       err_set(e, ERR_SYSTEM, "error.system", "no thread for the figures");
}

static void end_thread(struct watch *w)
{
	const uint64_t one = 1;
	if (!w->running)
		return;
	if (write(w->end_descriptor, &one, sizeof(one)) == (ssize_t)sizeof(one))
		(void)pthread_join(w->thread, NULL);
	w->running = false;
}

void watch_close(struct watch *w)
{
	if (!w)
		return;
	end_thread(w);
	scrape_close(w->scrape);
	ask_close(w->ask);
	if (w->end)
		event_free(w->end);
	if (w->base)
		event_base_free(w->base);
	if (w->end_descriptor >= 0)
		(void)close(w->end_descriptor);
	probe_close(w->site->probe);
	w->site->probe = NULL;
	figures_free(w->site->figures);
	w->site->figures = NULL;
	free(w);
}
