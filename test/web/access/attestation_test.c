/* L47: an employee under attestation is shown with a warning, and HR decides all the same. */
#include "stage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static int set_up(void **state)
{
	*state = harness_open();
	return 0;
}

static int tear_down(void **state)
{
	harness_close(*state);
	return 0;
}

static void put_under_attestation(struct stage *s, int64_t application)
{
	struct err e = { 0 };
	if (!db_exec(s->h->site.db, &e, NULL,
		     "UPDATE person SET under_attestation = 1 WHERE id ="
		     " (SELECT person_id FROM application WHERE id = $1)",
		     db_int(application)))
		fail_msg("%s", e.detail);
}

static void test_warning(void **state)
{
	struct stage s = stage_open(*state);
	int64_t free_of_it = stage_candidate(&s, STAGE_SENT | STAGE_PAPERS);
	int64_t under_it = stage_candidate(&s, STAGE_SENT | STAGE_PAPERS);
	put_under_attestation(&s, under_it);
	const struct {
		const char *why;
		int64_t application;
		bool warned;
	} row[] = {
		{ "not under attestation", free_of_it, false },
		{ "under attestation", under_it, true },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		const char *path = arena_print(s.h->arena, "/applications/%lld/check",
					       (long long)row[i].application);
		struct answer page = harness_html(s.h, s.hr, path);
		assert_int_equal(page.status, 200);
		/* the clause stands beside the warning and nowhere else on this page */
		if ((strstr(page.body, "47(3-3)") != NULL) != row[i].warned)
			fail_msg("%s", row[i].why);
		if (!strstr(page.body, arena_print(s.h->arena, "%s/decision", path)))
			fail_msg("%s: HR can no longer decide", row[i].why);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_warning, set_up, tear_down),
	};
	return cmocka_run_group_tests_name("attestation", tests, NULL, NULL);
}
