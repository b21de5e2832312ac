/* The first page: what is due, what is at risk, what waits for others, by role. */
#include "stage.h"

#include "app/competition/competition.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* In which group of the person's first page a line of that key stands; "" in none. */
static const char *group_of(struct harness *h, int64_t person, const char *key, struct answer *ret)
{
	static const char *const groups[] = { "due", "risk", "others" };
	*ret = harness_get(h, person, "/");
	for (size_t i = 0; i < COUNT(groups); i++) {
		size_t n = 0;
		const json_t *line = NULL;
		json_array_foreach (answer_value(ret, arena_print(h->arena, "%s.lines", groups[i])),
				    n, line) {
			if (strcmp(row_text(line, "key"), key) == 0)
				return groups[i];
		}
	}
	return "";
}

/* One sent application, one that meets the requirements: for each office the line, where it
 * stands, where it leads, how many it is. */
static void test_offices(void **state)
{
	struct stage s = stage_open(*state);
	const int64_t unchecked = stage_candidate(&s, STAGE_SENT);
	const int64_t met = stage_candidate(&s, STAGE_MET | STAGE_LISTED);
	const char *of_met = arena_print(s.h->arena, "/applications/%lld", (long long)met);
	const struct {
		int64_t person;
		const char *key, *group, *href;
	} row[] = {
		{ s.hr, "home.task.check", "due",
		  arena_print(s.h->arena, "/applications/%lld/check", (long long)unchecked) },
		{ s.hr, "home.task.security", "others",
		  arena_print(s.h->arena, "/competitions/%lld/security-list",
			      (long long)s.competition) },
		{ s.hr, "home.task.polygraph", "others",
		  arena_print(s.h->arena, "%s/story", of_met) },
		{ s.hr, "term.filing", "others",
		  arena_print(s.h->arena, "/competitions/%lld", (long long)s.competition) },
		{ s.security, "home.task.security", "due",
		  arena_print(s.h->arena, "%s/security/new", of_met) },
		{ s.polygraph, "home.task.polygraph", "due",
		  arena_print(s.h->arena, "%s/studies/polygraph", of_met) },
		{ s.psycho, "home.task.psycho", "due",
		  arena_print(s.h->arena, "%s/studies/psycho", of_met) },
		{ harness_person(s.h, ROLE_AUDITOR), "term.check", "others",
		  arena_print(s.h->arena, "/competitions/%lld/terms", (long long)s.competition) },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		struct answer a = { 0 };
		const char *group = group_of(s.h, row[i].person, row[i].key, &a);
		const json_t *line = harness_waits(s.h, row[i].person, row[i].key);
		if (strcmp(group, row[i].group) != 0)
			fail_msg("%s stands in '%s'", row[i].key, group);
		assert_string_equal(row_text(line, "href"), row[i].href);
		assert_true(*row_text(line, "post") != '\0');
		harness_check_page(s.h, row[i].person, "/");
	}
	/* the one candidate is named to HR, who reads the name behind the line, too */
	assert_true(*row_text(harness_waits(s.h, s.hr, "home.task.check"), "name") != '\0');
}

/* By its last day a line moves: due, at risk two working days before, missed after. */
static void test_risk(void **state)
{
	static const struct {
		const char *at, *group, *state;
	} row[] = {
		{ "2026-03-16T10:00", "due", "open" },
		{ "2026-03-17T10:00", "risk", "at_risk" },
		{ "2026-03-19T10:00", "risk", "at_risk" },
		{ "2026-03-20T10:00", "risk", "missed" },
	};
	struct stage s = stage_open(*state);
	(void)stage_candidate(&s, STAGE_SENT);
	for (size_t i = 0; i < COUNT(row); i++) {
		struct answer a = { 0 };
		harness_at(s.h, row[i].at);
		const char *group = group_of(s.h, s.hr, "home.task.check", &a);
		const json_t *line = harness_waits(s.h, s.hr, "home.task.check");
		if (strcmp(group, row[i].group) != 0 ||
		    strcmp(row_text(line, "state"), row[i].state) != 0)
			fail_msg("%s: %s, %s", row[i].at, group, row_text(line, "state"));
		assert_string_equal(row_text(line, "last"), "2026-03-19");
		harness_check_page(s.h, s.hr, "/");
	}
}

/* R15-1, R16-2: the days are known once the interview is planned. */
static void test_planned(void **state)
{
	struct stage s = stage_open(*state);
	(void)stage_candidate(&s, STAGE_MET | STAGE_LISTED);
	assert_true(json_is_null(
		json_object_get(harness_waits(s.h, s.security, "home.task.security"), "last")));
	stage_plan(&s, "2026-03-26T10:00");
	assert_string_equal(row_text(harness_waits(s.h, s.security, "home.task.security"), "last"),
			    "2026-03-16");
	assert_string_equal(
		row_text(harness_waits(s.h, s.polygraph, "home.task.polygraph"), "last"),
		"2026-03-18");
	assert_string_equal(row_text(harness_waits(s.h, s.hr, "term.dossier"), "last"),
			    "2026-03-18");
	const int64_t chair = stage_chair(&s);
	const json_t *interview = harness_waits(s.h, chair, "home.task.interview");
	assert_string_equal(row_text(interview, "last"), "2026-03-26");
	harness_check_page(s.h, chair, "/");
	harness_check_page(s.h, s.security, "/");
}

