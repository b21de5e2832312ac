/* Marks: sealed until all who count have entered, opened at once, never changed; notes are one's
 * own (F81, R5-1). */
#include "room.h"

#include "app/interview/mark.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static json_t *values(struct room *w, int mark)
{
	json_t *list = json_array();
	static const char *const code[] = { "qualification", "reputation", "results" };
	for (size_t i = 0; i < COUNT(code); i++)
		(void)json_array_append_new(
			list, json_string(arena_print(w->stage.h->arena, "%s=%d", code[i], mark)));
	return list;
}

static bool enter(struct room *w, int seat, int mark, struct err *e)
{
	struct act act = room_act(w, seat);
	json_t *list = values(w, mark);
	err_clear(e);
	bool ok = mark_enter(&act, w->application, list, e);
	json_decref(list);
	return ok;
}

static void must_enter(struct room *w, int seat, int mark)
{
	struct err e = { 0 };
	if (!enter(w, seat, mark, &e))
		fail_msg("seat %d: %s %s", seat, e.key, e.detail);
}

static const char *page_of(struct room *w)
{
	return room_path(
		w, arena_print(w->stage.h->arena, "/candidates/%lld", (long long)w->application));
}

static const char *stand(struct room *w, int64_t person)
{
	struct answer a = harness_get(w->stage.h, person, page_of(w));
	return answer_text(&a, "marks.state");
}

/* Whether the page of this person tells any mark at all. */
static bool shown(struct room *w, int64_t person)
{
	struct answer a = harness_get(w->stage.h, person, page_of(w));
	return json_is_array(answer_value(&a, "marks.rows.0.values"));
}

static void test_way(void **state)
{
	struct room w = room_open(*state);
	struct harness *h = w.stage.h;
	room_hear(&w);
	int64_t auditor = harness_person(h, ROLE_AUDITOR);
	const int64_t all[] = { w.person[ROOM_CHAIR],   w.person[1], w.person[ROOM_SECRETARY],
				w.person[ROOM_INVITED], w.stage.hr,  auditor };
	for (int seat = 0; seat < ROOM_VOTERS; seat++) {
		for (size_t i = 0; i < COUNT(all); i++) {
			if (shown(&w, all[i]))
				fail_msg("%zu sees sealed marks after %d", i, seat);
		}
		must_enter(&w, seat, seat % 5 + 1);
		harness_check_page(h, w.person[seat], page_of(&w));
	}
	for (size_t i = 0; i < COUNT(all); i++) {
		if (!shown(&w, all[i]))
			fail_msg("%zu does not see opened marks", i);
	}
	struct answer a = harness_get(h, w.person[ROOM_SECRETARY], page_of(&w));
	assert_int_equal(answer_number(&a, "marks.rows.0.values.0"), 1);
	assert_int_equal(stage_journalled(h, "mark.sealed"), 5);
	assert_int_equal(stage_journalled(h, "mark.opened"), 1);
	harness_check_page(h, w.stage.hr, page_of(&w));
	room_vote(&w, 4);
	room_decide(&w);
	room_close(&w);
	room_number(&w);
	harness_check_page(h, w.person[ROOM_CHAIR], room_path(&w, "/minutes"));
}

