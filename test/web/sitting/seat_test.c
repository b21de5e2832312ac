/* Seat binding (F35): enrolment, what is refused, and who gets the pen.  The keys are real ones. */
#include "hall.h"

#include "app/sitting/seat.h"
#include "faulty.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <sodium.h>

struct computer {
	EVP_PKEY *key;
	char public_key[400];
	char *certificate; /* PEM, self-signed */
};

static char *self_signed(EVP_PKEY *key)
{
	X509 *x = X509_new();
	BIO *out = BIO_new(BIO_s_mem());
	char *text = NULL;
	(void)X509_set_pubkey(x, key);
	(void)X509_gmtime_adj(X509_getm_notBefore(x), 0);
	(void)X509_gmtime_adj(X509_getm_notAfter(x), 3600);
	assert_true(X509_sign(x, key, EVP_sha256()) > 0);
	(void)PEM_write_bio_X509(out, x);
	long size = BIO_get_mem_data(out, &text);
	char *copy = strndup(text, (size_t)size);
	BIO_free(out);
	X509_free(x);
	return copy;
}

static struct computer make_computer(void)
{
	struct computer c = { .key = EVP_EC_gen("P-256") };
	unsigned char *der = NULL;
	int size = i2d_PUBKEY(c.key, &der);
	(void)sodium_bin2base64(c.public_key, sizeof(c.public_key), der, (size_t)size,
				sodium_base64_VARIANT_ORIGINAL);
	OPENSSL_free(der);
	c.certificate = self_signed(c.key);
	return c;
}

static void free_computer(struct computer *c)
{
	EVP_PKEY_free(c->key);
	free(c->certificate);
}

static void sign(const struct computer *c, const char *message, char ret[120])
{
	unsigned char der[128];
	unsigned char raw[64];
	size_t size = sizeof(der);
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	assert_int_equal(EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, c->key), 1);
	assert_int_equal(EVP_DigestSign(context, der, &size, (const unsigned char *)message,
					strlen(message)),
			 1);
	const unsigned char *at = der;
	ECDSA_SIG *signature = d2i_ECDSA_SIG(NULL, &at, (long)size);
	(void)BN_bn2binpad(ECDSA_SIG_get0_r(signature), raw, 32);
	(void)BN_bn2binpad(ECDSA_SIG_get0_s(signature), raw + 32, 32);
	(void)sodium_bin2base64(ret, 120, raw, sizeof(raw), sodium_base64_VARIANT_ORIGINAL);
	ECDSA_SIG_free(signature);
	EVP_MD_CTX_free(context);
}

/* For a form: + and / and = of base64. */
static const char *escape(struct arena *a, const char *text)
{
	char *out = arena_alloc(a, strlen(text) * 3 + 1);
	char *to = out;
	for (; *text; text++)
		to += strchr("+/=", *text) ? snprintf(to, 4, "%%%02X", (unsigned)*text)
					   : snprintf(to, 2, "%c", *text);
	return out;
}

static const char *signed_challenge(struct harness *h, int64_t person, const struct computer *c)
{
	char signature[120];
	struct answer a = harness_get(h, person, "/seat-challenge");
	sign(c, answer_text(&a, "challenge"), signature);
	return escape(h->arena, signature);
}

static struct answer enrol(struct hall *w, int64_t person, int seat, const struct computer *c)
{
	struct harness *h = w->stage.h;
	const char *path = arena_print(h->arena, "/halls/%lld/enrol", (long long)w->id);
	return harness_post(h, person, path,
			    arena_print(h->arena, "seat=%d&public_key=%s&signature=%s", seat,
					escape(h->arena, c->public_key),
					signed_challenge(h, person, c)));
}

static struct answer prove(struct hall *w, const struct computer *c)
{
	struct harness *h = w->stage.h;
	const char *path = arena_print(h->arena, "/tests/%lld/seat", (long long)w->attempt);
	return harness_post(
		h, w->candidate, path,
		arena_print(h->arena, "signature=%s", signed_challenge(h, w->candidate, c)));
}

static void bind(struct hall *w, const char *how)
{
	struct err e = { 0 };
	assert_true(db_exec(w->stage.h->site.db, &e, NULL,
			    "UPDATE sitting SET binding = $1 WHERE id = $2", db_text(how),
			    db_int(w->sitting)));
}

static bool has_pen(struct hall *w)
{
	const char *path = arena_print(w->stage.h->arena, "/tests/%lld", (long long)w->attempt);
	struct answer a = harness_get(w->stage.h, w->candidate, path);
	assert_int_equal(a.status, 200);
	return json_is_true(answer_value(&a, "test.pen"));
}

