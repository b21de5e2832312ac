/* box.h - something locked under a key, together with the words what it is.
 *
 * XChaCha20-Poly1305: a nonce of 24 random bytes, the encrypted bytes, a tag of 16.  `what` names
 * the place where the box belongs ("item 7 key"): moved to another place, or changed in one bit, it
 * does not open. */
#pragma once
#include "base/err.h"

enum { BOX_KEY_SIZE = 32, BOX_MORE = 24 + 16 };

/* `ret` has room for size + BOX_MORE bytes. */
void box_close(const unsigned char key[BOX_KEY_SIZE], const char *what, const void *plain,
	       size_t size, unsigned char *ret);

/* `ret` has room for size - BOX_MORE bytes.  False if it is not the key, the place or the box. */
bool box_open(const unsigned char key[BOX_KEY_SIZE], const char *what, const void *box, size_t size,
	      unsigned char *ret) MUST_USE;
