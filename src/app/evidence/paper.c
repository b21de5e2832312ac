#include "app/evidence/paper.h"

/* Not an entry about the thing itself: its newest place in the journal stands on the paper, and
 * printing must not move it.  The subject is the number of the row, for it stays when the content
 * is destroyed: of the hash, whoever can make the paper again could tell for ever what it said. */
static bool note(const struct act *act, const struct issued_paper *p, const char *table, int64_t id,
		 struct err *e)
{
	return act_journal(act, "paper.issued", p->competition_id, act_subject(act, table, id),
			   json_pack("{s:s,s:s,s:s,s:I}", "hash", p->hash, "kind", p->kind,
				     "language", p->language, "seq", (json_int_t)p->seq),
			   e);
}

/* A form on paper is there before any competition uses it, and has a register of its own. */
static bool enter(const struct act *act, const struct issued_paper *p, struct err *e)
{
	int64_t id = 0;
	if (p->competition_id == 0)
		return db_number(act->db, e, &id,
				 "INSERT INTO paper_form_issued (hash, kind, language, seq,"
				 " issued_ms) VALUES ($1, $2, $3, $4, $5) RETURNING id",
				 db_text(p->hash), db_text(p->kind), db_text(p->language),
				 db_int(p->seq), db_int(act->now_ms)) &&
		       note(act, p, "paper_form_issued", id, e);
	return db_number(act->db, e, &id,
			 "INSERT INTO paper (hash, kind, competition_id, language, seq, issued_ms)"
			 " VALUES ($1, $2, $3, $4, $5, $6) RETURNING id",
			 db_text(p->hash), db_text(p->kind), db_int(p->competition_id),
			 db_text(p->language), db_int(p->seq), db_int(act->now_ms)) &&
	       note(act, p, "paper", id, e);
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
	return enter(act, paper, e) && db_commit(&tx, e);
}
