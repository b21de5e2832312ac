/* test_key.h - the keys behind authority.h, and what they sign. */
#pragma once
#include "authority.h"

/* SubjectPublicKeyInfo. */
struct der test_key_info(struct arena *a, struct test_key key);

/* AlgorithmIdentifier of a signature by the key, of a hash, of the key itself. */
struct der test_signature_algorithm(struct arena *a, struct test_key key, enum test_hash hash);
struct der test_hash_algorithm(struct arena *a, struct test_key key, enum test_hash hash);
struct der test_key_algorithm(struct arena *a, struct test_key key);

/* OpenSSL's own, of RSA and ECDSA; lives as long as the program. */
struct evp_pkey_st *test_openssl_key(struct test_key key);

struct der test_hash_of(struct arena *a, struct test_key key, enum test_hash hash,
			struct der bytes);
struct der test_sign(struct arena *a, struct test_key key, enum test_hash hash, enum test_form form,
		     struct der bytes);
