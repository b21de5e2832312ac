#include "app/bulk.h"

#include "app/candidate/candidate.h"
#include "app/candidate/check.h"
#include "app/competition/competition.h"
#include "app/notice/notice.h"

#include <string.h>

/* ---- what can be done ------------------------------------------------------------------------ */

static bool do_papers(const struct act *act, int64_t application_id, struct err *e)
{
	return check_papers(act, application_id, true, "", e);
}

static bool do_met(const struct act *act, int64_t application_id, struct err *e)
{
	return check_decide(act, application_id, true, "", e);
}

/* R9-1: the filing term ends whether or not the application is ready. */
static bool do_remind(const struct act *act, int64_t application_id, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct candidate c = { 0 };
	char last[DAY_TEXT_SIZE];
	if (!db_begin(act->db, &tx, e) || !candidate_load(act, application_id, &c, e) ||
	    !act_require(act, ROLE_NAME_HR, c.competition.organ, e) ||
	    !candidate_require_other(act, THING_APPLICATION, application_id, e))
		return false;
	if (strcmp(c.state, "draft") != 0)
		return err_set(e, ERR_CONFLICT, "bulk.error.no_draft", "not a draft");
	if (act_today(act).n > c.competition.filing_last.n)
		return err_law(e, "9", "bulk.error.filing_over", "the filing term is over");
	day_print(c.competition.filing_last, last);
	const struct notice n = {
		.person_id = c.person_id,
		.kind = "application.remind",
		.competition_id = c.competition.id,
		.href = arena_print(act->arena, "/applications/%lld", (long long)application_id),
		.values = json_pack("{s:s}", "last", last),
	};
	return notice_send(act, &n, e) &&
	       act_journal(act, "application.reminded", c.competition.id,
			   act_subject(act, "application", application_id), json_object(), e) &&
	       db_commit(&tx, e);
}

static const struct {
	const char *kind;
	bool (*run)(const struct act *act, int64_t application_id, struct err *e);
} actions[] = {
	{ "papers", do_papers },
	{ "met", do_met },
	{ "remind", do_remind },
};
const char *const bulk_kinds[] = { "papers", "met", "remind", NULL };

/* ---- opening and stopping -------------------------------------------------------------------- */

static bool is_running(const struct act *act, const char *kind, int64_t competition_id, bool *ret,
		       struct err *e)
{
	return db_exists(act->db, e, ret,
			 "SELECT 1 FROM bulk WHERE kind = $1 AND competition_id = $2"
			 " AND ended_ms IS NULL",
			 db_text(kind), db_int(competition_id));
}

static bool add_item(const struct act *act, int64_t bulk, int64_t competition_id,
		     int64_t application_id, struct err *e)
{
	int64_t added = 0;
	return db_exec(act->db, e, &added,
		       "INSERT INTO bulk_item (bulk_id, application_id, state, error, value, "
		       "clause)"
		       " SELECT $1, a.id, 'waiting', '', '', '' FROM application a"
		       " WHERE a.id = $2 AND a.competition_id = $3"
		       " ON CONFLICT (bulk_id, application_id) DO NOTHING",
		       db_int(bulk), db_int(application_id), db_int(competition_id)) &&
	       (added == 1 ||
		err_set(e, ERR_MISSING, "error.missing", "not a candidate here, or twice"));
}

bool bulk_open(const struct act *act, const char *kind, int64_t competition_id,
	       const json_t *applications, int64_t *ret_id, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct competition c = { 0 };
	bool running = false;
	if (!db_begin(act->db, &tx, e) || !competition_load(act, competition_id, &c, e) ||
	    !act_require(act, ROLE_NAME_HR, c.organ, e) ||
	    !candidate_require_other(act, THING_COMPETITION, competition_id, e) ||
	    !is_running(act, kind, competition_id, &running, e))
		return false;
	if (json_array_size(applications) == 0)
		return err_input(e, "application", "bulk.error.nobody", "nobody is chosen");
	if (running)
		return err_set(e, ERR_CONFLICT, "bulk.error.running", "one of the kind runs");
	if (!db_number(act->db, e, ret_id,
		       "INSERT INTO bulk (kind, competition_id, by_id, started_ms, stopped)"
		       " VALUES ($1, $2, $3, $4, 0) RETURNING id",
		       db_text(kind), db_int(competition_id), db_int(act->person_id),
		       db_int(act->now_ms)))
		return false;
	for (size_t i = 0; i < json_array_size(applications); i++) {
		if (!add_item(act, *ret_id, competition_id,
			      json_integer_value(json_array_get(applications, i)), e))
			return false;
	}
	return act_journal(act, "bulk.opened", competition_id, act_subject(act, "bulk", *ret_id),
			   json_pack("{s:s,s:I}", "kind", kind, "candidates",
				     (json_int_t)json_array_size(applications)),
			   e) &&
	       db_commit(&tx, e);
}

