#include "video/child.h"

#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PATH_MOST = 4096, SECONDS_MOST = 120, BEHIND = 10 };
#define MEMORY_MOST ((rlim_t)2 << 30)
#define FILE_MOST   ((rlim_t)1 << 30)

static bool failed(struct err *e, const char *what, const char *why)
{
	return err_set(e, ERR_SYSTEM, "video.error.programs", "%s: %s", what, why);
}

/* The first of PATH that may be run. */
static bool find(const char *name, char ret[PATH_MOST], struct err *e)
{
	const char *path = getenv("PATH");
	for (const char *at = path ? path : "/usr/bin:/bin"; *at;) {
		const int length = (int)strcspn(at, ":");
		const int size = snprintf(ret, PATH_MOST, "%.*s/%s", length, at, name);
		if (*at == '/' && size < PATH_MOST && access(ret, X_OK) == 0)
			return true;
		at += length + (at[length] == ':');
	}
	return failed(e, name, "there is no such program");
}

/* ---- in the child: calls that are safe after a fork, and nothing else ---------------------- */

static bool limit(int what, rlim_t most)
{
	const struct rlimit r = { most, most };
	return setrlimit((__rlimit_resource_t)what, &r) == 0;
}

static bool limit_all(void)
{
	return prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 &&
	       prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && limit(RLIMIT_CPU, SECONDS_MOST) &&
	       limit(RLIMIT_FSIZE, FILE_MOST) && limit(RLIMIT_CORE, 0) &&
	       limit(RLIMIT_AS, MEMORY_MOST);
}

static bool set_descriptors(int to)
{
	const int none = open("/dev/null", O_RDWR | O_CLOEXEC);
	return none >= 0 && dup2(none, 0) == 0 && dup2(none, 2) == 2 && dup2(to, 1) == 1 &&
	       close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) == 0;
}

static bool set_signals(void)
{
	sigset_t none;
	(void)sigemptyset(&none);
	return sigprocmask(SIG_SETMASK, &none, NULL) == 0 && signal(SIGPIPE, SIG_DFL) != SIG_ERR &&
	       signal(SIGTERM, SIG_DFL) != SIG_ERR && signal(SIGINT, SIG_DFL) != SIG_ERR;
}

_Noreturn static void become(const struct child_job *job, const char *program,
			     char *const environ_[], int to)
{
	(void)setpriority(PRIO_PROCESS, 0, BEHIND);
	if (chdir(job->folder) == 0 && set_descriptors(to) && set_signals() && limit_all()) {
		/* execve() changes nothing of what it is given */
		union {
			const char *const *given;
			char *const *wanted;
		} argv = { job->argv };
		(void)execve(program, argv.wanted, environ_);
	}
	_exit(127);
}

/* ---- who waits for it ---------------------------------------------------------------------- */

/* Until it says no more; false: its time is over.  What does not fit is read and forgotten. */
static bool listen_to(const struct child_job *job, int from, int64_t until_ms)
{
	char scrap[4096];
	size_t length = 0;
	for (;;) {
		struct pollfd wait = { .fd = from, .events = POLLIN };
		const int64_t left = until_ms - clock_monotonic_ms();
		const size_t room = job->say_most - 1 - length;
		if (left <= 0)
			return false;
		if (poll(&wait, 1, (int)left) <= 0)
			continue;
		const ssize_t got = room > 0 ? read(from, job->say + length, room)
					     : read(from, scrap, sizeof(scrap));
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return true;
		length += room > 0 ? (size_t)got : 0;
		job->say[length] = '\0';
	}
}

/* One that has closed its output may yet go on. */
static bool wait_for(pid_t pid, int64_t until_ms, int *ret_status)
{
	const struct timespec little = { 0, 5000000 };
	for (;;) {
		const pid_t got = waitpid(pid, ret_status, WNOHANG);
		if (got == pid)
			return true;
		if ((got < 0 && errno != EINTR) || clock_monotonic_ms() >= until_ms)
			return false;
		(void)nanosleep(&little, NULL);
	}
}

static bool finish(const struct child_job *job, pid_t pid, int from, bool *ret_good, struct err *e)
{
	const int64_t until_ms = clock_monotonic_ms() + job->most_ms;
	int status = 0;
	const bool ended = listen_to(job, from, until_ms) && wait_for(pid, until_ms, &status);
	if (!ended) {
		(void)kill(pid, SIGKILL);
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
		}
		return failed(e, job->argv[0], "it had not ended in its time");
	}
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
		return failed(e, job->argv[0], "it could not be started");
	*ret_good = WIFEXITED(status) && WEXITSTATUS(status) == 0;
	return true;
}

bool child_run(const struct child_job *job, bool *ret_good, struct err *e)
{
	char program[PATH_MOST], path[PATH_MOST], letters[] = "LANG=C.UTF-8";
	char *const environment[] = { letters, path, NULL };
	int ends[2] = { -1, -1 };
	const char *given = getenv("PATH");
	job->say[0] = '\0';
	(void)snprintf(path, sizeof(path), "PATH=%s", given ? given : "/usr/bin:/bin");
	if (!find(job->argv[0], program, e))
		return false;
	if (pipe2(ends, O_CLOEXEC) != 0)
		return failed(e, job->argv[0], "no pipe to be had");
	const pid_t pid = fork();
	if (pid == 0)
		become(job, program, environment, ends[1]);
	(void)close(ends[1]);
	const bool ok = pid > 0 ? finish(job, pid, ends[0], ret_good, e)
				: failed(e, job->argv[0], "no process to be had");
	(void)close(ends[0]);
	return ok;
}
