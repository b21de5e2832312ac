#include "janus_made.h"

#include "base/clock.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* A child that does not outlive the test, however that ends. */
static pid_t start(char *const words[], const char *log)
{
	const pid_t pid = fork();
	if (pid != 0) {
		assert_true(pid > 0);
		return pid;
	}
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	const int to = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (to < 0 || dup2(to, STDOUT_FILENO) < 0 || dup2(to, STDERR_FILENO) < 0)
		_exit(126);
	/* a sanitizer is this program's, not Janus' */
	(void)unsetenv("LD_PRELOAD");
	(void)execvp(words[0], words);
	_exit(127);
}

static void read_lines(const char *path, char *first, char *second)
{
	FILE *f = fopen(path, "r");
	assert_non_null(f);
	assert_non_null(fgets(first, 64, f));
	first[strcspn(first, "\n")] = '\0';
	if (second) {
		assert_non_null(fgets(second, 64, f));
		second[strcspn(second, "\n")] = '\0';
	}
	assert_int_equal(fclose(f), 0);
}

void janus_made_new(const char *script, struct janus_made *ret)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	int status = -1;
	*ret = (struct janus_made){ 0 };
	(void)snprintf(ret->folder, sizeof(ret->folder), "/tmp/konkurs-janus-XXXXXX");
	assert_non_null(mkdtemp(ret->folder));
	char *const words[] = { (char[]){ "sh" },          arena_copy(a, script), ret->folder,
				(char[]){ "--http-port" }, (char[]){ "free" },    NULL };
	const pid_t pid = start(words, arena_print(a, "%s/made.log", ret->folder));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	read_lines(arena_print(a, "%s/url", ret->folder), ret->url, NULL);
	read_lines(arena_print(a, "%s/secrets", ret->folder), ret->secret, ret->admin_key);
}

/* A session, and not only a connection: Janus listens a moment before it answers. */
static bool takes_calls(const struct janus_made *m)
{
	const struct janus_server server = janus_made_server(m);
	struct janus *j = NULL;
	struct err e = { 0 };
	const bool there = janus_open(&server, &j, &e);
	janus_close(j);
	return there;
}

void janus_made_run(const char *script, struct janus_made *m)
{
	enum { START_MS = 20 * 1000 };
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	char *const words[] = { (char[]){ "sh" }, arena_copy(a, script), (char[]){ "--run" },
				m->folder, NULL };
	const int64_t end = clock_monotonic_ms() + START_MS;
	m->pid = start(words, arena_print(a, "%s/janus.log", m->folder));
	while (!takes_calls(m)) {
		assert_int_equal(waitpid(m->pid, NULL, WNOHANG), 0);
		assert_true(clock_monotonic_ms() < end);
		(void)usleep(20 * 1000);
	}
}

void janus_made_kill(struct janus_made *m, int how)
{
	if (m->pid <= 0)
		return;
	assert_int_equal(kill(m->pid, how), 0);
	assert_int_equal(waitpid(m->pid, NULL, 0), m->pid);
	m->pid = 0;
}

void janus_made_end(struct janus_made *m)
{
	int status = -1;
	char *const words[] = { (char[]){ "rm" }, (char[]){ "-r" }, m->folder, NULL };
	janus_made_kill(m, SIGKILL);
	const pid_t pid = start(words, "/dev/null");
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

struct janus_server janus_made_server(const struct janus_made *m)
{
	return (struct janus_server){ m->url, m->secret, m->admin_key };
}
