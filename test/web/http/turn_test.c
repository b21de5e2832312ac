/* One turn is one transaction: refused requests undo themselves alone, a failed commit undoes
 * all, and nobody is told "done" of what is not on disk. */
#include "harness.h"

#include "app/form_done.h"
#include "faulty.h"
#include "leaving.h"
#include "view/view.h"
#include "web/http/turn.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- routes of this test --------------------------------------------------- */

static bool add(struct req *r)
{
	return db_exec(r->db, NULL, NULL,
		       "INSERT INTO law_text (hash, kind, name, body, added_ms)"
		       " SELECT CAST(COUNT(*) AS TEXT), 'test', '', '', 0 FROM law_text");
}

static bool write_one(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	if (!add(r))
		return err_set(e, ERR_DB, "error.storage", "the test could not write");
	req_go(r, "/");
	return true;
}

static bool write_and_refuse(struct req *r, json_t *model, struct err *e)
{
	return write_one(r, model, e) &&
	       err_law(e, "10", "error.conflict", "refused after writing");
}

static bool write_and_say_no(struct req *r, json_t *model, struct err *e)
{
	(void)err_input(&r->refused, "password", "error.sign_in", "kept, and still no");
	return write_one(r, model, e);
}

static bool count_all(struct req *r, json_t *model, struct err *e)
{
	int64_t n = 0;
	if (!db_number(r->db, e, &n, "SELECT COUNT(*) FROM law_text"))
		return false;
	(void)json_object_set_new(model, "count", json_integer(n));
	return true;
}

static bool send_file(struct req *r, json_t *model, struct err *e)
{
	static const struct upload file = { "f", "Қорытынды \"1\".pdf", "application/pdf", "%PDF",
					    4 };
	(void)model;
	(void)e;
	r->download = &file;
	return true;
}

static bool restricted_view(struct req *r, json_t *model, struct err *e)
{
	return add(r) && count_all(r, model, e);
}

static const struct param none[] = { PARAMS_END };

#define ROUTE(m, f, ...)                                                                           \
	((const struct route){ .method = m,                                                        \
			       .path = "/test",                                                    \
			       .who = ROLE_PUBLIC,                                                 \
			       .handler = f,                                                       \
			       .params = none,                                                     \
			       .help = "Of the test.",                                             \
			       __VA_ARGS__ })

static const struct route writes = ROUTE(POST, write_one);
static const struct route refuses = ROUTE(POST, write_and_refuse);
static const struct route keeps = ROUTE(POST, write_and_say_no);
static const struct route reads = ROUTE(GET, count_all);
static const struct route downloads = ROUTE(GET, send_file);
static const struct route journals = ROUTE(GET, restricted_view, .journalled = true);

/* A call that is ready for the turn. */
static struct call *prepare(struct harness *h, int64_t person, const struct route *route)
{
	struct call *c = call_new(&h->site);
	c->in.method = method_name(route->method);
	c->in.accept = "application/json";
	c->in.cookie = harness_cookie(h, person);
	c->in.csrf = harness_csrf(h, person);
	c->req.route = route;
	return c;
}

static int64_t rows(struct harness *h)
{
	struct err e = { 0 };
	int64_t n = -1;
	assert_true(db_number(h->site.db, &e, &n, "SELECT COUNT(*) FROM law_text"));
	return n;
}

/* Runs one turn; leaves the answers' status in `ret`. */
static void run(struct harness *h, int64_t person, const struct route *const *route, size_t count,
		int *ret)
{
	struct call *calls[8];
	assert_true(count <= COUNT(calls));
	for (size_t i = 0; i < count; i++)
		calls[i] = prepare(h, person, route[i]);
	turn_run(&h->site, calls, count);
	for (size_t i = 0; i < count; i++) {
		ret[i] = calls[i]->out.status;
		call_free(calls[i]);
	}
}

/* ---- tests ----------------------------------------------------------------- */

