/* What the loop counts: by class and status alone, and what candidates were told (F46, F48). */
#include "harness.h"

#include "web/sitting/test.h"
#include "web/watch/figures.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static bool handle(struct req *r, json_t *model, struct err *e)
{
	(void)r;
	(void)model;
	(void)e;
	return true;
}

static const struct param none[] = { PARAMS_END };
static const struct route page = {
	.method = GET, .path = "/page", .handler = handle, .page = "home/index", .params = none
};
static const struct route form = {
	.method = POST, .path = "/form", .handler = handle, .page = "home/index", .params = none
};
static const struct route program = {
	.method = GET, .path = "/program", .handler = handle, .params = none
};
static const struct route question = {
	.method = GET, .path = "/tests/:attempt/x", .handler = handle, .params = none
};
static const struct route click = {
	.method = POST, .path = "/tests/:attempt/answers", .handler = test_answer, .params = none
};

/* A call of that route which was answered so. */
static void answered(struct harness *h, const struct route *route, int status, enum err_kind kind,
		     const char *saved)
{
	struct call *c = call_new(&h->site);
	c->req.route = route;
	c->out.status = status;
	c->err.kind = kind;
	if (saved) {
		(void)json_object_set_new(c->model, "saved", json_boolean(*saved == '\0'));
		(void)json_object_set_new(c->model, "refusal", json_string(saved));
	}
	c->arrived_us = clock_monotonic_us() - 3000;
	figures_answered(&h->site, c);
	call_free(c);
}

static void expect(struct harness *h, const char *line)
{
	struct buf out = buf_on(h->arena);
	figures_print(h->site.figures, &out);
	if (!strstr(out.text, arena_print(h->arena, "\n%s\n", line)))
		fail_msg("%s is not in\n%s", line, out.text);
}

static void test_classes(void **state)
{
	static const struct {
		const struct route *route;
		int status;
		const char *line;
	} row[] = {
		{ &page, 200, "konkurs_requests_total{class=\"page\",code=\"200\"} 1" },
		{ &page, 404, "konkurs_requests_total{class=\"page\",code=\"404\"} 1" },
		{ &form, 303, "konkurs_requests_total{class=\"form\",code=\"303\"} 1" },
		{ &program, 503, "konkurs_requests_total{class=\"program\",code=\"503\"} 1" },
		{ &question, 200, "konkurs_requests_total{class=\"test\",code=\"200\"} 1" },
		/* a status that nobody has foreseen makes no label of its own */
		{ &page, 299, "konkurs_requests_total{class=\"page\",code=\"other\"} 1" },
		{ NULL, 200, "konkurs_requests_total{class=\"asset\",code=\"200\"} 1" },
	};
	struct harness *h = *state;
	h->site.figures = figures_new();
	expect(h, "konkurs_requests_total{class=\"page\",code=\"503\"} 0");
	for (size_t i = 0; i < COUNT(row); i++) {
		answered(h, row[i].route, row[i].status, ERR_NONE, NULL);
		expect(h, row[i].line);
	}
	answered(h, NULL, 404, ERR_MISSING, NULL);
	expect(h, "konkurs_requests_total{class=\"unknown\",code=\"404\"} 1");
	expect(h, "konkurs_request_duration_seconds_count{class=\"page\"} 3");
	expect(h, "konkurs_request_duration_seconds_bucket{class=\"page\",le=\"0.002\"} 0");
	figures_free(h->site.figures);
	h->site.figures = NULL;
}

static void test_answers(void **state)
{
	struct harness *h = *state;
	h->site.figures = figures_new();
	answered(h, &click, 200, ERR_NONE, "");
	answered(h, &click, 200, ERR_NONE, "");
	answered(h, &click, 200, ERR_NONE, "late");
	answered(h, &click, 200, ERR_NONE, "moved");
	answered(h, &click, 409, ERR_CONFLICT, NULL);
	answered(h, &click, 503, ERR_BUSY, NULL);
	expect(h, "konkurs_answers_total{result=\"saved\"} 2");
	expect(h, "konkurs_answers_total{result=\"late\"} 1");
	expect(h, "konkurs_answers_total{result=\"moved\"} 1");
	expect(h, "konkurs_answers_total{result=\"refused\"} 1");
	expect(h, "konkurs_answers_total{result=\"failed\"} 1");
	expect(h, "konkurs_requests_total{class=\"answer\",code=\"200\"} 4");
	figures_free(h->site.figures);
	h->site.figures = NULL;
}

static void test_turns(void **state)
{
	struct harness *h = *state;
	struct figures *f = h->site.figures = figures_new();
	figures_turn(f, 0, 0); /* all of them have gone: no turn */
	figures_turn(f, 5, 0);
	figures_turn(f, 40, 3);
	figures_commit(f, 1500, true);
	figures_commit(f, 700000, false);
	figures_again(f);
	figures_turn_over(f, 12000);
	figures_settled(f, false, false); /* not known yet */
	figures_settled(f, true, true);
	assert_int_equal(figures_turns(f), 2);
	expect(h, "konkurs_turn_requests_count 2");
	expect(h, "konkurs_turn_requests_sum 45");
	expect(h, "konkurs_turn_requests_bucket{le=\"8.0\"} 1");
	expect(h, "konkurs_turn_written_requests_count 1");
	expect(h, "konkurs_commit_duration_seconds_bucket{le=\"0.002\"} 1");
	expect(h, "konkurs_commit_duration_seconds_sum 0.7015");
	expect(h, "konkurs_commits_failed_total 1");
	expect(h, "konkurs_turns_again_total 1");
	expect(h, "konkurs_turn_duration_seconds_sum 0.012");
	expect(h, "konkurs_commits_settled_total{result=\"stored\"} 1");
	expect(h, "konkurs_commits_settled_total{result=\"undone\"} 0");
	figures_free(f);
	h->site.figures = NULL;
}

/* A site that nobody watches counts nothing, and runs. */
static void test_nobody(void **state)
{
	struct harness *h = *state;
	figures_turn(NULL, 1, 1);
	figures_commit(NULL, 1, true);
	figures_again(NULL);
	figures_turn_over(NULL, 1);
	figures_settled(NULL, true, true);
	assert_int_equal(figures_turns(NULL), 0);
	answered(h, &page, 200, ERR_NONE, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_classes),
		HARNESS_TEST(test_answers),
		HARNESS_TEST(test_turns),
		HARNESS_TEST(test_nobody),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
