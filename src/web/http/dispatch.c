/* dispatch.c - the stations of call.h up to the answer. */
#include "web/access/account.h"
#include "web/access/candidacy.h"
#include "web/access/kept.h"
#include "web/hall_only.h"
#include "web/http/asset.h"
#include "web/http/call.h"
#include "web/http/param.h"
#include "web/http/switch.h"
#include "web/list.h"
#include "web/row.h"

#include "app/list_taken.h"
#include "base/log.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

static json_t *new_object(struct arena *a)
{
	json_t *object = json_object();
	json_in_arena(a, object);
	return object;
}

struct call *call_new(struct site *site)
{
	struct arena *a = arena_new();
	struct call *c = arena_alloc(a, sizeof(*c));
	c->site = site;
	c->arena = a;
	c->in = (struct http_in){ .method = "GET", .path = "/", .address = "", .certificate = "" };
	c->fields = fields_on(a);
	c->model = new_object(a);
	c->csrf = "";
	c->visitor = "";
	c->req = (struct req){ .arena = a,
			       .db = site->db,
			       .book = site->book,
			       .key = site->service_key,
			       .now_ms = clock_now(&site->clock),
			       .language = "kk",
			       .actor = { 0, ROLE_PUBLIC, "" },
			       .in = new_object(a),
			       .site = site,
			       .certificate = "",
			       .binding = "",
			       .device = "",
			       .host = "",
			       .address = "" };
	return c;
}

void call_free(struct call *c)
{
	if (c)
		arena_free(c->arena);
}

/* ---- begin ----------------------------------------------------------------- */

static bool refuse(struct call *c, int status, const char *key, const char *why)
{
	c->status = status;
	return err_set(&c->err, ERR_INPUT, key, "%s", why);
}

/* A 429 says when it will be taken, in whole seconds. */
static bool too_often(struct call *c, int64_t wait_ms, const char *key, struct err *e)
{
	c->status = 429;
	c->again_s = (wait_ms + 999) / 1000;
	(void)err_set(e, ERR_CONFLICT, key, "more than the brake lets through");
	return err_value(e, arena_print(c->arena, "%lld", (long long)c->again_s));
}

/* "/competitions.csv" is the list /competitions as a file. */
static const struct route *find_file(struct call *c)
{
	static const char *const endings[] = { "csv", "xlsx" };
	const char *last = c->path.count ? c->path.part[c->path.count - 1] : "";
	const char *dot = strrchr(last, '.');
	bool other = false;
	for (size_t i = 0; dot && i < COUNT(endings); i++) {
		struct path path = c->path;
		if (strcmp(dot + 1, endings[i]) != 0)
			continue;
		path.part[path.count - 1] = arena_print(c->arena, "%.*s", (int)(dot - last), last);
		const struct route *route = route_find(GET, &path, &other);
		if (!route || !route->list)
			continue;
		c->path = path;
		c->req.file_ending = endings[i];
		return route;
	}
	return NULL;
}

static bool find_route(struct call *c)
{
	bool post = strcmp(c->in.method, "POST") == 0;
	bool other = false;
	size_t target = strlen(c->in.path) + (c->in.query ? strlen(c->in.query) : 0);
	if (target > TARGET_MOST)
		return refuse(c, 414, "error.form", "the address is too long");
	if (!path_read(c->arena, c->in.path, &c->path))
		return err_set(&c->err, ERR_MISSING, "error.missing", "no path of ours");
	if (!post && strcmp(c->in.method, "GET") != 0 && strcmp(c->in.method, "HEAD") != 0)
		return refuse(c, 405, "error.method", "a method that no route has");
	c->req.route = post ? NULL : find_file(c);
	if (!c->req.route)
		c->req.route = route_find(post ? POST : GET, &c->path, &other);
	if (!c->req.route && other)
		return refuse(c, 405, "error.method", "the path has a route of the other method");
	if (!c->req.route)
		return err_set(&c->err, ERR_MISSING, "error.missing", "no route has this path");
	if (c->site->hall_node && !hall_only_may(c->req.route))
		return err_set(&c->err, ERR_DENIED, "hall.error.only", "not at a hall node");
	return true;
}

