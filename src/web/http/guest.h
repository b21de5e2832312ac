/* guest.h - connections, and how much of the server each may hold (slow, many, oversized).
 *
 * A connection is waited for only while it moves: a head has to be whole in a few seconds, a body
 * and an answer must keep a rate that any line has.  An address may hold a share of all connections
 * that a whole hall behind it does not reach; when the server is nearly full the share is what is
 * fair among the addresses that are there, and who wants more gives up an own connection that
 * waits. This machine (a proxy) has no share: the proxy keeps one for it (packaging/nginx).
 *
 * Bodies that are not answered yet hold so much memory together, and less of it without a session;
 * an address a quarter.  Beyond that the one that has been coming longest gives up.
 *
 * Belongs to the loop's thread, and has evhttp's callbacks for new connections and for the end of
 * each: server.c asks for those here.  Events of priority 0 are this module's alone. */
#pragma once
#include "base/arena.h"
#include "view/catalog.h"
#include "web/http/tls.h"

#include <event2/bufferevent.h>
#include <event2/http.h>

struct guest_limits {
	int most;        /* connections at once; 0: no limit but the descriptors       */
	int first_s;     /* to the first byte of the first request, handshake included */
	int head_s;      /* from the first byte of a request to the end of its head    */
	int grace_s;     /* of a body or an answer before its rate is looked at        */
	int rate;        /* bytes a second of a body or an answer at least, from its
			    beginning and in each further grace                        */
	size_t header;   /* bytes of a head at most                                    */
	size_t bodies;   /* bytes of all bodies together                               */
	size_t nameless; /* ... of those that come without a session                 */
};

struct guests;

/* Takes over evhttp's callbacks.  The catalog is borrowed; with `tls` (or NULL) each connection is
 * secured. */
bool guests_open(struct event_base *base, struct evhttp *http, const struct guest_limits *limits,
		 const struct catalog *catalog, struct tls *tls, struct guests **ret,
		 struct err *e) MUST_USE;

/* Connections that are there. */
size_t guests_count(const struct guests *all);

/* After evhttp_free(). */
void guests_close(struct guests *all);

/* Whoever is told when the connection of this request ends before the next call; NULL: nobody. */
typedef void guest_gone(void *user);
void guest_tell(struct guests *all, struct evhttp_request *http, guest_gone *gone, void *user);

/* The request is whole: from here its time is the server's.  False if its head was refused: nothing
 * is to be done with it, the guest is put out with the reason. */
bool guest_asked(struct guests *all, struct evhttp_request *http) MUST_USE;

/* The answer is on its way: so many bytes. */
void guest_answered(struct guests *all, struct evhttp_request *http, size_t size);

/* The answer is with the kernel: the next request may come.  Nobody is told any more. */
void guest_served(struct guests *all, struct evhttp_request *http);
