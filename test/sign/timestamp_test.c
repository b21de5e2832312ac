/* Time stamps over signatures (CAdES-T, F12): good ones by two hands, each way to be wrong, and
 * what a good one proves of a key that is gone since. */
#include "stamp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define BIT FAULT_BIT

static const char document[] = "{\"document\":\"application/12\"}";

/* A root, a person, a stamping authority; lists of the root. */
struct world {
	struct arena *arena;
	struct test_holder root, fake, person, stamper;
	struct crl lists[2];
	size_t list_count;
};

static struct world make_world(struct arena *a, enum test_kind stamps,
			       const struct test_plan *change)
{
	struct test_plan root = { .key = { TEST_EC, 0 },
				  .name = "ROOT",
				  .serial = 1,
				  .authority = true,
				  .usage = USAGE_CERTIFICATES | USAGE_LISTS };
	struct test_plan person = { .key = { TEST_EC, 2 },
				    .name = "PERSON",
				    .numbers = { "IIN791028302728" },
				    .serial = 7,
				    .usage = USAGE_NON_REPUDIATION,
				    .to_ms = change ? change->to_ms : 0 };
	const struct test_plan stamper = test_stamp_plan(stamps, 1);
	struct world w = { .arena = a, .root = test_issue(a, &root, NULL), .list_count = 1 };
	root.key.number = 3;
	w.fake = test_issue(a, &root, NULL);
	w.person = test_issue(a, &person, &w.root);
	w.stamper = test_issue(a, &stamper, &w.root);
	w.lists[0] = test_crl(a, &(struct test_list){ .issuer = &w.root,
						      .number = 12,
						      .made_ms = TEST_NOW_MS - TEST_DAY_MS,
						      .revoked = { 66 } });
	return w;
}

static struct cms_verdict verify(const struct world *w, const struct test_signer *signer,
				 enum purpose purpose)
{
	struct cms_verdict v;
	const struct trust trust = { .anchors = &w->root.certificate,
				     .anchor_count = 1,
				     .lists = w->lists,
				     .list_count = w->list_count,
				     .list_most_ms = 7 * TEST_DAY_MS };
	cms_verify(w->arena,
		   &(struct cms_question){
			   .trust = &trust,
			   .document = { (const unsigned char *)document, strlen(document) },
			   .cms = test_cms_bytes(w->arena, &(struct test_cms){ .document = document,
									       .signers = signer,
									       .count = 1 }),
			   .purpose = purpose,
			   .at_ms = TEST_NOW_MS,
			   .iin = "791028302728" },
		   &v);
	return v;
}

static struct cms_verdict stamped(const struct world *w, const struct test_stamp *plan)
{
	return verify(w,
		      &(struct test_signer){ .holder = &w->person,
					     .stamp = test_stamp_by_hand,
					     .stamp_plan = plan },
		      PURPOSE_SIGNATURE);
}

