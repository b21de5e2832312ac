/* How a sitting is recorded, and what its start waits for: R28-3, F38, F68, F74. */
#include "recording.h"

#include "app/sitting/record.h"
#include "app/verify/verify.h"
#include "app/video/incident.h"
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

static struct sitting_plan plan_of(const struct hall *w, const char *record)
{
	return (struct sitting_plan){ .competition_id = w->stage.competition,
				      .hall_id = w->id,
				      .binding = "none",
				      .record = record };
}

static const char *text_of(struct hall *w, const char *kind)
{
	struct err e = { 0 };
	const char *content = "";
	MUST(db_string(w->stage.h->site.db, w->stage.h->arena, &e, &content,
		       "SELECT c.content FROM journal_content c JOIN journal_entry j"
		       " ON j.seq = c.seq WHERE j.kind = $1 ORDER BY j.seq DESC LIMIT 1",
		       db_text(kind)));
	return content;
}

static const char *record_of(const struct hall *w)
{
	struct err e = { 0 };
	const char *record = "";
	MUST(db_string(w->stage.h->site.db, w->stage.h->arena, &e, &record,
		       "SELECT record FROM sitting WHERE id = $1", db_int(w->sitting)));
	return record;
}

/* Whether `konkurs verify` says so of the sitting. */
static bool is_found(struct hall *w, const char *why)
{
	struct act act = harness_act(w->stage.h, 0);
	struct verify_report report = { 0 };
	struct err e = { 0 };
	size_t i = 0;
	const json_t *row = NULL;
	MUST(verify_all(&act, NULL, 0, &report, &e));
	json_array_foreach (report.findings, i, row) {
		if (strstr(row_text(row, "why"), why))
			return true;
	}
	return false;
}

/* ---- the plan -------------------------------------------------------------------------------- */

/* Where nothing ever recorded there is but one way; where something does, it is the way. */
static void test_plan(void **state)
{
	struct hall w = hall_open(*state);
	struct act act = hall_operator(&w);
	struct err e = { 0 };
	assert_string_equal(record_of(&w), "outside");
	struct sitting_plan plan = plan_of(&w, "seats");
	stage_refused("nothing records here", sitting_open(&act, &plan, &w.sitting, &e), &e,
		      ERR_CONFLICT, "video.error.away", "record");
	recording_service(*state, RECORDING_MUCH);
	err_clear(&e);
	plan.record = NULL;
	MUST(sitting_open(&act, &plan, &w.sitting, &e));
	assert_string_equal(record_of(&w), "seats");
	assert_non_null(strstr(text_of(&w, "sitting.opened"), "\"record\":\"seats\""));
	plan.record = "outside"; /* the demonstration's rule set lets records be off */
	MUST(sitting_open(&act, &plan, &w.sitting, &e));
	assert_string_equal(record_of(&w), "outside");
}

static void test_plan_refused(void **state)
{
	struct hall w = hall_open(*state);
	struct act act = hall_operator(&w);
	struct sitting_plan plan = plan_of(&w, "outside");
	struct competition c = { 0 };
	struct err e = { 0 };
	const char *record = "";
	recording_service(*state, RECORDING_MUCH);
	MUST(competition_load(&act, w.stage.competition, &c, &e));
	struct rule_set strict = *c.rules;
	strict.recording_may_be_off = false;
	c.rules = &strict;
	stage_refused("a real competition, on the operator's word",
		      sitting_record_settle(&act, &plan, &c, HALL_SEATS, &record, &e), &e, ERR_LAW,
		      "law.sitting.record", "28");
	assert_string_equal(e.field, "record");
	err_clear(&e);
	plan.record = "hall";
	plan.cameras = VIDEO_HALL_CAMERAS + 1;
	stage_refused("too many cameras", sitting_open(&act, &plan, &w.sitting, &e), &e, ERR_INPUT,
		      "sitting.error.cameras", "cameras");
	recording_service(*state, RECORDING_GIB);
	err_clear(&e);
	plan = plan_of(&w, "seats");
	stage_refused("thirty seats for two hours on one GiB",
		      sitting_open(&act, &plan, &w.sitting, &e), &e, ERR_CONFLICT,
		      "sitting.error.disk", "record");
	harness_at(*state, "2026-03-02T10:01");
	act = hall_operator(&w);
	err_clear(&e);
	stage_refused("the service is away", sitting_open(&act, &plan, &w.sitting, &e), &e,
		      ERR_CONFLICT, "video.error.away", "record");
}