static void test_enrolment(void **state)
{
	struct hall w = hall_open(*state);
	struct harness *h = w.stage.h;
	struct computer one = make_computer();
	struct computer two = make_computer();
	const char *hall = arena_print(h->arena, "/halls/%lld", (long long)w.id);
	harness_check_page(h, w.operator, "/halls");
	harness_check_page(h, w.operator, hall);
	harness_check_page(h, w.operator, arena_print(h->arena, "%s/enrol", hall));
	assert_int_equal(enrol(&w, w.stage.hr, 1, &one).status, 403);
	assert_string_equal(enrol(&w, w.operator, 99, &one).error, "seat.error.number");
	assert_string_equal(enrol(&w, w.operator, 1, &one).error, "");
	assert_string_equal(enrol(&w, w.operator, 2, &one).error, "seat.error.other");
	struct computer liar = two;
	memcpy(liar.public_key, one.public_key, sizeof(liar.public_key));
	assert_string_equal(enrol(&w, w.operator, 2, &liar).error, "seat.error.key");
	assert_string_equal(enrol(&w, w.operator, 2, &two).error, "");
	assert_int_equal(stage_journalled(h, "seat.enrolled"), 2);
	harness_check_page(h, w.operator, hall);
	struct answer a =
		harness_post(h, w.operator, arena_print(h->arena, "%s/revoke", hall), "key=1");
	assert_string_equal(a.error, "");
	a = harness_get(h, w.operator, hall);
	assert_int_equal(json_array_size(answer_value(&a, "keys")), 1);
	a = harness_html(h, w.operator, arena_print(h->arena, "%s.csv", hall));
	assert_int_equal(a.status, 200);
	free_computer(&one);
	free_computer(&two);
}

/* The key of seat 1 opens the test of seat 1; that of seat 2 does not, nor an old signature. */
static void test_key(void **state)
{
	struct hall w = hall_open(*state);
	struct harness *h = w.stage.h;
	struct computer one = make_computer();
	struct computer two = make_computer();
	bind(&w, "key");
	(void)enrol(&w, w.operator, 1, &one);
	(void)enrol(&w, w.operator, 2, &two);
	assert_false(has_pen(&w));
	assert_string_equal(prove(&w, &two).error, "seat.error.wrong");
	assert_false(has_pen(&w));
	const char *early = signed_challenge(h, w.candidate, &one);
	h->site.clock.fixed_ms += 2LL * 60 * 1000;
	struct answer a = harness_post(
		h, w.candidate, arena_print(h->arena, "/tests/%lld/seat", (long long)w.attempt),
		arena_print(h->arena, "signature=%s", early));
	assert_string_equal(a.error, "seat.error.wrong");
	a = prove(&w, &one);
	assert_true(json_is_true(answer_value(&a, "pen")));
	assert_true(has_pen(&w));
	free_computer(&one);
	free_computer(&two);
}

static bool certificate_proves(struct hall *w, const struct computer *c)
{
	struct act act = harness_act(w->stage.h, w->candidate);
	const struct seat_proof proof = { .kind = "certificate",
					  .public_key = "",
					  .challenge = "",
					  .signature = "",
					  .certificate = c ? c->certificate : "" };
	struct err e = { 0 };
	bool proved = false;
	assert_true(seat_proves(&act, w->attempt, &proof, &proved, &e));
	return proved;
}

static void test_certificate(void **state)
{
	struct hall w = hall_open(*state);
	struct act act = hall_operator(&w);
	struct computer one = make_computer();
	struct computer two = make_computer();
	struct seat_proof proof = { "certificate", "", "", "", "no certificate" };
	struct err e = { 0 };
	bind(&w, "certificate");
	stage_refused("no certificate", seat_enrol(&act, w.id, 1, &proof, &e), &e, ERR_INPUT,
		      "seat.error.certificate", "certificate");
	err_clear(&e);
	proof.certificate = one.certificate;
	assert_true(seat_enrol(&act, w.id, 1, &proof, &e));
	assert_true(certificate_proves(&w, &one));
	assert_false(certificate_proves(&w, &two));
	assert_false(certificate_proves(&w, NULL));
	assert_false(has_pen(&w));
	bind(&w, "key");
	assert_false(certificate_proves(&w, &one));
	free_computer(&one);
	free_computer(&two);
}

struct enrolment {
	int64_t hall;
	struct seat_proof proof;
};

static bool run_enrol(const struct act *act, void *user, struct err *e)
{
	const struct enrolment *n = user;
	return seat_enrol(act, n->hall, 1, &n->proof, e);
}

static void test_all_or_nothing(void **state)
{
	struct hall w = hall_open(*state);
	struct computer one = make_computer();
	struct enrolment n = { w.id, { "certificate", "", "", "", one.certificate } };
	stage_all_or_nothing(w.stage.h, w.operator, run_enrol, &n);
	free_computer(&one);
}

int main(void)
{
	const struct CMUnitTest tests[] = { HARNESS_TEST(test_enrolment), HARNESS_TEST(test_key),
					    HARNESS_TEST(test_certificate),
					    HARNESS_TEST(test_all_or_nothing) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
