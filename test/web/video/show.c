#include "show.h"

#include "app/video/viewing.h"
#include "app/video/work.h"

#include <fcntl.h>
#include <setjmp.h>
#include <spawn.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define MUST(call)                                                                                 \
	do {                                                                                       \
		if (!(call))                                                                       \
			fail_msg("%s: %s %s", #call, e.key, e.detail);                             \
	} while (0)

/* ---- real films ----------------------------------------------------------------------------- */

static struct show_files files = { .folder = "/tmp/konkurs-record-XXXXXX" };

const struct show_files *show_files(void)
{
	return &files;
}

/* Two seconds of a test picture and a tone, as ffmpeg makes them: VP8 and Opus. */
static void make_film(void)
{
	char *argv[] = { "ffmpeg", "-nostdin", "-v",   "error",
			 "-f",     "lavfi",    "-i",   "testsrc=size=160x120:rate=10:duration=2",
			 "-f",     "lavfi",    "-i",   "sine=duration=2",
			 "-c:v",   "libvpx",   "-c:a", "libopus",
			 "-y",     files.film, NULL };
	extern char **environ;
	pid_t child = 0;
	int status = 0;
	assert_int_equal(posix_spawnp(&child, argv[0], NULL, NULL, argv, environ), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

int show_make(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(files.folder));
	char below[64];
	(void)snprintf(below, sizeof(below), "%s/r1", files.folder);
	assert_int_equal(mkdir(below, 0700), 0);
	(void)snprintf(files.film, sizeof(files.film), "%s/r1/film.webm", files.folder);
	make_film();
	int fd = open(files.film, O_RDONLY | O_CLOEXEC);
	struct stat status = { 0 };
	assert_int_equal(fstat(fd, &status), 0);
	files.size = (size_t)status.st_size;
	files.bytes = malloc(files.size);
	assert_non_null(files.bytes);
	assert_int_equal(read(fd, files.bytes, files.size), files.size);
	(void)close(fd);
	return 0;
}

int show_remove(void **state)
{
	static const char *const names[] = { "r1/film.webm", "r1/link.webm", "r1/short.webm" };
	char path[96];
	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", files.folder, names[i]);
		(void)unlink(path);
	}
	(void)snprintf(path, sizeof(path), "%s/r1", files.folder);
	(void)rmdir(path);
	(void)rmdir(files.folder);
	free(files.bytes);
	return 0;
}

/* ---- a sitting with a record --------------------------------------------------------------- */

int64_t show_segment(struct show *s, int64_t from_ms, int64_t until_ms)
{
	struct act act = harness_act(s->hall.stage.h, 0);
	struct video_end end = { "turned",       from_ms,       until_ms,
				 from_ms * 1000, { "", 0, "" }, { "", 0, "" } };
	struct err e = { 0 };
	int64_t id = 0;
	int64_t number = 0;
	MUST(video_segment_begin(&act, "", s->source, &id, &number, &e));
	MUST(db_string(act.db, act.arena, &e, &end.sound.file,
		       "SELECT audio_file FROM video_segment WHERE id = $1", db_int(id)));
	MUST(db_string(act.db, act.arena, &e, &end.picture.file,
		       "SELECT video_file FROM video_segment WHERE id = $1", db_int(id)));
	end.sound.size = 100;
	end.sound.hash = "aa11";
	end.picture.size = 200;
	end.picture.hash = "bb22";
	MUST(video_segment_end(&act, id, &end, &e));
	return id;
}

void show_film(struct show *s, int64_t segment, const char *file)
{
	struct act act = harness_act(s->hall.stage.h, 0);
	const struct video_piece piece = { file, (int64_t)files.size, "f00d" };
	const struct video_finding found = { "silence", 0, 2 * SECOND };
	struct err e = { 0 };
	MUST(video_segment_checked(&act, segment, &piece, 2 * SECOND, &found, 1, &e));
}

struct show show_open(struct harness *h)
{
	struct show s = { .hall = hall_open(h), .files = { .records = files.folder } };
	struct act act = harness_act(h, 0);
	struct video_source source = { 0 };
	struct err e = { 0 };
	hall_start(&s.hall);
	MUST(video_tell(&act, "", 1LL << 40, 0, &e));
	MUST(video_room_want(&act, s.hall.sitting, 0, "seats", &s.room, &e));
	MUST(video_source_want(&act, s.room, "seat", s.hall.attempt, &source, &e));
	s.source = source.id;
	s.begin_ms = clock_now(&h->site.clock);
	s.record = arena_print(h->arena, "/video/sources/%lld/record", (long long)s.source);
	return s;
}

void show_three(struct show *s)
{
	for (int i = 0; i < 3; i++) {
		const int64_t from = s->begin_ms + (int64_t)i * 12 * SECOND;
		const int64_t id = show_segment(s, from, from + 2 * SECOND);
		if (i < 2)
			show_film(s, id, "r1/film.webm");
	}
}

void show_lend(struct show *s)
{
	s->hall.stage.h->site.files = &s->files;
}

void show_reason(struct show *s, int64_t person)
{
	struct answer a = harness_post(s->hall.stage.h, person,
				       arena_print(s->hall.stage.h->arena, "%s/view", s->record),
				       "reason=complaint+12");
	assert_string_equal(a.error, "");
	assert_string_equal(a.location, s->record);
}
