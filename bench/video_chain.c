/* video_chain.c - the whole way: seats of the hall recorded by `konkurs video`, as their pages
 * would have it (video.h). */
#include "bench/video.h"

#include "app/video/line.h"

#include <string.h>
#include <unistd.h>

enum {
	TOLD_STEPS = 300,
	STEP_NS = 50 * 1000 * 1000,
	PULSE_S = 4,
	SEGMENT_S = 10,
	ALIVE_STEPS = 200
};

struct chain {
	struct video *v;
	int64_t room;
	int64_t lines[VIDEO_EFFECT_PUBLISHERS];
};

/* The act of the candidate at a seat, in the session that holds the pen. */
static struct act seat_act(const struct chain *c, int seat)
{
	const struct bench_session *s = &c->v->exam.big.seats[seat].session;
	struct act act = bench_act(&c->v->exam.act, s);
	act.session = s->hash;
	return act;
}

static bool wait_alive(const struct chain *c, struct err *e)
{
	for (int i = 0; i < ALIVE_STEPS; i++) {
		const struct act act = bench_act(&c->v->exam.act, NULL);
		struct video_service service = { 0 };
		if (!video_service_of(&act, &service, e))
			return false;
		if (service.alive)
			return true;
		video_sleep(STEP_NS / 1e9);
	}
	return err_set(e, ERR_SYSTEM, "error.system", "konkurs video is not at work: see %s",
		       c->v->parts.log);
}

static bool want_room(struct chain *c, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	const struct bench_hall *hall = &c->v->exam.big;
	const struct act act = bench_act(&c->v->exam.act, &hall->operator);
	return db_begin(act.db, &tx, e) &&
	       video_room_want(&act, hall->sitting, 0, "seats", &c->room, e) && db_commit(&tx, e);
}

static bool wait_open(const struct chain *c, struct err *e)
{
	for (int i = 0; i < TOLD_STEPS; i++) {
		const struct act act = bench_act(&c->v->exam.act, NULL);
		struct video_room room = { 0 };
		if (!video_room_load(&act, c->room, &room, e))
			return false;
		if (strcmp(room.state, "open") == 0)
			return true;
		video_sleep(STEP_NS / 1e9);
	}
	return err_set(e, ERR_SYSTEM, "error.system", "the room was not opened");
}

static bool want_source(const struct chain *c, int seat, struct video_source *ret, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	const struct act act = seat_act(c, seat);
	return db_begin(act.db, &tx, e) &&
	       video_source_want(&act, c->room, "seat", c->v->exam.big.seats[seat].attempt, ret,
				 e) &&
	       db_commit(&tx, e);
}

/* The answer of a line as soon as it is there; a new object for the browsers. */
static bool wait_told(const struct chain *c, int seat, json_t **ret, struct err *e)
{
	for (int i = 0; i < TOLD_STEPS; i++) {
		CLEANUP(arena_cleanup) struct arena *arena = arena_new();
		struct act act = seat_act(c, seat);
		json_t *row = NULL;
		act.arena = arena;
		if (!video_line_load(&act, c->lines[seat], &row, e))
			return false;
		const char *state = json_string_value(json_object_get(row, "state"));
		if (state && strcmp(state, "down") == 0)
			return err_set(e, ERR_SYSTEM, "error.system", "a line is down");
		if (state && strcmp(state, "asked") != 0) {
			*ret = json_pack("{s:s,s:s}", "do", "answer", "sdp",
					 json_string_value(json_object_get(row, "sdp")));
			return true;
		}
		video_sleep(STEP_NS / 1e9);
	}
	return err_set(e, ERR_SYSTEM, "error.system", "a line was not told");
}

static bool send_one(struct chain *c, int seat, struct err *e)
{
	struct parts *p = &c->v->parts;
	struct video_source source = { 0 };
	json_t *offer = NULL;
	json_t *answer = NULL;
	json_t *said = NULL;
	if (!want_source(c, seat, &source, e) || !parts_order(p, "offer", 0, &offer, e))
		return false;
	const struct act act = seat_act(c, seat);
	bool ok = video_line_send(&act, source.id, json_string_value(json_object_get(offer, "sdp")),
				  &c->lines[seat], e);
	json_decref(offer);
	ok = ok && wait_told(c, seat, &answer, e) && parts_send(p, answer, &said, e);
	json_decref(answer);
	json_decref(said);
	return ok;
}

/* What pages do while they send. */
static bool pulse_for(const struct chain *c, int seconds, struct err *e)
{
	for (int at = 0; at < seconds; at += PULSE_S) {
		for (int seat = 0; seat < VIDEO_EFFECT_PUBLISHERS; seat++) {
			const struct act act = seat_act(c, seat);
			if (!video_line_pulse(&act, c->lines[seat], e))
				return false;
		}
		video_sleep(PULSE_S);
	}
	return true;
}

static double share(int64_t after_ms, int64_t before_ms, double seconds)
{
	return (double)(after_ms - before_ms) / 1000 / seconds / VIDEO_EFFECT_PUBLISHERS;
}

static bool measure_running(struct chain *c, struct err *e)
{
	struct video *v = c->v;
	struct process_figures a = { 0 };
	struct process_figures b = { 0 };
	int64_t segments = 0;
	int64_t films = 0;
	const struct process recorder = { .pid = v->parts.recorder };
	if (!pulse_for(c, SEGMENT_S, e) || !process_measure(&recorder, &a, e))
		return false;
	const int64_t began = load_now_ns();
	if (!pulse_for(c, 2 * SEGMENT_S, e) || !process_measure(&recorder, &b, e))
		return false;
	const double seconds = (double)(load_now_ns() - began) / 1e9;
	if (!db_number(v->exam.act.db, e, &segments, "SELECT COUNT(*) FROM video_segment") ||
	    !db_number(v->exam.act.db, e, &films,
		       "SELECT COUNT(*) FROM video_segment WHERE film_file <> ''"))
		return false;
	v->unit.process_share = share(b.processor_ms, a.processor_ms, seconds);
	report_note(&v->exam.report, "konkurs video with 8 seats",
		    "Pieces of 10 s, six times as many as in earnest: turned, hashed, synced,"
		    " journalled, made into films.",
		    json_pack("{s:o,s:o,s:o,s:I,s:I}", "process_share_of_core_each",
			      report_real(v->unit.process_share), "its_programs_share_each",
			      report_real(share(b.children_ms, a.children_ms, seconds)),
			      "resident_mib", report_real((double)b.resident_kib / 1024), "pieces",
			      (json_int_t)segments, "films", (json_int_t)films));
	return segments >= VIDEO_EFFECT_PUBLISHERS ||
	       err_set(e, ERR_SYSTEM, "error.system", "konkurs video recorded nothing");
}

bool measure_chain(struct video *v, struct err *e)
{
	struct chain c = { .v = v };
	json_t *said = NULL;
	if (!parts_recorder(&v->parts, v->exam.program, v->exam.dir, SEGMENT_S, e) ||
	    !wait_alive(&c, e) || !want_room(&c, e) || !wait_open(&c, e) ||
	    !parts_order(&v->parts, "page", 0, &said, e))
		return false;
	json_decref(said);
	for (int seat = 0; seat < VIDEO_EFFECT_PUBLISHERS; seat++) {
		if (!send_one(&c, seat, e))
			return false;
	}
	if (!measure_running(&c, e) || !parts_order(&v->parts, "stop", 0, &said, e))
		return false;
	json_decref(said);
	return true;
}
