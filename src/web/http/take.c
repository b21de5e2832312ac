#include "web/http/take.h"

#include "web/http/address.h"
#include "web/http/tls.h"

#include <event2/buffer.h>
#include <event2/bufferevent_ssl.h>
#include <event2/keyvalq_struct.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/queue.h>

static const char *method_of(const struct evhttp_request *http)
{
	switch (evhttp_request_get_command(http)) {
	case EVHTTP_REQ_GET: return "GET";
	case EVHTTP_REQ_HEAD: return "HEAD";
	case EVHTTP_REQ_POST: return "POST";
	default: return "OTHER";
	}
}

static const struct {
	const char *name;
	size_t at;
} rows[] = {
	{ "Host", offsetof(struct http_in, host) },
	{ "Origin", offsetof(struct http_in, origin) },
	{ "Sec-Fetch-Site", offsetof(struct http_in, fetch_site) },
	{ "Cookie", offsetof(struct http_in, cookie) },
	{ "X-CSRF-Token", offsetof(struct http_in, csrf) },
	{ "Accept", offsetof(struct http_in, accept) },
	{ "Accept-Language", offsetof(struct http_in, accept_language) },
	{ "Accept-Encoding", offsetof(struct http_in, accept_encoding) },
	{ "Content-Type", offsetof(struct http_in, content_type) },
	{ "User-Agent", offsetof(struct http_in, user_agent) },
	{ "If-None-Match", offsetof(struct http_in, none_match) },
	{ "Range", offsetof(struct http_in, range) },
	{ "If-Range", offsetof(struct http_in, if_range) },
	{ "Traceparent", offsetof(struct http_in, traceparent) },
};

/* What a proxy on this machine says, and nobody else. */
struct said {
	const char *verified, *certificate, *forwarded_for, *forwarded_proto;
};

static const char **place_of(struct call *c, struct said *said, const char *name)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		if (strcasecmp(rows[i].name, name) == 0)
			return (const char **)((char *)&c->in + rows[i].at);
	}
	if (strncasecmp(name, "X-", 2) != 0)
		return NULL;
	if (strcasecmp(name, "X-Client-Verify") == 0)
		return &said->verified;
	if (strcasecmp(name, "X-Client-Cert") == 0)
		return &said->certificate;
	if (strcasecmp(name, "X-Forwarded-For") == 0)
		return &said->forwarded_for;
	return strcasecmp(name, "X-Forwarded-Proto") == 0 ? &said->forwarded_proto : NULL;
}

/* Once over all of them; of one that comes twice the first counts. */
static void take_headers(struct call *c, struct evhttp_request *http, struct said *ret)
{
	const struct evkeyval *header = NULL;
	*ret = (struct said){ NULL, NULL, NULL, NULL };
	TAILQ_FOREACH(header, evhttp_request_get_input_headers(http), next)
	{
		const char **place = place_of(c, ret, header->key);
		if (place && !*place)
			*place = arena_copy(c->arena, header->value);
	}
}

static bool from_this_machine(struct evhttp_request *http)
{
	char *address = NULL;
	ev_uint16_t port = 0;
	evhttp_connection_get_peer(evhttp_request_get_connection(http), &address, &port);
	return address && address_is_here(address);
}

static struct bufferevent *stream(struct evhttp_request *http)
{
	return evhttp_connection_get_bufferevent(evhttp_request_get_connection(http));
}

/* F35: the certificate of the connection; or the one that a proxy on this machine has verified
 * (packaging/nginx): from anybody else the header means nothing. */
static const char *certificate_of(struct call *c, struct evhttp_request *http,
				  const struct said *said)
{
	if (bufferevent_openssl_get_ssl(stream(http)))
		return tls_certificate(c->arena, stream(http));
	if (!said->verified || !said->certificate || strcmp(said->verified, "SUCCESS") != 0 ||
	    !from_this_machine(http))
		return "";
	char *pem = evhttp_uridecode(said->certificate, 0, NULL);
	const char *copy = pem ? arena_copy(c->arena, pem) : "";
	free(pem);
	return copy;
}

/* Behind a proxy on this machine the sender is the last one that the proxy has named. */
static const char *address_of(struct call *c, struct evhttp_request *http, const char *proxied)
{
	char *address = NULL;
	ev_uint16_t port = 0;
	evhttp_connection_get_peer(evhttp_request_get_connection(http), &address, &port);
	if (!address)
		return "";
	if (proxied && from_this_machine(http)) {
		const char *comma = strrchr(proxied, ',');
		return arena_copy(c->arena, comma ? comma + 1 + strspn(comma + 1, " ") : proxied);
	}
	return arena_copy(c->arena, address);
}

/* Whether the way to the sender is closed to others. */
static bool is_secured(struct evhttp_request *http, const char *spoken)
{
	return bufferevent_openssl_get_ssl(stream(http)) != NULL ||
	       (spoken && strcmp(spoken, "https") == 0 && from_this_machine(http));
}

void take_request(struct call *c, struct evhttp_request *http)
{
	struct said said;
	const char *uri = evhttp_request_get_uri(http);
	size_t path = uri ? strcspn(uri, "?#") : 0;
	struct evbuffer *body = evhttp_request_get_input_buffer(http);
	c->in.method = method_of(http);
	c->in.path = path ? arena_copy_n(c->arena, uri, path) : "/";
	if (uri && uri[path] == '?')
		c->in.query = arena_copy_n(c->arena, uri + path + 1, strcspn(uri + path + 1, "#"));
	take_headers(c, http, &said);
	c->in.size = evbuffer_get_length(body);
	c->in.body = evbuffer_pullup(body, -1);
	c->in.address = address_of(c, http, said.forwarded_for);
	c->in.certificate = certificate_of(c, http, &said);
	c->in.secured = is_secured(http, said.forwarded_proto);
}
