#include "backup/manifest.h"

#include "base/day.h"
#include "db/copy.h"
#include "db/row.h"

#include <dirent.h>
#include <errno.h>
#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FORMAT "konkurs-backup-1"
enum { ROOT_DIGITS = 12, COPIES_MOST = 4096 };

static const char *hex(struct arena *a, const unsigned char hash[JOURNAL_HASH_SIZE])
{
	char *text = arena_alloc(a, JOURNAL_TEXT_SIZE);
	return sodium_bin2hex(text, JOURNAL_TEXT_SIZE, hash, JOURNAL_HASH_SIZE);
}

const char *manifest_name(struct arena *a, const struct manifest *m)
{
	char at[INSTANT_TEXT_SIZE];
	instant_print(m->made_ms, at); /* YYYY-MM-DDTHH:MM:SS+05:00 */
	return arena_print(a, BACKUP_PREFIX "%.4s%.2s%.2sT%.2s%.2s%.2s-%09lld-%.*s", at, at + 5,
			   at + 8, at + 11, at + 14, at + 17, (long long)m->journal.size,
			   (int)ROOT_DIGITS, hex(a, m->journal.root));
}

/* ---- write ----------------------------------------------------------------------------------- */

bool manifest_write(struct arena *a, const struct manifest *m, const char *folder, struct err *e)
{
	json_t *json = json_pack(
		"{s:s,s:I,s:s,s:b,s:b,s:I,s:s,s:I,s:{s:I,s:s,s:s,s:s},s:s,s:s,s:s,"
		"s:{s:I,s:I,s:s}}",
		"format", FORMAT, "made_ms", (json_int_t)m->made_ms, "file",
		m->sealed ? BACKUP_SEALED : BACKUP_PLAIN, "sealed", m->sealed, "with_key",
		m->with_key, "size", (json_int_t)m->size, "sha256", m->hash, "schema",
		(json_int_t)m->schema, "journal", "size", (json_int_t)m->journal.size, "root",
		hex(a, m->journal.root), "head", hex(a, m->journal.head), "first",
		hex(a, m->journal.first), "rows_sha256", m->rows, "installation", m->installation,
		"checkpoint", m->checkpoint, "objects", "count", (json_int_t)m->objects.count,
		"size", (json_int_t)m->objects.size, "sha256", m->objects.hash);
	char *text = json_dumps(json, JSON_INDENT(1) | JSON_PRESERVE_ORDER);
	json_decref(json);
	const bool ok = text && disk_write(arena_print(a, "%s/" BACKUP_MANIFEST, folder), text,
					   strlen(text), e);
	const bool had = text != NULL;
	free(text);
	return ok || (!had && err_set(e, ERR_SYSTEM, "error.system", "a manifest that is no text"));
}

struct listing {
	struct manifest *manifest;
	crypto_hash_sha256_state hash;
};

static bool add_object(void *user, const struct db_value *column, size_t count, struct err *e)
{
	struct listing *l = user;
	char size[32];
	(void)snprintf(size, sizeof(size), " %lld\n", (long long)column[2].number);
	(void)count;
	(void)e;
	crypto_hash_sha256_update(&l->hash, column[0].bytes, column[0].size);
	crypto_hash_sha256_update(&l->hash, (const unsigned char *)" ", 1);
	crypto_hash_sha256_update(&l->hash, column[1].bytes, column[1].size);
	crypto_hash_sha256_update(&l->hash, (const unsigned char *)size, strlen(size));
	l->manifest->objects.count++;
	l->manifest->objects.size += column[2].number;
	return true;
}

bool manifest_objects(struct db *db, struct manifest *ret, struct err *e)
{
	struct listing l = { .manifest = ret };
	unsigned char hash[crypto_hash_sha256_BYTES];
	ret->objects.count = 0;
	ret->objects.size = 0;
	crypto_hash_sha256_init(&l.hash);
	if (!db_each(db, e, add_object, &l,
		     "SELECT hash, object, size FROM blob WHERE object <> '' ORDER BY hash"))
		return false;
	crypto_hash_sha256_final(&l.hash, hash);
	(void)sodium_bin2hex(ret->objects.hash, DISK_HASH_SIZE, hash, sizeof(hash));
	return true;
}

