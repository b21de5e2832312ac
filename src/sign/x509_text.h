/* x509_text.h - what OpenSSL holds, as text and instants. */
#pragma once
#include "base/arena.h"

#include <openssl/x509.h>

/* False for what is no valid UTF-8 or has control characters in it. */
bool x509_text(struct arena *a, const ASN1_STRING *string, const char **ret) MUST_USE;
bool x509_name_text(struct arena *a, const X509_NAME *name, const char **ret) MUST_USE;
bool x509_instant(const ASN1_TIME *time, int64_t *ret_ms) MUST_USE;

/* A whole number as hexadecimal; false if it does not fit. */
bool x509_number(const ASN1_INTEGER *number, char *ret, size_t room) MUST_USE;

/* SHA-256 of bytes as hexadecimal, 64 digits. */
void sha256_text(const void *bytes, size_t size, char ret[65]);

/* PEM of DER bytes: "CERTIFICATE", "X509 CRL". */
const char *x509_pem(struct arena *a, const char *label, const void *der, size_t size);

/* Bytes in PEM or base64 as the bytes that they stand for, DER as it is; `most` limits both.  False
 * if it is neither or is empty. */
bool x509_unwrap(struct arena *a, const void *bytes, size_t size, size_t most,
		 const unsigned char **ret, size_t *ret_size) MUST_USE;
