/* Service of a decision, by opening or by letter, and the appeal term that starts with it (F84). */
#include "room.h"

#include "app/competition/acquaintance.h"
#include "app/competition/competition_terms.h"
#include "app/notice/notice.h"
#include "app/notice/told.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void must(bool ok, const struct err *e)
{
	if (!ok)
		fail_msg("%s: %s", e->key, e->detail);
}

static day on(const char *text)
{
	day d = { 0 };
	assert_true(day_parse(text, &d));
	return d;
}

static struct room decided(struct harness *h)
{
	struct room w = room_open(h);
	room_hear(&w);
	room_vote(&w, 4);
	room_decide(&w);
	return w;
}

static int64_t decision_of(struct room *w)
{
	struct err e = { 0 };
	int64_t id = 0;
	must(db_number(w->stage.h->site.db, &e, &id,
		       "SELECT id FROM notice WHERE kind = 'decision.positive'"),
	     &e);
	return id;
}

static struct told told_of(struct room *w)
{
	struct act act = harness_act(w->stage.h, 0);
	struct told t = { 0 };
	struct err e = { 0 };
	must(told_of_application(&act, w->application, &t, &e), &e);
	return t;
}

/* TERM_NOTICE of the competition as its page shows it. */
static struct term notice_term(struct room *w)
{
	struct act act = harness_act(w->stage.h, 0);
	struct competition c = { 0 };
	struct term_facts f = { 0 };
	struct term line[TERM_COUNT];
	struct err e = { 0 };
	must(competition_load(&act, w->stage.competition, &c, &e) &&
		     competition_term_facts(&act, &c, &f, &e),
	     &e);
	assert_true(term_line(c.calendar, c.rules, &f, line));
	return line[TERM_NOTICE];
}

/* Decided on Thursday 26 March, opened on Monday the 30th: three months from there. */
static void test_opened(void **state)
{
	struct room w = decided(*state);
	struct harness *h = w.stage.h;
	struct err e = { 0 };
	assert_false(told_of(&w).served || told_of(&w).has_last);
	assert_true(told_of(&w).appealable);
	assert_int_equal(notice_term(&w).last.n, on("2026-03-31").n);
	assert_int_equal(notice_term(&w).state, TERM_OPEN);
	harness_at(h, "2026-03-30T09:00");
	struct act own = harness_act(h, stage_person_of(&w.stage, w.application));
	struct act chair = room_act(&w, ROOM_CHAIR);
	must(told_read(&chair, w.application, &e), &e);
	assert_false(told_of(&w).served); /* read by another: no service */
	must(told_read(&own, w.application, &e) && told_read(&own, w.application, &e), &e);
	assert_int_equal(stage_journalled(h, "notice.served"), 1);
	const struct told t = told_of(&w);
	assert_true(t.served && t.has_last && !t.on_paper && !t.over);
	assert_int_equal(t.served_day.n, on("2026-03-30").n);
	assert_int_equal(t.last.n, on("2026-06-30").n);
	assert_int_equal(notice_term(&w).state, TERM_KEPT);
	harness_at(h, "2026-07-01T09:00");
	assert_true(told_of(&w).over);
	assert_int_equal(told_of(&w).left, 0);
}

/* Not opened in time: the term for telling is missed, whatever was sent. */
static void test_missed(void **state)
{
	struct room w = decided(*state);
	harness_at(w.stage.h, "2026-04-01T09:00");
	assert_int_equal(notice_term(&w).state, TERM_MISSED);
	struct act own = harness_act(w.stage.h, stage_person_of(&w.stage, w.application));
	struct err e = { 0 };
	must(notice_open(&own, decision_of(&w), &e), &e);
	assert_int_equal(notice_term(&w).state, TERM_LATE);
}

/* A letter serves as well; whichever comes first counts. */
static void test_letter(void **state)
{
	struct room w = decided(*state);
	struct harness *h = w.stage.h;
	struct err e = { 0 };
	const int64_t notice = decision_of(&w);
	const int64_t competition = w.stage.competition;
	harness_at(h, "2026-03-31T15:00");
	struct act hr = harness_act(h, w.stage.hr);
	struct act chair = room_act(&w, ROOM_CHAIR);
	stage_refused("not HR",
		      told_on_paper(&chair, competition, notice, "7", on("2026-03-30"), &e), &e,
		      ERR_DENIED, "error.denied", NULL);
	err_clear(&e);
	stage_refused("no number",
		      told_on_paper(&hr, competition, notice, "", on("2026-03-30"), &e), &e,
		      ERR_INPUT, "error.required", "number");
	err_clear(&e);
	stage_refused("before the decision",
		      told_on_paper(&hr, competition, notice, "7", on("2026-03-25"), &e), &e,
		      ERR_INPUT, "told.error.early", "day");
	err_clear(&e);
	stage_refused("ahead", told_on_paper(&hr, competition, notice, "7", on("2026-04-01"), &e),
		      &e, ERR_INPUT, "error.day.future", "day");
	err_clear(&e);
	stage_refused("a member's notice",
		      told_on_paper(&hr, competition, 1, "7", on("2026-03-30"), &e), &e,
		      ERR_MISSING, "error.missing", NULL);
	err_clear(&e);
	must(told_on_paper(&hr, competition, notice, "7-14", on("2026-03-30"), &e), &e);
	assert_int_equal(stage_journalled(h, "notice.on_paper"), 1);
	stage_refused("twice", told_on_paper(&hr, competition, notice, "8", on("2026-03-31"), &e),
		      &e, ERR_CONFLICT, "told.error.served", NULL);
	struct told t = told_of(&w);
	assert_true(t.served && t.on_paper);
	assert_string_equal(t.number, "7-14");
	assert_int_equal(t.last.n, on("2026-06-30").n);
	assert_int_equal(notice_term(&w).state, TERM_KEPT);
	/* opened later: the term does not begin again */
	harness_at(h, "2026-04-20T09:00");
	struct act own = harness_act(h, stage_person_of(&w.stage, w.application));
	must(notice_open(&own, notice, &e), &e);
	assert_int_equal(told_of(&w).last.n, on("2026-06-30").n);
	assert_int_equal(notice_term(&w).state, TERM_KEPT);
}

