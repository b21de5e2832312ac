/* The n-th call of the database fails, for every n, in every use case of the test: each time it
 * fails as a whole, every table is as it was, and the journal is whole (F46, F53). */
#include "hall.h"

#include "app/sitting/stop.h"
#include "faulty.h"
#include "journal/journal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* What a use case is called with. */
struct world {
	struct hall hall;
	int64_t other;  /* another candidate's attempt, at seat 2   */
	int64_t id;     /* made by the use case: a sitting, an act  */
	int64_t target; /* the attempt that a use case is about     */
	const char *word;
};

typedef bool use_case(const struct act *act, void *user, struct err *e);

static void journal_whole(struct world *w, const char *what)
{
	struct journal_report report;
	struct err e = { 0 };
	if (!journal_verify(w->hall.stage.h->site.db, &report, &e))
		fail_msg("%s: %s", what, e.detail);
	if (report.broken_seq != 0)
		fail_msg("%s: the journal is broken at %lld: %s", what,
			 (long long)report.broken_seq, report.why);
}

static void play(struct world *w, int64_t person, const char *what, use_case *run)
{
	print_message("# %s\n", what);
	stage_all_or_nothing(w->hall.stage.h, person, run, w);
	journal_whole(w, what);
}

#define PLAY(w, person, run) play(w, person, #run, run)

static int64_t newest_stop(const struct world *w)
{
	struct err e = { 0 };
	int64_t id = 0;
	assert_true(db_number(w->hall.stage.h->site.db, &e, &id, "SELECT MAX(id) FROM stop"));
	return id;
}

/* ---- before the start ----------------------------------------------------------------------- */

static bool do_open(const struct act *act, void *user, struct err *e)
{
	struct world *w = user;
	const struct sitting_plan plan = { .competition_id = w->hall.stage.competition,
					   .hall_id = w->hall.id,
					   .binding = "none" };
	return sitting_open(act, &plan, &w->id, e);
}

static bool do_admit(const struct act *act, void *user, struct err *e)
{
	struct world *w = user;
	return sitting_admit(act, w->hall.sitting, w->target, "id_card", 7, e);
}

static bool do_record(const struct act *act, void *user, struct err *e)
{
	struct world *w = user;
	return sitting_record(act, w->hall.sitting, "confirmed", e);
}

static bool do_coin(const struct act *act, void *user, struct err *e)
{
	struct world *w = user;
	return seal_coin(act, w->hall.sitting, w->target, w->word, "heads", e);
}

static bool do_seal(const struct act *act, void *user, struct err *e)
{
	struct world *w = user;
	return seal_forms(act, w->hall.sitting, hall_second(&w->hall), hall_salt, hall_key, e);
}

static bool do_remove(const struct act *act, void *user, struct err *e)
{
	struct world *w = user;
	return seal_remove(act, w->hall.sitting, "a code is lost", e);
}

static bool do_start(const struct act *act, void *user, struct err *e)
{
	struct world *w = user;
	return sitting_start(act, w->hall.sitting, hall_second(&w->hall), hall_key, e);
}

static void coins(struct world *w)
{
	w->target = 1;
	w->word = "A";
	PLAY(w, w->hall.operator, do_coin);
	w->target = 2;
	w->word = "B";
	PLAY(w, w->hall.operator, do_coin);
}

static void test_before_the_start(void **state)
{
	struct world w = { .hall = hall_open(*state) };
	struct err e = { 0 };
	PLAY(&w, w.hall.operator, do_open);
	w.target = stage_candidate(&w.hall.stage, STAGE_MET);
	assert_true(db_exec(w.hall.stage.h->site.db, &e, NULL,
			    "UPDATE application SET test_language = 'kk' WHERE id = $1",
			    db_int(w.target)));
	PLAY(&w, w.hall.operator, do_admit);
	PLAY(&w, w.hall.operator, do_record);
	coins(&w);
	PLAY(&w, w.hall.operator, do_seal);
	PLAY(&w, w.hall.operator, do_remove);
	coins(&w);
	PLAY(&w, w.hall.operator, do_seal);
	PLAY(&w, w.hall.operator, do_start);
}

/* ---- the candidate ------------------------------------------------------------------------- */

static bool do_enter(const struct act *act, void *user, struct err *e)
{
	struct world *w = user;
	bool pen = false;
	return attempt_enter(act, w->target, w->word, false, &pen, e);
}

static bool do_form_open(const struct act *act, void *user, struct err *e)
{
	struct world *w = user;
	return form_open(act, w->target, e);
}

static bool do_answer(const struct act *act, void *user, struct err *e)
{
	struct world *w = user;
	struct answer_ack ack = { 0 };
	return attempt_answer(act, w->hall.attempt, HALL_SESSION, 1, hall_token(&w->hall, 1, 2),
			      w->word, &ack, e);
}

static bool do_pulse(const struct act *act, void *user, struct err *e)
{
	struct world *w = user;
	struct attempt a;
	return attempt_pulse(act, w->hall.attempt, HALL_SESSION, 3, 900, PULSE_GAP_MS + 1, &a, e);
}

static bool do_finish(const struct act *act, void *user, struct err *e)
{
	struct world *w = user;
	return attempt_finish(act, w->hall.attempt, HALL_SESSION, e);
}

static bool do_settle(const struct act *act, void *user, struct err *e)
{
	struct world *w = user;
	return attempt_settle(act, w->target, e);
}

