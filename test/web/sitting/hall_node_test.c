/* The pages of hall nodes: HR gives a sitting away, has it back, or takes it back with a second
 * official; a node serves its sitting and nothing else, and brings by itself. */
#include "hall.h"

#include "app/hall_node/hall_node.h"
#include "visitor.h"
#include "web/hall_only.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void must(bool ok, const struct err *e)
{
	if (!ok)
		fail_msg("%s %s: %s", err_kind_name(e->kind), e->key, e->detail);
}

static const char *path(struct hall *w, const char *more)
{
	return arena_print(w->stage.h->arena, "/sittings/%lld%s", (long long)w->sitting, more);
}

static const char *hall_path(struct hall *w, const char *more)
{
	return arena_print(w->stage.h->arena, "/halls/%lld%s", (long long)w->id, more);
}

static const char *line_of(struct harness *h)
{
	struct envelope_party party;
	char *text = arena_alloc(h->arena, ENVELOPE_TEXT_SIZE);
	envelope_party_of(h->key, &party);
	envelope_party_print(&party, text);
	return text;
}

/* HR of another organ gets nothing of it. */
static void stranger_gets_no_package(struct hall *w)
{
	struct harness *h = w->stage.h;
	const int64_t stranger = harness_person(h, ROLE_HR);
	struct err e = { 0 };
	must(db_exec(h->site.db, &e, NULL, "UPDATE role_grant SET organ = $1 WHERE person_id = $2",
		     db_text(h->site.book->organs[1].code), db_int(stranger)),
	     &e);
	const int status = harness_get(h, stranger, path(w, "/node/package")).status;
	assert_true(status == 403 || status == 404);
}

/* A machine in the hall that has taken what the page hands out. */
static struct harness *take(struct hall *w, struct harness *node)
{
	struct harness *h = w->stage.h;
	struct act act = harness_act(node, 0);
	struct envelope_party centre;
	struct err e = { 0 };
	stranger_gets_no_package(w);
	const struct answer a = harness_get(h, w->stage.hr, path(w, "/node/package"));
	assert_int_equal(a.status, 200);
	assert_string_equal(a.type, "application/octet-stream");
	envelope_party_of(h->key, &centre);
	must(hall_take(&act, &centre, a.body, a.size, &e), &e);
	node->site.hall_node = true;
	return node;
}

static struct harness *open_node(void)
{
	struct harness *h = harness_open();
	struct err e = { 0 };
	must(db_exec(h->site.db, &e, NULL, "DELETE FROM access_setting"), &e);
	return h;
}

static void add_node(struct hall *w, struct harness *node)
{
	struct harness *h = w->stage.h;
	harness_check_page(h, w->stage.hr, hall_path(w, "/node"));
	harness_check_page(h, w->stage.hr, path(w, "/node"));
	struct answer a = harness_post(h, w->stage.hr, hall_path(w, "/node"), "party=none");
	assert_string_equal(a.error, "hall.error.party");
	assert_string_equal(a.field, "party");
	a = harness_post(h, w->stage.hr, hall_path(w, "/node"),
			 arena_print(h->arena, "party=%s", http_encode(h->arena, line_of(node))));
	assert_string_equal(a.location, hall_path(w, "/node"));
	harness_check_page(h, w->stage.hr, hall_path(w, "/node"));
	harness_check_page(h, w->stage.hr, path(w, "/node"));
}

static void give(struct hall *w)
{
	struct harness *h = w->stage.h;
	struct answer a = harness_post(h, w->operator, path(w, "/node/give"), "");
	assert_string_equal(a.error, "error.role");
	a = harness_post(h, w->stage.hr, path(w, "/node/give"), "");
	assert_string_equal(a.location, path(w, "/node"));
	harness_check_page(h, w->stage.hr, path(w, "/node"));
	harness_check_page(h, w->stage.hr, path(w, ""));
	harness_check_page(h, w->operator, path(w, ""));
	a = harness_html(h, w->operator, path(w, ""));
	assert_null(strstr(a.body, "/start\""));
}

