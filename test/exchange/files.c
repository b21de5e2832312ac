#include "files.h"

#include <fts.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>

#include <cmocka.h>

const struct fixture_file fixture_files[] = {
	{ "moodle/export.xml", false },
	{ "moodle/export.gift", false },
	{ "canvas/quiz", true },
	{ "canvas/newquiz", true },
	{ "tao/package", true },
	{ "inspera/package", true },
	{ "qti3/package", true },
	{ "excel/book", true },
	{ "libreoffice/book", true },
	{ "excel/table.csv", false },
	{ NULL, false },
};

enum { FILE_MOST = 1024 * 1024, ENTRIES_MOST = 64 };

static const char *read_path(struct arena *a, const char *path, size_t *ret_size)
{
	FILE *file = fopen(path, "rb");
	char *bytes = arena_alloc(a, FILE_MOST);
	*ret_size = file ? fread(bytes, 1, FILE_MOST - 1, file) : 0;
	if (file)
		(void)fclose(file);
	return bytes;
}

const char *fixture_text(struct arena *a, const char *name)
{
	size_t size = 0;
	return read_path(a, arena_print(a, "%s/%s", FILES_DIR, name), &size);
}

void fixture_write(struct arena *a, const char *name, const char *text)
{
	FILE *file = fopen(arena_print(a, "%s/%s", FILES_DIR, name), "w");
	assert_non_null(file);
	(void)fputs(text, file);
	(void)fclose(file);
}

static int by_name(const FTSENT **left, const FTSENT **right)
{
	return strcmp((*left)->fts_name, (*right)->fts_name);
}

static const void *zip_folder(struct arena *a, const char *path, size_t *ret_size)
{
	char *const paths[] = { arena_copy(a, path), NULL };
	struct entry entries[ENTRIES_MOST];
	size_t count = 0;
	FTS *tree = fts_open(paths, FTS_NOCHDIR | FTS_PHYSICAL, by_name);
	assert_non_null(tree);
	for (FTSENT *at = fts_read(tree); at; at = fts_read(tree)) {
		if (at->fts_info != FTS_F)
			continue;
		assert_true(count < ENTRIES_MOST);
		struct entry *entry = &entries[count++];
		entry->name = arena_copy(a, at->fts_path + strlen(path) + 1);
		entry->text = read_path(a, at->fts_path, &entry->size);
	}
	(void)fts_close(tree);
	assert_true(count > 0);
	return zip_of(a, entries, count, ret_size);
}

const void *fixture_bytes(struct arena *a, const struct fixture_file *f, size_t *ret_size)
{
	const char *path = arena_print(a, "%s/%s", FILES_DIR, f->name);
	if (f->folder)
		return zip_folder(a, path, ret_size);
	const char *bytes = read_path(a, path, ret_size);
	assert_true(*ret_size > 0);
	return bytes;
}

const void *zip_of(struct arena *a, const struct entry *entries, size_t count, size_t *ret_size)
{
	zip_source_t *source = zip_source_buffer_create(NULL, 0, 0, NULL);
	zip_source_keep(source);
	zip_t *zip = zip_open_from_source(source, ZIP_TRUNCATE, NULL);
	assert_non_null(zip);
	for (size_t i = 0; i < count; i++) {
		const size_t size = entries[i].size ? entries[i].size : strlen(entries[i].text);
		const zip_int64_t at = zip_file_add(
			zip, entries[i].name, zip_source_buffer(zip, entries[i].text, size, 0),
			ZIP_FL_ENC_UTF_8);
		assert_true(at >= 0);
		(void)zip_set_file_compression(zip, (zip_uint64_t)at, ZIP_CM_DEFLATE, 1);
	}
	assert_int_equal(zip_close(zip), 0);
	zip_stat_t s;
	assert_int_equal(zip_source_stat(source, &s), 0);
	char *bytes = arena_alloc(a, (size_t)s.size + 1);
	assert_int_equal(zip_source_open(source), 0);
	assert_int_equal(zip_source_read(source, bytes, s.size), (zip_int64_t)s.size);
	(void)zip_source_close(source);
	zip_source_free(source);
	*ret_size = (size_t)s.size;
	return bytes;
}
