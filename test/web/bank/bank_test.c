/* Pages of the question bank (F22 to F25, F29). */
#include "hall.h"

#include "app/sitting/attempt.h"
#include "web/bank/bank.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define WORDS                                                                                      \
	"act=civil-code&article=15&text_date=2024-10-04&key=c&kk_stem=S1&kk_a=a1&kk_b=b1&kk_c=c1"  \
	"&kk_d=d1&ru_a=a2&ru_b=b2&ru_c=c2&ru_d=d2"

struct desk {
	struct harness *h;
	int64_t author, kk, ru, approver;
};

static struct desk desk_open(struct harness *h)
{
	return (struct desk){ h, harness_person(h, ROLE_AUTHOR), harness_person(h, ROLE_REVIEWER),
			      harness_person(h, ROLE_REVIEWER), harness_person(h, ROLE_APPROVER) };
}

static void done(struct harness *h, int64_t person, const char *path, const char *form)
{
	struct answer a = harness_post(h, person, path, form);
	if (a.status != 200)
		fail_msg("%s: %d %s at %s", form, a.status, a.error, a.field);
}

static void check_pages(const struct desk *d)
{
	static const char *const pages[] = { "/bank", "/bank/questions", "/bank/questions/1",
					     "/bank/acts" };
	const int64_t people[] = { d->author, d->kk, d->approver };
	for (size_t p = 0; p < COUNT(people); p++) {
		for (size_t i = 0; i < COUNT(pages); i++)
			harness_check_page(d->h, people[p], pages[i]);
	}
}

static void test_way(void **state)
{
	struct desk d = desk_open(*state);
	harness_check_page(d.h, d.author, "/bank/questions");
	harness_check_page(d.h, d.author, "/bank/questions/new");
	harness_check_page(d.h, d.approver, "/bank/acts");
	struct answer a = harness_post(d.h, d.author, "/bank/questions", WORDS "&code=civ-1");
	assert_string_equal(a.field, "ru_stem"); /* options without a question */
	a = harness_post_html(d.h, d.author, "/bank/questions", WORDS "&code=civ-1");
	assert_int_equal(a.status, 422);
	assert_non_null(strstr(a.body, "value=\"civ-1\"")); /* what was typed stays */
	done(d.h, d.author, "/bank/questions", WORDS "&code=civ-1&ru_stem=S2");
	check_pages(&d);
	done(d.h, d.author, "/bank/questions/1", "revision=1&step=send");
	check_pages(&d);
	a = harness_get(d.h, d.kk, "/bank");
	assert_int_equal(answer_number(&a, "waiting"), 1);
	a = harness_get(d.h, d.kk, "/");
	assert_string_equal(answer_text(&a, "due.lines.0.key"), "home.task.bank");
	done(d.h, d.kk, "/bank/questions/1", "revision=1&step=agree_kk");
	a = harness_get(d.h, d.kk, "/bank");
	assert_int_equal(answer_number(&a, "waiting"), 0);
	done(d.h, d.ru, "/bank/questions/1", "revision=1&step=agree_ru");
	a = harness_get(d.h, d.approver, "/bank/questions?mine=1");
	assert_string_equal(answer_text(&a, "questions.0.code"), "civ-1");
	a = harness_post_html(d.h, d.approver, "/bank/questions/1", "revision=1&step=return");
	assert_int_equal(a.status, 422); /* without a reason */
	done(d.h, d.approver, "/bank/questions/1", "revision=1&step=approve");
	done(d.h, d.kk, "/bank/questions/1/comments", "text=Fine");
	check_pages(&d);
	a = harness_get(d.h, d.kk, "/bank/questions/1");
	assert_string_equal(answer_text(&a, "question.state"), "approved");
	assert_string_equal(answer_text(&a, "options.2.ru"), "c2");
	harness_check_page(d.h, d.author, "/bank/questions/1/edit");
	done(d.h, d.author, "/bank/questions/1/edit",
	     WORDS "&base=1&ru_stem=S3 and more&why=clearer");
	harness_check_page(d.h, d.kk, "/bank/questions/1/revisions/2");
	harness_check_page(d.h, d.kk, "/bank/questions/1/revisions/1");
	a = harness_get(d.h, d.kk, "/bank/questions/1/revisions/2");
	assert_string_equal(answer_text(&a, "parts.9.name"), "ru_stem");
	assert_string_equal(answer_text(&a, "parts.9.pieces.0.text"), "S2");
	check_pages(&d);
}

