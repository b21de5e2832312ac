/* Pages of complaints and of retention (F74, F90). */
#include "destroy.h"
#include "hall.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const char *below(struct hall *w, const char *format)
{
	return arena_print(w->stage.h->arena, "/applications/%lld%s", (long long)w->application,
			   format);
}

/* F90: from the candidate's page to the answer that cites. */
static void test_way(void **state)
{
	struct hall w = hall_open(*state);
	struct harness *h = w.stage.h;
	hall_start(&w);
	hall_answer_right(&w, 3);
	harness_check_page(h, w.candidate, "/complaints");
	harness_check_page(h, w.candidate, below(&w, "/complaint"));
	harness_check_page(h, w.stage.hr, below(&w, "/complaint"));
	struct answer a = harness_post(h, w.candidate, below(&w, "/complaint"), "text=Late");
	assert_string_equal(a.location, "/complaints/1");
	harness_check_page(h, w.candidate, "/complaints/1");
	harness_check_page(h, w.stage.hr, "/complaints/1");
	harness_check_page(h, w.candidate, below(&w, "/story"));
	a = harness_get(h, w.stage.hr, "/complaints/1");
	assert_int_equal(json_array_size(answer_value(&a, "records")), 4);
	a = harness_post(h, w.stage.hr, "/complaints/1/answer", "outcome=refused&answer=No");
	assert_int_equal(a.status, 422);
	assert_string_equal(a.field, "cites");
	a = harness_post_html(h, w.stage.hr, "/complaints/1/answer", "outcome=refused&answer=No");
	assert_int_equal(a.status, 422);
	a = harness_post(h, w.stage.hr, "/complaints/1/answer",
			 "outcome=refused&answer=No&cites=1&cites=2");
	assert_string_equal(a.location, "/complaints/1");
	harness_check_page(h, w.candidate, "/complaints/1");
	harness_check_page(h, w.stage.hr, "/complaints?state=answered");
	a = harness_get(h, w.stage.hr, "/complaints?state=open");
	assert_int_equal(json_array_size(answer_value(&a, "complaints")), 0);
}

/* Another's complaint does not exist. */
static void test_rights(void **state)
{
	struct hall w = hall_open(*state);
	struct harness *h = w.stage.h;
	(void)harness_post(h, w.candidate, below(&w, "/complaint"), "text=Late");
	static const struct {
		const char *why;
		unsigned role;
		int status;
	} row[] = {
		{ "a stranger", 0, 404 },
		{ "own security", ROLE_SECURITY, 404 },
		{ "an auditor", ROLE_AUDITOR, 200 },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		const int64_t person = harness_person(h, row[i].role);
		const int status = harness_get(h, person, "/complaints/1").status;
		if (status != row[i].status)
			fail_msg("%s: %d", row[i].why, status);
		struct answer a = harness_get(h, person, "/complaints");
		assert_int_equal(json_array_size(answer_value(&a, "complaints")),
				 row[i].status == 200);
	}
	assert_int_equal(harness_get(h, harness_person(h, 0), below(&w, "/complaint")).status, 404);
}

#define PROPOSAL "number=3-a&day=%s&reason=%%D0%%A1%%D1%%80%%D0%%BE%%D0%%BA"

static const char *today(struct harness *h)
{
	char *text = arena_alloc(h->arena, DAY_TEXT_SIZE);
	day_print(day_of_instant(clock_now(&h->site.clock)), text);
	return text;
}

static int64_t waits_at_home(struct harness *h, int64_t person)
{
	return row_number(harness_waits(h, person, "home.task.destruction"), "count");
}

/* F74, ASVS 2.3.5: what one proposes on the page of the competition, another one finds on the first
 * page, sees, and carries out. */
