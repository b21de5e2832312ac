/* Who sends and who watches, and the way of a line: F75, R28-3, R47-1. */
#include "hall.h"
#include "room.h"

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

#define SDP "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\na=fingerprint:sha-256 AA\r\nm=audio 9 X 111\r\n"

static int64_t want(struct harness *h, int64_t sitting, int64_t interview, const char *needs)
{
	struct act act = harness_act(h, 0);
	struct err e = { 0 };
	int64_t id = 0;
	MUST(video_tell(&act, "", 1LL << 40, 0, &e));
	MUST(video_room_want(&act, sitting, interview, needs, &id, &e));
	return id;
}

static int64_t source(struct harness *h, int64_t room, const char *kind, int64_t owner)
{
	struct act act = harness_act(h, 0);
	struct video_source s = { 0 };
	struct err e = { 0 };
	MUST(video_source_want(&act, room, kind, owner, &s, &e));
	return s.id;
}

/* "" when it may, else the key of the refusal. */
static const char *key_of(struct harness *h, bool ok, const struct err *e)
{
	return ok ? "" : arena_copy(h->arena, e->key);
}

static const char *sends(struct harness *h, int64_t person, const char *session, int64_t source_id)
{
	struct act act = harness_act(h, person);
	struct err e = { 0 };
	int64_t line = 0;
	act.session = session;
	return key_of(h, video_line_send(&act, source_id, SDP, &line, &e), &e);
}

static const char *watches(struct harness *h, int64_t person, int64_t source_id)
{
	struct act act = harness_act(h, person);
	struct err e = { 0 };
	int64_t line = 0;
	return key_of(h, video_line_watch(&act, source_id, &line, &e), &e);
}

static int64_t line_of(struct harness *h, const struct act *act, int64_t source_id)
{
	struct err e = { 0 };
	int64_t line = 0;
	(void)h;
	MUST(video_line_send(act, source_id, SDP, &line, &e));
	return line;
}

static const char *state_of(struct harness *h, int64_t line, const char *column)
{
	struct err e = { 0 };
	json_t *row = db_row(h->site.db, h->arena, &e,
			     "SELECT state, problem, offer, answer FROM video_line WHERE id = $1",
			     db_int(line));
	return row ? row_text(row, column) : "none";
}

/* As if Janus and `konkurs video` had done their part (R47-1: nobody is heard without). */
static void record(struct harness *h, const struct act *act, int64_t source_id)
{
	struct act system = harness_act(h, 0);
	struct err e = { 0 };
	const int64_t line = line_of(h, act, source_id);
	MUST(video_line_told(&system, line, "answer", &e));
	MUST(video_line_up(&system, line, &e));
	MUST(video_source_grew(&system, source_id, act->now_ms, 0, &e));
}

static void expect(const char *why, const char *got, const char *wanted)
{
	if (strcmp(got, wanted) != 0)
		fail_msg("%s: '%s', wanted '%s'", why, got, wanted);
}

/* The seat is its candidate's, from the computer with the pen; offices send nothing for it. */
static void a_seat_sends_from_the_computer_that_writes(void **state)
{
	struct hall w = hall_open(*state);
	struct harness *h = *state;
	const int64_t other = hall_candidate_of(&w, hall_admit(&w, 2));
	const int64_t seat = source(h, want(h, w.sitting, 0, "seats"), "seat", w.attempt);
	expect("waits for the start", sends(h, w.candidate, "any", seat), "");
	expect("no session at all", sends(h, w.candidate, NULL, seat), "error.denied");
	expect("another candidate", sends(h, other, "any", seat), "error.denied");
	expect("the operator", sends(h, w.operator, "any", seat), "error.denied");
	expect("HR", sends(h, w.stage.hr, "any", seat), "error.denied");
	expect("the system", sends(h, 0, "any", seat), "error.denied");
	hall_start(&w);
	expect("holds the pen", sends(h, w.candidate, HALL_SESSION, seat), "");
	expect("a second device", sends(h, w.candidate, "any", seat), "error.denied");
	struct act own = hall_candidate(&w);
	struct err e = { 0 };
	MUST(attempt_finish(&own, w.attempt, HALL_SESSION, &e));
	expect("is over", sends(h, w.candidate, HALL_SESSION, seat), "video.error.closed");
}

