/* The candidate's application and HR's check (R10-1, S2-1 to S2-7, R5-2, R13-1, L47, F13, F20). */
#include "stage.h"

#include "app/candidate/application.h"
#include "app/candidate/check.h"
#include "app/evidence/evidence.h"
#include "verify/check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const struct file_in pdf = { STAGE_PDF, sizeof(STAGE_PDF) - 1, "application/pdf", "a.pdf" };

static struct application_document paper(const char *kind, const char *position)
{
	day signed_day = { 0 };
	assert_true(day_parse("2026-03-02", &signed_day));
	return (struct application_document){ kind, "Басшы", position, signed_day, &pdf };
}

/* A draft with everything but its papers. */
static int64_t begin(struct stage *s, int64_t person)
{
	struct act act = harness_act(s->h, person);
	struct err e = { 0 };
	int64_t id = 0;
	const struct application_profile profile = { "reg-akmola", "Прокурор",    "+7 700",
						     "higher-law", "КазНУ, 2008", "kk" };
	struct application_period period = { .kind = "prosecution",
					     .leadership = true,
					     .category = "C-5",
					     .organisation = "Прокуратура",
					     .position = "Прокурор" };
	assert_true(day_parse("2012-01-10", &period.from));
	assert_true(application_begin(&act, s->competition, &id, &e));
	assert_true(application_profile(&act, id, &profile, &e));
	assert_true(application_add_period(&act, id, &period, &e));
	return id;
}

static int64_t begin_and_send(struct stage *s, int64_t person)
{
	struct act act = harness_act(s->h, person);
	struct err e = { 0 };
	int64_t id = begin(s, person);
	struct application_document certificate = paper("certificate", "direct_supervisor");
	struct application_document letter = paper("recommendation", "head_of_body_deputy");
	assert_true(application_add_document(&act, id, &certificate, &e));
	assert_true(application_add_document(&act, id, &letter, &e));
	assert_true(application_send(&act, id, &e));
	return id;
}

/* F15: what was sent can be proved from the moment it is sent. */
static void test_receipt(void **state)
{
	struct stage s = stage_open(*state);
	const int64_t person = harness_person(s.h, ROLE_PERSON);
	const struct act act = harness_act(s.h, person);
	const struct trust trust = { .pinned = false };
	struct report *report = check_new(s.h->arena);
	struct receipt r;
	struct err e = { 0 };
	int64_t seq = 0;
	bool whole = false;
	const int64_t id = begin_and_send(&s, person);
	assert_true(evidence_newest(&act, id, "application.sent", "", &seq, &e));
	assert_true(evidence_require_own(&act, seq, &whole, &e));
	assert_true(whole);
	assert_true(evidence_receipt(s.h->site.db, s.h->arena, seq, true, &r, &e));
	check_receipt(report, &r, &trust);
	assert_int_equal(report->bad, 0);
	assert_non_null(strstr(r.content, "КазНУ, 2008"));
}

/* F13: one application per person and competition, from however many tabs. */
static void test_one_application(void **state)
{
	struct stage s = stage_open(*state);
	int64_t person = harness_person(s.h, ROLE_PERSON);
	struct act act = harness_act(s.h, person);
	int64_t first = begin(&s, person);
	int64_t second = 0;
	struct err e = { 0 };
	assert_true(application_begin(&act, s.competition, &second, &e));
	assert_int_equal(first, second);
	assert_int_equal(stage_journalled(s.h, "application.opened"), 1);
}

