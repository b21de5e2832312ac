/* Signatures that were kept, judged again: years later, and by an auditor who looks for what was
 * doctored (F12, F88). */
#include "doctor.h"
#include "signing.h"
#include "stamp.h"

#include "app/signature/signature.h"
#include "app/signature/trust.h"
#include "app/verify/verify.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void refused(struct harness *h, int64_t person, const char *kind, int64_t id, struct der cms,
		    const char *fault)
{
	struct err e = { 0 };
	stage_refused(fault, signing_bring(h, person, kind, id, cms, &e), &e, ERR_INPUT,
		      arena_print(h->arena, "signature.fault.%s", fault), "file");
	assert_string_equal(e.value, fault);
}

static fault_set again(struct harness *h)
{
	const struct act act = harness_act(h, 0);
	struct err e = { 0 };
	fault_set faults = 0;
	int64_t id = 0;
	assert_true(db_number(h->site.db, &e, &id, "SELECT MAX(id) FROM document_signature"));
	CLEANUP(trust_cache_cleanup) struct trust_cache cache = { .count = 0 };
	assert_true(signature_again(&act, id, &cache, &faults, &e));
	return faults;
}

/* F12: years later a kept signature is judged as of when it came, by what was kept: the certificate
 * has run out, is revoked, its authority is no longer trusted, the setting is another. */
static void test_again(void **state)
{
	struct harness *h = *state;
	struct stage stage = stage_open(h);
	struct signing s = signing_open(h);
	const int64_t id = stage_candidate(&stage, STAGE_SENT);
	const int64_t candidate = stage_person_of(&stage, id);
	const struct test_plan plan = { .serial = 7, .to_ms = s.now_ms + 5 * TEST_DAY_MS };
	const struct test_holder holder = signing_holder(&s, candidate, &plan);
	const char *text = signing_subject(h, candidate, SIGNATURE_APPLICATION, id).text;
	const struct act one = harness_act(h, s.admin);
	const struct act two = harness_act(h, s.other);
	struct err e = { 0 };
	int64_t anchor = 0;
	assert_true(signing_bring(h, candidate, SIGNATURE_APPLICATION, id,
				  signing_cms_of(&s, &holder, text), &e));
	assert_int_equal(again(h), 0);
	harness_at(h, "2036-03-10T10:00");
	const struct der list = test_crl_bytes(
		h->arena, &(struct test_list){ .issuer = &s.root,
					       .number = 99,
					       .made_ms = harness_act(h, 0).now_ms - TEST_DAY_MS,
					       .revoked = { 7 },
					       .revoked_ms = s.now_ms - 30 * TEST_DAY_MS });
	const struct act later = harness_act(h, s.admin);
	assert_true(trust_add_list(&later, list.bytes, list.size, &e));
	assert_true(trust_list_days(&later, 1, &e));
	assert_true(db_number(h->site.db, &e, &anchor, "SELECT MAX(id) FROM trust_certificate"));
	assert_true(trust_remove(&one, anchor, "x", &e) && trust_answer(&two, anchor, true, &e));
	assert_int_equal(again(h), 0);
	/* today the same CMS would not do */
	const struct act now = harness_act(h, candidate);
	const struct signature_subject same =
		signing_subject(h, candidate, SIGNATURE_APPLICATION, id);
	json_t *verdict = NULL;
	assert_true(signature_judge(&now, &same, signing_cms_of(&s, &holder, text), &verdict, &e));
	assert_false(json_is_true(json_object_get(verdict, "good")));
	/* what it rests on must be there, and be the same */
	assert_true(db_exec(h->site.db, &e, NULL, "DELETE FROM trust_list WHERE number = '0A'"));
	assert_int_equal(again(h), FAULT_BIT(FAULT_CRL_MISSING));
	assert_true(db_exec(h->site.db, &e, NULL, "DELETE FROM trust_certificate"));
	assert_int_equal(again(h), FAULT_BIT(FAULT_ANCHOR));
}

