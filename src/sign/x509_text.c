#include "sign/x509_text.h"

#include "base/base64.h"
#include "base/text.h"

#include <openssl/pem.h>
#include <sodium.h>

bool x509_text(struct arena *a, const ASN1_STRING *string, const char **ret)
{
	enum { MOST = 4096 };
	unsigned char *utf8 = NULL;
	const int size = string ? ASN1_STRING_to_UTF8(&utf8, string) : -1;
	const bool ok = size >= 0 && size <= MOST && text_valid((const char *)utf8, (size_t)size) &&
			text_accept(a, (const char *)utf8, (size_t)size, ret, NULL);
	OPENSSL_free(utf8);
	return ok;
}

bool x509_name_text(struct arena *a, const X509_NAME *name, const char **ret)
{
	enum { MOST = 4096 };
	const unsigned long flags = XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB;
	BIO *out = BIO_new(BIO_s_mem());
	char *text = NULL;
	bool ok = out && X509_NAME_print_ex(out, name, 0, flags) >= 0;
	const long size = ok ? BIO_get_mem_data(out, &text) : 0;
	ok = ok && size >= 0 && size <= MOST && (size == 0 || text_valid(text, (size_t)size)) &&
	     text_accept(a, size == 0 ? "" : text, (size_t)size, ret, NULL);
	BIO_free(out);
	return ok;
}

bool x509_instant(const ASN1_TIME *time, int64_t *ret_ms)
{
	enum { SECOND = 1000 };
	struct tm parts;
	if (!time || ASN1_TIME_to_tm(time, &parts) != 1)
		return false;
	*ret_ms = (int64_t)timegm(&parts) * SECOND;
	return true;
}

bool x509_number(const ASN1_INTEGER *number, char *ret, size_t room)
{
	BIGNUM *big = number ? ASN1_INTEGER_to_BN(number, NULL) : NULL;
	char *text = big ? BN_bn2hex(big) : NULL;
	const bool ok = text && strlen(text) < room;
	if (ok)
		memcpy(ret, text, strlen(text) + 1);
	OPENSSL_free(text);
	BN_free(big);
	return ok;
}

void sha256_text(const void *bytes, size_t size, char ret[65])
{
	unsigned char hash[crypto_hash_sha256_BYTES];
	(void)crypto_hash_sha256(hash, bytes, size);
	(void)sodium_bin2hex(ret, sizeof(hash) * 2 + 1, hash, sizeof(hash));
}

static bool unwrap_pem(struct arena *a, const void *bytes, size_t size, const unsigned char **ret,
		       size_t *ret_size)
{
	BIO *in = BIO_new_mem_buf(bytes, (int)size);
	char *name = NULL;
	char *header = NULL;
	unsigned char *data = NULL;
	long length = 0;
	const bool ok = in && PEM_read_bio(in, &name, &header, &data, &length) == 1 && length > 0;
	if (ok) {
		*ret = (const unsigned char *)arena_copy_n(a, data, (size_t)length);
		*ret_size = (size_t)length;
	}
	OPENSSL_free(name);
	OPENSSL_free(header);
	OPENSSL_free(data);
	BIO_free(in);
	return ok;
}

const char *x509_pem(struct arena *a, const char *label, const void *der, size_t size)
{
	BIO *out = BIO_new(BIO_s_mem());
	char *text = NULL;
	const long length = out && PEM_write_bio(out, label, "", der, (long)size) > 0
				    ? BIO_get_mem_data(out, &text)
				    : 0;
	const char *kept = arena_copy_n(a, text, (size_t)(length > 0 ? length : 0));
	BIO_free(out);
	return kept;
}

bool x509_unwrap(struct arena *a, const void *bytes, size_t size, size_t most,
		 const unsigned char **ret, size_t *ret_size)
{
	enum { SEQUENCE = 0x30, WRAPPED = 2 };
	const unsigned char *first = bytes;
	/* base64 takes four letters for three bytes, and line ends */
	if (size == 0 || size > most * WRAPPED)
		return false;
	if (*first == SEQUENCE) {
		*ret = bytes;
		*ret_size = size;
		return size <= most;
	}
	if (memmem(bytes, size, "-----BEGIN", strlen("-----BEGIN")))
		return unwrap_pem(a, bytes, size, ret, ret_size) && *ret_size <= most;
	unsigned char *out = arena_alloc(a, size);
	const bool ok = base64_read(bytes, size, BASE64_LINES, out, size, ret_size);
	*ret = out;
	return ok && *ret_size > 0 && *ret_size <= most;
}
