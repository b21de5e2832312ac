/* proxy.h - a socket between a connection and a PostgreSQL server that fails in the ways of a
 * network: between hearing COMMIT and telling, by silence, by refusing. */
#pragma once
#include <stdbool.h>

enum proxy_mode {
	PROXY_PASS,
	PROXY_REFUSE,      /* closes each new connection at once               */
	PROXY_SILENT,      /* hears, and passes nothing on, either way         */
	PROXY_CUT_REQUEST, /* closes when the client says COMMIT, without passing that on */
	PROXY_CUT_REPLY,   /* passes COMMIT on, and closes instead of passing the answer on */
};

struct proxy;

/* Listens on a socket in a folder of its own, for the server whose socket is `server`.  Failures
 * fail the test. */
struct proxy *proxy_start(const char *server);
void proxy_stop(struct proxy *p);

/* The folder, which is the host of an address. */
const char *proxy_folder(const struct proxy *p);

/* How it behaves from here on.  After it has cut once it refuses. */
void proxy_set(struct proxy *p, enum proxy_mode mode);
