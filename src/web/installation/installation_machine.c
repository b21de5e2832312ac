/* installation_machine.c - files, the certificate, the disk, and the process that serves. */
#include "web/installation/installation.h"

#include "base/buf.h"
#include "base/fence.h"
#include "sign/server_certificate.h"

#include <ctype.h>
#include <dirent.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define GIBIBYTE  (UINT64_C(1) << 30)
#define SPACE_LOW (GIBIBYTE / 4)

enum { WARNED_DAYS = 30, LIST_WARNED_DAYS = 7, DEPTH_MOST = 4, PROC_MOST = 16 * 1024 };

/* ---- files ----------------------------------------------------------------------------------- */

/* One that is the service's account's own: of a database on a server only the key is here. */
static const char *own_file(const struct installation *c)
{
	return c->db && db_is_server(c->db) ? c->key : c->db;
}

/* Nobody but the service's account may open the files; and they are all one account's.  A group
 * that reads is somebody's decision and is told; one that writes changes the record. */
bool installation_modes(struct installation *c, struct err *e)
{
	static const char *const ending[] = { "", "-wal", "-shm" };
	struct buf open = buf_on(c->arena);
	struct buf group = buf_on(c->arena);
	mode_t seen = 0;
	struct buf strange = buf_on(c->arena);
	struct stat status;
	uid_t owner = 0;
	if (!c->db || stat(c->db, &status) != 0)
		return true;
	owner = status.st_uid;
	for (size_t i = 0; i < COUNT(ending); i++) {
		const char *path = arena_print(c->arena, "%s%s", c->db, ending[i]);
		if (stat(path, &status) != 0)
			continue;
		if ((status.st_mode & S_IRWXO) != 0)
			installation_list(&open, path);
		if ((status.st_mode & S_IRWXG) != 0)
			installation_list(&group, path);
		seen |= status.st_mode;
		if (status.st_uid != owner)
			installation_list(&strange, path);
	}
	return (open.length == 0 ||
		installation_find(c, installation_serious(c), "mode", open.text, e)) &&
	       (group.length == 0 ||
		installation_find(c,
				  (seen & S_IWGRP) != 0 ? installation_serious(c) : LEVEL_WARNING,
				  "mode_group", group.text, e)) &&
	       (strange.length == 0 || installation_find(c, LEVEL_ERROR, "owner", strange.text, e));
}

/* Folders by who may write to them. */
struct folders {
	uid_t owner; /* of the database */
	struct buf open, group, strange;
};

/* Where the sticky bit is, names are safe from all but the folder's owner. */
static void judge_folder(struct folders *f, const char *at)
{
	struct stat status;
	if (stat(at, &status) != 0)
		return;
	const mode_t mode = (status.st_mode & S_ISVTX) == 0 ? status.st_mode : 0;
	if ((mode & S_IWOTH) != 0)
		installation_list(&f->open, at);
	if ((mode & S_IWGRP) != 0 && status.st_gid != 0)
		installation_list(&f->group, at);
	if (status.st_uid != 0 && status.st_uid != f->owner)
		installation_list(&f->strange, at);
}

static bool find_folders(struct installation *c, const char *what, const struct buf *list,
			 struct err *e)
{
	return list->length == 0 ||
	       installation_find(c, installation_serious(c), what, list->text, e);
}

/* Whoever may write to a folder above may put another file in the place of ours: everybody, a group
 * other than root's, an owner other than root and the service's account. */
bool installation_folders(struct installation *c, struct err *e)
{
	char real[PATH_MAX];
	struct stat status;
	struct folders f = { .open = buf_on(c->arena),
			     .group = buf_on(c->arena),
			     .strange = buf_on(c->arena) };
	if (!own_file(c) || !realpath(own_file(c), real) || stat(real, &status) != 0)
		return true;
	f.owner = status.st_uid;
	const char *at = dirname(real);
	const bool listed = stat(at, &status) == 0 && (status.st_mode & S_IROTH) != 0;
	if (listed && !c->demonstration &&
	    !installation_find(c, LEVEL_WARNING, "folder_read", at, e))
		return false;
	for (;; at = dirname(real)) {
		judge_folder(&f, at);
		if (strcmp(at, "/") == 0 || strcmp(at, ".") == 0)
			break;
	}
	return find_folders(c, "folder_write", &f.open, e) &&
	       find_folders(c, "folder_group", &f.group, e) &&
	       find_folders(c, "folder_owner", &f.strange, e);
}

