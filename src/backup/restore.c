/* restore.c - a copy back as a database, and whether it would be one. */
#include "backup/backup.h"

#include "base/clock.h"
#include "base/io.h"
#include "db/copy.h"
#include "db/migrations.h"
#include "sign/sealed_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- restore --------------------------------------------------------------------------------- */

static bool failed(struct err *e, const char *path)
{
	return err_set(e, errno == EEXIST ? ERR_CONFLICT : ERR_SYSTEM, "error.conflict",
		       "%.180s: %s", path, strerror(errno));
}

static bool copy_bytes(int from, int to, struct err *e)
{
	char piece[64 * 1024];
	ssize_t got = 0;
	while ((got = read(from, piece, sizeof(piece))) > 0) {
		if (write(to, piece, (size_t)got) != got)
			return failed(e, "writing");
	}
	return got == 0 || failed(e, "reading");
}

/* A file of the copy, opened if it is sealed, into a new one that is on disk afterwards. */
static bool take_out(const char *from, const struct sealed_secret *secret, const char *to,
		     struct err *e)
{
	CLEANUP(io_close) const int in = open(from, O_RDONLY | O_CLOEXEC);
	if (in < 0)
		return err_set(e, ERR_INPUT, "backup.error.manifest", "%.180s: %s", from,
			       strerror(errno));
	CLEANUP(io_close)
	const int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
	if (out < 0)
		return failed(e, to);
	const bool ok = (secret ? sealed_read(in, out, secret, e) : copy_bytes(in, out, e)) &&
			(fsync(out) == 0 || failed(e, to));
	if (!ok)
		(void)unlink(to); /* ours, and no whole file */
	return ok;
}

/* A log that lies there would be played into the database. */
static bool is_free(struct arena *a, const char *to, struct err *e)
{
	static const char *const ending[] = { "", "-wal", "-shm", "-journal" };
	for (size_t i = 0; i < COUNT(ending); i++) {
		struct stat status;
		const char *path = arena_print(a, "%s%s", to, ending[i]);
		if (lstat(path, &status) == 0)
			return err_set(e, ERR_CONFLICT, "error.conflict",
				       "%.180s is there already: nothing is written over", path);
	}
	return true;
}

bool backup_restore(struct arena *a, const char *folder, const struct sealed_secret *secret,
		    const char *to, struct manifest *ret, struct err *e)
{
	struct manifest m = { 0 };
	char hash[DISK_HASH_SIZE];
	int64_t size = 0;
	if (!is_free(a, to, e) || !manifest_read(a, folder, &m, e))
		return false;
	if (m.sealed && !secret)
		return err_set(e, ERR_INPUT, "backup.error.sealed", "it is sealed: give the key");
	const char *file = arena_print(a, "%s/%s", folder, m.sealed ? BACKUP_SEALED : BACKUP_PLAIN);
	if (!disk_hash(file, hash, &size, e))
		return false;
	if (size != m.size || strcmp(hash, m.hash) != 0)
		return err_set(e, ERR_INPUT, "backup.error.sha256",
			       "the file of the copy is not the one of its manifest");
	if (!take_out(file, m.sealed ? secret : NULL, to, e))
		return false;
	if (!disk_sync(disk_folder(a, to), e)) {
		(void)unlink(to);
		return false;
	}
	*ret = m;
	return true;
}

bool backup_restore_key(struct arena *a, const char *folder, const struct sealed_secret *secret,
			const char *to, struct err *e)
{
	return take_out(arena_print(a, "%s/" BACKUP_KEY, folder), secret, to, e) &&
	       disk_sync(disk_folder(a, to), e);
}

/* ---- check ----------------------------------------------------------------------------------- */

struct checking {
	struct arena *arena;
	const char *folder, *work;
	const struct backup_look *rows;
	struct backup_report *report;
};

static bool found(struct checking *c, const char *why, const char *detail)
{
	if (!*c->report->why) {
		c->report->why = why;
		c->report->detail = detail;
	}
	return true;
}

/* Whether a failure to restore is a fault of the copy. */
static bool is_fault(struct checking *c, const struct err *why)
{
	static const struct {
		const char *key, *word;
	} row[] = {
		{ "backup.error.sha256", "sha256" },
		{ "backup.error.seal", "seal" },
		{ "backup.error.manifest", "manifest" },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		if (strcmp(why->key, row[i].key) == 0)
			return found(c, row[i].word, arena_copy(c->arena, why->detail));
	}
	return false;
}

