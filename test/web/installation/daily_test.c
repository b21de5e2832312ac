/* Jobs of the day inside the server (F66): done when they are due with nobody asking, once, also
 * after kill -9 and beside another server; and what the administrator sees of them. */
#include "test_db.h"
#include "vault.h"

#include "bench/results.h"
#include "web/http/server.h"
#include "web/http/turn.h"
#include "web/installation/daily.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

/* Of one question in forty the Kazakh text is harder; every candidate answers most of the bank. */
enum { SITTINGS = 10, SEATS = 40, MOST = 20 };

struct machine {
	char path[TEST_DB_WHERE]; /* of the database */
	struct harness *h;
	int64_t approver, admin;
};

/* ---- worlds ---------------------------------------------------------------------------------- */

static char template_path[TEST_DB_WHERE]; /* the results, made once */

static void must(bool ok, const struct err *e)
{
	if (!ok)
		fail_msg("%s: %s", e->key, e->detail);
}

/* Few questions for many answers: only the first ones of each act stay. */
static void keep_few(struct harness *h)
{
	struct err e = { 0 };
	must(db_exec(h->site.db, &e, NULL,
		     "UPDATE item SET retired_ms = 1 WHERE $1 < (SELECT COUNT(*) FROM item x"
		     " WHERE x.act = item.act AND x.id <= item.id)",
		     db_int(MOST)),
	     &e);
}

static int make_template(void **state)
{
	const struct bench_results_plan plan = {
		.sittings = SITTINGS, .seats = SEATS, .seed = 7, .strange_items = true
	};
	struct err e = { 0 };
	int64_t last = 0;
	(void)state;
	test_db_place(template_path);
	struct harness *h = harness_open_file(template_path);
	const struct act act = harness_act(h, 0);
	(void)stage_open(h);
	hall_add_bank(h);
	keep_few(h);
	(void)harness_person(h, ROLE_OPERATOR);
	must(bench_results(&act, &plan, &last, &e), &e);
	harness_close(h);
	return 0;
}

static int drop_template(void **state)
{
	(void)state;
	test_db_remove(template_path);
	return 0;
}

static struct harness *open_at(const char *path, const char *time)
{
	struct harness *h = harness_open_file(path);
	harness_at(h, time);
	return h;
}

/* The results are there, and every job of 1 March is done: nothing is due before the next. */
static struct machine open_machine(void)
{
	struct machine w = { .h = NULL };
	struct err e = { 0 };
	test_db_place_like(template_path, w.path);
	w.h = open_at(w.path, "2026-03-02T02:00");
	for (const struct daily_job *job = daily_jobs; job->name; job++)
		must(db_exec(w.h->site.db, &e, NULL,
			     "INSERT INTO daily_job (name, day, done_ms, error)"
			     " VALUES ($1, $2, $3, '')",
			     db_text(job->name),
			     db_int(daily_day(job, clock_now(&w.h->site.clock)).n),
			     db_int(clock_now(&w.h->site.clock))),
		     &e);
	w.approver = harness_person(w.h, ROLE_APPROVER);
	w.admin = harness_person(w.h, ROLE_ADMIN);
	return w;
}

static void close_machine(struct machine *w)
{
	if (w->h)
		harness_close(w->h);
	test_db_remove(w->path);
}

static int64_t held(struct db *db)
{
	struct err e = { 0 };
	int64_t n = -1;
	must(db_number(db, &e, &n, "SELECT COUNT(*) FROM item WHERE held_ms IS NOT NULL"), &e);
	return n;
}

/* Every question on hold went there once. */
static void check_once(struct harness *h)
{
	struct err e = { 0 };
	int64_t affected = 0;
	must(db_number(h->site.db, &e, &affected,
		       "SELECT COALESCE(SUM(affected), 0) FROM daily_job WHERE name = 'hold'"),
	     &e);
	assert_true(held(h->site.db) > 0);
	assert_int_equal(affected, held(h->site.db));
	assert_int_equal(stage_journalled(h, "bank.held"), held(h->site.db));
}

static struct answer page_of_hold(struct machine *w, size_t *ret)
{
	struct answer a = harness_get(w->h, w->admin, "/admin/daily");
	assert_int_equal(a.status, 200);
	for (*ret = 0; strcmp(daily_jobs[*ret].name, "hold") != 0;)
		++*ret;
	return a;
}

static const char *shown(struct machine *w, const char *what)
{
	size_t i = 0;
	struct answer a = page_of_hold(w, &i);
	return answer_text(&a, arena_print(w->h->arena, "jobs.%zu.%s", i, what));
}

static int64_t shown_number(struct machine *w, const char *what)
{
	size_t i = 0;
	struct answer a = page_of_hold(w, &i);
	return answer_number(&a, arena_print(w->h->arena, "jobs.%zu.%s", i, what));
}

