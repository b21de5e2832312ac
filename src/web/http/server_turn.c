/* server_turn.c - requests, turns, answers: what goes through the server (server.h). */
#include "web/http/server_own.h"

#include "base/log.h"
#include "web/http/live.h"
#include "web/http/take.h"
#include "web/http/turn.h"
#include "web/installation/daily.h"
#include "web/watch/figures.h"

#include <event2/buffer.h>
#include <fcntl.h>
#include <unistd.h>

enum {
	TURN_MOST =
		64, /* requests of one turn, so that their pages do not all lie in memory at once */
	PAGES_MOST = 16, /* pages of one turn: larger than other answers, and so are their models */
	WAIT_MOST_MS = 30 * 1000, /* for a database that is away */
};

void server_end_if_idle(struct server *s)
{
	if (s->stopping && s->inside == 0 && s->unsent == 0)
		(void)event_base_loopbreak(s->base);
}

/* ---- answers --------------------------------------------------------------- */

static void on_closed(void *user)
{
	struct server *s = user;
	s->unsent--;
	server_end_if_idle(s);
}

static void on_sent(struct evhttp_request *http, void *user)
{
	struct server *s = user;
	guest_served(s->guests, http);
	s->unsent--;
	server_end_if_idle(s);
}

/* The sender has gone before the answer: the request is no longer ours to touch. */
static void on_gone(void *user)
{
	struct call *c = user;
	*c->owner = NULL;
}

/* Bytes of a file are not copied: the kernel shows them from its own memory (mmap) until they are
 * sent. False: it could not. */
static bool put_body(struct evbuffer *body, const struct http_out *out)
{
	if (!out->piece)
		return out->size == 0 || evbuffer_add(body, out->body, out->size) == 0;
	const int fd = fcntl(out->piece->fd, F_DUPFD_CLOEXEC, 0);
	if (fd < 0)
		return false;
	if (evbuffer_add_file(body, fd, out->piece->from, out->piece->size) == 0)
		return true;
	(void)close(fd);
	return false;
}

static void send_answer(struct server *s, struct call *c)
{
	struct evhttp_request *http = c->owner ? *c->owner : NULL;
	const struct http_out *out = &c->out;
	figures_answered(s->site, c);
	s->inside--;
	if (!http)
		return;
	struct evkeyvalq *headers = evhttp_request_get_output_headers(http);
	struct evbuffer *body = evhttp_request_get_output_buffer(http);
	const bool whole = put_body(body, out);
	if (!whole)
		log_warn("an answer could not be read from its file");
	for (size_t i = 0; whole && i < out->header_count; i++)
		(void)evhttp_add_header(headers, out->header[i].name, out->header[i].value);
	if (s->site->draining)
		(void)evhttp_add_header(headers, "Connection", "close");
	s->unsent++;
	guest_tell(s->guests, http, on_closed, s);
	evhttp_request_set_on_complete_cb(http, on_sent, s);
	guest_answered(s->guests, http, evbuffer_get_length(body));
	const int status = whole ? out->status : 503;
	evhttp_send_reply(http, status, http_reason(status), NULL);
}

/* ---- the turn -------------------------------------------------------------- */

/* Whoever has gone before the turn was promised nothing: their calls are dropped.  A job of the day
 * has nobody who could go. */
static size_t drop_gone(struct server *s, struct call **calls, size_t count)
{
	size_t left = 0;
	for (size_t i = 0; i < count; i++) {
		struct call *c = calls[i];
		if (c->req.job || *c->owner) {
			calls[left++] = c;
			continue;
		}
		s->inside--;
		call_free(c);
	}
	return left;
}

/* The next one that is due follows at once. */
static void end_job(struct server *s, struct call *c)
{
	daily_over(s->site, c);
	call_free(c);
	event_active(s->daily, EV_READ, 0); /* EV_TIMEOUT would put the next tick off */
}

static const struct err busy = { .kind = ERR_BUSY,
				 .key = "error.busy",
				 .detail = "too many slow requests" };

