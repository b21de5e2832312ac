/* One failure, one line, on standard error. */
#include "base_test.h"

#include "base/log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* Standard error goes into a file while `say` speaks; returns what it said. */
static const char *heard(void (*say)(void))
{
	static char text[2000];
	FILE *file = tmpfile();
	assert_non_null(file);
	int saved = dup(STDERR_FILENO);
	(void)fflush(stderr);
	assert_true(dup2(fileno(file), STDERR_FILENO) >= 0);
	say();
	(void)fflush(stderr);
	(void)dup2(saved, STDERR_FILENO);
	(void)close(saved);
	rewind(file);
	size_t n = fread(text, 1, sizeof(text) - 1, file);
	text[n] = '\0';
	(void)fclose(file);
	return text;
}

static void say_info(void)
{
	log_info("listening on port %d", 8080);
}

static void say_warning(void)
{
	log_warn("%s", "disk is nearly full");
}

static void say_failure(void)
{
	struct err e = { 0 };
	(void)err_law(&e, "28", "law.sitting.hall", "a hall of another kind");
	log_failure("POST /sittings", &e);
}

static void say_too_much(void)
{
	log_info("%*s", 5000, "x");
}

static void test_lines(void **state)
{
	(void)state;
	assert_string_equal(heard(say_info), "konkurs: info: listening on port 8080\n");
	assert_string_equal(heard(say_warning), "konkurs: warning: disk is nearly full\n");
	assert_string_equal(heard(say_failure), "konkurs: warning: POST /sittings: law "
						"law.sitting.hall: a hall of another kind\n");
	const char *cut = heard(say_too_much);
	assert_true(strlen(cut) < 800);
	assert_int_equal(cut[strlen(cut) - 1], '\n'); /* cut off, but a line still */
}

/* A line that cannot be written, as standard error is closed, is not a reason of its own. */
static void test_errno_stays(void **state)
{
	int saved = dup(STDERR_FILENO);
	(void)state;
	(void)close(STDERR_FILENO);
	errno = ENOSPC;
	log_info("%s", "nobody hears this");
	int after = errno;
	(void)dup2(saved, STDERR_FILENO);
	(void)close(saved);
	assert_int_equal(after, ENOSPC);
}

static void die(void)
{
	int status = 0;
	pid_t child = fork();
	if (child == 0)
		log_fatal("no database at %s", "x.db");
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 1);
}

static void test_fatal(void **state)
{
	(void)state;
	(void)fflush(stdout); /* or the child would say it again */
	assert_string_equal(heard(die), "konkurs: fatal: no database at x.db\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_errno_stays),
		cmocka_unit_test(test_fatal),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
