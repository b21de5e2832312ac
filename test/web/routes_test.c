/* The route table: well-formed, and each route for exactly the roles that it declares. */
#include "harness.h"

#include "view/view.h"
#include "web/access/kept.h"
#include "web/help.h"
#include "web/http/param.h"
#include "web/nav.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const unsigned every_role[] = {
	ROLE_PERSON,  ROLE_HR,       ROLE_SECURITY, ROLE_POLYGRAPH, ROLE_PSYCHO,  ROLE_OPERATOR,
	ROLE_AUDITOR, ROLE_ADMIN,    ROLE_MEMBER,   ROLE_SECRETARY, ROLE_INVITED, ROLE_BODY,
	ROLE_AUTHOR,  ROLE_REVIEWER, ROLE_APPROVER, ROLE_KEEPER,
};

/* ---- the table alone ------------------------------------------------------- */

static bool same_shape(const struct route *a, const struct route *b)
{
	const char *x = a->path;
	const char *y = b->path;
	if (a->method != b->method)
		return false;
	while (*x && *y) { /* two parameters are the same place, whatever they are called */
		if (*x == ':' && *y == ':') {
			x += strcspn(x, "/");
			y += strcspn(y, "/");
		} else if (*x++ != *y++) {
			return false;
		}
	}
	return *x == *y;
}

static void check_param(const struct route *route, const struct param *p)
{
	for (const char *c = p->name; *c; c++)
		assert_true(islower((unsigned char)*c) || isdigit((unsigned char)*c) || *c == '_');
	bool bounded = p->type == P_INT || p->type == P_TEXT || p->type == P_SECRET ||
		       p->type == P_LIST || p->type == P_FILE;
	if (bounded && (p->max < p->min || p->max <= 0))
		fail_msg("%s: %s has no bounds", route->path, p->name);
	if ((p->type == P_CHOICE || p->type == P_FILE) && (!p->choices || !p->choices[0]))
		fail_msg("%s: %s has no choices", route->path, p->name);
	if (p->type == P_FILE && p->max >= BODY_WITH_FILE_MOST)
		fail_msg("%s: %s is larger than a body may be", route->path, p->name);
	if (strcmp(p->name, "csrf") == 0 || strcmp(p->name, "once") == 0 ||
	    strcmp(p->name, KEPT_FIELD) == 0)
		fail_msg("%s declares %s, which every form has", route->path, p->name);
}

/* Every ":name" of the path is declared. */
static void check_path(const struct route *route)
{
	for (const char *at = strchr(route->path, ':'); at; at = strchr(at + 1, ':')) {
		size_t size = strcspn(at + 1, "/");
		bool found = false;
		for (const struct param *p = route->params; p->name; p++)
			found = found ||
				(strlen(p->name) == size && memcmp(p->name, at + 1, size) == 0);
		if (!found)
			fail_msg("%s: a part of the path is not declared", route->path);
	}
}

static void table_is_well_formed(void **state)
{
	(void)state;
	const struct route *r = NULL;
	for (struct route_walk w = { 0 }; (r = route_next(&w));) {
		if (r->who == 0 || r->who >= ROLE_KEEPER * 2)
			fail_msg("%s: nobody may, or a role that is none", r->path);
		if (!r->handler || !r->params)
			fail_msg("%s: no handler, or no list of parameters", r->path);
		if (!r->help || strlen(r->help) < 10 || r->help[strlen(r->help) - 1] != '.')
			fail_msg("%s: help is a sentence", r->path);
		if (r->method == POST && r->page && !r->again)
			fail_msg("%s: who fills its page when it is refused?", r->path);
		if (r->method == GET && r->again)
			fail_msg("%s: a GET is not shown again", r->path);
		if (r->gives && (r->method == POST || r->page))
			fail_msg("%s: a page or a form gives no file", r->path);
		check_path(r);
		for (const struct param *p = r->params; p->name; p++)
			check_param(r, p);
		const struct route *other = NULL;
		for (struct route_walk v = { 0 }; (other = route_next(&v)) != r;) {
			if (same_shape(r, other))
				fail_msg("%s and %s are the same", r->path, other->path);
		}
	}
}

