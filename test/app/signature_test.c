/* Electronic signatures of documents (F12, F82): every kind, who may sign, and what is refused. */
#include "room.h"
#include "signing.h"

#include "app/security.h"
#include "app/signature.h"
#include "app/trust.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct signature_subject subject(struct harness *h, int64_t person, const char *kind,
					int64_t id)
{
	const struct act act = harness_act(h, person);
	struct signature_subject s;
	struct err e = { 0 };
	if (!signature_subject(&act, kind, id, &s, &e))
		fail_msg("%s/%lld: %s %s", kind, (long long)id, e.key, e.detail);
	return s;
}

/* Judges and keeps, as a request does. */
static bool bring(struct harness *h, int64_t person, const char *kind, int64_t id, struct der cms,
		  struct err *e)
{
	const struct act act = harness_act(h, person);
	struct signature_subject s;
	json_t *verdict = NULL;
	return signature_subject(&act, kind, id, &s, e) &&
	       signature_judge(&act, &s, cms, &verdict, e) &&
	       signature_keep(&act, kind, id, cms, verdict, e);
}

static size_t count(struct harness *h, const char *kind, int64_t id)
{
	const struct act act = harness_act(h, 0);
	struct err e = { 0 };
	json_t *list = NULL;
	assert_true(signature_list(&act, kind, id, &list, &e));
	return json_array_size(list);
}

static void refused(struct harness *h, int64_t person, const char *kind, int64_t id, struct der cms,
		    const char *fault)
{
	struct err e = { 0 };
	stage_refused(fault, bring(h, person, kind, id, cms, &e), &e, ERR_INPUT,
		      arena_print(h->arena, "signature.fault.%s", fault), "file");
	assert_string_equal(e.value, fault);
}

static int64_t number_of(struct harness *h, const char *kind, int64_t application)
{
	struct err e = { 0 };
	int64_t id = 0;
	assert_true(db_number(h->site.db, &e, &id,
			      "SELECT id FROM document WHERE application_id = $1 AND kind = $2",
			      db_int(application), db_text(kind)));
	return id;
}

/* What is signed, to the byte: it stands in every signature for ever. */
static void test_text(void **state)
{
	struct harness *h = *state;
	struct stage stage = stage_open(h);
	const int64_t id = stage_candidate(&stage, STAGE_SENT);
	const struct signature_subject s =
		subject(h, stage_person_of(&stage, id), SIGNATURE_APPLICATION, id);
	assert_string_equal(s.text, arena_print(h->arena,
						"{\"document\":\"application/%lld\","
						"\"format\":\"konkurs-sign-1\",\"sha256\":\"%s\"}",
						(long long)id, s.sha256));
	assert_int_equal(strlen(s.sha256), 64);
	json_t *parsed = json_loads(s.text, 0, NULL);
	char *again = json_dumps(parsed, JSON_COMPACT | JSON_SORT_KEYS);
	assert_string_equal(again, s.text);
	free(again);
	json_decref(parsed);
}

static void test_application(void **state)
{
	struct harness *h = *state;
	struct stage stage = stage_open(h);
	struct signing s = signing_open(h);
	const int64_t id = stage_candidate(&stage, STAGE_SENT);
	const int64_t other = stage_candidate(&stage, STAGE_SENT);
	const int64_t candidate = stage_person_of(&stage, id);
	const char *text = subject(h, candidate, SIGNATURE_APPLICATION, id).text;
	const char *others = subject(h, candidate, SIGNATURE_APPLICATION, other).text;
	struct err e = { 0 };
	assert_int_equal(count(h, SIGNATURE_APPLICATION, id), 0);
	/* somebody else's key; over another application; in another account */
	refused(h, candidate, SIGNATURE_APPLICATION, id, signing_cms(&s, stage.hr, text), "person");
	refused(h, candidate, SIGNATURE_APPLICATION, id, signing_cms(&s, candidate, others),
		"document");
	stage_refused(
		"HR brings it",
		bring(h, stage.hr, SIGNATURE_APPLICATION, id, signing_cms(&s, stage.hr, text), &e),
		&e, ERR_DENIED, "error.denied", NULL);
	e = (struct err){ 0 };
	assert_int_equal(count(h, SIGNATURE_APPLICATION, id), 0);
	assert_true(bring(h, candidate, SIGNATURE_APPLICATION, id, signing_cms(&s, candidate, text),
			  &e));
	assert_int_equal(count(h, SIGNATURE_APPLICATION, id), 1);
	assert_int_equal(count(h, SIGNATURE_APPLICATION, other), 0);
	assert_int_equal(stage_journalled(h, "document.signed"), 1);
	stage_refused("twice",
		      bring(h, candidate, SIGNATURE_APPLICATION, id,
			    signing_cms(&s, candidate, text), &e),
		      &e, ERR_CONFLICT, "signature.error.twice", NULL);
}

