/* nosync.c - a power cut for a program that is not asked: what was not synced can be lost.
 *
 *   LD_PRELOAD=libnosync.so NOSYNC_FOLDER=/.../data NOSYNC_LOG=/.../ops.log konkurs serve ...
 *
 * Every change of a file in NOSYNC_FOLDER is noted in NOSYNC_LOG before it is done: what is
 * written, truncated, created, removed, and what is synced.  Files are changed as usual, so that
 * the program reads what it wrote, as it does from the page cache; the sync itself is only noted.
 * After the program was killed, test/faults/image.py builds from the notes what a disk could hold
 * after a power cut at that moment.
 *
 *   NOSYNC_DELAY_US=n   a sync takes so long: the disk's time, in which more may go wrong
 *   NOSYNC_DIE=what:n   kills the process at the n-th change of a file whose kind is `what`:
 *                       "wal", "db" (that is: in a checkpoint), "sync" or "any"
 *
 * Shared memory (-shm) is no part of what must last, and is left alone. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum { DESCRIPTORS = 8192, FILES_MOST = 4096 };

/* As in image.py. */
enum kind {
	KIND_CREATE = 1, /* payload: the name in the folder */
	KIND_OPEN,       /* payload: the name in the folder */
	KIND_WRITE,      /* payload: the bytes at `offset`   */
	KIND_TRUNCATE,   /* to `offset`                      */
	KIND_SYNC,
	KIND_UNLINK,
	KIND_SYNC_FOLDER
};

struct note {
	uint32_t kind, file;
	uint64_t offset, size;
};

struct file {
	dev_t device;
	ino_t inode;
	bool gone, is_wal;
};

static struct {
	pthread_mutex_t lock;
	int log;
	char folder[PATH_MAX];
	size_t folder_len;
	unsigned delay_us;
	char die_at[8];
	long die_after;
	struct file files[FILES_MOST];
	uint32_t file_count;
	uint32_t of_descriptor[DESCRIPTORS]; /* file + 1; 0: not ours */
	bool is_folder[DESCRIPTORS];
} cut = { .lock = PTHREAD_MUTEX_INITIALIZER, .log = -1 };

static struct {
	int (*open)(const char *, int, ...);
	int (*close)(int);
	ssize_t (*pwrite)(int, const void *, size_t, off_t);
	ssize_t (*write)(int, const void *, size_t);
	int (*ftruncate)(int, off_t);
	int (*fdatasync)(int);
	int (*unlink)(const char *);
} real;

static void *next(const char *name)
{
	void *function = dlsym(RTLD_NEXT, name);
	if (!function)
		abort();
	return function;
}

static void read_settings(void)
{
	const char *folder = getenv("NOSYNC_FOLDER");
	const char *log = getenv("NOSYNC_LOG");
	const char *delay = getenv("NOSYNC_DELAY_US");
	const char *die = getenv("NOSYNC_DIE");
	if (!folder || !log)
		return;
	if (!realpath(folder, cut.folder))
		abort();
	cut.folder_len = strlen(cut.folder);
	cut.delay_us = delay ? (unsigned)strtoul(delay, NULL, 10) : 0;
	if (die && sscanf(die, "%7[a-z]:%ld", cut.die_at, &cut.die_after) != 2)
		abort();
	cut.log = real.open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (cut.log < 0)
		abort();
}

static void begin(void)
{
	*(void **)&real.open = next("open64");
	*(void **)&real.close = next("close");
	*(void **)&real.pwrite = next("pwrite64");
	*(void **)&real.write = next("write");
	*(void **)&real.ftruncate = next("ftruncate64");
	*(void **)&real.fdatasync = next("fdatasync");
	*(void **)&real.unlink = next("unlink");
	read_settings();
}

/* Constructors of other libraries may call us before one of ours would have run. */
static void ensure(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	(void)pthread_once(&once, begin);
}

/* ---- which files ------------------------------------------------------------------------ */

static bool ends_with(const char *text, const char *end)
{
	size_t length = strlen(text);
	size_t end_len = strlen(end);
	return length >= end_len && strcmp(text + length - end_len, end) == 0;
}

/* The name of a file in the folder, or NULL if it is none of ours. */
static const char *name_of(const char *path)
{
	if (cut.log < 0 || strncmp(path, cut.folder, cut.folder_len) != 0 ||
	    path[cut.folder_len] != '/' || ends_with(path, "-shm"))
		return NULL;
	return path + cut.folder_len + 1;
}

static bool is_file(const struct file *f, const struct stat *s)
{
	return !f->gone && f->device == s->st_dev && f->inode == s->st_ino;
}

/* The number of a file that is known, or -1. */
static int64_t find(const struct stat *s)
{
	for (uint32_t i = 0; i < cut.file_count; i++) {
		if (is_file(&cut.files[i], s))
			return i;
	}
	return -1;
}

/* ---- notes ------------------------------------------------------------------------------- */