/* ---- what is trusted as it lies there -------------------------------------------------------- */

struct written {
	uid_t owner; /* of the database: the service's account */
	struct buf list;
};

static void judge_written(struct written *w, struct arena *a, const char *path,
			  const struct stat *status)
{
	const bool sticky = S_ISDIR(status->st_mode) && (status->st_mode & S_ISVTX) != 0;
	const mode_t mode = sticky ? 0 : status->st_mode;
	const bool strange =
		status->st_uid != 0 && status->st_uid != w->owner && status->st_uid != geteuid();
	const bool group = (mode & S_IWGRP) != 0 && status->st_gid != 0;
	const char *known = arena_print(a, ", %s, ", w->list.text ? w->list.text : "");
	if (((mode & S_IWOTH) != 0 || group || strange) &&
	    !strstr(known, arena_print(a, ", %s, ", path)))
		installation_list(&w->list, path);
}

/* A file or folder and the folders above it. */
static void judge_way(struct written *w, struct arena *a, const char *path)
{
	char real[PATH_MAX];
	struct stat status;
	if (!path || !realpath(path, real))
		return;
	for (const char *at = real;; at = dirname(real)) {
		if (stat(at, &status) == 0)
			judge_written(w, a, at, &status);
		if (strcmp(at, "/") == 0 || strcmp(at, ".") == 0)
			return;
	}
}

static void judge_below(struct written *w, struct arena *a, const char *path, int depth)
{
	struct stat status;
	DIR *folder = depth > 0 ? opendir(path) : NULL;
	for (const struct dirent *d = folder ? readdir(folder) : NULL; d; d = readdir(folder)) {
		const char *one = arena_print(a, "%s/%s", path, d->d_name);
		if (d->d_name[0] == '.' || stat(one, &status) != 0)
			continue;
		judge_written(w, a, one, &status);
		if (S_ISDIR(status.st_mode))
			judge_below(w, a, one, depth - 1);
	}
	if (folder)
		(void)closedir(folder);
}

/* Program, law and keys are believed as they are found: nobody but root and the service's account
 * may change them, or put others in their place. */
bool installation_written(struct installation *c, struct err *e)
{
	struct written w = { .list = buf_on(c->arena) };
	struct stat status;
	char real[PATH_MAX];
	if (!own_file(c) || stat(own_file(c), &status) != 0)
		return true;
	w.owner = status.st_uid;
	judge_way(&w, c->arena, "/proc/self/exe");
	judge_way(&w, c->arena, c->rules);
	if (c->rules && realpath(c->rules, real))
		judge_below(&w, c->arena, real, DEPTH_MOST);
	judge_way(&w, c->arena, installation_key(c));
	judge_way(&w, c->arena, c->tls ? c->tls->key : NULL);
	judge_way(&w, c->arena, c->tls ? c->tls->certificate : NULL);
	return w.list.length == 0 ||
	       installation_find(c, installation_serious(c), "written", w.list.text, e);
}

bool installation_space(struct installation *c, struct err *e)
{
	struct statvfs disk;
	if (!c->db || statvfs(dirname(arena_copy(c->arena, c->db)), &disk) != 0)
		return true;
	const uint64_t left = (uint64_t)disk.f_bavail * disk.f_frsize;
	const char *value = arena_print(c->arena, "%llu", (unsigned long long)(left >> 20));
	if (left >= GIBIBYTE)
		return true;
	return installation_find(c, left < SPACE_LOW ? LEVEL_ERROR : LEVEL_WARNING, "space", value,
				 e);
}

/* ---- TLS ------------------------------------------------------------------------------------- */

