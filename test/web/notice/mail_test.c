/* The person's address and the administrator's outbox as pages. */
#include "stage.h"

#include "app/notice/mail.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const char *code_of(struct harness *h)
{
	struct err e = { 0 };
	const char *code = NULL;
	assert_true(db_string(h->site.db, h->arena, &e, &code, "SELECT MAX(code) FROM mail"));
	return code;
}

static void test_person(void **state)
{
	struct harness *h = *state;
	const int64_t person = harness_person(h, ROLE_HR);
	harness_check_page(h, person, "/mail");
	struct answer a = harness_post_html(h, person, "/mail", "address=a+b@x.kz&language=kk");
	assert_int_equal(a.status, 422);
	assert_non_null(strstr(a.body, "a b@x.kz")); /* what was typed stays */
	a = harness_post(h, person, "/mail", "address=a@x.kz&language=kk");
	assert_int_equal(a.status, 200);
	harness_check_page(h, person, "/mail");
	a = harness_post(h, person, "/mail/confirm", "code=1");
	assert_string_equal(a.error, "mail.error.code");
	assert_string_equal(a.field, "code");
	/* the wrong one was counted although it was refused */
	struct err e = { 0 };
	int64_t tries = 0;
	assert_true(db_number(h->site.db, &e, &tries, "SELECT tries FROM mail_address"));
	assert_int_equal(tries, 1);
	a = harness_post(h, person, "/mail/confirm", arena_print(h->arena, "code=%s", code_of(h)));
	assert_int_equal(a.status, 200);
	harness_check_page(h, person, "/mail");
	a = harness_get(h, person, "/mail");
	assert_true(json_is_true(answer_value(&a, "mail.confirmed")));
	a = harness_post(h, person, "/mail/choose", "mail_language=ru");
	assert_int_equal(a.status, 200);
	a = harness_get(h, person, "/mail");
	assert_false(json_is_true(answer_value(&a, "mail.wanted")));
	a = harness_post(h, person, "/mail/forget", "");
	assert_int_equal(a.status, 200);
	a = harness_get(h, person, "/mail");
	assert_true(json_is_null(answer_value(&a, "mail")));
}

/* Whoever looks after the mails sees no address. */
static void test_administrator(void **state)
{
	struct harness *h = *state;
	const int64_t person = harness_person(h, ROLE_HR);
	const int64_t admin = harness_person(h, ROLE_ADMIN);
	const struct act act = harness_act(h, 0);
	struct err e = { 0 };
	harness_check_page(h, admin, "/admin/mail");
	(void)harness_post(h, person, "/mail", "address=secret@x.kz&language=kk");
	assert_true(mail_seen(&act, "smtp://mail.example", &e));
	harness_check_page(h, admin, "/admin/mail?state=queued");
	struct answer a = harness_html(h, admin, "/admin/mail");
	assert_null(strstr(a.body, "secret@"));
	a = harness_get(h, admin, "/admin/mail");
	assert_int_equal(answer_number(&a, "listing.total"), 1);
	assert_true(json_is_true(answer_value(&a, "service.runs")));
	harness_at(h, "2026-03-02T10:30");
	a = harness_get(h, admin, "/admin/mail");
	assert_false(json_is_true(answer_value(&a, "service.runs")));
	harness_check_page(h, admin, "/admin/mail");
	a = harness_post(h, admin, "/admin/mail/1/retry", "");
	assert_int_equal(a.status, 200);
	a = harness_post(h, admin, "/admin/mail/1/give-up", "");
	assert_int_equal(a.status, 200);
	a = harness_post_html(h, admin, "/admin/mail/1/give-up", "");
	assert_int_equal(a.status, 409);
	assert_non_null(strstr(a.body, "/admin/mail?sort=kind"));
	a = harness_post(h, admin, "/admin/mail/test", "");
	assert_string_equal(a.error, "mail.error.none");
	assert_int_equal(harness_get(h, person, "/admin/mail").status, 403);
	a = harness_get(h, admin, "/admin/mail.csv");
	assert_int_equal(a.status, 200);
	assert_null(strstr(a.body, "secret@"));
}

int main(void)
{
	const struct CMUnitTest tests[] = { HARNESS_TEST(test_person),
					    HARNESS_TEST(test_administrator) };
	return cmocka_run_group_tests_name("web mail", tests, NULL, NULL);
}
