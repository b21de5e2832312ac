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
	/* what is left of it can still be looked at */
	harness_check_page(h, w.stage.hr, "/retention");
	page = arena_print(h->arena, "/competitions/%lld", (long long)w.stage.competition);
	harness_check_page(h, w.stage.hr, page);
	assert_int_equal(harness_get(h, w.candidate, "/applications").status, 200);
	a = harness_get(h, w.operator,
			arena_print(h->arena, "/sittings/%lld", (long long)w.sitting));
	assert_in_range(a.status, 200, 404);
}

/* The end of a person's own data: the IIN is typed, never in an address. */
static void test_retention_of_person(void **state)
{
	struct harness *h = *state;
	const int64_t hr = harness_person(h, ROLE_HR);
	const int64_t second = harness_person(h, ROLE_HR);
	const int64_t person = harness_person(h, 0);
	struct err e = { 0 };
	const char *iin = "";
	assert_true(db_string(h->site.db, h->arena, &e, &iin,
			      "SELECT iin FROM person WHERE id = $1", db_int(person)));
	harness_check_page(h, hr, "/retention/person");
	const char *form =
		arena_print(h->arena, "iin=%s&number=4&second=%lld", iin, (long long)second);
	struct answer a = harness_post(
		h, hr, "/retention/person",
		arena_print(h->arena, "iin=111111111111&number=4&second=%lld", (long long)second));
	assert_string_equal(a.error, "retention.error.nobody");
	assert_string_equal(a.field, "iin");
	a = harness_post(h, hr, "/retention/person",
			 arena_print(h->arena, "iin=%s&number=4&second=%lld", iin, (long long)hr));
	assert_string_equal(a.error, "retention.error.second");
	const int64_t member = harness_person(h, ROLE_MEMBER);
	assert_true(db_string(h->site.db, h->arena, &e, &iin,
			      "SELECT iin FROM person WHERE id = $1", db_int(member)));
	a = harness_post(
		h, hr, "/retention/person",
		arena_print(h->arena, "iin=%s&number=4&second=%lld", iin, (long long)second));
	assert_string_equal(a.error, "retention.error.in_use");
	a = harness_post(h, hr, "/retention/person", form);
	assert_string_equal(a.location, "/destruction-acts/1");
	harness_check_page(h, hr, "/destruction-acts/1");
	a = harness_get(h, hr, "/destruction-acts/1");
	assert_int_equal(
		json_integer_value(json_object_get(json_object_get(a.json, "act"), "person")),
		person);
	assert_int_equal(harness_get(h, hr, "/destruction-acts/1/act.pdf").status, 200);
}

#define WITH_HARNESS(test) HARNESS_TEST(test)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_HARNESS(test_way),
		WITH_HARNESS(test_rights),
		WITH_HARNESS(test_retention),
		WITH_HARNESS(test_retention_of_person),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
