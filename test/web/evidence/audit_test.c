/* The auditor's desk and the reports of verify and drill (F85 to F88). */
#include "stage.h"

#include "app/evidence/audit_report.h"
#include "app/evidence/checkpoint.h"
#include "journal/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const char drill[] = "{\"good\":false,\"untouched_passes\":true,\"played\":3,\"missed\":1,"
			    "\"absent\":1,\"attacks\":["
			    "{\"attack\":\"click.option\",\"found\":\"yes\",\"by\":[\"click\"],"
			    "\"at\":\"attempt\",\"number\":4,\"why\":\"another option\"},"
			    "{\"attack\":\"of.tomorrow\",\"found\":\"no\"},"
			    "{\"attack\":\"<b>\",\"found\":\"perhaps\"}]}";

static struct answer bring(struct harness *h, int64_t person, const char *text)
{
	return harness_upload(h, person, "/audit/reports", "", "file", "drill.json", text,
			      strlen(text));
}

/* As konkurs verify prints it, of the journal as it stands. */
static const char *verified(struct harness *h, const char *root)
{
	int64_t size = 0;
	struct tree_hash hash;
	char text[TREE_TEXT_SIZE];
	struct err e = { 0 };
	assert_true(journal_size(h->site.db, &size, &e) &&
		    journal_root(h->site.db, size, &hash, &e));
	tree_print(&hash, text);
	return arena_print(h->arena,
			   "{\"agrees\":true,\"entries\":%lld,\"root\":\"%s\",\"checkpoints\":1,"
			   "\"findings\":[]}",
			   (long long)size, root ? root : text);
}

static void the_desk_gathers(void **state)
{
	struct harness *h = *state;
	struct err e = { 0 };
	int64_t size = 0;
	(void)stage_open(h);
	const int64_t auditor = harness_person(h, ROLE_AUDITOR);
	const int64_t admin = harness_person(h, ROLE_ADMIN);
	harness_check_page(h, auditor, "/audit");
	harness_check_page(h, admin, "/audit");
	harness_check_page(h, auditor, "/audit/drill");
	struct answer a = harness_get(h, auditor, "/audit");
	assert_true(json_is_null(answer_value(&a, "verify")));
	assert_true(json_is_null(answer_value(&a, "journal.at_ms")));
	const struct act act = harness_act(h, auditor);
	assert_true(checkpoint_ask(&act, &size, &e));
	a = harness_get(h, auditor, "/audit");
	assert_int_equal(answer_number(&a, "journal.size"), size);
	assert_int_equal(answer_number(&a, "journal.uncovered"), 0);
	assert_int_equal(harness_get(h, harness_person(h, ROLE_HR), "/audit").status, 403);
	assert_int_equal(harness_get(h, 0, "/audit").status, 403);
}

static void a_report_is_kept_and_shown(void **state)
{
	struct harness *h = *state;
	(void)stage_open(h);
	const int64_t auditor = harness_person(h, ROLE_AUDITOR);
	struct answer a = bring(h, auditor, drill);
	assert_int_equal(a.status, 200);
	const char *path = a.location;
	harness_check_page(h, auditor, path);
	a = harness_get(h, auditor, path);
	assert_int_equal(json_array_size(answer_value(&a, "report.rows")), 3);
	assert_int_equal(answer_number(&a, "report.drill.missed"), 1);
	a = harness_get(h, auditor, arena_print(h->arena, "%s/report.json", path));
	assert_string_equal(a.body, drill);
	/* once more is the same */
	a = bring(h, auditor, drill);
	assert_string_equal(a.location, path);
	assert_int_equal(stage_journalled(h, "audit.reported"), 1);
	harness_check_page(h, auditor, "/audit/drill");
	a = harness_get(h, auditor, "/audit");
	assert_false(json_is_true(answer_value(&a, "drill.good")));
	assert_int_equal(answer_number(&a, "drill.id"), 1);
	harness_check_page(h, auditor, "/audit");
}

/* The root that verify has told is looked for in this journal. */
static void a_report_of_another_journal_is_seen(void **state)
{
	struct harness *h = *state;
	(void)stage_open(h);
	const int64_t auditor = harness_person(h, ROLE_AUDITOR);
	struct answer a = bring(h, auditor, verified(h, NULL));
	a = harness_get(h, auditor, a.location);
	assert_true(json_is_true(answer_value(&a, "report.fits.same")));
	harness_check_page(h, auditor, "/audit/reports/1");
	a = bring(h, auditor, verified(h, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="));
	a = harness_get(h, auditor, a.location);
	assert_false(json_is_true(answer_value(&a, "report.fits.same")));
	harness_check_page(h, auditor, "/audit/reports/2");
}

static void what_is_no_report_is_refused(void **state)
{
	static const char *const hostile[] = {
		"{}",
		"[]",
		"nothing",
		"{\"good\":true}",
		"{\"good\":\"yes\",\"untouched_passes\":true,\"played\":1,\"missed\":0,\"absent\":"
		"0,"
		"\"attacks\":[]}",
		"{\"good\":true,\"untouched_passes\":true,\"played\":1,\"missed\":0,\"absent\":0,"
		"\"attacks\":[1]}",
		"{\"good\":true,\"good\":true,\"untouched_passes\":true,\"played\":1,\"missed\":0,"
		"\"absent\":0,\"attacks\":[]}",
		"{\"agrees\":true,\"entries\":1,\"root\":7,\"checkpoints\":1,\"findings\":[]}",
	};
	struct harness *h = *state;
	(void)stage_open(h);
	const int64_t auditor = harness_person(h, ROLE_AUDITOR);
	for (size_t i = 0; i < COUNT(hostile); i++) {
		const struct answer a = bring(h, auditor, hostile[i]);
		if (strcmp(a.error, "audit.error.report") != 0 || strcmp(a.field, "file") != 0)
			fail_msg("%s: %d %s", hostile[i], a.status, a.error);
	}
	const struct answer a = harness_post(h, auditor, "/audit/reports", "");
	assert_string_equal(a.field, "file");
	assert_int_equal(bring(h, harness_person(h, ROLE_HR), drill).status, 403);
	assert_int_equal(stage_journalled(h, "audit.reported"), 0);
}

static bool take(const struct act *act, void *user, struct err *e)
{
	int64_t id = 0;
	(void)user;
	return audit_report_take(act, drill, sizeof(drill) - 1, &id, e);
}

static void all_or_nothing(void **state)
{
	struct harness *h = *state;
	(void)stage_open(h);
	stage_all_or_nothing(h, harness_person(h, ROLE_AUDITOR), take, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(the_desk_gathers),
		HARNESS_TEST(a_report_is_kept_and_shown),
		HARNESS_TEST(a_report_of_another_journal_is_seen),
		HARNESS_TEST(what_is_no_report_is_refused),
		HARNESS_TEST(all_or_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