bool manifest_rows(struct db *db, struct arena *a, char ret[DISK_HASH_SIZE], struct err *e)
{
	unsigned char hash[crypto_hash_sha256_BYTES];
	const json_t *counts = db_row_counts(db, a, e);
	char *text = counts ? json_dumps(counts, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
	if (!text)
		return false;
	crypto_hash_sha256(hash, (const unsigned char *)text, strlen(text));
	(void)sodium_bin2hex(ret, DISK_HASH_SIZE, hash, sizeof(hash));
	free(text);
	return true;
}

/* ---- read ------------------------------------------------------------------------------------ */

static bool read_hash(const json_t *json, const char *name, unsigned char ret[JOURNAL_HASH_SIZE])
{
	const char *text = row_text(json, name);
	size_t size = 0;
	return sodium_hex2bin(ret, JOURNAL_HASH_SIZE, text, strlen(text), NULL, &size, NULL) == 0 &&
	       size == JOURNAL_HASH_SIZE;
}

static bool read_text(const json_t *json, const char *name, char ret[DISK_HASH_SIZE])
{
	const char *text = row_text(json, name);
	if (strlen(text) != DISK_HASH_SIZE - 1)
		return false;
	memcpy(ret, text, DISK_HASH_SIZE);
	return true;
}

static bool take(struct arena *a, const json_t *json, struct manifest *m)
{
	const json_t *journal = json_object_get(json, "journal");
	m->made_ms = row_number(json, "made_ms");
	m->sealed = json_is_true(json_object_get(json, "sealed"));
	m->with_key = json_is_true(json_object_get(json, "with_key"));
	m->size = row_number(json, "size");
	m->schema = row_number(json, "schema");
	m->journal.size = row_number(journal, "size");
	const json_t *objects = json_object_get(json, "objects"); /* none before there were any */
	m->objects.count = row_number(objects, "count");
	m->objects.size = row_number(objects, "size");
	if (objects && !read_text(objects, "sha256", m->objects.hash))
		return false;
	m->installation = arena_copy(a, row_text(json, "installation"));
	m->checkpoint = arena_copy(a, row_text(json, "checkpoint"));
	return strcmp(row_text(json, "format"), FORMAT) == 0 &&
	       read_text(json, "sha256", m->hash) && read_text(json, "rows_sha256", m->rows) &&
	       read_hash(journal, "root", m->journal.root) &&
	       read_hash(journal, "head", m->journal.head) &&
	       read_hash(journal, "first", m->journal.first);
}

bool manifest_read(struct arena *a, const char *folder, struct manifest *ret, struct err *e)
{
	struct manifest m = { 0 };
	const char *end = strrchr(folder, '/');
	json_t *json = json_load_file(arena_print(a, "%s/" BACKUP_MANIFEST, folder), 0, NULL);
	m.name = arena_copy(a, end ? end + 1 : folder);
	const bool ok = json && take(a, json, &m);
	json_decref(json);
	if (!ok)
		return err_set(e, ERR_INPUT, "backup.error.manifest", "%.180s is no whole copy",
			       folder);
	*ret = m;
	return true;
}

static int newest_first(const void *x, const void *y)
{
	const struct manifest *a = x;
	const struct manifest *b = y;
	if (a->made_ms != b->made_ms)
		return a->made_ms < b->made_ms ? 1 : -1;
	return strcmp(b->name, a->name);
}

bool manifest_list(struct arena *a, const char *folder, struct manifest **ret, size_t *ret_count,
		   struct err *e)
{
	struct manifest *list = arena_array(a, COPIES_MOST, sizeof(*list));
	const struct dirent *entry = NULL;
	size_t count = 0;
	DIR *dir = opendir(folder);
	if (!dir)
		return err_set(e, ERR_SYSTEM, "error.storage", "%.180s: %s", folder,
			       strerror(errno));
	while (count < COPIES_MOST && (entry = readdir(dir)) != NULL) {
		struct err why = { 0 };
		if (strncmp(entry->d_name, BACKUP_PREFIX, strlen(BACKUP_PREFIX)) == 0 &&
		    manifest_read(a, arena_print(a, "%s/%s", folder, entry->d_name), &list[count],
				  &why))
			count++;
	}
	(void)closedir(dir);
	qsort(list, count, sizeof(*list), newest_first);
	*ret = list;
	*ret_count = count;
	return true;
}
