#include "sign/crl.h"

#include "sign/x509_text.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

static void free_crl(void *x509)
{
	X509_CRL_free(x509);
}

static bool refuse(struct err *e, const char *why)
{
	ERR_clear_error();
	return err_set(e, ERR_INPUT, "signature.error.crl", "CRL: %s", why);
}

/* A list that names where it is to be had is whole; one of some kinds or reasons is not. */
static bool is_whole(const X509_CRL *x509)
{
	int state = 0;
	ISSUING_DIST_POINT *point =
		X509_CRL_get_ext_d2i(x509, NID_issuing_distribution_point, &state, NULL);
	if (!point)
		return state == -1;
	const bool whole = point->onlyuser <= 0 && point->onlyCA <= 0 && point->onlyattr <= 0 &&
			   point->indirectCRL <= 0 && !point->onlysomereasons;
	ISSUING_DIST_POINT_free(point);
	return whole;
}

static bool extensions_known(const X509_CRL *x509)
{
	for (int i = 0; i < X509_CRL_get_ext_count(x509); i++) {
		X509_EXTENSION *one = X509_CRL_get_ext(x509, i);
		const int nid = OBJ_obj2nid(X509_EXTENSION_get_object(one));
		if (nid == NID_delta_crl ||
		    (X509_EXTENSION_get_critical(one) && nid != NID_issuing_distribution_point &&
		     nid != NID_crl_number && nid != NID_authority_key_identifier))
			return false;
	}
	return is_whole(x509);
}

/* A critical extension of one entry may say that it is another issuer's. */
static bool entries_known(X509_CRL *x509)
{
	STACK_OF(X509_REVOKED) *revoked = X509_CRL_get_REVOKED(x509);
	for (int i = 0; i < sk_X509_REVOKED_num(revoked); i++) {
		const X509_REVOKED *one = sk_X509_REVOKED_value(revoked, i);
		for (int k = 0; k < X509_REVOKED_get_ext_count(one); k++) {
			X509_EXTENSION *extension = X509_REVOKED_get_ext(one, k);
			if (X509_EXTENSION_get_critical(extension) &&
			    OBJ_obj2nid(X509_EXTENSION_get_object(extension)) != NID_crl_reason)
				return false;
		}
	}
	return true;
}

static bool read_number(struct crl *list)
{
	int state = 0;
	ASN1_INTEGER *number = X509_CRL_get_ext_d2i(list->x509, NID_crl_number, &state, NULL);
	if (!number)
		return state == -1;
	const bool ok =
		x509_number(number, list->number, sizeof(list->number)) && list->number[0] != '-';
	ASN1_INTEGER_free(number);
	return ok;
}

static void read_scheme(struct crl *list)
{
	char oid[DER_OID_TEXT_SIZE];
	const X509_ALGOR *algorithm = NULL;
	const ASN1_OBJECT *object = NULL;
	X509_CRL_get0_signature(list->x509, NULL, &algorithm);
	X509_ALGOR_get0(&object, NULL, NULL, algorithm);
	(void)OBJ_obj2txt(oid, sizeof(oid), object, 1);
	list->scheme = scheme_by_oid(oid);
}

static bool read_all(struct arena *a, struct crl *list)
{
	const ASN1_TIME *next = X509_CRL_get0_nextUpdate(list->x509);
	const int count = sk_X509_REVOKED_num(X509_CRL_get_REVOKED(list->x509));
	read_scheme(list);
	list->count = count > 0 ? (size_t)count : 0;
	return x509_name_text(a, X509_CRL_get_issuer(list->x509), &list->issuer) &&
	       x509_instant(X509_CRL_get0_lastUpdate(list->x509), &list->made_ms) &&
	       (!next || x509_instant(next, &list->next_ms)) && read_number(list);
}

