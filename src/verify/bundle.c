/* bundle.c - folders.  Zips are in zip.c. */
#include "verify/bundle.h"

#include "verify/zip.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool no_file(struct err *e, const char *why)
{
	return err_set(e, ERR_INPUT, "verify.error.file", "%s", why);
}

static bool too_large(struct err *e, const char *what)
{
	return err_set(e, ERR_INPUT, "verify.error.large", "%s", what);
}

/* ---- one file -------------------------------------------------------------------------------- */

static bool read_whole(struct arena *a, int fd, size_t most, struct file *ret, struct err *e)
{
	struct stat s;
	size_t size = 0;
	if (fstat(fd, &s) != 0 || !S_ISREG(s.st_mode))
		return no_file(e, "not a plain file");
	if (s.st_size < 0 || (size_t)s.st_size > most)
		return too_large(e, "a file");
	char *bytes = arena_alloc(a, (size_t)s.st_size + 1);
	while (size < (size_t)s.st_size) {
		const ssize_t n = read(fd, bytes + size, (size_t)s.st_size - size);
		if (n < 0)
			return no_file(e, strerror(errno));
		if (n == 0)
			break;
		size += (size_t)n;
	}
	bytes[size] = '\0';
	ret->bytes = bytes;
	ret->size = size;
	return true;
}

static bool read_at(struct arena *a, int folder, const char *name, size_t most, struct file *ret,
		    struct err *e)
{
	const int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return no_file(e, strerror(errno));
	const bool ok = read_whole(a, fd, most, ret, e);
	(void)close(fd);
	return ok;
}

bool bundle_file(struct arena *a, const char *path, struct file *ret, struct err *e)
{
	struct file file = { .name = path };
	if (!read_at(a, AT_FDCWD, path, BUNDLE_BYTES_MOST, &file, e))
		return false;
	*ret = file;
	return true;
}

/* ---- files together -------------------------------------------------------------------------- */

bool bundle_add(struct bundle *b, struct file file, struct err *e)
{
	if (b->count == BUNDLE_FILES_MOST || file.size > BUNDLE_BYTES_MOST - b->bytes)
		return too_large(e, "files");
	if (b->count == b->room) {
		const size_t room = b->room ? 2 * b->room : 64;
		struct file *grown = arena_array(b->arena, room, sizeof(*grown));
		if (b->count > 0)
			memcpy(grown, b->file, b->count * sizeof(*grown));
		b->file = grown;
		b->room = room;
	}
	b->file[b->count++] = file;
	b->bytes += file.size;
	return true;
}

static bool add_entry(struct bundle *b, int folder, const char *prefix, const char *name, int depth,
		      struct err *e);

static bool add_folder(struct bundle *b, int fd, const char *prefix, int depth, struct err *e)
{
	DIR *folder = fdopendir(fd);
	bool ok = true;
	if (!folder) {
		(void)close(fd);
		return no_file(e, strerror(errno));
	}
	for (const struct dirent *d = readdir(folder); ok && d; d = readdir(folder)) {
		if (strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0)
			ok = add_entry(b, dirfd(folder), prefix, d->d_name, depth, e);
	}
	(void)closedir(folder);
	return ok;
}

/* Links are not followed: an unpacked archive must not lead out of its folder. */
static bool add_entry(struct bundle *b, int folder, const char *prefix, const char *name, int depth,
		      struct err *e)
{
	const char *path = arena_print(b->arena, "%s%s", prefix, name);
	struct stat s;
	struct file file = { .name = path };
	if (strlen(path) > BUNDLE_NAME_MOST || fstatat(folder, name, &s, AT_SYMLINK_NOFOLLOW) != 0)
		return no_file(e, "a name");
	if (S_ISREG(s.st_mode))
		return read_at(b->arena, folder, name, BUNDLE_BYTES_MOST - b->bytes, &file, e) &&
		       bundle_add(b, file, e);
	if (!S_ISDIR(s.st_mode))
		return true;
	if (depth == BUNDLE_DEPTH_MOST)
		return too_large(e, "folders in folders");
	const int fd = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? no_file(e, strerror(errno))
		      : add_folder(b, fd, arena_print(b->arena, "%s/", path), depth + 1, e);
}

bool bundle_folder(struct arena *a, const char *path, struct bundle *ret, struct err *e)
{
	struct bundle b = { .arena = a };
	const int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return no_file(e, strerror(errno));
	if (!add_folder(&b, fd, "", 0, e) || !bundle_sort(&b, e))
		return false;
	*ret = b;
	return true;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct file *)a)->name, ((const struct file *)b)->name);
}

bool bundle_sort(struct bundle *b, struct err *e)
{
	if (b->count == 0)
		return true;
	qsort(b->file, b->count, sizeof(*b->file), by_name);
	for (size_t i = 1; i < b->count; i++) {
		if (strcmp(b->file[i - 1].name, b->file[i].name) == 0)
			return err_set(e, ERR_INPUT, "verify.error.zip", "a name stands twice");
	}
	return true;
}

const struct file *bundle_find(const struct bundle *b, const char *name)
{
	const struct file wanted = { .name = name };
	return b->count == 0 ? NULL
			     : bsearch(&wanted, b->file, b->count, sizeof(*b->file), by_name);
}
