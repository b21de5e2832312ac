#include "base/fence.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Debian's header is older than kernels that may run this; the numbers are fixed for good. */
#define RUN         (1ULL << 0)
#define WRITE_FILE  (1ULL << 1)
#define READ_FILE   (1ULL << 2)
#define READ_DIR    (1ULL << 3)
#define REMOVE_DIR  (1ULL << 4)
#define REMOVE_FILE (1ULL << 5)
#define MAKE_DIR    (1ULL << 7)
#define MAKE_FILE   (1ULL << 8)
#define CUT_FILE    (1ULL << 14)
#define CONNECT_TCP (1ULL << 1)

enum {
	RULE_PATH = 1,
	RULE_PORT = 2,
	ASK_VERSION = 1,
	LEAVE_TCP = 3,     /* bind and connect              */
	LEAVE_OUTSIDE = 3, /* abstract sockets and signals  */
};

/* As the kernel has it; an older one is given only as much as it knows. */
struct ruleset {
	uint64_t files, net, scoped;
};

struct rule {
	uint64_t allowed;
	int32_t parent;
} __attribute__((packed));

struct port_rule {
	uint64_t allowed, port;
};

int fence_version(void)
{
	const long version = syscall(SYS_landlock_create_ruleset, NULL, 0, ASK_VERSION);
	return version > 0 ? (int)version : 0;
}

bool fence_memory(struct err *e)
{
	const struct rlimit none = { 0, 0 };
	if (setrlimit(RLIMIT_CORE, &none) != 0 || prctl(PR_SET_DUMPABLE, 0) != 0)
		return err_set(e, ERR_SYSTEM, "error.system", "cores: %s", strerror(errno));
	return true;
}

/* ---- files --------------------------------------------------------------------------------- */

/* Everything about files that this version can refuse; what is not given below is refused. */
static uint64_t all_of(int version)
{
	static const int count[] = { 0, 13, 14, 15, 15, 16 };
	const size_t known = sizeof(count) / sizeof(count[0]);
	return (1ULL << count[(size_t)version < known ? (size_t)version : known - 1]) - 1;
}

static uint64_t rights_of(unsigned rights, bool folder)
{
	uint64_t all = 0;
	if (rights & FENCE_READ)
		all |= READ_FILE | (folder ? READ_DIR : 0);
	if (rights & FENCE_WRITE)
		all |= WRITE_FILE | CUT_FILE | (folder ? REMOVE_FILE | MAKE_FILE : 0);
	if (rights & FENCE_FOLDER)
		all |= folder ? MAKE_DIR | REMOVE_DIR : 0;
	if (rights & FENCE_RUN)
		all |= RUN;
	return all;
}

static bool add(int ruleset, const struct fence_path *p, uint64_t known)
{
	struct stat is = { 0 };
	struct rule rule = { 0, open(p->path, O_PATH | O_CLOEXEC) };
	if (rule.parent < 0)
		return errno == ENOENT || errno == ENOTDIR || errno == EACCES;
	bool ok = fstat(rule.parent, &is) == 0;
	rule.allowed = rights_of(p->rights, S_ISDIR(is.st_mode)) & known;
	ok = ok && syscall(SYS_landlock_add_rule, ruleset, RULE_PATH, &rule, 0) == 0;
	(void)close(rule.parent);
	return ok;
}

static size_t size_of(int version)
{
	if (version >= 6)
		return sizeof(struct ruleset);
	return version >= 4 ? offsetof(struct ruleset, scoped) : offsetof(struct ruleset, net);
}

/* Before version 4 connections are not refused at all. */
static bool add_port(int ruleset, int version, uint16_t port)
{
	const struct port_rule rule = { CONNECT_TCP, port };
	return version < 4 || syscall(SYS_landlock_add_rule, ruleset, RULE_PORT, &rule, 0) == 0;
}

bool fence_files(const struct fence_path *paths, size_t count, struct err *e)
{
	return fence_files_and_ports(paths, count, NULL, 0, e);
}

bool fence_files_and_ports(const struct fence_path *paths, size_t count, const uint16_t *ports,
			   size_t port_count, struct err *e)
{
	const int version = fence_version();
	const struct ruleset all = { all_of(version), LEAVE_TCP, LEAVE_OUTSIDE };
	if (version == 0)
		return err_set(e, ERR_SYSTEM, "error.system", "this kernel has no Landlock");
	const int ruleset = (int)syscall(SYS_landlock_create_ruleset, &all, size_of(version), 0);
	bool ok = ruleset >= 0;
	for (size_t i = 0; ok && i < count; i++)
		ok = add(ruleset, &paths[i], all.files);
	for (size_t i = 0; ok && i < port_count; i++)
		ok = add_port(ruleset, version, ports[i]);
	ok = ok && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	     syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
	if (!ok)
		(void)err_set(e, ERR_SYSTEM, "error.system", "Landlock: %s", strerror(errno));
	if (ruleset >= 0)
		(void)close(ruleset);
	return ok;
}
