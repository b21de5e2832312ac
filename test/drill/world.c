/* Makes a database with all that the drill doctors, through the use cases: three candidates at a
 * test that is over (one clicks, changes an answer, takes one back, clicks when it is too late),
 * and a commission that has heard, marked, voted, decided, and signed its minutes, two of them with
 * their keys (F12).
 *
 * Before that an office is at work (office.h), and of two of the seats there is a record, whose
 * files are in FILE.records (recorded.h).
 *
 *   drill_world FILE */
#include "hall.h"
#include "office.h"
#include "recorded.h"
#include "room.h"
#include "signing.h"

#include "app/evidence/checkpoint.h"
#include "app/interview/mark.h"
#include "app/interview/minutes.h"
#include "app/interview/question.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void run(bool ok, const struct err *e)
{
	if (!ok) {
		(void)fprintf(stderr, "%s: %s\n", e->key, e->detail);
		exit(1);
	}
}

/* ---- the test ------------------------------------------------------------------------------ */

/* Another candidate than the hall's first: enters, clicks at the left option, ends. */
static void play_other(struct hall *w, int64_t attempt, int clicks)
{
	struct err e = { 0 };
	const struct act act = harness_act(w->stage.h, hall_candidate_of(w, attempt));
	const int64_t first = w->attempt;
	bool pen = false;
	run(attempt_enter(&act, attempt, HALL_SESSION, false, &pen, &e), &e);
	w->attempt = attempt;
	for (int number = 1; number <= clicks; number++) {
		struct answer_ack ack = { 0 };
		char key[32];
		(void)snprintf(key, sizeof(key), "other-%lld-%04d", (long long)attempt, number);
		run(attempt_answer(&act, attempt, HALL_SESSION, number, hall_token(w, number, 0),
				   key, &ack, &e),
		    &e);
	}
	w->attempt = first;
	run(attempt_finish(&act, attempt, HALL_SESSION, &e), &e);
}

static void play_test(struct harness *h, const char *file)
{
	struct hall w = hall_open(h);
	struct answer_ack ack = { 0 };
	struct err e = { 0 };
	const int64_t second = hall_admit(&w, 2);
	const int64_t third = hall_admit(&w, 3);
	hall_start(&w);
	harness_at(h, "2026-03-02T10:20");
	hall_answer_right(&w, 80);
	run(hall_click(&w, 81, 0, "changes-1", &ack, &e), &e);
	run(hall_click(&w, 81, 1, "changes-2", &ack, &e), &e);
	run(hall_click(&w, 82, 0, "takes-back-1", &ack, &e), &e);
	run(hall_click(&w, 82, -1, "takes-back-2", &ack, &e), &e);
	play_other(&w, second, 115);
	play_other(&w, third, 3);
	harness_at(h, "2026-03-02T10:40");
	const struct act candidate = hall_candidate(&w);
	run(attempt_finish(&candidate, w.attempt, HALL_SESSION, &e), &e);
	harness_at(h, "2026-03-02T10:45");
	run(hall_click(&w, 83, 0, "late-1", &ack, &e), &e);
	harness_at(h, "2026-03-02T12:00");
	const struct act operator= hall_operator(&w);
	run(sitting_close(&operator, w.sitting, &e), &e);
	(void)recorded_play(&w, second, arena_print(h->arena, "%s.records", file));
}

/* ---- the vote ------------------------------------------------------------------------------ */

/* The test of the one who is heard is only rows; here is the entry that belongs to them, as of the
 * day of the interview: time does not go back along a journal. */
static void tell_staged(struct room *w)
{
	struct harness *h = w->stage.h;
	const struct act act = harness_act(h, 0);
	struct err e = { 0 };
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	int64_t attempt = 0;
	run(db_begin(h->site.db, &tx, &e) &&
		    db_number(h->site.db, &e, &attempt,
			      "UPDATE attempt SET finished_ms = $2 WHERE application_id = $1"
			      " RETURNING id",
			      db_int(w->application), db_int(act.now_ms)) &&
		    db_exec(h->site.db, &e, NULL,
			    "UPDATE result SET fixed_ms = $2 WHERE attempt_id = $1",
			    db_int(attempt), db_int(act.now_ms)) &&
		    act_journal(
			    &act, "test.result", w->stage.competition,
			    act_subject(&act, "application", w->application),
			    json_pack("{s:I,s:i}", "attempt", (json_int_t)attempt, "correct", 84),
			    &e) &&
		    checkpoint_make(&act, CHECKPOINT_RECEIPT,
				    act_subject(&act, "application", w->application), &e) &&
		    db_commit(&tx, &e),
	    &e);
}

static void note_question(struct room *w)
{
	struct err e = { 0 };
	const struct act act = room_act(w, ROOM_SECRETARY);
	const struct question_form form = { w->member[ROOM_CHAIR], "Почему прокуратура?",
					    "Служу." };
	run(question_add(&act, w->application, &form, &e), &e);
}

static void mark_all(struct room *w)
{
	static const char *const code[] = { "qualification", "reputation", "results" };
	for (int seat = 0; seat < ROOM_VOTERS; seat++) {
		struct err e = { 0 };
		const struct act act = room_act(w, seat);
		json_t *values = json_array();
		for (size_t i = 0; i < COUNT(code); i++)
			(void)json_array_append_new(
				values, json_string(arena_print(act.arena, "%s=%d", code[i], 3)));
		run(mark_enter(&act, w->application, values, &e), &e);
		json_decref(values);
	}
}

static void sign_all(struct room *w)
{
	const struct act any = room_act(w, ROOM_SECRETARY);
	struct err e = { 0 };
	const char *hash = NULL;
	run(db_string(any.db, any.arena, &e, &hash, "SELECT hash FROM minutes"), &e);
	for (int seat = 0; seat <= ROOM_SECRETARY; seat++) {
		const struct act act = room_act(w, seat);
		run(minutes_sign(&act, w->interview, hash, seat == 4 ? "Я против." : "", &e), &e);
	}
}

/* A ballot and the minutes with keys. */
static void sign_with_keys(struct room *w)
{
	struct signing s = signing_open(w->stage.h);
	const struct act any = room_act(w, ROOM_SECRETARY);
	struct err e = { 0 };
	int64_t ballot = 0;
	run(db_number(any.db, &e, &ballot, "SELECT id FROM ballot WHERE member_id = $1",
		      db_int(w->member[1])),
	    &e);
	signing_sign(&s, w->person[1], "ballot", ballot);
	signing_sign(&s, w->person[ROOM_CHAIR], "minutes", w->interview);
}

static void play_vote(struct harness *h)
{
	struct room w = room_open(h);
	tell_staged(&w);
	room_hear(&w);
	note_question(&w);
	mark_all(&w);
	room_vote(&w, 3);
	room_decide(&w);
	room_close(&w);
	room_number(&w);
	sign_all(&w);
	sign_with_keys(&w);
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		(void)fprintf(stderr, "usage: drill_world FILE\n");
		return 2;
	}
	struct harness *h = harness_open_file(argv[1]);
	office_play(h);
	play_test(h, argv[1]);
	play_vote(h);
	office_tell(h);
	harness_demand_factors(h); /* that there are none the harness has told no journal */
	harness_close(h);
	return 0;
}