/* ---- without sockets ------------------------------------------------------------------------- */

/* F66 */
static void test_at_its_minute(void **state)
{
	struct machine w = open_machine();
	(void)state;
	harness_check_page(w.h, w.admin, "/admin/daily");
	harness_at(w.h, "2026-03-02T02:29");
	harness_daily(w.h);
	assert_int_equal(held(w.h->site.db), 0);
	assert_string_equal(shown(&w, "state"), "done"); /* yesterday's */
	harness_at(w.h, "2026-03-02T02:30");
	assert_string_equal(shown(&w, "state"), "waiting");
	harness_daily(w.h);
	check_once(w.h);
	assert_int_equal(stage_told(w.h, w.approver, "bank.held"), 1);
	assert_string_equal(shown(&w, "state"), "done");
	assert_string_equal(shown(&w, "outcome"), "hold");
	assert_string_equal(shown(&w, "at"), "02:30");
	assert_int_equal(shown_number(&w, "affected"), held(w.h->site.db));
	assert_int_equal(shown_number(&w, "next_ms") - shown_number(&w, "last_ms"),
			 24 * 60 * 60 * 1000);
	harness_check_page(w.h, w.admin, "/admin/daily");
	/* the same day, after a restart */
	w.h->site.daily = (struct daily_memory){ 0 };
	harness_at(w.h, "2026-03-03T02:29");
	harness_daily(w.h);
	check_once(w.h);
	close_machine(&w);
}

/* Every job that counts says in words how much it did, in each language. */
static void test_words(void **state)
{
	struct machine w = open_machine();
	struct err e = { 0 };
	(void)state;
	for (const struct daily_job *job = daily_jobs; job->name; job++)
		if (job->run)
			must(db_exec(w.h->site.db, &e, NULL,
				     "UPDATE daily_job SET affected = 2 WHERE name = $1",
				     db_text(job->name)),
			     &e);
	harness_check_page(w.h, w.admin, "/admin/daily");
	close_machine(&w);
}

/* After days without power: once, and its own time again in the next night. */
static void test_missed(void **state)
{
	struct machine w = open_machine();
	struct err e = { 0 };
	int64_t rows = 0;
	(void)state;
	harness_at(w.h, "2026-03-12T01:00");
	assert_string_equal(shown(&w, "state"), "late");
	const struct answer a = harness_html(w.h, w.admin, "/admin/daily");
	assert_non_null(strstr(a.body, "say-danger"));
	assert_non_null(strstr(a.body, "data-state=\"late\""));
	harness_check_page(w.h, w.admin, "/admin/daily");
	harness_daily(w.h);
	check_once(w.h);
	assert_string_equal(shown(&w, "state"), "done");
	assert_true(db_number(w.h->site.db, &e, &rows,
			      "SELECT COUNT(*) FROM daily_job WHERE name = 'hold'"));
	assert_int_equal(rows, 2); /* that of 1 March, and one */
	harness_at(w.h, "2026-03-12T02:30");
	assert_string_equal(shown(&w, "state"), "waiting");
	close_machine(&w);
}

/* Figures need no words, and the reason of a hold lies under the service's key: a sealed bank does
 * not keep the job from its work. */
static void test_sealed_bank(void **state)
{
	struct machine w = open_machine();
	(void)state;
	(void)vault_seal(w.h);
	assert_int_equal(world_count(w.h, "service"), 0);
	harness_at(w.h, "2026-03-02T02:30");
	harness_daily(w.h);
	check_once(w.h);
	close_machine(&w);
}

static void expect_failed(struct machine *w, const char *at)
{
	harness_at(w->h, at);
	harness_daily(w->h);
	assert_int_equal(held(w->h->site.db), 0);
	assert_string_equal(shown(w, "state"), "failed");
	assert_true(*shown(w, "error"));
	harness_check_page(w->h, w->admin, "/admin/daily");
}

/* No question can be held from here on. */
static bool break_hold(struct db *db, struct err *e)
{
	if (!test_db_is_server())
		return db_exec(db, e, NULL,
			       "CREATE TRIGGER test BEFORE UPDATE OF held_ms ON item"
			       " BEGIN SELECT RAISE(ABORT, 'test'); END");
	return db_exec(db, e, NULL,
		       "CREATE FUNCTION test() RETURNS trigger LANGUAGE plpgsql"
		       " AS $$ BEGIN RAISE EXCEPTION 'test'; END $$") &&
	       db_exec(db, e, NULL,
		       "CREATE TRIGGER test BEFORE UPDATE OF held_ms ON item"
		       " FOR EACH ROW EXECUTE FUNCTION test()");
}

