#include "app/access/restricted.h"

#include "app/candidate/candidate.h"
#include "app/candidate/study.h"
#include "app/competition/conflict.h"

#include <string.h>

const char *const restricted_reasons[] = { "check",      "dossier", "interview", "complaint",
					   "inspection", "other",   NULL };

/* On the closed list: HR of the competition; of studies also the commission that has the dossier.
 */
static bool may(const struct act *act, const struct candidate *c, const char *what, struct err *e)
{
	bool on = false;
	if (!conflict_refuse_view(act, c->application_id, e) ||
	    !act_holds(act, ROLE_NAME_HR, c->competition.organ, &on, e))
		return false;
	if (!on && strcmp(what, RESTRICTED_STUDY) == 0 &&
	    !commission_has(act, c->application_id, &on, e))
		return false;
	return on || err_set(e, ERR_DENIED, "error.denied", "not on the list of these papers");
}

bool restricted_may(const struct act *act, int64_t application_id, const char *what, struct err *e)
{
	struct candidate c = { 0 };
	return candidate_load(act, application_id, &c, e) && may(act, &c, what, e);
}

static bool check_reason(const char *reason, const char *words, struct err *e)
{
	bool known = false;
	for (const char *const *r = restricted_reasons; *r; r++)
		known = known || strcmp(*r, reason) == 0;
	if (!known)
		return err_input(e, "reason", "error.choice", "no such reason");
	return *words || strcmp(reason, "other") != 0 ||
	       err_input(e, "words", "error.required", "another reason without words");
}

/* The candidate alone, or all of the competition, but those with whom a conflict is declared. */
static bool list_opened(const struct act *act, const struct candidate *c, bool all, json_t *list,
			struct err *e)
{
	size_t i = 0;
	json_t *row = NULL;
	json_t *rows = db_rows(act->db, act->arena, e,
			       "SELECT a.id FROM application a WHERE a.id = $1"
			       "  OR ($2 = 1 AND a.competition_id = $3 AND a.state = 'sent')"
			       " ORDER BY a.id",
			       db_int(c->application_id), db_int(all), db_int(c->competition.id));
	json_array_foreach (rows, i, row) {
		bool conflict = false;
		if (!conflict_stands(act, row_number(row, "id"), &conflict, e))
			return false;
		if (!conflict)
			(void)json_array_append(list, row);
	}
	return rows != NULL;
}

struct reason {
	const char *what, *reason, *words;
	bool all;
	size_t count;
};

static bool open_one(const struct act *act, const struct reason *r, int64_t application_id,
		     int64_t competition_id, struct err *e)
{
	return db_exec(act->db, e, NULL,
		       "INSERT INTO restricted_opening (person_id, application_id, what, reason,"
		       " words, at_ms, until_ms) VALUES ($1, $2, $3, $4, $5, $6, $7)",
		       db_int(act->person_id), db_int(application_id), db_text(r->what),
		       db_text(r->reason), db_text(r->words), db_int(act->now_ms),
		       db_int(act->now_ms + RESTRICTED_MS)) &&
	       act_journal(act, "restricted.opened", competition_id,
			   act_subject(act, "application", application_id),
			   json_pack("{s:s,s:s,s:s,s:b,s:I}", "what", r->what, "reason", r->reason,
				     "words", r->words, "all", r->all, "count",
				     (json_int_t)r->count),
			   e);
}

bool restricted_open(const struct act *act, int64_t application_id, const char *what,
		     const char *reason, const char *words, bool all, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct candidate c = { 0 };
	struct reason r = { what, reason, words, all, 0 };
	json_t *list = json_array();
	size_t i = 0;
	json_t *row = NULL;
	json_in_arena(act->arena, list);
	if (!db_begin(act->db, &tx, e) || !candidate_load(act, application_id, &c, e) ||
	    !may(act, &c, what, e) || !check_reason(reason, words, e) ||
	    !list_opened(act, &c, all, list, e))
		return false;
	r.count = json_array_size(list);
	json_array_foreach (list, i, row) {
		if (!open_one(act, &r, row_number(row, "id"), c.competition.id, e))
			return false;
	}
	return db_commit(&tx, e);
}

static bool find_opening(const struct act *act, int64_t application_id, const char *what,
			 int64_t *ret, struct err *e)
{
	return db_number(act->db, e, ret,
			 "SELECT COALESCE(MAX(id), 0) FROM restricted_opening WHERE person_id = $1"
			 " AND application_id = $2 AND what = $3 AND until_ms > $4",
			 db_int(act->person_id), db_int(application_id), db_text(what),
			 db_int(act->now_ms));
}

bool restricted_is_open(const struct act *act, int64_t application_id, const char *what, bool *ret,
			struct err *e)
{
	int64_t opening = 0;
	if (!find_opening(act, application_id, what, &opening, e))
		return false;
	*ret = opening > 0;
	return true;
}

bool restricted_view(const struct act *act, int64_t application_id, const char *what, bool own,
		     struct err *e)
{
	int64_t opening = 0;
	if (!own && !find_opening(act, application_id, what, &opening, e))
		return false;
	if (!own && opening == 0) {
		(void)err_set(e, ERR_DENIED, "restricted.error.reason", "opened without a reason");
		return err_value(
			e, arena_print(act->arena, "%s/%lld", what, (long long)application_id));
	}
	return db_exec(act->db, e, NULL,
		       "INSERT INTO restricted_view (person_id, application_id, opening_id, what,"
		       " at_ms) VALUES ($1, $2, $3, $4, $5)",
		       db_int(act->person_id), db_int(application_id),
		       opening ? db_int(opening) : db_null(), db_text(what), db_int(act->now_ms));
}

bool restricted_view_file(const struct act *act, int64_t application_id, int64_t document_id,
			  struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct candidate c = { 0 };
	return db_begin(act->db, &tx, e) && candidate_load(act, application_id, &c, e) &&
	       restricted_view(act, application_id, RESTRICTED_FILE, true, e) &&
	       act_journal(act, "document.viewed", c.competition.id,
			   act_subject(act, "application", application_id),
			   json_pack("{s:I}", "document", (json_int_t)document_id), e) &&
	       db_commit(&tx, e);
}