/* F23: a change of the act, and what the blueprint says at once (F29). */
static void test_act(void **state)
{
	struct desk d = desk_open(*state);
	done(d.h, d.author, "/bank/questions", WORDS "&code=civ-1&ru_stem=S2");
	done(d.h, d.author, "/bank/questions/1", "revision=1&step=send");
	done(d.h, d.kk, "/bank/questions/1", "revision=1&step=agree_kk");
	done(d.h, d.ru, "/bank/questions/1", "revision=1&step=agree_ru");
	done(d.h, d.approver, "/bank/questions/1", "revision=1&step=approve");
	struct answer a = harness_post_html(d.h, d.approver, "/bank/acts", "act=civil-code");
	assert_int_equal(a.status, 422);
	done(d.h, d.approver, "/bank/acts",
	     "act=civil-code&articles=15&text_date=2025-06-01&document=No.1");
	check_pages(&d);
	a = harness_get(d.h, d.kk, "/bank");
	assert_int_equal(answer_number(&a, "acts.2.held"), 1);
	assert_int_equal(answer_number(&a, "acts.2.missing"), 10);
	a = harness_get(d.h, d.kk, "/bank/acts");
	assert_int_equal(answer_number(&a, "changes.0.held"), 1);
	assert_int_equal(harness_get(d.h, d.kk, "/bank/acts.csv").status, 200);
	assert_int_equal(harness_get(d.h, d.kk, "/bank/questions.xlsx").status, 200);
}

/* F64 to F66: the pages with little data and with much; the figures are tested in test/exam. */
static void test_statistics(void **state)
{
	struct hall w = hall_open(*state);
	struct harness *h = w.stage.h;
	const int64_t auditor = harness_person(h, ROLE_AUDITOR);
	const int64_t approver = harness_person(h, ROLE_APPROVER);
	harness_check_page(h, auditor, "/bank/statistics");
	hall_start(&w);
	hall_answer_right(&w, 90);
	struct act candidate = hall_candidate(&w);
	struct err e = { 0 };
	assert_true(attempt_finish(&candidate, w.attempt, HALL_SESSION, &e));
	harness_check_page(h, auditor, "/bank/statistics");
	harness_check_page(h, approver, "/bank/statistics");
	harness_check_page(h, auditor, "/bank/statistics/1");
	struct answer a = harness_get(h, auditor, "/bank/statistics");
	assert_int_equal(answer_number(&a, "test.attempts"), 1);
	assert_int_equal(answer_number(&a, "distribution.people"), 1);
	assert_int_equal(json_array_size(answer_value(&a, "distribution.scores")), 0); /* too few */
	assert_int_equal(harness_get(h, auditor, "/bank/statistics.csv").status, 200);
	assert_int_equal(harness_get(h, auditor, "/bank/statistics/99999").status, 404);
	assert_int_equal(harness_get(h, w.candidate, "/bank/statistics").status, 403);
	assert_int_equal(harness_post(h, auditor, "/bank/statistics/hold", "").status, 403);
	done(h, approver, "/bank/statistics/hold", "");
}

/* The handler runs in the turn: it holds what the worker has found, and reads no attempt for it. */
static void test_hold_reads_nothing(void **state)
{
	struct hall w = hall_open(*state);
	struct harness *h = w.stage.h;
	const struct act act = harness_act(h, harness_person(h, ROLE_APPROVER));
	struct err e = { 0 };
	const json_t *item = db_row(h->site.db, h->arena, &e,
				    "SELECT MIN(id) AS id FROM item WHERE approved_ms IS NOT NULL");
	json_t *found = json_pack("[{s:I,s:s,s:f}]", "item", (json_int_t)row_number(item, "id"),
				  "code", "", "delta", 2.0);
	struct req r = { .site = &h->site,
			 .arena = h->arena,
			 .db = h->site.db,
			 .book = h->site.book,
			 .key = act.key,
			 .now_ms = act.now_ms,
			 .actor.person_id = act.person_id,
			 .found = found };
	/* no attempt says so, but the worker */
	assert_true(figures_do_hold(&r, NULL, &e));
	const json_t *row = db_row(h->site.db, h->arena, &e,
				   "SELECT hold_kind FROM bank_item WHERE used_id = $1",
				   db_int(row_number(item, "id")));
	assert_string_equal(row_text(row, "hold_kind"), "figures");
	json_decref(found);
}

static void test_rights(void **state)
{
	struct desk d = desk_open(*state);
	static const unsigned others[] = { 0,          ROLE_HR,      ROLE_OPERATOR,
					   ROLE_ADMIN, ROLE_AUDITOR, ROLE_MEMBER };
	static const char *const pages[] = { "/bank", "/bank/questions", "/bank/questions/1",
					     "/bank/questions/1/revisions/1", "/bank/acts" };
	done(d.h, d.author, "/bank/questions", WORDS "&code=civ-1&ru_stem=S2");
	for (size_t i = 0; i < COUNT(others); i++) {
		const int64_t person = harness_person(d.h, others[i]);
		for (size_t k = 0; k < COUNT(pages); k++)
			assert_int_equal(harness_get(d.h, person, pages[k]).status, 403);
	}
	assert_int_equal(harness_get(d.h, d.kk, "/bank/questions/1/edit").status, 403);
	assert_int_equal(harness_get(d.h, d.kk, "/bank/questions/9").status, 404);
}

/* F26: a draft that reads like another says so to whoever works at it, also when a step is refused;
 * nobody is barred by it. */
