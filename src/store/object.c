#include "store/object.h"

#include <sodium.h>
#include <string.h>

static const char mark[] = "konkurs-object-1\n";

enum {
	MARK = sizeof(mark) - 1,
	NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
	TAG = crypto_aead_xchacha20poly1305_ietf_ABYTES,
	BEFORE = MARK + NONCE
};

_Static_assert(OBJECT_MORE == BEFORE + TAG, "what is around the bytes");
_Static_assert(OBJECT_KEY_SIZE == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "the key");

void object_seal(struct arena *a, const unsigned char key[OBJECT_KEY_SIZE], const char *hash,
		 const void *bytes, size_t size, const void **ret, size_t *ret_size)
{
	unsigned char *out = arena_alloc(a, size + OBJECT_MORE);
	memcpy(out, mark, MARK);
	randombytes_buf(out + MARK, NONCE);
	(void)crypto_aead_xchacha20poly1305_ietf_encrypt(out + BEFORE, NULL, bytes, size,
							 (const unsigned char *)hash, strlen(hash),
							 NULL, out + MARK, key);
	*ret = out;
	*ret_size = size + OBJECT_MORE;
}

bool object_open(struct arena *a, const unsigned char key[OBJECT_KEY_SIZE], const char *hash,
		 const void *bytes, size_t size, const void **ret, size_t *ret_size)
{
	const unsigned char *in = bytes;
	if (size < OBJECT_MORE || memcmp(in, mark, MARK) != 0)
		return false;
	unsigned char *out = arena_alloc(a, size - OBJECT_MORE + 1);
	if (crypto_aead_xchacha20poly1305_ietf_decrypt(out, NULL, NULL, in + BEFORE, size - BEFORE,
						       (const unsigned char *)hash, strlen(hash),
						       in + MARK, key) != 0)
		return false;
	*ret = out;
	*ret_size = size - OBJECT_MORE;
	return true;
}
