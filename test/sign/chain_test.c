/* The walk from a signer's certificate to an anchor (F12): each thing that can be wrong on the way.
 */
#include "sign/chain.h"

#include "authority.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define BIT      FAULT_BIT
#define STAMPS   "1.3.6.1.5.5.7.3.8"
#define SIGNS_IN "1.3.6.1.5.5.7.3.2"

static const struct test_plan root_plan = { .key = { TEST_EC, 0 },
					    .name = "ROOT",
					    .serial = 1,
					    .authority = true,
					    .usage = USAGE_CERTIFICATES | USAGE_LISTS };
static const struct test_plan middle_plan = { .key = { TEST_EC, 1 },
					      .name = "MIDDLE",
					      .serial = 2,
					      .authority = true,
					      .usage = USAGE_CERTIFICATES | USAGE_LISTS };
static const struct test_plan leaf_plan = { .key = { TEST_EC, 2 },
					    .name = "PERSON",
					    .numbers = { "IIN791028302728" },
					    .serial = 3,
					    .usage = USAGE_NON_REPUDIATION };

/* A root that trusts, one authority under it, one person: what a row changes, and what comes of
 * it. */
struct row {
	const char *why;
	struct test_plan root, middle, leaf;
	bool no_root_list, no_middle_list;
	int64_t root_list_age, middle_list_age; /* days */
	long root_revokes, middle_revokes;
	enum purpose purpose;
	int64_t day; /* of the judgement, after TEST_NOW_MS */
	fault_set faults;
};

static struct test_plan with(const struct test_plan *base, const struct test_plan *change)
{
	struct test_plan p = *base;
	if (change->usage)
		p.usage = change->usage;
	if (change->from_ms)
		p.from_ms = change->from_ms;
	if (change->to_ms)
		p.to_ms = change->to_ms;
	p.most = change->most;
	p.no_constraints = change->no_constraints;
	p.strange = change->strange;
	p.hash = change->hash;
	p.purposes[0] = change->purposes[0];
	p.purposes[1] = change->purposes[1];
	p.loose = change->loose;
	return p;
}

static struct chain judge(struct arena *a, const struct row *row)
{
	const struct test_plan rp = with(&root_plan, &row->root);
	const struct test_plan mp = with(&middle_plan, &row->middle);
	const struct test_plan lp = with(&leaf_plan, &row->leaf);
	const struct test_holder root = test_issue(a, &rp, NULL);
	const struct test_holder middle = test_issue(a, &mp, &root);
	struct certificate *leaf = arena_alloc(a, sizeof(*leaf));
	*leaf = test_issue(a, &lp, &middle).certificate;
	struct certificate *authorities = arena_array(a, 2, sizeof(*authorities));
	authorities[0] = root.certificate;
	authorities[1] = middle.certificate;
	struct crl *lists = arena_array(a, 2, sizeof(*lists));
	struct trust *trust = arena_alloc(a, sizeof(*trust));
	*trust = (struct trust){ .anchors = authorities,
				 .anchor_count = 1,
				 .authorities = authorities + 1,
				 .authority_count = 1,
				 .lists = lists,
				 .list_most_ms = 7 * TEST_DAY_MS };
	if (!row->no_root_list)
		lists[trust->list_count++] = test_crl(
			a, &(struct test_list){ .issuer = &root,
						.number = 1,
						.made_ms = TEST_NOW_MS -
							   row->root_list_age * TEST_DAY_MS,
						.revoked = { row->root_revokes } });
	if (!row->no_middle_list)
		lists[trust->list_count++] = test_crl(
			a, &(struct test_list){ .issuer = &middle,
						.number = 2,
						.made_ms = TEST_NOW_MS -
							   row->middle_list_age * TEST_DAY_MS,
						.revoked = { row->middle_revokes } });
	struct chain chain;
	chain_judge(trust, leaf, NULL, 0, row->purpose, TEST_NOW_MS + row->day * TEST_DAY_MS,
		    &chain);
	return chain;
}

