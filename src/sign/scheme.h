/* scheme.h - which signature algorithms count, and the check of one signature with one key (F12).
 *
 * RSA (PKCS #1 v1.5, 2048 bits or more) and ECDSA (P-256, P-384, P-521) by OpenSSL, with SHA-256,
 * 384 or 512; GOST by sign/gost.  MD5 and SHA-1 are known only to be refused by name. */
#pragma once
#include "sign/der.h"
#include "sign/fault.h"

struct X509_pubkey_st;

enum hash_kind {
	HASH_UNKNOWN,
	HASH_WEAK,
	HASH_SHA256,
	HASH_SHA384,
	HASH_SHA512,
	HASH_STREEBOG_512,
	HASH_STREEBOG_256,
	HASH_34311
};
enum key_kind { KEY_UNKNOWN, KEY_RSA, KEY_EC, KEY_GOST_512, KEY_GOST_256, KEY_GOST_2004 };
enum { HASH_MOST = 64 };

/* A way of signing.  `hash` is HASH_UNKNOWN where the identifier names a key only: a SignerInfo may
 * give the hash apart. */
struct scheme {
	enum key_kind key;
	enum hash_kind hash;
};

/* { KEY_UNKNOWN, HASH_UNKNOWN } for an identifier that we do not know. */
struct scheme scheme_by_oid(const char *oid);
enum hash_kind hash_by_oid(const char *oid);

/* "RSA, SHA-256"; "" if it does not count. */
const char *scheme_name(struct scheme scheme);

/* False for what is no hash that counts.  `ret` has room for HASH_MOST bytes. */
bool hash_of(enum hash_kind kind, struct der bytes, unsigned char *ret, size_t *ret_size) MUST_USE;

/* 0 if `signature` over `bytes` was made with the key, else FAULT_ALGORITHM, FAULT_WEAK or
 * FAULT_TAMPERED. */
fault_set scheme_check(struct scheme scheme, const struct X509_pubkey_st *key, struct der bytes,
		       struct der signature) MUST_USE;