static bool judge(struct installation *c, const struct server_certificate *x, struct err *e)
{
	const char *file = c->tls->certificate;
	const int64_t left_days = (x->ends_ms - c->now_ms) / DAY_MS;
	char last[DAY_TEXT_SIZE];
	day_print(day_of_instant(x->ends_ms), last);
	if (!x->fits && !installation_find(c, LEVEL_ERROR, "tls_key", c->tls->key, e))
		return false;
	if (x->weak && !installation_find(c, LEVEL_ERROR, "tls_weak", file, e))
		return false;
	if (x->not_by_name && !installation_find(c, LEVEL_ERROR, "tls_name", file, e))
		return false;
	if (x->ends_ms <= c->now_ms || x->begins_ms > c->now_ms)
		return installation_find(c, LEVEL_ERROR, "tls_expired", last, e);
	return left_days >= WARNED_DAYS ||
	       installation_find(c, LEVEL_WARNING, "tls_expires", last, e);
}

bool installation_certificate(struct installation *c, struct err *e)
{
	struct server_certificate x = { 0 };
	struct err why = { 0 };
	struct stat status;
	if (!c->tls || !c->tls->certificate)
		return true;
	if (c->tls->key && stat(c->tls->key, &status) == 0 && (status.st_mode & S_IRWXO) != 0 &&
	    !installation_find(c, LEVEL_ERROR, "tls_key_mode", c->tls->key, e))
		return false;
	if (!server_certificate_read(c->tls->certificate, c->tls->key, &x, &why))
		return installation_find(c, LEVEL_ERROR, "tls_file", why.detail, e);
	return judge(c, &x, e);
}

/* The list of the halls' computers that were withdrawn: when it is over, no hall comes in. */
bool installation_withdrawn(struct installation *c, struct err *e)
{
	const char *file = c->tls ? c->tls->client_crl : NULL;
	char last[DAY_TEXT_SIZE];
	struct err why = { 0 };
	int64_t ends_ms = 0;
	if (!file)
		return true;
	if (!withdrawn_list_ends(file, &ends_ms, &why))
		return installation_find(c, LEVEL_ERROR, "tls_file", why.detail, e);
	if (ends_ms - c->now_ms >= (int64_t)LIST_WARNED_DAYS * DAY_MS)
		return true;
	day_print(day_of_instant(ends_ms), last);
	return installation_find(c, ends_ms <= c->now_ms ? LEVEL_ERROR : LEVEL_WARNING,
				 ends_ms <= c->now_ms ? "halls_over" : "halls_end", last, e);
}

/* ---- the machine ----------------------------------------------------------------------------- */

/* The beginning of a file of /proc; "" if it cannot be read.  NULs become line ends. */
static const char *read_proc(struct arena *a, const char *path, bool lines)
{
	char *text = arena_alloc(a, PROC_MOST + 1);
	FILE *file = fopen(path, "re");
	const size_t size = file ? fread(text, 1, PROC_MOST, file) : 0;
	if (file)
		(void)fclose(file);
	for (size_t i = 0; lines && i < size; i++) {
		if (text[i] == '\0')
			text[i] = '\n';
	}
	text[size] = '\0';
	return text;
}

/* What is swapped out lies on a disk in plain text; memory that is packed does not. */
bool installation_swap(struct installation *c, struct err *e)
{
	struct buf found = buf_on(c->arena);
	const char *at = strchr(read_proc(c->arena, "/proc/swaps", false), '\n');
	for (; at && at[1]; at = strchr(at + 1, '\n')) {
		const char *name = arena_copy_n(c->arena, at + 1, strcspn(at + 1, " \t\n"));
		if (*name && strncmp(name, "/dev/zram", strlen("/dev/zram")) != 0)
			installation_list(&found, name);
	}
	return found.length == 0 || installation_find(c, LEVEL_WARNING, "swap", found.text, e);
}

static bool has_word(const char *lines, const char *word)
{
	const size_t size = strlen(word);
	for (const char *at = lines; (at = strstr(at, word)); at += size) {
		if ((at == lines || at[-1] == '\n') && at[size] == '\n')
			return true;
	}
	return false;
}

