#include "app/competition/commission.h"

#include "app/candidate/candidate.h"
#include "app/notice/tell.h"

#include <string.h>

/* The competition for an officer who may act on it. */
static bool for_hr(const struct act *act, int64_t id, struct competition *ret, struct err *e)
{
	struct competition c = { 0 };
	if (!competition_load(act, id, &c, e) || !act_require(act, ROLE_NAME_HR, c.organ, e) ||
	    !candidate_require_other(act, THING_COMPETITION, id, e))
		return false;
	*ret = c;
	return true;
}

static bool still_draft(int64_t changed, struct err *e)
{
	return changed == 1 || err_set(e, ERR_CONFLICT, "commission.error.appointed",
				       "the commission is appointed");
}

/* ---- order -------------------------------------------------------------------- */

static bool check_order(const struct act *act, const struct competition *c, const char *number,
			day order_day, struct err *e)
{
	if (strcmp(c->state, "announced") != 0)
		return err_set(e, ERR_CONFLICT, "commission.error.not_announced",
			       "a commission of a competition that does not run");
	if (!*number)
		return err_input(e, "order_number", "error.required", "no number of the order");
	if (order_day.n > act_today(act).n)
		return err_input(e, "order_day", "commission.error.order_day",
				 "an order of a day to come");
	return true;
}

bool commission_order(const struct act *act, int64_t competition_id, const char *order_number,
		      day order_day, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct competition c = { 0 };
	int64_t changed = 0;
	return db_begin(act->db, &tx, e) && for_hr(act, competition_id, &c, e) &&
	       check_order(act, &c, order_number, order_day, e) &&
	       db_exec(act->db, e, &changed,
		       "INSERT INTO commission (competition_id, order_number, order_day, state,"
		       " created_by, created_ms) VALUES ($1, $2, $3, 'draft', $4, $5)"
		       " ON CONFLICT (competition_id) DO UPDATE"
		       " SET order_number = excluded.order_number, order_day = excluded.order_day"
		       " WHERE commission.state = 'draft'",
		       db_int(competition_id), db_text(order_number), db_int(order_day.n),
		       db_int(act->person_id), db_int(act->now_ms)) &&
	       still_draft(changed, e) &&
	       act_journal(act, "commission.order", competition_id,
			   act_subject(act, "competition", competition_id),
			   json_pack("{s:s,s:i}", "order_number", order_number, "order_day",
				     order_day.n),
			   e) &&
	       db_commit(&tx, e);
}

/* ---- seats -------------------------------------------------------------------- */

static bool is_one_of(const char *word, const char *const *words)
{
	for (; *words; words++) {
		if (strcmp(word, *words) == 0)
			return true;
	}
	return false;
}

bool commission_check_seat(const struct seat_form *form, struct err *e)
{
	static const char *const service[] = { "subdivision_head", "own_security", "hr", "other",
					       NULL };
	static const char *const invited[] = { "psychologist", "expert", "personnel", NULL };
	enum seat seat = SEAT_MEMBER;
	if (!seat_of(form->role, &seat))
		return err_input(e, "role", "commission.error.role", "unknown role");
	if (!is_one_of(form->kind, seat == SEAT_INVITED ? invited : service))
		return err_input(e, "kind", "commission.error.kind",
				 "a kind that does not go with the role");
	return true;
}

bool commission_check_person(const struct act *act, int64_t competition_id, int64_t person_id,
			     struct err *e)
{
	bool known = false;
	bool candidate = false;
	if (!db_exists(act->db, e, &known, "SELECT 1 FROM person WHERE id = $1",
		       db_int(person_id)) ||
	    !db_exists(act->db, e, &candidate,
		       "SELECT 1 FROM application WHERE competition_id = $1 AND person_id = $2"
		       " AND state = 'sent'",
		       db_int(competition_id), db_int(person_id)))
		return false;
	if (!known)
		return err_input(e, "person", "commission.error.person", "no such person");
	return !candidate || err_input(e, "person", "commission.error.candidate",
				       "a candidate on the commission");
}

