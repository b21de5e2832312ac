/* Pages of the dossier, the rating and the plan of the interview (R15-1, R16-1, R16-2, L1). */
#include "stage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const char *below(struct harness *h, const char *what, int64_t id, const char *rest)
{
	return arena_print(h->arena, "/%s/%lld%s", what, (long long)id, rest);
}

static struct answer upload(struct stage *s, const char *path, const char *form, const char *field)
{
	return harness_upload(s->h, s->hr, path, form, field, "a.pdf", STAGE_PDF,
			      sizeof(STAGE_PDF) - 1);
}

static void test_way(void **state)
{
	struct stage s = stage_open(*state);
	struct harness *h = s.h;
	int64_t id = stage_candidate(&s, STAGE_ADMITTED | STAGE_PAPERS);
	int64_t chair = stage_chair(&s);
	const char *path = below(h, "applications", id, "/dossier");
	harness_check_page(h, s.hr, path);
	struct answer a = harness_get(h, s.hr, path);
	assert_int_equal(json_array_size(answer_value(&a, "items")), 7); /* R16-1 */
	assert_string_equal(answer_text(&a, "items.0.kind"), "service_list");
	assert_string_equal(answer_text(&a, "items.0.state"), "missing");
	assert_string_equal(answer_text(&a, "items.1.state"), "present");
	assert_int_equal(harness_get(h, chair, path).status, 403); /* not released */
	a = upload(&s, below(h, "applications", id, "/service-list"), "", "file");
	assert_string_equal(a.location, path);
	a = upload(&s, below(h, "applications", id, "/rating"),
		   "value=87.5&number=3&day=2026-03-02&issuer=HR", "rating_file");
	assert_string_equal(a.location, path);
	stage_plan(&s, "2026-03-26T10:00");
	harness_check_page(h, s.hr, path);
	a = harness_post(h, s.hr, below(h, "applications", id, "/release"), "");
	assert_string_equal(a.location, path);
	harness_check_page(h, s.hr, path);
	harness_check_page(h, chair, path);
	a = harness_get(h, chair, path);
	assert_string_equal(answer_text(&a, "rating.0.value"), "87.5"); /* L1: shown as issued */
	assert_true(json_is_null(answer_value(&a, "security"))); /* R16-1: goes to HR alone */
	assert_true(json_is_null(answer_value(&a, "terms.security_last")));
	assert_int_equal(harness_get(h, chair, "/ratings/1/file").status, 200);
	assert_string_equal(harness_get(h, chair, "/studies/files/1").error,
			    "restricted.error.reason"); /* F76 */
	harness_open_papers(h, chair, id);
	assert_int_equal(harness_get(h, chair, "/studies/files/1").status, 200);
}

static void test_bad_input(void **state)
{
	static const struct {
		const char *form, *field;
	} row[] = {
		{ "value=many&number=typed&day=2026-03-02&issuer=HR", "value" },
		{ "number=typed&day=2026-03-02&issuer=HR", "value" },
		{ "value=87&number=typed&day=2026-03-03&issuer=HR", "day" },
		{ "value=87&day=2026-03-02&issuer=typed", "number" },
		{ "value=87&number=typed&day=2026-03-02", "issuer" },
	};
	struct stage s = stage_open(*state);
	int64_t id = stage_candidate(&s, STAGE_MET);
	const char *path = below(s.h, "applications", id, "/rating");
	for (size_t i = 0; i < COUNT(row); i++) {
		struct answer a = upload(&s, path, row[i].form, "rating_file");
		if (a.status < 400 || strcmp(a.field, row[i].field) != 0)
			fail_msg("%s: %d %s at '%s'", row[i].form, a.status, a.error, a.field);
		a = harness_post_html(s.h, s.hr, path, row[i].form);
		if (a.status < 400 || !strstr(a.body, "typed"))
			fail_msg("%s: typed text is lost, %d", row[i].form, a.status);
	}
	struct answer a =
		harness_post(s.h, s.hr, path, "value=87&number=1&day=2026-03-02&issuer=a");
	assert_string_equal(a.field, "rating_file");
	a = harness_post(s.h, s.hr, below(s.h, "applications", id, "/service-list"), "");
	assert_string_equal(a.field, "file");
	a = harness_post(s.h, s.hr, below(s.h, "applications", id, "/release"), "");
	assert_string_equal(a.error, "law.admission.test");
	assert_string_equal(a.clause, "44");
	assert_int_equal(stage_journalled(s.h, "rating.recorded"), 0);
}

