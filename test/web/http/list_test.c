/* Lists: the table of them, words, order, pages, and the rows as files. */
#include "stage.h"

#include "view/view.h"
#include "web/list.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- the table ------------------------------------------------------------------------------ */

static void check_message(struct harness *h, const struct route *r, const char *key)
{
	for (const char *const *lang = catalog_languages; *lang; lang++) {
		if (!catalog_has(view_catalog(h->site.view), *lang, key))
			fail_msg("%s: no message %s in %s", r->path, key, *lang);
	}
}

static bool has_param(const struct route *r, const char *name)
{
	for (const struct param *p = r->params; p->name; p++) {
		if (strcmp(p->name, name) == 0)
			return true;
	}
	return false;
}

static void test_table(void **state)
{
	struct harness *h = *state;
	const struct route *r = NULL;
	int lists = 0;
	for (struct route_walk w = { 0 }; (r = route_next(&w));) {
		if (!r->list)
			continue;
		lists++;
		if (r->journalled)
			fail_msg("%s: a worker makes its file and cannot write", r->path);
		const bool keyed = has_param(r, LIST_AFTER) && has_param(r, LIST_BEFORE);
		if (!has_param(r, "q") || !has_param(r, "sort") || keyed == has_param(r, "page"))
			fail_msg("%s: without LIST_PARAMS or LIST_KEY_PARAMS", r->path);
		if ((r->list->page_size < 10 || r->list->page_size > 100) &&
		    r->list->page_size != LIST_WHOLE)
			fail_msg("%s: a page of %d", r->path, (int)r->list->page_size);
		check_message(h, r, r->list->title);
		for (const struct list_column *c = r->list->columns; c->key; c++) {
			check_message(h, r, c->title);
			if ((c->kind == LIST_CODE) != (c->said != NULL))
				fail_msg("%s: %s has codes and no words", r->path, c->key);
		}
	}
	assert_true(lists >= 15);
}

/* ---- rows ----------------------------------------------------------------------------------- */

static void draft(struct harness *h, int64_t hr, const char *form)
{
	struct answer a = harness_post(h, hr, "/competitions", form);
	if (a.status != 200)
		fail_msg("%s: %d %s", form, a.status, a.body);
}

#define TEXTS "&filing_days=7&text_kk=Kaz&text_ru=Rus"

static struct stage open_three(struct harness *h)
{
	struct stage s = stage_open(h);
	draft(h, s.hr, "organ=pgo&post=head-service&vacancies=1" TEXTS);
	draft(h, s.hr, "organ=pgo&post=head-service&vacancies=12" TEXTS);
	draft(h, s.hr, "organ=pgo&post=head-service&vacancies=2" TEXTS);
	return s;
}

/* Numbers by their value, the third click is the list's own order, unknown columns are none. */
static void test_order(void **state)
{
	struct stage s = open_three(*state);
	static const struct {
		const char *sort, *vacancies, *next;
	} row[] = {
		{ "", "", "/competitions.csv" },
		{ "vacancies", "1 2 12", "/competitions.csv?sort=vacancies" },
		{ "-vacancies", "12 2 1", "/competitions.csv?sort=-vacancies" },
		{ "nothing", "", "/competitions.csv" },
		{ "--vacancies", "", "/competitions.csv" },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		struct answer a = harness_get(
			s.h, s.hr,
			arena_print(s.h->arena, "/competitions?state=draft&sort=%s", row[i].sort));
		const char *got =
			arena_print(s.h->arena, "%lld %lld %lld",
				    (long long)answer_number(&a, "competitions.0.vacancies"),
				    (long long)answer_number(&a, "competitions.1.vacancies"),
				    (long long)answer_number(&a, "competitions.2.vacancies"));
		if (strcmp(got, *row[i].vacancies ? row[i].vacancies : "2 12 1") != 0)
			fail_msg("%s: %s", row[i].sort, got);
		const char *csv = answer_text(&a, "listing.csv");
		if (!strstr(csv, "state=draft") ||
		    (strchr(row[i].next, '=') && !strstr(csv, strchr(row[i].next, '?') + 1)))
			fail_msg("%s: %s", row[i].sort, csv);
	}
}

/* ---- files ---------------------------------------------------------------------------------- */

static int count_lines(const struct answer *a)
{
	int lines = 0;
	for (size_t i = 0; i < a->size; i++)
		lines += a->body[i] == '\n';
	return lines;
}

