#include "web/http/guest.h"

#include "base/confine.h"
#include "base/log.h"
#include "web/http/address.h"
#include "web/http/call.h"
#include "web/http/head.h"
#include "web/http/linger.h"
#include "web/http/param.h"
#include "web/http/tls.h"

#include <event2/buffer.h>
#include <event2/bufferevent_ssl.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>

enum {
	SWEEP_MS = 250,
	BODY_SLACK = 64 * 1024,
	BODY_LARGE = 64 * 1024, /* that others may have to give way to: not a form */
	BODIES_PART = 4         /* of all that one address may hold                */
};

enum state {
	NEW,     /* accepted, and not yet looked at          */
	WAITS,   /* for the first byte of a request          */
	HEAD,    /* is coming                                */
	BODY,    /* is coming                                */
	ASKED,   /* the server is at work                    */
	ANSWERED /* the answer is going                      */
};

struct guest {
	TAILQ_ENTRY(guest) next;
	struct guests *all;
	struct bufferevent *stream;
	struct evhttp_connection *connection; /* NULL while it is new           */
	struct evbuffer_cb_entry *watch;
	size_t slot;
	enum state state;
	bool held;                 /* a reference to the stream is ours */
	bool counted;              /* among those of its address        */
	bool first;                /* no request has come yet           */
	bool ours;                 /* of this machine                   */
	bool named;                /* the request has a session, true or not */
	int64_t since_ms, mark_ms; /* of the state; of the window that the rate is looked at */
	size_t bytes;              /* that have come of the body; of the answer: all */
	size_t mark_bytes;         /* had moved when the window began                */
	size_t body;               /* bytes that are held of it                      */
	struct head head;          /* that is coming                                 */
	const char *refusal;       /* why it is to be put out, or NULL               */
	guest_gone *gone;
	void *user;
};

struct guests {
	TAILQ_HEAD(, guest) list;
	TAILQ_HEAD(, guest) arrived; /* and not yet looked at */
	struct guest_limits limits;
	size_t count;
	size_t bodies, nameless; /* bytes that are held */
	struct tls *tls;
	struct guest **of_fd;
	size_t room;
	struct addresses *addresses;
	struct lingerers *linger;
	struct event *sweep;
	struct event *arrival; /* some are new */
	struct arena *arena;
	const char *late, *large, *header, *many, *length, *broken, *space;
	int64_t told_ms;
};

/* ---- one guest --------------------------------------------------------------------------- */

static void release(struct guest *g)
{
	g->all->bodies -= g->body;
	if (!g->named)
		g->all->nameless -= g->body;
	g->body = 0;
}

static void enter(struct guest *g, enum state state, size_t bytes)
{
	g->state = state;
	g->since_ms = g->mark_ms = confine_now_ms();
	g->bytes = bytes;
	g->mark_bytes = 0;
	if (state != BODY && state != ASKED)
		release(g);
}

static void forget(struct guest *g)
{
	struct guests *all = g->all;
	const int fd = bufferevent_getfd(g->stream);
	TAILQ_REMOVE(&all->list, g, next);
	if (fd >= 0 && (size_t)fd < all->room && all->of_fd[fd] == g)
		all->of_fd[fd] = NULL;
	if (g->counted) {
		addresses_leave(all->addresses, g->slot);
		all->count--;
	}
	(void)evbuffer_remove_cb_entry(bufferevent_get_input(g->stream), g->watch);
	if (g->held)
		(void)bufferevent_decref(g->stream);
	release(g);
	head_free(&g->head);
	free(g);
}

static void on_end(struct evhttp_connection *connection, void *user)
{
	struct guest *g = user;
	(void)connection;
	if (g->gone)
		g->gone(g->user);
	forget(g);
}

/* What a body of this request may be. */
static size_t body_most(const struct head *h)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	char text[TARGET_MOST];
	struct path path = { .count = 0 };
	bool other = false;
	const struct route *route = path_read(a, head_path(h, text, sizeof(text)), &path)
					    ? route_find(POST, &path, &other)
					    : NULL;
	return route ? params_body_most(route) : BODY_MOST;
}

