#include "web/watch/scrape.h"

#include "base/buf.h"
#include "db/row.h"
#include "view/view.h"
#include "web/http/guest.h"
#include "web/http/http.h"
#include "web/watch/figures.h"
#include "web/watch/ready.h"

#include <event2/buffer.h>
#include <event2/http.h>
#include <stdlib.h>
#include <string.h>

enum {
	CONNECTIONS = 64, /* each proxy of a cluster asks twice, several times a second */
	FIRST_S = 10,
	HEAD_S = 10,
	GRACE_S = 10,
	RATE_LEAST = 500,
	TIMEOUT_S = 30,
	HEADERS_MOST = 8 * 1024,
	BODIES_MOST = 64 * 1024,
	US_PER_MS = 1000
};

#define MEDIA      "application/openmetrics-text; version=1.0.0; charset=utf-8"
#define MEDIA_JSON "application/json"

struct scrape {
	struct site *site;
	struct ask *loop;
	struct scrape_options options;
	struct evhttp *http;
	struct evhttp_bound_socket *socket;
	struct guests *guests;
};

/* ---- the text -------------------------------------------------------------------------------- */

static void print(struct buf *out, const char *name, const char *unit, const char *help,
		  int64_t value)
{
	const struct metric m = { name, METRIC_GAUGE, unit, help };
	metric_begin(out, &m);
	metric_value(out, &m, "", value);
}

static void print_gauges(const struct scrape_gauges *g, struct buf *out)
{
	static const struct metric oldest = { "konkurs_turn_wait_seconds", METRIC_GAUGE, "seconds",
					      "How long the oldest of them has waited." };
	print(out, "konkurs_turn_queue_requests", "requests", "Requests that wait for a turn.",
	      (int64_t)g->queued);
	metric_begin(out, &oldest);
	metric_milli(out, &oldest, "",
		     g->arrived_us ? (clock_monotonic_us() - g->arrived_us) / US_PER_MS : 0);
	print(out, "konkurs_held_requests", "requests",
	      "Requests that wait for a database that is away.", (int64_t)g->held);
	print(out, "konkurs_slow_requests", "requests", "Requests and jobs with the workers.",
	      (int64_t)g->slow);
	print(out, "konkurs_requests_inside", "", "Requests without an answer on its way.",
	      (int64_t)g->inside);
	print(out, "konkurs_answers_unsent", "", "Answers that are not with the kernel yet.",
	      (int64_t)g->unsent);
	print(out, "konkurs_connections", "", "Connections of people.", (int64_t)g->connections);
	print(out, "konkurs_connections_most", "", "Connections that there may be; 0: no limit.",
	      g->connections_most);
}

static void print_ready(const struct site *site, struct buf *out)
{
	static const struct metric ready = { "konkurs_ready", METRIC_GAUGE, "",
					     "Checks of /readyz: 1 all is well." };
	static const struct metric clock = {
		"konkurs_clock_deviation_seconds", METRIC_GAUGE, "seconds",
		"How far the machine's clock is ahead of the service's and of the database's, and "
		"the service's of that of the node furthest from it."
	};
	static const struct metric look = { "konkurs_database_answer_seconds", METRIC_GAUGE,
					    "seconds", "How long the database took to answer." };
	struct probe_seen seen = { 0 };
	int64_t age_ms = 0;
	bool good[READY_CHECKS];
	(void)ready_look(site, good);
	metric_begin(out, &ready);
	for (size_t i = 0; i < READY_CHECKS; i++)
		metric_value(out, &ready, metric_label(out->arena, "check", ready_name[i]),
			     good[i]);
	if (!site->probe)
		return;
	probe_read(site->probe, &seen, &age_ms);
	metric_begin(out, &clock);
	metric_milli(out, &clock, "of=\"service\"", seen.deviation_ms);
	metric_milli(out, &clock, "of=\"database\"", seen.database_deviation_ms);
	metric_milli(out, &clock, "of=\"nodes\"", seen.nodes_deviation_ms);
	metric_begin(out, &look);
	if (seen.reached)
		metric_milli(out, &look, "", (seen.took_us + US_PER_MS - 1) / US_PER_MS);
}

static void print_build(const struct site *site, struct buf *out)
{
	static const struct metric build = { "konkurs_build", METRIC_INFO, "",
					     "Which program runs, and under which name." };
	metric_begin(out, &build);
	metric_value(out, &build,
		     arena_print(out->arena, "version=\"%s\",%s", KONKURS_VERSION,
				 metric_label(out->arena, "node", site->node ? site->node : "")),
		     1);
}

static void print_silence(int64_t ms, struct buf *out)
{
	static const struct metric silent = { "konkurs_loop_silent_seconds", METRIC_GAUGE,
					      "seconds",
					      "How long the loop has owed these figures." };
	metric_begin(out, &silent);
	metric_milli(out, &silent, "", ms);
}

/* What the loop does not have to be asked for. */
static const char *text_without_loop(const struct scrape *s, struct arena *a)
{
	struct buf out = buf_on(a);
	struct measured measured;
	print_build(s->site, &out);
	print_ready(s->site, &out);
	print_silence(ask_silent_ms(s->loop), &out);
	if (s->site->probe && probe_measured(s->site->probe, &measured))
		measured_print(&measured, &out);
	scrape_process(s->options.database, &out);
	metric_end(&out);
	return out.text;
}

