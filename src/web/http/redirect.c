#include "web/http/redirect.h"

#include "base/buf.h"
#include "web/http/guest.h"
#include "web/http/http.h"

#include <event2/buffer.h>
#include <event2/http.h>
#include <stdlib.h>
#include <string.h>

enum {
	CONNECTIONS = 256,
	FIRST_S = 10,
	HEAD_S = 10,
	GRACE_S = 10,
	RATE_LEAST = 500,
	HEADERS_MOST = 8 * 1024,
	BODY_MOST = 0, /* nobody sends one to be redirected */
	BODIES_MOST = 1024 * 1024,
};

struct redirect {
	struct redirect_options options;
	const struct catalog *catalog;
	struct evhttp *http;
	struct evhttp_bound_socket *socket;
	struct guests *guests;
};

/* A browser that goes to a page, and not with a form. */
static bool is_page(struct evhttp_request *http)
{
	const enum evhttp_cmd_type method = evhttp_request_get_command(http);
	const char *accept = evhttp_find_header(evhttp_request_get_input_headers(http), "Accept");
	return (method == EVHTTP_REQ_GET || method == EVHTTP_REQ_HEAD) && accept &&
	       strstr(accept, "text/html");
}

/* The path and query as they came; of "//other/" or "http://other/" nothing. */
static const char *target(struct evhttp_request *http)
{
	const char *uri = evhttp_request_get_uri(http);
	return uri && uri[0] == '/' && uri[1] != '/' && uri[1] != '\\' ? uri : "/";
}

static void refuse(struct redirect *r, struct arena *a, struct evhttp_request *http)
{
	struct buf text = buf_on(a);
	for (size_t i = 0; catalog_languages[i]; i++)
		buf_print(&text, "%s\n",
			  catalog_text(r->catalog, catalog_languages[i], "error.tls.plain"));
	(void)evhttp_add_header(evhttp_request_get_output_headers(http), "Content-Type",
				"text/plain; charset=utf-8");
	(void)evbuffer_add(evhttp_request_get_output_buffer(http), text.text, text.length);
}

static void on_sent(struct evhttp_request *http, void *user)
{
	struct redirect *r = user;
	guest_served(r->guests, http);
}

static void on_request(struct evhttp_request *http, void *user)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct redirect *r = user;
	struct evkeyvalq *headers = evhttp_request_get_output_headers(http);
	int status = 400;
	if (!guest_asked(r->guests, http))
		return;
	guest_tell(r->guests, http, NULL, NULL);
	(void)evhttp_add_header(headers, "Connection", "close");
	(void)evhttp_add_header(headers, "Cache-Control", "no-store");
	/* a target that a header cannot carry is refused by evhttp_add_header() */
	if (is_page(http) &&
	    evhttp_add_header(headers, "Location",
			      arena_print(a, "%s%s", r->options.origin, target(http))) == 0)
		status = 308;
	else
		refuse(r, a, http);
	const size_t size = evbuffer_get_length(evhttp_request_get_output_buffer(http));
	evhttp_request_set_on_complete_cb(http, on_sent, r);
	guest_answered(r->guests, http, size);
	evhttp_send_reply(http, status, http_reason(status), NULL);
}

static bool listen_there(struct event_base *base, struct redirect *r, struct err *e)
{
	const struct guest_limits limits = {
		.most = CONNECTIONS,
		.first_s = FIRST_S,
		.head_s = HEAD_S,
		.grace_s = GRACE_S,
		.rate = RATE_LEAST,
		.header = HEADERS_MOST,
		.bodies = BODIES_MOST,
		.nameless = BODIES_MOST,
	};
	r->http = evhttp_new(base);
	if (!r->http)
		return err_set(e, ERR_SYSTEM, "error.system", "libevent does not start");
	evhttp_set_gencb(r->http, on_request, r);
	evhttp_set_allowed_methods(r->http, EVHTTP_REQ_GET | EVHTTP_REQ_HEAD | EVHTTP_REQ_POST |
						    EVHTTP_REQ_PUT | EVHTTP_REQ_DELETE |
						    EVHTTP_REQ_OPTIONS | EVHTTP_REQ_PATCH);
	evhttp_set_max_headers_size(r->http, (ev_ssize_t)HEADERS_MOST * 2);
	evhttp_set_max_body_size(r->http, BODY_MOST);
	evhttp_set_timeout(r->http, r->options.timeout_s);
	evhttp_set_default_content_type(r->http, NULL);
	r->socket = evhttp_bind_socket_with_handle(r->http, r->options.address, r->options.port);
	if (!r->socket)
		return err_set(e, ERR_SYSTEM, "error.system", "cannot listen on %s port %u",
			       r->options.address, (unsigned)r->options.port);
	return guests_open(base, r->http, &limits, r->catalog, NULL, &r->guests, e);
}

bool redirect_open(struct event_base *base, const struct redirect_options *options,
		   const struct catalog *catalog, struct redirect **ret, struct err *e)
{
	struct redirect *r = calloc(1, sizeof(*r));
	if (!r)
		return err_set(e, ERR_SYSTEM, "error.system", "out of memory");
	r->options = *options;
	r->catalog = catalog;
	if (!listen_there(base, r, e)) {
		redirect_close(r);
		return false;
	}
	*ret = r;
	return true;
}

void redirect_stop(struct redirect *r)
{
	if (r && r->socket)
		evhttp_del_accept_socket(r->http, r->socket);
	if (r)
		r->socket = NULL;
}

void redirect_close(struct redirect *r)
{
	if (!r)
		return;
	if (r->http)
		evhttp_free(r->http);
	guests_close(r->guests);
	free(r);
}
