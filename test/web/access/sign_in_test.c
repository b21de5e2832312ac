/* The door: passwords, sessions, form tokens, languages, notices. */
#include "harness.h"

#include "app/access/device.h"

#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define PASSWORD "konkurs-sample"

/* A person with an account; the cheapest Argon2id, as these tests are not about its cost. */
static const char *account(struct harness *h, int64_t person)
{
	struct err e = { 0 };
	char hash[crypto_pwhash_STRBYTES];
	const char *iin = NULL;
	assert_int_equal(crypto_pwhash_str(hash, PASSWORD, strlen(PASSWORD),
					   crypto_pwhash_OPSLIMIT_MIN, crypto_pwhash_MEMLIMIT_MIN),
			 0);
	assert_true(db_exec(h->site.db, &e, NULL,
			    "INSERT INTO account (person_id, password) VALUES ($1, $2)",
			    db_int(person), db_text(hash)));
	assert_true(db_string(h->site.db, h->arena, &e, &iin,
			      "SELECT iin FROM person WHERE id = $1", db_int(person)));
	return iin;
}

static struct answer sign_in_as(struct harness *h, const char *iin, const char *password)
{
	return harness_post(
		h, 0, "/sign-in",
		arena_print(h->arena, "iin=%s&password=%s&back=/help/routes", iin, password));
}

static int64_t count_journal(struct harness *h, const char *kind)
{
	struct err e = { 0 };
	int64_t n = -1;
	assert_true(db_number(h->site.db, &e, &n,
			      "SELECT COUNT(*) FROM journal_entry WHERE kind = $1", db_text(kind)));
	return n;
}

static const char *session_cookie(struct harness *h, const struct answer *a)
{
	for (size_t i = 0; i < a->out->header_count; i++) {
		const struct http_header *header = &a->out->header[i];
		if (strcmp(header->name, "Set-Cookie") == 0 &&
		    strncmp(header->value, COOKIE_SESSION "=", strlen(COOKIE_SESSION) + 1) == 0)
			return arena_copy_n(h->arena, header->value, strcspn(header->value, ";"));
	}
	return NULL;
}

static struct answer get_with(struct harness *h, const char *cookie)
{
	const struct http_in in = { .method = "GET",
				    .path = "/sign-in",
				    .accept = "application/json",
				    .cookie = cookie,
				    .address = "" };
	return harness_send(h, &in);
}

static void right_password_opens_a_session(void **state)
{
	struct harness *h = *state;
	const char *iin = account(h, harness_person(h, 0));
	struct answer a = sign_in_as(h, iin, PASSWORD);
	assert_int_equal(a.status, 200);
	assert_string_equal(a.location, "/help/routes");
	const char *cookie = session_cookie(h, &a);
	assert_non_null(cookie);
	struct answer page = get_with(h, cookie);
	assert_true(json_is_true(answer_value(&page, "page.signed_in")));
	assert_int_equal(count_journal(h, "session.opened"), 1);
}

/* The table holds no token that a thief of the database could use. */
static void the_token_is_not_stored(void **state)
{
	struct harness *h = *state;
	struct err e = { 0 };
	bool found = true;
	const char *iin = account(h, harness_person(h, 0));
	struct answer a = sign_in_as(h, iin, PASSWORD);
	const char *token = strchr(session_cookie(h, &a), '=') + 1;
	assert_int_equal(strlen(token), SESSION_TOKEN_SIZE - 1);
	assert_true(db_exists(h->site.db, &e, &found, "SELECT 1 FROM session WHERE token_hash = $1",
			      db_text(token)));
	assert_false(found);
}

/* Wrong password, unknown IIN: one and the same answer, and both in the journal. */
static void wrong_ones_learn_nothing(void **state)
{
	struct harness *h = *state;
	const char *iin = account(h, harness_person(h, 0));
	struct answer wrong = sign_in_as(h, iin, "wrong-password");
	struct answer unknown = sign_in_as(h, "990101300999", PASSWORD);
	assert_int_equal(wrong.status, 422);
	assert_string_equal(wrong.error, "error.sign_in");
	assert_string_equal(wrong.body, unknown.body);
	assert_int_equal(wrong.status, unknown.status);
	assert_null(session_cookie(h, &wrong));
	assert_int_equal(count_journal(h, "session.refused"), 2);
}

