/* Films of records and excerpts: F72 (played as they are, by ranges). */
#include "show.h"
#include "test_db.h"

#include "app/video/viewing.h"
#include "app/video/work.h"
#include "web/http/range.h"
#include "web/http/server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define MUST(call)                                                                                 \
	do {                                                                                       \
		if (!(call))                                                                       \
			fail_msg("%s: %s %s", #call, e.key, e.detail);                             \
	} while (0)

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
	assert_memory_equal(a->body, show_files()->bytes + from, size);
	char text[80];
	(void)snprintf(text, sizeof(text), "bytes %zu-%zu/%zu", from, from + size - 1,
		       show_files()->size);
	assert_string_equal(header(a, "Content-Range"), text);
}

/* F72: as a whole and by ranges; only with a reason, and only to whom it was given. */
static void a_film(void **state)
{
	struct show s = show_open(*state);
	struct harness *h = *state;
	const int64_t hr = s.hall.stage.hr;
	const int64_t id = show_segment(&s, s.begin_ms, s.begin_ms + 2 * SECOND);
	const struct asked all = { 0 };
	show_lend(&s);
	struct answer a = ask(&s, hr, id, all);
	assert_int_equal(a.status, 409); /* no reason */
	show_reason(&s, hr);
	a = ask(&s, hr, id, all);
	assert_int_equal(a.status, 404); /* it is yet to be made */
	show_film(&s, id, "r1/film.webm");
	a = ask(&s, hr, id, all);
	assert_int_equal(a.status, 200);
	assert_string_equal(a.type, "video/webm");
	assert_string_equal(header(&a, "ETag"), "\"f00d\"");
	assert_string_equal(header(&a, "Accept-Ranges"), "bytes");
	assert_string_equal(header(&a, "Cache-Control"), "no-store");
	assert_int_equal(a.size, show_files()->size);
	assert_memory_equal(a.body, show_files()->bytes, show_files()->size);
	a = ask(&s, hr, id, (struct asked){ .range = "bytes=0-99" });
	is_part(&a, 0, 100);
	a = ask(&s, hr, id, (struct asked){ .range = "bytes=100-" });
	is_part(&a, 100, show_files()->size - 100);
	a = ask(&s, hr, id, (struct asked){ .range = "bytes=-10" });
	is_part(&a, show_files()->size - 10, 10);
	a = ask(&s, hr, id, (struct asked){ .range = "bytes=5-6", .if_range = "\"f00d\"" });
	is_part(&a, 5, 2);
	a = ask(&s, hr, id, (struct asked){ .range = "bytes=5-6", .if_range = "\"other\"" });
	assert_int_equal(a.status, 200);
	a = ask(&s, hr, id, (struct asked){ .range = "bytes=99999999-" });
	assert_int_equal(a.status, 416);
	assert_string_equal(header(&a, "Content-Range"),
			    arena_print(h->arena, "bytes */%zu", show_files()->size));
	assert_int_equal(a.size, 0);
	a = ask(&s, hr, id, (struct asked){ .none_match = "\"f00d\"" });
	assert_int_equal(a.status, 304);
	a = ask(&s, hr, id, (struct asked){ .method = "HEAD", .range = "bytes=0-9" });
	assert_int_equal(a.status, 200);
	assert_int_equal(a.size, 0);
	assert_string_equal(header(&a, "Content-Length"),
			    arena_print(h->arena, "%zu", show_files()->size));
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
	const int64_t id = show_segment(&s, s.begin_ms, s.begin_ms + 2 * SECOND);
	char path[96];
	char link[96];
	struct err e = { 0 };
	show_film(&s, id, "r1/film.webm");
	show_reason(&s, hr);
	struct answer a = ask(&s, hr, id, (struct asked){ 0 });
	assert_int_equal(a.status, 409); /* served without a folder */
	show_lend(&s);
	(void)snprintf(path, sizeof(path), "%s/r1/short.webm", show_files()->folder);
	(void)snprintf(link, sizeof(link), "%s/r1/link.webm", show_files()->folder);
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_int_equal(write(fd, show_files()->bytes, show_files()->size - 1),
			 show_files()->size - 1);
	(void)close(fd);
	assert_int_equal(symlink(show_files()->film, link), 0);
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
	(void)snprintf(path, sizeof(path), "%s/%s", show_files()->folder, name);
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
	show_three(&s);
	show_lend(&s);
	s.files.db = arena_print(h->arena, "%s/konkurs.db", show_files()->folder);
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
	show_reason(&s, hr);
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
	assert_true(holds(&a, show_files()->bytes, show_files()->size));
	assert_true(holds(&a, "records/r1/film.webm", 20));
	assert_true(holds(&a, "records/r1/s1-2-audio-0.mjr", 27));
	assert_true(holds(&a, "receipts/", 9));
	assert_false(holds(&a, "s1-1-audio", 10));
	assert_int_equal(stage_journalled(h, "video.viewed"), 3);
	a = harness_get(h, s.hall.operator, file);
	assert_int_equal(a.status, 403);
	a = harness_get(h, harness_person(h, ROLE_AUDITOR), file);
	assert_int_equal(a.status, 409); /* the reason was another's */
	(void)snprintf(path, sizeof(path), "%s/r1/s1-2-video-1.mjr", show_files()->folder);
	assert_int_equal(truncate(path, 199), 0);
	a = harness_get(h, hr, file);
	assert_string_equal(a.error, "record.error.excerpt_file");
	assert_int_equal(stage_journalled(h, "video.viewed"), 3);
	(void)unlink(path);
	(void)snprintf(path, sizeof(path), "%s/r1/s1-2-audio-0.mjr", show_files()->folder);
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
	char database[TEST_DB_WHERE];
	(void)state;
	test_db_place(database);
	struct harness *h = harness_open_file(database);
	struct show s = show_open(h);
	show_lend(&s);
	const int64_t id = show_segment(&s, s.begin_ms, s.begin_ms + 2 * SECOND);
	show_film(&s, id, "r1/film.webm");
	show_reason(&s, s.hall.stage.hr);
	const char *cookie = harness_cookie(h, s.hall.stage.hr);
	const struct server_options options = {
		.address = "127.0.0.1", .database = database, .workers = 1, .timeout_s = 5
	};
	struct server *server = NULL;
	struct err e = { 0 };
	pthread_t thread;
	MUST(server_open(&h->site, &options, &server, &e));
	assert_int_equal(pthread_create(&thread, NULL, serve, server), 0);
	const size_t room = 2 * show_files()->size + 8192;
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
	assert_true(behind > show_files()->size - 7);
	assert_memory_equal(body, show_files()->bytes + 7, show_files()->size - 7);
	body += show_files()->size - 7;
	assert_int_equal(strncmp(body, "HTTP/1.1 200 OK\r\n", 17), 0);
	assert_non_null(
		strstr(body, arena_print(h->arena, "Content-Length: %zu\r\n", show_files()->size)));
	assert_string_equal(strstr(body, "\r\n\r\n"), "\r\n\r\n"); /* of HEAD nothing follows */
	server_stop(server);
	(void)pthread_join(thread, NULL);
	server_close(server);
	free(answer);
	harness_close(h);
	test_db_remove(database);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(a_film),
		HARNESS_TEST(not_that_film),
		HARNESS_TEST(an_excerpt),
		cmocka_unit_test(ranges),
		cmocka_unit_test(through_a_socket),
	};
	return cmocka_run_group_tests(tests, show_make, show_remove);
}
