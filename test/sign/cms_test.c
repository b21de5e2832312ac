/* CMS and CAdES signatures (F12): good ones of every algorithm, and each way to be refused. */
#include "cms_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define BIT FAULT_BIT

static void test_good(void **state)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	static const struct {
		enum test_kind kind;
		enum test_form form;
		const char *algorithm;
	} row[] = {
		{ TEST_EC, TEST_LITTLE, "ECDSA, SHA-256" },
		{ TEST_RSA, TEST_LITTLE, "RSA, SHA-256" },
		{ TEST_GOST_512, TEST_LITTLE, "GOST 34.10-2015, 512" },
		{ TEST_GOST_512, TEST_RFC, "GOST 34.10-2015, 512" },
		{ TEST_GOST_256, TEST_LITTLE, "GOST 34.10-2015, 256" },
		{ TEST_GOST_256, TEST_RFC, "GOST 34.10-2015, 256" },
		{ TEST_GOST_2004, TEST_LITTLE, "GOST 34.310-2004" },
		{ TEST_GOST_2004, TEST_RFC, "GOST 34.310-2004" },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		const struct cms_world w = cms_world(a, row[i].kind);
		const struct test_holder one = cms_person(&w, row[i].kind, 7);
		struct test_signer signer = { .holder = &one,
					      .form = row[i].form,
					      .signed_ms = TEST_NOW_MS - 1000 };
		struct cms_verdict v = cms_judge_signer(&w, &signer);
		if (!v.good)
			fail_msg("%s: %#x", row[i].algorithm, v.faults);
		assert_int_equal(v.signer_count, 1);
		const struct cms_signer *s = &v.signers[0];
		assert_string_equal(s->algorithm, row[i].algorithm);
		assert_string_equal(s->person.iin, iin);
		assert_string_equal(s->person.name, "PERSON");
		assert_string_equal(s->certificate->serial, "07");
		assert_int_equal(s->signed_ms, TEST_NOW_MS - 1000);
		assert_int_equal(s->chain.revocation, REVOCATION_GOOD);
		assert_string_equal(s->chain.list->number, "0C");
		assert_int_equal(s->chain.list_age_ms, TEST_DAY_MS);
		/* the algorithm named by the key's identifier; no attributes at all */
		signer.key_oid = true;
		assert_true(cms_judge_signer(&w, &signer).good);
		signer.key_oid = false;
		signer.no_attributes = true;
		assert_true(cms_judge_signer(&w, &signer).good);
	}
}

static const struct row {
	const char *why;
	struct test_signer signer;
	fault_set faults;
} rows[] = {
	{ "as it should be", { .no_ess = false }, 0 },
	{ "without CAdES' attribute", { .no_ess = true }, 0 },
	{ "with the older one", { .old_ess = true }, 0 },
	{ "a bit of the signature", { .broken = true }, BIT(FAULT_TAMPERED) },
	{ "a bit of one without attributes",
	  { .no_attributes = true, .broken = true },
	  BIT(FAULT_TAMPERED) },
	{ "another document", { .signed_text = "{}" }, BIT(FAULT_DOCUMENT) },
	{ "another one without attributes",
	  { .signed_text = "{}", .no_attributes = true },
	  BIT(FAULT_TAMPERED) },
	{ "no certificate", { .no_certificate = true }, BIT(FAULT_NO_CERTIFICATE) },
	{ "no messageDigest", { .no_digest = true }, BIT(FAULT_ATTRIBUTES) },
	{ "two of them", { .two_digests = true }, BIT(FAULT_ATTRIBUTES) },
	{ "two contentTypes", { .two_types = true }, BIT(FAULT_ATTRIBUTES) },
	{ "two times",
	  { .two_times = true, .signed_ms = TEST_NOW_MS - 1000 },
	  BIT(FAULT_ATTRIBUTES) },
	{ "two of a kind that nobody knows", { .two_unknown = true }, BIT(FAULT_ATTRIBUTES) },
	{ "no contentType", { .no_type = true }, BIT(FAULT_ATTRIBUTES) },
	{ "another contentType", { .odd_type = true }, BIT(FAULT_ATTRIBUTES) },
	{ "SHA-1", { .hash = TEST_SHA1 }, BIT(FAULT_WEAK) },
	{ "MD5", { .hash = TEST_MD5 }, BIT(FAULT_WEAK) },
	{ "SHA-1 behind the key's identifier",
	  { .hash = TEST_SHA1, .key_oid = true },
	  BIT(FAULT_WEAK) },
	{ "signed in an hour", { .signed_ms = TEST_NOW_MS + 3600 * 1000 }, BIT(FAULT_TIME) },
	{ "a clock that is two minutes fast", { .signed_ms = TEST_NOW_MS + 120 * 1000 }, 0 },
	{ "signed a week ago, as papers are", { .signed_ms = TEST_NOW_MS - 7 * TEST_DAY_MS }, 0 },
	{ "signed in ten years",
	  { .signed_ms = TEST_NOW_MS + 3650 * TEST_DAY_MS },
	  BIT(FAULT_TIME) },
	{ "signed before the certificate was made",
	  { .signed_ms = TEST_NOW_MS - 400 * TEST_DAY_MS },
	  BIT(FAULT_TIME) },
};

