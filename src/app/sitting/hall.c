#include "app/sitting/hall.h"

#include "law/sitting.h"

#include <string.h>

bool hall_load(const struct act *act, int64_t id, struct hall_row *ret, struct err *e)
{
	const json_t *row =
		db_row(act->db, act->arena, e,
		       "SELECT h.organ, h.kind, h.name_kk, h.name_ru, h.seats,"
		       " (SELECT COUNT(*) FROM hall_closing c WHERE c.hall_id = h.id"
		       "   AND c.reopened_ms IS NULL) AS closed,"
		       " (SELECT COUNT(*) FROM sitting s WHERE s.hall_id = h.id) AS sittings"
		       "  FROM hall h WHERE h.id = $1",
		       db_int(id));
	if (!row)
		return false;
	*ret = (struct hall_row){
		.id = id,
		.seats = row_number(row, "seats"),
		.organ = row_text(row, "organ"),
		.kind = row_text(row, "kind"),
		.name_kk = row_text(row, "name_kk"),
		.name_ru = row_text(row, "name_ru"),
		.closed = row_number(row, "closed") > 0,
		.used = row_number(row, "sittings") > 0,
	};
	return true;
}

/* ---- what may be entered ------------------------------------------------------------------- */

bool hall_may_be_of(const struct act *act, const struct organ *organ)
{
	const struct law_file *rules = law_book_rule_set_on(act->book, act_today(act));
	struct err why = { 0 };
	return rules && sitting_require_hall(rules->rule_set, organ->kind, &why);
}

/* R28-1 */
static bool check_organ(const struct act *act, const char *code, const struct organ **ret,
			struct err *e)
{
	const struct organ *organ = law_book_organ(act->book, code);
	const struct law_file *rules = law_book_rule_set_on(act->book, act_today(act));
	if (!organ)
		return err_input(e, "organ", "hall.error.organ", "no such organ");
	*ret = organ;
	if (act->person_id == 0)
		return true;
	if (!rules)
		return err_set(e, ERR_SYSTEM, "error.law.none", "no rule set is in force today");
	return sitting_require_hall(rules->rule_set, organ->kind, e) || err_field(e, "organ");
}

static bool check_texts(const struct hall_form *form, struct err *e)
{
	if (!*form->name_kk)
		return err_input(e, "name_kk", "error.required", "no name in Kazakh");
	if (!*form->name_ru)
		return err_input(e, "name_ru", "error.required", "no name in Russian");
	return (form->seats >= 1 && form->seats <= HALL_SEATS_MOST) ||
	       err_input(e, "seats", "hall.error.seats", "no such number of seats");
}

/* A closed hall keeps its name: it may be opened again, and its sittings are told by it. */
static bool check_names(const struct act *act, int64_t id, const struct hall_form *form,
			struct err *e)
{
	bool kk = false;
	bool ru = false;
	if (!db_exists(act->db, e, &kk,
		       "SELECT 1 FROM hall WHERE organ = $1 AND name_kk = $2 AND id <> $3",
		       db_text(form->organ), db_text(form->name_kk), db_int(id)) ||
	    !db_exists(act->db, e, &ru,
		       "SELECT 1 FROM hall WHERE organ = $1 AND name_ru = $2 AND id <> $3",
		       db_text(form->organ), db_text(form->name_ru), db_int(id)))
		return false;
	return !(kk || ru) || err_input(e, kk ? "name_kk" : "name_ru", "hall.error.name",
					"another hall of the organ has this name");
}

/* id 0: a new one */
static bool check(const struct act *act, int64_t id, const struct hall_form *form,
		  const struct organ **ret, struct err *e)
{
	return check_organ(act, form->organ, ret, e) && check_texts(form, e) &&
	       check_names(act, id, form, e);
}

static json_t *told(const char *organ, const char *kind, const char *name_kk, const char *name_ru,
		    int64_t seats)
{
	return json_pack("{s:s,s:s,s:s,s:s,s:I}", "organ", organ, "kind", kind, "name_kk", name_kk,
			 "name_ru", name_ru, "seats", (json_int_t)seats);
}

/* ---- use cases ------------------------------------------------------------------------------ */

bool hall_add(const struct act *act, const struct hall_form *form, int64_t *ret_id, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	const struct organ *organ = NULL;
	int64_t id = 0;
	if (!db_begin(act->db, &tx, e) || !act_require(act, ROLE_NAME_HR, form->organ, e) ||
	    !check(act, 0, form, &organ, e) ||
	    !db_number(act->db, e, &id,
		       "INSERT INTO hall (organ, kind, name_kk, name_ru, seats)"
		       " VALUES ($1, $2, $3, $4, $5) RETURNING id",
		       db_text(form->organ), db_text(organ->kind), db_text(form->name_kk),
		       db_text(form->name_ru), db_int(form->seats)) ||
	    !act_journal(act, "hall.added", 0, act_subject(act, "hall", id),
			 told(form->organ, organ->kind, form->name_kk, form->name_ru, form->seats),
			 e) ||
	    !db_commit(&tx, e))
		return false;
	*ret_id = id;
	return true;
}

