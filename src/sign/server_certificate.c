#include "sign/server_certificate.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <time.h>

enum { RSA_LEAST = 2048, CURVE_LEAST = 256 };

static bool failed(const char *file, struct err *e)
{
	ERR_clear_error();
	return err_set(e, ERR_SYSTEM, "error.system", "%s", file);
}

static bool instant_of(const ASN1_TIME *time, int64_t *ret_ms)
{
	struct tm parts = { 0 };
	if (ASN1_TIME_to_tm(time, &parts) != 1)
		return false;
	*ret_ms = (int64_t)timegm(&parts) * 1000;
	return true;
}

static bool is_weak(X509 *x, const EVP_PKEY *key)
{
	int digest = NID_undef;
	const bool rsa = EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA;
	if (EVP_PKEY_get_bits(key) < (rsa ? RSA_LEAST : CURVE_LEAST) &&
	    EVP_PKEY_get_base_id(key) != EVP_PKEY_ED25519)
		return true;
	return X509_get_signature_info(x, &digest, NULL, NULL, NULL) == 1 &&
	       (digest == NID_sha1 || digest == NID_md5);
}

static bool has_name(const X509 *x)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(x, NID_subject_alt_name, NULL, NULL);
	const bool there = names && sk_GENERAL_NAME_num(names) > 0;
	GENERAL_NAMES_free(names);
	return there;
}

static bool key_fits(X509 *x, const char *path, bool *ret, struct err *e)
{
	FILE *file = path ? fopen(path, "rbe") : NULL;
	if (!path)
		return true;
	EVP_PKEY *key = file ? PEM_read_PrivateKey(file, NULL, NULL, NULL) : NULL;
	if (file)
		(void)fclose(file);
	if (!key)
		return failed(path, e);
	*ret = X509_check_private_key(x, key) == 1;
	EVP_PKEY_free(key);
	ERR_clear_error();
	return true;
}

bool server_certificate_read(const char *certificate, const char *key,
			     struct server_certificate *ret, struct err *e)
{
	struct server_certificate c = { .fits = true };
	FILE *file = fopen(certificate, "rbe");
	X509 *x = file ? PEM_read_X509(file, NULL, NULL, NULL) : NULL;
	const EVP_PKEY *public = x ? X509_get0_pubkey(x) : NULL;
	if (file)
		(void)fclose(file);
	bool ok = (public && instant_of(X509_get0_notBefore(x), &c.begins_ms) &&
		   instant_of(X509_get0_notAfter(x), &c.ends_ms)) ||
		  failed(certificate, e);
	if (ok) {
		c.bits = EVP_PKEY_get_bits(public);
		c.weak = is_weak(x, public);
		c.not_by_name = !has_name(x);
		ok = key_fits(x, key, &c.fits, e);
	}
	X509_free(x);
	if (ok)
		*ret = c;
	return ok;
}

bool withdrawn_list_ends(const char *path, int64_t *ret_ms, struct err *e)
{
	FILE *file = fopen(path, "rbe");
	X509_CRL *list = NULL;
	int64_t ends_ms = INT64_MAX;
	size_t count = 0;
	bool ok = file != NULL;
	while (ok && (list = PEM_read_X509_CRL(file, NULL, NULL, NULL))) {
		const ASN1_TIME *next = X509_CRL_get0_nextUpdate(list);
		int64_t next_ms = INT64_MAX;
		ok = !next || instant_of(next, &next_ms);
		ends_ms = next_ms < ends_ms ? next_ms : ends_ms;
		count++;
		X509_CRL_free(list);
	}
	if (file)
		(void)fclose(file);
	ERR_clear_error(); /* the end of the file is one */
	if (!ok || count == 0)
		return failed(path, e);
	*ret_ms = ends_ms;
	return true;
}
