#include "sign/sealed_file.h"

#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef crypto_secretstream_xchacha20poly1305_state stream;
enum {
	TAG_MORE = crypto_secretstream_xchacha20poly1305_ABYTES,
	STREAM_HEAD = crypto_secretstream_xchacha20poly1305_HEADERBYTES,
	STREAM_KEY = crypto_secretstream_xchacha20poly1305_KEYBYTES,
	BOX_SIZE = STREAM_KEY + crypto_box_SEALBYTES,
	DIGITS = SEALED_KEY_SIZE * 2,
	PATH_MOST = 4096,
};
static const char magic[] = "konkurs-sealed-1\n";
enum { MAGIC = sizeof(magic) - 1 };
_Static_assert(MAGIC + BOX_SIZE + STREAM_HEAD == SEALED_HEAD_SIZE, "the head of a sealed file");
_Static_assert(SEALED_KEY_SIZE == crypto_box_PUBLICKEYBYTES, "a public key of X25519");
_Static_assert(SEALED_KEY_SIZE == crypto_box_SECRETKEYBYTES, "a secret key of X25519");

static const char secret_head[] = "konkurs-backup-secret-1 ";
static const char public_head[] = "konkurs-backup-public-1 ";
enum { LINE_HEAD = sizeof(secret_head) - 1, LINE = LINE_HEAD + DIGITS + 1 };
_Static_assert(sizeof(secret_head) == sizeof(public_head), "one form of both");

/* ---- keys ------------------------------------------------------------------------------------ */

static bool write_key(const char *path, const char *head, const unsigned char *key, struct err *e)
{
	char digits[DIGITS + 1];
	char line[LINE + 1];
	CLEANUP(io_close)
	const int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
	if (file < 0)
		return err_set(e, errno == EEXIST ? ERR_CONFLICT : ERR_SYSTEM,
			       "backup.error.key_file", "%.180s: %s", path, strerror(errno));
	(void)sodium_bin2hex(digits, sizeof(digits), key, SEALED_KEY_SIZE);
	(void)snprintf(line, sizeof(line), "%s%s\n", head, digits);
	const bool ok = io_write(file, line, LINE) && fsync(file) == 0 && io_sync_folder_of(path);
	sodium_memzero(line, sizeof(line));
	sodium_memzero(digits, sizeof(digits));
	if (!ok)
		(void)unlink(path); /* ours, and no key */
	return ok || err_set(e, ERR_SYSTEM, "backup.error.key_file", "%.180s: not written", path);
}

bool sealed_key_make(const char *path, struct err *e)
{
	struct sealed_secret pair;
	char other[PATH_MOST];
	if (snprintf(other, sizeof(other), "%s.pub", path) >= (int)sizeof(other))
		return err_set(e, ERR_INPUT, "backup.error.key_file", "too long a name");
	if (sodium_init() < 0 || crypto_box_keypair(pair.public, pair.secret) != 0)
		return err_set(e, ERR_SYSTEM, "error.system", "libsodium makes no key");
	const bool secret = write_key(path, secret_head, pair.secret, e);
	const bool ok = secret && write_key(other, public_head, pair.public, e);
	if (secret && !ok)
		(void)unlink(path); /* ours, and half a pair */
	sodium_memzero(&pair, sizeof(pair));
	return ok;
}

static bool read_key(const char *path, const char *head, unsigned char ret[SEALED_KEY_SIZE],
		     struct err *e)
{
	char line[LINE + 1];
	size_t size = 0;
	const char *end = NULL;
	CLEANUP(io_close) const int file = open(path, O_RDONLY | O_CLOEXEC);
	const ssize_t got = file < 0 ? -1 : read(file, line, LINE);
	const bool ok = got >= LINE - 1 && memcmp(line, head, LINE_HEAD) == 0 &&
			sodium_hex2bin(ret, SEALED_KEY_SIZE, line + LINE_HEAD, DIGITS, NULL, &size,
				       &end) == 0 &&
			size == SEALED_KEY_SIZE && end == line + LINE_HEAD + DIGITS;
	sodium_memzero(line, sizeof(line));
	return ok || err_set(e, ERR_INPUT, "backup.error.key_file", "%.180s is no such key", path);
}

bool sealed_public_read(const char *path, unsigned char ret[SEALED_KEY_SIZE], struct err *e)
{
	return read_key(path, public_head, ret, e);
}

bool sealed_secret_read(const char *path, struct sealed_secret *ret, struct err *e)
{
	if (!read_key(path, secret_head, ret->secret, e))
		return false;
	return crypto_scalarmult_base(ret->public, ret->secret) == 0 ||
	       err_set(e, ERR_INPUT, "backup.error.key_file", "%.180s is no key", path);
}

/* ---- bytes ----------------------------------------------------------------------------------- */

