/* verify_records.c - the files of the records, for `konkurs verify --records` and the drill. */
#include "cli/verify.h"

#include "video/folder.h"
#include "video/follow.h"

#include <dirent.h>
#include <errno.h>
#include <fts.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>

/* What is no plain file is told as a file of length -1: nothing that a segment has is like it. */
static bool add_file(struct arena *a, const char *folder, const char *file, bool plain,
		     json_t *files, struct err *e)
{
	unsigned char hash[FOLLOW_HASH_SIZE] = { 0 };
	char *hex = arena_alloc(a, sizeof(hash) * 2 + 1);
	int64_t size = -1;
	if (plain && !follow_whole(folder, file, &size, hash, e))
		return false;
	(void)sodium_bin2hex(hex, sizeof(hash) * 2 + 1, hash, sizeof(hash));
	(void)json_object_set_new(files, file,
				  json_pack("{s:I,s:s}", "size", (json_int_t)size, "sha256", hex));
	return true;
}

static bool failed(struct err *e, const char *folder)
{
	return err_set(e, ERR_MISSING, "error.missing", "%.180s: %s", folder, strerror(errno));
}

/* Hidden names are none that `konkurs video` gives, but whoever reads a folder should see them. */
static bool walk(struct arena *a, FTS *tree, const char *folder, json_t *files, struct err *e)
{
	for (FTSENT *at = fts_read(tree); at; at = fts_read(tree)) {
		const char *name = at->fts_path + strlen(folder);
		name += strspn(name, "/");
		/* mark and name of the folder (cli/video_found.c) are no records */
		if (at->fts_info == FTS_D || at->fts_info == FTS_DP ||
		    strcmp(name, "konkurs-records") == 0 || strcmp(name, FOLDER_NAME_FILE) == 0)
			continue;
		if (at->fts_info == FTS_DNR || at->fts_info == FTS_ERR || at->fts_info == FTS_NS) {
			errno = at->fts_errno;
			return failed(e, folder);
		}
		const bool plain = at->fts_info == FTS_F && *name != '.' && !strstr(name, "/.");
		if (!add_file(a, folder, name, plain, files, e))
			return false;
	}
	return errno == 0 || failed(e, folder);
}

bool cli_read_records(struct db *db, struct arena *a, const char *folder,
		      struct verify_records *ret, struct err *e)
{
	const struct act act = { .db = db, .arena = a };
	char *root[] = { arena_copy(a, folder), NULL };
	struct verify_records r = { NULL, NULL, 0, "" };
	char *place = arena_alloc(a, FOLDER_NAME_SIZE);
	struct stat is = { 0 };
	if (stat(folder, &is) != 0 || !S_ISDIR(is.st_mode))
		return failed(e, folder);
	if (!folder_name(folder, false, place, e) || !verify_records_moving(&act, &r, e))
		return false;
	r.place = place;
	FTS *tree = fts_open(root, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	if (!tree)
		return failed(e, folder);
	errno = 0;
	const bool ok = walk(a, tree, folder, r.files, e);
	(void)fts_close(tree);
	if (ok)
		*ret = r;
	return ok;
}
