/* Whoever competes holds no office in that competition: conflict of interest (section 4 of
 * rules.md), over every route of an office that leads to a candidate. */
#include "competing.h"

#include "app/evidence/checkpoint.h"
#include "web/access/candidacy.h"
#include "web/route.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* Numbers in paths of offices that lead to no candidate by themselves. */
static const char *const neutral[] = {
	"person", "request", "question", "revision", "import", "export", "form",
	"item",   "change",  "size",     "witness",  "mail",   "hall",   "level",
	"signal", "notice",  "a",        "b",        "c",      "d",      "certificate",
	"entry",  "opening", "incident", "page",     "report", "hook",   "delivery",
};

static bool is_neutral(const char *name)
{
	for (size_t i = 0; i < COUNT(neutral); i++) {
		if (strcmp(neutral[i], name) == 0)
			return true;
	}
	return false;
}

static const struct param *param_of(const struct route *route, const char *name, size_t size)
{
	for (const struct param *p = route->params; p->name; p++) {
		if (strlen(p->name) == size && memcmp(p->name, name, size) == 0)
			return p;
	}
	fail_msg("%s: an undeclared part", route->path);
	return NULL;
}

/* The path with the things of `id`; NULL if it leads to no candidate.  A new route of an office
 * has to say which it is. */
static const char *path_of(struct competing *w, const struct route *route, const int64_t *id)
{
	struct buf out = buf_on(w->h->arena);
	bool leads = false;
	for (const char *at = route->path; *at;) {
		if (*at != ':') {
			buf_add_char(&out, *at++);
			continue;
		}
		const size_t size = strcspn(at + 1, "/");
		const struct param *p = param_of(route, at + 1, size);
		const enum candidate_thing thing = candidacy_thing(route, p->name);
		if (thing == THING_NONE && p->type == P_INT && !is_neutral(p->name))
			fail_msg("%s: does :%s lead to a candidate?", route->path, p->name);
		if (p->type == P_CHOICE)
			buf_add(&out, p->choices[0]);
		else
			buf_add(&out, arena_print(w->h->arena, "%lld",
						  thing ? (long long)id[thing] : 1LL));
		leads = leads || thing != THING_NONE;
		at += size + 1;
	}
	return leads ? out.text : NULL;
}

static bool refused(struct competing *w, const struct route *route, const char *path,
		    int64_t person)
{
	struct answer a = route->method == POST ? harness_post(w->h, person, path, "")
						: harness_get(w->h, person, path);
	if (a.status >= 500)
		fail_msg("%s %s answers %d", method_name(route->method), path, a.status);
	return a.status == 403 && strcmp(a.error, COMPETES_KEY) == 0;
}

/* Every route of an office, walked by the candidate who holds them all, and by a colleague. */
static void walk(struct competing *w, const int64_t *id, const char *whose)
{
	const int64_t colleague = harness_person(w->h, COMPETING_OFFICES);
	const struct route *route = NULL;
	int walked = 0;
	for (struct route_walk at = { 0 }; (route = route_next(&at));) {
		if ((route->who & (ROLE_PUBLIC | ROLE_PERSON)) || !(route->who & COMPETING_OFFICES))
			continue;
		const char *path = path_of(w, route, id);
		if (!path)
			continue;
		walked++;
		if (!refused(w, route, path, w->officer))
			fail_msg("%s: %s %s lets the candidate in", whose,
				 method_name(route->method), route->path);
		if (refused(w, route, path, colleague))
			fail_msg("%s: %s %s refuses a colleague", whose, method_name(route->method),
				 route->path);
	}
	assert_true(walked > 100);
}

static void test_own_papers(void **state)
{
	struct competing w = competing_open(*state);
	walk(&w, w.own, "own");
}

static void test_papers_of_a_rival(void **state)
{
	struct competing w = competing_open(*state);
	walk(&w, w.rival, "a rival's");
}

static const char *place(struct competing *w, const char *before, int64_t id, const char *after)
{
	return arena_print(w->h->arena, "%s%lld%s", before, (long long)id, after);
}

