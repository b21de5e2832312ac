/* Pages of competitions and announcements (F1 to F3, O-4). */
#include "stage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define GOOD "organ=pgo&post=head-service&filing_days=7&demonstration=on&text_kk=Kaz&text_ru=Rus"

static const char *page(struct harness *h, const char *before, int64_t id)
{
	return arena_print(h->arena, "%s%lld", before, (long long)id);
}

static const char *below(struct harness *h, const char *what, int64_t id, const char *rest)
{
	return arena_print(h->arena, "/%s/%lld%s", what, (long long)id, rest);
}

static void test_way(void **state)
{
	struct harness *h = *state;
	int64_t hr = harness_person(h, ROLE_HR);
	harness_check_page(h, hr, "/competitions");
	harness_check_page(h, hr, "/competitions/new");
	harness_check_page(h, 0, "/announcements");
	harness_check_page(h, 0, "/");
	harness_check_page(h, hr, "/");
	struct answer a = harness_post(h, hr, "/competitions", GOOD "&vacancies=2");
	assert_int_equal(a.status, 200);
	assert_string_equal(a.location, "/competitions/1");
	a = harness_get(h, hr, "/competitions/1");
	assert_string_equal(answer_text(&a, "competition.state"), "draft");
	assert_int_equal(answer_number(&a, "competition.vacancies"), 2);
	assert_string_equal(answer_text(&a, "competition.draft_kk"), "Kaz");
	harness_check_page(h, hr, "/competitions/1");
	harness_check_page(h, hr, "/competitions/1/edit");
	assert_int_equal(harness_get(h, 0, "/announcements/1").status, 404); /* a draft */
	a = harness_post(h, hr, "/competitions/1/edit", GOOD "&vacancies=3");
	assert_string_equal(a.location, "/competitions/1");
	a = harness_post(h, hr, "/competitions/1/announce", "");
	assert_string_equal(a.location, "/competitions/1");
	a = harness_get(h, hr, "/competitions/1");
	assert_string_equal(answer_text(&a, "competition.state"), "announced");
	assert_string_equal(answer_text(&a, "competition.filing_last"), "2026-03-12");
	assert_int_equal(answer_number(&a, "competition.vacancies"), 3);
	harness_check_page(h, hr, "/competitions/1");
	harness_check_page(h, 0, "/announcements");
	harness_check_page(h, 0, "/announcements/1");
	harness_check_page(h, hr, "/competitions/1/correct");
	a = harness_post(h, hr, "/competitions/1/correct",
			 "text_kk=K2&text_ru=R2&reason_kk=sebep&reason_ru=prichina");
	assert_string_equal(a.location, "/announcements/1");
	a = harness_get(h, 0, "/announcements/1");
	assert_int_equal(json_array_size(answer_value(&a, "versions")), 2);
	assert_string_equal(answer_text(&a, "versions.0.text"), "R2");
	assert_string_equal(answer_text(&a, "versions.0.reason"), "prichina");
	assert_string_equal(answer_text(&a, "versions.1.text"), "Rus");
	harness_check_page(h, hr, "/announcements/1");
	a = harness_post(h, hr, "/competitions/1/close", "");
	assert_string_equal(a.location, "/competitions/1");
	harness_check_page(h, hr, "/competitions/1");
	harness_check_page(h, hr, "/competitions");
	harness_check_page(h, 0, "/announcements?state=all");
}

/* In the language of the reader, and never both. */
static void test_language(void **state)
{
	struct stage s = stage_open(*state);
	s.h->language = "kk";
	struct answer a = harness_get(s.h, 0, page(s.h, "/announcements/", s.competition));
	assert_string_equal(answer_text(&a, "versions.0.text"), "Конкурс жарияланады");
	s.h->language = "ru";
	a = harness_get(s.h, 0, page(s.h, "/announcements/", s.competition));
	assert_string_equal(answer_text(&a, "versions.0.text"), "Объявляется конкурс");
	assert_null(strstr(a.body, "жарияланады"));
}

/* What was typed stays, the refusal stands at its field. */
static void test_bad_input(void **state)
{
	static const struct {
		const char *form, *field, *key;
	} row[] = {
		{ GOOD "&vacancies=0", "vacancies", NULL },
		{ GOOD, "vacancies", NULL },
		{ "organ=pgo&post=nothing&vacancies=1&filing_days=7&text_kk=typed&text_ru=b",
		  "post", "competition.error.post" },
		{ "organ=pgo&post=head-service&vacancies=1&filing_days=6&text_kk=typed&text_ru=b",
		  "filing_days", "competition.error.filing_short" },
		{ "organ=pgo&post=head-service&vacancies=1&filing_days=7&text_kk=typed", "text_ru",
		  NULL },
	};
	struct harness *h = *state;
	int64_t hr = harness_person(h, ROLE_HR);
	for (size_t i = 0; i < COUNT(row); i++) {
		struct answer a = harness_post(h, hr, "/competitions", row[i].form);
		if (a.status < 400 || (row[i].key && strcmp(a.error, row[i].key) != 0) ||
		    strcmp(a.field, row[i].field) != 0)
			fail_msg("%s: %d %s at '%s'", row[i].field, a.status, a.error, a.field);
		a = harness_post_html(h, hr, "/competitions", row[i].form);
		if (a.status < 400 || !strstr(a.body, i < 2 ? "Rus" : "typed"))
			fail_msg("%s: typed text is lost, %d", row[i].field, a.status);
	}
	assert_int_equal(stage_journalled(h, "competition.opened"), 0);
}

