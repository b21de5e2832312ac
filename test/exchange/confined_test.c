/* The process that reads hostile files: what it may not do, how it may end, and that it loses
 * nothing on the way (F26).  The test is itself that process, by its first argument. */
#include "files.h"

#include "base/confine.h"
#include "base/sanitized.h"
#include "exchange/confined.h"
#include "exchange/wire.h"

#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static const struct exchange_options russian = { "ru", "civil-code" };

/* ---- a process that misbehaves --------------------------------------------------------------- */

static volatile int *const nowhere = NULL;

static void say_number(uint32_t number)
{
	confine_say(&number, sizeof(number));
}

static void take_all_memory(void)
{
	struct arena *a = arena_new();
	for (;;)
		memset(arena_alloc(a, (size_t)64 << 20), 1, (size_t)64 << 20);
}

/* What the call would do does not matter: the filter is there before. */
static void try_call(const char *what)
{
	char *const argv[] = { NULL };
	if (!exchange_confine())
		_exit(3);
	if (strcmp(what, "open") == 0)
		(void)open("/dev/null", O_RDONLY);
	else if (strcmp(what, "socket") == 0)
		(void)socket(AF_INET, SOCK_STREAM, 0);
	else if (strcmp(what, "fork") == 0)
		(void)fork();
	else if (strcmp(what, "exec") == 0)
		(void)execv("/bin/true", argv);
	else if (strcmp(what, "kill") == 0)
		(void)kill(getppid(), 0);
	else if (strcmp(what, "read") == 0)
		(void)!read(0, (char[1]){ 0 }, 1);
	(void)syscall(SYS_exit_group, 0); /* past what a sanitizer does at the end */
}

static int misbehave(const char *how, const char *of_act)
{
	const struct confine_limits limits = { 5, (size_t)512 << 20, 3 };
	const struct exchange_options options = { how, of_act };
	if (strncmp(how, "try-", 4) == 0)
		try_call(how + 4);
	if (strcmp(how, "crash") == 0)
		*nowhere = 1;
	if (strcmp(how, "abort") == 0)
		abort();
	if (strcmp(how, "linger") == 0) { /* everything is said, and it stays */
		CLEANUP(arena_cleanup) struct arena *a = arena_new();
		const struct exchange_set none = { .items = NULL };
		struct buf said = buf_on(a);
		wire_write(&said, &none);
		say_number((uint32_t)said.length);
		confine_say(said.text, said.length);
	}
	while (strcmp(how, "hang") == 0 || strcmp(how, "linger") == 0)
		(void)pause();
	if (strcmp(how, "memory") == 0 && confine_limit(&limits))
		take_all_memory();
	if (strcmp(how, "size") == 0)
		say_number(0xffffffffu);
	if (strcmp(how, "nonsense") == 0) {
		say_number(8);
		say_number(1);
		say_number(2);
	}
	if (strcmp(how, "short") == 0) {
		say_number(1000);
		say_number(1);
	}
	return strcmp(how, "ru") == 0 ? exchange_child(&options) : 0;
}

/* ---- how it may end -------------------------------------------------------------------------- */

static void test_ends(void **state)
{
	static const struct {
		const char *how, *key;
	} row[] = {
		{ "crash", "exchange.error.broken" },    { "abort", "exchange.error.effort" },
		{ "hang", "exchange.error.effort" },     { "size", "exchange.error.broken" },
		{ "nonsense", "exchange.error.broken" }, { "short", "exchange.error.broken" },
		{ "silence", "exchange.error.broken" },
#ifndef SANITIZED /* its memory has no limit */
		{ "memory", "exchange.error.effort" },
#endif
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		CLEANUP(arena_cleanup) struct arena *a = arena_new();
		const struct exchange_options options = { row[i].how, "" };
		const int64_t most_ms = strcmp(row[i].how, "hang") == 0 ? 300 : 60000;
		struct exchange_set set;
		struct err e = { 0 };
		if (exchange_read_within(a, "key,ru", 6, &options, most_ms, &set, &e) ||
		    strcmp(e.key, row[i].key) != 0 || e.kind != ERR_INPUT ||
		    strcmp(e.field, "file") != 0)
			fail_msg("%s: %s", row[i].how, e.key);
	}
}

/* A child that was taken over says its answer and then sleeps: nobody waits for it. */
static void test_linger(void **state)
{
	static const struct exchange_options options = { "linger", "" };
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct exchange_set set = { .items = NULL };
	struct err e = { 0 };
	(void)state;
	if (!exchange_read_within(a, "key,ru", 6, &options, 60000, &set, &e))
		fail_msg("%s: %s", e.key, e.detail);
	assert_int_equal(set.item_count, 0);
}

static void test_no_program(void **state)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct exchange_set set;
	struct err e = { 0 };
	(void)state;
	confine_program("/nowhere/konkurs");
	assert_false(exchange_read_confined(a, "x", 1, &russian, &set, &e));
	assert_int_equal(e.kind, ERR_SYSTEM);
	confine_program("/proc/self/exe");
}

/* ---- what it may not do ---------------------------------------------------------------------- */

