/* ready.h - /readyz: whether a balancer may send people to this node (docs/observe.md).
 *
 * /healthz says that the loop answers, and asks nothing else; a process that fails it is to be
 * started again.  One that is not ready is all right, and comes back by itself. */
#pragma once
#include "web/watch/probe.h"

enum ready_check {
	READY_DATABASE, /* it answers                                                */
	READY_PRIMARY,  /* and can be written to                                      */
	READY_SCHEMA,   /* it has what this program needs                             */
	READY_KEY,      /* the service key is there, and the database is of this installation */
	READY_CLOCK,    /* it is not this node's clock that most others contradict    */
	READY_SERVING,  /* the node is not about to end                               */
	READY_CHECKS
};

enum {
	READY_AGE_MS = 3 * PROBE_EVERY_MS /* an older look is none                */
};

extern const char *const ready_name[READY_CHECKS];

/* True if all are. */
bool ready_look(const struct site *site, bool ret[READY_CHECKS]);

/* What /readyz shows; with `serving` false whatever the site says.  The caller's. */
json_t *ready_model(const struct site *site, bool serving, bool *ret_ready);

bool ready_show(struct req *r, json_t *model, struct err *e) MUST_USE;
