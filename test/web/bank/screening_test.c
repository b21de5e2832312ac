/* Pages of the signs in the answers of a sitting (F67): who may, what is shown, what is kept, and
 * that no name is among it (F9). */
#include "hall.h"

#include "bench/results.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { SITTINGS = 4, SEATS = 40 };

struct world {
	struct harness *h;
	int64_t sitting, hr, auditor;
};

static struct world open_world(void *state)
{
	struct harness *h = state;
	struct err e = { 0 };
	struct world w = { .h = h };
	struct stage stage = stage_open(h);
	struct act act = harness_act(h, 0);
	const struct bench_results_plan plan = {
		.sittings = SITTINGS, .seats = SEATS, .seed = 5, .signs = true
	};
	hall_add_bank(h);
	(void)harness_person(h, ROLE_OPERATOR);
	w.hr = stage.hr;
	w.auditor = harness_person(h, ROLE_AUDITOR);
	if (!bench_results(&act, &plan, &w.sitting, &e))
		fail_msg("%s %s", e.key, e.detail);
	return w;
}

static const char *path(const struct world *w, const char *more)
{
	return arena_print(w->h->arena, "/sittings/%lld/screening%s", (long long)w->sitting, more);
}

/* The family name of no candidate in the page or its twin. */
static void is_blind(const struct world *w, const char *where)
{
	const struct answer json = harness_get(w->h, w->hr, where);
	const struct answer html = harness_html(w->h, w->hr, where);
	struct err e = { 0 };
	size_t i = 0;
	const json_t *row = NULL;
	const json_t *rows = db_rows(w->h->site.db, w->h->arena, &e,
				     "SELECT p.family FROM attempt t"
				     " JOIN application a ON a.id = t.application_id"
				     " JOIN person p ON p.id = a.person_id WHERE t.sitting_id = $1",
				     db_int(w->sitting));
	assert_int_equal(json.status, 200);
	assert_int_equal(json_array_size(rows), SEATS);
	json_array_foreach (rows, i, row) {
		const char *family = row_text(row, "family");
		if (strstr(json.body, family) || strstr(html.body, family))
			fail_msg("a name is at %s", where);
	}
}

static int64_t signal_of(const struct world *w, const char *kind)
{
	struct err e = { 0 };
	int64_t id = 0;
	if (!db_number(w->h->site.db, &e, &id,
		       "SELECT id FROM screening_signal WHERE sitting_id = $1 AND kind = $2",
		       db_int(w->sitting), db_text(kind)))
		fail_msg("no signal %s: %s", kind, e.detail);
	return id;
}

static void test_signals(void **state)
{
	struct world w = open_world(*state);
	struct harness *h = w.h;
	harness_check_page(h, w.hr, path(&w, ""));
	harness_check_page(h, w.auditor, path(&w, ""));
	assert_int_equal(harness_post(h, w.auditor, path(&w, ""), "").status, 403);
	assert_int_equal(harness_get(h, harness_person(h, ROLE_OPERATOR), path(&w, "")).status,
			 403);
	struct answer a = harness_get(h, w.hr, "/");
	assert_non_null(strstr(a.body, "home.task.unscreened"));
	a = harness_post(h, w.hr, path(&w, ""), "");
	assert_string_equal(a.error, "");
	a = harness_get(h, w.hr, path(&w, ""));
	assert_int_equal(answer_number(&a, "screening.attempts"), SEATS);
	/* a pair whose forms share too few questions is not compared */
	assert_in_range(answer_number(&a, "screening.pairs"), SEATS * (SEATS - 1) / 4,
			SEATS * (SEATS - 1) / 2);
	if (json_array_size(answer_value(&a, "signals")) != 3)
		fail_msg("%s", a.body);
	harness_check_page(h, w.hr, path(&w, ""));
	harness_check_page(h, w.auditor, path(&w, ""));
	is_blind(&w, path(&w, ""));
	assert_int_equal(harness_get(h, w.hr, path(&w, ".csv")).status, 200);
	a = harness_get(h, w.hr, "/");
	assert_non_null(strstr(a.body, "home.task.signals"));
	static const char *const kinds[] = { "fast", "known", "neighbours" };
	for (size_t i = 0; i < COUNT(kinds); i++) {
		const char *one = path(
			&w, arena_print(h->arena, "/%lld", (long long)signal_of(&w, kinds[i])));
		harness_check_page(h, w.hr, one);
		harness_check_page(h, w.auditor, one);
		is_blind(&w, one);
	}
	assert_int_equal(harness_get(h, w.hr, path(&w, "/99999")).status, 404);
	/* another sitting does not know this signal */
	a = harness_get(h, w.hr,
			arena_print(h->arena, "/sittings/%lld/screening/%lld",
				    (long long)w.sitting - 1, (long long)signal_of(&w, "fast")));
	assert_int_equal(a.status, 404);
}

