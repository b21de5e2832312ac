/* child_test.c - programs within limits (F71). */
#include "video_made.h"

#include "base/clock.h"
#include "video/child.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *folder;

static bool run(const char *const argv[], char *say, size_t most, int64_t ms, bool *good,
		struct err *e)
{
	const struct child_job job = { argv, folder, say, most, ms };
	return child_run(&job, good, e);
}

static void test_ends(void **state)
{
	static const struct {
		const char *why, *script, *say;
		bool good;
	} row[] = {
		{ "it says something", "echo some thing", "some thing\n", true },
		{ "it says more than is wanted", "echo 0123456789012345678901234567890",
		  "012345678901234", true },
		{ "it fails", "echo no; exit 3", "no\n", false },
		{ "it crashes", "kill -SEGV $$", "", false },
		{ "it gets no environment of ours", "echo $KONKURS_SECRET-", "-\n", true },
		{ "it closes its output and goes on", "exec 1>&-; sleep 0.1; exit 0", "", true },
		{ "its errors are not ours", "echo no >&2", "", true },
		{ "it gets nothing to read", "cat", "", true },
		{ "none of our descriptors", "ls /proc/self/fd | wc -l", "4\n", true },
		{ "it writes a gigabyte and more", "truncate -s 1100M big", "", false },
	};
	(void)state;
	assert_int_equal(setenv("KONKURS_SECRET", "secret", 1), 0);
	for (size_t i = 0; i < COUNT(row); i++) {
		const char *const argv[] = { "sh", "-c", row[i].script, NULL };
		char say[16];
		bool good = !row[i].good;
		struct err e = { 0 };
		if (!run(argv, say, sizeof(say), 5000, &good, &e))
			fail_msg("%s: %s", row[i].why, e.detail);
		if (good != row[i].good || strcmp(say, row[i].say) != 0)
			fail_msg("%s: %d, \"%s\"", row[i].why, good, say);
	}
}

static void test_hangs(void **state)
{
	static const char *const script[] = { "sleep 20", "exec 1>&-; sleep 20", "yes" };
	(void)state;
	for (size_t i = 0; i < COUNT(script); i++) {
		const char *const argv[] = { "sh", "-c", script[i], NULL };
		const int64_t began = clock_monotonic_ms();
		char say[16];
		bool good = false;
		struct err e = { 0 };
		assert_false(run(argv, say, sizeof(say), 200, &good, &e));
		assert_string_equal(e.key, "video.error.programs");
		assert_in_range(clock_monotonic_ms() - began, 200, 5000);
	}
}

static void test_missing(void **state)
{
	const char *const argv[] = { "no-such-program-of-konkurs", NULL };
	char say[16];
	bool good = false;
	struct err e = { 0 };
	(void)state;
	assert_false(run(argv, say, sizeof(say), 1000, &good, &e));
	assert_int_equal(e.kind, ERR_SYSTEM);
	assert_string_equal(e.key, "video.error.programs");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ends),
		cmocka_unit_test(test_hangs),
		cmocka_unit_test(test_missing),
	};
	struct arena *a = arena_new();
	folder = made_folder(a);
	const int failed = cmocka_run_group_tests(tests, NULL, NULL);
	made_remove(folder);
	arena_free(a);
	return failed;
}
