/* Pages and papers of challenges, and what they hide (F9, F25, F62, F63). */
#include "dispute.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *at(struct dispute *d, const char *format, int64_t id)
{
	char path[128];
	const char *hole = strchr(format, '#');
	(void)snprintf(path, sizeof(path), "%.*s%lld%s", (int)(hole - format), format,
		       (long long)id, hole + 1);
	return arena_copy(d->h->arena, path);
}

static const char *question(struct dispute *d)
{
	return arena_print(d->h->arena, "/results/%lld/questions/%lld", (long long)d->attempt[0],
			   (long long)d->number[0]);
}

static int64_t id_of(const char *location)
{
	return strtoll(strrchr(location, '/') + 1, NULL, 10);
}

/* From the result to the challenge, as the candidate goes. */
static void test_candidate(void **state)
{
	struct dispute d = dispute_open(*state);
	const int64_t me = d.person[0];
	harness_check_page(d.h, me, at(&d, "/results/#", d.attempt[0]));
	harness_check_page(d.h, me, at(&d, "/results/#/questions", d.attempt[0]));
	struct answer a = harness_get(d.h, me, at(&d, "/results/#/questions", d.attempt[0]));
	assert_int_equal(answer_number(&a, "listing.total"), 120);
	harness_check_page(d.h, me, question(&d));
	assert_int_equal(stage_journalled(d.h, "challenge.viewed") > 0, 1);
	a = harness_get(d.h, me, question(&d));
	assert_int_equal(json_array_size(answer_value(&a, "question.options")), d.options);
	/* its words and whether it was chosen; never whether it is right */
	assert_int_equal(json_object_size(answer_value(&a, "question.options.0")), 2);
	assert_int_equal(harness_get(d.h, d.person[1], question(&d)).status, 404);
	assert_int_equal(harness_get(d.h, d.hr, question(&d)).status, 404);
	a = harness_post(d.h, me, question(&d), "grounds=&basis=");
	assert_string_equal(a.field, "grounds");
	a = harness_post_html(d.h, me, question(&d), "grounds=&basis=x");
	assert_int_equal(a.status, 422);
	a = harness_post(d.h, me, question(&d), "grounds=Wrong&basis=Art+15");
	assert_int_equal(a.status, 200);
	const int64_t id = id_of(a.location);
	harness_check_page(d.h, me, at(&d, "/challenges/#", id));
	harness_check_page(d.h, me, question(&d));
	a = harness_post(d.h, me, at(&d, "/challenges/#/withdraw", id), "");
	assert_int_equal(a.status, 200);
	harness_check_page(d.h, me, at(&d, "/challenges/#", id));
}

static bool has_words(struct answer a)
{
	return strstr(a.body, "test-stem") || strstr(a.body, "test-option");
}

/* Nothing of this competition can be challenged any more. */
static void shut_term(struct dispute *d)
{
	struct err e = { 0 };
	assert_true(db_exec(d->h->site.db, &e, NULL,
			    "UPDATE competition SET state = 'closed' WHERE id = $1",
			    db_int(d->hall.stage.competition)));
}

/* A form that is refused shows the words of a question again if it was opened, in the term. */
static void test_unopened(void **state)
{
	struct dispute d = dispute_open(*state);
	static const char *const forms[] = { "grounds=&basis=x", "grounds=Wrong&basis=x" };
	const char *path = question(&d);
	const char *other = arena_print(d.h->arena, "/results/%lld/questions/%lld",
					(long long)d.attempt[0], d.number[0] == 1 ? 2LL : 1LL);
	(void)harness_get(d.h, d.person[0], other);
	assert_false(has_words(harness_post_html(d.h, d.person[0], path, forms[0])));
	assert_true(has_words(harness_post_html(d.h, d.person[0], other, forms[0])));
	shut_term(&d);
	for (size_t i = 0; i < COUNT(forms); i++) {
		struct answer a = harness_post_html(d.h, d.person[0], other, forms[i]);
		assert_true(a.status == 422 || a.status == 409);
		assert_false(has_words(a));
		assert_false(has_words(harness_post_html(d.h, d.person[0], path, forms[i])));
	}
}

