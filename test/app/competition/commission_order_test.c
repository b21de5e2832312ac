/* An appointed commission changes by a new order alone (PARAM_REPLACEMENT_BY_ORDER, R41-1 to R41-3,
 * F7; section 4 of rules.md: replacing an absent member). */
#include "room.h"

#include "app/competition/commission_order.h"
#include "app/interview/minutes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct act hr_of(struct room *w)
{
	return harness_act(w->stage.h, w->stage.hr);
}

static void draft(struct room *w, const char *number)
{
	struct act hr = hr_of(w);
	struct order_form form = { number, act_today(&hr), NULL };
	struct err e = { 0 };
	if (!commission_order_draft(&hr, w->stage.competition, &form, &e))
		fail_msg("%s", e.key);
}

static void leaves(struct room *w, int seat)
{
	struct act hr = hr_of(w);
	struct err e = { 0 };
	if (!commission_order_leave(&hr, w->stage.competition, w->member[seat], &e))
		fail_msg("%s", e.key);
}

static void comes(struct room *w, int64_t person, const char *role, const char *kind)
{
	struct act hr = hr_of(w);
	struct seat_form form = { person, role, kind, true };
	struct err e = { 0 };
	if (!commission_order_come(&hr, w->stage.competition, &form, &e))
		fail_msg("%s", e.key);
}

static bool enact(struct room *w, struct err *e)
{
	struct act hr = hr_of(w);
	err_clear(e);
	return commission_order_enact(&hr, w->stage.competition, e);
}

static int64_t member_of(struct room *w, int64_t person)
{
	struct err e = { 0 };
	int64_t id = 0;
	assert_true(db_number(w->stage.h->site.db, &e, &id,
			      "SELECT id FROM commission_member WHERE person_id = $1",
			      db_int(person)));
	return id;
}

/* A conflict has broken the quorum of two; a new member makes it three of two needed. */
static void break_quorum(struct room *w)
{
	struct err e = { 0 };
	room_attend(w, 4);
	for (int seat = 1; seat <= 3; seat++) {
		struct act act = room_act(w, seat);
		assert_true(vote_conflict(&act, w->application, "Туыс", &e));
	}
}

static void test_way(void **state)
{
	struct room w = room_open(*state);
	struct harness *h = w.stage.h;
	struct act secretary = room_act(&w, ROOM_SECRETARY);
	struct err e = { 0 };
	room_hear(&w);
	break_quorum(&w);
	int64_t person = harness_person(h, ROLE_PERSON);
	draft(&w, "16-к");
	leaves(&w, 1);
	comes(&w, person, "member", "own_security");
	const char *page = arena_print(h->arena, "/competitions/%lld/commission",
				       (long long)w.stage.competition);
	harness_check_page(h, w.stage.hr, page);
	if (!enact(&w, &e))
		fail_msg("%s", e.key);
	harness_check_page(h, w.stage.hr, page);
	struct answer a = harness_get(h, w.stage.hr, page);
	assert_string_equal(answer_text(&a, "orders.0.number"), "16-к");
	assert_string_equal(answer_text(&a, "orders.0.changes.0.what"), "leaves");
	/* who has left sees nothing of it any more, and the declaration stays */
	assert_int_equal(harness_get(h, w.person[1], room_path(&w, "")).status, 403);
	struct interview i = { 0 };
	struct vote v = { 0 };
	assert_true(interview_load(&secretary, w.interview, &i, &e));
	assert_true(vote_read(&secretary, &i, w.application, &v, &e));
	assert_int_equal(v.members, 3); /* chair, the absent fifth, the new one; two in conflict */
	assert_int_equal(v.present, 1);
	int64_t members[ROOM_SEATS] = { w.member[0], w.member[2], w.member[3],
					w.member[ROOM_SECRETARY], member_of(&w, person) };
	assert_true(interview_attend(&secretary, w.interview, members, 5, &e));
	struct act chair = room_act(&w, ROOM_CHAIR);
	struct act fresh = harness_act(h, person);
	assert_true(vote_cast(&chair, w.application, true, &e));
	assert_true(vote_cast(&fresh, w.application, true, &e));
	assert_true(vote_close(&secretary, w.application, &v, &e));
	assert_int_equal(v.state, VOTE_POSITIVE);
	/* the minutes know of both orders, and who was present signs though gone since */
	room_close(&w);
	room_number(&w);
	int64_t asked = 0;
	assert_true(db_number(h->site.db, &e, &asked,
			      "SELECT COUNT(*) FROM minutes_signature s JOIN commission_member m"
			      " ON m.id = s.member_id WHERE m.person_id IN ($1, $2)",
			      db_int(w.person[1]), db_int(person)));
	assert_int_equal(asked, 2);
	harness_check_page(h, w.person[ROOM_SECRETARY], room_path(&w, "/minutes"));
	assert_int_equal(stage_journalled(h, "commission.replaced"), 1);
}

