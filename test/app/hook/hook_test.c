/* Addresses for webhooks, the outbox and its sender. */
#include "stage.h"

#include "app/entry_kind.h"
#include "app/hook/hook.h"
#include "app/hook/outbox.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static json_t *events_of(struct harness *h, const char *kind)
{
	json_t *events = json_pack("[s]", kind);
	json_in_arena(h->arena, events);
	return events;
}

static int64_t number(struct harness *h, const char *what)
{
	struct err e = { 0 };
	int64_t count = 0;
	bool ok = false;
	if (strcmp(what, "queued") == 0)
		ok = db_number(h->site.db, &e, &count,
			       "SELECT COUNT(*) FROM hook_delivery WHERE state = 'queued'");
	else if (strcmp(what, "sent") == 0)
		ok = db_number(h->site.db, &e, &count,
			       "SELECT COUNT(*) FROM hook_delivery WHERE state = 'sent'");
	else
		ok = db_number(h->site.db, &e, &count,
			       "SELECT COUNT(*) FROM notice WHERE kind = $1", db_text(what));
	assert_true(ok);
	return count;
}

static const char *text(struct harness *h, int64_t id)
{
	struct err e = { 0 };
	const char *state = NULL;
	assert_true(db_string(h->site.db, h->arena, &e, &state,
			      "SELECT state || ' ' || why FROM hook WHERE id = $1", db_int(id)));
	return state;
}

/* Two administrators, and an address that both have let in. */
struct two {
	int64_t first, second, id;
	const char *secret;
};

static struct two let_in(struct harness *h, const char *kind)
{
	struct err e = { 0 };
	struct two t = { .first = harness_person(h, ROLE_ADMIN),
			 .second = harness_person(h, ROLE_ADMIN) };
	const struct hook_form form = { "https://a.kz/hook", "why", false, events_of(h, kind) };
	const struct act first = harness_act(h, t.first), second = harness_act(h, t.second);
	assert_true(hook_ask(&first, &form, &t.id, &t.secret, &e));
	assert_true(hook_answer(&second, t.id, true, &e));
	return t;
}

static bool happens(struct harness *h, const char *kind, bool kept)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	const struct act act = harness_act(h, 0);
	struct err e = { 0 };
	return db_begin(act.db, &tx, &e) &&
	       act_journal(&act, kind, 7, "competition/7", json_pack("{s:s}", "name", "secret"),
			   &e) &&
	       (!kept || db_commit(&tx, &e));
}

static void two_let_an_address_in(void **state)
{
	struct harness *h = *state;
	struct err e = { 0 };
	int64_t id = 0;
	const char *secret = NULL;
	const int64_t admin = harness_person(h, ROLE_ADMIN), other = harness_person(h, ROLE_ADMIN);
	const struct act act = harness_act(h, admin), second = harness_act(h, other);
	const struct act hr = harness_act(h, harness_person(h, ROLE_HR));
	struct hook_form form = { "http://a.kz/", "", false, events_of(h, "test.answer") };
	stage_refused("HR", hook_ask(&hr, &form, &id, &secret, &e), &e, ERR_DENIED, "error.denied",
		      NULL);
	err_clear(&e);
	stage_refused("in the clear", hook_ask(&act, &form, &id, &secret, &e), &e, ERR_INPUT,
		      "hook.error.url.scheme", "url");
	err_clear(&e);
	form.url = "https://a.kz/";
	stage_refused("without a reason", hook_ask(&act, &form, &id, &secret, &e), &e, ERR_INPUT,
		      "error.required", "reason");
	err_clear(&e);
	form.reason = "why";
	stage_refused("a kind that nobody is told", hook_ask(&act, &form, &id, &secret, &e), &e,
		      ERR_INPUT, "error.choice", "events");
	err_clear(&e);
	form.events = events_of(h, "competition.announced");
	assert_true(hook_ask(&act, &form, &id, &secret, &e));
	assert_int_equal(strncmp(secret, "whsec_", 6), 0);
	assert_int_equal(number(h, "hook.asked"), 1); /* the other administrator alone */
	stage_refused("asked for", hook_ask(&second, &form, &id, &secret, &e), &e, ERR_CONFLICT,
		      "hook.error.known", NULL);
	err_clear(&e);
	assert_true(happens(h, "competition.announced", true));
	assert_int_equal(number(h, "queued"), 0); /* nobody has let it in */
	stage_refused("oneself", hook_answer(&act, id, true, &e), &e, ERR_DENIED, "hook.error.same",
		      NULL);
	err_clear(&e);
	assert_true(hook_answer(&second, id, true, &e));
	stage_refused("twice", hook_answer(&second, id, false, &e), &e, ERR_CONFLICT,
		      "hook.error.answered", NULL);
	err_clear(&e);
	assert_string_equal(text(h, id), "on ");
	assert_true(hook_off(&act, id, &e)); /* one is enough */
	assert_string_equal(text(h, id), "off ");
	stage_refused("off", hook_test(&act, id, &e), &e, ERR_CONFLICT, "hook.error.off", NULL);
	err_clear(&e);
	assert_true(hook_ask_again(&second, id, "once more", &e));
	stage_refused("oneself, again", hook_answer(&second, id, true, &e), &e, ERR_DENIED,
		      "hook.error.same", NULL);
	err_clear(&e);
	assert_true(hook_answer(&act, id, false, &e));
	assert_string_equal(text(h, id), "refused ");
}

