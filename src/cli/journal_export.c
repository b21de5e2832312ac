/* journal_export.c - konkurs journal export-tiles DIR: the log in files, as C2SP's tlog-tiles has
 * them, for tools that others wrote (F86).  What is there in full is not written again. */
#include "cli/journal.h"

#include "app/evidence/checkpoint.h"
#include "journal/log.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct export
{
	struct db *db;
	const char *folder;
	int64_t files;
};

static bool failed(struct err *e, const char *path)
{
	return err_set(e, ERR_SYSTEM, "error.system", "%s: %s", path, strerror(errno));
}

/* Every folder on the way to `path`. */
static bool make_folders(const char *path, struct err *e)
{
	char part[4096];
	for (const char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		const size_t size = (size_t)(slash - path);
		if (size >= sizeof(part))
			return err_set(e, ERR_SYSTEM, "error.system", "the path is too long");
		memcpy(part, path, size);
		part[size] = '\0';
		if (mkdir(part, 0755) != 0 && errno != EEXIST)
			return failed(e, part);
	}
	return true;
}

/* Whole or not at all: a reader never sees half a file. */
static bool write_file(struct export *x, struct arena *a, const char *name, const void *bytes,
		       size_t size, struct err *e)
{
	const char *path = arena_print(a, "%s/%s", x->folder, name);
	const char *fresh = arena_print(a, "%s.new", path);
	if (!make_folders(path, e))
		return false;
	FILE *file = fopen(fresh, "wb");
	if (!file)
		return failed(e, fresh);
	const bool ok = fwrite(bytes, 1, size, file) == size;
	if (fclose(file) != 0 || !ok || rename(fresh, path) != 0)
		return failed(e, path);
	x->files++;
	return true;
}

static bool is_there(struct export *x, struct arena *a, const char *name)
{
	return access(arena_print(a, "%s/%s", x->folder, name), F_OK) == 0;
}

static bool write_tile(struct export *x, struct arena *a, const struct tile_name *name,
		       struct err *e)
{
	char path[TILE_PATH_SIZE];
	struct tree_hash hash[TILE_WIDTH];
	const void *bytes = hash;
	size_t size = name->width * sizeof(*hash);
	tile_print(name, path);
	if (is_there(x, a, path))
		return true;
	return (name->entries
			? journal_bundle_read(x->db, a, name->number, name->width, &bytes, &size, e)
			: journal_tile_read(x->db, name->level, name->number, name->width, hash,
					    e)) &&
	       write_file(x, a, path, bytes, size, e);
}

static bool write_level(struct export *x, uint64_t size, unsigned level, bool entries,
			struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	unsigned width = 0;
	for (uint64_t n = 0; (width = tile_width(size, level, n)) > 0; n++) {
		const struct tile_name name = { entries, level, n, width };
		if (!write_tile(x, a, &name, e))
			return false;
		arena_reset(a);
	}
	return true;
}

/* The checkpoint last: what it promises is there then. */
static bool write_all(struct export *x, struct arena *a, struct err *e)
{
	struct checkpoint c = { 0 };
	const char *note = NULL;
	struct note_key key;
	char vkey[NOTE_KEY_SIZE];
	if (!checkpoint_newest(x->db, a, &c, e) || !checkpoint_key(x->db, &key, e) ||
	    !checkpoint_note(x->db, a, &c, &note, e))
		return false;
	note_key_print(&key, vkey);
	for (unsigned level = 0; level < TILE_LEVELS; level++) {
		if (!write_level(x, (uint64_t)c.size, level, false, e))
			return false;
	}
	const char *line = arena_print(a, "%s\n", vkey);
	return write_level(x, (uint64_t)c.size, 0, true, e) &&
	       write_file(x, a, "key", line, strlen(line), e) &&
	       write_file(x, a, "checkpoint", note, strlen(note), e);
}

int journal_run_export(const struct journal_options *o)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	CLEANUP(db_cleanup) struct db *db = NULL;
	struct err e = { 0 };
	if (o->words != 1)
		return cli_usage("journal", "say: journal export-tiles FOLDER");
	if (!db_open_read_only(o->db, &db, &e))
		return cli_failed("journal", &e);
	struct export x = { .db = db, .folder = o->word[0] };
	if (!write_all(&x, a, &e))
		return cli_failed("journal", &e);
	printf("%lld files written to %s\n", (long long)x.files, x.folder);
	return CLI_OK;
}