static void on_ready(void *user, struct call *c)
{
	struct server *s = user;
	if (c->req.job) {
		end_job(s, c);
		return;
	}
	if (call_fetches(c)) {
		if (workers_give(s->workers, c))
			return;
		call_fail(c, &busy);
	}
	call_answer(c);
	send_answer(s, c);
	call_free(c);
}

/* How many of the queue the next turn takes. */
static size_t turn_size(const struct queue *q)
{
	size_t pages = 0;
	size_t count = 0;
	while (count < q->count && count < TURN_MOST && pages < PAGES_MOST) {
		const struct call *c = q->list[count++];
		pages += c->req.route && c->req.route->method == GET && c->req.route->page;
	}
	return count;
}

static void enqueue(struct server *s, struct call *c)
{
	queue_put(&s->queue, c);
	event_active(s->turn, EV_TIMEOUT, 0);
}

static void hold(void *user, struct call *c)
{
	struct server *s = user;
	if (c->waits_ms == 0)
		c->waits_ms = clock_monotonic_ms();
	if (s->last && !c->req.job) {
		call_fail_away(c);
		on_ready(s, c);
		return;
	}
	queue_put(&s->held, c);
}

static struct turn_hands hands_of(struct server *s)
{
	return (struct turn_hands){ on_ready, hold, s };
}

/* The turn has the lowest priority: what it answers is with the kernel, as far as the kernel takes
 * it, before the next turn makes more.  A hall that comes at once waits as requests, which are
 * small, not as pages. */
void server_on_turn(evutil_socket_t fd, short what, void *user)
{
	struct server *s = user;
	struct call *calls[TURN_MOST];
	const size_t count = turn_size(&s->queue);
	const struct turn_hands hands = hands_of(s);
	(void)fd;
	(void)what;
	const int64_t notices = db_notices(s->site->db);
	queue_take(&s->queue, calls, count);
	if (s->queue.count > 0)
		event_active(s->turn, EV_TIMEOUT, 0);
	turn_commit(s->site, calls, drop_gone(s, calls, count), &hands);
	if (db_notices(s->site->db) != notices && !ear_hears(s->ear))
		server_wake(s);
	server_end_if_idle(s);
}

/* ---- who waits for something new ------------------------------------------- */

static void answer_watcher(struct server *s, struct call *c)
{
	c->waits_ms = 0;
	c->arrived_us = clock_monotonic_us(); /* it was not the server that took so long */
	enqueue(s, c);
}

void server_wake(void *server)
{
	struct server *s = server;
	s->site->tide++;
	for (size_t i = 0; i < s->watching.count; i++)
		answer_watcher(s, s->watching.list[i]);
	s->watching.count = 0;
}

static void watch(struct server *s, struct call *c)
{
	c->waits_ms = clock_monotonic_ms();
	queue_put(&s->watching, c);
}

/* Longer a proxy might not wait. */
static void end_watching(struct server *s)
{
	const int64_t now_ms = clock_monotonic_ms();
	struct queue *watching = &s->watching;
	size_t left = 0;
	watching->count = drop_gone(s, watching->list, watching->count);
	for (size_t i = 0; i < watching->count; i++) {
		struct call *c = watching->list[i];
		if (s->site->draining || now_ms - c->waits_ms >= LIVE_MOST_MS)
			answer_watcher(s, c);
		else
			watching->list[left++] = c;
	}
	watching->count = left;
}

/* To a worker, unless it would only find that the database is away. */
static void give(struct server *s, struct call *c)
{
	c->read_lost = false;
	if (s->site->away) {
		c->read_lost = true;
		hold(s, c);
	} else if (!workers_give(s->workers, c)) {
		call_fail(c, &busy);
		enqueue(s, c);
	}
}

void server_on_done(evutil_socket_t fd, short what, void *user)
{
	struct server *s = user;
	struct call *c = NULL;
	(void)fd;
	(void)what;
	while ((c = workers_take(s->workers))) {
		if (c->req.fetch) /* its turn is over */
			on_ready(s, c);
		else if (c->read_lost)
			hold(s, c);
		else
			enqueue(s, c);
	}
	server_end_if_idle(s);
}

/* ---- the database is away -------------------------------------------------- */

