/* A declared conflict of interest: what it takes away, and the quorum that it breaks (V-2, F8,
 * section 4 of rules.md: conflict of interest). */
#include "room.h"

#include "app/candidate/security.h"
#include "app/candidate/study.h"
#include "app/competition/conflict.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void declare(struct room *w, int seat)
{
	struct act act = room_act(w, seat);
	struct err e = { 0 };
	if (!vote_conflict(&act, w->application, "Туыс", &e))
		fail_msg("seat %d: %s", seat, e.key);
}

static int64_t count(struct room *w, const char *kind)
{
	struct err e = { 0 };
	int64_t n = 0;
	assert_true(db_number(w->stage.h->site.db, &e, &n,
			      "SELECT COUNT(*) FROM notice WHERE kind = $1 AND person_id = $2",
			      db_text(kind), db_int(w->person[ROOM_SECRETARY])));
	return n;
}

/* One of five is away: four of five are a quorum.  Three conflicts leave one of two. */
static void test_quorum_breaks(void **state)
{
	struct room w = room_open(*state);
	struct act secretary = room_act(&w, ROOM_SECRETARY);
	struct act chair = room_act(&w, ROOM_CHAIR);
	struct err e = { 0 };
	room_attend(&w, 4);
	declare(&w, 1);
	declare(&w, 2);
	assert_int_equal(count(&w, "conflict.declared"), 2);
	assert_int_equal(count(&w, "conflict.broken"), 0);
	assert_true(interview_warn(&secretary, w.application, &e));
	declare(&w, 3);
	assert_int_equal(count(&w, "conflict.broken"), 1);
	stage_refused("no hearing", interview_hear(&secretary, w.application, &e), &e, ERR_LAW,
		      "vote.error.quorum", NULL);
	assert_string_equal(e.value, "1 / 2");
	err_clear(&e);
	/* the fifth member comes: two of two */
	room_attend(&w, 5);
	assert_true(interview_hear(&secretary, w.application, &e));
	room_attend(&w, 4);
	assert_true(interview_end(&secretary, w.application, &e));
	stage_refused("no vote", vote_cast(&chair, w.application, true, &e), &e, ERR_LAW,
		      "vote.error.quorum", NULL);
	err_clear(&e);
	stage_refused("no decision", vote_close(&secretary, w.application, NULL, &e), &e, ERR_LAW,
		      "vote.error.quorum", NULL);
	err_clear(&e);
	/* the page says so, with what to do */
	struct answer a = harness_get(w.stage.h, w.person[ROOM_SECRETARY], room_path(&w, ""));
	assert_true(json_is_true(answer_value(&a, "candidates.0.broken")));
	harness_check_page(w.stage.h, w.person[ROOM_SECRETARY], room_path(&w, ""));
	const char *page = room_path(
		&w, arena_print(w.stage.h->arena, "/candidates/%lld", (long long)w.application));
	harness_check_page(w.stage.h, w.person[ROOM_SECRETARY], page);
	harness_check_page(w.stage.h, w.stage.hr, page);
	harness_check_page(w.stage.h, w.person[1], page);
	room_attend(&w, 5);
	struct act fifth = room_act(&w, 4);
	assert_true(vote_cast(&chair, w.application, true, &e));
	assert_true(vote_cast(&fifth, w.application, true, &e));
	assert_true(vote_close(&secretary, w.application, NULL, &e));
}

/* Before the day, everybody is taken to come. */
static void test_before_attendance(void **state)
{
	struct room w = room_open(*state);
	struct err e = { 0 };
	room_attend(&w, 0);
	declare(&w, 1);
	assert_int_equal(count(&w, "conflict.declared"), 1);
	assert_int_equal(count(&w, "conflict.broken"), 0);
	struct act member = room_act(&w, 1);
	stage_refused("twice", vote_conflict(&member, w.application, "Туыс", &e), &e, ERR_CONFLICT,
		      "vote.error.conflict_twice", NULL);
}

static int64_t id_of(struct room *w, const char *what)
{
	struct err e = { 0 };
	int64_t id = 0;
	if (strcmp(what, "study") == 0)
		assert_true(db_number(w->stage.h->site.db, &e, &id, "SELECT MIN(id) FROM study"));
	else if (strcmp(what, "document") == 0)
		assert_true(
			db_number(w->stage.h->site.db, &e, &id, "SELECT MIN(id) FROM document"));
	else if (strcmp(what, "rating") == 0)
		assert_true(db_number(w->stage.h->site.db, &e, &id, "SELECT MIN(id) FROM rating"));
	else
		assert_true(db_number(w->stage.h->site.db, &e, &id, "SELECT MIN(id) FROM attempt"));
	return id;
}

/* F8: every way to a paper is open before and closed after, also for who holds an office besides.
 */