static void nobody_answers_for_a_week(void **state)
{
	struct harness *h = *state;
	struct err e = { 0 };
	int64_t id = 0;
	const char *secret = NULL;
	const int64_t other = harness_person(h, ROLE_ADMIN);
	const struct act act = harness_act(h, harness_person(h, ROLE_ADMIN));
	const struct hook_form form = { "https://a.kz/", "why", false,
					events_of(h, "competition.closed") };
	assert_true(hook_ask(&act, &form, &id, &secret, &e));
	struct act late = harness_act(h, other);
	late.now_ms += (int64_t)7 * 24 * 60 * 60 * 1000;
	stage_refused("too late", hook_answer(&late, id, true, &e), &e, ERR_CONFLICT,
		      "hook.error.answered", NULL);
}

static void what_is_told(void **state)
{
	struct harness *h = *state;
	struct hook_delivery d = { 0 };
	struct err e = { 0 };
	bool found = false;
	const struct two t = let_in(h, "competition.announced");
	assert_true(happens(h, "competition.closed", true)); /* not wanted */
	assert_true(happens(h, "competition.announced", false));
	assert_int_equal(number(h, "queued"), 0); /* it did not happen */
	assert_true(happens(h, "competition.announced", true));
	const struct act act = harness_act(h, 0);
	assert_true(hook_claim(&act, &d, &found, &e));
	assert_true(found);
	assert_string_equal(d.url, "https://a.kz/hook");
	assert_string_equal(d.body, "{\"type\":\"competition.announced\",\"timestamp\":"
				    "\"2026-03-02T10:00:00+05:00\",\"data\":{\"competition\":7,"
				    "\"subject\":\"competition/7\"}}");
	assert_string_equal(hook_secret_text(h->arena, d.secret), t.secret);
	assert_true(hook_settle(&act, &d, HOOK_END_SENT, 204, "", &e));
	assert_true(hook_claim(&act, &d, &found, &e));
	assert_false(found);
	assert_int_equal(number(h, "sent"), 1);
}

/* One that fails holds back those behind it. */
static void order_is_kept(void **state)
{
	struct harness *h = *state;
	struct hook_delivery d = { 0 };
	struct hook_delivery again = { 0 };
	struct err e = { 0 };
	bool found = false;
	(void)let_in(h, "competition.closed");
	for (int i = 0; i < 3; i++)
		assert_true(happens(h, "competition.closed", true));
	struct act act = harness_act(h, 0);
	assert_true(hook_claim(&act, &d, &found, &e));
	assert_true(found);
	assert_true(hook_claim(&act, &again, &found, &e));
	assert_false(found); /* it is put off, whoever asks */
	assert_true(hook_settle(&act, &d, HOOK_END_LATER, 500, "status", &e));
	act.now_ms += hook_pause_ms(1);
	assert_true(hook_claim(&act, &again, &found, &e));
	assert_true(found);
	assert_int_equal(again.id, d.id);
	assert_string_equal(again.message, d.message);
	assert_int_equal(again.attempts, 2);
	/* the first sender wakes up: it is not its attempt any more */
	assert_true(hook_settle(&act, &d, HOOK_END_SENT, 200, "", &e));
	assert_int_equal(number(h, "sent"), 0);
	assert_true(hook_settle(&act, &again, HOOK_END_SENT, 200, "", &e));
	assert_true(hook_claim(&act, &again, &found, &e));
	assert_true(found && again.id > d.id);
}

