/* What the fences refuse, each tried in a process of its own. */
#include "base_test.h"

#include "base/fence.h"
#include "base/sanitized.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORKS = 0, REFUSED = 1, BROKEN = 2 };

static char folder[64];

static int refused(bool done)
{
	return done ? WORKS : errno == EACCES || errno == EPERM ? REFUSED : BROKEN;
}

static int try_open(const char *path, int flags)
{
	const int fd = open(path, flags | O_CLOEXEC, 0600);
	return refused(fd >= 0);
}

static const char *inside(const char *name)
{
	static char path[128];
	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

/* ---- what is tried ------------------------------------------------------------------------- */

static int read_passwords(void)
{
	return try_open("/etc/passwd", O_RDONLY);
}
static int read_given(void)
{
	return try_open("/usr/share", O_RDONLY | O_DIRECTORY);
}
static int write_given(void)
{
	return try_open(inside("new"), O_RDWR | O_CREAT | O_TRUNC);
}
static int write_read_only(void)
{
	return try_open("/usr/share/x", O_WRONLY | O_CREAT);
}
static int write_elsewhere(void)
{
	return try_open("/tmp/konkurs-fence", O_WRONLY | O_CREAT);
}
static int leave_by_dots(void)
{
	char path[160];
	(void)snprintf(path, sizeof(path), "%s/../../etc/passwd", folder);
	return try_open(path, O_RDONLY);
}
static int leave_by_link(void)
{
	return try_open(inside("link"), O_RDONLY);
}
static int make_link(void)
{
	return refused(symlink("/etc/passwd", inside("link2")) == 0);
}
static int make_folder(void)
{
	return refused(mkdir(inside("sub"), 0700) == 0);
}
static int remove_given(void)
{
	return refused(unlink(inside("old")) == 0);
}
static int rename_given(void)
{
	char to[160];
	(void)snprintf(to, sizeof(to), "%s/renamed", folder);
	return refused(rename(inside("old"), to) == 0);
}
static int run_another(void)
{
	char name[] = "/bin/true";
	char *const words[] = { name, NULL };
	(void)execv(name, words);
	return refused(false);
}
static int run_ours(void)
{
	char name[] = "fence_test";
	char word[] = "--there";
	char *const words[] = { name, word, NULL };
	(void)execv("/proc/self/exe", words);
	return refused(false);
}
static int connect_to(uint16_t port)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(port) };
	const int fd = socket(AF_INET, SOCK_STREAM, 0);
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0)
		return refused(false);
	/* nobody listens there: a connection that may be tried is refused otherwise */
	return refused(connect(fd, (const struct sockaddr *)&to, sizeof(to)) == 0 ||
		       errno == ECONNREFUSED);
}
static int connect_out(void)
{
	return connect_to(9);
}
static int connect_elsewhere(void)
{
	return connect_to(10);
}
/* Nobody listens there either. */
static int connect_here(void)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	(void)snprintf(to.sun_path, sizeof(to.sun_path), "%s/socket", folder);
	if (fd < 0)
		return refused(false);
	return refused(connect(fd, (const struct sockaddr *)&to, sizeof(to)) == 0 ||
		       errno == ENOENT);
}
static int connect_to_kernel(void)
{
	const int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, 0);
	const int outcome = refused(fd >= 0);
	if (fd >= 0)
		(void)close(fd);
	return outcome;
}
static int wait_for_others(void)
{
	return refused(listen(0, 1) == 0 || errno == ENOTSOCK);
}
static int open_port(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	const int fd = socket(AF_INET, SOCK_STREAM, 0);
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	at.sin_port = 0; /* any that is free: a given one may be another's just now */
	return refused(fd >= 0 && bind(fd, (const struct sockaddr *)&at, sizeof(at)) == 0);
}
static int signal_outside(void)
{
	return refused(kill(getppid(), 0) == 0);
}
static void *nothing(void *user)
{
	return user;
}
static int make_thread(void)
{
	pthread_t t;
	const int done = pthread_create(&t, NULL, nothing, NULL);
	return done == 0 ? pthread_join(t, NULL) : BROKEN;
}
static int look_into_another(void)
{
	return refused(ptrace(PTRACE_SEIZE, getppid(), 0, 0) == 0);
}
static int new_namespace(void)
{
	return refused(unshare(CLONE_NEWUSER) == 0);
}
static int cloned_namespace(void)
{
	return refused(syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0) >= 0);
}
static int load_module(void)
{
	return refused(syscall(SYS_init_module, NULL, 0, "") == 0);
}
static int run_memory(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS,
		       -1, 0);
	return refused(p != MAP_FAILED);
}
static int change_rights(void)
{
	return refused(setuid(12345) == 0);
}
static int leave_root(void)
{
	return refused(chroot(folder) == 0);
}
static int core(void)
{
	struct rlimit l = { 1, 1 };
	return getrlimit(RLIMIT_CORE, &l) == 0 && l.rlim_max == 0 && prctl(PR_GET_DUMPABLE) == 0
		       ? REFUSED
		       : WORKS;
}