static void test_faults(void **state)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	const struct cms_world w = cms_world(a, TEST_RSA);
	const struct test_holder one = cms_person(&w, TEST_RSA, 7);
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct test_signer signer = rows[i].signer;
		signer.holder = &one;
		const struct cms_verdict v = cms_judge_signer(&w, &signer);
		if (v.faults != rows[i].faults || v.good != (rows[i].faults == 0))
			fail_msg("%s: %#x, wanted %#x", rows[i].why, v.faults, rows[i].faults);
	}
}

/* What is wrong with the certificate, as its plan says. */
static void test_holders(void **state)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	const struct cms_world w = cms_world(a, TEST_EC);
	static const struct {
		const char *why;
		struct test_plan plan;
		bool fake;
		fault_set faults;
	} row[] = {
		{ "good", { .serial = 7 }, false, 0 },
		{ "of the fake authority", { .serial = 7 }, true, BIT(FAULT_ANCHOR) },
		{ "revoked", { .serial = 66 }, false, BIT(FAULT_REVOKED) },
		{ "expired",
		  { .serial = 7, .to_ms = TEST_NOW_MS - TEST_DAY_MS },
		  false,
		  BIT(FAULT_EXPIRED) },
		{ "not yet",
		  { .serial = 7, .from_ms = TEST_NOW_MS + TEST_DAY_MS },
		  false,
		  BIT(FAULT_NOT_YET) },
		{ "for another use",
		  { .serial = 7, .usage = USAGE_DIGITAL_SIGNATURE },
		  false,
		  BIT(FAULT_USAGE) },
		{ "somebody else's",
		  { .serial = 7, .numbers = { "IIN800101300000" } },
		  false,
		  BIT(FAULT_PERSON) },
		{ "with two numbers",
		  { .serial = 7, .numbers = { "IIN791028302728", "IIN800101300000" } },
		  false,
		  BIT(FAULT_SERIAL_NUMBERS) | BIT(FAULT_PERSON) },
		{ "with no number of a person",
		  { .serial = 7, .numbers = { "791028302728" } },
		  false,
		  BIT(FAULT_NO_IIN) | BIT(FAULT_PERSON) },
		{ "with a strange critical extension",
		  { .serial = 7, .strange = "1.2.3.4" },
		  false,
		  BIT(FAULT_EXTENSION) },
		{ "with a short RSA key",
		  { .serial = 7, .key = { TEST_RSA_SHORT, 0 } },
		  false,
		  BIT(FAULT_WEAK) },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		struct test_plan plan = row[i].plan;
		plan.name = "PERSON";
		if (!plan.numbers[0])
			plan.numbers[0] = "IIN791028302728";
		if (!plan.usage)
			plan.usage = USAGE_NON_REPUDIATION;
		if (plan.key.kind == TEST_EC)
			plan.key.number = 2;
		const struct test_holder one =
			test_issue(a, &plan, row[i].fake ? &w.fake : &w.root);
		const struct test_signer signer = { .holder = &one };
		/* the fake authority's certificate travels along */
		const struct cms_verdict v =
			cms_judge(&w,
				  test_cms_bytes(a, &(struct test_cms){ .document = document,
									.signers = &signer,
									.count = 1,
									.extra = &w.fake }),
				  document);
		if (v.faults != row[i].faults)
			fail_msg("%s: %#x, wanted %#x", row[i].why, v.faults, row[i].faults);
	}
}

