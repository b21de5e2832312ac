/* The page of the copies (F91): nothing there, not checked, whole, a fault, too old. */
#include "stage.h"

#include "app/evidence/backup_note.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct manifest copy_of(const char *name, int64_t made_ms)
{
	return (struct manifest){ .name = name,
				  .made_ms = made_ms,
				  .size = 3 * 1024 * 1024 / 2,
				  .sealed = true,
				  .schema = 1,
				  .journal = { .size = 77, .root = { 0xab, 0xcd } },
				  .installation = "",
				  .checkpoint = "" };
}

static void made(struct harness *h, const char *name, const char *gone)
{
	const struct act act = harness_act(h, 0);
	const struct manifest m = copy_of(name, act.now_ms);
	json_t *removed = gone ? json_pack("[s]", gone) : json_array();
	struct err e = { 0 };
	if (!backup_note_made(&act, "/copies", &m, removed, &e))
		fail_msg("%s", e.detail);
	json_decref(removed);
}

static void checked(struct harness *h, const char *name, const char *why)
{
	const struct act act = harness_act(h, 0);
	struct err e = { 0 };
	const struct backup_report r = {
		.why = why, .detail = "", .manifest = copy_of(name, act.now_ms), .took_ms = 5
	};
	if (!backup_note_checked(&act, "/copies", &r, &e))
		fail_msg("%s", e.detail);
}

static bool is_late(struct harness *h, int64_t person)
{
	struct answer a = harness_get(h, person, "/backups");
	assert_int_equal(a.status, 200);
	return json_is_true(answer_value(&a, "service.late"));
}

static void test_empty(void **state)
{
	struct harness *h = *state;
	const int64_t admin = harness_person(h, ROLE_ADMIN);
	struct answer a = harness_get(h, admin, "/backups");
	assert_true(json_is_null(answer_value(&a, "service")));
	assert_int_equal(json_array_size(answer_value(&a, "backups")), 0);
	a = harness_html(h, admin, "/backups");
	assert_non_null(strstr(a.body, "konkurs backup --db")); /* says the command */
	harness_check_page(h, admin, "/backups");
}

static void test_way(void **state)
{
	struct harness *h = *state;
	const int64_t auditor = harness_person(h, ROLE_AUDITOR);
	made(h, "konkurs-1", NULL);
	assert_true(is_late(h, auditor)); /* nobody has restored it */
	struct answer a = harness_get(h, auditor, "/backups");
	assert_string_equal(answer_text(&a, "backups.0.state"), "waiting");
	assert_string_equal(answer_text(&a, "backups.0.root"), "abcd00000000");
	assert_string_equal(answer_text(&a, "backups.0.size"), "1.5");
	assert_int_equal(answer_number(&a, "backups.0.entries"), 77);
	harness_check_page(h, auditor, "/backups");
	checked(h, "konkurs-1", "");
	assert_false(is_late(h, auditor));
	harness_check_page(h, auditor, "/backups");
	/* 26 hours may pass, and no more */
	harness_at(h, "2026-03-03T12:00");
	assert_false(is_late(h, auditor));
	harness_at(h, "2026-03-03T12:01");
	assert_true(is_late(h, auditor));
	made(h, "konkurs-2", "konkurs-1");
	assert_true(is_late(h, auditor)); /* a copy alone is none yet */
	checked(h, "konkurs-2", "");
	assert_false(is_late(h, auditor));
	a = harness_get(h, auditor, "/backups");
	assert_string_equal(answer_text(&a, "backups.0.name"), "konkurs-2");
	assert_string_equal(answer_text(&a, "backups.1.state"), "removed");
	assert_int_equal(stage_journalled(h, "backup.made"), 2);
	assert_int_equal(stage_journalled(h, "backup.checked"), 2);
}

/* Every fault has its words, and is red whenever it was. */
static void test_faults(void **state)
{
	static const char *const why[] = { "sha256",   "seal", "damaged",  "newer",   "journal",
					   "manifest", "rows", "stranger", "shorter", "rewritten" };
	struct harness *h = *state;
	const int64_t admin = harness_person(h, ROLE_ADMIN);
	made(h, "konkurs-1", NULL);
	for (size_t i = 0; i < COUNT(why); i++) {
		checked(h, "konkurs-1", why[i]);
		assert_true(is_late(h, admin));
		struct answer a = harness_get(h, admin, "/backups");
		assert_string_equal(answer_text(&a, "service.why"), why[i]);
		assert_string_equal(answer_text(&a, "backups.0.state"), "bad");
		harness_check_page(h, admin, "/backups");
	}
	/* of before this database was restored: it comes on record with its check */
	checked(h, "konkurs-0", "");
	assert_false(is_late(h, admin));
}

static bool note_both(const struct act *act, void *user, struct err *e)
{
	const struct manifest m = copy_of("konkurs-2", act->now_ms);
	const struct backup_report r = { .why = "", .detail = "", .manifest = m };
	return backup_note_made(act, "/copies", &m, user, e) &&
	       backup_note_checked(act, "/copies", &r, e);
}

static bool note_made(const struct act *act, void *user, struct err *e)
{
	const struct manifest m = copy_of("konkurs-3", act->now_ms);
	return backup_note_made(act, "/copies", &m, user, e);
}

static void test_all_or_nothing(void **state)
{
	struct harness *h = *state;
	const struct act act = harness_act(h, 0);
	struct err e = { 0 };
	json_t *removed = json_pack("[s]", "konkurs-2");
	assert_true(note_both(&act, removed, &e));
	stage_all_or_nothing(h, 0, note_made, removed);
	json_decref(removed);
}

static void test_rights(void **state)
{
	struct harness *h = *state;
	static const unsigned others[] = { ROLE_HR, ROLE_OPERATOR, ROLE_SECURITY, ROLE_KEEPER };
	for (size_t i = 0; i < COUNT(others); i++) {
		const int status = harness_get(h, harness_person(h, others[i]), "/backups").status;
		if (status != 403 && status != 404)
			fail_msg("%zu: %d", i, status);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_empty),  HARNESS_TEST(test_way),
		HARNESS_TEST(test_faults), HARNESS_TEST(test_all_or_nothing),
		HARNESS_TEST(test_rights),
	};
	return cmocka_run_group_tests_name("backups", tests, NULL, NULL);
}