/* All rows that are found, whatever the page; who took them is journalled without what was
 * searched. */
static void test_csv(void **state)
{
	struct stage s = open_three(*state);
	struct harness *h = s.h;
	for (int i = 0; i < 30; i++)
		draft(h, s.hr, "organ=pgo&post=head-service&vacancies=3" TEXTS);
	struct answer a = harness_get(h, s.hr, "/competitions.csv?page=2&state=draft");
	assert_int_equal(a.status, 200);
	assert_non_null(strstr(a.type, "text/csv"));
	assert_int_equal(count_lines(&a), 34);
	assert_int_equal(stage_journalled(h, "list.taken"), 1);
	a = harness_get(h, s.hr, "/competitions.xlsx?q=nothing+like+it");
	assert_int_equal(a.status, 200);
	assert_memory_equal(a.body, "PK\x03\x04", 4);
	assert_int_equal(stage_journalled(h, "list.taken"), 2);
	struct err e = { 0 };
	int64_t told = 0;
	assert_true(
		db_number(h->site.db, &e, &told,
			  "SELECT COUNT(*) FROM journal_content WHERE content LIKE '%nothing%'"));
	assert_int_equal(told, 0);
	/* what everybody may read is not noted */
	a = harness_get(h, 0, "/announcements.csv");
	assert_int_equal(a.status, 200);
	assert_int_equal(count_lines(&a), 2);
	assert_int_equal(stage_journalled(h, "list.taken"), 2);
}

/* The file asks for the same right as the page, and nothing else has one. */
static void test_refused(void **state)
{
	struct stage s = stage_open(*state);
	struct harness *h = s.h;
	const int64_t other = harness_person(h, ROLE_OPERATOR);
	const char *candidates = arena_print(h->arena, "/competitions/%lld/candidates.csv",
					     (long long)s.competition);
	assert_int_equal(harness_get(h, s.hr, candidates).status, 200);
	assert_int_equal(harness_get(h, other, candidates).status, 403);
	assert_int_equal(harness_get(h, other, "/competitions.csv").status, 403);
	assert_int_equal(harness_get(h, s.hr, "/competitions.pdf").status, 404);
	assert_int_equal(harness_get(h, s.hr, "/competitions/1.csv").status, 404);
	assert_int_equal(harness_get(h, s.hr, "/calendar.csv").status, 404);
	assert_int_equal(harness_get(h, s.hr, "/competitions.csv?page=0").status, 400);
	assert_int_equal(stage_journalled(h, "list.taken"), 1);
}

/* ---- thousands: SQL's words, order and pages ------------------------------------------------- */

static void test_candidates(void **state)
{
	struct stage s = stage_open(*state);
	struct harness *h = s.h;
	for (int i = 0; i < 4; i++)
		(void)stage_candidate(&s, i % 2 ? STAGE_MET : STAGE_SENT);
	static const struct {
		const char *query;
		int total;
	} row[] = {
		{ "", 4 },
		{ "?step=met", 2 },
		{ "?step=papers", 2 },
		{ "?step=not_met", 0 },
		{ "?step=answer", 0 },
		{ "?state=draft", 0 },
		{ "?q=%25", 0 },
		{ "?sort=-name", 4 },
		{ "?sort=sent_ms&page=2", 4 },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		const char *path = arena_print(h->arena, "/competitions/%lld/candidates%s",
					       (long long)s.competition, row[i].query);
		struct answer a = harness_get(h, s.hr, path);
		if (a.status != 200 || answer_number(&a, "listing.total") != row[i].total)
			fail_msg("%s: %d, %lld", path, a.status,
				 (long long)answer_number(&a, "listing.total"));
	}
	struct answer a =
		harness_get(h, s.hr,
			    arena_print(h->arena, "/competitions/%lld/candidates.csv?step=met",
					(long long)s.competition));
	assert_int_equal(count_lines(&a), 3);
	harness_check_page(h, s.hr,
			   arena_print(h->arena, "/competitions/%lld/candidates?sort=-name",
				       (long long)s.competition));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_table),   HARNESS_TEST(test_order),      HARNESS_TEST(test_csv),
		HARNESS_TEST(test_refused), HARNESS_TEST(test_candidates),
	};
	return cmocka_run_group_tests_name("web list", tests, NULL, NULL);
}