static void test_rows(void **state)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	static const struct row row[] = {
		{ .why = "all is well" },
		{ .why = "a list of seven days is not too old", .middle_list_age = 7 },
		{ .why = "one of eight is", .middle_list_age = 8, .faults = BIT(FAULT_CRL_OLD) },
		{ .why = "that of the root counts too",
		  .root_list_age = 8,
		  .faults = BIT(FAULT_CRL_OLD) },
		{ .why = "a list of tomorrow is none",
		  .middle_list_age = -1,
		  .faults = BIT(FAULT_CRL_MISSING) },
		{ .why = "no list", .no_middle_list = true, .faults = BIT(FAULT_CRL_MISSING) },
		{ .why = "no list of the root",
		  .no_root_list = true,
		  .faults = BIT(FAULT_CRL_MISSING) },
		{ .why = "the person is revoked",
		  .middle_revokes = 3,
		  .faults = BIT(FAULT_REVOKED) },
		{ .why = "the authority is", .root_revokes = 2, .faults = BIT(FAULT_REVOKED) },
		{ .why = "the number of another is", .middle_revokes = 33 },
		{ .why = "expired yesterday",
		  .leaf.to_ms = TEST_NOW_MS - TEST_DAY_MS,
		  .faults = BIT(FAULT_EXPIRED) },
		{ .why = "the last instant is valid", .leaf.to_ms = TEST_NOW_MS },
		{ .why = "valid from tomorrow",
		  .leaf.from_ms = TEST_NOW_MS + TEST_DAY_MS,
		  .faults = BIT(FAULT_NOT_YET) },
		{ .why = "the first instant is valid", .leaf.from_ms = TEST_NOW_MS },
		{ .why = "an authority that has run out",
		  .middle.to_ms = TEST_NOW_MS - TEST_DAY_MS,
		  .faults = BIT(FAULT_AUTHORITY_TIME) },
		{ .why = "an anchor that has",
		  .root.to_ms = TEST_NOW_MS - TEST_DAY_MS,
		  .faults = BIT(FAULT_AUTHORITY_TIME) },
		{ .why = "a key for signing in only",
		  .leaf.usage = USAGE_DIGITAL_SIGNATURE,
		  .faults = BIT(FAULT_USAGE) },
		{ .why = "which signs in",
		  .leaf = { .usage = USAGE_DIGITAL_SIGNATURE, .purposes = { SIGNS_IN } },
		  .purpose = PURPOSE_SIGN_IN },
		{ .why = "as the national authority issues it: with another purpose, not critical",
		  .leaf = { .usage = USAGE_DIGITAL_SIGNATURE,
			    .purposes = { SIGNS_IN, "1.2.398.3.3.4.1.1" },
			    .loose = true },
		  .purpose = PURPOSE_SIGN_IN },
		{ .why = "no purpose said",
		  .leaf.usage = USAGE_DIGITAL_SIGNATURE,
		  .purpose = PURPOSE_SIGN_IN,
		  .faults = BIT(FAULT_USAGE) },
		{ .why = "a key for mail and documents that may sign anything",
		  .leaf = { .usage = USAGE_DIGITAL_SIGNATURE | USAGE_NON_REPUDIATION,
			    .purposes = { "1.3.6.1.5.5.7.3.4", "1.2.398.3.3.4.1.1" },
			    .loose = true },
		  .purpose = PURPOSE_SIGN_IN,
		  .faults = BIT(FAULT_USAGE) },
		{ .why = "the purpose without the usage",
		  .leaf = { .usage = USAGE_NON_REPUDIATION, .purposes = { SIGNS_IN } },
		  .purpose = PURPOSE_SIGN_IN,
		  .faults = BIT(FAULT_USAGE) },
		{ .why = "a key for documents does not sign in",
		  .purpose = PURPOSE_SIGN_IN,
		  .faults = BIT(FAULT_USAGE) },
		{ .why = "an authority that does not say so",
		  .middle.no_constraints = true,
		  /* nor are its lists anybody's */
		  .faults = BIT(FAULT_NOT_AUTHORITY) | BIT(FAULT_CRL_MISSING) },
		{ .why = "one that may sign lists only",
		  .middle.usage = USAGE_LISTS,
		  .faults = BIT(FAULT_NOT_AUTHORITY) },
		{ .why = "one that may not sign lists",
		  .middle.usage = USAGE_CERTIFICATES,
		  .faults = BIT(FAULT_CRL_MISSING) },
		{ .why = "no authority below the root is allowed",
		  .root.most = 1,
		  .faults = BIT(FAULT_PATH_LENGTH) },
		{ .why = "one is", .root.most = 2 },
		{ .why = "none below the middle", .middle.most = 1 },
		{ .why = "a strange critical extension",
		  .leaf.strange = "1.2.3.4",
		  .faults = BIT(FAULT_EXTENSION) },
		{ .why = "one of the authority",
		  .middle.strange = "2.5.29.36",
		  .faults = BIT(FAULT_EXTENSION) },
		{ .why = "one of the anchor",
		  .root.strange = "2.5.29.30",
		  .faults = BIT(FAULT_EXTENSION) },
		{ .why = "issued with SHA-1",
		  .leaf.hash = TEST_SHA1,
		  .faults = BIT(FAULT_ANCHOR) | BIT(FAULT_WEAK) },
		{ .why = "an authority issued with SHA-1",
		  .middle.hash = TEST_SHA1,
		  .faults = BIT(FAULT_ANCHOR) | BIT(FAULT_WEAK) },
		{ .why = "an anchor is trusted as it is", .root.hash = TEST_SHA1 },
		{ .why = "a key that stamps",
		  .leaf = { .usage = USAGE_DIGITAL_SIGNATURE, .purposes = { STAMPS } },
		  .purpose = PURPOSE_STAMP },
		{ .why = "a key for documents does not stamp",
		  .purpose = PURPOSE_STAMP,
		  .faults = BIT(FAULT_USAGE) },
		{ .why = "one that does something else, too",
		  .leaf = { .purposes = { STAMPS, SIGNS_IN } },
		  .purpose = PURPOSE_STAMP,
		  .faults = BIT(FAULT_USAGE) },
		{ .why = "one that does not say so critically",
		  .leaf = { .purposes = { STAMPS }, .loose = true },
		  .purpose = PURPOSE_STAMP,
		  .faults = BIT(FAULT_USAGE) },
		{ .why = "one of an authority's uses",
		  .leaf = { .usage = USAGE_LISTS, .purposes = { STAMPS } },
		  .purpose = PURPOSE_STAMP,
		  .faults = BIT(FAULT_USAGE) },
		{ .why = "two years later",
		  .day = 730,
		  .faults = BIT(FAULT_EXPIRED) | BIT(FAULT_AUTHORITY_TIME) | BIT(FAULT_CRL_OLD) },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		const struct chain chain = judge(a, &row[i]);
		if (chain.faults != row[i].faults)
			fail_msg("%s: %#x, wanted %#x", row[i].why, chain.faults, row[i].faults);
	}
}

