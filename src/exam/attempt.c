#include "exam/attempt.h"

static int64_t end_of(const struct attempt_times *times)
{
	return times->ends_ms + times->paused_ms;
}

/* F52 */
enum attempt_state attempt_state(const struct attempt_times *times, int64_t now_ms)
{
	if (times->annulled)
		return ATTEMPT_ANNULLED;
	if (times->finished)
		return ATTEMPT_FINISHED;
	if (!times->started)
		return ATTEMPT_WAITING;
	return now_ms < end_of(times) ? ATTEMPT_RUNNING : ATTEMPT_TIME_UP;
}

int64_t attempt_left_ms(const struct attempt_times *times, int64_t now_ms)
{
	return attempt_accepts(times, now_ms) ? end_of(times) - now_ms : 0;
}

bool attempt_accepts(const struct attempt_times *times, int64_t now_ms)
{
	return attempt_state(times, now_ms) == ATTEMPT_RUNNING;
}

const char *attempt_state_name(enum attempt_state state)
{
	static const char *const name[] = {
		[ATTEMPT_WAITING] = "waiting",   [ATTEMPT_RUNNING] = "running",
		[ATTEMPT_TIME_UP] = "time_up",   [ATTEMPT_FINISHED] = "finished",
		[ATTEMPT_ANNULLED] = "annulled",
	};
	return name[state];
}
