/* manifest.h - what a copy says of itself.
 *
 * A copy is a folder,
 *
 *   konkurs-20261129T233000-000012345-0a1b2c3d4e5f/
 *       konkurs.db or konkurs.db.sealed     the database, plain or sealed (sign/sealed_file.h)
 *       manifest.json                       this
 *       service.key.sealed                  the service key, only if asked for and only sealed
 *
 * named by its day and time in the zone, the size of its journal and the first digits of the
 * journal's root.  It comes into its place whole, by one rename: a folder of that name is a copy.
 * The manifest names no person and no content: it may be read beside a sealed copy. */
#pragma once
#include "backup/disk.h"
#include "journal/state.h"

#define BACKUP_PLAIN    "konkurs.db"
#define BACKUP_SEALED   "konkurs.db.sealed"
#define BACKUP_KEY      "service.key.sealed"
#define BACKUP_MANIFEST "manifest.json"
#define BACKUP_PREFIX   "konkurs-"
#define BACKUP_PART     ".part-" /* of a folder that is no copy yet */

struct manifest {
	const char *name; /* of the folder                            */
	int64_t made_ms;
	bool sealed, with_key;
	char hash[DISK_HASH_SIZE]; /* SHA-256 of the file as it lies there     */
	int64_t size;              /* of it, in bytes                          */
	int64_t schema;            /* number of the newest migration           */
	struct journal_state journal;
	char rows[DISK_HASH_SIZE]; /* SHA-256 of {table: rows}, canonical JSON */
	/* Files outside the database (store/store.h): they are not in the copy, their rows are. */
	struct {
		int64_t count, size;       /* size of the files, in bytes */
		char hash[DISK_HASH_SIZE]; /* SHA-256 of "HASH OBJECT SIZE\n" of each, by hash */
	} objects;
	const char *installation; /* fingerprint of the service key, "" before there is one */
	const char *checkpoint;   /* the newest note of the journal, "" none  */
};

/* The name that a copy of this moment has; in the arena. */
const char *manifest_name(struct arena *a, const struct manifest *m);

bool manifest_write(struct arena *a, const struct manifest *m, const char *folder,
		    struct err *e) MUST_USE;

/* ERR_INPUT "backup.error.manifest" if the folder has none, or one that is damaged. */
bool manifest_read(struct arena *a, const char *folder, struct manifest *ret,
		   struct err *e) MUST_USE;

/* All copies in a folder, the newest first; what has no manifest that can be read is no copy. */
bool manifest_list(struct arena *a, const char *folder, struct manifest **ret, size_t *ret_count,
		   struct err *e) MUST_USE;

/* For `rows` of a database that is open. */
bool manifest_objects(struct db *db, struct manifest *ret, struct err *e) MUST_USE;
bool manifest_rows(struct db *db, struct arena *a, char ret[DISK_HASH_SIZE],
		   struct err *e) MUST_USE;
