/* video_found.c - what lies there: after a crash, and after an act of destruction. */
#include "cli/video.h"

#include "base/log.h"
#include "video/mjr.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define MARK "konkurs-records"

enum { US_OF_MS = 1000, FILE_MOST = 1 << 30, MAGIC_SIZE = 8, QUIET_LOOKS_MOST = 60 };

/* ---- what a file says ---------------------------------------------------------------------- */

struct said {
	bool there;       /* with something in it            */
	int64_t first_us; /* 0: that cannot be read          */
	int64_t until_ms; /* its last packet since the first */
};

/* Before the first packet there is a head at most: nothing was recorded. */
static void read_shape(const unsigned char *bytes, size_t size, bool whole, struct said *ret)
{
	struct mjr_head head = { 0 };
	struct mjr_shape shape = { 0 };
	struct err why = { 0 };
	const bool good = mjr_head(bytes, size, &head, &why);
	ret->there = size > MAGIC_SIZE && (!good || head.first_us > 0);
	if (!good || head.first_us == 0)
		return;
	ret->first_us = head.first_us;
	if (whole && mjr_shape(bytes, size, &head, &shape, &why))
		ret->until_ms = shape.until_ms;
}

/* Whether a file that is no record is whole is for the film to say (F71): here it is kept. */
static struct said read_file(struct desk *d, const char *file, bool whole)
{
	struct said said = { 0 };
	struct stat is = { 0 };
	const char *path = arena_print(d->act.arena, "%s/%s", d->records, file);
	const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0)
		return said;
	if (fstat(fd, &is) == 0 && S_ISREG(is.st_mode) && is.st_size > 0) {
		const size_t size = is.st_size > FILE_MOST ? FILE_MOST : (size_t)is.st_size;
		unsigned char *bytes = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
		if (bytes != MAP_FAILED) {
			read_shape(bytes, size, whole, &said);
			(void)munmap(bytes, size);
		}
	}
	(void)close(fd);
	return said;
}