bool crl_read(struct arena *a, const void *bytes, size_t size, struct crl *ret, struct err *e)
{
	struct crl list = { .number = "" };
	if (!x509_unwrap(a, bytes, size, CRL_MOST, &list.der.bytes, &list.der.size))
		return refuse(e, "neither DER nor PEM");
	const unsigned char *at = list.der.bytes;
	list.x509 = d2i_X509_CRL(NULL, &at, (long)list.der.size);
	if (!list.x509)
		return refuse(e, "no X.509");
	arena_defer(a, free_crl, list.x509);
	if (at != list.der.bytes + list.der.size)
		return refuse(e, "something behind it");
	if (!extensions_known(list.x509) || !entries_known(list.x509))
		return refuse(e, "no whole list, or a critical extension that we do not process");
	if (!read_all(a, &list))
		return refuse(e, "a field");
	sha256_text(list.der.bytes, list.der.size, list.fingerprint);
	ERR_clear_error();
	*ret = list;
	return true;
}

/* A list that names its issuer's key must name this one. */
static bool names_key(const struct crl *list, const struct certificate *issuer)
{
	const ASN1_OCTET_STRING *key = X509_get0_subject_key_id(issuer->x509);
	AUTHORITY_KEYID *named =
		X509_CRL_get_ext_d2i(list->x509, NID_authority_key_identifier, NULL, NULL);
	const bool same =
		!named || !named->keyid || !key || ASN1_OCTET_STRING_cmp(named->keyid, key) == 0;
	AUTHORITY_KEYID_free(named);
	return same;
}

bool crl_issued_by(const struct crl *list, const struct certificate *issuer)
{
	const ASN1_BIT_STRING *signature = NULL;
	struct der part;
	if (!issuer->authority || (issuer->usage & USAGE_LISTS) == 0 ||
	    X509_NAME_cmp(X509_CRL_get_issuer(list->x509), X509_get_subject_name(issuer->x509)) !=
		    0 ||
	    !names_key(list, issuer) || !der_signed_part(list->der, &part))
		return false;
	X509_CRL_get0_signature(list->x509, &signature, NULL);
	const fault_set faults =
		scheme_check(list->scheme, X509_get_X509_PUBKEY(issuer->x509), part,
			     (struct der){ ASN1_STRING_get0_data(signature),
					   (size_t)ASN1_STRING_length(signature) });
	ERR_clear_error();
	return faults == 0;
}

int crl_compare(const struct crl *one, const struct crl *other)
{
	if (one->number[0] && other->number[0]) {
		const size_t length = strlen(one->number);
		const size_t others = strlen(other->number);
		return length != others ? (length < others ? -1 : 1)
					: strcmp(one->number, other->number);
	}
	return one->made_ms < other->made_ms ? -1 : one->made_ms > other->made_ms;
}

/* A time that does not parse is no way out: since ever. */
static int64_t since(const X509_REVOKED *entry)
{
	int64_t since_ms = 0;
	int64_t invalid_ms = 0;
	int state = 0;
	if (!x509_instant(X509_REVOKED_get0_revocationDate(entry), &since_ms))
		return INT64_MIN;
	ASN1_GENERALIZEDTIME *invalid =
		X509_REVOKED_get_ext_d2i(entry, NID_invalidity_date, &state, NULL);
	if (!invalid)
		return state == -1 ? since_ms : INT64_MIN;
	if (!x509_instant(invalid, &invalid_ms))
		invalid_ms = INT64_MIN;
	ASN1_GENERALIZEDTIME_free(invalid);
	return invalid_ms < since_ms ? invalid_ms : since_ms;
}

static bool is_kept(const X509_REVOKED *entry)
{
	ASN1_ENUMERATED *reason = X509_REVOKED_get_ext_d2i(entry, NID_crl_reason, NULL, NULL);
	const long code = reason ? ASN1_ENUMERATED_get(reason) : -1;
	ASN1_ENUMERATED_free(reason);
	return code == CRL_REASON_UNSPECIFIED || code == CRL_REASON_AFFILIATION_CHANGED ||
	       code == CRL_REASON_SUPERSEDED || code == CRL_REASON_CESSATION_OF_OPERATION;
}

bool crl_revokes(const struct crl *list, const struct certificate *one, struct crl_word *ret)
{
	X509_REVOKED *entry = NULL;
	if (X509_CRL_get0_by_serial(list->x509, &entry, X509_get0_serialNumber(one->x509)) != 1)
		return false;
	*ret = (struct crl_word){ .since_ms = since(entry), .kept = is_kept(entry) };
	ERR_clear_error();
	return true;
}
