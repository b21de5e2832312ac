#include "bench/load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { EVENTS = 256, ROOM_FIRST = 16 * 1024, NS_PER_US = 1000 };
static const int64_t NS_PER_S = 1000000000;
static const int64_t DRAIN_NS = 20 * 1000000000LL; /* how long answers are waited for at the end */

enum client_state { IDLE, WAITING, SENDING, RECEIVING, ENDED };

struct client {
	enum client_state state;
	int fd; /* -1 not connected */
	struct load_request request;
	int64_t due_ns;
	size_t sent;
	char *in;
	size_t size, room;
	bool connected;
};

/* Clients that wait for their time, the earliest on top. */
struct heap {
	size_t *at;
	size_t count;
};

struct load {
	const struct load_plan *plan;
	struct client *clients;
	struct heap heap;
	struct load_figures *figures;
	int epoll;
	size_t under_way; /* requests that are sent or being sent */
	size_t ended;
	int64_t quiet_ns; /* since when there is no answer though some are under way */
};

int64_t load_now_ns(void)
{
	struct timespec now = { 0, 0 };
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

static int64_t processor_ns(void)
{
	struct timespec now = { 0, 0 };
	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

void load_raise_limits(void)
{
	struct rlimit limit = { 0, 0 };
	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
}

/* ---- the heap ------------------------------------------------------------------------------- */

static int64_t due_of(const struct load *l, size_t place)
{
	return l->clients[l->heap.at[place]].due_ns;
}

static void swap(struct heap *h, size_t a, size_t b)
{
	size_t kept = h->at[a];
	h->at[a] = h->at[b];
	h->at[b] = kept;
}

static void heap_put(struct load *l, size_t client)
{
	size_t at = l->heap.count++;
	l->heap.at[at] = client;
	for (; at > 0 && due_of(l, at) < due_of(l, (at - 1) / 2); at = (at - 1) / 2)
		swap(&l->heap, at, (at - 1) / 2);
}

static size_t heap_take(struct load *l)
{
	const size_t first = l->heap.at[0];
	size_t at = 0;
	l->heap.at[0] = l->heap.at[--l->heap.count];
	for (;;) {
		size_t least = at;
		for (size_t child = 2 * at + 1; child <= 2 * at + 2; child++) {
			if (child < l->heap.count && due_of(l, child) < due_of(l, least))
				least = child;
		}
		if (least == at)
			return first;
		swap(&l->heap, at, least);
		at = least;
	}
}

/* ---- connections ---------------------------------------------------------------------------- */

static bool connect_client(struct load *l, size_t at, struct err *e)
{
	struct client *c = &l->clients[at];
	const int one = 1;
	const struct load_plan *plan = l->plan;
	const uint16_t port =
		plan->node_count > 0 ? plan->nodes[at % plan->node_count] : plan->port;
	const struct sockaddr_in address = { .sin_family = AF_INET,
					     .sin_port = htons(port),
					     .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct epoll_event event = { .events = EPOLLIN | EPOLLOUT | EPOLLET | EPOLLRDHUP,
				     .data.u64 = at };
	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (c->fd < 0)
		return err_set(e, ERR_SYSTEM, "error.system", "no socket: %s", strerror(errno));
	(void)setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if ((connect(c->fd, (const struct sockaddr *)&address, sizeof(address)) != 0 &&
	     errno != EINPROGRESS) ||
	    epoll_ctl(l->epoll, EPOLL_CTL_ADD, c->fd, &event) != 0)
		return err_set(e, ERR_SYSTEM, "error.system", "no connection: %s", strerror(errno));
	return true;
}

static void end_client(struct load *l, struct client *c)
{
	if (c->state == SENDING || c->state == RECEIVING) {
		l->figures->unanswered++;
		l->under_way--;
	}
	if (c->state != ENDED)
		l->ended++;
	c->state = ENDED;
	if (c->fd >= 0)
		(void)close(c->fd);
	c->fd = -1;
}

/* Waits until all are connected, so that a measure does not begin with that. */
static bool connect_all(struct load *l, struct err *e)
{
	struct epoll_event events[EVENTS];
	size_t open = 0;
	const int64_t until_ns = load_now_ns() + DRAIN_NS;
	for (size_t i = 0; i < l->plan->clients; i++) {
		if (!connect_client(l, i, e))
			return false;
	}
	while (open < l->plan->clients && load_now_ns() < until_ns) {
		const int count = epoll_wait(l->epoll, events, EVENTS, 1000);
		for (int i = 0; i < count; i++) {
			struct client *c = &l->clients[events[i].data.u64];
			if (events[i].events & (EPOLLERR | EPOLLHUP))
				return err_set(e, ERR_SYSTEM, "error.system", "refused");
			if (!c->connected && (events[i].events & EPOLLOUT)) {
				c->connected = true;
				open++;
			}
		}
	}
	return open == l->plan->clients ||
	       err_set(e, ERR_SYSTEM, "error.system", "not all could connect");
}

/* ---- one client ----------------------------------------------------------------------------- */

static void send_more(struct load *l, struct client *c)
{
	while (c->state == SENDING) {
		const ssize_t n = send(c->fd, c->request.bytes + c->sent, c->request.size - c->sent,
				       MSG_NOSIGNAL);
		if (n < 0 && (errno == EAGAIN || errno == ENOTCONN))
			return;
		if (n < 0) {
			end_client(l, c);
			return;
		}
		c->sent += (size_t)n;
		if (c->sent == c->request.size)
			c->state = RECEIVING;
	}
}

static void begin_request(struct load *l, size_t at, int64_t now_ns)
{
	struct client *c = &l->clients[at];
	struct err e = { 0 };
	if (l->under_way == 0)
		l->quiet_ns = now_ns;
	l->under_way++;
	l->plan->script.make(l->plan->script.user, at, &c->request);
	c->state = SENDING;
	c->sent = 0;
	if (c->fd < 0 && !connect_client(l, at, &e)) {
		end_client(l, c);
		return;
	}
	send_more(l, c);
}

/* Asks the script for the client's next time, and sends, or has it wait. */
static void go_on(struct load *l, size_t at, int64_t now_ns)
{
	struct client *c = &l->clients[at];
	const struct load_script *script = &l->plan->script;
	const int64_t length_ns = l->plan->length_ns;
	c->state = IDLE;
	c->due_ns = now_ns;
	if ((script->due && !script->due(script->user, at, now_ns, &c->due_ns)) ||
	    (length_ns > 0 && c->due_ns >= l->figures->began_ns + length_ns)) {
		end_client(l, c);
		return;
	}
	if (c->due_ns <= now_ns) {
		begin_request(l, at, now_ns);
		return;
	}
	c->state = WAITING;
	heap_put(l, at);
}

static void count_answer(struct load *l, size_t at, const struct reply *reply, int64_t now_ns)
{
	struct load_figures *f = l->figures;
	const struct client *c = &l->clients[at];
	const unsigned kind = c->request.kind;
	if (now_ns - l->quiet_ns > f->longest_gap_ns)
		f->longest_gap_ns = now_ns - l->quiet_ns;
	l->quiet_ns = now_ns;
	l->under_way--;
	if (!l->plan->script.answered(l->plan->script.user, at, kind, reply)) {
		f->refused[kind]++;
		f->first_refusal = f->first_refusal ? f->first_refusal : reply->status;
		return;
	}
	f->counted[kind]++;
	f->last_ns = now_ns;
	histogram_add(&f->latency[kind], (now_ns - c->due_ns) / NS_PER_US);
}

static void take_answer(struct load *l, size_t at)
{
	struct client *c = &l->clients[at];
	struct reply reply = { 0 };
	const enum reply_state state = reply_read(c->in, c->size, &reply);
	if (state == REPLY_MORE)
		return;
	if (state == REPLY_BROKEN || c->state != RECEIVING || reply.size != c->size) {
		end_client(l, c);
		return;
	}
	const int64_t now_ns = load_now_ns();
	count_answer(l, at, &reply, now_ns);
	c->state = IDLE;
	c->size = 0;
	if (reply.keeps)
		go_on(l, at, now_ns);
	else
		end_client(l, c);
}

static void make_room(struct client *c)
{
	if (c->room > c->size)
		return;
	c->room = c->room ? c->room * 2 : ROOM_FIRST;
	c->in = realloc(c->in, c->room);
	if (!c->in)
		abort();
}

/* With `hung_up` the other side sends no more: read up to the very end, as no event will follow. */
static void receive(struct load *l, size_t at, bool hung_up)
{
	struct client *c = &l->clients[at];
	while (c->state != ENDED) {
		make_room(c);
		const ssize_t n = recv(c->fd, c->in + c->size, c->room - c->size, 0);
		if (n < 0 && errno == EAGAIN)
			return;
		if (n <= 0) {
			end_client(l, c);
			return;
		}
		c->size += (size_t)n;
		/* a full buffer may have left something behind: only then ask again */
		const bool more = hung_up || c->size == c->room;
		take_answer(l, at);
		if (!more)
			return;
	}
}

/* ---- the loop ------------------------------------------------------------------------------- */

static void on_event(struct load *l, const struct epoll_event *event)
{
	const size_t at = (size_t)event->data.u64;
	struct client *c = &l->clients[at];
	const uint32_t hung_up = EPOLLRDHUP | EPOLLHUP | EPOLLERR;
	if (c->state == ENDED)
		return;
	if (event->events & EPOLLOUT)
		send_more(l, c);
	if (c->state != ENDED && (event->events & (EPOLLIN | hung_up)))
		receive(l, at, (event->events & hung_up) != 0);
}

static void send_due(struct load *l)
{
	const int64_t now_ns = load_now_ns();
	while (l->heap.count > 0 && due_of(l, 0) <= now_ns)
		begin_request(l, heap_take(l), now_ns);
}

static void wait_events(struct load *l)
{
	struct epoll_event events[EVENTS];
	struct timespec timeout = { 1, 0 };
	if (l->heap.count > 0) {
		int64_t left_ns = due_of(l, 0) - load_now_ns();
		if (left_ns < 0)
			left_ns = 0;
		if (left_ns < NS_PER_S)
			timeout = (struct timespec){ 0, (long)left_ns };
	}
	const int count = epoll_pwait2(l->epoll, events, EVENTS, &timeout, NULL);
	for (int i = 0; i < count; i++)
		on_event(l, &events[i]);
}

static void play(struct load *l)
{
	struct load_figures *f = l->figures;
	const size_t clients = l->plan->clients;
	const int64_t before_ns = processor_ns();
	int64_t until_ns = 0;
	f->began_ns = load_now_ns();
	l->quiet_ns = f->began_ns;
	if (l->plan->length_ns > 0)
		until_ns = f->began_ns + l->plan->length_ns + DRAIN_NS;
	for (size_t i = 0; i < clients; i++)
		go_on(l, i, load_now_ns());
	while (l->ended < clients && (until_ns == 0 || load_now_ns() < until_ns)) {
		send_due(l);
		wait_events(l);
		/* a server that answers nothing for so long will not answer any more */
		if (l->under_way > 0 && load_now_ns() - l->quiet_ns > DRAIN_NS)
			break;
	}
	if (l->under_way > 0 && load_now_ns() - l->quiet_ns > f->longest_gap_ns)
		f->longest_gap_ns = load_now_ns() - l->quiet_ns;
	f->processor_ns = processor_ns() - before_ns;
}

static void close_load(struct load *l)
{
	for (size_t i = 0; l->clients && i < l->plan->clients; i++) {
		end_client(l, &l->clients[i]);
		free(l->clients[i].in);
	}
	free(l->clients);
	free(l->heap.at);
	free(l->figures);
	if (l->epoll >= 0)
		(void)close(l->epoll);
}

bool load_run(const struct load_plan *plan, struct load_figures **ret, struct err *e)
{
	CLEANUP(close_load) struct load l = { .plan = plan, .epoll = epoll_create1(EPOLL_CLOEXEC) };
	l.clients = calloc(plan->clients, sizeof(*l.clients));
	l.heap.at = calloc(plan->clients, sizeof(*l.heap.at));
	l.figures = calloc(1, sizeof(*l.figures));
	if (!l.clients || !l.heap.at || !l.figures || l.epoll < 0)
		return err_set(e, ERR_SYSTEM, "error.system", "no memory for the load");
	for (size_t i = 0; i < plan->clients; i++)
		l.clients[i].fd = -1;
	if (!plan->cold && !connect_all(&l, e))
		return false;
	play(&l);
	for (size_t i = 0; i < plan->clients; i++)
		end_client(&l, &l.clients[i]);
	*ret = l.figures;
	l.figures = NULL;
	return true;
}

double load_rate(const struct load_figures *f, unsigned kind)
{
	const int64_t took_ns = f->last_ns - f->began_ns;
	return took_ns > 0 ? (double)f->counted[kind] * 1e9 / (double)took_ns : 0;
}

int64_t load_refused(const struct load_figures *f)
{
	int64_t sum = f->unanswered;
	for (size_t i = 0; i < LOAD_KINDS_MOST; i++)
		sum += f->refused[i];
	return sum;
}
