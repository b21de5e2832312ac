/* Once more who it is (ASVS 7.5.3, 7.2.4): asked before what cannot be undone, and what was typed
 * and chosen waits meanwhile. */
#include "app/access/reauth.h"

#include "app/access/session.h"
#include "signing.h"
#include "visitor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void later(struct harness *h, int64_t ms)
{
	h->site.clock = clock_fixed(clock_now(&h->site.clock) + ms);
}

static struct visitor signed_in(struct harness *h, int64_t person, const char *address)
{
	struct visitor v = visitor_new(h, address);
	struct answer a = visitor_post(
		&v, "/sign-in", visitor_form(h, visitor_account(h, person), VISITOR_PASSWORD));
	assert_string_equal(a.location, "/account");
	return v;
}

static void what_cannot_be_undone_is_proved(void **state)
{
	struct harness *h = *state;
	const int64_t other = harness_person(h, 0);
	struct visitor v = signed_in(h, harness_person(h, ROLE_ADMIN), "192.0.2.7");
	visitor_account(h, other);
	const char *path = arena_print(h->arena, "/admin/accounts/%lld/requests", (long long)other);
	const char *form = "kind=grant&role=hr&organ=pgo&reason=order%2012";
	later(h, REAUTH_FRESH_MS);
	assert_string_equal(visitor_post(&v, path, form).error, "access.error.reauth");
	v.html = true;
	struct answer a = visitor_post(&v, path, form);
	assert_int_equal(a.status, 403);
	assert_non_null(strstr(a.body, "action=\"/reauth\""));
	assert_non_null(
		strstr(a.body, "kind=grant&amp;role=hr&amp;organ=pgo&amp;reason=order%2012"));
	v.html = false;
	assert_int_equal(stage_journalled(h, "access.asked"), 0);
	const char *then = arena_print(h->arena, "&then=%s&fields=%s", http_encode(h->arena, path),
				       http_encode(h->arena, form));
	a = visitor_post(&v, "/reauth", arena_print(h->arena, "password=wrong%s", then));
	assert_string_equal(a.field, "password");
	const char *before = visitor_cookie(&v, COOKIE_SESSION);
	a = visitor_post(&v, "/reauth",
			 arena_print(h->arena, "password=%s%s",
				     http_encode(h->arena, VISITOR_PASSWORD), then));
	assert_string_equal(answer_text(&a, "offer.action"), path);
	assert_string_equal(answer_text(&a, "offer.fields.3.value"), "order 12");
	assert_int_equal(stage_journalled(h, "access.asked"), 0); /* one more click */
	assert_string_not_equal(visitor_cookie(&v, COOKIE_SESSION), before);
	assert_string_equal(visitor_post(&v, path, form).location, "/admin/requests");
	assert_int_equal(stage_journalled(h, "access.asked"), 1);
}

/* The token from before the proof is worth nothing. */
static void the_old_token_is_dead(void **state)
{
	struct harness *h = *state;
	struct visitor v = signed_in(h, harness_person(h, 0), "192.0.2.7");
	const struct visitor thief = v;
	struct visitor copy = thief;
	struct answer a = visitor_post(
		&v, "/reauth",
		arena_print(h->arena, "password=%s", http_encode(h->arena, VISITOR_PASSWORD)));
	assert_int_equal(a.status, 200);
	assert_int_equal(visitor_get(&v, "/account").status, 200);
	assert_int_equal(visitor_get(&copy, "/account").status, 403);
}

/* ---- files ------------------------------------------------------------------------ */

static const struct test_plan root_plan = { .key = { TEST_EC, 0 },
					    .name = "БАСҚА ОРТАЛЫҚ",
					    .serial = 1,
					    .authority = true,
					    .usage = USAGE_CERTIFICATES | USAGE_LISTS };

/* An administrator with a certificate in hand, whose last proof is old. */
struct sending {
	struct harness *h;
	int64_t person;
	struct visitor v;
	struct der file;
};

static struct sending sending_of(struct harness *h)
{
	struct sending s = { .h = h, .person = harness_person(h, ROLE_ADMIN) };
	s.v = signed_in(h, s.person, "192.0.2.7");
	s.file = test_issue(h->arena, &root_plan, NULL).certificate.der;
	later(h, REAUTH_FRESH_MS);
	return s;
}

static int64_t rows(struct harness *h, bool kept)
{
	struct err e = { 0 };
	int64_t n = 0;
	assert_true(kept ? db_number(h->site.db, &e, &n, "SELECT COUNT(*) FROM reauth_file")
			 : db_number(h->site.db, &e, &n, "SELECT COUNT(*) FROM trust_certificate"));
	return n;
}

/* Sends the form with its file and is asked who it is: the page names the file that it keeps. */
static void send_and_be_asked(struct sending *s)
{
	s->v.html = true;
	struct answer a = visitor_upload(&s->v, "/trust", "kind=anchor&reason=order%2012", "file",
					 "root.cer", s->file.bytes, s->file.size);
	s->v.html = false;
	assert_int_equal(a.status, 403);
	assert_non_null(strstr(a.body, "kind=anchor&amp;reason=order%2012&amp;kept=file"));
	assert_int_equal(rows(s->h, true), 1);
}

