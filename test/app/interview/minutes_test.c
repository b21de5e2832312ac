/* Minutes: frozen, signed by the members present and the secretary within three working days, and
 * no close without (R47-1, section 4 of rules.md: minutes). */
#include "room.h"

#include "app/competition/closing.h"
#include "app/interview/minutes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const char *hash_of(struct room *w)
{
	struct act act = room_act(w, ROOM_SECRETARY);
	struct interview i = { 0 };
	struct minutes m = { 0 };
	struct err e = { 0 };
	assert_true(interview_load(&act, w->interview, &i, &e));
	assert_true(minutes_load(&act, &i, &m, &e));
	return m.hash;
}

static struct room numbered(struct harness *h)
{
	struct room w = room_open(h);
	room_hear(&w);
	room_vote(&w, 4);
	room_decide(&w);
	room_close(&w);
	room_number(&w);
	return w;
}

static void sign(struct room *w, int seat)
{
	struct act act = room_act(w, seat);
	struct err e = { 0 };
	if (!minutes_sign(&act, w->interview, hash_of(w), seat == 3 ? "Не согласен" : "", &e))
		fail_msg("seat %d: %s", seat, e.key);
}

static bool closes(struct room *w, struct err *e)
{
	struct act hr = harness_act(w->stage.h, w->stage.hr);
	err_clear(e);
	return competition_close(&hr, w->stage.competition, e);
}

/* Six sign: five members present and the secretary; the invited does not. */
static void test_way(void **state)
{
	struct room w = numbered(*state);
	struct err e = { 0 };
	int64_t asked = 0;
	assert_true(db_number(w.stage.h->site.db, &e, &asked,
			      "SELECT COUNT(*) FROM minutes_signature"));
	assert_int_equal(asked, 6);
	for (int seat = 0; seat <= ROOM_SECRETARY; seat++) {
		stage_refused("a signature is missing", closes(&w, &e), &e, ERR_CONFLICT,
			      "competition.error.unsigned", NULL);
		sign(&w, seat);
	}
	assert_int_equal(stage_journalled(w.stage.h, "minutes.signed"), 6);
	if (!closes(&w, &e))
		fail_msg("%s", e.key);
}

/* Who may sign, when, and what. */
static void test_refusals(void **state)
{
	struct room w = room_open(*state);
	struct act chair = room_act(&w, ROOM_CHAIR);
	struct act invited = room_act(&w, ROOM_INVITED);
	struct act hr = harness_act(w.stage.h, w.stage.hr);
	struct err e = { 0 };
	struct act secretary = room_act(&w, ROOM_SECRETARY);
	stage_refused("the interview runs", minutes_number(&secretary, w.interview, "7", &e), &e,
		      ERR_CONFLICT, "interview.error.not_closed", NULL);
	room_hear(&w);
	room_vote(&w, 4);
	room_decide(&w);
	room_close(&w);
	err_clear(&e);
	stage_refused("no number yet", minutes_sign(&chair, w.interview, "", "", &e), &e,
		      ERR_CONFLICT, "minutes.error.unnumbered", NULL);
	stage_refused("and no close", closes(&w, &e), &e, ERR_CONFLICT,
		      "competition.error.unnumbered", NULL);
	err_clear(&e);
	stage_refused("an empty number", minutes_number(&secretary, w.interview, "", &e), &e,
		      ERR_INPUT, "error.required", "number");
	err_clear(&e);
	assert_false(minutes_number(&chair, w.interview, "7", &e));
	assert_int_equal(e.kind, ERR_DENIED);
	room_number(&w);
	err_clear(&e);
	stage_refused("twice", minutes_number(&secretary, w.interview, "8", &e), &e, ERR_CONFLICT,
		      "interview.error.numbered", NULL);
	err_clear(&e);
	stage_refused("R41-3: the invited",
		      minutes_sign(&invited, w.interview, hash_of(&w), "", &e), &e, ERR_DENIED,
		      "minutes.error.not_signer", NULL);
	err_clear(&e);
	stage_refused("HR", minutes_sign(&hr, w.interview, hash_of(&w), "", &e), &e, ERR_DENIED,
		      "minutes.error.not_signer", NULL);
	err_clear(&e);
	stage_refused("another text", minutes_sign(&chair, w.interview, "00", "", &e), &e,
		      ERR_CONFLICT, "minutes.error.changed", NULL);
	sign(&w, ROOM_CHAIR);
	err_clear(&e);
	stage_refused("twice", minutes_sign(&chair, w.interview, hash_of(&w), "", &e), &e,
		      ERR_CONFLICT, "minutes.error.signed", NULL);
}

