/* backup_note.h - what is on record about copies of the database (F91).
 *
 * Copies are files (backup/backup.h); here is that they were made, that they were restored and
 * compared, and that newer ones have taken their place.  Both are lines of the journal. */
#pragma once
#include "app/act.h"
#include "backup/backup.h"

/* A copy of a day and the hours that the next one may take. */
enum { BACKUP_LATE_MS = 26 * 60 * 60 * 1000 };

/* A copy was made in folder `place`, and those of `removed` (a JSON array of names) went. */
bool backup_note_made(const struct act *act, const char *place, const struct manifest *m,
		      const json_t *removed, struct err *e) MUST_USE;

/* A copy was restored beside and compared, with this result.  One that is not on record yet, of
 * before this database was restored, comes on record. */
bool backup_note_checked(const struct act *act, const char *place, const struct backup_report *r,
			 struct err *e) MUST_USE;

struct backup_state {
	int64_t made_ms;    /* of the newest copy, 0 none                           */
	int64_t checked_ms; /* when the newest check that found nothing was, 0 none */
	const char *why;    /* of the newest check: "" nothing, else the word       */
	bool late;          /* no copy, or none restored and found whole, for BACKUP_LATE_MS */
};

bool backup_state(struct db *db, struct arena *a, int64_t now_ms, struct backup_state *ret,
		  struct err *e) MUST_USE;
