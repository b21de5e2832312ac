/* full.c - a disk with so many bytes left, for machines where no small file system can be mounted.
 *
 *   LD_PRELOAD=libfull.so FULL_FOLDER=/.../data FULL_FILE=/.../left konkurs serve ...
 *
 * FULL_FILE holds eight bytes: how much the files in FULL_FOLDER may still grow, a signed number in
 * the machine's order of bytes; negative: as much as they like.  It is mapped: a test changes it
 * while the program runs.  A write that does not fit is cut short, the next one fails with ENOSPC,
 * as on a real disk; what was there before can be written over. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DESCRIPTORS = 8192 };

static _Atomic int64_t *left;
static char folder[PATH_MAX];
static bool ours[DESCRIPTORS];

static struct {
	int (*open)(const char *, int, ...);
	int (*close)(int);
	ssize_t (*pwrite)(int, const void *, size_t, off_t);
	int (*ftruncate)(int, off_t);
} real;

static void *next(const char *name)
{
	void *function = dlsym(RTLD_NEXT, name);
	if (!function)
		abort();
	return function;
}

static void begin(void)
{
	const char *where = getenv("FULL_FOLDER");
	const char *path = getenv("FULL_FILE");
	*(void **)&real.open = next("open64");
	*(void **)&real.close = next("close");
	*(void **)&real.pwrite = next("pwrite64");
	*(void **)&real.ftruncate = next("ftruncate64");
	if (!where || !path || !realpath(where, folder))
		return;
	int file = real.open(path, O_RDWR | O_CLOEXEC);
	void *map =
		file < 0 ? MAP_FAILED
			 : mmap(NULL, sizeof(*left), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	if (map == MAP_FAILED)
		abort();
	(void)real.close(file);
	left = map;
}

/* Constructors of other libraries may call us before one of ours would have run. */
static void ensure(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	(void)pthread_once(&once, begin);
}

int open64(const char *path, int flags, ...)
{
	ensure();
	mode_t mode = 0;
	if (flags & (O_CREAT | __O_TMPFILE)) {
		va_list more;
		va_start(more, flags);
		mode = va_arg(more, mode_t);
		va_end(more);
	}
	int descriptor = real.open(path, flags, mode);
	size_t length = strlen(folder);
	if (descriptor >= 0 && descriptor < DESCRIPTORS)
		ours[descriptor] =
			left && strncmp(path, folder, length) == 0 && path[length] == '/';
	return descriptor;
}

int close(int descriptor)
{
	ensure();
	if (descriptor >= 0 && descriptor < DESCRIPTORS)
		ours[descriptor] = false;
	return real.close(descriptor);
}

/* How many of `size` bytes at `offset` there is room for; takes the room. */
static size_t take(int descriptor, size_t size, off_t offset)
{
	struct stat s;
	if (descriptor < 0 || descriptor >= DESCRIPTORS || !ours[descriptor] || *left < 0 ||
	    fstat(descriptor, &s) != 0)
		return size;
	off_t grows = offset + (off_t)size - s.st_size;
	if (grows <= 0)
		return size;
	if (grows <= *left) {
		*left -= grows;
		return size;
	}
	size_t missing = (size_t)(grows - *left);
	*left = 0;
	return missing < size ? size - missing : 0;
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t size, off_t offset)
{
	ensure();
	size_t room = take(descriptor, size, offset);
	if (room == 0 && size > 0) {
		errno = ENOSPC;
		return -1;
	}
	return real.pwrite(descriptor, bytes, room, offset);
}

int ftruncate64(int descriptor, off_t size)
{
	struct stat s;
	ensure();
	if (descriptor >= 0 && descriptor < DESCRIPTORS && ours[descriptor] && *left >= 0 &&
	    fstat(descriptor, &s) == 0 && s.st_size > size)
		*left += s.st_size - size;
	return real.ftruncate(descriptor, size);
}
