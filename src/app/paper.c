#include "app/paper.h"

enum { SUBJECT_DIGITS = 16 };

/* Not an entry about the thing itself: its newest place in the journal stands on the paper, and
 * printing must not move it. */
static bool note(const struct act *act, const struct issued_paper *p, struct err *e)
{
	return act_journal(act, "paper.issued", p->competition_id,
			   arena_print(act->arena, "paper/%.*s", SUBJECT_DIGITS, p->hash),
			   json_pack("{s:s,s:s,s:s,s:I}", "hash", p->hash, "kind", p->kind,
				     "language", p->language, "seq", (json_int_t)p->seq),
			   e);
}

/* A form on paper is there before any competition uses it, and has a register of its own. */
static bool enter(const struct act *act, const struct issued_paper *p, struct err *e)
{
	if (p->competition_id == 0)
		return db_exec(act->db, e, NULL,
			       "INSERT INTO paper_form_issued (hash, kind, language, seq,"
			       " issued_ms) VALUES ($1, $2, $3, $4, $5)",
			       db_text(p->hash), db_text(p->kind), db_text(p->language),
			       db_int(p->seq), db_int(act->now_ms));
	return db_exec(act->db, e, NULL,
		       "INSERT INTO paper (hash, kind, competition_id, language, seq, issued_ms)"
		       " VALUES ($1, $2, $3, $4, $5, $6)",
		       db_text(p->hash), db_text(p->kind), db_int(p->competition_id),
		       db_text(p->language), db_int(p->seq), db_int(act->now_ms));
}

bool paper_issue(const struct act *act, const struct issued_paper *paper, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	bool known = false;
	if (!db_begin(act->db, &tx, e) ||
	    !db_exists(act->db, e, &known,
		       "SELECT 1 FROM paper WHERE hash = $1 UNION ALL"
		       " SELECT 1 FROM paper_form_issued WHERE hash = $1",
		       db_text(paper->hash)))
		return false;
	if (known)
		return db_commit(&tx, e);
	return enter(act, paper, e) && note(act, paper, e) && db_commit(&tx, e);
}
