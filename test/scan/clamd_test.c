/* The client against a real clamd (test/scan/with_clamd.py), and against whoever else may listen
 * there. */
#include "scan/clamd.h"

#include "base/clock.h"
#include "scan_made.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static struct clamd real(void)
{
	const char *path = getenv("KONKURS_CLAMD");
	assert_non_null(path);
	return (struct clamd){ path, 60 * 1000 };
}

/* ---- answers --------------------------------------------------------------------------------- */

#define SAID(text) text, sizeof(text)

static void test_verdicts(void **state)
{
	static const struct {
		const char *answer;
		size_t size;
		enum clamd_verdict verdict;
		const char *found;
	} row[] = {
		{ SAID("stream: OK"), CLAMD_CLEAN, "" },
		{ SAID("stream: Win.Test.EICAR_HDB-1 FOUND"), CLAMD_FOUND, "Win.Test.EICAR_HDB-1" },
		{ SAID("stream: OK FOUND"), CLAMD_FOUND, "OK" },
		{ SAID("stream:  FOUND"), CLAMD_FOUND, "?" },
		{ SAID("stream: FOUND"), CLAMD_FOUND, "?" },
		{ SAID("INSTREAM size limit exceeded. ERROR"), CLAMD_TOO_LARGE, "" },
		{ SAID("stream: Can't allocate memory ERROR"), CLAMD_FAILED, "" },
		{ SAID("UNKNOWN COMMAND"), CLAMD_AWAY, "" },
		{ SAID(""), CLAMD_AWAY, "" },
		{ SAID("stream: ok"), CLAMD_AWAY, "" },
		{ SAID("stream: OK\n"), CLAMD_AWAY, "" },
		{ SAID(" stream: OK"), CLAMD_AWAY, "" },
		{ SAID("stream: OK\0"), CLAMD_AWAY, "" },
		{ SAID("stream: OK\0stream: x FOUND"), CLAMD_AWAY, "" },
		{ SAID("stream: \x1b[2J FOUND"), CLAMD_AWAY, "" },
		{ SAID("stream: \xd2\x93 FOUND"), CLAMD_AWAY, "" },
		{ "stream: OK", 10, CLAMD_AWAY, "" }, /* no NUL: cut off */
		{ NULL, 0, CLAMD_AWAY, "" },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		char found[CLAMD_NAME_SIZE] = "not touched";
		const enum clamd_verdict verdict =
			clamd_read_verdict(row[i].answer, row[i].size, found);
		if (verdict != row[i].verdict || strcmp(found, row[i].found) != 0)
			fail_msg("row %zu, %s: %d '%s'", i, row[i].answer, verdict, found);
	}
	/* a name that does not fit is a finding all the same; an answer that does not is none */
	char text[CLAMD_ANSWER_MOST + 16];
	char found[CLAMD_NAME_SIZE];
	(void)snprintf(text, sizeof(text), "stream: %0*d FOUND", 300, 1);
	assert_int_equal(clamd_read_verdict(text, strlen(text) + 1, found), CLAMD_FOUND);
	assert_string_equal(found, "?");
	(void)snprintf(text, sizeof(text), "stream: %0*d FOUND", CLAMD_ANSWER_MOST - 13, 1);
	assert_int_equal(strlen(text) + 1, CLAMD_ANSWER_MOST + 2);
	assert_int_equal(clamd_read_verdict(text, strlen(text) + 1, found), CLAMD_AWAY);
}

static void test_versions(void **state)
{
	static const struct {
		const char *answer;
		size_t size;
		bool good;
		const char *engine, *signatures;
	} row[] = {
		{ SAID("ClamAV 1.4.3/27800/Mon Nov 24 08:26:11 2025"), true, "ClamAV 1.4.3",
		  "27800/Mon Nov 24 08:26:11 2025" },
		{ SAID("ClamAV 1.4.3"), true, "ClamAV 1.4.3", "" },
		{ SAID("ClamAV 1.4.3/"), true, "ClamAV 1.4.3", "" },
		{ SAID("ClamAV "), false, "", "" },
		{ SAID("ClamAV /1"), false, "", "" },
		{ SAID("Other 1"), false, "", "" },
		{ SAID("PONG"), false, "", "" },
		{ "ClamAV 1", 8, false, "", "" },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		struct clamd_version v = { "", "" };
		if (clamd_read_version(row[i].answer, row[i].size, &v) != row[i].good ||
		    strcmp(v.engine, row[i].engine) != 0 ||
		    strcmp(v.signatures, row[i].signatures) != 0)
			fail_msg("row %zu, %s: '%s' '%s'", i, row[i].answer, v.engine,
				 v.signatures);
	}
}