/* Ten of a group, by day, and the way to all of them; the rest is counted. */
static void test_many(void **state)
{
	enum { MANY = 14 };
	struct stage s = stage_open(*state);
	const struct competition_form form = { .organ = "pgo",
					       .post = "head-department",
					       .vacancies = 1,
					       .filing_days = 7,
					       .demonstration = true,
					       .text_kk = "Хабарландыру",
					       .text_ru = "Объявление" };
	struct err e = { 0 };
	for (int i = 0; i < MANY; i++) {
		struct act act = harness_act(s.h, s.hr);
		int64_t id = 0;
		act.now_ms -= (int64_t)(i % 5) * DAY_MS;
		assert_true(competition_open(&act, &form, &id, &e));
		assert_true(competition_announce(&act, id, &e));
	}
	struct answer a = harness_get(s.h, s.hr, "/");
	assert_int_equal(answer_number(&a, "others.count"), MANY + 1);
	assert_int_equal(json_array_size(answer_value(&a, "others.lines")), 10);
	assert_string_equal(answer_text(&a, "others.more"), "/terms");
	for (int i = 1; i < 10; i++) {
		const char *before = arena_print(s.h->arena, "others.lines.%d.last", i - 1);
		const char *here = arena_print(s.h->arena, "others.lines.%d.last", i);
		assert_true(strcmp(answer_text(&a, before), answer_text(&a, here)) <= 0);
	}
	harness_check_page(s.h, s.hr, "/");
}

/* The candidate: a draft is to be sent, what is sent waits for HR; nobody else's is shown. */
static void test_candidate(void **state)
{
	struct stage s = stage_open(*state);
	struct harness *h = s.h;
	const int64_t person = harness_person(h, 0);
	struct answer a = harness_get(h, person, "/");
	assert_int_equal(answer_number(&a, "due.count"), 0);
	assert_true(json_is_true(answer_value(&a, "offers")));
	harness_check_page(h, person, "/");
	a = harness_post(
		h, person,
		arena_print(h->arena, "/competitions/%lld/apply", (long long)s.competition), "");
	assert_string_equal(a.error, "");
	const char *application = a.location;
	assert_string_equal(group_of(h, person, "path.at.draft", &a), "due");
	const json_t *line = harness_waits(h, person, "path.at.draft");
	assert_string_equal(row_text(line, "href"), application);
	assert_string_equal(row_text(line, "last"), "2026-03-12");
	harness_check_page(h, person, "/");
	harness_check_page(h, person, arena_print(h->arena, "%s/story", application));
	const int64_t sent = stage_person_of(&s, stage_candidate(&s, STAGE_SENT));
	assert_string_equal(group_of(h, sent, "path.at.check", &a), "others");
	assert_int_equal(json_array_size(answer_value(&a, "applications")), 1);
	harness_check_page(h, sent, "/");
	harness_at(h, "2026-03-13T10:00");
	assert_string_equal(group_of(h, person, "path.at.unsent", &a), "");
	assert_string_equal(answer_text(&a, "applications.0.stage"), "unsent");
	harness_check_page(h, person, "/");
}

/* Every office's page without anything, and nobody's. */
static void test_empty(void **state)
{
	static const unsigned roles[] = {
		ROLE_HR,       ROLE_SECURITY, ROLE_POLYGRAPH, ROLE_PSYCHO, ROLE_OPERATOR,
		ROLE_AUDITOR,  ROLE_ADMIN,    ROLE_MEMBER,    ROLE_AUTHOR, ROLE_REVIEWER,
		ROLE_APPROVER, ROLE_KEEPER,   ROLE_BODY,      0,
	};
	struct harness *h = *state;
	for (size_t i = 0; i < COUNT(roles); i++) {
		const int64_t person = harness_person(h, roles[i]);
		struct answer a = harness_get(h, person, "/");
		assert_int_equal(json_is_null(answer_value(&a, "start")), roles[i] == 0);
		const char *start = roles[i] ? answer_text(&a, "start.href") : "/announcements";
		assert_int_equal(harness_get(h, person, start).status, 200);
		harness_check_page(h, person, "/");
	}
	struct answer a = harness_get(h, 0, "/");
	assert_int_equal(answer_number(&a, "due.count"), 0);
	harness_check_page(h, 0, "/");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_offices),   HARNESS_TEST(test_risk),
		HARNESS_TEST(test_planned),   HARNESS_TEST(test_many),
		HARNESS_TEST(test_candidate), HARNESS_TEST(test_empty),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
