/* Certificates and lists of revoked ones (F12): what is read, what is refused, who signed what. */
#include "sign/crl.h"
#include "sign/person.h"

#include "authority.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* Where the national test certificates lie. */
static const char *folder;

static struct certificate read_file(struct arena *a, const char *name)
{
	struct certificate c;
	unsigned char bytes[8192];
	FILE *file = fopen(arena_print(a, "%s/%s", folder, name), "rb");
	assert_non_null(file);
	const size_t size = fread(bytes, 1, sizeof(bytes), file);
	(void)fclose(file);
	assert_true(certificate_read(a, bytes, size, &c, NULL));
	return c;
}

/* Signatures of the national test authority: RSA, GOST 2015 of 512 bits, GOST 2004. */
static void test_national(void **state)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	static const struct {
		const char *leaf, *issuer, *scheme, *iin, *name, *bin;
	} row[] = {
		{ "person-sign-rsa.cer", "nca-rsa-test.crt", "RSA, SHA-256", "123456789011",
		  "ТЕСТОВ ТЕСТ ТЕСТОВИЧ", "" },
		{ "person-auth-rsa.cer", "nca-rsa-test.crt", "RSA, SHA-256", "123456789011",
		  "ТЕСТОВ ТЕСТ ТЕСТОВИЧ", "" },
		{ "person-sign-gost2015.cer", "nca-gost2015-test.cer", "GOST 34.10-2015, 512",
		  "123456789012", "ТЕСТТОВ ТЕСТТ ТЕСТТОВИЧ", "" },
		{ "head-sign-gost2004.cer", "nca-gost2004-test.crt", "GOST 34.310-2004",
		  "123456789011", "ТЕСТОВ ТЕСТ ТЕСТОВИЧ", "123456789021" },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		struct person person;
		const struct certificate leaf = read_file(a, row[i].leaf);
		const struct certificate issuer = read_file(a, row[i].issuer);
		assert_true(certificate_names(&leaf, &issuer));
		assert_int_equal(certificate_signed_by(&leaf, &issuer), 0);
		assert_string_equal(scheme_name(leaf.scheme), row[i].scheme);
		assert_int_equal(person_of(a, &leaf, &person), 0);
		assert_string_equal(person.iin, row[i].iin);
		assert_string_equal(person.name, row[i].name);
		assert_string_equal(person.bin, row[i].bin);
		assert_true(issuer.authority);
		assert_int_equal(issuer.usage, USAGE_CERTIFICATES | USAGE_LISTS);
		assert_false(leaf.authority);
		assert_int_equal((leaf.usage & USAGE_NON_REPUDIATION) != 0,
				 strstr(row[i].leaf, "auth") == NULL);
		/* no certificate of the others has signed it */
		for (size_t k = 0; k < COUNT(row); k++) {
			const struct certificate other = read_file(a, row[k].issuer);
			if (strcmp(row[k].issuer, row[i].issuer) != 0)
				assert_false(certificate_names(&leaf, &other) &&
					     certificate_signed_by(&leaf, &other) == 0);
		}
	}
}

static const struct test_plan plain = { .key = { TEST_EC, 1 },
					.name = "ПЕРСОНА",
					.numbers = { "IIN791028302728" },
					.serial = 7,
					.usage = USAGE_NON_REPUDIATION };

static void test_fields(void **state)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	const struct test_holder one = test_issue(a, &plain, NULL);
	const struct certificate *c = &one.certificate;
	(void)state;
	assert_string_equal(c->name, "ПЕРСОНА");
	assert_string_equal(c->subject, "C=KZ,serialNumber=IIN791028302728,CN=ПЕРСОНА");
	assert_string_equal(c->issuer, c->subject);
	assert_string_equal(c->serial, "07");
	assert_int_equal(strlen(c->fingerprint), FINGERPRINT_SIZE - 1);
	assert_int_equal(c->not_after_ms - c->not_before_ms, 2 * 365 * TEST_DAY_MS);
	assert_int_equal(c->path_length, -1);
	assert_true(certificate_self_issued(c));
}

