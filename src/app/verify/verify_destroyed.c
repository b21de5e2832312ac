/* verify_destroyed.c - acts of destruction: rows, entries, the term by law, and that nothing of
 * what they took is left (F74, F88).  That just the contents are gone that the entries list is
 * journal_verify()'s. */
#include "app/access/asking.h"
#include "app/competition/competition.h"
#include "app/evidence/retention.h"
#include "app/verify/verify.h"

#include <string.h>

/* An act without its entry would hide rows that somebody else has taken away; an entry with a list
 * and without its act was not written by us. */
static bool check_rows(const struct act *act, struct verify_report *r, struct err *e)
{
	return verify_each(
		r, "journal", "destruction_act",
		"an act of destruction without its row or its entry",
		db_rows(act->db, act->arena, e,
			"SELECT d.id AS number FROM destruction_act d WHERE d.last_seq > 0 AND NOT "
			"EXISTS "
			"(SELECT 1"
			"  FROM journal_entry j WHERE j.kind = 'records.destroyed'"
			"  AND j.subject = 'destruction_act/' || d.id AND j.kind <> 'test.answer'"
			"  AND j.seq = d.last_seq + 1 AND j.at_ms = d.at_ms"
			"  AND j.actor_id = CASE WHEN EXISTS (SELECT 1 FROM destruction_proposal p"
			"   WHERE p.act_id = d.id) THEN d.second_id ELSE d.by_id END"
			"  AND j.competition_id = COALESCE(d.competition_id, 0))"
			" UNION ALL SELECT 0 FROM journal_entry j JOIN journal_content k ON k.seq "
			"= j.seq"
			" WHERE j.kind = 'records.destroyed' AND k.content LIKE '%\"seqs\":%'"
			"  AND NOT EXISTS (SELECT 1 FROM destruction_act d WHERE d.last_seq + 1 = "
			"j.seq)"
			" ORDER BY 1"));
}

/* Acts are proposed by one and carried out by another, each in an entry of the own account, since
 * the first that was; those of before named the second. */
static bool check_proposals(const struct act *act, struct verify_report *r, struct err *e)
{
	return verify_each(
		r, "journal", "destruction_act",
		"an act of destruction that one has not proposed and another confirmed",
		db_rows(act->db, act->arena, e,
			"SELECT d.id AS number FROM destruction_act d"
			" WHERE EXISTS (SELECT 1 FROM journal_entry f"
			"  WHERE f.kind = 'destruction.proposed' AND f.seq <= d.last_seq)"
			" AND NOT EXISTS (SELECT 1 FROM destruction_proposal p"
			"  JOIN journal_entry a ON a.subject = 'destruction_proposal/' || p.id"
			"   AND a.kind = 'destruction.proposed' AND a.actor_id = p.asked_by"
			"   AND a.at_ms = p.asked_ms AND a.seq <= d.last_seq"
			"  JOIN journal_entry b ON b.subject = 'destruction_proposal/' || p.id"
			"   AND b.kind = 'destruction.confirmed' AND b.actor_id = p.answered_by"
			"   AND b.at_ms = p.answered_ms AND b.seq = d.last_seq + 2"
			"  WHERE p.act_id = d.id AND p.state = 'done' AND p.number = d.number"
			"  AND p.asked_by = d.by_id AND p.answered_by = d.second_id"
			"  AND p.answered_ms = d.at_ms AND p.asked_ms > d.at_ms - $1"
			"  AND COALESCE(p.competition_id, 0) = COALESCE(d.competition_id, 0)"
			"  AND COALESCE(p.person_id, 0) = COALESCE(d.person_id, 0)) ORDER BY d.id",
			db_int(ASKING_LIFE_MS)));
}

