/* The record of a sitting and of an interview on their pages: the plan, the gate, incidents and
 * what is done about them, the protocol, what is destroyed (R28-3, R47-1, F38, F68, F74). */
#include "recording.h"

#include "destroy.h"
#include "room.h"
#include "visitor.h"

#include "app/evidence/destruction.h"
#include "app/sitting/record.h"
#include "app/sitting/stop.h"
#include "app/video/work.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const char *path(struct hall *w, const char *more)
{
	return arena_print(w->stage.h->arena, "/sittings/%lld%s", (long long)w->sitting, more);
}

static const char *incident_path(struct hall *w, int64_t incident, const char *more)
{
	return path(w,
		    arena_print(w->stage.h->arena, "/incidents/%lld%s", (long long)incident, more));
}

static void must_go(const struct answer *a, const char *what)
{
	if (a->status != 200 || *a->error)
		fail_msg("%s: %d %s at %s", what, a->status, a->error, a->field);
}

static struct answer page(struct hall *w)
{
	return harness_get(w->stage.h, w->operator, path(w, ""));
}

/* ---- the plan -------------------------------------------------------------------------------- */

/* The form asks only where the installation records. */
static void test_form(void **state)
{
	struct harness *h = *state;
	struct hall w = hall_open(h);
	struct answer a = harness_get(h, w.operator, "/sittings/new");
	assert_false(json_is_true(answer_value(&a, "chooses_record")));
	recording_service(h, RECORDING_MUCH);
	a = harness_get(h, w.operator, "/sittings/new");
	assert_true(json_is_true(answer_value(&a, "chooses_record")));
	assert_string_equal(answer_text(&a, "record"), "seats");
	harness_check_page(h, w.operator, "/sittings/new");
	const char *form = arena_print(h->arena,
				       "competition=%lld&hall=%lld&planned=2026-03-05T10:00&"
				       "binding=none&record=hall&cameras=",
				       (long long)w.stage.competition, (long long)w.id);
	a = harness_post(h, w.operator, "/sittings", arena_print(h->arena, "%s9", form));
	assert_string_equal(a.field, "cameras");
	a = harness_post(h, w.operator, "/sittings", arena_print(h->arena, "%s2", form));
	must_go(&a, "a hall with two cameras");
	harness_check_page(h, w.operator, a.location);
	a = harness_get(h, w.operator, a.location);
	assert_string_equal(answer_text(&a, "recorded.mode"), "hall");
	assert_int_equal(answer_number(&a, "recorded.missing"), 2);
	assert_int_equal(answer_number(&a, "recorded.forecast.sources"), 2);
	assert_string_equal(answer_text(&a, "recorded.forecast.hours"), "2.0");
}

/* ---- before the start ---------------------------------------------------------------------- */

static void rehearse(struct hall *w, int64_t attempt, int sound)
{
	const struct act act = hall_operator(w);
	struct err e = { 0 };
	must_be(db_exec(act.db, &e, NULL,
			"INSERT INTO video_rehearsal (attempt_id, camera, microphone, line, seat,"
			" at_ms) VALUES ($1, 1, $2, 1, 4, $3)",
			db_int(attempt), db_int(sound), db_int(act.now_ms)),
		&e);
}

static void test_sealed(void **state)
{
	struct harness *h = *state;
	int64_t other = 0;
	struct hall w = recording_hall(h, &other);
	harness_check_page(h, w.operator, path(&w, ""));
	hall_seal(&w);
	rehearse(&w, other, 0);
	rehearse(&w, w.attempt, 0);
	rehearse(&w, w.attempt, 1); /* the last one of the day counts */
	struct answer a = page(&w);
	assert_int_equal(answer_number(&a, "recorded.missing"), 2);
	assert_string_equal(answer_text(&a, "recorded.sources.0.place"), "4");
	assert_string_equal(answer_text(&a, "recorded.sources.0.rehearsal"), "passed");
	assert_string_equal(answer_text(&a, "recorded.sources.1.rehearsal"), "failed");
	assert_null(answer_value(&a, "sitting.recording")); /* nobody's word counts */
	recording_seat(&w, w.attempt);
	a = page(&w);
	assert_int_equal(answer_number(&a, "recorded.missing"), 1);
	assert_true(json_is_true(answer_value(&a, "recorded.sources.0.ready")));
	assert_false(json_is_true(answer_value(&a, "recorded.sources.1.warned")));
	a = harness_post(h, w.operator, path(&w, "/absent"), "absent=&absent_reason=");
	assert_string_equal(a.field, "absent");
	a = harness_post(h, w.operator, path(&w, "/absent"),
			 arena_print(h->arena, "absent=%lld&absent_reason=Ill", (long long)other));
	must_go(&a, "nobody sits there");
	a = page(&w);
	assert_int_equal(answer_number(&a, "recorded.missing"), 0);
	assert_true(json_is_true(answer_value(&a, "recorded.sources.1.absent")));
	assert_string_equal(answer_text(&a, "absents.0.reason"), "Ill");
	harness_check_page(h, w.operator, path(&w, ""));
	harness_check_page(h, w.stage.hr, path(&w, ""));
	a = harness_post(h, w.operator, path(&w, "/present"),
			 arena_print(h->arena, "present=%lld", (long long)other));
	must_go(&a, "has come");
	harness_at(h, "2026-03-02T10:01"); /* nothing grows, and the service tells nothing */
	a = page(&w);
	assert_int_equal(answer_number(&a, "recorded.missing"), 2);
	assert_false(json_is_true(answer_value(&a, "recorded.alive")));
	harness_check_page(h, w.operator, path(&w, ""));
}