/* What pages and papers show of it. */
static void test_shown(void **state)
{
	struct harness *h = *state;
	struct stage stage = stage_open(h);
	struct signing s = signing_open(h);
	const int64_t id = stage_candidate(&stage, STAGE_SENT);
	const int64_t candidate = stage_person_of(&stage, id);
	const struct act act = harness_act(h, candidate);
	const char *text = subject(h, candidate, SIGNATURE_APPLICATION, id).text;
	struct err e = { 0 };
	json_t *list = NULL;
	assert_true(bring(h, candidate, SIGNATURE_APPLICATION, id, signing_cms(&s, candidate, text),
			  &e));
	assert_true(signature_list(&act, SIGNATURE_APPLICATION, id, &list, &e));
	const json_t *row = json_array_get(list, 0);
	assert_string_equal(row_text(row, "name"), "СЫНАҚ АДАМ");
	assert_string_equal(row_text(row, "algorithm"), "GOST 34.10-2015, 512");
	assert_string_equal(row_text(row, "serial"), "07");
	assert_string_equal(row_text(row, "issuer"), "C=KZ,CN=ТЕСТ КУӘЛАНДЫРУ ОРТАЛЫҒЫ");
	assert_string_equal(row_text(row, "list_number"), "0A");
	assert_int_equal(row_number(row, "list_made_ms"), s.now_ms - TEST_DAY_MS);
	assert_int_equal(row_number(row, "at_ms"), act.now_ms);
	assert_null(json_object_get(row, "iin"));
}

/* Each of these comes from a right key, and is refused all the same. */
static void test_certificates(void **state)
{
	struct harness *h = *state;
	struct stage stage = stage_open(h);
	struct signing s = signing_open(h);
	const int64_t id = stage_candidate(&stage, STAGE_SENT);
	const int64_t candidate = stage_person_of(&stage, id);
	const char *text = subject(h, candidate, SIGNATURE_APPLICATION, id).text;
	static const struct {
		const char *fault;
		struct test_plan plan;
	} row[] = {
		{ "revoked", { .serial = 66 } },
		{ "usage", { .serial = 7, .usage = USAGE_DIGITAL_SIGNATURE } },
		{ "expired", { .serial = 7, .to_ms = 1000 } },
		{ "not_yet", { .serial = 7, .from_ms = TEST_NOW_MS + 30 * TEST_DAY_MS } },
		{ "serial_numbers", { .serial = 7, .numbers = { NULL, "IIN800101300000" } } },
		{ "extension", { .serial = 7, .strange = "1.2.3" } },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		struct test_plan plan = row[i].plan;
		if (plan.to_ms)
			plan.to_ms = s.now_ms - TEST_DAY_MS;
		const struct test_holder holder = signing_holder(&s, candidate, &plan);
		struct err e = { 0 };
		assert_false(bring(h, candidate, SIGNATURE_APPLICATION, id,
				   signing_cms_of(&s, &holder, text), &e));
		assert_string_equal(e.value, row[i].fault);
	}
	refused(h, candidate, SIGNATURE_APPLICATION, id,
		(struct der){ (const unsigned char *)"hello", 5 }, "format");
	/* a list that has become too old, and an anchor that is gone */
	const struct act one = harness_act(h, s.admin);
	const struct act two = harness_act(h, s.other);
	struct err e = { 0 };
	harness_at(h, "2026-03-10T10:00");
	refused(h, candidate, SIGNATURE_APPLICATION, id, signing_cms(&s, candidate, text),
		"crl_old");
	assert_true(trust_list_days(&one, 30, &e));
	int64_t anchor = 0;
	assert_true(db_number(h->site.db, &e, &anchor, "SELECT MAX(id) FROM trust_certificate"));
	assert_true(trust_remove(&one, anchor, "x", &e) && trust_answer(&two, anchor, true, &e));
	refused(h, candidate, SIGNATURE_APPLICATION, id, signing_cms(&s, candidate, text),
		"anchor");
	assert_int_equal(count(h, SIGNATURE_APPLICATION, id), 0);
}

