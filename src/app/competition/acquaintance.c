#include "app/competition/acquaintance.h"

#include "app/notice/notice.h"

static bool note(const struct act *act, const struct law_file *rules, const char *kind,
		 struct err *e)
{
	return act_journal(act, kind, 0, act_subject(act, "person", act->person_id),
			   json_pack("{s:s,s:s}", "rule_set", rules->hash, "name", rules->name), e);
}

bool acquaintance_read(const struct act *act, const struct law_file *rules, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	int64_t added = 0;
	return db_begin(act->db, &tx, e) &&
	       db_exec(act->db, e, &added,
		       "INSERT INTO acquaintance (person_id, rule_set, read_ms)"
		       " VALUES ($1, $2, $3) ON CONFLICT (person_id, rule_set) DO NOTHING",
		       db_int(act->person_id), db_text(rules->hash), db_int(act->now_ms)) &&
	       (added == 0 || note(act, rules, "acquaintance.read", e)) && db_commit(&tx, e);
}

/* O-3 */
bool acquaintance_confirm(const struct act *act, const struct law_file *rules, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	int64_t changed = 0;
	bool read = false;
	if (!db_begin(act->db, &tx, e) ||
	    !db_exists(act->db, e, &read,
		       "SELECT 1 FROM acquaintance WHERE person_id = $1 AND rule_set = $2",
		       db_int(act->person_id), db_text(rules->hash)))
		return false;
	if (!read)
		return err_set(e, ERR_CONFLICT, "acquaintance.error.unread", "not opened yet");
	return db_exec(act->db, e, &changed,
		       "UPDATE acquaintance SET acknowledged_ms = $1 WHERE person_id = $2"
		       " AND rule_set = $3 AND acknowledged_ms IS NULL",
		       db_int(act->now_ms), db_int(act->person_id), db_text(rules->hash)) &&
	       (changed == 0 || note(act, rules, "acquaintance.confirmed", e)) && db_commit(&tx, e);
}

static bool remind_one(const struct act *act, const struct law_file *rules, int64_t person,
		       struct err *e)
{
	char from[DAY_TEXT_SIZE];
	day_print(rules->rule_set->in_force_from, from);
	const struct notice n = { .person_id = person,
				  .kind = "acquaintance.reminder",
				  .href = arena_print(act->arena, "/acquaintance/%s", from),
				  .values = json_pack("{s:s}", "from", from) };
	return notice_send(act, &n, e);
}

bool acquaintance_remind(const struct act *act, const struct law_file *rules, const char *organ,
			 int64_t *ret_told, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	size_t i = 0;
	int64_t told = 0;
	json_t *row = NULL;
	if (!db_begin(act->db, &tx, e) || !act_require(act, ROLE_NAME_HR, organ, e))
		return false;
	json_t *rows = db_rows(act->db, act->arena, e,
			       "SELECT p.id, p.organ FROM person p WHERE NOT EXISTS ("
			       "  SELECT 1 FROM acquaintance q WHERE q.person_id = p.id"
			       "   AND q.rule_set = $1 AND q.acknowledged_ms IS NOT NULL)"
			       " AND NOT EXISTS (SELECT 1 FROM notice n WHERE n.person_id = p.id"
			       "   AND n.kind = 'acquaintance.reminder' AND n.served_ms IS NULL)"
			       " ORDER BY p.id",
			       db_text(rules->hash));
	json_array_foreach (rows, i, row) {
		if (!law_book_under(act->book, row_text(row, "organ"), organ))
			continue;
		if (!remind_one(act, rules, row_number(row, "id"), e))
			return false;
		told++;
	}
	if (!rows ||
	    !act_journal(act, "acquaintance.reminded", 0, "",
			 json_pack("{s:s,s:s,s:I}", "rule_set", rules->hash, "organ", organ, "told",
				   (json_int_t)told),
			 e) ||
	    !db_commit(&tx, e))
		return false;
	*ret_told = told;
	return true;
}

/* Who has had the time: the rule set is in force, and the person here, since before `since`. */
static json_t *find_late(const struct act *act, const struct law_file *rules, const char *href,
			 struct err *e)
{
	const day since = { act_today(act).n - ACQUAINTANCE_DAYS };
	if (rules->rule_set->in_force_from.n > since.n)
		return db_rows(act->db, act->arena, e, "SELECT id, organ FROM person WHERE 1 = 0");
	return db_rows(act->db, act->arena, e,
		       "SELECT p.id, p.organ FROM person p JOIN account u ON u.person_id = p.id"
		       " WHERE p.added_ms < $1 AND NOT EXISTS (SELECT 1 FROM acquaintance q"
		       "   WHERE q.person_id = p.id AND q.rule_set = $2"
		       "   AND q.acknowledged_ms IS NOT NULL)"
		       " AND NOT EXISTS (SELECT 1 FROM notice n WHERE n.person_id = p.id"
		       "   AND n.kind = 'acquaintance.reminder' AND n.href = $3) ORDER BY p.id",
		       db_int(day_begins_ms((day){ since.n + 1 })), db_text(rules->hash),
		       db_text(href));
}

/* O-3.  Officers of other bodies are no employees of the service. */
bool acquaintance_remind_daily(const struct act *act, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	const struct law_file *rules = law_book_rule_set_on(act->book, act_today(act));
	char from[DAY_TEXT_SIZE];
	int64_t told = 0;
	if (!rules)
		return true;
	day_print(rules->rule_set->in_force_from, from);
	if (!db_begin(act->db, &tx, e))
		return false;
	json_t *rows = find_late(act, rules, arena_print(act->arena, "/acquaintance/%s", from), e);
	for (size_t i = 0; i < json_array_size(rows); i++) {
		const json_t *row = json_array_get(rows, i);
		if (!law_book_organ(act->book, row_text(row, "organ")))
			continue;
		if (!remind_one(act, rules, row_number(row, "id"), e))
			return false;
		told++;
	}
	return rows &&
	       (told == 0 || act_journal(act, "acquaintance.reminded", 0, "",
					 json_pack("{s:s,s:s,s:I}", "rule_set", rules->hash,
						   "organ", "", "told", (json_int_t)told),
					 e)) &&
	       db_commit(&tx, e);
}