/* S2-2: in a region the head of the body or a deputy signs, and nobody else. */
static void test_signatories(void **state)
{
	struct stage s = stage_open(*state);
	int64_t person = harness_person(s.h, ROLE_PERSON);
	struct act act = harness_act(s.h, person);
	int64_t id = begin(&s, person);
	const struct {
		const char *why, *kind, *position, *key; /* key NULL: taken */
	} row[] = {
		{ "not the head of a subdivision", "recommendation", "head_of_subdivision",
		  "law.signatory.recommendation" },
		{ "not the direct supervisor", "recommendation", "direct_supervisor",
		  "law.signatory.recommendation" },
		{ "the head", "recommendation", "head_of_body", NULL },
		{ "the deputy", "recommendation", "head_of_body_deputy", NULL },
		{ "the head signs no certificate", "certificate", "head_of_body",
		  "law.signatory.certificate" },
		{ "the direct supervisor", "certificate", "direct_supervisor", NULL },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		struct application_document d = paper(row[i].kind, row[i].position);
		struct err e = { 0 };
		bool ok = application_add_document(&act, id, &d, &e);
		if (row[i].key)
			stage_refused(row[i].why, ok, &e, ERR_LAW, row[i].key, "10");
		else if (!ok)
			fail_msg("%s: %s", row[i].why, e.key);
	}
}

/* R10-1: incomplete cannot be sent; what was sent is frozen; withdrawn it keeps its history. */
static void test_send_and_withdraw(void **state)
{
	struct stage s = stage_open(*state);
	int64_t person = harness_person(s.h, ROLE_PERSON);
	struct act act = harness_act(s.h, person);
	struct err e = { 0 };
	int64_t id = begin(&s, person);
	int64_t again = 0;
	stage_refused("no papers", application_send(&act, id, &e), &e, ERR_LAW,
		      "application.error.incomplete", "10");
	err_clear(&e);
	assert_int_equal(begin_and_send(&s, person), id);
	struct application_document d = paper("certificate", "direct_supervisor");
	stage_refused("frozen", application_add_document(&act, id, &d, &e), &e, ERR_CONFLICT,
		      "application.error.frozen", NULL);
	err_clear(&e);
	assert_true(application_withdraw(&act, id, "Передумал", &e));
	assert_true(application_begin(&act, s.competition, &again, &e));
	assert_int_equal(again, id);
	assert_int_equal(stage_journalled(s.h, "application.sent"), 1);
	assert_int_equal(stage_journalled(s.h, "application.reopened"), 1);
	assert_int_equal(stage_told(s.h, person, "application.received"), 1); /* F15, F84 */
	assert_int_equal(stage_told(s.h, person, "application.withdrawn"), 1);
	assert_int_equal(stage_told(s.h, s.hr, "application.withdrawal"), 1);
}

/* After the last day of the filing term nothing is begun; another's draft does not exist. */
static void test_term_and_owner(void **state)
{
	struct stage s = stage_open(*state);
	int64_t person = harness_person(s.h, ROLE_PERSON);
	int64_t id = begin(&s, person);
	struct act stranger = harness_act(s.h, harness_person(s.h, ROLE_PERSON));
	struct err e = { 0 };
	stage_refused("another's", application_send(&stranger, id, &e), &e, ERR_MISSING,
		      "error.missing", NULL);
	err_clear(&e);
	harness_at(s.h, "2026-03-13T09:00");
	stranger = harness_act(s.h, stranger.person_id);
	stage_refused("too late", application_begin(&stranger, s.competition, &id, &e), &e, ERR_LAW,
		      "application.error.term", NULL);
}

/* F20, R13-1: a refusal counts when a second officer has confirmed it. */
static void test_four_eyes(void **state)
{
	struct stage s = stage_open(*state);
	int64_t id = begin_and_send(&s, harness_person(s.h, ROLE_PERSON));
	struct act hr = harness_act(s.h, s.hr);
	struct act second = harness_act(s.h, harness_person(s.h, ROLE_HR));
	struct candidate c = { 0 };
	struct err e = { 0 };
	stage_refused("no reason", check_decide(&hr, id, false, "", &e), &e, ERR_INPUT,
		      "check.error.reason", "reason");
	err_clear(&e);
	assert_true(check_decide(&hr, id, false, "Стаж не подтверждён", &e));
	assert_true(candidate_load(&hr, id, &c, &e));
	assert_int_equal(c.record.check, CHECK_PROPOSED_REFUSAL);
	stage_refused("the same officer", check_answer(&hr, id, true, "", &e), &e, ERR_DENIED,
		      "check.error.same_officer", NULL);
	err_clear(&e);
	assert_true(check_answer(&second, id, true, "", &e));
	assert_true(candidate_load(&hr, id, &c, &e));
	assert_int_equal(c.record.check, CHECK_NOT_MET);
	assert_false(c.admission.to_studies);
}