static bool do_close(const struct act *act, void *user, struct err *e)
{
	struct world *w = user;
	return sitting_close(act, w->hall.sitting, e);
}

static bool do_names(const struct act *act, void *user, struct err *e)
{
	struct world *w = user;
	return sitting_open_names(act, w->hall.sitting, e);
}

/* Two candidates; the first has entered, the second at seat 2 and a third at seat 3 have not. */
static struct world started(struct harness *h, int64_t *ret_third)
{
	struct world w = { .hall = hall_open(h) };
	w.other = hall_admit(&w.hall, 2);
	*ret_third = hall_admit(&w.hall, 3);
	hall_start(&w.hall);
	return w;
}

static void test_the_candidate(void **state)
{
	int64_t third = 0;
	struct world w = started(*state, &third);
	const int64_t candidate = w.hall.candidate;
	w.word = "session-of-another";
	w.target = w.other;
	PLAY(&w, hall_candidate_of(&w.hall, w.other), do_enter);
	w.target = third;
	PLAY(&w, hall_candidate_of(&w.hall, third), do_form_open);
	w.word = "key-0001";
	PLAY(&w, candidate, do_answer);
	PLAY(&w, candidate, do_answer); /* the same click again */
	PLAY(&w, candidate, do_pulse);
	PLAY(&w, candidate, do_finish);
	w.word = "key-0002";
	PLAY(&w, candidate, do_answer); /* too late: kept, and does not count */
	harness_at(w.hall.stage.h, "2026-03-02T12:00");
	w.target = w.other;
	PLAY(&w, hall_candidate_of(&w.hall, w.other), do_settle);
	PLAY(&w, w.hall.operator, do_close); /* settles the third one as well */
	PLAY(&w, w.hall.operator, do_names);
	PLAY(&w, w.hall.second, do_names);
}

/* ---- the clock, seats, acts ------------------------------------------------------------------ */

static bool do_stop(const struct act *act, void *user, struct err *e)
{
	struct world *w = user;
	return stop_clock(act, w->hall.sitting, w->target, w->word, "reason", hall_second(&w->hall),
			  e);
}

static bool do_stop_end(const struct act *act, void *user, struct err *e)
{
	struct world *w = user;
	return stop_end(act, w->hall.sitting, w->id, e);
}

static bool do_extra(const struct act *act, void *user, struct err *e)
{
	struct world *w = user;
	return extra_time_give(act, w->hall.sitting, w->target, 10, "sight", "№ 4",
			       hall_second(&w->hall), e);
}

static bool do_move(const struct act *act, void *user, struct err *e)
{
	struct world *w = user;
	return seat_move(act, w->hall.sitting, w->hall.attempt, 9, "the mouse",
			 hall_second(&w->hall), e);
}

static bool do_reversal(const struct act *act, void *user, struct err *e)
{
	struct world *w = user;
	int64_t id = 0;
	return act_reversal(act, w->hall.sitting, w->id, "2", "a mistake", hall_second(&w->hall),
			    &id, e);
}

static void stop_and_go(struct world *w, int64_t attempt)
{
	w->target = attempt;
	w->word = "other";
	PLAY(w, w->hall.operator, do_stop);
	w->id = newest_stop(w);
	PLAY(w, w->hall.operator, do_stop_end);
}

static void test_the_clock(void **state)
{
	int64_t third = 0;
	struct world w = started(*state, &third);
	stop_and_go(&w, w.other);
	stop_and_go(&w, 0);
	PLAY(&w, w.hall.operator, do_reversal);
	w.target = w.other;
	PLAY(&w, w.hall.operator, do_extra);
	PLAY(&w, w.hall.operator, do_move);
	w.target = w.hall.attempt;
	w.word = "new-seat";
	PLAY(&w, w.hall.candidate, do_enter); /* ends the move */
}

static bool do_breach(const struct act *act, void *user, struct err *e)
{
	struct world *w = user;
	return act_breach(act, w->hall.sitting, w->target, "5", "a telephone", &w->id, e);
}

static bool do_refuse(const struct act *act, void *user, struct err *e)
{
	struct world *w = user;
	return act_breach_answer(act, w->id, false, "it was a watch", e);
}

static bool do_sign(const struct act *act, void *user, struct err *e)
{
	struct world *w = user;
	return act_breach_answer(act, w->id, true, "", e);
}

static bool do_technical(const struct act *act, void *user, struct err *e)
{
	struct world *w = user;
	return act_technical(act, w->hall.sitting, w->target, "1", "broken", hall_second(&w->hall),
			     &w->id, e);
}

static void test_acts(void **state)
{
	int64_t third = 0;
	struct world w = started(*state, &third);
	w.target = w.hall.attempt;
	PLAY(&w, w.hall.operator, do_breach);
	PLAY(&w, w.hall.stage.hr, do_refuse);
	PLAY(&w, w.hall.operator, do_breach);
	PLAY(&w, w.hall.stage.hr, do_sign);
	w.target = w.other;
	w.word = "failure";
	PLAY(&w, w.hall.operator, do_stop);
	harness_at(w.hall.stage.h, "2026-03-02T10:40");
	PLAY(&w, w.hall.operator, do_technical);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_before_the_start),
		HARNESS_TEST(test_the_candidate),
		HARNESS_TEST(test_the_clock),
		HARNESS_TEST(test_acts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
