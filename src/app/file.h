/* file.h - a file that comes with a use case, and where it is kept (F14).
 *
 * The row of table blob names a file by the hash of its bytes.  The bytes lie in the row, or, if
 * the installation has a place for them (store/store.h) and they are more than a little, as an
 * object there, sealed under a key of the installation.
 *
 * A use case has no outside effect, and what is acknowledged is durable: so the object is put
 * before the transaction (file_put(), on a worker thread), the row names it within, and whatever is
 * refused or broken off in between leaves an object that no row names: an orphan, which goes when
 * it is a day old (file_work.h).  Objects have names of their own at random, so nothing that is to
 * go can be what somebody else has just put.  An object goes by the outbox object_removal. */
#pragma once
#include "app/act.h"
#include "store/object.h"
#include "store/store.h"

struct file_in {
	const void *bytes;
	size_t size;
	const char *media; /* told from the content */
	const char *name;  /* for people's eyes     */
};

/* Where files of this installation lie outside its database. */
struct file_place {
	struct store *store;
	unsigned char key[OBJECT_KEY_SIZE];
};

/* An object that was put for this request. */
struct file_object {
	const struct file_object *next;
	const char *hash, *name;
};

/* The key of the installation is made if there is none; the database can be written. */
bool file_place_open(struct db *db, const char *place, struct file_place *ret,
		     struct err *e) MUST_USE;
void file_place_close(struct file_place *place);

/* Puts the bytes at the place, if they are more than a little and not kept already; act_keep_file()
 * of an act that has `*list` in `objects` then names the object.  Before the transaction, on a
 * thread that may wait; needs to read the database only. */
bool file_put(const struct act *act, const void *bytes, size_t size,
	      const struct file_object **list, struct err *e) MUST_USE;

/* Keeps the file if there is one; `ret_hash` and `ret_name` are NULL if there is none. */
bool file_keep(const struct act *act, const struct file_in *file, const char **ret_hash,
	       const char **ret_name, struct err *e) MUST_USE;

/* The bytes of a kept file, from wherever they lie, and they are what its hash says: on a thread
 * that may wait.  In the arena.  ERR_MISSING "error.missing" if there is none, ERR_SYSTEM
 * "file.error.changed" if they are others, "file.error.lost" if the place does not have them,
 * "file.error.no_place" without one; errors of store.h. */
struct file_bytes {
	const void *bytes;
	size_t size;
	const char *media;
};
bool file_read(const struct act *act, struct arena *a, const char *hash, struct file_bytes *ret,
	       struct err *e) MUST_USE;

/* SHA-256 of a kept file, in hexadecimal, without reading an object. */
bool file_sha256(const struct act *act, const char *hash, const char **ret, struct err *e) MUST_USE;

/* Forgets the row of a file; its object is to go after the commit. */
bool file_forget(const struct act *act, const char *hash, struct err *e) MUST_USE;

/* For file_work.h: puts an object of a file that is kept already; and lets go of the object of one,
 * whose row is about to have its bytes. */
bool file_put_again(const struct act *act, const char *hash, const void *bytes, size_t size,
		    const struct file_object **list, struct err *e) MUST_USE;
bool file_leave(const struct act *act, const char *hash, struct err *e) MUST_USE;

/* ERR_INPUT at `field` for a day after today: a paper is not dated ahead. */
bool file_day_past(const struct act *act, day d, const char *field, struct err *e) MUST_USE;
