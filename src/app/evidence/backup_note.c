#include "app/evidence/backup_note.h"

static bool store(const struct act *act, const char *place, const struct manifest *m,
		  int64_t *ret_id, struct err *e)
{
	return db_number(act->db, e, ret_id,
			 "INSERT INTO backup (name, place, made_ms, size, sealed, schema,"
			 " journal_size, root) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
			 " ON CONFLICT (name) DO UPDATE SET place = excluded.place RETURNING id",
			 db_text(m->name), db_text(place), db_int(m->made_ms), db_int(m->size),
			 db_int(m->sealed), db_int(m->schema), db_int(m->journal.size),
			 db_text(act_hex(act->arena, m->journal.root, JOURNAL_HASH_SIZE)));
}

static bool mark_removed(const struct act *act, const json_t *removed, struct err *e)
{
	size_t i = 0;
	const json_t *name = NULL;
	json_array_foreach (removed, i, name) {
		if (!db_exec(act->db, e, NULL, "UPDATE backup SET removed_ms = $1 WHERE name = $2",
			     db_int(act->now_ms), db_text(json_string_value(name))))
			return false;
	}
	return true;
}

bool backup_note_made(const struct act *act, const char *place, const struct manifest *m,
		      const json_t *removed, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	int64_t id = 0;
	return db_begin(act->db, &tx, e) && store(act, place, m, &id, e) &&
	       mark_removed(act, removed, e) &&
	       act_journal(act, "backup.made", 0, act_subject(act, "backup", id),
			   json_pack("{s:s,s:s,s:b,s:I,s:s,s:O}", "name", m->name, "sha256",
				     m->hash, "sealed", m->sealed, "entries",
				     (json_int_t)m->journal.size, "root",
				     act_hex(act->arena, m->journal.root, JOURNAL_HASH_SIZE),
				     "removed", removed),
			   e) &&
	       db_commit(&tx, e);
}

bool backup_note_checked(const struct act *act, const char *place, const struct backup_report *r,
			 struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	int64_t id = 0;
	return db_begin(act->db, &tx, e) && store(act, place, &r->manifest, &id, e) &&
	       db_exec(act->db, e, NULL,
		       "INSERT INTO backup_check (backup_id, at_ms, why, took_ms)"
		       " VALUES ($1, $2, $3, $4)",
		       db_int(id), db_int(act->now_ms), db_text(r->why), db_int(r->took_ms)) &&
	       act_journal(act, "backup.checked", 0, act_subject(act, "backup", id),
			   json_pack("{s:s,s:s}", "name", r->manifest.name, "why", r->why), e) &&
	       db_commit(&tx, e);
}

bool backup_state(struct db *db, struct arena *a, int64_t now_ms, struct backup_state *ret,
		  struct err *e)
{
	const json_t *row = db_row(
		db, a, e,
		"SELECT COALESCE((SELECT MAX(made_ms) FROM backup), 0) AS made,"
		" COALESCE((SELECT MAX(at_ms) FROM backup_check WHERE why = ''), 0) AS checked,"
		" COALESCE((SELECT why FROM backup_check ORDER BY id DESC LIMIT 1), '') AS why");
	if (!row)
		return false;
	struct backup_state s = { .made_ms = row_number(row, "made"),
				  .checked_ms = row_number(row, "checked"),
				  .why = row_text(row, "why") };
	s.late = now_ms - s.made_ms > BACKUP_LATE_MS || now_ms - s.checked_ms > BACKUP_LATE_MS ||
		 *s.why;
	*ret = s;
	return true;
}