/* The number is found by its identifier alone, and only if it is the only one. */
static void test_person(void **state)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	static const struct {
		const char *why, *numbers[2], *name, *unit;
		fault_set faults;
		const char *iin, *bin;
	} row[] = {
		{ "one",
		  { "IIN791028302728" },
		  "N",
		  "BIN000140000123",
		  0,
		  "791028302728",
		  "000140000123" },
		{ "two",
		  { "IIN791028302728", "IIN800101300000" },
		  "N",
		  NULL,
		  FAULT_BIT(FAULT_SERIAL_NUMBERS),
		  "",
		  "" },
		{ "twice the same",
		  { "IIN791028302728", "IIN791028302728" },
		  "N",
		  NULL,
		  FAULT_BIT(FAULT_SERIAL_NUMBERS),
		  "",
		  "" },
		{ "none", { NULL }, "N", NULL, FAULT_BIT(FAULT_NO_IIN), "", "" },
		{ "in the name",
		  { NULL },
		  "serialNumber=IIN791028302728",
		  NULL,
		  FAULT_BIT(FAULT_NO_IIN),
		  "",
		  "" },
		{ "no prefix", { "791028302728" }, "N", NULL, FAULT_BIT(FAULT_NO_IIN), "", "" },
		{ "short", { "IIN79102830272" }, "N", NULL, FAULT_BIT(FAULT_NO_IIN), "", "" },
		{ "long", { "IIN7910283027281" }, "N", NULL, FAULT_BIT(FAULT_NO_IIN), "", "" },
		{ "letters",
		  { "IIN79102830272X" },
		  "N",
		  "BIN00014000012X",
		  FAULT_BIT(FAULT_NO_IIN),
		  "",
		  "" },
		{ "an organisation's",
		  { "BIN791028302728" },
		  "N",
		  NULL,
		  FAULT_BIT(FAULT_NO_IIN),
		  "",
		  "" },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		struct person person;
		struct test_plan plan = plain;
		plan.name = row[i].name;
		plan.unit = row[i].unit;
		plan.organisation = row[i].unit ? "Орган" : NULL;
		plan.patronymic = row[i].unit ? "ҚЫЗЫ" : NULL;
		plan.numbers[0] = row[i].numbers[0];
		plan.numbers[1] = row[i].numbers[1];
		const struct test_holder one = test_issue(a, &plan, NULL);
		if (person_of(a, &one.certificate, &person) != row[i].faults)
			fail_msg("%s", row[i].why);
		assert_string_equal(person.iin, row[i].iin);
		assert_string_equal(person.bin, row[i].bin);
		assert_string_equal(person.organisation, row[i].unit ? "Орган" : "");
		assert_string_equal(person.name, row[i].unit ? "N ҚЫЗЫ" : row[i].name);
	}
}

/* Names of two bytes a letter (BMPString), as older programs write them, are the same names: the
 * number is found, and the path by name. */
static void test_wide(void **state)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct test_plan plan = plain;
	struct person person;
	(void)state;
	plan.wide = true;
	plan.name = "ӘЛИЕВА ҚҰРАЛАЙ";
	plan.patronymic = "ҒАЛЫМҚЫЗЫ";
	plan.organisation = "Прокуратура";
	plan.unit = "BIN000140000123";
	const struct test_holder one = test_issue(a, &plan, NULL);
	assert_string_equal(one.certificate.name, "ӘЛИЕВА ҚҰРАЛАЙ");
	assert_int_equal(person_of(a, &one.certificate, &person), 0);
	assert_string_equal(person.iin, "791028302728");
	assert_string_equal(person.bin, "000140000123");
	assert_string_equal(person.name, "ӘЛИЕВА ҚҰРАЛАЙ ҒАЛЫМҚЫЗЫ");
	assert_string_equal(person.organisation, "Прокуратура");
	plan.wide = false;
	const struct test_holder narrow = test_issue(a, &plan, NULL);
	assert_true(certificate_names(&one.certificate, &narrow.certificate));
	plan.wide = true;
	plan.numbers[1] = plan.numbers[0];
	const struct test_holder two = test_issue(a, &plan, NULL);
	assert_int_equal(person_of(a, &two.certificate, &person), FAULT_BIT(FAULT_SERIAL_NUMBERS));
}

