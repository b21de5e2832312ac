/* journal.h - the hash-chained record of every change.
 *
 * Each use case appends one entry in the same transaction as its rows, so there
 * is no change without an entry and no entry without a change.  An entry is
 * two parts:
 *   header   seq, instant, actor, kind, competition, subject, content hash,
 *            hash of the entry before: canonical JSON, hashed into the chain;
 *   content  what changed, canonical JSON with 32 bytes of salt beside it.
 * The chain commits to SHA-256(salt || content) only, so that a person's data can be
 * destroyed by act while the chain stays whole; and as the hash of an entry is
 * RFC 6962's leaf hash, SHA-256(0x00 || header), a Merkle tree over the same
 * entries needs no new column.
 *
 * Canonical JSON: keys sorted, no white space, integers and text only, UTF-8. */
#pragma once
#include "base/teller.h"
#include "db/db.h"

enum { JOURNAL_HASH_SIZE = 32 };

struct journal_entry {
	int64_t at_ms;
	int64_t actor_id;       /* person, 0 for the system itself                  */
	const char *kind;       /* "application.sent": the thing and what became of it */
	int64_t competition_id; /* 0 for none                                        */
	const char *subject;    /* "application/12", "" for none                      */
	json_t *content;        /* borrowed object                                   */
};

/* Appends an entry.  Must be called inside the transaction of the change it records
 * (asserted): otherwise a crash could keep the one without the other. */
bool journal_append(struct db *db, const struct journal_entry *entry, struct err *e) MUST_USE;

struct journal_report {
	int64_t entries;                       /* that were checked                  */
	int64_t destroyed;                     /* whose content is gone             */
	int64_t by_acts;                       /* of these, as "records.destroyed" lists */
	int64_t broken_seq;                    /* first entry that does not fit, or 0 */
	const char *why;                       /* "" or what is wrong, a literal      */
	unsigned char head[JOURNAL_HASH_SIZE]; /* hash of the last good entry        */
};

/* Checks the whole chain: numbers without gaps, each hash from its header, each
 * link to the entry before, each content against its commitment, and whether just those contents
 * are gone that acts of destruction list, each after its time (journal/destroyed.h).  False only if
 * the database could not be read: a broken chain is a finding, not a failure. */
bool journal_verify(struct db *db, struct journal_report *ret, struct err *e) MUST_USE;

/* The same, and tells how many entries it has looked at. */
bool journal_verify_watched(struct db *db, const struct teller *teller, struct journal_report *ret,
			    struct err *e) MUST_USE;

/* The hash of the newest entry, as hexadecimal text; 64 zeros before the first. */
enum { JOURNAL_TEXT_SIZE = JOURNAL_HASH_SIZE * 2 + 1 };
bool journal_head(struct db *db, char ret[JOURNAL_TEXT_SIZE], int64_t *ret_seq,
		  struct err *e) MUST_USE;
