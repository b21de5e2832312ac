#include "video/film.h"

#include "base/io.h"
#include "video/child.h"
#include "video/film_look.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MOST = 512 * 1024 * 1024, CLOCK_MOST_MS = 120 * 1000 };

const char *film_fault_name(enum film_fault fault)
{
	static const char *const names[] = {
		[FILM_GAP] = "gap",
		[FILM_SHORT] = "short",
		[FILM_SILENCE] = "silence",
		[FILM_BLACK] = "black",
		[FILM_UNREADABLE] = "unreadable",
	};
	return names[fault];
}

void film_found(struct film *f, enum film_fault fault, bool sound, int64_t from_ms,
		int64_t until_ms)
{
	if (f->finding_count < FILM_FINDINGS_MOST)
		f->findings[f->finding_count++] =
			(struct film_finding){ fault, sound, from_ms, until_ms };
}

static bool failed(struct err *e, const char *what)
{
	return err_set(e, ERR_SYSTEM, "video.error.file", "a film: %s: %s", what, strerror(errno));
}

/* ---- what was recorded --------------------------------------------------------------------- */

struct part {
	const char *file; /* .mjr; NULL: there is none            */
	bool sound;
	bool good; /* it has packets, and became `remuxed` */
	const char *remuxed;
	struct mjr_head head;
	struct mjr_shape shape;
};

/* NULL if it cannot be read: that is a finding, whatever the reason. */
static unsigned char *load(const char *folder, const char *file, struct arena *a, size_t *ret_size)
{
	struct stat is = { 0 };
	unsigned char *bytes = NULL;
	const int fd = open(arena_print(a, "%s/%s", folder, file),
			    O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd >= 0 && fstat(fd, &is) == 0 && S_ISREG(is.st_mode) && is.st_size > 0 &&
	    is.st_size <= FILE_MOST)
		bytes = malloc((size_t)is.st_size);
	if (bytes && !io_read_all(fd, bytes, (size_t)is.st_size)) {
		free(bytes);
		bytes = NULL;
	}
	if (fd >= 0)
		(void)close(fd);
	*ret_size = (size_t)is.st_size;
	return bytes;
}

/* Only what browsers are asked for: Opus and VP8. */
static void look_at_packets(const struct film_parts *parts, struct part *p, struct arena *a)
{
	struct err why = { 0 };
	size_t size = 0;
	unsigned char *bytes = p->file ? load(parts->folder, p->file, a, &size) : NULL;
	p->good = bytes && mjr_head(bytes, size, &p->head, &why) &&
		  mjr_shape(bytes, size, &p->head, &p->shape, &why) && p->shape.packets > 0 &&
		  p->head.sound == p->sound &&
		  strcmp(p->head.codec, p->sound ? "opus" : "vp8") == 0;
	free(bytes);
}

/* ---- remuxing ------------------------------------------------------------------------------ */

bool film_run(const struct film_parts *parts, const char *const argv[], char *say, size_t say_most,
	      bool *ret_good, struct err *e)
{
	char scrap[16];
	struct child_job job = { argv, parts->folder, scrap, sizeof(scrap), CLOCK_MOST_MS };
	if (say) {
		job.say = say;
		job.say_most = say_most;
	}
	return child_run(&job, ret_good, e);
}

static bool is_there(const struct film_parts *parts, struct arena *a, const char *file)
{
	struct stat is = { 0 };
	return lstat(arena_print(a, "%s/%s", parts->folder, file), &is) == 0 && is.st_size > 0;
}

static bool remux(const struct film_parts *parts, struct part *p, struct arena *a, struct err *e)
{
	const char *const argv[] = { "janus-pp-rec",
				     "-o",
				     "-d",
				     "0",
				     arena_print(a, "./%s", p->file),
				     arena_print(a, "./%s", p->remuxed),
				     NULL };
	bool good = false;
	if (!p->good)
		return true;
	if (!film_run(parts, argv, NULL, 0, &good, e))
		return false;
	/* it ends with 0 even if it has made nothing */
	p->good = good && is_there(parts, a, p->remuxed);
	return true;
}

static const char *seconds(struct arena *a, int64_t ms)
{
	return arena_print(a, "%lld.%03d", (long long)(ms / 1000), (int)(ms % 1000));
}

static int64_t shift_of(const struct film *f, const struct part *p)
{
	return (p->head.first_us - f->first_us) / 1000;
}

/* Both as they came, the later one shifted; the index goes before the pictures, so that a browser
 * jumps without having read the end. */
