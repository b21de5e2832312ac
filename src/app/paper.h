/* paper.h - the register of papers that were handed out as PDF (F15). */
#pragma once
#include "app/act.h"

struct issued_paper {
	const char *hash;       /* as it stands on the paper: 64 hexadecimal digits        */
	const char *kind;       /* "minutes"                                               */
	int64_t competition_id; /* that it belongs to; 0 none: a form on paper              */
	const char *language;   /* "kk", "ru", "en"                                        */
	int64_t seq;            /* the place in the journal that stands on it; 0 none       */
};

/* Registers a paper, so that its hash can be verified by anybody; the first time that it is handed
 * out is journalled, another time nothing happens.  Whether the person may have it was decided
 * where it was made: by the handler of its page, on the same rights. */
bool paper_issue(const struct act *act, const struct issued_paper *paper, struct err *e) MUST_USE;