static int64_t wall_us(void)
{
	struct timespec now;
	(void)clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

/* The end of the later one of both. */
static int64_t last_packet(const struct said both[2], int64_t first_us)
{
	int64_t last = 0;
	for (size_t i = 0; i < 2; i++) {
		const int64_t ms = both[i].until_ms + (both[i].first_us - first_us) / US_OF_MS;
		if (both[i].first_us && ms > last)
			last = ms;
	}
	return last;
}

void desk_end_of(struct desk *d, const char *sound, const char *picture, bool clocked,
		 int64_t until_ms, struct video_end *ret)
{
	const struct said both[] = { read_file(d, sound, !clocked),
				     read_file(d, picture, !clocked) };
	*ret = (struct video_end){ .sound = { both[0].there ? sound : "", 0, "" },
				   .picture = { both[1].there ? picture : "", 0, "" } };
	for (size_t i = 0; i < COUNT(both); i++) {
		if (both[i].first_us && (!ret->wall_us || both[i].first_us < ret->wall_us))
			ret->wall_us = both[i].first_us;
	}
	/* the wall clock of the machine against the line of the service */
	if (ret->wall_us)
		ret->from_ms = d->act.now_ms - (wall_us() - ret->wall_us) / US_OF_MS;
	else if (both[0].there || both[1].there) /* what it is nobody can read: it is kept */
		ret->from_ms = until_ms;
	ret->until_ms = clocked ? until_ms : ret->from_ms + last_packet(both, ret->wall_us);
}

/* ---- after a crash ------------------------------------------------------------------------- */

static bool piece(struct desk *d, struct video_piece *piece, struct err *e)
{
	unsigned char hash[FOLLOW_HASH_SIZE];
	if (!*piece->file)
		return true;
	if (!follow_whole(d->records, piece->file, &piece->size, hash, e))
		return false;
	piece->hash = act_hex(d->act.arena, hash, sizeof(hash));
	return true;
}

static bool find_one(struct desk *d, const json_t *row, struct err *e)
{
	struct video_end end = { 0 };
	desk_end_of(d, row_text(row, "audio_file"), row_text(row, "video_file"), false,
		    row_number(row, "begun_ms"), &end);
	if (!piece(d, &end.sound, e) || !piece(d, &end.picture, e))
		return false;
	end.how = "found";
	log_warn("segment %lld was found: %lld ms", (long long)row_number(row, "id"),
		 (long long)(end.until_ms - end.from_ms));
	return video_segment_end(&d->act, row_number(row, "id"), &end, e);
}

static int64_t size_of(const struct desk *d, const char *file)
{
	struct stat is = { 0 };
	return *file && lstat(arena_print(d->act.arena, "%s/%s", d->records, file), &is) == 0
		       ? is.st_size
		       : 0;
}

/* All that grow, and how large they are together. */
static size_t growing(struct desk *d, const json_t *rows, int64_t *ret_bytes)
{
	size_t count = 0;
	size_t i = 0;
	const json_t *row = NULL;
	*ret_bytes = 0;
	json_array_foreach (rows, i, row) {
		if (strcmp(row_text(row, "state"), "growing") != 0)
			continue;
		count++;
		*ret_bytes += size_of(d, row_text(row, "audio_file")) +
			      size_of(d, row_text(row, "video_file"));
	}
	return count;
}

/* A Janus that has outlived this process may write on: what is hashed has to be at an end.  Its
 * rooms are over (desk_end_rooms()); of one that does not answer nobody knows. */
static void wait_until_quiet(struct desk *d, const json_t *rows)
{
	const struct timespec little = { 0, 500000000L };
	const int wanted = d->janus ? 2 : 10;
	int64_t before = -1;
	int64_t now = 0;
	int quiet = 0;
	if (growing(d, rows, &now) == 0)
		return;
	for (int i = 0; i < QUIET_LOOKS_MOST && quiet < wanted; i++) {
		(void)growing(d, rows, &now);
		quiet = now == before ? quiet + 1 : 0;
		before = now;
		(void)nanosleep(&little, NULL);
	}
}

bool desk_find(struct desk *d, struct err *e)
{
	json_t *rows = NULL;
	size_t i = 0;
	const json_t *row = NULL;
	if (!video_segments_open(&d->act, d->place, d->leads, &rows, e))
		return false;
	wait_until_quiet(d, rows);
	if (!desk_begin(d, e))
		return false;
	json_array_foreach (rows, i, row) {
		if (strcmp(row_text(row, "state"), "growing") == 0 && !find_one(d, row, e))
			return false;
	}
	return true;
}

/* A Janus of this machine that goes on without us: its rooms end, as at a start. */
static bool end_rooms(struct desk *d, struct err *e)
{
	struct err why = { 0 };
	if (!janus_open(&d->server, &d->janus, &why)) {
		d->janus = NULL;
		return true; /* it is not there: nobody writes */
	}
	return desk_end_rooms(d, e);
}

static bool find_own(struct desk *d, struct err *e)
{
	json_t *rows = NULL;
	if (!video_segments_open(&d->act, d->place, d->leads, &rows, e))
		return false;
	int64_t bytes = 0;
	if (growing(d, rows, &bytes) == 0)
		return true;
	const bool ok = end_rooms(d, e) && desk_find(d, e);
	janus_close(d->janus);
	d->janus = NULL;
	return ok;
}

bool desk_keep(struct desk *d, bool *found, struct err *e)
{
	if (!desk_begin(d, e) || (!*d->place && !desk_mark(d, e)))
		return false;
	if (!*found && !find_own(d, e))
		return false;
	*found = true;
	return desk_film_step(d, e) &&
	       (!desk_is_time(&d->swept_at, DESK_SWEEP_MS) || desk_sweep(d, e));
}

/* ---- whose folder it is -------------------------------------------------------------------- */

static bool write_mark(const char *path, const char *name, struct err *e)
{
	const int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
	const size_t size = strlen(name);
	const bool ok = fd >= 0 && write(fd, name, size) == (ssize_t)size && fsync(fd) == 0;
	if (fd >= 0)
		(void)close(fd);
	return ok ||
	       err_set(e, ERR_SYSTEM, "error.system", "the folder of records: %s", strerror(errno));
}

/* Films and sweeping write and remove there: never in another installation's folder. */
bool desk_mark(struct desk *d, struct err *e)
{
	char there[128] = "";
	const char *path = arena_print(d->act.arena, "%s/" MARK, d->records);
	const char *name = "";
	if (!folder_name(d->records, true, d->place, e) || !video_installation(&d->act, &name, e))
		return false;
	if (!*name)
		return true;
	const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return write_mark(path, name, e);
	const ssize_t size = read(fd, there, sizeof(there) - 1);
	(void)close(fd);
	return (size >= 0 && strcmp(there, name) == 0) ||
	       err_set(e, ERR_CONFLICT, "video.error.folder", "records of another installation");
}

/* ---- what an act has destroyed ------------------------------------------------------------- */

static bool is_before(const char *path, int64_t ms)
{
	struct stat is = { 0 };
	return lstat(path, &is) == 0 && S_ISREG(is.st_mode) &&
	       is.st_mtim.tv_sec * 1000LL + is.st_mtim.tv_nsec / 1000000 < ms;
}

/* A file that is newer than the act is none of what it destroyed. */
static void empty_folder(struct desk *d, const char *folder, int64_t act_ms)
{
	DIR *dir = opendir(folder);
	const struct dirent *entry = NULL;
	while (dir && (entry = readdir(dir))) { /* NOLINT(concurrency-mt-unsafe): our own stream */
		const char *path = arena_print(d->act.arena, "%s/%s", folder, entry->d_name);
		if (is_before(path, act_ms) && unlink(path) == 0)
			log_info("a destroyed record is removed");
	}
	if (dir)
		(void)closedir(dir);
	(void)rmdir(folder);
}

static bool sweep_room(struct desk *d, const char *name, struct err *e)
{
	char *end = NULL;
	int64_t act_ms = 0;
	if (name[0] != 'r')
		return true;
	const int64_t room = strtoll(name + 1, &end, 10);
	if (room <= 0 || *end)
		return true;
	if (!video_room_destroyed(&d->act, room, &act_ms, e))
		return false;
	if (act_ms)
		empty_folder(d, arena_print(d->act.arena, "%s/%s", d->records, name), act_ms);
	return true;
}

bool desk_sweep(struct desk *d, struct err *e)
{
	DIR *dir = opendir(d->records);
	const struct dirent *entry = NULL;
	bool ok = true;
	while (ok && dir && (entry = readdir(dir))) /* NOLINT(concurrency-mt-unsafe) */
		ok = sweep_room(d, entry->d_name, e);
	if (dir)
		(void)closedir(dir);
	return ok;
}
