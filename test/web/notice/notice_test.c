/* The inbox (F84), the Rules for everybody (O-2), and who has taken note of them (O-3). */
#include "stage.h"

#include "app/notice/notice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void tell(struct stage *s, int64_t person)
{
	struct act act = harness_act(s->h, s->hr);
	struct err e = { 0 };
	const struct notice n = { .person_id = person,
				  .kind = "acquaintance.reminder",
				  .href = "/acquaintance/2025-05-17",
				  .values = json_pack("{s:s}", "from", "2025-05-17") };
	assert_true(notice_send(&act, &n, &e));
}

/* F84: unread on every page until it is opened, which serves it; another's does not exist. */
static void test_inbox(void **state)
{
	struct stage s = stage_open(*state);
	struct harness *h = s.h;
	harness_check_page(h, s.security, "/notices");
	tell(&s, s.security);
	tell(&s, s.security);
	struct answer a = harness_html(h, s.security, "/");
	assert_non_null(strstr(a.body, "class=\"unread\">2<"));
	a = harness_get(h, s.security, "/notices");
	assert_int_equal(json_array_size(answer_value(&a, "notices")), 2);
	harness_check_page(h, s.security, "/notices?only=unread");
	assert_int_equal(harness_get(h, s.hr, "/notices/1").status, 404);
	harness_check_page(h, s.security, "/notices/1");
	a = harness_get(h, s.security, "/notices?only=unread");
	assert_int_equal(json_array_size(answer_value(&a, "notices")), 1);
	a = harness_get(h, s.security, "/notices?q=zzz");
	assert_int_equal(json_array_size(answer_value(&a, "notices")), 0);
	a = harness_post(h, s.security, "/notices/1/acknowledge", "");
	assert_string_equal(a.location, "/notices/1");
	harness_check_page(h, s.security, "/notices/1");
	assert_int_equal(stage_journalled(h, "notice.served"), 1);
	assert_int_equal(stage_journalled(h, "notice.acknowledged"), 1);
}

/* A sentence that ends in a day has one full stop. */
static void test_full_stop(void **state)
{
	struct stage s = stage_open(*state);
	struct harness *h = s.h;
	tell(&s, s.security);
	struct answer a = harness_html(h, s.security, "/notices/1");
	assert_null(strstr(a.body, "г.."));
	assert_null(strstr(a.body, "ж.."));
}

/* O-2: nobody has to sign in; what the amendment changed is told; clauses are searched. */
static void test_rules(void **state)
{
	struct stage s = stage_open(*state);
	struct harness *h = s.h;
	harness_check_page(h, 0, "/rules");
	harness_check_page(h, 0, "/rules/2025-05-17");
	struct answer a = harness_get(h, 0, "/rules/2025-05-17");
	const size_t all = json_array_size(answer_value(&a, "clauses"));
	assert_true(all > 10);
	assert_string_equal(answer_text(&a, "clauses.0.change"), "changed");
	a = harness_get(h, 0, "/rules/2025-05-17?q=44");
	assert_true(json_array_size(answer_value(&a, "clauses")) < all);
	harness_check_page(h, 0, "/rules/2025-05-17?q=zzz");
	assert_int_equal(harness_get(h, 0, "/rules/2020-01-01").status, 404);
}

/* O-3: read, then confirmed; the register knows who has not, and reminds once. */
static void test_acquaintance(void **state)
{
	struct stage s = stage_open(*state);
	struct harness *h = s.h;
	static const char page[] = "/acquaintance/2025-05-17";
	static const char reminder[] = "rules=2025-05-17&organ=pgo";
	harness_check_page(h, s.security, "/acquaintance");
	struct answer a = harness_post(h, s.security, page, "");
	assert_int_equal(a.status, 409);
	harness_check_page(h, s.security, page);
	a = harness_post(h, s.security, page, "");
	assert_string_equal(a.location, "/acquaintance");
	harness_check_page(h, s.security, "/acquaintance");
	harness_check_page(h, s.security, page);
	assert_int_equal(stage_journalled(h, "acquaintance.read"), 1);
	assert_int_equal(stage_journalled(h, "acquaintance.confirmed"), 1);
	harness_check_page(h, s.hr, "/acquaintance/register");
	a = harness_get(h, s.hr, "/acquaintance/register");
	const int64_t missing = answer_number(&a, "count.missing");
	assert_int_equal(answer_number(&a, "count.done"), 1);
	a = harness_get(h, s.hr, "/acquaintance/register?state=done");
	assert_int_equal(json_array_size(answer_value(&a, "people")), 1);
	a = harness_get(h, s.hr, "/acquaintance/register?rules=2018-10-10");
	assert_int_equal(answer_number(&a, "count.done"), 0);
	a = harness_post(h, s.hr, "/acquaintance/register", reminder);
	assert_string_equal(a.location, "/acquaintance/register");
	struct err e = { 0 };
	int64_t told = 0;
	assert_true(db_number(h->site.db, &e, &told, "SELECT COUNT(*) FROM notice"));
	assert_int_equal(told, missing);
	(void)harness_post(h, s.hr, "/acquaintance/register", reminder);
	assert_true(db_number(h->site.db, &e, &told, "SELECT COUNT(*) FROM notice"));
	assert_int_equal(told, missing);
	assert_int_equal(harness_get(h, s.security, "/acquaintance/register").status, 403);
	assert_int_equal(
		harness_get(h, harness_person(h, ROLE_AUDITOR), "/acquaintance/register").status,
		200);
}

#define WITH_HARNESS(test) HARNESS_TEST(test)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_HARNESS(test_inbox),
		WITH_HARNESS(test_full_stop),
		WITH_HARNESS(test_rules),
		WITH_HARNESS(test_acquaintance),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
