/* store.h - a place for bytes outside the database: a folder, or an S3-compatible store.
 *
 * An object is named by us, at random, never by who sent it, and is never written twice: whoever
 * removes one takes nobody else's.  It counts from store_put() on, which is true when the place has
 * it on disk; what a failure leaves behind is named by nobody and found by store_list().
 *
 * A place is "file:/FOLDER" (of this machine, or one that all nodes share), or the path of a file
 * of JSON:
 *
 *   { "endpoint": "https://s3.example.kz", "region": "kz-1", "bucket": "konkurs",
 *     "access_key": "AKIA...", "secret_file": "/etc/konkurs/s3.secret",
 *     "prefix": "konkurs/", "authorities": "/etc/konkurs/s3-ca.pem",
 *     "in_database_most": 262144 }
 *
 * "prefix", "authorities" and "in_database_most" may be missing.  The secret is the first line of a
 * file that nobody but its owner can read; it is in no option, log or message.  http:// is for
 * this machine alone.  Buckets are named in the path, not in the host.
 *
 * May be used by several threads at a time. */
#pragma once
#include "base/arena.h"

enum {
	STORE_NAME_MOST = 64,
	STORE_OBJECT_MOST = 32 * 1024 * 1024, /* bytes of one object                    */
	STORE_IN_DATABASE_MOST = 256 * 1024,  /* of a file that stays in the database   */
	STORE_LIST_MOST = 1000                /* names of one store_list()              */
};

struct store;

/* ERR_INPUT "store.error.place" if it is no place, with the reason in `detail`.  Talks to nobody.
 */
bool store_open(const char *place, struct store **ret, struct err *e) MUST_USE;
void store_close(struct store *s);
void store_cleanup(struct store **s);

/* For people: "https://s3.example.kz/konkurs", "file:/srv/konkurs/files". */
const char *store_name(const struct store *s);
/* Files of at most so many bytes stay in the database. */
int64_t store_in_database_most(const struct store *s);
/* What a fence has to let through: a folder, or a TCP port; NULL and 0 otherwise. */
const char *store_folder(const struct store *s);
uint16_t store_port(const struct store *s);
/* Files that are read when it is at work: NULL none. */
const char *store_authorities(const struct store *s);

/* All below: ERR_BUSY "store.error.away" if the place does not answer or has no room, ERR_BUSY
 * "store.error.refused" if it does not let us in (the key, the secret, the clock, the bucket). */

/* The new object `name`. */
bool store_put(struct store *s, const char *name, const void *bytes, size_t size,
	       struct err *e) MUST_USE;
/* ERR_MISSING "store.error.missing" if it is not there. */
bool store_get(struct store *s, struct arena *a, const char *name, const void **ret,
	       size_t *ret_size, struct err *e) MUST_USE;
/* Whether it is there. */
bool store_has(struct store *s, const char *name, bool *ret, struct err *e) MUST_USE;
/* One that is gone already is removed. */
bool store_remove(struct store *s, const char *name, struct err *e) MUST_USE;

/* Names that come behind `after` ("": from the first), in the order of their bytes, at most
 * STORE_LIST_MOST; all names of ours begin with a day, so the oldest come first.  Fewer: these are
 * the last. */
struct store_names {
	const char *name[STORE_LIST_MOST];
	size_t count;
};
bool store_list(struct store *s, struct arena *a, const char *after, struct store_names *ret,
		struct err *e) MUST_USE;

/* "2026-11-30/0a1b..." : a new name for today; letters that need no escape anywhere.  False for a
 * text that is no such name. */
const char *store_new_name(struct arena *a, const char *day);
bool store_name_valid(const char *name);
