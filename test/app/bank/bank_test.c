/* The question bank: immutable versions of items (F22). */
#include "stage.h"

#include "app/bank/bank.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* One question of two, with another text. */
static struct bank_file file_of(struct arena *a, const char *stem)
{
	static const char *const options[] = { "один", "два", "три", "четыре" };
	struct bank_item *items = arena_array(a, 2, sizeof(*items));
	items[0] = (struct bank_item){
		"civ-1", "1", 1, { "Сұрақ?", options, 4 }, { "Вопрос?", options, 4 }, NULL, 0
	};
	static const char *const enemies[] = { "civ-1", "aaa-9" };
	items[1] = (struct bank_item){ "civ-2", "2", 0, { stem, options, 4 }, { stem, options, 4 },
				       enemies, 2 };
	return (struct bank_file){ .name = "b.yaml",
				   .act = "civil-code",
				   .sample = true,
				   .text_date = { 20500 },
				   .items = items,
				   .item_count = 2,
				   .body = "" };
}

static int64_t live(struct harness *h)
{
	struct err e = { 0 };
	int64_t count = 0;
	assert_true(db_number(h->site.db, &e, &count,
			      "SELECT COUNT(*) FROM item WHERE retired_ms IS NULL"));
	return count;
}

static void test_versions(void **state)
{
	struct harness *h = *state;
	struct act act = harness_act(h, harness_person(h, ROLE_ADMIN));
	struct bank_file file = file_of(h->arena, "Первая редакция?");
	struct bank_import done = { 0, 0, 0 };
	struct err e = { 0 };
	int64_t all = 0;
	assert_true(bank_import(&act, &file, &done, &e));
	assert_int_equal(done.added, 2);
	assert_true(bank_import(&act, &file, &done, &e));
	assert_int_equal(done.added, 0);
	assert_int_equal(done.unchanged, 2);
	file = file_of(h->arena, "Вторая редакция?");
	assert_true(bank_import(&act, &file, &done, &e));
	assert_int_equal(done.added, 1);
	assert_int_equal(done.unchanged, 1);
	assert_int_equal(done.retired, 1);
	assert_int_equal(live(h), 2);
	assert_true(db_number(h->site.db, &e, &all, "SELECT COUNT(*) FROM item"));
	assert_int_equal(all, 3); /* the older one stays for the forms that used it */
	assert_true(db_number(h->site.db, &e, &all, "SELECT COUNT(*) FROM item_text"));
	assert_int_equal(all, 3 * 2 * 5);
	assert_int_equal(stage_journalled(h, "bank.imported"), 3);
	/* F30: each pair once, the smaller code first */
	assert_true(db_number(h->site.db, &e, &all,
			      "SELECT COUNT(*) FROM item_enemy WHERE (code_a = 'civ-1'"
			      " AND code_b = 'civ-2') OR (code_a = 'aaa-9' AND code_b = 'civ-2')"));
	assert_int_equal(all, 2);
	assert_true(db_number(h->site.db, &e, &all, "SELECT COUNT(*) FROM item_enemy"));
	assert_int_equal(all, 2);
}

static void test_rights(void **state)
{
	struct harness *h = *state;
	const int64_t others[] = { harness_person(h, 0), harness_person(h, ROLE_HR),
				   harness_person(h, ROLE_OPERATOR) };
	struct bank_file file = file_of(h->arena, "?");
	for (size_t i = 0; i < COUNT(others); i++) {
		struct act act = harness_act(h, others[i]);
		struct bank_import done = { 0, 0, 0 };
		struct err e = { 0 };
		stage_refused("no administrator", bank_import(&act, &file, &done, &e), &e,
			      ERR_DENIED, "error.denied", NULL);
	}
	assert_int_equal(live(h), 0);
}

static bool do_import(const struct act *act, void *user, struct err *e)
{
	struct bank_import done = { 0, 0, 0 };
	return bank_import(act, user, &done, e);
}

static void test_all_or_nothing(void **state)
{
	struct harness *h = *state;
	struct bank_file file = file_of(h->arena, "?");
	stage_all_or_nothing(h, harness_person(h, ROLE_ADMIN), do_import, &file);
	assert_int_equal(live(h), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_versions),
		HARNESS_TEST(test_rights),
		HARNESS_TEST(test_all_or_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