/* What every person may ask for shows the officer what it shows a candidate. */
static void test_pages_of_persons(void **state)
{
	struct competing w = competing_open(*state);
	static const struct {
		const char *before, *after;
		enum candidate_thing thing;
		int own, rival;
	} row[] = {
		{ "/applications/", "", THING_APPLICATION, 200, 404 },
		{ "/applications/", "/story", THING_APPLICATION, 200, 404 },
		{ "/applications/", "/complaint", THING_APPLICATION, 200, 404 },
		{ "/documents/", "", THING_DOCUMENT, 200, 403 },
		{ "/complaints/", "", THING_COMPLAINT, 200, 404 },
		{ "/challenges/", "", THING_CHALLENGE, 200, 404 },
		{ "/results/", "", THING_ATTEMPT, 200, 403 },
		{ "/interviews/", "/minutes", THING_INTERVIEW, 404, 404 },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		const char *own = place(&w, row[i].before, w.own[row[i].thing], row[i].after);
		const char *rival = place(&w, row[i].before, w.rival[row[i].thing], row[i].after);
		struct answer a = harness_get(w.h, w.officer, own);
		struct answer b = harness_get(w.h, w.officer, rival);
		if (a.status != row[i].own || b.status != row[i].rival)
			fail_msg("%s, %s: %d %s, %d %s", own, rival, a.status, a.error, b.status,
				 b.error);
	}
	struct answer a =
		harness_get(w.h, w.officer, place(&w, "/complaints/", w.own[THING_COMPLAINT], ""));
	assert_true(json_is_false(answer_value(&a, "may_answer")));
}

/* Lists of an office leave out the competitions in which its holder competes. */
static void test_lists(void **state)
{
	struct competing w = competing_open(*state);
	const int64_t colleague = harness_person(w.h, COMPETING_OFFICES);
	struct err e = { 0 };
	static const struct {
		const char *path, *rows;
		int count;
	} row[] = {
		{ "/security", "candidates", 1 },
		{ "/studies/polygraph", "candidates", 1 },
		{ "/audit/views", "views", 1 },
	};
	assert_true(db_exec(w.h->site.db, &e, NULL,
			    "INSERT INTO security_list_entry (list_id, application_id)"
			    " VALUES ($1, $2)",
			    db_int(w.own[THING_SECURITY_LIST]),
			    db_int(w.rival[THING_APPLICATION])));
	assert_true(db_exec(w.h->site.db, &e, NULL,
			    "UPDATE application SET state = 'draft' WHERE id NOT IN ($1, $2)",
			    db_int(w.own[THING_APPLICATION]), db_int(w.rival[THING_APPLICATION])));
	assert_true(db_exec(w.h->site.db, &e, NULL,
			    "INSERT INTO restricted_view (person_id, application_id, what, at_ms)"
			    " VALUES ($1, $2, 'study', 1)",
			    db_int(w.d.hr), db_int(w.own[THING_APPLICATION])));
	for (size_t i = 0; i < COUNT(row); i++) {
		struct answer a = harness_get(w.h, w.officer, row[i].path);
		struct answer b = harness_get(w.h, colleague, row[i].path);
		assert_int_equal(json_array_size(answer_value(&a, row[i].rows)), 0);
		if (json_array_size(answer_value(&b, row[i].rows)) < (size_t)row[i].count)
			fail_msg("%s: nothing for a colleague", row[i].path);
	}
}

static bool has_task(struct competing *w, int64_t person, const char *key)
{
	return harness_waits(w->h, person, key) != NULL;
}