static size_t findings(struct harness *h, const char *why)
{
	const struct act act = harness_act(h, 0);
	struct verify_report report = { .findings = json_array() };
	struct err e = { 0 };
	assert_true(verify_signatures(&act, &report, &e));
	const size_t count = json_array_size(report.findings);
	if (count > 0)
		assert_non_null(strstr(row_text(json_array_get(report.findings, 0), "why"), why));
	json_decref(report.findings);
	return count;
}

#define DOCTOR(h, sql)                                                                             \
	do {                                                                                       \
		struct err doctor_e = { 0 };                                                       \
		if (!db_exec((h)->site.db, &doctor_e, NULL, sql))                                  \
			fail_msg("%s", doctor_e.detail);                                           \
	} while (0)

/* F88: whoever doctors a kept signature, its verdict or a decision on it is found. */
static void test_doctored(void **state)
{
	struct harness *h = *state;
	struct stage stage = stage_open(h);
	struct signing s = signing_open(h);
	const int64_t id = stage_candidate(&stage, STAGE_SENT | STAGE_PAPERS);
	const int64_t candidate = stage_person_of(&stage, id);
	const int64_t chief = harness_person(h, 0);
	const int64_t paper = signing_paper(h, "recommendation", id);
	const struct act hr = harness_act(h, stage.hr);
	struct err e = { 0 };
	signing_sign(&s, candidate, SIGNATURE_APPLICATION, id);
	signing_name(h, paper, "Серікова Бағила");
	assert_true(signing_bring(
		h, candidate, SIGNATURE_PAPER, paper,
		signing_cms(&s, chief, signing_subject(h, candidate, SIGNATURE_PAPER, paper).text),
		&e));
	assert_true(signature_decide(&hr, row_number(signing_last(h, stage.hr, paper), "id"), true,
				     "бұйрық", &e));
	assert_int_equal(findings(h, ""), 0);
	assert_true(doctor_unguard_table(h->site.db, "document_signature", &e) &&
		    doctor_unguard_table(h->site.db, "signature_decision", &e));
	/* the signatory was another */
	DOCTOR(h, "UPDATE document_signature SET verdict = REPLACE(verdict, '\"other\"',"
		  " '\"name\"')");
	assert_int_equal(findings(h, "the verdict is not the one"), 1);
	DOCTOR(h, "UPDATE document_signature SET verdict = REPLACE(verdict, '\"name\":\"name\"',"
		  " 'x'), sha256 = 'x' WHERE kind = 'paper'");
	assert_int_equal(findings(h, "the signature is not the one"), 1);
	DOCTOR(h, "DELETE FROM signature_decision");
	assert_int_equal(findings(h, "the signature is not the one"), 2);
	DOCTOR(h, "DELETE FROM document_signature");
	assert_int_equal(findings(h, "a signature of the journal is gone"), 3);
}

/* Bytes that are others are found by their hash, whatever they say. */
static void test_doctored_bytes(void **state)
{
	struct harness *h = *state;
	struct stage stage = stage_open(h);
	struct signing s = signing_open(h);
	const int64_t id = stage_candidate(&stage, STAGE_SENT);
	struct err e = { 0 };
	signing_sign(&s, stage_person_of(&stage, id), SIGNATURE_APPLICATION, id);
	/* another authority under the fingerprint of the one, or none */
	struct test_plan plan = s.root.plan;
	plan.key.number = 3;
	const struct der fake = test_certificate(h->arena, &plan, NULL);
	const struct der bodies[] = { fake, { (const unsigned char *)"x", 1 } };
	for (size_t i = 0; i < COUNT(bodies); i++) {
		assert_true(db_exec(h->site.db, &e, NULL, "UPDATE trust_certificate SET body = $1",
				    db_blob(bodies[i].bytes, bodies[i].size)));
		assert_int_equal(findings(h, "the signature does not hold: anchor"), 1);
	}
	const struct der own = s.root.certificate.der;
	assert_true(db_exec(h->site.db, &e, NULL, "UPDATE trust_certificate SET body = $1",
			    db_blob(own.bytes, own.size)));
	assert_int_equal(findings(h, ""), 0);
	DOCTOR(h, "UPDATE trust_list SET body = zeroblob(1)");
	assert_int_equal(findings(h, "the signature does not hold: crl_missing"), 1);
	const int64_t other = stage_candidate(&stage, STAGE_SENT);
	const struct der cms = signing_cms(
		&s, stage_person_of(&stage, other),
		signing_subject(h, stage_person_of(&stage, other), SIGNATURE_APPLICATION, id).text);
	assert_true(db_exec(h->site.db, &e, NULL,
			    "UPDATE blob SET body = $1 WHERE hash = (SELECT blob_hash"
			    " FROM document_signature)",
			    db_blob(cms.bytes, cms.size)));
	assert_int_equal(findings(h, "the signature does not hold: format"), 1);
}

