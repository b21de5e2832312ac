/* lists.c - what the pages of long lists cost: 500 competitions, 5,000 candidates.
 *
 *   lists --dir FOLDER [--json] [--quick] [--keep]
 *   lists --world DATABASE [--key FILE]   only makes the database, or fills the demonstration in
 * FILE
 *
 * A page's time is all that the loop does for it (route, session, rights, handler, template), taken
 * in this process, without a socket.  The ceiling is the list's own rows and nothing else: one
 * SELECT with the same condition, order and page, read into JSON as the handler has it. */
#include "bench/hall.h"
#include "bench/report.h"

#include "app/competition/competition.h"
#include "base/clock.h"
#include "web/http/call.h"

#include <getopt.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { ALL_MET = 0, FAILED = 1, USAGE = 2, MISSED = 3 };
enum {
	COMPETITIONS = 500,
	CLOSED = 100, /* of them */
	CANDIDATES = 5000,
	IN_ONE = 3000, /* of them, in the first competition */
	ROUNDS = 40,
	ROUNDS_QUICK = 5,
	TARGET_MS = 50, /* of the issue */
};

struct lists {
	struct act act; /* of the system */
	struct site site;
	struct bench_session hr, security, polygraph, operator, candidate;
	int64_t first, sitting_hall;
	int rounds;
	struct report report;
};

/* ---- the world ------------------------------------------------------------------------------ */

static bool official(struct lists *x, const char *role, struct bench_session *ret, struct err *e)
{
	int64_t person = 0;
	return db_number(x->act.db, e, &person,
			 "SELECT MIN(person_id) FROM role_grant WHERE role = $1 AND organ = 'pgo'",
			 db_text(role)) &&
	       bench_sign_in(&x->act, person, ret, e);
}

/* Announced over the last sixty days, so that terms are open, at risk and missed. */
static bool add_competition(const struct lists *x, struct act act, int number, struct err *e)
{
	static const struct competition_form form = { .organ = "pgo",
						      .post = "head-department",
						      .vacancies = 1,
						      .filing_days = 7,
						      .demonstration = true,
						      .text_kk = "Конкурс жарияланады",
						      .text_ru = "Объявляется конкурс" };
	int64_t id = 0;
	act.person_id = x->hr.person;
	act.now_ms -= (int64_t)(number % 60) * DAY_MS;
	return competition_open(&act, &form, &id, e) && competition_announce(&act, id, e) &&
	       (number >= CLOSED ||
		db_exec(act.db, e, NULL,
			"UPDATE competition SET state = 'closed', closed_ms = $2 WHERE id = $1",
			db_int(id), db_int(act.now_ms + DAY_MS)));
}

/* What one candidate was told; every second one has not opened it. */
static bool add_told(const struct lists *x, const struct act *act, int number, int64_t person,
		     struct err *e)
{
	static const char *const kinds[] = { "application.received", "check.met", "test.passed",
					     "decision.negative" };
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!db_exec(act->db, e, NULL,
			     "INSERT INTO notice (person_id, kind, competition_id, href, content,"
			     " created_ms, served_ms) VALUES ($1, $2, $3, '', '{}', $4, $5)",
			     db_int(person), db_text(kinds[i]), db_int(x->first + CLOSED),
			     db_int(act->now_ms), number % 2 ? db_int(act->now_ms) : db_null()))
			return false;
	}
	return true;
}

