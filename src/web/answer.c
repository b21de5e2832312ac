/* answer.c - what goes out: the page, its JSON twin, a file, a redirect, a refusal. */
#include "web/http/call.h"
#include "web/http/range.h"

#include "base/log.h"
#include "view/view.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

/* No script, style or picture but our own files; nothing may frame a page.  Records are played; a
 * page that makes a sample plays that too: `more`. */
#define POLICY(more)                                                                               \
	"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "          \
	"font-src 'self'; media-src 'self'" more "; manifest-src 'self'; form-action 'self'; "     \
	"base-uri 'none'; frame-ancestors 'none'; connect-src 'self'"
#define POLICY_FILE "default-src 'none'; sandbox; frame-ancestors 'none'"

bool call_wants_json(const struct call *c)
{
	const char *accept = c->in.accept;
	return accept && strstr(accept, "application/json") && !strstr(accept, "text/html");
}

int call_status(const struct call *c)
{
	static const int status[] = {
		[ERR_NONE] = 200,   [ERR_INPUT] = 422,   [ERR_LAW] = 422,
		[ERR_DENIED] = 403, [ERR_MISSING] = 404, [ERR_CONFLICT] = 409,
		[ERR_BUSY] = 503,   [ERR_DB] = 503,      [ERR_SYSTEM] = 500,
	};
	if (c->status)
		return c->status;
	if (c->err.kind == ERR_INPUT && c->req.route && c->req.route->method == GET)
		return 400;
	return (size_t)c->err.kind < COUNT(status) ? status[c->err.kind] : 500;
}

/* ---- headers --------------------------------------------------------------- */

/* A public page may be kept, but is asked for again: its ETag tells whether it is still the same.
 */
static bool may_be_kept(const struct call *c)
{
	return c->req.route && c->req.route->cached && c->out.status == 200;
}

static bool is_for_programs(const struct call *c)
{
	return c->req.cache && c->out.status == 200;
}

static const char *cache_control(const struct call *c)
{
	if (is_for_programs(c))
		return c->req.cache;
	return may_be_kept(c) ? "private, no-cache" : "no-store";
}

/* A page that signs may talk to NCALayer, at exactly that address. */
static const char *page_policy(const struct call *c)
{
	const struct route *route = c->req.route;
	if (route && route->ncalayer)
		return arena_print(c->arena, POLICY("") " %s", c->site->ncalayer);
	return route && route->media ? POLICY(" blob:") : POLICY("");
}

/* Camera and microphone are for the pages of sound and picture alone. */
static const char *page_permissions(const struct call *c)
{
	return c->req.route && c->req.route->media
		       ? "camera=(self), microphone=(self), geolocation=(), payment=(), usb=()"
		       : "camera=(), microphone=(), geolocation=(), payment=(), usb=()";
}

/* Whose request it was, for whoever sent it (W3C Trace Context, level 2). */
static const char *trace_header(const struct call *c)
{
	char text[TRACE_TEXT_SIZE];
	trace_text(&c->trace, text);
	return arena_copy(c->arena, text);
}

/* By which it is found in the log; what a user can read to somebody. */
static json_t *trace_name(const struct call *c)
{
	char text[TRACE_SHORT_SIZE];
	trace_short(&c->trace, text);
	return json_string(text);
}

static void common_headers(struct call *c, const char *policy)
{
	struct http_out *out = &c->out;
	http_header(out, "Content-Security-Policy", policy);
	http_header(out, "X-Content-Type-Options", "nosniff");
	http_header(out, "Referrer-Policy", "same-origin");
	http_header(out, "Cross-Origin-Opener-Policy", "same-origin");
	http_header(out, "Cross-Origin-Resource-Policy", "same-origin");
	http_header(out, "Permissions-Policy", page_permissions(c));
	http_header(out, "Cache-Control", cache_control(c));
	if (!is_for_programs(c))
		http_header(out, "Vary", "Accept, Cookie, Accept-Language");
	if (call_is_secure(c))
		http_header(out, "Strict-Transport-Security",
			    "max-age=31536000; includeSubDomains");
	if (out->status == 405)
		http_header(out, "Allow", "GET, HEAD, POST");
	if (out->status == 503)
		http_header(out, "Retry-After", "5");
	if (out->status == 429)
		http_header(out, "Retry-After",
			    arena_print(c->arena, "%lld", (long long)c->again_s));
	if (*c->trace.id)
		http_header(out, "Traceresponse", trace_header(c));
}

