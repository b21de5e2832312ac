#include "sign/service_key.h"

#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char head[] = "konkurs-service-key-1 ";
enum { HEAD = sizeof(head) - 1, DIGITS = BOX_KEY_SIZE * 2, LINE = HEAD + DIGITS + 1 };

/* ---- in memory ------------------------------------------------------------------------------ */

static bool take(const unsigned char bytes[BOX_KEY_SIZE], struct service_key **ret, struct err *e)
{
	unsigned char hash[(SERVICE_FINGERPRINT_SIZE - 1) / 2];
	/* a program's first key: the library has to know the size of a page */
	struct service_key *key = sodium_init() < 0 ? NULL : sodium_malloc(sizeof(*key));
	if (!key)
		return err_set(e, ERR_SYSTEM, "error.system", "no memory that can be locked");
	memcpy(key->bytes, bytes, BOX_KEY_SIZE);
	(void)crypto_generichash(hash, sizeof(hash), bytes, BOX_KEY_SIZE,
				 (const unsigned char *)head, HEAD);
	(void)sodium_bin2hex(key->fingerprint, sizeof(key->fingerprint), hash, sizeof(hash));
	(void)sodium_mprotect_readonly(key);
	*ret = key;
	return true;
}

bool service_key_random(struct service_key **ret, struct err *e)
{
	unsigned char bytes[BOX_KEY_SIZE];
	randombytes_buf(bytes, sizeof(bytes));
	const bool ok = take(bytes, ret, e);
	sodium_memzero(bytes, sizeof(bytes));
	return ok;
}

void service_key_close(struct service_key *key)
{
	sodium_free(key);
}

void service_key_cleanup(struct service_key **key)
{
	service_key_close(*key);
}

/* ---- its file ------------------------------------------------------------------------------- */

bool service_key_make(const char *path, struct service_key **ret, struct err *e)
{
	unsigned char bytes[BOX_KEY_SIZE];
	char digits[DIGITS + 1];
	char line[LINE + 1];
	CLEANUP(io_close)
	const int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
	if (file < 0)
		return err_set(e, errno == EEXIST ? ERR_CONFLICT : ERR_SYSTEM,
			       "vault.error.key_file", "the key file cannot be made: %s",
			       strerror(errno));
	randombytes_buf(bytes, sizeof(bytes));
	(void)sodium_bin2hex(digits, sizeof(digits), bytes, sizeof(bytes));
	(void)snprintf(line, sizeof(line), "%s%s\n", head, digits);
	const bool written =
		io_write(file, line, LINE) && fsync(file) == 0 && io_sync_folder_of(path);
	const bool ok = written ? take(bytes, ret, e)
				: err_set(e, ERR_SYSTEM, "vault.error.key_file",
					  "the key file cannot be written");
	sodium_memzero(bytes, sizeof(bytes));
	sodium_memzero(digits, sizeof(digits));
	sodium_memzero(line, sizeof(line));
	if (!ok)
		(void)unlink(path); /* ours, and no key */
	return ok;
}

bool service_key_read(const char *path, struct service_key **ret, struct err *e)
{
	unsigned char bytes[BOX_KEY_SIZE];
	char line[LINE + 1];
	size_t size = 0;
	const char *end = NULL;
	CLEANUP(io_close) const int file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0 && errno == ENOENT)
		return err_set(e, ERR_MISSING, "vault.error.key_missing",
			       "there is no key file %.180s", path);
	if (file < 0)
		return err_set(e, ERR_SYSTEM, "vault.error.key_file",
			       "the key file cannot be opened: %s", strerror(errno));
	const ssize_t got = read(file, line, LINE);
	line[got > 0 ? got : 0] = '\0';
	bool ok =
		got >= LINE - 1 && memcmp(line, head, HEAD) == 0 &&
		sodium_hex2bin(bytes, sizeof(bytes), line + HEAD, DIGITS, NULL, &size, &end) == 0 &&
		size == sizeof(bytes) && end == line + HEAD + DIGITS;
	ok = ok ? take(bytes, ret, e)
		: err_set(e, ERR_INPUT, "vault.error.key_file", "%.180s is no key file", path);
	sodium_memzero(bytes, sizeof(bytes));
	sodium_memzero(line, sizeof(line));
	return ok;
}