/* ---- trying -------------------------------------------------------------------------------- */

enum fences { NONE, FILES, CALLS, LOCAL, PORT, NETWORK };

static const uint16_t open_port_of = 9; /* the one of connect_out() */

static int attempt(enum fences fences, int (*act)(void))
{
	const struct fence_path paths[] = {
		{ "/usr/share", FENCE_READ },
		{ "/usr/lib", FENCE_READ },
		{ "/lib", FENCE_READ },
		{ "/lib64/ld-linux-x86-64.so.2", FENCE_READ | FENCE_RUN },
		{ "/lib/ld-linux-aarch64.so.1", FENCE_READ | FENCE_RUN },
		{ "/etc/ld.so.cache", FENCE_READ },
		{ "/proc/self/exe", FENCE_READ | FENCE_RUN },
		{ folder, FENCE_READ | FENCE_WRITE | (fences == PORT ? FENCE_FOLDER : 0) },
		{ "/there/is/no/such/thing", FENCE_READ },
#ifdef SANITIZED /* it looks at its own memory when it starts */
		{ "/proc", FENCE_READ },
#endif
	};
	struct err e = { 0 };
	if (fences != NONE && !fence_memory(&e))
		return BROKEN;
	if (fences != NONE && fences != PORT && fences != NETWORK &&
	    !fence_files(paths, COUNT(paths), &e))
		return BROKEN;
	if ((fences == PORT || fences == NETWORK) &&
	    !fence_files_and_ports(paths, COUNT(paths), &open_port_of, 1, &e))
		return BROKEN;
	if (fences == CALLS && !fence_calls(true, FENCE_NOWHERE, &e))
		return BROKEN;
	if (fences == LOCAL && !fence_calls(false, FENCE_MACHINE, &e))
		return BROKEN;
	if (fences == NETWORK && !fence_calls(true, FENCE_NETWORK, &e))
		return BROKEN;
	return act();
}