/* What waits on the first page is of competitions of others. */
static void test_home(void **state)
{
	struct competing w = competing_open(*state);
	const int64_t colleague = harness_person(w.h, COMPETING_OFFICES);
	struct err e = { 0 };
	static const char *const keys[] = {
		"home.task.security",    "home.task.check",
		"home.task.second",      "home.task.acts",
		"home.task.signals",     "home.task.asked_body",
		"home.task.names",       "home.task.challenge_papers",
		"home.task.destruction",
	};
	assert_true(db_exec(w.h->site.db, &e, NULL,
			    "INSERT INTO security_list_entry (list_id, application_id)"
			    " VALUES ($1, $2)",
			    db_int(w.own[THING_SECURITY_LIST]),
			    db_int(w.rival[THING_APPLICATION])));
	assert_true(db_exec(w.h->site.db, &e, NULL,
			    "DELETE FROM security_information WHERE application_id = $1",
			    db_int(w.rival[THING_APPLICATION])));
	assert_true(db_exec(w.h->site.db, &e, NULL, "UPDATE destruction_proposal SET asked_ms = $1",
			    db_int(clock_now(&w.h->site.clock))));
	int seen = 0;
	for (size_t i = 0; i < COUNT(keys); i++) {
		if (has_task(&w, w.officer, keys[i]))
			fail_msg("%s: of the own competition", keys[i]);
		seen += has_task(&w, colleague, keys[i]);
	}
	assert_true(has_task(&w, colleague, "home.task.destruction"));
	assert_true(has_task(&w, colleague, "home.task.security"));
	assert_true(seen >= 4);
}

static size_t rows_of(struct competing *w, int64_t person, const char *path, const char *list)
{
	struct answer a = harness_get(w->h, person, path);
	assert_int_equal(a.status, 200);
	return json_array_size(answer_value(&a, list));
}

/* Nor do the lists of the journal say how the own one goes: entries, and what checkpoints are for.
 */
static void test_journal(void **state)
{
	struct competing w = competing_open(*state);
	const int64_t colleague = harness_person(w.h, COMPETING_OFFICES);
	const struct act system = harness_act(w.h, 0);
	struct err e = { 0 };
	const char *subject = place(&w, "sitting/", w.own[THING_SITTING], "");
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	assert_true(db_begin(w.h->site.db, &tx, &e) &&
		    act_journal(&system, "sitting.opened", w.own[THING_COMPETITION], subject,
				json_object(), &e) &&
		    checkpoint_make(&system, CHECKPOINT_SITTING, subject, &e) &&
		    db_commit(&tx, &e));
	const char *entries = arena_print(w.h->arena, "/journal/entries?subject=%s", subject);
	const char *points = arena_print(w.h->arena, "/journal?q=%s", subject);
	assert_true(rows_of(&w, colleague, entries, "entries") > 0);
	assert_int_equal(rows_of(&w, w.officer, entries, "entries"), 0);
	assert_true(rows_of(&w, colleague, points, "checkpoints") > 0);
	assert_int_equal(rows_of(&w, w.officer, points, "checkpoints"), 0);
	/* others' are there */
	assert_true(rows_of(&w, w.officer, "/journal/entries", "entries") > 0);
	int64_t size = 0;
	assert_true(db_number(w.h->site.db, &e, &size, "SELECT MAX(size) FROM checkpoint"));
	const char *one = place(&w, "/journal/checkpoints/", size, "");
	assert_true(rows_of(&w, colleague, one, "checkpoint.reasons") > 0);
	assert_int_equal(rows_of(&w, w.officer, one, "checkpoint.reasons"), 0);
}

static void test_the_refusal_is_said(void **state)
{
	struct competing w = competing_open(*state);
	const char *path = place(&w, "/applications/", w.own[THING_APPLICATION], "/check");
	static const struct {
		const char *language, *words;
	} row[] = {
		{ "kk", "мүдделер қақтығысы" },
		{ "ru", "конфликт интересов" },
		{ "en", "conflict of interest" },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		w.h->language = row[i].language;
		struct answer a = harness_html(w.h, w.officer, path);
		assert_int_equal(a.status, 403);
		if (!strstr(a.body, row[i].words))
			fail_msg("%s: not said", row[i].language);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_own_papers),
		HARNESS_TEST(test_papers_of_a_rival),
		HARNESS_TEST(test_pages_of_persons),
		HARNESS_TEST(test_lists),
		HARNESS_TEST(test_home),
		HARNESS_TEST(test_journal),
		HARNESS_TEST(test_the_refusal_is_said),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
