/* backup.h - copies of a database that is in use (F91).
 *
 * A copy is of one moment, whoever writes meanwhile, and is not there before it is whole and on
 * disk (backup/manifest.h).  What a sealed copy is made from lies beside the database while it is
 * made, or in another folder, never in that of the copies.  A copy of a database on a server is an
 * SQLite file with the same rows (db/copy.h). */
#pragma once
#include "backup/keep.h"
#include "backup/manifest.h"
#include "base/teller.h"

struct backup_plan {
	const char *database;      /* file of the database that `db` is, or URL   */
	const char *work;          /* folder for what is plain while a sealed copy is made;
				    * NULL: that of the file                      */
	const char *to;            /* folder of the copies; it is there          */
	const unsigned char *seal; /* public key (sign/sealed_file.h), or NULL   */
	const char *key;           /* file of the service key to seal in, or NULL */
	int64_t now_ms;
	const struct teller *teller; /* NULL: nobody asks how far it is */
};

/* Makes a copy.  ERR_BUSY "backup.error.busy" while another makes one there; ERR_SYSTEM
 * "backup.error.full" before anything is written if it would not fit with as much left as
 * BACKUP_SPARE; ERR_INPUT "backup.error.key_open" if the key shall go into a copy that is not
 * sealed.  What a copy that was broken off has left is removed by the next. */
enum { BACKUP_SPARE = 64 * 1024 * 1024 };
bool backup_make(struct db *db, struct arena *a, const struct backup_plan *plan,
		 struct manifest *ret, struct err *e) MUST_USE;

/* Whether so many bytes fit into the file system of a folder, with BACKUP_SPARE left. */
bool backup_fits(const char *folder, int64_t size, struct err *e) MUST_USE;

/* Removes the copies of this installation that do not stay; their names, a JSON array in the
 * arena.  Copies of others, and what is none, are not touched. */
bool backup_prune(struct arena *a, const char *folder, const struct manifest *newest,
		  const struct keep *keep, json_t **ret_removed, struct err *e) MUST_USE;

/* ---- back ---- */

/* Puts the database of a copy into the new file `to` and syncs it; `secret` opens a sealed one,
 * else NULL.  ERR_INPUT "backup.error.sha256" if the file is not the one of the manifest,
 * "backup.error.seal" if it does not open, "backup.error.sealed" without a key; ERR_CONFLICT
 * "error.conflict" if `to` or its log is there already.  On failure there is no file `to`. */
struct sealed_secret;
bool backup_restore(struct arena *a, const char *folder, const struct sealed_secret *secret,
		    const char *to, struct manifest *ret, struct err *e) MUST_USE;

/* Puts the service key of a sealed copy into the new file `to`. */
bool backup_restore_key(struct arena *a, const char *folder, const struct sealed_secret *secret,
			const char *to, struct err *e) MUST_USE;

/* What is wrong with a copy, as a word: message "backup.why.WORD".
 *   sha256     the file is not the one that the manifest tells of
 *   seal       it does not open with this key: another key's, changed or cut off
 *   damaged    the database is not whole
 *   newer      it is of a newer version of the program
 *   journal    the chain of the journal is broken
 *   manifest   journal or rows are not those of the manifest
 *   rows       rows are not those that its journal tells of
 *   stranger   the journal in use begins with another entry: another installation
 *   shorter    the journal in use has fewer entries than the copy: its end was cut off
 *   rewritten  the journal in use has other entries there: it was written anew */
struct backup_report {
	const char *why; /* "" nothing, else one of the words */
	const char *detail;
	struct manifest manifest;
	bool rows; /* they were looked at: not those of a copy of before an update */
	int64_t took_ms;
};

/* What looks at the rows of a restored database: "" or what is wrong with them, in the arena.  It
 * knows the tables, and stands above this room. */
struct backup_look {
	bool (*look)(void *user, struct db *copy, const char **ret, struct err *e);
	void *user;
};

/* Restores a copy into a folder of its own within `work`, looks at all of it, compares its journal
 * with that of `live` (NULL: with none) and removes it.  False only if something could not be done:
 * what is wrong with the copy is a finding. */
bool backup_check(struct arena *a, const char *folder, const struct sealed_secret *secret,
		  const char *work, struct db *live, const struct backup_look *rows,
		  struct backup_report *ret, struct err *e) MUST_USE;
