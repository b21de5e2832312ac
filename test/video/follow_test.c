/* follow_test.c - a file that grows, hashed (F69, F70). */
#include "video_made.h"

#include "video/follow.h"

#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static struct arena *a;
static const char *folder;

static int begin(void **state)
{
	(void)state;
	a = arena_new();
	folder = made_folder(a);
	return 0;
}

static int end(void **state)
{
	(void)state;
	made_remove(folder);
	arena_free(a);
	return 0;
}

static void append(const char *file, const void *bytes, size_t size)
{
	FILE *f = fopen(arena_print(a, "%s/%s", folder, file), "ab");
	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, size, f), size);
	assert_int_equal(fclose(f), 0);
}

static void check_hash(const unsigned char got[FOLLOW_HASH_SIZE], const void *bytes, size_t size)
{
	unsigned char want[crypto_hash_sha256_BYTES];
	(void)crypto_hash_sha256(want, bytes, size);
	assert_memory_equal(got, want, sizeof(want));
}

/* Yet to come, then in pieces of any size; the hash is that of all. */
static void test_grows(void **state)
{
	enum { SIZE = 300 * 1000 };
	CLEANUP(follow_cleanup) struct follow *f = NULL;
	unsigned char *all = arena_alloc(a, SIZE), hash[FOLLOW_HASH_SIZE];
	static const size_t piece[] = { 1, 4096, 70000, 0, 200000 };
	int64_t grew = -1, size = -1;
	size_t at = 0;
	struct err e = { 0 };
	(void)state;
	randombytes_buf(all, SIZE);
	assert_true(follow_open(folder, "a-audio-0.mjr", &f, &e));
	assert_true(follow_look(f, &grew, &e));
	assert_int_equal(grew, 0);
	for (size_t i = 0; i < COUNT(piece); i++) {
		append("a-audio-0.mjr", all + at, piece[i]);
		at += piece[i];
		assert_true(follow_look(f, &grew, &e));
		assert_int_equal(grew, piece[i]);
	}
	append("a-audio-0.mjr", all + at, SIZE - at); /* after the last look */
	assert_true(follow_end(f, &size, hash, &e));
	assert_int_equal(size, SIZE);
	check_hash(hash, all, SIZE);
	assert_true(follow_whole(folder, "a-audio-0.mjr", &size, hash, &e));
	assert_int_equal(size, SIZE);
	check_hash(hash, all, SIZE);
}

static void test_never_came(void **state)
{
	CLEANUP(follow_cleanup) struct follow *f = NULL;
	unsigned char hash[FOLLOW_HASH_SIZE];
	int64_t size = -5;
	struct err e = { 0 };
	(void)state;
	assert_true(follow_open(folder, "b.mjr", &f, &e));
	assert_true(follow_end(f, &size, hash, &e));
	assert_int_equal(size, 0);
	check_hash(hash, "", 0);
	assert_true(follow_whole(folder, "b.mjr", &size, hash, &e));
	assert_int_equal(size, -1);
}

static void make_shorter(const char *path)
{
	assert_int_equal(truncate(path, 3), 0);
}

static void make_another(const char *path)
{
	append("c.new", "0123456789", 10);
	assert_int_equal(rename(arena_print(a, "%s/c.new", folder), path), 0);
}

static void take_away(const char *path)
{
	assert_int_equal(unlink(path), 0);
}

static void make_link(const char *path)
{
	take_away(path);
	assert_int_equal(symlink("/etc/hostname", path), 0);
}

static void test_changed(void **state)
{
	void (*const how[])(const char *) = { make_shorter, make_another, take_away, make_link };
	(void)state;
	for (size_t i = 0; i < COUNT(how); i++) {
		CLEANUP(follow_cleanup) struct follow *f = NULL;
		const char *path = arena_print(a, "%s/c.mjr", folder);
		int64_t grew = 0;
		struct err e = { 0 };
		(void)unlink(path);
		append("c.mjr", "0123456789", 10);
		assert_true(follow_open(folder, "c.mjr", &f, &e));
		assert_true(follow_look(f, &grew, &e));
		assert_int_equal(grew, 10);
		how[i](path);
		assert_false(follow_look(f, &grew, &e));
		assert_int_equal(e.kind, ERR_CONFLICT);
		assert_string_equal(e.key, "video.error.changed");
	}
}

/* Nothing outside the folder is read, and nothing that is no file holds us up. */
static void test_refused(void **state)
{
	static const char *const name[] = {
		"", "/etc/hostname", "../x", "a/../../x", ".x", "a/.x"
	};
	unsigned char hash[FOLLOW_HASH_SIZE];
	int64_t grew = 0;
	(void)state;
	for (size_t i = 0; i < COUNT(name); i++) {
		struct follow *f = NULL;
		struct err e = { 0 };
		if (follow_open(folder, name[i], &f, &e))
			fail_msg("%s was taken", name[i]);
		assert_null(f);
		assert_false(follow_whole(folder, name[i], &grew, hash, &e));
	}
	CLEANUP(follow_cleanup) struct follow *f = NULL;
	struct err e = { 0 };
	assert_int_equal(mkfifo(arena_print(a, "%s/pipe.mjr", folder), 0600), 0);
	assert_true(follow_open(folder, "pipe.mjr", &f, &e));
	assert_false(follow_look(f, &grew, &e));
	assert_string_equal(e.key, "video.error.changed");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_grows, begin, end),
		cmocka_unit_test_setup_teardown(test_never_came, begin, end),
		cmocka_unit_test_setup_teardown(test_changed, begin, end),
		cmocka_unit_test_setup_teardown(test_refused, begin, end),
	};
	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