static void test_good(void **state)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	static const struct {
		enum test_kind kind;
		struct der (*stamp)(struct arena *a, const void *plan, struct der signature);
		const char *algorithm;
	} row[] = {
		{ TEST_EC, test_stamp_by_hand, "ECDSA, SHA-256" },
		{ TEST_RSA, test_stamp_by_hand, "RSA, SHA-256" },
		{ TEST_GOST_512, test_stamp_by_hand, "GOST 34.10-2015, 512" },
		{ TEST_GOST_256, test_stamp_by_hand, "GOST 34.10-2015, 256" },
		{ TEST_GOST_2004, test_stamp_by_hand, "GOST 34.310-2004" },
		{ TEST_EC, test_stamp_by_openssl, "ECDSA, SHA-256" },
		{ TEST_RSA, test_stamp_by_openssl, "RSA, SHA-256" },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		const struct world w = make_world(a, row[i].kind, NULL);
		const struct test_stamp plan = { .holder = &w.stamper,
						 .at_ms = TEST_NOW_MS - 30 * TEST_DAY_MS };
		const struct test_signer signer = { .holder = &w.person,
						    .stamp = row[i].stamp,
						    .stamp_plan = &plan };
		const struct cms_verdict v = verify(&w, &signer, PURPOSE_SIGNATURE);
		if (!v.good)
			fail_msg("row %zu: %#x, %#x", i, v.faults,
				 v.signers[0].stamp.signer ? v.signers[0].stamp.signer->faults : 0);
		const struct cms_stamp *stamp = &v.signers[0].stamp;
		assert_true(stamp->there);
		assert_int_equal(stamp->at_ms, plan.at_ms);
		assert_string_equal(stamp->serial, "1267");
		assert_string_equal(stamp->signer->certificate->name, "УАҚЫТ БЕЛГІСІ");
		assert_string_equal(stamp->signer->algorithm, row[i].algorithm);
		assert_int_equal(stamp->signer->chain.count, 2);
	}
	/* none is none */
	const struct world w = make_world(a, TEST_EC, NULL);
	const struct cms_verdict v =
		verify(&w, &(struct test_signer){ .holder = &w.person }, PURPOSE_SIGNATURE);
	assert_true(v.good);
	assert_false(v.signers[0].stamp.there);
	assert_int_equal(v.signers[0].stamp.at_ms, 0);
}

/* A bad time stamp is a fault, never passed over. */
static void test_bad(void **state)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	static const struct {
		const char *why;
		struct test_stamp plan;
	} row[] = {
		{ "over another signature", { .other = true } },
		{ "a bit of it", { .broken = true } },
		{ "no certificate", { .no_certificate = true } },
		{ "names no certificate", { .no_ess = true } },
		{ "SHA-1", { .old_hash = true } },
		{ "no token", { .junk = true } },
		{ "version 2", { .version = 2 } },
		{ "of tomorrow", { .at_ms = TEST_NOW_MS + TEST_DAY_MS } },
		{ "of before its certificate", { .at_ms = TEST_NOW_MS - 400 * TEST_DAY_MS } },
	};
	(void)state;
	for (int kind = 0; kind < 2; kind++) {
		const struct world w = make_world(a, kind ? TEST_GOST_512 : TEST_EC, NULL);
		for (size_t i = 0; i < COUNT(row); i++) {
			struct test_stamp plan = row[i].plan;
			plan.holder = &w.stamper;
			if (!plan.at_ms)
				plan.at_ms = TEST_NOW_MS - TEST_DAY_MS;
			if (plan.old_hash && kind)
				continue; /* GOST has one hash only */
			const struct cms_verdict v = stamped(&w, &plan);
			if (v.faults != BIT(FAULT_TIMESTAMP) || v.good)
				fail_msg("%s: %#x", row[i].why, v.faults);
			assert_int_equal(v.signers[0].stamp.at_ms, 0);
		}
	}
}

