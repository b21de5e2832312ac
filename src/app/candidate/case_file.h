/* case_file.h - who may take out the case of a candidate, and that it was taken (F89). */
#pragma once
#include "app/act.h"

/* Whether the paper of this study goes into the case: of whoever may open it and has said for what
 * (F76).  The archive holds the hash alone for all others; who holds the paper calls study_view()
 * when it is handed out. */
bool case_may_hold(const struct act *act, int64_t application_id, int64_t study_id, bool *ret,
		   struct err *e) MUST_USE;

/* HR of the competition's organ, or an auditor; else ERR_MISSING. */
bool case_may_export(const struct act *act, int64_t application_id, struct err *e) MUST_USE;

/* Journals that this person has taken the case out, and makes the checkpoint that proves it.
 * `sums` is the SHA-256 of its SHA256SUMS, and so commits to every file of it: nothing in the case
 * can be changed or left out afterwards.  Gives the entry. */
bool case_exported(const struct act *act, int64_t application_id, const char *sums, int64_t entries,
		   int64_t *ret_seq, struct err *e) MUST_USE;
