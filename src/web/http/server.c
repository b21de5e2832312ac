#include "web/http/server_own.h"

#include "base/log.h"
#include "web/http/address.h"
#include "web/http/descriptors.h"
#include "web/watch/probe.h"

#include <event2/listener.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	PRIORITIES = 3, /* libevent's own events have the middle one */
	PRIORITY_TURN = 2,
	HEADERS_MOST = 32 * 1024,
	FIRST_S = 20, /* connections: guest.h */
	HEAD_S = 10,
	RATE_GRACE_S = 20,
	RATE_LEAST = 500,
	BODIES_MOST = 384 * 1024 * 1024, /* a tenth of what the unit gives the service */
	NAMELESS_MOST = 64 * 1024 * 1024,
	BODY_SLACK = 64 * 1024, /* a body just too large is still read, and refused in words */
	GRACE_S = 5,
	LAST_MS = 500, /* of the grace, for answers to those who were held */
	ACCEPT_PAUSE_MS = 250,
	CLOCK_EVERY_S = 10,
	DAILY_EVERY_S = 1,  /* whether a job of the day is due          */
	WORK_PAUSE_MS = 2,  /* requests come first                     */
	WORK_LOOK_MS = 250, /* whether there is work for many           */
	BACKLOG = 4096,
};

/* ---- the end --------------------------------------------------------------- */

static int64_t grace_ms(const struct server *s)
{
	const int64_t drain_ms = s->options.drain_s * INT64_C(1000);
	return drain_ms > 0 ? drain_ms - drain_ms / 2 : GRACE_S * INT64_C(1000);
}

static void after(struct event *timer, int64_t ms)
{
	const struct timeval pause = { ms / 1000, ms % 1000 * 1000L };
	(void)evtimer_add(timer, &pause);
}

static void begin_stop(struct server *s)
{
	if (s->stopping)
		return;
	s->stopping = true;
	s->site->draining = true;
	evhttp_del_accept_socket(s->http, s->socket);
	s->socket = NULL;
	redirect_stop(s->redirect);
	after(s->grace, grace_ms(s) - LAST_MS);
	server_end_if_idle(s);
}

static void on_stop(evutil_socket_t fd, short what, void *user)
{
	(void)fd;
	(void)what;
	begin_stop(user);
}

/* A proxy is told by the readiness that further requests go elsewhere, and has time to hear it.
 * Who signals twice will not wait. */
static void on_signal(evutil_socket_t fd, short what, void *user)
{
	struct server *s = user;
	(void)fd;
	(void)what;
	if (s->site->draining) {
		(void)event_base_loopbreak(s->base);
	} else if (s->options.drain_s > 0) {
		s->site->draining = true;
		log_info("ends within %d s", s->options.drain_s);
		after(s->drained, s->options.drain_s * INT64_C(1000) / 2);
	} else {
		begin_stop(s);
	}
}

static void on_grace_over(evutil_socket_t fd, short what, void *user)
{
	struct server *s = user;
	(void)fd;
	(void)what;
	if (s->last) {
		(void)event_base_loopbreak(s->base);
		return;
	}
	server_refuse_held(s);
	after(s->grace, LAST_MS);
}

/* ---- accepting ------------------------------------------------------------- */

/* No file descriptor is left for a further connection: wait until some have ended.  `user` is
 * evhttp's, so a timer that always runs takes care of the rest. */
static void on_accept_error(struct evconnlistener *listener, void *user)
{
	(void)user;
	(void)evconnlistener_disable(listener);
}

static void on_accept_again(evutil_socket_t fd, short what, void *user)
{
	struct server *s = user;
	(void)fd;
	(void)what;
	if (s->socket)
		(void)evconnlistener_enable(evhttp_bound_socket_get_listener(s->socket));
}

/* SIGHUP: the files of the certificate are new. */
static void on_hangup(evutil_socket_t fd, short what, void *user)
{
	struct server *s = user;
	struct err e = { 0 };
	(void)fd;
	(void)what;
	if (!s->tls)
		return;
	if (tls_reload(s->tls, &e))
		log_info("the certificate was read again");
	else
		log_failure("the certificate stays as it was", &e);
}

static void on_clock(evutil_socket_t fd, short what, void *user)
{
	struct server *s = user;
	(void)fd;
	(void)what;
	site_keep_clock(s->site);
	site_keep_vault(s->site);
	probe_clock(s->site->probe, &s->site->clock);
}

/* Work for many goes on between the turns, a little at a time.  It has the priority of a turn: a
 * step is longer than the pause after it, and would come before every turn otherwise. */
static void on_work(evutil_socket_t fd, short what, void *user)
{
	struct server *s = user;
	const struct timeval soon = { 0, WORK_PAUSE_MS * 1000L };
	const struct timeval later = { 0, WORK_LOOK_MS * 1000L };
	(void)fd;
	(void)what;
	(void)event_add(s->work, site_work(s->site) ? &soon : &later);
}

/* ---- life ------------------------------------------------------------------ */

