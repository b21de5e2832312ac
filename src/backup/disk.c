#include "backup/disk.h"

#include "base/io.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

static bool failed(struct err *e, const char *path)
{
	return err_set(e, ERR_SYSTEM, "error.storage", "%.180s: %s", path, strerror(errno));
}

bool disk_sync(const char *path, struct err *e)
{
	return io_sync(path) || failed(e, path);
}

const char *disk_folder(struct arena *a, const char *path)
{
	const char *end = strrchr(path, '/');
	if (!end)
		return ".";
	return end == path ? "/" : arena_copy_n(a, path, (size_t)(end - path));
}

bool disk_hash(const char *path, char ret[DISK_HASH_SIZE], int64_t *ret_size, struct err *e)
{
	unsigned char piece[64 * 1024];
	unsigned char hash[crypto_hash_sha256_BYTES];
	crypto_hash_sha256_state state;
	int64_t size = 0;
	ssize_t got = 0;
	CLEANUP(io_close) const int file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0)
		return failed(e, path);
	crypto_hash_sha256_init(&state);
	while ((got = read(file, piece, sizeof(piece))) > 0) {
		crypto_hash_sha256_update(&state, piece, (unsigned long long)got);
		size += got;
	}
	if (got < 0)
		return failed(e, path);
	crypto_hash_sha256_final(&state, hash);
	(void)sodium_bin2hex(ret, DISK_HASH_SIZE, hash, sizeof(hash));
	*ret_size = size;
	return true;
}

bool disk_left(const char *folder, int64_t *ret, struct err *e)
{
	struct statvfs status;
	if (statvfs(folder, &status) != 0)
		return failed(e, folder);
	*ret = (int64_t)status.f_bavail * (int64_t)status.f_frsize;
	return true;
}

bool disk_write(const char *path, const void *bytes, size_t size, struct err *e)
{
	CLEANUP(io_close)
	const int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
	if (file < 0)
		return failed(e, path);
	/* what a full disk has cut short is no file of ours: the caller removes it */
	return (io_write(file, bytes, size) && fsync(file) == 0) || failed(e, path);
}

static void close_folder(DIR **folder)
{
	if (*folder)
		(void)closedir(*folder);
}

bool disk_remove(const char *folder, struct err *e)
{
	CLEANUP(close_folder) DIR *list = opendir(folder);
	const struct dirent *entry = NULL;
	if (!list)
		return failed(e, folder);
	while ((entry = readdir(list)) != NULL) {
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
		    unlinkat(dirfd(list), entry->d_name, 0) != 0)
			return failed(e, folder);
	}
	return rmdir(folder) == 0 || failed(e, folder);
}

bool disk_hold(const char *folder, int *ret, struct err *e)
{
	const int file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (file < 0)
		return failed(e, folder);
	if (flock(file, LOCK_EX | LOCK_NB) == 0) {
		*ret = file;
		return true;
	}
	const bool busy = errno == EWOULDBLOCK;
	if (!busy)
		(void)failed(e, folder);
	(void)close(file);
	return busy &&
	       err_set(e, ERR_BUSY, "backup.error.busy", "another is at work in %.180s", folder);
}

bool disk_new_folder(struct arena *a, const char *where, const char *prefix, const char **ret,
		     int *ret_hold, struct err *e)
{
	char *path = arena_print(a, "%s/%sXXXXXX", where, prefix);
	if (!mkdtemp(path))
		return failed(e, where);
	if (!disk_hold(path, ret_hold, e)) {
		(void)rmdir(path);
		return false;
	}
	*ret = path;
	return true;
}

void disk_remove_left(struct arena *a, const char *where, const char *prefix)
{
	CLEANUP(close_folder) DIR *list = opendir(where);
	const struct dirent *entry = NULL;
	while (list && (entry = readdir(list)) != NULL) {
		CLEANUP(io_close) int hold = -1;
		struct err why = { 0 };
		const char *path = arena_print(a, "%s/%s", where, entry->d_name);
		if (strncmp(entry->d_name, prefix, strlen(prefix)) == 0 &&
		    disk_hold(path, &hold, &why) && !disk_remove(path, &why))
			err_clear(&why);
	}
}
