/* jump.c - a wall clock that jumps, and a machine that was started again, when a test says so.
 *
 *   LD_PRELOAD=libjump.so JUMP_FILE=/.../offsets konkurs serve ...
 *
 * JUMP_FILE holds three signed numbers of eight bytes, in the machine's order of bytes:
 * milliseconds added to CLOCK_REALTIME; milliseconds added to CLOCK_BOOTTIME; and, if it is not 0,
 * the number of another start of the machine, which makes another /proc/sys/kernel/random/boot_id.
 * It is mapped, so that a change counts from the next call on.  CLOCK_MONOTONIC goes on as it is.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { MS = 1000, NS_OF_MS = 1000000, NS = 1000000000, US_OF_NS = 1000 };

struct offsets {
	int64_t wall_ms, since_boot_ms, boot;
};

static const volatile struct offsets *offsets;
static int (*real_clock_gettime)(clockid_t, struct timespec *);
static FILE *(*real_fopen64)(const char *, const char *);

static void begin(void)
{
	const char *path = getenv("JUMP_FILE");
	*(void **)&real_clock_gettime = dlsym(RTLD_NEXT, "clock_gettime");
	*(void **)&real_fopen64 = dlsym(RTLD_NEXT, "fopen64");
	if (!real_clock_gettime || !real_fopen64)
		abort();
	if (!path)
		return;
	int file = open(path, O_RDONLY | O_CLOEXEC);
	void *map = file < 0 ? MAP_FAILED
			     : mmap(NULL, sizeof(*offsets), PROT_READ, MAP_SHARED, file, 0);
	if (map == MAP_FAILED)
		abort();
	(void)close(file);
	offsets = map;
}

/* Constructors of other libraries may call us before one of ours would have run. */
static void ensure(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	(void)pthread_once(&once, begin);
}

static void add(struct timespec *to, int64_t ms)
{
	int64_t nanoseconds = to->tv_nsec + ms % MS * NS_OF_MS;
	to->tv_sec += ms / MS;
	if (nanoseconds < 0 || nanoseconds >= NS) {
		to->tv_sec += nanoseconds < 0 ? -1 : 1;
		nanoseconds += nanoseconds < 0 ? NS : -NS;
	}
	to->tv_nsec = nanoseconds;
}

int clock_gettime(clockid_t id, struct timespec *ret)
{
	ensure();
	int status = real_clock_gettime(id, ret);
	if (status != 0 || !offsets)
		return status;
	if (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE)
		add(ret, offsets->wall_ms);
	else if (id == CLOCK_BOOTTIME)
		add(ret, offsets->since_boot_ms);
	return status;
}

int gettimeofday(struct timeval *restrict ret, void *restrict zone)
{
	struct timespec now;
	(void)zone;
	if (clock_gettime(CLOCK_REALTIME, &now) != 0)
		return -1;
	*ret = (struct timeval){ now.tv_sec, now.tv_nsec / US_OF_NS };
	return 0;
}

time_t time(time_t *ret)
{
	struct timespec now;
	if (clock_gettime(CLOCK_REALTIME, &now) != 0)
		return -1;
	if (ret)
		*ret = now.tv_sec;
	return now.tv_sec;
}

FILE *fopen64(const char *path, const char *mode)
{
	static char id[64];
	ensure();
	if (!offsets || offsets->boot == 0 || strcmp(path, "/proc/sys/kernel/random/boot_id") != 0)
		return real_fopen64(path, mode);
	(void)snprintf(id, sizeof(id), "00000000-0000-4000-8000-%012lld\n",
		       (long long)offsets->boot);
	return fmemopen(id, strlen(id), "r");
}
