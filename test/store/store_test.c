/* Bytes outside the database, in a folder and in a real S3-speaking server (with_s3.py). */
#include "store/object.h"
#include "store/store.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <sodium.h>

#define SECRET "SECRET/with+signs:in=it"

/* A place of one kind, and a folder of the test's own. */
struct scene {
	struct arena *arena;
	const char *folder;
	const char *s3; /* the configuration */
	struct store *store;
};

static void write_text(const char *path, const char *text, mode_t mode)
{
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, mode), 0);
}

/* The configuration of the server, with one word of it as `more` has it. */
static const char *config(struct scene *s, const char *endpoint, const char *secret, mode_t mode,
			  const char *more)
{
	const char *path = arena_print(s->arena, "%s/s3.json", s->folder);
	const char *file = arena_print(s->arena, "%s/secret", s->folder);
	write_text(file, secret, mode);
	write_text(path,
		   arena_print(s->arena,
			       "{\"endpoint\":\"%s\",\"region\":\"kz-1\",\"bucket\":\"konkurs\","
			       "\"access_key\":\"KEY\",\"secret_file\":\"%s\"%s}",
			       endpoint, file, more),
		   0644);
	return path;
}

static struct scene *begin(void)
{
	struct arena *a = arena_new();
	struct scene *s = arena_alloc(a, sizeof(*s));
	char *folder = arena_copy(a, "/tmp/konkurs-store-XXXXXX");
	assert_non_null(mkdtemp(folder));
	*s = (struct scene){ .arena = a, .folder = folder };
	return s;
}

static int make_folder(void **state)
{
	struct err e = { 0 };
	struct scene *s = begin();
	const char *place = arena_print(s->arena, "file:%s", s->folder);
	assert_true(store_open(place, &s->store, &e));
	*state = s;
	return 0;
}

static int make_s3(void **state)
{
	struct err e = { 0 };
	struct scene *s = begin();
	assert_non_null(getenv("KONKURS_S3"));
	s->s3 = config(s, getenv("KONKURS_S3"), SECRET "\n", 0600, ",\"prefix\":\"office-1/\"");
	if (!store_open(s->s3, &s->store, &e))
		fail_msg("%s: %s", e.key, e.detail);
	*state = s;
	return 0;
}

static int take_down(void **state)
{
	struct scene *s = *state;
	char command[256];
	store_close(s->store);
	(void)snprintf(command, sizeof(command), "rm -rf %s", s->folder);
	const int left = system(command);
	arena_free(s->arena);
	return left;
}

static const char *put(struct scene *s, const char *day, const char *bytes, size_t size)
{
	struct err e = { 0 };
	const char *name = store_new_name(s->arena, day);
	if (!store_put(s->store, name, bytes, size, &e))
		fail_msg("%s: %s", e.key, e.detail);
	return name;
}

/* F14: what was put is there, byte for byte, is found, and is gone when it was removed. */
static void test_round(void **state)
{
	struct scene *s = *state;
	struct err e = { 0 };
	const void *bytes = NULL;
	size_t size = 0;
	bool there = false;
	const size_t large = (size_t)20 * 1024 * 1024;
	char *much = arena_alloc(s->arena, large);
	randombytes_buf(much, large);
	const char *one = put(s, "2026-11-30", "a\0b", 3);
	const char *two = put(s, "2026-11-30", much, large);
	const char *none = put(s, "2026-11-30", "", 0);
	assert_true(store_get(s->store, s->arena, one, &bytes, &size, &e));
	assert_int_equal(size, 3);
	assert_memory_equal(bytes, "a\0b", 3);
	assert_true(store_get(s->store, s->arena, two, &bytes, &size, &e));
	assert_int_equal(size, large);
	assert_memory_equal(bytes, much, large);
	assert_true(store_get(s->store, s->arena, none, &bytes, &size, &e));
	assert_int_equal(size, 0);
	assert_true(store_has(s->store, one, &there, &e) && there);
	for (int i = 0; i < 2; i++) { /* the second time it is gone already */
		assert_true(store_remove(s->store, one, &e));
		assert_true(store_has(s->store, one, &there, &e) && !there);
	}
	assert_false(store_get(s->store, s->arena, one, &bytes, &size, &e));
	assert_int_equal(e.kind, ERR_MISSING);
	assert_string_equal(e.key, "store.error.missing");
	assert_true(store_remove(s->store, two, &e) && store_remove(s->store, none, &e));
}

