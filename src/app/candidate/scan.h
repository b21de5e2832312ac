/* scan.h - uploaded files are held back until a virus scanner finds them clean (ASVS 5.4.3).
 *
 * A file is taken and acknowledged at once: no term depends on a scanner.  Its row of table scan
 * waits until `konkurs scan` (cli/scan.c), a process of its own, has asked the scanner; until then,
 * and for good when something was found, nobody is given its bytes: no page, bundle or case.  The
 * server never talks to the scanner.
 *
 * Files are held back from the first time on that a scanner has answered, until an administrator of
 * the machine ends it with a reason; both are journalled.  Before, files wait too, but are shown.
 */
#pragma once
#include "app/act.h"

enum { SCAN_SILENT_MS = 5 * 60 * 1000 }; /* the scanner has not answered for so long: it is away */

/* What keeps the file of a row `d` with a column blob_hash back: '' nothing, 'waiting', 'infected'.
 * A file without a row of scan waits; what was found infected stays back even when nothing else is
 * held. For a SELECT. */
#define SCAN_HELD                                                                                  \
	"CASE WHEN EXISTS (SELECT 1 FROM scan s WHERE s.blob_hash = d.blob_hash"                   \
	"  AND s.verdict = 'infected') THEN 'infected'"                                            \
	" WHEN EXISTS (SELECT 1 FROM scan_service v WHERE v.required = 1)"                         \
	"  AND NOT EXISTS (SELECT 1 FROM scan s WHERE s.blob_hash = d.blob_hash"                   \
	"  AND s.verdict = 'clean') THEN 'waiting' ELSE '' END"

/* The same of one file. */
bool scan_held(const struct act *act, const char *hash, const char **ret, struct err *e) MUST_USE;

/* ERR_CONFLICT "scan.error.waiting", "scan.error.infected" for a file that is held back. */
bool scan_require(const struct act *act, const char *hash, struct err *e) MUST_USE;

/* For act_keep_file(): a file was kept; and for app/evidence/retention.h: it is gone. */
bool scan_add(const struct act *act, const char *hash, struct err *e) MUST_USE;
bool scan_forget(const struct act *act, const char *hash, struct err *e) MUST_USE;

/* ---- the state, for pages and checks --------------------------------------------------------- */

struct scan_state {
	bool required;
	bool away;           /* required, and the scanner is silent          */
	int64_t answered_ms; /* 0: never                                      */
	int64_t waiting;     /* files without a verdict                       */
	int64_t troubled;    /* of these: the scanner would not look at them  */
	int64_t infected;
};

bool scan_state(const struct act *act, struct scan_state *ret, struct err *e) MUST_USE;

/* ---- the process ----------------------------------------------------------------------------- */

struct scanner {
	const char *engine, *signatures;
};

/* The scanner has answered; the first time files are held back from now on. */
bool scan_answered(const struct act *act, const struct scanner *s, struct err *e) MUST_USE;

/* Files are held back no more.  ERR_INPUT "error.required" without a reason. */
bool scan_end(const struct act *act, const char *reason, struct err *e) MUST_USE;

/* All files are to be looked at again; what was found of them counts until then. */
bool scan_again(const struct act *act, int64_t *ret_count, struct err *e) MUST_USE;

struct scan_file {
	int64_t id;
	const char *hash;
	const void *bytes;
	size_t size;
	int attempts; /* this one counted */
};

/* The next file that is due; `ret_found` false: none.  It is put off before it is looked at, so
 * that one at which the scanner dies, or that cannot be read (file_read()), does not keep it from
 * the others; the latter has the problem "unread". */
bool scan_claim(const struct act *act, struct scan_file *ret, bool *ret_found,
		struct err *e) MUST_USE;

/* The verdict: `found` "" is clean.  Journalled; whoever sent in an infected file is told, and HR.
 */
bool scan_settle(const struct act *act, const struct scan_file *file, const struct scanner *s,
		 const char *found, struct err *e) MUST_USE;

/* No verdict; `problem` is the word for the column. */
bool scan_fail(const struct act *act, const struct scan_file *file, const char *problem,
	       struct err *e) MUST_USE;

/* Milliseconds until attempt `attempts` + 1: 15, 30, 60... seconds, at most an hour. */
int64_t scan_pause_ms(int attempts);