/* A text of NULL ends the cookie. */
static void set_cookie(struct call *c, const char *name, const char *text, const char *life)
{
	http_header(&c->out, "Set-Cookie",
		    arena_print(c->arena, "%s=%s; Path=/; HttpOnly; SameSite=Lax%s%s",
				call_cookie_name(c, name), text ? text : "",
				text ? life : "; Max-Age=0", call_is_secure(c) ? "; Secure" : ""));
}

static void cookies(struct call *c, bool page)
{
	const char *session = c->req.new_session;
	if (session &&
	    !*session) /* not the storage: the key of a seat and answers on their way lie there */
		http_header(&c->out, "Clear-Site-Data", "\"cache\"");
	if (session)
		set_cookie(c, COOKIE_SESSION, *session ? session : NULL, "");
	else if (c->token && !c->session.person_id && c->err.kind < ERR_BUSY)
		set_cookie(c, COOKIE_SESSION, NULL, "");
	if (c->visitor_is_new && page)
		set_cookie(c, COOKIE_VISITOR, c->visitor, "");
	if (c->req.new_language)
		set_cookie(c, COOKIE_LANGUAGE, c->req.new_language, "; Max-Age=31536000");
	if (c->req.new_step)
		set_cookie(c, COOKIE_STEP, *c->req.new_step ? c->req.new_step : NULL,
			   "; Max-Age=300");
	if (c->req.new_device)
		set_cookie(c, COOKIE_DEVICE, c->req.new_device, "; Max-Age=31536000");
	if (page && call_cookie(c, COOKIE_NOTICE))
		set_cookie(c, COOKIE_NOTICE, NULL, "");
}

/* ---- bodies ---------------------------------------------------------------- */

static void body(struct call *c, const char *media, const void *bytes, size_t size)
{
	http_header(&c->out, "Content-Type", media);
	c->out.body = bytes;
	c->out.size = size;
}

static void json_body(struct call *c, const json_t *json)
{
	char *text = json_dumps(json, JSON_COMPACT);
	assert(text); /* texts were checked at the door */
	arena_defer(c->arena, free, text);
	body(c, "application/json; charset=utf-8", text, strlen(text));
}

static void plain_body(struct call *c, const char *text)
{
	body(c, "text/plain; charset=utf-8", text, strlen(text));
}

/* The page in HTML; false is logged by the caller. */
static bool html_body(struct call *c, const char *page, json_t *model, struct err *e)
{
	struct buf out = buf_on(c->arena);
	page_fill(c, page, model);
	if (!view_render(c->site->view, c->req.language, page, model, &out, e))
		return false;
	body(c, "text/html; charset=utf-8", out.text, out.length);
	return true;
}

/* ---- answers --------------------------------------------------------------- */

/* Whoever has these very bytes is told so instead of getting them again. */
static void mark_body(struct call *c)
{
	unsigned char hash[16];
	char text[sizeof(hash) * 2 + 1];
	if (!may_be_kept(c))
		return;
	(void)crypto_generichash(hash, sizeof(hash), c->out.body, c->out.size, NULL, 0);
	(void)sodium_bin2hex(text, sizeof(text), hash, sizeof(hash));
	const char *tag = arena_print(c->arena, "\"%s\"", text);
	http_header(&c->out, "ETag", tag);
	if (c->in.none_match && strstr(c->in.none_match, tag)) {
		c->out.status = 304;
		c->out.size = 0;
	}
}

/* The same page once more, when the database is there again; NULL where that would be a form. */
static json_t *retry_model(const struct call *c)
{
	const struct route *route = c->req.route;
	const bool page = c->nobody_known && route && route->method == GET;
	if (!page || !path_is_local(c->in.path))
		return json_null();
	return json_string(c->in.query && *c->in.query
				   ? arena_print(c->arena, "%s?%s", c->in.path, c->in.query)
				   : c->in.path);
}