/* The head is whole.  What is far too large is refused before it is taken in; what is a little too
 * large is read, and refused on the page. */
static const char *refusal_of(const struct guest *g)
{
	const size_t length = head_length(&g->head);
	if (!head_is_sound(&g->head))
		return g->all->broken;
	if (head_is_chunked(&g->head))
		return g->all->length;
	if (length <= BODY_MOST)
		return NULL;
	return length > body_most(&g->head) + BODY_SLACK ? g->all->large : NULL;
}

/* ---- bodies ------------------------------------------------------------------------------ */

static size_t held_at(const struct guests *all, size_t slot)
{
	const struct guest *g = NULL;
	size_t size = 0;
	TAILQ_FOREACH(g, &all->list, next)
	{
		if (g->slot == slot)
			size += g->body;
	}
	return size;
}

/* The large body that has been coming longest: of all, of those without a session, of one address.
 */
static struct guest *longest_sending(const struct guests *all, bool nameless, const size_t *slot)
{
	struct guest *found = NULL;
	struct guest *g = NULL;
	TAILQ_FOREACH(g, &all->list, next)
	{
		if (g->state == BODY && g->body >= BODY_LARGE && !(nameless && g->named) &&
		    !(slot && g->slot != *slot) && (!found || g->since_ms < found->since_ms))
			found = g;
	}
	return found;
}

/* So many bytes more are held of this body: beyond the most somebody gives up. */
static void hold(struct guest *g, size_t size)
{
	struct guests *all = g->all;
	const struct guest_limits *l = &all->limits;
	g->body += size;
	all->bodies += size;
	if (!g->named)
		all->nameless += size;
	const bool nameless = !g->named && all->nameless > l->nameless;
	const bool alone = !g->ours && all->bodies > l->bodies / 2 &&
			   held_at(all, g->slot) > l->bodies / BODIES_PART;
	if (!nameless && !alone && all->bodies <= l->bodies)
		return;
	struct guest *one = longest_sending(all, nameless, alone ? &g->slot : NULL);
	if (!one)
		one = g;
	release(one);
	one->refusal = all->space;
	event_active(all->sweep, EV_TIMEOUT, 0); /* after evhttp has returned */
}

/* ---- what comes -------------------------------------------------------------------------- */

/* Bytes of a request have come; evhttp has not seen them yet. */
static void take(struct guest *g, const void *bytes, size_t size)
{
	size_t rest = 0;
	if (g->state == WAITS)
		enter(g, HEAD, 0);
	if (g->state == BODY) {
		g->bytes += size;
		if (!g->refusal)
			hold(g, size);
	}
	if (g->state != HEAD)
		return;
	switch (head_add(&g->head, bytes, size, g->all->limits.header, &rest)) {
	case HEAD_COMES: return;
	case HEAD_LARGE: g->refusal = g->all->header; break;
	case HEAD_BROKEN: g->refusal = g->all->broken; break;
	case HEAD_WHOLE:
		g->refusal = refusal_of(g);
		g->named = head_has_cookie(&g->head, COOKIE_SESSION);
		head_free(&g->head);
		g->first = false;
		enter(g, BODY, rest);
		if (!g->refusal)
			hold(g, rest);
		break;
	}
	/* after evhttp has returned */
	if (g->refusal)
		event_active(g->all->sweep, EV_TIMEOUT, 0);
}

/* What the buffer has behind its first `from` bytes. */
static void take_all(struct guest *g, struct evbuffer *buffer, size_t from)
{
	unsigned char piece[4096];
	struct evbuffer_ptr at;
	ev_ssize_t got = 0;
	bool more = evbuffer_ptr_set(buffer, &at, from, EVBUFFER_PTR_SET) == 0;
	for (; more && (got = evbuffer_copyout_from(buffer, &at, piece, sizeof(piece))) > 0;
	     more = evbuffer_ptr_set(buffer, &at, (size_t)got, EVBUFFER_PTR_ADD) == 0)
		take(g, piece, (size_t)got);
}

