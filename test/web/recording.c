#include "recording.h"

#include "app/video/work.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { RATE = 400 * 1000 * 1000 };

static void must(bool ok, const struct err *e)
{
	if (!ok)
		fail_msg("%s %s: %s", err_kind_name(e->kind), e->key, e->detail);
}

void recording_service(struct harness *h, int64_t free_bytes)
{
	const struct act act = harness_act(h, 0);
	struct err e = { 0 };
	must(video_tell(&act, "", free_bytes, RATE, &e), &e);
}

void recording_service_at(struct harness *h, const char *time)
{
	struct act act = harness_act(h, 0);
	struct err e = { 0 };
	assert_true(instant_parse(time, &act.now_ms));
	must(video_tell(&act, "", RECORDING_MUCH, RATE, &e), &e);
}

void recording_grows(struct harness *h, int64_t source)
{
	const struct act act = harness_act(h, 0);
	struct err e = { 0 };
	must(video_source_grew(&act, source, act.now_ms, act.now_ms, &e), &e);
	must(db_exec(act.db, &e, NULL,
		     "INSERT INTO video_line (room_id, source_id, way, person_id, state, offer,"
		     " answer, problem, created_ms, heard_ms)"
		     " SELECT room_id, id, 'send', (SELECT MIN(id) FROM person), 'up', '', '', '',"
		     " 0, 0 FROM video_source WHERE id = $1",
		     db_int(source)),
	     &e);
}

int64_t recording_source(struct harness *h, int64_t attempt)
{
	struct err e = { 0 };
	int64_t id = 0;
	must(db_number(h->site.db, &e, &id, "SELECT id FROM video_source WHERE attempt_id = $1",
		       db_int(attempt)),
	     &e);
	return id;
}

void recording_seat(struct hall *w, int64_t attempt)
{
	const struct act act = harness_act(w->stage.h, hall_candidate_of(w, attempt));
	const int64_t source = recording_source(w->stage.h, attempt);
	struct err e = { 0 };
	must(video_warned(&act, source, &e), &e);
	recording_grows(w->stage.h, source);
}

int64_t recording_incident(struct hall *w, int64_t source, const char *kind)
{
	const struct act act = harness_act(w->stage.h, 0);
	struct video_room room = { 0 };
	struct err e = { 0 };
	int64_t id = 0;
	must(video_room_of_sitting(&act, w->sitting, &room, &e), &e);
	must(video_incident_begin(&act, room.id, source, kind, &e), &e);
	must(db_number(act.db, &e, &id, "SELECT MAX(id) FROM video_incident"), &e);
	return id;
}

struct hall recording_hall(struct harness *h, int64_t *ret_other)
{
	struct hall w = hall_open(h);
	const struct act act = hall_operator(&w);
	struct err e = { 0 };
	recording_service(h, RECORDING_MUCH);
	const struct sitting_plan plan = { .competition_id = w.stage.competition,
					   .hall_id = w.id,
					   .binding = "none" };
	must(sitting_open(&act, &plan, &w.sitting, &e), &e);
	w.attempt = hall_admit(&w, 4);
	w.candidate = hall_candidate_of(&w, w.attempt);
	must(db_number(act.db, &e, &w.application,
		       "SELECT application_id FROM attempt WHERE id = $1", db_int(w.attempt)),
	     &e);
	*ret_other = hall_admit(&w, 7);
	return w;
}