/* Nobody's vote is moved by an order. */
static void test_running_vote(void **state)
{
	struct room w = room_open(*state);
	struct act chair = room_act(&w, ROOM_CHAIR);
	struct err e = { 0 };
	int64_t person = harness_person(w.stage.h, ROLE_PERSON);
	room_hear(&w);
	draft(&w, "16-к");
	leaves(&w, 4);
	comes(&w, person, "member", "other");
	stage_refused("voted on, with a quorum", enact(&w, &e), &e, ERR_CONFLICT,
		      "commission.error.vote_running", NULL);
	err_clear(&e);
	assert_true(vote_cast(&chair, w.application, true, &e));
	break_quorum(&w);
	leaves(&w, ROOM_CHAIR);
	comes(&w, harness_person(w.stage.h, ROLE_PERSON), "chair", "subdivision_head");
	stage_refused("who has voted does not leave", enact(&w, &e), &e, ERR_CONFLICT,
		      "commission.error.has_voted", NULL);
}

/* A decided candidate's roll is what it was. */
static void test_decided(void **state)
{
	struct room w = room_open(*state);
	struct harness *h = w.stage.h;
	struct err e = { 0 };
	room_hear(&w);
	room_vote(&w, 3);
	room_decide(&w);
	const char *page =
		arena_print(h->arena, "/applications/%lld/decision", (long long)w.application);
	struct answer before = harness_get(h, w.person[ROOM_CHAIR], page);
	draft(&w, "16-к");
	leaves(&w, 4);
	leaves(&w, ROOM_CHAIR);
	comes(&w, w.person[4], "chair", "subdivision_head"); /* a member becomes the chair */
	comes(&w, harness_person(h, ROLE_PERSON), "member", "other");
	if (!enact(&w, &e))
		fail_msg("%s", e.key);
	struct answer after = harness_get(h, w.person[4], page);
	assert_true(json_equal(answer_value(&before, "candidate.roll"),
			       answer_value(&after, "candidate.roll")));
	struct act fourth = room_act(&w, 4);
	struct seated seated = { 0 };
	assert_true(commission_seated(&fourth, w.stage.competition, &seated, &e));
	assert_int_equal(seated.seat, SEAT_CHAIR);
}

