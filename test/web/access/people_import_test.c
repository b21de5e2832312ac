/* People of a table at /admin/people/import: shown first, taken over or dropped, all or nothing. */
#include "stage.h"

#include "app/access/reauth.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define FORM "/admin/people/import"
#define LOOK "/admin/people/import/look"
#define TAKE "/admin/people/import/take"

static struct answer upload(struct harness *h, int64_t who, const char *text)
{
	return harness_upload(h, who, FORM, "", "file", "people.csv", text, strlen(text));
}

static int64_t named(struct harness *h, const char *given)
{
	struct err e = { 0 };
	int64_t n = -1;
	assert_true(db_number(h->site.db, &e, &n, "SELECT COUNT(*) FROM person WHERE given = $1",
			      db_text(given)));
	return n;
}

static void test_taken_over(void **state)
{
	struct harness *h = *state;
	const int64_t admin = harness_person(h, ROLE_ADMIN);
	const int64_t other = harness_person(h, ROLE_ADMIN);
	harness_check_page(h, admin, FORM);
	struct answer a =
		upload(h, admin, "ИИН;Фамилия;Имя;Орган\n791028302728;Үлгіев;Бірегей;pgo\n");
	assert_int_equal(a.status, 200);
	assert_string_equal(a.location, LOOK);
	assert_int_equal(named(h, "Бірегей"), 0); /* looked at only */
	a = harness_get(h, admin, LOOK);
	assert_int_equal(answer_number(&a, "import.added"), 1);
	assert_true(json_is_true(answer_value(&a, "import.takes")));
	assert_string_equal(answer_text(&a, "rows.0.what"), "added");
	harness_check_page(h, admin, LOOK);
	/* it waits in one session alone */
	a = harness_get(h, other, LOOK);
	assert_true(json_is_null(json_object_get(a.json, "import")));
	harness_check_page(h, other, LOOK);
	a = harness_post(h, other, TAKE, "");
	assert_string_equal(a.error, "people_import.error.gone");
	a = harness_post(h, admin, TAKE, "");
	assert_int_equal(a.status, 200);
	assert_int_equal(named(h, "Бірегей"), 1);
	a = harness_post(h, admin, TAKE, "");
	assert_string_equal(a.error, "people_import.error.gone");
}

static void test_bad_lines(void **state)
{
	struct harness *h = *state;
	const int64_t admin = harness_person(h, ROLE_ADMIN);
	struct answer a = upload(h, admin,
				 "iin,family,given,organ\n791028302728,Үлгіев,Бірегей,pgo\n"
				 "123,А,Б,pgo\n");
	assert_string_equal(a.location, LOOK);
	a = harness_get(h, admin, LOOK);
	assert_int_equal(answer_number(&a, "import.bad"), 1);
	assert_false(json_is_true(answer_value(&a, "import.takes")));
	assert_string_equal(answer_text(&a, "rows.1.column"), "iin");
	assert_int_equal(answer_number(&a, "rows.1.line"), 3);
	harness_check_page(h, admin, LOOK);
	a = harness_post(h, admin, TAKE, "");
	assert_string_equal(a.error, "table.error.bad");
	assert_int_equal(named(h, "Бірегей"), 0);
	a = harness_post(h, admin, "/admin/people/import/drop", "");
	assert_int_equal(a.status, 200);
	a = harness_get(h, admin, LOOK);
	assert_true(json_is_null(json_object_get(a.json, "import")));
}

static void test_refused_at_once(void **state)
{
	static const struct {
		const char *text, *key;
	} row[] = {
		{ "iin,family,given\n1,2,3\n", "table.error.missing" },
		{ "iin,family,given,organ,shoe\n1,2,3,4,5\n", "table.error.column" },
		{ "PK\3\4 no zip", "exchange.error.zip" },
		{ "\n\n", "exchange.error.head" },
	};
	struct harness *h = *state;
	const int64_t admin = harness_person(h, ROLE_ADMIN);
	for (size_t i = 0; i < COUNT(row); i++) {
		const struct answer a = upload(h, admin, row[i].text);
		if (strcmp(a.error, row[i].key) != 0 || strcmp(a.field, "file") != 0)
			fail_msg("%s: %s at %s", row[i].key, a.error, a.field);
	}
}

/* Ten minutes, and it is gone. */
static void test_waits_too_long(void **state)
{
	struct harness *h = *state;
	const int64_t admin = harness_person(h, ROLE_ADMIN);
	assert_string_equal(
		upload(h, admin, "iin,family,given,organ\n791028302728,Үлгіев,Бірегей,pgo\n")
			.location,
		LOOK);
	harness_at(h, "2026-03-02T10:11");
	const struct answer a = harness_get(h, admin, LOOK);
	assert_true(json_is_null(json_object_get(a.json, "import")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_taken_over),
		HARNESS_TEST(test_bad_lines),
		HARNESS_TEST(test_refused_at_once),
		HARNESS_TEST(test_waits_too_long),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
