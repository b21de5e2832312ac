#include "sign/box.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

static_assert(BOX_KEY_SIZE == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "a key is a key");
static_assert(BOX_MORE == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES +
				  crypto_aead_xchacha20poly1305_ietf_ABYTES,
	      "a nonce and a tag");

enum { NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES };

void box_close(const unsigned char key[BOX_KEY_SIZE], const char *what, const void *plain,
	       size_t size, unsigned char *ret)
{
	randombytes_buf(ret, NONCE);
	(void)crypto_aead_xchacha20poly1305_ietf_encrypt(ret + NONCE, NULL, plain, size,
							 (const unsigned char *)what, strlen(what),
							 NULL, ret, key);
}

bool box_open(const unsigned char key[BOX_KEY_SIZE], const char *what, const void *box, size_t size,
	      unsigned char *ret)
{
	const unsigned char *in = box;
	return size >= BOX_MORE && crypto_aead_xchacha20poly1305_ietf_decrypt(
					   ret, NULL, NULL, in + NONCE, size - NONCE,
					   (const unsigned char *)what, strlen(what), in, key) == 0;
}