/* R10-1: a paper is signed by its signatory, whoever brings it; never by the candidate. */
static void test_paper(void **state)
{
	struct harness *h = *state;
	struct stage stage = stage_open(h);
	struct signing s = signing_open(h);
	const int64_t id = stage_candidate(&stage, STAGE_SENT | STAGE_PAPERS);
	const int64_t candidate = stage_person_of(&stage, id);
	const int64_t chief = harness_person(h, 0);
	const int64_t paper = number_of(h, "recommendation", id);
	const char *text = subject(h, candidate, SIGNATURE_PAPER, paper).text;
	struct err e = { 0 };
	refused(h, candidate, SIGNATURE_PAPER, paper, signing_cms(&s, candidate, text), "person");
	stage_refused("a stranger brings it",
		      bring(h, chief, SIGNATURE_PAPER, paper, signing_cms(&s, chief, text), &e), &e,
		      ERR_DENIED, "error.denied", NULL);
	e = (struct err){ 0 };
	assert_true(bring(h, candidate, SIGNATURE_PAPER, paper, signing_cms(&s, chief, text), &e));
	assert_int_equal(count(h, SIGNATURE_PAPER, paper), 1);
	const int64_t other = number_of(h, "certificate", id);
	text = subject(h, stage.hr, SIGNATURE_PAPER, other).text;
	assert_true(bring(h, stage.hr, SIGNATURE_PAPER, other, signing_cms(&s, chief, text), &e));
}

static void test_security(void **state)
{
	struct harness *h = *state;
	struct stage stage = stage_open(h);
	struct signing s = signing_open(h);
	(void)stage_candidate(&stage, STAGE_MET | STAGE_LISTED | STAGE_INFORMED);
	struct err e = { 0 };
	int64_t letter = 0;
	assert_true(db_number(h->site.db, &e, &letter, "SELECT MAX(id) FROM security_information"));
	const char *text = subject(h, stage.security, SIGNATURE_SECURITY, letter).text;
	stage_refused(
		"HR",
		bring(h, stage.hr, SIGNATURE_SECURITY, letter, signing_cms(&s, stage.hr, text), &e),
		&e, ERR_DENIED, "error.denied", NULL);
	e = (struct err){ 0 };
	assert_true(bring(h, stage.security, SIGNATURE_SECURITY, letter,
			  signing_cms(&s, stage.security, text), &e));
	assert_int_equal(count(h, SIGNATURE_SECURITY, letter), 1);
}

/* F82: a ballot is signed by who has cast it; minutes by those who sign them. */
static void test_commission(void **state)
{
	struct harness *h = *state;
	struct room w = room_open(h);
	struct err e = { 0 };
	int64_t ballot = 0;
	room_hear(&w);
	room_vote(&w, 3);
	struct signing s = signing_open(h);
	assert_true(db_number(h->site.db, &e, &ballot, "SELECT id FROM ballot WHERE member_id = $1",
			      db_int(w.member[1])));
	const char *text = subject(h, w.person[1], SIGNATURE_BALLOT, ballot).text;
	stage_refused("another member",
		      bring(h, w.person[2], SIGNATURE_BALLOT, ballot,
			    signing_cms(&s, w.person[2], text), &e),
		      &e, ERR_DENIED, "error.denied", NULL);
	e = (struct err){ 0 };
	assert_true(bring(h, w.person[1], SIGNATURE_BALLOT, ballot,
			  signing_cms(&s, w.person[1], text), &e));
	room_decide(&w);
	room_close(&w);
	const struct act secretary = room_act(&w, ROOM_SECRETARY);
	struct signature_subject none;
	stage_refused("no number yet",
		      signature_subject(&secretary, SIGNATURE_MINUTES, w.interview, &none, &e), &e,
		      ERR_MISSING, "error.missing", NULL);
	e = (struct err){ 0 };
	room_number(&w);
	text = subject(h, w.person[ROOM_CHAIR], SIGNATURE_MINUTES, w.interview).text;
	assert_true(bring(h, w.person[ROOM_CHAIR], SIGNATURE_MINUTES, w.interview,
			  signing_cms(&s, w.person[ROOM_CHAIR], text), &e));
	assert_true(bring(h, w.person[ROOM_SECRETARY], SIGNATURE_MINUTES, w.interview,
			  signing_cms(&s, w.person[ROOM_SECRETARY], text), &e));
	stage_refused("the invited",
		      bring(h, w.person[ROOM_INVITED], SIGNATURE_MINUTES, w.interview,
			    signing_cms(&s, w.person[ROOM_INVITED], text), &e),
		      &e, ERR_DENIED, "error.denied", NULL);
	assert_int_equal(count(h, SIGNATURE_MINUTES, w.interview), 2);
}