/* A changed row changes nothing of what was frozen; a changed text is seen, and binds nobody. */
static void test_frozen(void **state)
{
	struct room w = numbered(*state);
	struct act chair = room_act(&w, ROOM_CHAIR);
	struct interview i = { 0 };
	struct minutes m = { 0 };
	struct err e = { 0 };
	struct db *db = w.stage.h->site.db;
	const char *hash = hash_of(&w);
	assert_true(db_exec(db, &e, NULL, "UPDATE person SET family = 'Other'"));
	assert_true(interview_load(&chair, w.interview, &i, &e) &&
		    minutes_load(&chair, &i, &m, &e));
	assert_true(m.frozen);
	assert_string_equal(m.hash, hash);
	assert_string_not_equal(
		row_text(json_array_get(json_object_get(m.record, "people"), 0), "name"), "Other");
	assert_true(db_exec(db, &e, NULL, "UPDATE minutes SET content = '{}'"));
	assert_true(minutes_load(&chair, &i, &m, &e));
	assert_true(m.broken);
	stage_refused("a broken text", minutes_sign(&chair, w.interview, hash, "", &e), &e,
		      ERR_CONFLICT, "minutes.error.changed", NULL);
	stage_refused("and no close", closes(&w, &e), &e, ERR_CONFLICT, "competition.error.broken",
		      NULL);
}

/* Everything that is missing stands on the page at once, with names. */
static void test_missing(void **state)
{
	struct room w = room_open(*state);
	struct harness *h = w.stage.h;
	const char *hub =
		arena_print(h->arena, "/competitions/%lld", (long long)w.stage.competition);
	struct answer a = harness_get(h, w.stage.hr, hub);
	assert_string_equal(answer_text(&a, "missing.0.what"), "interview_open");
	assert_string_equal(answer_text(&a, "missing.1.what"), "undecided");
	assert_true(*answer_text(&a, "missing.1.names.0") != 0);
	harness_check_page(h, w.stage.hr, hub);
	room_hear(&w);
	room_vote(&w, 4);
	room_decide(&w);
	room_close(&w);
	room_number(&w);
	sign(&w, ROOM_CHAIR);
	a = harness_get(h, w.stage.hr, hub);
	assert_string_equal(answer_text(&a, "missing.0.what"), "unsigned");
	assert_int_equal(answer_number(&a, "missing.0.count"), 5);
	assert_int_equal(json_array_size(answer_value(&a, "missing.0.names")), 5);
	harness_check_page(h, w.stage.hr, hub);
	a = harness_post(h, w.stage.hr, arena_print(h->arena, "%s/close", hub), "");
	assert_int_equal(a.status, 409);
	assert_string_equal(a.error, "competition.error.unsigned");
}

static int64_t notices(struct room *w, const char *kind)
{
	struct err e = { 0 };
	int64_t count = 0;
	assert_true(db_number(w->stage.h->site.db, &e, &count,
			      "SELECT COUNT(*) FROM notice WHERE kind = $1", db_text(kind)));
	return count;
}

static void run_job(struct room *w, const char *now)
{
	struct act job;
	struct err e = { 0 };
	harness_at(w->stage.h, now);
	job = harness_act(w->stage.h, 0);
	if (!minutes_remind(&job, &e))
		fail_msg("%s: %s %s", now, e.key, e.detail);
}

