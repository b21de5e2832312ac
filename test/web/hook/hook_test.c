/* The administrators' page of webhooks. */
#include "stage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const char form[] = "url=https://a.kz/&reason=why&events=competition.closed";

static void from_asking_to_off(void **state)
{
	struct harness *h = *state;
	const int64_t first = harness_person(h, ROLE_ADMIN);
	const int64_t second = harness_person(h, ROLE_ADMIN);
	harness_check_page(h, first, "/admin/hooks");
	harness_check_page(h, first, "/admin/hooks/new");
	struct answer a = harness_post(h, first, "/admin/hooks", form);
	assert_int_equal(a.status, 200);
	assert_int_equal(strncmp(answer_text(&a, "secret"), "whsec_", 6), 0);
	harness_check_page(h, first, "/admin/hooks");
	a = harness_get(h, first, "/admin/hooks");
	assert_null(strstr(a.body, "whsec_"));
	assert_false(json_is_true(answer_value(&a, "hooks.0.answer")));
	a = harness_get(h, second, "/admin/hooks");
	assert_true(json_is_true(answer_value(&a, "hooks.0.answer")));
	assert_string_equal(answer_text(&a, "hooks.0.events.0.event"), "competition.closed");
	a = harness_post(h, first, "/admin/hooks/1/answer", "answer=yes");
	assert_string_equal(a.error, "hook.error.same");
	assert_int_equal(harness_post(h, second, "/admin/hooks/1/answer", "answer=yes").status,
			 200);
	assert_int_equal(harness_post(h, first, "/admin/hooks/1/test", "").status, 200);
	harness_check_page(h, first, "/admin/hooks");
	a = harness_get(h, first, "/admin/hooks?state=queued&sort=-url&q=a.kz");
	assert_int_equal(answer_number(&a, "listing.total"), 1);
	assert_string_equal(answer_text(&a, "deliveries.0.kind"), "test");
	assert_int_equal(harness_get(h, first, "/admin/hooks.csv").status, 200);
	assert_int_equal(harness_post(h, first, "/admin/hook-deliveries/1/drop", "").status, 200);
	a = harness_post(h, first, "/admin/hook-deliveries/1/drop", "");
	assert_string_equal(a.error, "hook.error.ended");
	assert_int_equal(harness_post(h, first, "/admin/hook-deliveries/1/resend", "").status, 200);
	assert_int_equal(harness_post(h, first, "/admin/hook-deliveries/7/resend", "").status, 404);
	assert_int_equal(harness_post(h, first, "/admin/hooks/1/off", "").status, 200);
	harness_check_page(h, first, "/admin/hooks");
	a = harness_post(h, second, "/admin/hooks/1/again", "reason=mended");
	assert_string_equal(a.location, "/admin/hooks");
	harness_check_page(h, first, "/admin/hooks");
}

/* What was typed stands there again, the events that were ticked, too. */
static void refused(void **state)
{
	struct harness *h = *state;
	const int64_t admin = harness_person(h, ROLE_ADMIN);
	struct answer a = harness_post_html(
		h, admin, "/admin/hooks", "url=http://a.kz/&reason=why&events=competition.closed");
	assert_int_equal(a.status, 422);
	assert_non_null(strstr(a.body, "http://a.kz/"));
	assert_non_null(strstr(a.body, "value=\"competition.closed\" checked"));
	a = harness_post(h, admin, "/admin/hooks",
			 "url=https://a.kz/&reason=why&events=test.answer");
	assert_string_equal(a.field, "events");
	a = harness_post(h, admin, "/admin/hooks", "url=https://a.kz/&reason=why");
	assert_string_equal(a.field, "events");
	a = harness_post(h, harness_person(h, ROLE_AUDITOR), "/admin/hooks", form);
	assert_string_equal(a.error, "error.role");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(from_asking_to_off),
		HARNESS_TEST(refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
