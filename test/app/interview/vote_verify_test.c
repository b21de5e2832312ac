/* The tally from the journal alone (F82, V-1 to V-4). */
#include "doctor.h"
#include "room.h"

#include "app/competition/commission_order.h"
#include "app/competition/conflict.h"
#include "app/interview/vote_verify.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct vote_report verified(struct room *w)
{
	struct act act = harness_act(w->stage.h, 0);
	struct vote_report report = { 0 };
	struct err e = { 0 };
	if (!vote_verify(&act, w->application, &report, &e))
		fail_msg("%s: %s", e.key, e.detail);
	return report;
}

static void agrees(const char *why, struct room *w)
{
	struct vote_report r = verified(w);
	if (*r.why)
		fail_msg("%s: entry %lld: %s", why, (long long)r.seq, r.why);
}

static void test_majority(void **state)
{
	struct room w = room_open(*state);
	room_hear(&w);
	agrees("nothing yet", &w);
	room_vote(&w, 3);
	struct vote_report r = verified(&w);
	assert_false(r.decided);
	assert_int_equal(r.counted.in_favour, 3);
	room_decide(&w);
	r = verified(&w);
	assert_true(r.decided);
	assert_string_equal(r.why, "");
	assert_string_equal(r.outcome, "positive");
	assert_int_equal(r.counted.rule, VOTE_RULE_MAJORITY);
	assert_int_equal(json_array_size(r.roll), 5);
}

/* V-2, V-4: a conflict, one taken back as an error, a tie that goes with the chair. */
static void test_tie(void **state)
{
	struct room w = room_open(*state);
	struct act secretary = room_act(&w, ROOM_SECRETARY);
	struct err e = { 0 };
	for (int seat = 3; seat <= 4; seat++) {
		struct act act = room_act(&w, seat);
		assert_true(vote_conflict(&act, w.application, "Туыс", &e));
	}
	assert_true(conflict_note_error(&secretary, w.application, w.member[3], "Error", &e));
	room_hear(&w);
	for (int seat = 0; seat < 4; seat++) {
		struct act act = room_act(&w, seat);
		assert_true(vote_cast(&act, w.application, seat < 2, &e));
	}
	room_decide(&w);
	struct vote_report r = verified(&w);
	assert_string_equal(r.why, "");
	assert_int_equal(r.counted.rule, VOTE_RULE_CHAIR);
	assert_int_equal(r.counted.members, 4);
}

/* An order in between: who has left is not counted, who came is. */
static void test_order(void **state)
{
	struct room w = room_open(*state);
	struct act hr = harness_act(w.stage.h, w.stage.hr);
	struct act secretary = room_act(&w, ROOM_SECRETARY);
	struct order_form form = { "16-к", act_today(&hr), NULL };
	struct err e = { 0 };
	int64_t id = w.stage.competition;
	int64_t person = harness_person(w.stage.h, ROLE_PERSON);
	struct seat_form seat = { person, "member", "other", true };
	assert_true(commission_order_draft(&hr, id, &form, &e));
	assert_true(commission_order_leave(&hr, id, w.member[4], &e));
	assert_true(commission_order_come(&hr, id, &seat, &e));
	assert_true(commission_order_enact(&hr, id, &e));
	assert_true(db_number(w.stage.h->site.db, &e, &w.member[4],
			      "SELECT id FROM commission_member WHERE person_id = $1",
			      db_int(person)));
	w.person[4] = person;
	assert_true(interview_attend(&secretary, w.interview, w.member, ROOM_SEATS, &e));
	room_hear(&w);
	room_vote(&w, 2);
	room_decide(&w);
	struct vote_report r = verified(&w);
	assert_string_equal(r.why, "");
	assert_string_equal(r.outcome, "negative");
	assert_int_equal(r.counted.members, 5);
	/* an order after the decision changes nothing of it */
	assert_true(commission_order_draft(&hr, id, &form, &e));
	assert_true(commission_order_leave(&hr, id, w.member[3], &e));
	seat.person_id = harness_person(w.stage.h, ROLE_PERSON);
	assert_true(commission_order_come(&hr, id, &seat, &e));
	if (!commission_order_enact(&hr, id, &e))
		fail_msg("%s", e.key);
	agrees("an order of later", &w);
}

/* Every row that is not what the journal tells is found. */
static void test_findings(void **state)
{
	struct room w = room_open(*state);
	struct err e = { 0 };
	struct db *db = w.stage.h->site.db;
	room_hear(&w);
	room_vote(&w, 3);
	room_decide(&w);
#define CHANGED(what, why_not)                                                                     \
	do {                                                                                       \
		CLEANUP(db_rollback) struct db_tx tx = { 0 };                                      \
		assert_true(db_begin(db, &tx, &e));                                                \
		assert_true(doctor_unguard(db, &e));                                               \
		assert_true(db_exec(db, &e, NULL, what));                                          \
		assert_string_equal(verified(&w).why, why_not);                                    \
	} while (0)
	CHANGED("UPDATE decision SET outcome = 'negative'",
		"the row of the decision is not what the journal tells");
	CHANGED("UPDATE decision SET votes_for = 4",
		"the row of the decision is not what the journal tells");
	CHANGED("DELETE FROM decision",
		"a decision without its row, or a row without its decision");
	CHANGED("UPDATE ballot SET choice = 'against'", "a ballot is not the vote of the journal");
	CHANGED("DELETE FROM ballot WHERE id = 1", "a ballot is missing or too many");
	CHANGED("UPDATE journal_content SET content = REPLACE(content, '\"choice\":\"for\"',"
		" '\"choice\":\"against\"')",
		"the votes lead to another outcome");
	CHANGED("UPDATE journal_content SET content = '{}' WHERE seq = (SELECT MIN(seq) FROM"
		" journal_entry WHERE kind = 'interview.attendance')",
		"a vote of an absent member");
#undef CHANGED
	agrees("as it was", &w);
}

static void test_nobody(void **state)
{
	struct room w = room_open(*state);
	struct act act = harness_act(w.stage.h, 0);
	struct vote_report report = { 0 };
	struct err e = { 0 };
	stage_refused("in no interview", vote_verify(&act, 999, &report, &e), &e, ERR_MISSING,
		      "error.missing", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_majority), HARNESS_TEST(test_tie),    HARNESS_TEST(test_order),
		HARNESS_TEST(test_findings), HARNESS_TEST(test_nobody),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