/* The oldest day first, and from a name on: how orphans are looked for. */
static void test_list(void **state)
{
	struct scene *s = *state;
	struct err e = { 0 };
	struct store_names *names = arena_alloc(s->arena, sizeof(*names));
	assert_true(store_list(s->store, s->arena, "", names, &e));
	assert_int_equal(names->count, 0);
	const char *late = put(s, "2026-12-01", "late", 4);
	const char *early = put(s, "2026-11-02", "early", 5);
	assert_true(store_list(s->store, s->arena, "", names, &e));
	assert_int_equal(names->count, 2);
	assert_string_equal(names->name[0], early);
	assert_string_equal(names->name[1], late);
	assert_true(store_list(s->store, s->arena, early, names, &e));
	assert_int_equal(names->count, 1);
	assert_string_equal(names->name[0], late);
	assert_true(store_list(s->store, s->arena, late, names, &e));
	assert_int_equal(names->count, 0);
	assert_true(store_remove(s->store, late, &e) && store_remove(s->store, early, &e));
}

/* A row that came from elsewhere leads nowhere. */
static void test_names(void **state)
{
	static const struct {
		const char *why, *name;
		bool valid;
	} row[] = {
		{ "one of ours", "2026-11-30/00112233445566778899aabbccddeeff", true },
		{ "nothing", "", false },
		{ "another folder", "../../../../../../../../../../../etc/passwd", false },
		{ "another letter", "2026-11-30/00112233445566778899aabbccddeefg", false },
		{ "too long", "2026-11-30/00112233445566778899aabbccddeeff0", false },
		{ "too short", "2026-11-30/0011", false },
		{ "no day", "2026x11-30/00112233445566778899aabbccddeeff", false },
	};
	struct scene *s = *state;
	for (size_t i = 0; i < COUNT(row); i++) {
		struct err e = { 0 };
		bool there = false;
		if (store_name_valid(row[i].name) != row[i].valid)
			fail_msg("%s", row[i].why);
		if (store_has(s->store, row[i].name, &there, &e) != row[i].valid)
			fail_msg("%s is asked for", row[i].why);
	}
	assert_true(store_name_valid(store_new_name(s->arena, "2026-11-30")));
	assert_string_not_equal(store_new_name(s->arena, "2026-11-30"),
				store_new_name(s->arena, "2026-11-30"));
}

/* ---- S3 -------------------------------------------------------------------------------------- */

/* What cannot be: each has a word that says what is to be mended, and none says the secret. */
static void test_refusals(void **state)
{
	struct scene *s = *state;
	const char *at = getenv("KONKURS_S3");
	const struct {
		const char *why, *endpoint, *secret, *more, *key, *says;
	} row[] = {
		{ "another secret", at, "WRONG", "", "store.error.refused",
		  "SignatureDoesNotMatch" },
		{ "nobody there", "http://127.0.0.1:1", SECRET, "", "store.error.away", "connect" },
		{ "no TLS there", "https://127.0.0.1:1", SECRET, "", "store.error.away",
		  "connect" },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		CLEANUP(store_cleanup) struct store *store = NULL;
		struct err e = { 0 };
		const void *bytes = NULL;
		size_t size = 0;
		const char *name = store_new_name(s->arena, "2026-11-30");
		const char *path = config(s, row[i].endpoint, row[i].secret, 0600, row[i].more);
		assert_true(store_open(path, &store, &e));
		assert_false(store_put(store, name, "x", 1, &e));
		if (e.kind != ERR_BUSY || strcmp(e.key, row[i].key) != 0)
			fail_msg("%s: put is %s: %s", row[i].why, e.key, e.detail);
		err_clear(&e);
		assert_false(store_get(store, s->arena, name, &bytes, &size, &e));
		if (e.kind != ERR_BUSY || strcmp(e.key, row[i].key) != 0 ||
		    !strstr(e.detail, row[i].says))
			fail_msg("%s: get is %s: %s", row[i].why, e.key, e.detail);
		assert_null(strstr(e.detail, row[i].secret));
	}
}