static void an_account_waits_after_failures(void **state)
{
	struct harness *h = *state;
	const char *iin = account(h, harness_person(h, 0));
	for (int i = 0; i < FAILURES_FREE; i++)
		assert_int_equal(sign_in_as(h, iin, "wrong").status, 422);
	/* now even the right one has to wait, and is told nothing else than the wrong ones */
	assert_string_equal(sign_in_as(h, iin, PASSWORD).error, "error.sign_in");
	harness_at(h, "2026-03-02T10:20");
	assert_int_equal(sign_in_as(h, iin, PASSWORD).status, 200);
}

/* One sender that tries many accounts is braked at each of them, and the address stays open. */
static void a_crowded_address_has_fewer_free_tries(void **state)
{
	struct harness *h = *state;
	const char *iin = account(h, harness_person(h, 0));
	const char *other = account(h, harness_person(h, 0));
	const int64_t now_ms = clock_now(&h->site.clock);
	/* of this process alone: nobody aims at another's store (test/web/http/share_test.c) */
	assert_false(sodium_is_zero(h->site.brake.key, sizeof(h->site.brake.key)));
	for (int i = 0; i < BRAKE_CROWDED; i++)
		(void)brake_take(&h->site.brake, "192.0.2.1", &brake_guesses, now_ms);
	for (int i = 0; i < FAILURES_FREE_CROWDED; i++)
		assert_int_equal(sign_in_as(h, iin, "wrong").status, 422);
	assert_string_equal(sign_in_as(h, iin, PASSWORD).error, "error.sign_in");
	assert_int_equal(sign_in_as(h, other, PASSWORD).status, 200);
	assert_int_equal(brake_level(&h->site.brake, "192.0.2.2", &brake_guesses, now_ms), 0);
	assert_int_equal(brake_level(&h->site.brake, "192.0.2.1", &brake_guesses,
				     now_ms + (int64_t)BRAKE_GUESSES_MOST * BRAKE_GUESSES_MS),
			 0);
}

static void sessions_end(void **state)
{
	struct harness *h = *state;
	const char *iin = account(h, harness_person(h, 0));
	struct answer a = sign_in_as(h, iin, PASSWORD);
	const char *cookie = session_cookie(h, &a);
	int64_t begin_ms = clock_now(&h->site.clock);
	const struct {
		const char *why;
		int64_t after_ms;
		bool alive;
	} row[] = {
		{ "just before it was idle for too long", SESSION_IDLE_MS - 1, true },
		{ "used in between, so idle time begins anew", 2LL * SESSION_IDLE_MS - 2, true },
		{ "idle for too long", 3LL * SESSION_IDLE_MS - 2, false },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		h->site.clock = clock_fixed(begin_ms + row[i].after_ms);
		struct answer page = get_with(h, cookie);
		if (json_is_true(answer_value(&page, "page.signed_in")) != row[i].alive)
			fail_msg("%s", row[i].why);
	}
}

static void signing_out_ends_it(void **state)
{
	struct harness *h = *state;
	int64_t person = harness_person(h, 0);
	assert_int_equal(harness_post(h, person, "/sign-out", "").status, 200);
	struct answer page = get_with(h, harness_cookie(h, person));
	assert_true(json_is_false(answer_value(&page, "page.signed_in")));
	assert_int_equal(count_journal(h, "session.closed"), 1);
}

static void the_way_back_stays_on_the_site(void **state)
{
	struct harness *h = *state;
	static const struct {
		const char *why, *back, *want;
	} row[] = {
		{ "a page of ours", "/help/routes?a=1", "/help/routes?a=1" },
		{ "another site", "https://example.org/", "/" },
		{ "another site without a scheme", "//example.org/", "/" },
		{ "the same with a backslash", "/\\example.org/", "/" },
		{ "a tab, which browsers leave out", "/\t/example.org/", "/" },
		{ "a line end", "/\n/example.org/", "/" },
		{ "a backslash later on", "/help\\..\\", "/" },
		{ "nothing", "", "/" },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		struct answer a = harness_get(h, 0,
					      arena_print(h->arena, "/sign-in?back=%s",
							  http_encode(h->arena, row[i].back)));
		if (strcmp(answer_text(&a, "back"), row[i].want) != 0)
			fail_msg("%s", row[i].why);
	}
}