static void test_alike(void **state)
{
	struct desk d = desk_open(*state);
	static const char form[] = WORDS "&ru_stem=";
	const char *first = arena_print(d.h->arena, "%sWhat is the form of a deal", form);
	const char *second =
		arena_print(d.h->arena, "%sWhat is the form of a deal?&code=x-2", form);
	done(d.h, d.author, "/bank/questions", first);
	struct answer a = harness_get(d.h, d.author, "/bank/questions/1");
	assert_false(json_is_true(answer_value(&a, "alike.any")));
	done(d.h, d.author, "/bank/questions", second);
	const int64_t people[] = { d.author, d.kk, d.approver };
	for (size_t i = 0; i < COUNT(people); i++) {
		a = harness_get(d.h, people[i], "/bank/questions/2");
		assert_int_equal(answer_number(&a, "alike.found.0.id"), 1);
		assert_int_equal(answer_number(&a, "alike.found.0.percent"), 100);
		harness_check_page(d.h, people[i], "/bank/questions/2");
	}
	done(d.h, d.author, "/bank/questions/2", "revision=1&step=send");
	a = harness_post_html(d.h, d.kk, "/bank/questions/2", "revision=1&step=return_kk");
	assert_int_equal(a.status, 422);
	assert_non_null(strstr(a.body, "id=\"alike\""));
	done(d.h, d.kk, "/bank/questions/2", "revision=1&step=agree_kk");
	done(d.h, d.ru, "/bank/questions/2", "revision=1&step=agree_ru");
	done(d.h, d.approver, "/bank/questions/2", "revision=1&step=approve");
	a = harness_get(d.h, d.author, "/bank/questions/2");
	assert_true(json_is_null(answer_value(&a, "alike")));
}

/* F31: how often each was shown, which are over-exposed and which rest, as the newest sitting wants
 * it; so in the file. */
static void test_shown(void **state)
{
	struct hall w = hall_open(*state);
	struct harness *h = w.stage.h;
	const int64_t approver = harness_person(h, ROLE_APPROVER);
	struct err e = { 0 };
	hall_start(&w);
	harness_check_page(h, approver, "/bank/questions");
	struct answer a = harness_get(h, approver, "/bank/questions?sort=-forms");
	assert_int_equal(answer_number(&a, "questions.0.forms"), 1);
	assert_string_equal(answer_text(&a, "questions.0.exposure"), "");
	a = harness_get(h, approver, "/bank/questions?sort=forms");
	assert_int_equal(answer_number(&a, "questions.0.forms"), 0);
	a = harness_get(h, approver, "/bank/questions?exposure=rests");
	assert_int_equal(answer_number(&a, "listing.total"), 0);
	assert_true(db_exec(h->site.db, &e, NULL, "UPDATE sitting SET forms_most = 1"));
	a = harness_get(h, approver, "/bank/questions?exposure=rests");
	assert_int_equal(answer_number(&a, "listing.total"), 120);
	assert_int_equal(answer_number(&a, "most"), 1);
	harness_check_page(h, approver, "/bank/questions?exposure=rests");
	a = harness_get(h, approver, "/bank/questions.csv?exposure=rests");
	assert_int_equal(a.status, 200);
	assert_non_null(strstr(a.body, "временно не предъявляется"));
	assert_true(db_exec(h->site.db, &e, NULL, "UPDATE sitting SET forms_most = 0"));
	a = harness_get(h, approver, "/bank/questions?exposure=often");
	assert_int_equal(answer_number(&a, "listing.total"), 0); /* one form says nothing yet */
	assert_true(db_exec(h->site.db, &e, NULL,
			    "INSERT INTO attempt (sitting_id, application_id, code, language,"
			    " document_seen, seat, admitted_by, admitted_ms, token_key, pen,"
			    " extra_ms, void) SELECT sitting_id, application_id, 'TWIN', language,"
			    " document_seen, '9', admitted_by, 0, token_key, '', 0, 1"
			    " FROM attempt WHERE id = $1",
			    db_int(w.attempt)));
	assert_true(db_exec(h->site.db, &e, NULL,
			    "INSERT INTO form_question (attempt_id, number, item_id, act, shown)"
			    " SELECT (SELECT MAX(id) FROM attempt), number, item_id, act, shown"
			    " FROM form_question WHERE attempt_id = $1 AND number <= 5",
			    db_int(w.attempt)));
	a = harness_get(h, approver, "/bank/questions?exposure=often");
	assert_int_equal(answer_number(&a, "listing.total"), 5);
	assert_string_equal(answer_text(&a, "questions.4.exposure"), "often");
	assert_int_equal(answer_number(&a, "questions.4.forms"), 2);
	harness_check_page(h, approver, "/bank/questions?exposure=often");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_way),    HARNESS_TEST(test_alike),
		HARNESS_TEST(test_act),    HARNESS_TEST(test_statistics),
		HARNESS_TEST(test_shown),  HARNESS_TEST(test_hold_reads_nothing),
		HARNESS_TEST(test_rights),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