/* One that takes connections and says nothing: the first waits, the next is told at once. */
static void test_silent(void **state)
{
	struct scene *s = *state;
	CLEANUP(store_cleanup) struct store *store = NULL;
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t size = sizeof(at);
	struct err e = { 0 };
	bool there = false;
	const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(listener, (struct sockaddr *)&at, size), 0);
	assert_int_equal(listen(listener, 8), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&at, &size), 0);
	const char *url =
		arena_print(s->arena, "http://127.0.0.1:%u", (unsigned)ntohs(at.sin_port));
	assert_true(store_open(config(s, url, SECRET, 0600, ""), &store, &e));
	const char *name = store_new_name(s->arena, "2026-11-30");
	assert_false(store_has(store, name, &there, &e));
	assert_string_equal(e.key, "store.error.away");
	err_clear(&e);
	const time_t begun = time(NULL);
	for (int i = 0; i < 100; i++) {
		assert_false(store_has(store, name, &there, &e));
		assert_non_null(strstr(e.detail, "just now"));
		err_clear(&e);
	}
	assert_true(time(NULL) - begun < 3);
	assert_int_equal(close(listener), 0);
}

/* 404 of a bucket is not 404 of an object: nothing is lost, the configuration is wrong. */
static void test_no_bucket(void **state)
{
	struct scene *s = *state;
	CLEANUP(store_cleanup) struct store *store = NULL;
	struct err e = { 0 };
	const void *bytes = NULL;
	size_t size = 0;
	const char *path = arena_print(s->arena, "%s/other.json", s->folder);
	write_text(path,
		   arena_print(s->arena,
			       "{\"endpoint\":\"%s\",\"region\":\"kz-1\",\"bucket\":\"other\","
			       "\"access_key\":\"KEY\",\"secret_file\":\"%s/secret\"}",
			       getenv("KONKURS_S3"), s->folder),
		   0600);
	assert_true(store_open(path, &store, &e));
	assert_false(store_put(store, store_new_name(s->arena, "2026-11-30"), "x", 1, &e));
	assert_string_equal(e.key, "store.error.refused");
	err_clear(&e);
	assert_false(store_get(store, s->arena, store_new_name(s->arena, "2026-11-30"), &bytes,
			       &size, &e));
	assert_string_equal(e.key, "store.error.refused");
}