static void a_refusal_undoes_itself_alone(void **state)
{
	struct harness *h = *state;
	int64_t person = harness_person(h, 0);
	const struct route *const turn[] = { &writes, &refuses, &writes, &keeps };
	int status[COUNT(turn)];
	run(h, person, turn, COUNT(turn), status);
	assert_int_equal(status[0], 200);
	assert_int_equal(status[1], 422);
	assert_int_equal(status[2], 200);
	assert_int_equal(status[3], 422);
	assert_int_equal(rows(h), 3); /* the one that says no keeps its row */
}

/* Makes the n-th operation of a turn fail, for every n: an answer of "done" and its row are there
 * together or not at all. */
static void done_means_stored(void **state)
{
	struct harness *h = *state;
	int64_t person = harness_person(h, 0);
	const struct route *const turn[] = { &writes, &writes };
	struct db *real = h->site.db;
	bool failed = true;
	int n = 0;
	for (; failed; n++) {
		struct faulty f;
		int status[COUNT(turn)];
		int64_t before = rows(h);
		faulty_init(&f, real, n);
		h->site.db = &f.db;
		run(h, person, turn, COUNT(turn), status);
		h->site.db = real;
		failed = f.failed;
		int64_t done = (status[0] == 200) + (status[1] == 200);
		if (rows(h) - before != done)
			fail_msg("operation %d: %d answers of done, %d rows", n, (int)done,
				 (int)(rows(h) - before));
	}
	assert_true(n > 5); /* begin, savepoints, inserts, releases, commit */
}

/* ---- a database that goes away ------------------------------------------------------------- */

enum { TURN_CALLS = 4 };

/* What became of the calls of a turn. */
struct fate {
	struct call *waiting[TURN_CALLS];
	size_t waits;
	int status[TURN_CALLS]; /* by their order in the turn; 0 none yet */
	const struct call *call[TURN_CALLS];
};

static void note_answer(void *user, struct call *c)
{
	struct fate *f = user;
	call_answer(c);
	for (size_t i = 0; i < TURN_CALLS; i++) {
		if (f->call[i] != c)
			continue;
		assert_int_equal(f->status[i], 0); /* answered once */
		f->status[i] = c->out.status;
	}
}

static void note_wait(void *user, struct call *c)
{
	struct fate *f = user;
	assert_int_equal(c->err.kind, ERR_NONE); /* as it was */
	assert_true(f->waits < TURN_CALLS);
	f->waiting[f->waits++] = c;
}

/* What the server does each quarter of a second: asks, and runs again what waits. */
static void run_again(struct harness *h, struct fate *f, const struct turn_hands *hands)
{
	struct call *calls[TURN_CALLS];
	h->site.tried_ms -= SITE_TRY_MS;
	if (!turn_reach(&h->site, hands))
		return;
	const size_t count = f->waits;
	memcpy((void *)calls, (const void *)f->waiting, sizeof(calls));
	f->waits = 0;
	turn_commit(&h->site, calls, count, hands);
}

/* The server goes away at operation `n`; whether it did. */
static bool leave_at(struct harness *h, int64_t person, int n, bool stores, int away)
{
	static const struct route *const turn[TURN_CALLS] = { &writes, &reads, &refuses, &writes };
	struct db *real = h->site.db;
	const int64_t before = rows(h);
	struct call *calls[TURN_CALLS];
	struct leaving l;
	struct fate f = { 0 };
	const struct turn_hands hands = { note_answer, note_wait, &f };
	leaving_init(&l, real, n, stores, away);
	h->site.db = &l.db;
	for (size_t i = 0; i < TURN_CALLS; i++)
		f.call[i] = calls[i] = prepare(h, person, turn[i]);
	turn_commit(&h->site, calls, TURN_CALLS, &hands);
	for (int i = 0; i < 10 && (f.waits > 0 || h->site.doubt); i++)
		run_again(h, &f, &hands);
	h->site.db = real;
	const bool right = f.status[0] == 200 && f.status[1] == 200 && f.status[2] == 422 &&
			   f.status[3] == 200 && !h->site.away && !h->site.doubt;
	if (!right || rows(h) - before != 2)
		fail_msg("operation %d, stored %d, away %d: %d %d %d %d, %d rows", n, stores, away,
			 f.status[0], f.status[1], f.status[2], f.status[3],
			 (int)(rows(h) - before));
	for (size_t i = 0; i < TURN_CALLS; i++)
		call_free(calls[i]);
	return l.left;
}

