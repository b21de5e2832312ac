#include "base/clock.h"

#include <stdio.h>
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
	return (struct clock){ real_now, 0, 0 };
}

struct clock clock_fixed(int64_t instant_ms)
{
	return (struct clock){ fixed_now, instant_ms, 0 };
}

int64_t clock_since_boot_ms(void)
{
	return read_ms(CLOCK_BOOTTIME);
}

static int64_t line_now(const struct clock *c)
{
	return c->fixed_ms + clock_since_boot_ms() - c->since_boot_ms;
}

struct clock clock_line(int64_t instant_ms, int64_t since_boot_ms)
{
	return (struct clock){ line_now, instant_ms, since_boot_ms };
}

void clock_boot_id(char ret[BOOT_ID_SIZE])
{
	FILE *file = fopen("/proc/sys/kernel/random/boot_id", "re");
	ret[0] = '\0';
	if (!file)
		return;
	if (!fgets(ret, BOOT_ID_SIZE, file))
		ret[0] = '\0';
	(void)fclose(file);
}

int64_t clock_now(const struct clock *c)
{
	return c->now_ms(c);
}

int64_t clock_monotonic_ms(void)
{
	return read_ms(CLOCK_MONOTONIC);
}

int64_t clock_monotonic_us(void)
{
	struct timespec t = { 0, 0 };
	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}