/* F20: findings that go against the table take another officer's decision. */
static void test_four_eyes_on_an_override(void **state)
{
	struct stage s = stage_open(*state);
	const int64_t id = begin_and_send(&s, harness_person(s.h, ROLE_PERSON));
	struct act hr = harness_act(s.h, s.hr);
	struct act second = harness_act(s.h, harness_person(s.h, ROLE_HR));
	struct candidate c = { 0 };
	struct check check = { 0 };
	struct err e = { 0 };
	assert_true(db_exec(s.h->site.db, &e, NULL, "DELETE FROM service_fact"));
	assert_true(check_papers(&hr, id, true, "", &e) && check_load(&hr, id, &check, &e));
	assert_int_equal(check.result.outcome, VERDICT_NOT_MET);
	for (size_t k = 0; k < check.result.conditions[0]; k++) {
		const struct check_finding f = { 0, (int64_t)k, true, "послужной список", "" };
		assert_true(check_find(&hr, id, &f, &e));
	}
	assert_true(check_load(&second, id, &check, &e));
	assert_int_equal(check.result.outcome, VERDICT_MET);
	assert_false(check.own_override);
	stage_refused("alone", check_decide(&hr, id, true, "", &e), &e, ERR_CONFLICT,
		      "check.error.own_override", NULL);
	harness_check_page(s.h, s.hr,
			   arena_print(s.h->arena, "/applications/%lld/check", (long long)id));
	err_clear(&e);
	assert_true(check_decide(&second, id, true, "", &e));
	assert_true(candidate_load(&hr, id, &c, &e));
	assert_int_equal(c.record.check, CHECK_MET);
}

/* R5-2, R6-2: the papers first; then the table decides, not the officer. */
static void test_met(void **state)
{
	struct stage s = stage_open(*state);
	int64_t id = begin_and_send(&s, harness_person(s.h, ROLE_PERSON));
	struct act hr = harness_act(s.h, s.hr);
	struct candidate c = { 0 };
	struct err e = { 0 };
	stage_refused("papers not checked", check_decide(&hr, id, true, "", &e), &e, ERR_LAW,
		      "check.error.papers", "10");
	err_clear(&e);
	assert_true(check_papers(&hr, id, true, "", &e));
	assert_true(check_decide(&hr, id, true, "", &e));
	assert_true(candidate_load(&hr, id, &c, &e));
	assert_true(c.admission.to_studies);
	struct act person = harness_act(s.h, harness_person(s.h, ROLE_PERSON));
	stage_refused("not HR", check_papers(&person, id, true, "", &e), &e, ERR_DENIED,
		      "error.denied", NULL);
}

/* L47: HR is warned of a candidate under attestation, and decides. */
static void test_attestation_is_a_warning(void **state)
{
	struct stage s = stage_open(*state);
	int64_t person = harness_person(s.h, ROLE_PERSON);
	int64_t id = begin_and_send(&s, person);
	struct err e = { 0 };
	assert_true(db_exec(s.h->site.db, &e, NULL,
			    "UPDATE person SET under_attestation = 1 WHERE id = $1",
			    db_int(person)));
	const char *path = arena_print(s.h->arena, "/applications/%lld/check", (long long)id);
	struct answer a = harness_get(s.h, s.hr, path);
	assert_int_equal(a.status, 200);
	json_t *facts = json_object_get(a.json, "facts");
	assert_int_equal(json_integer_value(json_object_get(facts, "under_attestation")), 1);
	harness_check_page(s.h, s.hr, path);
}

