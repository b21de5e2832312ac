/* Rooms, their sources, and what keeps them from being recorded: R28-3, R47-1, F68, F74. */
#include "hall.h"
#include "room.h"

#include "app/sitting/stop.h"
#include "app/video/line.h"
#include "app/video/work.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void must(bool ok, const struct err *e, const char *call)
{
	if (!ok)
		fail_msg("%s: %s %s", call, e->key, e->detail);
}
#define MUST(call) must((call), &e, #call)

#define GIB  1073741824LL
#define MEGA 1000000LL

static void service(struct harness *h, const char *problem)
{
	struct act act = harness_act(h, 0);
	struct err e = { 0 };
	MUST(video_tell(&act, problem, 100 * GIB, 400 * MEGA, &e));
}

static int64_t want(struct harness *h, int64_t sitting, int64_t interview, const char *needs)
{
	struct act act = harness_act(h, 0);
	struct err e = { 0 };
	int64_t id = 0;
	MUST(video_room_want(&act, sitting, interview, needs, &id, &e));
	return id;
}

static struct video_source source(struct harness *h, int64_t room, const char *kind, int64_t owner)
{
	struct act act = harness_act(h, 0);
	struct video_source s = { 0 };
	struct err e = { 0 };
	MUST(video_source_want(&act, room, kind, owner, &s, &e));
	return s;
}

/* As if `konkurs video` had all that it needs of the source. */
static void grow(struct harness *h, const struct video_source *s)
{
	struct act act = harness_act(h, 0);
	struct err e = { 0 };
	MUST(video_source_grew(&act, s->id, act.now_ms, act.now_ms, &e));
	MUST(db_exec(act.db, &e, NULL,
		     "INSERT INTO video_line (room_id, source_id, way, person_id, state, offer,"
		     " answer, problem, created_ms, heard_ms)"
		     " SELECT $1, $2, 'send', MIN(id), 'up', '', '', '', 0, 0 FROM person",
		     db_int(s->room_id), db_int(s->id)));
}

static json_t *missing(struct harness *h, int64_t room)
{
	struct act act = harness_act(h, 0);
	struct video_room r = { 0 };
	struct err e = { 0 };
	json_t *list = NULL;
	MUST(video_room_load(&act, room, &r, &e));
	MUST(video_missing(&act, &r, &list, &e));
	return list;
}

static size_t due(struct harness *h)
{
	struct act act = harness_act(h, 0);
	struct err e = { 0 };
	json_t *list = NULL;
	MUST(video_due(&act, &list, &e));
	return json_array_size(list);
}

/* Away before anything told of itself, after ten silent seconds, and when it says so. */
static void the_service_is_known_alive_away(void **state)
{
	struct harness *h = *state;
	struct act act = harness_act(h, 0);
	struct video_service s = { 0 };
	struct err e = { 0 };
	MUST(video_service_of(&act, &s, &e));
	assert_true(!s.known && !s.alive);
	service(h, "");
	MUST(video_service_of(&act, &s, &e));
	assert_true(s.known && s.alive);
	service(h, "away");
	MUST(video_service_of(&act, &s, &e));
	assert_true(s.known && !s.alive);
	assert_string_equal(s.problem, "away");
	service(h, "disk");
	act.now_ms += VIDEO_ALIVE_MS;
	MUST(video_service_of(&act, &s, &e));
	assert_true(s.alive);
	act.now_ms += 1;
	MUST(video_service_of(&act, &s, &e));
	assert_true(s.known && !s.alive);
}

static void a_room_is_wanted_once_and_left_once(void **state)
{
	struct hall w = hall_open(*state);
	struct harness *h = *state;
	struct act act = harness_act(h, 0);
	struct video_room r = { 0 };
	struct err e = { 0 };
	int64_t id = 0;
	stage_refused("nobody is at work", video_room_want(&act, w.sitting, 0, "seats", &id, &e),
		      &e, ERR_CONFLICT, "video.error.away", NULL);
	err_clear(&e);
	service(h, "");
	id = want(h, w.sitting, 0, "seats");
	service(h, "away");
	assert_int_equal(want(h, w.sitting, 0, "seats"), id); /* it is there */
	json_t *row = db_row(act.db, h->arena, &e,
			     "SELECT number, LENGTH(pin) AS pin, LENGTH(secret) AS secret"
			     " FROM video_room WHERE id = $1",
			     db_int(id));
	assert_true(row_number(row, "number") > 0 && row_number(row, "number") < 1LL << 53);
	assert_int_equal(row_number(row, "pin"), 16);
	assert_int_equal(row_number(row, "secret"), 32);
	assert_int_equal(stage_journalled(h, "video.room"), 1);

	MUST(video_room_opened(&act, id, &e));
	MUST(video_room_leave(&act, w.sitting, 0, &e));
	MUST(video_room_leave(&act, w.sitting, 0, &e));
	MUST(video_room_leave(&act, 0, 77, &e)); /* none */
	MUST(video_room_load(&act, id, &r, &e));
	assert_string_equal(r.state, "closing");
	MUST(video_room_opened(&act, id, &e)); /* told late: it stays as it is */
	MUST(video_room_closed(&act, id, &e));
	MUST(video_room_closed(&act, id, &e));
	MUST(video_room_of_sitting(&act, w.sitting, &r, &e));
	assert_string_equal(r.state, "closed");
	assert_int_equal(stage_journalled(h, "video.closed"), 1);
	int64_t left = 0;
	MUST(db_number(act.db, &e, &left, "SELECT LENGTH(pin) + LENGTH(secret) FROM video_room"));
	assert_int_equal(left, 0);
	service(h, "");
	stage_refused("it is over", video_room_want(&act, w.sitting, 0, "seats", &id, &e), &e,
		      ERR_CONFLICT, "video.error.closed", NULL);
}