static int status_of(const char *how)
{
	int status = 0;
	const pid_t pid = fork();
	if (pid == 0) {
		(void)execl("/proc/self/exe", "konkurs", "read-questions", how, "", NULL);
		_exit(4);
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void test_forbidden(void **state)
{
	static const char *const calls[] = { "try-open", "try-socket", "try-fork",
					     "try-exec", "try-kill",   "try-read" };
	(void)state;
	for (size_t i = 0; i < COUNT(calls); i++) {
		const int status = status_of(calls[i]);
		if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGSYS)
			fail_msg("%s: status %d", calls[i], status);
	}
	assert_int_equal(status_of("try-nothing"), 0); /* so it was the call */
}

/* ---- that nothing is lost -------------------------------------------------------------------- */

static void same_error(const char *name, const struct err *got, const struct err *want)
{
	if (strcmp(got->key, want->key) != 0 || got->kind != want->kind ||
	    strcmp(got->value, want->value) != 0 || strcmp(got->detail, want->detail) != 0)
		fail_msg("%s: %s %s, not %s %s", name, got->key, got->value, want->key,
			 want->value);
}

/* Read here and there: the same set, letter for letter, or the same failure. */
static void compare(struct arena *a, const char *name, const void *bytes, size_t size)
{
	struct exchange_set here, there;
	struct err e = { 0 };
	struct err e2 = { 0 };
	struct buf left = buf_on(a);
	struct buf right = buf_on(a);
	const bool ok = exchange_read(a, bytes, size, &russian, &here, &e);
	if (exchange_read_confined(a, bytes, size, &russian, &there, &e2) != ok)
		fail_msg("%s: %s %s", name, e.key, e2.key);
	if (!ok) {
		same_error(name, &e2, &e);
		return;
	}
	wire_write(&left, &here);
	wire_write(&right, &there);
	if (left.length != right.length || memcmp(left.text, right.text, left.length) != 0)
		fail_msg("%s: another set", name);
}

static void test_same(void **state)
{
	int count = 0;
	(void)state;
	for (size_t i = 0; fixture_files[i].name; i++, count++) {
		CLEANUP(arena_cleanup) struct arena *a = arena_new();
		size_t size = 0;
		const void *bytes = fixture_bytes(a, &fixture_files[i], &size);
		compare(a, fixture_files[i].name, bytes, size);
	}
	assert_true(count > 5);
}

/* As many as may be: what libraries do only with much is done here. */
static void test_large(void **state)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct exchange_item *items = arena_array(a, EXCHANGE_ITEMS_MOST, sizeof(*items));
	struct exchange_set set = exchange_example(a);
	struct err e = { 0 };
	const void *bytes = NULL;
	size_t size = 0;
	(void)state;
	for (int i = 0; i < EXCHANGE_ITEMS_MOST; i++) {
		items[i] = set.items[0];
		items[i].code = arena_print(a, "x-%05d", i);
	}
	set.items = items;
	set.item_count = EXCHANGE_ITEMS_MOST;
	for (enum exchange_format f = EXCHANGE_CSV; f <= EXCHANGE_XLSX; f++) {
		assert_true(exchange_write(a, &set, f, 0, &bytes, &size, &e));
		compare(a, exchange_format_name(f), bytes, size);
	}
	set.item_count = EXCHANGE_ITEMS_MOST / 4; /* a file for each language */
	assert_true(exchange_write(a, &set, EXCHANGE_QTI, 3, &bytes, &size, &e));
	compare(a, "qti", bytes, size);
}

static void test_failures(void **state)
{
	static const char *const files[] = { "",        "<quiz",     "key,ru\n\"a",  "\xcf\xf0",
					     "<html/>", "PK\3\4 no", "<quiz></quiz>" };
	(void)state;
	for (size_t i = 0; i < COUNT(files); i++) {
		CLEANUP(arena_cleanup) struct arena *a = arena_new();
		compare(a, files[i], files[i], strlen(files[i]));
	}
}

static void *read_often(void *user)
{
	enum { TIMES = 5 };
	static const char text[] = "Q?\nA. a\nB. b\nANSWER: A\n";
	int *good = user;
	for (int i = 0; i < TIMES; i++) {
		CLEANUP(arena_cleanup) struct arena *a = arena_new();
		struct exchange_set set = { .items = NULL };
		struct err e = { 0 };
		if (exchange_read_confined(a, text, strlen(text), &russian, &set, &e) &&
		    set.item_count == 1 && strcmp(set.items[0].ru.option[1], "b") == 0)
			++*good;
	}
	return NULL;
}

/* A server has threads, and they read at once. */
static void test_threads(void **state)
{
	enum { THREADS = 4, TIMES = 5 };
	pthread_t thread[THREADS];
	int good[THREADS] = { 0 };
	(void)state;
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&thread[i], NULL, read_often, &good[i]), 0);
	for (int i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_join(thread[i], NULL), 0);
		assert_int_equal(good[i], TIMES);
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ends),       cmocka_unit_test(test_linger),
		cmocka_unit_test(test_no_program), cmocka_unit_test(test_forbidden),
		cmocka_unit_test(test_same),       cmocka_unit_test(test_large),
		cmocka_unit_test(test_failures),   cmocka_unit_test(test_threads),
	};
	if (argc == 4 && strcmp(argv[1], "read-questions") == 0)
		return misbehave(argv[2], argv[3]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
