/* Runs a program that may not even ask for a socket: the kernel ends it if it does (F15, F60).
 *
 * usage: no_network PROGRAM ARGUMENT... */
#include <seccomp.h>
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	static const int calls[] = { SCMP_SYS(socket),        SCMP_SYS(socketpair),
				     SCMP_SYS(connect),       SCMP_SYS(bind),
				     SCMP_SYS(sendto),        SCMP_SYS(sendmsg),
				     SCMP_SYS(recvmsg),       SCMP_SYS(recvfrom),
				     SCMP_SYS(io_uring_setup) };
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	if (argc < 2 || !filter)
		return 125;
	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++) {
		if (seccomp_rule_add(filter, SCMP_ACT_KILL_PROCESS, calls[i], 0) != 0)
			return 125;
	}
	if (seccomp_load(filter) != 0)
		return 125;
	(void)execv(argv[1], argv + 1);
	perror(argv[1]);
	return 125;
}