static void pages_send_visitors_to_the_door(void **state)
{
	struct harness *h = *state;
	struct answer a = harness_html(h, 0, "/help/routes?a=1");
	assert_int_equal(a.status, 303);
	assert_string_equal(a.location, "/sign-in?back=%2Fhelp%2Froutes%3Fa%3D1");
	assert_int_equal(harness_html(h, harness_person(h, 0), "/help/routes").status, 403);
}

/* ---- whose form is it ------------------------------------------------------ */

static void forms_must_be_ours(void **state)
{
	struct harness *h = *state;
	int64_t person = harness_person(h, 0);
	int64_t other = harness_person(h, 0);
	const char *right = arena_print(h->arena, "to=ru&csrf=%s", harness_csrf(h, person));
	const struct {
		const char *why, *body, *header, *origin, *site;
		int status;
	} row[] = {
		{ "all as it should be", right, NULL, "http://konkurs.test", "same-origin", 200 },
		{ "the token in a header", "to=ru", harness_csrf(h, person), NULL, NULL, 200 },
		{ "no origin at all, as old browsers send", right, NULL, NULL, NULL, 200 },
		{ "no token", "to=ru", NULL, "http://konkurs.test", "same-origin", 403 },
		{ "somebody else's token",
		  arena_print(h->arena, "to=ru&csrf=%s", harness_csrf(h, other)), NULL, NULL, NULL,
		  403 },
		{ "from another site", right, NULL, "http://example.org", NULL, 403 },
		{ "from nowhere", right, NULL, "null", NULL, 403 },
		{ "from a sub-domain, says the browser", right, NULL, NULL, "same-site", 403 },
		{ "from another site, says the browser", right, NULL, NULL, "cross-site", 403 },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		const struct http_in in = {
			.method = "POST",
			.path = "/language",
			.host = "konkurs.test",
			.accept = "application/json",
			.cookie = harness_cookie(h, person),
			.content_type = "application/x-www-form-urlencoded",
			.body = row[i].body,
			.size = strlen(row[i].body),
			.csrf = row[i].header,
			.origin = row[i].origin,
			.fetch_site = row[i].site,
			.address = "",
		};
		struct answer a = harness_send(h, &in);
		if (a.status != row[i].status)
			fail_msg("%s: %d %s", row[i].why, a.status, a.error);
	}
}

static void forms_must_be_as_declared(void **state)
{
	struct harness *h = *state;
	int64_t person = harness_person(h, 0);
	static const struct {
		const char *why, *form, *error, *field;
		int status;
	} row[] = {
		{ "right", "to=kk", "", "", 200 },
		{ "a field that is not declared", "to=kk&admin=1", "error.param.unknown", "admin",
		  400 },
		{ "sent twice", "to=kk&to=ru", "error.param.twice", "to", 400 },
		{ "broken UTF-8", "to=%ff", "error.text.encoding", "to", 400 },
		{ "a broken escape", "to=%f", "error.form", "", 400 },
		{ "a choice that is none", "to=fr", "error.choice", "to", 422 },
		{ "absent", "", "error.required", "to", 422 },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		struct answer a = harness_post(h, person, "/language", row[i].form);
		if (a.status != row[i].status || strcmp(a.error, row[i].error) != 0 ||
		    strcmp(a.field, row[i].field) != 0)
			fail_msg("%s: %d %s %s", row[i].why, a.status, a.error, a.field);
	}
	assert_int_equal(harness_get(h, 0, "/sign-in?nothing=1").status, 400);
}

/* The form comes back with what was typed and the message at its field; never the password's
 * place in the JSON twin. */
