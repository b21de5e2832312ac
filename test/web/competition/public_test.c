/* What everybody may read: the Rules clause by clause, announcements, results (O-2). */
#include "stage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define RULES "/rules/2025-05-17"

static void exec(struct harness *h, const char *what)
{
	struct err e = { 0 };
	bool ok = false;
	if (strcmp(what, "close") == 0)
		ok = db_exec(h->site.db, &e, NULL,
			     "UPDATE competition SET state = 'closed', closed_ms = 1772500000000");
	else if (strcmp(what, "edit") == 0) /* as if the program had another file of it by now */
		ok = db_exec(h->site.db, &e, NULL,
			     "INSERT INTO law_text (hash, kind, name, body, added_ms)"
			     " SELECT 'ab12', kind, name, body || '# later', 1 FROM law_text"
			     "  WHERE kind = 'rule_set'") &&
		     db_exec(h->site.db, &e, NULL, "UPDATE competition SET rule_set = 'ab12'");
	if (!ok)
		fail_msg("%s: %s", what, e.detail);
}

/* O-2: without signing in, every version with its dates, in both languages. */
static void test_rules(void **state)
{
	struct harness *h = *state;
	harness_check_page(h, 0, "/rules");
	struct answer a = harness_get(h, 0, "/rules");
	assert_int_equal(json_array_size(answer_value(&a, "rule_sets")), 2);
	assert_string_equal(answer_text(&a, "rule_sets.0.place"), "2025-05-17");
	assert_string_equal(answer_text(&a, "rule_sets.0.state"), "in_force");
	assert_string_equal(answer_text(&a, "rule_sets.1.until"), "2025-05-16");
	assert_string_equal(answer_text(&a, "rule_sets.1.state"), "past");
	assert_int_equal(answer_number(&a, "rule_sets.0.deleted"), 2); /* R52/53 */
	harness_check_page(h, 0, RULES);
	harness_check_page(h, 0, "/rules/2018-10-10");
	a = harness_html(h, 0, RULES);
	assert_non_null(strstr(a.body, "id=\"clause-10\""));
	assert_non_null(strstr(a.body, "id=\"clause-36\"")); /* the value of clause 36 */
	assert_non_null(strstr(a.body, "неофициальный перевод"));
	assert_non_null(strstr(a.body, "тікелей басшы қол қойған"));
	assert_non_null(strstr(a.body, "демонстрационное значение"));
}

static void test_clauses(void **state)
{
	static const struct {
		const char *why, *query, *first;
		size_t count;
	} row[] = {
		{ "all of them", "", "5", 19 },
		{ "what was deleted", "?only=deleted", "52", 2 },
		{ "nothing was added", "?only=added", "", 0 },
		{ "a word of the Russian text",
		  "?q=%D0%BF%D0%BE%D0%BB%D0%B8%D0%B3%D1%80%D0%B0%D1%84", "6", 6 },
		{ "a word of the Kazakh text, in capitals",
		  "?q=%D3%A8%D0%97%D0%86%D0%9D%D0%94%D0%86%D0%9A", "14", 5 },
		{ "a number and a change", "?q=53&only=deleted", "53", 1 },
		{ "nowhere", "?q=zzz", "", 0 },
	};
	struct harness *h = *state;
	for (size_t i = 0; i < COUNT(row); i++) {
		const char *path = arena_print(h->arena, RULES "%s", row[i].query);
		struct answer a = harness_get(h, 0, path);
		const size_t count = json_array_size(answer_value(&a, "clauses"));
		if (a.status != 200 || count != row[i].count ||
		    strcmp(answer_text(&a, "clauses.0.number"), row[i].first) != 0)
			fail_msg("%s: %d, %zu, first '%s'", row[i].why, a.status, count,
				 answer_text(&a, "clauses.0.number"));
		harness_check_page(h, 0, path);
	}
}

/* What the earlier version said stands beside what was changed, if it holds the text. */
static void test_before(void **state)
{
	struct harness *h = *state;
	struct answer a = harness_get(h, 0, RULES "?q=52&only=deleted");
	assert_string_equal(answer_text(&a, "clauses.0.before.before_ru"),
			    "Действовал в этой редакции (текста нет).");
	a = harness_get(h, 0, RULES "?q=47&only=changed");
	assert_true(json_is_null(answer_value(&a, "clauses.0.before")));
}

