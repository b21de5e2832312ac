/* The interview: order of candidates, questions and answers, opinions (R41-3, R47-1, R47-2). */
#include "room.h"

#include "app/interview/interview_order.h"
#include "app/interview/question.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const char *page_of(struct room *w)
{
	return room_path(
		w, arena_print(w->stage.h->arena, "/candidates/%lld", (long long)w->application));
}

static void test_questions(void **state)
{
	struct room w = room_open(*state);
	struct harness *h = w.stage.h;
	struct act secretary = room_act(&w, ROOM_SECRETARY);
	struct act chair = room_act(&w, ROOM_CHAIR);
	struct question_form form = { w.member[1], "Неге?", "Себебі." };
	struct err e = { 0 };
	stage_refused("before the hearing", question_add(&secretary, w.application, &form, &e), &e,
		      ERR_CONFLICT, "interview.error.not_heard", NULL);
	err_clear(&e);
	assert_true(interview_warn(&secretary, w.application, &e));
	assert_true(interview_hear(&secretary, w.application, &e));
	assert_false(question_add(&chair, w.application, &form, &e));
	assert_int_equal(e.kind, ERR_DENIED);
	err_clear(&e);
	/* what is typed survives: another page, another machine */
	const char *draft = arena_print(h->arena, "%s/draft", page_of(&w));
	struct answer a = harness_post(h, w.person[ROOM_SECRETARY], draft, "question=Half+a+que");
	assert_int_equal(a.status, 200);
	a = harness_get(h, w.person[ROOM_SECRETARY], page_of(&w));
	assert_string_equal(answer_text(&a, "draft.question"), "Half a que");
	a = harness_get(h, w.person[ROOM_CHAIR], page_of(&w));
	assert_string_equal(answer_text(&a, "draft.question"), "");
	static const struct {
		const char *why, *question, *answer, *field;
	} row[] = {
		{ "no question", "", "Себебі.", "question" },
		{ "no answer", "Неге?", "", "answer" },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		struct question_form bad = { w.member[1], row[i].question, row[i].answer };
		err_clear(&e);
		stage_refused(row[i].why, question_add(&secretary, w.application, &bad, &e), &e,
			      ERR_INPUT, "error.required", row[i].field);
	}
	struct question_form own = { w.member[ROOM_SECRETARY], "Неге?", "Себебі." };
	err_clear(&e);
	stage_refused("the secretary asks nothing",
		      question_add(&secretary, w.application, &own, &e), &e, ERR_INPUT,
		      "question.error.asked_by", "asked_by");
	err_clear(&e);
	assert_true(question_add(&secretary, w.application, &form, &e));
	form.answer = "Басқаша.";
	assert_true(question_correct(&secretary, w.application, 1, &form, &e));
	stage_refused("no such question", question_correct(&secretary, w.application, 2, &form, &e),
		      &e, ERR_MISSING, "error.missing", NULL);
	a = harness_get(h, w.person[ROOM_CHAIR], page_of(&w));
	assert_int_equal(answer_number(&a, "questions.0.version"), 2);
	assert_string_equal(answer_text(&a, "questions.0.answer"), "Басқаша.");
	assert_string_equal(answer_text(&a, "questions.0.earlier.0.answer"), "Себебі.");
	a = harness_get(h, w.person[ROOM_SECRETARY], page_of(&w));
	assert_string_equal(answer_text(&a, "draft.question"), ""); /* done with */
	harness_check_page(h, w.person[ROOM_SECRETARY], page_of(&w));
	a = harness_post(h, w.person[ROOM_SECRETARY],
			 arena_print(h->arena, "%s/correct", page_of(&w)),
			 arena_print(h->arena,
				     "number=1&corrected_by=%lld&corrected_question=Q&"
				     "corrected_answer=A",
				     (long long)w.member[1]));
	assert_int_equal(a.status, 200);
	assert_int_equal(stage_journalled(h, "question.corrected"), 2);
	err_clear(&e);
	assert_true(interview_end(&secretary, w.application, &e));
	room_vote(&w, 4);
	room_decide(&w);
	room_close(&w);
	stage_refused("closed", question_add(&secretary, w.application, &form, &e), &e,
		      ERR_CONFLICT, "interview.error.not_running", NULL);
	room_number(&w);
	a = harness_get(h, w.person[ROOM_CHAIR], room_path(&w, "/minutes"));
	assert_string_equal(answer_text(&a, "candidates.0.questions.0.answer"), "A");
	harness_check_page(h, w.person[ROOM_CHAIR], room_path(&w, "/minutes"));
}

/* R41-3: advisory, on record before anybody votes. */
static void test_opinion(void **state)
{
	struct room w = room_open(*state);
	struct act invited = room_act(&w, ROOM_INVITED);
	struct act chair = room_act(&w, ROOM_CHAIR);
	struct err e = { 0 };
	room_hear(&w);
	assert_true(vote_cast(&chair, w.application, true, &e));
	stage_refused("after a vote", interview_opinion(&invited, w.application, "Иә", &e), &e,
		      ERR_CONFLICT, "interview.error.opinion_vote", NULL);
	struct answer a = harness_get(w.stage.h, w.person[ROOM_INVITED], room_path(&w, ""));
	assert_false(json_is_true(answer_value(&a, "candidates.0.may_opine")));
}

/* ---- order ----------------------------------------------------------------------------------- */