#define SENT "kind=anchor&reason=order%2012&kept=file"

static struct answer prove(struct sending *s)
{
	return visitor_post(&s->v, "/reauth",
			    arena_print(s->h->arena, "password=%s&then=/trust&fields=%s",
					http_encode(s->h->arena, VISITOR_PASSWORD),
					http_encode(s->h->arena, SENT)));
}

/* Nobody chooses a file twice: it waits under the session, whose token the proof renews. */
static void a_file_waits_for_the_proof(void **state)
{
	struct sending s = sending_of(*state);
	send_and_be_asked(&s);
	assert_string_equal(visitor_post(&s.v, "/reauth", "password=wrong&then=/trust").field,
			    "password");
	struct answer a = prove(&s);
	assert_string_equal(answer_text(&a, "offer.action"), "/trust");
	assert_string_equal(answer_text(&a, "offer.fields.1.value"), "order 12");
	assert_string_equal(answer_text(&a, "offer.fields.2.name"), "kept");
	assert_string_equal(answer_text(&a, "offer.files.0"), "root.cer");
	assert_int_equal(rows(s.h, false), 0); /* one more click */
	assert_string_equal(visitor_post(&s.v, "/trust", SENT).location, "/trust");
	assert_int_equal(rows(s.h, false), 1);
	assert_int_equal(rows(s.h, true), 0); /* done, and gone */
	a = visitor_get(&s.v, "/trust");
	assert_string_equal(answer_text(&a, "certificates.0.reason"), "order 12");
}

/* In a browser the page says what it has, and the button sends it. */
static void the_offer_names_the_file(void **state)
{
	struct sending s = sending_of(*state);
	send_and_be_asked(&s);
	s.v.html = true;
	struct answer a = prove(&s);
	assert_int_equal(a.status, 200);
	assert_non_null(strstr(a.body, "root.cer"));
	assert_non_null(strstr(a.body, "name=\"kept\" value=\"file\""));
}

/* The form of another address, another session of the same person, another person, a name that no
 * field has: there is no file, and the field asks for one. */
static void a_file_is_of_its_form_and_session(void **state)
{
	struct sending s = sending_of(*state);
	send_and_be_asked(&s);
	(void)prove(&s);
	struct answer a = visitor_post(&s.v, "/trust/lists", "kept=list");
	assert_string_equal(a.field, "list");
	a = visitor_post(&s.v, "/trust", "kind=anchor&reason=order&kept=list");
	assert_string_equal(a.field, "file");
	a = visitor_post(&s.v, "/trust", SENT "&kept=file");
	assert_string_equal(a.error, "error.param.twice");
	const char *iin = NULL;
	struct err e = { 0 };
	assert_true(db_string(s.h->site.db, s.h->arena, &e, &iin,
			      "SELECT iin FROM person WHERE id = $1", db_int(s.person)));
	struct visitor again = visitor_new(s.h, "192.0.2.8");
	(void)visitor_post(&again, "/sign-in", visitor_form(s.h, iin, VISITOR_PASSWORD));
	struct visitor other = signed_in(s.h, harness_person(s.h, ROLE_ADMIN), "192.0.2.9");
	assert_string_equal(visitor_post(&again, "/trust", SENT).field, "file");
	assert_string_equal(visitor_post(&other, "/trust", SENT).field, "file");
	assert_int_equal(rows(s.h, false), 0);
	assert_string_equal(visitor_post(&s.v, "/trust", SENT).location, "/trust");
}

/* It waits ten minutes, and not longer than its session. */
static void a_file_does_not_stay(void **state)
{
	struct sending s = sending_of(*state);
	send_and_be_asked(&s);
	later(s.h, REAUTH_KEEP_MS);
	(void)prove(&s);
	assert_string_equal(visitor_post(&s.v, "/trust", SENT).field, "file");
	later(s.h, REAUTH_FRESH_MS);
	send_and_be_asked(&s); /* in place of the old one */
	assert_int_equal(visitor_post(&s.v, "/sign-out", "").status, 200);
	assert_int_equal(rows(s.h, true), 0);
	struct sending t = sending_of(s.h);
	send_and_be_asked(&t);
	later(s.h, REAUTH_KEEP_MS);
	(void)signed_in(s.h, harness_person(s.h, 0), "192.0.2.10"); /* anybody's sign-in sweeps */
	assert_int_equal(rows(s.h, true), 0);
}

/* The JSON twin keeps nothing: a program sends its file again. */
static void programs_send_it_again(void **state)
{
	struct sending s = sending_of(*state);
	struct answer a = visitor_upload(&s.v, "/trust", "kind=anchor&reason=12", "file",
					 "root.cer", s.file.bytes, s.file.size);
	assert_string_equal(a.error, "access.error.reauth");
	assert_int_equal(rows(s.h, true), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(what_cannot_be_undone_is_proved),
		HARNESS_TEST(the_old_token_is_dead),
		HARNESS_TEST(a_file_waits_for_the_proof),
		HARNESS_TEST(the_offer_names_the_file),
		HARNESS_TEST(a_file_is_of_its_form_and_session),
		HARNESS_TEST(a_file_does_not_stay),
		HARNESS_TEST(programs_send_it_again),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