/* Sent; of ten, six meet the Requirements, three have undergone the polygraph, three are listed. */
static bool add_candidate(const struct lists *x, const struct act *act, int number, size_t *serial,
			  int64_t list, struct err *e)
{
	int64_t person = 0;
	int64_t id = 0;
	const int64_t competition =
		number < IN_ONE ? x->first + CLOSED : x->first + number % COMPETITIONS;
	return bench_person(act, serial, &person, e) &&
	       db_number(act->db, e, &id,
			 "INSERT INTO application (competition_id, person_id, state, organ,"
			 " place_kind, position, phone, education, education_note, test_language,"
			 " created_ms, changed_ms, sent_ms) VALUES ($1, $2, 'sent', 'pgo',"
			 " 'central', 'прокурор', '', 'higher-law', '', 'kk', $3, $3, $3)"
			 " RETURNING id",
			 db_int(competition), db_int(person), db_int(act->now_ms)) &&
	       (number % 10 >= 6 ||
		db_exec(act->db, e, NULL,
			"INSERT INTO qualification_decision (application_id, outcome, reason,"
			" by_id, at_ms) VALUES ($1, 'met', '', $2, $3)",
			db_int(id), db_int(x->hr.person), db_int(act->now_ms))) &&
	       (number % 10 >= 3 ||
		(db_exec(act->db, e, NULL,
			 "INSERT INTO study (application_id, kind, outcome, number, day, note,"
			 " by_id, at_ms) VALUES ($1, 'polygraph', 'undergone', '7', 20500, '', $2,"
			 " $3)",
			 db_int(id), db_int(x->polygraph.person), db_int(act->now_ms)) &&
		 db_exec(act->db, e, NULL,
			 "INSERT INTO security_list_entry (list_id, application_id)"
			 " VALUES ($1, $2)",
			 db_int(list), db_int(id)))) &&
	       (number >= IN_ONE || add_told(x, act, number, person, e)) &&
	       (number % 20 != 0 ||
		db_exec(act->db, e, NULL,
			"INSERT INTO complaint (application_id, number, text, state, opened_by,"
			" opened_ms) VALUES ($1, '', 'Шағым', 'open', $2, $3)",
			db_int(id), db_int(person), db_int(act->now_ms)));
}

static bool add_sitting(const struct lists *x, const struct act *act, int number, struct err *e)
{
	return db_exec(
		act->db, e, NULL,
		"INSERT INTO sitting (competition_id, hall_id, planned_ms, state,"
		" forms_most, binding, recording, minutes, opened_by, opened_ms, round,"
		" commitment) VALUES ($1, $2, $3, 'open', 0, 'none', '', 120, $4, $3, 1, $5)",
		db_int(x->first + number), db_int(x->sitting_hall), db_int(act->now_ms),
		db_int(x->operator.person), db_blob("no commitment, but as long as one", 32));
}

/* Notices and acquaintances of one: an inbox is as long as a working life. */
static bool add_notice(const struct lists *x, const struct act *act, int number, struct err *e)
{
	return db_exec(act->db, e, NULL,
		       "INSERT INTO notice (person_id, kind, competition_id, href, content,"
		       " created_ms) VALUES ($1, 'minutes.sign', $2, '/', '{}', $3)",
		       db_int(x->hr.person), db_int(x->first + number % COMPETITIONS),
		       db_int(act->now_ms));
}

static bool add_hall_and_list(struct lists *x, int64_t *ret_list, struct err *e)
{
	return bench_hall_add(&x->act, 100, &x->sitting_hall, e) &&
	       db_number(x->act.db, e, ret_list,
			 "INSERT INTO security_list (competition_id, number, sent_by, sent_ms)"
			 " VALUES ($1, '12-3', $2, $3) RETURNING id",
			 db_int(x->first + CLOSED), db_int(x->hr.person), db_int(x->act.now_ms));
}

/* A hundred of each a transaction. */
static bool add_batch(struct lists *x, int from, int64_t list, size_t *serial, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	CLEANUP(arena_cleanup) struct arena *arena = arena_new();
	struct act act = x->act;
	act.arena = arena;
	if (!db_begin(act.db, &tx, e))
		return false;
	for (int i = from; i < from + 100; i++) {
		if ((i < COMPETITIONS && !add_competition(x, act, i, e)) ||
		    (list && !add_candidate(x, &act, i - COMPETITIONS, serial, list, e)) ||
		    (list && i < 2 * COMPETITIONS && !add_sitting(x, &act, i - COMPETITIONS, e)) ||
		    (list && i < 1000 + COMPETITIONS && !add_notice(x, &act, i, e)))
			return false;
	}
	return db_commit(&tx, e);
}