static void test_details(void **state)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	(void)state;
	struct chain chain = judge(a, &(struct row){ .middle_list_age = 2 });
	assert_int_equal(chain.count, 3);
	assert_string_equal(chain.path[0]->name, "PERSON");
	assert_string_equal(chain.path[1]->name, "MIDDLE");
	assert_string_equal(chain.path[2]->name, "ROOT");
	assert_int_equal(chain.revocation, REVOCATION_GOOD);
	assert_int_equal(chain.list_age_ms, 2 * TEST_DAY_MS);
	assert_string_equal(chain.list->number, "02");
	chain = judge(a, &(struct row){ .middle_revokes = 3 });
	assert_int_equal(chain.revocation, REVOCATION_REVOKED);
	assert_int_equal(chain.revoked_ms, TEST_NOW_MS - TEST_DAY_MS);
	chain = judge(a, &(struct row){ .no_middle_list = true });
	assert_int_equal(chain.revocation, REVOCATION_UNKNOWN);
	assert_null(chain.list);
}

/* Revoked after the instant of the judgement: what was signed before stays good. */
static void test_later(void **state)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	const struct test_holder root = test_issue(a, &root_plan, NULL);
	const struct test_holder leaf = test_issue(a, &leaf_plan, &root);
	const struct crl list =
		test_crl(a, &(struct test_list){ .issuer = &root,
						 .made_ms = TEST_NOW_MS,
						 .revoked = { 3 },
						 .revoked_ms = TEST_NOW_MS + TEST_DAY_MS });
	const struct trust trust = { .anchors = &root.certificate,
				     .anchor_count = 1,
				     .lists = &list,
				     .list_count = 1,
				     .list_most_ms = 7 * TEST_DAY_MS };
	struct chain chain;
	(void)state;
	chain_judge(&trust, &leaf.certificate, NULL, 0, PURPOSE_SIGNATURE, TEST_NOW_MS, &chain);
	assert_int_equal(chain.faults, 0);
	chain_judge(&trust, &leaf.certificate, NULL, 0, PURPOSE_SIGNATURE,
		    TEST_NOW_MS + TEST_DAY_MS, &chain);
	assert_int_equal(chain.faults, BIT(FAULT_REVOKED));
}

