#include "app/notice/notice.h"

#include "app/candidate/candidate.h"
#include "app/notice/mail.h"

#include <stdlib.h>

static bool store(const struct act *act, const struct notice *n, int64_t person_id,
		  const char *content, struct err *e)
{
	int64_t id = 0;
	return db_number(act->db, e, &id,
			 "INSERT INTO notice (person_id, kind, competition_id, href, content,"
			 " created_ms) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id",
			 db_int(person_id), db_text(n->kind),
			 n->competition_id ? db_int(n->competition_id) : db_null(),
			 db_text(n->href ? n->href : ""), db_text(content), db_int(act->now_ms)) &&
	       mail_queue(act, person_id, id, e);
}

/* The values as text, which the arena keeps; their object is given back. */
static const char *content_of(const struct act *act, json_t *values)
{
	char *text = values ? json_dumps(values, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
	const char *kept = arena_copy(act->arena, text ? text : "{}");
	free(text);
	json_decref(values);
	return kept;
}

bool notice_send(const struct act *act, const struct notice *n, struct err *e)
{
	return store(act, n, n->person_id, content_of(act, n->values), e);
}

bool notice_send_role(const struct act *act, const char *role, const char *organ,
		      const struct notice *n, struct err *e)
{
	const char *content = content_of(act, n->values);
	json_t *rows = db_rows(act->db, act->arena, e,
			       "SELECT DISTINCT person_id, organ FROM role_grant"
			       " WHERE role = $1 AND revoked_ms IS NULL ORDER BY person_id",
			       db_text(role));
	size_t i = 0;
	int64_t told = 0;
	json_t *row = NULL;
	if (!rows)
		return false;
	json_array_foreach (rows, i, row) {
		const int64_t person = row_number(row, "person_id");
		struct act officer = *act;
		bool competes = false;
		officer.person_id = person;
		if (person == told || (n->others && person == act->person_id) ||
		    !law_book_under(act->book, organ, row_text(row, "organ")))
			continue;
		if (!candidate_competes(&officer, THING_COMPETITION,
					n->competition_id ? n->competition_id : n->apart_id,
					&competes, e))
			return false;
		if (!competes && !store(act, n, person, content, e))
			return false;
		told = person;
	}
	return true;
}

static bool own(const struct act *act, int64_t id, json_t **ret, struct err *e)
{
	*ret = db_row(act->db, act->arena, e,
		      "SELECT id, kind, competition_id, served_ms, acknowledged_ms FROM notice"
		      " WHERE id = $1 AND person_id = $2",
		      db_int(id), db_int(act->person_id));
	return *ret != NULL;
}

/* F84 */
bool notice_open(const struct act *act, int64_t id, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	json_t *row = NULL;
	if (!db_begin(act->db, &tx, e) || !own(act, id, &row, e))
		return false;
	if (row_has(row, "served_ms"))
		return true;
	return db_exec(act->db, e, NULL, "UPDATE notice SET served_ms = $1 WHERE id = $2",
		       db_int(act->now_ms), db_int(id)) &&
	       act_journal(act, "notice.served", row_number(row, "competition_id"),
			   act_subject(act, "notice", id),
			   json_pack("{s:s}", "kind", row_text(row, "kind")), e) &&
	       db_commit(&tx, e);
}

bool notice_acknowledge(const struct act *act, int64_t id, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	json_t *row = NULL;
	if (!db_begin(act->db, &tx, e) || !own(act, id, &row, e))
		return false;
	if (row_has(row, "acknowledged_ms"))
		return true;
	return notice_open(act, id, e) &&
	       db_exec(act->db, e, NULL, "UPDATE notice SET acknowledged_ms = $1 WHERE id = $2",
		       db_int(act->now_ms), db_int(id)) &&
	       act_journal(act, "notice.acknowledged", row_number(row, "competition_id"),
			   act_subject(act, "notice", id),
			   json_pack("{s:s}", "kind", row_text(row, "kind")), e) &&
	       db_commit(&tx, e);
}