static void the_hall_sends_for_its_operators(void **state)
{
	struct hall w = hall_open(*state);
	struct harness *h = *state;
	const int64_t auditor = harness_person(h, ROLE_AUDITOR);
	const int64_t room = want(h, w.sitting, 0, "hall");
	const int64_t camera = source(h, room, "hall", 1);
	const int64_t talk = source(h, room, "talk", w.operator);
	const struct {
		const char *why;
		int64_t person;
		const char *camera, *talk;
	} row[] = {
		{ "the operator", w.operator, "", "" },
		{ "another operator talks as himself", w.second, "", "error.denied" },
		{ "HR", w.stage.hr, "error.denied", "error.denied" },
		{ "an observer", auditor, "error.denied", "error.denied" },
		{ "a candidate", w.candidate, "error.denied", "error.denied" },
		{ "the system", 0, "error.denied", "error.denied" },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		expect(row[i].why, sends(h, row[i].person, "s", camera), row[i].camera);
		expect(row[i].why, sends(h, row[i].person, "s", talk), row[i].talk);
	}
}

/* Section 4 of rules.md: an operator who competes is no operator. */
static void who_competes_neither_sends_nor_watches(void **state)
{
	struct hall w = hall_open(*state);
	struct harness *h = *state;
	struct err e = { 0 };
	const int64_t camera = source(h, want(h, w.sitting, 0, "hall"), "hall", 1);
	const int64_t application = stage_candidate(&w.stage, STAGE_SENT);
	MUST(db_exec(h->site.db, &e, NULL, "UPDATE application SET person_id = $1 WHERE id = $2",
		     db_int(w.second), db_int(application)));
	expect("sends", sends(h, w.second, "s", camera), "candidate.error.competes");
	expect("watches", watches(h, w.second, camera), "error.denied");
}

static void a_sitting_is_watched_by_its_offices(void **state)
{
	struct hall w = hall_open(*state);
	struct harness *h = *state;
	const int64_t other = hall_candidate_of(&w, hall_admit(&w, 2));
	const int64_t room = want(h, w.sitting, 0, "seats");
	const int64_t seat = source(h, room, "seat", w.attempt);
	const int64_t talk = source(h, room, "talk", w.operator);
	const struct {
		const char *why;
		int64_t person;
		const char *seat, *talk;
	} row[] = {
		{ "the operator", w.operator, "", "" },
		{ "HR", w.stage.hr, "", "" },
		{ "an observer", harness_person(h, ROLE_AUDITOR), "", "" },
		{ "own security", w.stage.security, "error.denied", "error.denied" },
		{ "somebody", harness_person(h, ROLE_PERSON), "error.denied", "error.denied" },
		{ "the candidate hears who talks", w.candidate, "error.denied", "" },
		{ "a rival too", other, "error.denied", "" },
		{ "the system", 0, "error.denied", "error.denied" },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		expect(row[i].why, watches(h, row[i].person, seat), row[i].seat);
		expect(row[i].why, watches(h, row[i].person, talk), row[i].talk);
	}
}

static void an_interview_is_for_those_who_sit_in_it(void **state)
{
	struct room w = room_open(*state);
	struct harness *h = *state;
	struct act secretary = room_act(&w, ROOM_SECRETARY);
	struct err e = { 0 };
	const int64_t room = want(h, 0, w.interview, "audio");
	const int64_t table = source(h, room, "commission", 0);
	const int64_t own = source(h, room, "candidate", w.application);
	const int64_t expert = source(h, room, "expert", w.person[ROOM_INVITED]);
	const int64_t candidate = stage_person_of(&w.stage, w.application);
	expect("not told of the record yet", sends(h, candidate, "s", own), "error.denied");
	expect("nor heard", watches(h, candidate, table), "error.denied");
	MUST(interview_warn(&secretary, w.application, &e));
	record(h, &secretary, table);
	MUST(interview_hear(&secretary, w.application, &e));
	const struct {
		const char *why;
		int64_t person;
		const char *table, *own, *expert; /* sends    */
		const char *sees, *rival;         /* watches  */
	} row[] = {
#define NO "error.denied"
		{ "the secretary", w.person[ROOM_SECRETARY], "", NO, NO, "", "" },
		{ "the chair", w.person[ROOM_CHAIR], "commission.error.secretary_only", NO, NO, "",
		  "" },
		{ "the invited", w.person[ROOM_INVITED], "commission.error.secretary_only", NO, "",
		  "", "" },
		{ "the candidate", candidate, "commission.error.no_seat", "", NO, "", NO },
		{ "HR", w.stage.hr, "commission.error.no_seat", NO, NO, NO, NO },
		{ "an observer", harness_person(h, ROLE_AUDITOR), "commission.error.no_seat", NO,
		  NO, NO, NO },
		{ "the system", 0, NO, NO, NO, NO, NO },
#undef NO
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		expect(row[i].why, sends(h, row[i].person, "s", table), row[i].table);
		expect(row[i].why, sends(h, row[i].person, "s", own), row[i].own);
		expect(row[i].why, sends(h, row[i].person, "s", expert), row[i].expert);
		expect(row[i].why, watches(h, row[i].person, table), row[i].sees);
		expect(row[i].why, watches(h, row[i].person, own), row[i].rival);
	}
	MUST(interview_end(&secretary, w.application, &e));
	expect("heard out", sends(h, candidate, "s", own), "video.error.closed");
	expect("heard out", watches(h, candidate, table), "error.denied");
}

