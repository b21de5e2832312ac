/* Looking at records: who, with which reason, for how long, and what lies beside the picture (F72
 * to F74, F8). */
#include "hall.h"
#include "room.h"

#include "app/interview/vote.h"
#include "app/sitting/stop.h"
#include "app/video/viewing.h"
#include "app/video/work.h"

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

static int64_t want(struct harness *h, int64_t sitting, int64_t interview, const char *needs)
{
	struct act act = harness_act(h, 0);
	struct err e = { 0 };
	int64_t id = 0;
	MUST(video_tell(&act, "", 1LL << 40, 0, &e));
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

static void refuses(struct harness *h, const char *who, int64_t person,
		    const struct video_source *s, const char *key)
{
	struct act act = harness_act(h, person);
	struct err e = { 0 };
	stage_refused(who, video_view_open(&act, s->room_id, s->id, "a reason", &e), &e, ERR_DENIED,
		      key, NULL);
	err_clear(&e);
	stage_refused(who, video_view_require(&act, s, &e), &e, ERR_DENIED, key, NULL);
}

/* First refused for want of a reason, then open; `reason` "" only for the own record. */
static void opens(struct harness *h, int64_t person, const struct video_source *s,
		  const char *reason)
{
	struct act act = harness_act(h, person);
	struct err e = { 0 };
	stage_refused("without a reason", video_view_require(&act, s, &e), &e, ERR_CONFLICT,
		      "video.error.reason", NULL);
	err_clear(&e);
	MUST(video_view_open(&act, s->room_id, s->id, reason, &e));
	MUST(video_view_require(&act, s, &e));
}

/* F74: HR and auditors of the organ, each for themselves, an hour, journalled with the reason. */
static void officers_with_a_reason(void **state)
{
	struct hall w = hall_open(*state);
	struct harness *h = *state;
	const int64_t room = want(h, w.sitting, 0, "seats");
	const struct video_source seat = source(h, room, "seat", w.attempt);
	const int64_t auditor = harness_person(h, ROLE_AUDITOR);
	struct act hr = harness_act(h, w.stage.hr);
	struct err e = { 0 };
	stage_refused("no words", video_view_open(&hr, room, seat.id, "", &e), &e, ERR_INPUT,
		      "error.required", "reason");
	err_clear(&e);
	stage_refused("of another room", video_view_open(&hr, room, seat.id + 1, "why", &e), &e,
		      ERR_MISSING, "error.missing", NULL);
	err_clear(&e);
	assert_int_equal(stage_journalled(h, "video.viewed"), 0);
	opens(h, w.stage.hr, &seat, "complaint 12");
	opens(h, auditor, &seat, "inspection");
	assert_int_equal(stage_journalled(h, "video.viewed"), 2);
	const char *content = "";
	MUST(db_string(h->site.db, h->arena, &e, &content,
		       "SELECT c.content FROM journal_content c JOIN journal_entry j"
		       " ON j.seq = c.seq WHERE j.kind = 'video.viewed' ORDER BY j.seq"));
	assert_non_null(strstr(content, "\"reason\":\"complaint 12\""));
	assert_non_null(strstr(content, "\"own\":false"));
	refuses(h, "the operator", w.operator, & seat, "error.denied");
	refuses(h, "a stranger", harness_person(h, ROLE_PERSON), &seat, "error.denied");
	refuses(h, "of question banks", harness_person(h, ROLE_APPROVER), &seat, "error.denied");
	hr.now_ms += VIDEO_VIEW_MS - 1;
	MUST(video_view_require(&hr, &seat, &e));
	hr.now_ms += 1;
	stage_refused("the hour is over", video_view_require(&hr, &seat, &e), &e, ERR_CONFLICT,
		      "video.error.reason", NULL);
}

/* One reason for the whole room opens each of its sources; one for a source opens no other. */
static void a_room_or_a_source(void **state)
{
	struct hall w = hall_open(*state);
	struct harness *h = *state;
	const int64_t room = want(h, w.sitting, 0, "seats");
	const struct video_source first = source(h, room, "seat", w.attempt);
	const struct video_source second = source(h, room, "seat", hall_admit(&w, 2));
	struct act hr = harness_act(h, w.stage.hr);
	struct err e = { 0 };
	opens(h, w.stage.hr, &first, "why");
	stage_refused("another source", video_view_require(&hr, &second, &e), &e, ERR_CONFLICT,
		      "video.error.reason", NULL);
	err_clear(&e);
	MUST(video_view_open(&hr, room, 0, "all of it", &e));
	MUST(video_view_require(&hr, &second, &e));
}

/* The own record without a reason, nobody else's; and no office opens one where its holder
 * competes. */
static void who_competes_sees_the_own_alone(void **state)
{
	struct hall w = hall_open(*state);
	struct harness *h = *state;
	const int64_t room = want(h, w.sitting, 0, "seats");
	const struct video_source own = source(h, room, "seat", w.attempt);
	const struct video_source other = source(h, room, "seat", hall_admit(&w, 2));
	const struct video_source camera = source(h, room, "hall", 1);
	struct err e = { 0 };
	opens(h, w.candidate, &own, "");
	refuses(h, "a rival", w.candidate, &other, "candidate.error.competes");
	refuses(h, "the hall", w.candidate, &camera, "candidate.error.competes");
	MUST(db_exec(h->site.db, &e, NULL,
		     "INSERT INTO role_grant (person_id, role, organ, granted_by, granted_ms)"
		     " VALUES ($1, 'hr', 'pgo', $1, 0)",
		     db_int(w.candidate)));
	refuses(h, "HR that competes", w.candidate, &other, "candidate.error.competes");
	struct act act = harness_act(h, w.candidate);
	stage_refused("all of it", video_view_open(&act, room, 0, "why", &e), &e, ERR_DENIED,
		      "candidate.error.competes", NULL);
	MUST(video_view_require(&act, &own, &e));
}

/* Of an interview: its secretary and chair too; F8: not who has declared a conflict, neither the
 * candidate's own source nor the commission's, which hears the candidate as well. */
static void an_interview(void **state)
{
	struct room w = room_open(*state);
	struct harness *h = *state;
	const int64_t room = want(h, 0, w.interview, "audio");
	const struct video_source commission = source(h, room, "commission", 0);
	const struct video_source heard = source(h, room, "candidate", w.application);
	struct err e = { 0 };
	opens(h, w.person[ROOM_SECRETARY], &commission, "minutes");
	opens(h, w.stage.hr, &heard, "complaint");
	opens(h, stage_person_of(&w.stage, w.application), &heard, "");
	refuses(h, "a member", w.person[1], &commission, "error.denied");
	refuses(h, "an invited person", w.person[ROOM_INVITED], &heard, "error.denied");
	opens(h, w.person[ROOM_CHAIR], &heard, "vote");
	struct act chair = room_act(&w, ROOM_CHAIR);
	MUST(vote_conflict(&chair, w.application, "a relative", &e));
	refuses(h, "the chair", w.person[ROOM_CHAIR], &heard, "conflict.error.view");
	refuses(h, "the chair", w.person[ROOM_CHAIR], &commission, "conflict.error.view");
}

static bool open_view(const struct act *act, void *user, struct err *e)
{
	const struct video_source *s = user;
	return video_view_open(act, s->room_id, s->id, "why", e);
}

static void all_or_nothing(void **state)
{
	struct hall w = hall_open(*state);
	struct video_source seat =
		source(*state, want(*state, w.sitting, 0, "seats"), "seat", w.attempt);
	stage_all_or_nothing(*state, w.stage.hr, open_view, &seat);
}

/* ---- what lies beside the picture ---------------------------------------------------------- */

static json_t *line_of(struct harness *h, const struct video_source *s)
{
	struct act act = harness_act(h, 0);
	struct err e = { 0 };
	json_t *list = NULL;
	MUST(video_time_line(&act, s, &list, &e));
	return list;
}

/* "started entered answer_first/1 ..." */
static const char *story_of(struct harness *h, const struct video_source *s)
{
	struct buf text = buf_on(h->arena);
	size_t i = 0;
	const json_t *row = NULL;
	int64_t before = 0;
	json_array_foreach (line_of(h, s), i, row) {
		buf_print(&text, "%s%s", i ? " " : "", row_text(row, "kind"));
		if (row_has(row, "number"))
			buf_print(&text, "/%lld", (long long)row_number(row, "number"));
		if (*row_text(row, "what"))
			buf_print(&text, "/%s", row_text(row, "what"));
		assert_true(row_number(row, "at_ms") >= before);
		before = row_number(row, "at_ms");
	}
	return text.text;
}

static void click(struct hall *w, int64_t number, int64_t place, const char *key)
{
	struct answer_ack ack = { 0 };
	struct err e = { 0 };
	MUST(hall_click(w, number, place, key, &ack, &e));
}

/* F73: the question of each click, and never what was chosen. */
static void a_seat(void **state)
{
	struct hall w = hall_open(*state);
	struct harness *h = *state;
	struct err e = { 0 };
	hall_start(&w);
	const int64_t room = want(h, w.sitting, 0, "seats");
	const struct video_source seat = source(h, room, "seat", w.attempt);
	const struct video_source camera = source(h, room, "hall", 1);
	harness_at(h, "2026-03-02T10:01");
	click(&w, 1, 2, "key-1");
	harness_at(h, "2026-03-02T10:02");
	click(&w, 2, 0, "key-2");
	harness_at(h, "2026-03-02T10:03");
	click(&w, 1, 3, "key-3");
	harness_at(h, "2026-03-02T10:04");
	struct act act = harness_act(h, 0);
	MUST(video_incident_begin(&act, room, seat.id, "lost", &e));
	harness_at(h, "2026-03-02T10:05");
	struct act operator= hall_operator(&w);
	MUST(stop_clock(&operator, w.sitting, 0, "failure", "light", hall_second(&w), &e));
	harness_at(h, "2026-03-02T10:06");
	operator= hall_operator(&w);
	MUST(stop_end(&operator, w.sitting, 1, &e));
	const char *story = story_of(h, &seat);
	assert_string_equal(story, "started entered answer_first/1 answer_first/2"
				   " answer_changed/1 incident/lost stopped resumed");
	char *all = json_dumps(line_of(h, &seat), 0);
	assert_null(strstr(all, "choice"));
	assert_null(strstr(all, "key-"));
	free(all);
	assert_string_equal(story_of(h, &camera), "started stop/failure");
}

/* A candidate's own record names nobody else. */
static void the_interview(void **state)
{
	struct room w = room_open(*state);
	struct harness *h = *state;
	struct err e = { 0 };
	room_hear(&w); /* before anything is recorded here: the gate asks for nothing */
	const int64_t room = want(h, 0, w.interview, "audio");
	const struct video_source commission = source(h, room, "commission", 0);
	const struct video_source heard = source(h, room, "candidate", w.application);
	const int64_t other = stage_candidate(&w.stage, STAGE_COMPLETE | STAGE_RELEASED);
	MUST(db_exec(h->site.db, &e, NULL,
		     "INSERT INTO interview_candidate (interview_id, application_id, turn,"
		     " warned_ms, started_ms) VALUES ($1, $2, 2, $3, $3)",
		     db_int(w.interview), db_int(other),
		     db_int(clock_now(&h->site.clock) + 60000)));
	assert_string_equal(story_of(h, &commission), "begun warned heard ended warned heard");
	assert_string_equal(story_of(h, &heard), "begun warned heard ended");
	assert_true(*row_text(json_array_get(line_of(h, &heard), 1), "name"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(officers_with_a_reason),
		HARNESS_TEST(a_room_or_a_source),
		HARNESS_TEST(who_competes_sees_the_own_alone),
		HARNESS_TEST(an_interview),
		HARNESS_TEST(all_or_nothing),
		HARNESS_TEST(a_seat),
		HARNESS_TEST(the_interview),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
