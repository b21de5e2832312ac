/* What Janus may say, and what is made of it. */
#include "video/janus_message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct janus_message *one(struct arena *a, const char *body)
{
	const struct janus_message *list = NULL;
	struct err e = { 0 };
	size_t count = 0;
	assert_true(janus_message_read(a, body, strlen(body), &list, &count, &e));
	assert_int_equal(count, 1);
	return list;
}

static void test_answers(void **state)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	const struct janus_message *m;
	(void)state;
	m = one(a, "{\"janus\":\"ack\",\"session_id\":5,\"transaction\":\"k1\"}");
	assert_int_equal(m->said, JANUS_SAID_ACK);
	assert_string_equal(m->transaction, "k1");
	m = one(a, "{\"janus\":\"success\",\"transaction\":\"k2\",\"data\":{\"id\":"
		   "9007199254740991}}");
	assert_int_equal(m->said, JANUS_SAID_ANSWER);
	assert_true(m->id == 9007199254740991U);
	assert_int_equal(m->code, 0);
	m = one(a, "{\"janus\":\"error\",\"transaction\":\"k3\",\"error\":{\"code\":403,"
		   "\"reason\":\"Unauthorized\"}}");
	assert_int_equal(m->said, JANUS_SAID_ANSWER);
	assert_int_equal(m->code, 403);
	m = one(a, "{\"janus\":\"error\",\"transaction\":\"k3\"}");
	assert_int_equal(m->code, 490); /* it is refused, whatever for */
	m = one(a, "{\"janus\":\"event\",\"sender\":4,\"transaction\":\"k4\",\"plugindata\":{"
		   "\"plugin\":\"janus.plugin.videoroom\",\"data\":{\"videoroom\":\"event\","
		   "\"error_code\":428}},\"jsep\":{\"type\":\"offer\",\"sdp\":\"v=0\\r\\n\"}}");
	assert_int_equal(m->said, JANUS_SAID_ANSWER);
	assert_int_equal(m->code, 428);
	assert_true(m->offer);
	assert_string_equal(m->sdp, "v=0\r\n");
	m = one(a, "{\"janus\":\"server_info\",\"version\":1102,\"plugins\":{"
		   "\"janus.plugin.videoroom\":{}}}");
	assert_int_equal(m->version, 1102);
	assert_true(m->has_rooms);
}

static void test_participants(void **state)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	const struct janus_message *m =
		one(a, "{\"janus\":\"success\",\"transaction\":\"k\",\"plugindata\":{\"plugin\":"
		       "\"janus.plugin.videoroom\",\"data\":{\"participants\":[{\"id\":7,"
		       "\"publisher\":true},{\"id\":-1},{\"id\":\"8\"},7,null,{\"id\":9,"
		       "\"publisher\":\"true\"}]}}}");
	(void)state;
	assert_int_equal(m->participant_count, 2);
	assert_true(m->participants[0].feed == 7 && m->participants[0].sends);
	assert_true(m->participants[1].feed == 9 && !m->participants[1].sends);
}

static void test_events(void **state)
{
	static const struct {
		const char *body;
		enum janus_said said;
		enum janus_event_kind kind;
		uint64_t line;
		bool sound;
	} row[] = {
		{ "{\"janus\":\"webrtcup\",\"sender\":5}", JANUS_SAID_EVENT, JANUS_UP, 5, false },
		{ "{\"janus\":\"media\",\"sender\":5,\"type\":\"audio\",\"receiving\":false}",
		  JANUS_SAID_EVENT, JANUS_SILENT, 5, true },
		{ "{\"janus\":\"media\",\"sender\":5,\"type\":\"video\",\"receiving\":true}",
		  JANUS_SAID_EVENT, JANUS_HEARD, 5, false },
		{ "{\"janus\":\"slowlink\",\"sender\":5,\"media\":\"audio\",\"lost\":9}",
		  JANUS_SAID_EVENT, JANUS_SLOW, 5, true },
		{ "{\"janus\":\"hangup\",\"sender\":5,\"reason\":\"DTLS alert\"}", JANUS_SAID_EVENT,
		  JANUS_HUNG_UP, 5, false },
		{ "{\"janus\":\"detached\",\"sender\":5}", JANUS_SAID_EVENT, JANUS_GONE, 5, false },
		{ "{\"janus\":\"timeout\",\"session_id\":3}", JANUS_SAID_EVENT, JANUS_GONE, 0,
		  false },
		/* pushed out of the room */
		{ "{\"janus\":\"event\",\"sender\":5,\"plugindata\":{\"plugin\":"
		  "\"janus.plugin.videoroom\",\"data\":{\"videoroom\":\"event\",\"leaving\":\"ok\","
		  "\"reason\":\"kicked\"}}}",
		  JANUS_SAID_EVENT, JANUS_HUNG_UP, 5, false },
		/* of another who left */
		{ "{\"janus\":\"event\",\"sender\":5,\"plugindata\":{\"plugin\":"
		  "\"janus.plugin.videoroom\",\"data\":{\"videoroom\":\"event\",\"leaving\":8}}}",
		  JANUS_SAID_NOTHING, JANUS_UP, 0, false },
		{ "{\"janus\":\"keepalive\"}", JANUS_SAID_NOTHING, JANUS_UP, 0, false },
		{ "{\"janus\":\"hangup\"}", JANUS_SAID_NOTHING, JANUS_UP, 0, false },
		{ "{\"janus\":\"hangup\",\"sender\":-5}", JANUS_SAID_NOTHING, JANUS_UP, 0, false },
		{ "{\"janus\":\"media\",\"sender\":5}", JANUS_SAID_NOTHING, JANUS_UP, 0, false },
		{ "{\"janus\":7}", JANUS_SAID_NOTHING, JANUS_UP, 0, false },
		{ "{}", JANUS_SAID_NOTHING, JANUS_UP, 0, false },
		{ "[null]", JANUS_SAID_NOTHING, JANUS_UP, 0, false },
	};
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		const struct janus_message *m = one(a, row[i].body);
		assert_int_equal(m->said, row[i].said);
		if (m->said != JANUS_SAID_EVENT)
			continue;
		assert_int_equal(m->event.kind, row[i].kind);
		assert_true(m->event.line == row[i].line);
		assert_int_equal(m->event.sound, row[i].sound);
	}
}