static void test_views(void **state)
{
	struct room w = room_open(*state);
	struct harness *h = w.stage.h;
	const long long one = (long long)w.application;
	const char *const path[] = {
		arena_print(h->arena, "/applications/%lld/dossier", one),
		arena_print(h->arena, "/studies/files/%lld", (long long)id_of(&w, "study")),
		arena_print(h->arena, "/documents/%lld", (long long)id_of(&w, "document")),
		arena_print(h->arena, "/ratings/%lld/file", (long long)id_of(&w, "rating")),
	};
	struct err e = { 0 };
	assert_true(
		db_exec(h->site.db, &e, NULL,
			"INSERT INTO role_grant (person_id, role, organ, granted_by, granted_ms)"
			" SELECT $1, role, 'pgo', $1, 0 FROM (SELECT 'hr' AS role UNION ALL"
			" SELECT 'security' UNION ALL SELECT 'polygraph') x",
			db_int(w.person[2])));
	for (int seat = 1; seat <= 3; seat++)
		harness_open_papers(h, w.person[seat], w.application);
	for (size_t i = 0; i < COUNT(path); i++) {
		for (int seat = 1; seat <= 2; seat++) {
			int status = harness_get(h, w.person[seat], path[i]).status;
			if (status != 200)
				fail_msg("%s before: %d", path[i], status);
		}
	}
	declare(&w, 1);
	declare(&w, 2);
	for (size_t i = 0; i < COUNT(path); i++) {
		for (int seat = 1; seat <= 2; seat++) {
			int status = harness_get(h, w.person[seat], path[i]).status;
			if (status != 403)
				fail_msg("%s after, seat %d: %d", path[i], seat, status);
		}
		assert_int_equal(harness_get(h, w.person[3], path[i]).status, 200);
	}
	struct act act = room_act(&w, 2);
	assert_false(security_view(&act, w.application, &e));
	assert_string_equal(e.key, "conflict.error.view");
	err_clear(&e);
	assert_false(study_view(&act, id_of(&w, "study"), &e));
	assert_string_equal(e.key, "conflict.error.view");
	struct answer a = harness_get(h, w.person[1], room_path(&w, "/reading"));
	assert_true(json_is_true(answer_value(&a, "candidates.0.in_conflict")));
	assert_int_equal(json_array_size(answer_value(&a, "candidates.0.items")), 0);
}

/* Only the secretary, with a reason, before anybody has voted. */
static void test_error(void **state)
{
	struct room w = room_open(*state);
	struct act secretary = room_act(&w, ROOM_SECRETARY);
	struct act member = room_act(&w, 1);
	struct act chair = room_act(&w, ROOM_CHAIR);
	struct err e = { 0 };
	stage_refused("none declared",
		      conflict_note_error(&secretary, w.application, w.member[1], "x", &e), &e,
		      ERR_MISSING, "error.missing", NULL);
	declare(&w, 1);
	err_clear(&e);
	assert_false(conflict_note_error(&member, w.application, w.member[1], "x", &e));
	assert_int_equal(e.kind, ERR_DENIED);
	err_clear(&e);
	stage_refused("no reason",
		      conflict_note_error(&secretary, w.application, w.member[1], "", &e), &e,
		      ERR_INPUT, "error.required", "reason");
	const char *page = room_path(
		&w, arena_print(w.stage.h->arena, "/candidates/%lld", (long long)w.application));
	struct answer a = harness_get(w.stage.h, w.person[ROOM_CHAIR], page);
	assert_string_equal(answer_text(&a, "conflicts.0.reason"), ""); /* for the keepers only */
	a = harness_get(w.stage.h, w.person[ROOM_SECRETARY], page);
	assert_string_equal(answer_text(&a, "conflicts.0.reason"), "Туыс");
	a = harness_post(w.stage.h, w.person[ROOM_SECRETARY],
			 arena_print(w.stage.h->arena, "%s/conflict-error", page),
			 arena_print(w.stage.h->arena, "member=%lld&reason=Wrong+candidate",
				     (long long)w.member[1]));
	assert_int_equal(a.status, 200);
	harness_check_page(w.stage.h, w.person[ROOM_SECRETARY], page);
	assert_int_equal(stage_journalled(w.stage.h, "conflict.error"), 1);
	room_hear(&w);
	err_clear(&e);
	assert_true(vote_cast(&member, w.application, true, &e));
	/* after a vote there is no way back, and none after one's own vote to declare */
	declare(&w, 2);
	stage_refused("somebody has voted",
		      conflict_note_error(&secretary, w.application, w.member[2], "x", &e), &e,
		      ERR_CONFLICT, "conflict.error.voting", NULL);
	err_clear(&e);
	stage_refused("after one's vote", vote_conflict(&member, w.application, "Туыс", &e), &e,
		      ERR_CONFLICT, "vote.error.voted", NULL);
	err_clear(&e);
	assert_true(vote_cast(&chair, w.application, true, &e));
}

static bool run_conflict(const struct act *act, void *user, struct err *e)
{
	const struct room *w = user;
	return vote_conflict(act, w->application, "Туыс", e);
}

static bool run_error(const struct act *act, void *user, struct err *e)
{
	const struct room *w = user;
	return conflict_note_error(act, w->application, w->member[1], "Error", e);
}

static void test_all_or_nothing(void **state)
{
	struct room w = room_open(*state);
	stage_all_or_nothing(w.stage.h, w.person[1], run_conflict, &w);
	stage_all_or_nothing(w.stage.h, w.person[ROOM_SECRETARY], run_error, &w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_quorum_breaks),  HARNESS_TEST(test_before_attendance),
		HARNESS_TEST(test_views),          HARNESS_TEST(test_error),
		HARNESS_TEST(test_all_or_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