/* Opened first: no letter is recorded any more. */
static void test_letter_too_late(void **state)
{
	struct room w = decided(*state);
	struct err e = { 0 };
	struct act own = harness_act(w.stage.h, stage_person_of(&w.stage, w.application));
	struct act hr = harness_act(w.stage.h, w.stage.hr);
	must(notice_open(&own, decision_of(&w), &e), &e);
	stage_refused(
		"opened",
		told_on_paper(&hr, w.stage.competition, decision_of(&w), "7", on("2026-03-26"), &e),
		&e, ERR_CONFLICT, "told.error.served", NULL);
}

/* Three working days: what was sent on 26 March is late from 1 April. */
static void test_late_day(void **state)
{
	static const struct {
		const char *today, *late;
	} row[] = {
		{ "2026-03-30", "2026-03-19" }, /* over the days off of Nauryz */
		{ "2026-04-01", "2026-03-26" },
		{ "2026-04-02", "2026-03-29" }, /* of a Sunday: Wednesday is the third day */
	};
	struct stage s = stage_open(*state);
	struct act act = harness_act(s.h, 0);
	struct competition c = { 0 };
	struct err e = { 0 };
	must(competition_load(&act, s.competition, &c, &e), &e);
	for (size_t i = 0; i < COUNT(row); i++) {
		day late = { 0 };
		char text[DAY_TEXT_SIZE];
		assert_true(told_late_day(&c, on(row[i].today), &late));
		day_print(late, text);
		assert_string_equal(text, row[i].late);
	}
}

static int64_t reminders(struct harness *h)
{
	struct err e = { 0 };
	int64_t count = 0;
	must(db_number(h->site.db, &e, &count,
		       "SELECT COUNT(*) FROM notice WHERE kind = 'acquaintance.reminder'"),
	     &e);
	return count;
}

static void run_job(struct harness *h, const char *now)
{
	struct err e = { 0 };
	harness_at(h, now);
	struct act job = harness_act(h, 0);
	must(acquaintance_remind_daily(&job, &e), &e);
}

/* O-3: once, after ten days, whoever has not taken note. */
static void test_acquaintance(void **state)
{
	struct stage s = stage_open(*state);
	struct err e = { 0 };
	int64_t people = 0;
	must(db_exec(s.h->site.db, &e, NULL,
		     "INSERT INTO account (person_id, password) SELECT id, '' FROM person"
		     " WHERE id <> $1",
		     db_int(s.psycho)) &&
		     db_exec(s.h->site.db, &e, NULL, "UPDATE person SET added_ms = $1",
			     db_int(clock_now(&s.h->site.clock))),
	     &e);
	must(db_number(s.h->site.db, &e, &people, "SELECT COUNT(*) FROM account"), &e);
	struct act own = harness_act(s.h, s.security);
	const struct law_file *rules = law_book_rule_set_on(own.book, act_today(&own));
	run_job(s.h, "2026-03-11T09:00");
	assert_int_equal(reminders(s.h), 0); /* nine days */
	must(acquaintance_read(&own, rules, &e) && acquaintance_confirm(&own, rules, &e), &e);
	run_job(s.h, "2026-03-12T09:00");
	assert_int_equal(reminders(s.h), people - 1);
	assert_int_equal(stage_journalled(s.h, "acquaintance.reminded"), 1);
	run_job(s.h, "2026-03-13T09:00");
	assert_int_equal(reminders(s.h), people - 1); /* once */
	assert_int_equal(stage_journalled(s.h, "acquaintance.reminded"), 1);
}

struct one {
	struct room *room;
	int64_t notice;
};
static bool do_letter(const struct act *act, void *user, struct err *e)
{
	struct one *one = user;
	return told_on_paper(act, one->room->stage.competition, one->notice, "7", on("2026-03-26"),
			     e);
}
static bool do_read(const struct act *act, void *user, struct err *e)
{
	return told_read(act, ((struct one *)user)->room->application, e);
}
static bool do_remind(const struct act *act, void *user, struct err *e)
{
	(void)user;
	return acquaintance_remind_daily(act, e);
}

static void test_all_or_nothing(void **state)
{
	struct room w = decided(*state);
	struct one one = { &w, decision_of(&w) };
	stage_all_or_nothing(w.stage.h, stage_person_of(&w.stage, w.application), do_read, &one);
	stage_all_or_nothing(w.stage.h, 0, do_remind, NULL);
}

static void test_letter_all_or_nothing(void **state)
{
	struct room w = decided(*state);
	struct one one = { &w, decision_of(&w) };
	stage_all_or_nothing(w.stage.h, w.stage.hr, do_letter, &one);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_opened),         HARNESS_TEST(test_missed),
		HARNESS_TEST(test_letter),         HARNESS_TEST(test_letter_too_late),
		HARNESS_TEST(test_late_day),       HARNESS_TEST(test_acquaintance),
		HARNESS_TEST(test_all_or_nothing), HARNESS_TEST(test_letter_all_or_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