/* It fails alone: who comes in the same turn is answered.  It is tried again, but not at once. */
static void test_failure(void **state)
{
	struct machine w = open_machine();
	struct err e = { 0 };
	(void)state;
	must(break_hold(w.h->site.db, &e), &e);
	harness_at(w.h, "2026-03-02T02:30");
	struct call *job = daily_next(&w.h->site);
	assert_non_null(job);
	assert_null(daily_next(&w.h->site)); /* one at a time */
	call_slow(job, w.h->site.db);
	const struct http_in in = { .method = "POST",
				    .path = "/sign-out",
				    .host = "konkurs.test",
				    .origin = "https://konkurs.test",
				    .fetch_site = "same-origin",
				    .cookie = harness_cookie(w.h, w.approver),
				    .csrf = harness_csrf(w.h, w.approver),
				    .accept = "application/json",
				    .address = "192.0.2.1" };
	struct call *request = call_new(&w.h->site);
	request->in = in;
	call_begin(request);
	struct call *both[] = { job, request };
	turn_commit(&w.h->site, both, COUNT(both), NULL);
	daily_over(&w.h->site, job);
	assert_int_equal(request->err.kind, ERR_NONE);
	assert_int_not_equal(job->err.kind, ERR_NONE);
	call_free(job);
	call_free(request);
	bool open = true;
	must(db_exists(w.h->site.db, &e, &open, "SELECT 1 FROM session WHERE person_id = $1",
		       db_int(w.approver)),
	     &e);
	assert_false(open);
	expect_failed(&w, "2026-03-02T02:39"); /* not tried: the pause */
	assert_int_equal(shown_number(&w, "next_ms"),
			 shown_number(&w, "failed_ms") + DAILY_PAUSE_MS);
	const int64_t first = shown_number(&w, "failed_ms");
	expect_failed(&w, "2026-03-02T02:41");
	assert_true(shown_number(&w, "failed_ms") > first);
	must(test_db_is_server() ? db_exec(w.h->site.db, &e, NULL, "DROP TRIGGER test ON item")
				 : db_exec(w.h->site.db, &e, NULL, "DROP TRIGGER test"),
	     &e);
	harness_at(w.h, "2026-03-02T02:52");
	harness_daily(w.h);
	check_once(w.h);
	assert_string_equal(shown(&w, "state"), "done");
	assert_string_equal(shown(&w, "error"), "");
	close_machine(&w);
}

/* Two processes, both have looked: the rows of one of them are there. */
static void test_two_at_once(void **state)
{
	struct machine w = open_machine();
	struct harness *other = open_at(w.path, "2026-03-02T02:30");
	(void)state;
	harness_at(w.h, "2026-03-02T02:30");
	struct call *first = daily_next(&w.h->site);
	struct call *second = daily_next(&other->site);
	call_slow(first, w.h->site.db);
	call_slow(second, other->site.db);
	turn_commit(&w.h->site, &first, 1, NULL);
	turn_commit(&other->site, &second, 1, NULL);
	assert_int_equal(first->err.kind, ERR_NONE);
	assert_int_equal(second->err.kind, ERR_NONE);
	daily_over(&w.h->site, first);
	daily_over(&other->site, second);
	call_free(first);
	call_free(second);
	check_once(w.h);
	assert_null(daily_next(&other->site));
	harness_close(other);
	close_machine(&w);
}

/* ---- kill -9 --------------------------------------------------------------------------------- */

/* A process of its own, which has looked (and written, but not committed) and waits for its end. */
static _Noreturn void look_and_wait(const char *path, bool write_too, int tell)
{
	struct harness *h = open_at(path, "2026-03-02T02:30");
	struct db_tx tx = { 0 };
	struct err e = { 0 };
	struct call *c = daily_next(&h->site);
	call_slow(c, h->site.db);
	bool ready = c->err.kind == ERR_NONE;
	if (write_too) {
		ready = ready && db_begin(h->site.db, &tx, &e);
		call_run(c, h->site.db);
		ready = ready && c->err.kind == ERR_NONE && held(h->site.db) > 0;
	}
	(void)!write(tell, ready ? "y" : "n", 1);
	for (;;)
		(void)pause();
}

static void kill_it(struct machine *w, bool write_too)
{
	int end[2];
	char ready = 'n';
	harness_close(w->h);
	w->h = NULL;
	assert_int_equal(pipe(end), 0);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0)
		look_and_wait(w->path, write_too, end[1]);
	(void)close(end[1]);
	(void)!read(end[0], &ready, 1);
	(void)close(end[0]);
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_int_equal(ready, 'y');
	w->h = open_at(w->path, "2026-03-02T02:31");
}

static void test_killed(void **state)
{
	(void)state;
	for (int write_too = 0; write_too < 2; write_too++) {
		struct machine w = open_machine();
		kill_it(&w, write_too != 0);
		assert_int_equal(held(w.h->site.db), 0);
		assert_int_equal(stage_journalled(w.h, "bank.held"), 0);
		harness_daily(w.h);
		check_once(w.h);
		close_machine(&w);
	}
}