static void test_unknown(void **state)
{
	static const char *const path[] = { "/rules/2020-01-01", "/rules/nonsense",
					    "/rules/2025-05-17?only=other", "/rules/2025-13-01" };
	static const int status[] = { 404, 404, 400, 404 };
	struct harness *h = *state;
	for (size_t i = 0; i < COUNT(path); i++) {
		const int got = harness_get(h, 0, path[i]).status;
		if (got != status[i])
			fail_msg("%s: %d", path[i], got);
	}
}

/* O-4: the mark of a clause leads to the text under which that competition runs. */
static void test_marks(void **state)
{
	struct stage s = stage_open(*state);
	struct harness *h = s.h;
	const char *path =
		arena_print(h->arena, "/competitions/%lld/interview", (long long)s.competition);
	struct answer a = harness_html(h, s.hr, path);
	assert_non_null(strstr(a.body, "href=\"/rules/2025-05-17#clause-44\""));
	exec(h, "edit");
	a = harness_html(h, s.hr, path);
	assert_non_null(strstr(a.body, "href=\"/rules/ab12#clause-44\""));
	harness_check_page(h, 0, "/rules/ab12");
	a = harness_get(h, 0, "/rules/ab12");
	assert_true(json_is_true(answer_value(&a, "rule_set.kept")));
	assert_true(json_is_true(answer_value(&a, "rule_set.unofficial")));
}

/* O-2: numbers and outcome of what is closed, and no names. */
static void test_results(void **state)
{
	struct stage s = stage_open(*state);
	struct harness *h = s.h;
	stage_candidate(&s, STAGE_COMPLETE | STAGE_DECIDED);
	stage_candidate(&s, STAGE_MET);
	harness_check_page(h, 0, "/results");
	struct answer a = harness_get(h, 0, "/results");
	assert_int_equal(json_array_size(answer_value(&a, "results")), 0);
	a = harness_get(h, 0, "/announcements/1");
	assert_true(json_is_null(answer_value(&a, "result"))); /* it runs still */
	exec(h, "close");
	a = harness_get(h, 0, "/results");
	assert_int_equal(answer_number(&a, "results.0.candidates"), 2);
	assert_int_equal(answer_number(&a, "results.0.positive"), 1);
	assert_true(json_is_null(answer_value(&a, "results.0.names")));
	harness_check_page(h, 0, "/results");
	harness_check_page(h, 0, "/announcements/1");
	a = harness_get(h, 0, "/results?q=zzz");
	assert_int_equal(json_array_size(answer_value(&a, "results")), 0);
	a = harness_get(h, 0, "/results?organ=pgo");
	assert_int_equal(json_array_size(answer_value(&a, "results")), 1);
	a = harness_get(h, 0, "/results?organ=reg-abai");
	assert_int_equal(json_array_size(answer_value(&a, "results")), 0);
}

/* Names only where the rule set of the competition says so: that is data. */
static void test_results_with_names(void **state)
{
	struct stage s = stage_open(*state);
	struct harness *h = s.h;
	struct err e = { 0 };
	stage_candidate(&s, STAGE_COMPLETE | STAGE_DECIDED);
	exec(h, "close");
	assert_true(db_exec(h->site.db, &e, NULL,
			    "INSERT INTO law_text (hash, kind, name, body, added_ms)"
			    " SELECT 'cd34', kind, name, body || $1, 1 FROM law_text"
			    "  WHERE kind = 'rule_set'",
			    db_text("\nresults_name_people: true\n")) &&
		    db_exec(h->site.db, &e, NULL, "UPDATE competition SET rule_set = 'cd34'"));
	struct answer a = harness_get(h, 0, "/results");
	assert_int_equal(json_array_size(answer_value(&a, "results.0.names")), 1);
	harness_check_page(h, 0, "/results");
}