/* What the last option of that name says; NULL if there is none. */
static const char *option_of(struct arena *a, const char *lines, const char *name)
{
	const size_t size = strlen(name);
	const char *found = NULL;
	for (const char *at = lines; (at = strstr(at, name)); at += size) {
		if ((at == lines || at[-1] == '\n') && (at[size] == '\n' || at[size] == '='))
			found = at + size + 1;
	}
	return found ? arena_copy_n(a, found, strcspn(found, "\n")) : NULL;
}

bool installation_closed(struct arena *a, const char *words)
{
	const char *listen = option_of(a, words, "--listen");
	const char *certificate = option_of(a, words, "--tls-certificate");
	if (certificate)
		return true;
	/* a proxy that only this machine has: whoever reaches the port itself reads along */
	const bool here = !listen || strncmp(listen, "127.", 4) == 0 ||
			  strncmp(listen, "[::1]:", 6) == 0 || strncmp(listen, "::1:", 4) == 0 ||
			  strncmp(listen, "localhost:", strlen("localhost:")) == 0;
	return here && has_word(words, "--secure");
}

bool installation_fenced(const char *status, const char *words)
{
	/* the call filter may be somebody else's (a container's), and options can be shortened */
	return strstr(status, "Seccomp:\t2") && !strstr(words, "\n--no-c");
}

/* A process that serves, `name` in findings: its fences, its cores, whether anybody between can
 * read along. */
static bool look_at(struct installation *c, const char *process, const char *name,
		    const char *words, struct err *e)
{
	const char *status =
		read_proc(c->arena, arena_print(c->arena, "/proc/%s/status", process), false);
	const char *limits =
		read_proc(c->arena, arena_print(c->arena, "/proc/%s/limits", process), false);
	const char *core = strstr(limits, "Max core file size");
	const bool cores = core && core[strcspn(core, "0123456789u\n")] != '0';
	if (*status && !installation_fenced(status, words) &&
	    !installation_find(c, installation_serious(c), "unconfined", name, e))
		return false;
	if (cores && !installation_find(c, LEVEL_WARNING, "cores", name, e))
		return false;
	return installation_closed(c->arena, words) ||
	       installation_find(c, c->demonstration ? LEVEL_WARNING : LEVEL_ERROR, "no_tls", name,
				 e);
}

/* "konkurs serve" of this database, whatever the path that it was given. */
static bool serves(const struct installation *c, const char *process, const char *words)
{
	struct stat ours, theirs;
	const char *name = strchr(words, '\n');
	if (!name || !c->db || strncmp(name + 1, "serve\n", strlen("serve\n")) != 0)
		return false;
	const char *db = option_of(c->arena, words, "--db");
	if (!db)
		return false;
	const char *path = *db == '/' ? db : arena_print(c->arena, "/proc/%s/cwd/%s", process, db);
	if (stat(c->db, &ours) != 0 || stat(path, &theirs) != 0)
		return strcmp(db, c->db) == 0;
	return ours.st_dev == theirs.st_dev && ours.st_ino == theirs.st_ino;
}

bool installation_fences(struct installation *c, struct err *e)
{
	if (fence_version() == 0 && !installation_find(c, LEVEL_WARNING, "landlock", "", e))
		return false;
	if (c->inside)
		return look_at(c, "self", arena_print(c->arena, "%d", (int)getpid()),
			       read_proc(c->arena, "/proc/self/cmdline", true), e);
	DIR *folder = c->db ? opendir("/proc") : NULL;
	bool ok = true;
	for (const struct dirent *d = folder ? readdir(folder) : NULL; ok && d;
	     d = readdir(folder)) {
		if (!isdigit((unsigned char)d->d_name[0]))
			continue;
		const char *words = read_proc(
			c->arena, arena_print(c->arena, "/proc/%s/cmdline", d->d_name), true);
		ok = !serves(c, d->d_name, words) || look_at(c, d->d_name, d->d_name, words, e);
	}
	if (folder)
		(void)closedir(folder);
	return ok;
}