/* Of a certificate that has run out since the instant of the judgement a list tells that was made
 * while it was valid; a later one need not name it any more. */
static void test_known(void **state)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	const struct test_holder root = test_issue(a, &root_plan, NULL);
	struct test_plan plan = leaf_plan;
	plan.to_ms = TEST_NOW_MS - 10 * TEST_DAY_MS;
	const struct test_holder leaf = test_issue(a, &plan, &root);
	const struct {
		const char *why;
		int64_t list_day, stamp_day; /* days before TEST_NOW_MS */
		long revoked;
		int64_t revoked_day;
		fault_set faults;
	} row[] = {
		{ "a list of its last day", 11, 12, 0, 0, 0 },
		{ "a list of after it", 9, 12, 0, 0, BIT(FAULT_CRL_MISSING) },
		{ "a list of long before its end", 20, 20, 0, 0, BIT(FAULT_CRL_OLD) },
		{ "revoked after the stamp", 11, 14, 3, 12, 0 },
		{ "revoked before the stamp", 11, 12, 3, 14, BIT(FAULT_REVOKED) },
		{ "stamped after its end", 11, 8, 0, 0, BIT(FAULT_EXPIRED) | BIT(FAULT_CRL_OLD) },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		const struct crl list = test_crl(
			a, &(struct test_list){
				   .issuer = &root,
				   .made_ms = TEST_NOW_MS - row[i].list_day * TEST_DAY_MS,
				   .revoked = { row[i].revoked },
				   .revoked_ms = TEST_NOW_MS - row[i].revoked_day * TEST_DAY_MS });
		const struct trust trust = { .anchors = &root.certificate,
					     .anchor_count = 1,
					     .lists = &list,
					     .list_count = 1,
					     .list_most_ms = 7 * TEST_DAY_MS,
					     .known_ms = TEST_NOW_MS };
		struct chain chain;
		chain_judge(&trust, &leaf.certificate, NULL, 0, PURPOSE_SIGNATURE,
			    TEST_NOW_MS - row[i].stamp_day * TEST_DAY_MS, &chain);
		if (chain.faults != row[i].faults)
			fail_msg("%s: %#x, wanted %#x", row[i].why, chain.faults, row[i].faults);
	}
}

/* An authority takes a certificate off its lists after it has run out, and not before it stood in
 * one of after that (RFC 5280, 5): the last one may be the first to say that it was revoked. */
static void test_late(void **state)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	const struct test_holder root = test_issue(a, &root_plan, NULL);
	struct test_plan plan = leaf_plan;
	plan.to_ms = TEST_NOW_MS - 10 * TEST_DAY_MS;
	const struct test_holder leaf = test_issue(a, &plan, &root);
	static const struct {
		const char *why;
		int64_t stamp_day, revoked_day, invalid_day;
		fault_set faults;
	} row[] = {
		{ "revoked before the stamp", 11, 12, 0, BIT(FAULT_REVOKED) },
		{ "after it", 13, 12, 0, 0 },
		{ "after it, but the key was lost before", 13, 12, 14, BIT(FAULT_REVOKED) },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		const int64_t invalid = row[i].invalid_day;
		const struct crl lists[] = {
			test_crl(a,
				 &(struct test_list){ .issuer = &root,
						      .number = 1,
						      .made_ms = TEST_NOW_MS - 13 * TEST_DAY_MS }),
			test_crl(a,
				 &(struct test_list){
					 .issuer = &root,
					 .number = 2,
					 .made_ms = TEST_NOW_MS - 9 * TEST_DAY_MS,
					 .revoked = { 3 },
					 .revoked_ms =
						 TEST_NOW_MS - row[i].revoked_day * TEST_DAY_MS,
					 .invalid_ms = invalid ? TEST_NOW_MS - invalid * TEST_DAY_MS
							       : 0 }),
			test_crl(a, &(struct test_list){ .issuer = &root,
							 .number = 3,
							 .made_ms = TEST_NOW_MS - TEST_DAY_MS }),
		};
		const struct trust trust = { .anchors = &root.certificate,
					     .anchor_count = 1,
					     .lists = lists,
					     .list_count = COUNT(lists),
					     .list_most_ms = 7 * TEST_DAY_MS,
					     .known_ms = TEST_NOW_MS };
		struct chain chain;
		chain_judge(&trust, &leaf.certificate, NULL, 0, PURPOSE_SIGNATURE,
			    TEST_NOW_MS - row[i].stamp_day * TEST_DAY_MS, &chain);
		if (chain.faults != row[i].faults)
			fail_msg("%s: %#x, wanted %#x", row[i].why, chain.faults, row[i].faults);
	}
}

