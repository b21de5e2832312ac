#include "app/notice/feed.h"

bool feed_begin(const struct act *act, const char *language, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	return db_begin(act->db, &tx, e) &&
	       db_exec(act->db, e, NULL,
		       "INSERT INTO feed (person_id, language, made_ms) VALUES ($1, $2, $3)"
		       " ON CONFLICT (person_id) DO UPDATE SET language = excluded.language,"
		       " made_ms = excluded.made_ms",
		       db_int(act->person_id), db_text(language), db_int(act->now_ms)) &&
	       act_journal(act, "feed.made", 0, act_subject(act, "person", act->person_id),
			   json_object(), e) &&
	       db_commit(&tx, e);
}

bool feed_finish(const struct act *act, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	return db_begin(act->db, &tx, e) &&
	       db_exec(act->db, e, NULL, "DELETE FROM feed WHERE person_id = $1",
		       db_int(act->person_id)) &&
	       act_journal(act, "feed.ended", 0, act_subject(act, "person", act->person_id),
			   json_object(), e) &&
	       db_commit(&tx, e);
}