static void given_up_after_five_days(void **state)
{
	struct harness *h = *state;
	struct hook_delivery d = { 0 };
	struct err e = { 0 };
	bool found = true;
	const struct two t = let_in(h, "competition.closed");
	assert_true(happens(h, "competition.closed", true));
	assert_true(happens(h, "competition.closed", true));
	struct act act = harness_act(h, 0);
	const int64_t begun = act.now_ms;
	int attempts = 0;
	while (found) {
		assert_true(hook_claim(&act, &d, &found, &e));
		if (found)
			assert_true(hook_settle(&act, &d, HOOK_END_LATER, 0, "unreachable", &e));
		attempts = found ? d.attempts : attempts;
		act.now_ms += found ? hook_pause_ms(d.attempts) : 0;
	}
	assert_true(act.now_ms - begun >= HOOK_GIVE_UP_MS);
	assert_in_range(attempts, 20, 40);
	assert_string_equal(text(h, t.id), "off given_up");
	assert_int_equal(number(h, "hook.stopped"), 2); /* both administrators */
	assert_int_equal(number(h, "queued"), 1);       /* the other one waits */
	const struct act first = harness_act(h, t.first), second = harness_act(h, t.second);
	assert_true(hook_ask_again(&first, t.id, "mended", &e));
	assert_true(hook_answer(&second, t.id, true, &e));
	assert_true(hook_resend(&first, d.id, &e));
	act = harness_act(h, 0);
	const int64_t resent = d.id;
	assert_true(hook_claim(&act, &d, &found, &e));
	assert_true(found && d.id == resent && d.attempts == 1);
	assert_true(hook_settle(&act, &d, HOOK_END_GONE, 410, "gone", &e));
	assert_string_equal(text(h, t.id), "off gone");
}

static void an_administrator_clears_the_way(void **state)
{
	struct harness *h = *state;
	struct hook_delivery d = { 0 };
	struct err e = { 0 };
	bool found = false;
	const struct two t = let_in(h, "competition.closed");
	const struct act admin = harness_act(h, t.first);
	const struct act hr = harness_act(h, harness_person(h, ROLE_HR));
	assert_true(hook_test(&admin, t.id, &e));
	assert_true(happens(h, "competition.closed", true));
	const struct act act = harness_act(h, 0);
	assert_true(hook_claim(&act, &d, &found, &e));
	assert_non_null(strstr(d.body, "\"type\":\"test\""));
	stage_refused("HR", hook_drop(&hr, d.id, &e), &e, ERR_DENIED, "error.denied", NULL);
	err_clear(&e);
	assert_true(hook_drop(&admin, d.id, &e));
	stage_refused("dropped", hook_drop(&admin, d.id, &e), &e, ERR_CONFLICT, "hook.error.ended",
		      NULL);
	err_clear(&e);
	const int64_t dropped = d.id;
	assert_true(hook_claim(&act, &d, &found, &e));
	assert_true(found && d.id != dropped);
}

static bool ask(const struct act *act, void *user, struct err *e)
{
	const char *secret = NULL;
	int64_t id = 0;
	const struct hook_form form = { "https://b.kz/", "why", false, user };
	return hook_ask(act, &form, &id, &secret, e);
}

static bool happen(const struct act *act, void *user, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	(void)user;
	return db_begin(act->db, &tx, e) &&
	       act_journal(act, "competition.closed", 7, "competition/7", json_object(), e) &&
	       db_commit(&tx, e);
}

static void all_or_nothing(void **state)
{
	struct harness *h = *state;
	const struct two t = let_in(h, "competition.closed");
	stage_all_or_nothing(h, t.first, ask, events_of(h, "competition.closed"));
	stage_all_or_nothing(h, t.first, happen, NULL);
}

static void pauses_grow(void **state)
{
	(void)state;
	assert_int_equal(hook_pause_ms(0), 5000);
	assert_int_equal(hook_pause_ms(1), 5000);
	for (int i = 2; i <= 9; i++)
		assert_true(hook_pause_ms(i) > hook_pause_ms(i - 1));
	assert_int_equal(hook_pause_ms(9), 6 * 60 * 60 * 1000);
	assert_int_equal(hook_pause_ms(1000), 6 * 60 * 60 * 1000);
}

/* In the order in which the list is looked through, and known to the journal. */
static void kinds_are_entries(void **state)
{
	(void)state;
	for (size_t i = 0; hook_kinds[i]; i++) {
		if (!entry_kind_is_known(hook_kinds[i]))
			fail_msg("%s is no kind of entry", hook_kinds[i]);
		if (i > 0 && strcmp(hook_kinds[i - 1], hook_kinds[i]) >= 0)
			fail_msg("%s is out of order", hook_kinds[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(two_let_an_address_in),
		HARNESS_TEST(nobody_answers_for_a_week),
		HARNESS_TEST(what_is_told),
		HARNESS_TEST(order_is_kept),
		HARNESS_TEST(given_up_after_five_days),
		HARNESS_TEST(an_administrator_clears_the_way),
		HARNESS_TEST(all_or_nothing),
		cmocka_unit_test(pauses_grow),
		cmocka_unit_test(kinds_are_entries),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