/* A stamped signature of a key that has run out since: the list of its last days is found among the
 * older ones. */
static void test_stamped(void **state)
{
	struct harness *h = *state;
	struct stage stage = stage_open(h);
	struct signing s = signing_open(h);
	const int64_t id = stage_candidate(&stage, STAGE_SENT);
	const int64_t candidate = stage_person_of(&stage, id);
	const struct test_plan plan = { .serial = 7, .to_ms = s.now_ms + 5 * TEST_DAY_MS };
	const struct test_holder holder = signing_holder(&s, candidate, &plan);
	const struct test_plan stamps = test_stamp_plan(TEST_GOST_512, 2);
	const struct test_holder stamper = test_issue(h->arena, &stamps, &s.root);
	struct test_stamp stamp = { .holder = &stamper, .at_ms = s.now_ms };
	struct test_signer signer = { .holder = &holder,
				      .stamp = test_stamp_by_hand,
				      .stamp_plan = &stamp };
	const struct test_cms cms = {
		.document = signing_subject(h, candidate, SIGNATURE_APPLICATION, id).text,
		.signers = &signer,
		.count = 1
	};
	struct err e = { 0 };
	for (long days = 4; days <= 16; days += 12) {
		const struct der list = test_crl_bytes(
			h->arena, &(struct test_list){ .issuer = &s.root,
						       .number = 10 + days,
						       .made_ms = s.now_ms + days * TEST_DAY_MS });
		harness_at(h, "2026-03-20T10:00");
		const struct act admin = harness_act(h, s.admin);
		assert_true(trust_add_list(&admin, list.bytes, list.size, &e));
	}
	signer.stamp = NULL;
	refused(h, candidate, SIGNATURE_APPLICATION, id, test_cms_bytes(h->arena, &cms), "expired");
	signer.stamp = test_stamp_by_hand;
	stamp.other = true;
	refused(h, candidate, SIGNATURE_APPLICATION, id, test_cms_bytes(h->arena, &cms), "expired");
	stamp.other = false;
	if (!signing_bring(h, candidate, SIGNATURE_APPLICATION, id, test_cms_bytes(h->arena, &cms),
			   &e))
		fail_msg("%s", e.value);
	const struct act act = harness_act(h, candidate);
	json_t *list = NULL;
	assert_true(signature_list(&act, SIGNATURE_APPLICATION, id, &list, &e));
	const json_t *shown = json_object_get(json_array_get(list, 0), "stamp");
	assert_int_equal(row_number(shown, "at_ms"), s.now_ms / 1000 * 1000);
	assert_string_equal(row_text(shown, "name"), "УАҚЫТ БЕЛГІСІ");
	harness_at(h, "2040-03-20T10:00");
	assert_int_equal(again(h), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_again),
		HARNESS_TEST(test_doctored),
		HARNESS_TEST(test_doctored_bytes),
		HARNESS_TEST(test_stamped),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
