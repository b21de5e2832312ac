/* linger.h - sockets whose other side is still sending what nobody reads any more.
 *
 * Closing such a socket resets it, and the reset takes away the answer that says why.  So it is
 * listened to for a moment, and closed when the other side has ended or the moment is over. */
#pragma once
#include <event2/event.h>

struct lingerers;

struct lingerers *linger_open(struct event_base *base); /* NULL: no memory */
void linger_close(struct lingerers *l);

/* Takes a copy of the socket; the caller goes on to close its own.  Too many at once are not
 * listened to. */
void linger_on(struct lingerers *l, int fd);
