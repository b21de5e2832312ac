/* Work for many candidates as pages: choosing, watching, stopping. */
#include "stage.h"

#include "journal/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const char *bulks_of(struct stage *s)
{
	return arena_print(s->h->arena, "/competitions/%lld/bulks", (long long)s->competition);
}

static void work(struct harness *h)
{
	while (site_work(&h->site))
		;
}

static void test_ticked(void **state)
{
	struct stage s = stage_open(*state);
	const int64_t one = stage_candidate(&s, STAGE_SENT);
	const int64_t two = stage_candidate(&s, 0);
	(void)stage_candidate(&s, STAGE_SENT);
	const char *form = arena_print(s.h->arena, "kind=papers&application=%lld&application=%lld",
				       (long long)one, (long long)two);
	struct answer a = harness_post(s.h, s.hr, bulks_of(&s), form);
	assert_int_equal(a.status, 200);
	assert_true(s.h->site.work_waits);
	const char *page = a.location;
	harness_check_page(s.h, s.hr, page);
	a = harness_get(s.h, s.hr, page);
	assert_int_equal(answer_number(&a, "bulk.total"), 2);
	assert_int_equal(answer_number(&a, "bulk.settled"), 0);
	assert_true(json_is_true(answer_value(&a, "bulk.running")));
	work(s.h);
	assert_false(s.h->site.work_waits);
	a = harness_get(s.h, s.hr, page);
	assert_int_equal(answer_number(&a, "bulk.done"), 1);
	assert_int_equal(answer_number(&a, "bulk.refused"), 1);
	assert_false(json_is_true(answer_value(&a, "bulk.running")));
	assert_true(strlen(answer_text(&a, "refused.0.reason")) > 10);
	harness_check_page(s.h, s.hr, page);
	harness_check_page(s.h, s.hr, bulks_of(&s));
}

/* All that the list finds: those of the filter, and nobody else. */
static void test_everybody(void **state)
{
	struct stage s = stage_open(*state);
	for (int i = 0; i < 60; i++)
		(void)stage_candidate(&s, i < 55 ? STAGE_SENT : 0);
	struct answer a = harness_post(s.h, s.hr, bulks_of(&s),
				       "kind=papers&everybody=on&state=sent&q=&step=");
	assert_int_equal(a.status, 200);
	work(s.h);
	a = harness_get(s.h, s.hr, a.location);
	assert_int_equal(answer_number(&a, "bulk.total"), 55);
	assert_int_equal(answer_number(&a, "bulk.done"), 55);
}

static void test_refused(void **state)
{
	struct stage s = stage_open(*state);
	const int64_t elsewhere = harness_person(s.h, ROLE_OPERATOR);
	(void)stage_candidate(&s, STAGE_SENT);
	struct answer a = harness_post(s.h, s.hr, bulks_of(&s), "kind=papers");
	assert_string_equal(a.error, "bulk.error.nobody");
	a = harness_post_html(s.h, s.hr, bulks_of(&s), "kind=papers&state=sent");
	assert_int_equal(a.status, 422);
	/* the list is there again, and its links lead to the list */
	assert_non_null(strstr(a.body, "/candidates?state=sent&amp;sort=name"));
	a = harness_post(s.h, s.hr, bulks_of(&s), "kind=other&everybody=on");
	assert_int_equal(a.status, 422);
	a = harness_post(s.h, elsewhere, bulks_of(&s), "kind=papers&everybody=on");
	assert_int_equal(a.status, 403);
	assert_int_equal(harness_get(s.h, s.hr, "/bulks/99").status, 404);
}

static void test_stop(void **state)
{
	struct stage s = stage_open(*state);
	(void)stage_candidate(&s, STAGE_SENT);
	struct answer a = harness_post(s.h, s.hr, bulks_of(&s), "kind=papers&everybody=on");
	const char *page = a.location;
	a = harness_post(s.h, s.hr, arena_print(s.h->arena, "%s/stop", page), "");
	assert_int_equal(a.status, 200);
	work(s.h);
	a = harness_get(s.h, s.hr, page);
	assert_int_equal(answer_number(&a, "bulk.settled"), 0);
	assert_true(json_is_true(answer_value(&a, "bulk.stopped")));
	harness_check_page(s.h, s.hr, page);
	harness_check_page(s.h, s.hr, bulks_of(&s));
}

/* The tree of the journal is looked after likewise, with no checkpoint asked for (F86). */
static void test_tiles(void **state)
{
	struct harness *h = *state;
	const struct act act = harness_act(h, 0);
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct err e = { 0 };
	int64_t size = 0;
	int64_t tiles = 0;
	work(h);
	assert_true(db_begin(h->site.db, &tx, &e));
	for (int i = 0; i < 20 * 256; i++)
		assert_true(act_journal(&act, "bank.viewed", 0, "", json_object(), &e));
	assert_true(journal_size(h->site.db, &size, &e));
	assert_true(db_commit(&tx, &e));
	assert_true(site_work(&h->site)); /* a few, and there are more */
	assert_true(db_number(h->site.db, &e, &tiles, "SELECT COUNT(*) FROM journal_tile"));
	assert_in_range(tiles, 1, 19);
	work(h);
	assert_true(db_number(h->site.db, &e, &tiles, "SELECT COUNT(*) FROM journal_tile"));
	assert_int_equal(tiles, size / 256);
	assert_false(site_work(&h->site));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_ticked), HARNESS_TEST(test_everybody), HARNESS_TEST(test_refused),
		HARNESS_TEST(test_stop),   HARNESS_TEST(test_tiles),
	};
	return cmocka_run_group_tests_name("web bulk", tests, NULL, NULL);
}
