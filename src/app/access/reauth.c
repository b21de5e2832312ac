#include "app/access/reauth.h"

#include "app/access/session.h"

#include <string.h>

bool reauth_need(const struct act *act, struct err *e)
{
	bool fresh = false;
	if (!act->session || act->person_id == 0)
		return true;
	if (!db_exists(act->db, e, &fresh,
		       "SELECT 1 FROM session WHERE token_hash = $1 AND person_id = $2"
		       " AND authenticated_ms > $3",
		       db_text(act->session), db_int(act->person_id),
		       db_int(act->now_ms - REAUTH_FRESH_MS)))
		return false;
	return fresh || err_set(e, ERR_DENIED, "access.error.reauth",
				"the person has not proved itself for some minutes");
}

bool reauth_done(const struct act *act, const char *factor, char *ret_token, const char **ret_csrf,
		 struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	char token[SESSION_TOKEN_SIZE];
	const bool ok =
		db_begin(act->db, &tx, e) &&
		session_renew(act, act->session ? act->session : "", factor, token, ret_csrf, e) &&
		act_journal(act, "session.proved", 0, act_subject(act, "person", act->person_id),
			    json_pack("{s:s}", "factor", factor), e) &&
		db_commit(&tx, e);
	if (ok)
		memcpy(ret_token, token, sizeof(token));
	return ok;
}

/* ---- files ------------------------------------------------------------------- */

enum { FILES_MOST = 16 };

bool reauth_forget(const struct act *act, struct err *e)
{
	return db_exec(act->db, e, NULL, "DELETE FROM reauth_file WHERE session_hash = $1",
		       db_text(act->session ? act->session : ""));
}

bool reauth_forget_old(const struct act *act, struct err *e)
{
	return db_exec(act->db, e, NULL, "DELETE FROM reauth_file WHERE kept_ms <= $1",
		       db_int(act->now_ms - REAUTH_KEEP_MS));
}

static bool keep_one(const struct act *act, const char *path, const struct reauth_file *f,
		     struct err *e)
{
	return db_exec(
		act->db, e, NULL,
		"INSERT INTO reauth_file (session_hash, field, path, file_name, body, kept_ms)"
		" VALUES ($1, $2, $3, $4, $5, $6)"
		" ON CONFLICT (session_hash, field) DO NOTHING",
		db_text(act->session), db_text(f->field), db_text(path), db_text(f->file_name),
		db_blob(f->bytes, f->size), db_int(act->now_ms));
}

bool reauth_keep(const struct act *act, const char *path, const struct reauth_file *list,
		 size_t count, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	if (!act->session)
		return true;
	if (!db_begin(act->db, &tx, e) || !reauth_forget(act, e) || !reauth_forget_old(act, e))
		return false;
	for (size_t i = 0; i < count && i < FILES_MOST; i++) {
		if (!keep_one(act, path, &list[i], e))
			return false;
	}
	return db_commit(&tx, e);
}

struct kept_reading {
	struct arena *arena;
	struct reauth_file *list;
	size_t count;
};

static bool take_file(void *user, const struct db_value *column, size_t count, struct err *e)
{
	struct kept_reading *r = user;
	(void)count;
	(void)e;
	if (r->count < FILES_MOST)
		r->list[r->count++] = (struct reauth_file){
			arena_copy(r->arena, column[0].bytes),
			arena_copy(r->arena, column[1].bytes),
			arena_copy_n(r->arena, column[2].bytes, column[2].size), column[2].size
		};
	return true;
}

bool reauth_kept(const struct act *act, const char *path, const struct reauth_file **ret,
		 size_t *ret_count, struct err *e)
{
	struct kept_reading r = { act->arena, NULL, 0 };
	r.list = arena_array(act->arena, FILES_MOST, sizeof(*r.list));
	if (!db_each(act->db, e, take_file, &r,
		     "SELECT field, file_name, body FROM reauth_file"
		     " WHERE session_hash = $1 AND path = $2 AND kept_ms > $3 ORDER BY field",
		     db_text(act->session ? act->session : ""), db_text(path),
		     db_int(act->now_ms - REAUTH_KEEP_MS)))
		return false;
	*ret = r.list;
	*ret_count = r.count;
	return true;
}