/* R41-1 to R41-3: the composition is checked anew, and everything else that a seat asks for. */
static void test_refusals(void **state)
{
	struct room w = room_open(*state);
	struct act hr = hr_of(&w);
	struct act chair = room_act(&w, ROOM_CHAIR);
	struct err e = { 0 };
	int64_t id = w.stage.competition;
	struct order_form form = { "16-к", act_today(&hr), NULL };
	stage_refused("no draft", enact(&w, &e), &e, ERR_CONFLICT, "commission.error.no_order",
		      NULL);
	err_clear(&e);
	assert_false(commission_order_draft(&chair, id, &form, &e));
	assert_int_equal(e.kind, ERR_DENIED);
	err_clear(&e);
	form.number = "";
	stage_refused("no number", commission_order_draft(&hr, id, &form, &e), &e, ERR_INPUT,
		      "error.required", "order_number");
	err_clear(&e);
	form.number = "16-к";
	form.day.n++;
	stage_refused("of tomorrow", commission_order_draft(&hr, id, &form, &e), &e, ERR_INPUT,
		      "commission.error.order_day", "order_day");
	err_clear(&e);
	form.day.n -= 60;
	stage_refused("of before", commission_order_draft(&hr, id, &form, &e), &e, ERR_INPUT,
		      "commission.error.order_before", "order_day");
	draft(&w, "16-к");
	draft(&w, "17-к"); /* the same draft */
	stage_refused("it changes nothing", enact(&w, &e), &e, ERR_CONFLICT,
		      "commission.error.order_empty", NULL);
	leaves(&w, 1);
	stage_refused("R41-1: nobody of own security", enact(&w, &e), &e, ERR_LAW,
		      "law.commission.few", "41");
	err_clear(&e);
	struct seat_form twice = { w.person[2], "member", "own_security", true };
	stage_refused("sits already", commission_order_come(&hr, id, &twice, &e), &e, ERR_INPUT,
		      "commission.error.twice", "person");
	err_clear(&e);
	struct seat_form candidate = { stage_person_of(&w.stage, w.application), "member",
				       "own_security", true };
	stage_refused("a candidate", commission_order_come(&hr, id, &candidate, &e), &e, ERR_INPUT,
		      "commission.error.candidate", "person");
	comes(&w, harness_person(w.stage.h, ROLE_PERSON), "member", "other");
	stage_refused("R41-1: still nobody of own security", enact(&w, &e), &e, ERR_LAW,
		      "law.commission.kind", "41");
	err_clear(&e);
	assert_true(commission_order_undo(&hr, id, 1, &e));
	if (!enact(&w, &e)) /* nobody leaves, one comes: six */
		fail_msg("%s", e.key);
}

/* Through the site, with a scan; nobody but HR. */
static void test_site(void **state)
{
	struct room w = room_open(*state);
	struct harness *h = w.stage.h;
	const char *page = arena_print(h->arena, "/competitions/%lld/commission",
				       (long long)w.stage.competition);
	struct answer a = harness_upload(h, w.stage.hr, arena_print(h->arena, "%s/orders", page),
					 "order_number=16&order_day=2026-03-26", "scan",
					 "order.pdf", STAGE_PDF, sizeof(STAGE_PDF) - 1);
	assert_int_equal(a.status, 200);
	a = harness_post(h, w.stage.hr, arena_print(h->arena, "%s/orders/leave", page),
			 arena_print(h->arena, "member=%lld", (long long)w.member[4]));
	assert_int_equal(a.status, 200);
	a = harness_post(h, w.stage.hr, arena_print(h->arena, "%s/orders/come", page),
			 arena_print(h->arena, "person=%lld&role=member&kind=other&employee=on",
				     (long long)harness_person(h, ROLE_PERSON)));
	assert_int_equal(a.status, 200);
	harness_check_page(h, w.stage.hr, arena_print(h->arena, "%s?q=a", page));
	a = harness_post(h, w.person[ROOM_SECRETARY],
			 arena_print(h->arena, "%s/orders/enact", page), "");
	assert_int_equal(a.status, 403);
	a = harness_post(h, w.stage.hr, arena_print(h->arena, "%s/orders/enact", page), "");
	assert_int_equal(a.status, 200);
	a = harness_get(h, w.stage.hr, "/commission-orders/1/scan");
	assert_int_equal(a.status, 200);
	assert_int_equal(harness_get(h, w.person[ROOM_CHAIR], "/commission-orders/1/scan").status,
			 403);
}

static bool run_enact(const struct act *act, void *user, struct err *e)
{
	const struct room *w = user;
	return commission_order_enact(act, w->stage.competition, e);
}

static void test_all_or_nothing(void **state)
{
	struct room w = room_open(*state);
	int64_t person = harness_person(w.stage.h, ROLE_PERSON);
	draft(&w, "16-к");
	leaves(&w, 4);
	comes(&w, person, "member", "other");
	stage_all_or_nothing(w.stage.h, w.stage.hr, run_enact, &w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_way),     HARNESS_TEST(test_running_vote),
		HARNESS_TEST(test_decided), HARNESS_TEST(test_refusals),
		HARNESS_TEST(test_site),    HARNESS_TEST(test_all_or_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
