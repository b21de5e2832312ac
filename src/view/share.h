/* share.h - the files that are part of the program: pages, assets, messages, rules,
 * samples.  tools/embed.py puts them in at build time; nothing is read from disk.
 *
 *   pages/competition/list.html     as in the repository
 *   assets/tabler.css               built from npm and assets/
 *   locale/kk.json                  all messages of a language: {key: text}
 *   rules/..., sample/...           as in the repository
 *   src/web/api/frame.json          what of the API description is no route (web/api/api.h) */
#pragma once
#include "base/err.h"

enum { SHARE_HASH_SIZE = 65 };

struct share_item {
	const char *path;
	const unsigned char *bytes; /* followed by a NUL that `size` does not count */
	size_t size;
	const unsigned char *gzip; /* the same packed, or NULL where that gains nothing */
	size_t gzip_size;
	const char *hash; /* SHA-256 in hexadecimal */
};

/* Sorted by path in byte order. */
struct share {
	const struct share_item *items;
	size_t count;
};

/* What is built into this program. */
extern const struct share share_built_in;

/* NULL if there is no such file. */
const struct share_item *share_find_in(const struct share *s, const char *path);
const struct share_item *share_find(const char *path); /* in share_built_in */

/* The items whose paths begin with `prefix` ("pages/"): the first, and how many. */
const struct share_item *share_below(const struct share *s, const char *prefix, size_t *ret_count);

/* The address of asset `name` ("tabler.css"): "/assets/tabler.1a2b3c4d.css".  The
 * eight digits change with the content, so browsers may keep it for ever.  False if
 * there is no such asset or `size` does not suffice. */
bool share_address(const struct share *s, const char *name, char *address, size_t size) MUST_USE;

/* The asset that such an address (path of the request) means; NULL if there is none
 * or its content has changed since. */
const struct share_item *share_by_address(const struct share *s, const char *address);

/* "text/css; charset=utf-8" and so on, by the ending of the path. */
const char *share_media(const char *path);
