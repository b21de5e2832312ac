#include "harness.h"

#include "pseudo.h"
#include "ready.h"
#include "test_db.h"

#include "app/bank/vault_start.h"
#include "base/confine.h"
#include "web/http/turn.h"

#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static void must(bool ok, const struct err *e)
{
	if (!ok)
		fail_msg("%s: %s", e->key, e->detail);
}

/* ---- life ------------------------------------------------------------------ */

static struct harness *open_with(struct db *db, struct service_key *key)
{
	struct harness *h = calloc(1, sizeof(*h));
	const struct ready ready = ready_now();
	struct err e = { 0 };
	int64_t begin_ms = 0;
	assert_non_null(h);
	assert_true(instant_parse(HARNESS_BEGIN, &begin_ms));
	h->arena = arena_new();
	must(site_open(&h->site, db, key, ready.book, ready.view, clock_fixed(begin_ms), &e), &e);
	/* as in a demonstration: harness_demand_factors() is for tests of that */
	must(db_exec(db, &e, NULL,
		     "INSERT INTO access_setting (name, value) VALUES ('second_factor', 'off')"
		     " ON CONFLICT (name) DO NOTHING"),
	     &e);
	h->key = key;
	h->language = "ru";
	/* This program again would be the test again. */
	confine_program(KONKURS_PROGRAM);
	return h;
}

struct harness *harness_open_file(const char *where)
{
	struct db *db = NULL;
	struct service_key *key = NULL;
	struct err e = { 0 };
	char path[TEST_DB_WHERE];
	assert_true(sodium_init() >= 0);
	test_db_key(where, path);
	must(db_open(where, &db, &e) && ready_migrate(db, &e), &e);
	must(vault_key_open(db, where, path, &key, &e), &e);
	return open_with(db, key);
}

struct harness *harness_open(void)
{
	struct service_key *key = NULL;
	struct err e = { 0 };
	assert_true(sodium_init() >= 0);
	must(service_key_random(&key, &e), &e);
	return open_with(ready_db(), key);
}

void harness_close(struct harness *h)
{
	arena_free(h->arena);
	test_db_close(h->site.db);
	service_key_close(h->key);
	free(h);
}

int harness_setup(void **state)
{
	*state = harness_open();
	return 0;
}

int harness_teardown(void **state)
{
	harness_close(*state);
	return 0;
}

/* ---- people ---------------------------------------------------------------- */

const char *harness_cookie(struct harness *h, int64_t person)
{
	return arena_print(h->arena, "%s=token-%lld", COOKIE_SESSION, (long long)person);
}

const char *harness_csrf(struct harness *h, int64_t person)
{
	return arena_print(h->arena, "csrf-%lld", (long long)person);
}

/* Signed in for good: tests of expiry make sessions of their own. */
static void open_session(struct harness *h, int64_t person)
{
	struct err e = { 0 };
	unsigned char hash[32];
	char text[SESSION_HASH_SIZE];
	const char *token = arena_print(h->arena, "token-%lld", (long long)person);
	const int64_t now_ms = clock_now(&h->site.clock);
	crypto_generichash(hash, sizeof(hash), (const unsigned char *)token, strlen(token), NULL,
			   0);
	sodium_bin2hex(text, sizeof(text), hash, sizeof(hash));
	must(db_exec(h->site.db, &e, NULL,
		     "INSERT INTO session (token_hash, person_id, csrf, created_ms, seen_ms, "
		     "expires_ms, authenticated_ms) VALUES ($1, $2, $3, $4, $4, $5, $4)"
		     " ON CONFLICT (token_hash) DO UPDATE SET seen_ms = $4, expires_ms = $5,"
		     " created_ms = $4",
		     db_text(text), db_int(person), db_text(harness_csrf(h, person)),
		     db_int(now_ms), db_int(now_ms + SESSION_LONGEST_MS)),
	     &e);
}

static void grant(struct harness *h, int64_t person, const char *role)
{
	struct err e = { 0 };
	must(db_exec(h->site.db, &e, NULL,
		     "INSERT INTO role_grant (person_id, role, organ, granted_ms)"
		     " VALUES ($1, $2, 'pgo', 0)",
		     db_int(person), db_text(role)),
	     &e);
}