/* Of a hall one camera is enough, and who is checked in has no source. */
static void test_hall_cameras(void **state)
{
	struct hall w = hall_open(*state);
	struct act act = hall_operator(&w);
	struct err e = { 0 };
	int64_t cameras = 0;
	int64_t all = 0;
	recording_service(*state, RECORDING_MUCH);
	struct sitting_plan plan = plan_of(&w, "hall");
	plan.cameras = 2;
	MUST(sitting_open(&act, &plan, &w.sitting, &e));
	w.attempt = hall_admit(&w, 1);
	hall_seal(&w);
	stage_refused("no camera grows",
		      sitting_start(&act, w.sitting, hall_second(&w), hall_key, &e), &e, ERR_LAW,
		      "law.sitting.sources", "28");
	err_clear(&e);
	MUST(db_number(act.db, &e, &cameras,
		       "SELECT COUNT(*) FROM video_source WHERE kind = 'hall'"));
	MUST(db_number(act.db, &e, &all, "SELECT COUNT(*) FROM video_source"));
	assert_int_equal(cameras, 2);
	assert_int_equal(all, 2);
	MUST(db_exec(act.db, &e, NULL,
		     "UPDATE video_source SET audio_ms = $1, video_ms = $1 WHERE number = 2",
		     db_int(act.now_ms)));
	MUST(db_exec(act.db, &e, NULL,
		     "INSERT INTO video_line (room_id, source_id, way, person_id, state, offer,"
		     " answer, problem, created_ms, heard_ms)"
		     " SELECT room_id, id, 'send', $1, 'up', '', '', '', 0, 0 FROM video_source"
		     " WHERE number = 2",
		     db_int(act.person_id)));
	MUST(sitting_start(&act, w.sitting, hall_second(&w), hall_key, &e));
}

/* ---- the gate -------------------------------------------------------------------------------- */

/* R28-3: every seat, by its files; then the system itself confirms. */
static void test_gate(void **state)
{
	int64_t other = 0;
	struct hall w = recording_hall(*state, &other);
	struct act act = hall_operator(&w);
	struct err e = { 0 };
	const char *by = "";
	stage_refused("a record nobody has to confirm",
		      sitting_record(&act, w.sitting, "confirmed", &e), &e, ERR_CONFLICT,
		      "sitting.error.recorded", NULL);
	hall_seal(&w);
	err_clear(&e);
	stage_refused("nobody is recorded",
		      sitting_start(&act, w.sitting, hall_second(&w), hall_key, &e), &e, ERR_LAW,
		      "law.sitting.sources", "28");
	assert_string_equal(e.value, "4, 7");
	recording_seat(&w, w.attempt);
	err_clear(&e);
	stage_refused("one is not", sitting_start(&act, w.sitting, hall_second(&w), hall_key, &e),
		      &e, ERR_LAW, "law.sitting.sources", "28");
	assert_string_equal(e.value, "7");
	recording_seat(&w, other);
	recording_service(*state, 0);
	err_clear(&e);
	stage_refused("the disk is full",
		      sitting_start(&act, w.sitting, hall_second(&w), hall_key, &e), &e,
		      ERR_CONFLICT, "sitting.error.disk", NULL);
	recording_service(*state, RECORDING_MUCH);
	err_clear(&e);
	MUST(sitting_start(&act, w.sitting, hall_second(&w), hall_key, &e));
	MUST(db_string(act.db, act.arena, &e, &by,
		       "SELECT recording || COALESCE(recording_by, 0) FROM sitting WHERE id = $1",
		       db_int(w.sitting)));
	assert_string_equal(by, "confirmed0");
	assert_non_null(strstr(text_of(&w, "sitting.started"), "\"seat\":\"4\""));
	assert_non_null(strstr(text_of(&w, "sitting.started"), "\"record\":\"seats\""));
}

/* The files stopped growing since: what was once is not enough. */
static void test_gate_now(void **state)
{
	int64_t other = 0;
	struct hall w = recording_hall(*state, &other);
	struct err e = { 0 };
	hall_seal(&w);
	recording_seat(&w, w.attempt);
	recording_seat(&w, other);
	harness_at(*state, "2026-03-02T10:01");
	recording_service(*state, RECORDING_MUCH);
	struct act act = hall_operator(&w);
	stage_refused("a minute ago", sitting_start(&act, w.sitting, hall_second(&w), hall_key, &e),
		      &e, ERR_LAW, "law.sitting.sources", "28");
	assert_string_equal(e.value, "4, 7");
}

/* Who was checked in and does not sit there: said by the operator, with a reason, and taken back.
 */