/* ---- a real scanner -------------------------------------------------------------------------- */

static void test_clean(void **state)
{
	const struct clamd c = real();
	struct clamd_version v = { "", "" };
	char found[CLAMD_NAME_SIZE];
	(void)state;
	assert_true(clamd_version(&c, &v));
	assert_memory_equal(v.engine, "ClamAV ", 7);
	assert_int_equal(clamd_scan(&c, SCAN_CLEAN_PDF, sizeof(SCAN_CLEAN_PDF) - 1, found),
			 CLAMD_CLEAN);
	assert_string_equal(found, "");
	assert_int_equal(clamd_scan(&c, "", 0, found), CLAMD_CLEAN);
}

static void test_infected(void **state)
{
	const struct clamd c = real();
	char found[CLAMD_NAME_SIZE];
	(void)state;
	assert_int_equal(clamd_scan(&c, SCAN_BAD_PDF, sizeof(SCAN_BAD_PDF) - 1, found),
			 CLAMD_FOUND);
	assert_non_null(strstr(found, "Konkurs.Test.Eicar"));
}

static char *much(size_t size)
{
	char *bytes = malloc(size);
	assert_non_null(bytes);
	(void)memset(bytes, 'a', size);
	return bytes;
}

/* Over several chunks, and what is found in the last one. */
static void test_large(void **state)
{
	const struct clamd c = real();
	const size_t size = 1 << 20;
	char *bytes = much(size);
	char found[CLAMD_NAME_SIZE];
	(void)state;
	assert_int_equal(clamd_scan(&c, bytes, size, found), CLAMD_CLEAN);
	(void)memcpy(bytes + size - sizeof(SCAN_EICAR) + 1, SCAN_EICAR, sizeof(SCAN_EICAR) - 1);
	assert_int_equal(clamd_scan(&c, bytes, size, found), CLAMD_FOUND);
	free(bytes);
}

/* Its StreamMaxLength is 2M: it answers and shuts the door while we still send. */
static void test_too_large(void **state)
{
	const struct clamd c = real();
	const size_t size = 16 << 20;
	char *bytes = much(size);
	char found[CLAMD_NAME_SIZE];
	(void)state;
	assert_int_equal(clamd_scan(&c, bytes, size, found), CLAMD_TOO_LARGE);
	free(bytes);
}

/* ---- nobody, and others ---------------------------------------------------------------------- */

static char place[64];

/* What listens at `place`, in a process of its own, until it is ended. */
static pid_t listen_with(void (*talk)(int fd))
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	(void)snprintf(place, sizeof(place), "/tmp/konkurs-clamd-%d", (int)getpid());
	(void)unlink(place);
	(void)snprintf(at.sun_path, sizeof(at.sun_path), "%s", place);
	const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(fd >= 0 && bind(fd, (const struct sockaddr *)&at, sizeof(at)) == 0 &&
		    listen(fd, 4) == 0);
	(void)fflush(NULL);
	const pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		(void)signal(SIGPIPE, SIG_IGN);
		for (;;) {
			const int with = accept(fd, NULL, NULL);
			talk(with);
			(void)close(with);
		}
	}
	(void)close(fd);
	return pid;
}

static void end(pid_t pid)
{
	(void)kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	(void)unlink(place);
}

/* What the client has to say, up to the chunk of length 0 or as much as comes in one piece. */
static void hear(int fd)
{
	char bytes[4096];
	(void)!read(fd, bytes, sizeof(bytes));
}

static void say(int fd, const char *bytes, size_t size)
{
	(void)!write(fd, bytes, size);
}

