/* server_own.h - what the two halves of the server share: its life (server.c), and what goes
 * through it (server_turn.c). */
#pragma once
#include "web/http/ear.h"
#include "web/http/guest.h"
#include "web/http/queue.h"
#include "web/http/redirect.h"
#include "web/http/server.h"
#include "web/http/worker.h"
#include "web/watch/watch.h"

#include <event2/event.h>
#include <event2/http.h>

struct server {
	struct site *site;
	struct server_options options;
	struct event_base *base;
	struct evhttp *http;
	struct evhttp_bound_socket *socket;
	struct event *turn, *done, *stop, *term, *interrupt, *grace, *accept_again, *clock, *work,
		*daily, *hangup, *again, *drained;
	struct guests *guests;
	struct redirect *redirect; /* NULL: none */
	struct watch *watch;
	struct arena *plain;
	struct tls *tls; /* NULL: a proxy speaks it, or nobody */
	int stop_descriptor;
	struct workers *workers;
	struct queue queue;    /* for the next turns, oldest first               */
	struct queue watching; /* until there is something new: live.h         */
	struct ear *ear;       /* NULL: nobody else serves the database        */
	struct queue held;     /* until the database is there again              */
	size_t inside;         /* requests without an answer on its way */
	size_t unsent;         /* answers that are not with the kernel yet */
	bool stopping;
	bool last; /* nobody is held any more */
};

/* Ends the loop when it stops and nothing is under way. */
void server_end_if_idle(struct server *s);

/* It ends soon: who waits for a database that is away is told so, and who would is at once. */
void server_refuse_held(struct server *s);

/* Answers those who wait for something new. */
void server_wake(void *server);

/* For events of the loop. */
void server_on_request(struct evhttp_request *http, void *user);
void server_on_turn(evutil_socket_t fd, short what, void *user);
void server_on_done(evutil_socket_t fd, short what, void *user);
void server_on_daily(evutil_socket_t fd, short what, void *user);
void server_on_again(evutil_socket_t fd, short what, void *user);
