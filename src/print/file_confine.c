/* file_confine.c - system calls that the process which draws a file never needs.
 *
 * Whoever takes it over by a hostile file finds no network, no other program, no other process, and
 * no file that can be written, cut, renamed or removed: all that is left is to send dots. */
#include "print/file_wire.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#if defined(__x86_64__)
#define OUR_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define OUR_ARCH AUDIT_ARCH_AARCH64
#endif

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define REFUSE      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM)
#define NEVER(name) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##name, 0, 1), REFUSE

#define WRITING (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC | O_APPEND)

bool file_child_confine(void)
{
#ifdef OUR_ARCH
	struct sock_filter filter[] = {
		LOAD(arch),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, OUR_ARCH, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		LOAD(nr),
#ifdef __x86_64__
		/* the numbers of the 32-bit-pointer interface name the same calls */
		BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000u, 0, 1),
		REFUSE,
		NEVER(open),
		NEVER(creat),
		NEVER(fork),
		NEVER(vfork),
		NEVER(unlink),
		NEVER(rename),
		NEVER(mkdir),
		NEVER(rmdir),
		NEVER(link),
		NEVER(symlink),
		NEVER(chmod),
		NEVER(chown),
#endif
		NEVER(socket),
		NEVER(socketpair),
		NEVER(connect),
		NEVER(bind),
		NEVER(execve),
		NEVER(execveat),
		NEVER(clone),
		NEVER(kill),
		NEVER(tkill),
		NEVER(ptrace),
		NEVER(process_vm_readv),
		NEVER(process_vm_writev),
		NEVER(pidfd_open),
		NEVER(unlinkat),
		NEVER(renameat),
		NEVER(renameat2),
		NEVER(mkdirat),
		NEVER(linkat),
		NEVER(symlinkat),
		NEVER(fchmod),
		NEVER(fchmodat),
		NEVER(fchown),
		NEVER(fchownat),
		NEVER(truncate),
		NEVER(ftruncate),
		NEVER(openat2),
		NEVER(io_uring_setup),
		NEVER(bpf),
		NEVER(mount),
		NEVER(unshare),
		NEVER(setns),
		/* libraries fall back to clone, which is refused too */
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone3, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 0, 3),
		LOAD(args[2]),
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, WRITING, 0, 1),
		REFUSE,
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog all = { (unsigned short)(sizeof(filter) / sizeof(filter[0])),
					filter };
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &all) == 0;
#else
	return true; /* the limits alone */
#endif
}