/* R47-1: a demonstration goes on without a microphone, on the secretary's word. */
static void other_equipment_may_record_a_demonstration(void **state)
{
	struct room w = room_open(*state);
	struct harness *h = *state;
	struct act secretary = room_act(&w, ROOM_SECRETARY);
	struct act chair = room_act(&w, ROOM_CHAIR);
	struct err e = { 0 };
	struct err refused = { 0 };
	(void)want(h, 0, w.interview, "audio");
	MUST(interview_warn(&secretary, w.application, &e));
	assert_false(interview_hear(&secretary, w.application, &refused));
	assert_int_equal(refused.kind, ERR_LAW);
	expect("nothing records", refused.key, "law.interview.recording");
	err_clear(&refused);
	assert_false(interview_record_outside(&chair, w.interview, &refused));
	expect("the chair's word", refused.key, "commission.error.secretary_only");
	err_clear(&refused);
	MUST(interview_record_outside(&secretary, w.interview, &e));
	assert_false(interview_record_outside(&secretary, w.interview, &refused));
	expect("said twice", refused.key, "interview.error.no_room");
	MUST(interview_hear(&secretary, w.application, &e));
}

static void what_is_no_description_is_refused_at_the_field(void **state)
{
	struct hall w = hall_open(*state);
	struct harness *h = *state;
	struct act act = hall_operator(&w);
	const int64_t camera = source(h, want(h, w.sitting, 0, "hall"), "hall", 1);
	char *large = arena_alloc(h->arena, VIDEO_SDP_MOST + 100);
	memset(large, 'a', VIDEO_SDP_MOST + 99);
	memcpy(large, SDP, sizeof(SDP) - 1);
	const struct {
		const char *why, *sdp;
	} row[] = {
		{ "empty", "" },
		{ "something else", "hello" },
		{ "no media", "v=0\r\na=fingerprint:sha-256 AA\r\n" },
		{ "no fingerprint", "v=0\r\nm=audio 9 X 111\r\n" },
		{ "a control character", SDP "\x1b[2J" },
		{ "no ASCII", SDP "a=\xd0\x96\r\n" },
		{ "too large", large },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		struct err e = { 0 };
		int64_t line = 0;
		stage_refused(row[i].why, video_line_send(&act, camera, row[i].sdp, &line, &e), &e,
			      ERR_INPUT, "video.error.sdp", "sdp");
	}
}

/* send: asked, told, up; the newer line takes the place of the older. */
static void a_line_that_sends_goes_its_way(void **state)
{
	struct hall w = hall_open(*state);
	struct harness *h = *state;
	struct act system = harness_act(h, 0);
	struct act act = hall_operator(&w);
	struct act other = harness_act(h, w.second);
	struct err e = { 0 };
	json_t *row = NULL;
	const int64_t camera = source(h, want(h, w.sitting, 0, "hall"), "hall", 1);
	const int64_t line = line_of(h, &act, camera);
	MUST(video_line_up(&system, line, &e)); /* not told yet: nothing */
	expect("asked", state_of(h, line, "state"), "asked");
	MUST(video_waiting(&system, &row, &e));
	expect("the offer waits",
	       row_text(json_array_get(json_object_get(row, "lines"), 0), "offer"), SDP);
	MUST(video_line_told(&system, line, "answer", &e));
	MUST(video_line_told(&system, line, "another", &e));
	MUST(video_line_load(&act, line, &row, &e));
	expect("told", row_text(row, "sdp"), "answer");
	assert_null(json_object_get(row, "offer"));
	stage_refused("another's", video_line_load(&other, line, &row, &e), &e, ERR_MISSING,
		      "error.missing", NULL);
	err_clear(&e);
	stage_refused("another's pulse", video_line_pulse(&other, line, &e), &e, ERR_MISSING,
		      "error.missing", NULL);
	err_clear(&e);
	stage_refused("another's end", video_line_end(&other, line, &e), &e, ERR_MISSING,
		      "error.missing", NULL);
	err_clear(&e);
	stage_refused("it is no answer that it wants", video_line_answer(&act, line, SDP, &e), &e,
		      ERR_CONFLICT, "video.error.line", NULL);
	err_clear(&e);
	MUST(video_line_up(&system, line, &e));
	expect("up", state_of(h, line, "state"), "up");
	expect("addresses are forgotten", state_of(h, line, "answer"), "");
	harness_at(h, "2026-03-02T10:01");
	act = hall_operator(&w);
	MUST(video_line_pulse(&act, line, &e));
	int64_t heard = 0;
	MUST(db_number(h->site.db, &e, &heard, "SELECT heard_ms FROM video_line WHERE id = $1",
		       db_int(line)));
	assert_int_equal(heard, act.now_ms);

	const int64_t newer = line_of(h, &other, camera);
	expect("replaced", state_of(h, line, "problem"), "replaced");
	MUST(video_line_down(&system, line, "lost", &e)); /* the first reason stays */
	expect("replaced", state_of(h, line, "problem"), "replaced");
	MUST(video_line_end(&other, newer, &e));
	expect("ended", state_of(h, newer, "problem"), "ended");
	expect("the offer is forgotten", state_of(h, newer, "offer"), "");
	MUST(video_line_pulse(&other, newer, &e)); /* the page has not heard yet */
	MUST(video_line_load(&other, newer, &row, &e));
	expect("down", row_text(row, "state"), "down");
}