static bool open_events(struct server *s)
{
	const struct timeval pause = { 0, ACCEPT_PAUSE_MS * 1000L };
	const struct timeval clock_pause = { CLOCK_EVERY_S, 0 };
	const struct timeval work_pause = { 0, WORK_LOOK_MS * 1000L };
	const struct timeval daily_pause = { DAILY_EVERY_S, 0 };
	const struct timeval again_pause = { 0, SITE_TRY_MS * 1000L };
	s->turn = event_new(s->base, -1, EV_PERSIST, server_on_turn, s);
	s->done = event_new(s->base, workers_descriptor(s->workers), EV_READ | EV_PERSIST,
			    server_on_done, s);
	s->stop = event_new(s->base, s->stop_descriptor, EV_READ | EV_PERSIST, on_stop, s);
	s->term = evsignal_new(s->base, SIGTERM, on_signal, s);
	s->interrupt = evsignal_new(s->base, SIGINT, on_signal, s);
	s->drained = evtimer_new(s->base, on_stop, s);
	s->grace = evtimer_new(s->base, on_grace_over, s);
	s->accept_again = event_new(s->base, -1, EV_PERSIST, on_accept_again, s);
	s->clock = event_new(s->base, -1, EV_PERSIST, on_clock, s);
	s->work = evtimer_new(s->base, on_work, s);
	s->daily = event_new(s->base, -1, EV_PERSIST, server_on_daily, s);
	s->again = event_new(s->base, -1, EV_PERSIST, server_on_again, s);
	s->hangup = evsignal_new(s->base, SIGHUP, on_hangup, s);
	return s->turn && s->done && s->stop && s->term && s->interrupt && s->grace && s->drained &&
	       s->accept_again && s->clock && s->work && s->daily && s->again && s->hangup &&
	       event_add(s->hangup, NULL) == 0 && event_priority_set(s->turn, PRIORITY_TURN) == 0 &&
	       event_priority_set(s->work, PRIORITY_TURN) == 0 &&
	       event_priority_set(s->daily, PRIORITY_TURN) == 0 &&
	       event_priority_set(s->again, PRIORITY_TURN) == 0 &&
	       event_add(s->again, &again_pause) == 0 && event_add(s->daily, &daily_pause) == 0 &&
	       event_add(s->done, NULL) == 0 && event_add(s->stop, NULL) == 0 &&
	       event_add(s->term, NULL) == 0 && event_add(s->interrupt, NULL) == 0 &&
	       event_add(s->accept_again, &pause) == 0 && event_add(s->clock, &clock_pause) == 0 &&
	       event_add(s->work, &work_pause) == 0;
}

static bool open_guests(struct server *s, struct err *e)
{
	const struct guest_limits limits = {
		.most = s->options.connections_most,
		.first_s = FIRST_S,
		.head_s = HEAD_S,
		.grace_s = RATE_GRACE_S,
		.rate = RATE_LEAST,
		.header = HEADERS_MOST,
		.bodies = BODIES_MOST,
		.nameless = NAMELESS_MOST,
	};
	return guests_open(s->base, s->http, &limits, view_catalog(s->site->view), s->tls,
			   &s->guests, e);
}

static bool open_tls(struct server *s, struct err *e)
{
	if (!s->options.tls.certificate)
		return true;
	s->plain = arena_new();
	s->options.tls.plain =
		http_refusal(s->plain, view_catalog(s->site->view), 400, "error.tls.plain");
	return tls_open(&s->options.tls, &s->tls, e);
}

static bool open_redirect(struct server *s, struct err *e)
{
	const struct redirect_options options = { .address = s->options.address,
						  .port = s->options.redirect_port,
						  .origin = s->options.redirect_origin,
						  .timeout_s = s->options.timeout_s };
	return options.port == 0 ||
	       redirect_open(s->base, &options, view_catalog(s->site->view), &s->redirect, e);
}

static void gauges(void *user, struct scrape_gauges *ret)
{
	const struct server *s = user;
	/* those that wait for the database came first */
	const struct queue *oldest = s->held.count > 0 ? &s->held : &s->queue;
	*ret = (struct scrape_gauges){
		.queued = s->queue.count,
		.arrived_us = oldest->count > 0 ? oldest->list[0]->arrived_us : 0,
		.held = s->held.count,
		.slow = workers_inside(s->workers),
		.inside = s->inside,
		.unsent = s->unsent,
		.connections = guests_count(s->guests),
		.connections_most = s->options.connections_most,
	};
}

static bool open_watch(struct server *s, struct err *e)
{
	const struct scrape_options options = { .address = s->options.metrics_address,
						.port = s->options.metrics_port,
						.database = s->options.database,
						.gauges = gauges,
						.user = s };
	return watch_open(s->base, s->site, &options, &s->watch, e);
}

