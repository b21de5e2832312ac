/* sealed_file.h - a file that only the holder of a secret key can read.
 *
 * Whoever writes it has the public key alone: a machine that makes copies of itself cannot read
 * what it has made before.  The file is "konkurs-sealed-1\n", a key of its own in a sealed box for
 * the public key (X25519), and the content in pieces of 64 KB under that key
 * (XChaCha20-Poly1305, libsodium's secretstream): a piece that is changed, moved, missing or too
 * many does not open.
 *
 * Keys lie in files of one line, "konkurs-backup-secret-1 " or "konkurs-backup-public-1 " and 64
 * hexadecimal digits. */
#pragma once
#include "base/err.h"

enum { SEALED_KEY_SIZE = 32, SEALED_HEAD_SIZE = 17 + 32 + 48 + 24, SEALED_PIECE = 64 * 1024 };

struct sealed_secret {
	unsigned char secret[SEALED_KEY_SIZE], public[SEALED_KEY_SIZE];
};

/* Makes a pair: the secret key in the new file `path` (mode 0600), the public one in "<path>.pub".
 * ERR_CONFLICT "backup.error.key_file" if one of them is there already. */
bool sealed_key_make(const char *path, struct err *e) MUST_USE;

/* ERR_INPUT "backup.error.key_file" if the file is no such key. */
bool sealed_public_read(const char *path, unsigned char ret[SEALED_KEY_SIZE],
			struct err *e) MUST_USE;
bool sealed_secret_read(const char *path, struct sealed_secret *ret, struct err *e) MUST_USE;

/* How many bytes `size` bytes have when they are sealed. */
int64_t sealed_size(int64_t size);

/* Both from one open file to another, to its end.  ERR_SYSTEM "error.storage" if one cannot be read
 * or written. */
bool sealed_write(int from, int to, const unsigned char key[SEALED_KEY_SIZE],
		  struct err *e) MUST_USE;
/* ERR_INPUT "backup.error.seal" if it is another key's, was changed, or is cut off. */
bool sealed_read(int from, int to, const struct sealed_secret *key, struct err *e) MUST_USE;