/* ---- real servers ---------------------------------------------------------------------------- */

struct running {
	struct server *server;
	pthread_t thread;
};

static void *serve(void *user)
{
	struct err e = { 0 };
	return server_run(user, &e) ? user : NULL;
}

static struct running start(struct machine *w, struct harness *h)
{
	const struct server_options options = {
		.address = "127.0.0.1", .database = w->path, .workers = 2, .timeout_s = 1
	};
	struct running r = { 0 };
	struct err e = { 0 };
	must(server_open(&h->site, &options, &r.server, &e), &e);
	assert_int_equal(pthread_create(&r.thread, NULL, serve, r.server), 0);
	return r;
}

static void stop(struct running *r)
{
	void *result = NULL;
	server_stop(r->server);
	(void)pthread_join(r->thread, &result);
	server_close(r->server);
	assert_non_null(result);
}

/* It runs on from there. */
static void run_clock(struct harness *h, const char *from, int64_t more_ms)
{
	int64_t at_ms = 0;
	assert_true(instant_parse(from, &at_ms));
	h->site.clock = clock_line(at_ms + more_ms, clock_since_boot_ms());
}

/* As another process sees it: the row of today, when it was done; 0 after a long time. */
static int64_t wait_until_done(const struct machine *w)
{
	CLEANUP(db_cleanup) struct db *db = NULL;
	struct err e = { 0 };
	day d = { 0 };
	assert_true(day_parse("2026-03-02", &d));
	must(db_open_read_only(w->path, &db, &e), &e);
	for (int i = 0; i < 1200; i++) {
		const struct timespec pause = { 0, 50000000L };
		int64_t done = 0;
		must(db_number(db, &e, &done,
			       "SELECT COALESCE(MAX(done_ms), 0) FROM daily_job"
			       " WHERE name = 'hold' AND day = $1",
			       db_int(d.n)),
		     &e);
		if (done)
			return done;
		(void)nanosleep(&pause, NULL);
	}
	return 0;
}

/* F66: with nobody asking, when its minute comes. */
static void test_server(void **state)
{
	struct machine w = open_machine();
	int64_t due_ms = 0;
	(void)state;
	assert_true(instant_parse("2026-03-02T02:30", &due_ms));
	run_clock(w.h, "2026-03-02T02:29", 58000);
	struct running r = start(&w, w.h);
	const int64_t done_ms = wait_until_done(&w);
	stop(&r);
	assert_true(done_ms >= due_ms);
	check_once(w.h);
	close_machine(&w);
}

/* A server in a process of its own, until SIGTERM. */
static _Noreturn void be_server(struct machine *w, const char *from, int64_t more_ms)
{
	struct err e = { 0 };
	w->h = harness_open_file(w->path);
	run_clock(w->h, from, more_ms);
	bool fine = db_wait_most(w->h->site.db, 2000, &e);
	struct server *server = NULL;
	const struct server_options options = {
		.address = "127.0.0.1", .database = w->path, .workers = 2, .timeout_s = 1
	};
	fine = fine && server_open(&w->h->site, &options, &server, &e) && server_run(server, &e);
	server_close(server);
	harness_close(w->h);
	_exit(fine ? 0 : 1);
}

static void test_two_servers(void **state)
{
	struct machine w = open_machine();
	pid_t child[2];
	(void)state;
	harness_close(w.h); /* a connection must not go through fork() */
	for (size_t i = 0; i < COUNT(child); i++) {
		child[i] = fork();
		assert_true(child[i] >= 0);
		if (child[i] == 0)
			be_server(&w, "2026-03-02T02:29", 59000);
	}
	const int64_t done_ms = wait_until_done(&w);
	/* the other one comes later, and finds the day done */
	const struct timespec pause = { 2, 0 };
	(void)nanosleep(&pause, NULL);
	for (size_t i = 0; i < COUNT(child); i++) {
		int status = -1;
		assert_int_equal(kill(child[i], SIGTERM), 0);
		assert_int_equal(waitpid(child[i], &status, 0), child[i]);
		assert_int_equal(status, 0);
	}
	assert_true(done_ms > 0);
	w.h = open_at(w.path, "2026-03-02T02:31");
	check_once(w.h);
	close_machine(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_at_its_minute), cmocka_unit_test(test_words),
		cmocka_unit_test(test_missed),        cmocka_unit_test(test_sealed_bank),
		cmocka_unit_test(test_failure),       cmocka_unit_test(test_two_at_once),
		cmocka_unit_test(test_killed),        cmocka_unit_test(test_server),
		cmocka_unit_test(test_two_servers),
	};
	return cmocka_run_group_tests_name("web daily", tests, make_template, drop_template);
}