static void test_retention(void **state)
{
	struct hall w = hall_open(*state);
	struct harness *h = w.stage.h;
	struct err e = { 0 };
	const char *page = arena_print(h->arena, "/competitions/%lld/retention",
				       (long long)w.stage.competition);
	const int64_t second = harness_person(h, ROLE_HR);
	const int64_t auditor = harness_person(h, ROLE_AUDITOR);
	hall_start(&w);
	harness_check_page(h, w.stage.hr, page);
	harness_check_page(h, w.stage.hr, "/retention");
	assert_true(db_exec(h->site.db, &e, NULL,
			    "UPDATE competition SET state = 'closed', closed_ms = $1",
			    db_int(clock_now(&h->site.clock))));
	harness_check_page(h, w.stage.hr, "/retention");
	struct answer a =
		harness_post(h, w.stage.hr, page, arena_print(h->arena, PROPOSAL, today(h)));
	assert_int_equal(a.status, 409);
	harness_at(h, "2029-03-03T10:00");
	harness_check_page(h, w.stage.hr, page);
	a = harness_post(h, w.stage.hr, page, arena_print(h->arena, PROPOSAL, "2029-03-04"));
	assert_string_equal(a.field, "day");
	a = harness_post(h, w.stage.hr, page, arena_print(h->arena, PROPOSAL, today(h)));
	assert_string_equal(a.location, "/destruction-proposals/1");
	assert_int_equal(waits_at_home(h, w.stage.hr), 0);
	assert_int_equal(waits_at_home(h, second), 1);
	harness_check_page(h, second, "/");
	harness_check_page(h, w.stage.hr, page);
	harness_check_page(h, w.stage.hr, "/retention");
	harness_check_page(h, w.stage.hr, "/destruction-proposals/1");
	harness_check_page(h, auditor, "/destruction-proposals/1");
	harness_check_page(h, second, "/destruction-proposals/1");
	a = harness_get(h, second, "/destruction-proposals/1");
	assert_true(json_is_true(answer_value(&a, "proposal.confirms")));
	assert_true(json_array_size(answer_value(&a, "proposal.would.rows")) > 3);
	a = harness_get(h, w.stage.hr, "/destruction-proposals/1");
	assert_false(json_is_true(answer_value(&a, "proposal.confirms")));
	a = harness_post(h, w.stage.hr, "/destruction-proposals/1/answer", "answer=yes");
	assert_string_equal(a.error, "destruction.error.same");
	a = harness_post(h, second, "/destruction-proposals/1/answer", "answer=no&reason=");
	assert_string_equal(a.field, "reason");
	a = harness_post(h, second, "/destruction-proposals/1/answer", "answer=yes");
	assert_string_equal(a.location, "/destruction-acts/1");
	harness_check_page(h, w.stage.hr, "/destruction-acts/1");
	harness_check_page(h, w.stage.hr, "/destruction-proposals/1");
	harness_check_page(h, w.stage.hr, page);
	assert_int_equal(harness_get(h, auditor, "/destruction-acts/1").status, 200);
	assert_int_equal(harness_get(h, w.stage.hr, "/destruction-acts/1/act.pdf").status, 200);
	/* what is left of it can still be looked at */
	harness_check_page(h, w.stage.hr, "/retention");
	page = arena_print(h->arena, "/competitions/%lld", (long long)w.stage.competition);
	harness_check_page(h, w.stage.hr, page);
	assert_int_equal(harness_get(h, w.candidate, "/applications").status, 200);
	a = harness_get(h, w.operator,
			arena_print(h->arena, "/sittings/%lld", (long long)w.sitting));
	assert_in_range(a.status, 200, 404);
}