static bool does_not_sit(const struct act *act, int64_t competition_id, int64_t person_id,
			 struct err *e)
{
	bool sits = false;
	if (!db_exists(act->db, e, &sits,
		       "SELECT 1 FROM commission_member m JOIN commission c"
		       " ON c.id = m.commission_id WHERE c.competition_id = $1"
		       " AND m.person_id = $2",
		       db_int(competition_id), db_int(person_id)))
		return false;
	return !sits || err_input(e, "person", "commission.error.twice", "sits already");
}

/* The draft of a competition; ERR_CONFLICT if there is none or it is appointed. */
static bool find_draft(const struct act *act, int64_t competition_id, int64_t *ret, struct err *e)
{
	bool exists = false;
	if (!db_exists(act->db, e, &exists,
		       "SELECT 1 FROM commission WHERE competition_id = $1 AND state = 'draft'",
		       db_int(competition_id)))
		return false;
	if (!exists)
		return err_set(e, ERR_CONFLICT, "commission.error.no_draft",
			       "no commission that can be changed");
	return db_number(act->db, e, ret, "SELECT id FROM commission WHERE competition_id = $1",
			 db_int(competition_id));
}

static json_t *seat_content(int64_t member_id, const struct seat_form *form)
{
	return json_pack("{s:I,s:I,s:s,s:s,s:b}", "member_id", (json_int_t)member_id, "person_id",
			 (json_int_t)form->person_id, "role", form->role, "kind", form->kind,
			 "employee", form->employee);
}

bool commission_seat(const struct act *act, int64_t competition_id, const struct seat_form *form,
		     int64_t *ret_member_id, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct competition c = { 0 };
	int64_t commission = 0;
	int64_t id = 0;
	bool ok = db_begin(act->db, &tx, e) && for_hr(act, competition_id, &c, e) &&
		  find_draft(act, competition_id, &commission, e) &&
		  commission_check_seat(form, e) &&
		  commission_check_person(act, competition_id, form->person_id, e) &&
		  does_not_sit(act, competition_id, form->person_id, e) &&
		  db_number(act->db, e, &id,
			    "INSERT INTO commission_member (commission_id, person_id, role, kind,"
			    " employee) VALUES ($1, $2, $3, $4, $5) RETURNING id",
			    db_int(commission), db_int(form->person_id), db_text(form->role),
			    db_text(form->kind), db_int(form->employee)) &&
		  act_journal(act, "commission.seated", competition_id,
			      act_subject(act, "commission", commission), seat_content(id, form),
			      e) &&
		  db_commit(&tx, e);
	if (ok && ret_member_id)
		*ret_member_id = id;
	return ok;
}

bool commission_unseat(const struct act *act, int64_t competition_id, int64_t member_id,
		       struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct competition c = { 0 };
	int64_t commission = 0;
	int64_t changed = 0;
	if (!db_begin(act->db, &tx, e) || !for_hr(act, competition_id, &c, e) ||
	    !find_draft(act, competition_id, &commission, e) ||
	    !db_exec(act->db, e, &changed,
		     "DELETE FROM commission_member WHERE id = $1 AND commission_id = $2",
		     db_int(member_id), db_int(commission)))
		return false;
	if (changed != 1)
		return err_set(e, ERR_MISSING, "error.missing", "no such seat in the draft");
	return act_journal(act, "commission.unseated", competition_id,
			   act_subject(act, "commission", commission),
			   json_pack("{s:I}", "member_id", (json_int_t)member_id), e) &&
	       db_commit(&tx, e);
}

/* ---- appointment ---------------------------------------------------------------- */

bool commission_check_rows(const struct act *act, const struct competition *c, const json_t *rows,
			   struct composition *ret, struct err *e)
{
	size_t count = json_array_size(rows);
	struct seat_holder *holders = arena_array(act->arena, count + 1, sizeof(*holders));
	for (size_t i = 0; i < count; i++) {
		const json_t *row = json_array_get(rows, i);
		if (!seat_of(row_text(row, "role"), &holders[i].seat))
			return err_set(e, ERR_DB, "error.storage", "unknown role of a seat");
		holders[i].kind = row_text(row, "kind");
		holders[i].employee = row_number(row, "employee") != 0;
	}
	*ret = commission_check(c->rules, holders, count);
	return true;
}