static void answer_refusal(struct call *c)
{
	struct err e = { 0 };
	bool json = call_wants_json(c);
	c->out.status = call_status(c);
	common_headers(c, page_policy(c));
	cookies(c, !json);
	json_t *model = json_object();
	json_in_arena(c->arena, model);
	if (json) {
		(void)json_object_set_new(model, "error", page_error(c, &c->err));
		json_body(c, model);
		return;
	}
	const char *page = c->again_page ? c->again_page : c->req.route ? c->req.route->page : "";
	if (c->shown_again && html_body(c, page, c->model, &e))
		return;
	if (e.kind != ERR_NONE)
		log_failure(c->req.route->path, &e);
	err_clear(&e);
	json_t *offer = call_offer(c);
	(void)json_object_set_new(model, "status", json_integer(c->out.status));
	(void)json_object_set_new(model, "trace", trace_name(c));
	(void)json_object_set_new(model, "offer", offer ? offer : json_null());
	json_t *retry = retry_model(c); /* bytes that are no text are none */
	(void)json_object_set_new(model, "retry", retry ? retry : json_null());
	if (html_body(c, "error", model, &e))
		return;
	log_failure("error page", &e);
	plain_body(c, page_text(c, &c->err));
}

/* Not signed in and looking at a page: first to the door, then back. */
static bool wants_sign_in(const struct call *c)
{
	return c->err.kind == ERR_DENIED && !c->session.person_id && !call_wants_json(c) &&
	       c->req.route && c->req.route->method == GET;
}

/* Refusals of a page that something else has to come before: an own password, a second factor, a
 * reason.  NULL for all others. */
static const char *comes_before(const struct call *c)
{
	if (c->err.kind != ERR_DENIED || call_wants_json(c) || !c->req.route ||
	    c->req.route->method != GET || !c->session.person_id)
		return NULL;
	if (strcmp(c->err.key, "account.error.temporary") == 0)
		return "/password";
	if (strcmp(c->err.key, "access.error.enrol") == 0)
		return "/account";
	if (strcmp(c->err.key, "restricted.error.reason") == 0 && *c->err.value)
		return arena_print(c->arena, "/restricted/%s?back=%s", c->err.value,
				   http_encode(c->arena, c->in.path));
	return NULL;
}

static void answer_redirect(struct call *c, const char *where)
{
	bool json = call_wants_json(c);
	const char *notice = c->req.notice;
	char mac[SITE_MAC_SIZE];
	c->out.status = json ? 200 : 303;
	common_headers(c, page_policy(c));
	cookies(c, false);
	if (json) {
		json_t *model = json_pack("{s:s,s:s?}", "location", where, "notice", notice);
		json_in_arena(c->arena, model);
		json_body(c, model);
		return;
	}
	if (notice) {
		site_mac(c->site, "notice", notice, mac);
		set_cookie(c, COOKIE_NOTICE, arena_print(c->arena, "%s:%s", notice, mac),
			   "; Max-Age=60");
	}
	http_header(&c->out, "Location", where);
}

static void answer_sign_in(struct call *c)
{
	const char *back = c->in.query && *c->in.query
				   ? arena_print(c->arena, "%s?%s", c->in.path, c->in.query)
				   : c->in.path;
	answer_redirect(c, arena_print(c->arena, "/sign-in?back=%s", http_encode(c->arena, back)));
}

/* Only letters, digits and a few marks; the full name goes into filename*. */
static const char *ascii_name(struct arena *a, const char *name)
{
	char *text = arena_copy(a, name);
	for (char *at = text; *at; at++) {
		bool plain = (*at >= '0' && *at <= '9') || (*at >= 'a' && *at <= 'z') ||
			     (*at >= 'A' && *at <= 'Z') || strchr("-_. ", *at);
		if (!plain)
			*at = '_';
	}
	return text;
}

static void answer_download(struct call *c)
{
	const struct upload *file = c->req.download;
	c->out.status = 200;
	common_headers(c, POLICY_FILE);
	if (!is_for_programs(c)) {
		cookies(c, false);
		http_header(&c->out, "Content-Disposition",
			    arena_print(c->arena,
					"attachment; filename=\"%s\"; filename*=UTF-8''%s",
					ascii_name(c->arena, file->file_name),
					http_encode(c->arena, file->file_name)));
	}
	body(c, file->media, file->bytes, file->size);
}

/* What a file is called, and whether these bytes are there already. */
static void file_headers(struct call *c, const struct stored_file *file, const char *tag)
{
	common_headers(c, POLICY_FILE);
	cookies(c, false);
	http_header(&c->out, "Content-Type", file->media);
	http_header(&c->out, "Accept-Ranges", "bytes");
	http_header(&c->out, "ETag", tag);
	http_header(&c->out, "Content-Disposition",
		    arena_print(c->arena, "attachment; filename=\"%s\"; filename*=UTF-8''%s",
				ascii_name(c->arena, file->name),
				http_encode(c->arena, file->name)));
}

