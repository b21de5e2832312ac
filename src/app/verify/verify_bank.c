/* verify_bank.c - questions in use against the entries that brought them there (F23, F24, F88).
 *
 * A draw takes what is approved and neither held nor retired, as the columns of `item` say; a
 * sitting's hash commits to it only afterwards.  So that nobody slips a question of his own into a
 * test, each version in use rests on a signature of its approval and the entry of that instant, or
 * on the entry with which a bank was taken over whole. */
#include "app/verify/verify.h"

/* "kind <> 'test.answer'": the index of subjects leaves the many clicks out, and serves only
 * whoever says so too; without it each question would read the whole journal. */
bool verify_bank(const struct act *act, struct verify_report *r, struct err *e)
{
	return verify_each(
		       r, "row", "question", "a version is in use that nobody has approved",
		       db_rows(act->db, act->arena, e,
			       "SELECT COALESCE(b.id, 0) AS number FROM item i"
			       " LEFT JOIN bank_item b ON b.code = i.code WHERE i.approved_ms IS "
			       "NOT NULL"
			       " AND NOT EXISTS (SELECT 1 FROM bank_revision v"
			       "  JOIN bank_sign s ON s.bank_item_id = v.bank_item_id"
			       "   AND s.revision = v.number AND s.part = 'approval'"
			       "   AND s.verdict = 'agreed'"
			       "  JOIN journal_entry j ON j.subject = 'question/' || v.bank_item_id"
			       "   AND j.kind <> 'test.answer' AND j.kind = 'bank.agreed'"
			       "   AND j.actor_id = s.person_id"
			       "   AND j.at_ms = s.at_ms"
			       "  WHERE v.bank_item_id = b.id AND v.item_id = i.id)"
			       " AND NOT EXISTS (SELECT 1 FROM bank_revision v"
			       "  JOIN journal_entry j ON j.subject = ''"
			       "   AND j.kind <> 'test.answer' AND j.kind = 'bank.imported'"
			       "   AND j.at_ms = v.at_ms"
			       "  WHERE v.bank_item_id = b.id AND v.item_id = i.id"
			       "   AND v.author_id IS NULL) ORDER BY b.id")) &&
	       verify_each(r, "row", "question", "its state is not what its versions say",
			   db_rows(act->db, act->arena, e,
				   "SELECT b.id AS number FROM bank_item b"
				   " LEFT JOIN item i ON i.id = b.used_id"
				   " WHERE b.revision <> (SELECT MAX(v.number) FROM bank_revision v"
				   "  WHERE v.bank_item_id = b.id)"
				   " OR b.newest_id <> (SELECT v.item_id FROM bank_revision v"
				   "  WHERE v.bank_item_id = b.id AND v.number = b.revision)"
				   " OR (b.used_id IS NOT NULL AND i.approved_ms IS NULL)"
				   " OR (b.state = 'approved' AND (b.used_id IS NULL"
				   "  OR b.used_id <> b.newest_id OR i.held_ms IS NOT NULL"
				   "  OR i.retired_ms IS NOT NULL))"
				   " OR (b.state = 'hold' AND i.held_ms IS NULL)"
				   " ORDER BY b.id"));
}