static bool open_http(struct server *s, struct err *e)
{
	s->http = evhttp_new(s->base);
	if (!s->http)
		return err_set(e, ERR_SYSTEM, "error.system", "libevent does not start");
	evhttp_set_gencb(s->http, server_on_request, s);
	/* every method comes to call_begin(), which refuses what no route has */
	evhttp_set_allowed_methods(s->http, EVHTTP_REQ_GET | EVHTTP_REQ_HEAD | EVHTTP_REQ_POST |
						    EVHTTP_REQ_PUT | EVHTTP_REQ_DELETE |
						    EVHTTP_REQ_OPTIONS | EVHTTP_REQ_PATCH);
	/* guest.c refuses earlier, in words */
	evhttp_set_max_headers_size(s->http, (ev_ssize_t)HEADERS_MOST * 2);
	evhttp_set_max_body_size(s->http, BODY_WITH_FILE_MOST + BODY_SLACK);
	evhttp_set_timeout(s->http, s->options.timeout_s);
	evhttp_set_default_content_type(s->http, NULL);
	s->socket = evhttp_bind_socket_with_handle(s->http, s->options.address, s->options.port);
	if (!s->socket)
		return err_set(e, ERR_SYSTEM, "error.system", "cannot listen on %s port %u",
			       s->options.address, (unsigned)s->options.port);
	evconnlistener_set_error_cb(evhttp_bound_socket_get_listener(s->socket), on_accept_error);
	return open_guests(s, e);
}

/* Changes of what is waited for go to the kernel together: one call less for each request.  After
 * each turn connections are looked at again: a turn that asks for the next one would else run that,
 * and all after it, before the first answer is sent. */
static struct event_base *new_base(void)
{
	struct event_config *config = event_config_new();
	struct event_base *base = NULL;
	if (config && event_config_set_flag(config, EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST) == 0 &&
	    event_config_set_max_dispatch_interval(config, NULL, 1, PRIORITY_TURN) == 0)
		base = event_base_new_with_config(config);
	if (config)
		event_config_free(config);
	return base;
}

bool server_open(struct site *site, const struct server_options *options, struct server **ret,
		 struct err *e)
{
	CLEANUP(server_cleanup) struct server *s = calloc(1, sizeof(*s));
	if (!s)
		return err_set(e, ERR_SYSTEM, "error.system", "out of memory");
	s->site = site;
	s->options = *options;
	s->stop_descriptor = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	s->base = new_base();
	if (!s->base || s->stop_descriptor < 0 ||
	    event_base_priority_init(s->base, PRIORITIES) != 0)
		/* CLEANUP() frees it: NOLINTNEXTLINE(clang-analyzer-unix.Malloc) */
		return err_set(e, ERR_SYSTEM, "error.system", "libevent does not start");
	if (!open_tls(s, e) || !open_http(s, e) || !open_redirect(s, e) || !open_watch(s, e))
		return false;
	if (options->bound && !options->bound(options->user, e))
		return false;
	if (!workers_open(options->database, options->workers, &s->workers, e) ||
	    !watch_begin(s->watch, e))
		return false;
	if (!ear_open(site, s->base, options->database, server_wake, s, &s->ear, e))
		return false;
	if (!open_events(s))
		return err_set(e, ERR_SYSTEM, "error.system", "no events for the loop");
	if (!descriptors_limit(s->options.connections_most))
		log_warn("the limit of connections could not be set");
	/* libevent asks for 128: a hall that comes at once would wait for its third handshake */
	(void)listen(evhttp_bound_socket_get_fd(s->socket), BACKLOG);
	*ret = s;
	s = NULL;
	return true;
}

uint16_t server_port(const struct server *s)
{
	return address_port(evhttp_bound_socket_get_fd(s->socket));
}

bool server_run(struct server *s, struct err *e)
{
	/* a client that goes away in the middle of an answer is no reason to end */
	(void)signal(SIGPIPE, SIG_IGN);
	event_active(s->daily, EV_READ, 0); /* what was missed while no server ran */
	return event_base_dispatch(s->base) >= 0 ||
	       err_set(e, ERR_SYSTEM, "error.system", "the loop has broken off");
}

void server_stop(struct server *s)
{
	const uint64_t one = 1;
	if (write(s->stop_descriptor, &one, sizeof(one)) < 0)
		return; /* the counter is full: it is readable already */
}

static void free_event(struct event *event)
{
	if (event)
		event_free(event);
}

void server_close(struct server *s)
{
	if (!s)
		return;
	/* connections first: they know calls, which are without an answer if still here */
	if (s->http)
		evhttp_free(s->http);
	guests_close(s->guests);
	redirect_close(s->redirect);
	watch_close(s->watch);
	tls_close(s->tls);
	arena_free(s->plain);
	workers_close(s->workers);
	queue_close(&s->queue);
	queue_close(&s->held);
	queue_close(&s->watching);
	ear_close(s->ear);
	struct event *const event[] = { s->turn,      s->done,  s->stop,         s->term,
					s->interrupt, s->grace, s->accept_again, s->clock,
					s->work,      s->daily, s->hangup,       s->again,
					s->drained };
	for (size_t i = 0; i < COUNT(event); i++)
		free_event(event[i]);
	if (s->base)
		event_base_free(s->base);
	if (s->stop_descriptor >= 0)
		(void)close(s->stop_descriptor);
	free(s);
}

void server_cleanup(struct server **s)
{
	server_close(*s);
}