static void must_refuse(const struct world *w, const char *where, const char *form,
			const char *field)
{
	const struct answer a = harness_post(w->h, w->hr, where, form);
	if (strcmp(a.field, field) != 0)
		fail_msg("%s: at \"%s\", %s", form, a.field, a.error);
}

static void test_settling(void **state)
{
	struct world w = open_world(*state);
	struct harness *h = w.h;
	(void)harness_post(h, w.hr, path(&w, ""), "");
	const char *one =
		path(&w, arena_print(h->arena, "/%lld", (long long)signal_of(&w, "neighbours")));
	must_refuse(&w, one, "reason=x&looked=log", "outcome");
	must_refuse(&w, one, "outcome=nothing&reason=x", "looked");
	must_refuse(&w, one, "outcome=nothing&looked=record&looked=spoken", "reason");
	must_refuse(&w, one, "outcome=act&looked=record&reason=x", "act");
	const char *good = "outcome=nothing&looked=record&looked=spoken&reason=sat+apart";
	assert_int_equal(harness_post(h, w.auditor, one, good).status, 403);
	struct answer a = harness_post(h, w.hr, one, good);
	assert_string_equal(a.error, "");
	a = harness_post(h, w.hr, one, good);
	assert_string_equal(a.error, "screening.error.settled");
	harness_check_page(h, w.hr, one);
	a = harness_get(h, w.hr, one);
	assert_string_equal(answer_text(&a, "signal.state"), "nothing");
	assert_string_equal(answer_text(&a, "signal.looked.1.what"), "spoken");
	/* looking again keeps what was judged, and finds the others once */
	a = harness_post(h, w.hr, path(&w, ""), "");
	assert_string_equal(a.error, "");
	a = harness_get(h, w.hr, path(&w, ""));
	if (json_array_size(answer_value(&a, "signals")) != 3)
		fail_msg("%s", a.body);
	a = harness_get(h, w.hr,
			arena_print(h->arena, "/sittings/%lld/protocol", (long long)w.sitting));
	assert_int_equal(answer_number(&a, "screening.open"), 2);
	assert_int_equal(answer_number(&a, "screening.settled"), 1);
	harness_check_page(h, w.auditor,
			   arena_print(h->arena, "/sittings/%lld/protocol", (long long)w.sitting));
	assert_int_equal(stage_journalled(h, "screening.done"), 2);
	assert_int_equal(stage_journalled(h, "screening.settled"), 1);
}

/* F67: only after the end. */
static void test_not_closed(void **state)
{
	struct hall hall = hall_open(*state);
	struct harness *h = hall.stage.h;
	const char *where =
		arena_print(h->arena, "/sittings/%lld/screening", (long long)hall.sitting);
	harness_check_page(h, hall.stage.hr, where);
	const struct answer a = harness_post(h, hall.stage.hr, where, "");
	assert_string_equal(a.error, "screening.error.not_closed");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_signals),
		HARNESS_TEST(test_settling),
		HARNESS_TEST(test_not_closed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
