/* place.h - between the files of store/: what a kind of place can do. */
#pragma once
#include "store/store.h"

#include <curl/curl.h>
#include <pthread.h>

enum { STORE_SECRET_SIZE = 256, STORE_CURLS = 8 };

/* One request to a place; `kind` of it is the last word. */
struct place {
	bool (*put)(struct store *s, const char *name, const void *bytes, size_t size,
		    struct err *e);
	bool (*get)(struct store *s, struct arena *a, const char *name, const void **ret,
		    size_t *ret_size, struct err *e);
	bool (*has)(struct store *s, const char *name, bool *ret, struct err *e);
	bool (*remove)(struct store *s, const char *name, struct err *e);
	bool (*list)(struct store *s, struct arena *a, const char *after, struct store_names *ret,
		     struct err *e);
};

extern const struct place place_folder, place_s3;

struct store {
	const struct place *place;
	struct arena *arena;
	const char *name;
	int64_t in_database_most;
	/* a folder */
	const char *folder;
	/* S3 */
	const char *base, *prefix; /* https://HOST/BUCKET; "" or "konkurs/" */
	const char *sign;          /* "aws:amz:REGION:s3"                  */
	const char *access_key;
	const char *authorities; /* NULL: those of the machine            */
	char *login;             /* "KEY:SECRET", wiped at the end        */
	bool plain;
	uint16_t port;
	pthread_mutex_t lock;
	CURL *idle[STORE_CURLS]; /* connections that stay open */
	size_t idle_count;
	int64_t silent_until; /* of the machine's own seconds */
};

/* Both kinds of place tell the same two stories. */
bool place_away(struct err *e, const char *why);
bool place_missing(struct err *e, const char *name);
