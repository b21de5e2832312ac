/* redraw.h - draws the forms of a sitting again and compares (F33; docs/draw.md). */
#pragma once
#include "app/act.h"

struct redraw_report {
	int64_t forms;    /* that came out the same                                     */
	const char *why;  /* "" or what is wrong, a literal                              */
	int64_t attempt;  /* that it is wrong with; 0 the sitting                        */
	const char *seed; /* hexadecimal                                                */
};

/* Compares commitment, coins, bank and forms with the journal, and derives every form from the
 * secret, the coins and the snapshot of the bank, in the order in which they were drawn, as each
 * depends on those before it (F31).  A difference is a finding, not a failure.
 * ERR_CONFLICT "sitting.error.not_running" before the start: the secret is sealed. */
bool redraw_verify(const struct act *act, int64_t sitting, struct redraw_report *ret,
		   struct err *e) MUST_USE;

/* The inputs of the draw and its forms, as hashes and numbers, for a program of one's own, the
 * candidates in the order in which their forms were drawn, and receipts of the entries that commit
 * to it; lives in the arena. */
bool redraw_export(const struct act *act, int64_t sitting, json_t **ret, struct err *e) MUST_USE;

/* Whether it may be given away: once the sitting is closed, when the secret is out, and names are
 * opened: it joins the numbers of applications with forms, and sheets without a name show theirs
 * (F9). */
bool redraw_is_out(const struct act *act, int64_t sitting, bool *ret, struct err *e) MUST_USE;