/* ---- while it runs ------------------------------------------------------------------------- */

static struct hall running(struct harness *h, int64_t *ret_other)
{
	struct hall w = recording_hall(h, ret_other);
	struct act act = hall_operator(&w);
	struct act candidate = hall_candidate(&w);
	struct err e = { 0 };
	bool pen = false;
	hall_seal(&w);
	recording_seat(&w, w.attempt);
	recording_seat(&w, *ret_other);
	must_be(sitting_start(&act, w.sitting, hall_second(&w), hall_key, &e), &e);
	must_be(attempt_enter(&candidate, w.attempt, HALL_SESSION, false, &pen, &e), &e);
	return w;
}

static void test_board(void **state)
{
	struct harness *h = *state;
	int64_t other = 0;
	struct hall w = running(h, &other);
	struct answer a = page(&w);
	assert_int_equal(answer_number(&a, "incident_count"), 0);
	const int64_t lost = recording_incident(&w, recording_source(h, w.attempt), "lost");
	(void)recording_incident(&w, 0, "away");
	a = page(&w);
	assert_int_equal(answer_number(&a, "incident_count"), 2);
	assert_true(json_is_true(answer_value(&a, "incidents.0.whole")));
	assert_string_equal(answer_text(&a, "incidents.1.place"), "4");
	harness_check_page(h, w.operator, path(&w, ""));
	harness_check_page(h, w.stage.hr, path(&w, ""));
	harness_check_page(h, w.operator, incident_path(&w, lost, ""));
	a = harness_html(h, w.operator, path(&w, ""));
	assert_non_null(strstr(a.body, "role=\"alert\""));
	assert_int_equal(harness_get(h, w.operator, incident_path(&w, lost + 9, "")).status, 404);
	a = harness_post(h, w.operator, incident_path(&w, lost, "/go-on"), "why=");
	assert_string_equal(a.field, "why");
	a = harness_post(h, w.operator, incident_path(&w, lost, "/go-on"), "why=Cable");
	must_go(&a, "goes on");
	a = page(&w);
	assert_string_equal(answer_text(&a, "incidents.1.choice"), "go_on");
	assert_int_equal(answer_number(&a, "incident_count"), 1);
	a = harness_post(h, w.operator, incident_path(&w, lost, "/go-on"), "why=Cable");
	assert_string_equal(a.error, "video.error.chosen");
	harness_check_page(h, w.operator, incident_path(&w, lost, ""));
	harness_check_page(h, w.operator, path(&w, "/protocol"));
}

/* The clock of the one seat, or with an incident of all the clock of the hall. */
static void test_stop(void **state)
{
	struct harness *h = *state;
	int64_t other = 0;
	struct hall w = running(h, &other);
	const int64_t lost = recording_incident(&w, recording_source(h, w.attempt), "lost");
	const char *wrong = arena_print(
		h->arena, "kind=failure&reason=Camera&second=%lld&second_password=wrong",
		(long long)w.second);
	const char *form =
		arena_print(h->arena, "kind=failure&reason=Camera&second=%lld&second_password=%s",
			    (long long)w.second, VISITOR_PASSWORD);
	struct err e = { 0 };
	int64_t stopped = 0;
	(void)visitor_account(h, w.second);
	struct answer a = harness_get(h, w.operator, incident_path(&w, lost, ""));
	assert_string_equal(answer_text(&a, "prefill.kind"), "failure");
	assert_true(*answer_text(&a, "prefill.reason"));
	a = harness_post(h, w.operator, incident_path(&w, lost, "/stop"), wrong);
	assert_string_equal(a.field, "second_password");
	assert_int_equal(stage_journalled(h, "video.choice"), 0);
	a = harness_post(h, w.operator, incident_path(&w, lost, "/stop"), form);
	must_go(&a, "stops");
	must_be(db_number(h->site.db, &e, &stopped,
			  "SELECT COUNT(*) FROM attempt WHERE stopped_ms IS NOT NULL"),
		&e);
	assert_int_equal(stopped, 1);
	assert_int_equal(stage_journalled(h, "video.choice"), 1);
	const int64_t away = recording_incident(&w, 0, "away");
	a = harness_post(h, w.operator, incident_path(&w, away, "/stop"), form);
	must_go(&a, "stops the hall");
	must_be(db_number(h->site.db, &e, &stopped,
			  "SELECT COUNT(*) FROM attempt WHERE stopped_ms IS NOT NULL"),
		&e);
	assert_int_equal(stopped, 2);
}