void call_begin(struct call *c)
{
	trace_begin(c->in.traceparent, &c->trace);
	c->req.address = c->in.address;
	c->req.host = c->in.host ? c->in.host : "";
	c->req.certificate = c->in.certificate;
	if (strncmp(c->in.path, ASSET_PREFIX, strlen(ASSET_PREFIX)) == 0 && asset_answer(c))
		return;
	if (!find_route(c))
		return;
	if (c->in.size > params_body_most(c->req.route)) {
		(void)refuse(c, 413, "error.body.size", "the body is larger than the route allows");
	} else if (c->site->braked && call_is_slow(c)) {
		const int64_t wait_ms =
			brake_take_slow(&c->site->brake, call_cookie(c, COOKIE_SESSION),
					c->in.address, c->req.now_ms);
		if (wait_ms > 0)
			(void)too_often(c, wait_ms, "error.rate", &c->err);
	}
}

/* Papers are kept; whatever else is sent as a file is read and let go. */
static bool keeps_paper(const struct route *route)
{
	for (const struct param *p = route->params; p->name; p++) {
		if (p->type == P_FILE && p->choices == paper_media)
			return true;
	}
	return false;
}

/* A paper that is too much for the database (app/file.h): the loop waits for no other machine. */
static bool puts_file(const struct call *c)
{
	const struct file_place *place = c->site->place;
	return place && (int64_t)c->in.size > store_in_database_most(place->store) &&
	       keeps_paper(c->req.route);
}

bool call_is_slow(const struct call *c)
{
	return c->req.route && (c->req.route->slow || c->req.file_ending || puts_file(c)) &&
	       c->err.kind == ERR_NONE && c->out.status == 0;
}

/* What everybody may read is not noted. */
static bool takes_list(const struct call *c)
{
	return c->req.file_ending && !(c->req.route->who & ROLE_PUBLIC);
}

bool call_writes(const struct call *c)
{
	return c->req.route && c->err.kind == ERR_NONE && c->out.status == 0 &&
	       (c->req.route->method == POST || c->req.route->journalled || takes_list(c));
}

bool call_needs_database(const struct call *c)
{
	return c->out.status == 0 && !(c->req.route && c->req.route->live);
}

bool call_wants_touch(const struct call *c)
{
	return c->session.person_id && c->req.now_ms - c->session.seen_ms > SESSION_TOUCH_MS;
}

/* ---- what is sent ---------------------------------------------------------- */

static bool media_is(const char *content_type, const char *media)
{
	size_t size = strlen(media);
	return strncasecmp(content_type, media, size) == 0 &&
	       (content_type[size] == '\0' || strchr("; \t", content_type[size]));
}

bool call_parse_body(struct call *c, struct err *e)
{
	const char *type = c->in.content_type ? c->in.content_type : "";
	if (c->req.route->method == GET || c->in.size == 0)
		return true;
	if (media_is(type, "application/x-www-form-urlencoded"))
		return form_urlencoded(&c->fields, c->in.body, c->in.size, e);
	if (media_is(type, "multipart/form-data"))
		return form_multipart(&c->fields, type, c->in.body, c->in.size, e);
	if (media_is(type, "application/json"))
		return form_json(&c->fields, c->in.body, c->in.size, e);
	c->status = 415;
	return err_set(e, ERR_INPUT, "error.form", "a body of a media type that forms do not have");
}

/* What no form of ours would send is a 400 whatever the method. */
static bool parse(struct call *c, struct err *e)
{
	const struct route *route = c->req.route;
	if ((!c->in.query || form_urlencoded(&c->fields, c->in.query, strlen(c->in.query), e)) &&
	    call_parse_body(c, e) && route_fields(route, &c->path, &c->fields, e))
		return true;
	c->status = c->status ? c->status : 400;
	return false;
}

static bool read_fields(struct call *c, struct err *e)
{
	const struct route *route = c->req.route;
	if (!parse(c, e))
		return false;
	if (route->method == POST && (!call_form_is_ours(c, e) || !kept_load(c, e)))
		return false;
	if (!params_known(route, &c->fields, e)) {
		c->status = 400;
		return false;
	}
	if (!switch_read(c, e) || !candidacy_check(&c->req, &c->fields, e))
		return false;
	struct err why = { 0 };
	if (params_read(&c->req, &c->fields, &why))
		return true;
	if (route_names(route, why.field)) /* a part of the path that cannot be one */
		return err_set(e, ERR_MISSING, "error.missing", "the path names nothing");
	if (c->to_language) /* half a form is what it is for */
		return true;
	*e = why;
	return false;
}