static bool want_room(const struct act *act, void *user, struct err *e)
{
	const struct hall *w = user;
	int64_t id = 0;
	return video_room_want(act, w->sitting, 0, "seats", &id, e);
}

static void a_room_is_whole_or_not_there(void **state)
{
	struct hall w = hall_open(*state);
	service(*state, "");
	stage_all_or_nothing(*state, 0, want_room, &w);
}

static void a_source_has_a_place_in_its_room(void **state)
{
	struct hall w = hall_open(*state);
	struct harness *h = *state;
	struct act act = harness_act(h, 0);
	struct video_source s = { 0 };
	struct err e = { 0 };
	service(h, "");
	const int64_t room = want(h, w.sitting, 0, "seats");
	const struct video_source seat = source(h, room, "seat", w.attempt);
	assert_int_equal(source(h, room, "seat", w.attempt).id, seat.id);
	assert_int_equal(seat.attempt_id, w.attempt);
	assert_int_equal(source(h, room, "hall", 3).number, 3);
	assert_int_equal(source(h, room, "hall", 2).number, 2);
	assert_int_equal(source(h, room, "talk", w.operator).person_id, w.operator);
	static const struct {
		const char *why, *kind;
		int64_t owner;
	} row[] = {
		{ "an attempt of another sitting", "seat", 99 },
		{ "a microphone of an interview", "commission", 0 },
		{ "a candidate of an interview", "candidate", 1 },
		{ "an expert", "expert", 1 },
		{ "of no kind", "moon", 1 },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		stage_refused(row[i].why,
			      video_source_want(&act, room, row[i].kind, row[i].owner, &s, &e), &e,
			      ERR_MISSING, "error.missing", NULL);
		err_clear(&e);
	}
	stage_refused("a ninth camera", video_source_want(&act, room, "hall", 9, &s, &e), &e,
		      ERR_INPUT, "video.error.camera", "camera");
}

/* R28-3, R47-2: the candidate's own word, journalled once. */
static void the_warning_is_confirmed_by_who_sits_there(void **state)
{
	struct hall w = hall_open(*state);
	struct harness *h = *state;
	struct err e = { 0 };
	service(h, "");
	const struct video_source seat =
		source(h, want(h, w.sitting, 0, "seats"), "seat", w.attempt);
	struct act operator= hall_operator(&w);
	stage_refused("for somebody else", video_warned(&operator, seat.id, &e), &e, ERR_DENIED,
		      "error.denied", NULL);
	err_clear(&e);
	struct act own = hall_candidate(&w);
	MUST(video_warned(&own, seat.id, &e));
	MUST(video_warned(&own, seat.id, &e));
	assert_int_equal(stage_journalled(h, "video.warned"), 1);
}

/* F68: each seat has its line, sound, picture and the candidate's word. */
static void seats_are_missing_until_all_of_them_grow(void **state)
{
	struct hall w = hall_open(*state);
	struct harness *h = *state;
	struct err e = { 0 };
	const int64_t other = hall_admit(&w, 7);
	service(h, "");
	const int64_t room = want(h, w.sitting, 0, "seats");
	assert_int_equal(json_array_size(missing(h, room)), 2);
	const struct video_source one = source(h, room, "seat", w.attempt);
	const struct video_source two = source(h, room, "seat", other);
	grow(h, &one);
	struct act own = hall_candidate(&w);
	MUST(video_warned(&own, one.id, &e));
	json_t *list = missing(h, room);
	assert_int_equal(json_array_size(list), 1);
	const json_t *row = json_array_get(list, 0);
	assert_int_equal(row_number(row, "seat"), 7);
	assert_int_equal(row_number(row, "source"), two.id);
	assert_int_equal(row_number(row, "line") + row_number(row, "sound") +
				 row_number(row, "picture") + row_number(row, "warned"),
			 0);
	grow(h, &two);
	row = json_array_get(missing(h, room), 0);
	assert_int_equal(
		row_number(row, "line") + row_number(row, "sound") + row_number(row, "picture"), 3);
	assert_int_equal(row_number(row, "warned"), 0);
	struct act second = harness_act(h, hall_candidate_of(&w, other));
	MUST(video_warned(&second, two.id, &e));
	assert_int_equal(json_array_size(missing(h, room)), 0);
	harness_at(h, "2026-03-02T10:01"); /* a file that does not grow any more */
	assert_int_equal(json_array_size(missing(h, room)), 2);
}

