#include "bench/process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	POLL_MS = 10,
	START_MOST_MS = 20000,
	STOP_MOST_MS = 20000,
	TEXT_MOST = 8192,
	STAT_USER = 11, /* fields of /proc/PID/stat after the name, from 0 */
	STAT_SYSTEM = 12,
	STAT_USER_CHILDREN = 13,
	STAT_SYSTEM_CHILDREN = 14,
};

static void wait_ms(int ms)
{
	const struct timespec length = { ms / 1000, (long)(ms % 1000) * 1000000 };
	(void)nanosleep(&length, NULL);
}

/* The whole of a small file; false if it cannot be read. */
static bool read_text(const char *path, char ret[TEXT_MOST])
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	const ssize_t size = read(fd, ret, TEXT_MOST - 1);
	(void)close(fd);
	ret[size > 0 ? size : 0] = '\0';
	return size >= 0;
}

/* ---- life ----------------------------------------------------------------------------------- */

static void become_server(const char *program, const char *db, const char *key, const char *log)
{
	const int fd = open(log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd >= 0) {
		(void)dup2(fd, STDERR_FILENO);
		(void)dup2(fd, STDOUT_FILENO);
	}
	(void)execl(program, program, "serve", "--db", db, "--listen", "127.0.0.1:0",
		    key ? "--key" : (char *)NULL, key, (char *)NULL);
	_exit(127);
}

/* The server names its port in its log when it listens. */
static bool read_port(const char *log, uint16_t *ret)
{
	char text[TEXT_MOST];
	const char *at = read_text(log, text) ? strstr(text, " port ") : NULL;
	if (!at || !strchr(at, '\n'))
		return false;
	*ret = (uint16_t)strtoul(at + strlen(" port "), NULL, 10);
	return *ret != 0;
}

/* Whether it has ended within `most_ms`; `used` is then what it has taken. */
static bool wait_end(pid_t pid, int most_ms, struct rusage *used)
{
	for (int waited = 0; waited < most_ms; waited += POLL_MS) {
		if (wait4(pid, NULL, WNOHANG, used) == pid)
			return true;
		wait_ms(POLL_MS);
	}
	return false;
}

static int64_t ms_of(struct timeval t)
{
	return (int64_t)t.tv_sec * 1000 + t.tv_usec / 1000;
}

void process_stop(struct process *p, int64_t *more_ms)
{
	struct rusage used = { 0 };
	if (p->pid == 0)
		return;
	(void)kill(p->pid, SIGTERM);
	if (!wait_end(p->pid, STOP_MOST_MS, &used)) {
		(void)kill(p->pid, SIGKILL);
		(void)wait4(p->pid, NULL, 0, &used);
	}
	p->pid = 0;
	if (more_ms)
		*more_ms += ms_of(used.ru_utime) + ms_of(used.ru_stime);
}

bool process_start(const char *program, const char *db, const char *key, const char *log,
		   struct process *ret, struct err *e)
{
	struct process p = { 0 };
	(void)unlink(log);
	(void)fflush(NULL);
	p.pid = fork();
	if (p.pid < 0)
		return err_set(e, ERR_SYSTEM, "error.system", "no process: %s", strerror(errno));
	if (p.pid == 0)
		become_server(program, db, key, log);
	for (int waited = 0; waited < START_MOST_MS; waited += POLL_MS) {
		if (read_port(log, &p.port)) {
			*ret = p;
			return true;
		}
		if (waitpid(p.pid, NULL, WNOHANG) == p.pid)
			return err_set(e, ERR_SYSTEM, "error.system", "the server ended: see %s",
				       log);
		wait_ms(POLL_MS);
	}
	process_stop(&p, NULL);
	return err_set(e, ERR_SYSTEM, "error.system", "the server does not listen: see %s", log);
}

/* ---- figures -------------------------------------------------------------------------------- */

static int64_t field_kib(const char *status, const char *name)
{
	const char *at = strstr(status, name);
	return at ? strtoll(at + strlen(name), NULL, 10) : 0;
}

static int64_t ticks_ms(int64_t count)
{
	const long ticks = sysconf(_SC_CLK_TCK);
	return count * 1000 / (ticks > 0 ? ticks : 1);
}

static int64_t field_ticks(const char *stat, int field)
{
	const char *at = strrchr(stat, ')');
	for (int i = 0; at && i <= field; i++)
		at = strchr(at + 1, ' ');
	return at ? strtoll(at + 1, NULL, 10) : 0;
}

bool process_measure(const struct process *p, struct process_figures *ret, struct err *e)
{
	char path[64];
	char text[TEXT_MOST];
	(void)snprintf(path, sizeof(path), "/proc/%d/status", (int)p->pid);
	if (!read_text(path, text))
		return err_set(e, ERR_SYSTEM, "error.system", "the server has ended");
	struct process_figures f = { .resident_kib = field_kib(text, "\nVmRSS:"),
				     .peak_kib = field_kib(text, "\nVmHWM:") };
	(void)snprintf(path, sizeof(path), "/proc/%d/stat", (int)p->pid);
	if (!read_text(path, text))
		return err_set(e, ERR_SYSTEM, "error.system", "the server has ended");
	/* the state, which comes first, is field 0 */
	f.processor_ms = ticks_ms(field_ticks(text, STAT_USER) + field_ticks(text, STAT_SYSTEM));
	f.children_ms = ticks_ms(field_ticks(text, STAT_USER_CHILDREN) +
				 field_ticks(text, STAT_SYSTEM_CHILDREN));
	*ret = f;
	return true;
}