/* R16-2: the refusal tells the day in words. */
static void test_late(void **state)
{
	struct stage s = stage_open(*state);
	int64_t id = stage_candidate(&s, STAGE_COMPLETE);
	const char *path = below(s.h, "applications", id, "/release");
	stage_plan(&s, "2026-03-26T10:00");
	harness_at(s.h, "2026-03-19T09:00");
	harness_check_page(s.h, s.hr, below(s.h, "applications", id, "/dossier"));
	struct answer a = harness_post(s.h, s.hr, path, "");
	assert_string_equal(a.error, "dossier.error.late");
	assert_string_equal(a.clause, "16");
	a = harness_post_html(s.h, s.hr, path, "");
	assert_non_null(strstr(a.body, "18\u00a0марта 2026"));
}

/* R16-2: to the commission when released, and to that commission alone. */
static void test_rights(void **state)
{
	struct stage s = stage_open(*state);
	int64_t id = stage_candidate(&s, STAGE_COMPLETE | STAGE_RELEASED);
	const char *path = below(s.h, "applications", id, "/dossier");
	const int64_t others[] = { stage_person_of(&s, id), s.security, s.polygraph,
				   harness_person(s.h, ROLE_MEMBER),
				   harness_person(s.h, ROLE_ADMIN) };
	for (size_t i = 0; i < COUNT(others); i++) {
		assert_int_equal(harness_get(s.h, others[i], path).status, 403);
		assert_int_equal(harness_get(s.h, others[i], "/ratings/1/file").status, 403);
	}
	assert_int_equal(harness_get(s.h, stage_chair(&s), path).status, 200);
	assert_int_equal(harness_get(s.h, s.hr, "/ratings/99/file").status, 404);
}

/* Section 5 of rules.md, on the page. */
static void test_plan(void **state)
{
	struct stage s = stage_open(*state);
	struct harness *h = s.h;
	const char *path = below(h, "competitions", s.competition, "/interview");
	harness_check_page(h, s.hr, path);
	(void)stage_candidate(&s, STAGE_ADMITTED);
	(void)stage_candidate(&s, STAGE_MET);
	harness_check_page(h, s.hr, path);
	struct answer a = harness_post(h, s.hr, path, "start=2026-03-26T10:00&place=305");
	assert_string_equal(a.location, path);
	a = harness_get(h, s.hr, path);
	assert_string_equal(answer_text(&a, "terms.security.last"), "2026-03-16");
	assert_string_equal(answer_text(&a, "terms.dossier.last"), "2026-03-18");
	assert_string_equal(answer_text(&a, "plan.place"), "305");
	harness_check_page(h, s.hr, path);
	/* a refused proposal says nothing against the plan that stands */
	a = harness_post_html(h, s.hr, path, "start=2026-03-21T10:00&place=typed");
	assert_int_equal(a.status, 422);
	assert_null(strstr(a.body, "text-danger"));
	/* the terms are missed: the nearest lawful day is offered, nothing else */
	harness_at(h, "2026-03-20T10:00");
	harness_check_page(h, s.hr, path);
	a = harness_get(h, s.hr, path);
	assert_string_equal(answer_text(&a, "nearest.day"), "2026-04-01");
	a = harness_post(h, s.hr, path, "start=2026-03-27T10:00&place=typed");
	assert_string_equal(a.error, "law.interview.security");
	assert_string_equal(a.clause, "15");
	assert_string_equal(a.field, "start");
	a = harness_post_html(h, s.hr, path, "start=2026-03-27T10:00&place=typed");
	assert_non_null(strstr(a.body, "typed"));
	assert_non_null(strstr(a.body, "2026-03-27T10:00"));
	assert_non_null(strstr(a.body, "1\u00a0апреля 2026")); /* offered in words */
	a = harness_post(h, s.hr, path, "start=2026-04-01T10:00");
	assert_string_equal(a.field, "place");
	a = harness_post(h, s.hr, path, "start=2026-04-01T10:00&place=305");
	assert_string_equal(a.location, path);
	harness_check_page(h, s.hr, path);
	assert_int_equal(harness_get(h, s.security, path).status, 403);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_way),    HARNESS_TEST(test_bad_input), HARNESS_TEST(test_late),
		HARNESS_TEST(test_rights), HARNESS_TEST(test_plan),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