static void one_camera_of_the_hall_is_enough(void **state)
{
	struct hall w = hall_open(*state);
	struct harness *h = *state;
	service(h, "");
	const int64_t room = want(h, w.sitting, 0, "hall");
	assert_int_equal(row_number(json_array_get(missing(h, room), 0), "source"), 0);
	const struct video_source one = source(h, room, "hall", 1);
	const struct video_source two = source(h, room, "hall", 2);
	assert_int_equal(json_array_size(missing(h, room)), 2);
	grow(h, &two);
	assert_int_equal(json_array_size(missing(h, room)), 0);
	assert_true(one.id != two.id);
}

/* R47-1: sound; a candidate who sits in the room has no line of his own. */
static void an_interview_needs_the_sound_of_the_commission(void **state)
{
	struct room w = room_open(*state);
	struct harness *h = *state;
	struct err e = { 0 };
	service(h, "");
	const int64_t room = want(h, 0, w.interview, "audio");
	assert_int_equal(json_array_size(missing(h, room)), 1);
	const struct video_source candidate = source(h, room, "candidate", w.application);
	const struct video_source table = source(h, room, "commission", 0);
	struct act secretary = room_act(&w, ROOM_SECRETARY);
	grow(h, &table);
	assert_int_equal(json_array_size(missing(h, room)), 0);
	assert_int_equal(due(h), 0); /* nobody is heard */
	MUST(interview_warn(&secretary, w.application, &e));
	MUST(interview_hear(&secretary, w.application, &e));
	assert_int_equal(due(h), 2);
	json_t *list = missing(h, room);
	assert_int_equal(json_array_size(list), 1);
	assert_int_equal(row_number(json_array_get(list, 0), "source"), candidate.id);
	MUST(interview_end(&secretary, w.application, &e));
	assert_int_equal(due(h), 0);
}

/* Due: from the start until the attempt is over, while its clock stands too. */
static void a_seat_is_due_while_its_test_runs(void **state)
{
	struct hall w = hall_open(*state);
	struct harness *h = *state;
	struct err e = { 0 };
	const int64_t other = hall_admit(&w, 2);
	service(h, "");
	const int64_t room = want(h, w.sitting, 0, "seats");
	(void)source(h, room, "seat", w.attempt);
	(void)source(h, room, "seat", other);
	assert_int_equal(due(h), 0);
	hall_start(&w);
	assert_int_equal(due(h), 2);
	struct act own = hall_candidate(&w);
	MUST(attempt_finish(&own, w.attempt, HALL_SESSION, &e));
	assert_int_equal(due(h), 1);
	struct act operator= hall_operator(&w);
	MUST(stop_clock(&operator, w.sitting, other, "failure", "power", hall_second(&w), &e));
	harness_at(h, "2026-03-02T14:00");
	assert_int_equal(due(h), 1);
	struct act system = harness_act(h, 0);
	MUST(video_room_leave(&system, w.sitting, 0, &e));
	assert_int_equal(due(h), 0);
}

/* F74: half as much again; what runs elsewhere is set aside. */
static void a_sitting_has_to_fit_on_the_disk(void **state)
{
	struct hall w = hall_open(*state);
	struct harness *h = *state;
	struct act act = harness_act(h, 0);
	struct err e = { 0 };
	int64_t bytes = 0;
	bool fits = false;
	MUST(video_tell(&act, "", MEGA, 600000LL, &e));
	MUST(video_forecast(&act, 1, 60, &bytes, &fits, &e));
	assert_true(bytes >= 900000LL && bytes < 901000LL && fits);
	MUST(video_forecast(&act, 2, 60, &bytes, &fits, &e));
	assert_false(fits);
	(void)want(h, w.sitting, 0, "seats");
	MUST(video_forecast(&act, 1, 60, &bytes, &fits, &e));
	assert_true(fits); /* it has not started */
	hall_start(&w);
	MUST(video_forecast(&act, 1, 60, &bytes, &fits, &e));
	assert_false(fits); /* two hours of one seat */
	act.now_ms += 117LL * 60 * 1000;
	MUST(video_forecast(&act, 1, 60, &bytes, &fits, &e));
	assert_true(fits);
	MUST(video_tell(&act, "", MEGA, 0, &e));
	MUST(video_forecast(&act, 1, 60, &bytes, &fits, &e));
	assert_true(bytes > VIDEO_RATE_FIRST && !fits);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(the_service_is_known_alive_away),
		HARNESS_TEST(a_room_is_wanted_once_and_left_once),
		HARNESS_TEST(a_room_is_whole_or_not_there),
		HARNESS_TEST(a_source_has_a_place_in_its_room),
		HARNESS_TEST(the_warning_is_confirmed_by_who_sits_there),
		HARNESS_TEST(seats_are_missing_until_all_of_them_grow),
		HARNESS_TEST(one_camera_of_the_hall_is_enough),
		HARNESS_TEST(an_interview_needs_the_sound_of_the_commission),
		HARNESS_TEST(a_seat_is_due_while_its_test_runs),
		HARNESS_TEST(a_sitting_has_to_fit_on_the_disk),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
