/* The guided tour of a demonstration: for each office its steps, done or not by the journal. */
#include "stage.h"

#include "app/entry_kind.h"
#include "web/route.h"
#include "web/tour.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* Each step leads to a page that whoever is led may open, and waits for an entry that there is. */
static void test_table(void **state)
{
	struct harness *h = *state;
	for (const struct tour_step *s = tour_steps; s->name; s++) {
		struct path path = { .count = 0 };
		bool other = false;
		const char *plain = arena_copy_n(h->arena, s->href, strcspn(s->href, "?"));
		assert_true(path_read(h->arena, plain, &path));
		const struct route *route = route_find(GET, &path, &other);
		const bool all = route && (route->who & (ROLE_PUBLIC | ROLE_PERSON)) != 0;
		if (!route || (!all && (s->roles & ~route->who) != 0))
			fail_msg("%s: %s is no page for all of them", s->name, s->href);
		if (!entry_kind_is_known(s->kind))
			fail_msg("%s: no entry %s", s->name, s->kind);
		for (size_t i = 0; catalog_languages[i]; i++) {
			if (!catalog_has(view_catalog(h->site.view), catalog_languages[i],
					 arena_print(h->arena, "tour.%s", s->name)))
				fail_msg("%s has no text in %s", s->name, catalog_languages[i]);
		}
	}
}

static void note(const struct act *act, const char *kind)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct err e = { 0 };
	assert_true(db_begin(act->db, &tx, &e) &&
		    act_journal(act, kind, 0, "", json_object(), &e) && db_commit(&tx, &e));
}

/* The day before, in the name of the person too: that is how a demonstration is made. */
static void make_demonstration(struct harness *h, int64_t person)
{
	struct act act = harness_act(h, 0);
	act.now_ms -= DAY_MS;
	note(&act, "demonstration.made");
	act.person_id = person;
	note(&act, "competition.opened");
	h->site.demonstration = true;
}

static void test_by_what_was_done(void **state)
{
	struct harness *h = *state;
	const int64_t hr = harness_person(h, ROLE_HR);
	const int64_t candidate = harness_person(h, 0);
	const struct act act = harness_act(h, hr);
	struct answer a = harness_get(h, hr, "/");
	assert_true(json_is_null(json_object_get(a.json, "tour"))); /* a real one has none */
	make_demonstration(h, hr);
	a = harness_get(h, 0, "/");
	assert_true(json_is_null(json_object_get(a.json, "tour")));
	a = harness_get(h, hr, "/");
	assert_int_equal(answer_number(&a, "tour.count"), 6);
	assert_int_equal(answer_number(&a, "tour.done"), 0); /* what was made is not the person's */
	assert_string_equal(answer_text(&a, "tour.steps.0.href"), "/competitions/new");
	note(&act, "competition.opened");
	a = harness_get(h, hr, "/");
	assert_int_equal(answer_number(&a, "tour.done"), 1);
	assert_true(json_is_true(answer_value(&a, "tour.steps.0.done")));
	assert_false(json_is_true(answer_value(&a, "tour.steps.1.done")));
	a = harness_get(h, candidate, "/");
	assert_string_equal(answer_text(&a, "tour.steps.0.key"), "tour.candidate.begin");
	assert_int_equal(answer_number(&a, "tour.done"), 0);
	harness_check_page(h, hr, "/");
	harness_check_page(h, candidate, "/");
	harness_check_page(h, 0, "/");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_table),
		HARNESS_TEST(test_by_what_was_done),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
