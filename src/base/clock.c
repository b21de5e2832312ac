#include "base/clock.h"

#include <time.h>

static int64_t read_ms(clockid_t id)
{
	struct timespec t = { 0 };
	(void)clock_gettime(id, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int64_t real_now(const struct clock *c)
{
	(void)c;
	return read_ms(CLOCK_REALTIME);
}

static int64_t fixed_now(const struct clock *c)
{
	return c->fixed_ms;
}

struct clock clock_real(void)
{
	return (struct clock){ real_now, 0 };
}

struct clock clock_fixed(int64_t instant_ms)
{
	return (struct clock){ fixed_now, instant_ms };
}

int64_t clock_now(const struct clock *c)
{
	return c->now_ms(c);
}

int64_t clock_monotonic_ms(void)
{
	return read_ms(CLOCK_MONOTONIC);
}