/* An act of another seat is no answer. */
static void test_act(void **state)
{
	struct harness *h = *state;
	int64_t other = 0;
	struct hall w = running(h, &other);
	struct act act = hall_operator(&w);
	struct err e = { 0 };
	int64_t id = 0;
	const int64_t lost = recording_incident(&w, recording_source(h, w.attempt), "lost");
	must_be(act_breach(&act, w.sitting, other, "1", "Turned the camera away", &id, &e), &e);
	const char *form = arena_print(h->arena, "act=%lld", (long long)id);
	struct answer a = harness_post(h, w.operator, incident_path(&w, lost, "/act"), form);
	assert_string_equal(a.error, "sitting.error.no_act");
	assert_string_equal(a.field, "act");
	must_be(act_breach(&act, w.sitting, w.attempt, "2", "Turned the camera away", &id, &e), &e);
	form = arena_print(h->arena, "act=%lld", (long long)id);
	a = harness_post(h, w.operator, incident_path(&w, lost, "/act"), form);
	must_go(&a, "the act is drawn up");
	harness_check_page(h, w.operator, incident_path(&w, lost, ""));
	a = page(&w);
	assert_string_equal(answer_text(&a, "incidents.0.reason"), "№ 2");
}

/* ---- the protocol -------------------------------------------------------------------------- */

/* One segment of a source, checked, of `bytes` in all. */
static void add_segment(struct harness *h, int64_t source, int64_t bytes)
{
	const struct act act = harness_act(h, 0);
	struct err e = { 0 };
	int64_t id = 0;
	int64_t number = 0;
	must_be(video_segment_begin(&act, "", source, &id, &number, &e), &e);
	const struct video_end end = {
		.how = "stopped",
		.from_ms = act.now_ms,
		.until_ms = act.now_ms + 60000,
		.wall_us = act.now_ms * 1000,
		.sound = { "r1/sound.mjr", bytes, "00" },
		.picture = { "", 0, "" },
	};
	must_be(video_segment_end(&act, id, &end, &e), &e);
}

/* F38 and the record's start and stop. */
static void test_protocol(void **state)
{
	struct harness *h = *state;
	int64_t other = 0;
	struct hall w = running(h, &other);
	add_segment(h, recording_source(h, w.attempt), 4096);
	rehearse(&w, w.attempt, 1);
	(void)recording_incident(&w, recording_source(h, w.attempt), "lost");
	harness_check_page(h, w.operator, path(&w, "/protocol"));
	struct answer a = harness_get(h, w.operator, path(&w, "/protocol"));
	assert_string_equal(answer_text(&a, "records.mode"), "seats");
	assert_int_equal(answer_number(&a, "records.sources.0.segments"), 1);
	assert_int_equal(answer_number(&a, "records.sources.1.segments"), 0);
	assert_int_equal(answer_number(&a, "records.sources.0.until_ms") -
				 answer_number(&a, "records.sources.0.from_ms"),
			 60000);
	assert_string_equal(answer_text(&a, "records.incidents.0.kind"), "lost");
	assert_int_equal(answer_number(&a, "records.rehearsals.0.place"), 4);
	a = harness_get(h, w.operator, path(&w, "/protocol.pdf?language=kk"));
	assert_int_equal(a.status, 200);
}

/* ---- an interview -------------------------------------------------------------------------- */

static int64_t table_source(struct harness *h)
{
	struct err e = { 0 };
	int64_t id = 0;
	must_be(db_number(h->site.db, &e, &id,
			  "SELECT id FROM video_source WHERE kind = 'commission'"),
		&e);
	return id;
}

