/* Pages with sound and picture over HTTP: lines, the seat of a test, the wall and the camera of a
 * hall, the room of an interview (R28-3, R47-1, R47-2, F9, F38, F68, F75).  Janus is not here: what
 * it would do is written as rows, by the use cases of `konkurs video`. */
#include "hall.h"
#include "room.h"

#include "app/video/rehearsal.h"
#include "app/video/work.h"
#include "faulty.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define MUST(call)                                                                                 \
	do {                                                                                       \
		if (!(call))                                                                       \
			fail_msg("%s: %s %s", #call, e.key, e.detail);                             \
	} while (0)

#define SDP_FORM                                                                                   \
	"sdp=v%3D0%0D%0Ao%3D-+1+2+IN+IP4+127.0.0.1%0D%0Aa%3Dfingerprint:sha-256+AA%0D%0A"          \
	"m%3Daudio+9+X+111%0D%0A"

static int64_t want(struct harness *h, int64_t sitting, int64_t interview, const char *needs)
{
	struct act act = harness_act(h, 0);
	struct err e = { 0 };
	int64_t id = 0;
	MUST(video_tell(&act, "", 1LL << 40, 0, &e));
	MUST(video_room_want(&act, sitting, interview, needs, &id, &e));
	MUST(video_room_opened(&act, id, &e));
	return id;
}

static void grow(struct harness *h, int64_t source, bool sound, bool picture)
{
	struct act act = harness_act(h, 0);
	struct err e = { 0 };
	MUST(video_source_grew(&act, source, sound ? act.now_ms : 0, picture ? act.now_ms : 0, &e));
}

static void up(struct harness *h, int64_t line)
{
	struct act act = harness_act(h, 0);
	struct err e = { 0 };
	MUST(video_line_told(&act, line, "v=0\r\nanswer\r\n", &e));
	MUST(video_line_up(&act, line, &e));
}

static const char *path(struct harness *h, const char *before, const char *after, int64_t id)
{
	return arena_print(h->arena, "%s%lld%s", before, (long long)id, after);
}

/* The source that the page of this address gives its reader. */
static int64_t place(struct harness *h, int64_t person, const char *address, const char *form)
{
	const struct answer a = harness_post(h, person, address, form);
	if (a.status != 200)
		fail_msg("%s: %d %s", address, a.status, a.error);
	return answer_number(&a, "source");
}

static int64_t send(struct harness *h, int64_t person, int64_t source)
{
	const struct answer a =
		harness_post(h, person, path(h, "/video/sources/", "/send", source), SDP_FORM);
	if (a.status != 200)
		fail_msg("send: %d %s", a.status, a.error);
	return answer_number(&a, "line");
}

static void refuses(const char *why, const struct answer *a, int status, const char *key)
{
	if (a->status != status || strcmp(a->error, key) != 0)
		fail_msg("%s: %d '%s', wanted %d '%s'", why, a->status, a->error, status, key);
}

/* A sitting whose seats are recorded; its candidate has the page open. */
static struct hall recorded(struct harness *h)
{
	struct hall w = hall_open(h);
	(void)want(h, w.sitting, 0, "seats");
	assert_int_equal(harness_get(h, w.candidate, path(h, "/tests/", "", w.attempt)).status,
			 200);
	return w;
}

static int64_t seat_of_candidate(struct harness *h, const struct hall *w)
{
	return place(h, w->candidate, path(h, "/tests/", "/source", w->attempt), "");
}

/* ---- lines --------------------------------------------------------------------------------- */

/* What comes in with other line ends goes on as SDP has it; the answer comes out once it is there.
 */
static void a_line_from_offer_to_end(void **state)
{
	struct harness *h = *state;
	struct hall w = recorded(h);
	struct err e = { 0 };
	const int64_t source = seat_of_candidate(h, &w);
	const int64_t line = send(h, w.candidate, source);
	const char *offer = NULL;
	assert_true(db_string(h->site.db, h->arena, &e, &offer,
			      "SELECT offer FROM video_line WHERE id = $1", db_int(line)));
	assert_string_equal(offer, "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\na=fingerprint:sha-256 AA"
				   "\r\nm=audio 9 X 111\r\n");
	struct answer a = harness_get(h, w.candidate, path(h, "/video/lines/", "", line));
	assert_string_equal(answer_text(&a, "state"), "asked");
	assert_string_equal(answer_text(&a, "sdp"), "");
	struct act service = harness_act(h, 0);
	MUST(video_line_told(&service, line, "v=0\r\nanswer\r\n", &e));
	a = harness_get(h, w.candidate, path(h, "/video/lines/", "", line));
	assert_string_equal(answer_text(&a, "sdp"), "v=0\r\nanswer\r\n");
	a = harness_get(h, w.operator, path(h, "/video/lines/", "", line));
	refuses("another's line", &a, 404, "error.missing");
	a = harness_post(h, w.candidate, path(h, "/video/lines/", "/end", line), "");
	assert_int_equal(a.status, 200);
	a = harness_get(h, w.candidate, path(h, "/video/lines/", "", line));
	assert_string_equal(answer_text(&a, "state"), "down");
	assert_string_equal(answer_text(&a, "problem"), "ended");
}

/* The pulse tells the page what the server has of it, and who talks to the hall. */
static void a_pulse_is_answered_with_the_record(void **state)
{
	struct harness *h = *state;
	struct hall w = recorded(h);
	const int64_t source = seat_of_candidate(h, &w);
	const int64_t line = send(h, w.candidate, source);
	const char *pulse = path(h, "/video/lines/", "/pulse", line);
	up(h, line);
	struct answer a = harness_post(h, w.candidate, pulse, "");
	assert_string_equal(answer_text(&a, "state"), "up");
	assert_true(json_is_false(answer_value(&a, "sound")));
	assert_int_equal(json_array_size(answer_value(&a, "talk")), 0);
	grow(h, source, true, false);
	const int64_t talk = place(h, w.operator, path(h, "/sittings/", "/talk", w.sitting), "");
	const int64_t spoken = send(h, w.operator, talk);
	a = harness_post(h, w.candidate, pulse, "");
	assert_true(json_is_true(answer_value(&a, "sound")));
	assert_true(json_is_false(answer_value(&a, "picture")));
	assert_int_equal(json_array_size(answer_value(&a, "talk")), 0); /* not up yet */
	up(h, spoken);
	a = harness_post(h, w.candidate, pulse, "");
	assert_int_equal(answer_number(&a, "talk.0"), talk);
	a = harness_post(h, w.candidate, path(h, "/video/sources/", "/watch", talk), "");
	assert_int_equal(a.status, 200);
}

static void what_is_no_offer_is_refused(void **state)
{
	struct harness *h = *state;
	struct hall w = recorded(h);
	const char *to = path(h, "/video/sources/", "/send", seat_of_candidate(h, &w));
	struct answer a = harness_post(h, w.candidate, to, "sdp=hello");
	refuses("no SDP", &a, 422, "video.error.sdp");
	assert_string_equal(a.field, "sdp");
	a = harness_post(h, w.candidate, to, "");
	refuses("nothing", &a, 422, "error.required");
}

/* ---- the seat of a test
 * ------------------------------------------------------------------------------ */

/* R28-3: the page asks for the confirmation until it is given, and has nothing of a record where
 * there is none. */
static void the_page_of_a_test_warns_first(void **state)
{
	struct harness *h = *state;
	struct hall w = hall_open(h);
	const char *page = path(h, "/tests/", "", w.attempt);
	struct answer a = harness_get(h, w.candidate, page);
	assert_true(json_is_null(answer_value(&a, "record")));
	a = harness_post(h, w.candidate, path(h, "/tests/", "/source", w.attempt), "");
	refuses("nothing is recorded", &a, 409, "video.error.closed");
	(void)want(h, w.sitting, 0, "seats");
	a = harness_get(h, w.candidate, page);
	assert_true(json_is_false(answer_value(&a, "record.warned")));
	harness_check_page(h, w.candidate, page);
	const int64_t source = seat_of_candidate(h, &w);
	a = harness_post(h, w.operator, path(h, "/video/sources/", "/warned", source), "");
	refuses("not the operator for the candidate", &a, 403, "error.denied");
	a = harness_post(h, w.candidate, path(h, "/video/sources/", "/warned", source), "");
	assert_int_equal(a.status, 200);
	a = harness_get(h, w.candidate, page);
	assert_true(json_is_true(answer_value(&a, "record.warned")));
	a = harness_post(h, hall_candidate_of(&w, hall_admit(&w, 2)),
			 path(h, "/tests/", "/source", w.attempt), "");
	refuses("a rival's seat", &a, 404, "error.missing");
}

/* Where the hall is recorded, no seat is. */
static void a_recorded_hall_has_no_recorded_seats(void **state)
{
	struct harness *h = *state;
	struct hall w = hall_open(h);
	(void)want(h, w.sitting, 0, "hall");
	struct answer a = harness_get(h, w.candidate, path(h, "/tests/", "", w.attempt));
	assert_true(json_is_null(answer_value(&a, "record")));
	a = harness_post(h, w.candidate, path(h, "/tests/", "/source", w.attempt), "");
	refuses("its seat", &a, 409, "video.error.closed");
}

/* Camera and microphone are allowed on the pages that use them, and nowhere else. */
static void devices_are_for_these_pages_alone(void **state)
{
	struct harness *h = *state;
	struct hall w = recorded(h);
	static const char *const named[] = { "camera=(self), microphone=(self)",
					     "media-src 'self' blob:" };
	const struct answer with = harness_html(h, w.candidate, path(h, "/tests/", "", w.attempt));
	assert_non_null(strstr(http_header_of(with.out, "Permissions-Policy"), named[0]));
	assert_non_null(strstr(http_header_of(with.out, "Content-Security-Policy"), named[1]));
	const struct answer without = harness_html(h, w.candidate, "/");
	assert_non_null(strstr(http_header_of(without.out, "Permissions-Policy"),
			       "camera=(), microphone=()"));
	assert_null(strstr(http_header_of(without.out, "Content-Security-Policy"), "blob:"));
}

/* ---- the device check (F38)
 * -------------------------------------------------------------------------- */

static struct answer check(struct harness *h, const struct hall *w, const char *form)
{
	return harness_post(h, w->candidate, path(h, "/tests/", "/rehearsal", w->attempt), form);
}

static void the_newest_check_counts(void **state)
{
	struct harness *h = *state;
	struct hall w = recorded(h);
	struct err e = { 0 };
	int64_t count = 0;
	const int64_t source = seat_of_candidate(h, &w);
	struct answer a = check(h, &w, "camera=1");
	assert_int_equal(a.status, 200);
	assert_true(json_is_false(answer_value(&a, "rehearsal.line")));
	assert_true(json_is_false(answer_value(&a, "rehearsal.good")));
	grow(h, source, true, true);
	a = check(h, &w, "camera=1&microphone=1");
	assert_true(json_is_true(answer_value(&a, "rehearsal.good")));
	a = harness_get(h, w.candidate, path(h, "/tests/", "", w.attempt));
	assert_true(json_is_true(answer_value(&a, "record.rehearsal.good")));
	harness_check_page(h, w.candidate, path(h, "/tests/", "", w.attempt));
	MUST(db_number(h->site.db, &e, &count,
		       "SELECT COUNT(*) FROM journal_entry WHERE kind = 'video.rehearsal'"));
	assert_int_equal(count, 2);
	a = harness_post(h, hall_candidate_of(&w, hall_admit(&w, 2)),
			 path(h, "/tests/", "/rehearsal", w.attempt), "camera=1");
	refuses("a rival's", &a, 404, "error.missing");
}

static void the_check_ends_with_the_start(void **state)
{
	struct harness *h = *state;
	struct hall w = hall_open(h);
	hall_start(&w);
	(void)want(h, w.sitting, 0, "seats");
	const struct answer a = check(h, &w, "camera=1&microphone=1");
	refuses("the test runs", &a, 409, "video.error.started");
}

/* ---- the wall
 * ------------------------------------------------------------------------------------- */

static void the_wall_has_codes_and_states(void **state)
{
	struct harness *h = *state;
	struct hall w = recorded(h);
	struct err e = { 0 };
	const char *wall = path(h, "/sittings/", "/wall", w.sitting);
	const char *name = NULL;
	MUST(db_string(h->site.db, h->arena, &e, &name, "SELECT family FROM person WHERE id = $1",
		       db_int(w.candidate)));
	(void)hall_admit(&w, 2);
	const int64_t source = seat_of_candidate(h, &w);
	struct answer a = harness_get(h, w.operator, wall);
	assert_int_equal(json_array_size(answer_value(&a, "tiles")), 2);
	assert_string_equal(answer_text(&a, "tiles.0.state"), "off");
	up(h, send(h, w.candidate, source));
	grow(h, source, true, true);
	a = harness_get(h, w.operator, wall);
	assert_string_equal(answer_text(&a, "tiles.0.state"), "recorded");
	assert_int_equal(answer_number(&a, "tiles.0.source"), source);
	assert_null(strstr(a.body, name)); /* F9 */
	harness_check_page(h, w.operator, wall);
	struct site *site = &h->site;
	MUST(db_exec(site->db, &e, NULL, "UPDATE video_source SET video_ms = 0 WHERE id = $1",
		     db_int(source)));
	a = harness_get(h, w.operator, wall);
	assert_string_equal(answer_text(&a, "tiles.0.state"), "no_picture");
}

/* F75: who looks on sees the wall, watches, and has no way to send or talk. */
static void observers_look_on(void **state)
{
	struct harness *h = *state;
	struct hall w = recorded(h);
	const int64_t source = seat_of_candidate(h, &w);
	const int64_t talk = place(h, w.operator, path(h, "/sittings/", "/talk", w.sitting), "");
	const int64_t camera =
		place(h, w.operator, path(h, "/sittings/", "/camera", w.sitting), "number=1");
	const int64_t onlooker[] = { w.stage.hr, harness_person(h, ROLE_AUDITOR) };
	up(h, send(h, w.candidate, source));
	for (size_t i = 0; i < COUNT(onlooker); i++) {
		struct answer a =
			harness_get(h, onlooker[i], path(h, "/sittings/", "/wall", w.sitting));
		assert_int_equal(a.status, 200);
		assert_true(json_is_false(answer_value(&a, "talks")));
		a = harness_post(h, onlooker[i], path(h, "/video/sources/", "/watch", source), "");
		assert_int_equal(a.status, 200);
		const int64_t sending[] = { source, talk, camera };
		for (size_t n = 0; n < COUNT(sending); n++) {
			a = harness_post(h, onlooker[i],
					 path(h, "/video/sources/", "/send", sending[n]), SDP_FORM);
			refuses("an observer sends", &a, 403, "error.denied");
		}
		a = harness_post(h, onlooker[i], path(h, "/sittings/", "/talk", w.sitting), "");
		refuses("an observer talks", &a, 403, "error.role");
		harness_check_page(h, onlooker[i], path(h, "/sittings/", "/wall", w.sitting));
	}
}

static void the_wall_is_not_for_others(void **state)
{
	struct harness *h = *state;
	struct hall w = recorded(h);
	struct err e = { 0 };
	const int64_t far = harness_person(h, ROLE_AUDITOR);
	MUST(db_exec(h->site.db, &e, NULL,
		     "UPDATE role_grant SET organ = 'reg-abai' WHERE person_id = $1", db_int(far)));
	struct answer a = harness_get(h, far, path(h, "/sittings/", "/wall", w.sitting));
	refuses("an auditor of another organ", &a, 403, "error.denied");
	a = harness_get(h, w.candidate, path(h, "/sittings/", "/wall", w.sitting));
	refuses("a candidate", &a, 403, "error.role");
}

static void a_camera_of_the_hall(void **state)
{
	struct harness *h = *state;
	struct hall w = hall_open(h);
	const char *page = path(h, "/sittings/", "/camera", w.sitting);
	struct answer a = harness_get(h, w.operator, page);
	assert_true(json_is_false(answer_value(&a, "open")));
	harness_check_page(h, w.operator, page);
	(void)want(h, w.sitting, 0, "hall");
	harness_check_page(h, w.operator, page);
	const int64_t camera = place(h, w.operator, page, "number=2");
	assert_int_equal(place(h, w.operator, page, "number=2"), camera);
	a = harness_post(h, w.operator, page, "number=9");
	assert_int_equal(a.status, 422);
	(void)send(h, w.operator, camera);
	a = harness_get(h, w.operator, path(h, "/sittings/", "/wall", w.sitting));
	assert_string_equal(answer_text(&a, "tiles.0.kind"), "hall");
	assert_string_equal(answer_text(&a, "tiles.0.seat"), "2");
	assert_string_equal(answer_text(&a, "tiles.0.state"), "silent");
}

/* ---- the room of an interview
 * ---------------------------------------------------------------------- */

static int64_t candidate_of(struct room *w)
{
	struct err e = { 0 };
	int64_t person = 0;
	MUST(db_number(w->stage.h->site.db, &e, &person,
		       "SELECT person_id FROM application WHERE id = $1", db_int(w->application)));
	return person;
}

/* The interview runs; so does its record. */
static void begin(struct room *w)
{
	(void)want(w->stage.h, 0, w->interview, "audio");
}

static void the_commission_has_one_microphone(void **state)
{
	struct harness *h = *state;
	struct room w = room_open(h);
	const char *page = room_path(&w, "/room");
	const char *source = room_path(&w, "/source");
	struct answer a = harness_get(h, w.person[ROOM_SECRETARY], page);
	assert_true(json_is_false(answer_value(&a, "open")));
	harness_check_page(h, w.person[ROOM_SECRETARY], page);
	begin(&w);
	const int64_t table = place(h, w.person[ROOM_SECRETARY], source, "");
	assert_int_equal(place(h, w.person[ROOM_CHAIR], source, ""), 0);
	const int64_t expert = place(h, w.person[ROOM_INVITED], source, "");
	assert_true(expert > 0 && expert != table);
	a = harness_get(h, w.person[ROOM_CHAIR], page);
	assert_true(json_is_false(answer_value(&a, "sends")));
	assert_string_equal(answer_text(&a, "record_state"), "off");
	up(h, send(h, w.person[ROOM_SECRETARY], table));
	grow(h, table, true, false); /* sound alone is a record (R47-1) */
	a = harness_get(h, w.person[ROOM_CHAIR], page);
	assert_string_equal(answer_text(&a, "record_state"), "recorded");
	assert_int_equal(answer_number(&a, "tiles.0.source"), table);
	a = harness_post(h, w.person[ROOM_CHAIR], path(h, "/video/sources/", "/send", table),
			 SDP_FORM);
	assert_int_equal(a.status, 403);
	for (int seat = 0; seat < ROOM_SEATS; seat++)
		harness_check_page(h, w.person[seat], page);
}

/* R47-2: the candidate is told first, by the secretary and by the page, and is out after the end.
 */
static void the_candidate_comes_when_heard(void **state)
{
	struct harness *h = *state;
	struct room w = room_open(h);
	struct act secretary = room_act(&w, ROOM_SECRETARY);
	struct err e = { 0 };
	const int64_t person = candidate_of(&w);
	const char *page = room_path(&w, "/room");
	begin(&w);
	struct answer a = harness_get(h, person, page);
	refuses("not told yet", &a, 403, "video.error.not_heard");
	MUST(interview_warn(&secretary, w.application, &e));
	a = harness_get(h, person, page);
	assert_true(json_is_true(answer_value(&a, "must_warn")));
	const int64_t own = place(h, person, room_path(&w, "/source"), "");
	const int64_t table = place(h, w.person[ROOM_SECRETARY], room_path(&w, "/source"), "");
	up(h, send(h, w.person[ROOM_SECRETARY], table));
	a = harness_get(h, person, page);
	assert_int_equal(json_array_size(answer_value(&a, "tiles")), 0); /* before the hearing */
	a = harness_post(h, person, path(h, "/video/sources/", "/warned", own), "");
	assert_int_equal(a.status, 200);
	grow(h, table, true, false);
	MUST(interview_hear(&secretary, w.application, &e));
	a = harness_get(h, person, page);
	assert_true(json_is_false(answer_value(&a, "must_warn")));
	assert_int_equal(answer_number(&a, "tiles.0.source"), table);
	harness_check_page(h, person, page);
	a = harness_get(h, person, path(h, "/applications/", "", w.application));
	assert_int_equal(answer_number(&a, "interview_room"), w.interview);
	harness_check_page(h, person, path(h, "/applications/", "/story", w.application));
	up(h, send(h, person, own));
	a = harness_get(h, w.person[ROOM_CHAIR], page);
	assert_int_equal(json_array_size(answer_value(&a, "tiles")), 2);
	MUST(interview_end(&secretary, w.application, &e));
	a = harness_get(h, person, page);
	refuses("heard out", &a, 403, "video.error.not_heard");
	a = harness_get(h, person, path(h, "/applications/", "/story", w.application));
	assert_true(json_is_null(answer_value(&a, "interview_room")));
}

static void the_room_is_not_for_others(void **state)
{
	struct harness *h = *state;
	struct room w = room_open(h);
	begin(&w);
	const int64_t other[] = { harness_person(h, ROLE_MEMBER), harness_person(h, ROLE_OPERATOR),
				  w.stage.hr };
	for (size_t i = 0; i < COUNT(other); i++) {
		struct answer a = harness_get(h, other[i], room_path(&w, "/room"));
		refuses("the page", &a, 404, "error.missing");
		a = harness_post(h, other[i], room_path(&w, "/source"), "");
		refuses("a source", &a, 404, "error.missing");
	}
}

/* All or nothing, whichever call of the database fails. */
static void a_check_is_kept_whole_or_not(void **state)
{
	struct harness *h = *state;
	struct hall w = recorded(h);
	struct db *real = h->site.db;
	struct err e = { 0 };
	int64_t rows = 0;
	const int64_t source = seat_of_candidate(h, &w);
	grow(h, source, true, true);
	bool done = false;
	for (int n = 0; !done && n < 200; n++) {
		struct faulty faulty = { 0 };
		struct act act = hall_candidate(&w);
		faulty_init(&faulty, real, n);
		act.db = &faulty.db;
		struct rehearsal made = { 0 };
		err_clear(&e);
		done = video_rehearse(&act, w.attempt, true, true, &made, &e);
		err_clear(&e);
		MUST(db_number(real, &e, &rows, "SELECT COUNT(*) FROM video_rehearsal"));
		assert_int_equal(rows, done ? 1 : 0);
	}
	assert_true(done);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(a_line_from_offer_to_end),
		HARNESS_TEST(a_pulse_is_answered_with_the_record),
		HARNESS_TEST(what_is_no_offer_is_refused),
		HARNESS_TEST(the_page_of_a_test_warns_first),
		HARNESS_TEST(a_recorded_hall_has_no_recorded_seats),
		HARNESS_TEST(devices_are_for_these_pages_alone),
		HARNESS_TEST(the_newest_check_counts),
		HARNESS_TEST(the_check_ends_with_the_start),
		HARNESS_TEST(the_wall_has_codes_and_states),
		HARNESS_TEST(observers_look_on),
		HARNESS_TEST(the_wall_is_not_for_others),
		HARNESS_TEST(a_camera_of_the_hall),
		HARNESS_TEST(the_commission_has_one_microphone),
		HARNESS_TEST(the_candidate_comes_when_heard),
		HARNESS_TEST(the_room_is_not_for_others),
		HARNESS_TEST(a_check_is_kept_whole_or_not),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