/* F15: a place is refused before it is used. */
static void test_places(void **state)
{
	static const struct {
		const char *why, *endpoint, *more;
		mode_t mode;
		const char *says;
	} row[] = {
		{ "a secret for all", "https://s3.kz", "", 0644, "chmod 600" },
		{ "no TLS", "http://s3.kz", "", 0600, "this machine" },
		{ "a host that only looks like this machine", "http://127.0.0.1.kz", "", 0600,
		  "this machine" },
		{ "a path", "https://s3.kz/konkurs", "", 0600, "HOST" },
		{ "no address", "s3.kz", "", 0600, "https://" },
		{ "a port that is none", "https://s3.kz:99999", "", 0600, "port" },
		{ "an unknown word", "https://s3.kz", ",\"secret\":\"x\"", 0600, "secret" },
		{ "a prefix that is no folder", "https://s3.kz", ",\"prefix\":\"a\"", 0600,
		  "prefix" },
		{ "less than nothing", "https://s3.kz", ",\"in_database_most\":-1", 0600,
		  "in_database_most" },
	};
	struct scene *s = *state;
	CLEANUP(store_cleanup) struct store *good = NULL;
	struct err e = { 0 };
	for (size_t i = 0; i < COUNT(row); i++) {
		struct store *store = NULL;
		struct err why = { 0 };
		const char *path = config(s, row[i].endpoint, "x", row[i].mode, row[i].more);
		if (store_open(path, &store, &why) || why.kind != ERR_INPUT ||
		    strcmp(why.key, "store.error.place") != 0 || !strstr(why.detail, row[i].says))
			fail_msg("%s: %s", row[i].why, why.detail);
	}
	assert_false(store_open("file:relative", &good, &e));
	err_clear(&e);
	assert_false(store_open("file:/nowhere/at/all", &good, &e));
	err_clear(&e);
	const char *path = config(s, "https://s3.kz:9000", "x", 0600, ",\"in_database_most\":7");
	assert_true(store_open(path, &good, &e));
	assert_int_equal(store_port(good), 9000);
	assert_int_equal(store_in_database_most(good), 7);
	assert_string_equal(store_name(good), "https://s3.kz:9000/konkurs");
	assert_null(store_folder(good));
}

/* ---- what lies there ------------------------------------------------------------------------- */

/* R16-1: the place reads nothing, and what it gives back is this file or nothing. */
static void test_object(void **state)
{
	static const unsigned char key[OBJECT_KEY_SIZE] = { 1 };
	static const unsigned char other[OBJECT_KEY_SIZE] = { 2 };
	struct scene *s = *state;
	const void *sealed = NULL;
	const void *open = NULL;
	size_t size = 0;
	size_t length = 0;
	object_seal(s->arena, key, "hash", "a certificate", 13, &sealed, &size);
	assert_int_equal(size, 13 + OBJECT_MORE);
	assert_null(memmem(sealed, size, "certificate", 11));
	assert_true(object_open(s->arena, key, "hash", sealed, size, &open, &length));
	assert_int_equal(length, 13);
	assert_memory_equal(open, "a certificate", 13);
	assert_false(object_open(s->arena, other, "hash", sealed, size, &open, &length));
	assert_false(object_open(s->arena, key, "hasi", sealed, size, &open, &length));
	for (size_t i = 0; i < size; i++) {
		unsigned char *changed = arena_alloc(s->arena, size);
		memcpy(changed, sealed, size);
		changed[i] ^= 1;
		assert_false(object_open(s->arena, key, "hash", changed, size, &open, &length));
		assert_false(object_open(s->arena, key, "hash", sealed, i, &open, &length));
	}
	object_seal(s->arena, key, "hash", "", 0, &sealed, &size);
	assert_true(object_open(s->arena, key, "hash", sealed, size, &open, &length));
	assert_int_equal(length, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_round, make_folder, take_down),
		cmocka_unit_test_setup_teardown(test_list, make_folder, take_down),
		cmocka_unit_test_setup_teardown(test_names, make_folder, take_down),
		cmocka_unit_test_setup_teardown(test_round, make_s3, take_down),
		cmocka_unit_test_setup_teardown(test_list, make_s3, take_down),
		cmocka_unit_test_setup_teardown(test_names, make_s3, take_down),
		cmocka_unit_test_setup_teardown(test_refusals, make_s3, take_down),
		cmocka_unit_test_setup_teardown(test_silent, make_s3, take_down),
		cmocka_unit_test_setup_teardown(test_no_bucket, make_s3, take_down),
		cmocka_unit_test_setup_teardown(test_places, make_s3, take_down),
		cmocka_unit_test_setup_teardown(test_object, make_folder, take_down),
	};
	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
