/* folder.c - the files of a folder, for those who keep the law or a bank outside the program. */
#include "base/buf.h"
#include "rules/readers.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_SIZE_MOST = 4 * 1024 * 1024 };

static bool refuse_path(const char *reason, const char *path, struct err *e)
{
	(void)err_set(e, ERR_SYSTEM, "rules.unreadable", "%s: %s", path, reason);
	return err_value(e, path);
}

bool law_read_file(struct arena *a, const char *path, const char **ret, struct err *e)
{
	FILE *file = fopen(path, "rbe");
	struct buf body = buf_on(a);
	char piece[8192];
	size_t size = 0;
	if (!file)
		return refuse_path("cannot be opened", path, e);
	while (body.length <= FILE_SIZE_MOST && (size = fread(piece, 1, sizeof(piece), file)) > 0)
		buf_add_n(&body, piece, size);
	bool ok = !ferror(file);
	(void)fclose(file);
	if (!ok || body.length > FILE_SIZE_MOST || strlen(body.text) != body.length)
		return refuse_path("cannot be read, is too large, or holds a NUL", path, e);
	*ret = body.text;
	return true;
}

static int is_yaml(const struct dirent *entry)
{
	static const char ending[] = ".yaml";
	size_t size = strlen(entry->d_name);
	return size >= sizeof(ending) &&
	       strcmp(entry->d_name + size + 1 - sizeof(ending), ending) == 0;
}

static bool add_file(struct arena *a, const char *dir, const char *name, struct law_folder *ret,
		     struct err *e)
{
	const char *body = NULL;
	if (ret->count == LAW_FILES_MOST)
		return refuse_path("too many files", dir, e);
	if (!law_read_file(a, arena_print(a, "%s/%s", dir, name), &body, e))
		return false;
	ret->source[ret->count++] = (struct law_source){ name, body };
	return true;
}

bool law_read_folder(struct arena *a, const char *dir, const char *below, struct law_folder *ret,
		     struct err *e)
{
	struct dirent **entries = NULL;
	const char *path = arena_print(a, "%s/%s", dir, below);
	int count = scandir(path, &entries, is_yaml, alphasort);
	bool ok = count >= 0 || refuse_path("cannot be opened", path, e);
	for (int i = 0; i < count; i++) {
		ok = ok &&
		     add_file(a, dir, arena_print(a, "%s%s", below, entries[i]->d_name), ret, e);
		free(entries[i]);
	}
	free(entries);
	return ok;
}
