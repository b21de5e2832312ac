/* The client against a real Janus (R28-3, R47-1, F75): rooms, lines, who may send, and a Janus that
 * is away.  usage: janus_test SCRIPT OFFER */
#include "base/clock.h"
#include "janus_made.h"
#include "video/janus_inside.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static const char *script;
static const char *offer; /* of a real Chromium, with sound and picture */
static struct janus_made server;

static struct janus *opened(void)
{
	const struct janus_server s = janus_made_server(&server);
	struct janus *j = NULL;
	struct err e = { 0 };
	if (!janus_open(&s, &j, &e))
		fail_msg("%s: %s", e.key, e.detail);
	return j;
}

static struct janus_room room_of(uint64_t number)
{
	return (struct janus_room){ number, "pin", "secret", server.folder, 50, 400000 };
}

/* A session with one room that is its own. */
static struct janus *with_room(const struct janus_room *room)
{
	struct janus *j = opened();
	struct err e = { 0 };
	if (!janus_room_make(j, room, &e))
		fail_msg("%s: %s", e.key, e.detail);
	return j;
}

#define refused(call, is_kind, is_key)                                                             \
	do {                                                                                       \
		struct err why = { 0 };                                                            \
		assert_false((call));                                                              \
		if (strcmp(why.key, is_key) != 0)                                                  \
			fail_msg("%s: %s", why.key, why.detail);                                   \
		assert_int_equal(why.kind, is_kind);                                               \
	} while (0)

static size_t participants(struct janus *j, const struct janus_room *room, bool *ret_seven)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct janus_participant *list = NULL;
	struct err e = { 0 };
	size_t count = 0;
	assert_true(janus_room_list(j, room, a, &list, &count, &e));
	*ret_seven = count > 0 && list[0].feed == 7;
	return count;
}

/* Janus takes a line that has ended out of its room a moment later. */
static void assert_empties(struct janus *j, const struct janus_room *room)
{
	const int64_t end = clock_monotonic_ms() + 3000;
	bool seven;
	while (participants(j, room, &seven) > 0) {
		assert_true(clock_monotonic_ms() < end);
		(void)usleep(10 * 1000);
	}
}

/* Until an event of that kind comes for the line, or the time is over. */
static bool hears(struct janus *j, enum janus_event_kind kind, uint64_t line, int most_ms)
{
	const int64_t end = clock_monotonic_ms() + most_ms;
	while (clock_monotonic_ms() < end) {
		struct janus_event event;
		struct err e = { 0 };
		bool there = false;
		if (!janus_wait(j, 100, &event, &there, &e))
			fail_msg("%s: %s", e.key, e.detail);
		if (there && event.kind == kind && event.line == line)
			return true;
	}
	return false;
}

/* ---- session and rooms ----------------------------------------------------------------------- */

static void test_secrets(void **state)
{
	struct janus_server s = janus_made_server(&server);
	struct janus *j = NULL;
	(void)state;
	s.secret = "another";
	refused(janus_open(&s, &j, &why), ERR_INPUT, "video.error.secret");
	assert_null(j);

	s = janus_made_server(&server);
	s.admin_key = "another";
	struct err opens = { 0 };
	assert_true(janus_open(&s, &j, &opens));
	const struct janus_room room = room_of(1);
	refused(janus_room_make(j, &room, &why), ERR_INPUT, "video.error.secret");
	janus_close(j);
}

static void test_rooms(void **state)
{
	struct janus_room room = room_of(2);
	CLEANUP(janus_cleanup) struct janus *j = with_room(&room);
	struct err e = { 0 };
	bool seven;
	(void)state;
	assert_int_equal(participants(j, &room, &seven), 0);
	assert_true(janus_room_make(j, &room, &e)); /* as it is */
	room.secret = "another";
	refused(janus_room_make(j, &room, &why), ERR_INPUT, "video.error.secret");
	refused(janus_room_end(j, &room, &why), ERR_INPUT, "video.error.secret");
	room.secret = "secret";
	assert_true(janus_room_end(j, &room, &e));
	assert_true(janus_room_end(j, &room, &e)); /* it is not there */
}

