/* server.h - the loop: one turn is one transaction.
 *
 * All requests that have arrived are queued while libevent works off what is ready; an event
 * of a lower priority then runs them as one turn: begin, each request in its own savepoint,
 * commit once, and only then send the answers.  What was answered is on disk.
 *
 * A turn without a request that writes begins no transaction.  When the commit fails, every
 * request of the turn is answered 503: none of their rows are there.
 *
 * While a database on a server is away requests wait, 30 s at most (turn.h); what asks it nothing
 * is answered meanwhile. */
#pragma once
#include "web/http/tls.h"
#include "web/site.h"

struct server_options {
	const char *address;    /* "127.0.0.1"                                        */
	uint16_t port;          /* 0: any free one                                    */
	const char *database;   /* file, for the workers' own connections             */
	int workers;            /* threads for slow routes                            */
	int connections_most;   /* further ones wait until one has ended              */
	int timeout_s;          /* of a connection on which nothing moves             */
	int drain_s;            /* from the first signal to the end, at most: server_run() */
	struct tls_options tls; /* no certificate: HTTP, for a proxy on this machine */
	uint16_t redirect_port; /* plain HTTP that sends to the origin (redirect.h); 0: none  */
	const char *redirect_origin;
	const char *metrics_address; /* web/watch/scrape.h; NULL: none is listened on */
	uint16_t metrics_port;
	/* Called when the server listens and no thread is there yet: what the process will not
	 * need any more can be given up.  NULL: nothing is. */
	bool (*bound)(void *user, struct err *e);
	void *user;
};

struct server;

/* Listens; nothing is served yet.  The site is borrowed. */
bool server_open(struct site *site, const struct server_options *options, struct server **ret,
		 struct err *e) MUST_USE;

/* The port that it listens on. */
uint16_t server_port(const struct server *s);

/* SIGHUP reads the certificate again.  Serves until SIGTERM, SIGINT or server_stop(); requests that
 * have arrived are answered, in some seconds.  With `drain_s` a signal first ends the readiness
 * alone: for half of that time a proxy in front may still send requests, whose connections are
 * closed; the other half is for what is under way, and who then still waits for a database that is
 * away is told so (503).  A second signal ends at once. */
bool server_run(struct server *s, struct err *e) MUST_USE;

/* From another thread or a signal handler: as SIGTERM does without `drain_s`. */
void server_stop(struct server *s);
void server_close(struct server *s);
void server_cleanup(struct server **s);
