/* F54: another language in the middle of a form keeps what was typed, and sends nothing. */
#include "harness.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static int64_t count(struct harness *h, const char *what)
{
	struct err e = { 0 };
	int64_t n = -1;
	const bool competitions = strcmp(what, "competition") == 0;
	assert_true(competitions
			    ? db_number(h->site.db, &e, &n, "SELECT count(*) FROM competition")
			    : db_number(h->site.db, &e, &n, "SELECT count(*) FROM journal_entry"));
	return n;
}

static void account(struct harness *h, int64_t person)
{
	struct err e = { 0 };
	assert_true(db_exec(h->site.db, &e, NULL,
			    "INSERT INTO account (person_id, password) VALUES ($1, '')",
			    db_int(person)));
}

static bool says(const struct answer *a, const char *part)
{
	return strstr(a->body, part) != NULL;
}

/* Half a form, with a field that is no number. */
#define HALF "vacancies=many&post=nowhere&text_ru=%C3%84%22%3Cb%3E"

static void what_was_typed_comes_back(void **state)
{
	struct harness *h = *state;
	const int64_t hr = harness_person(h, ROLE_HR);
	account(h, hr);
	const int64_t entries = count(h, "journal");
	struct answer a = harness_post_html(h, hr, "/competitions", HALF "&in_language=kk");
	assert_int_equal(a.status, 200);
	assert_true(says(&a, "<html lang=\"kk\">"));
	assert_true(says(&a, "value=\"many\""));
	assert_true(says(&a, "Тіл ауыстырылды."));
	assert_false(says(&a, "id=\"refusal\""));
	assert_false(says(&a, "aria-invalid"));
	assert_int_equal(count(h, "competition"), 0);
	assert_int_equal(count(h, "journal"), entries);
	/* from now on, and with the account: mail is written in it, too */
	const char *kept = NULL;
	struct err e = { 0 };
	assert_true(db_string(h->site.db, h->arena, &e, &kept,
			      "SELECT language FROM account WHERE person_id = $1", db_int(hr)));
	assert_string_equal(kept, "kk");
}

/* The same number of a form may be switched as often as one likes, and is sent once. */
static void a_switched_form_can_still_be_sent(void **state)
{
	struct harness *h = *state;
	const int64_t hr = harness_person(h, ROLE_HR);
	for (int i = 0; i < 3; i++) {
		struct answer a = harness_post_html(h, hr, "/competitions",
						    HALF "&once=0123456789abcdef&in_language=ru");
		assert_int_equal(a.status, 200);
	}
	struct answer sent =
		harness_post_html(h, hr, "/competitions", HALF "&once=0123456789abcdef");
	assert_int_equal(sent.status, 422);
}

/* Argon2id is not asked, and no failure counted; the password does not come back. */
static void a_secret_does_not_come_back(void **state)
{
	struct harness *h = *state;
	struct answer a = harness_post_html(
		h, 0, "/sign-in", "iin=123&password=geheim&back=/help/routes&in_language=en");
	assert_int_equal(a.status, 200);
	assert_true(says(&a, "<html lang=\"en\">"));
	assert_true(says(&a, "value=\"123\""));
	assert_true(says(&a, "value=\"/help/routes\""));
	assert_true(says(&a, "Passwords and files have to be entered again."));
	assert_false(says(&a, "geheim"));
}

static void a_form_without_a_page_stays_where_it_is(void **state)
{
	struct harness *h = *state;
	const int64_t person = harness_person(h, 0);
	struct answer a = harness_post(h, person, "/sign-out", "in_language=ru");
	assert_int_equal(a.status, 200);
	assert_string_equal(a.location, "/");
	assert_int_equal(harness_get(h, person, "/account").status, 200); /* still signed in */
}

static void what_is_no_switch_is_refused(void **state)
{
	struct harness *h = *state;
	const int64_t hr = harness_person(h, ROLE_HR);
	const struct http_in foreign = {
		.method = "POST",
		.path = "/competitions",
		.accept = "text/html",
		.cookie = harness_cookie(h, hr),
		.content_type = "application/x-www-form-urlencoded",
		.body = "in_language=ru",
		.size = strlen("in_language=ru"),
		.address = "",
	};
	static const struct {
		const char *why, *form;
		int status;
	} row[] = {
		{ "no language", "in_language=fr", 400 },
		{ "empty", "in_language=", 400 },
		{ "twice", "in_language=kk&in_language=fr", 200 }, /* the first counts */
		{ "a field that is not declared", "in_language=ru&x=1", 400 },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		struct answer a = harness_post_html(h, hr, "/competitions", row[i].form);
		if (a.status != row[i].status)
			fail_msg("%s: %d", row[i].why, a.status);
	}
	assert_int_equal(harness_send(h, &foreign).status, 403);
	const int64_t candidate = harness_person(h, 0);
	assert_int_equal(harness_post_html(h, candidate, "/competitions", "in_language=ru").status,
			 403);
	assert_int_equal(harness_get(h, hr, "/competitions?in_language=ru").status, 400);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(what_was_typed_comes_back),
		HARNESS_TEST(a_switched_form_can_still_be_sent),
		HARNESS_TEST(a_secret_does_not_come_back),
		HARNESS_TEST(a_form_without_a_page_stays_where_it_is),
		HARNESS_TEST(what_is_no_switch_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
