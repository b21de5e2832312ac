/* The record of a sitting: how difficult its forms are expected to be, by the results of earlier
 * sittings (F32).  What else stands there is tested with the pages of the sitting. */
#include "hall.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define HALF_RIGHT                                                                                 \
	"111111111111111111111111111111111111111111111111111111111111"                             \
	"000000000000000000000000000000000000000000000000000000000000"

static void must(bool ok, const struct err *e)
{
	if (!ok)
		fail_msg("%s: %s", e->key, e->detail);
}

#define EXEC(w, e, sql, ...) must(db_exec((w)->stage.h->site.db, e, NULL, sql, __VA_ARGS__), e)

static struct answer protocol(struct hall *w)
{
	return harness_get(
		w->stage.h, w->operator,
		arena_print(w->stage.h->arena, "/sittings/%lld/protocol", (long long)w->sitting));
}

/* The first candidate's test becomes one of an earlier sitting: 60 questions right, 60 wrong. */
static void was_earlier(struct hall *w)
{
	struct act act = hall_operator(w);
	const struct sitting_plan plan = { .competition_id = w->stage.competition,
					   .hall_id = w->id,
					   .binding = "none" };
	struct err e = { 0 };
	int64_t earlier = 0;
	must(sitting_open(&act, &plan, &earlier, &e), &e);
	EXEC(w, &e, "UPDATE attempt SET sitting_id = $1 WHERE id = $2", db_int(earlier),
	     db_int(w->attempt));
	EXEC(w, &e, "UPDATE result SET points = $1 WHERE attempt_id = $2", db_text(HALF_RIGHT),
	     db_int(w->attempt));
}

/* The first `most` questions of this form become those of the earlier one. */
static void is_asked_the_same(struct hall *w, int64_t attempt, int64_t most)
{
	struct err e = { 0 };
	EXEC(w, &e,
	     "UPDATE form_question SET item_id = (SELECT f.item_id FROM form_question f WHERE"
	     " f.attempt_id = $1 AND f.number = form_question.number)"
	     " WHERE attempt_id = $2 AND number <= $3",
	     db_int(w->attempt), db_int(attempt), db_int(most));
}

static void test_difficulty(void **state)
{
	struct hall w = hall_open(*state);
	struct harness *h = w.stage.h;
	struct err e = { 0 };
	const int64_t whole = hall_admit(&w, 2);
	const int64_t easy = hall_admit(&w, 3);
	hall_start(&w);
	struct act act = hall_operator(&w);
	must(form_open(&act, whole, &e) && form_open(&act, easy, &e), &e);
	harness_at(h, "2026-03-02T12:00");
	act = hall_operator(&w);
	must(sitting_close(&act, w.sitting, &e), &e);
	struct answer a = protocol(&w);
	assert_int_equal(a.status, 200);
	assert_true(json_is_null(answer_value(&a, "difficulty"))); /* nothing is known yet */
	was_earlier(&w);
	a = protocol(&w);
	assert_true(json_is_null(answer_value(&a, "difficulty"))); /* of no question on these */
	is_asked_the_same(&w, whole, 120);
	a = protocol(&w);
	assert_int_equal(answer_number(&a, "difficulty.mean"), 500);
	assert_int_equal(answer_number(&a, "difficulty.deviation"), 0);
	is_asked_the_same(&w, easy, 60);
	a = protocol(&w);
	assert_int_equal(answer_number(&a, "difficulty.mean"), 750);
	assert_int_equal(answer_number(&a, "difficulty.deviation"), 250);
	a = harness_html(h, w.operator,
			 arena_print(h->arena, "/sittings/%lld/protocol", (long long)w.sitting));
	assert_non_null(strstr(a.body, "750"));
	assert_non_null(strstr(a.body, "250"));
}

#define WITH_HARNESS(test) HARNESS_TEST(test)

int main(void)
{
	const struct CMUnitTest tests[] = { WITH_HARNESS(test_difficulty) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