/* Every SignerInfo must hold, and there must be one. */
static void test_signers(void **state)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	const struct cms_world w = cms_world(a, TEST_EC);
	const struct test_holder one = cms_person(&w, TEST_EC, 7);
	const struct test_holder twin = cms_person(&w, TEST_RSA, 8);
	struct test_signer signers[CMS_SIGNERS_MOST + 1] = { { .holder = &one },
							     { .holder = &twin } };
	struct test_cms plan = { .document = document, .signers = signers, .count = 0 };
	(void)state;
	struct cms_verdict v = cms_judge(&w, test_cms_bytes(a, &plan), document);
	assert_int_equal(v.faults, BIT(FAULT_NO_SIGNER));
	assert_false(v.good);
	plan.count = 2;
	v = cms_judge(&w, test_cms_bytes(a, &plan), document);
	assert_true(v.good);
	assert_int_equal(v.signer_count, 2);
	for (size_t i = 0; i < 2; i++) {
		signers[i].broken = true;
		v = cms_judge(&w, test_cms_bytes(a, &plan), document);
		assert_false(v.good);
		assert_int_equal(v.faults, BIT(FAULT_TAMPERED));
		signers[i].broken = false;
	}
	for (size_t i = 2; i < COUNT(signers); i++)
		signers[i] = signers[0];
	plan.count = COUNT(signers);
	assert_int_equal(cms_judge(&w, test_cms_bytes(a, &plan), document).faults,
			 BIT(FAULT_FORMAT));
}

static void test_attached(void **state)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	const struct cms_world w = cms_world(a, TEST_EC);
	const struct test_holder one = cms_person(&w, TEST_EC, 7);
	const struct test_signer signer = { .holder = &one };
	struct test_cms plan = {
		.document = document, .attached = true, .signers = &signer, .count = 1
	};
	(void)state;
	assert_true(cms_judge(&w, test_cms_bytes(a, &plan), document).good);
	/* the document inside is not the one that is shown */
	plan.content = "{\"document\":\"application/13\"}";
	assert_int_equal(cms_judge(&w, test_cms_bytes(a, &plan), document).faults,
			 BIT(FAULT_DOCUMENT));
	plan.content = NULL;
	assert_int_equal(cms_judge(&w, test_cms_bytes(a, &plan), "{}").faults, BIT(FAULT_DOCUMENT));
}

/* BER with indefinite lengths, as programs write that do not know the end yet: detached, and with
 * the document in pieces. */
static void test_ber(void **state)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	const struct cms_world w = cms_world(a, TEST_EC);
	const struct test_holder one = cms_person(&w, TEST_EC, 7);
	struct test_signer signer = { .holder = &one, .signed_ms = TEST_NOW_MS - 1000 };
	struct test_cms plan = {
		.document = document, .ber = true, .signers = &signer, .count = 1
	};
	(void)state;
	for (int attached = 0; attached < 2; attached++) {
		plan.attached = attached != 0;
		const struct der cms = test_cms_bytes(a, &plan);
		assert_int_equal(cms.bytes[1], 0x80);
		assert_true(cms_judge(&w, cms, document).good);
		assert_int_equal(cms_judge(&w, cms, "{}").faults, BIT(FAULT_DOCUMENT));
		/* its end must be there, and nothing after it */
		assert_int_equal(
			cms_judge(&w, (struct der){ cms.bytes, cms.size - 2 }, document).faults,
			BIT(FAULT_FORMAT));
		const struct der longer = PUT_ALL(a, cms, { (const unsigned char *)"\0\0", 2 });
		assert_int_equal(cms_judge(&w, longer, document).faults, BIT(FAULT_FORMAT));
		signer.broken = true;
		assert_int_equal(cms_judge(&w, test_cms_bytes(a, &plan), document).faults,
				 BIT(FAULT_TAMPERED));
		signer.broken = false;
	}
}

/* A signature over one paper, brought for another: the text names the document and holds its hash.
 */
static void test_another_paper(void **state)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	const struct cms_world w = cms_world(a, TEST_EC);
	const struct test_holder one = cms_person(&w, TEST_EC, 7);
	struct test_signer signer = { .holder = &one };
	const struct test_cms plan = { .document = document, .signers = &signer, .count = 1 };
	(void)state;
	assert_int_equal(
		cms_judge(&w, test_cms_bytes(a, &plan), "{\"document\":\"application/13\"}").faults,
		BIT(FAULT_DOCUMENT));
	signer.no_attributes = true;
	assert_int_equal(
		cms_judge(&w, test_cms_bytes(a, &plan), "{\"document\":\"application/13\"}").faults,
		BIT(FAULT_TAMPERED));
}

