/* Memory that lives as long as one request. */
#include "base_test.h"

#include "base/arena.h"

#include <signal.h>
#include <stdalign.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static int set_up(void **state)
{
	*state = arena_new();
	return 0;
}

static int tear_down(void **state)
{
	arena_free(*state);
	return 0;
}

/* Zeroed, aligned, and nobody's memory overlaps another's. */
static void test_alloc(void **state)
{
	static const size_t size[] = { 1,    0,         3,     16,    17,
				       1000, 16 * 1024, 50000, 16370, 16 * 1024 - 15,
				       5,    100000,    1 };
	unsigned char *memory[COUNT(size)];
	for (size_t i = 0; i < COUNT(size); i++) {
		memory[i] = arena_alloc(*state, size[i]);
		assert_int_equal((uintptr_t)memory[i] % alignof(max_align_t), 0);
		for (size_t k = 0; k < size[i]; k++)
			assert_int_equal(memory[i][k], 0);
		memset(memory[i], (int)i + 1, size[i]);
	}
	for (size_t i = 0; i < COUNT(size); i++) {
		for (size_t k = 0; k < size[i]; k++)
			assert_int_equal(memory[i][k], i + 1);
	}
	assert_non_null(arena_array(*state, 7, 9));
	assert_non_null(arena_array(*state, 0, 9));
}

static void test_copies(void **state)
{
	static const char word[] = "Ұлжан";
	char source[] = "қызмет";
	char *copy = arena_copy(*state, source);
	source[0] = '\0';
	assert_string_equal(copy, "қызмет");
	assert_string_equal(arena_copy(*state, ""), "");
	assert_string_equal(arena_copy_n(*state, word, 4), "Ұл");
	assert_string_equal(arena_copy_n(*state, NULL, 0), "");
	assert_string_equal(arena_print(*state, "%s-%d", "қ", 118), "қ-118");
	const char *long_text = arena_print(*state, "%*d", 40000, 7);
	assert_int_equal(strlen(long_text), 40000);
	assert_int_equal(long_text[39999], '7');
}

struct diary {
	char text[8];
	size_t length;
};

static struct diary diary;

static void write_down(void *object)
{
	diary.text[diary.length++] = *(const char *)object;
}

static void open_again(void *object)
{
	struct arena *a = object;
	char *letter = arena_alloc(a, 1);
	*letter = 'z';
	arena_defer(a, write_down, letter);
}

/* Last first, once, while the memory is still there. */
static void test_defer(void **state)
{
	struct arena *a = *state;
	memset(&diary, 0, sizeof(diary));
	arena_defer(a, write_down, arena_copy(a, "a"));
	arena_defer(a, write_down, arena_copy(a, "b"));
	arena_defer(a, write_down, arena_copy(a, "c"));
	assert_int_equal(diary.length, 0);
	arena_reset(a);
	assert_string_equal(diary.text, "cba");
	arena_reset(a);
	assert_string_equal(diary.text, "cba");
	assert_string_equal(arena_copy(a, "usable"), "usable");
}

/* What a deferred call defers itself is done too. */
static void test_defer_in_defer(void **state)
{
	struct arena *a = *state;
	memset(&diary, 0, sizeof(diary));
	arena_defer(a, write_down, arena_copy(a, "a"));
	arena_defer(a, open_again, a);
	arena_reset(a);
	assert_string_equal(diary.text, "za");
}

static void use_scope(void)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	arena_defer(a, write_down, arena_copy(a, "s"));
}

static void test_scope(void **state)
{
	(void)state;
	memset(&diary, 0, sizeof(diary));
	use_scope();
	assert_string_equal(diary.text, "s");
	arena_free(NULL);
}

static void too_many(struct arena *a)
{
	(void)!arena_array(a, SIZE_MAX / 2, 3);
}

static void too_large(struct arena *a)
{
	(void)!arena_alloc(a, SIZE_MAX / 2 + 1);
}

/* Allocation never returns NULL: it ends the process.  Watched in a child. */
static void test_never_null(void **state)
{
	static void (*const wish[])(struct arena * a) = { too_many, too_large };
	for (size_t i = 0; i < COUNT(wish); i++) {
		int status = 0;
		pid_t child = fork();
		if (child == 0) {
			const struct rlimit no_core = { 0, 0 };
			(void)setrlimit(RLIMIT_CORE, &no_core);
			(void)signal(SIGABRT, SIG_DFL);
			wish[i](*state);
			_exit(0);
		}
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_alloc), cmocka_unit_test(test_copies),
		cmocka_unit_test(test_defer), cmocka_unit_test(test_defer_in_defer),
		cmocka_unit_test(test_scope), cmocka_unit_test(test_never_null),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
