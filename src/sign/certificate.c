#include "sign/certificate.h"

#include "sign/x509_text.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

static void free_x509(void *x509)
{
	X509_free(x509);
}

static bool refuse(struct err *e, const char *why)
{
	ERR_clear_error();
	return err_set(e, ERR_INPUT, "signature.error.certificate", "certificate: %s", why);
}

/* Those whose meaning we know: a critical one beyond them might change all. */
static bool is_known(int nid)
{
	static const int known[] = {
		NID_basic_constraints,        NID_key_usage,        NID_ext_key_usage,
		NID_certificate_policies,     NID_subject_alt_name, NID_subject_key_identifier,
		NID_authority_key_identifier,
	};
	for (size_t i = 0; i < COUNT(known); i++) {
		if (nid == known[i])
			return true;
	}
	return false;
}

/* False if an extension stands there twice or does not parse. */
static bool read_usage(struct certificate *c)
{
	enum { BITS = 8, HIGH = 0x80 };
	int state = 0;
	ASN1_BIT_STRING *usage = X509_get_ext_d2i(c->x509, NID_key_usage, &state, NULL);
	if (!usage)
		return state == -1;
	for (int bit = 0; bit < BITS; bit++) {
		if (ASN1_BIT_STRING_get_bit(usage, bit))
			c->usage |= 1U << bit;
	}
	ASN1_BIT_STRING_free(usage);
	return true;
}

/* RFC 3161, 2.3: whoever stamps does nothing else, and says so critically. */
static bool read_purposes(struct certificate *c)
{
	int critical = 0;
	EXTENDED_KEY_USAGE *purposes =
		X509_get_ext_d2i(c->x509, NID_ext_key_usage, &critical, NULL);
	if (!purposes)
		return critical == -1;
	c->stamps = critical == 1 && sk_ASN1_OBJECT_num(purposes) == 1 &&
		    OBJ_obj2nid(sk_ASN1_OBJECT_value(purposes, 0)) == NID_time_stamp;
	for (int i = 0; i < sk_ASN1_OBJECT_num(purposes); i++)
		c->signs_in |= OBJ_obj2nid(sk_ASN1_OBJECT_value(purposes, i)) == NID_client_auth;
	EXTENDED_KEY_USAGE_free(purposes);
	return true;
}

static bool read_constraints(struct certificate *c)
{
	enum { MOST = 100 };
	int state = 0;
	BASIC_CONSTRAINTS *constraints =
		X509_get_ext_d2i(c->x509, NID_basic_constraints, &state, NULL);
	if (!constraints)
		return state == -1;
	const long most = constraints->pathlen ? ASN1_INTEGER_get(constraints->pathlen) : -1;
	const bool ok = !constraints->pathlen || (constraints->ca && most >= 0);
	c->authority = constraints->ca != 0;
	c->path_length = most > MOST ? MOST : (int)most;
	BASIC_CONSTRAINTS_free(constraints);
	return ok;
}

/* Every extension once, and whether one is critical and unknown. */
static bool read_extensions(struct certificate *c)
{
	enum { MOST = 64 };
	const int count = X509_get_ext_count(c->x509);
	if (count > MOST)
		return false;
	for (int i = 0; i < count; i++) {
		X509_EXTENSION *one = X509_get_ext(c->x509, i);
		const ASN1_OBJECT *object = X509_EXTENSION_get_object(one);
		if (X509_get_ext_by_OBJ(c->x509, object, i) >= 0)
			return false;
		if (X509_EXTENSION_get_critical(one) && !is_known(OBJ_obj2nid(object)))
			c->strange = true;
	}
	return read_usage(c) && read_purposes(c) && read_constraints(c);
}

static bool read_name(struct arena *a, struct certificate *c)
{
	const X509_NAME *subject = X509_get_subject_name(c->x509);
	const int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
	c->name = "";
	return x509_name_text(a, subject, &c->subject) &&
	       x509_name_text(a, X509_get_issuer_name(c->x509), &c->issuer) &&
	       (at < 0 ||
		x509_text(a, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)), &c->name));
}