static bool put(int file, const void *bytes, size_t size, struct err *e)
{
	return io_write(file, bytes, size) ||
	       err_set(e, ERR_SYSTEM, "error.storage", "writing: %s", strerror(errno));
}

/* As much as there is, up to `size`. */
static bool take(int file, unsigned char *bytes, size_t size, size_t *ret, struct err *e)
{
	return io_read(file, bytes, size, ret) ||
	       err_set(e, ERR_SYSTEM, "error.storage", "reading: %s", strerror(errno));
}

int64_t sealed_size(int64_t size)
{
	/* a last piece that is not full, or empty, says that it is the last */
	return SEALED_HEAD_SIZE + size + (size / SEALED_PIECE + 1) * TAG_MORE;
}

static bool write_head(int to, const unsigned char key[SEALED_KEY_SIZE], stream *s, struct err *e)
{
	unsigned char own[STREAM_KEY];
	unsigned char head[SEALED_HEAD_SIZE];
	memcpy(head, magic, MAGIC);
	crypto_secretstream_xchacha20poly1305_keygen(own);
	const bool ok = crypto_box_seal(head + MAGIC, own, sizeof(own), key) == 0 &&
			crypto_secretstream_xchacha20poly1305_init_push(s, head + MAGIC + BOX_SIZE,
									own) == 0;
	sodium_memzero(own, sizeof(own));
	return ok ? put(to, head, sizeof(head), e)
		  : err_set(e, ERR_INPUT, "backup.error.key_file", "the public key is none");
}

bool sealed_write(int from, int to, const unsigned char key[SEALED_KEY_SIZE], struct err *e)
{
	unsigned char plain[SEALED_PIECE];
	unsigned char piece[SEALED_PIECE + TAG_MORE];
	stream s;
	size_t size = SEALED_PIECE;
	bool ok = write_head(to, key, &s, e);
	while (ok && size == SEALED_PIECE) {
		unsigned long long length = 0;
		ok = take(from, plain, sizeof(plain), &size, e);
		if (!ok)
			break;
		(void)crypto_secretstream_xchacha20poly1305_push(
			&s, piece, &length, plain, size, NULL, 0,
			size < SEALED_PIECE ? crypto_secretstream_xchacha20poly1305_TAG_FINAL : 0);
		ok = put(to, piece, (size_t)length, e);
	}
	sodium_memzero(&s, sizeof(s));
	sodium_memzero(plain, sizeof(plain));
	return ok;
}

static bool broken(struct err *e, const char *what)
{
	return err_set(e, ERR_INPUT, "backup.error.seal", "%s", what);
}

static bool read_head(int from, const struct sealed_secret *key, stream *s, struct err *e)
{
	unsigned char own[STREAM_KEY];
	unsigned char head[SEALED_HEAD_SIZE];
	size_t size = 0;
	if (!take(from, head, sizeof(head), &size, e))
		return false;
	if (size != sizeof(head) || memcmp(head, magic, MAGIC) != 0)
		return broken(e, "this is no sealed file");
	const bool ok =
		crypto_box_seal_open(own, head + MAGIC, BOX_SIZE, key->public, key->secret) == 0 &&
		crypto_secretstream_xchacha20poly1305_init_pull(s, head + MAGIC + BOX_SIZE, own) ==
			0;
	sodium_memzero(own, sizeof(own));
	return ok || broken(e, "it is sealed for another key");
}

/* One piece; `ret_last` when it says so of itself, and nothing may follow. */
static bool read_piece(int from, int to, stream *s, bool *ret_last, struct err *e)
{
	unsigned char piece[SEALED_PIECE + TAG_MORE];
	unsigned char plain[SEALED_PIECE];
	unsigned char tag = 0;
	unsigned long long length = 0;
	size_t size = 0;
	if (!take(from, piece, sizeof(piece), &size, e))
		return false;
	if (size < TAG_MORE || crypto_secretstream_xchacha20poly1305_pull(
				       s, plain, &length, &tag, piece, size, NULL, 0) != 0)
		return broken(e, size == 0 ? "it is cut off" : "a piece was changed");
	*ret_last = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
	const bool ok = put(to, plain, (size_t)length, e);
	sodium_memzero(plain, sizeof(plain));
	return ok;
}

bool sealed_read(int from, int to, const struct sealed_secret *key, struct err *e)
{
	stream s;
	unsigned char more = 0;
	size_t size = 0;
	bool last = false;
	bool ok = read_head(from, key, &s, e);
	while (ok && !last)
		ok = read_piece(from, to, &s, &last, e);
	sodium_memzero(&s, sizeof(s));
	if (!ok || !take(from, &more, sizeof(more), &size, e))
		return false;
	return size == 0 || broken(e, "something follows its end");
}
