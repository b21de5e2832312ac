/* Sealed files: what opens, and everything that does not (F91). */
#include "sign/sealed_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST = 3 * SEALED_PIECE };

static char folder[] = "/tmp/konkurs-sealed-XXXXXX";
static unsigned char bytes[MOST], out[MOST + 1];

static const char *path_of(const char *name, char ret[128])
{
	(void)snprintf(ret, 128, "%s/%s", folder, name);
	return ret;
}

static int set_up(void **state)
{
	(void)state;
	randombytes_buf(bytes, sizeof(bytes));
	return mkdtemp(folder) ? 0 : -1;
}

static int tear_down(void **state)
{
	static const char *const names[] = { "key", "key.pub", "other", "other.pub", "half.pub" };
	char path[128];
	(void)state;
	for (size_t i = 0; i < COUNT(names); i++)
		(void)unlink(path_of(names[i], path));
	return rmdir(folder);
}

/* A file of nobody's with these bytes, read from its beginning. */
static int file_with(const void *what, size_t size)
{
	const int file = open(folder, O_RDWR | O_TMPFILE, S_IRUSR | S_IWUSR);
	assert_true(file >= 0);
	assert_int_equal(write(file, what, size), (ssize_t)size);
	assert_int_equal(lseek(file, 0, SEEK_SET), 0);
	return file;
}

static int64_t size_of(int file)
{
	struct stat status;
	assert_int_equal(fstat(file, &status), 0);
	return status.st_size;
}

static struct sealed_secret pair(const char *name, unsigned char public[SEALED_KEY_SIZE])
{
	struct sealed_secret secret;
	struct err e = { 0 };
	char path[128];
	char other[160];
	(void)path_of(name, path);
	(void)snprintf(other, sizeof(other), "%s.pub", path);
	if (access(path, F_OK) != 0)
		assert_true(sealed_key_make(path, &e));
	assert_true(sealed_secret_read(path, &secret, &e));
	assert_true(sealed_public_read(other, public, &e));
	assert_memory_equal(secret.public, public, SEALED_KEY_SIZE);
	return secret;
}

static int sealed(size_t size, const unsigned char public[SEALED_KEY_SIZE])
{
	struct err e = { 0 };
	const int from = file_with(bytes, size);
	const int to = file_with("", 0);
	if (!sealed_write(from, to, public, &e))
		fail_msg("%s", e.detail);
	(void)close(from);
	assert_int_equal(lseek(to, 0, SEEK_SET), 0);
	return to;
}

/* NULL if it opens, else the detail of why not. */
static const char *opened(int from, const struct sealed_secret *key, size_t *ret_size)
{
	static struct err e;
	const int to = file_with("", 0);
	err_clear(&e);
	assert_int_equal(lseek(from, 0, SEEK_SET), 0);
	const bool ok = sealed_read(from, to, key, &e);
	assert_int_equal(lseek(to, 0, SEEK_SET), 0);
	const ssize_t got = read(to, out, sizeof(out));
	(void)close(to);
	*ret_size = got > 0 ? (size_t)got : 0;
	if (!ok)
		assert_string_equal(e.key, "backup.error.seal");
	return ok ? NULL : e.detail;
}

static void test_sizes(void **state)
{
	static const size_t row[] = {
		0, 1, SEALED_PIECE - 1, SEALED_PIECE, SEALED_PIECE + 1, 2 * SEALED_PIECE, MOST
	};
	unsigned char public[SEALED_KEY_SIZE];
	const struct sealed_secret key = pair("key", public);
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		size_t size = 0;
		const int file = sealed(row[i], public);
		assert_int_equal(size_of(file), sealed_size((int64_t)row[i]));
		assert_null(opened(file, &key, &size));
		assert_int_equal(size, row[i]);
		assert_memory_equal(out, bytes, row[i]);
		(void)close(file);
	}
}