static bool add_world(struct lists *x, struct err *e)
{
	size_t serial = 100;
	int64_t list = 0;
	bool made = false; /* by `konkurs demo`, with accounts */
	if (!db_exists(x->act.db, e, &made, "SELECT 1 FROM person") ||
	    (!made && !bench_world(&x->act, e)) || !official(x, ROLE_NAME_HR, &x->hr, e) ||
	    !official(x, ROLE_NAME_SECURITY, &x->security, e) ||
	    !official(x, ROLE_NAME_POLYGRAPH, &x->polygraph, e) ||
	    !official(x, ROLE_NAME_OPERATOR, &x->operator, e) ||
	    !db_number(x->act.db, e, &x->first, "SELECT MAX(id) + 1 FROM competition"))
		return false;
	for (int i = 0; i < COMPETITIONS; i += 100) {
		if (!add_batch(x, i, 0, &serial, e))
			return false;
	}
	if (!add_hall_and_list(x, &list, e))
		return false;
	for (int i = COMPETITIONS; i < COMPETITIONS + CANDIDATES; i += 100) {
		(void)fprintf(stderr, "bench: %d of %d candidates\r", i - COMPETITIONS, CANDIDATES);
		if (!add_batch(x, i, list, &serial, e))
			return false;
	}
	return bench_sign_in(&x->act, (int64_t)serial / 2, &x->candidate, e);
}

/* ---- measuring ------------------------------------------------------------------------------ */

static double now_ms(void)
{
	struct timespec t = { 0, 0 };
	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1000 + (double)t.tv_nsec / 1e6;
}

static int by_size(const void *a, const void *b)
{
	const double x = *(const double *)a;
	const double y = *(const double *)b;
	return x < y ? -1 : x > y;
}

/* One request; its status and milliseconds. */
static int ask(struct lists *x, const struct bench_session *who, const char *path,
	       const char *query, double *ret_ms, size_t *ret_size)
{
	struct call *c = call_new(&x->site);
	c->in.path = path;
	c->in.query = query;
	c->in.cookie =
		arena_print(c->arena, "%s=%s; %s=ru", COOKIE_SESSION, who->token, COOKIE_LANGUAGE);
	c->in.accept = "text/html";
	const double from = now_ms();
	call_begin(c);
	if (call_is_slow(c))
		call_slow(c, x->site.db);
	call_run(c, x->site.db);
	call_answer(c);
	*ret_ms = now_ms() - from;
	*ret_size = c->out.size;
	const int status = c->out.status;
	call_free(c);
	return status;
}

static bool bare(const struct lists *x, const char *sql, double *ret_ms, struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *arena = arena_new();
	const double from = now_ms();
	const bool fine =
		/* the function behind db_rows(), which takes literals alone */
		db_rows_(x->act.db, arena, e, sql,
			 DB_ARGS(db_int(x->first + CLOSED), db_int(x->hr.person)));
	*ret_ms = now_ms() - from;
	return fine;
}

struct page {
	const char *name, *path, *query;
	const struct bench_session *who;
	const char *sql; /* the bare query */
};

static bool measure(struct lists *x, const struct page *p, struct err *e)
{
	double page[ROUNDS];
	double query[ROUNDS];
	size_t size = 0;
	for (int i = 0; i < x->rounds; i++) {
		const int status = ask(x, p->who, p->path, p->query, &page[i], &size);
		if (status != 200)
			return err_set(e, ERR_SYSTEM, "error.system", "%s: %d", p->path, status);
		if (!bare(x, p->sql, &query[i], e))
			return false;
	}
	qsort(page, (size_t)x->rounds, sizeof(double), by_size);
	qsort(query, (size_t)x->rounds, sizeof(double), by_size);
	const double p95 = page[(x->rounds * 95 - 1) / 100];
	const double middle = page[x->rounds / 2];
	const double least = query[x->rounds / 2];
	json_t *values = json_object();
	(void)json_object_set_new(values, "p50_ms", report_real(middle));
	(void)json_object_set_new(values, "p95_ms", report_real(p95));
	(void)json_object_set_new(values, "bare_query_ms", report_real(least));
	(void)json_object_set_new(values, "times_the_query", report_real(middle / least));
	(void)json_object_set_new(values, "page_kib", json_integer((json_int_t)(size / 1024)));
	report_add(&x->report, p->name,
		   arena_print(x->act.arena, "%s%s%s", p->path, *p->query ? "?" : "", p->query),
		   values, "p95 below 50 ms", p95 < TARGET_MS);
	return true;
}

