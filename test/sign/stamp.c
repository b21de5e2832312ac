#include "stamp.h"

#include "test_key.h"

#include <openssl/ts.h>
#include <stdlib.h>

static const char info_oid[] = "1.2.840.113549.1.9.16.1.4";
static const char policy[] = "1.2.398.3.3.2.6";

struct test_plan test_stamp_plan(enum test_kind kind, int number)
{
	return (struct test_plan){ .key = { kind, number },
				   .name = "УАҚЫТ БЕЛГІСІ",
				   .serial = 40,
				   .usage = USAGE_DIGITAL_SIGNATURE | USAGE_NON_REPUDIATION,
				   .purposes = { "1.3.6.1.5.5.7.3.8" } };
}

static struct der instant(struct arena *a, int64_t at_ms)
{
	enum { SECOND = 1000 };
	struct tm parts;
	char text[32];
	const time_t seconds = (time_t)(at_ms / SECOND);
	(void)gmtime_r(&seconds, &parts);
	(void)strftime(text, sizeof(text), "%Y%m%d%H%M%S.5Z", &parts);
	return put_text(a, PUT_GENERALIZED, text);
}

struct der test_stamp_by_hand(struct arena *a, const void *plan, struct der signature)
{
	enum { NUMBER = 4711 };
	const struct test_stamp *p = plan;
	const struct test_key key = p->holder->plan.key;
	const enum test_hash hash = p->old_hash ? TEST_SHA1 : TEST_GOOD;
	const struct der over = test_hash_of(
		a, key, hash, p->other ? (struct der){ signature.bytes, 1 } : signature);
	const struct der info =
		PUT(a, PUT_SEQUENCE, put_number(a, p->version ? p->version : 1), put_oid(a, policy),
		    PUT(a, PUT_SEQUENCE, test_hash_algorithm(a, key, hash),
			put_bytes(a, PUT_OCTETS, over.bytes, over.size)),
		    put_number(a, NUMBER), instant(a, p->at_ms));
	const struct test_signer signer = { .holder = p->holder,
					    .broken = p->broken,
					    .no_ess = p->no_ess,
					    .no_certificate = p->no_certificate };
	if (p->junk)
		return PUT(a, PUT_SEQUENCE, put_number(a, 1));
	return test_cms_bytes(a, &(struct test_cms){ .bytes = info,
						     .type = info_oid,
						     .attached = true,
						     .signers = &signer,
						     .count = 1,
						     .extra = p->extra });
}

static ASN1_INTEGER *next_number(TS_RESP_CTX *context, void *user)
{
	enum { NUMBER = 4711 };
	ASN1_INTEGER *number = ASN1_INTEGER_new();
	(void)context;
	(void)user;
	(void)ASN1_INTEGER_set(number, NUMBER);
	return number;
}

static int clock_of(TS_RESP_CTX *context, void *user, long *seconds, long *microseconds)
{
	enum { SECOND = 1000 };
	const struct test_stamp *p = user;
	(void)context;
	*seconds = (long)(p->at_ms / SECOND);
	*microseconds = 0;
	return 1;
}

/* A request, as the signer's program sends it. */
static BIO *request(struct arena *a, struct test_key key, struct der signature)
{
	const struct der hash = test_hash_of(a, key, TEST_GOOD, signature);
	TS_REQ *query = TS_REQ_new();
	TS_MSG_IMPRINT *imprint = TS_MSG_IMPRINT_new();
	X509_ALGOR *algorithm = X509_ALGOR_new();
	X509_ALGOR_set_md(algorithm, EVP_sha256());
	BIO *out = BIO_new(BIO_s_mem());
	if (!TS_MSG_IMPRINT_set_algo(imprint, algorithm) ||
	    !TS_MSG_IMPRINT_set_msg(imprint,
				    (unsigned char *)arena_copy_n(a, hash.bytes, hash.size),
				    (int)hash.size) ||
	    !TS_REQ_set_version(query, 1) || !TS_REQ_set_msg_imprint(query, imprint) ||
	    !TS_REQ_set_cert_req(query, 1) || i2d_TS_REQ_bio(out, query) != 1)
		abort();
	X509_ALGOR_free(algorithm);
	TS_MSG_IMPRINT_free(imprint);
	TS_REQ_free(query);
	return out;
}

struct der test_stamp_by_openssl(struct arena *a, const void *plan, struct der signature)
{
	struct test_stamp p = *(const struct test_stamp *)plan;
	TS_RESP_CTX *context = TS_RESP_CTX_new();
	ASN1_OBJECT *rule = OBJ_txt2obj(policy, 1);
	BIO *in = request(a, p.holder->plan.key, signature);
	TS_RESP_CTX_set_serial_cb(context, next_number, NULL);
	TS_RESP_CTX_set_time_cb(context, clock_of, &p);
	if (!TS_RESP_CTX_set_signer_cert(context, p.holder->certificate.x509) ||
	    !TS_RESP_CTX_set_signer_key(context, test_openssl_key(p.holder->plan.key)) ||
	    !TS_RESP_CTX_set_def_policy(context, rule) ||
	    !TS_RESP_CTX_add_md(context, EVP_sha256()) ||
	    !TS_RESP_CTX_set_signer_digest(context, EVP_sha256()))
		abort();
	TS_RESP *answer = TS_RESP_create_response(context, in);
	unsigned char *der = NULL;
	const int size = answer ? i2d_PKCS7(TS_RESP_get_token(answer), &der) : 0;
	if (size <= 0)
		abort();
	const struct der token = { (unsigned char *)arena_copy_n(a, der, (size_t)size),
				   (size_t)size };
	OPENSSL_free(der);
	TS_RESP_free(answer);
	BIO_free(in);
	ASN1_OBJECT_free(rule);
	TS_RESP_CTX_free(context);
	return token;
}