/* Of a body, all of which gathers there, the number is enough: finding the newest walks over it. */
static void on_bytes(struct evbuffer *buffer, const struct evbuffer_cb_info *info, void *user)
{
	struct guest *g = user;
	if (info->n_added > 0 && (g->state == WAITS || g->state == HEAD))
		take_all(g, buffer, info->orig_size);
	else if (info->n_added > 0)
		take(g, NULL, info->n_added);
}

/* Says why and ends the connection.  Not inside evhttp's own callbacks of it. */
static void put_out(struct guest *g, const char *text)
{
	const int fd = bufferevent_getfd(g->stream);
	if (text) {
		if (bufferevent_openssl_get_ssl(g->stream))
			tls_say(g->stream, text, strlen(text));
		else
			(void)send(fd, text, strlen(text), MSG_DONTWAIT | MSG_NOSIGNAL);
		linger_on(g->all->linger, fd);
	}
	evhttp_connection_free(g->connection);
}

/* ---- the sweep --------------------------------------------------------------------------- */

/* Since the beginning, or in the last window: what came at once at first does not last for ever. */
static bool too_slow(struct guest *g, int64_t now_ms, size_t moved)
{
	const struct guest_limits *l = &g->all->limits;
	const int64_t window_ms = (int64_t)l->grace_s * 1000;
	const int64_t counted_ms = now_ms - g->since_ms - window_ms;
	if (counted_ms <= 0)
		return false;
	if ((int64_t)moved < counted_ms * l->rate / 1000)
		return true;
	if (now_ms - g->mark_ms < window_ms)
		return false;
	const bool slow = g->mark_ms != g->since_ms &&
			  moved < g->mark_bytes + (size_t)l->rate * (size_t)l->grace_s;
	g->mark_ms = now_ms;
	g->mark_bytes = moved;
	return slow;
}

static void look_at(struct guest *g, int64_t now_ms)
{
	const struct guest_limits *l = &g->all->limits;
	const int64_t spent_ms = now_ms - g->since_ms;
	size_t waiting = 0;
	if (g->refusal && g->state <= BODY) {
		put_out(g, g->refusal);
		return;
	}
	switch (g->state) {
	case NEW: break;
	case WAITS:
		if (g->first && spent_ms > (int64_t)l->first_s * 1000)
			put_out(g, NULL);
		break;
	case HEAD:
		if (spent_ms > (int64_t)l->head_s * 1000)
			put_out(g, g->all->late);
		break;
	case BODY:
		if (too_slow(g, now_ms, g->bytes))
			put_out(g, g->all->late);
		break;
	case ASKED: break;
	case ANSWERED:
		waiting = evbuffer_get_length(bufferevent_get_output(g->stream));
		if (too_slow(g, now_ms, g->bytes > waiting ? g->bytes - waiting : 0))
			put_out(g, NULL);
		break;
	}
}

static void on_sweep(evutil_socket_t fd, short what, void *user)
{
	struct guests *all = user;
	const int64_t now_ms = confine_now_ms();
	struct guest *next = NULL;
	(void)fd;
	(void)what;
	for (struct guest *g = TAILQ_FIRST(&all->list); g; g = next) {
		next = TAILQ_NEXT(g, next); /* a guest ends no other */
		look_at(g, now_ms);
	}
}

/* ---- room -------------------------------------------------------------------------------- */

/* The one that waits longest: of that address, or of the one that holds most. */
static struct guest *longest_waiting(const struct guests *all, size_t slot)
{
	struct guest *found = NULL;
	struct guest *g = NULL;
	TAILQ_FOREACH(g, &all->list, next)
	{
		if ((g->state == WAITS || g->state == HEAD) && g->slot == slot &&
		    (!found || g->since_ms < found->since_ms))
			found = g;
	}
	return found;
}

static bool make_room(struct guests *all, size_t slot)
{
	struct guest *g = longest_waiting(all, slot);
	if (g)
		put_out(g, NULL);
	return g != NULL;
}