static void test_no_room(void **state)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	CLEANUP(janus_cleanup) struct janus *j = opened();
	const struct janus_room room = room_of(3);
	struct janus_participant *list;
	const char *sdp;
	uint64_t line;
	size_t count;
	(void)state;
	refused(janus_room_list(j, &room, a, &list, &count, &why), ERR_MISSING, "video.error.room");
	refused(janus_send(j, &room, 7, offer, a, &line, &sdp, &why), ERR_MISSING,
		"video.error.room");
	refused(janus_watch(j, &room, 7, true, a, &line, &sdp, &why), ERR_MISSING,
		"video.error.room");
}

/* ---- lines ----------------------------------------------------------------------------------- */

static void test_send(void **state)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	const struct janus_room room = room_of(4);
	CLEANUP(janus_cleanup) struct janus *j = with_room(&room);
	struct err e = { 0 };
	const char *answer = NULL;
	uint64_t first = 0;
	uint64_t second = 0;
	bool seven = false;
	(void)state;
	assert_true(janus_send(j, &room, 7, offer, a, &first, &answer, &e));
	assert_int_equal(participants(j, &room, &seven), 1);
	assert_true(seven);
	assert_non_null(strstr(answer, "VP8/90000"));
	assert_non_null(strstr(answer, "opus/48000"));
	assert_non_null(strstr(answer, "a=recvonly"));
	/* All candidates, and none but the loopback: media do not leave the machine. */
	const char *at = strstr(answer, "a=candidate:");
	assert_non_null(at);
	for (; at; at = strstr(at + 1, "a=candidate:")) {
		const char *own = strstr(at, " 127.0.0.1 ");
		assert_non_null(own);
		assert_true(own < at + strcspn(at, "\r\n"));
	}
	/* Who comes later has the feed, and the first line hears that it is over. */
	assert_true(janus_send(j, &room, 7, offer, a, &second, &answer, &e));
	assert_true(first != second);
	assert_int_equal(participants(j, &room, &seven), 1);
	assert_true(hears(j, JANUS_HUNG_UP, first, 3000));
	assert_true(janus_end(j, first, &e));
	assert_true(janus_end(j, second, &e));
	assert_true(janus_end(j, second, &e)); /* harmless */
	assert_empties(j, &room);
}

/* F75: whoever has the pin, but was not let in for this one line, sends nothing. */
static void test_only_who_is_let_in_sends(void **state)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	const struct janus_room room = room_of(5);
	CLEANUP(janus_cleanup) struct janus *j = with_room(&room);
	struct err e = { 0 };
	const struct janus_message *m;
	const char *answer = NULL;
	uint64_t line = 0;
	bool seven;
	(void)state;
	assert_true(janus_send(j, &room, 7, offer, a, &line, &answer, &e));
	assert_true(janus_begin(j, &e));
	assert_true(janus_attach(j, &line, &e));
	refused(janus_request(j, line,
			      json_pack("{s:s, s:s, s:i, s:s, s:i, s:s}", "request", "join",
					"ptype", "publisher", "room", 5, "pin", "pin", "id", 9,
					"token", "guessed"),
			      NULL, true, &m, NULL, &why),
		ERR_INPUT, "video.error.secret");
	assert_int_equal(participants(j, &room, &seven), 1);
}

static void test_bad_offers(void **state)
{
	static const char *const bad[] = {
		"",
		"no description",
		"v=0",
		"v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n",
		"v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=\xd0\x94\r\nt=0 0\r\n",
		"v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=\r\n",
	};
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	const struct janus_room room = room_of(6);
	CLEANUP(janus_cleanup) struct janus *j = with_room(&room);
	const char *answer = NULL;
	uint64_t line = 0;
	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		refused(janus_send(j, &room, 7, bad[i], a, &line, &answer, &why), ERR_INPUT,
			"video.error.sdp");
	char *large = arena_alloc(a, JANUS_SDP_MOST + 1);
	(void)memset(large, 'a', JANUS_SDP_MOST);
	(void)memcpy(large, "v=0", 3);
	refused(janus_send(j, &room, 7, large, a, &line, &answer, &why), ERR_INPUT,
		"video.error.sdp");
	assert_empties(j, &room); /* nobody is left behind */
}