static bool takes(struct arena *a, const void *bytes, size_t size)
{
	struct certificate c;
	struct err e = { 0 };
	const bool ok = certificate_read(a, bytes, size, &c, &e);
	if (!ok)
		assert_string_equal(e.key, "signature.error.certificate");
	return ok;
}

static void test_refused(void **state)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	const struct der der = test_certificate(a, &plain, NULL);
	struct test_plan plan = plain;
	(void)state;
	assert_true(takes(a, der.bytes, der.size));
	assert_false(takes(a, der.bytes, 0));
	for (size_t size = 1; size < der.size; size += 7)
		assert_false(takes(a, der.bytes, size));
	assert_false(takes(a, arena_copy_n(a, der.bytes, der.size), der.size + 1));
	assert_false(takes(a, "0", 1));
	assert_false(
		takes(a, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", 59));
	assert_false(takes(a, arena_alloc(a, CERTIFICATE_MOST * 2), CERTIFICATE_MOST * 2));
	plan.twice = true;
	const struct der twice = test_certificate(a, &plan, NULL);
	assert_false(takes(a, twice.bytes, twice.size));
	plan.twice = false;
	plan.name = "line\nend";
	const struct der lines = test_certificate(a, &plan, NULL);
	assert_true(takes(a, lines.bytes, lines.size)); /* a line end is text */
	plan.name = "\xff\xfe";
	const struct der no_text = test_certificate(a, &plan, NULL);
	assert_false(takes(a, no_text.bytes, no_text.size));
	plan.name = "bell\a";
	const struct der bell = test_certificate(a, &plan, NULL);
	assert_false(takes(a, bell.bytes, bell.size));
}

static void test_strange(void **state)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct test_plan plan = plain;
	(void)state;
	assert_false(test_issue(a, &plan, NULL).certificate.strange);
	plan.strange = "2.5.29.30"; /* nameConstraints: known to OpenSSL, not processed by us */
	assert_true(test_issue(a, &plan, NULL).certificate.strange);
	plan.strange = "1.2.398.3.3.99";
	assert_true(test_issue(a, &plan, NULL).certificate.strange);
}

static struct test_plan authority_plan(enum test_kind kind, int number)
{
	return (struct test_plan){ .key = { kind, number },
				   .name = "КУӘЛАНДЫРУ ОРТАЛЫҒЫ",
				   .serial = 1,
				   .authority = true,
				   .usage = USAGE_CERTIFICATES | USAGE_LISTS };
}

static void test_list(void **state)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	static const enum test_kind kind[] = { TEST_EC, TEST_RSA, TEST_GOST_512, TEST_GOST_256,
					       TEST_GOST_2004 };
	(void)state;
	for (size_t i = 0; i < COUNT(kind); i++) {
		const struct test_plan own = authority_plan(kind[i], 0);
		const struct test_plan fakes = authority_plan(kind[i], 1);
		const struct test_holder authority = test_issue(a, &own, NULL);
		const struct test_holder fake = test_issue(a, &fakes, NULL);
		struct test_plan leaf = plain;
		struct crl_word word = { 0 };
		const struct crl list = test_crl(a, &(struct test_list){ .issuer = &authority,
									 .number = 300,
									 .made_ms = TEST_NOW_MS,
									 .revoked = { 5, 7 } });
		assert_int_equal(list.count, 2);
		assert_string_equal(list.number, "012C");
		assert_int_equal(list.made_ms, TEST_NOW_MS);
		assert_true(crl_issued_by(&list, &authority.certificate));
		assert_false(crl_issued_by(&list, &fake.certificate));
		const struct test_holder revoked = test_issue(a, &leaf, &authority);
		assert_true(crl_revokes(&list, &revoked.certificate, &word));
		assert_int_equal(word.since_ms, TEST_NOW_MS - TEST_DAY_MS);
		assert_false(word.kept);
		leaf.serial = 6;
		const struct test_holder other = test_issue(a, &leaf, &authority);
		assert_false(crl_revokes(&list, &other.certificate, &word));
	}
}