/* A seat in an appointed commission (R41-1 to R41-3). */
static void seat(struct harness *h, int64_t person, const char *role)
{
	struct err e = { 0 };
	int64_t competition = 0;
	int64_t commission = 0;
	must(db_number(
		     h->site.db, &e, &competition,
		     "INSERT INTO competition (route, organ, post, category, vacancies, "
		     "demonstration,"
		     " filing_days, draft_kk, draft_ru, state, created_by, created_ms)"
		     " VALUES ('own', 'pgo', '', '', 1, 1, 7, '', '', 'draft', $1, 0) RETURNING id",
		     db_int(person)),
	     &e);
	must(db_number(h->site.db, &e, &commission,
		       "INSERT INTO commission (competition_id, order_number, order_day, state,"
		       " created_by, created_ms) VALUES ($1, '1', 0, 'appointed', $2, 0) RETURNING "
		       "id",
		       db_int(competition), db_int(person)),
	     &e);
	must(db_exec(h->site.db, &e, NULL,
		     "INSERT INTO commission_member (commission_id, person_id, role, kind, "
		     "employee)"
		     " VALUES ($1, $2, $3, 'other', 1)",
		     db_int(commission), db_int(person), db_text(role)),
	     &e);
}

static void give_roles(struct harness *h, int64_t person, unsigned roles)
{
	static const struct {
		unsigned role;
		const char *name;
		void (*give)(struct harness *, int64_t, const char *);
	} row[] = {
		{ ROLE_HR, ROLE_NAME_HR, grant },
		{ ROLE_SECURITY, ROLE_NAME_SECURITY, grant },
		{ ROLE_POLYGRAPH, ROLE_NAME_POLYGRAPH, grant },
		{ ROLE_PSYCHO, ROLE_NAME_PSYCHO, grant },
		{ ROLE_OPERATOR, ROLE_NAME_OPERATOR, grant },
		{ ROLE_AUDITOR, ROLE_NAME_AUDITOR, grant },
		{ ROLE_ADMIN, ROLE_NAME_ADMIN, grant },
		{ ROLE_BODY, ROLE_NAME_BODY, grant },
		{ ROLE_AUTHOR, ROLE_NAME_AUTHOR, grant },
		{ ROLE_REVIEWER, ROLE_NAME_REVIEWER, grant },
		{ ROLE_APPROVER, ROLE_NAME_APPROVER, grant },
		{ ROLE_KEEPER, ROLE_NAME_KEEPER, grant },
		{ ROLE_MEMBER, "member", seat },
		{ ROLE_SECRETARY, "secretary", seat },
		{ ROLE_INVITED, "invited", seat },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		if (roles & row[i].role)
			row[i].give(h, person, row[i].name);
	}
}

int64_t harness_person(struct harness *h, unsigned roles)
{
	struct err e = { 0 };
	int64_t person = 0;
	int64_t next = 0;
	must(db_number(h->site.db, &e, &next, "SELECT COALESCE(MAX(id), 0) + 1 FROM person"), &e);
	must(db_number(
		     h->site.db, &e, &person,
		     "INSERT INTO person (iin, family, given, patronymic, sort_key, search, organ,"
		     " position_kk, position_ru, added_ms)"
		     " VALUES ($1, $2, 'Сынақ', 'Демоұлы', $3, $2, 'pgo', 'прокурор', 'прокурор', "
		     "0)"
		     " RETURNING id",
		     db_text(arena_print(h->arena, "9001013%05lld", (long long)next)),
		     db_text(arena_print(h->arena, "Үлгіев%lld", (long long)next)),
		     db_text(arena_print(h->arena, "%08lld", (long long)next))),
	     &e);
	give_roles(h, person, roles);
	open_session(h, person);
	return person;
}

struct act harness_act(struct harness *h, int64_t person)
{
	return (struct act){ .db = h->site.db,
			     .arena = h->arena,
			     .now_ms = clock_now(&h->site.clock),
			     .person_id = person,
			     .book = h->site.book,
			     .key = h->site.service_key,
			     .place = h->site.place };
}