#define PERSON " FROM application a JOIN person p ON p.id = a.person_id"
#define COMPETITION_ROWS                                                                           \
	"SELECT id, post, organ, state, vacancies, filing_last FROM competition c"                 \
	" WHERE $1 > 0 AND $2 > 0"
#define CANDIDATE_ROWS                                                                             \
	"SELECT a.id, a.state, a.organ, a.position, a.sent_ms" PERSON " WHERE a.competition_id = " \
	"$1"

#define TOLD_ROWS                                                                                  \
	"SELECT n.id, n.kind, n.created_ms, n.served_ms FROM notice n"                             \
	" WHERE n.competition_id = $1 AND $2 > 0"

/* Every application once, with what it has reached. */
#define REPORT_ROWS                                                                                \
	"SELECT a.competition_id, COUNT(*) AS n, COUNT(q.id) AS met, COUNT(d.id) AS released"      \
	"  FROM application a LEFT JOIN qualification_decision q ON q.application_id = a.id"       \
	"  LEFT JOIN dossier_release d ON d.application_id = a.id"                                 \
	" WHERE $1 > 0 AND $2 > 0 GROUP BY a.competition_id"

static bool measure_all(struct lists *x, struct err *e)
{
	struct arena *a = x->act.arena;
	const char *candidates =
		arena_print(a, "/competitions/%lld/candidates", (long long)(x->first + CLOSED));
	const char *terms =
		arena_print(a, "/competitions/%lld/terms", (long long)(x->first + CLOSED));
	const char *told =
		arena_print(a, "/competitions/%lld/told", (long long)(x->first + CLOSED));
	const char *list =
		arena_print(a, "/competitions/%lld/test-list", (long long)(x->first + CLOSED));
	const struct page pages[] = {
		{ "home of HR", "/", "", &x->hr,
		  "SELECT COUNT(*) AS n FROM application WHERE state = 'sent' AND $1 > 0"
		  " AND $2 > 0" },
		{ "competitions", "/competitions", "", &x->hr,
		  COMPETITION_ROWS " ORDER BY id DESC" },
		{ "competitions, searched and sorted", "/competitions",
		  "q=%D0%B4%D0%B5%D0%BF%D0%B0%D1%80&sort=-post_name", &x->hr,
		  COMPETITION_ROWS " ORDER BY post DESC" },
		{ "candidates", candidates, "", &x->hr,
		  CANDIDATE_ROWS " AND $2 > 0 ORDER BY p.sort_key, a.id LIMIT 50" },
		{ "candidates, searched", candidates, "q=%D2%AF%D0%BB%D0%B3%D1%96%D0%B5%D0%B2100",
		  &x->hr,
		  CANDIDATE_ROWS " AND $2 > 0 AND p.search LIKE '%үлгіев100%'"
				 " ORDER BY p.sort_key, a.id LIMIT 50" },
		{ "candidates, sorted, a step", candidates, "sort=-sent_ms&step=papers", &x->hr,
		  CANDIDATE_ROWS " AND $2 > 0 ORDER BY a.sent_ms DESC, a.id LIMIT 50" },
		{ "candidates, last page", candidates, "page=60", &x->hr,
		  CANDIDATE_ROWS " AND $2 > 0 ORDER BY p.sort_key, a.id LIMIT 50 OFFSET 2950" },
		{ "who was served", told, "", &x->hr,
		  TOLD_ROWS " AND n.kind = 'decision.negative'" },
		{ "all notices, by name", told, "kind=all&state=open&sort=name", &x->hr,
		  TOLD_ROWS " AND n.served_ms IS NULL" },
		{ "admitted to the test", list, "", &x->hr,
		  CANDIDATE_ROWS " AND $2 > 0 ORDER BY p.sort_key, a.id LIMIT 100" },
		{ "own security", "/security", "", &x->security,
		  "SELECT a.id, p.family, p.given, p.patronymic, a.position" PERSON
		  " JOIN security_list_entry l ON l.application_id = a.id"
		  " WHERE $1 > 0 AND $2 > 0 ORDER BY p.sort_key" },
		{ "polygraph", "/studies/polygraph", "", &x->polygraph,
		  "SELECT a.id, p.family, p.given, p.patronymic, a.position" PERSON
		  " WHERE $1 > 0 AND $2 > 0 AND EXISTS (SELECT 1 FROM qualification_decision q"
		  "  WHERE q.application_id = a.id) ORDER BY p.sort_key" },
		{
			"sittings",
			"/sittings",
			"",
			&x->operator,
			"SELECT id, state, planned_ms, competition_id FROM sitting"
			" WHERE $1 > 0 AND $2 > 0 ORDER BY id DESC" },
			{ "open terms", "/terms", "", &x->hr,
			  COMPETITION_ROWS " AND state = 'announced'" },
			{ "terms of one", terms, "", &x->hr,
			  "SELECT * FROM competition WHERE id = $1 AND $2 > 0" },
			{ "report: the funnel", "/reports", "", &x->hr, REPORT_ROWS },
			{ "report: time per step", "/reports/time", "", &x->hr, REPORT_ROWS },
			{ "report: test by act", "/reports/acts", "", &x->hr,
			  "SELECT act, SUM(asked) AS asked, SUM(correct) AS correct"
			  " FROM result_act WHERE $1 > 0 AND $2 > 0 GROUP BY act" },
			{ "report: terms", "/reports/terms", "", &x->hr, REPORT_ROWS },
			{ "report: terms missed", "/reports/late", "", &x->hr, REPORT_ROWS },
			{ "complaints", "/complaints", "", &x->hr,
			  "SELECT x.id, x.state, x.opened_ms, p.family FROM complaint x"
			  " JOIN application a ON a.id = x.application_id"
			  " JOIN person p ON p.id = a.person_id WHERE $1 > 0 AND $2 > 0 ORDER BY "
			  "x.id DESC" },
			{ "retention", "/retention", "", &x->hr,
			  COMPETITION_ROWS " AND state = 'closed'" },
			{ "acquaintance", "/acquaintance/register", "", &x->hr,
			  "SELECT family, given, patronymic, organ FROM person WHERE $1 > 0 AND $2 "
			  "> 0"
			  " ORDER BY sort_key LIMIT 50" },
			{ "inbox", "/notices", "", &x->hr,
			  "SELECT id, kind, content, created_ms FROM notice WHERE $1 > 0"
			  " AND person_id = $2 ORDER BY id DESC" },
			{ "announcements", "/announcements", "state=announced", &x->candidate,
			  COMPETITION_ROWS " AND state = 'announced' ORDER BY announced_ms DESC" },
			{ "results", "/results", "", &x->candidate,
			  COMPETITION_ROWS " AND state = 'closed' ORDER BY closed_ms DESC" },
		};
	for (size_t i = 0; i < COUNT(pages); i++) {
		if (!measure(x, &pages[i], e))
			return false;
	}
	return true;
}