/* Proposals that came to nothing can be read, and nothing can be done to them. */
static void test_proposals_without_an_act(void **state)
{
	struct stage s = stage_open(*state);
	struct harness *h = s.h;
	const int64_t second = harness_person(h, ROLE_HR);
	struct err e = { 0 };
	(void)stage_candidate(&s, STAGE_COMPLETE);
	close_competition(h, s.competition);
	harness_at(h, "2029-06-01T10:00");
	(void)destroy_propose(h, s.hr, s.competition, 0);
	struct answer a = harness_post(h, second, "/destruction-proposals/1/withdraw", "");
	assert_string_equal(a.error, "destruction.error.other");
	a = harness_post(h, s.hr, "/destruction-proposals/1/withdraw", "");
	assert_string_equal(a.location, "/destruction-proposals/1");
	harness_check_page(h, s.hr, "/destruction-proposals/1");
	(void)destroy_propose(h, s.hr, s.competition, 0);
	a = harness_post(h, second, "/destruction-proposals/2/answer", "answer=no&reason=x");
	assert_string_equal(a.location, "/destruction-proposals/2");
	harness_check_page(h, s.hr, "/destruction-proposals/2");
	(void)destroy_propose(h, s.hr, s.competition, 0);
	assert_true(db_exec(h->site.db, &e, NULL,
			    "INSERT INTO notice (person_id, kind, competition_id, href, content,"
			    " created_ms) VALUES ($1, 'account.password', $2, '', '{}', 0)",
			    db_int(second), db_int(s.competition)));
	harness_check_page(h, second, "/destruction-proposals/3");
	a = harness_get(h, second, "/destruction-proposals/3");
	assert_true(json_is_true(answer_value(&a, "proposal.changed")));
	assert_true(json_is_true(answer_value(&a, "proposal.answers")));
	assert_false(json_is_true(answer_value(&a, "proposal.confirms")));
	harness_at(h, "2029-06-08T10:00");
	harness_check_page(h, second, "/destruction-proposals/3");
	a = harness_get(h, second, "/destruction-proposals/3");
	assert_string_equal(answer_text(&a, "proposal.stands"), "late");
	assert_int_equal(
		harness_get(h, harness_person(h, ROLE_OPERATOR), "/destruction-proposals/3").status,
		403);
}

/* The end of a person's own data: the IIN is typed, never in an address. */
static void test_retention_of_person(void **state)
{
	struct harness *h = *state;
	const int64_t hr = harness_person(h, ROLE_HR);
	const int64_t second = harness_person(h, ROLE_HR);
	const int64_t person = harness_person(h, 0);
	struct err e = { 0 };
	const char *iin = "";
	assert_true(db_string(h->site.db, h->arena, &e, &iin,
			      "SELECT iin FROM person WHERE id = $1", db_int(person)));
	harness_check_page(h, hr, "/retention/person");
	struct answer a =
		harness_post(h, hr, "/retention/person",
			     arena_print(h->arena, "iin=111111111111&" PROPOSAL, today(h)));
	assert_string_equal(a.error, "retention.error.nobody");
	assert_string_equal(a.field, "iin");
	const int64_t member = harness_person(h, ROLE_MEMBER);
	const char *of_member = "";
	assert_true(db_string(h->site.db, h->arena, &e, &of_member,
			      "SELECT iin FROM person WHERE id = $1", db_int(member)));
	a = harness_post(h, hr, "/retention/person",
			 arena_print(h->arena, "iin=%s&" PROPOSAL, of_member, today(h)));
	assert_string_equal(a.error, "retention.error.in_use");
	a = harness_post(h, hr, "/retention/person",
			 arena_print(h->arena, "iin=%s&" PROPOSAL, iin, today(h)));
	assert_string_equal(a.location, "/destruction-proposals/1");
	harness_check_page(h, second, "/destruction-proposals/1");
	harness_check_page(h, second, "/retention");
	a = harness_post(h, second, "/destruction-proposals/1/answer", "answer=yes");
	assert_string_equal(a.location, "/destruction-acts/1");
	harness_check_page(h, hr, "/destruction-acts/1");
	a = harness_get(h, hr, "/destruction-acts/1");
	assert_int_equal(
		json_integer_value(json_object_get(json_object_get(a.json, "act"), "person")),
		person);
	assert_int_equal(harness_get(h, hr, "/destruction-acts/1/act.pdf").status, 200);
}

#define WITH_HARNESS(test) HARNESS_TEST(test)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_HARNESS(test_way),
		WITH_HARNESS(test_rights),
		WITH_HARNESS(test_retention),
		WITH_HARNESS(test_proposals_without_an_act),
		WITH_HARNESS(test_retention_of_person),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
