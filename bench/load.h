/* load.h - an HTTP/1.1 load generator: one thread, one keep-alive connection per client.
 *
 * A script says what each client sends next and when that is due.  Due now, always, makes a closed
 * loop: as fast as the answers come.  Due by a schedule makes an open one: a client that is
 * still waiting sends late, and its time runs from the instant the request was due, not from the
 * instant it was sent.  Otherwise a server that stands still would hide the very requests that
 * it keeps waiting ("coordinated omission": G. Tene, "How NOT to Measure Latency", 2013; wrk2,
 * HdrHistogram).
 *
 * An answer counts when the script says so; one that does not is in `refused`. */
#pragma once
#include "bench/histogram.h"
#include "bench/reply.h"

enum { LOAD_KINDS_MOST = 6 };

struct load_request {
	unsigned kind;     /* which histogram; below LOAD_KINDS_MOST                    */
	const char *bytes; /* the script's own, until it makes the client's next request */
	size_t size;
};

struct load_script {
	/* When `client` sends its next request, on the clock of load_now_ns(); false: it has no
	 * more.  NULL: now, always. */
	bool (*due)(void *user, size_t client, int64_t now_ns, int64_t *ret_ns);
	/* That request; asked for at the instant of sending. */
	void (*make)(void *user, size_t client, struct load_request *ret);
	/* Its answer has come; whether it counts. */
	bool (*answered)(void *user, size_t client, unsigned kind, const struct reply *reply);
	void *user;
};

struct load_plan {
	uint16_t port; /* on 127.0.0.1 */
	/* Client i has node i % node_count instead, if there are several. */
	const uint16_t *nodes;
	size_t node_count;
	size_t clients;
	int64_t length_ns; /* no request that is due later is sent; 0: no limit */
	bool cold;         /* each client connects with its first request, and that is measured */
	struct load_script script;
};

struct load_figures {
	struct histogram latency[LOAD_KINDS_MOST]; /* microseconds, answers that count    */
	int64_t counted[LOAD_KINDS_MOST], refused[LOAD_KINDS_MOST];
	int64_t unanswered;     /* sent, and the connection broke or the end came       */
	int64_t began_ns;       /* due times count from here at the earliest            */
	int64_t last_ns;        /* the last answer that counts, after began_ns          */
	int64_t longest_gap_ns; /* the longest time with requests under way and no answer at all */
	int64_t processor_ns;   /* what the generator itself took                       */
	int first_refusal;      /* HTTP status of the first answer that did not count, 0: none */
};

int64_t load_now_ns(void);

/* Lets the process have as many connections as it may. */
void load_raise_limits(void);

/* Ends when no client has anything to send or to wait for.  Figures that the caller frees with
 * free().  Only a broken set-up is a failure; what the server does wrong is in the figures. */
bool load_run(const struct load_plan *plan, struct load_figures **ret, struct err *e) MUST_USE;

/* Answers that count, of one kind, a second. */
double load_rate(const struct load_figures *f, unsigned kind);
int64_t load_refused(const struct load_figures *f); /* of all kinds, with the unanswered */