/* Ends it, and says how far it came. */
static bool end(const struct act *act, int64_t id, int64_t competition_id, bool stopped,
		struct err *e)
{
	json_t *row = db_row(act->db, act->arena, e,
			     "SELECT COUNT(CASE WHEN state = 'done' THEN 1 END) AS done,"
			     " COUNT(CASE WHEN state = 'refused' THEN 1 END) AS refused,"
			     " COUNT(CASE WHEN state = 'waiting' THEN 1 END) AS waiting"
			     "  FROM bulk_item WHERE bulk_id = $1",
			     db_int(id));
	return row &&
	       db_exec(act->db, e, NULL,
		       "UPDATE bulk SET ended_ms = $2, stopped = $3 WHERE id = $1", db_int(id),
		       db_int(act->now_ms), db_int(stopped)) &&
	       act_journal(act, stopped ? "bulk.stopped" : "bulk.ended", competition_id,
			   act_subject(act, "bulk", id),
			   json_pack("{s:I,s:I,s:I}", "done", (json_int_t)row_number(row, "done"),
				     "refused", (json_int_t)row_number(row, "refused"), "left",
				     (json_int_t)row_number(row, "waiting")),
			   e);
}

bool bulk_stop(const struct act *act, int64_t id, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	if (!db_begin(act->db, &tx, e))
		return false;
	json_t *row = db_row(act->db, act->arena, e,
			     "SELECT b.competition_id, b.ended_ms, c.organ FROM bulk b"
			     "  JOIN competition c ON c.id = b.competition_id WHERE b.id = $1",
			     db_int(id));
	if (!row || !act_require(act, ROLE_NAME_HR, row_text(row, "organ"), e) ||
	    !candidate_require_other(act, THING_BULK, id, e))
		return false;
	if (row_has(row, "ended_ms"))
		return err_set(e, ERR_CONFLICT, "bulk.error.ended", "ended already");
	return end(act, id, row_number(row, "competition_id"), true, e) && db_commit(&tx, e);
}

/* ---- the work -------------------------------------------------------------------------------- */

static bool run(const struct act *act, const char *kind, int64_t application_id, struct err *e)
{
	for (size_t i = 0; i < COUNT(actions); i++) {
		if (strcmp(actions[i].kind, kind) == 0)
			return actions[i].run(act, application_id, e);
	}
	return err_set(e, ERR_SYSTEM, "error.system", "a bulk of an unknown kind");
}

static bool mark(const struct act *act, int64_t bulk, int64_t application_id, const struct err *why,
		 struct err *e)
{
	return db_exec(act->db, e, NULL,
		       "UPDATE bulk_item SET state = $3, error = $4, value = $5, clause = $6"
		       " WHERE bulk_id = $1 AND application_id = $2",
		       db_int(bulk), db_int(application_id),
		       db_text(why->kind == ERR_NONE ? "done" : "refused"), db_text(why->key),
		       db_text(why->value), db_text(why->clause));
}

/* What the law or the right refuses is told; what the machine cannot do now is tried again. */
static bool do_one(const struct act *act, const json_t *bulk, int64_t application_id, struct err *e)
{
	struct act officer = *act;
	struct err why = { 0 };
	officer.person_id = row_number(bulk, "by_id");
	if (!run(&officer, row_text(bulk, "kind"), application_id, &why) && why.kind >= ERR_BUSY) {
		*e = why;
		return false;
	}
	return mark(act, row_number(bulk, "id"), application_id, &why, e);
}

bool bulk_step(const struct act *act, int most, bool *ret_more, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	json_t *open = db_rows(act->db, act->arena, e,
			       "SELECT id, kind, competition_id, by_id FROM bulk"
			       " WHERE ended_ms IS NULL ORDER BY id LIMIT 1");
	const json_t *bulk = json_array_get(open, 0);
	*ret_more = bulk != NULL;
	if (!bulk)
		return open != NULL;
	if (!db_begin(act->db, &tx, e))
		return false;
	json_t *items = db_rows(act->db, act->arena, e,
				"SELECT application_id FROM bulk_item WHERE bulk_id = $1"
				" AND state = 'waiting' ORDER BY application_id LIMIT $2",
				db_int(row_number(bulk, "id")), db_int(most));
	if (!items)
		return false;
	for (size_t i = 0; i < json_array_size(items); i++) {
		if (!do_one(act, bulk, row_number(json_array_get(items, i), "application_id"), e))
			return false;
	}
	if (json_array_size(items) == 0 &&
	    !end(act, row_number(bulk, "id"), row_number(bulk, "competition_id"), false, e))
		return false;
	return db_commit(&tx, e);
}