/* watch: asked, told, answered, up. */
static void a_line_that_watches_goes_its_way(void **state)
{
	struct hall w = hall_open(*state);
	struct harness *h = *state;
	struct act system = harness_act(h, 0);
	struct act act = hall_operator(&w);
	struct err e = { 0 };
	json_t *row = NULL;
	int64_t line = 0;
	const int64_t camera = source(h, want(h, w.sitting, 0, "hall"), "hall", 1);
	MUST(video_line_watch(&act, camera, &line, &e));
	stage_refused("before it is told", video_line_answer(&act, line, SDP, &e), &e, ERR_CONFLICT,
		      "video.error.line", NULL);
	err_clear(&e);
	MUST(video_line_told(&system, line, "offer", &e));
	MUST(video_line_load(&act, line, &row, &e));
	expect("told", row_text(row, "sdp"), "offer");
	stage_refused("no description", video_line_answer(&act, line, "x", &e), &e, ERR_INPUT,
		      "video.error.sdp", "sdp");
	err_clear(&e);
	MUST(video_line_answer(&act, line, SDP, &e));
	expect("answered", state_of(h, line, "answer"), SDP);
	MUST(video_line_load(&act, line, &row, &e));
	expect("nothing to take", row_text(row, "sdp"), "");
	MUST(video_line_up(&system, line, &e));
	expect("up", state_of(h, line, "state"), "up");
}

static void a_person_watches_so_many(void **state)
{
	struct hall w = hall_open(*state);
	struct harness *h = *state;
	const int64_t camera = source(h, want(h, w.sitting, 0, "hall"), "hall", 1);
	for (int i = 0; i < VIDEO_WATCH_MOST; i++)
		expect("few", watches(h, w.operator, camera), "");
	expect("too many", watches(h, w.operator, camera), "video.error.many");
	expect("another's are not his", watches(h, w.second, camera), "");
}

static void a_room_that_is_left_takes_nobody(void **state)
{
	struct hall w = hall_open(*state);
	struct harness *h = *state;
	struct act system = harness_act(h, 0);
	struct act act = hall_operator(&w);
	struct err e = { 0 };
	const int64_t camera = source(h, want(h, w.sitting, 0, "hall"), "hall", 1);
	const int64_t line = line_of(h, &act, camera);
	MUST(video_room_leave(&system, w.sitting, 0, &e));
	expect("hung up", state_of(h, line, "problem"), "ended");
	expect("sends", sends(h, w.operator, "s", camera), "video.error.closed");
	expect("watches", watches(h, w.operator, camera), "video.error.closed");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(a_seat_sends_from_the_computer_that_writes),
		HARNESS_TEST(the_hall_sends_for_its_operators),
		HARNESS_TEST(who_competes_neither_sends_nor_watches),
		HARNESS_TEST(a_sitting_is_watched_by_its_offices),
		HARNESS_TEST(an_interview_is_for_those_who_sit_in_it),
		HARNESS_TEST(other_equipment_may_record_a_demonstration),
		HARNESS_TEST(what_is_no_description_is_refused_at_the_field),
		HARNESS_TEST(a_line_that_sends_goes_its_way),
		HARNESS_TEST(a_line_that_watches_goes_its_way),
		HARNESS_TEST(a_person_watches_so_many),
		HARNESS_TEST(a_room_that_is_left_takes_nobody),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