/* Who asks, may they, is the form ours, what is sent.  The system's own job (daily.h) may. */
static bool check(struct call *c, struct err *e)
{
	if (c->req.job)
		return true;
	bool may = (c->req.route->who & c->req.actor.roles) != 0;
	if (!may && !c->req.actor.person_id)
		return err_set(e, ERR_DENIED, "error.signed_out", "nobody is signed in");
	if (!may)
		return err_set(e, ERR_DENIED, "error.role", "the route is for other roles");
	const struct route *route = c->req.route;
	const bool open = (route->who & ROLE_PUBLIC) != 0 || route->temporary;
	if (c->session.temporary && !open)
		return err_set(e, ERR_DENIED, "account.error.temporary", "a password of another");
	if (c->must_enrol && !open && !route->enrolling)
		return err_set(e, ERR_DENIED, "access.error.enrol", "no second factor yet");
	if (c->fields_read)
		return true;
	c->fields_read = read_fields(c, e);
	return c->fields_read;
}

static bool identify(struct call *c, struct db *db, struct err *e)
{
	return c->req.job || (c->req.route && c->req.route->live) || call_identify(c, db, e);
}

/* What is refused afterwards leaves objects that go by themselves (app/file_work.h). */
static bool put_files(struct call *c, struct err *e)
{
	const struct act act = req_act(&c->req);
	bool ok = true;
	for (size_t i = 0; ok && puts_file(c) && i < c->req.upload_count; i++)
		ok = file_put(&act, c->req.uploads[i].bytes, c->req.uploads[i].size,
			      &c->req.objects, e);
	return ok;
}

static bool run_slow(struct call *c, struct err *e)
{
	if (c->to_language)
		return true;
	if (c->req.file_ending)
		return list_file(&c->req, c->model, e);
	return put_files(c, e) && (!c->req.route->slow || c->req.route->slow(&c->req, e));
}

void call_slow(struct call *c, struct db *db)
{
	CLEANUP(log_trace_over) const char *traced = log_trace(c->trace.id);
	struct err e = { 0 };
	c->req.db = db;
	if (!identify(c, db, &e) || !check(c, &e) || !run_slow(c, &e))
		c->err = e;
}

bool call_fetches(const struct call *c)
{
	return c->req.fetch && !c->req.download && c->err.kind == ERR_NONE;
}

void call_fetch(struct call *c, struct db *db)
{
	struct err e = { 0 };
	struct file_bytes bytes;
	struct upload *file = arena_alloc(c->arena, sizeof(*file));
	c->req.db = db;
	const struct act act = req_act(&c->req);
	if (!file_read(&act, c->arena, c->req.fetch->hash, &bytes, &e)) {
		call_fail(c, &e);
		return;
	}
	*file = (struct upload){ "file", c->req.fetch->name, bytes.media, bytes.bytes, bytes.size };
	c->req.download = file;
}

bool call_handle(struct call *c, struct err *e)
{
	struct req *r = &c->req;
	const struct act act = req_act(r);
	if (c->to_language)
		return switch_do(c, e);
	if (!r->file_ending)
		return r->route->handler(r, c->model, e);
	return !takes_list(c) ||
	       list_note_taken(&act, r->route->path, r->file_ending, r->file_rows,
			       route_names(r->route, "competition") ? in_int(r, "competition") : 0,
			       e);
}

/* ---- the handler ----------------------------------------------------------- */

/* Fills the page of a refused form again, with what was typed. */
static void show_again(struct call *c)
{
	const struct route *route = c->req.route;
	bool mendable =
		c->err.kind == ERR_INPUT || c->err.kind == ERR_LAW || c->err.kind == ERR_CONFLICT;
	if (!route || !route->page || !route->again || !mendable ||
	    (c->status && c->status != 429) || call_wants_json(c))
		return;
	struct err e = { 0 };
	json_t *model = new_object(c->arena);
	c->req.shown_again = true;
	if (!route->again(&c->req, model, &e)) {
		log_failure(route->path, &e);
		return;
	}
	json_t *typed = params_typed(&c->req, &c->fields, &c->err, page_text(c, &c->err));
	(void)json_object_set(model, "form", typed);
	c->model = model;
	c->shown_again = true;
}

/* The person has to prove who it is: a page for that, with what was sent inside
 * (app/access/reauth.h). */
