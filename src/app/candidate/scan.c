#include "app/candidate/scan.h"

#include "app/candidate/scan_tell.h"
#include "app/file.h"
#include "app/notice/notice.h"

#include <string.h>

enum { PAUSE_MS = 15 * 1000, PAUSE_MOST_MS = 60 * 60 * 1000 };

/* ---- what is held back ----------------------------------------------------------------------- */

bool scan_held(const struct act *act, const char *hash, const char **ret, struct err *e)
{
	const json_t *row =
		db_row(act->db, act->arena, e,
		       "SELECT " SCAN_HELD " AS held FROM (SELECT CAST($1 AS TEXT) AS blob_hash) d",
		       db_text(hash));
	if (row)
		*ret = row_text(row, "held");
	return row != NULL;
}

bool scan_require(const struct act *act, const char *hash, struct err *e)
{
	const char *held = "";
	if (!scan_held(act, hash, &held, e))
		return false;
	if (strcmp(held, "infected") == 0)
		return err_set(e, ERR_CONFLICT, "scan.error.infected",
			       "the scanner found something");
	return !*held || err_set(e, ERR_CONFLICT, "scan.error.waiting", "not scanned yet");
}

bool scan_add(const struct act *act, const char *hash, struct err *e)
{
	return db_exec(act->db, e, NULL,
		       "INSERT INTO scan (blob_hash, verdict, found, engine, signatures, due_ms,"
		       " attempts, problem) VALUES ($1, 'waiting', '', '', '', $2, 0, '')"
		       " ON CONFLICT (blob_hash) DO NOTHING",
		       db_text(hash), db_int(act->now_ms));
}

/* The entry of a verdict says how its row stands: of one that goes an entry has to say so too. */
bool scan_forget(const struct act *act, const char *hash, struct err *e)
{
	const json_t *rows =
		db_rows(act->db, act->arena, e, "SELECT id, at_ms FROM scan WHERE blob_hash = $1",
			db_text(hash));
	const json_t *row = json_array_get(rows, 0);
	if (!row)
		return rows != NULL;
	return db_exec(act->db, e, NULL, "DELETE FROM scan WHERE blob_hash = $1", db_text(hash)) &&
	       (!row_has(row, "at_ms") ||
		act_journal(act, "paper.scan_forgotten", 0,
			    act_subject(act, "scan", row_number(row, "id")), json_object(), e));
}

/* ---- the state ------------------------------------------------------------------------------- */

bool scan_state(const struct act *act, struct scan_state *ret, struct err *e)
{
	const json_t *services =
		db_rows(act->db, act->arena, e, "SELECT required, answered_ms FROM scan_service");
	const json_t *files = db_row(
		act->db, act->arena, e,
		"SELECT COUNT(CASE WHEN verdict = 'waiting' THEN 1 END) AS waiting,"
		" COUNT(CASE WHEN verdict = 'waiting' AND problem <> '' THEN 1 END) AS troubled,"
		" COUNT(CASE WHEN verdict = 'infected' THEN 1 END) AS infected FROM scan");
	const json_t *service = json_array_get(services, 0);
	if (!services || !files)
		return false;
	*ret = (struct scan_state){
		.required = row_number(service, "required") == 1,
		.answered_ms = row_number(service, "answered_ms"),
		.waiting = row_number(files, "waiting"),
		.troubled = row_number(files, "troubled"),
		.infected = row_number(files, "infected"),
	};
	ret->away = ret->required && act->now_ms - ret->answered_ms > SCAN_SILENT_MS;
	return true;
}

/* ---- the process ----------------------------------------------------------------------------- */

static bool set_required(const struct act *act, bool required, const char *kind, json_t *content,
			 struct err *e)
{
	if (db_exec(act->db, e, NULL, "UPDATE scan_service SET required = $1 WHERE id = 1",
		    db_int(required)))
		return act_journal(act, kind, 0, act_subject(act, "scan_service", 1), content, e);
	json_decref(content);
	return false;
}

static bool is_required(const struct act *act, bool *ret, struct err *e)
{
	return db_exists(act->db, e, ret, "SELECT 1 FROM scan_service WHERE required = 1");
}

bool scan_answered(const struct act *act, const struct scanner *s, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	bool required = false;
	return db_begin(act->db, &tx, e) && is_required(act, &required, e) &&
	       db_exec(act->db, e, NULL,
		       "INSERT INTO scan_service (id, required, engine, signatures, answered_ms)"
		       " VALUES (1, 0, $1, $2, $3) ON CONFLICT (id) DO UPDATE SET"
		       " engine = excluded.engine, signatures = excluded.signatures,"
		       " answered_ms = excluded.answered_ms",
		       db_text(s->engine), db_text(s->signatures), db_int(act->now_ms)) &&
	       (required || set_required(act, true, "scan.required",
					 json_pack("{s:s,s:s}", "engine", s->engine, "signatures",
						   s->signatures),
					 e)) &&
	       db_commit(&tx, e);
}