/* F9: the officials' pages have codes; the words are for experts. */
static void test_officials(void **state)
{
	struct dispute d = dispute_open(*state);
	const int64_t auditor = harness_person(d.h, ROLE_AUDITOR);
	const int64_t id = dispute_file(&d);
	const char *path = at(&d, "/challenges/#", id);
	const int64_t readers[] = { d.hr, auditor, d.reviewer, d.approver };
	for (size_t i = 0; i < COUNT(readers); i++) {
		harness_check_page(d.h, readers[i], "/challenges");
		harness_check_page(d.h, readers[i], path);
		struct answer a = harness_get(d.h, readers[i], path);
		assert_int_equal(json_is_object(answer_value(&a, "words")), i >= 2);
		assert_null(json_object_get(answer_value(&a, "challenge"), "name"));
	}
	struct answer a = harness_get(d.h, d.reviewer, "/challenges?stands=waiting");
	assert_int_equal(answer_number(&a, "listing.total"), 1);
	a = harness_get(d.h, d.reviewer, "/challenges?stands=proposed");
	assert_int_equal(answer_number(&a, "listing.total"), 0);
	a = harness_get(d.h, d.reviewer, "/challenges?kind=key&act=civil-code&sitting=99");
	assert_int_equal(answer_number(&a, "listing.total"), 0);
	assert_int_equal(harness_get(d.h, d.person[1], path).status, 404);
	assert_int_equal(harness_get(d.h, d.person[1], "/challenges").status, 403);
	assert_true(stage_journalled(d.h, "bank.viewed") > 0);
	harness_check_page(d.h, d.reviewer, "/");
	harness_check_page(d.h, d.hr, "/");
}

/* Found, returned, found again, confirmed: the pages on the way. */
static void test_verdict(void **state)
{
	struct dispute d = dispute_open(*state);
	const int64_t id = dispute_file(&d);
	const char *path = at(&d, "/challenges/#", id);
	const char *find = at(&d, "/challenges/#/finding", id);
	const char *reply = at(&d, "/challenges/#/answer", id);
	const char *key =
		arena_print(d.h->arena, "kind=key&right=%c&article=15&reasons=So", 'a' + d.right);
	(void)harness_get(d.h, d.reviewer, path);
	struct answer a =
		harness_post_html(d.h, d.reviewer, find, "kind=key&article=15&reasons=So");
	assert_int_equal(a.status, 422);
	a = harness_post(d.h, d.reviewer, find, "kind=key&article=15&reasons=So");
	assert_string_equal(a.field, "right");
	assert_int_equal(harness_post(d.h, d.reviewer, find, key).status, 200);
	harness_check_page(d.h, d.reviewer, path);
	harness_check_page(d.h, d.approver, path);
	a = harness_get(d.h, d.approver, path);
	assert_int_equal(answer_number(&a, "effect.changed"), 2);
	assert_true(json_is_true(answer_value(&a, "may.answer")));
	const char *answer = arena_print(d.h->arena, "finding=%lld&newest=%lld",
					 (long long)answer_number(&a, "effect.finding"),
					 (long long)answer_number(&a, "effect.newest"));
	a = harness_post(d.h, d.approver, reply,
			 arena_print(d.h->arena, "%s&answer=return&note=", answer));
	assert_string_equal(a.field, "note");
	a = harness_post(d.h, d.approver, reply,
			 arena_print(d.h->arena, "%s&answer=return&note=Why", answer));
	assert_int_equal(a.status, 200);
	harness_check_page(d.h, d.reviewer, path);
	assert_int_equal(harness_post(d.h, d.reviewer, find, key).status, 200);
	a = harness_get(d.h, d.approver, path);
	answer = arena_print(d.h->arena, "finding=%lld&newest=%lld&answer=confirm&note=7",
			     (long long)answer_number(&a, "effect.finding"),
			     (long long)answer_number(&a, "effect.newest"));
	assert_int_equal(harness_post(d.h, d.approver, reply, answer).status, 200);
	assert_int_equal(dispute_correct(&d, d.attempt[0]), 84);
	harness_check_page(d.h, d.approver, path);
	harness_check_page(d.h, d.person[0], path);
	a = harness_get(d.h, d.person[0], path);
	assert_string_equal(answer_text(&a, "verdict.kind"), "key");
	assert_true(json_is_object(answer_value(&a, "told")));
	assert_int_equal(json_array_size(answer_value(&a, "findings")), 0);
	a = harness_get(d.h, d.approver, "/challenges?kind=key");
	assert_int_equal(answer_number(&a, "listing.total"), 1);
}