/* F12, the named attack: an authority of the same name, whose certificates the CMS brings along. */
static void test_fake(void **state)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	(void)state;
	for (int anonymous = 0; anonymous < 2; anonymous++) {
		struct test_plan fake_root_plan = root_plan;
		struct test_plan fake_leaf_plan = leaf_plan;
		fake_root_plan.key.number = 3;
		fake_root_plan.anonymous = fake_leaf_plan.anonymous = anonymous != 0;
		const struct test_holder root = test_issue(a, &root_plan, NULL);
		const struct test_holder fake = test_issue(a, &fake_root_plan, NULL);
		const struct test_holder leaf = test_issue(a, &fake_leaf_plan, &fake);
		const struct crl lists[] = {
			test_crl(a, &(struct test_list){ .issuer = &root, .made_ms = TEST_NOW_MS }),
			test_crl(a, &(struct test_list){ .issuer = &fake, .made_ms = TEST_NOW_MS }),
		};
		const struct trust trust = { .anchors = &root.certificate,
					     .anchor_count = 1,
					     .lists = lists,
					     .list_count = 2,
					     .list_most_ms = TEST_DAY_MS };
		struct chain chain;
		chain_judge(&trust, &leaf.certificate, &fake.certificate, 1, PURPOSE_SIGNATURE,
			    TEST_NOW_MS, &chain);
		assert_int_equal(chain.faults, BIT(FAULT_ANCHOR));
		assert_int_equal(chain.count, 1);
		/* the person's own certificate is no anchor for itself, nor is one that a person
		 * issues */
		chain_judge(&(struct trust){ .anchors = &leaf.certificate, .anchor_count = 1 },
			    &leaf.certificate, NULL, 0, PURPOSE_SIGNATURE, TEST_NOW_MS, &chain);
		assert_int_equal(chain.faults, BIT(FAULT_ANCHOR));
	}
}

/* A list that the fake authority made says nothing of the real one's. */
static void test_fake_list(void **state)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct test_plan fake_plan = root_plan;
	fake_plan.key.number = 3;
	const struct test_holder root = test_issue(a, &root_plan, NULL);
	const struct test_holder fake = test_issue(a, &fake_plan, NULL);
	const struct test_holder leaf = test_issue(a, &leaf_plan, &root);
	struct crl lists[] = {
		test_crl(a, &(struct test_list){ .issuer = &root,
						 .number = 1,
						 .made_ms = TEST_NOW_MS,
						 .revoked = { 3 } }),
		test_crl(a, &(struct test_list){ .issuer = &fake,
						 .number = 9,
						 .made_ms = TEST_NOW_MS }),
	};
	struct trust trust = { .anchors = &root.certificate,
			       .anchor_count = 1,
			       .lists = lists,
			       .list_count = 2,
			       .list_most_ms = TEST_DAY_MS };
	struct chain chain;
	(void)state;
	chain_judge(&trust, &leaf.certificate, NULL, 0, PURPOSE_SIGNATURE, TEST_NOW_MS, &chain);
	assert_int_equal(chain.faults, BIT(FAULT_REVOKED));
	trust.lists = lists + 1;
	trust.list_count = 1;
	chain_judge(&trust, &leaf.certificate, NULL, 0, PURPOSE_SIGNATURE, TEST_NOW_MS, &chain);
	assert_int_equal(chain.faults, BIT(FAULT_CRL_MISSING));
}

