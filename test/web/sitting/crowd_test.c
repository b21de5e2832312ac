/* Clicks of many candidates in one turn of the server, which looks ahead for them together
 * (web/http/turn.c): each is told what it would be told alone. */
#include "hall.h"
#include "leaving.h"

#include "journal/journal.h"
#include "web/http/turn.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { PEOPLE = 5, CALLS_MOST = 16 };

/* A hall in which everybody has opened the page, and the calls of one turn. */
struct crowd {
	struct hall w;
	int64_t attempt[PEOPLE], person[PEOPLE];
	struct call *calls[CALLS_MOST];
	size_t count;
};

static int set_up(void **state)
{
	*state = harness_open();
	return 0;
}

static int tear_down(void **state)
{
	harness_close(*state);
	return 0;
}

static void gather(struct crowd *c, struct harness *h)
{
	*c = (struct crowd){ .w = hall_open(h) };
	c->attempt[0] = c->w.attempt;
	for (int64_t i = 1; i < PEOPLE; i++)
		c->attempt[i] = hall_admit(&c->w, i + 1);
	hall_start(&c->w);
	for (size_t i = 0; i < PEOPLE; i++) {
		c->person[i] = hall_candidate_of(&c->w, c->attempt[i]);
		struct answer a =
			harness_get(h, c->person[i],
				    arena_print(h->arena, "/tests/%lld", (long long)c->attempt[i]));
		assert_int_equal(a.status, 200);
	}
}

/* A POST of person `who` to the test of `whose`. */
static void put(struct crowd *c, size_t who, size_t whose, const char *rest, const char *form)
{
	struct harness *h = c->w.stage.h;
	struct call *call = call_new(&h->site);
	assert_true(c->count < CALLS_MOST);
	const char *body = arena_print(h->arena, "csrf=%s%s%s", harness_csrf(h, c->person[who]),
				       *form ? "&" : "", form);
	call->in = (struct http_in){
		.method = "POST",
		.path = arena_print(h->arena, "/tests/%lld%s", (long long)c->attempt[whose], rest),
		.host = "konkurs.test",
		.origin = "https://konkurs.test",
		.fetch_site = "same-origin",
		.cookie = harness_cookie(h, c->person[who]),
		.accept = "application/json",
		.address = "192.0.2.1",
		.content_type = "application/x-www-form-urlencoded",
		.body = body,
		.size = strlen(body),
	};
	call_begin(call);
	c->calls[c->count++] = call;
}

static void click(struct crowd *c, size_t who, size_t whose, int64_t number, const char *key)
{
	struct hall seat = c->w;
	seat.attempt = c->attempt[whose];
	put(c, who, whose, "/answers",
	    arena_print(c->w.stage.h->arena, "number=%lld&option=%s&key=%s", (long long)number,
			hall_token(&seat, number, 0), key));
}

static void pulse(struct crowd *c, size_t who)
{
	put(c, who, who, "/pulse", "unsaved=0&waiting_ms=0&gap_ms=0");
}

/* What call `at` was told. */
static const char *told(const struct crowd *c, size_t at, const char *name)
{
	const struct http_out *out = &c->calls[at]->out;
	json_t *json = json_loadb(out->body, out->size, 0, NULL);
	assert_non_null(json);
	json_in_arena(c->w.stage.h->arena, json);
	const json_t *value = json_object_get(json, name);
	return json_is_string(value) ? json_string_value(value)
	       : json_is_true(value) ? "yes"
				     : "no";
}

static void expect(const struct crowd *c, size_t at, int status, const char *saved,
		   const char *refusal)
{
	if (c->calls[at]->out.status != status)
		fail_msg("call %zu: %d, wanted %d", at, c->calls[at]->out.status, status);
	if (status != 200)
		return;
	assert_string_equal(told(c, at, "saved"), saved);
	assert_string_equal(told(c, at, "refusal"), refusal);
}

static int64_t number_of(struct crowd *c, const char *key)
{
	struct err e = { 0 };
	int64_t n = -1;
	assert_true(db_number(c->w.stage.h->site.db, &e, &n,
			      "SELECT COUNT(*) FROM answer_event WHERE client_key = $1",
			      db_text(key)));
	return n;
}

static void run(struct crowd *c)
{
	struct err e = { 0 };
	struct journal_report report = { 0 };
	turn_run(&c->w.stage.h->site, c->calls, c->count);
	assert_true(journal_verify(c->w.stage.h->site.db, &report, &e));
	assert_string_equal(report.why, "");
}

static void leave(struct crowd *c)
{
	for (size_t i = 0; i < c->count; i++)
		call_free(c->calls[i]);
}