void harness_at(struct harness *h, const char *time)
{
	struct err e = { 0 };
	int64_t now_ms = 0;
	assert_true(instant_parse(time, &now_ms));
	h->site.clock = clock_fixed(now_ms);
	must(db_exec(h->site.db, &e, NULL,
		     "UPDATE session SET seen_ms = $1, created_ms = $1, authenticated_ms = $1,"
		     " expires_ms = $2",
		     db_int(now_ms), db_int(now_ms + SESSION_LONGEST_MS)),
	     &e);
}

void harness_demand_factors(struct harness *h)
{
	struct err e = { 0 };
	must(db_exec(h->site.db, &e, NULL, "UPDATE access_setting SET value = 'on'"), &e);
}

void harness_open_papers(struct harness *h, int64_t person, int64_t application)
{
	struct err e = { 0 };
	static const char *const what[] = { "security", "study" };
	for (size_t i = 0; i < COUNT(what); i++)
		must(db_exec(h->site.db, &e, NULL,
			     "INSERT INTO restricted_opening (person_id, application_id, what,"
			     " reason, words, at_ms, until_ms)"
			     " VALUES ($1, $2, $3, 'check', '', $4, $5)",
			     db_int(person), db_int(application), db_text(what[i]),
			     db_int(clock_now(&h->site.clock)), db_int(INT64_MAX)),
		     &e);
}

/* ---- requests -------------------------------------------------------------- */

static void free_call(void *call)
{
	call_free(call);
}

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));
	return text ? text : "";
}

/* What the server sends of a file, without a socket. */
static const char *body_of(struct harness *h, const struct http_out *out, size_t *ret_size)
{
	*ret_size = out->size;
	if (!out->piece)
		return arena_copy_n(h->arena, out->body, out->size);
	char *text = arena_alloc(h->arena, (size_t)out->piece->size + 1);
	const ssize_t got = pread(out->piece->fd, text, (size_t)out->piece->size, out->piece->from);
	assert_int_equal(got, out->piece->size);
	*ret_size = (size_t)got;
	return text;
}

static struct answer read_answer(struct harness *h, const struct http_out *out)
{
	size_t size = 0;
	const char *body = body_of(h, out, &size);
	const char *type = http_header_of(out, "Content-Type");
	const char *location = http_header_of(out, "Location");
	struct answer a = { .status = out->status,
			    .type = type ? type : "",
			    .body = body,
			    .size = size,
			    .out = out };
	if (strncmp(a.type, "application/json", strlen("application/json")) == 0) {
		a.json = json_loadb(a.body, a.size, 0, NULL);
		assert_non_null(a.json);
		json_in_arena(h->arena, a.json);
	}
	const json_t *error = json_object_get(a.json, "error");
	a.location = location ? location : text_of(a.json, "location");
	a.error = text_of(error, "key");
	a.field = text_of(error, "field");
	a.clause = text_of(error, "clause");
	return a;
}

struct answer harness_send(struct harness *h, const struct http_in *in)
{
	struct call *c = call_new(&h->site);
	c->in = *in;
	call_begin(c);
	if (call_is_slow(c))
		call_slow(c, h->site.db);
	turn_run(&h->site, &c, 1);
	arena_defer(h->arena, free_call, c);
	return read_answer(h, &c->out);
}

void harness_daily(struct harness *h)
{
	struct call *c = NULL;
	while ((c = daily_next(&h->site))) {
		if (call_is_slow(c))
			call_slow(c, h->site.db);
		turn_commit(&h->site, &c, 1, NULL);
		daily_over(&h->site, c);
		call_free(c);
	}
}

