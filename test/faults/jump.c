/* jump.c - a wall clock that jumps when a test says so.
 *
 *   LD_PRELOAD=libjump.so JUMP_FILE=/.../offset konkurs serve ...
 *
 * JUMP_FILE holds eight bytes: a signed number of milliseconds, in the machine's order of bytes,
 * that is added to what the machine says CLOCK_REALTIME is.  It is mapped, so that a change
 * counts from the next call on.  CLOCK_MONOTONIC and CLOCK_BOOTTIME go on as they are. */
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { MS = 1000, NS_OF_MS = 1000000, NS = 1000000000, US_OF_NS = 1000 };

static const volatile int64_t *offset_ms;
static int (*real_clock_gettime)(clockid_t, struct timespec *);

static void begin(void)
{
	const char *path = getenv("JUMP_FILE");
	*(void **)&real_clock_gettime = dlsym(RTLD_NEXT, "clock_gettime");
	if (!real_clock_gettime || !path)
		return;
	int file = open(path, O_RDONLY | O_CLOEXEC);
	void *map = file < 0 ? MAP_FAILED
			     : mmap(NULL, sizeof(*offset_ms), PROT_READ, MAP_SHARED, file, 0);
	if (map == MAP_FAILED)
		abort();
	(void)close(file);
	offset_ms = map;
}

/* Constructors of other libraries may call us before one of ours would have run. */
static void ensure(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	(void)pthread_once(&once, begin);
}

int clock_gettime(clockid_t id, struct timespec *ret)
{
	ensure();
	int status = real_clock_gettime(id, ret);
	if (status != 0 || !offset_ms || (id != CLOCK_REALTIME && id != CLOCK_REALTIME_COARSE))
		return status;
	int64_t offset = *offset_ms;
	int64_t nanoseconds = ret->tv_nsec + offset % MS * NS_OF_MS;
	ret->tv_sec += offset / MS;
	if (nanoseconds < 0 || nanoseconds >= NS) {
		ret->tv_sec += nanoseconds < 0 ? -1 : 1;
		nanoseconds += nanoseconds < 0 ? NS : -NS;
	}
	ret->tv_nsec = nanoseconds;
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
