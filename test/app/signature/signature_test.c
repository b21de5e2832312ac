/* Electronic signatures of documents (F12, F82): every kind, who may sign, and what is refused. */
#include "room.h"
#include "signing.h"

#include "app/candidate/security.h"
#include "app/signature/signature.h"
#include "app/signature/trust.h"
#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

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
	stage_refused(fault, signing_bring(h, person, kind, id, cms, &e), &e, ERR_INPUT,
		      arena_print(h->arena, "signature.fault.%s", fault), "file");
	assert_string_equal(e.value, fault);
}

/* What is signed, to the byte: it stands in every signature for ever. */
static void test_text(void **state)
{
	struct harness *h = *state;
	struct stage stage = stage_open(h);
	const int64_t id = stage_candidate(&stage, STAGE_SENT);
	const struct signature_subject s =
		signing_subject(h, stage_person_of(&stage, id), SIGNATURE_APPLICATION, id);
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
	const char *text = signing_subject(h, candidate, SIGNATURE_APPLICATION, id).text;
	const char *others = signing_subject(h, candidate, SIGNATURE_APPLICATION, other).text;
	struct err e = { 0 };
	assert_int_equal(count(h, SIGNATURE_APPLICATION, id), 0);
	/* somebody else's key; over another application; in another account */
	refused(h, candidate, SIGNATURE_APPLICATION, id, signing_cms(&s, stage.hr, text), "person");
	refused(h, candidate, SIGNATURE_APPLICATION, id, signing_cms(&s, candidate, others),
		"document");
	stage_refused("HR brings it",
		      signing_bring(h, stage.hr, SIGNATURE_APPLICATION, id,
				    signing_cms(&s, stage.hr, text), &e),
		      &e, ERR_DENIED, "error.denied", NULL);
	e = (struct err){ 0 };
	assert_int_equal(count(h, SIGNATURE_APPLICATION, id), 0);
	assert_true(signing_bring(h, candidate, SIGNATURE_APPLICATION, id,
				  signing_cms(&s, candidate, text), &e));
	assert_int_equal(count(h, SIGNATURE_APPLICATION, id), 1);
	assert_int_equal(count(h, SIGNATURE_APPLICATION, other), 0);
	assert_int_equal(stage_journalled(h, "document.signed"), 1);
	stage_refused("twice",
		      signing_bring(h, candidate, SIGNATURE_APPLICATION, id,
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
	const char *text = signing_subject(h, candidate, SIGNATURE_APPLICATION, id).text;
	struct err e = { 0 };
	json_t *list = NULL;
	assert_true(signing_bring(h, candidate, SIGNATURE_APPLICATION, id,
				  signing_cms(&s, candidate, text), &e));
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
	const char *text = signing_subject(h, candidate, SIGNATURE_APPLICATION, id).text;
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
		assert_false(signing_bring(h, candidate, SIGNATURE_APPLICATION, id,
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
	const int64_t paper = signing_paper(h, "recommendation", id);
	const char *text = signing_subject(h, candidate, SIGNATURE_PAPER, paper).text;
	struct err e = { 0 };
	refused(h, candidate, SIGNATURE_PAPER, paper, signing_cms(&s, candidate, text), "person");
	stage_refused(
		"a stranger brings it",
		signing_bring(h, chief, SIGNATURE_PAPER, paper, signing_cms(&s, chief, text), &e),
		&e, ERR_DENIED, "error.denied", NULL);
	e = (struct err){ 0 };
	assert_true(signing_bring(h, candidate, SIGNATURE_PAPER, paper,
				  signing_cms(&s, chief, text), &e));
	assert_int_equal(count(h, SIGNATURE_PAPER, paper), 1);
	const int64_t other = signing_paper(h, "certificate", id);
	text = signing_subject(h, stage.hr, SIGNATURE_PAPER, other).text;
	assert_true(signing_bring(h, stage.hr, SIGNATURE_PAPER, other, signing_cms(&s, chief, text),
				  &e));
}

static void name_person(struct harness *h, int64_t person, const char *family, const char *given)
{
	struct err e = { 0 };
	assert_true(db_exec(
		h->site.db, &e, NULL,
		"UPDATE person SET family = $2, given = $3, patronymic = '',"
		" search = $4 WHERE id = $1",
		db_int(person), db_text(family), db_text(given),
		db_text(text_fold(h->arena, arena_print(h->arena, "%s %s", family, given)))));
}

/* F12, R10-1: the certificate says "СЫНАҚ АДАМ". */
static void test_signatory(void **state)
{
	struct harness *h = *state;
	struct stage stage = stage_open(h);
	struct signing s = signing_open(h);
	const int64_t id = stage_candidate(&stage, STAGE_SENT | STAGE_PAPERS);
	const int64_t candidate = stage_person_of(&stage, id);
	const int64_t paper = signing_paper(h, "recommendation", id);
	static const struct {
		const char *why, *typed, *family, *given; /* an account's name, or NULL */
		bool signers, other; /* the account is the signer's; what comes of it */
	} row[] = {
		{ "the same name", "Сынақ Адам", NULL, NULL, false, false },
		{ "the other way round", "Адам Сынақ", NULL, NULL, false, false },
		{ "with a patronymic", "Сынақ Адам Әліұлы", NULL, NULL, false, false },
		{ "initials are no name", "Сынақ А.", NULL, NULL, false, true },
		{ "half a name", "Сынақ", NULL, NULL, false, true },
		{ "another name", "Серікова Бағила", NULL, NULL, false, true },
		{ "nobody is named", "", NULL, NULL, false, true },
		{ "the account of that name has the IIN", "Серікова Бағила", "Серікова", "Бағила",
		  true, false },
		{ "a namesake has the account", "Сынақ Адам", "Сынақ", "Адам", false, true },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		const int64_t chief = harness_person(h, 0);
		const int64_t namesake = harness_person(h, 0);
		struct err e = { 0 };
		signing_name(h, paper, row[i].typed);
		if (row[i].family)
			name_person(h, row[i].signers ? chief : namesake, row[i].family,
				    row[i].given);
		const char *text = signing_subject(h, candidate, SIGNATURE_PAPER, paper).text;
		assert_true(signing_bring(h, candidate, SIGNATURE_PAPER, paper,
					  signing_cms(&s, chief, text), &e));
		const json_t *other = json_object_get(signing_last(h, candidate, paper), "other");
		if (json_is_object(other) != row[i].other)
			fail_msg("%s", row[i].why);
		if (!row[i].other)
			continue;
		assert_string_equal(row_text(other, "named"), row[i].typed);
		assert_string_equal(row_text(other, "state"), "open");
		assert_false(json_is_true(json_object_get(other, "decides")));
		name_person(h, namesake, "Х", "Х");
	}
}

/* HR says once, with a reason, whether another signer's signature counts. */
static void test_decision(void **state)
{
	struct harness *h = *state;
	struct stage stage = stage_open(h);
	struct signing s = signing_open(h);
	const int64_t id = stage_candidate(&stage, STAGE_SENT | STAGE_PAPERS);
	const int64_t candidate = stage_person_of(&stage, id);
	const int64_t chief = harness_person(h, 0);
	const int64_t paper = signing_paper(h, "recommendation", id);
	struct err e = { 0 };
	signing_name(h, paper, "Серікова Бағила");
	assert_true(signing_bring(
		h, candidate, SIGNATURE_PAPER, paper,
		signing_cms(&s, chief, signing_subject(h, candidate, SIGNATURE_PAPER, paper).text),
		&e));
	const int64_t first = row_number(signing_last(h, candidate, paper), "id");
	assert_true(json_is_true(json_object_get(
		json_object_get(signing_last(h, stage.hr, paper), "other"), "decides")));
	const struct act own = harness_act(h, candidate);
	const struct act hr = harness_act(h, stage.hr);
	stage_refused("the candidate", signature_decide(&own, first, true, "x", &e), &e, ERR_DENIED,
		      "candidate.error.competes", NULL);
	e = (struct err){ 0 };
	stage_refused("no reason", signature_decide(&hr, first, true, "", &e), &e, ERR_INPUT,
		      "error.required", "reason");
	e = (struct err){ 0 };
	assert_true(signature_decide(&hr, first, true, "міндетін атқарушы", &e));
	const json_t *other = json_object_get(signing_last(h, stage.hr, paper), "other");
	assert_string_equal(row_text(other, "state"), "counts");
	assert_string_equal(row_text(other, "reason"), "міндетін атқарушы");
	assert_false(json_is_true(json_object_get(other, "decides")));
	assert_int_equal(stage_journalled(h, "document.signatory"), 1);
	stage_refused("twice", signature_decide(&hr, first, false, "x", &e), &e, ERR_CONFLICT,
		      "signature.error.decided", NULL);
	e = (struct err){ 0 };
	/* nothing is to be said of the signatory's own */
	signing_name(h, paper, "Сынақ Адам");
	const int64_t another = harness_person(h, 0);
	assert_true(signing_bring(
		h, candidate, SIGNATURE_PAPER, paper,
		signing_cms(&s, another,
			    signing_subject(h, candidate, SIGNATURE_PAPER, paper).text),
		&e));
	stage_refused("the signatory's own",
		      signature_decide(&hr, row_number(signing_last(h, stage.hr, paper), "id"),
				       true, "x", &e),
		      &e, ERR_CONFLICT, "signature.error.decided", NULL);
}

static bool run_decide(const struct act *act, void *user, struct err *e)
{
	return signature_decide(act, *(const int64_t *)user, false, "негіз жоқ", e);
}

static void test_decision_all_or_nothing(void **state)
{
	struct harness *h = *state;
	struct stage stage = stage_open(h);
	struct signing s = signing_open(h);
	const int64_t id = stage_candidate(&stage, STAGE_SENT | STAGE_PAPERS);
	const int64_t candidate = stage_person_of(&stage, id);
	const int64_t chief = harness_person(h, 0);
	const int64_t paper = signing_paper(h, "recommendation", id);
	struct err e = { 0 };
	signing_name(h, paper, "Серікова Бағила");
	assert_true(signing_bring(
		h, candidate, SIGNATURE_PAPER, paper,
		signing_cms(&s, chief, signing_subject(h, candidate, SIGNATURE_PAPER, paper).text),
		&e));
	int64_t first = row_number(signing_last(h, candidate, paper), "id");
	stage_all_or_nothing(h, stage.hr, run_decide, &first);
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
	const char *text = signing_subject(h, stage.security, SIGNATURE_SECURITY, letter).text;
	stage_refused("HR",
		      signing_bring(h, stage.hr, SIGNATURE_SECURITY, letter,
				    signing_cms(&s, stage.hr, text), &e),
		      &e, ERR_DENIED, "error.denied", NULL);
	e = (struct err){ 0 };
	assert_true(signing_bring(h, stage.security, SIGNATURE_SECURITY, letter,
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
	const char *text = signing_subject(h, w.person[1], SIGNATURE_BALLOT, ballot).text;
	stage_refused("another member",
		      signing_bring(h, w.person[2], SIGNATURE_BALLOT, ballot,
				    signing_cms(&s, w.person[2], text), &e),
		      &e, ERR_DENIED, "error.denied", NULL);
	e = (struct err){ 0 };
	assert_true(signing_bring(h, w.person[1], SIGNATURE_BALLOT, ballot,
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
	text = signing_subject(h, w.person[ROOM_CHAIR], SIGNATURE_MINUTES, w.interview).text;
	assert_true(signing_bring(h, w.person[ROOM_CHAIR], SIGNATURE_MINUTES, w.interview,
				  signing_cms(&s, w.person[ROOM_CHAIR], text), &e));
	assert_true(signing_bring(h, w.person[ROOM_SECRETARY], SIGNATURE_MINUTES, w.interview,
				  signing_cms(&s, w.person[ROOM_SECRETARY], text), &e));
	stage_refused("the invited",
		      signing_bring(h, w.person[ROOM_INVITED], SIGNATURE_MINUTES, w.interview,
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
	const struct test_plan sign_in = { .serial = 7,
					   .usage = USAGE_DIGITAL_SIGNATURE,
					   .purposes = { "1.3.6.1.5.5.7.3.2" } };
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
	const struct signature_subject one =
		signing_subject(h, candidate, SIGNATURE_APPLICATION, k.id);
	struct err e = { 0 };
	k.cms = signing_cms(&s, candidate, one.text);
	assert_true(signature_judge(&act, &one, k.cms, &k.verdict, &e));
	stage_all_or_nothing(h, candidate, run_keep, &k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_text),
		HARNESS_TEST(test_application),
		HARNESS_TEST(test_shown),
		HARNESS_TEST(test_certificates),
		HARNESS_TEST(test_paper),
		HARNESS_TEST(test_security),
		HARNESS_TEST(test_commission),
		HARNESS_TEST(test_changed),
		HARNESS_TEST(test_challenge),
		HARNESS_TEST(test_all_or_nothing),
		HARNESS_TEST(test_signatory),
		HARNESS_TEST(test_decision),
		HARNESS_TEST(test_decision_all_or_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