bool commission_composition(const struct act *act, const struct competition *c,
			    struct composition *ret, struct err *e)
{
	json_t *rows = db_rows(act->db, act->arena, e,
			       "SELECT m.role, m.kind, m.employee FROM commission_member m"
			       " JOIN commission k ON k.id = m.commission_id"
			       " WHERE k.competition_id = $1 AND m.left_ms IS NULL"
			       " ORDER BY m.id",
			       db_int(c->id));
	return rows && commission_check_rows(act, c, rows, ret, e);
}

bool commission_no_candidate(const struct act *act, int64_t competition_id, struct err *e)
{
	bool sits = false;
	if (!db_exists(act->db, e, &sits,
		       "SELECT 1 FROM commission_member m JOIN commission k"
		       " ON k.id = m.commission_id JOIN application a"
		       " ON a.person_id = m.person_id AND a.competition_id = k.competition_id"
		       " WHERE k.competition_id = $1 AND m.left_ms IS NULL AND a.state = 'sent'",
		       db_int(competition_id)))
		return false;
	return !sits || err_set(e, ERR_CONFLICT, "commission.error.candidate",
				"a candidate on the commission");
}

/* R41-1: who is judged does not sit among those who judge. */
bool commission_require_unseated(const struct act *act, int64_t competition_id, int64_t person_id,
				 struct err *e)
{
	bool sits = false;
	if (!db_exists(act->db, e, &sits,
		       "SELECT 1 FROM commission_member m JOIN commission k"
		       " ON k.id = m.commission_id WHERE k.competition_id = $1"
		       " AND m.person_id = $2 AND m.left_ms IS NULL AND k.state = 'appointed'",
		       db_int(competition_id), db_int(person_id)))
		return false;
	return !sits || err_law(e, "41", "commission.error.applies", "a member applies");
}

bool commission_appoint(const struct act *act, int64_t competition_id, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct competition c = { 0 };
	struct composition made = { 0 };
	int64_t commission = 0;
	int64_t changed = 0;
	return db_begin(act->db, &tx, e) && for_hr(act, competition_id, &c, e) &&
	       find_draft(act, competition_id, &commission, e) &&
	       commission_composition(act, &c, &made, e) && commission_require(&made, e) &&
	       commission_no_candidate(act, competition_id, e) &&
	       db_exec(act->db, e, &changed,
		       "UPDATE commission SET state = 'appointed', appointed_ms = $1"
		       " WHERE id = $2 AND state = 'draft'",
		       db_int(act->now_ms), db_int(commission)) &&
	       still_draft(changed, e) &&
	       act_journal(act, "commission.appointed", competition_id,
			   act_subject(act, "commission", commission),
			   json_pack("{s:i}", "members", made.members), e) &&
	       tell_commission(act, &c, commission, e) && db_commit(&tx, e);
}

/* ---- who sits --------------------------------------------------------------------- */

bool commission_seated(const struct act *act, int64_t competition_id, struct seated *ret,
		       struct err *e)
{
	json_t *rows = db_rows(act->db, act->arena, e,
			       "SELECT m.id, m.role FROM commission_member m"
			       " JOIN commission k ON k.id = m.commission_id"
			       " WHERE k.competition_id = $1 AND m.person_id = $2"
			       " AND k.state = 'appointed' AND m.left_ms IS NULL",
			       db_int(competition_id), db_int(act->person_id));
	struct seated seated = { 0 };
	if (!rows)
		return false;
	if (!seat_of(row_text(json_array_get(rows, 0), "role"), &seated.seat))
		return err_set(e, ERR_DENIED, "commission.error.no_seat",
			       "person %lld has no seat for competition %lld",
			       (long long)act->person_id, (long long)competition_id);
	/* R41-1: a seat from before the application gives nothing, either */
	if (!candidate_require_other(act, THING_COMPETITION, competition_id, e))
		return false;
	seated.member_id = row_number(json_array_get(rows, 0), "id");
	*ret = seated;
	return true;
}

bool commission_require_secretary(const struct act *act, int64_t competition_id, struct err *e)
{
	struct seated seated = { 0 };
	if (act->person_id == 0)
		return true;
	if (!commission_seated(act, competition_id, &seated, e))
		return false;
	return seated.seat == SEAT_SECRETARY ||
	       err_set(e, ERR_DENIED, "commission.error.secretary_only",
		       "person %lld is not the secretary", (long long)act->person_id);
}