/* What the entry says beside the row, with the row's end of the term counted again. */
static const char *differs(const json_t *row, const json_t *said, day until)
{
	if (row_number(row, "second_id") != row_number(said, "second") ||
	    row_number(row, "kept_until") != row_number(said, "kept_until") ||
	    row_number(row, "entries") != row_number(said, "entries") ||
	    row_number(row, "person_id") != row_number(said, "person") ||
	    strcmp(row_text(row, "number"), row_text(said, "number")) != 0)
		return "an act of destruction is not the one that the journal tells of";
	if (row_number(row, "second_id") == row_number(row, "by_id"))
		return "an act of destruction of one officer alone";
	return row_number(row, "kept_until") < until.n ? "an act of destruction before its time"
						       : "";
}

/* By the headers, which stay: of a competition by its end and the rule set that it has pinned, of a
 * person by the last entry about or by it and the rule set of the act's day. */
static bool term_of(const struct act *act, const json_t *row, day *ret, struct err *e)
{
	const int64_t competition = row_number(row, "competition_id");
	const int64_t person = row_number(row, "person_id");
	const struct law_file *today =
		law_book_rule_set_on(act->book, day_of_instant(row_number(row, "at_ms")));
	struct competition c = { .rules = today ? today->rule_set : NULL };
	int64_t ended = 0;
	if (!db_number(act->db, e, &ended,
		       "SELECT COALESCE(MAX(at_ms), 0) FROM journal_entry WHERE seq <= $1"
		       " AND (($2 > 0 AND competition_id = $2 AND kind = 'competition.closed')"
		       "  OR ($3 > 0 AND (actor_id = $3 OR subject = $4)))",
		       db_int(row_number(row, "last_seq")), db_int(competition), db_int(person),
		       db_text(act_subject(act, "person", person))) ||
	    (competition > 0 && !competition_load(act, competition, &c, e)))
		return false;
	if (c.rules)
		*ret = retention_end(ended, c.rules);
	return true;
}

static bool check_acts(const struct act *act, struct verify_report *r, struct err *e)
{
	size_t i = 0;
	const json_t *row = NULL;
	const json_t *rows = db_rows(
		act->db, act->arena, e,
		"SELECT d.id, COALESCE(d.competition_id, 0) AS competition_id,"
		" COALESCE(d.person_id, 0) AS person_id, d.number, d.kept_until, d.by_id,"
		" d.second_id, d.entries, d.at_ms, d.last_seq, k.content FROM destruction_act d"
		" JOIN journal_entry j ON j.seq = d.last_seq + 1"
		" JOIN journal_content k ON k.seq = j.seq WHERE d.last_seq > 0"
		"  AND j.kind = 'records.destroyed' ORDER BY d.id");
	json_array_foreach (rows, i, row) {
		day until = { 0 };
		if (!term_of(act, row, &until, e))
			return false;
		json_t *said = json_loads(row_text(row, "content"), 0, NULL);
		const char *why = differs(row, said, until);
		json_decref(said);
		if (*why)
			verify_found(r, "journal", "destruction_act", row_number(row, "id"), why);
	}
	return rows != NULL;
}

static bool check_left(const struct act *act, struct verify_report *r, struct err *e)
{
	return verify_each(
		r, "journal", "destruction_act", "rows that an act has destroyed are there",
		db_rows(act->db, act->arena, e,
			"SELECT d.id AS number FROM destruction_act d WHERE d.last_seq > 0 AND "
			"(EXISTS "
			"(SELECT 1"
			"  FROM application x WHERE x.competition_id = d.competition_id)"
			" OR EXISTS (SELECT 1 FROM attempt t JOIN sitting s ON s.id = t.sitting_id"
			"  WHERE s.competition_id = d.competition_id)"
			" OR EXISTS (SELECT 1 FROM commission x WHERE x.competition_id = "
			"d.competition_id)"
			" OR EXISTS (SELECT 1 FROM person x WHERE x.id = d.person_id"
			"  AND x.iin <> '-' || x.id)) ORDER BY d.id"));
}

bool verify_destroyed(const struct act *act, struct verify_report *r, struct err *e)
{
	return check_rows(act, r, e) && check_proposals(act, r, e) && check_acts(act, r, e) &&
	       check_left(act, r, e);
}