/* A feed can be watched once its media flow, which takes a browser; here Janus itself sends one. */
static void test_watch(void **state)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	CLEANUP(janus_cleanup) struct janus *j = opened();
	const struct janus_room room = room_of(8);
	const struct janus_message *m;
	struct janus_participant *list = NULL;
	struct err e = { 0 };
	const char *sdp = NULL;
	uint64_t line = 0;
	size_t count = 0;
	(void)state;
	assert_true(janus_begin(j, &e));
	assert_true(janus_request(j, j->desk,
				  json_pack("{s:s, s:s, s:i, s:s, s:s, s:b}", "request", "create",
					    "admin_key", server.admin_key, "room", 8, "pin", "pin",
					    "secret", "secret", "dummy_publisher", 1),
				  NULL, false, &m, NULL, &e));
	assert_true(janus_room_list(j, &room, a, &list, &count, &e));
	assert_int_equal(count, 1);
	assert_true(list[0].sends);
	refused(janus_watch(j, &room, list[0].feed + 1, true, a, &line, &sdp, &why), ERR_MISSING,
		"video.error.feed");
	assert_true(janus_watch(j, &room, list[0].feed, true, a, &line, &sdp, &e));
	assert_non_null(strstr(sdp, "m=audio"));
	assert_non_null(strstr(sdp, "m=video"));
	assert_non_null(strstr(sdp, "a=sendonly"));
	assert_null(strstr(sdp, "a=sendrecv"));
	refused(janus_watch_start(j, line, "v=0", &why), ERR_INPUT, "video.error.sdp");
	assert_true(janus_end(j, line, &e));
	assert_true(janus_watch(j, &room, list[0].feed, false, a, &line, &sdp, &e));
	assert_non_null(strstr(sdp, "m=audio"));
	assert_null(strstr(sdp, "m=video"));
	refused(janus_watch_start(j, 12345, sdp, &why), ERR_MISSING, "video.error.line");
}

static void test_record(void **state)
{
	static const char *const bad[] = { "",  "/etc/passwd", "../a", "a/../../b", "a b",
					   "A", "a%s",         "a\n",  "\xd2\x93" };
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	const struct janus_room room = room_of(9);
	CLEANUP(janus_cleanup) struct janus *j = with_room(&room);
	struct err e = { 0 };
	const char *answer = NULL;
	uint64_t line = 0;
	(void)state;
	assert_true(janus_send(j, &room, 7, offer, a, &line, &answer, &e));
	assert_true(janus_record(j, &room, line, "one-1", &e));
	assert_true(janus_record(j, &room, line, "one-2", &e)); /* the next one */
	assert_true(janus_record(j, &room, line, NULL, &e));
	assert_true(janus_record(j, &room, line, NULL, &e)); /* it is off already */
	for (size_t i = 0; i < COUNT(bad); i++)
		refused(janus_record(j, &room, line, bad[i], &why), ERR_INPUT, "video.error.file");
	char *large = arena_alloc(a, JANUS_FILE_MOST + 2);
	(void)memset(large, 'a', JANUS_FILE_MOST + 1);
	refused(janus_record(j, &room, line, large, &why), ERR_INPUT, "video.error.file");
	assert_true(janus_end(j, line, &e));
	refused(janus_record(j, &room, line, "one-3", &why), ERR_MISSING, "video.error.line");
}

static void test_many_lines(void **state)
{
	enum { LINES = 20 };
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	const struct janus_room room = room_of(10);
	CLEANUP(janus_cleanup) struct janus *j = with_room(&room);
	struct err e = { 0 };
	uint64_t line[LINES];
	const char *answer;
	bool seven;
	(void)state;
	for (size_t i = 0; i < LINES; i++)
		assert_true(janus_send(j, &room, i + 1, offer, a, &line[i], &answer, &e));
	assert_int_equal(participants(j, &room, &seven), LINES);
	assert_true(janus_room_end(j, &room, &e));
	for (size_t i = 0; i < LINES; i++)
		assert_true(janus_end(j, line[i], &e));
}

/* ---- away ------------------------------------------------------------------------------------ */

/* Not longer than promised, with what this machine may take besides. */
static void assert_quick(int64_t from_ms)
{
	assert_true(clock_monotonic_ms() - from_ms < JANUS_LIMIT_MS + 1000);
}

