#include "web/watch/watch.h"

#include "web/watch/figures.h"
#include "web/watch/probe.h"

#include <stdlib.h>
#include <string.h>

struct watch {
	struct site *site;
	const char *database;
	struct scrape *scrape; /* NULL: none */
};

bool watch_open(struct event_base *base, struct site *site, const struct scrape_options *options,
		struct watch **ret, struct err *e)
{
	struct watch *w = calloc(1, sizeof(*w));
	if (!w)
		return err_set(e, ERR_SYSTEM, "error.system", "out of memory");
	*w = (struct watch){ .site = site, .database = options->database };
	if (options->address) {
		site->figures = figures_new();
		if (!scrape_open(base, site, options, &w->scrape, e)) {
			watch_close(w);
			return false;
		}
	}
	*ret = w;
	return true;
}

bool watch_begin(struct watch *w, struct err *e)
{
	struct probe_options options = { .database = w->database,
					 .clock = w->site->clock,
					 .clock_kept = w->site->clock_kept,
					 .measure = w->scrape != NULL };
	memcpy(options.key, w->site->key, sizeof(options.key));
	return probe_open(&options, &w->site->probe, e);
}

void watch_close(struct watch *w)
{
	if (!w)
		return;
	scrape_close(w->scrape);
	probe_close(w->site->probe);
	w->site->probe = NULL;
	figures_free(w->site->figures);
	w->site->figures = NULL;
	free(w);
}

uint16_t watch_port(const struct watch *w)
{
	return w && w->scrape ? scrape_port(w->scrape) : 0;
}
