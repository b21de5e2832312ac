#include "app/file.h"

#include "app/access/session.h"
#include "app/candidate/scan.h"

#include <sodium.h>
#include <string.h>

enum { HASH = crypto_generichash_BYTES, HEX = HASH * 2 + 1 };

_Static_assert(crypto_hash_sha256_BYTES == HASH, "both hashes have one size");

static void hash_of(const void *bytes, size_t size, char ret[HEX])
{
	unsigned char hash[HASH];
	(void)crypto_generichash(hash, sizeof(hash), bytes, size, NULL, 0);
	(void)sodium_bin2hex(ret, HEX, hash, sizeof(hash));
}

static const char *sha256_of(struct arena *a, const void *bytes, size_t size)
{
	unsigned char hash[HASH];
	(void)crypto_hash_sha256(hash, bytes, size);
	return act_hex(a, hash, sizeof(hash));
}

/* ---- the place ------------------------------------------------------------------------------- */

/* A database that is only looked at has its key already. */
static bool read_key(struct db *db, unsigned char ret[OBJECT_KEY_SIZE], struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	const void *bytes = NULL;
	size_t size = 0;
	bool made = false;
	if (!db_exists(db, e, &made, "SELECT 1 FROM secret WHERE name = 'files'"))
		return false;
	if (!made)
		return secret_key(db, "files", ret, OBJECT_KEY_SIZE, e);
	if (!db_bytes(db, a, e, &bytes, &size, "SELECT value FROM secret WHERE name = 'files'"))
		return false;
	if (size != OBJECT_KEY_SIZE)
		return err_set(e, ERR_DB, "error.storage", "the key of files has a wrong size");
	memcpy(ret, bytes, size);
	return true;
}

bool file_place_open(struct db *db, const char *place, struct file_place *ret, struct err *e)
{
	struct file_place p = { 0 };
	if (!store_open(place, &p.store, e))
		return false;
	if (!read_key(db, p.key, e)) {
		store_close(p.store);
		return false;
	}
	*ret = p;
	return true;
}

void file_place_close(struct file_place *place)
{
	store_close(place->store);
	sodium_memzero(place, sizeof(*place));
}

/* ---- keeping --------------------------------------------------------------------------------- */

static const struct file_object *find(const struct file_object *list, const char *hash)
{
	while (list && strcmp(list->hash, hash) != 0)
		list = list->next;
	return list;
}

/* The name begins with the day: how old an orphan is. */
static bool put_object(const struct act *act, const char *hash, const void *bytes, size_t size,
		       const char **ret, struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *own = arena_new();
	const void *sealed = NULL;
	size_t sealed_size = 0;
	char today[DAY_TEXT_SIZE];
	day_print(act_today(act), today);
	const char *name = store_new_name(act->arena, today);
	object_seal(own, act->place->key, hash, bytes, size, &sealed, &sealed_size);
	if (!store_put(act->place->store, name, sealed, sealed_size, e))
		return false;
	*ret = name;
	return true;
}

bool file_put(const struct act *act, const void *bytes, size_t size,
	      const struct file_object **list, struct err *e)
{
	char hash[HEX];
	bool kept = false;
	if (!act->place || (int64_t)size <= store_in_database_most(act->place->store))
		return true;
	hash_of(bytes, size, hash);
	if (find(*list, hash))
		return true;
	if (!db_exists(act->db, e, &kept, "SELECT 1 FROM blob WHERE hash = $1", db_text(hash)))
		return false;
	return kept || file_put_again(act, hash, bytes, size, list, e);
}

bool file_put_again(const struct act *act, const char *hash, const void *bytes, size_t size,
		    const struct file_object **list, struct err *e)
{
	const char *name = NULL;
	if (!put_object(act, hash, bytes, size, &name, e))
		return false;
	struct file_object *object = arena_alloc(act->arena, sizeof(*object));
	*object = (struct file_object){ *list, arena_copy(act->arena, hash), name };
	*list = object;
	return true;
}

/* Without an object the bytes lie in the row, however many they are: a door of another kind, or a
 * file that was destroyed between file_put() and now. */