static void pages_and_titles_exist(void **state)
{
	struct harness *h = *state;
	const struct route *r = NULL;
	for (struct route_walk w = { 0 }; (r = route_next(&w));) {
		if (!r->page)
			continue;
		if (!share_find(arena_print(h->arena, "pages/%s.html", r->page)))
			fail_msg("%s: no page %s", r->path, r->page);
		char *key = arena_print(h->arena, "%s.title", r->page);
		for (char *c = key; *c; c++)
			*c = *c == '/' ? '.' : *c;
		if (!catalog_has(view_catalog(h->site.view), "kk", key))
			fail_msg("%s: no title %s", r->path, key);
	}
}

static void menu_leads_to_pages(void **state)
{
	struct harness *h = *state;
	for (const struct nav_entry *n = nav_entries; n->path; n++) {
		struct path path = { .count = 0 };
		bool other = false;
		assert_true(path_read(h->arena, n->path, &path));
		const struct route *route = route_find(GET, &path, &other);
		if (!route || !route->page)
			fail_msg("%s in the menu is no page", n->path);
		if ((n->roles & route->who) != n->roles && !(route->who & ROLE_PUBLIC) &&
		    !(route->who & ROLE_PERSON))
			fail_msg("%s is in the menu of roles that may not see it", n->path);
		if (!catalog_has(view_catalog(h->site.view), "kk", n->key))
			fail_msg("%s: no message %s", n->path, n->key);
		for (const struct nav_entry *m = nav_entries; n->shortcut && m < n; m++) {
			if (m->shortcut == n->shortcut)
				fail_msg("%s and %s have the same key", m->path, n->path);
		}
	}
}

/* Found through the lists as by looking at every route; a path of one route may be another's, whose
 * part is a literal where this one has a parameter. */
static void every_route_is_found(void **state)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	const struct route *r = NULL;
	(void)state;
	for (struct route_walk w = { 0 }; (r = route_next(&w));) {
		struct path path = { .count = 0 };
		struct path longer = { .count = 0 };
		const struct route *fits = NULL;
		bool one_more = false;
		bool other = false;
		assert_true(path_read(a, r->path, &path)); /* ":name" is a value like any */
		if (route_find(r->method, &path, &other) != r)
			fail_msg("%s %s is not found", method_name(r->method), r->path);
		assert_true(path_read(a, arena_print(a, "%s%sx", r->path, path.count ? "/" : ""),
				      &longer));
		for (struct route_walk v = { 0 }; (fits = route_next(&v));)
			one_more = one_more ||
				   (fits->method == r->method && route_fits(fits, &longer));
		assert_int_equal(route_find(r->method, &longer, &other) != NULL, one_more);
	}
}

/* ---- who may --------------------------------------------------------------- */

/* The path with 1 in place of numbers and words. */
static const char *sample_path(struct harness *h, const struct route *route)
{
	struct buf out = buf_on(h->arena);
	for (const char *at = route->path; *at;) {
		if (*at != ':') {
			buf_add_char(&out, *at++);
			continue;
		}
		size_t size = strcspn(at + 1, "/");
		for (const struct param *p = route->params; p->name; p++) {
			if (strlen(p->name) == size && memcmp(p->name, at + 1, size) == 0)
				buf_add(&out, p->type == P_CHOICE ? p->choices[0] : "1");
		}
		at += size + 1;
	}
	return out.text;
}

static bool refused_for_role(struct harness *h, const struct route *route, int64_t person)
{
	const char *path = sample_path(h, route);
	struct answer a = route->method == POST ? harness_post(h, person, path, "")
						: harness_get(h, person, path);
	if (a.status >= 500)
		fail_msg("%s %s answers %d", method_name(route->method), path, a.status);
	return a.status == 403 && strcmp(a.error, person ? "error.role" : "error.signed_out") == 0;
}

static void check_access(struct harness *h, const struct route *route, unsigned role,
			 const char *who, int64_t person)
{
	const unsigned has = ROLE_PUBLIC | (person ? ROLE_PERSON : 0) | role;
	bool may = (route->who & has) != 0;
	if (refused_for_role(h, route, person) == may)
		fail_msg("%s %s: %s %s", method_name(route->method), route->path, who,
			 may ? "may, and was refused" : "may not, and was let in");
}