/* Wherever the server goes away, and whether or not it has stored what it did not confirm: each
 * call is answered once, as if nothing had been, and its rows are there once. */
static void a_lost_connection_loses_and_doubles_nothing(void **state)
{
	struct harness *h = *state;
	const int64_t person = harness_person(h, 0);
	const int away[] = { 0, 1, 4 };
	for (size_t i = 0; i < COUNT(away); i++) {
		int n = 0;
		while (leave_at(h, person, n, false, away[i]))
			n++;
		assert_true(n > 10);
		n = 0;
		while (leave_at(h, person, n, true, away[i]))
			n++;
		assert_true(n > 10);
	}
}

/* What needs no database is answered while it is away; without somebody who waits the rest is told
 * to come again. */
static void what_asks_nothing_is_answered_meanwhile(void **state)
{
	struct harness *h = *state;
	struct leaving l;
	leaving_init(&l, h->site.db, 0, false, 100);
	struct db *real = h->site.db;
	h->site.db = &l.db;
	struct answer a = harness_get(h, 0, "/announcements");
	assert_int_equal(a.status, 503);
	assert_non_null(http_header_of(a.out, "Retry-After"));
	assert_true(h->site.away);
	assert_int_equal(harness_get(h, 0, "/healthz").status, 200);
	h->site.db = real;
	assert_int_equal(harness_get(h, 0, "/announcements").status, 503); /* not asked at once */
	h->site.tried_ms -= SITE_TRY_MS;
	assert_int_equal(harness_get(h, 0, "/announcements").status, 200);
}

/* Whoever has waited too long is told so in their language, and gets back what was typed. */
static void what_was_typed_is_offered_again(void **state)
{
	struct harness *h = *state;
	static const char body[] = "reason=%D0%9A%D3%A9%D1%88%D1%96%D1%80%D0%BC%D0%B5&csrf=x";
	struct call *c = call_new(&h->site);
	c->in = (struct http_in){ .method = "POST",
				  .path = "/appeals/7/reject",
				  .accept = "text/html",
				  .accept_language = "kk",
				  .content_type = "application/x-www-form-urlencoded",
				  .body = body,
				  .size = sizeof(body) - 1 };
	static const struct route form = ROUTE(POST, write_one, .page = "home/index");
	c->req.route = &form;
	call_fail_away(c);
	call_answer(c);
	assert_int_equal(c->out.status, 503);
	assert_non_null(http_header_of(&c->out, "Retry-After"));
	const char *page = arena_copy_n(h->arena, c->out.body, c->out.size);
	assert_non_null(strstr(page, "value=\"Көшірме\""));
	assert_non_null(strstr(page, "action=\"/appeals/7/reject\""));
	assert_non_null(strstr(page, "Қайта жіберу"));
	call_free(c);
}

/* Without a database nobody knows whether somebody is signed in: neither a name nor the way in is
 * shown, only the way back to the page. */
static void nobody_is_taken_for_signed_out(void **state)
{
	static const struct {
		const char *language, *retry, *sign_in;
	} row[] = { { "kk", "Қайталау", "Кіру" }, { "ru", "Повторить", "Войти" } };
	struct harness *h = *state;
	for (size_t i = 0; i < COUNT(row); i++) {
		struct call *c = call_new(&h->site);
		c->in = (struct http_in){ .method = "GET",
					  .path = "/competitions",
					  .query = "q=x&page=2",
					  .cookie = COOKIE_SESSION "=somebody",
					  .accept = "text/html",
					  .accept_language = row[i].language };
		call_begin(c);
		call_fail_away(c);
		call_answer(c);
		assert_int_equal(c->out.status, 503);
		const char *page = arena_copy_n(h->arena, c->out.body, c->out.size);
		assert_non_null(strstr(page, row[i].retry));
		assert_non_null(strstr(page, "href=\"/competitions?q=x&amp;page=2\""));
		assert_null(strstr(page, row[i].sign_in));
		assert_null(strstr(page, "/sign-in"));
		assert_null(strstr(page, "/sign-out"));
		assert_null(strstr(page, "/language"));
		assert_null(http_header_of(&c->out, "Set-Cookie")); /* the session stays */
		call_free(c);
	}
}