/* F62: old and new on the result's page, HR's list, the bank's page; the notice is served. */
static void test_corrected(void **state)
{
	struct dispute d = dispute_open(*state);
	struct err e = { 0 };
	const char *result = at(&d, "/results/#", d.attempt[1]);
	const char *list = at(&d, "/competitions/#/corrections", d.hall.stage.competition);
	harness_check_page(d.h, d.hr, list);
	dispute_confirm(&d, dispute_find(&d, dispute_file(&d), FINDING_KEY));
	harness_check_page(d.h, d.person[1], result);
	struct answer a = harness_get(d.h, d.person[1], result);
	assert_int_equal(answer_number(&a, "result.versions.0.correct"), 84);
	assert_int_equal(answer_number(&a, "result.versions.1.correct"), 83);
	assert_string_equal(answer_text(&a, "result.versions.1.kind"), "key");
	bool served = false;
	assert_true(db_exists(d.h->site.db, &e, &served,
			      "SELECT 1 FROM notice WHERE person_id = $1"
			      " AND kind = 'result.corrected' AND served_ms IS NOT NULL",
			      db_int(d.person[1])) &&
		    served);
	harness_check_page(d.h, d.hr, list);
	harness_check_page(d.h, d.hr, at(&d, "/competitions/#", d.hall.stage.competition));
	harness_check_page(d.h, d.hr, "/");
	const int64_t auditor = harness_person(d.h, ROLE_AUDITOR);
	harness_check_page(d.h, auditor, list);
	a = harness_post(d.h, d.hr, list,
			 arena_print(d.h->arena, "attempt=%lld&note=", (long long)d.attempt[1]));
	assert_string_equal(a.field, "note");
	a = harness_post_html(
		d.h, d.hr, list,
		arena_print(d.h->arena, "attempt=%lld&note=", (long long)d.attempt[1]));
	assert_int_equal(a.status, 422);
	const char *field = strstr(
		a.body, arena_print(d.h->arena, "id=\"d-note-%lld\"", (long long)d.attempt[1]));
	assert_non_null(field);
	const char *said = strstr(field, "field-error");
	assert_true(said && said < strstr(field, "</form>")); /* at its field */
	a = harness_post(
		d.h, d.hr, list,
		arena_print(d.h->arena, "attempt=%lld&note=Done", (long long)d.attempt[1]));
	assert_int_equal(a.status, 200);
	harness_check_page(d.h, d.hr, list);
	const json_t *row = db_row(d.h->site.db, d.h->arena, &e,
				   "SELECT b.id FROM bank_item b JOIN item i ON i.code = b.code"
				   " WHERE i.id = $1",
				   db_int(d.item));
	harness_check_page(d.h, d.approver, at(&d, "/bank/questions/#", row_number(row, "id")));
}

/* The secretary of the commission sees the corrected results, another's does not. */
static void test_secretary(void **state)
{
	struct dispute d = dispute_open(*state);
	struct err e = { 0 };
	const char *list = at(&d, "/competitions/#/corrections", d.hall.stage.competition);
	const int64_t chair = stage_chair(&d.hall.stage);
	const int64_t other = harness_person(d.h, ROLE_SECRETARY);
	assert_true(db_exec(d.h->site.db, &e, NULL,
			    "UPDATE commission_member SET role = 'secretary' WHERE person_id = $1",
			    db_int(chair)));
	dispute_confirm(&d, dispute_find(&d, dispute_file(&d), FINDING_KEY));
	assert_int_equal(stage_told(d.h, chair, "results.corrected"), 1);
	harness_check_page(d.h, chair, list);
	assert_int_equal(harness_get(d.h, other, list).status, 404);
}

/* F17 */
static void test_paper(void **state)
{
	struct dispute d = dispute_open(*state);
	struct err e = { 0 };
	const char *code = "";
	assert_true(db_string(d.h->site.db, d.h->arena, &e, &code,
			      "SELECT code FROM attempt WHERE id = $1", db_int(d.attempt[0])));
	harness_check_page(d.h, d.hr, "/challenges/new");
	struct answer a = harness_post(
		d.h, d.hr, "/challenges",
		arena_print(d.h->arena,
			    "code=%s&number=%lld&paper=7&day=2026-03-02&grounds=Wrong&basis=", code,
			    (long long)d.number[0]));
	assert_int_equal(a.status, 200);
	const int64_t id = id_of(a.location);
	const char *path = at(&d, "/challenges/#", id);
	harness_check_page(d.h, d.hr, path);
	harness_check_page(d.h, d.hr2, path);
	harness_check_page(d.h, d.hr2, "/");
	assert_int_equal(harness_get(d.h, d.reviewer, path).status, 404);
	a = harness_post(d.h, d.hr2, at(&d, "/challenges/#/compare", id), "agreed=yes");
	assert_int_equal(a.status, 200);
	assert_int_equal(harness_get(d.h, d.reviewer, path).status, 200);
	a = harness_get(d.h, d.hr, "/challenges.csv");
	assert_int_equal(a.status, 200);
}

/* HR of `organ` and of nothing else. */
static void grant_hr(struct dispute *d, int64_t person, const char *organ)
{
	struct err e = { 0 };
	assert_true(
		db_exec(d->h->site.db, &e, NULL,
			"INSERT INTO role_grant (person_id, role, organ, granted_by, granted_ms)"
			" VALUES ($1, 'hr', $2, $1, 0)",
			db_int(person), db_text(organ)));
}

