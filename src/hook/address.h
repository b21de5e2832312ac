/* address.h - where a webhook may go.
 *
 * Whoever may name an address for a server to ask could make it speak to what only the server
 * reaches (server-side request forgery, ASVS 1.3.6).  So what counts is where a connection really
 * goes, not the name: each address that a name stands for is looked at before it is opened. */
#pragma once
#include "base/err.h"

#include <sys/socket.h>

enum { HOOK_URL_MOST = 500 };

enum hook_network {
	HOOK_OUTSIDE, /* of the whole world                                             */
	HOOK_INSIDE,  /* this machine, private and shared networks: if two have said so */
	HOOK_NEVER    /* link-local (metadata of clouds), multicast, reserved           */
};

/* IPv4 in IPv6 (mapped, NAT64) is judged as what it is; other families are HOOK_NEVER. */
enum hook_network hook_network_of(const struct sockaddr *address);

/* NULL if `url` is one: https://, or http:// to this machine by name (localhost, 127.0.0.1, [::1]);
 * no user, password or fragment, printable ASCII.  Otherwise the key of a message. */
const char *hook_url_fault(const char *url);
