/* audit_report.h - what `konkurs verify` and `konkurs drill` have said, kept where auditors look
 * (F88).
 *
 * Both programs only read, and run where the database is, or on a copy of it elsewhere; so what
 * they print with --json is brought as a file.  It is kept as it was printed and shown as what it
 * is: the word of whoever ran it.  The entry "audit.reported" holds its hash. */
#pragma once
#include "app/act.h"

#define AUDIT_VERIFY "verify"
#define AUDIT_DRILL  "drill"

enum { AUDIT_REPORT_MOST = 1 << 20 }; /* bytes */

/* Keeps a report of either program; the same bytes once more are the same report.  By whoever
 * checkpoint_require() lets.  ERR_INPUT "audit.error.report" at "file" for what is no such report.
 */
bool audit_report_take(const struct act *act, const void *bytes, size_t size, int64_t *ret_id,
		       struct err *e) MUST_USE;