/* Whether the first page has a task with this address for the person. */
static bool home_tells(struct dispute *d, int64_t person, const char *href)
{
	struct answer a = harness_get(d->h, person, "/");
	assert_int_equal(a.status, 200);
	return strstr(a.body, href) != NULL;
}

/* The first page counts the work of the officer's own organs. */
static void test_waits_by_organ(void **state)
{
	struct dispute d = dispute_open(*state);
	struct err e = { 0 };
	const char *papers = "/challenges?stands=entered";
	const char *results = at(&d, "/competitions/#/corrections", d.hall.stage.competition);
	const int64_t other = harness_person(d.h, ROLE_PERSON);
	grant_hr(&d, other, "reg-abai");
	grant_hr(&d, d.person[1], "pgo");
	dispute_confirm(&d, dispute_find(&d, dispute_file(&d), FINDING_KEY));
	assert_true(db_exec(d.h->site.db, &e, NULL,
			    "INSERT INTO challenge (attempt_id, number, item_id, grounds, basis,"
			    " paper, filed_day, state, by_id, at_ms) SELECT attempt_id, number,"
			    " item_id, 'x', '', '7', 0, 'entered', $1, 0 FROM form_question"
			    " WHERE attempt_id = $2 AND item_id = $3",
			    db_int(d.hr), db_int(d.attempt[1]), db_int(d.item)));
	assert_true(home_tells(&d, d.hr2, papers));
	assert_true(home_tells(&d, d.hr2, results));
	assert_false(home_tells(&d, d.hr, papers));        /* entered it */
	assert_false(home_tells(&d, d.person[1], papers)); /* of the own test */
	assert_false(home_tells(&d, other, papers));
	assert_false(home_tells(&d, other, "/corrections"));
	assert_true(db_exec(d.h->site.db, &e, NULL,
			    "UPDATE competition SET organ = 'reg-abai' WHERE id = $1",
			    db_int(d.hall.stage.competition)));
	assert_true(home_tells(&d, other, papers));
	assert_true(home_tells(&d, other, results));
}

/* An officer who challenges sees of the own case what a candidate sees. */
static void test_own_case(void **state)
{
	struct dispute d = dispute_open(*state);
	const int64_t id = dispute_file(&d);
	const char *path = at(&d, "/challenges/#", id);
	(void)dispute_find(&d, id, FINDING_KEY);
	grant_hr(&d, d.person[0], "pgo");
	struct answer a = harness_get(d.h, d.hr, path);
	assert_int_equal(json_array_size(answer_value(&a, "findings")), 1);
	a = harness_get(d.h, d.person[0], path);
	assert_int_equal(a.status, 200);
	assert_true(json_is_true(answer_value(&a, "own")));
	assert_int_equal(json_array_size(answer_value(&a, "findings")), 0);
	assert_int_equal(json_array_size(answer_value(&a, "joined")), 0);
	assert_true(json_is_null(answer_value(&a, "effect")));
	assert_true(json_is_null(answer_value(&a, "words")));
	assert_false(json_is_true(answer_value(&a, "may.compare")));
	harness_check_page(d.h, d.person[0], path);
}

/* The form as filled in, and the decision; nobody else's. */
static void test_pdf(void **state)
{
	struct dispute d = dispute_open(*state);
	const int64_t id = dispute_file(&d);
	const char *form = at(&d, "/challenges/#/challenge.pdf", id);
	const char *decision = at(&d, "/challenges/#/decision.pdf", id);
	assert_string_equal(harness_get(d.h, d.person[0], form).type, "application/pdf");
	assert_string_equal(harness_get(d.h, d.hr, form).type, "application/pdf");
	assert_int_equal(harness_get(d.h, d.person[1], form).status, 404);
	assert_int_equal(harness_get(d.h, d.person[0], decision).status, 404);
	dispute_confirm(&d, dispute_find(&d, id, FINDING_KEY));
	assert_string_equal(harness_get(d.h, d.person[0], decision).type, "application/pdf");
	const char *sheet = at(&d, "/results/#/result.pdf", d.attempt[0]);
	assert_string_equal(harness_get(d.h, d.person[0], sheet).type, "application/pdf");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_candidate),      HARNESS_TEST(test_unopened),
		HARNESS_TEST(test_officials),      HARNESS_TEST(test_verdict),
		HARNESS_TEST(test_corrected),      HARNESS_TEST(test_secretary),
		HARNESS_TEST(test_paper),          HARNESS_TEST(test_pdf),
		HARNESS_TEST(test_waits_by_organ), HARNESS_TEST(test_own_case),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
