/* part.h - what the files of hall_node.h share: the content of a package and of a segment. */
#pragma once
#include "app/hall_node/hall_node.h"
#include "app/sitting/seal.h"

#define PACKAGE_KIND "konkurs-hall-package-1"
#define SEGMENT_KIND "konkurs-hall-segment-1"

/* Clocks of two machines differ by less, or one of them is to be set. */
enum { HALL_CLOCK_MS = 60 * 1000 };

/* Who acts, for a row: NULL is the system itself. */
struct db_value hall_person(const struct act *act);

/* Canonical JSON, in the arena: the same rows give the same text. */
const char *hall_text(struct arena *a, const json_t *json);

/* The rows of a sitting that a node needs: {table: [[column, ...], ...]}, a new object. */
bool package_read(const struct act *act, int64_t sitting, json_t **ret, struct err *e) MUST_USE;

/* Puts them into the tables of a database that has none of them.  ERR_INPUT "hall.error.package" if
 * they are not what package_read() gives. */
bool package_write(const struct act *act, const json_t *tables, struct err *e) MUST_USE;

/* An entry of a segment, its hashes checked. */
struct segment_entry {
	int64_t seq, at_ms, actor_id, competition_id;
	const char *kind, *subject;
	json_t *content;
};

/* The entries of a segment, oldest first, and what the chain does not hold. */
struct segment {
	json_t *json; /* all of it */
	struct segment_entry *entry;
	size_t count;
	const char *head; /* hash of the last entry, hexadecimal */
	bool started;
	unsigned char seal_key[SEAL_KEY_SIZE];
};

/* Reads the text of a segment and checks its chain: numbers from 1 without gaps, each hash from its
 * header, each content against its commitment, from "node.taken" of that package to
 * "node.returned".  ERR_INPUT "hall.error.segment". */
bool segment_read(struct arena *a, json_t *json, const char *package_hash, struct segment *ret,
		  struct err *e) MUST_USE;

/* Does at the centre what was done at the node.  In the caller's transaction; the sitting is
 * sealed. */
bool segment_replay(const struct act *act, int64_t sitting, const struct segment *s,
		    struct hall_received *ret, struct err *e) MUST_USE;