/* What is wrong with who stamps. */
static void test_stampers(void **state)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct world w = make_world(a, TEST_EC, NULL);
	static const struct {
		const char *why;
		struct test_plan plan;
		bool fake;
		fault_set faults;
	} row[] = {
		{ "of a fake authority", { .serial = 40 }, true, BIT(FAULT_ANCHOR) },
		{ "revoked", { .serial = 66 }, false, BIT(FAULT_REVOKED) },
		{ "may stamp and more",
		  { .serial = 40, .purposes = { NULL, "1.3.6.1.5.5.7.3.2" } },
		  false,
		  BIT(FAULT_USAGE) },
		{ "not critically", { .serial = 40, .loose = true }, false, BIT(FAULT_USAGE) },
		{ "run out before the stamp",
		  { .serial = 40, .to_ms = TEST_NOW_MS - 20 * TEST_DAY_MS },
		  false,
		  BIT(FAULT_EXPIRED) },
		{ "strange", { .serial = 40, .strange = "1.2.3" }, false, BIT(FAULT_EXTENSION) },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		struct test_plan plan = test_stamp_plan(TEST_EC, 1);
		plan.serial = row[i].plan.serial;
		plan.purposes[1] = row[i].plan.purposes[1];
		plan.loose = row[i].plan.loose;
		plan.to_ms = row[i].plan.to_ms;
		plan.strange = row[i].plan.strange;
		w.stamper = test_issue(a, &plan, row[i].fake ? &w.fake : &w.root);
		/* the fake authority's certificate travels along */
		const struct cms_verdict v =
			stamped(&w, &(struct test_stamp){ .holder = &w.stamper,
							  .at_ms = TEST_NOW_MS - TEST_DAY_MS,
							  .extra = &w.fake });
		if (v.faults != BIT(FAULT_TIMESTAMP) ||
		    (v.signers[0].stamp.signer->faults & row[i].faults) != row[i].faults)
			fail_msg("%s: %#x, %#x", row[i].why, v.faults,
				 v.signers[0].stamp.signer->faults);
	}
	/* a person's own key is no stamping authority */
	const struct cms_verdict v =
		stamped(&w, &(struct test_stamp){ .holder = &w.person,
						  .at_ms = TEST_NOW_MS - TEST_DAY_MS });
	assert_int_equal(v.faults, BIT(FAULT_TIMESTAMP));
	assert_int_equal(v.signers[0].stamp.signer->faults, BIT(FAULT_USAGE));
}

/* The path is judged at the time of the stamp: a key that has run out since, and one that was
 * revoked since, have signed well; without the stamp neither. */
static void test_instant(void **state)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	const struct test_plan gone = { .to_ms = TEST_NOW_MS - 2 * TEST_DAY_MS };
	struct world w = make_world(a, TEST_EC, &gone);
	struct test_stamp plan = { .holder = &w.stamper, .at_ms = TEST_NOW_MS - 5 * TEST_DAY_MS };
	struct test_signer signer = { .holder = &w.person,
				      .stamp = test_stamp_by_openssl,
				      .stamp_plan = &plan };
	(void)state;
	w.lists[1] = test_crl(a, &(struct test_list){ .issuer = &w.root,
						      .number = 11,
						      .made_ms = TEST_NOW_MS - 3 * TEST_DAY_MS });
	w.list_count = 2;
	assert_true(verify(&w, &signer, PURPOSE_SIGNATURE).good);
	/* the list of when it was valid is needed */
	w.list_count = 1;
	assert_int_equal(verify(&w, &signer, PURPOSE_SIGNATURE).faults, BIT(FAULT_CRL_MISSING));
	w.list_count = 2;
	/* a claim that is later than the stamp is a lie */
	signer.signed_ms = TEST_NOW_MS - 4 * TEST_DAY_MS;
	assert_int_equal(verify(&w, &signer, PURPOSE_SIGNATURE).faults, BIT(FAULT_TIME));
	signer.signed_ms = plan.at_ms - 1000;
	assert_true(verify(&w, &signer, PURPOSE_SIGNATURE).good);
	plan.at_ms = TEST_NOW_MS - TEST_DAY_MS; /* stamped when it had run out */
	assert_int_equal(verify(&w, &signer, PURPOSE_SIGNATURE).faults, BIT(FAULT_EXPIRED));
	signer.stamp = NULL;
	assert_int_equal(verify(&w, &signer, PURPOSE_SIGNATURE).faults, BIT(FAULT_EXPIRED));
	/* revoked three days ago */
	w = make_world(a, TEST_EC, NULL);
	w.lists[0] =
		test_crl(a, &(struct test_list){ .issuer = &w.root,
						 .made_ms = TEST_NOW_MS - TEST_DAY_MS,
						 .revoked = { 7 },
						 .revoked_ms = TEST_NOW_MS - 3 * TEST_DAY_MS });
	signer = (struct test_signer){ .holder = &w.person,
				       .stamp = test_stamp_by_hand,
				       .stamp_plan = &plan };
	plan.holder = &w.stamper;
	plan.at_ms = TEST_NOW_MS - 5 * TEST_DAY_MS;
	assert_true(verify(&w, &signer, PURPOSE_SIGNATURE).good);
	plan.at_ms = TEST_NOW_MS - 2 * TEST_DAY_MS;
	assert_int_equal(verify(&w, &signer, PURPOSE_SIGNATURE).faults, BIT(FAULT_REVOKED));
	signer.stamp = NULL;
	assert_int_equal(verify(&w, &signer, PURPOSE_SIGNATURE).faults, BIT(FAULT_REVOKED));
}

