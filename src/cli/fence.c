#include "cli/fence.h"

#include "base/fence.h"
#include "base/log.h"
#include "db/db.h"

#include <libgen.h>
#include <limits.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>

enum { PATHS_MOST = 64 };

struct paths {
	struct arena *arena;
	struct fence_path list[PATHS_MOST];
	size_t count;
};

static void add(struct paths *p, const char *path, unsigned rights)
{
	if (path && p->count < PATHS_MOST)
		p->list[p->count++] = (struct fence_path){ path, rights };
}

static const char *folder_of(struct arena *a, const char *file)
{
	return arena_copy(a, dirname(arena_copy(a, file)));
}

/* The folder in which a file lies and, if it is a link, the one where it leads: both are replaced
 * by renaming. */
static void add_folder(struct paths *p, const char *file, unsigned rights)
{
	char real[PATH_MAX];
	if (!file)
		return;
	add(p, folder_of(p->arena, file), rights);
	if (realpath(file, real))
		add(p, folder_of(p->arena, real), rights);
}

/* What loads this program: it is started when the program is. */
static int find_loader(struct dl_phdr_info *info, size_t size, void *user)
{
	const char **ret = user;
	(void)size;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		if (info->dlpi_phdr[i].p_type == PT_INTERP) {
			/* addresses are numbers there: NOLINTNEXTLINE(performance-no-int-to-ptr) */
			*ret = (const char *)(info->dlpi_addr + info->dlpi_phdr[i].p_vaddr);
			return 1;
		}
	}
	return 0;
}

/* Libraries, fonts, zones; what the processor can; a place for what a library keeps for a moment.
 */
static void add_machine(struct paths *p, unsigned run)
{
	static const char *const read[] = {
		"/usr/lib",
		"/usr/lib64",
		"/usr/share",
		"/usr/local/lib",
		"/usr/local/share",
		"/lib",
		"/lib64",
		"/etc/ld.so.cache",
		"/etc/fonts",
		"/etc/localtime",
		"/etc/ssl/openssl.cnf",
		"/var/cache/fontconfig",
		"/dev/urandom",
		"/proc/self",
		"/proc/meminfo",
		"/proc/swaps",
		"/proc/sys/kernel/core_pattern",
		"/proc/sys/vm/overcommit_memory",
		"/sys/devices/system/cpu",
		"/sys/fs/cgroup",
#ifdef SANITIZED /* it looks at all threads */
		"/proc",
#endif
	};
	const char *loader = NULL;
	for (size_t i = 0; i < COUNT(read); i++)
		add(p, read[i], FENCE_READ);
	(void)dl_iterate_phdr(find_loader, &loader);
	add(p, loader, FENCE_READ | run);
	add(p, "/proc/self/exe", FENCE_READ | run);
	add(p, "/dev/null", FENCE_READ | FENCE_WRITE);
	add(p, "/dev/shm", FENCE_READ | FENCE_WRITE); /* parts of a table: export/xlsx.c */
}

/* A program is one of its name on PATH, wherever that leads. */
static void add_program(struct paths *p, const char *name)
{
	const char *path = getenv("PATH");
	char real[PATH_MAX];
	for (const char *at = path ? path : "/usr/bin:/bin"; *at;) {
		const int length = (int)strcspn(at, ":");
		const char *file = arena_print(p->arena, "%.*s/%s", length, at, name);
		if (*at == '/' && realpath(file, real)) {
			add(p, arena_copy(p->arena, real), FENCE_READ | FENCE_RUN);
			return;
		}
		at += length + (at[length] == ':');
	}
}

static void add_records(struct paths *p, const struct fence_options *o)
{
	const unsigned keeps = o->programs ? FENCE_WRITE | FENCE_FOLDER : 0;
	add(p, o->records, FENCE_READ | keeps);
	for (size_t i = 0; o->programs && o->programs[i]; i++)
		add_program(p, o->programs[i]);
}

/* The file of the database, or what leads to its server: libpq connects again whenever it went
 * away.  A name is looked up again each time. */
static void add_database(struct paths *p, const struct fence_options *o, const struct db_doors *d)
{
	static const char *const names[] = { "/etc/resolv.conf", "/etc/hosts", "/etc/host.conf",
					     "/etc/nsswitch.conf", "/etc/gai.conf" };
	if (!db_is_server(o->db))
		add_folder(p, o->db, FENCE_READ | FENCE_WRITE);
	for (size_t i = 0; d->port_count > 0 && i < COUNT(names); i++)
		add(p, names[i], FENCE_READ);
	for (size_t i = 0; i < d->file_count; i++)
		add(p, d->file[i], FENCE_READ);
}

/* The folder of kept files, or what leads to the store that has them and says that it is it. */
static void add_store(struct paths *p, const struct fence_options *o, struct db_doors *d)
{
	if (!o->store)
		return;
	add(p, store_folder(o->store), FENCE_READ | FENCE_WRITE | FENCE_FOLDER);
	if (store_port(o->store) == 0 || d->port_count == DB_DOORS_MOST)
		return;
	d->port[d->port_count++] = store_port(o->store);
	add(p, store_authorities(o->store), FENCE_READ);
	add(p, "/etc/ssl/certs", FENCE_READ);
}

static bool fence(const struct fence_options *o, struct db_doors *doors, struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct paths *p = arena_alloc(a, sizeof(*p));
	p->arena = a;
	if (!db_doors(o->db, a, doors, e))
		return false;
	add_machine(p, o->scanner ? 0 : FENCE_RUN);
	add_store(p, o, doors);
	add_database(p, o, doors);
	add_folder(p, o->key, FENCE_READ);
	add(p, o->rules, FENCE_READ);
	if (o->tls) {
		add_folder(p, o->tls->certificate, FENCE_READ);
		add_folder(p, o->tls->key, FENCE_READ);
		add_folder(p, o->tls->client_ca, FENCE_READ);
		add_folder(p, o->tls->client_crl, FENCE_READ);
	}
	add_records(p, o);
	if (o->port && doors->port_count < DB_DOORS_MOST)
		doors->port[doors->port_count++] = o->port;
	return fence_files_and_ports(p->list, p->count, doors->port, doors->port_count, e);
}

/* A fence that cannot be put up is told, and refused if that was asked for. */
static bool settle(const struct fence_options *o, bool done, const struct err *why, struct err *e)
{
	if (done)
		return true;
	if (o->demand) {
		*e = *why;
		return false;
	}
	log_failure("not confined", why);
	return true;
}

bool cli_fence(const struct fence_options *o, struct err *e)
{
	struct err why = { 0 };
	struct db_doors doors = { .port_count = 0 };
	if (o->none) {
		log_warn("not confined: --no-confinement");
		return true;
	}
	if (!settle(o, fence_memory(&why), &why, e))
		return false;
	err_clear(&why);
	if (!settle(o, fence(o, &doors, &why), &why, e))
		return false;
	err_clear(&why);
	if (o->programs)
		return true;
	const enum fence_reach reach = doors.port_count > 0                ? FENCE_NETWORK
				       : o->scanner || db_is_server(o->db) ? FENCE_MACHINE
									   : FENCE_NOWHERE;
	return settle(o, fence_calls(!o->scanner, reach, &why), &why, e);
}