/* One line a minute at most: whoever comes too often does not fill the log either. */
static void note_full(struct guests *all)
{
	const int64_t now_ms = confine_now_ms();
	if (all->told_ms && now_ms - all->told_ms < (int64_t)60 * 1000)
		return;
	all->told_ms = now_ms;
	log_warn("connections: %zu of %d; one address has all it may have", all->count,
		 all->limits.most);
}

static bool admit(struct guests *all, size_t slot, bool ours)
{
	const size_t most = (size_t)all->limits.most;
	if (most == 0)
		return true;
	if (!ours && addresses_count(all->addresses, slot) >=
			     addresses_share(all->addresses, all->count, most)) {
		note_full(all);
		if (!make_room(all, slot))
			return false;
	}
	return all->count < most || make_room(all, addresses_largest(all->addresses));
}

static bool keep_place(struct guests *all, int fd)
{
	if ((size_t)fd < all->room)
		return true;
	const size_t room = ((size_t)fd + 1) * 2;
	struct guest **more = realloc(all->of_fd, room * sizeof(struct guest *));
	if (!more)
		return false;
	memset(more + all->room, 0, (room - all->room) * sizeof(struct guest *));
	all->of_fd = more;
	all->room = room;
	return true;
}

static bool find_place(struct guest *g)
{
	struct guests *all = g->all;
	const int fd = bufferevent_getfd(g->stream);
	char *address = NULL;
	ev_uint16_t port = 0;
	evhttp_connection_get_peer(g->connection, &address, &port);
	if (!address || !keep_place(all, fd))
		return false;
	g->slot = addresses_slot(all->addresses, address);
	g->ours = address_is_here(address);
	if (!admit(all, g->slot, g->ours))
		return false;
	g->counted = true;
	all->count++;
	addresses_enter(all->addresses, g->slot);
	all->of_fd[fd] = g;
	return true;
}

/* One that was accepted: evhttp has given it its socket and put itself behind it. */
static void welcome(struct guest *g)
{
	void *behind = NULL;
	bufferevent_getcb(g->stream, NULL, NULL, NULL, &behind);
	if (!behind || bufferevent_getfd(g->stream) < 0) { /* evhttp had no memory */
		forget(g);
		return;
	}
	(void)bufferevent_decref(g->stream);
	g->held = false;
	g->connection = behind;
	evhttp_connection_set_closecb(g->connection, on_end, g);
	enter(g, WAITS, 0);
	g->first = true;
	if ((g->all->tls && !bufferevent_openssl_get_ssl(g->stream)) || !find_place(g))
		put_out(g, g->all->many);
}

static void on_arrival(evutil_socket_t fd, short what, void *user)
{
	struct guests *all = user;
	struct guest *g = NULL;
	(void)fd;
	(void)what;
	while ((g = TAILQ_FIRST(&all->arrived))) {
		TAILQ_REMOVE(&all->arrived, g, next);
		TAILQ_INSERT_TAIL(&all->list, g, next);
		welcome(g);
	}
}

/* evhttp asks for a stream for a socket that it has accepted.  What it becomes shows when evhttp
 * has returned: the event of that comes before any other, so that no byte has been read. */
static struct bufferevent *on_accept(struct event_base *base, void *user)
{
	struct guests *all = user;
	struct bufferevent *b = all->tls ? tls_accept(all->tls, base) : NULL;
	struct guest *g = calloc(1, sizeof(*g));
	if (!b)
		b = bufferevent_socket_new(base, -1, BEV_OPT_CLOSE_ON_FREE);
	if (!b || !g)
		log_fatal("no memory for a connection");
	*g = (struct guest){ .all = all, .stream = b, .state = NEW, .held = true };
	g->watch = evbuffer_add_cb(bufferevent_get_input(b), on_bytes, g);
	bufferevent_incref(b);
	TAILQ_INSERT_TAIL(&all->arrived, g, next);
	event_active(all->arrival, EV_TIMEOUT, 0);
	return b;
}

/* ---- for the server ---------------------------------------------------------------------- */

static struct guest *guest_of(const struct guests *all, struct evhttp_request *http)
{
	struct evhttp_connection *connection = evhttp_request_get_connection(http);
	const int fd = bufferevent_getfd(evhttp_connection_get_bufferevent(connection));
	struct guest *g = fd >= 0 && (size_t)fd < all->room ? all->of_fd[fd] : NULL;
	return g && g->connection == connection ? g : NULL;
}