/* Of several lists the newest counts, whatever their order. */
static void test_newest(void **state)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	const struct test_holder root = test_issue(a, &root_plan, NULL);
	const struct test_holder leaf = test_issue(a, &leaf_plan, &root);
	const struct crl old = test_crl(
		a,
		&(struct test_list){ .issuer = &root, .number = 1, .made_ms = TEST_NOW_MS - 1000 });
	const struct crl fresh = test_crl(a, &(struct test_list){ .issuer = &root,
								  .number = 2,
								  .made_ms = TEST_NOW_MS,
								  .revoked = { 3 } });
	const struct crl orders[][2] = { { old, fresh }, { fresh, old } };
	(void)state;
	for (size_t i = 0; i < COUNT(orders); i++) {
		const struct trust trust = { .anchors = &root.certificate,
					     .anchor_count = 1,
					     .lists = orders[i],
					     .list_count = 2,
					     .list_most_ms = TEST_DAY_MS };
		struct chain chain;
		chain_judge(&trust, &leaf.certificate, NULL, 0, PURPOSE_SIGNATURE, TEST_NOW_MS,
			    &chain);
		assert_int_equal(chain.faults, BIT(FAULT_REVOKED));
	}
}

/* Two authorities that certify each other, and a heap of the same: the walk ends. */
static void test_circle(void **state)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	enum { HEAP = 32 };
	struct test_plan one_plan = root_plan;
	struct test_plan other_plan = middle_plan;
	struct certificate heap[HEAP];
	struct chain chain;
	one_plan.anonymous = other_plan.anonymous = true;
	const struct test_holder one = test_issue(a, &one_plan, NULL);
	const struct test_holder other = test_issue(a, &other_plan, NULL);
	(void)state;
	for (long i = 0; i < HEAP; i++) {
		struct test_plan plan = i % 2 ? one_plan : other_plan;
		plan.serial = 100 + i;
		heap[i] = test_issue(a, &plan, i % 2 ? &other : &one).certificate;
	}
	const struct test_holder leaf = test_issue(a, &leaf_plan, &one);
	chain_judge(&(struct trust){ .anchor_count = 0 }, &leaf.certificate, heap, HEAP,
		    PURPOSE_SIGNATURE, TEST_NOW_MS, &chain);
	assert_int_equal(chain.faults, BIT(FAULT_ANCHOR));
}

/* An intermediate authority that the CMS brings leads to the anchor, if that has issued it. */
static void test_brought(void **state)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	const struct test_holder root = test_issue(a, &root_plan, NULL);
	const struct test_holder middle = test_issue(a, &middle_plan, &root);
	const struct test_holder leaf = test_issue(a, &leaf_plan, &middle);
	/* a person that issues a certificate */
	struct test_plan below_plan = leaf_plan;
	below_plan.name = "BELOW";
	below_plan.key.number = 3;
	const struct test_holder below = test_issue(a, &below_plan, &leaf);
	const struct crl lists[] = {
		test_crl(a, &(struct test_list){ .issuer = &root, .made_ms = TEST_NOW_MS }),
		test_crl(a, &(struct test_list){ .issuer = &middle, .made_ms = TEST_NOW_MS }),
		test_crl(a, &(struct test_list){ .issuer = &leaf, .made_ms = TEST_NOW_MS }),
	};
	const struct trust trust = { .anchors = &root.certificate,
				     .anchor_count = 1,
				     .lists = lists,
				     .list_count = COUNT(lists),
				     .list_most_ms = TEST_DAY_MS };
	const struct certificate brought[] = { leaf.certificate, middle.certificate };
	struct chain chain;
	(void)state;
	chain_judge(&trust, &leaf.certificate, brought, COUNT(brought), PURPOSE_SIGNATURE,
		    TEST_NOW_MS, &chain);
	assert_int_equal(chain.faults, 0);
	assert_int_equal(chain.count, 3);
	chain_judge(&trust, &below.certificate, brought, COUNT(brought), PURPOSE_SIGNATURE,
		    TEST_NOW_MS, &chain);
	assert_int_equal(chain.faults, BIT(FAULT_NOT_AUTHORITY) | BIT(FAULT_CRL_MISSING));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),   cmocka_unit_test(test_details),
		cmocka_unit_test(test_later),  cmocka_unit_test(test_fake),
		cmocka_unit_test(test_newest), cmocka_unit_test(test_fake_list),
		cmocka_unit_test(test_circle), cmocka_unit_test(test_brought),
		cmocka_unit_test(test_known),  cmocka_unit_test(test_late),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