/* Who may mark, when, and what. */
static void test_refusals(void **state)
{
	struct room w = room_open(*state);
	struct err e = { 0 };
	stage_refused("before the hearing", enter(&w, 1, 3, &e), &e, ERR_LAW,
		      "mark.error.not_heard", NULL);
	room_hear(&w);
	stage_refused("R41-2: the secretary", enter(&w, ROOM_SECRETARY, 3, &e), &e, ERR_LAW,
		      "mark.error.not_member", "41");
	stage_refused("R41-3: the invited", enter(&w, ROOM_INVITED, 3, &e), &e, ERR_LAW,
		      "mark.error.not_member", "41");
	stage_refused("beyond the scale", enter(&w, 1, 6, &e), &e, ERR_INPUT, "mark.error.values",
		      "marks");
	static const char *const bad[] = {
		"[]",
		"[\"qualification=3\"]",
		"[\"qualification=3\",\"reputation=3\",\"results=3\","
		"\"more=3\"]",
		"[\"qualification=3\",\"qualification=3\",\"results=3\"]",
		"[\"qualification=3\",\"reputation=3\",\"results=x\"]",
		"[\"qualification=3\",\"reputation=3\",\"results=\"]"
	};
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct act act = room_act(&w, 1);
		json_t *list = json_loads(bad[i], 0, NULL);
		err_clear(&e);
		stage_refused(bad[i], mark_enter(&act, w.application, list, &e), &e, ERR_INPUT,
			      "mark.error.values", "marks");
		json_decref(list);
	}
	must_enter(&w, 1, 3);
	stage_refused("no later edit", enter(&w, 1, 4, &e), &e, ERR_CONFLICT, "mark.error.twice",
		      NULL);
	struct act member = room_act(&w, 2);
	assert_true(vote_conflict(&member, w.application, "Туыс", &e));
	stage_refused("in a conflict", enter(&w, 2, 3, &e), &e, ERR_LAW, "vote.error.conflicted",
		      NULL);
	room_attend(&w, 4);
	stage_refused("absent", enter(&w, 4, 3, &e), &e, ERR_LAW, "mark.error.absent", NULL);
}

/* No decision while some have entered and others are waited for; a reason ends the waiting. */
static void test_excuse(void **state)
{
	struct room w = room_open(*state);
	struct act secretary = room_act(&w, ROOM_SECRETARY);
	struct act chair = room_act(&w, ROOM_CHAIR);
	struct err e = { 0 };
	room_hear(&w);
	for (int seat = 0; seat < 4; seat++)
		must_enter(&w, seat, 2);
	room_vote(&w, 5);
	stage_refused("sealed", vote_close(&secretary, w.application, NULL, &e), &e, ERR_CONFLICT,
		      "mark.error.sealed", NULL);
	err_clear(&e);
	assert_false(mark_excuse(&chair, w.application, w.member[4], "Ауырды", &e));
	assert_int_equal(e.kind, ERR_DENIED);
	err_clear(&e);
	stage_refused("no reason", mark_excuse(&secretary, w.application, w.member[4], "", &e), &e,
		      ERR_INPUT, "error.required", "reason");
	err_clear(&e);
	stage_refused("has entered", mark_excuse(&secretary, w.application, w.member[1], "x", &e),
		      &e, ERR_CONFLICT, "mark.error.twice", NULL);
	err_clear(&e);
	stage_refused("not waited for",
		      mark_excuse(&secretary, w.application, w.member[ROOM_INVITED], "x", &e), &e,
		      ERR_MISSING, "error.missing", NULL);
	harness_check_page(w.stage.h, w.person[ROOM_SECRETARY], page_of(&w));
	struct answer a = harness_post(
		w.stage.h, w.person[ROOM_SECRETARY],
		arena_print(w.stage.h->arena, "%s/excuse", page_of(&w)),
		arena_print(w.stage.h->arena, "member=%lld&reason=Ill", (long long)w.member[4]));
	assert_int_equal(a.status, 200);
	assert_string_equal(stand(&w, w.person[ROOM_CHAIR]), "opened");
	stage_refused("opened", enter(&w, 4, 3, &e), &e, ERR_CONFLICT, "mark.error.opened", NULL);
	err_clear(&e);
	assert_true(vote_close(&secretary, w.application, NULL, &e));
}

/* Whoever is no longer waited for opens them: by a conflict, by going away. */
static void test_settled(void **state)
{
	struct room w = room_open(*state);
	struct act member = room_act(&w, 3);
	struct err e = { 0 };
	room_hear(&w);
	for (int seat = 0; seat < 3; seat++)
		must_enter(&w, seat, 2);
	assert_true(vote_conflict(&member, w.application, "Туыс", &e));
	assert_string_equal(stand(&w, w.person[ROOM_CHAIR]), "sealed");
	room_attend(&w, 4);
	assert_string_equal(stand(&w, w.person[ROOM_CHAIR]), "opened");
}