static void goes_on_for_ever(int fd)
{
	const char part[] = "stream: OK, and more, ";
	hear(fd);
	while (write(fd, part, sizeof(part) - 1) > 0) {
	}
}
static void says_nothing(int fd)
{
	hear(fd);
	(void)sleep(60);
}
/* A byte before each time-out of one wait: the whole call has its end. */
static void is_slow(int fd)
{
	hear(fd);
	while (write(fd, "s", 1) > 0)
		(void)usleep(100 * 1000);
}
static void takes_nothing(int fd)
{
	(void)fd;
	(void)sleep(60);
}
static void shuts_at_once(int fd)
{
	(void)fd;
}
/* Without having been given the file. */
static void is_hasty(int fd)
{
	say(fd, "stream: OK", sizeof("stream: OK"));
}
static void says_it_twice(int fd)
{
	hear(fd);
	say(fd, "stream: OK\0stream: OK", sizeof("stream: OK\0stream: OK"));
}
static void is_something_else(int fd)
{
	hear(fd);
	say(fd, "HTTP/1.1 200 OK\r\n\r\n", 19);
}

static void test_others(void **state)
{
	static const struct {
		const char *who;
		void (*talk)(int fd);
		size_t size;
	} row[] = {
		{ "an answer that never ends", goes_on_for_ever, 100 },
		{ "no answer", says_nothing, 100 },
		{ "an answer a byte at a time", is_slow, 100 },
		{ "one that does not read", takes_nothing, 8 << 20 },
		{ "one that shuts the door", shuts_at_once, 8 << 20 },
		{ "one that is sure before it has read", is_hasty, 8 << 20 },
		{ "two answers", says_it_twice, 100 },
		{ "a web server", is_something_else, 100 },
	};
	char *bytes = much(8 << 20);
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		char found[CLAMD_NAME_SIZE];
		struct clamd_version v;
		const pid_t pid = listen_with(row[i].talk);
		const struct clamd c = { place, 700 };
		const int64_t from_ms = clock_monotonic_ms();
		const enum clamd_verdict verdict = clamd_scan(&c, bytes, row[i].size, found);
		const int64_t took_ms = clock_monotonic_ms() - from_ms;
		end(pid);
		if (verdict != CLAMD_AWAY || *found)
			fail_msg("%s: %d", row[i].who, verdict);
		if (took_ms > 3000)
			fail_msg("%s: %lld ms", row[i].who, (long long)took_ms);
		const pid_t again = listen_with(row[i].talk);
		if (clamd_version(&c, &v))
			fail_msg("%s is taken for a scanner", row[i].who);
		end(again);
	}
	free(bytes);
}

static void test_nobody(void **state)
{
	char found[CLAMD_NAME_SIZE];
	struct clamd_version v;
	char path[300];
	const struct clamd none = { "/tmp/there/is/no/such/socket", 700 };
	const struct clamd file = { "/etc/passwd", 700 };
	const struct clamd endless = { path, 700 };
	(void)state;
	(void)memset(path, 'x', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	assert_false(clamd_version(&none, &v));
	assert_int_equal(clamd_scan(&none, "x", 1, found), CLAMD_AWAY);
	assert_int_equal(clamd_scan(&file, "x", 1, found), CLAMD_AWAY);
	assert_int_equal(clamd_scan(&endless, "x", 1, found), CLAMD_AWAY);
}

/* Killed while it is being sent something: the last test, as nobody answers afterwards. */
static void test_killed(void **state)
{
	const struct clamd c = real();
	const char *pid = getenv("KONKURS_CLAMD_PID");
	const size_t size = 1 << 20;
	char *bytes = much(size);
	char found[CLAMD_NAME_SIZE];
	int status = 0;
	(void)state;
	assert_non_null(pid);
	const pid_t clamd = (pid_t)strtol(pid ? pid : "0", NULL, 10);
	assert_int_equal(kill(clamd, SIGSTOP), 0);
	const pid_t killer = fork();
	assert_true(killer >= 0);
	if (killer == 0) {
		(void)usleep(500 * 1000);
		_exit(kill(clamd, SIGKILL) == 0 ? 0 : 1);
	}
	const int64_t from_ms = clock_monotonic_ms();
	assert_int_equal(clamd_scan(&c, bytes, size, found), CLAMD_AWAY);
	assert_true(clock_monotonic_ms() - from_ms < 30000);
	assert_int_equal(waitpid(killer, &status, 0), killer);
	assert_int_equal(status, 0);
	assert_int_equal(clamd_scan(&c, bytes, size, found), CLAMD_AWAY);
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_verdicts), cmocka_unit_test(test_versions),
		cmocka_unit_test(test_clean),    cmocka_unit_test(test_infected),
		cmocka_unit_test(test_large),    cmocka_unit_test(test_too_large),
		cmocka_unit_test(test_others),   cmocka_unit_test(test_nobody),
		cmocka_unit_test(test_killed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
