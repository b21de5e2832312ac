/* http.c - requests through the whole table of routes, against a demonstration in memory.
 *
 *   GET /path?query HTTP/1.1          a request as it is sent; its headers are read, and behind an
 *   Name: value                       empty line comes the body
 *   @AB form                          the route of number A * 64 + B - 48 of each ('0' is 0), its
 *                                     parameters from the path "1", with that form
 *   @* form                           each route of the table, one after another
 *
 * Whoever asks holds every role and has sent the right form token, so that handlers are reached; a
 * request that begins with "!" is a stranger's.  Whatever comes, there is an answer, it is none of
 * a fault of ours, and its JSON is JSON.  Each request is undone. */
#include "fuzz.h"

#include "app/demonstration.h"
#include "base/confine.h"
#include "web/http/call.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MUST(what)                                                                                 \
	do {                                                                                       \
		if (!(what)) {                                                                     \
			(void)fprintf(stderr, "%s: %s %s\n", #what, e.key, e.detail);              \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

static struct site site;
static const char token[] = "token";

/* ---- the world ----------------------------------------------------------------------------- */

static void open_session(int64_t person)
{
	static const char *const roles[] = {
		ROLE_NAME_HR,       ROLE_NAME_SECURITY, ROLE_NAME_POLYGRAPH, ROLE_NAME_PSYCHO,
		ROLE_NAME_OPERATOR, ROLE_NAME_AUDITOR,  ROLE_NAME_ADMIN,     ROLE_NAME_BODY,
		ROLE_NAME_AUTHOR,   ROLE_NAME_REVIEWER, ROLE_NAME_APPROVER,  ROLE_NAME_KEEPER
	};
	struct err e = { 0 };
	unsigned char hash[32];
	char text[SESSION_HASH_SIZE];
	const int64_t now_ms = clock_now(&site.clock);
	(void)crypto_generichash(hash, sizeof(hash), (const unsigned char *)token, strlen(token),
				 NULL, 0);
	(void)sodium_bin2hex(text, sizeof(text), hash, sizeof(hash));
	MUST(db_exec(
		site.db, &e, NULL,
		"INSERT INTO session (token_hash, person_id, csrf, created_ms, seen_ms, expires_ms)"
		" VALUES ($1, $2, 'csrf', $3, $3, $4)",
		db_text(text), db_int(person), db_int(now_ms),
		db_int(now_ms + SESSION_LONGEST_MS)));
	for (size_t i = 0; i < COUNT(roles); i++)
		MUST(db_exec(site.db, &e, NULL,
			     "INSERT INTO role_grant (person_id, role, organ, granted_ms)"
			     " SELECT $1, $2, 'pgo', 0 WHERE NOT EXISTS (SELECT 1 FROM role_grant"
			     " WHERE person_id = $1 AND role = $2 AND organ = 'pgo')",
			     db_int(person), db_text(roles[i])));
}

static void open_world(void)
{
	static struct law_book *book;
	static struct view *view;
	static struct service_key *key;
	static struct db *db;
	static struct arena *a; /* all of it for as long as the target runs */
	struct err e = { 0 };
	int64_t begin_ms = 0;
	int64_t person = 0;
	a = arena_new();
	const struct share_item *file = share_find("sample/demo.json");
	json_t *people = json_loadb((const char *)file->bytes, file->size, 0, NULL);
	MUST(sodium_init() >= 0 && people && instant_parse("2026-03-02T10:00", &begin_ms));
	MUST(site_built_in_law(a, &book, &e) && view_open(&share_built_in, &view, &e));
	MUST(db_open(":memory:", &db, &e) && db_migrate(db, &e));
	MUST(service_key_random(&key, &e));
	MUST(site_open(&site, db, key, book, view, clock_fixed(begin_ms), &e));
	const struct act act = {
		.db = db, .arena = a, .now_ms = begin_ms, .book = book, .key = key
	};
	MUST(demonstration_make(&act, people, &e));
	MUST(db_number(db, &e, &person, "SELECT MIN(person_id) FROM role_grant"));
	open_session(person);
	confine_program("/bin/false"); /* readers of files have targets of their own */
	json_decref(people);
}

/* ---- a request ----------------------------------------------------------------------------- */

/* The value of a header line, in the text of all of them. */
static const char *header(struct arena *a, const char *head, const char *name)
{
	const char *mark = arena_print(a, "\n%s:", name);
	const char *at = strcasestr(head, mark);
	if (!at)
		return NULL;
	at += strlen(mark);
	at += strspn(at, " ");
	return arena_copy_n(a, at, strcspn(at, "\r\n"));
}

static void read_plain(struct call *c, const char *text, size_t size)
{
	static const struct {
		const char *name;
		size_t at;
	} row[] = {
		{ "Host", offsetof(struct http_in, host) },
		{ "Origin", offsetof(struct http_in, origin) },
		{ "Sec-Fetch-Site", offsetof(struct http_in, fetch_site) },
		{ "Cookie", offsetof(struct http_in, cookie) },
		{ "X-CSRF-Token", offsetof(struct http_in, csrf) },
		{ "Accept", offsetof(struct http_in, accept) },
		{ "Accept-Language", offsetof(struct http_in, accept_language) },
		{ "Accept-Encoding", offsetof(struct http_in, accept_encoding) },
		{ "Content-Type", offsetof(struct http_in, content_type) },
		{ "If-None-Match", offsetof(struct http_in, none_match) },
	};
	const char *end = memmem(text, size, "\n\n", 2);
	const size_t head_size = end ? (size_t)(end - text) : size;
	const char *head = arena_copy_n(c->arena, text, head_size);
	const size_t method = strcspn(head, " \n");
	const char *target = head + method + (head[method] == ' ');
	const size_t path = strcspn(target, "? \n");
	c->in.method = arena_copy_n(c->arena, head, method);
	c->in.path = path ? arena_copy_n(c->arena, target, path) : "/";
	if (target[path] == '?')
		c->in.query = arena_copy_n(c->arena, target + path + 1,
					   strcspn(target + path + 1, "# \n"));
	for (size_t i = 0; i < COUNT(row); i++) {
		const char *value = header(c->arena, head, row[i].name);
		if (value)
			*(const char **)((char *)&c->in + row[i].at) = value;
	}
	if (end) {
		c->in.body = end + 2;
		c->in.size = size - head_size - 2;
	}
}

/* "/a/:b/c" as "/a/1/c" */
static const char *filled(struct arena *a, const char *pattern)
{
	struct buf path = buf_on(a);
	for (; *pattern; pattern++) {
		buf_add_char(&path, *pattern == ':' ? '1' : *pattern);
		if (*pattern == ':')
			pattern += strcspn(pattern, "/") - 1;
	}
	return path.text;
}

static const struct route *route_at(size_t number)
{
	const struct route *r = NULL;
	struct route_walk w = { 0 };
	for (size_t i = 0; i <= number; i++)
		r = route_next(&w);
	return r;
}

static size_t count_routes(void)
{
	size_t count = 0;
	for (struct route_walk w = { 0 }; route_next(&w);)
		count++;
	return count;
}

static void read_numbered(struct call *c, size_t number, const char *form, size_t size)
{
	const struct route *r = route_at(number);
	c->in.method = method_name(r->method);
	c->in.path = filled(c->arena, r->path);
	if (r->method == GET) {
		c->in.query = arena_copy_n(c->arena, form, size);
	} else {
		c->in.content_type = "application/x-www-form-urlencoded";
		c->in.body = form;
		c->in.size = size;
	}
	c->in.accept = number & 1 ? "application/json" : "text/html";
}

/* Argon2 and processes for files take too long, and are no matter of bytes here. */
static bool takes_long(const struct call *c)
{
	return call_is_slow(c) && (c->req.route->method == POST || strstr(c->in.path, ".pdf"));
}

/* A page that is shown again must not fall back to the bare refusal. */
static void check_page(const struct call *c)
{
	struct buf page = buf_on(c->arena);
	struct err e = { 0 };
	const char *name = c->again_page ? c->again_page : c->req.route ? c->req.route->page : "";
	if (c->shown_again && !call_wants_json(c))
		MUST(view_render(site.view, c->req.language, name, c->model, &page, &e));
}

static void check(const struct call *c)
{
	const char *type = http_header_of(&c->out, "Content-Type");
	if (c->out.status < 200 || c->out.status > 599 || c->out.status == 500 ||
	    (c->out.status == 503 && c->err.kind != ERR_BUSY)) {
		(void)fprintf(stderr, "%s %s: %d %s %s\n", c->in.method, c->in.path, c->out.status,
			      c->err.key, c->err.detail);
		abort();
	}
	/* a bare text is what is left when not even the page of a refusal can be shown */
	if (type && c->out.status >= 400 && strncmp(type, "text/plain", strlen("text/plain")) == 0)
		abort();
	if (type && strncmp(type, "application/json", strlen("application/json")) == 0 &&
	    c->out.size > 0) {
		json_t *json = json_loadb(c->out.body, c->out.size, 0, NULL);
		if (!json)
			abort();
		json_decref(json);
	}
}

static void ask(struct call *c)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct err e = { 0 };
	MUST(db_begin(site.db, &tx, &e));
	call_begin(c);
	if (takes_long(c))
		return;
	if (call_is_slow(c)) {
		call_slow(c, site.db);
		c->slow_done = true;
	}
	call_run(c, site.db);
	call_answer(c);
	check(c);
	check_page(c);
}

static struct call *new_call(bool stranger)
{
	struct call *c = call_new(&site);
	c->in.address = "10.0.0.1";
	if (!stranger) {
		c->in.cookie = COOKIE_SESSION "=token";
		c->in.csrf = "csrf";
	}
	return c;
}

static void run_numbered(const char *text, size_t size, bool stranger)
{
	const size_t count = count_routes();
	bool all = size > 1 && text[1] == '*';
#ifdef FUZZING /* one route at a time finds more in the same time */
	all = false;
#endif
	const size_t number = all || size < 3 ? 0
					      : ((unsigned char)text[1] - 48U) * 64 +
							((unsigned char)text[2] - 48U);
	const size_t skipped = size < 3 ? size : 3;
	for (size_t i = 0; i < (all ? count : 1); i++) {
		struct call *c = new_call(stranger);
		read_numbered(c, (number + i) % count, text + skipped, size - skipped);
		ask(c);
		call_free(c);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	const char *text = (const char *)bytes;
	const bool stranger = size > 0 && text[0] == '!';
	if (!site.db)
		open_world();
	text += stranger;
	size -= stranger;
	if (size > 0 && text[0] == '@') {
		run_numbered(text, size, stranger);
		return 0;
	}
	struct call *c = new_call(stranger);
	read_plain(c, text, size);
	ask(c);
	call_free(c);
	return 0;
}