/* ---- a form that is sent twice --------------------------------------------------------------- */

static const struct param word_params[] = { { "word", P_TEXT, 1, 20, true, NULL }, PARAMS_END };
static const struct route word_form = { .method = POST,
					.path = "/test",
					.who = ROLE_PUBLIC,
					.handler = write_one,
					.params = word_params,
					.help = "Of the test." };

/* The status of one form; `once` NULL: none of our pages has made it. */
static int send_word(struct harness *h, int64_t person, const char *word, const char *once)
{
	struct call *c = prepare(h, person, &word_form);
	const char *body =
		arena_print(h->arena, "word=%s%s%s", word, once ? "&once=" : "", once ? once : "");
	c->in.content_type = "application/x-www-form-urlencoded";
	c->in.accept = "text/html";
	c->in.body = body;
	c->in.size = strlen(body);
	turn_run(&h->site, &c, 1);
	const int status = c->out.status;
	call_free(c);
	return status;
}

/* The same form again is answered as the first time, and does nothing; other words, another page
 * and another person are another form. */
static void the_same_form_is_done_once(void **state)
{
	struct harness *h = *state;
	const int64_t one = harness_person(h, 0);
	const int64_t two = harness_person(h, 0);
	static const char page[] = "0123456789abcdef";
	const struct {
		const char *why, *word, *once;
		int64_t person;
		int status, made;
	} row[] = {
		{ "the first", "a", page, one, 303, 1 },
		{ "again", "a", page, one, 303, 0 },
		{ "and again", "a", page, one, 303, 0 },
		{ "other words on the same page", "b", page, one, 303, 1 },
		{ "another page", "a", "fedcba9876543210", one, 303, 1 },
		{ "another person", "a", page, two, 303, 1 },
		{ "refused: it has done nothing", "", page, one, 422, 0 },
		{ "and is looked at again", "", page, one, 422, 0 },
		{ "no page of ours", "a", NULL, one, 303, 1 },
		{ "no page of ours again", "a", NULL, one, 303, 1 },
		{ "a page that is the same for all", "a", "", one, 303, 1 },
		{ "that page again", "a", "", one, 303, 1 },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		const int64_t before = rows(h);
		const int status = send_word(h, row[i].person, row[i].word, row[i].once);
		if (status != row[i].status || rows(h) - before != row[i].made)
			fail_msg("%s: %d, %d rows", row[i].why, status, (int)(rows(h) - before));
	}
	const struct answer shown = harness_html(h, one, "/account");
	assert_non_null(strstr(shown.body, "name=\"once\" value=\""));
}

/* Keys are kept as long as somebody may repeat without knowing. */
static void done_forms_are_forgotten(void **state)
{
	struct harness *h = *state;
	bool any = false;
	struct err e = { 0 };
	assert_int_equal(send_word(h, harness_person(h, 0), "a", "0123456789abcdef"), 303);
	site_keep_vault(&h->site);
	assert_true(db_exists(h->site.db, &e, &any, "SELECT 1 FROM form_done"));
	assert_true(any);
	h->site.clock = clock_fixed(clock_now(&h->site.clock) + FORM_DONE_MS + 1);
	site_keep_vault(&h->site);
	assert_true(db_exists(h->site.db, &e, &any, "SELECT 1 FROM form_done"));
	assert_false(any);
}

/* Those who only read see nothing that the commit could still refuse. */
static void readers_come_first(void **state)
{
	struct harness *h = *state;
	int64_t person = harness_person(h, 0);
	struct call *calls[] = { prepare(h, person, &writes), prepare(h, person, &reads) };
	turn_run(&h->site, calls, COUNT(calls));
	assert_int_equal(json_integer_value(json_object_get(calls[1]->model, "count")), 0);
	for (size_t i = 0; i < COUNT(calls); i++)
		call_free(calls[i]);
}

struct seen {
	struct harness *h;
	size_t count;
	bool reader[4];
	int64_t rows[4]; /* when it was handed over */
};

