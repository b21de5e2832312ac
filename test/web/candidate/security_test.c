/* Pages of own security (R14-1, R15-1, R16-1, F76). */
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
	struct stage s = stage_open(*state);
	struct harness *h = s.h;
	const char *lists = below(h, "competitions", s.competition, "/security-list");
	harness_check_page(h, s.hr, lists);
	harness_check_page(h, s.security, "/security");
	int64_t id = stage_candidate(&s, STAGE_MET);
	struct answer a = harness_get(h, s.hr, lists);
	assert_int_equal(json_array_size(answer_value(&a, "waiting")), 1);
	assert_int_equal(answer_number(&a, "waiting.0.id"), id);
	stage_plan(&s, "2026-03-26T10:00");
	a = harness_get(h, s.hr, lists);
	assert_string_equal(answer_text(&a, "due"), "2026-03-16"); /* R15-1 */
	harness_check_page(h, s.hr, lists);
	a = harness_post(h, s.hr, lists, "number=12-5");
	assert_string_equal(a.location, "/security-lists/1");
	harness_check_page(h, s.hr, "/security-lists/1");
	harness_check_page(h, s.security, "/security-lists/1");
	harness_check_page(h, s.hr, lists);
	harness_check_page(h, s.security, "/security");
	const char *form = below(h, "applications", id, "/security/new");
	harness_check_page(h, s.security, form);
	a = harness_upload(h, s.security, form, "number=15&day=2026-03-02&content=Nothing", "file",
			   "info.pdf", STAGE_PDF, sizeof(STAGE_PDF) - 1);
	assert_string_equal(a.location, "/security");
	const char *show = below(h, "applications", id, "/security");
	a = harness_html(h, s.hr, show); /* F76: for what, first */
	assert_string_equal(a.location, arena_print(h->arena, "/restricted/security/%lld?back=%s",
						    (long long)id, http_encode(h->arena, show)));
	harness_open_papers(h, s.hr, id);
	a = harness_get(h, s.hr, show);
	assert_string_equal(answer_text(&a, "information.0.content"), "Nothing");
	assert_int_equal(stage_journalled(h, "security.viewed"), 1); /* F76 */
	harness_check_page(h, s.hr, show);
	harness_check_page(h, s.security, show);
	harness_check_page(h, s.security, "/security");
	int64_t before = stage_journalled(h, "security.viewed");
	a = harness_get(h, s.security, "/security/files/1");
	assert_int_equal(a.status, 200);
	assert_string_equal(a.type, "application/pdf");
	assert_int_equal(a.size, sizeof(STAGE_PDF) - 1);
	assert_int_equal(stage_journalled(h, "security.viewed"), before + 1);
}

static void test_bad_input(void **state)
{
	static const struct {
		const char *form, *field;
	} row[] = {
		{ "day=2026-03-02&content=typed", "number" },
		{ "number=1&content=typed", "day" },
		{ "number=1&day=2026-02-30&content=typed", "day" },
		{ "number=1&day=2026-03-03&content=typed", "day" }, /* ahead */
		{ "number=typed&day=2026-03-02", "content" },
	};
	struct stage s = stage_open(*state);
	int64_t id = stage_candidate(&s, STAGE_MET | STAGE_LISTED);
	const char *path = below(s.h, "applications", id, "/security/new");
	for (size_t i = 0; i < COUNT(row); i++) {
		struct answer a = harness_post(s.h, s.security, path, row[i].form);
		if (a.status < 400 || strcmp(a.field, row[i].field) != 0)
			fail_msg("%s: %d %s at '%s'", row[i].form, a.status, a.error, a.field);
		a = harness_post_html(s.h, s.security, path, row[i].form);
		if (a.status < 400 || !strstr(a.body, "typed"))
			fail_msg("%s: typed text is lost, %d", row[i].form, a.status);
	}
	/* of a kind that is no paper */
	struct answer a = harness_upload(s.h, s.security, path, "number=1&day=2026-03-02&content=c",
					 "file", "a.exe", "MZ\x90", 3);
	assert_string_equal(a.field, "file");
	a = harness_post(s.h, s.hr, below(s.h, "competitions", s.competition, "/security-list"),
			 "number=");
	assert_string_equal(a.field, "number");
	assert_int_equal(stage_journalled(s.h, "security.informed"), 0);
}

/* R16-1: HR and own security; nobody else sees a word, nor that somebody looked. */
static void test_rights(void **state)
{
	struct stage s = stage_open(*state);
	int64_t id = stage_candidate(&s, STAGE_COMPLETE | STAGE_LISTED | STAGE_INFORMED |
						 STAGE_RELEASED);
	const int64_t others[] = { stage_person_of(&s, id),
				   stage_chair(&s),
				   s.polygraph,
				   s.psycho,
				   harness_person(s.h, ROLE_AUDITOR),
				   harness_person(s.h, ROLE_ADMIN),
				   harness_person(s.h, ROLE_OPERATOR),
				   0 };
	const char *const path[] = { below(s.h, "applications", id, "/security"),
				     below(s.h, "applications", id, "/security/new"), "/security",
				     "/security/files/1", "/security-lists/1" };
	for (size_t i = 0; i < COUNT(others); i++) {
		for (size_t k = 0; k < COUNT(path); k++) {
			int status = harness_get(s.h, others[i], path[k]).status;
			if (status != 401 && status != 403 && status != 404)
				fail_msg("%s: %d", path[k], status);
		}
	}
	assert_int_equal(stage_journalled(s.h, "security.viewed"), 0);
	/* the candidate's own story does not tell of it either */
	struct answer a =
		harness_get(s.h, stage_person_of(&s, id), below(s.h, "applications", id, "/story"));
	assert_int_equal(a.status, 200);
	assert_null(strstr(a.body, "security"));
	assert_null(strstr(a.body, "Сведений нет"));
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