/* A worker makes it, so it has no target: how long somebody waits for the file. */
static bool measure_files(struct lists *x, struct err *e)
{
	static const char *const ending[] = { "csv", "xlsx" };
	for (size_t i = 0; i < COUNT(ending); i++) {
		double ms = 0;
		size_t size = 0;
		const char *path = arena_print(x->act.arena, "/competitions/%lld/candidates.%s",
					       (long long)(x->first + CLOSED), ending[i]);
		const int status = ask(x, &x->hr, path, "", &ms, &size);
		if (status != 200)
			return err_set(e, ERR_SYSTEM, "error.system", "%s: %d", path, status);
		report_note(&x->report,
			    arena_print(x->act.arena, "3,000 candidates as %s", ending[i]), path,
			    json_pack("{s:o,s:I}", "ms", report_real(ms), "kib",
				      (json_int_t)(size / 1024)));
	}
	return true;
}

/* ---- the program ---------------------------------------------------------------------------- */

struct options {
	const char *dir, *world, *key;
	bool json, quick, keep;
};

static bool read_options(int argc, char **argv, struct options *ret)
{
	static const struct option table[] = {
		{ "dir", required_argument, NULL, 'd' },
		{ "world", required_argument, NULL, 'w' },
		{ "json", no_argument, NULL, 'j' },
		{ "quick", no_argument, NULL, 'q' },
		{ "keep", no_argument, NULL, 'k' },
		{ "key", required_argument, NULL, 'K' },
		{ NULL, 0, NULL, 0 },
	};
	int option = 0;
	while ((option = getopt_long(argc, argv, "", table, NULL)) != -1) {
		switch (option) {
		case 'd': ret->dir = optarg; break;
		case 'w': ret->world = optarg; break;
		case 'j': ret->json = true; break;
		case 'q': ret->quick = true; break;
		case 'k': ret->keep = true; break;
		case 'K': ret->key = optarg; break;
		default: return false;
		}
	}
	return optind == argc && !ret->dir != !ret->world;
}