/* A part of a file is for GET alone, and only of the bytes that the browser knows (RFC 9110, 13.1.5
 * and 14.2). */
static enum range_kind wanted_part(const struct call *c, const struct stored_file *file,
				   const char *tag, struct range *ret)
{
	const bool same = !c->in.if_range || strcmp(c->in.if_range, tag) == 0;
	return strcmp(c->in.method, "GET") == 0 && same ? range_of(c->in.range, file->size, ret)
							: RANGE_ALL;
}

static void answer_file(struct call *c)
{
	const struct stored_file *file = c->req.file;
	const char *tag = arena_print(c->arena, "\"%s\"", file->tag);
	struct range part = { 0, file->size };
	struct http_piece *piece = arena_alloc(c->arena, sizeof(*piece));
	const enum range_kind kind = wanted_part(c, file, tag, &part);
	const bool known = c->in.none_match && strstr(c->in.none_match, tag);
	c->out.status = known ? 304 : kind == RANGE_BEHIND ? 416 : kind == RANGE_PART ? 206 : 200;
	file_headers(c, file, tag);
	if (c->out.status == 416)
		http_header(&c->out, "Content-Range",
			    arena_print(c->arena, "bytes */%lld", (long long)file->size));
	if (c->out.status == 206)
		http_header(&c->out, "Content-Range",
			    arena_print(c->arena, "bytes %lld-%lld/%lld", (long long)part.from,
					(long long)(part.from + part.size - 1),
					(long long)file->size));
	if (c->out.status >= 300 || part.size == 0)
		return;
	if (strcmp(c->in.method, "HEAD") == 0) {
		http_header(&c->out, "Content-Length",
			    arena_print(c->arena, "%lld", (long long)file->size));
		return;
	}
	*piece = (struct http_piece){ file->fd, part.from, part.size };
	c->out.piece = piece;
}

static bool answer_page(struct call *c, struct err *e)
{
	bool json = call_wants_json(c);
	const char *page = c->req.route->page;
	if (!page) { /* a route for programs: its model is all there is */
		c->out.status = c->req.status ? c->req.status : 200;
		common_headers(c, page_policy(c));
		json_body(c, c->model);
		return true;
	}
	if (!json && !html_body(c, page, c->model, e))
		return false;
	c->out.status = 200;
	common_headers(c, page_policy(c));
	cookies(c, true);
	if (json) {
		page_fill(c, page, c->model);
		json_body(c, c->model);
	}
	mark_body(c);
	return true;
}

/* The thing of another is missing, as one that does not exist is: who goes through numbers leaves a
 * line for each. */
static bool is_refused(const struct call *c)
{
	return c->session.person_id &&
	       (c->err.kind == ERR_DENIED ||
		(c->err.kind == ERR_MISSING && c->req.route && strchr(c->req.route->path, ':')));
}

/* What the machine could not do, and what somebody was not allowed to (ASVS 16.3.2): where and why,
 * never what was typed. */
static void note_failure(const struct call *c)
{
	const char *where = c->req.route ? c->req.route->path : "request";
	if (c->err.kind >= ERR_BUSY)
		log_failure(where, &c->err);
	else if (is_refused(c))
		log_info("refused: %s, person %lld, %s", where, (long long)c->session.person_id,
			 c->err.key);
}

void call_answer(struct call *c)
{
	CLEANUP(log_trace_over) const char *traced = log_trace(c->trace.id);
	struct err e = { 0 };
	if (c->out.status)
		return;
	if (call_fetches(c))
		call_fetch(c, c->site->db);
	note_failure(c);
	if (wants_sign_in(c)) {
		answer_sign_in(c);
	} else if (comes_before(c)) {
		answer_redirect(c, comes_before(c));
	} else if (c->err.kind != ERR_NONE) {
		answer_refusal(c);
	} else if (c->req.redirect) {
		answer_redirect(c, c->req.redirect);
	} else if (c->req.download) {
		answer_download(c);
	} else if (c->req.file) {
		answer_file(c);
	} else if (!answer_page(c, &e)) {
		log_failure(c->req.route->path, &e);
		c->err = e;
		c->out.header_count = 0;
		answer_refusal(c);
	}
}
