/* One failure, one line, on standard error. */
#include "base_test.h"

#include "base/log.h"

#include <errno.h>
#include <jansson.h>
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

/* ---- JSON ----------------------------------------------------------------------------------- */

static void say_in_json(void)
{
	struct err e = { 0 };
	const struct log_field field[] = { { "route", "/tests/:attempt", 0 },
					   { "status", NULL, 200 } };
	log_info("serving on port %d, %s", 8080, "\xd3(");
	(void)log_trace("4bf92f3577b34da6a3ce929d0e0e4736");
	(void)err_set(&e, ERR_DB, "error.storage", "a \"quoted\" word,\na line");
	log_failure("/tests/:attempt", &e);
	log_event("request", field, COUNT(field));
	(void)log_trace(NULL);
	log_event("request", field, COUNT(field));
}

static const char *text_of(const json_t *line, const char *name)
{
	const char *text = json_string_value(json_object_get(line, name));
	return text ? text : "";
}

static void test_json(void **state)
{
	const struct log_options json = { true, "n1" };
	const struct log_options text = { false, NULL };
	json_t *line[4];
	(void)state;
	log_setup(&json);
	const char *at = heard(say_in_json);
	log_setup(&text);
	for (size_t i = 0; i < COUNT(line); i++) { /* one object a line, and nothing else */
		line[i] = json_loadb(at, strcspn(at, "\n"), JSON_REJECT_DUPLICATES, NULL);
		assert_non_null(line[i]);
		assert_string_equal(text_of(line[i], "node"), "n1");
		assert_int_equal(strlen(text_of(line[i], "time")),
				 strlen("2026-03-02T05:00:00.123Z"));
		at += strcspn(at, "\n") + 1;
	}
	assert_string_equal(at, "");
	assert_string_equal(text_of(line[0], "event"), "note");
	assert_string_equal(text_of(line[0], "level"), "info");
	/* what is no UTF-8 does not take the line with it */
	assert_string_equal(text_of(line[0], "text"), "serving on port 8080, ?(");
	assert_null(json_object_get(line[0], "trace"));
	assert_string_equal(text_of(line[1], "event"), "failure");
	assert_string_equal(text_of(line[1], "level"), "warning");
	assert_string_equal(text_of(line[1], "trace"), "4bf92f3577b34da6a3ce929d0e0e4736");
	assert_string_equal(text_of(line[1], "kind"), "storage");
	assert_string_equal(text_of(line[1], "detail"), "a \"quoted\" word,\na line");
	assert_string_equal(text_of(line[2], "route"), "/tests/:attempt");
	assert_int_equal(json_integer_value(json_object_get(line[2], "status")), 200);
	assert_null(json_object_get(line[3], "trace"));
	for (size_t i = 0; i < COUNT(line); i++)
		json_decref(line[i]);
}

static void say_in_text(void)
{
	const struct log_field field[] = { { "route", "/", 0 }, { "status", NULL, 200 } };
	(void)log_trace("4bf92f3577b34da6a3ce929d0e0e4736");
	log_event("request", field, COUNT(field));
	(void)log_trace(NULL);
	log_event("request", field, COUNT(field));
}

static void test_event_text(void **state)
{
	(void)state;
	assert_string_equal(heard(say_in_text),
			    "konkurs: info: request: route=/ status=200 [4bf92f35]\n"
			    "konkurs: info: request: route=/ status=200\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),      cmocka_unit_test(test_errno_stays),
		cmocka_unit_test(test_fatal),      cmocka_unit_test(test_json),
		cmocka_unit_test(test_event_text),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
