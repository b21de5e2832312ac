/* fence_calls.c - the system calls of a server, and of the processes it starts for hostile files.
 *
 * What strace has seen over the tests of test/packaging, and what the same libraries call in the
 * same places on other machines: a call that aarch64 does not have stands beside the one that its
 * libc takes instead (test/base/fence_test.c knows the pairs). */
#include "base/fence.h"

#include "base/sanitized.h"

#include <errno.h>
#include <sched.h>
#include <seccomp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#define NAMESPACES                                                                                 \
	((scmp_datum_t)(CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC |              \
			CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET))

static const int calls[] = {
	/* memory and threads */
	SCMP_SYS(brk),
	SCMP_SYS(exit),
	SCMP_SYS(exit_group),
	SCMP_SYS(futex),
	SCMP_SYS(get_robust_list),
	SCMP_SYS(getrandom),
	SCMP_SYS(getcpu),
	SCMP_SYS(getrlimit),
	SCMP_SYS(getrusage),
	SCMP_SYS(madvise),
	SCMP_SYS(membarrier),
	SCMP_SYS(mincore),
	SCMP_SYS(mlock),
	SCMP_SYS(mremap),
	SCMP_SYS(munlock),
	SCMP_SYS(munmap),
	SCMP_SYS(prlimit64),
	SCMP_SYS(rseq),
	SCMP_SYS(sched_getaffinity),
	SCMP_SYS(sched_getattr),
	SCMP_SYS(sched_getparam),
	SCMP_SYS(sched_getscheduler),
	SCMP_SYS(sched_yield),
	SCMP_SYS(set_robust_list),
	SCMP_SYS(set_tid_address),
	SCMP_SYS(setrlimit),
	SCMP_SYS(sysinfo),
	SCMP_SYS(uname),
	/* time */
	SCMP_SYS(clock_getres),
	SCMP_SYS(clock_gettime),
	SCMP_SYS(clock_nanosleep),
	SCMP_SYS(gettimeofday),
	SCMP_SYS(nanosleep),
	/* signals */
	SCMP_SYS(getpid),
	SCMP_SYS(getppid),
	SCMP_SYS(gettid),
	SCMP_SYS(kill),
	SCMP_SYS(restart_syscall),
	SCMP_SYS(rt_sigaction),
	SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigreturn),
	SCMP_SYS(sigaltstack),
	SCMP_SYS(tgkill),
	SCMP_SYS(wait4),
	/* who we are */
	SCMP_SYS(getegid),
	SCMP_SYS(geteuid),
	SCMP_SYS(getgid),
	SCMP_SYS(getresgid),
	SCMP_SYS(getresuid),
	SCMP_SYS(getuid),
	/* files: which ones, Landlock says */
	SCMP_SYS(access),
	SCMP_SYS(close),
	SCMP_SYS(close_range),
	SCMP_SYS(dup),
	SCMP_SYS(dup2),
	SCMP_SYS(dup3),
	SCMP_SYS(faccessat),
	SCMP_SYS(faccessat2),
	SCMP_SYS(fadvise64),
	SCMP_SYS(fallocate),
	SCMP_SYS(fchmod),
	SCMP_SYS(fchown),
	SCMP_SYS(fcntl),
	SCMP_SYS(fdatasync),
	SCMP_SYS(fstat),
	SCMP_SYS(fstatfs),
	SCMP_SYS(fsync),
	SCMP_SYS(ftruncate),
	SCMP_SYS(getcwd),
	SCMP_SYS(getdents64),
	SCMP_SYS(lseek),
	SCMP_SYS(lstat),
	SCMP_SYS(memfd_create),
	SCMP_SYS(mkdir),
	SCMP_SYS(mkdirat),
	SCMP_SYS(newfstatat),
	SCMP_SYS(open),
	SCMP_SYS(openat),
	SCMP_SYS(pread64),
	SCMP_SYS(pwrite64),
	SCMP_SYS(read),
	SCMP_SYS(readlink),
	SCMP_SYS(readlinkat),
	SCMP_SYS(readv),
	SCMP_SYS(rename),
	SCMP_SYS(renameat),
	SCMP_SYS(renameat2),
	SCMP_SYS(stat),
	SCMP_SYS(statfs),
	SCMP_SYS(statx),
	SCMP_SYS(umask),
	SCMP_SYS(unlink),
	SCMP_SYS(unlinkat),
	SCMP_SYS(write),
	SCMP_SYS(writev),
	/* connections that have come, and the loop */
	SCMP_SYS(accept4),
	SCMP_SYS(epoll_create1),
	SCMP_SYS(epoll_ctl),
	SCMP_SYS(epoll_pwait),
	SCMP_SYS(epoll_pwait2),
	SCMP_SYS(epoll_wait),
	SCMP_SYS(eventfd2),
	SCMP_SYS(getpeername),
	SCMP_SYS(getsockname),
	SCMP_SYS(getsockopt),
	SCMP_SYS(listen),
	SCMP_SYS(pipe2),
	SCMP_SYS(poll),
	SCMP_SYS(ppoll),
	SCMP_SYS(recvfrom),
	SCMP_SYS(recvmsg),
	SCMP_SYS(sendmsg),
	SCMP_SYS(sendto),
	SCMP_SYS(setsockopt),
	SCMP_SYS(shutdown),
	/* processes for hostile files: this program alone, Landlock says; their own fences */
	SCMP_SYS(arch_prctl),
	SCMP_SYS(execve),
	SCMP_SYS(landlock_create_ruleset),
	SCMP_SYS(seccomp),
#ifdef SANITIZED
	SCMP_SYS(ptrace),
	SCMP_SYS(process_vm_readv),
	SCMP_SYS(tkill),
	SCMP_SYS(personality),
	SCMP_SYS(prctl),
	SCMP_SYS(ioctl),
	SCMP_SYS(fork),
