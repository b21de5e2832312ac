/* The commission, the warning, the vote (R41-1 to R41-3, R44-1, R47-2, V-1 to V-4). */
#include "room.h"

#include "app/interview/vote.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* R41-1: fewer than five, or a kind that is missing, is no commission. */
static void test_composition(void **state)
{
	struct room w = { .stage = stage_open(*state) };
	struct act hr = harness_act(w.stage.h, w.stage.hr);
	struct err e = { 0 };
	room_seat(&w);
	assert_true(commission_unseat(&hr, w.stage.competition, w.member[1], &e));
	stage_refused("no own security", commission_appoint(&hr, w.stage.competition, &e), &e,
		      ERR_LAW, "law.commission.few", "41");
}

/* R47-2: no interview before the candidate was told of the record. */
static void test_warning(void **state)
{
	struct room w = room_open(*state);
	struct act secretary = room_act(&w, ROOM_SECRETARY);
	struct err e = { 0 };
	stage_refused("not warned", interview_hear(&secretary, w.application, &e), &e, ERR_LAW,
		      "law.interview.warning", "47");
	err_clear(&e);
	room_hear(&w);
	assert_int_equal(stage_journalled(w.stage.h, "interview.warned"), 1);
}

/* R41-2, R41-3: the secretary and the invited have no ballot. */
static void test_no_ballot(void **state)
{
	struct room w = room_open(*state);
	room_hear(&w);
	static const int without[] = { ROOM_SECRETARY, ROOM_INVITED };
	for (size_t i = 0; i < COUNT(without); i++) {
		struct act act = room_act(&w, without[i]);
		struct err e = { 0 };
		assert_false(vote_cast(&act, w.application, true, &e));
		assert_int_equal(e.kind, ERR_LAW);
		assert_string_equal(e.clause, "41");
	}
	assert_int_equal(stage_journalled(w.stage.h, "vote.cast"), 0);
}

/* The same through the site: the form of the secretary is refused with the clause. */
static void test_no_ballot_on_the_site(void **state)
{
	struct room w = room_open(*state);
	room_hear(&w);
	const char *path =
		arena_print(w.stage.h->arena, "/interviews/%lld/vote", (long long)w.interview);
	const char *form = arena_print(w.stage.h->arena, "application=%lld&choice=for",
				       (long long)w.application);
	struct answer a = harness_post(w.stage.h, w.person[ROOM_SECRETARY], path, form);
	assert_int_equal(a.status, 422);
	assert_string_equal(a.clause, "41");
}

/* V-1, V-3: majority of those present; nobody votes twice; the decision is recorded once. */
static void test_majority(void **state)
{
	struct room w = room_open(*state);
	struct act secretary = room_act(&w, ROOM_SECRETARY);
	struct act chair = room_act(&w, ROOM_CHAIR);
	struct vote v = { 0 };
	struct err e = { 0 };
	stage_refused("before its end", vote_cast(&chair, w.application, true, &e), &e, ERR_LAW,
		      "vote.error.not_ended", NULL);
	room_hear(&w);
	err_clear(&e);
	assert_true(vote_cast(&chair, w.application, true, &e));
	stage_refused("twice", vote_cast(&chair, w.application, false, &e), &e, ERR_CONFLICT,
		      "vote.error.twice", NULL);
	err_clear(&e);
	stage_refused("not all have voted", vote_close(&secretary, w.application, &v, &e), &e,
		      ERR_LAW, "vote.error.waiting", NULL);
	for (int i = 1; i < ROOM_VOTERS; i++) {
		struct act act = room_act(&w, i);
		err_clear(&e);
		assert_true(vote_cast(&act, w.application, i < 3, &e));
	}
	assert_true(vote_close(&secretary, w.application, &v, &e));
	assert_int_equal(v.state, VOTE_POSITIVE);
	assert_int_equal(v.in_favour, 3);
	assert_int_equal(stage_journalled(w.stage.h, "decision.recorded"), 1);
}

/* V-2: a declared conflict takes the vote and the quorum is counted anew; V-4: a tie of four goes
 * with the chair. */
static void test_conflict_and_tie(void **state)
{
	struct room w = room_open(*state);
	struct act secretary = room_act(&w, ROOM_SECRETARY);
	struct act member = room_act(&w, 4);
	struct vote v = { 0 };
	struct err e = { 0 };
	assert_true(vote_conflict(&member, w.application, "Родственник", &e));
	room_hear(&w);
	stage_refused("in conflict", vote_cast(&member, w.application, true, &e), &e, ERR_LAW,
		      "vote.error.conflicted", NULL);
	for (int i = 0; i < 4; i++) {
		struct act act = room_act(&w, i);
		err_clear(&e);
		assert_true(vote_cast(&act, w.application, i < 2, &e));
	}
	assert_true(vote_close(&secretary, w.application, &v, &e));
	assert_int_equal(v.members, 4);
	assert_true(v.chair_decided);
	assert_int_equal(v.state, VOTE_POSITIVE);
}

/* R47-1: every page of the day and its papers, in three languages, for each who may read it. */
static void test_pages(void **state)
{
	struct room w = room_open(*state);
	struct act secretary = room_act(&w, ROOM_SECRETARY);
	struct arena *a = w.stage.h->arena;
	struct vote v = { 0 };
	struct err e = { 0 };
	const char *day_page = arena_print(a, "/interviews/%lld", (long long)w.interview);
	const char *one = arena_print(a, "/applications/%lld", (long long)w.application);
	harness_check_page(w.stage.h, w.person[ROOM_SECRETARY], day_page);
	harness_check_page(w.stage.h, w.person[ROOM_CHAIR], arena_print(a, "%s/reading", day_page));
	harness_check_page(w.stage.h, w.person[ROOM_CHAIR], "/interviews");
	room_hear(&w);
	harness_check_page(w.stage.h, w.person[ROOM_CHAIR], day_page);
	room_vote(&w, 4);
	assert_true(vote_close(&secretary, w.application, &v, &e));
	assert_true(interview_close(&secretary, w.interview, false, &e));
	harness_check_page(w.stage.h, w.person[ROOM_SECRETARY],
			   arena_print(a, "%s/minutes", day_page));
	harness_check_page(w.stage.h, w.person[ROOM_CHAIR], arena_print(a, "%s/decision", one));
	harness_check_page(w.stage.h, stage_person_of(&w.stage, w.application),
			   arena_print(a, "%s/notice", one));
	harness_check_page(
		w.stage.h, w.stage.hr,
		arena_print(a, "/competitions/%lld/commission", (long long)w.stage.competition));
}

struct ballot {
	int64_t application;
};

static bool run_vote(const struct act *act, void *user, struct err *e)
{
	const struct ballot *b = user;
	return vote_cast(act, b->application, true, e);
}

static void test_all_or_nothing(void **state)
{
	struct room w = room_open(*state);
	struct ballot b = { w.application };
	room_hear(&w);
	stage_all_or_nothing(w.stage.h, w.person[ROOM_CHAIR], run_vote, &b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_composition),
		HARNESS_TEST(test_warning),
		HARNESS_TEST(test_no_ballot),
		HARNESS_TEST(test_majority),
		HARNESS_TEST(test_conflict_and_tie),
		HARNESS_TEST(test_no_ballot_on_the_site),
		HARNESS_TEST(test_pages),
		HARNESS_TEST(test_all_or_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
