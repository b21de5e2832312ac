#include "app/verify/verify.h"

#include "app/interview/vote_verify.h"
#include "app/result/recount.h"
#include "app/result/redraw.h"
#include "base/base64.h"
#include "db/copy.h"

#include <stdlib.h>
#include <string.h>

/* ---- checkpoints ----------------------------------------------------------------------------- */

static bool not_understood(struct err *e)
{
	return err_set(e, ERR_INPUT, "verify.error.checkpoint", "this is no checkpoint");
}

/* The end of a line, which must be there. */
static const char *end_of(const char *line)
{
	return line ? strchr(line, '\n') : NULL;
}

bool verify_read_checkpoint(const char *text, struct verify_checkpoint *ret, struct err *e)
{
	const char *origin = end_of(text);
	const char *size = origin ? origin + 1 : NULL;
	const char *root = end_of(size) ? end_of(size) + 1 : NULL;
	const char *end = end_of(root);
	char *stop = NULL;
	size_t bytes = 0;
	struct verify_checkpoint c = { .name = ret->name };
	if (!end || origin == text || *size < '0' || *size > '9')
		return not_understood(e);
	c.size = strtoll(size, &stop, 10);
	if (stop + 1 != root ||
	    !base64_read(root, (size_t)(end - root), BASE64_PLAIN, c.root, sizeof(c.root),
			 &bytes) ||
	    bytes != sizeof(c.root))
		return not_understood(e);
	*ret = c;
	return true;
}

/* ---- findings -------------------------------------------------------------------------------- */

void verify_found(struct verify_report *r, const char *part, const char *at, int64_t number,
		  const char *why)
{
	(void)json_array_append_new(r->findings,
				    json_pack("{s:s,s:s,s:I,s:s}", "part", part, "at", at, "number",
					      (json_int_t)number, "why", why));
}

bool verify_each(struct verify_report *r, const char *part, const char *at, const char *why,
		 const json_t *rows)
{
	size_t i = 0;
	const json_t *row = NULL;
	json_array_foreach (rows, i, row)
		verify_found(r, part, at, row_number(row, "number"), why);
	return rows != NULL;
}

/* What a doctored row keeps a check from following. */
static void stuck(const struct act *act, struct verify_report *r, const char *part, const char *at,
		  int64_t number, struct err *why)
{
	verify_found(r, part, at, number,
		     arena_print(act->arena, "it cannot be followed: %s", why->detail));
	err_clear(why);
}

/* ---- parts ----------------------------------------------------------------------------------- */

static bool check_journal(const struct act *act, struct verify_report *r, struct err *e)
{
	struct journal_report chain = { 0 };
	struct err why = { 0 };
	if (!journal_verify_watched(act->db, act->teller, &chain, e))
		return false;
	r->entries = chain.entries;
	if (chain.broken_seq != 0)
		verify_found(r, "journal", "entry", chain.broken_seq, chain.why);
	if (!journal_state(act->db, -1, &r->journal, &why))
		err_clear(&why); /* the chain has told where */
	return true;
}

static void check_sitting(const struct act *act, int64_t id, struct verify_report *r)
{
	struct redraw_report drawn = { .why = "" };
	struct recount_report counted = { .why = "" };
	struct err why = { 0 };
	r->sittings++;
	if (!redraw_verify(act, id, &drawn, &why))
		stuck(act, r, "draw", "sitting", id, &why);
	else if (*drawn.why)
		verify_found(r, "draw", drawn.attempt ? "attempt" : "sitting",
			     drawn.attempt ? drawn.attempt : id, drawn.why);
	r->forms += drawn.forms;
	if (!recount_verify(act, id, &counted, &why))
		stuck(act, r, "result", "sitting", id, &why);
	else if (*counted.why)
		verify_found(r, "result", "attempt", counted.attempt, counted.why);
	r->results += counted.results;
}

/* Also those of which only the journal still knows that they have started; not those whose forms
 * and results an act has destroyed, which verify_destroyed() looks at. */
static bool check_sittings(const struct act *act, struct verify_report *r, struct err *e)
{
	size_t i = 0;
	const json_t *row = NULL;
	const json_t *rows =
		db_rows(act->db, act->arena, e,
			"SELECT id FROM sitting WHERE NOT EXISTS (SELECT 1"
			"  FROM destruction_act d WHERE d.last_seq > 0"
			"  AND d.competition_id = sitting.competition_id)"
			" AND (started_ms IS NOT NULL OR EXISTS (SELECT 1 FROM journal_entry j"
			"  WHERE j.kind = 'sitting.started'"
			"  AND j.subject = 'sitting/' || sitting.id"
			"  AND j.kind <> 'test.answer')) ORDER BY id");
	json_array_foreach (rows, i, row)
		check_sitting(act, row_number(row, "id"), r);
	return rows != NULL;
}

static bool check_votes(const struct act *act, struct verify_report *r, struct err *e)
{
	size_t i = 0;
	const json_t *row = NULL;
	const json_t *rows = db_rows(act->db, act->arena, e,
				     "SELECT application_id FROM interview_candidate"
				     " UNION SELECT application_id FROM decision"
				     " UNION SELECT application_id FROM ballot ORDER BY 1");
	json_array_foreach (rows, i, row) {
		struct vote_report vote = { .why = "" };
		struct err why = { 0 };
		const int64_t id = row_number(row, "application_id");
		r->votes++;
		if (!vote_verify(act, id, &vote, &why))
			stuck(act, r, "vote", "application", id, &why);
		else if (*vote.why)
			verify_found(r, "vote", "application", id, vote.why);
	}
	return rows != NULL;
}

/* In this order: what comes later may lean on what was looked at before.  The log, which is given
 * more, is between the first and the second. */
static const struct step {
	const char *what;
	bool (*look)(const struct act *act, struct verify_report *r, struct err *e);
} steps[] = {
	{ "journal", check_journal },
	{ "destroyed records", verify_destroyed },
	{ "draws and results", check_sittings },
	{ "clicks", verify_clicks },
	{ "votes", check_votes },
	{ "minutes", verify_minutes },
	{ "signatures", verify_signatures },
	{ "rows", verify_rows },
	{ "states", verify_states },
	{ "files", verify_files },
	{ "steps", verify_told },
	{ "bank", verify_bank },
	{ "video", verify_video },
	{ "video as told", verify_video_told },
};

bool verify_all(const struct act *act, const struct verify_checkpoint *checkpoint, size_t count,
		struct verify_report *ret, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct verify_report r = { .findings = json_array(), .lost = json_array() };
	json_in_arena(act->arena, r.findings);
	json_in_arena(act->arena, r.lost);
	if (!db_begin_snapshot(act->db, &tx, e))
		return false;
	for (size_t i = 0; i < COUNT(steps); i++) {
		teller_tell(act->teller, steps[i].what, (int64_t)i, COUNT(steps));
		if (!steps[i].look(act, &r, e) ||
		    (i == 0 && !verify_log(act, checkpoint, count, &r, e)))
			return false;
	}
	db_rollback(&tx); /* the rest looks at what is there now */
	if (!verify_lost(act, &r, e))
		return false;
	*ret = r;
	return true;
}
