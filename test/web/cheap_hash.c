/* cheap_hash.c - Argon2id for tests of use cases and pages: what is asked for is looked at, what is
 * paid is the least.
 *
 * The linker puts these in the place of libsodium's (--wrap).  Deriving a key as dear as in use
 * takes a tenth of a second and 64 MB, and tests derive hundreds.  At their full price they are
 * derived by the program itself, in the tests of the command line, of the worlds and of the
 * browser. */
#include <sodium.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* The least that src/ may ask for; the tests themselves ask for the least there is. */
enum { OPS_LEAST = 2, MEMORY_LEAST = 16 * 1024 * 1024 };

int __real_crypto_pwhash(unsigned char *out, unsigned long long size, const char *password,
			 unsigned long long length, const unsigned char *salt,
			 unsigned long long ops, size_t memory, int kind);
int __wrap_crypto_pwhash(unsigned char *out, unsigned long long size, const char *password,
			 unsigned long long length, const unsigned char *salt,
			 unsigned long long ops, size_t memory, int kind);
int __real_crypto_pwhash_str(char out[crypto_pwhash_STRBYTES], const char *password,
			     unsigned long long length, unsigned long long ops, size_t memory);
int __wrap_crypto_pwhash_str(char out[crypto_pwhash_STRBYTES], const char *password,
			     unsigned long long length, unsigned long long ops, size_t memory);

static void dear_enough(unsigned long long ops, size_t memory)
{
	if (ops == crypto_pwhash_OPSLIMIT_MIN && memory == crypto_pwhash_MEMLIMIT_MIN)
		return;
	if (ops < OPS_LEAST || memory < MEMORY_LEAST) {
		(void)fprintf(stderr, "Argon2id for less than it must cost: %llu, %zu\n", ops,
			      memory);
		abort();
	}
}

int __wrap_crypto_pwhash(unsigned char *out, unsigned long long size, const char *password,
			 unsigned long long length, const unsigned char *salt,
			 unsigned long long ops, size_t memory, int kind)
{
	dear_enough(ops, memory);
	return __real_crypto_pwhash(out, size, password, length, salt, crypto_pwhash_OPSLIMIT_MIN,
				    crypto_pwhash_MEMLIMIT_MIN, kind);
}

int __wrap_crypto_pwhash_str(char out[crypto_pwhash_STRBYTES], const char *password,
			     unsigned long long length, unsigned long long ops, size_t memory)
{
	dear_enough(ops, memory);
	return __real_crypto_pwhash_str(out, password, length, crypto_pwhash_OPSLIMIT_MIN,
					crypto_pwhash_MEMLIMIT_MIN);
}