/* The signature's algorithm stands in the signed part and beside it: they must be the same. */
static bool read_scheme(struct certificate *c)
{
	char oid[DER_OID_TEXT_SIZE];
	const X509_ALGOR *outer = NULL;
	const ASN1_OBJECT *object = NULL;
	X509_get0_signature(NULL, &outer, c->x509);
	if (X509_ALGOR_cmp(outer, X509_get0_tbs_sigalg(c->x509)) != 0)
		return false;
	X509_ALGOR_get0(&object, NULL, NULL, outer);
	(void)OBJ_obj2txt(oid, sizeof(oid), object, 1);
	c->scheme = scheme_by_oid(oid);
	return true;
}

static bool read_all(struct arena *a, struct certificate *c)
{
	return read_name(a, c) &&
	       x509_number(X509_get0_serialNumber(c->x509), c->serial, sizeof(c->serial)) &&
	       x509_instant(X509_get0_notBefore(c->x509), &c->not_before_ms) &&
	       x509_instant(X509_get0_notAfter(c->x509), &c->not_after_ms) && read_scheme(c) &&
	       read_extensions(c);
}

bool certificate_of(struct arena *a, X509 *x509, struct certificate *ret, struct err *e)
{
	struct certificate c = { .x509 = x509, .path_length = -1 };
	unsigned char *der = NULL;
	const int size = i2d_X509(x509, &der);
	if (size > 0)
		c.der = (struct der){ (const unsigned char *)arena_copy_n(a, der, (size_t)size),
				      (size_t)size };
	OPENSSL_free(der);
	if (size <= 0 || size > CERTIFICATE_MOST)
		return refuse(e, "size");
	if (!read_all(a, &c))
		return refuse(e, "a field");
	sha256_text(c.der.bytes, c.der.size, c.fingerprint);
	ERR_clear_error(); /* OpenSSL leaves word of public keys that it does not know */
	*ret = c;
	return true;
}

bool certificate_read(struct arena *a, const void *bytes, size_t size, struct certificate *ret,
		      struct err *e)
{
	const unsigned char *der = NULL;
	size_t length = 0;
	if (!x509_unwrap(a, bytes, size, CERTIFICATE_MOST, &der, &length))
		return refuse(e, "neither DER nor PEM");
	const unsigned char *at = der;
	X509 *x509 = d2i_X509(NULL, &at, (long)length);
	if (!x509)
		return refuse(e, "no X.509");
	arena_defer(a, free_x509, x509);
	if (at != der + length)
		return refuse(e, "something behind it");
	return certificate_of(a, x509, ret, e);
}

bool certificate_names(const struct certificate *one, const struct certificate *issuer)
{
	const ASN1_OCTET_STRING *named = X509_get0_authority_key_id(one->x509);
	const ASN1_OCTET_STRING *key = X509_get0_subject_key_id(issuer->x509);
	return X509_NAME_cmp(X509_get_issuer_name(one->x509),
			     X509_get_subject_name(issuer->x509)) == 0 &&
	       (!named || !key || ASN1_OCTET_STRING_cmp(named, key) == 0);
}

fault_set certificate_signed_by(const struct certificate *one, const struct certificate *issuer)
{
	const ASN1_BIT_STRING *signature = NULL;
	struct der part;
	X509_get0_signature(&signature, NULL, one->x509);
	if (!der_signed_part(one->der, &part))
		return FAULT_BIT(FAULT_FORMAT);
	const fault_set faults =
		scheme_check(one->scheme, X509_get_X509_PUBKEY(issuer->x509), part,
			     (struct der){ ASN1_STRING_get0_data(signature),
					   (size_t)ASN1_STRING_length(signature) });
	ERR_clear_error();
	return faults;
}

bool certificate_self_issued(const struct certificate *one)
{
	return X509_NAME_cmp(X509_get_subject_name(one->x509), X509_get_issuer_name(one->x509)) ==
	       0;
}

bool certificate_equal(const struct certificate *one, const struct certificate *other)
{
	return strcmp(one->fingerprint, other->fingerprint) == 0;
}