/* WORKS, REFUSED, BROKEN, or minus the signal that has ended it. */
static int outcome(enum fences fences, int (*act)(void))
{
	int status = 0;
	(void)fflush(NULL);
	const pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(attempt(fences, act));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

static void put(const char *name)
{
	const int fd = open(inside(name), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	(void)close(fd);
}

static int setup(void **state)
{
	(void)state;
	(void)snprintf(folder, sizeof(folder), "/tmp/konkurs-fence-XXXXXX");
	return mkdtemp(folder) && symlink("/etc/passwd", inside("link")) == 0 ? 0 : 1;
}

static int teardown(void **state)
{
	static const char *const name[] = { "link", "link2", "new", "old", "renamed" };
	(void)state;
	for (size_t i = 0; i < COUNT(name); i++)
		(void)unlink(inside(name[i]));
	(void)rmdir(inside("sub"));
	return rmdir(folder);
}

static void fences(void **state)
{
	(void)state;
	enum { END = -SIGSYS };
	static const struct {
		const char *what;
		int (*act)(void);
		int none, files, calls; /* outcome with: nothing, Landlock, both */
	} row[] = {
		{ "a file of the machine", read_passwords, WORKS, REFUSED, REFUSED },
		{ "a folder that is given", read_given, WORKS, WORKS, WORKS },
		{ "a new file where it may", write_given, WORKS, WORKS, WORKS },
		{ "a new file where it may read", write_read_only, WORKS, REFUSED, REFUSED },
		{ "a new file elsewhere", write_elsewhere, WORKS, REFUSED, REFUSED },
		{ "dots", leave_by_dots, WORKS, REFUSED, REFUSED },
		{ "a link", leave_by_link, WORKS, REFUSED, REFUSED },
		{ "a new link", make_link, WORKS, REFUSED, END },
		{ "a new folder", make_folder, WORKS, REFUSED, REFUSED },
		{ "a new name", rename_given, WORKS, WORKS, WORKS },
		{ "removing", remove_given, WORKS, WORKS, WORKS },
		{ "another program", run_another, WORKS, REFUSED, REFUSED },
		{ "this program", run_ours, WORKS, WORKS, WORKS },
		{ "a connection", connect_out, WORKS, REFUSED, REFUSED },
		{ "a port", open_port, WORKS, REFUSED, REFUSED },
		{ "a signal to outside", signal_outside, WORKS, REFUSED, REFUSED },
		{ "a thread", make_thread, WORKS, WORKS, WORKS },
		{ "another process", look_into_another, WORKS, REFUSED, END },
		{ "a namespace", new_namespace, WORKS, WORKS, END },
		{ "a namespace of a child", cloned_namespace, WORKS, WORKS, END },
		{ "a module", load_module, BROKEN, BROKEN, END },
		{ "memory that runs", run_memory, WORKS, WORKS, END },
		{ "another account", change_rights, WORKS, WORKS, END },
		{ "another root", leave_root, WORKS, WORKS, END },
		{ "a core", core, WORKS, REFUSED, REFUSED },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		static const enum fences which[] = { NONE, FILES, CALLS };
		for (size_t f = 0; f < COUNT(which); f++) {
			const int expected[] = { row[i].none, row[i].files, row[i].calls };
			put("old");
			(void)unlink(inside("link2"));
			(void)rmdir(inside("sub"));
			const int found = outcome(which[f], row[i].act);
			/* without fences what another account may not is refused anyway */
			if (found != expected[f] && (f > 0 || geteuid() == 0))
				fail_msg("%s, fences %zu: %d instead of %d", row[i].what, f, found,
					 expected[f]);
		}
	}
	(void)unlink("/tmp/konkurs-fence");
	(void)unlink("/usr/share/x");
}

/* What asks a scanner of this machine may connect to it and, but for that, less than a server. */
static void the_local_one(void **state)
{
	static const struct {
		const char *what;
		int (*act)(void);
		int server, local;
	} row[] = {
		{ "a socket of this machine", connect_here, REFUSED, WORKS },
		{ "a connection", connect_out, REFUSED, REFUSED },
		{ "a port", open_port, REFUSED, REFUSED },
		{ "waiting for others", wait_for_others, WORKS, -SIGSYS },
		{ "this program", run_ours, WORKS, -SIGSYS },
		{ "another program", run_another, REFUSED, -SIGSYS },
		{ "a file of the machine", read_passwords, REFUSED, REFUSED },
		{ "a new file where it may", write_given, WORKS, WORKS },
		{ "memory that runs", run_memory, -SIGSYS, -SIGSYS },
		{ "another process", look_into_another, -SIGSYS, -SIGSYS },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		const int server = outcome(CALLS, row[i].act);
		const int local = outcome(LOCAL, row[i].act);
		if (server != row[i].server || local != row[i].local)
			fail_msg("%s: %d and %d", row[i].what, server, local);
	}
}

/* What keeps records: folders of rooms, and one port. */
static void the_one_with_a_port(void **state)
{
	static const struct {
		const char *what;
		int (*act)(void);
		int expected;
	} row[] = {
		{ "its port", connect_out, WORKS },
		{ "another port", connect_elsewhere, REFUSED },
		{ "a port of its own", open_port, REFUSED },
		{ "a new folder where it may", make_folder, WORKS },
		{ "a new file elsewhere", write_elsewhere, REFUSED },
		{ "a file of the machine", read_passwords, REFUSED },
		{ "another program", run_another, REFUSED },
		{ "a signal to outside", signal_outside, REFUSED },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		(void)rmdir(inside("sub"));
		const int found = outcome(PORT, row[i].act);
		if (found != row[i].expected)
			fail_msg("%s: %d instead of %d", row[i].what, found, row[i].expected);
	}
	(void)rmdir(inside("sub"));
}

/* A server whose database is elsewhere: its port, sockets of this machine, and nothing else that a
 * server may not. */
static void the_one_with_a_database_elsewhere(void **state)
{
	static const struct {
		const char *what;
		int (*act)(void);
		int expected;
	} row[] = {
		{ "its port", connect_out, WORKS },
		{ "another port", connect_elsewhere, REFUSED },
		{ "a socket of this machine", connect_here, WORKS },
		{ "a socket of another kind", connect_to_kernel, REFUSED },
		{ "a port of its own", open_port, -SIGSYS },
		{ "a file of the machine", read_passwords, REFUSED },
		{ "another program", run_another, REFUSED },
		{ "this program", run_ours, WORKS },
		{ "another account", change_rights, -SIGSYS },
		{ "memory that runs", run_memory, -SIGSYS },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		const int found = outcome(NETWORK, row[i].act);
		if (found != row[i].expected)
			fail_msg("%s: %d instead of %d", row[i].what, found, row[i].expected);
	}
}

/* All threads are inside: also one that was there before. */
static void *wait_for_it(void *user)
{
	(void)pthread_barrier_wait(user);
	(void)pthread_barrier_wait(user);
	return (void *)(intptr_t)run_memory();
}

static int threads(void)
{
	pthread_t t;
	pthread_barrier_t both;
	struct err e = { 0 };
	if (pthread_barrier_init(&both, NULL, 2) != 0 ||
	    pthread_create(&t, NULL, wait_for_it, &both) != 0)
		return BROKEN;
	(void)pthread_barrier_wait(&both);
	if (!fence_calls(true, FENCE_NOWHERE, &e))
		return BROKEN;
	(void)pthread_barrier_wait(&both);
	(void)pthread_join(t, NULL);
	return WORKS;
}

static void threads_that_are_there(void **state)
{
	(void)state;
	assert_int_equal(outcome(NONE, threads), -SIGSYS);
}

static void the_version(void **state)
{
	(void)state;
	assert_true(fence_version() >= 1);
}

/* ---- another machine ----------------------------------------------------------------------- */

/* What the libc of aarch64 calls where that of x86-64 makes a call that aarch64 does not have. */
static const struct twin {
	const char *name, *instead; /* NULL: it has no use for it */
} twins[] = {
	{ "access", "faccessat" },    { "arch_prctl", NULL },
	{ "dup2", "dup3" },           { "epoll_wait", "epoll_pwait" },
	{ "lstat", "newfstatat" },    { "mkdir", "mkdirat" },
	{ "open", "openat" },         { "poll", "ppoll" },
	{ "readlink", "readlinkat" }, { "rename", "renameat" },
	{ "stat", "newfstatat" },     { "unlink", "unlinkat" },
};

static bool is_allowed(const char *name)
{
	size_t count = 0;
	const int *list = fence_call_list(&count);
	const int number = seccomp_syscall_resolve_name(name);
	for (size_t i = 0; i < count; i++) {
		if (list[i] == number)
			return true;
	}
	return false;
}

static bool is_on_aarch64(const char *name)
{
	return seccomp_syscall_resolve_name_arch(SCMP_ARCH_AARCH64, name) >= 0;
}

static void has_twin(const char *name)
{
	for (size_t i = 0; i < COUNT(twins); i++) {
		if (strcmp(twins[i].name, name) != 0)
			continue;
		if (twins[i].instead &&
		    (!is_on_aarch64(twins[i].instead) || !is_allowed(twins[i].instead)))
			fail_msg("%s is not allowed instead of %s", twins[i].instead, name);
		return;
	}
	fail_msg("aarch64 has no %s: what does its libc call instead?", name);
}

/* Each call of the list is known to libseccomp there, or its twin is. */
static void aarch64(void **state)
{
	size_t count = 0;
	const int *list = fence_call_list(&count);
	(void)state;
	for (size_t i = 0; i < count; i++) {
		char *name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, list[i]);
		if (!name)
			fail_msg("call %d has no name", list[i]);
		if (!is_on_aarch64(name))
			has_twin(name);
		free(name);
	}
}

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "--there") == 0)
		return WORKS;
	const struct CMUnitTest tests[] = { cmocka_unit_test(fences),
					    cmocka_unit_test(the_local_one),
					    cmocka_unit_test(the_one_with_a_port),
					    cmocka_unit_test(the_one_with_a_database_elsewhere),
					    cmocka_unit_test(threads_that_are_there),
					    cmocka_unit_test(the_version),
					    cmocka_unit_test(aarch64) };
	return cmocka_run_group_tests(tests, setup, teardown);
}
