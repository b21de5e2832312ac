/* Whom the installation trusts (F12): two persons for an anchor (F20), lists that only become
 * newer. */
#include "signing.h"

#include "app/signature/trust.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const struct test_plan root_plan = { .key = { TEST_EC, 0 },
					    .name = "ROOT",
					    .serial = 1,
					    .authority = true,
					    .usage = USAGE_CERTIFICATES | USAGE_LISTS };
static const struct test_plan middle_plan = { .key = { TEST_EC, 1 },
					      .name = "MIDDLE",
					      .serial = 2,
					      .authority = true,
					      .usage = USAGE_CERTIFICATES | USAGE_LISTS };

static struct trust_form form_of(const struct test_holder *holder, bool anchor)
{
	return (struct trust_form){ holder->certificate.der.bytes, holder->certificate.der.size,
				    anchor, "приказ 5" };
}

static size_t anchors(struct harness *h)
{
	const struct act act = harness_act(h, 0);
	struct trust trust;
	struct err e = { 0 };
	assert_true(trust_load(&act, &trust, &e));
	return trust.anchor_count;
}

static void test_two_persons(void **state)
{
	struct harness *h = *state;
	const int64_t one = harness_person(h, ROLE_ADMIN);
	const int64_t two = harness_person(h, ROLE_ADMIN);
	const struct act first = harness_act(h, one);
	const struct act second = harness_act(h, two);
	const struct test_holder root = test_issue(h->arena, &root_plan, NULL);
	const struct trust_form form = form_of(&root, true);
	struct err e = { 0 };
	int64_t id = 0;
	assert_true(trust_add(&first, &form, &id, &e));
	assert_int_equal(anchors(h), 0);
	stage_refused("who asked", trust_answer(&first, id, true, &e), &e, ERR_CONFLICT,
		      "trust.error.self", NULL);
	e = (struct err){ 0 };
	stage_refused("twice", trust_add(&second, &form, &id, &e), &e, ERR_CONFLICT,
		      "trust.error.known", NULL);
	e = (struct err){ 0 };
	assert_true(trust_answer(&second, id, true, &e));
	assert_int_equal(anchors(h), 1);
	stage_refused("answered twice", trust_answer(&second, id, true, &e), &e, ERR_CONFLICT,
		      "trust.error.state", NULL);
	/* it counts until a second person agrees that it goes */
	e = (struct err){ 0 };
	assert_true(trust_remove(&second, id, "истёк", &e));
	assert_int_equal(anchors(h), 1);
	stage_refused("who asked", trust_answer(&second, id, true, &e), &e, ERR_CONFLICT,
		      "trust.error.self", NULL);
	e = (struct err){ 0 };
	assert_true(trust_answer(&first, id, false, &e));
	assert_int_equal(anchors(h), 1);
	assert_true(trust_remove(&first, id, "истёк", &e));
	assert_true(trust_answer(&second, id, true, &e));
	assert_int_equal(anchors(h), 0);
	assert_true(trust_add(&first, &form, &id, &e)); /* again, as a new one */
	assert_int_equal(stage_journalled(h, "trust.asked"), 2);
	assert_int_equal(stage_journalled(h, "trust.added"), 1);
	assert_int_equal(stage_journalled(h, "trust.leaving"), 2);
	assert_int_equal(stage_journalled(h, "trust.removed"), 1);
}

/* The command line asks, an administrator agrees; it does not agree itself. */
static void test_command_line(void **state)
{
	struct harness *h = *state;
	const struct act system = harness_act(h, 0);
	const struct act admin = harness_act(h, harness_person(h, ROLE_ADMIN));
	const struct test_holder root = test_issue(h->arena, &root_plan, NULL);
	const struct trust_form form = form_of(&root, true);
	struct err e = { 0 };
	int64_t id = 0;
	assert_true(trust_add(&system, &form, &id, &e));
	stage_refused("itself", trust_answer(&system, id, true, &e), &e, ERR_CONFLICT,
		      "trust.error.self", NULL);
	e = (struct err){ 0 };
	assert_int_equal(anchors(h), 0);
	assert_true(trust_answer(&admin, id, true, &e));
	assert_int_equal(anchors(h), 1);
}

static void test_who(void **state)
{
	struct harness *h = *state;
	const struct act hr = harness_act(h, harness_person(h, ROLE_HR));
	const struct test_holder root = test_issue(h->arena, &root_plan, NULL);
	const struct trust_form form = form_of(&root, true);
	struct err e = { 0 };
	int64_t id = 0;
	stage_refused("HR", trust_add(&hr, &form, &id, &e), &e, ERR_DENIED, "error.denied", NULL);
	e = (struct err){ 0 };
	stage_refused("HR", trust_remove(&hr, 1, "x", &e), &e, ERR_DENIED, "error.denied", NULL);
	e = (struct err){ 0 };
	stage_refused("HR", trust_answer(&hr, 1, true, &e), &e, ERR_DENIED, "error.denied", NULL);
	e = (struct err){ 0 };
	stage_refused("HR", trust_add_list(&hr, "", 0, &e), &e, ERR_DENIED, "error.denied", NULL);
	e = (struct err){ 0 };
	stage_refused("HR", trust_list_days(&hr, 3, &e), &e, ERR_DENIED, "error.denied", NULL);
}