static void there_and_back(void **state)
{
	struct hall w = hall_open(*state);
	struct harness *h = w.stage.h;
	struct harness *node = open_node();
	struct act system = harness_act(node, 0);
	const void *segment = NULL;
	size_t size = 0;
	struct err e = { 0 };
	hall_seal(&w);
	add_node(&w, node);
	give(&w);
	(void)take(&w, node);
	/* the candidate's page at the centre says where the test is */
	struct answer a = harness_html(h, w.candidate,
				       arena_print(h->arena, "/tests/%lld", (long long)w.attempt));
	assert_int_equal(a.status, 409);
	must(hall_bring(&system, &segment, &size, &e), &e);
	a = harness_upload(h, w.stage.hr, path(&w, "/node/bring"), "", "segment", "segment",
			   "no segment", strlen("no segment"));
	assert_string_equal(a.field, "segment");
	a = harness_upload(h, w.stage.hr, path(&w, "/node/bring"), "", "segment", "segment",
			   segment, size);
	assert_string_equal(a.location, path(&w, "/node"));
	harness_check_page(h, w.stage.hr, path(&w, "/node"));
	/* again by the node itself: nobody is signed in, and it was here already */
	a = harness_get(h, 0, "/hall-segments");
	assert_int_equal(a.status, 200);
	assert_true(strlen(answer_text(&a, "csrf")) > 0);
	a = harness_upload(h, 0, "/hall-segments", "", "segment", "segment", segment, size);
	assert_true(json_is_true(answer_value(&a, "received.before")));
	harness_close(node);
}

static void taken_back_by_two(void **state)
{
	struct hall w = hall_open(*state);
	struct harness *h = w.stage.h;
	struct harness *node = open_node();
	(void)visitor_account(h, w.second);
	hall_seal(&w);
	add_node(&w, node);
	give(&w);
	struct answer a = harness_post(h, w.stage.hr, path(&w, "/node/take-back"),
				       arena_print(h->arena,
						   "reason=lost&second=%lld"
						   "&second_password=wrong",
						   (long long)w.second));
	assert_string_equal(a.field, "second_password");
	a = harness_post(h, w.stage.hr, path(&w, "/node/take-back"),
			 arena_print(h->arena, "reason=lost&second=%lld&second_password=%s",
				     (long long)w.second, http_encode(h->arena, VISITOR_PASSWORD)));
	assert_string_equal(a.location, path(&w, "/node"));
	harness_check_page(h, w.stage.hr, path(&w, "/node"));
	a = harness_post(h, w.stage.hr, hall_path(&w, "/node/remove"), "");
	assert_string_equal(a.location, hall_path(&w, "/node"));
	harness_close(node);
}

/* Everything else is refused in words. */
static void a_node_serves_its_sitting_alone(void **state)
{
	static const char *const refused[] = { "/notices", "/competitions", "/halls/new",
					       "/announcements", "/sittings/new" };
	static const char *const served[] = { "/", "/sittings", "/halls", "/sign-in" };
	static const char *const told[] = { "/readyz", "/live" }; /* a balancer, a board */
	struct harness *h = *state;
	const int64_t person = harness_person(h, ROLE_OPERATOR | ROLE_HR);
	h->site.hall_node = true;
	for (size_t i = 0; i < COUNT(refused); i++) {
		const struct answer a = harness_html(h, person, refused[i]);
		if (a.status != 403 || !strstr(a.body, "Всё остальное делается в центре"))
			fail_msg("%s: %d", refused[i], a.status);
	}
	for (size_t i = 0; i < COUNT(served); i++) {
		const struct answer a = harness_html(h, person, served[i]);
		if (a.status != 200 || !strstr(a.body, "Узел зала"))
			fail_msg("%s: %d", served[i], a.status);
	}
	for (size_t i = 0; i < COUNT(told); i++)
		assert_int_not_equal(harness_get(h, person, told[i]).status, 403);
	struct answer a = harness_post(h, person, "/sittings/1/unseal", "reason=x");
	assert_string_equal(a.error, "hall.error.only");
	a = harness_post(h, person, "/sittings/1/names", "");
	assert_string_equal(a.error, "hall.error.only");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(there_and_back),
		HARNESS_TEST(taken_back_by_two),
		HARNESS_TEST(a_node_serves_its_sitting_alone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
