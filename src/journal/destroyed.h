/* destroyed.h - which contents of the journal are gone by act, and that none else is (F74, F85).
 *
 * An act of destruction is about a whole competition or about one person, and takes the contents of
 * all entries of it that stand before the act's own entry.  Headers stay, so anybody can tell later
 * which entries these are: the act's entry, "records.destroyed", lists them ("seqs": "3,7-19"), and
 * the list must be the one that the headers give. */
#pragma once
#include "journal/journal.h"

/* What an act is about: entries of a competition, or of no competition whose subject is the person
 * or a notice that the person has opened; as far as `last_seq`, the entry before the act's own. */
struct destroyed_scope {
	int64_t competition_id, person_id; /* one of them is 0 */
	int64_t last_seq;
};

/* Their numbers as text, in the arena, and how many there are.  Acts of destruction are never
 * among them. */
bool destroyed_list(struct db *db, struct arena *a, const struct destroyed_scope *scope,
		    const char **ret, int64_t *ret_count, struct err *e) MUST_USE;

/* Checks every act, and every content that is gone: sets `broken_seq` and `why` of a report that
 * has none, and `by_acts`.  Acts of before lists were kept say how many contents of clicks and
 * seats of their competition are gone. */
bool destroyed_verify(struct db *db, struct journal_report *report, struct err *e) MUST_USE;