/* key_file: NULL is beside the file. */
static bool run(struct lists *x, const char *file, const char *key_file, bool measured,
		struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	CLEANUP(db_cleanup) struct db *db = NULL;
	CLEANUP(service_key_cleanup) struct service_key *key = NULL;
	struct law_book *book = NULL;
	struct view *view = NULL;
	const struct clock clock = clock_real();
	bool fine = db_open(file, &db, e) && db_migrate(db, e) && site_built_in_law(a, &book, e) &&
		    view_open(&share_built_in, &view, e);
	if (fine) {
		x->act = (struct act){
			.db = db, .arena = a, .now_ms = clock_now(&clock), .book = book
		};
		fine = bench_key(&x->act, file, key_file, &key, e) &&
		       site_open(&x->site, db, key, book, view, clock, e) && add_world(x, e) &&
		       (!measured || (measure_all(x, e) && measure_files(x, e)));
	}
	view_close(view);
	return fine;
}

static int tell(const struct err *e)
{
	(void)fprintf(stderr, "lists: %s: %s (%s)\n", err_kind_name(e->kind), e->detail, e->key);
	return FAILED;
}

static int measure_in(struct lists *x, const struct options *options, struct err *e)
{
	char dir[400];
	char file[420];
	(void)snprintf(dir, sizeof(dir), "%.300s/lists-XXXXXX", options->dir);
	if (!mkdtemp(dir)) {
		(void)fprintf(stderr, "lists: no folder below %s\n", options->dir);
		return FAILED;
	}
	(void)snprintf(file, sizeof(file), "%s/lists.db", dir);
	const bool fine = run(x, file, NULL, true, e);
	if (fine)
		report_print(&x->report, options->json);
	if (!options->keep) {
		(void)unlink(file);
		(void)snprintf(file, sizeof(file), "%s/lists.db.key", dir);
		(void)unlink(file);
		(void)rmdir(dir);
	}
	if (!fine)
		return tell(e);
	return report_met(&x->report) ? ALL_MET : MISSED;
}

int main(int argc, char **argv)
{
	struct options options = { 0 };
	struct err e = { 0 };
	if (!read_options(argc, argv, &options) || sodium_init() < 0) {
		(void)fprintf(stderr, "usage: lists --dir FOLDER [--json] [--quick] [--keep]\n"
				      "       lists --world DATABASE [--key FILE]\n");
		return USAGE;
	}
	struct lists x = { .rounds = options.quick ? ROUNDS_QUICK : ROUNDS,
			   .report = report_open("lists", options.quick) };
	int code = 0;
	if (options.world)
		code = run(&x, options.world, options.key, false, &e) ? ALL_MET : tell(&e);
	else
		code = measure_in(&x, &options, &e);
	report_close(&x.report);
	return code;
}