static void test_absent(void **state)
{
	int64_t other = 0;
	struct hall w = recording_hall(*state, &other);
	struct act act = hall_operator(&w);
	struct act stranger = harness_act(*state, harness_person(*state, ROLE_PERSON));
	struct err e = { 0 };
	stage_refused("no reason", sitting_absent(&act, w.sitting, other, "", &e), &e, ERR_INPUT,
		      "error.required", "reason");
	err_clear(&e);
	stage_refused("a stranger", sitting_absent(&stranger, w.sitting, other, "r", &e), &e,
		      ERR_DENIED, "error.denied", NULL);
	err_clear(&e);
	stage_refused("nobody said so", sitting_present(&act, w.sitting, other, &e), &e,
		      ERR_CONFLICT, "sitting.error.present", NULL);
	err_clear(&e);
	MUST(sitting_absent(&act, w.sitting, other, "Ауырып қалды", &e));
	stage_refused("twice", sitting_absent(&act, w.sitting, other, "r", &e), &e, ERR_CONFLICT,
		      "sitting.error.absent", NULL);
	err_clear(&e);
	MUST(sitting_present(&act, w.sitting, other, &e));
	assert_int_equal(stage_journalled(*state, "sitting.absent"), 1);
	assert_int_equal(stage_journalled(*state, "sitting.present"), 1);
}

static size_t due(struct harness *h)
{
	struct act act = harness_act(h, 0);
	struct err e = { 0 };
	json_t *list = NULL;
	MUST(video_due(&act, &list, &e));
	return json_array_size(list);
}

/* The start waits for nobody who is absent; who comes all the same is recorded, or it is an
 * incident. */
static void test_absent_start(void **state)
{
	int64_t other = 0;
	struct hall w = recording_hall(*state, &other);
	struct act act = hall_operator(&w);
	struct act late = harness_act(*state, hall_candidate_of(&w, other));
	struct err e = { 0 };
	bool pen = false;
	hall_seal(&w);
	recording_seat(&w, w.attempt);
	stage_refused("not said to be absent",
		      sitting_start(&act, w.sitting, hall_second(&w), hall_key, &e), &e, ERR_LAW,
		      "law.sitting.sources", "28");
	err_clear(&e);
	MUST(sitting_absent(&act, w.sitting, other, "Ауырып қалды", &e));
	MUST(sitting_start(&act, w.sitting, hall_second(&w), hall_key, &e));
	assert_null(strstr(text_of(&w, "sitting.started"), "\"seat\":\"7\""));
	stage_refused("after the start", sitting_absent(&act, w.sitting, w.attempt, "r", &e), &e,
		      ERR_CONFLICT, "sitting.error.started", NULL);
	err_clear(&e);
	assert_int_equal(due(*state), 1);
	MUST(attempt_enter(&late, other, "late", false, &pen, &e));
	assert_int_equal(due(*state), 2);
}

static bool say_absent(const struct act *act, void *user, struct err *e)
{
	const int64_t *id = user;
	return sitting_absent(act, id[0], id[1], "Ауырып қалды", e);
}

static void test_absent_or_nothing(void **state)
{
	int64_t other = 0;
	struct hall w = recording_hall(*state, &other);
	int64_t id[] = { w.sitting, other };
	stage_all_or_nothing(*state, w.operator, say_absent, id);
}

/* ---- the end, and what verify says --------------------------------------------------------- */

static const char *room_state(const struct hall *w)
{
	struct err e = { 0 };
	const char *text = "";
	MUST(db_string(w->stage.h->site.db, w->stage.h->arena, &e, &text,
		       "SELECT state FROM video_room WHERE sitting_id = $1", db_int(w->sitting)));
	return text;
}

static void test_cancelled(void **state)
{
	struct hall w = hall_open(*state);
	struct act act = hall_operator(&w);
	struct err e = { 0 };
	recording_service(*state, RECORDING_MUCH);
	const struct sitting_plan plan = plan_of(&w, "seats");
	MUST(sitting_open(&act, &plan, &w.sitting, &e));
	assert_string_equal(room_state(&w), "wanted");
	MUST(sitting_cancel(&act, w.sitting, "Жарық өшті", &e));
	assert_string_equal(room_state(&w), "closing");
}

