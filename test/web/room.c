#include "room.h"

#include "app/interview/minutes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const struct {
	const char *role, *kind;
	bool employee;
} seats[ROOM_SEATS] = {
	{ "chair", "subdivision_head", true },
	{ "member", "own_security", true },
	{ "member", "hr", true },
	{ "member", "subdivision_head", true },
	{ "member", "other", true },
	{ "secretary", "hr", true },
	{ "invited", "psychologist", false },
};

static void must(bool ok, const struct err *e)
{
	if (!ok)
		fail_msg("%s: %s", e->key, e->detail);
}

struct act room_act(struct room *w, int seat)
{
	return harness_act(w->stage.h, w->person[seat]);
}

void room_seat(struct room *w)
{
	struct act hr = harness_act(w->stage.h, w->stage.hr);
	struct err e = { 0 };
	must(commission_order(&hr, w->stage.competition, "15-к", act_today(&hr), &e), &e);
	for (int i = 0; i < ROOM_SEATS; i++) {
		w->person[i] = harness_person(w->stage.h, ROLE_PERSON);
		struct seat_form form = { w->person[i], seats[i].role, seats[i].kind,
					  seats[i].employee };
		must(commission_seat(&hr, w->stage.competition, &form, &w->member[i], &e), &e);
	}
}

void room_attend(struct room *w, int count)
{
	struct act secretary = room_act(w, ROOM_SECRETARY);
	struct err e = { 0 };
	must(interview_attend(&secretary, w->interview, w->member, (size_t)count, &e), &e);
}

struct room room_open(struct harness *h)
{
	struct room w = { .stage = stage_open(h) };
	struct act hr = harness_act(h, w.stage.hr);
	struct err e = { 0 };
	w.application = stage_candidate(&w.stage, STAGE_COMPLETE | STAGE_RELEASED);
	stage_plan(&w.stage, "2026-03-26T10:00");
	room_seat(&w);
	must(commission_appoint(&hr, w.stage.competition, &e), &e);
	must(db_number(h->site.db, &e, &w.interview, "SELECT id FROM interview"), &e);
	must(db_exec(h->site.db, &e, NULL,
		     "INSERT INTO interview_candidate (interview_id, application_id, turn)"
		     " VALUES ($1, $2, 1) ON CONFLICT (application_id) DO NOTHING",
		     db_int(w.interview), db_int(w.application)),
	     &e);
	harness_at(h, "2026-03-26T10:00");
	struct act secretary = room_act(&w, ROOM_SECRETARY);
	room_attend(&w, ROOM_SEATS);
	must(interview_begin(&secretary, w.interview, &e), &e);
	return w;
}

void room_hear(struct room *w)
{
	struct act secretary = room_act(w, ROOM_SECRETARY);
	struct err e = { 0 };
	must(interview_warn(&secretary, w->application, &e), &e);
	must(interview_hear(&secretary, w->application, &e), &e);
	must(interview_end(&secretary, w->application, &e), &e);
}

void room_vote(struct room *w, int in_favour)
{
	for (int i = 0; i < ROOM_VOTERS; i++) {
		struct act act = room_act(w, i);
		struct err e = { 0 };
		must(vote_cast(&act, w->application, i < in_favour, &e), &e);
	}
}

void room_decide(struct room *w)
{
	struct act secretary = room_act(w, ROOM_SECRETARY);
	struct err e = { 0 };
	must(vote_close(&secretary, w->application, NULL, &e), &e);
}

void room_close(struct room *w)
{
	struct act secretary = room_act(w, ROOM_SECRETARY);
	struct err e = { 0 };
	must(interview_close(&secretary, w->interview, false, &e), &e);
}

void room_number(struct room *w)
{
	struct act secretary = room_act(w, ROOM_SECRETARY);
	struct err e = { 0 };
	must(minutes_number(&secretary, w->interview, "7", &e), &e);
}

const char *room_path(struct room *w, const char *rest)
{
	return arena_print(w->stage.h->arena, "/interviews/%lld%s", (long long)w->interview, rest);
}