/* Every page of an application in three languages, without a leak; a wrong upload at its field. */
static void test_pages(void **state)
{
	struct stage s = stage_open(*state);
	int64_t person = harness_person(s.h, ROLE_PERSON);
	int64_t id = begin(&s, person);
	struct arena *a = s.h->arena;
	const char *own = arena_print(a, "/applications/%lld", (long long)id);
	harness_check_page(s.h, person, own);
	harness_check_page(s.h, person, "/applications");
	struct answer wrong = harness_upload(
		s.h, person, arena_print(a, "%s/documents", own),
		"paper=certificate&signatory=A&signed_as=direct_supervisor&signed_day=2026-03-02",
		"file", "a.exe", "MZ program", 10);
	assert_int_equal(wrong.status, 422);
	assert_string_equal(wrong.field, "file");
	assert_int_equal(begin_and_send(&s, person), id);
	harness_check_page(s.h, person, own);
	harness_check_page(s.h, person, arena_print(a, "%s/receipt", own));
	harness_check_page(s.h, s.hr, arena_print(a, "%s/check", own));
	harness_check_page(
		s.h, s.hr,
		arena_print(a, "/competitions/%lld/candidates", (long long)s.competition));
}

static void set_seats(struct stage *s, const char *sql_state, bool left)
{
	struct err e = { 0 };
	assert_true(db_exec(s->h->site.db, &e, NULL, "UPDATE commission SET state = $1",
			    db_text(sql_state)));
	assert_true(db_exec(s->h->site.db, &e, NULL, "UPDATE commission_member SET left_ms = $1",
			    left ? db_int(1) : db_null()));
}

/* R41-1: who sits on the appointed commission neither begins an application nor sends one, nor
 * comes back after a withdrawal; the seat of a draft and one that was left bar nobody. */
static void test_a_member_does_not_apply(void **state)
{
	struct stage s = stage_open(*state);
	const int64_t member = stage_chair(&s);
	const struct act act = harness_act(s.h, member);
	struct err e = { 0 };
	int64_t id = 0;
	stage_refused("begin", application_begin(&act, s.competition, &id, &e), &e, ERR_LAW,
		      "commission.error.applies", "41");
	assert_int_equal(stage_journalled(s.h, "application.opened"), 0);
	set_seats(&s, "draft", false);
	id = begin(&s, member);
	struct application_document certificate = paper("certificate", "direct_supervisor");
	struct application_document letter = paper("recommendation", "head_of_body");
	assert_true(application_add_document(&act, id, &certificate, &e));
	assert_true(application_add_document(&act, id, &letter, &e));
	set_seats(&s, "appointed", false);
	err_clear(&e);
	stage_refused("send", application_send(&act, id, &e), &e, ERR_LAW,
		      "commission.error.applies", "41");
	set_seats(&s, "appointed", true);
	err_clear(&e);
	assert_true(application_send(&act, id, &e));
	assert_true(application_withdraw(&act, id, "Себеп", &e));
	set_seats(&s, "appointed", false);
	stage_refused("again", application_begin(&act, s.competition, &id, &e), &e, ERR_LAW,
		      "commission.error.applies", "41");
}

static bool run_send(const struct act *act, void *user, struct err *e)
{
	return application_send(act, *(int64_t *)user, e);
}

static void test_all_or_nothing(void **state)
{
	struct stage s = stage_open(*state);
	int64_t person = harness_person(s.h, ROLE_PERSON);
	struct act act = harness_act(s.h, person);
	struct err e = { 0 };
	int64_t id = begin(&s, person);
	struct application_document certificate = paper("certificate", "direct_supervisor");
	struct application_document letter = paper("recommendation", "head_of_body");
	assert_true(application_add_document(&act, id, &certificate, &e));
	assert_true(application_add_document(&act, id, &letter, &e));
	stage_all_or_nothing(s.h, person, run_send, &id);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_receipt),
		HARNESS_TEST(test_one_application),
		HARNESS_TEST(test_signatories),
		HARNESS_TEST(test_send_and_withdraw),
		HARNESS_TEST(test_term_and_owner),
		HARNESS_TEST(test_four_eyes),
		HARNESS_TEST(test_four_eyes_on_an_override),
		HARNESS_TEST(test_met),
		HARNESS_TEST(test_attestation_is_a_warning),
		HARNESS_TEST(test_pages),
		HARNESS_TEST(test_a_member_does_not_apply),
		HARNESS_TEST(test_all_or_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