static void test_authorities(void **state)
{
	struct harness *h = *state;
	struct signing s = signing_open(h);
	const struct act act = harness_act(h, s.admin);
	struct test_plan below = middle_plan;
	const struct test_holder stranger = test_issue(h->arena, &root_plan, NULL);
	const struct test_holder unknown = test_issue(h->arena, &middle_plan, &stranger);
	const struct test_holder middle = test_issue(h->arena, &below, &s.root);
	const struct test_holder person = signing_holder(&s, s.admin, NULL);
	struct trust_form form = form_of(&unknown, false);
	struct err e = { 0 };
	int64_t id = 0;
	stage_refused("of nobody", trust_add(&act, &form, &id, &e), &e, ERR_INPUT,
		      "trust.error.unknown", "file");
	e = (struct err){ 0 };
	form = form_of(&person, true);
	stage_refused("a person", trust_add(&act, &form, &id, &e), &e, ERR_INPUT,
		      "trust.error.not_authority", "file");
	e = (struct err){ 0 };
	form = (struct trust_form){ "hello", 5, true, "x" };
	stage_refused("nothing", trust_add(&act, &form, &id, &e), &e, ERR_INPUT,
		      "signature.error.certificate", "file");
	e = (struct err){ 0 };
	form = form_of(&middle, false);
	form.reason = "";
	stage_refused("no reason", trust_add(&act, &form, &id, &e), &e, ERR_INPUT, "error.required",
		      "reason");
	e = (struct err){ 0 };
	form.reason = "приказ 6";
	assert_true(trust_add(&act, &form, &id, &e)); /* counts at once */
	struct trust trust;
	assert_true(trust_load(&act, &trust, &e));
	assert_int_equal(trust.authority_count, 1);
	assert_true(trust_remove(&act, id, "ушёл", &e));
	assert_true(trust_load(&act, &trust, &e));
	assert_int_equal(trust.authority_count, 0);
}

static bool add_list(const struct signing *s, const struct test_list *plan, struct err *e)
{
	const struct act act = harness_act(s->h, s->admin);
	const struct der der = test_crl_bytes(s->h->arena, plan);
	return trust_add_list(&act, der.bytes, der.size, e);
}

static void test_lists(void **state)
{
	struct harness *h = *state;
	struct signing s = signing_open(h); /* has number 10, of yesterday */
	struct test_plan fake_plan = s.root.plan;
	struct err e = { 0 };
	fake_plan.key.number = 3;
	const struct test_holder fake = test_issue(h->arena, &fake_plan, NULL);
	struct test_list plan = { .issuer = &fake, .number = 11, .made_ms = s.now_ms };
	stage_refused("of the fake", add_list(&s, &plan, &e), &e, ERR_INPUT, "trust.error.issuer",
		      "file");
	e = (struct err){ 0 };
	plan.issuer = &s.root;
	plan.number = 9;
	stage_refused("an older number", add_list(&s, &plan, &e), &e, ERR_CONFLICT,
		      "trust.error.older", NULL);
	e = (struct err){ 0 };
	plan.number = 10;
	stage_refused("the same number", add_list(&s, &plan, &e), &e, ERR_CONFLICT,
		      "trust.error.older", NULL);
	e = (struct err){ 0 };
	plan.number = 12;
	plan.made_ms = s.now_ms + TEST_DAY_MS;
	stage_refused("of tomorrow", add_list(&s, &plan, &e), &e, ERR_INPUT, "trust.error.future",
		      "file");
	e = (struct err){ 0 };
	plan.made_ms = s.now_ms;
	plan.delta = true;
	stage_refused("a delta", add_list(&s, &plan, &e), &e, ERR_INPUT, "signature.error.crl",
		      "file");
	e = (struct err){ 0 };
	plan.delta = false;
	assert_true(add_list(&s, &plan, &e));
	const struct act act = harness_act(h, s.admin);
	struct trust trust;
	assert_true(trust_load(&act, &trust, &e));
	assert_int_equal(trust.list_count, 1);
	assert_string_equal(trust.lists[0].number, "0C");
	assert_int_equal(stage_journalled(h, "trust.list"), 2);
}

static void test_days(void **state)
{
	struct harness *h = *state;
	const struct act act = harness_act(h, harness_person(h, ROLE_ADMIN));
	struct trust trust;
	struct err e = { 0 };
	assert_true(trust_load(&act, &trust, &e));
	assert_int_equal(trust.list_most_ms, 7 * TEST_DAY_MS);
	assert_true(trust_list_days(&act, 30, &e));
	assert_true(trust_load(&act, &trust, &e));
	assert_int_equal(trust.list_most_ms, 30 * TEST_DAY_MS);
	stage_refused("none", trust_list_days(&act, 0, &e), &e, ERR_INPUT, "trust.error.days",
		      "days");
	e = (struct err){ 0 };
	stage_refused("for ever", trust_list_days(&act, 91, &e), &e, ERR_INPUT, "trust.error.days",
		      "days");
}

static bool run_add(const struct act *act, void *user, struct err *e)
{
	int64_t id = 0;
	return trust_add(act, user, &id, e);
}

static void test_all_or_nothing(void **state)
{
	struct harness *h = *state;
	const int64_t admin = harness_person(h, ROLE_ADMIN);
	const struct test_holder root = test_issue(h->arena, &root_plan, NULL);
	struct trust_form form = form_of(&root, true);
	stage_all_or_nothing(h, admin, run_add, &form);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_two_persons),
		HARNESS_TEST(test_command_line),
		HARNESS_TEST(test_who),
		HARNESS_TEST(test_authorities),
		HARNESS_TEST(test_lists),
		HARNESS_TEST(test_days),
		HARNESS_TEST(test_all_or_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