/* Changed rows do not fit what the journal holds since they were entered: nothing opens. */
static void test_commitment(void **state)
{
	struct room w = room_open(*state);
	struct harness *h = w.stage.h;
	struct err e = { 0 };
	room_hear(&w);
	for (int seat = 0; seat < 4; seat++)
		must_enter(&w, seat, 2);
	assert_true(db_exec(h->site.db, &e, NULL,
			    "UPDATE mark SET content = '{\"qualification\":5,\"reputation\":5,"
			    "\"results\":5}' WHERE member_id = $1",
			    db_int(w.member[1])));
	must_enter(&w, 4, 2);
	assert_string_equal(stand(&w, w.person[ROOM_CHAIR]), "broken");
	assert_false(shown(&w, w.person[ROOM_CHAIR]));
	harness_check_page(h, w.person[ROOM_CHAIR], page_of(&w));
	assert_int_equal(stage_journalled(h, "mark.opened"), 0);
}

/* Notes: nobody but their member, not even in the journal. */
static void test_notes(void **state)
{
	struct room w = room_open(*state);
	struct harness *h = w.stage.h;
	struct err e = { 0 };
	const char *path = arena_print(h->arena, "%s/note", page_of(&w));
	struct answer a = harness_post(h, w.person[1], path, "note=SECRET-NOTE");
	assert_int_equal(a.status, 200);
	const int64_t others[] = { w.person[ROOM_CHAIR], w.person[ROOM_SECRETARY],
				   w.person[ROOM_INVITED], w.stage.hr,
				   harness_person(h, ROLE_AUDITOR) };
	for (size_t i = 0; i < COUNT(others); i++) {
		a = harness_get(h, others[i], page_of(&w));
		assert_null(strstr(a.body, "SECRET-NOTE"));
	}
	a = harness_get(h, w.person[1], page_of(&w));
	assert_string_equal(answer_text(&a, "noted.text"), "SECRET-NOTE");
	int64_t journalled = 0;
	assert_true(db_number(
		h->site.db, &e, &journalled,
		"SELECT COUNT(*) FROM journal_content WHERE content LIKE '%SECRET-NOTE%'"));
	assert_int_equal(journalled, 0);
	struct act secretary = room_act(&w, ROOM_SECRETARY);
	struct act member = room_act(&w, 1);
	stage_refused("the secretary", note_write(&secretary, w.application, "x", &e), &e, ERR_LAW,
		      "mark.error.not_member", "41");
	err_clear(&e);
	assert_true(vote_conflict(&member, w.application, "Туыс", &e));
	stage_refused("in a conflict", note_write(&member, w.application, "x", &e), &e, ERR_DENIED,
		      "conflict.error.view", NULL);
	a = harness_get(h, w.person[1], page_of(&w));
	assert_null(strstr(a.body, "SECRET-NOTE"));
	err_clear(&e);
	struct act other = room_act(&w, 2);
	assert_true(note_write(&other, w.application, "a", &e));
	assert_true(note_write(&other, w.application, "", &e));
	int64_t left = 0;
	assert_true(db_number(h->site.db, &e, &left, "SELECT COUNT(*) FROM member_note"));
	assert_int_equal(left, 1);
}

static bool run_enter(const struct act *act, void *user, struct err *e)
{
	struct room *w = user;
	json_t *list = values(w, 4);
	bool ok = mark_enter(act, w->application, list, e);
	json_decref(list);
	return ok;
}

static bool run_note(const struct act *act, void *user, struct err *e)
{
	const struct room *w = user;
	return note_write(act, w->application, "A note", e);
}

/* The last one, which opens them all. */
static void test_all_or_nothing(void **state)
{
	struct room w = room_open(*state);
	room_hear(&w);
	for (int seat = 0; seat < 4; seat++)
		must_enter(&w, seat, 2);
	stage_all_or_nothing(w.stage.h, w.person[4], run_enter, &w);
	assert_string_equal(stand(&w, w.person[ROOM_CHAIR]), "opened");
	stage_all_or_nothing(w.stage.h, w.person[4], run_note, &w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_way),
		HARNESS_TEST(test_refusals),
		HARNESS_TEST(test_excuse),
		HARNESS_TEST(test_settled),
		HARNESS_TEST(test_commitment),
		HARNESS_TEST(test_notes),
		HARNESS_TEST(test_all_or_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
