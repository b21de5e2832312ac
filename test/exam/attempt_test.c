/* An attempt is what the server's clock says it is: R28-1, F47, F51, F52. */
#include "exam_test.h"

#include "exam/attempt.h"

enum { START_MS = 1000, END_MS = 121000 };

static const struct row {
	const char *why;
	struct attempt_times times;
	int64_t now_ms;
	enum attempt_state state;
	int64_t left_ms;
	bool accepts;
} row[] = {
	{ "the hall has not started", { 0 }, START_MS, ATTEMPT_WAITING, 0, false },
	{ "a stale end of a waiting attempt means nothing",
	  { .ends_ms = END_MS },
	  END_MS + 1,
	  ATTEMPT_WAITING,
	  0,
	  false },
	{ "the first instant",
	  { .started = true, .ends_ms = END_MS },
	  START_MS,
	  ATTEMPT_RUNNING,
	  120000,
	  true },
	{ "F47: the last millisecond counts",
	  { .started = true, .ends_ms = END_MS },
	  END_MS - 1,
	  ATTEMPT_RUNNING,
	  1,
	  true },
	{ "F52: the end itself is too late, though no job has run",
	  { .started = true, .ends_ms = END_MS },
	  END_MS,
	  ATTEMPT_TIME_UP,
	  0,
	  false },
	{ "hours later, nobody having looked",
	  { .started = true, .ends_ms = END_MS },
	  END_MS + 36000000,
	  ATTEMPT_TIME_UP,
	  0,
	  false },
	{ "a failure moved the end: the clock stood still",
	  { .started = true, .ends_ms = END_MS, .extra_ms = 5000 },
	  END_MS,
	  ATTEMPT_RUNNING,
	  5000,
	  true },
	{ "and its last millisecond",
	  { .started = true, .ends_ms = END_MS, .extra_ms = 5000 },
	  END_MS + 4999,
	  ATTEMPT_RUNNING,
	  1,
	  true },
	{ "but not for longer",
	  { .started = true, .ends_ms = END_MS, .extra_ms = 5000 },
	  END_MS + 5000,
	  ATTEMPT_TIME_UP,
	  0,
	  false },
	{ "the clock stands",
	  { .started = true, .ends_ms = END_MS, .stopped_ms = START_MS },
	  START_MS + 500,
	  ATTEMPT_STOPPED,
	  120000,
	  true },
	{ "F44: the clock stands past the end that was planned",
	  { .started = true, .ends_ms = END_MS, .stopped_ms = END_MS - 1 },
	  END_MS + 1000000,
	  ATTEMPT_STOPPED,
	  1,
	  true },
	{ "stopped when it was over already",
	  { .started = true, .ends_ms = END_MS, .stopped_ms = END_MS },
	  END_MS,
	  ATTEMPT_TIME_UP,
	  0,
	  false },
	{ "void after a technical failure, whatever else it is",
	  { .started = true, .finished = true, .annulled = true, .void_ = true, .ends_ms = END_MS },
	  START_MS,
	  ATTEMPT_VOID,
	  0,
	  false },
	{ "finished by the candidate, time left",
	  { .started = true, .finished = true, .ends_ms = END_MS },
	  START_MS,
	  ATTEMPT_FINISHED,
	  0,
	  false },
	{ "the fact of the end written down",
	  { .started = true, .finished = true, .ends_ms = END_MS },
	  END_MS,
	  ATTEMPT_FINISHED,
	  0,
	  false },
	{ "annulled while it ran",
	  { .started = true, .annulled = true, .ends_ms = END_MS },
	  START_MS,
	  ATTEMPT_ANNULLED,
	  0,
	  false },
	{ "annulled after it was finished: the result does not stand",
	  { .started = true, .finished = true, .annulled = true, .ends_ms = END_MS },
	  END_MS,
	  ATTEMPT_ANNULLED,
	  0,
	  false },
};

static void test_state(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		const struct row *r = &row[i];
		if (attempt_state(&r->times, r->now_ms) != r->state)
			fail_msg("%s: state", r->why);
		if (attempt_left_ms(&r->times, r->now_ms) != r->left_ms)
			fail_msg("%s: time left", r->why);
		if (attempt_accepts(&r->times, r->now_ms) != r->accepts)
			fail_msg("%s: answers", r->why);
	}
}

/* F51: asking does not change anything; the same instant has the same answer. */
static void test_only_the_clock(void **state)
{
	const struct attempt_times times = { .started = true, .ends_ms = END_MS };
	(void)state;
	for (int64_t now = START_MS; now < END_MS; now += 997)
		assert_int_equal(attempt_left_ms(&times, now), END_MS - now);
}

static void test_names(void **state)
{
	(void)state;
	assert_string_equal(attempt_state_name(ATTEMPT_WAITING), "waiting");
	assert_string_equal(attempt_state_name(ATTEMPT_RUNNING), "running");
	assert_string_equal(attempt_state_name(ATTEMPT_STOPPED), "stopped");
	assert_string_equal(attempt_state_name(ATTEMPT_VOID), "void");
	assert_string_equal(attempt_state_name(ATTEMPT_TIME_UP), "time_up");
	assert_string_equal(attempt_state_name(ATTEMPT_FINISHED), "finished");
	assert_string_equal(attempt_state_name(ATTEMPT_ANNULLED), "annulled");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_state),
		cmocka_unit_test(test_only_the_clock),
		cmocka_unit_test(test_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
