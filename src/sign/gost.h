/* gost.h - GOST signatures and hashes of the Kazakh certification authorities (F12).
 *
 *   2015, 512 bits   curve tc26-512-A, Streebog-512
 *   2015, 256 bits   curve tc26-256-A, Streebog-256
 *   2004             curve CryptoPro-A, GOST R 34.11-94 with the test S-box
 *
 * nettle hashes and checks signatures; the curve tc26-256-A, which it lacks, is calculated by
 * OpenSSL's arithmetic of curves.  A public key is x || y, little-endian.  On the national test
 * certificates a signature is r || s, each little-endian; RFC 9215 writes s || r, big-endian.  Both
 * are tried.  The hash is a number written little-endian in either. */
#pragma once
#include "base/err.h"

enum gost_curve { GOST_TC26_512_A, GOST_TC26_256_A, GOST_CRYPTOPRO_A };
enum gost_hash { GOST_STREEBOG_512, GOST_STREEBOG_256, GOST_34311 };

enum { GOST_HASH_MOST = 64, GOST_HALF_MOST = 64 };

/* Bytes of a number of the curve: half of a key and half of a signature. */
size_t gost_half(enum gost_curve curve);

size_t gost_hash_size(enum gost_hash hash);

/* `ret` has room for gost_hash_size() bytes. */
void gost_hash_of(enum gost_hash hash, const void *bytes, size_t size, unsigned char *ret);

/* Whether `signature` over a hash was made with the public key; false too if the key is no point of
 * the curve or a size is not the curve's. */
bool gost_signed(enum gost_curve curve, const unsigned char *key, size_t key_size,
		 const unsigned char *hash, size_t hash_size, const unsigned char *signature,
		 size_t signature_size) MUST_USE;