/* Thursday 26 March: three working days end on Tuesday the 31st.  Once a day, until signed. */
static void test_reminders(void **state)
{
	struct room w = room_open(*state);
	struct act chair = room_act(&w, ROOM_CHAIR);
	struct err e = { 0 };
	room_hear(&w);
	room_vote(&w, 4);
	room_decide(&w);
	run_job(&w, "2026-03-26T11:00");
	assert_int_equal(notices(&w, "minutes.number"), 0); /* the interview runs */
	room_close(&w);
	run_job(&w, "2026-03-26T12:00");
	run_job(&w, "2026-03-26T13:00");
	assert_int_equal(notices(&w, "minutes.number"), 1);
	room_number(&w);
	assert_int_equal(notices(&w, "minutes.sign"), 6);
	sign(&w, ROOM_CHAIR);
	run_job(&w, "2026-03-27T09:00");
	run_job(&w, "2026-03-27T18:00");
	assert_int_equal(notices(&w, "minutes.remind"), 5);
	run_job(&w, "2026-03-31T09:00"); /* the last day: not overdue */
	assert_int_equal(notices(&w, "minutes.remind"), 10);
	run_job(&w, "2026-04-01T09:00");
	assert_int_equal(notices(&w, "minutes.overdue"), 5);
	stage_refused("not the system", minutes_remind(&chair, &e), &e, ERR_DENIED, "error.denied",
		      NULL);
	for (int seat = 1; seat <= ROOM_SECRETARY; seat++)
		sign(&w, seat);
	run_job(&w, "2026-04-02T09:00");
	assert_int_equal(notices(&w, "minutes.overdue"), 5);
}

/* The page before, while and after signing; a member whose seat an order has taken still signs. */
static void test_pages(void **state)
{
	struct room w = numbered(*state);
	struct harness *h = w.stage.h;
	struct err e = { 0 };
	const char *page = room_path(&w, "/minutes");
	struct answer a = harness_get(h, w.person[ROOM_CHAIR], page);
	assert_string_equal(answer_text(&a, "sign_last"), "2026-03-31");
	assert_int_equal(answer_number(&a, "left"), 3);
	assert_int_equal(answer_number(&a, "missing"), 6);
	harness_check_page(h, w.person[ROOM_CHAIR], page);
	harness_check_page(h, w.person[ROOM_SECRETARY], page);
	harness_check_page(h, w.stage.hr, page);
	a = harness_post(h, w.person[3], room_path(&w, "/minutes/sign"),
			 arena_print(h->arena, "hash=%s&dissent=%s", hash_of(&w), "Against"));
	assert_int_equal(a.status, 200);
	a = harness_post(h, w.stage.hr, room_path(&w, "/minutes/remind"), "");
	assert_int_equal(a.status, 200);
	assert_int_equal(notices(&w, "minutes.remind"), 5);
	a = harness_get(h, w.stage.hr, page);
	assert_string_equal(answer_text(&a, "signatures.1.dissent"), "");
	assert_int_equal(answer_number(&a, "missing"), 5);
	assert_true(db_exec(h->site.db, &e, NULL,
			    "UPDATE commission_member SET left_ms = 1 WHERE id = $1",
			    db_int(w.member[1])));
	assert_int_equal(harness_get(h, w.person[1], page).status, 200);
	assert_int_equal(harness_get(h, w.person[1], room_path(&w, "")).status, 403);
	sign(&w, 1);
	assert_int_equal(harness_get(h, stage_person_of(&w.stage, w.application), page).status,
			 404);
	harness_at(h, "2026-04-02T09:00");
	harness_check_page(h, w.stage.hr, page);
}

struct signing {
	struct room *room;
	const char *hash;
};

static bool run_sign(const struct act *act, void *user, struct err *e)
{
	const struct signing *s = user;
	return minutes_sign(act, s->room->interview, s->hash, "", e);
}

static bool run_number(const struct act *act, void *user, struct err *e)
{
	const struct signing *s = user;
	return minutes_number(act, s->room->interview, "7", e);
}

static bool run_remind(const struct act *act, void *user, struct err *e)
{
	(void)user;
	return minutes_remind(act, e);
}

static void test_all_or_nothing(void **state)
{
	struct room w = room_open(*state);
	struct signing s = { &w, NULL };
	room_hear(&w);
	room_vote(&w, 4);
	room_decide(&w);
	room_close(&w);
	stage_all_or_nothing(w.stage.h, w.person[ROOM_SECRETARY], run_number, &s);
	s.hash = hash_of(&w);
	stage_all_or_nothing(w.stage.h, w.person[ROOM_CHAIR], run_sign, &s);
	stage_all_or_nothing(w.stage.h, 0, run_remind, &s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_way),
		HARNESS_TEST(test_refusals),
		HARNESS_TEST(test_frozen),
		HARNESS_TEST(test_missing),
		HARNESS_TEST(test_reminders),
		HARNESS_TEST(test_pages),
		HARNESS_TEST(test_all_or_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