void guest_tell(struct guests *all, struct evhttp_request *http, guest_gone *gone, void *user)
{
	struct guest *g = guest_of(all, http);
	if (!g)
		return;
	g->gone = gone;
	g->user = user;
}

/* evhttp runs a request in the same breath as it reads the last byte, before the sweep has put out
 * whoever was refused; and it may see the end of a head where none is. */
bool guest_asked(struct guests *all, struct evhttp_request *http)
{
	struct guest *g = guest_of(all, http);
	if (!g)
		return true;
	if (!g->refusal && g->state != BODY)
		g->refusal = all->broken;
	if (g->refusal) {
		event_active(all->sweep, EV_TIMEOUT, 0);
		return false;
	}
	enter(g, ASKED, 0);
	return true;
}

void guest_answered(struct guests *all, struct evhttp_request *http, size_t size)
{
	struct guest *g = guest_of(all, http);
	if (g)
		enter(g, ANSWERED, size);
}

void guest_served(struct guests *all, struct evhttp_request *http)
{
	struct guest *g = guest_of(all, http);
	if (!g)
		return;
	g->gone = NULL;
	enter(g, WAITS, 0);
	/* of a pipelined request some is there already */
	take_all(g, bufferevent_get_input(g->stream), 0);
}

/* ---- life -------------------------------------------------------------------------------- */

bool guests_open(struct event_base *base, struct evhttp *http, const struct guest_limits *limits,
		 const struct catalog *catalog, struct tls *tls, struct guests **ret, struct err *e)
{
	const struct timeval pause = { 0, SWEEP_MS * 1000L };
	struct guests *all = calloc(1, sizeof(*all));
	if (!all)
		return err_set(e, ERR_SYSTEM, "error.system", "out of memory");
	*all = (struct guests){ .limits = *limits, .tls = tls, .arena = arena_new() };
	TAILQ_INIT(&all->list);
	TAILQ_INIT(&all->arrived);
	all->late = http_refusal(all->arena, catalog, 408, "error.late");
	all->large = http_refusal(all->arena, catalog, 413, "error.body.size");
	all->header = http_refusal(all->arena, catalog, 431, "error.header.size");
	all->many = http_refusal(all->arena, catalog, 429, "error.connections");
	all->length = http_refusal(all->arena, catalog, 411, "error.body.length");
	all->space = http_refusal(all->arena, catalog, 503, "error.body.space");
	all->broken = http_refusal(all->arena, catalog, 400, "error.head");
	all->addresses = addresses_open();
	all->linger = linger_open(base);
	all->sweep = event_new(base, -1, EV_PERSIST, on_sweep, all);
	all->arrival = event_new(base, -1, EV_PERSIST, on_arrival, all);
	if (!all->addresses || !all->linger || !all->sweep || !all->arrival ||
	    event_priority_set(all->sweep, 0) != 0 || event_priority_set(all->arrival, 0) != 0 ||
	    event_add(all->sweep, &pause) != 0) {
		guests_close(all);
		return err_set(e, ERR_SYSTEM, "error.system", "no events for connections");
	}
	evhttp_set_bevcb(http, on_accept, all);
	*ret = all;
	return true;
}

size_t guests_count(const struct guests *all)
{
	return all->count;
}

void guests_close(struct guests *all)
{
	struct guest *next = NULL;
	if (!all)
		return;
	/* accepted in the last moment; of all others evhttp has told */
	TAILQ_CONCAT(&all->list, &all->arrived, next);
	for (struct guest *g = TAILQ_FIRST(&all->list); g; g = next) {
		next = TAILQ_NEXT(g, next);
		forget(g);
	}
	if (all->sweep)
		event_free(all->sweep);
	if (all->arrival)
		event_free(all->arrival);
	linger_close(all->linger);
	addresses_close(all->addresses);
	free(all->of_fd);
	arena_free(all->arena);
	free(all);
}