static void a_refused_form_is_shown_again(void **state)
{
	struct harness *h = *state;
	struct answer a =
		harness_post_html(h, 0, "/sign-in", "iin=123&password=x&back=/help/routes");
	assert_int_equal(a.status, 422);
	assert_non_null(strstr(a.body, "value=\"123\""));
	assert_non_null(strstr(a.body, "value=\"/help/routes\""));
	assert_null(strstr(a.body, "value=\"x\""));
}

/* ---- language, notice ------------------------------------------------------ */

static void language_is_chosen(void **state)
{
	struct harness *h = *state;
	static const struct {
		const char *why, *cookie, *accept, *want;
	} row[] = {
		{ "nothing is known", NULL, NULL, "kk" },
		{ "the browser's first that we have", NULL, "de, ru-RU;q=0.9, en;q=0.8", "ru" },
		{ "a language that only begins so", NULL, "enx", "kk" },
		{ "the cookie goes before the browser", "konkurs_language=en", "ru", "en" },
		{ "a cookie that is no language", "konkurs_language=xx", "ru", "ru" },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		const struct http_in in = { .method = "GET",
					    .path = "/sign-in",
					    .accept = "application/json",
					    .cookie = row[i].cookie,
					    .accept_language = row[i].accept,
					    .address = "" };
		struct answer a = harness_send(h, &in);
		if (strcmp(answer_text(&a, "page.lang"), row[i].want) != 0)
			fail_msg("%s: %s", row[i].why, answer_text(&a, "page.lang"));
	}
}

static void language_is_kept_in_the_account(void **state)
{
	struct harness *h = *state;
	int64_t person = harness_person(h, 0);
	account(h, person);
	assert_int_equal(harness_post(h, person, "/language", "to=en").status, 200);
	struct answer a = get_with(h, harness_cookie(h, person));
	assert_string_equal(answer_text(&a, "page.lang"), "en");
}

/* A notice is shown only if this server has signed it. */
static void notices_are_signed(void **state)
{
	struct harness *h = *state;
	char mac[SITE_MAC_SIZE];
	site_mac(&h->site, "notice", "nav.home", mac);
	struct answer good = get_with(h, arena_print(h->arena, COOKIE_NOTICE "=nav.home:%s", mac));
	assert_string_equal(answer_text(&good, "page.notice.key"), "nav.home");
	struct answer forged =
		get_with(h, arena_print(h->arena, COOKIE_NOTICE "=nav.routes:%s", mac));
	assert_true(json_is_null(answer_value(&forged, "page.notice")));
}

static void pages_carry_their_headers(void **state)
{
	struct harness *h = *state;
	static const char *const name[][2] = {
		{ "Content-Security-Policy", "default-src 'none'" },
		{ "X-Content-Type-Options", "nosniff" },
		{ "Referrer-Policy", "same-origin" },
		{ "Cache-Control", "no-store" },
		{ "Vary", "Accept" },
		{ "Permissions-Policy", "geolocation=()" },
	};
	struct answer a = harness_html(h, 0, "/sign-in");
	for (size_t i = 0; i < COUNT(name); i++) {
		const char *value = http_header_of(a.out, name[i][0]);
		if (!value || !strstr(value, name[i][1]))
			fail_msg("%s: %s", name[i][0], value ? value : "is not there");
	}
	assert_null(strstr(http_header_of(a.out, "Content-Security-Policy"), "unsafe"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(right_password_opens_a_session),
		HARNESS_TEST(the_token_is_not_stored),
		HARNESS_TEST(wrong_ones_learn_nothing),
		HARNESS_TEST(an_account_waits_after_failures),
		HARNESS_TEST(a_crowded_address_has_fewer_free_tries),
		HARNESS_TEST(sessions_end),
		HARNESS_TEST(signing_out_ends_it),
		HARNESS_TEST(the_way_back_stays_on_the_site),
		HARNESS_TEST(pages_send_visitors_to_the_door),
		HARNESS_TEST(forms_must_be_ours),
		HARNESS_TEST(forms_must_be_as_declared),
		HARNESS_TEST(a_refused_form_is_shown_again),
		HARNESS_TEST(language_is_chosen),
		HARNESS_TEST(language_is_kept_in_the_account),
		HARNESS_TEST(notices_are_signed),
		HARNESS_TEST(pages_carry_their_headers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