/* Judged over one version, brought when it is another. */
static void test_changed(void **state)
{
	struct harness *h = *state;
	struct stage stage = stage_open(h);
	struct signing s = signing_open(h);
	const int64_t id = stage_candidate(&stage, STAGE_SENT);
	const int64_t candidate = stage_person_of(&stage, id);
	const struct act act = harness_act(h, candidate);
	struct signature_subject subject_then;
	json_t *verdict = NULL;
	struct err e = { 0 };
	assert_true(signature_subject(&act, SIGNATURE_APPLICATION, id, &subject_then, &e));
	const struct der cms = signing_cms(&s, candidate, subject_then.text);
	assert_true(signature_judge(&act, &subject_then, cms, &verdict, &e));
	assert_true(db_exec(h->site.db, &e, NULL,
			    "UPDATE application SET receipt = 'x' WHERE id = $1", db_int(id)));
	stage_refused("changed", signature_keep(&act, SIGNATURE_APPLICATION, id, cms, verdict, &e),
		      &e, ERR_CONFLICT, "signature.error.changed", NULL);
	e = (struct err){ 0 };
	refused(h, candidate, SIGNATURE_APPLICATION, id, cms, "document");
}

static void test_challenge(void **state)
{
	struct harness *h = *state;
	struct signing s = signing_open(h);
	const int64_t person = harness_person(h, 0);
	const struct act act = harness_act(h, 0);
	const struct test_plan sign_in = { .serial = 7, .usage = USAGE_DIGITAL_SIGNATURE };
	const struct test_holder holder = signing_holder(&s, person, &sign_in);
	static const char challenge[] = "konkurs sign-in 0123456789abcdef";
	static const char other[] = "konkurs sign-in 0123456789abcdeg";
	char iin[PERSON_NUMBER_SIZE] = "";
	struct err e = { 0 };
	const struct der cms = signing_cms_of(&s, &holder, challenge);
	assert_true(signature_of_challenge(&act, challenge, strlen(challenge), cms, iin, &e));
	assert_string_equal(iin, holder.plan.numbers[0] + 3);
	assert_false(signature_of_challenge(&act, other, strlen(other), cms, iin, &e));
	assert_string_equal(e.value, "document");
	e = (struct err){ 0 };
	/* a key for documents does not sign in, nor the other way round */
	assert_false(signature_of_challenge(&act, challenge, strlen(challenge),
					    signing_cms(&s, person, challenge), iin, &e));
	assert_string_equal(e.value, "usage");
	e = (struct err){ 0 };
	assert_false(signature_of_challenge(&act, "short", 5, cms, iin, &e));
	assert_int_equal(e.kind, ERR_SYSTEM);
}

struct keeping {
	struct harness *h;
	int64_t id;
	struct der cms;
	json_t *verdict;
};

static bool run_keep(const struct act *act, void *user, struct err *e)
{
	const struct keeping *k = user;
	return signature_keep(act, SIGNATURE_APPLICATION, k->id, k->cms, k->verdict, e);
}

static void test_all_or_nothing(void **state)
{
	struct harness *h = *state;
	struct stage stage = stage_open(h);
	struct signing s = signing_open(h);
	struct keeping k = { .h = h, .id = stage_candidate(&stage, STAGE_SENT) };
	const int64_t candidate = stage_person_of(&stage, k.id);
	const struct act act = harness_act(h, candidate);
	const struct signature_subject one = subject(h, candidate, SIGNATURE_APPLICATION, k.id);
	struct err e = { 0 };
	k.cms = signing_cms(&s, candidate, one.text);
	assert_true(signature_judge(&act, &one, k.cms, &k.verdict, &e));
	stage_all_or_nothing(h, candidate, run_keep, &k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_text),       HARNESS_TEST(test_application),
		HARNESS_TEST(test_shown),      HARNESS_TEST(test_certificates),
		HARNESS_TEST(test_paper),      HARNESS_TEST(test_security),
		HARNESS_TEST(test_commission), HARNESS_TEST(test_changed),
		HARNESS_TEST(test_challenge),  HARNESS_TEST(test_all_or_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
