/* Notices: who gets one, when it is served (F84). */
#include "stage.h"

#include "app/notice/notice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static int64_t count(struct harness *h, const char *which)
{
	struct err e = { 0 };
	int64_t n = 0;
	assert_true(
		db_number(h->site.db, &e, &n,
			  "SELECT COUNT(*) FROM notice WHERE CASE $1 WHEN 'served' THEN served_ms"
			  " WHEN 'acknowledged' THEN acknowledged_ms ELSE created_ms END"
			  " IS NOT NULL",
			  db_text(which)));
	return n;
}

static bool send(struct stage *s, int64_t person)
{
	struct act act = harness_act(s->h, s->hr);
	struct err e = { 0 };
	const struct notice n = { .person_id = person,
				  .kind = "calendar.changed",
				  .competition_id = s->competition,
				  .href = "/competitions/1/terms",
				  .values = json_pack("{s:s}", "order", "12") };
	return notice_send(&act, &n, &e);
}

/* F84: served when it is opened, once; acknowledged by the person alone. */
static void test_service(void **state)
{
	struct stage s = stage_open(*state);
	struct err e = { 0 };
	assert_true(send(&s, s.security));
	struct act own = harness_act(s.h, s.security);
	struct act other = harness_act(s.h, s.hr);
	stage_refused("another's", notice_open(&other, 1, &e), &e, ERR_MISSING, "error.missing",
		      NULL);
	err_clear(&e);
	stage_refused("another's", notice_acknowledge(&other, 1, &e), &e, ERR_MISSING,
		      "error.missing", NULL);
	err_clear(&e);
	assert_int_equal(count(s.h, "served"), 0);
	assert_true(notice_open(&own, 1, &e) && notice_open(&own, 1, &e));
	assert_int_equal(count(s.h, "served"), 1);
	assert_int_equal(stage_journalled(s.h, "notice.served"), 1);
	assert_true(notice_acknowledge(&own, 1, &e) && notice_acknowledge(&own, 1, &e));
	assert_int_equal(count(s.h, "acknowledged"), 1);
	assert_int_equal(stage_journalled(s.h, "notice.acknowledged"), 1);
}

/* Acknowledged without having been opened: that is both. */
static void test_acknowledged_at_once(void **state)
{
	struct stage s = stage_open(*state);
	struct err e = { 0 };
	assert_true(send(&s, s.security));
	struct act own = harness_act(s.h, s.security);
	assert_true(notice_acknowledge(&own, 1, &e));
	assert_int_equal(count(s.h, "served"), 1);
}

/* Whoever holds the role for the organ or for one above it, each once. */
static void test_role(void **state)
{
	struct stage s = stage_open(*state);
	struct act act = harness_act(s.h, s.hr);
	static const struct {
		const char *why, *role, *organ;
		int64_t told;
	} row[] = {
		{ "the officer of the organ", ROLE_NAME_SECURITY, "pgo", 1 },
		{ "an organ above", ROLE_NAME_SECURITY, "reg-abai", 1 },
		{ "nobody holds it", ROLE_NAME_AUDITOR, "pgo", 0 },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		struct err e = { 0 };
		const int64_t before = count(s.h, "all");
		const struct notice n = { .kind = "calendar.changed", .href = "" };
		assert_true(notice_send_role(&act, row[i].role, row[i].organ, &n, &e));
		if (count(s.h, "all") - before != row[i].told)
			fail_msg("%s: %lld told", row[i].why,
				 (long long)(count(s.h, "all") - before));
	}
}

static bool run_acknowledge(const struct act *act, void *user, struct err *e)
{
	(void)user;
	return notice_acknowledge(act, 1, e);
}

static void test_all_or_nothing(void **state)
{
	struct stage s = stage_open(*state);
	assert_true(send(&s, s.security));
	stage_all_or_nothing(s.h, s.security, run_acknowledge, NULL);
}

#define WITH_HARNESS(test) HARNESS_TEST(test)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_HARNESS(test_service),
		WITH_HARNESS(test_acknowledged_at_once),
		WITH_HARNESS(test_role),
		WITH_HARNESS(test_all_or_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