enum { CANDIDATES = 5 };

static struct room planned(struct harness *h, int64_t candidates[CANDIDATES])
{
	struct room w = { .stage = stage_open(h) };
	struct act hr = harness_act(h, w.stage.hr);
	struct err e = { 0 };
	stage_plan(&w.stage, "2026-03-26T10:00");
	room_seat(&w);
	assert_true(commission_appoint(&hr, w.stage.competition, &e));
	assert_true(db_number(h->site.db, &e, &w.interview, "SELECT id FROM interview"));
	for (int i = 0; i < CANDIDATES; i++) {
		candidates[i] = stage_candidate(&w.stage, STAGE_COMPLETE | STAGE_RELEASED);
		assert_true(db_exec(h->site.db, &e, NULL,
				    "INSERT INTO interview_candidate (interview_id, application_id,"
				    " turn) VALUES ($1, $2, $3)",
				    db_int(w.interview), db_int(candidates[i]), db_int(i + 1)));
	}
	return w;
}

static int64_t at_turn(struct room *w, int turn)
{
	struct err e = { 0 };
	int64_t id = 0;
	assert_true(db_number(w->stage.h->site.db, &e, &id,
			      "SELECT application_id FROM interview_candidate WHERE turn = $1",
			      db_int(turn)));
	return id;
}

static void test_order(void **state)
{
	int64_t id[CANDIDATES];
	struct room w = planned(*state, id);
	struct act secretary = room_act(&w, ROOM_SECRETARY);
	struct act chair = room_act(&w, ROOM_CHAIR);
	struct err e = { 0 };
	const int64_t turned[CANDIDATES] = { id[4], id[3], id[2], id[1], id[0] };
	assert_false(interview_arrange(&chair, w.interview, "draw", NULL, 0, &e));
	assert_int_equal(e.kind, ERR_DENIED);
	err_clear(&e);
	harness_check_page(w.stage.h, w.person[ROOM_SECRETARY], room_path(&w, ""));
	assert_true(interview_arrange(&secretary, w.interview, "set", turned, CANDIDATES, &e));
	assert_int_equal(at_turn(&w, 1), id[4]);
	const int64_t twice[CANDIDATES] = { id[4], id[4], id[2], id[1], id[0] };
	stage_refused("one stands twice",
		      interview_arrange(&secretary, w.interview, "set", twice, CANDIDATES, &e), &e,
		      ERR_INPUT, "interview.error.turns", "turn");
	err_clear(&e);
	stage_refused("one is missing",
		      interview_arrange(&secretary, w.interview, "set", turned, CANDIDATES - 1, &e),
		      &e, ERR_INPUT, "interview.error.turns", "turn");
	err_clear(&e);
	struct answer a = harness_post(
		w.stage.h, w.person[ROOM_SECRETARY], room_path(&w, "/order"),
		arena_print(w.stage.h->arena,
			    "how=set&candidate=%lld&turn=2&candidate=%lld&turn=1&"
			    "candidate=%lld&turn=3&candidate=%lld&turn=4&candidate=%lld&"
			    "turn=5",
			    (long long)id[0], (long long)id[1], (long long)id[2], (long long)id[3],
			    (long long)id[4]));
	assert_int_equal(a.status, 200);
	assert_int_equal(at_turn(&w, 1), id[1]);
	assert_true(interview_arrange(&secretary, w.interview, "draw", NULL, 0, &e));
	assert_int_equal(stage_journalled(w.stage.h, "interview.arranged"), 3);
	int64_t sum = 0;
	for (int turn = 1; turn <= CANDIDATES; turn++)
		sum += at_turn(&w, turn);
	assert_int_equal(sum, id[0] + id[1] + id[2] + id[3] + id[4]);
	a = harness_get(w.stage.h, w.person[ROOM_CHAIR], room_path(&w, ""));
	assert_string_equal(answer_text(&a, "ordering"), "draw");
	stage_refused("nobody draws until it pleases",
		      interview_arrange(&secretary, w.interview, "draw", NULL, 0, &e), &e,
		      ERR_CONFLICT, "interview.error.drawn", NULL);
	err_clear(&e);
	harness_at(w.stage.h, "2026-03-26T10:00");
	secretary = room_act(&w, ROOM_SECRETARY);
	room_attend(&w, ROOM_SEATS);
	assert_true(interview_begin(&secretary, w.interview, &e));
	stage_refused("begun", interview_arrange(&secretary, w.interview, "draw", NULL, 0, &e), &e,
		      ERR_CONFLICT, "interview.error.begun", NULL);
}

static bool run_question(const struct act *act, void *user, struct err *e)
{
	const struct room *w = user;
	const struct question_form form = { w->member[1], "Неге?", "Себебі." };
	return question_add(act, w->application, &form, e);
}

static void test_all_or_nothing(void **state)
{
	struct room w = room_open(*state);
	struct act secretary = room_act(&w, ROOM_SECRETARY);
	struct err e = { 0 };
	assert_true(interview_warn(&secretary, w.application, &e));
	assert_true(interview_hear(&secretary, w.application, &e));
	stage_all_or_nothing(w.stage.h, w.person[ROOM_SECRETARY], run_question, &w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_questions),
		HARNESS_TEST(test_opinion),
		HARNESS_TEST(test_order),
		HARNESS_TEST(test_all_or_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
