/* folder.c - objects as files of a folder: FOLDER/2026-11-30/0a1b...  What a crash leaves half
 * written no row names, and goes as other orphans do. */
#include "store/place.h"

#include "base/io.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *path_of(struct store *s, struct arena *a, const char *name)
{
	return arena_print(a, "%s/%s", s->folder, name);
}

/* The folder of the day is on disk as well when it is new. */
static bool make_day(struct store *s, const char *day)
{
	return (mkdir(day, S_IRWXU) == 0 && io_sync(s->folder)) || errno == EEXIST;
}

static bool write_file(const char *path, const void *bytes, size_t size)
{
	CLEANUP(io_close)
	const int file =
		open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
	return file >= 0 && io_write(file, bytes, size) && fsync(file) == 0;
}

static bool put(struct store *s, const char *name, const void *bytes, size_t size, struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	const char *path = path_of(s, a, name);
	const char *day = arena_copy_n(a, path, (size_t)(strrchr(path, '/') - path));
	if (make_day(s, day) && write_file(path, bytes, size) && io_sync(day))
		return true;
	const int why = errno;
	(void)unlink(path);
	return place_away(e, strerrorname_np(why));
}

static bool get(struct store *s, struct arena *a, const char *name, const void **ret,
		size_t *ret_size, struct err *e)
{
	struct stat status = { 0 };
	CLEANUP(io_close)
	const int file = open(path_of(s, a, name), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (file < 0 && errno == ENOENT)
		return place_missing(e, name);
	if (file < 0 || fstat(file, &status) != 0)
		return place_away(e, strerrorname_np(errno));
	if (!S_ISREG(status.st_mode) || status.st_size > STORE_OBJECT_MOST)
		return place_missing(e, "that is a file of ours");
	char *bytes = arena_alloc(a, (size_t)status.st_size + 1);
	if (!io_read_all(file, bytes, (size_t)status.st_size))
		return place_away(e, "a file ends too soon");
	*ret = bytes;
	*ret_size = (size_t)status.st_size;
	return true;
}

static bool has(struct store *s, const char *name, bool *ret, struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct stat status = { 0 };
	const bool there = lstat(path_of(s, a, name), &status) == 0;
	if (!there && errno != ENOENT)
		return place_away(e, strerrorname_np(errno));
	*ret = there;
	return true;
}

static bool take_away(struct store *s, const char *name, struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	const char *path = path_of(s, a, name);
	const char *day = arena_copy_n(a, path, (size_t)(strrchr(path, '/') - path));
	if ((unlink(path) == 0 && io_sync(day)) || errno == ENOENT)
		return true;
	return place_away(e, strerrorname_np(errno));
}

/* ---- the list -------------------------------------------------------------------------------- */

static int by_bytes(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

struct entries {
	const char **name;
	size_t count, room;
};

static void add(struct arena *a, struct entries *list, const char *name)
{
	if (list->count == list->room) {
		const size_t room = list->room ? list->room * 2 : 64;
		const char **more = arena_array(a, room, sizeof(*more));
		if (list->count > 0)
			memcpy(more, list->name, list->count * sizeof(*more));
		list->name = more;
		list->room = room;
	}
	list->name[list->count++] = arena_copy(a, name);
}

/* Sorted; a folder that is not there is empty. */
static bool read_folder(struct arena *a, const char *path, struct entries *ret)
{
	DIR *folder = opendir(path);
	*ret = (struct entries){ 0 };
	if (!folder)
		return errno == ENOENT || errno == ENOTDIR;
	for (const struct dirent *one = readdir(folder); one; one = readdir(folder)) {
		if (one->d_name[0] != '.')
			add(a, ret, one->d_name);
	}
	(void)closedir(folder);
	if (ret->count > 1)
		qsort(ret->name, ret->count, sizeof(*ret->name), by_bytes);
	return true;
}

static bool list(struct store *s, struct arena *a, const char *after, struct store_names *ret,
		 struct err *e)
{
	struct entries days;
	ret->count = 0;
	if (!read_folder(a, s->folder, &days))
		return place_away(e, strerrorname_np(errno));
	for (size_t i = 0; i < days.count; i++) {
		struct entries files;
		if (strncmp(days.name[i], after, strlen(days.name[i])) < 0)
			continue;
		if (!read_folder(a, path_of(s, a, days.name[i]), &files))
			return place_away(e, strerrorname_np(errno));
		for (size_t k = 0; k < files.count && ret->count < STORE_LIST_MOST; k++) {
			const char *name = arena_print(a, "%s/%s", days.name[i], files.name[k]);
			if (store_name_valid(name) && strcmp(name, after) > 0)
				ret->name[ret->count++] = name;
		}
	}
	return true;
}

const struct place place_folder = { put, get, has, take_away, list };