static bool same_state(const struct journal_state *a, const struct journal_state *b)
{
	return a->size == b->size && memcmp(a->root, b->root, sizeof(a->root)) == 0 &&
	       memcmp(a->head, b->head, sizeof(a->head)) == 0 &&
	       memcmp(a->first, b->first, sizeof(a->first)) == 0;
}

/* Its own account of itself: pages, references, chain, manifest. */
static bool look_inside(struct checking *c, struct db *copy, struct err *e)
{
	const struct manifest *m = &c->report->manifest;
	struct journal_report chain = { 0 };
	struct journal_state state = { 0 };
	char rows[DISK_HASH_SIZE];
	const char *why = "";
	if (!db_check(copy, c->arena, &why, e))
		return false;
	if (*why)
		return found(c, "damaged", why);
	if (m->schema > db_migration_count)
		return found(c, "newer", "");
	if (!journal_verify(copy, &chain, e))
		return false;
	if (chain.broken_seq != 0)
		return found(c, "journal",
			     arena_print(c->arena, "entry %lld: %s", (long long)chain.broken_seq,
					 chain.why));
	if (!journal_state(copy, -1, &state, e) || !manifest_rows(copy, c->arena, rows, e))
		return false;
	if (!same_state(&state, &m->journal))
		return found(c, "manifest", "another journal than the manifest tells of");
	if (strcmp(rows, m->rows) != 0)
		return found(c, "manifest", "other numbers of rows than the manifest tells of");
	/* what looks at rows knows those of today's schema */
	if (m->schema < db_migration_count)
		return true;
	c->report->rows = true;
	return c->rows->look(c->rows->user, copy, &why, e) && (!*why || found(c, "rows", why));
}

/* Its journal has to be how the journal in use began. */
static bool look_beside(struct checking *c, struct db *live, struct err *e)
{
	const struct journal_state *copy = &c->report->manifest.journal;
	struct journal_state state = { 0 };
	if (!journal_state(live, copy->size, &state, e))
		return false;
	if (state.size > 0 && copy->size > 0 &&
	    memcmp(state.first, copy->first, sizeof(copy->first)) != 0)
		return found(c, "stranger", "");
	if (state.size < copy->size)
		return found(c, "shorter",
			     arena_print(c->arena, "%lld of %lld entries", (long long)state.size,
					 (long long)copy->size));
	return same_state(&state, copy) || found(c, "rewritten", "");
}

/* What cannot be opened or read through is a damaged copy, not a failure of ours. */
static bool look(struct checking *c, const char *file, struct db *live, struct err *e)
{
	CLEANUP(db_cleanup) struct db *copy = NULL;
	struct err why = { 0 };
	if (!db_open_read_only(file, &copy, &why) || !look_inside(c, copy, &why))
		return found(c, "damaged", arena_copy(c->arena, why.detail));
	return *c->report->why || !live || look_beside(c, live, e);
}

/* Who it is, and whether there is room to restore it. */
static bool begin(struct checking *c, struct err *e)
{
	struct manifest *m = &c->report->manifest;
	const char *end = strrchr(c->folder, '/');
	*m = (struct manifest){ .name = end ? end + 1 : c->folder, .installation = "" };
	return manifest_read(c->arena, c->folder, m, e) && backup_fits(c->work, m->size, e);
}

bool backup_check(struct arena *a, const char *folder, const struct sealed_secret *secret,
		  const char *work, struct db *live, const struct backup_look *rows,
		  struct backup_report *ret, struct err *e)
{
	struct backup_report report = { .why = "", .detail = "" };
	struct checking c = { .arena = a, .folder = folder, .rows = rows, .report = &report };
	struct err why = { 0 };
	CLEANUP(io_close) int hold = -1;
	const int64_t began_ms = clock_monotonic_ms();
	disk_remove_left(a, work, BACKUP_PART);
	if (!disk_new_folder(a, work, BACKUP_PART, &c.work, &hold, e))
		return false;
	const char *file = arena_print(a, "%s/" BACKUP_PLAIN, c.work);
	bool ok =
		begin(&c, &why) && backup_restore(a, folder, secret, file, &report.manifest, &why);
	if (ok)
		ok = look(&c, file, live, e);
	else if (is_fault(&c, &why))
		ok = true;
	else
		(void)err_set(e, why.kind, why.key, "%s", why.detail);
	if (!disk_remove(c.work, ok ? e : &why) || !ok)
		return false;
	report.took_ms = clock_monotonic_ms() - began_ms;
	*ret = report;
	return true;
}