/* Each byte of the head, and some of each piece. */
static void test_changed(void **state)
{
	unsigned char public[SEALED_KEY_SIZE];
	const struct sealed_secret key = pair("key", public);
	const int file = sealed(SEALED_PIECE + 100, public);
	const int64_t all = size_of(file);
	size_t size = 0;
	(void)state;
	for (int64_t at = 0; at < all; at += at < SEALED_HEAD_SIZE ? 1 : 1009) {
		unsigned char byte = 0;
		assert_int_equal(pread(file, &byte, 1, at), 1);
		byte ^= 4;
		assert_int_equal(pwrite(file, &byte, 1, at), 1);
		if (!opened(file, &key, &size))
			fail_msg("byte %lld was changed, and it opens", (long long)at);
		byte ^= 4;
		assert_int_equal(pwrite(file, &byte, 1, at), 1);
	}
	assert_null(opened(file, &key, &size));
	(void)close(file);
}

static void test_cut(void **state)
{
	enum { TAG_MORE = 17 };
	unsigned char public[SEALED_KEY_SIZE];
	const struct sealed_secret key = pair("key", public);
	const int64_t piece = SEALED_PIECE + TAG_MORE;
	const struct {
		const char *why;
		int64_t size;
	} row[] = {
		{ "nothing", 0 },
		{ "half a head", SEALED_HEAD_SIZE / 2 },
		{ "the head alone", SEALED_HEAD_SIZE },
		{ "within a piece", SEALED_HEAD_SIZE + 1000 },
		{ "between two pieces", SEALED_HEAD_SIZE + piece },
		{ "without the empty last one", SEALED_HEAD_SIZE + 2 * piece },
	};
	size_t size = 0;
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		const int file = sealed(2 * SEALED_PIECE, public);
		assert_int_equal(ftruncate(file, row[i].size), 0);
		if (!opened(file, &key, &size))
			fail_msg("%s, and it opens", row[i].why);
		(void)close(file);
	}
	const int longer = sealed(10, public);
	assert_int_equal(pwrite(longer, "x", 1, size_of(longer)), 1);
	assert_non_null(opened(longer, &key, &size));
	(void)close(longer);
}

static void test_other_key(void **state)
{
	unsigned char public[SEALED_KEY_SIZE];
	unsigned char others[SEALED_KEY_SIZE];
	const struct sealed_secret key = pair("key", public);
	const struct sealed_secret other = pair("other", others);
	const int file = sealed(100, public);
	size_t size = 0;
	(void)state;
	assert_string_equal(opened(file, &other, &size), "it is sealed for another key");
	assert_int_equal(size, 0);
	assert_null(opened(file, &key, &size));
	(void)close(file);
}

/* No key is written over, and what is no key is none. */
static void test_key_files(void **state)
{
	struct sealed_secret secret;
	unsigned char public[SEALED_KEY_SIZE];
	struct err e = { 0 };
	char path[128];
	char half[128];
	(void)state;
	(void)pair("key", public);
	assert_false(sealed_key_make(path_of("key", path), &e));
	assert_int_equal(e.kind, ERR_CONFLICT);
	err_clear(&e);
	assert_false(sealed_public_read(path, public, &e)); /* the secret one */
	assert_string_equal(e.key, "backup.error.key_file");
	err_clear(&e);
	assert_false(sealed_secret_read(path_of("key.pub", path), &secret, &e));
	err_clear(&e);
	assert_false(sealed_secret_read(path_of("none", path), &secret, &e));
	/* half a pair is none: the secret key goes again */
	const int file = open(path_of("half.pub", half), O_WRONLY | O_CREAT, S_IRUSR);
	assert_true(file >= 0);
	(void)close(file);
	assert_false(sealed_key_make(path_of("half", path), NULL));
	assert_int_equal(access(path, F_OK), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sizes),     cmocka_unit_test(test_changed),
		cmocka_unit_test(test_cut),       cmocka_unit_test(test_other_key),
		cmocka_unit_test(test_key_files),
	};
	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests_name("sealed file", tests, set_up, tear_down);
}