static void test_list(void **state)
{
	struct harness *h = *state;
	struct stage s = stage_open(h);
	(void)harness_post(h, s.hr, "/competitions", GOOD "&vacancies=1");
	static const struct {
		const char *path;
		int total;
	} row[] = {
		{ "/competitions", 2 },
		{ "/competitions?state=draft", 1 },
		{ "/competitions?state=announced", 1 },
		{ "/competitions?state=closed", 0 },
		{ "/competitions?q=%D0%94%D0%95%D0%9F%D0%90%D0%A0%D0%A2%D0%90%D0%9C", 1 },
		{ "/competitions?q=nothing+like+it", 0 },
		{ "/competitions?page=7", 2 },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		struct answer a = harness_get(h, s.hr, row[i].path);
		if (a.status != 200 || answer_number(&a, "listing.total") != row[i].total)
			fail_msg("%s: %d, %lld", row[i].path, a.status,
				 (long long)answer_number(&a, "listing.total"));
	}
	harness_check_page(h, s.hr, "/competitions?q=nothing");
	struct answer a = harness_get(h, s.hr, "/competitions?page=7");
	assert_int_equal(json_array_size(answer_value(&a, "competitions")), 0);
}

/* The second page of a long list has the first as its previous. */
static void test_paging(void **state)
{
	struct harness *h = *state;
	int64_t hr = harness_person(h, ROLE_HR);
	for (int i = 0; i < 27; i++)
		(void)harness_post(h, hr, "/competitions", GOOD "&vacancies=1");
	struct answer a = harness_get(h, hr, "/competitions");
	assert_int_equal(json_array_size(answer_value(&a, "competitions")), 25);
	assert_non_null(strstr(answer_text(&a, "paging.next"), "page=2"));
	harness_check_page(h, hr, "/competitions?page=1");
	a = harness_get(h, hr, "/competitions?page=2");
	assert_int_equal(json_array_size(answer_value(&a, "competitions")), 2);
	assert_string_equal(answer_text(&a, "paging.previous"), "/competitions");
	harness_check_page(h, hr, "/competitions?page=2");
}

/* HR's pages are HR's, of this organ. */
static void test_rights(void **state)
{
	struct stage s = stage_open(*state);
	struct err e = { 0 };
	int64_t elsewhere = harness_person(s.h, 0);
	assert_true(db_exec(s.h->site.db, &e, NULL,
			    "INSERT INTO role_grant (person_id, role, organ, granted_ms)"
			    " VALUES ($1, 'hr', 'reg-abai', 0)",
			    db_int(elsewhere)));
	static const char *const rest[] = { "", "/correct" };
	for (size_t i = 0; i < COUNT(rest); i++) {
		const char *path = below(s.h, "competitions", s.competition, rest[i]);
		assert_int_equal(harness_get(s.h, elsewhere, path).status, 403);
		assert_int_equal(harness_get(s.h, s.security, path).status, 403);
		assert_int_equal(harness_get(s.h, s.hr, path).status, 200);
	}
	struct answer a = harness_get(s.h, elsewhere, "/competitions");
	assert_int_equal(answer_number(&a, "listing.total"), 0);
	a = harness_post(s.h, elsewhere, below(s.h, "competitions", s.competition, "/close"), "");
	assert_string_equal(a.error, "error.denied");
}

/* F2: which demonstration value keeps a real competition from opening, by its name. */
static void test_parameter_named(void **state)
{
	struct harness *h = *state;
	int64_t hr = harness_person(h, ROLE_HR);
	(void)harness_post(
		h, hr, "/competitions",
		"organ=pgo&post=head-service&vacancies=1&filing_days=7&text_kk=K&text_ru=R");
	struct answer a = harness_post(h, hr, "/competitions/1/announce", "");
	assert_string_equal(a.error, "law.parameter.assumed");
	assert_string_equal(a.clause, "36");
	assert_null(strstr(answer_text(&a, "error.text"), "pass_mark"));
	assert_non_null(strstr(answer_text(&a, "error.text"), "Порог"));
	harness_check_page(h, hr, "/competitions/1");
}

/* A refused step says why, on the page from which it was taken. */
static void test_refused_step(void **state)
{
	struct stage s = stage_open(*state);
	(void)stage_candidate(&s, STAGE_ADMITTED);
	const char *path = below(s.h, "competitions", s.competition, "/close");
	struct answer a = harness_post(s.h, s.hr, path, "");
	assert_string_equal(a.error, "competition.error.undecided");
	a = harness_post_html(s.h, s.hr, path, "");
	assert_int_equal(a.status, 409);
	assert_non_null(strstr(a.body, "refusal"));
	a = harness_get(s.h, s.hr, below(s.h, "competitions", s.competition, "/edit"));
	assert_string_equal(a.error, "competition.error.frozen");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_way),          HARNESS_TEST(test_language),
		HARNESS_TEST(test_bad_input),    HARNESS_TEST(test_list),
		HARNESS_TEST(test_paging),       HARNESS_TEST(test_rights),
		HARNESS_TEST(test_refused_step), HARNESS_TEST(test_parameter_named),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