static void show_reauth(struct call *c)
{
	struct err e = { 0 };
	bool other = false;
	if (c->err.kind != ERR_DENIED || strcmp(c->err.key, "access.error.reauth") != 0 ||
	    call_wants_json(c) || c->status)
		return;
	json_t *model = new_object(c->arena);
	const char *fields = c->req.route->method == POST ? kept_text(c) : "";
	if (*fields && !kept_files(c, &e)) {
		log_failure("reauth", &e);
		err_clear(&e);
	}
	const char *then = *fields || route_find(GET, &c->path, &other) ? c->in.path : "/";
	if (!reauth_model(&c->req, then, fields, model, &e)) {
		log_failure("reauth", &e);
		return;
	}
	c->model = model;
	c->again_page = "account/reauth";
	c->shown_again = true;
}

/* On the loop alone: nobody else counts. */
static bool in_pace(struct call *c, struct err *e)
{
	if (!c->site->paced || c->counted || !c->session.person_id ||
	    c->req.route->method != POST || !c->req.route->page)
		return true;
	const char *who = arena_print(c->arena, "%lld", (long long)c->session.person_id);
	const int64_t wait_ms = brake_take(&c->site->brake, who, &brake_forms, c->req.now_ms);
	c->counted = wait_ms == 0;
	return c->counted || too_often(c, wait_ms, "error.too_fast", e);
}

/* It was refused before anybody looked what is sent: that is read for the page that shows it again,
 * which is for those alone who may have it. */
static void read_braked(struct call *c)
{
	const int status = c->status;
	struct err why = { 0 };
	c->status = 0;
	if (check(c, &why) || (why.kind == ERR_INPUT && c->status == 0))
		c->status = status;
	else
		c->err = why;
}

bool call_looks_ahead(const struct call *c)
{
	return c->req.route && c->req.route->ahead && call_writes(c);
}

/* What is wrong with it is found once more by call_run(), which tells. */
bool call_enter(struct call *c, struct db *db, struct err *e)
{
	struct err why = { 0 };
	c->req.db = db;
	if (!identify(c, db, e))
		return false;
	c->entered = true;
	if (check(c, &why))
		return c->req.route->ahead(&c->req, e);
	err_clear(&why);
	return true;
}

void call_run(struct call *c, struct db *db)
{
	CLEANUP(log_trace_over) const char *traced = log_trace(c->trace.id);
	struct err e = { 0 };
	if (c->out.status)
		return;
	c->req.db = db;
	if (!c->entered && !identify(c, db, &e)) {
		c->err = e;
		return;
	}
	if (c->status == 429 || (c->err.kind == ERR_NONE && !in_pace(c, &c->err)))
		read_braked(c);
	if (c->err.kind == ERR_NONE &&
	    (!check(c, &e) || !turn_handle(c, &e) || (!c->to_language && !kept_forget(c, &e))))
		c->err = e;
	if (c->err.kind != ERR_NONE) {
		show_again(c);
		show_reauth(c);
	}
}

void call_again(struct call *c, const struct call *before)
{
	const bool counted = c->counted;
	*c = *before;
	c->counted = counted;
	c->model = new_object(c->arena);
}

void call_fail(struct call *c, const struct err *why)
{
	c->err = *why;
	c->status = 0;
	c->shown_again = false;
	c->req.new_session = NULL;
	c->req.new_language = NULL;
	c->req.new_csrf = NULL;
	c->req.new_step = NULL;
	c->req.new_device = NULL;
}

/* ---- small helpers of handlers --------------------------------------------- */

struct act req_act(const struct req *r)
{
	return (struct act){ .db = r->db,
			     .arena = r->arena,
			     .now_ms = r->now_ms,
			     .person_id = r->actor.person_id,
			     .book = r->book,
			     .key = r->key,
			     .session =
				     r->session_hash && *r->session_hash ? r->session_hash : NULL,
			     .as_candidate = r->as_candidate,
			     .place = r->site->place,
			     .objects = r->objects };
}

bool req_is(const struct req *r, unsigned roles)
{
	const unsigned offices = r->as_candidate ? ROLE_PUBLIC | ROLE_PERSON : ~0U;
	return (r->actor.roles & roles & offices) != 0;
}

void req_go(struct req *r, const char *format, ...)
{
	char text[512];
	va_list args;
	va_start(args, format);
	int size = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	assert(size > 0 && (size_t)size < sizeof(text));
	r->redirect = arena_copy(r->arena, text);
}
