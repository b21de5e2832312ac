/* Pages of the studies (R13-1, R44-1, F76, F77). */
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

static void test_way(void **state)
{
	static const char *const kinds[] = { "polygraph", "psycho" };
	struct stage s = stage_open(*state);
	struct harness *h = s.h;
	const int64_t officers[] = { s.polygraph, s.psycho };
	int64_t id = stage_candidate(&s, STAGE_MET);
	(void)stage_candidate(&s, STAGE_SENT);
	for (size_t i = 0; i < COUNT(kinds); i++) {
		const char *inbox = arena_print(h->arena, "/studies/%s", kinds[i]);
		const char *form = below(h, "applications", id,
					 arena_print(h->arena, "/studies/%s", kinds[i]));
		struct answer a = harness_get(h, officers[i], inbox);
		assert_int_equal(json_array_size(answer_value(&a, "candidates")), 1); /* R13-1 */
		harness_check_page(h, officers[i], inbox);
		harness_check_page(h, officers[i], form);
		a = harness_post(h, officers[i], form,
				 "outcome=postponed&number=1&day=2026-03-02&note=ill");
		assert_string_equal(a.location, inbox);
		a = harness_upload(h, officers[i], form,
				   "outcome=undergone&number=2&day=2026-03-02", "file", "s.pdf",
				   STAGE_PDF, sizeof(STAGE_PDF) - 1);
		assert_string_equal(a.location, inbox);
		a = harness_get(h, officers[i], inbox);
		assert_string_equal(answer_text(&a, "candidates.0.outcome"), "undergone");
		int64_t views = stage_journalled(h, "study.viewed");
		a = harness_get(h, officers[i], form);
		assert_int_equal(json_array_size(answer_value(&a, "records")), 2);
		assert_string_equal(answer_text(&a, "records.1.note"), "ill");
		assert_int_equal(stage_journalled(h, "study.viewed"), views + 1); /* F76 */
		harness_check_page(h, officers[i], inbox);
		harness_check_page(h, officers[i], form);
		a = harness_get(h, officers[i],
				below(h, "studies/files", answer_number(&a, "records.0.id"), ""));
		assert_int_equal(a.status, 200);
		assert_string_equal(a.type, "application/pdf");
	}
}

static void test_bad_input(void **state)
{
	static const struct {
		const char *form, *field;
	} row[] = {
		{ "number=typed&day=2026-03-02", "outcome" },
		{ "outcome=passed&number=typed&day=2026-03-02", "outcome" },
		{ "outcome=refused&number=typed", "day" },
		{ "outcome=refused&number=typed&day=2026-03-03", "day" },
		{ "outcome=refused&day=2026-03-02&note=typed", "number" },
		{ "outcome=undergone&number=typed&day=2026-03-02", "file" },
	};
	struct stage s = stage_open(*state);
	int64_t id = stage_candidate(&s, STAGE_MET);
	const char *path = below(s.h, "applications", id, "/studies/polygraph");
	for (size_t i = 0; i < COUNT(row); i++) {
		struct answer a = harness_post(s.h, s.polygraph, path, row[i].form);
		if (a.status < 400 || strcmp(a.field, row[i].field) != 0)
			fail_msg("%s: %d %s at '%s'", row[i].form, a.status, a.error, a.field);
		a = harness_post_html(s.h, s.polygraph, path, row[i].form);
		if (a.status < 400 || !strstr(a.body, "typed"))
			fail_msg("%s: typed text is lost, %d", row[i].form, a.status);
	}
	assert_int_equal(stage_journalled(s.h, "study.recorded"), 0);
	/* R13-1 as the page tells it */
	id = stage_candidate(&s, STAGE_SENT);
	struct answer a =
		harness_post(s.h, s.polygraph, below(s.h, "applications", id, "/studies/polygraph"),
			     "outcome=refused&number=1&day=2026-03-02");
	assert_string_equal(a.error, "law.admission.studies");
	assert_string_equal(a.clause, "13");
}

static void test_rights(void **state)
{
	struct stage s = stage_open(*state);
	int64_t id = stage_candidate(&s, STAGE_COMPLETE);
	int64_t chair = stage_chair(&s);
	const struct {
		int64_t person;
		const char *path;
		int status;
	} row[] = {
		{ s.psycho, "/studies/polygraph", 403 },
		{ s.polygraph, "/studies/psycho", 403 },
		{ s.hr, "/studies/psycho", 403 },
		{ s.psycho, below(s.h, "applications", id, "/studies/polygraph"), 403 },
		{ s.security, below(s.h, "applications", id, "/studies/polygraph"), 403 },
		{ stage_person_of(&s, id), below(s.h, "applications", id, "/studies/psycho"), 403 },
		{ chair, "/studies/files/1", 403 }, /* not released yet */
		{ s.hr, "/studies/files/1", 200 },
		{ s.polygraph, "/studies/files/1", 200 },
		{ s.psycho, "/studies/files/1", 403 },
		{ s.polygraph, "/studies/files/99", 404 },
	};
	/* F76: for what, first */
	assert_string_equal(harness_get(s.h, s.hr, "/studies/files/1").error,
			    "restricted.error.reason");
	harness_open_papers(s.h, s.hr, id);
	for (size_t i = 0; i < COUNT(row); i++) {
		int status = harness_get(s.h, row[i].person, row[i].path).status;
		if (status != row[i].status)
			fail_msg("row %zu, %s: %d", i, row[i].path, status);
	}
	assert_int_equal(stage_journalled(s.h, "study.viewed"), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_way),
		HARNESS_TEST(test_bad_input),
		HARNESS_TEST(test_rights),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
