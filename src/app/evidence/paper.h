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

/* SQL: whether an entry tells of the paper that row `x` of `paper` or `paper_form_issued` names
 * (`table` and `competition` as there).  A row alone is whoever's who has the file of the database.
 * Entries of before rows had numbers are about the first half of the hash. */
#define PAPER_IS_TOLD(table, competition)                                                          \
	"EXISTS (SELECT 1 FROM journal_entry j JOIN journal_content p ON p.seq = j.seq"            \
	"  WHERE j.subject IN ('" table "/' || x.id, 'paper/' || SUBSTR(x.hash, 1, 16))"           \
	"  AND j.kind <> 'test.answer' AND j.kind = 'paper.issued' AND j.at_ms = x.issued_ms"      \
	"  AND j.competition_id = " competition " AND p.content LIKE '{\"hash\":\"' || x.hash"     \
	"  || '\",\"kind\":\"' || x.kind || '\",\"language\":\"' || x.language || '\",\"seq\":'"   \
	"  || x.seq || '}')"

/* Registers a paper, so that its hash can be verified by anybody; the first time that it is handed
 * out is journalled, another time nothing happens.  Whether the person may have it was decided
 * where it was made: by the handler of its page, on the same rights. */
bool paper_issue(const struct act *act, const struct issued_paper *paper, struct err *e) MUST_USE;