static bool load_own(const struct act *act, int64_t id, struct hall_row *ret, struct err *e)
{
	return hall_load(act, id, ret, e) && act_require(act, ROLE_NAME_HR, ret->organ, e);
}

/* A computer, or a candidate, has no place any more where its seat goes away. */
static bool check_fewer(const struct act *act, const struct hall_row *hall, int64_t seats,
			struct err *e)
{
	int64_t last = 0;
	if (seats >= hall->seats)
		return true;
	if (!db_number(act->db, e, &last,
		       "SELECT COALESCE(MAX(CAST(t.seat AS INTEGER)), 0) FROM ("
		       " SELECT k.seat FROM seat_key k WHERE k.hall_id = $1"
		       "  AND k.revoked_ms IS NULL"
		       " UNION ALL SELECT a.seat FROM attempt a JOIN sitting s"
		       "  ON s.id = a.sitting_id WHERE s.hall_id = $1"
		       "  AND s.state NOT IN ('closed', 'cancelled')) t",
		       db_int(hall->id)))
		return false;
	if (seats >= last)
		return true;
	(void)err_input(e, "seats", "hall.error.seats_used", "a seat beyond is in use");
	return err_value(e, arena_print(act->arena, "%lld", (long long)last));
}

static bool check_change(const struct act *act, const struct hall_row *hall,
			 const struct hall_form *form, const struct organ **ret, struct err *e)
{
	const bool moved = strcmp(form->organ, hall->organ) != 0;
	if (moved && hall->used)
		return err_input(e, "organ", "hall.error.organ_used", "a sitting has used it");
	return (!moved || act_require(act, ROLE_NAME_HR, form->organ, e)) &&
	       check(act, hall->id, form, ret, e) && check_fewer(act, hall, form->seats, e);
}

static bool reopen_rows(const struct act *act, int64_t id, struct err *e)
{
	return db_exec(act->db, e, NULL,
		       "UPDATE hall_closing SET reopened_by = $1, reopened_ms = $2"
		       " WHERE hall_id = $3 AND reopened_ms IS NULL",
		       db_int(act->person_id), db_int(act->now_ms), db_int(id));
}

bool hall_change(const struct act *act, int64_t id, const struct hall_form *form, bool reopen,
		 struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct hall_row was = { 0 };
	const struct organ *organ = NULL;
	if (!db_begin(act->db, &tx, e) || !load_own(act, id, &was, e) ||
	    !check_change(act, &was, form, &organ, e) ||
	    !db_exec(act->db, e, NULL,
		     "UPDATE hall SET organ = $1, kind = $2, name_kk = $3, name_ru = $4,"
		     " seats = $5 WHERE id = $6",
		     db_text(form->organ), db_text(organ->kind), db_text(form->name_kk),
		     db_text(form->name_ru), db_int(form->seats), db_int(id)) ||
	    (reopen && !reopen_rows(act, id, e)))
		return false;
	json_t *content = told(form->organ, organ->kind, form->name_kk, form->name_ru, form->seats);
	(void)json_object_set_new(content, "before",
				  told(was.organ, was.kind, was.name_kk, was.name_ru, was.seats));
	(void)json_object_set_new(content, "reopened", json_boolean(reopen && was.closed));
	return act_journal(act, "hall.changed", 0, act_subject(act, "hall", id), content, e) &&
	       db_commit(&tx, e);
}

static bool may_close(const struct act *act, const struct hall_row *hall, struct err *e)
{
	bool waits = false;
	if (hall->closed)
		return err_set(e, ERR_CONFLICT, "hall.error.closed", "closed already");
	if (!db_exists(act->db, e, &waits,
		       "SELECT 1 FROM sitting WHERE hall_id = $1"
		       " AND state NOT IN ('closed', 'cancelled')",
		       db_int(hall->id)))
		return false;
	return !waits || err_set(e, ERR_CONFLICT, "hall.error.sitting", "a sitting is not over");
}

bool hall_close(const struct act *act, int64_t id, const char *reason, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct hall_row hall = { 0 };
	if (!*reason)
		return err_input(e, "reason", "hall.error.reason", "no reason given");
	return db_begin(act->db, &tx, e) && load_own(act, id, &hall, e) &&
	       may_close(act, &hall, e) &&
	       db_exec(act->db, e, NULL,
		       "INSERT INTO hall_closing (hall_id, reason, closed_by, closed_ms)"
		       " VALUES ($1, $2, $3, $4)",
		       db_int(id), db_text(reason), db_int(act->person_id), db_int(act->now_ms)) &&
	       act_journal(act, "hall.closed", 0, act_subject(act, "hall", id),
			   json_pack("{s:s,s:s}", "organ", hall.organ, "reason", reason), e) &&
	       db_commit(&tx, e);
}