/* A job of the day has nobody who waits for an answer. */
static bool has_waited(const struct server *s, const struct call *c, int64_t now_ms)
{
	return !c->req.job && (s->last || now_ms - c->waits_ms >= WAIT_MOST_MS);
}

static void refuse_old(struct server *s)
{
	const int64_t now_ms = clock_monotonic_ms();
	struct queue *held = &s->held;
	size_t left = 0;
	held->count = drop_gone(s, held->list, held->count);
	for (size_t i = 0; i < held->count; i++) {
		struct call *c = held->list[i];
		if (has_waited(s, c, now_ms)) {
			call_fail_away(c);
			on_ready(s, c);
		} else {
			held->list[left++] = c;
		}
	}
	held->count = left;
}

void server_refuse_held(struct server *s)
{
	const struct turn_hands hands = hands_of(s);
	s->last = true;
	turn_give_up(s->site, &hands);
	refuse_old(s);
	server_end_if_idle(s);
}

/* What waited comes before what has come since. */
static void go_on(struct server *s)
{
	struct queue held = s->held;
	size_t left = 0;
	s->held = (struct queue){ 0 };
	for (size_t i = 0; i < held.count; i++) {
		if (held.list[i]->read_lost)
			give(s, held.list[i]);
		else
			held.list[left++] = held.list[i];
	}
	held.count = left;
	queue_put_before(&s->queue, &held);
	queue_close(&held);
	event_active(s->turn, EV_TIMEOUT, 0);
}

void server_on_again(evutil_socket_t fd, short what, void *user)
{
	struct server *s = user;
	struct site *site = s->site;
	const struct turn_hands hands = hands_of(s);
	(void)fd;
	(void)what;
	end_watching(s);
	if (!site->away && !site->doubt && s->held.count == 0)
		return;
	if (site->doubt && (s->last || clock_monotonic_ms() - site->away_ms >= WAIT_MOST_MS))
		turn_give_up(site, &hands);
	refuse_old(s);
	if (turn_reach(site, &hands))
		go_on(s);
	server_end_if_idle(s);
}

/* ---- jobs of the day ------------------------------------------------------- */

/* Through workers and turn as requests go.  The end of the server does not wait for one. */
void server_on_daily(evutil_socket_t fd, short what, void *user)
{
	struct server *s = user;
	site_keep_jobs(s->site);
	site_keep_records(s->site); /* a record that is lost is told within five seconds (R28-3) */
	ear_tick(s->ear);
	struct call *c = s->stopping ? NULL : daily_next(s->site);
	(void)fd;
	(void)what;
	if (!c)
		return;
	if (call_is_slow(c))
		give(s, c);
	else
		enqueue(s, c);
}

/* ---- requests -------------------------------------------------------------- */

static void free_body(void *body)
{
	evbuffer_free(body);
}

/* A thread reads it while the loop may lose the connection: the bytes go over, none is copied. */
static bool keep_body(struct call *c, struct evhttp_request *http)
{
	struct evbuffer *body = evbuffer_new();
	if (!body)
		return false;
	arena_defer(c->arena, free_body, body);
	if (evbuffer_add_buffer(body, evhttp_request_get_input_buffer(http)) != 0)
		return false;
	c->in.body = evbuffer_pullup(body, -1);
	return c->in.size == 0 || c->in.body;
}

void server_on_request(struct evhttp_request *http, void *user)
{
	struct server *s = user;
	if (!guest_asked(s->guests, http))
		return;
	struct call *c = call_new(s->site);
	take_request(c, http);
	c->arrived_us = clock_monotonic_us();
	c->owner = arena_alloc(c->arena, sizeof(*c->owner));
	*c->owner = http;
	guest_tell(s->guests, http, on_gone, c);
	s->inside++;
	call_begin(c);
	if (!s->site->draining && live_waits(c)) {
		watch(s, c);
		return;
	}
	if (!call_is_slow(c)) {
		enqueue(s, c);
		return;
	}
	if (keep_body(c, http)) {
		give(s, c);
		return;
	}
	call_fail(c, &busy);
	enqueue(s, c);
}