static void test_list_order(void **state)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	const struct test_plan own = authority_plan(TEST_EC, 0);
	const struct test_holder authority = test_issue(a, &own, NULL);
	static const struct {
		const char *why;
		long one, other;
		int64_t one_ms, other_ms;
		int want;
	} row[] = {
		{ "by number", 255, 256, 2, 1, -1 },
		{ "longer number", 65536, 65535, 1, 2, 1 },
		{ "the same", 9, 9, 1, 1, 0 },
		{ "one without a number: by time", 9, 0, 1, 2, -1 },
		{ "both without", 0, 0, 2, 1, 1 },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		struct test_list plan = { .issuer = &authority,
					  .number = row[i].one,
					  .made_ms = TEST_NOW_MS + row[i].one_ms * 1000 };
		const struct crl one = test_crl(a, &plan);
		plan.number = row[i].other;
		plan.made_ms = TEST_NOW_MS + row[i].other_ms * 1000;
		const struct crl other = test_crl(a, &plan);
		const int got = crl_compare(&one, &other);
		if ((got > 0) - (got < 0) != row[i].want)
			fail_msg("%s", row[i].why);
	}
}

static void test_list_refused(void **state)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct test_plan own = authority_plan(TEST_EC, 0);
	const struct test_holder authority = test_issue(a, &own, NULL);
	struct test_list plan = {
		.issuer = &authority, .number = 1, .made_ms = TEST_NOW_MS, .revoked = { 5 }
	};
	struct crl list;
	struct err e = { 0 };
	struct der der = test_crl_bytes(a, &plan);
	(void)state;
	assert_true(crl_read(a, der.bytes, der.size, &list, &e));
	for (size_t size = 0; size < der.size; size += 5)
		assert_false(crl_read(a, der.bytes, size, &list, NULL));
	plan.delta = true;
	der = test_crl_bytes(a, &plan);
	assert_false(crl_read(a, der.bytes, der.size, &list, &e));
	assert_string_equal(e.key, "signature.error.crl");
	plan.delta = false;
	plan.part = true;
	der = test_crl_bytes(a, &plan);
	assert_false(crl_read(a, der.bytes, der.size, &list, NULL));
	plan.part = false;
	plan.odd_entry = true;
	der = test_crl_bytes(a, &plan);
	assert_false(crl_read(a, der.bytes, der.size, &list, NULL));
	plan.odd_entry = false;
	/* readable, but nobody's word: SHA-1; an authority that may not sign lists */
	plan.hash = TEST_SHA1;
	list = test_crl(a, &plan);
	assert_false(crl_issued_by(&list, &authority.certificate));
	plan.hash = TEST_GOOD;
	own.usage = USAGE_CERTIFICATES;
	const struct test_holder no_lists = test_issue(a, &own, NULL);
	list = test_crl(a, &plan);
	assert_true(crl_issued_by(&list, &authority.certificate));
	assert_false(crl_issued_by(&list, &no_lists.certificate));
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_national),   cmocka_unit_test(test_fields),
		cmocka_unit_test(test_person),     cmocka_unit_test(test_refused),
		cmocka_unit_test(test_strange),    cmocka_unit_test(test_list),
		cmocka_unit_test(test_list_order), cmocka_unit_test(test_list_refused),
		cmocka_unit_test(test_wide),
	};
	folder = argc == 2 ? argv[1] : "";
	return cmocka_run_group_tests(tests, NULL, NULL);
}