static void die_if_it_is_time(enum kind kind, const struct file *f)
{
	bool counts =
		strcmp(cut.die_at, "any") == 0 ||
		(kind == KIND_SYNC && strcmp(cut.die_at, "sync") == 0) ||
		(kind == KIND_WRITE && f && strcmp(cut.die_at, f->is_wal ? "wal" : "db") == 0);
	if (*cut.die_at && counts && --cut.die_after <= 0)
		(void)kill(getpid(), SIGKILL);
}

/* The lock is held: the order of the notes is the order of the changes. */
static void note(enum kind kind, uint32_t file, uint64_t offset, const void *bytes, size_t size)
{
	struct note head = { kind, file, offset, size };
	struct iovec part[] = { { &head, sizeof(head) }, { (void *)(uintptr_t)bytes, size } };
	if (writev(cut.log, part, size ? 2 : 1) != (ssize_t)(sizeof(head) + size))
		abort();
	die_if_it_is_time(kind, kind == KIND_SYNC_FOLDER ? NULL : &cut.files[file]);
}

static void note_descriptor(int descriptor, enum kind kind, off_t offset, const void *bytes,
			    size_t size)
{
	if (descriptor < 0 || descriptor >= DESCRIPTORS || cut.log < 0)
		return;
	(void)pthread_mutex_lock(&cut.lock);
	if (cut.of_descriptor[descriptor])
		note(kind, cut.of_descriptor[descriptor] - 1, (uint64_t)offset, bytes, size);
	(void)pthread_mutex_unlock(&cut.lock);
}

/* A file of the folder was opened: from now on its descriptor is watched. */
static void opened(int descriptor, const char *name, bool created)
{
	struct stat s;
	if (descriptor >= DESCRIPTORS || fstat(descriptor, &s) != 0)
		abort();
	(void)pthread_mutex_lock(&cut.lock);
	int64_t file = find(&s);
	if (file < 0) {
		if (cut.file_count == FILES_MOST)
			abort();
		file = cut.file_count++;
		cut.files[file] =
			(struct file){ s.st_dev, s.st_ino, false, ends_with(name, "-wal") };
		note(created ? KIND_CREATE : KIND_OPEN, (uint32_t)file, 0, name, strlen(name));
	}
	cut.of_descriptor[descriptor] = (uint32_t)file + 1;
	(void)pthread_mutex_unlock(&cut.lock);
}

/* ---- what the program calls ---------------------------------------------------------------- */

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
	const char *name = name_of(path);
	bool created = name && (flags & O_CREAT) && access(path, F_OK) != 0;
	int descriptor = real.open(path, flags, mode);
	if (descriptor < 0 || descriptor >= DESCRIPTORS || cut.log < 0)
		return descriptor;
	cut.is_folder[descriptor] = strcmp(path, cut.folder) == 0;
	if (name && (flags & O_ACCMODE) != O_RDONLY)
		opened(descriptor, name, created);
	return descriptor;
}

int close(int descriptor)
{
	ensure();
	if (descriptor >= 0 && descriptor < DESCRIPTORS) {
		cut.of_descriptor[descriptor] = 0;
		cut.is_folder[descriptor] = false;
	}
	return real.close(descriptor);
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t size, off_t offset)
{
	ensure();
	note_descriptor(descriptor, KIND_WRITE, offset, bytes, size);
	return real.pwrite(descriptor, bytes, size, offset);
}

ssize_t write(int descriptor, const void *bytes, size_t size)
{
	ensure();
	if (descriptor >= 0 && descriptor < DESCRIPTORS && cut.of_descriptor[descriptor])
		note_descriptor(descriptor, KIND_WRITE, lseek(descriptor, 0, SEEK_CUR), bytes,
				size);
	return real.write(descriptor, bytes, size);
}

int ftruncate64(int descriptor, off_t size)
{
	ensure();
	note_descriptor(descriptor, KIND_TRUNCATE, size, NULL, 0);
	return real.ftruncate(descriptor, size);
}

/* Noted when the disk has done it: a cut within the delay loses what was to be synced. */
static int sync_one(int descriptor)
{
	ensure();
	if (descriptor < 0 || descriptor >= DESCRIPTORS || cut.log < 0)
		return real.fdatasync(descriptor);
	if (cut.delay_us)
		(void)usleep(cut.delay_us);
	if (cut.is_folder[descriptor]) {
		(void)pthread_mutex_lock(&cut.lock);
		note(KIND_SYNC_FOLDER, 0, 0, NULL, 0);
		(void)pthread_mutex_unlock(&cut.lock);
	}
	note_descriptor(descriptor, KIND_SYNC, 0, NULL, 0);
	return 0;
}

int fdatasync(int descriptor)
{
	return sync_one(descriptor);
}

int fsync(int descriptor)
{
	return sync_one(descriptor);
}

int unlink(const char *path)
{
	struct stat s;
	ensure();
	if (name_of(path) && stat(path, &s) == 0) {
		(void)pthread_mutex_lock(&cut.lock);
		int64_t file = find(&s);
		if (file >= 0) {
			note(KIND_UNLINK, (uint32_t)file, 0, NULL, 0);
			cut.files[file].gone = true;
		}
		(void)pthread_mutex_unlock(&cut.lock);
	}
	return real.unlink(path);
}
