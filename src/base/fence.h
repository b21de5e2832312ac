/* fence.h - what a running server may still do, from here on and for good.
 *
 * A fault of ours that somebody turns into own code then finds: no file but those named here, no
 * other program, no connection to elsewhere, and an end of the process at the first system call
 * that a server has no use for.  The processes for hostile files (confine.h) come about as before,
 * and are inside both fences in addition to their own.
 *
 * Order: fence_memory() and fence_files() before any further thread is there, since Landlock holds
 * the calling thread and those it makes later; fence_calls() at any time, for all threads. */
#pragma once
#include "base/err.h"

enum fence_right {
	FENCE_READ = 1,  /* files below it                                   */
	FENCE_WRITE = 2, /* too: change, make and remove regular files there */
	FENCE_RUN = 4,   /* this program may be started                      */
	FENCE_FOLDER = 8 /* too: make and remove folders there               */
};

/* A file, or a folder with everything below.  What is not there is passed over. */
struct fence_path {
	const char *path;
	unsigned rights;
};

/* The version of Landlock that the kernel has; 0: none. */
int fence_version(void);

/* No core of the process, and no other process may look into it. */
bool fence_memory(struct err *e) MUST_USE;

/* Only these files; no TCP connection to elsewhere and no further port (from version 4 on), no
 * signal to processes outside (from version 6 on).  ERR_SYSTEM if the kernel has no Landlock. */
bool fence_files(const struct fence_path *paths, size_t count, struct err *e) MUST_USE;

/* The same, with connections to these TCP ports; Landlock knows ports, not addresses. */
bool fence_files_and_ports(const struct fence_path *paths, size_t count, const uint16_t *ports,
			   size_t port_count, struct err *e) MUST_USE;

/* The numbers of the calls that are allowed whatever their arguments, for tests. */
const int *fence_call_list(size_t *ret_count);

enum fence_reach {
	FENCE_NOWHERE, /* it is connected to, and connects to nobody                           */
	FENCE_MACHINE, /* to sockets of this machine: no address of a network can be named     */
	FENCE_NETWORK  /* also to the ports that fence_files_and_ports() has, and name servers */
};

/* Only the system calls of a server and of its confined children, or those of a process that serves
 * nobody and starts no program; any other ends the process. */
bool fence_calls(bool serves, enum fence_reach reach, struct err *e) MUST_USE;