static void test_verified(void **state)
{
	static const char *const other_way = "it is recorded in another way than it was opened for";
	int64_t other = 0;
	struct hall w = recording_hall(*state, &other);
	struct err e = { 0 };
	hall_seal(&w);
	recording_seat(&w, w.attempt);
	recording_seat(&w, other);
	struct act act = hall_operator(&w);
	MUST(sitting_start(&act, w.sitting, hall_second(&w), hall_key, &e));
	assert_false(is_found(&w, "recording"));
	assert_false(is_found(&w, other_way));
	MUST(db_exec(act.db, &e, NULL, "UPDATE sitting SET recording_by = $1 WHERE id = $2",
		     db_int(w.operator), db_int(w.sitting)));
	assert_true(is_found(&w, "its recording is not what the journal tells"));
	MUST(db_exec(act.db, &e, NULL,
		     "UPDATE sitting SET recording_by = NULL, record = 'outside' WHERE id = $1",
		     db_int(w.sitting)));
	assert_true(is_found(&w, other_way));
	MUST(db_exec(act.db, &e, NULL, "UPDATE sitting SET record = 'seats' WHERE id = $1",
		     db_int(w.sitting)));
	harness_at(*state, "2026-03-02T12:30");
	act = hall_operator(&w);
	MUST(sitting_close(&act, w.sitting, &e));
	assert_string_equal(room_state(&w), "closing");
	assert_false(is_found(&w, "sitting_record"));
	assert_non_null(strstr(text_of(&w, "sitting.closed"), "\"sitting_record\""));
}

/* ---- incidents ----------------------------------------------------------------------------- */

/* F68: open until somebody has chosen and it is over; one chooses once. */
static void test_incidents(void **state)
{
	int64_t other = 0;
	struct hall w = recording_hall(*state, &other);
	struct act act = hall_operator(&w);
	struct act system = harness_act(*state, 0);
	struct act candidate = hall_candidate(&w);
	struct video_room room = { 0 };
	struct err e = { 0 };
	json_t *rows = NULL;
	const int64_t lost = recording_incident(&w, recording_source(*state, w.attempt), "lost");
	const int64_t away = recording_incident(&w, 0, "away");
	const struct {
		const char *why, *choice, *reason;
		const struct act *act;
		enum err_kind kind;
		const char *key, *place;
	} row[] = {
		{ "no such choice", "look_away", "r", &act, ERR_INPUT, "error.required", "choice" },
		{ "no reason", "go_on", "", &act, ERR_INPUT, "video.error.why", "reason" },
		{ "a candidate", "go_on", "r", &candidate, ERR_DENIED, "error.denied", NULL },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		err_clear(&e);
		stage_refused(
			row[i].why,
			video_incident_choose(row[i].act, lost, row[i].choice, row[i].reason, &e),
			&e, row[i].kind, row[i].key, row[i].place);
	}
	err_clear(&e);
	MUST(video_room_of_sitting(&act, w.sitting, &room, &e));
	MUST(video_incidents(&act, room.id, true, &rows, &e));
	assert_int_equal(json_array_size(rows), 2);
	assert_int_equal(row_number(json_array_get(rows, 0), "id"), away);
	assert_string_equal(row_text(json_array_get(rows, 1), "seat"), "4");
	MUST(video_incident_choose(&act, lost, "go_on", "Камера қайта қосылды", &e));
	MUST(video_incident_over(&system, room.id, recording_source(*state, w.attempt), "lost",
				 &e));
	MUST(video_incidents(&act, room.id, true, &rows, &e));
	assert_int_equal(json_array_size(rows), 1);
	MUST(video_incidents(&act, room.id, false, &rows, &e));
	assert_int_equal(json_array_size(rows), 2);
	stage_refused("twice", video_incident_choose(&act, lost, "stop", "r", &e), &e, ERR_CONFLICT,
		      "video.error.chosen", NULL);
	assert_int_equal(stage_journalled(*state, "video.choice"), 1);
	assert_non_null(strstr(text_of(&w, "video.choice"), "Камера қайта қосылды"));
}

static bool choose(const struct act *act, void *user, struct err *e)
{
	return video_incident_choose(act, *(const int64_t *)user, "act", "№ 1", e);
}

static void test_choice_or_nothing(void **state)
{
	int64_t other = 0;
	struct hall w = recording_hall(*state, &other);
	int64_t id = recording_incident(&w, recording_source(*state, w.attempt), "lost");
	stage_all_or_nothing(*state, w.operator, choose, &id);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_plan),         HARNESS_TEST(test_plan_refused),
		HARNESS_TEST(test_hall_cameras), HARNESS_TEST(test_gate),
		HARNESS_TEST(test_gate_now),     HARNESS_TEST(test_absent),
		HARNESS_TEST(test_absent_start), HARNESS_TEST(test_absent_or_nothing),
		HARNESS_TEST(test_cancelled),    HARNESS_TEST(test_verified),
		HARNESS_TEST(test_incidents),    HARNESS_TEST(test_choice_or_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
