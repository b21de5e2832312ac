/* Pages of complaints and of retention (F74, F90). */
#include "hall.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const char *below(struct hall *w, const char *format)
{
	return arena_print(w->stage.h->arena, "/applications/%lld%s", (long long)w->application,
			   format);
}

/* F90: from the candidate's page to the answer that cites. */
static void test_way(void **state)
{
	struct hall w = hall_open(*state);
	struct harness *h = w.stage.h;
	hall_start(&w);
	hall_answer_right(&w, 3);
	harness_check_page(h, w.candidate, "/complaints");
	harness_check_page(h, w.candidate, below(&w, "/complaint"));
	harness_check_page(h, w.stage.hr, below(&w, "/complaint"));
	struct answer a = harness_post(h, w.candidate, below(&w, "/complaint"), "text=Late");
	assert_string_equal(a.location, "/complaints/1");
	harness_check_page(h, w.candidate, "/complaints/1");
	harness_check_page(h, w.stage.hr, "/complaints/1");
	harness_check_page(h, w.candidate, below(&w, "/story"));
	a = harness_get(h, w.stage.hr, "/complaints/1");
	assert_int_equal(json_array_size(answer_value(&a, "records")), 4);
	a = harness_post(h, w.stage.hr, "/complaints/1/answer", "outcome=refused&answer=No");
	assert_int_equal(a.status, 422);
	assert_string_equal(a.field, "cites");
	a = harness_post_html(h, w.stage.hr, "/complaints/1/answer", "outcome=refused&answer=No");
	assert_int_equal(a.status, 422);
	a = harness_post(h, w.stage.hr, "/complaints/1/answer",
			 "outcome=refused&answer=No&cites=1&cites=2");
	assert_string_equal(a.location, "/complaints/1");
	harness_check_page(h, w.candidate, "/complaints/1");
	harness_check_page(h, w.stage.hr, "/complaints?state=answered");
	a = harness_get(h, w.stage.hr, "/complaints?state=open");
	assert_int_equal(json_array_size(answer_value(&a, "complaints")), 0);
}

/* Another's complaint does not exist. */
static void test_rights(void **state)
{
	struct hall w = hall_open(*state);
	struct harness *h = w.stage.h;
	(void)harness_post(h, w.candidate, below(&w, "/complaint"), "text=Late");
	static const struct {
		const char *why;
		unsigned role;
		int status;
	} row[] = {
		{ "a stranger", 0, 404 },
		{ "own security", ROLE_SECURITY, 404 },
		{ "an auditor", ROLE_AUDITOR, 200 },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		const int64_t person = harness_person(h, row[i].role);
		const int status = harness_get(h, person, "/complaints/1").status;
		if (status != row[i].status)
			fail_msg("%s: %d", row[i].why, status);
		struct answer a = harness_get(h, person, "/complaints");
		assert_int_equal(json_array_size(answer_value(&a, "complaints")),
				 row[i].status == 200);
	}
	assert_int_equal(harness_get(h, harness_person(h, 0), below(&w, "/complaint")).status, 404);
}

static void test_retention(void **state)
{
	struct hall w = hall_open(*state);
	struct harness *h = w.stage.h;
	struct err e = { 0 };
	const char *page = arena_print(h->arena, "/competitions/%lld/retention",
				       (long long)w.stage.competition);
	const int64_t second = harness_person(h, ROLE_HR);
	hall_start(&w);
	harness_check_page(h, w.stage.hr, page);
	harness_check_page(h, w.stage.hr, "/retention");
	assert_true(db_exec(h->site.db, &e, NULL,
			    "UPDATE competition SET state = 'closed', closed_ms = $1",
			    db_int(clock_now(&h->site.clock))));
	harness_check_page(h, w.stage.hr, "/retention");
	const char *form = arena_print(h->arena, "number=3-a&second=%lld", (long long)second);
	struct answer a = harness_post(h, w.stage.hr, page, form);
	assert_int_equal(a.status, 409);
	harness_at(h, "2029-03-03T10:00");
	harness_check_page(h, w.stage.hr, page);
	a = harness_post(h, w.stage.hr, page, form);
	assert_string_equal(a.location, "/destruction-acts/1");
	harness_check_page(h, w.stage.hr, "/destruction-acts/1");
	harness_check_page(h, w.stage.hr, page);
	assert_int_equal(
		harness_get(h, harness_person(h, ROLE_AUDITOR), "/destruction-acts/1").status, 200);
}

#define WITH_HARNESS(test) HARNESS_TEST(test)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_HARNESS(test_way),
		WITH_HARNESS(test_rights),
		WITH_HARNESS(test_retention),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