static void test_announcements(void **state)
{
	static const struct {
		const char *why, *query;
		size_t count;
	} row[] = {
		{ "those that take applications", "", 1 },
		{ "those that run", "?state=announced", 1 },
		{ "none is closed", "?state=closed", 0 },
		{ "all", "?state=all", 1 },
		{ "an organ", "?organ=pgo", 1 },
		{ "another organ", "?organ=reg-abai", 0 },
		{ "a word", "?q=%D0%B4%D0%B5%D0%BF%D0%B0%D1%80%D1%82", 1 },
		{ "no such word", "?q=zzz", 0 },
		{ "a page too far", "?page=7", 0 },
	};
	struct stage s = stage_open(*state);
	struct harness *h = s.h;
	for (size_t i = 0; i < COUNT(row); i++) {
		const char *path = arena_print(h->arena, "/announcements%s", row[i].query);
		struct answer a = harness_get(h, 0, path);
		const size_t count = json_array_size(answer_value(&a, "competitions"));
		if (count != row[i].count)
			fail_msg("%s: %zu", row[i].why, count);
		harness_check_page(h, 0, path);
	}
	harness_at(h, "2026-04-20T10:00");
	struct answer a = harness_get(h, 0, "/announcements");
	assert_int_equal(json_array_size(answer_value(&a, "competitions")), 0);
	a = harness_get(h, 0, "/announcements?state=announced");
	assert_int_equal(json_array_size(answer_value(&a, "competitions")), 1);
}

/* Pages lead on with what was asked for. */
static void test_paging(void **state)
{
	struct stage s = stage_open(*state);
	struct harness *h = s.h;
	for (int i = 0; i < 24; i++)
		(void)stage_open(h);
	struct answer a = harness_get(h, 0, "/announcements?state=all&organ=pgo");
	assert_int_equal(json_array_size(answer_value(&a, "competitions")), 20);
	assert_int_equal(answer_number(&a, "paging.total"), 25);
	assert_string_equal(answer_text(&a, "paging.next"),
			    "/announcements?state=all&organ=pgo&page=2");
	a = harness_get(h, 0, answer_text(&a, "paging.next"));
	assert_int_equal(json_array_size(answer_value(&a, "competitions")), 5);
	assert_int_equal(answer_number(&a, "paging.from"), 21);
	assert_string_equal(answer_text(&a, "paging.next"), "");
	harness_check_page(h, 0, "/announcements?state=all&page=2");
}

/* Whoever has the page already is told so; the private ones are never kept. */
static void test_kept_pages(void **state)
{
	struct harness *h = *state;
	const int64_t hr = harness_person(h, ROLE_HR);
	struct http_in in = { .method = "GET",
			      .path = "/rules",
			      .address = "",
			      .certificate = "",
			      .accept = "text/html",
			      .cookie = harness_cookie(h, hr) };
	struct answer a = harness_send(h, &in);
	assert_string_equal(http_header_of(a.out, "Cache-Control"), "private, no-cache");
	const char *tag = http_header_of(a.out, "ETag");
	assert_non_null(tag);
	in.none_match = tag;
	a = harness_send(h, &in);
	assert_int_equal(a.status, 304);
	assert_int_equal(a.size, 0);
	in.none_match = "\"another\"";
	assert_int_equal(harness_send(h, &in).status, 200);
	in.path = "/competitions";
	a = harness_send(h, &in);
	assert_string_equal(http_header_of(a.out, "Cache-Control"), "no-store");
	assert_null(http_header_of(a.out, "ETag"));
}

static void test_robots(void **state)
{
	struct answer a = harness_html(*state, 0, "/robots.txt");
	assert_int_equal(a.status, 200);
	assert_non_null(strstr(a.body, "Disallow: /\n"));
}

#define WITH_HARNESS(test) HARNESS_TEST(test)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_HARNESS(test_rules),
		WITH_HARNESS(test_clauses),
		WITH_HARNESS(test_before),
		WITH_HARNESS(test_unknown),
		WITH_HARNESS(test_marks),
		WITH_HARNESS(test_results),
		WITH_HARNESS(test_results_with_names),
		WITH_HARNESS(test_announcements),
		WITH_HARNESS(test_paging),
		WITH_HARNESS(test_kept_pages),
		WITH_HARNESS(test_robots),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