const char *scrape_text(const struct site *site, const struct scrape_options *options,
			struct arena *a)
{
	struct buf out = buf_on(a);
	struct scrape_gauges gauges = { 0 };
	struct measured measured;
	options->gauges(options->user, &gauges);
	print_build(site, &out);
	print_ready(site, &out);
	print_silence(0, &out);
	print_gauges(&gauges, &out);
	figures_print(site->figures, &out);
	if (site->probe && probe_measured(site->probe, &measured))
		measured_print(&measured, &out);
	scrape_process(options->database, &out);
	metric_end(&out);
	return out.text;
}

/* ---- requests -------------------------------------------------------------------------------- */

static void on_sent(struct evhttp_request *http, void *user)
{
	struct scrape *s = user;
	guest_served(s->guests, http);
}

static bool asks_for(struct evhttp_request *http, const char *path)
{
	const char *uri = evhttp_request_get_uri(http);
	return uri && strcspn(uri, "?") == strlen(path) && strncmp(uri, path, strlen(path)) == 0;
}

struct shown {
	int status;
	const char *media, *text;
};

static const char *print_json(struct arena *a, json_t *model)
{
	json_in_arena(a, model);
	char *text = json_dumps(model, JSON_COMPACT);
	const char *copy = arena_copy(a, text ? text : "{}");
	free(text);
	return copy;
}

static struct shown show(const struct scrape *s, struct evhttp_request *http, struct arena *a)
{
	if (asks_for(http, "/metrics")) {
		const char *text = ask_loop(s->loop, SCRAPE_WAIT_MS, a);
		return (struct shown){ 200, MEDIA, text ? text : text_without_loop(s, a) };
	}
	/* it is asked, and not waited for: what it owes tells how it is */
	(void)ask_loop(s->loop, 0, a);
	const int64_t silent_ms = ask_silent_ms(s->loop);
	if (asks_for(http, "/readyz")) {
		bool ready = false;
		json_t *model = ready_model(s->site, silent_ms <= SCRAPE_SERVES_MS, &ready);
		return (struct shown){ ready ? 200 : 503, MEDIA_JSON, print_json(a, model) };
	}
	if (asks_for(http, "/healthz")) {
		const bool lives = silent_ms <= SCRAPE_LIVES_MS;
		json_t *model = json_pack("{s:b}", "serving", lives);
		return (struct shown){ lives ? 200 : 503, MEDIA_JSON, print_json(a, model) };
	}
	return (struct shown){ 404, "text/plain", "/metrics /readyz /healthz\n" };
}

static void on_request(struct evhttp_request *http, void *user)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct scrape *s = user;
	struct evkeyvalq *headers = evhttp_request_get_output_headers(http);
	struct evbuffer *body = evhttp_request_get_output_buffer(http);
	if (!guest_asked(s->guests, http))
		return;
	guest_tell(s->guests, http, NULL, NULL);
	const struct shown shown = show(s, http, a);
	(void)evhttp_add_header(headers, "Content-Type", shown.media);
	(void)evhttp_add_header(headers, "Cache-Control", "no-store");
	(void)evbuffer_add(body, shown.text, strlen(shown.text));
	evhttp_request_set_on_complete_cb(http, on_sent, s);
	guest_answered(s->guests, http, evbuffer_get_length(body));
	evhttp_send_reply(http, shown.status, http_reason(shown.status), NULL);
}

/* ---- life ------------------------------------------------------------------------------------ */

static bool listen_there(struct event_base *base, struct scrape *s, struct err *e)
{
	const struct guest_limits limits = {
		.most = CONNECTIONS,
		.first_s = FIRST_S,
		.head_s = HEAD_S,
		.grace_s = GRACE_S,
		.rate = RATE_LEAST,
		.header = HEADERS_MOST,
		.bodies = BODIES_MOST,
		.nameless = BODIES_MOST,
	};
	s->http = evhttp_new(base);
	if (!s->http)
		return err_set(e, ERR_SYSTEM, "error.system", "libevent does not start");
	evhttp_set_gencb(s->http, on_request, s);
	evhttp_set_allowed_methods(s->http, EVHTTP_REQ_GET | EVHTTP_REQ_HEAD);
	evhttp_set_max_headers_size(s->http, (ev_ssize_t)HEADERS_MOST * 2);
	evhttp_set_max_body_size(s->http, 0);
	evhttp_set_timeout(s->http, TIMEOUT_S);
	evhttp_set_default_content_type(s->http, NULL);
	s->socket = evhttp_bind_socket_with_handle(s->http, s->options.address, s->options.port);
	if (!s->socket)
		return err_set(e, ERR_SYSTEM, "error.system", "cannot listen on %s port %u",
			       s->options.address, (unsigned)s->options.port);
	return guests_open(base, s->http, &limits, view_catalog(s->site->view), NULL, &s->guests,
			   e);
}

bool scrape_open(struct event_base *base, struct site *site, const struct scrape_options *options,
		 struct ask *loop, struct scrape **ret, struct err *e)
{
	struct scrape *s = calloc(1, sizeof(*s));
	if (!s)
		return err_set(e, ERR_SYSTEM, "error.system", "out of memory");
	s->site = site;
	s->loop = loop;
	s->options = *options;
	if (!listen_there(base, s, e)) {
		scrape_close(s);
		return false;
	}
	*ret = s;
	return true;
}

void scrape_close(struct scrape *s)
{
	if (!s)
		return;
	if (s->http)
		evhttp_free(s->http);
	guests_close(s->guests);
	free(s);
}