static void each_role_as_declared(void **state)
{
	struct harness *h = *state;
	int64_t person[COUNT(every_role)];
	for (size_t i = 0; i < COUNT(every_role); i++)
		person[i] = harness_person(h, every_role[i]);
	const struct route *route = NULL;
	for (struct route_walk w = { 0 }; (route = route_next(&w));) {
		check_access(h, route, 0, "a visitor", 0);
		for (size_t i = 0; i < COUNT(every_role); i++)
			check_access(h, route, every_role[i], role_name(every_role[i]), person[i]);
	}
}

/* A revoked grant and a commission that is not appointed give nothing. */
static void roles_end(void **state)
{
	struct harness *h = *state;
	struct err e = { 0 };
	int64_t admin = harness_person(h, ROLE_ADMIN);
	assert_int_equal(harness_get(h, admin, "/help/routes").status, 200);
	assert_true(db_exec(h->site.db, &e, NULL,
			    "UPDATE role_grant SET revoked_ms = 1 WHERE person_id = $1",
			    db_int(admin)));
	assert_int_equal(harness_get(h, admin, "/help/routes").status, 403);
}

/* ---- paths ----------------------------------------------------------------- */

static void not_found_and_not_allowed(void **state)
{
	struct harness *h = *state;
	static const struct {
		const char *why, *method, *path;
		int status;
	} row[] = {
		{ "no such path", "GET", "/nothing", 404 },
		{ "a path below a page", "GET", "/sign-in/more", 404 },
		{ "a broken path", "GET", "/%ff", 404 },
		{ "a POST route asked by GET", "GET", "/sign-out", 405 },
		{ "a GET route asked by POST", "POST", "/healthz", 405 },
		{ "a method that nobody has", "OTHER", "/", 405 },
		{ "HEAD is GET without a body", "HEAD", "/healthz", 200 },
		{ "no such asset", "GET", "/assets/nothing.00000000.css", 404 },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		const struct http_in in = { .method = row[i].method,
					    .path = row[i].path,
					    .accept = "application/json",
					    .address = "" };
		struct answer a = harness_send(h, &in);
		if (a.status != row[i].status)
			fail_msg("%s: %d", row[i].why, a.status);
	}
}

static void assets_are_kept_for_ever(void **state)
{
	struct harness *h = *state;
	char address[128];
	assert_true(share_address(&share_built_in, "app.css", address, sizeof(address)));
	struct http_in in = { .method = "GET", .path = address, .address = "" };
	struct answer a = harness_send(h, &in);
	assert_int_equal(a.status, 200);
	assert_non_null(strstr(http_header_of(a.out, "Cache-Control"), "immutable"));
	assert_string_equal(a.type, "text/css; charset=utf-8");
	in.none_match = http_header_of(a.out, "ETag");
	assert_int_equal(harness_send(h, &in).status, 304);
	in.none_match = NULL;
	in.accept_encoding = "gzip, br";
	struct answer packed = harness_send(h, &in);
	assert_string_equal(http_header_of(packed.out, "Content-Encoding"), "gzip");
	assert_true(packed.size < a.size);
}

/* ---- pages of this room ---------------------------------------------------- */

static void pages_hide_nothing(void **state)
{
	struct harness *h = *state;
	int64_t admin = harness_person(h, ROLE_ADMIN);
	harness_check_page(h, 0, "/sign-in?back=%2Fhelp%2Froutes");
	harness_check_page(h, admin, "/help/routes");
	harness_check_page(h, admin, "/help/api");
}

static void the_table_describes_itself(void **state)
{
	struct harness *h = *state;
	struct answer a = harness_get(h, harness_person(h, ROLE_AUDITOR), "/help/routes");
	size_t route_count = 0;
	for (struct route_walk w = { 0 }; route_next(&w);)
		route_count++;
	assert_int_equal(json_array_size(answer_value(&a, "routes")), route_count);
	for (unsigned role = ROLE_PUBLIC; role <= ROLE_KEEPER; role <<= 1)
		assert_non_null(role_name(role));
}

#define WITH_HARNESS(test) HARNESS_TEST(test)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table_is_well_formed),  cmocka_unit_test(every_route_is_found),
		WITH_HARNESS(pages_and_titles_exist),    WITH_HARNESS(menu_leads_to_pages),
		WITH_HARNESS(each_role_as_declared),     WITH_HARNESS(roles_end),
		WITH_HARNESS(not_found_and_not_allowed), WITH_HARNESS(assets_are_kept_for_ever),
		WITH_HARNESS(pages_hide_nothing),        WITH_HARNESS(the_table_describes_itself),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