/* Whoever signs in is judged now: an old stamp opens no door. */
static void test_sign_in(void **state)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct world w = make_world(a, TEST_EC, NULL);
	struct test_plan plan = w.person.plan;
	plan.usage = USAGE_DIGITAL_SIGNATURE;
	plan.to_ms = TEST_NOW_MS - 2 * TEST_DAY_MS;
	w.person = test_issue(a, &plan, &w.root);
	const struct test_stamp stamp = { .holder = &w.stamper,
					  .at_ms = TEST_NOW_MS - 5 * TEST_DAY_MS };
	const struct cms_verdict v = verify(&w,
					    &(struct test_signer){ .holder = &w.person,
								   .stamp = test_stamp_by_hand,
								   .stamp_plan = &stamp },
					    PURPOSE_SIGN_IN);
	(void)state;
	assert_true((v.faults & BIT(FAULT_EXPIRED)) != 0);
}

/* RFC 3161, 4: whoever has the key of a stamping authority stamps as of any day.  So only reasons
 * by which nobody else has it let the stamps of before stand. */
static void test_compromised(void **state)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	static const struct {
		const char *why;
		int reason; /* + 1, as in struct test_list */
		int64_t invalid_day;
		bool good;
	} row[] = {
		{ "no reason", 0, 0, false },
		{ "unspecified", 1, 0, true },
		{ "the key is in other hands", 2, 0, false },
		{ "its authority's is", 3, 0, false },
		{ "affiliation", 4, 0, true },
		{ "superseded", 5, 0, true },
		{ "ceased", 6, 0, true },
		{ "on hold", 7, 0, false },
		{ "privilege withdrawn", 10, 0, false },
		{ "ceased, invalid since before the stamp", 6, 6, false },
		{ "ceased, invalid since after it", 6, 4, true },
	};
	(void)state;
	struct world w = make_world(a, TEST_EC, NULL);
	const struct test_stamp plan = { .holder = &w.stamper,
					 .at_ms = TEST_NOW_MS - 5 * TEST_DAY_MS };
	for (size_t i = 0; i < COUNT(row); i++) {
		w.lists[0] = test_crl(
			a, &(struct test_list){ .issuer = &w.root,
						.made_ms = TEST_NOW_MS - TEST_DAY_MS,
						.revoked = { w.stamper.plan.serial },
						.revoked_ms = TEST_NOW_MS - 2 * TEST_DAY_MS,
						.reason = row[i].reason,
						.invalid_ms =
							row[i].invalid_day
								? TEST_NOW_MS - row[i].invalid_day *
											TEST_DAY_MS
								: 0 });
		const struct cms_verdict v = stamped(&w, &plan);
		if (v.faults != (row[i].good ? 0 : BIT(FAULT_TIMESTAMP)) ||
		    v.signers[0].stamp.signer->faults != (row[i].good ? 0 : BIT(FAULT_REVOKED)))
			fail_msg("%s: %#x, %#x", row[i].why, v.faults,
				 v.signers[0].stamp.signer->faults);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),     cmocka_unit_test(test_bad),
		cmocka_unit_test(test_stampers), cmocka_unit_test(test_instant),
		cmocka_unit_test(test_sign_in),  cmocka_unit_test(test_compromised),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
