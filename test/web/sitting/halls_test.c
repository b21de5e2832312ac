/* The register of halls as people see it (R28-1, F35): HR enters, changes and closes halls,
 * operators read and find no form, and an empty list says what to do next. */
#include "hall.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define NAMES "&name_kk=%D0%97%D0%B0%D0%BB&name_ru=%D0%97%D0%B0%D0%BB"

static void has(const struct answer *a, const char *text, bool want)
{
	if (a->status != 200 || (strstr(a->body, text) != NULL) != want)
		fail_msg("%s is %s", text, want ? "missing" : "there");
}

/* From nothing to a hall in which a sitting can be opened. */
static void the_first_hall(void **state)
{
	struct harness *h = *state;
	const int64_t hr = harness_person(h, ROLE_HR);
	const int64_t operator= harness_person(h, ROLE_OPERATOR);
	harness_check_page(h, hr, "/halls");
	harness_check_page(h, operator, "/halls");
	harness_check_page(h, operator, "/sittings/new");
	struct answer a = harness_html(h, hr, "/halls");
	has(&a, "Добавьте зал", true);
	has(&a, "href=\"/halls/new\"", true);
	a = harness_html(h, operator, "/halls");
	has(&a, "Обратитесь к ней", true);
	has(&a, "href=\"/halls/new\"", false);
	a = harness_html(h, operator, "/sittings/new");
	has(&a, "name=\"hall\"", false);
	has(&a, "class=\"btn btn-primary\" href=\"/halls\"", true);
	harness_check_page(h, hr, "/halls/new");
	a = harness_get(h, hr, "/halls/new"); /* one that may hold tests: of regions, no district */
	has(&a, "\"reg-akmola\"", true);
	has(&a, "\"dist-demo\"", false);
	has(&a, "\"city-astana\"", false);
	a = harness_post(h, hr, "/halls", "organ=pgo&seats=20" NAMES);
	assert_string_equal(a.error, "");
	assert_string_equal(a.location, "/halls/1");
	harness_check_page(h, hr, "/halls");
	harness_check_page(h, hr, "/halls/1");
	harness_check_page(h, operator, "/halls/1");
	harness_check_page(h, hr, "/halls/1/change");
	harness_check_page(h, operator, "/sittings/new");
	a = harness_html(h, operator, "/sittings/new");
	has(&a, "name=\"hall\"", true);
}

/* R28-1; what was typed stays, and the error stands at its field. */
static void refused_forms(void **state)
{
	struct harness *h = *state;
	const int64_t hr = harness_person(h, ROLE_HR);
	const int64_t id = hall_of_kind(h, "central");
	const char *change = arena_print(h->arena, "/halls/%lld/change", (long long)id);
	struct answer a = harness_post(h, hr, "/halls", "organ=dist-demo&seats=8" NAMES);
	assert_string_equal(a.error, "law.sitting.hall");
	assert_string_equal(a.clause, "28");
	a = harness_post(h, hr, "/halls", "organ=pgo&seats=8" NAMES);
	assert_string_equal(a.error, "hall.error.name");
	assert_string_equal(a.field, "name_kk");
	a = harness_post(h, hr, "/halls", "organ=pgo&seats=1001" NAMES);
	assert_string_equal(a.field, "seats");
	a = harness_post(h, hr, "/halls", "organ=pgo&seats=8&name_ru=A");
	assert_string_equal(a.field, "name_kk");
	a = harness_post_html(h, hr, "/halls", "organ=pgo&seats=17" NAMES);
	assert_int_equal(a.status, 422);
	assert_non_null(strstr(a.body, "value=\"17\""));
	assert_non_null(strstr(a.body, "value=\"Зал\""));
	assert_non_null(strstr(a.body, "уже есть зал с таким названием"));
	a = harness_post_html(h, hr, change, "organ=pgo&seats=0" NAMES);
	assert_int_equal(a.status, 422);
	assert_non_null(strstr(a.body, "value=\"0\""));
}

/* Closed for new sittings, with the reason for everybody who reads it; opened again by a change. */
static void closed_and_opened(void **state)
{
	struct harness *h = *state;
	const int64_t hr = harness_person(h, ROLE_HR);
	const int64_t operator= harness_person(h, ROLE_OPERATOR);
	const int64_t id = hall_of_kind(h, "central");
	const int64_t other = hall_of_kind(h, "regional");
	const char *hall = arena_print(h->arena, "/halls/%lld", (long long)id);
	const char *close = arena_print(h->arena, "%s/close", hall);
	const char *change = arena_print(h->arena, "%s/change", hall);
	struct answer a = harness_post(h, operator, close, "reason=x");
	assert_int_equal(a.status, 403);
	a = harness_html(h, operator, hall);
	has(&a, close, false);
	has(&a, change, false);
	a = harness_html(h, hr, hall);
	has(&a, close, true);
	has(&a, "data-confirm", true);
	has(&a, "/enrol", false);
	a = harness_post(h, hr, close, "");
	assert_string_equal(a.field, "reason");
	a = harness_post(h, hr, close, "reason=Repairs");
	assert_string_equal(a.error, "");
	harness_check_page(h, hr, hall);
	harness_check_page(h, operator, hall);
	harness_check_page(h, hr, change);
	a = harness_html(h, operator, hall);
	has(&a, "Repairs", true);
	a = harness_get(h, operator, "/halls");
	assert_string_equal(answer_text(&a, "halls.0.state"), "closed");
	assert_string_equal(answer_text(&a, "halls.1.state"), "open");
	a = harness_get(h, operator, "/sittings/new");
	assert_int_equal(json_array_size(answer_value(&a, "halls")), 1);
	assert_int_equal(answer_number(&a, "halls.0.id"), other);
	a = harness_html(h, hr, hall);
	has(&a, close, false);
	a = harness_post(h, hr, change, "organ=pgo&seats=30&reopen=1" NAMES);
	assert_string_equal(a.error, "");
	a = harness_get(h, operator, "/sittings/new");
	assert_int_equal(json_array_size(answer_value(&a, "halls")), 2);
	assert_int_equal(stage_journalled(h, "hall.closed"), 1);
	assert_int_equal(stage_journalled(h, "hall.changed"), 1);
}

/* A sitting is being held: the organ is fixed on the form, closing is refused in words. */
static void in_use(void **state)
{
	struct hall w = hall_open(*state);
	struct harness *h = w.stage.h;
	const char *hall = arena_print(h->arena, "/halls/%lld", (long long)w.id);
	const char *change = arena_print(h->arena, "%s/change", hall);
	struct answer a = harness_get(h, w.stage.hr, change);
	assert_int_equal(json_array_size(answer_value(&a, "organs")), 1);
	harness_check_page(h, w.stage.hr, change);
	a = harness_post(h, w.stage.hr, change, "organ=reg-akmola&seats=30" NAMES);
	assert_string_equal(a.error, "hall.error.organ_used");
	assert_string_equal(a.field, "organ");
	a = harness_post_html(h, w.stage.hr, arena_print(h->arena, "%s/close", hall),
			      "reason=Repairs");
	assert_non_null(strstr(a.body, "незавершённый сеанс"));
	assert_non_null(strstr(a.body, "Repairs"));
}

int main(void)
{
	const struct CMUnitTest tests[] = { HARNESS_TEST(the_first_hall),
					    HARNESS_TEST(refused_forms),
					    HARNESS_TEST(closed_and_opened), HARNESS_TEST(in_use) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