/* R47-1: nobody is heard without sound; what fails is decided by the secretary. */
static void test_interview(void **state)
{
	struct harness *h = *state;
	recording_service_at(h, "2026-03-26T10:00");
	struct room w = room_open(h);
	struct act secretary = room_act(&w, ROOM_SECRETARY);
	struct act system = harness_act(h, 0);
	struct video_room room = { 0 };
	struct err e = { 0 };
	must_be(interview_warn(&secretary, w.application, &e), &e);
	stage_refused("no sound", interview_hear(&secretary, w.application, &e), &e, ERR_LAW,
		      "law.interview.recording", "47");
	harness_check_page(h, w.person[ROOM_SECRETARY], room_path(&w, ""));
	recording_grows(h, table_source(h));
	err_clear(&e);
	must_be(interview_hear(&secretary, w.application, &e), &e);
	must_be(video_room_of_interview(&system, w.interview, &room, &e), &e);
	must_be(video_incident_begin(&system, room.id, table_source(h), "lost", &e), &e);
	harness_check_page(h, w.person[ROOM_SECRETARY], room_path(&w, ""));
	harness_check_page(h, w.person[ROOM_CHAIR], room_path(&w, ""));
	struct answer a = harness_post(h, w.person[ROOM_SECRETARY], room_path(&w, "/incidents"),
				       "incident=1&choice=stop&reason=");
	assert_string_equal(a.field, "reason");
	a = harness_post(h, w.person[ROOM_SECRETARY], room_path(&w, "/incidents"),
			 "incident=99&choice=stop&reason=Cable");
	assert_int_equal(a.status, 404);
	a = harness_post(h, w.person[ROOM_SECRETARY], room_path(&w, "/incidents"),
			 "incident=1&choice=stop&reason=Cable");
	must_go(&a, "paused");
	a = harness_get(h, w.person[ROOM_SECRETARY], room_path(&w, ""));
	assert_string_equal(answer_text(&a, "recorded.incidents.0.choice"), "stop");
	harness_check_page(h, w.person[ROOM_SECRETARY], room_path(&w, ""));
	must_be(interview_end(&secretary, w.application, &e), &e);
	room_vote(&w, 3);
	room_decide(&w);
	room_close(&w);
	must_be(video_room_of_interview(&system, w.interview, &room, &e), &e);
	assert_string_equal(room.state, "closing");
}

/* A demonstration goes on without; a real competition does not begin. */
static void test_interview_away(void **state)
{
	struct harness *h = *state;
	struct video_room room = { 0 };
	struct err e = { 0 };
	recording_service(h, RECORDING_MUCH); /* weeks before */
	struct room w = room_open(h);
	struct act system = harness_act(h, 0);
	must_be(video_room_of_interview(&system, w.interview, &room, &e), &e);
	assert_false(room.there);
	room_hear(&w);
}

/* ---- destruction --------------------------------------------------------------------------- */

static int64_t left(struct harness *h)
{
	struct err e = { 0 };
	int64_t rows = 0;
	must_be(db_number(h->site.db, &e, &rows,
			  "SELECT (SELECT COUNT(*) FROM video_room)"
			  " + (SELECT COUNT(*) FROM video_source)"
			  " + (SELECT COUNT(*) FROM video_line)"
			  " + (SELECT COUNT(*) FROM video_segment)"
			  " + (SELECT COUNT(*) FROM video_incident)"
			  " + (SELECT COUNT(*) FROM video_view)"
			  " + (SELECT COUNT(*) FROM video_rehearsal)"),
		&e);
	return rows;
}

/* F74: rows go with the act; the two officers see how much it is.  Of the files no row knows then.
 */
static void test_destroyed(void **state)
{
	struct harness *h = *state;
	int64_t other = 0;
	struct hall w = running(h, &other);
	struct act hr = harness_act(h, w.stage.hr);
	struct err e = { 0 };
	json_t *contents = NULL;
	bool known = true;
	add_segment(h, recording_source(h, w.attempt), 3 * 1024 * 1024 + 1);
	rehearse(&w, w.attempt, 1);
	(void)recording_incident(&w, 0, "away");
	must_be(db_exec(h->site.db, &e, NULL,
			"INSERT INTO video_view (room_id, person_id, reason, from_ms, until_ms)"
			" SELECT id, $1, 'Complaint', 1, 2 FROM video_room",
			db_int(w.stage.hr)),
		&e);
	close_competition(h, w.stage.competition);
	assert_true(left(h) >= 8);
	must_be(destruction_contents(&hr, w.stage.competition, 0, &contents, &e), &e);
	assert_int_equal(row_number(contents, "record_mib"), 4);
	assert_int_equal(row_number(contents, "records"), left(h));
	harness_at(h, "2029-06-01T10:00");
	harness_check_page(h, w.stage.hr,
			   arena_print(h->arena, "/competitions/%lld/retention",
				       (long long)w.stage.competition));
	(void)destroy_by(h, w.stage.hr, harness_person(h, ROLE_HR), w.stage.competition, 0);
	assert_int_equal(left(h), 0);
	const struct act system = harness_act(h, 0);
	must_be(video_files_known(&system, "r1/sound.mjr", &known, &e), &e);
	assert_false(known);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_form),      HARNESS_TEST(test_sealed),
		HARNESS_TEST(test_board),     HARNESS_TEST(test_stop),
		HARNESS_TEST(test_act),       HARNESS_TEST(test_protocol),
		HARNESS_TEST(test_interview), HARNESS_TEST(test_interview_away),
		HARNESS_TEST(test_destroyed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
