/* verify.h - everything in a database that can be checked, in one go (F88).
 *
 *   journal     the chain of entries, their contents, acts of destruction
 *   checkpoint  checkpoints that somebody has kept outside, size and root; those in the database,
 *               with the log's signature; the tiles of the tree
 *   draw        commitment, coins, bank, keys and forms of each sitting that has started
 *   result      each result from form, clicks and keys, and what the journal tells of it
 *   click       each click of a test against its entry, and the order of the clicks
 *   vote        each vote counted again from the journal, and its rows
 *   minutes     frozen texts and signatures
 *   signature   electronic signatures, each judged again as of when it came
 * (app/signature/signature.h) row         rows of closed sittings and interviews
 * (app/evidence/row_seal.h); of all, also before the close, against the entry of each step:
 * instants, minutes, places, whose hand state       rows of applications, people and their rights,
 * commissions, the calendar, the trust and other things against the newest entry of each
 * (app/evidence/row_state.h) file        uploads, texts of the law and certificates against their
 * hashes; settings
 *
 *   video       segments of records against the entries that tell their hashes, incidents, views,
 * warnings; with the files at hand (verify_records()) their bytes too
 *
 * Of each table of the schema app/verify/verify_table.h says how it is held.
 *
 * It needs no key and writes nothing; in use it reads as of one moment.  The database may have been
 * doctored by somebody who has the file: what cannot be followed is a finding, too. */
#pragma once
#include "app/act.h"
#include "journal/state.h"

/* A checkpoint as it was printed or filed. */
struct verify_checkpoint {
	const char *name;
	int64_t size;
	unsigned char root[JOURNAL_HASH_SIZE];
};

/* Reads origin, size and root of a note in the form of C2SP's tlog-checkpoint; whose signatures
 * stand below is not looked at: paper does not change.  ERR_INPUT "verify.error.checkpoint". */
bool verify_read_checkpoint(const char *text, struct verify_checkpoint *ret,
			    struct err *e) MUST_USE;

struct verify_report {
	/* [{part, at, number, why}]: where it is is one of "journal", "entry", "checkpoint",
	 * "log", "file", "attempt", or a thing of row_state.h, with its number; `why` is English.
	 * Lives in the arena. */
	json_t *findings;
	int64_t entries, checkpoints, sittings, forms, results, clicks, votes, minutes, signatures,
		states, segments, objects; /* looked at */
	int64_t segments_elsewhere;        /* whose files lie in another folder of records */
	int64_t objects_unseen;            /* files at a place that is not given (app/file.h) */
	json_t *lost;                      /* rows whose objects were not found: verify_lost() */
	struct journal_state journal;      /* zeros if its hashes cannot be read   */
};

/* act->db outside a transaction.  False only if the database cannot be read at all. */
bool verify_all(const struct act *act, const struct verify_checkpoint *checkpoint, size_t count,
		struct verify_report *ret, struct err *e) MUST_USE;

/* The files of the records as they lie there.  They are read while others may grow, so what was
 * moving before is noted first: verify_records_moving(), then the files, then verify_records(). */
struct verify_records {
	json_t *files;     /* {name: {size, sha256}} of all below the folder       */
	json_t *moving;    /* {id} of segments whose files were just being written */
	int64_t newest;    /* the last segment that there was                      */
	const char *place; /* what the folder is called (video/folder.h); "" nothing */
};

bool verify_records_moving(const struct act *act, struct verify_records *ret,
			   struct err *e) MUST_USE;

/* Each file of a segment has to be there with its bytes (F69), and no other beside what
 * `konkurs video` is just making.  Findings are added to `r`. */
bool verify_records(const struct act *act, const struct verify_records *records,
		    struct verify_report *r, struct err *e) MUST_USE;

/* ---- its parts, for verify.c ---- */

void verify_found(struct verify_report *r, const char *part, const char *at, int64_t number,
		  const char *why);
/* Each row, by its column "number", is a finding; false if they are NULL: they could not be read.
 */
bool verify_each(struct verify_report *r, const char *part, const char *at, const char *why,
		 const json_t *rows) MUST_USE;
/* The number in "sitting/12" of things that begin with "sitting/", else 0. */
int64_t verify_number_of(const char *subject, const char *thing);

/* Entries of a kind with contents, oldest first: what was destroyed by act tells nothing. */
struct verify_entry {
	int64_t seq, at_ms, actor_id;
	const char *subject;
	json_t *content;
};
typedef bool verify_entry_fn(const struct act *act, struct verify_report *r,
			     const struct verify_entry *entry, struct err *e);
bool verify_entries(const struct act *act, struct verify_report *r, const char *kind,
		    verify_entry_fn *look, struct err *e) MUST_USE;
bool verify_log(const struct act *act, const struct verify_checkpoint *outside, size_t count,
		struct verify_report *r, struct err *e) MUST_USE;
bool verify_clicks(const struct act *act, struct verify_report *r, struct err *e) MUST_USE;
bool verify_minutes(const struct act *act, struct verify_report *r, struct err *e) MUST_USE;
bool verify_signatures(const struct act *act, struct verify_report *r, struct err *e) MUST_USE;
bool verify_destroyed(const struct act *act, struct verify_report *r, struct err *e) MUST_USE;
bool verify_rows(const struct act *act, struct verify_report *r, struct err *e) MUST_USE;
bool verify_told(const struct act *act, struct verify_report *r, struct err *e) MUST_USE;
bool verify_bank(const struct act *act, struct verify_report *r, struct err *e) MUST_USE;
bool verify_states(const struct act *act, struct verify_report *r, struct err *e) MUST_USE;
bool verify_files(const struct act *act, struct verify_report *r, struct err *e) MUST_USE;
/* After verify_files() and the end of its snapshot. */
bool verify_lost(const struct act *act, struct verify_report *r, struct err *e) MUST_USE;
bool verify_video(const struct act *act, struct verify_report *r, struct err *e) MUST_USE;
bool verify_video_told(const struct act *act, struct verify_report *r, struct err *e) MUST_USE;
