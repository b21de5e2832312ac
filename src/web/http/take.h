/* take.h - a request of evhttp as the site has it: http.h. */
#pragma once
#include "web/http/call.h"

#include <event2/http.h>

/* Fills call->in.  The body stays evhttp's and lives as long as its request.  What only a proxy may
 * say (X-Forwarded-For, X-Forwarded-Proto, X-Client-Cert) is believed from this machine alone, and
 * the last two not at all where the server speaks TLS itself. */
void take_request(struct call *c, struct evhttp_request *http);
