/* follow.h - a file that another process writes, hashed and made durable while it grows (F69, F70).
 *
 * Janus writes its recordings without fsync.  follow_look() reads what has come, adds it to the
 * SHA-256, and syncs: called each second, a power cut takes no more than that and what stood in
 * Janus' buffer of 4 KiB. */
#pragma once
#include "base/err.h"

enum { FOLLOW_HASH_SIZE = 32 };

struct follow;

/* Begins with a file that is there or is yet to come, from its first byte. */
bool follow_open(const char *folder, const char *file, struct follow **ret, struct err *e) MUST_USE;
void follow_cleanup(struct follow **f);

/* `ret_grew`: bytes that came since the last look.  A file that became shorter, or is another one
 * now, is ERR_CONFLICT "video.error.changed". */
bool follow_look(struct follow *f, int64_t *ret_grew, struct err *e) MUST_USE;

/* The last look, when nobody writes any more: size (0: it never came) and hash. */
bool follow_end(struct follow *f, int64_t *ret_size, unsigned char ret_hash[FOLLOW_HASH_SIZE],
		struct err *e) MUST_USE;

/* Size and hash of a file as it lies there; size -1 if there is none. */
bool follow_whole(const char *folder, const char *file, int64_t *ret_size,
		  unsigned char ret_hash[FOLLOW_HASH_SIZE], struct err *e) MUST_USE;
