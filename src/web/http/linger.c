#include "web/http/linger.h"

#include "base/confine.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MOST = 64, MOMENT_S = 2, ALL_MS = 10000 };

struct one {
	TAILQ_ENTRY(one) next;
	struct lingerers *all;
	struct event *event;
	int64_t until_ms;
	int fd;
};

struct lingerers {
	TAILQ_HEAD(, one) list;
	struct event_base *base;
	size_t count;
};

static void end(struct one *o)
{
	TAILQ_REMOVE(&o->all->list, o, next);
	o->all->count--;
	event_free(o->event);
	(void)close(o->fd);
	free(o);
}

/* The moment is counted anew with what comes, so there is an end to it too. */
static void on_event(evutil_socket_t fd, short what, void *user)
{
	static char ignored[64 * 1024];
	struct one *o = user;
	const ssize_t got = (what & EV_READ) ? recv(fd, ignored, sizeof(ignored), MSG_DONTWAIT) : 0;
	if (got <= 0 || confine_now_ms() > o->until_ms)
		end(o);
}

struct lingerers *linger_open(struct event_base *base)
{
	struct lingerers *l = calloc(1, sizeof(*l));
	if (!l)
		return NULL;
	TAILQ_INIT(&l->list);
	l->base = base;
	return l;
}

void linger_close(struct lingerers *l)
{
	struct one *next = NULL;
	if (!l)
		return;
	for (struct one *o = TAILQ_FIRST(&l->list); o; o = next) {
		next = TAILQ_NEXT(o, next);
		end(o);
	}
	free(l);
}

void linger_on(struct lingerers *l, int fd)
{
	const struct timeval moment = { MOMENT_S, 0 };
	struct one *o = l->count < MOST ? calloc(1, sizeof(*o)) : NULL;
	if (!o)
		return;
	o->all = l;
	o->until_ms = confine_now_ms() + ALL_MS;
	o->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	o->event = o->fd >= 0 ? event_new(l->base, o->fd, EV_READ | EV_PERSIST, on_event, o) : NULL;
	if (!o->event || event_add(o->event, &moment) != 0) {
		if (o->event)
			event_free(o->event);
		if (o->fd >= 0)
			(void)close(o->fd);
		free(o);
		return;
	}
	TAILQ_INSERT_TAIL(&l->list, o, next);
	l->count++;
}
