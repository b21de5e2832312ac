/* redirect.h - plain HTTP beside a server that speaks TLS itself: who types an address without
 * https:// is sent to the secured site.
 *
 * Only pages are: a program that sends its secrets in the clear would not notice, so it is refused
 * in words (ASVS 4.1.2).  Where to comes from the configuration, never from the request.  The same
 * limits hold as for the site (guest.h), of fewer connections. */
#pragma once
#include "view/catalog.h"

#include <event2/event.h>

struct redirect_options {
	const char *address; /* as the site's */
	uint16_t port;
	const char *origin; /* "https://konkurs.kz", nothing behind it */
	int timeout_s;
};

struct redirect;

/* Listens; served by the loop of `base`.  Everything is borrowed. */
bool redirect_open(struct event_base *base, const struct redirect_options *options,
		   const struct catalog *catalog, struct redirect **ret, struct err *e) MUST_USE;

/* Nobody more is accepted; what is under way goes on. */
void redirect_stop(struct redirect *r);
void redirect_close(struct redirect *r);