static void test_never_started(void **state)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct janus_made other;
	struct janus *j = NULL;
	(void)state;
	janus_made_new(script, &other);
	const struct janus_server s = janus_made_server(&other);
	const int64_t from = clock_monotonic_ms();
	refused(janus_open(&s, &j, &why), ERR_SYSTEM, "video.error.away");
	assert_quick(from);
	janus_made_end(&other);
}

static void test_killed_and_back(void **state)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	const struct janus_room room = room_of(11);
	struct janus *j = with_room(&room);
	struct janus_event event;
	const char *answer;
	uint64_t line;
	bool there;
	struct err made = { 0 };
	(void)state;
	assert_true(janus_wait(j, 0, &event, &there, &made));
	janus_made_kill(&server, SIGKILL);
	const int64_t from = clock_monotonic_ms();
	refused(janus_wait(j, 2000, &event, &there, &why), ERR_SYSTEM, "video.error.away");
	refused(janus_room_make(j, &room, &why), ERR_SYSTEM, "video.error.away");
	assert_quick(from);
	janus_close(j);

	janus_made_run(script, &server);
	j = opened();
	refused(janus_send(j, &room, 7, offer, a, &line, &answer, &why), ERR_MISSING,
		"video.error.room"); /* Janus remembers nothing */
	assert_true(janus_room_make(j, &room, &made));
	assert_true(janus_send(j, &room, 7, offer, a, &line, &answer, &made));
	janus_close(j);
}

static void test_stands_still(void **state)
{
	const struct janus_room room = room_of(12);
	CLEANUP(janus_cleanup) struct janus *j = with_room(&room);
	(void)state;
	assert_int_equal(kill(server.pid, SIGSTOP), 0);
	assert_int_equal(waitpid(server.pid, NULL, WUNTRACED), server.pid); /* all its threads */
	const int64_t from = clock_monotonic_ms();
	refused(janus_room_make(j, &room, &why), ERR_SYSTEM, "video.error.away");
	assert_quick(from);
	refused(janus_room_make(j, &room, &why), ERR_SYSTEM, "video.error.away"); /* at once */
	assert_quick(from);
	assert_int_equal(kill(server.pid, SIGCONT), 0);
}

/* A session that its owner left without a word takes its lines along; here Konkurs is told. */
static void test_session_is_over(void **state)
{
	const struct janus_room room = room_of(13);
	CLEANUP(janus_cleanup) struct janus *j = with_room(&room);
	CLEANUP(janus_cleanup) struct janus *other = opened();
	struct janus_event event;
	bool there;
	(void)state;
	/* the same session, ended from elsewhere */
	other->session = j->session;
	janus_close(other);
	other = NULL;
	refused(janus_room_make(j, &room, &why), ERR_SYSTEM, "video.error.away");
	refused(janus_wait(j, 0, &event, &there, &why), ERR_SYSTEM, "video.error.away");
}

/* ---- the program ----------------------------------------------------------------------------- */

static int start(void **state)
{
	(void)state;
	janus_made_new(script, &server);
	janus_made_run(script, &server);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	janus_made_end(&server);
	return 0;
}

static const char *whole(const char *path, struct arena *a)
{
	FILE *f = fopen(path, "rb");
	char *text = arena_alloc(a, JANUS_SDP_MOST);
	const size_t size = f ? fread(text, 1, JANUS_SDP_MOST - 1, f) : 0;
	if (f)
		(void)fclose(f);
	return size ? text : NULL;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_secrets),
		cmocka_unit_test(test_rooms),
		cmocka_unit_test(test_no_room),
		cmocka_unit_test(test_send),
		cmocka_unit_test(test_only_who_is_let_in_sends),
		cmocka_unit_test(test_bad_offers),
		cmocka_unit_test(test_watch),
		cmocka_unit_test(test_record),
		cmocka_unit_test(test_many_lines),
		cmocka_unit_test(test_never_started),
		cmocka_unit_test(test_session_is_over),
		cmocka_unit_test(test_killed_and_back),
		cmocka_unit_test(test_stands_still),
	};
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	if (argc != 3)
		return 2;
	script = argv[1];
	offer = whole(argv[2], a);
	return offer ? cmocka_run_group_tests(tests, start, stop) : 2;
}