bool act_keep_file(const struct act *act, const void *bytes, size_t size, const char *media,
		   const char **ret_hash, struct err *e)
{
	char hash[HEX];
	hash_of(bytes, size, hash);
	const struct file_object *object = find(act->objects, hash);
	if (!db_exec(act->db, e, NULL,
		     "INSERT INTO blob (hash, media, size, body, added_ms, object, sha256)"
		     " VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (hash) DO NOTHING",
		     db_text(hash), db_text(media), db_int((int64_t)size),
		     object ? db_blob("", 0) : db_blob(bytes, size), db_int(act->now_ms),
		     db_text(object ? object->name : ""),
		     db_text(sha256_of(act->arena, bytes, size))) ||
	    !scan_add(act, hash, e))
		return false;
	*ret_hash = arena_copy(act->arena, hash);
	return true;
}

bool file_keep(const struct act *act, const struct file_in *file, const char **ret_hash,
	       const char **ret_name, struct err *e)
{
	*ret_hash = NULL;
	*ret_name = NULL;
	if (!file || file->size == 0)
		return true;
	if (!act_keep_file(act, file->bytes, file->size, file->media, ret_hash, e))
		return false;
	*ret_name = file->name;
	return true;
}

/* ---- reading --------------------------------------------------------------------------------- */

static bool changed(struct err *e)
{
	return err_set(e, ERR_SYSTEM, "file.error.changed", "the bytes of a file are others");
}

static bool read_object(const struct act *act, struct arena *a, const char *hash, const char *name,
			struct file_bytes *ret, struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *own = arena_new();
	const void *sealed = NULL;
	size_t size = 0;
	struct err why = { 0 };
	if (!act->place)
		return err_set(e, ERR_SYSTEM, "file.error.no_place",
			       "a file lies at a place that is not given (--files)");
	if (!store_get(act->place->store, own, name, &sealed, &size, &why)) {
		if (why.kind == ERR_MISSING)
			return err_set(e, ERR_SYSTEM, "file.error.lost",
				       "the place does not have an object that a row names");
		*e = why;
		return false;
	}
	return object_open(a, act->place->key, hash, sealed, size, &ret->bytes, &ret->size) ||
	       changed(e);
}

static bool read_row(const struct act *act, struct arena *a, const char *hash,
		     struct file_bytes *ret, struct err *e)
{
	return db_bytes(act->db, a, e, &ret->bytes, &ret->size,
			"SELECT body FROM blob WHERE hash = $1", db_text(hash));
}

bool file_read(const struct act *act, struct arena *a, const char *hash, struct file_bytes *ret,
	       struct err *e)
{
	char found[HEX];
	struct file_bytes file = { .media = "" };
	const json_t *row = db_row(act->db, a, e, "SELECT media, object FROM blob WHERE hash = $1",
				   db_text(hash));
	if (!row)
		return false;
	const char *object = row_text(row, "object");
	file.media = row_text(row, "media");
	if (!(*object ? read_object(act, a, hash, object, &file, e)
		      : read_row(act, a, hash, &file, e)))
		return false;
	hash_of(file.bytes, file.size, found);
	if (strcmp(found, hash) != 0)
		return changed(e);
	*ret = file;
	return true;
}

bool file_sha256(const struct act *act, const char *hash, const char **ret, struct err *e)
{
	struct file_bytes file;
	if (!db_string(act->db, act->arena, e, ret, "SELECT sha256 FROM blob WHERE hash = $1",
		       db_text(hash)))
		return false;
	if (**ret)
		return true;
	/* of before there was the column: in the row */
	if (!read_row(act, act->arena, hash, &file, e))
		return false;
	*ret = sha256_of(act->arena, file.bytes, file.size);
	return true;
}

/* ---- the end --------------------------------------------------------------------------------- */

bool file_leave(const struct act *act, const char *hash, struct err *e)
{
	return db_exec(act->db, e, NULL,
		       "INSERT INTO object_removal (object, asked_ms, due_ms, attempts)"
		       " SELECT object, CAST($2 AS BIGINT), CAST($2 AS BIGINT), 0 FROM blob"
		       " WHERE hash = $1 AND object <> '' ON CONFLICT (object) DO NOTHING",
		       db_text(hash), db_int(act->now_ms));
}

bool file_forget(const struct act *act, const char *hash, struct err *e)
{
	return file_leave(act, hash, e) &&
	       db_exec(act->db, e, NULL, "DELETE FROM blob WHERE hash = $1", db_text(hash)) &&
	       scan_forget(act, hash, e);
}

bool file_day_past(const struct act *act, day d, const char *field, struct err *e)
{
	return d.n <= act_today(act).n ||
	       err_input(e, field, "error.day.future", "a paper dated ahead");
}
