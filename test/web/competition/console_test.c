/* The secretary's console: from the attendance to the signatures, which step comes next and what it
 * still wants; nobody else has one (V-1, R47-1). */
#include "stage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct day_of {
	struct stage s;
	int64_t application, chair, secretary, interview;
	const char *path;
};

static int64_t add_secretary(struct stage *s)
{
	struct err e = { 0 };
	const int64_t person = harness_person(s->h, 0);
	assert_true(db_exec(s->h->site.db, &e, NULL,
			    "INSERT INTO commission_member (commission_id, person_id, role, kind,"
			    " employee) SELECT MAX(id), $1, 'secretary', 'hr', 1 FROM commission",
			    db_int(person)));
	return person;
}

static struct day_of open_day(struct harness *h)
{
	struct err e = { 0 };
	struct day_of d = { .s = stage_open(h) };
	d.application = stage_candidate(&d.s, STAGE_COMPLETE);
	d.chair = stage_chair(&d.s);
	d.secretary = add_secretary(&d.s);
	stage_plan(&d.s, "2026-03-26T10:00");
	assert_true(db_number(h->site.db, &e, &d.interview, "SELECT MAX(id) FROM interview"));
	const struct answer a = harness_post(
		h, d.s.hr,
		arena_print(h->arena, "/applications/%lld/release", (long long)d.application), "");
	assert_int_equal(a.status, 200);
	d.path = arena_print(h->arena, "/interviews/%lld", (long long)d.interview);
	return d;
}

static void next_is(struct day_of *d, const char *name, const char *why, const char *state)
{
	const struct answer a = harness_get(d->s.h, d->secretary, d->path);
	const json_t *steps = answer_value(&a, "console.steps");
	size_t i = 0;
	while (i < json_array_size(steps) &&
	       strcmp(row_text(json_array_get(steps, i), "state"), "done") == 0)
		i++;
	const json_t *step = json_array_get(steps, i);
	assert_string_equal(answer_text(&a, "console.next.name"), name);
	if (strcmp(row_text(step, "why"), why) != 0 || strcmp(row_text(step, "state"), state) != 0)
		fail_msg("%s, %s instead of %s", row_text(step, "why"), row_text(step, "state"),
			 why);
	harness_check_page(d->s.h, d->secretary, d->path);
}

static void act(struct day_of *d, int64_t person, const char *what, const char *form)
{
	const struct answer a = harness_post(
		d->s.h, person, arena_print(d->s.h->arena, "%s/%s", d->path, what), form);
	if (a.status != 200)
		fail_msg("%s: %d %s", what, a.status, a.error);
}

static const char *of_candidate(struct day_of *d, const char *more)
{
	return arena_print(d->s.h->arena, "application=%lld%s", (long long)d->application, more);
}

static void arrive(struct day_of *d)
{
	struct err e = { 0 };
	int64_t chair = 0;
	assert_true(db_number(d->s.h->site.db, &e, &chair,
			      "SELECT id FROM commission_member WHERE person_id = $1",
			      db_int(d->chair)));
	act(d, d->secretary, "attendance",
	    arena_print(d->s.h->arena, "present=%lld", (long long)chair));
}

static void each_step_leads_to_the_next(void **state)
{
	struct day_of d = open_day(*state);
	struct harness *h = d.s.h;
	next_is(&d, "attendance", "attendance.missing", "current");
	harness_at(h, "2026-03-25T16:00");
	arrive(&d);
	next_is(&d, "begin", "begin.early", "missing"); /* the day has not come */
	harness_at(h, "2026-03-26T10:00");
	next_is(&d, "begin", "begin.ready", "current");
	act(&d, d.secretary, "begin", "");
	next_is(&d, "candidate", "candidate.warn", "current");
	act(&d, d.secretary, "warn", of_candidate(&d, ""));
	next_is(&d, "candidate", "candidate.hear", "current");
	act(&d, d.secretary, "hear", of_candidate(&d, ""));
	harness_at(h, "2026-03-26T10:25");
	next_is(&d, "candidate", "candidate.end", "current");
	struct answer a = harness_get(h, d.secretary, d.path);
	assert_int_equal(answer_number(&a, "console.current.minutes"), 25);
	act(&d, d.secretary, "end", of_candidate(&d, ""));
	next_is(&d, "candidate", "candidate.votes", "current");
	act(&d, d.chair, "vote", of_candidate(&d, "&choice=for"));
	next_is(&d, "candidate", "candidate.decide", "current");
	a = harness_get(h, d.chair, d.path);
	assert_true(json_is_null(answer_value(&a, "console"))); /* the secretary's alone */
}

/* What nobody may see sooner stays out of it: how many have voted, not how. */
static void it_tells_no_choice(void **state)
{
	struct day_of d = open_day(*state);
	harness_at(d.s.h, "2026-03-26T10:00");
	arrive(&d);
	act(&d, d.secretary, "begin", "");
	act(&d, d.secretary, "warn", of_candidate(&d, ""));
	act(&d, d.secretary, "hear", of_candidate(&d, ""));
	act(&d, d.secretary, "end", of_candidate(&d, ""));
	act(&d, d.chair, "vote", of_candidate(&d, "&choice=against"));
	const struct answer a = harness_get(d.s.h, d.secretary, d.path);
	char *told = json_dumps(answer_value(&a, "console"), 0);
	assert_non_null(told);
	assert_null(strstr(told, "against"));
	free(told);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(each_step_leads_to_the_next),
		HARNESS_TEST(it_tells_no_choice),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