/* An intermediate authority that travels in the CMS leads to the anchor; a list of its own must be
 * known all the same. */
static void test_brought(void **state)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	const struct cms_world w = cms_world(a, TEST_EC);
	struct test_plan plan = { .key = { TEST_EC, 1 },
				  .name = "MIDDLE",
				  .serial = 2,
				  .authority = true,
				  .usage = USAGE_CERTIFICATES | USAGE_LISTS };
	const struct test_holder middle = test_issue(a, &plan, &w.root);
	plan.key.number = 3;
	const struct test_holder fake = test_issue(a, &plan, &w.fake);
	plan = cms_person(&w, TEST_EC, 7).plan;
	const struct test_holder one = test_issue(a, &plan, &middle);
	const struct crl lists[] = {
		w.list,
		test_crl(a, &(struct test_list){ .issuer = &middle,
						 .made_ms = TEST_NOW_MS - TEST_DAY_MS }),
	};
	struct trust trust = { .anchors = &w.root.certificate,
			       .anchor_count = 1,
			       .lists = lists,
			       .list_count = 2,
			       .list_most_ms = 7 * TEST_DAY_MS };
	const struct test_signer signer = { .holder = &one };
	struct test_cms cms = {
		.document = document, .signers = &signer, .count = 1, .extra = &middle
	};
	struct cms_question q = { .trust = &trust,
				  .document = { (const unsigned char *)document, strlen(document) },
				  .at_ms = TEST_NOW_MS,
				  .iin = iin };
	struct cms_verdict v;
	(void)state;
	q.cms = test_cms_bytes(a, &cms);
	cms_verify(a, &q, &v);
	assert_true(v.good);
	assert_int_equal(v.signers[0].chain.count, 3);
	assert_string_equal(v.signers[0].chain.path[1]->name, "MIDDLE");
	assert_ptr_equal(v.signers[0].chain.lists[0], &lists[1]);
	assert_ptr_equal(v.signers[0].chain.lists[1], &lists[0]);
	trust.list_count = 1;
	cms_verify(a, &q, &v);
	assert_int_equal(v.faults, BIT(FAULT_CRL_MISSING));
	trust.list_count = 2;
	cms.extra = &fake; /* of the same name, by another */
	q.cms = test_cms_bytes(a, &cms);
	cms_verify(a, &q, &v);
	assert_int_equal(v.faults, BIT(FAULT_ANCHOR));
}

/* Several anchors: each person's path ends at the own one. */
static void test_anchors(void **state)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	static const enum test_kind kinds[] = { TEST_RSA, TEST_GOST_512, TEST_GOST_2004, TEST_EC };
	struct cms_world w[COUNT(kinds)];
	struct certificate anchors[COUNT(kinds)];
	struct crl lists[COUNT(kinds)];
	(void)state;
	for (size_t i = 0; i < COUNT(kinds); i++) {
		w[i] = cms_world(a, kinds[i]);
		anchors[i] = w[i].root.certificate;
		lists[i] = w[i].list;
	}
	const struct trust trust = { .anchors = anchors,
				     .anchor_count = COUNT(kinds),
				     .lists = lists,
				     .list_count = COUNT(kinds),
				     .list_most_ms = 7 * TEST_DAY_MS };
	for (size_t i = 0; i < COUNT(kinds); i++) {
		const struct test_holder one = cms_person(&w[i], kinds[i], 7);
		const struct test_signer signer = { .holder = &one };
		const struct test_cms plan = { .document = document,
					       .signers = &signer,
					       .count = 1 };
		struct cms_verdict v;
		cms_verify(a,
			   &(struct cms_question){ .trust = &trust,
						   .document = { (const unsigned char *)document,
								 strlen(document) },
						   .cms = test_cms_bytes(a, &plan),
						   .at_ms = TEST_NOW_MS,
						   .iin = iin },
			   &v);
		assert_true(v.good);
		assert_ptr_equal(v.signers[0].chain.path[1], &anchors[i]);
		assert_ptr_equal(v.signers[0].chain.list, &lists[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),          cmocka_unit_test(test_faults),
		cmocka_unit_test(test_holders),       cmocka_unit_test(test_signers),
		cmocka_unit_test(test_attached),      cmocka_unit_test(test_ber),
		cmocka_unit_test(test_another_paper), cmocka_unit_test(test_brought),
		cmocka_unit_test(test_anchors),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