static bool join(const struct film_parts *parts, const struct film *f, const struct part *both,
		 const char *to, struct arena *a, bool *ret_good, struct err *e)
{
	const char *argv[32] = { "ffmpeg", "-nostdin", "-v", "error", "-y" };
	size_t n = 5;
	for (size_t i = 0; i < 2; i++) {
		if (!both[i].good)
			continue;
		argv[n++] = "-itsoffset";
		argv[n++] = seconds(a, shift_of(f, &both[i]));
		argv[n++] = "-i";
		argv[n++] = arena_print(a, "file:%s", both[i].remuxed);
	}
	for (size_t i = 0; i < (size_t)both[0].good + (size_t)both[1].good; i++) {
		argv[n++] = "-map";
		argv[n++] = arena_print(a, "%zu:0", i);
	}
	static const char *const rest[] = {
		"-c", "copy", "-avoid_negative_ts", "disabled", "-cues_to_front", "1", "-f", "webm"
	};
	for (size_t i = 0; i < COUNT(rest); i++)
		argv[n++] = rest[i];
	argv[n++] = arena_print(a, "file:%s", to);
	argv[n] = NULL;
	return film_run(parts, argv, NULL, 0, ret_good, e);
}

/* On disk under its name, or not there at all. */
static bool settle(const struct film_parts *parts, const char *from, const char *film,
		   struct arena *a, struct err *e)
{
	const char *path = arena_print(a, "%s/%s", parts->folder, film);
	const char *made = arena_print(a, "%s/%s", parts->folder, from);
	const char *folder = arena_copy_n(a, path, (size_t)(strrchr(path, '/') - path));
	if (!io_sync(made) || rename(made, path) != 0 || !io_sync(folder))
		return failed(e, "it cannot be kept");
	return true;
}

/* ---- all of it ----------------------------------------------------------------------------- */

/* Shape against the clock; times since the first packet of both. */
static void judge_shape(const struct film_parts *parts, struct film *f, const struct part *p)
{
	const int64_t shift = shift_of(f, p);
	const int64_t end = shift + p->shape.until_ms;
	if (shift > FILM_GAP_MS)
		film_found(f, FILM_GAP, p->sound, 0, shift);
	if (p->shape.longest_gap_ms > FILM_GAP_MS)
		film_found(f, FILM_GAP, p->sound, shift + p->shape.gap_from_ms,
			   shift + p->shape.gap_from_ms + p->shape.longest_gap_ms);
	if (parts->wall_ms > end + FILM_GAP_MS)
		film_found(f, FILM_SHORT, p->sound, end, parts->wall_ms);
}

static void find_first(struct film *f, const struct part *both)
{
	for (size_t i = 0; i < 2; i++) {
		const int64_t us = both[i].head.first_us;
		if (both[i].good && (f->first_us == 0 || us < f->first_us))
			f->first_us = us;
	}
}

static bool make(const struct film_parts *parts, const char *film, struct part *both,
		 struct arena *a, struct film *f, struct err *e)
{
	const char *made = arena_print(a, "%s.tmp", film);
	bool good = false;
	for (size_t i = 0; i < 2; i++) {
		look_at_packets(parts, &both[i], a);
		if (!remux(parts, &both[i], a, e))
			return false;
	}
	find_first(f, both);
	for (size_t i = 0; i < 2; i++) {
		if (both[i].good)
			judge_shape(parts, f, &both[i]);
	}
	if (both[0].good || both[1].good) {
		if (!join(parts, f, both, made, a, &good, e) ||
		    (good && !settle(parts, made, film, a, e)))
			return false;
	}
	const struct film_look look = { parts, film, good && both[0].good, good && both[1].good,
					shift_of(f, &both[1]) };
	if (good && !film_look(&look, a, f, e))
		return false;
	for (size_t i = 0; i < 2; i++) {
		if (both[i].file && !(good && both[i].good))
			film_found(f, FILM_UNREADABLE, both[i].sound, 0, parts->wall_ms);
	}
	return true;
}

/* What was made on the way is taken away however it went. */
bool film_make(const struct film_parts *parts, const char *film, struct film *ret, struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct part both[2] = {
		{ .file = parts->sound, .sound = true, .remuxed = arena_print(a, "%s.opus", film) },
		{ .file = parts->picture, .remuxed = arena_print(a, "%s.vp8.webm", film) },
	};
	struct film f = { .first_us = 0 };
	const bool ok = make(parts, film, both, a, &f, e);
	for (size_t i = 0; i < 2; i++)
		(void)unlink(arena_print(a, "%s/%s", parts->folder, both[i].remuxed));
	(void)unlink(arena_print(a, "%s/%s.tmp", parts->folder, film));
	if (ok)
		*ret = f;
	return ok;
}
