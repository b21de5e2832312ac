/* Records as pages and films: F70 (hashes and entries), F72 (played as they are), F73 (the time
 * line), F74 (a reason, the list of what is kept). */
#include "hall.h"

#include "app/video/viewing.h"
#include "app/video/work.h"
#include "web/http/range.h"
#include "web/http/server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <spawn.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define MUST(call)                                                                                 \
	do {                                                                                       \
		if (!(call))                                                                       \
			fail_msg("%s: %s %s", #call, e.key, e.detail);                             \
	} while (0)

enum { SECOND = 1000, MINUTE = 60 * SECOND };

/* ---- real films ----------------------------------------------------------------------------- */

static char folder[] = "/tmp/konkurs-record-XXXXXX";
static char film[64];
static char *bytes; /* of the film */
static size_t film_size;

/* Two seconds of a test picture and a tone, as ffmpeg makes them: VP8 and Opus. */
static void make_film(void)
{
	char *argv[] = { "ffmpeg", "-nostdin", "-v",   "error",
			 "-f",     "lavfi",    "-i",   "testsrc=size=160x120:rate=10:duration=2",
			 "-f",     "lavfi",    "-i",   "sine=duration=2",
			 "-c:v",   "libvpx",   "-c:a", "libopus",
			 "-y",     film,       NULL };
	extern char **environ;
	pid_t child = 0;
	int status = 0;
	assert_int_equal(posix_spawnp(&child, argv[0], NULL, NULL, argv, environ), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static int make_folder(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(folder));
	char below[64];
	(void)snprintf(below, sizeof(below), "%s/r1", folder);
	assert_int_equal(mkdir(below, 0700), 0);
	(void)snprintf(film, sizeof(film), "%s/r1/film.webm", folder);
	make_film();
	int fd = open(film, O_RDONLY | O_CLOEXEC);
	struct stat status = { 0 };
	assert_int_equal(fstat(fd, &status), 0);
	film_size = (size_t)status.st_size;
	bytes = malloc(film_size);
	assert_non_null(bytes);
	assert_int_equal(read(fd, bytes, film_size), film_size);
	(void)close(fd);
	return 0;
}

static int remove_folder(void **state)
{
	static const char *const names[] = { "r1/film.webm", "r1/link.webm", "r1/short.webm" };
	char path[96];
	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
		(void)unlink(path);
	}
	(void)snprintf(path, sizeof(path), "%s/r1", folder);
	(void)rmdir(path);
	(void)rmdir(folder);
	free(bytes);
	return 0;
}

/* ---- a sitting with a record ------------------------------------------------------------------
 */

struct show {
	struct hall hall;
	struct site_files files;
	int64_t room, source, begin_ms;
	const char *record; /* address of the player */
};

static int64_t add_segment(struct show *s, int64_t from_ms, int64_t until_ms)
{
	struct act act = harness_act(s->hall.stage.h, 0);
	struct video_end end = { "turned",       from_ms,       until_ms,
				 from_ms * 1000, { "", 0, "" }, { "", 0, "" } };
	struct err e = { 0 };
	int64_t id = 0;
	int64_t number = 0;
	MUST(video_segment_begin(&act, s->source, &id, &number, &e));
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

static void add_film(struct show *s, int64_t segment, const char *file)
{
	struct act act = harness_act(s->hall.stage.h, 0);
	const struct video_piece piece = { file, (int64_t)film_size, "f00d" };
	const struct video_finding found = { "silence", 0, 2 * SECOND };
	struct err e = { 0 };
	MUST(video_segment_checked(&act, segment, &piece, 2 * SECOND, &found, 1, &e));
}

/* The test has begun at ten; the record of seat 1 too. */
static struct show show_open(struct harness *h)
{
	struct show s = { .hall = hall_open(h), .files = { .records = folder } };
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

/* Parts of two seconds, ten seconds apart; the third is being looked at. */
static void three_parts(struct show *s)
{
	for (int i = 0; i < 3; i++) {
		const int64_t from = s->begin_ms + (int64_t)i * 12 * SECOND;
		const int64_t id = add_segment(s, from, from + 2 * SECOND);
		if (i < 2)
			add_film(s, id, "r1/film.webm");
	}
}

/* Where site.files is, as long as the test runs. */
static void lend(struct show *s)
{
	s->hall.stage.h->site.files = &s->files;
}

static void open_record(struct show *s, int64_t person)
{
	struct answer a = harness_post(s->hall.stage.h, person,
				       arena_print(s->hall.stage.h->arena, "%s/view", s->record),
				       "reason=complaint+12");
	assert_string_equal(a.error, "");
	assert_string_equal(a.location, s->record);
}

/* ---- pages -------------------------------------------------------------------------------------
 */

static const char *at(struct harness *h, const char *format, int64_t id)
{
	return arena_print(h->arena, "%s%lld%s", format, (long long)id, "/records");
}

/* F74: what there is, whose, and until when it is kept. */
static void the_list(void **state)
{
	struct show s = show_open(*state);
	struct harness *h = *state;
	const int64_t hr = s.hall.stage.hr;
	const int64_t auditor = harness_person(h, ROLE_AUDITOR);
	harness_check_page(h, hr, "/records");
	struct answer a = harness_html(h, hr, "/records");
	assert_non_null(strstr(a.body, "Записей пока нет"));
	three_parts(&s);
	harness_check_page(h, hr, "/records");
	a = harness_get(h, auditor, "/records?q=&of=sitting&state=kept&sort=-hours");
	assert_int_equal(json_array_size(answer_value(&a, "records")), 1);
	assert_string_equal(answer_text(&a, "records.0.subject"), "sitting");
	assert_int_equal(answer_number(&a, "records.0.id"), s.hall.sitting);
	assert_int_equal(answer_number(&a, "records.0.incidents"), 2);
	assert_string_equal(answer_text(&a, "records.0.state"), "kept");
	assert_true(json_is_null(answer_value(&a, "records.0.until")));
	a = harness_get(h, hr, "/records?of=interview");
	assert_int_equal(json_array_size(answer_value(&a, "records")), 0);
	a = harness_get(h, hr, "/records?state=destroyed");
	assert_int_equal(json_array_size(answer_value(&a, "records")), 0);
	a = harness_get(h, hr, "/records.csv");
	assert_int_equal(a.status, 200);
	assert_non_null(strstr(a.body, "Тестирование"));
	a = harness_get(h, harness_person(h, ROLE_SECRETARY),
			"/records"); /* of another commission */
	assert_int_equal(json_array_size(answer_value(&a, "records")), 0);
	a = harness_get(h, s.hall.operator, "/records");
	assert_int_equal(a.status, 403);
}

/* F70: sources and files with hashes and entries; a reason opens all of them at once. */
static void one_sitting(void **state)
{
	struct show s = show_open(*state);
	struct harness *h = *state;
	const int64_t hr = s.hall.stage.hr;
	const char *page = at(h, "/sittings/", s.hall.sitting);
	const char *view = arena_print(h->arena, "%s/view", page);
	const char *files =
		arena_print(h->arena, "/video/sources/%lld/segments", (long long)s.source);
	three_parts(&s);
	harness_check_page(h, hr, page);
	struct answer a = harness_get(h, hr, page);
	assert_string_equal(answer_text(&a, "sources.0.seat"), "1");
	assert_string_equal(answer_text(&a, "sources.0.name"), ""); /* F9: names are not opened */
	assert_string_equal(answer_text(&a, "sources.0.length"), "0:06");
	assert_int_equal(answer_number(&a, "sources.0.segments"), 3);
	assert_int_equal(answer_number(&a, "sources.0.gaps"), 2);
	assert_int_equal(answer_number(&a, "sources.0.waiting"), 1);
	assert_true(json_is_null(answer_value(&a, "until_ms")));
	a = harness_post_html(h, hr, view, "reason=");
	assert_int_equal(a.status, 422);
	assert_non_null(strstr(a.body, "field-error"));
	a = harness_post(h, hr, view, "reason=complaint");
	assert_string_equal(a.location, page);
	harness_check_page(h, hr, page);
	harness_check_page(h, hr, s.record);
	harness_check_page(h, hr, files);
	harness_check_page(h, harness_person(h, ROLE_AUDITOR), files);
	a = harness_get(h, hr, files);
	assert_string_equal(answer_text(&a, "segments.0.audio_hash"), "aa11");
	assert_string_equal(answer_text(&a, "segments.2.state"), "closed");
	assert_non_null(strstr(answer_text(&a, "segments.0.findings"), "нет звука"));
	assert_true(answer_number(&a, "segments.0.entry") > 0);
	assert_true(answer_number(&a, "segments.2.entry") > answer_number(&a, "segments.1.entry"));
	a = harness_get(h, hr, arena_print(h->arena, "%s.csv", files));
	assert_non_null(strstr(a.body, "f00d"));
	a = harness_get(h, s.hall.operator, page);
	assert_int_equal(a.status, 403);
	a = harness_get(h, s.hall.operator, files);
	assert_int_equal(a.status, 403);
	a = harness_get(h, hr, at(h, "/sittings/", s.hall.sitting + 1));
	assert_string_equal(a.error, "record.error.none");
	a = harness_get(h, hr, "/interviews/1/records");
	assert_string_equal(a.error, "record.error.none");
}

/* F73: the form first, and nothing of the record in it; then parts and events on one axis. */
static void the_player(void **state)
{
	struct show s = show_open(*state);
	struct harness *h = *state;
	const int64_t hr = s.hall.stage.hr;
	struct answer_ack ack = { 0 };
	struct err e = { 0 };
	harness_check_page(h, hr, s.record);
	struct answer a = harness_get(h, hr, s.record);
	assert_true(json_is_false(answer_value(&a, "open")));
	assert_null(answer_value(&a, "events"));
	assert_null(answer_value(&a, "parts"));
	open_record(&s, hr);
	a = harness_get(h, hr, s.record);
	assert_string_equal(answer_text(&a, "nothing"), "none");
	harness_check_page(h, hr, s.record);
	three_parts(&s);
	h->site.clock = clock_fixed(s.begin_ms + 13 * SECOND);
	MUST(hall_click(&s.hall, 7, 1, "key-7", &ack, &e));
	a = harness_get(h, hr, arena_print(h->arena, "%s?at=13", s.record));
	assert_string_equal(answer_text(&a, "nothing"), "");
	assert_int_equal(answer_number(&a, "at"), 13);
	assert_int_equal(answer_number(&a, "length_ms"), 26 * SECOND);
	assert_int_equal(answer_number(&a, "parts.1.offset"), 12 * SECOND);
	assert_string_equal(answer_text(&a, "parts.1.pause"), "0:10");
	assert_string_equal(answer_text(&a, "parts.1.state"), "film");
	assert_string_equal(answer_text(&a, "parts.2.state"), "made");
	assert_string_equal(answer_text(&a, "begins"), "10:00:00");
	bool found = false;
	size_t i = 0;
	const json_t *event = NULL;
	json_array_foreach (answer_value(&a, "events"), i, event) {
		if (strcmp(row_text(event, "kind"), "answer_first") != 0)
			continue;
		found = true;
		assert_int_equal(row_number(event, "number"), 7);
		assert_string_equal(row_text(event, "moment"), "13");
		assert_string_equal(row_text(event, "clock"), "10:00:13");
		assert_string_equal(row_text(event, "group"), "answer");
	}
	assert_true(found);
	harness_check_page(h, hr, s.record);
	h->site.clock = clock_fixed(s.begin_ms + 2 * VIDEO_VIEW_MS);
	a = harness_get(h, hr, s.record);
	assert_true(json_is_false(answer_value(&a, "open")));
}

/* One's own: a link from one's own page, no reason asked for, and nobody else's. */
static void the_own_record(void **state)
{
	struct show s = show_open(*state);
	struct harness *h = *state;
	const char *story =
		arena_print(h->arena, "/applications/%lld/story", (long long)s.hall.application);
	three_parts(&s);
	harness_check_page(h, s.hall.candidate, story);
	struct answer a = harness_html(h, s.hall.candidate, story);
	assert_non_null(strstr(a.body, s.record));
	a = harness_html(h, s.hall.stage.hr, story);
	assert_null(strstr(a.body, s.record));
	harness_check_page(h, s.hall.candidate, s.record);
	a = harness_html(h, s.hall.candidate, s.record);
	assert_null(strstr(a.body, "name=\"reason\""));
	a = harness_post(h, s.hall.candidate, arena_print(h->arena, "%s/view", s.record), "at=5");
	assert_string_equal(a.location, arena_print(h->arena, "%s?at=5", s.record));
	harness_check_page(h, s.hall.candidate, s.record);
	a = harness_get(h, harness_person(h, ROLE_PERSON), s.record);
	assert_int_equal(a.status, 403);
}

/* ---- films
 * --------------------------------------------------------------------------------------- */

struct asked {
	const char *method, *range, *if_range, *none_match;
};

static struct answer ask(struct show *s, int64_t person, int64_t segment, struct asked asked)
{
	struct harness *h = s->hall.stage.h;
	const struct http_in in = {
		.method = asked.method ? asked.method : "GET",
		.path = arena_print(h->arena, "/video/segments/%lld/film", (long long)segment),
		.host = "konkurs.test",
		.cookie = harness_cookie(h, person),
		.accept = "*/*",
		.address = "192.0.2.1",
		.range = asked.range,
		.if_range = asked.if_range,
		.none_match = asked.none_match,
	};
	return harness_send(h, &in);
}

static const char *header(const struct answer *a, const char *name)
{
	const char *text = http_header_of(a->out, name);
	return text ? text : "";
}

static void is_part(const struct answer *a, size_t from, size_t size)
{
	assert_int_equal(a->status, 206);
	assert_int_equal(a->size, size);
	assert_memory_equal(a->body, bytes + from, size);
	char text[80];
	(void)snprintf(text, sizeof(text), "bytes %zu-%zu/%zu", from, from + size - 1, film_size);
	assert_string_equal(header(a, "Content-Range"), text);
}

/* F72: as a whole and by ranges; only with a reason, and only to whom it was given. */
static void a_film(void **state)
{
	struct show s = show_open(*state);
	struct harness *h = *state;
	const int64_t hr = s.hall.stage.hr;
	const int64_t id = add_segment(&s, s.begin_ms, s.begin_ms + 2 * SECOND);
	const struct asked all = { 0 };
	lend(&s);
	struct answer a = ask(&s, hr, id, all);
	assert_int_equal(a.status, 409); /* no reason */
	open_record(&s, hr);
	a = ask(&s, hr, id, all);
	assert_int_equal(a.status, 404); /* it is yet to be made */
	add_film(&s, id, "r1/film.webm");
	a = ask(&s, hr, id, all);
	assert_int_equal(a.status, 200);
	assert_string_equal(a.type, "video/webm");
	assert_string_equal(header(&a, "ETag"), "\"f00d\"");
	assert_string_equal(header(&a, "Accept-Ranges"), "bytes");
	assert_string_equal(header(&a, "Cache-Control"), "no-store");
	assert_int_equal(a.size, film_size);
	assert_memory_equal(a.body, bytes, film_size);
	a = ask(&s, hr, id, (struct asked){ .range = "bytes=0-99" });
	is_part(&a, 0, 100);
	a = ask(&s, hr, id, (struct asked){ .range = "bytes=100-" });
	is_part(&a, 100, film_size - 100);
	a = ask(&s, hr, id, (struct asked){ .range = "bytes=-10" });
	is_part(&a, film_size - 10, 10);
	a = ask(&s, hr, id, (struct asked){ .range = "bytes=5-6", .if_range = "\"f00d\"" });
	is_part(&a, 5, 2);
	a = ask(&s, hr, id, (struct asked){ .range = "bytes=5-6", .if_range = "\"other\"" });
	assert_int_equal(a.status, 200);
	a = ask(&s, hr, id, (struct asked){ .range = "bytes=99999999-" });
	assert_int_equal(a.status, 416);
	assert_string_equal(header(&a, "Content-Range"),
			    arena_print(h->arena, "bytes */%zu", film_size));
	assert_int_equal(a.size, 0);
	a = ask(&s, hr, id, (struct asked){ .none_match = "\"f00d\"" });
	assert_int_equal(a.status, 304);
	a = ask(&s, hr, id, (struct asked){ .method = "HEAD", .range = "bytes=0-9" });
	assert_int_equal(a.status, 200);
	assert_int_equal(a.size, 0);
	assert_string_equal(header(&a, "Content-Length"), arena_print(h->arena, "%zu", film_size));
	a = ask(&s, s.hall.operator, id, all);
	assert_int_equal(a.status, 403);
	a = ask(&s, harness_person(h, ROLE_AUDITOR), id, all);
	assert_int_equal(a.status, 409); /* the reason was another's */
	a = ask(&s, hr, id + 1, all);
	assert_int_equal(a.status, 404);
	h->site.clock = clock_fixed(s.begin_ms + VIDEO_VIEW_MS + MINUTE);
	(void)harness_get(h, hr, "/records"); /* a session of now */
	a = ask(&s, hr, id, all);
	assert_int_equal(a.status, 409);
}

/* What is not the file that the row names is not sent. */
static void not_that_film(void **state)
{
	struct show s = show_open(*state);
	struct harness *h = *state;
	const int64_t hr = s.hall.stage.hr;
	const int64_t id = add_segment(&s, s.begin_ms, s.begin_ms + 2 * SECOND);
	char path[96];
	char link[96];
	struct err e = { 0 };
	add_film(&s, id, "r1/film.webm");
	open_record(&s, hr);
	struct answer a = ask(&s, hr, id, (struct asked){ 0 });
	assert_int_equal(a.status, 409); /* served without a folder */
	lend(&s);
	(void)snprintf(path, sizeof(path), "%s/r1/short.webm", folder);
	(void)snprintf(link, sizeof(link), "%s/r1/link.webm", folder);
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_int_equal(write(fd, bytes, film_size - 1), film_size - 1);
	(void)close(fd);
	assert_int_equal(symlink(film, link), 0);
	static const char *const wrong[] = { "r1/short.webm",
					     "r1/link.webm",
					     "r1/none.webm",
					     "r1",
					     "../etc/passwd",
					     "/etc/passwd",
					     "" };
	for (size_t i = 0; i < COUNT(wrong); i++) {
		MUST(db_exec(h->site.db, &e, NULL,
			     "UPDATE video_segment SET film_file = $1 WHERE id = $2",
			     db_text(wrong[i]), db_int(id)));
		a = ask(&s, hr, id, (struct asked){ .range = "bytes=0-1" });
		if (a.status != 404)
			fail_msg("%s: %d", wrong[i], a.status);
	}
	MUST(db_exec(h->site.db, &e, NULL,
		     "UPDATE video_segment SET film_file = 'r1/film.webm', state = 'destroyed'"
		     " WHERE id = $1",
		     db_int(id)));
	a = ask(&s, hr, id, (struct asked){ 0 });
	assert_int_equal(a.status, 404);
	a = harness_get(h, hr, s.record);
	assert_string_equal(answer_text(&a, "nothing"), "destroyed");
	harness_check_page(h, hr, s.record);
}

/* ---- excerpts
 * ------------------------------------------------------------------------------------ */

static void put_file(const char *name, char with, size_t size)
{
	char path[128];
	char piece[256];
	memset(piece, with, sizeof(piece));
	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_int_equal(write(fd, piece, size), size);
	(void)close(fd);
}

static bool holds(const struct answer *a, const void *what, size_t size)
{
	return memmem(a->body, a->size, what, size) != NULL;
}

/* F70: films, recordings and receipts of just the parts that the times touch; a reason of its own.
 */
static void an_excerpt(void **state)
{
	struct show s = show_open(*state);
	struct harness *h = *state;
	const int64_t hr = s.hall.stage.hr;
	const char *form =
		arena_print(h->arena, "/video/sources/%lld/excerpt", (long long)s.source);
	char path[128];
	three_parts(&s);
	lend(&s);
	s.files.db = arena_print(h->arena, "%s/konkurs.db", folder);
	put_file("r1/s1-2-audio-0.mjr", 'a', 100);
	put_file("r1/s1-2-video-1.mjr", 'v', 200);
	static const struct {
		const char *form, *error, *field;
	} wrong[] = {
		{ "from=x&until=10:00:20&excerpt_reason=why", "record.error.time", "from" },
		{ "from=10:00:00&until=10:61:00&excerpt_reason=why", "record.error.time", "until" },
		{ "from=10:00:00&until=10:00&excerpt_reason=why", "record.error.excerpt_order",
		  "until" },
		{ "from=10:00:00&until=10:30:01&excerpt_reason=why", "record.error.excerpt_long",
		  "until" },
		{ "from=11:00:00&until=11:01:00&excerpt_reason=why", "record.error.excerpt_none",
		  "from" },
		{ "from=10:00:12&until=10:00:13", "error.required", "excerpt_reason" },
	};
	open_record(&s, hr);
	for (size_t i = 0; i < COUNT(wrong); i++) {
		struct answer a = harness_post(h, hr, form, wrong[i].form);
		if (strcmp(a.error, wrong[i].error) != 0 || strcmp(a.field, wrong[i].field) != 0)
			fail_msg("%s: %s at %s", wrong[i].form, a.error, a.field);
	}
	struct answer a = harness_post_html(h, hr, form, wrong[0].form);
	assert_int_equal(a.status, 422);
	assert_non_null(strstr(a.body, "value=\"x\""));
	a = harness_post(h, hr, form, "from=10:00:12&until=10:00:13&excerpt_reason=complaint");
	assert_string_equal(a.error, "");
	const char *file = a.location;
	a = harness_get(h, hr, file);
	assert_int_equal(a.status, 200);
	assert_string_equal(a.type, "application/zip");
	assert_true(holds(&a, bytes, film_size));
	assert_true(holds(&a, "records/r1/film.webm", 20));
	assert_true(holds(&a, "records/r1/s1-2-audio-0.mjr", 27));
	assert_true(holds(&a, "receipts/", 9));
	assert_false(holds(&a, "s1-1-audio", 10));
	assert_int_equal(stage_journalled(h, "video.viewed"), 3);
	a = harness_get(h, s.hall.operator, file);
	assert_int_equal(a.status, 403);
	a = harness_get(h, harness_person(h, ROLE_AUDITOR), file);
	assert_int_equal(a.status, 409); /* the reason was another's */
	(void)snprintf(path, sizeof(path), "%s/r1/s1-2-video-1.mjr", folder);
	assert_int_equal(truncate(path, 199), 0);
	a = harness_get(h, hr, file);
	assert_string_equal(a.error, "record.error.excerpt_file");
	assert_int_equal(stage_journalled(h, "video.viewed"), 3);
	(void)unlink(path);
	(void)snprintf(path, sizeof(path), "%s/r1/s1-2-audio-0.mjr", folder);
	(void)unlink(path);
}

static void ranges(void **state)
{
	static const struct {
		const char *header;
		enum range_kind kind;
		int64_t from, size;
	} row[] = {
		{ NULL, RANGE_ALL, 0, 0 },
		{ "bytes=0-0", RANGE_PART, 0, 1 },
		{ "bytes=0-", RANGE_PART, 0, 10 },
		{ "bytes=9-", RANGE_PART, 9, 1 },
		{ "Bytes= 2-5 ", RANGE_PART, 2, 4 },
		{ "bytes=2-99", RANGE_PART, 2, 8 },
		{ "bytes=-3", RANGE_PART, 7, 3 },
		{ "bytes=-30", RANGE_PART, 0, 10 },
		{ "bytes=-0", RANGE_BEHIND, 0, 0 },
		{ "bytes=10-", RANGE_BEHIND, 0, 0 },
		{ "bytes=99999999999999999999999-", RANGE_BEHIND, 0, 0 },
		{ "bytes=0-99999999999999999999999", RANGE_PART, 0, 10 },
		{ "bytes=5-2", RANGE_ALL, 0, 0 },
		{ "bytes=-", RANGE_ALL, 0, 0 },
		{ "bytes=", RANGE_ALL, 0, 0 },
		{ "bytes", RANGE_ALL, 0, 0 },
		{ "", RANGE_ALL, 0, 0 },
		{ "bytes=0-1,3-4", RANGE_ALL, 0, 0 }, /* several parts: the whole is as well */
		{ "bytes=a-b", RANGE_ALL, 0, 0 },
		{ "bytes=+1-2", RANGE_ALL, 0, 0 },
		{ "bytes=--2", RANGE_ALL, 0, 0 },
		{ "lines=0-1", RANGE_ALL, 0, 0 },
		{ "bytes=1-2;x", RANGE_ALL, 0, 0 },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		struct range got = { 0, 0 };
		if (range_of(row[i].header, 10, &got) != row[i].kind || got.from != row[i].from ||
		    got.size != row[i].size)
			fail_msg("%s: %lld %lld", row[i].header, (long long)got.from,
				 (long long)got.size);
	}
	struct range got = { 0, 0 };
	assert_int_equal(range_of("bytes=0-", 0, &got), RANGE_BEHIND);
}

/* ---- through a socket
 * ------------------------------------------------------------------------------ */

static void *serve(void *user)
{
	struct err e = { 0 };
	return server_run(user, &e) ? user : NULL;
}

static size_t fetch(const struct server *server, const char *request, char *ret, size_t room)
{
	const struct timeval patience = { 20, 0 };
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_port = htons(server_port(server)) };
	size_t size = 0;
	ssize_t got = 0;
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_true(fd >= 0);
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	assert_int_equal(connect(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(send(fd, request, strlen(request), MSG_NOSIGNAL), strlen(request));
	while (size < room - 1 && (got = recv(fd, ret + size, room - size - 1, 0)) > 0)
		size += (size_t)got;
	(void)close(fd);
	ret[size] = '\0';
	return size;
}

/* The same bytes come from the file by the server's own way, and the request after one of them is
 * answered. */
static void through_a_socket(void **state)
{
	char database[] = "/tmp/konkurs-test-XXXXXX";
	(void)state;
	int file = mkstemp(database);
	assert_true(file >= 0);
	(void)close(file);
	struct harness *h = harness_open_file(database);
	struct show s = show_open(h);
	lend(&s);
	const int64_t id = add_segment(&s, s.begin_ms, s.begin_ms + 2 * SECOND);
	add_film(&s, id, "r1/film.webm");
	open_record(&s, s.hall.stage.hr);
	const char *cookie = harness_cookie(h, s.hall.stage.hr);
	const struct server_options options = {
		.address = "127.0.0.1", .database = database, .workers = 1, .timeout_s = 5
	};
	struct server *server = NULL;
	struct err e = { 0 };
	pthread_t thread;
	MUST(server_open(&h->site, &options, &server, &e));
	assert_int_equal(pthread_create(&thread, NULL, serve, server), 0);
	const size_t room = 2 * film_size + 8192;
	char *answer = calloc(1, room);
	assert_non_null(answer);
	const char *path = arena_print(h->arena, "/video/segments/%lld/film", (long long)id);
	size_t size = fetch(
		server,
		arena_print(
			h->arena,
			"GET %s HTTP/1.1\r\nHost: x\r\nCookie: %s\r\nRange: bytes=7-\r\n\r\n"
			"HEAD %s HTTP/1.1\r\nHost: x\r\nCookie: %s\r\nConnection: close\r\n\r\n",
			path, cookie, path, cookie),
		answer, room);
	assert_int_equal(strncmp(answer, "HTTP/1.1 206 Partial Content\r\n", 30), 0);
	const char *body = strstr(answer, "\r\n\r\n") + 4;
	const size_t behind = size - (size_t)(body - answer);
	assert_true(behind > film_size - 7);
	assert_memory_equal(body, bytes + 7, film_size - 7);
	body += film_size - 7;
	assert_int_equal(strncmp(body, "HTTP/1.1 200 OK\r\n", 17), 0);
	assert_non_null(strstr(body, arena_print(h->arena, "Content-Length: %zu\r\n", film_size)));
	assert_string_equal(strstr(body, "\r\n\r\n"), "\r\n\r\n"); /* of HEAD nothing follows */
	server_stop(server);
	(void)pthread_join(thread, NULL);
	server_close(server);
	free(answer);
	harness_close(h);
	static const char *const ending[] = { "", "-wal", "-shm" };
	for (size_t i = 0; i < COUNT(ending); i++) {
		char name[80];
		(void)snprintf(name, sizeof(name), "%s%s", database, ending[i]);
		(void)unlink(name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(the_list),
		HARNESS_TEST(one_sitting),
		HARNESS_TEST(the_player),
		HARNESS_TEST(the_own_record),
		HARNESS_TEST(a_film),
		HARNESS_TEST(not_that_film),
		HARNESS_TEST(an_excerpt),
		cmocka_unit_test(ranges),
		cmocka_unit_test(through_a_socket),
	};
	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
