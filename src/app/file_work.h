/* file_work.h - what `konkurs files` does at the place of files (file.h): objects that are to go,
 * orphans, files that move, and whether the place answers. */
#pragma once
#include "app/file.h"

enum {
	FILE_SILENT_MS = 10 * 60 * 1000, /* `konkurs files` has not been heard of for so long  */
	FILE_SWEEP_MS = 24 * 60 * 60 * 1000, /* how often orphans are looked for */
	FILE_ORPHAN_DAYS = 2,     /* a day, and whatever of today there is              */
	FILE_ORPHANS_MOST = 1000, /* more at once are a mistake of another kind         */
};

/* ---- the state, for pages and checks --------------------------------------------------------- */

struct file_state {
	int64_t inside, inside_bytes;   /* files in the database           */
	int64_t outside, outside_bytes; /* files at the place              */
	int64_t waiting, oldest_ms;     /* objects that are to go; since when */
	bool served;                    /* `konkurs files` has run         */
	const char *place, *problem;    /* as it has found them            */
	int64_t answered_ms, asked_ms, swept_ms;
};

bool file_state(const struct act *act, struct file_state *ret, struct err *e) MUST_USE;

/* ---- the process ----------------------------------------------------------------------------- */

/* Puts a small object, reads and takes it away: "" or the word of what is wrong: "away", "refused",
 * "changed". */
const char *file_place_try(const struct act *act);

/* What it was.  */
bool file_place_told(const struct act *act, const char *problem, struct err *e) MUST_USE;

/* The next object that is to go: `ret` NULL none.  Put off before it is tried. */
bool file_removal_claim(const struct act *act, const char **ret, struct err *e) MUST_USE;
bool file_removal_done(const struct act *act, const char *object, struct err *e) MUST_USE;

/* Takes away what no row names and is older than FILE_ORPHAN_DAYS; `ret_found` how many there were.
 * ERR_CONFLICT "file.error.orphans", with none taken away, if they are more than FILE_ORPHANS_MOST
 * and more than the files that rows name: then this is another database's place. */
bool file_sweep(const struct act *act, int64_t *ret_found, struct err *e) MUST_USE;
bool file_sweep_due(const struct act *act, bool *ret, struct err *e) MUST_USE;

/* Moves one file to the place, or back into the database; `ret_moved` false: there is none to move.
 * The bytes are compared with their hash before the row changes. */
bool file_move_out(const struct act *act, bool *ret_moved, struct err *e) MUST_USE;
bool file_move_in(const struct act *act, bool *ret_moved, struct err *e) MUST_USE;