/* A request of this person with the path taken apart. */
static struct http_in request(struct harness *h, int64_t person, const char *method,
			      const char *path, const char *accept)
{
	size_t size = strcspn(path, "?");
	if (person)
		open_session(h, person);
	return (struct http_in){
		.method = method,
		.path = arena_copy_n(h->arena, path, size),
		.query = path[size] ? path + size + 1 : NULL,
		.host = "konkurs.test",
		.origin = strcmp(method, "POST") == 0 ? "https://konkurs.test" : NULL,
		.fetch_site = "same-origin",
		.cookie = arena_print(h->arena, "%s=%s%s%s", COOKIE_LANGUAGE, h->language,
				      person ? "; " : "", person ? harness_cookie(h, person) : ""),
		.accept = accept,
		.address = "192.0.2.1",
	};
}

struct answer harness_get(struct harness *h, int64_t person, const char *path)
{
	struct http_in in = request(h, person, "GET", path, "application/json");
	return harness_send(h, &in);
}

struct answer harness_html(struct harness *h, int64_t person, const char *path)
{
	struct http_in in = request(h, person, "GET", path, "text/html");
	return harness_send(h, &in);
}

/* A visitor has to look at a page first: its cookie and token belong together. */
static const char *token_for(struct harness *h, int64_t person, struct http_in *in)
{
	if (person)
		return harness_csrf(h, person);
	struct answer page = harness_get(h, 0, "/sign-in");
	const char *cookie = http_header_of(page.out, "Set-Cookie");
	assert_non_null(cookie);
	in->cookie =
		arena_print(h->arena, "%s; %.*s", in->cookie, (int)strcspn(cookie, ";"), cookie);
	return answer_text(&page, "page.csrf");
}

static struct answer post(struct harness *h, int64_t person, const char *path, const char *form,
			  const char *accept)
{
	struct http_in in = request(h, person, "POST", path, accept);
	const char *body = arena_print(h->arena, "csrf=%s%s%s", token_for(h, person, &in),
				       *form ? "&" : "", form);
	in.content_type = "application/x-www-form-urlencoded";
	in.body = body;
	in.size = strlen(body);
	return harness_send(h, &in);
}

struct answer harness_post(struct harness *h, int64_t person, const char *path, const char *form)
{
	return post(h, person, path, form, "application/json");
}

struct answer harness_post_html(struct harness *h, int64_t person, const char *path,
				const char *form)
{
	return post(h, person, path, form, "text/html");
}

static void add_part(struct buf *body, const char *name, const char *value, size_t size)
{
	buf_print(body, "--harness\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n", name);
	buf_add_n(body, value, size);
	buf_add(body, "\r\n");
}

struct buf harness_parts(struct harness *h, const char *token, const char *form, const char *field,
			 const char *file_name, const void *bytes, size_t size)
{
	struct fields fields = fields_on(h->arena);
	struct buf body = buf_on(h->arena);
	struct err e = { 0 };
	must(form_urlencoded(&fields, form, strlen(form), &e), &e);
	add_part(&body, "csrf", token, strlen(token));
	for (size_t i = 0; i < fields.count; i++)
		add_part(&body, fields.list[i].name, fields.list[i].bytes, fields.list[i].size);
	buf_print(&body,
		  "--harness\r\nContent-Disposition: form-data; name=\"%s\"; filename=\"%s\"\r\n"
		  "Content-Type: application/octet-stream\r\n\r\n",
		  field, file_name);
	buf_add_n(&body, bytes, size);
	buf_add(&body, "\r\n--harness--\r\n");
	return body;
}

struct answer harness_upload(struct harness *h, int64_t person, const char *path, const char *form,
			     const char *field, const char *file_name, const void *bytes,
			     size_t size)
{
	struct http_in in = request(h, person, "POST", path, "application/json");
	const struct buf body =
		harness_parts(h, token_for(h, person, &in), form, field, file_name, bytes, size);
	in.content_type = HARNESS_PARTS;
	in.body = body.text;
	in.size = body.length;
	return harness_send(h, &in);
}

/* ---- pages ----------------------------------------------------------------- */

static const struct route *route_of(struct harness *h, const char *address)
{
	struct path path = { .count = 0 };
	bool other = false;
	const char *plain = arena_copy_n(h->arena, address, strcspn(address, "?"));
	assert_true(path_read(h->arena, plain, &path));
	const struct route *route = route_find(GET, &path, &other);
	if (!route || !route->page)
		fail_msg("%s is no page", address);
	return route;
}

