#include "base/confine.h"

#include "base/io.h"
#include "base/sanitized.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char *program = "/proc/self/exe";

void confine_program(const char *path)
{
	program = path;
}

int64_t confine_now_ms(void)
{
	struct timespec t = { 0 };
	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ---- who asks ------------------------------------------------------------------------------- */

/* The signals of a server are not for its child. */
static bool set_signals(posix_spawnattr_t *attributes)
{
	sigset_t none, usual;
	(void)sigemptyset(&none);
	(void)sigemptyset(&usual);
	(void)sigaddset(&usual, SIGPIPE);
	(void)sigaddset(&usual, SIGTERM);
	(void)sigaddset(&usual, SIGINT);
	return posix_spawnattr_setsigmask(attributes, &none) == 0 &&
	       posix_spawnattr_setsigdefault(attributes, &usual) == 0 &&
	       posix_spawnattr_setflags(attributes,
					POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF) == 0;
}

static bool spawn(pid_t *pid, char *const argv[], int file, int to)
{
	char letters[] = "LANG=C.UTF-8";
	char *environment[] = { letters, NULL }; /* nothing of ours */
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	if (posix_spawn_file_actions_init(&actions) != 0)
		return false;
	bool ok = posix_spawn_file_actions_adddup2(&actions, file, 0) == 0 &&
		  posix_spawn_file_actions_adddup2(&actions, to, 1) == 0 &&
		  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", 1, 0) == 0 &&
		  posix_spawn_file_actions_addclosefrom_np(&actions, 3) == 0 &&
		  posix_spawnattr_init(&attributes) == 0;
	if (ok) {
		ok = set_signals(&attributes) &&
		     posix_spawn(pid, program, &actions, &attributes, argv, environment) == 0;
		(void)posix_spawnattr_destroy(&attributes);
	}
	(void)posix_spawn_file_actions_destroy(&actions);
	return ok;
}

/* The file goes to it as a whole, so that nobody has to write while reading. */
bool confine_start(struct confine_child *c, char *const argv[], const void *bytes, size_t size,
		   int64_t most_ms, struct err *e)
{
	int ends[2] = { -1, -1 };
	pid_t pid = 0;
	int file = memfd_create("file", MFD_CLOEXEC);
	bool ok = file >= 0 && io_write(file, bytes, size) && lseek(file, 0, SEEK_SET) == 0 &&
		  pipe2(ends, O_CLOEXEC) == 0 && spawn(&pid, argv, file, ends[1]);
	if (file >= 0)
		(void)close(file);
	if (ends[1] >= 0)
		(void)close(ends[1]);
	if (ok)
		*c = (struct confine_child){ pid, ends[0], confine_now_ms() + most_ms, false,
					     false };
	else if (ends[0] >= 0)
		(void)close(ends[0]);
	return ok || err_set(e, ERR_SYSTEM, "error.system", "no process to read a file");
}

bool confine_take(struct confine_child *c, void *to, size_t size)
{
	char *at = to;
	while (size > 0) {
		struct pollfd wait = { .fd = c->from, .events = POLLIN };
		int64_t left = c->until_ms - confine_now_ms();
		c->late = left <= 0;
		if (c->late)
			return false;
		int ready = poll(&wait, 1, (int)left);
		if (ready < 0 && errno != EINTR)
			return false;
		if (ready <= 0)
			continue;
		ssize_t n = read(c->from, at, size);
		if (n < 0 && errno == EINTR)
			continue;
		c->ended = n == 0;
		if (n <= 0)
			return false;
		at += n;
		size -= (size_t)n;
	}
	return true;
}

enum confine_end confine_finish(struct confine_child *c)
{
	int status = 0;
	/* one that has said everything may sleep for ever; one that is dying is not changed by it
	 */
	(void)kill(c->pid, SIGKILL);
	(void)close(c->from);
	while (waitpid(c->pid, &status, 0) < 0 && errno == EINTR) {
	}
	const int by = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	if (c->late || (by == SIGKILL && c->ended) || by == SIGXCPU || by == SIGABRT ||
	    by == SIGTRAP)
		return CONFINE_TOO_MUCH; /* libraries abort when there is no more memory */
	return CONFINE_BROKEN;
}

/* ---- the process itself ---------------------------------------------------------------------- */

static bool limit(int what, rlim_t most)
{
	const struct rlimit r = { most, most };
	return setrlimit((__rlimit_resource_t)what, &r) == 0;
}

/* Files cannot grow, so that no library writes a cache either: no signal for that. */
bool confine_limit(const struct confine_limits *limits)
{
	(void)signal(SIGXFSZ, SIG_IGN);
	bool ok = prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 &&
		  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_DUMPABLE, 0) == 0 &&
		  limit(RLIMIT_CPU, (rlim_t)limits->seconds) && limit(RLIMIT_FSIZE, 0) &&
		  limit(RLIMIT_CORE, 0) && limit(RLIMIT_NOFILE, (rlim_t)limits->descriptors);
#ifndef SANITIZED /* it reserves more than any machine has */
	ok = ok && limit(RLIMIT_AS, limits->memory);
#endif
	return ok;
}

bool confine_input(size_t most, const void **ret, size_t *ret_size)
{
	struct stat is = { 0 };
	if (fstat(0, &is) != 0 || !S_ISREG(is.st_mode) || is.st_size < 0 ||
	    (uint64_t)is.st_size > most)
		return false;
	const size_t size = (size_t)is.st_size;
	void *bytes = size ? mmap(NULL, size, PROT_READ, MAP_PRIVATE, 0, 0) : NULL;
	if (bytes == MAP_FAILED)
		return false;
	*ret = bytes;
	*ret_size = size;
	return true;
}

void confine_say(const void *bytes, size_t size)
{
	const char *at = bytes;
	while (size > 0) {
		ssize_t n = write(1, at, size);
		if (n <= 0)
			_exit(1);
		at += n;
		size -= (size_t)n;
	}
}