#endif
};

/* What a process that serves nobody has no use for. */
static const int of_servers[] = { SCMP_SYS(accept4), SCMP_SYS(listen), SCMP_SYS(execve) };

/* Sockets of these families, the last of which has the highest number; of others none. */
static bool add_families(scmp_filter_ctx filter, const int *families, size_t count)
{
	const uint32_t no = SCMP_ACT_ERRNO(EPERM);
	bool ok = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(connect), 0) == 0;
	for (int family = 0, at = 0; ok && family <= families[count - 1]; family++) {
		const bool given = family == families[at];
		ok = seccomp_rule_add(filter, given ? SCMP_ACT_ALLOW : no, SCMP_SYS(socket), 1,
				      SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)family)) == 0;
		at += given;
	}
	return ok && seccomp_rule_add(filter, no, SCMP_SYS(socket), 1,
				      SCMP_A0(SCMP_CMP_GT, (scmp_datum_t)families[count - 1])) == 0;
}

/* To be connected: not at all, to sockets of this machine, or to a network too. */
static bool add_sockets(scmp_filter_ctx filter, enum fence_reach reach)
{
	static const int family[] = { AF_UNIX, AF_INET, AF_INET6 };
	const uint32_t no = SCMP_ACT_ERRNO(EPERM);
	switch (reach) {
	case FENCE_MACHINE: return add_families(filter, family, 1);
	case FENCE_NETWORK: /* names are asked for by several messages at once; libcurl waits for
			     * them at a pair of sockets */
		return add_families(filter, family, COUNT(family)) &&
		       seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(sendmmsg), 0) == 0 &&
		       seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(socketpair), 1,
					SCMP_A0(SCMP_CMP_EQ, AF_UNIX)) == 0;
	default:
		return seccomp_rule_add(filter, no, SCMP_SYS(socket), 0) == 0 &&
		       seccomp_rule_add(filter, no, SCMP_SYS(connect), 0) == 0;
	}
}

/* Refused with a reason instead of the end: libraries ask and go on without. */
static bool add_refusals(scmp_filter_ctx filter)
{
	static const int asked[] = { SCMP_SYS(sched_setscheduler), SCMP_SYS(sched_setaffinity),
				     SCMP_SYS(setpriority), SCMP_SYS(inotify_init1),
				     SCMP_SYS(getxattr) };
	bool ok = true;
	for (size_t i = 0; i < COUNT(asked); i++)
		ok = ok && seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), asked[i], 0) == 0;
	return ok;
}

/* New threads and processes, but no new namespaces; memory that is written to never runs.  The
 * flags of clone3() cannot be looked at: the library then takes clone(). */
static bool add_memory(scmp_filter_ctx filter)
{
	static const int maps[] = { SCMP_SYS(mmap), SCMP_SYS(mprotect) };
	static const unsigned one_of[] = { 0, PROT_WRITE, PROT_EXEC };
	const struct scmp_arg_cmp no_space = SCMP_A0(SCMP_CMP_MASKED_EQ, NAMESPACES, 0);
	bool ok = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1, no_space) == 0 &&
		  seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0) == 0;
	for (size_t i = 0; i < COUNT(maps) * COUNT(one_of); i++)
		ok = ok && seccomp_rule_add(filter, SCMP_ACT_ALLOW, maps[i / COUNT(one_of)], 1,
					    SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_WRITE | PROT_EXEC,
						    one_of[i % COUNT(one_of)])) == 0;
	return ok;
}

#ifdef SANITIZED /* they are in the list above */
static bool add_wishes(scmp_filter_ctx filter)
{
	return filter != NULL;
}
#else
/* prctl(): what the confined processes and libraries ask for; nothing that gives anything back. */
static const int wishes[] = { PR_SET_NAME,         PR_GET_NAME,     PR_SET_PDEATHSIG,
			      PR_SET_NO_NEW_PRIVS, PR_SET_DUMPABLE, PR_GET_DUMPABLE,
			      PR_SET_SECCOMP,      PR_CAPBSET_READ, PR_GET_SECCOMP,
			      PR_SET_VMA };

static bool add_wishes(scmp_filter_ctx filter)
{
	static const unsigned long device[] = { FIONBIO, FIONREAD, TCGETS };
	bool ok = true;
	for (size_t i = 0; i < COUNT(wishes); i++)
		ok = ok && seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(prctl), 1,
					    SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)wishes[i])) == 0;
	for (size_t i = 0; i < COUNT(device); i++)
		ok = ok && seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1,
					    SCMP_A1(SCMP_CMP_EQ, device[i])) == 0;
	return ok;
}
#endif

const int *fence_call_list(size_t *ret_count)
{
	*ret_count = COUNT(calls);
	return calls;
}

static bool is_of_servers(int number)
{
	for (size_t i = 0; i < COUNT(of_servers); i++) {
		if (of_servers[i] == number)
			return true;
	}
	return false;
}

static bool add_calls(scmp_filter_ctx filter, bool serves)
{
	bool ok = true;
	for (size_t i = 0; i < COUNT(calls); i++) {
		if (serves || !is_of_servers(calls[i]))
			ok = ok && seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0) == 0;
	}
	return ok;
}

bool fence_calls(bool serves, enum fence_reach reach, struct err *e)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
	const bool ok = filter && seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1) == 0 &&
			add_calls(filter, serves) && add_sockets(filter, reach) &&
			add_wishes(filter) && add_memory(filter) && add_refusals(filter) &&
			seccomp_load(filter) == 0;
	seccomp_release(filter);
	return ok || err_set(e, ERR_SYSTEM, "error.system", "seccomp: %s", strerror(errno));
}