/* Whether `name` or one above it stands in a list "a, rows.b". */
static bool listed(const char *list, const char *name)
{
	while (list && *list) {
		list += strspn(list, " ,");
		size_t size = strcspn(list, " ,");
		if (size > 0 && strncmp(list, name, size) == 0 &&
		    (name[size] == '\0' || name[size] == '.'))
			return true;
		list += size;
	}
	return false;
}

json_t *harness_leaks(struct harness *h, int64_t person, const char *path)
{
	struct err e = { 0 };
	const struct route *route = route_of(h, path);
	struct answer a = harness_get(h, person, path);
	json_t *leaks = json_array();
	json_t *unused = json_array();
	size_t i = 0;
	json_t *name = NULL;
	json_in_arena(h->arena, leaks);
	json_in_arena(h->arena, unused);
	if (a.status != 200)
		fail_msg("%s answers %d %s", path, a.status, a.error);
	must(view_unused(h->site.view, h->language, route->page, a.json, unused, &e), &e);
	json_array_foreach (unused, i, name) {
		const char *text = json_string_value(name);
		/* what web/ itself puts into every model is the same everywhere */
		if (!listed("page, form", text) && !listed(route->extra, text))
			(void)json_array_append(leaks, name);
	}
	return leaks;
}

/* Nothing that is read stands in code or a page: it would be in one language for all (F54). */
static void check_words(struct harness *h, int64_t person, const char *path)
{
	struct answer page = harness_html(h, person, path);
	struct answer twin = harness_get(h, person, path);
	json_t *words = json_array();
	json_in_arena(h->arena, words);
	pseudo_words(h->arena, page.body, twin.json, words);
	if (json_array_size(words) > 0)
		fail_msg("%s: words that are no message: %s", path,
			 json_dumps(words, JSON_COMPACT));
}

void harness_check_page(struct harness *h, int64_t person, const char *path)
{
	const char *before = h->language;
	const char *const languages[] = { "kk", "ru", "en" };
	for (size_t i = 0; i < COUNT(languages); i++) {
		h->language = languages[i];
		struct answer a = harness_html(h, person, path);
		if (a.status != 200 || strncmp(a.type, "text/html", strlen("text/html")) != 0)
			fail_msg("%s in %s answers %d %.200s", path, languages[i], a.status,
				 a.body);
	}
	h->language = PSEUDO;
	check_words(h, person, path);
	h->language = before;
	json_t *leaks = harness_leaks(h, person, path);
	if (json_array_size(leaks) > 0)
		fail_msg("%s: in the JSON twin only: %s", path, json_dumps(leaks, JSON_COMPACT));
}

/* ---- values ---------------------------------------------------------------- */

json_t *answer_value(const struct answer *a, const char *path)
{
	json_t *value = a->json;
	while (value && *path) {
		char part[64];
		size_t size = strcspn(path, ".");
		assert_true(size < sizeof(part));
		memcpy(part, path, size);
		part[size] = '\0';
		value = json_is_array(value) ? json_array_get(value, strtoul(part, NULL, 10))
					     : json_object_get(value, part);
		path += size + (path[size] == '.');
	}
	return value;
}

const char *answer_text(const struct answer *a, const char *path)
{
	const char *text = json_string_value(answer_value(a, path));
	return text ? text : "";
}

int64_t answer_number(const struct answer *a, const char *path)
{
	return json_integer_value(answer_value(a, path));
}

json_t *harness_waits(struct harness *h, int64_t person, const char *key)
{
	static const char *const groups[] = { "due.lines", "risk.lines", "others.lines" };
	const struct answer a = harness_get(h, person, "/");
	assert_int_equal(a.status, 200);
	for (size_t i = 0; i < COUNT(groups); i++) {
		size_t n = 0;
		json_t *line = NULL;
		json_array_foreach (answer_value(&a, groups[i]), n, line) {
			if (strcmp(row_text(line, "key"), key) == 0)
				return line;
		}
	}
	return NULL;
}