static void test_lists_and_rubbish(void **state)
{
	static const char *const bad[] = { "",
					   "[",
					   "hangup",
					   "{\"janus\":",
					   "{\"a\":1,\"a\":2}",
					   "\xff",
					   "{\"janus\":\"\xff\"}",
					   "\"janus\"",
					   "<html>502</html>" };
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	const struct janus_message *list;
	struct err e = { 0 };
	size_t count;
	(void)state;
	const char *two = "[{\"janus\":\"keepalive\"},{\"janus\":\"webrtcup\",\"sender\":1}]";
	assert_true(janus_message_read(a, two, strlen(two), &list, &count, &e));
	assert_int_equal(count, 2);
	assert_int_equal(list[1].said, JANUS_SAID_EVENT);
	assert_true(janus_message_read(a, "[]", 2, &list, &count, &e));
	assert_int_equal(count, 0);
	for (size_t i = 0; i < COUNT(bad); i++) {
		e = (struct err){ 0 };
		assert_false(janus_message_read(a, bad[i], strlen(bad[i]), &list, &count, &e));
		assert_string_equal(e.key, "video.error.away");
	}
	char many[2 * (JANUS_MESSAGES_MOST + 1) + 2] = "[0";
	for (size_t i = 0; i < JANUS_MESSAGES_MOST; i++)
		(void)memcpy(many + 2 + 2 * i, ",0", 2);
	many[sizeof(many) - 2] = ']';
	assert_false(janus_message_read(a, many, strlen(many), &list, &count, &e));
}

static void test_sdp(void **state)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	char *large = arena_alloc(a, JANUS_SDP_MOST + 1);
	(void)state;
	assert_true(janus_sdp_valid("v=0"));
	assert_true(janus_sdp_valid("v=0\r\ns=-\r\n"));
	assert_false(janus_sdp_valid(""));
	assert_false(janus_sdp_valid("s=-"));
	assert_false(janus_sdp_valid("v=0\ts"));
	assert_false(janus_sdp_valid("v=0\x7f"));
	assert_false(janus_sdp_valid("v=0 \xd0\x94"));
	(void)memset(large, 'a', JANUS_SDP_MOST);
	(void)memcpy(large, "v=0", 3);
	assert_false(janus_sdp_valid(large));
	large[JANUS_SDP_MOST - 1] = '\0';
	assert_true(janus_sdp_valid(large));
	/* a transaction or an SDP that does not fit is none */
	const struct janus_message *m = one(a, "{\"janus\":\"success\",\"transaction\":"
					       "\"0123456789012345678901234567890123456789\"}");
	assert_string_equal(m->transaction, "");
	m = one(a, "{\"janus\":\"event\",\"transaction\":\"k\",\"plugindata\":{\"plugin\":"
		   "\"janus.plugin.videoroom\",\"data\":{}},\"jsep\":{\"type\":\"pranswer\","
		   "\"sdp\":\"v=0\"}}");
	assert_string_equal(m->sdp, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers), cmocka_unit_test(test_participants),
		cmocka_unit_test(test_events),  cmocka_unit_test(test_lists_and_rubbish),
		cmocka_unit_test(test_sdp),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