static void note_ready(void *user, struct call *c)
{
	struct seen *s = user;
	assert_true(s->count < COUNT(s->rows));
	s->reader[s->count] = !call_writes(c);
	s->rows[s->count++] = rows(s->h);
	call_free(c); /* the turn does not touch it any more */
}

/* Pages of those who only read are made one by one, before anything is written; the others are
 * answered when all is stored. */
static void each_is_handed_over_as_soon_as_it_may_be_answered(void **state)
{
	struct harness *h = *state;
	int64_t person = harness_person(h, 0);
	struct seen seen = { .h = h };
	h->site.clock = clock_fixed(clock_now(&h->site.clock) + SESSION_TOUCH_MS + 1);
	struct call *calls[] = { prepare(h, person, &writes), prepare(h, person, &reads),
				 prepare(h, person, &writes), prepare(h, person, &reads) };
	const struct turn_hands hands = { .ready = note_ready, .user = &seen };
	turn_commit(&h->site, calls, COUNT(calls), &hands);
	assert_int_equal(seen.count, 4);
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(seen.reader[i], i < 2);
		assert_int_equal(seen.rows[i], i < 2 ? 0 : 2);
	}
	int64_t at = 0;
	struct err e = { 0 };
	assert_true(db_number(h->site.db, &e, &at,
			      "SELECT MAX(seen_ms) FROM session WHERE person_id = $1",
			      db_int(person)));
	assert_int_equal(at, clock_now(&h->site.clock)); /* although the calls are gone */
}

/* A view that is journalled is committed as a change is; a plain one writes nothing. */
static void restricted_views_are_written(void **state)
{
	struct harness *h = *state;
	int64_t person = harness_person(h, 0);
	const struct route *const turn[] = { &journals, &reads };
	int status[COUNT(turn)];
	run(h, person, turn, COUNT(turn), status);
	assert_int_equal(status[0], 200);
	assert_int_equal(rows(h), 1);
}

static void files_are_sent_as_files(void **state)
{
	struct harness *h = *state;
	struct call *c = prepare(h, harness_person(h, 0), &downloads);
	turn_run(&h->site, &c, 1);
	assert_int_equal(c->out.status, 200);
	assert_int_equal(c->out.size, 4);
	assert_string_equal(http_header_of(&c->out, "Content-Type"), "application/pdf");
	assert_string_equal(
		http_header_of(&c->out, "Content-Disposition"),
		"attachment; filename=\"__________________ _1_.pdf\"; "
		"filename*=UTF-8''%D2%9A%D0%BE%D1%80%D1%8B%D1%82%D1%8B%D0%BD%D0%B4%D1%8B"
		"%20%221%22.pdf");
	assert_non_null(strstr(http_header_of(&c->out, "Content-Security-Policy"), "sandbox"));
	call_free(c);
}

/* A name that only the JSON twin shows is found. */
static void leaks_are_found(void **state)
{
	struct harness *h = *state;
	struct err e = { 0 };
	json_t *model = json_pack("{s:s,s:s}", "back", "/", "secret", "x");
	json_t *unused = json_array();
	assert_true(view_unused(h->site.view, "ru", "sign-in/form", model, unused, &e));
	assert_int_equal(json_array_size(unused), 1);
	assert_string_equal(json_string_value(json_array_get(unused, 0)), "secret");
	json_decref(unused);
	json_decref(model);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(a_refusal_undoes_itself_alone),
		HARNESS_TEST(done_means_stored),
		HARNESS_TEST(a_lost_connection_loses_and_doubles_nothing),
		HARNESS_TEST(what_asks_nothing_is_answered_meanwhile),
		HARNESS_TEST(what_was_typed_is_offered_again),
		HARNESS_TEST(nobody_is_taken_for_signed_out),
		HARNESS_TEST(the_same_form_is_done_once),
		HARNESS_TEST(done_forms_are_forgotten),
		HARNESS_TEST(readers_come_first),
		HARNESS_TEST(each_is_handed_over_as_soon_as_it_may_be_answered),
		HARNESS_TEST(restricted_views_are_written),
		HARNESS_TEST(files_are_sent_as_files),
		HARNESS_TEST(leaks_are_found),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
