/* object.h - a file as it lies at a place that is not ours to trust.
 *
 * "konkurs-object-1\n", a nonce, and the bytes under the key of the installation
 * (XChaCha20-Poly1305, libsodium), bound to the hash under which the database knows the file: the
 * place reads nothing, and another file, an older one or a changed one does not open. */
#pragma once
#include "base/arena.h"

enum { OBJECT_KEY_SIZE = 32, OBJECT_MORE = 17 + 24 + 16 };

/* In the arena. */
void object_seal(struct arena *a, const unsigned char key[OBJECT_KEY_SIZE], const char *hash,
		 const void *bytes, size_t size, const void **ret, size_t *ret_size);

/* False if it is not this file's object, or was changed. */
bool object_open(struct arena *a, const unsigned char key[OBJECT_KEY_SIZE], const char *hash,
		 const void *bytes, size_t size, const void **ret, size_t *ret_size) MUST_USE;
