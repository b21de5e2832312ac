#include "exam/attempt.h"

/* The clock that counts: while it stands, the instant since when it does. */
static int64_t counted(const struct attempt_times *times, int64_t now_ms)
{
	return times->stopped_ms ? times->stopped_ms : now_ms;
}

static int64_t left(const struct attempt_times *times, int64_t now_ms)
{
	return times->ends_ms + times->extra_ms - counted(times, now_ms);
}

/* F52 */
enum attempt_state attempt_state(const struct attempt_times *times, int64_t now_ms)
{
	if (times->void_)
		return ATTEMPT_VOID;
	if (times->annulled)
		return ATTEMPT_ANNULLED;
	if (times->finished)
		return ATTEMPT_FINISHED;
	if (!times->started)
		return ATTEMPT_WAITING;
	if (left(times, now_ms) <= 0)
		return ATTEMPT_TIME_UP;
	return times->stopped_ms ? ATTEMPT_STOPPED : ATTEMPT_RUNNING;
}

int64_t attempt_left_ms(const struct attempt_times *times, int64_t now_ms)
{
	return attempt_accepts(times, now_ms) ? left(times, now_ms) : 0;
}

bool attempt_accepts(const struct attempt_times *times, int64_t now_ms)
{
	enum attempt_state state = attempt_state(times, now_ms);
	return state == ATTEMPT_RUNNING || state == ATTEMPT_STOPPED;
}

const char *attempt_state_name(enum attempt_state state)
{
	static const char *const name[] = {
		[ATTEMPT_WAITING] = "waiting",   [ATTEMPT_RUNNING] = "running",
		[ATTEMPT_STOPPED] = "stopped",   [ATTEMPT_TIME_UP] = "time_up",
		[ATTEMPT_FINISHED] = "finished", [ATTEMPT_ANNULLED] = "annulled",
		[ATTEMPT_VOID] = "void",
	};
	return name[state];
}
