/* video_parts.c - Janus and the browsers as processes of their own (video.h). */
#include "bench/video.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	ORDER_MOST_MS = 120 * 1000,
	STOP_STEPS = 500,
	END_STEP_MS = 10,
	MEDIA_PORTS = 400,
	PORT_SIZE = 8
};

void video_sleep(double seconds)
{
	const struct timespec length = { (time_t)seconds,
					 (long)((seconds - (double)(time_t)seconds) * 1e9) };
	(void)nanosleep(&length, NULL);
}

/* A port of 127.0.0.1 that nobody listens on. */
static int free_port(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t size = sizeof(at);
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int port = 0;
	if (fd >= 0 && bind(fd, (struct sockaddr *)&at, size) == 0 &&
	    getsockname(fd, (struct sockaddr *)&at, &size) == 0)
		port = ntohs(at.sin_port);
	if (fd >= 0)
		(void)close(fd);
	return port;
}

/* ---- children ------------------------------------------------------------------------------- */

/* Runs a program that ends with us; `in`, `out`: its stdin and stdout, -1: none and the log. */
static pid_t run(char *const argv[], int in, int out, const char *log)
{
	(void)fflush(NULL);
	const pid_t pid = fork();
	if (pid != 0)
		return pid;
	(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
	const int text = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
	const int none = open("/dev/null", O_RDONLY);
	(void)dup2(in >= 0 ? in : none, STDIN_FILENO);
	(void)dup2(out >= 0 ? out : text, STDOUT_FILENO);
	(void)dup2(text, STDERR_FILENO);
	(void)execvp(argv[0], argv);
	_exit(127);
}

static void end(pid_t *pid)
{
	bool over = *pid == 0;
	for (int i = 0; !over && i < STOP_STEPS; i++) {
		over = waitpid(*pid, NULL, WNOHANG) == *pid;
		if (!over && i == 0)
			(void)kill(*pid, SIGTERM);
		if (!over)
			video_sleep(END_STEP_MS / 1000.0);
	}
	if (!over) {
		(void)kill(*pid, SIGKILL);
		(void)waitpid(*pid, NULL, 0);
	}
	*pid = 0;
}

static bool start_janus(const char *dir, char *port, struct parts *p, struct err *e)
{
	char config[PROCESS_PATH];
	char log[PROCESS_PATH];
	char media[32];
	const int first = 40000 + (int)(getpid() % 40) * MEDIA_PORTS;
	(void)snprintf(config, sizeof(config), "%.400s/janus", dir);
	(void)snprintf(log, sizeof(log), "%.400s/janus.log", dir);
	(void)snprintf(media, sizeof(media), "%d-%d", first, first + MEDIA_PORTS - 1);
	pid_t maker = run((char *const[]){ "sh", "script/janus", config, "--http-port", port,
					   "--media", media, NULL },
			  -1, -1, log);
	int status = 0;
	if (maker < 0 || waitpid(maker, &status, 0) != maker || status != 0)
		return err_set(e, ERR_SYSTEM, "error.system", "script/janus failed: see %s", log);
	p->janus = run((char *const[]){ "sh", "script/janus", "--run", config, NULL }, -1, -1, log);
	video_sleep(2);
	return p->janus > 0 || err_set(e, ERR_SYSTEM, "error.system", "no process for Janus");
}

static bool start_browsers(const char *dir, const char *port, struct parts *p, struct err *e)
{
	int to[2] = { -1, -1 };
	int from[2] = { -1, -1 };
	char log[PROCESS_PATH];
	if (pipe2(to, O_CLOEXEC) != 0 || pipe2(from, O_CLOEXEC) != 0)
		return err_set(e, ERR_SYSTEM, "error.system", "no pipe: %s", strerror(errno));
	(void)snprintf(p->url, sizeof(p->url), "http://127.0.0.1:%s/janus", port);
	(void)snprintf(p->secrets, sizeof(p->secrets), "%.400s/janus/secrets", dir);
	(void)snprintf(log, sizeof(log), "%.400s/browsers.log", dir);
	p->browsers = run((char *const[]){ "node", "bench/video.mjs", "--janus", p->url,
					   "--secrets", p->secrets, "--records", p->records, NULL },
			  to[0], from[1], log);
	(void)close(to[0]);
	(void)close(from[1]);
	p->orders = fdopen(to[1], "w");
	p->answers = fdopen(from[0], "r");
	return (p->browsers > 0 && p->orders && p->answers) ||
	       err_set(e, ERR_SYSTEM, "error.system", "no process for the browsers");
}

/* The next line that the browsers' program says. */
static bool hear(struct parts *p, json_t **ret, struct err *e)
{
	char *line = NULL;
	size_t room = 0;
	struct pollfd ready = { .fd = fileno(p->answers), .events = POLLIN };
	if (poll(&ready, 1, ORDER_MOST_MS) != 1)
		return err_set(e, ERR_SYSTEM, "error.system", "the browsers do not answer");
	json_t *said = getline(&line, &room, p->answers) > 0 ? json_loads(line, 0, NULL) : NULL;
	free(line);
	if (json_is_true(json_object_get(said, "ok"))) {
		*ret = said;
		return true;
	}
	const char *why = json_string_value(json_object_get(said, "why"));
	(void)err_set(e, ERR_SYSTEM, "error.system", "browsers: %.100s", why ? why : "ended");
	json_decref(said);
	return false;
}

bool parts_send(struct parts *p, const json_t *order, json_t **ret, struct err *e)
{
	(void)json_dumpf(order, p->orders, JSON_COMPACT);
	(void)fputc('\n', p->orders);
	(void)fflush(p->orders);
	return hear(p, ret, e);
}

bool parts_order(struct parts *p, const char *name, int count, json_t **ret, struct err *e)
{
	json_t *order = json_pack("{s:s,s:i}", "do", name, "count", count);
	const bool ok = parts_send(p, order, ret, e);
	json_decref(order);
	return ok;
}

bool parts_recorder(struct parts *p, const char *program, const char *dir, int segment_s,
		    struct err *e)
{
	char db[PROCESS_PATH];
	char segment[PORT_SIZE];
	(void)snprintf(db, sizeof(db), "%.400s/video.db", dir);
	(void)snprintf(segment, sizeof(segment), "%d", segment_s);
	(void)snprintf(p->log, sizeof(p->log), "%.400s/recorder.log", dir);
	char path[PROCESS_PATH];
	(void)snprintf(path, sizeof(path), "%s", program);
	p->recorder = run((char *const[]){ path, "video", "--db", db, "--janus", p->url,
					   "--janus-secrets", p->secrets, "--records", p->records,
					   "--segment", segment, NULL },
			  -1, -1, p->log);
	return p->recorder > 0 ||
	       err_set(e, ERR_SYSTEM, "error.system", "no process for konkurs video");
}

bool parts_start(const char *dir, struct parts *ret, struct err *e)
{
	char port[PORT_SIZE];
	json_t *ready = NULL;
	struct parts *p = ret;
	(void)snprintf(port, sizeof(port), "%d", free_port());
	(void)snprintf(p->records, sizeof(p->records), "%.400s/records", dir);
	(void)signal(SIGPIPE, SIG_IGN);
	if (mkdir(p->records, 0700) != 0 && errno != EEXIST)
		return err_set(e, ERR_SYSTEM, "error.system", "%s: not made", p->records);
	const bool ok = start_janus(dir, port, p, e) && start_browsers(dir, port, p, e) &&
			hear(p, &ready, e);
	json_decref(ready);
	if (!ok)
		parts_stop(p);
	return ok;
}

void parts_stop(struct parts *p)
{
	if (p->orders)
		(void)fclose(p->orders); /* they end by themselves */
	p->orders = NULL;
	for (int i = 0; p->browsers > 0 && i < STOP_STEPS; i++) {
		if (waitpid(p->browsers, NULL, WNOHANG) == p->browsers)
			p->browsers = 0;
		else
			video_sleep(END_STEP_MS / 1000.0);
	}
	if (p->answers)
		(void)fclose(p->answers);
	p->answers = NULL;
	end(&p->browsers);
	end(&p->recorder);
	end(&p->janus);
}

/* ---- files ---------------------------------------------------------------------------------- */

int64_t parts_bytes(const struct parts *p, bool empty)
{
	int64_t sum = 0;
	DIR *dir = opendir(p->records);
	struct dirent *entry = NULL;
	while (dir && (entry = readdir(dir))) {
		struct stat file;
		if (fstatat(dirfd(dir), entry->d_name, &file, 0) != 0 || !S_ISREG(file.st_mode))
			continue;
		sum += file.st_size;
		if (empty)
			(void)unlinkat(dirfd(dir), entry->d_name, 0);
	}
	if (dir)
		(void)closedir(dir);
	return sum;
}