/* F47: the same key twice, a click of somebody else, an option that is none, beside good ones. */
static void each_is_told_as_if_alone(void **state)
{
	struct crowd c;
	gather(&c, *state);
	click(&c, 0, 0, 1, "key-of-0-1");
	click(&c, 1, 1, 2, "key-of-1-1");
	pulse(&c, 2);
	click(&c, 0, 0, 1, "key-of-0-1"); /* once more */
	click(&c, 3, 4, 1, "key-of-3-1"); /* another's test */
	put(&c, 4, 4, "/answers", "number=1&option=none&key=key-of-4-1");
	put(&c, 3, 3, "/answers", "number=0&option=&key=key-of-3-2");
	click(&c, 2, 2, 3, "key-of-2-1");
	click(&c, 0, 0, 2, "key-of-0-2");
	run(&c);
	expect(&c, 0, 200, "yes", "");
	expect(&c, 1, 200, "yes", "");
	assert_int_equal(c.calls[2]->out.status, 200);
	assert_string_equal(told(&c, 2, "pen"), "yes");
	expect(&c, 3, 200, "yes", "");
	expect(&c, 4, 404, NULL, NULL);
	expect(&c, 5, 422, NULL, NULL);
	expect(&c, 6, 400, NULL, NULL);
	expect(&c, 7, 200, "yes", "");
	expect(&c, 8, 200, "yes", "");
	assert_int_equal(number_of(&c, "key-of-0-1"), 1);
	assert_int_equal(number_of(&c, "key-of-3-1") + number_of(&c, "key-of-4-1"), 0);
	leave(&c);
}

/* F52: what comes behind somebody's end, in the same turn, does not count; the others' does. */
static void the_end_is_seen_by_what_follows(void **state)
{
	struct crowd c;
	gather(&c, *state);
	click(&c, 0, 0, 1, "key-of-0-1");
	click(&c, 1, 1, 1, "key-of-1-1");
	put(&c, 0, 0, "/finish", "");
	click(&c, 2, 2, 1, "key-of-2-1");
	click(&c, 0, 0, 2, "key-of-0-2");
	pulse(&c, 1);
	click(&c, 1, 1, 2, "key-of-1-2");
	pulse(&c, 0);
	run(&c);
	expect(&c, 0, 200, "yes", "");
	expect(&c, 1, 200, "yes", "");
	assert_int_equal(c.calls[2]->out.status, 200);
	expect(&c, 3, 200, "yes", "");
	expect(&c, 4, 200, "no", "late");
	assert_string_equal(told(&c, 5, "state"), "running");
	expect(&c, 6, 200, "yes", "");
	assert_string_equal(told(&c, 7, "state"), "finished");
	leave(&c);
}

/* ---- a server that goes away --------------------------------------------------------------------
 */

/* What became of the calls of a turn. */
struct fate {
	struct call *waiting[CALLS_MOST];
	size_t waits, answered;
};

static void note_answer(void *user, struct call *c)
{
	struct fate *f = user;
	assert_int_equal(c->out.status, 0); /* answered once */
	call_answer(c);
	f->answered++;
}

static void note_wait(void *user, struct call *c)
{
	struct fate *f = user;
	assert_true(f->waits < CALLS_MOST);
	f->waiting[f->waits++] = c;
}

static void run_again(struct harness *h, struct fate *f, const struct turn_hands *hands)
{
	struct call *calls[CALLS_MOST];
	h->site.tried_ms -= SITE_TRY_MS;
	if (!turn_reach(&h->site, hands))
		return;
	const size_t count = f->waits;
	memcpy((void *)calls, (const void *)f->waiting, sizeof(calls));
	f->waits = 0;
	turn_commit(&h->site, calls, count, hands);
}

/* A turn in which the server goes away at operation `n`; whether it did. */
static bool leave_at(struct crowd *c, int n, bool stores)
{
	struct harness *h = c->w.stage.h;
	struct db *real = h->site.db;
	struct leaving l;
	struct fate f = { 0 };
	const struct turn_hands hands = { note_answer, note_wait, &f };
	const char *key[PEOPLE];
	c->count = 0;
	for (size_t i = 0; i < PEOPLE; i++) {
		key[i] = arena_print(h->arena, "key-%d-%d-of-%zu", n, stores, i);
		click(c, i, i, 1 + n % 5, key[i]);
	}
	pulse(c, 0);
	pulse(c, 3);
	leaving_init(&l, real, n, stores, 1);
	h->site.db = &l.db;
	turn_commit(&h->site, c->calls, c->count, &hands);
	for (int i = 0; i < 10 && (f.waits > 0 || h->site.doubt); i++)
		run_again(h, &f, &hands);
	h->site.db = real;
	assert_int_equal(f.answered, c->count);
	for (size_t i = 0; i < PEOPLE; i++) {
		expect(c, i, 200, "yes", "");
		assert_int_equal(number_of(c, key[i]), 1);
	}
	for (size_t i = PEOPLE; i < c->count; i++) {
		assert_int_equal(c->calls[i]->out.status, 200);
		assert_string_equal(told(c, i, "state"), "running");
		assert_string_equal(told(c, i, "pen"), "yes");
	}
	leave(c);
	return l.left;
}

/* Wherever it goes away, also between what was looked ahead for and what is done with it, each
 * click is there once and each is told once, as if nothing had been. */
static void a_server_that_goes_away_confuses_nobody(void **state)
{
	struct crowd c;
	struct err e = { 0 };
	struct journal_report report = { 0 };
	gather(&c, *state);
	for (int stores = 0; stores < 2; stores++) {
		int n = 0;
		while (leave_at(&c, n, stores == 1))
			n++;
		assert_true(n > 3 * PEOPLE);
	}
	assert_true(journal_verify(c.w.stage.h->site.db, &report, &e));
	assert_string_equal(report.why, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(each_is_told_as_if_alone, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_end_is_seen_by_what_follows, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_server_that_goes_away_confuses_nobody, set_up,
						tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
