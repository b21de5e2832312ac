/* clocks.h - which of several clocks is wrong (docs/nodes.md).  Pure.
 *
 * The nodes of an installation and the server of their database are voices; each clock is known by
 * how far it is ahead of the server's, in milliseconds.  Whoever is away from the others cannot
 * tell by that alone whether he is wrong or they are: more voices that agree decide. */
#pragma once
#include "base/err.h"

enum {
	CLOCKS_NEAR_MS = 2000, /* so far apart two still agree      */
	CLOCKS_MOST = 64       /* other nodes that are listened to  */
};

struct clocks {
	int64_t own_ms;
	int64_t other_ms[CLOCKS_MOST];
	size_t others;
};

/* Whether another node, which this one's clock does not agree with, has more voices that agree with
 * it than this one has.  Never true of all nodes: not of one that most voices agree with. */
bool clocks_astray(const struct clocks *c);

/* How far this clock is ahead of the node's that is furthest from it; 0 if there is no other. */
int64_t clocks_apart(const struct clocks *c);
