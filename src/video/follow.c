#include "video/follow.h"

#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_MOST = 4096, CHUNK = 64 * 1024 };

_Static_assert(FOLLOW_HASH_SIZE == crypto_hash_sha256_BYTES, "SHA-256");

struct follow {
	char folder[PATH_MOST], path[PATH_MOST];
	int fd;       /* -1: not there yet */
	int64_t size; /* read and hashed   */
	dev_t device; /* which file it is  */
	ino_t inode;
	crypto_hash_sha256_state hash;
};

static bool failed(struct err *e, const char *what)
{
	return err_set(e, ERR_SYSTEM, "video.error.file", "a recording: %s: %s", what,
		       strerror(errno));
}

/* What `file` may not be: a path out of the folder. */
static bool join(const char *folder, const char *file, char ret[PATH_MOST], struct err *e)
{
	const int length = snprintf(ret, PATH_MOST, "%s/%s", folder, file);
	if (*file == '\0' || *file == '/' || *file == '.' || strstr(file, "/.") || length < 0 ||
	    length >= PATH_MOST)
		return err_set(e, ERR_INPUT, "video.error.file", "a recording has no such name");
	return true;
}

bool follow_open(const char *folder, const char *file, struct follow **ret, struct err *e)
{
	struct follow *f = calloc(1, sizeof(*f));
	if (!f)
		return err_set(e, ERR_SYSTEM, "error.system", "no memory to follow a file");
	f->fd = -1;
	(void)crypto_hash_sha256_init(&f->hash);
	if (!join(folder, file, f->path, e)) {
		follow_cleanup(&f);
		return false;
	}
	(void)snprintf(f->folder, sizeof(f->folder), "%.*s", (int)(strrchr(f->path, '/') - f->path),
		       f->path);
	*ret = f;
	return true;
}

void follow_cleanup(struct follow **f)
{
	if (*f && (*f)->fd >= 0)
		(void)close((*f)->fd);
	free(*f);
	*f = NULL;
}

/* True with fd -1 while it is yet to come.  O_NONBLOCK: no pipe that somebody put there holds us.
 */
static bool begin(struct follow *f, struct err *e)
{
	struct stat is = { 0 };
	f->fd = open(f->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (f->fd < 0)
		return errno == ENOENT || failed(e, "it cannot be opened");
	if (fstat(f->fd, &is) != 0 || !S_ISREG(is.st_mode)) {
		(void)close(f->fd);
		f->fd = -1;
		return err_set(e, ERR_CONFLICT, "video.error.changed", "it is no plain file");
	}
	f->device = is.st_dev;
	f->inode = is.st_ino;
	/* the name of a new file is durable only when its folder is */
	return io_sync(f->folder) || failed(e, "its folder cannot be synced");
}

static bool is_changed(struct err *e, const char *how)
{
	return err_set(e, ERR_CONFLICT, "video.error.changed", "a recording %s", how);
}

/* Whether the name still is this file, and nothing of what was hashed is gone. */
static bool check_same(const struct follow *f, struct err *e)
{
	struct stat is = { 0 };
	if (lstat(f->path, &is) != 0)
		return is_changed(e, "is gone while it was written");
	if (is.st_dev != f->device || is.st_ino != f->inode)
		return is_changed(e, "is another file now");
	return is.st_size >= f->size || is_changed(e, "became shorter");
}

static bool take(struct follow *f, struct err *e)
{
	unsigned char chunk[CHUNK];
	for (;;) {
		const ssize_t got = pread(f->fd, chunk, sizeof(chunk), f->size);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return failed(e, "it cannot be read");
		if (got == 0)
			return true;
		(void)crypto_hash_sha256_update(&f->hash, chunk, (unsigned long long)got);
		f->size += got;
	}
}

bool follow_look(struct follow *f, int64_t *ret_grew, struct err *e)
{
	const int64_t before = f->size;
	if (f->fd < 0 && !begin(f, e))
		return false;
	if (f->fd >= 0 && (!check_same(f, e) || !take(f, e)))
		return false;
	/* what was hashed is what is synced, or more */
	if (f->size > before && fdatasync(f->fd) != 0)
		return failed(e, "it cannot be synced");
	*ret_grew = f->size - before;
	return true;
}

bool follow_end(struct follow *f, int64_t *ret_size, unsigned char ret_hash[FOLLOW_HASH_SIZE],
		struct err *e)
{
	int64_t grew = 0;
	if (!follow_look(f, &grew, e))
		return false;
	crypto_hash_sha256_state copy = f->hash;
	(void)crypto_hash_sha256_final(&copy, ret_hash);
	*ret_size = f->size;
	return true;
}

bool follow_whole(const char *folder, const char *file, int64_t *ret_size,
		  unsigned char ret_hash[FOLLOW_HASH_SIZE], struct err *e)
{
	CLEANUP(follow_cleanup) struct follow *f = NULL;
	if (!follow_open(folder, file, &f, e))
		return false;
	f->fd = open(f->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (f->fd < 0 && errno == ENOENT) {
		*ret_size = -1;
		return true;
	}
	if (f->fd < 0)
		return failed(e, "it cannot be opened");
	if (!take(f, e))
		return false;
	(void)crypto_hash_sha256_final(&f->hash, ret_hash);
	*ret_size = f->size;
	return true;
}