bool scan_end(const struct act *act, const char *reason, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	bool required = false;
	if (!*reason)
		return err_input(e, "reason", "error.required", "no reason");
	return db_begin(act->db, &tx, e) && is_required(act, &required, e) &&
	       (required || err_set(e, ERR_CONFLICT, "scan.error.none", "no file is held back")) &&
	       set_required(act, false, "scan.ended", json_pack("{s:s}", "reason", reason), e) &&
	       db_commit(&tx, e);
}

bool scan_again(const struct act *act, int64_t *ret_count, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	return db_begin(act->db, &tx, e) &&
	       db_exec(act->db, e, ret_count, "UPDATE scan SET due_ms = $1, attempts = 0",
		       db_int(act->now_ms)) &&
	       db_commit(&tx, e);
}

int64_t scan_pause_ms(int attempts)
{
	const int doubled = attempts < 1 ? 0 : attempts > 9 ? 8 : attempts - 1;
	const int64_t pause = (int64_t)PAUSE_MS << doubled;
	return pause < PAUSE_MOST_MS ? pause : PAUSE_MOST_MS;
}

/* Its bytes are not to be had now: people see that it waits for more than its turn. */
static bool unread(const struct act *act, const struct scan_file *f)
{
	struct err ignored = { 0 };
	if (!scan_fail(act, f, "unread", &ignored))
		err_clear(&ignored); /* the failure before this one is told */
	return false;
}

bool scan_claim(const struct act *act, struct scan_file *ret, bool *ret_found, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct file_bytes file;
	if (!db_begin(act->db, &tx, e))
		return false;
	const json_t *rows = db_rows(act->db, act->arena, e,
				     "SELECT id, blob_hash, attempts FROM scan WHERE due_ms <= $1"
				     " ORDER BY due_ms, id LIMIT 1",
				     db_int(act->now_ms));
	const json_t *row = json_array_get(rows, 0);
	*ret_found = row != NULL;
	if (!row)
		return rows != NULL;
	struct scan_file f = { .id = row_number(row, "id"),
			       .hash = row_text(row, "blob_hash"),
			       .attempts = (int)row_number(row, "attempts") + 1 };
	if (!db_exec(act->db, e, NULL, "UPDATE scan SET attempts = $2, due_ms = $3 WHERE id = $1",
		     db_int(f.id), db_int(f.attempts),
		     db_int(act->now_ms + scan_pause_ms(f.attempts))) ||
	    !db_commit(&tx, e))
		return false;
	if (!file_read(act, act->arena, f.hash, &file, e))
		return unread(act, &f);
	f.bytes = file.bytes;
	f.size = file.size;
	*ret = f;
	return true;
}

bool scan_settle(const struct act *act, const struct scan_file *f, const struct scanner *s,
		 const char *found, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	const char *verdict = *found ? "infected" : "clean";
	int64_t changed = 0;
	bool before = false;
	if (!db_begin(act->db, &tx, e) ||
	    !db_exists(act->db, e, &before, "SELECT 1 FROM scan WHERE id = $1 AND verdict = $2",
		       db_int(f->id), db_text(verdict)) ||
	    !db_exec(act->db, e, &changed,
		     "UPDATE scan SET verdict = $2, found = $3, engine = $4, signatures = $5,"
		     " at_ms = $6, due_ms = NULL, attempts = 0, problem = '' WHERE id = $1"
		     " AND attempts = $7",
		     db_int(f->id), db_text(verdict), db_text(found), db_text(s->engine),
		     db_text(s->signatures), db_int(act->now_ms), db_int(f->attempts)))
		return false;
	if (changed == 0)
		return true; /* destroyed meanwhile, or claimed again: we were stopped for long */
	return act_journal(act, "paper.scanned", 0, act_subject(act, "scan", f->id),
			   json_pack("{s:s,s:s,s:s,s:s}", "verdict", verdict, "found", found,
				     "engine", s->engine, "signatures", s->signatures),
			   e) &&
	       (!*found || before || scan_tell(act, f->hash, e)) && db_commit(&tx, e);
}

bool scan_fail(const struct act *act, const struct scan_file *f, const char *problem, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	return db_begin(act->db, &tx, e) &&
	       db_exec(act->db, e, NULL,
		       "UPDATE scan SET problem = $2 WHERE id = $1 AND attempts = $3",
		       db_int(f->id), db_text(problem), db_int(f->attempts)) &&
	       db_commit(&tx, e);
}
