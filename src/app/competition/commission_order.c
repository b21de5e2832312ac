#include "app/competition/commission_order.h"

#include "app/candidate/candidate.h"
#include "app/interview/mark.h"
#include "app/interview/vote.h"
#include "app/notice/notice.h"

#include <string.h>

/* A commission that is appointed, for an officer who may act on it, and its draft order. */
struct appointed {
	struct competition competition;
	int64_t commission_id, order_id; /* order_id 0: no draft */
	day first_day;                   /* of the order of the appointment */
};

static bool load(const struct act *act, int64_t competition_id, struct appointed *ret,
		 struct err *e)
{
	struct appointed a = { 0 };
	if (!competition_load(act, competition_id, &a.competition, e) ||
	    !act_require(act, ROLE_NAME_HR, a.competition.organ, e) ||
	    !candidate_require_other(act, THING_COMPETITION, competition_id, e))
		return false;
	json_t *rows = db_rows(act->db, act->arena, e,
			       "SELECT k.id, k.order_day, (SELECT o.id FROM commission_order o"
			       "   WHERE o.commission_id = k.id AND o.state = 'draft') AS draft"
			       "  FROM commission k"
			       " WHERE k.competition_id = $1 AND k.state = 'appointed'",
			       db_int(competition_id));
	if (!rows)
		return false;
	if (strcmp(a.competition.state, "announced") != 0)
		return err_set(e, ERR_CONFLICT, "commission.error.not_announced",
			       "a commission of a competition that does not run");
	if (json_array_size(rows) == 0)
		return err_set(e, ERR_CONFLICT, "commission.error.not_appointed",
			       "no commission is appointed");
	const json_t *row = json_array_get(rows, 0);
	a.commission_id = row_number(row, "id");
	a.order_id = row_number(row, "draft");
	a.first_day = (day){ (int32_t)row_number(row, "order_day") };
	*ret = a;
	return true;
}

static bool load_draft(const struct act *act, int64_t competition_id, struct appointed *ret,
		       struct err *e)
{
	struct appointed a = { 0 };
	if (!load(act, competition_id, &a, e))
		return false;
	if (a.order_id == 0)
		return err_set(e, ERR_CONFLICT, "commission.error.no_order", "no order is drafted");
	*ret = a;
	return true;
}

static bool record(const struct act *act, const struct appointed *a, const char *kind,
		   json_t *content, struct err *e)
{
	return act_journal(act, kind, a->competition.id,
			   act_subject(act, "commission", a->commission_id), content, e);
}

/* ---- draft ------------------------------------------------------------------------------ */

static bool check_form(const struct act *act, const struct appointed *a,
		       const struct order_form *form, struct err *e)
{
	if (!*form->number)
		return err_input(e, "order_number", "error.required", "no number of the order");
	if (form->day.n > act_today(act).n)
		return err_input(e, "order_day", "commission.error.order_day",
				 "an order of a day to come");
	return form->day.n >= a->first_day.n ||
	       err_input(e, "order_day", "commission.error.order_before",
			 "an order of before the appointment");
}

static bool write_draft(const struct act *act, const struct appointed *a,
			const struct order_form *form, const char *hash, const char *name,
			struct err *e)
{
	if (a->order_id == 0)
		return db_exec(
			act->db, e, NULL,
			"INSERT INTO commission_order (commission_id, number, day, blob_hash,"
			" file_name, state, by_id, at_ms)"
			" VALUES ($1, $2, $3, $4, $5, 'draft', $6, $7)",
			db_int(a->commission_id), db_text(form->number), db_int(form->day.n),
			db_text(hash), db_text(name ? name : ""), db_int(act->person_id),
			db_int(act->now_ms));
	return db_exec(act->db, e, NULL,
		       "UPDATE commission_order SET number = $1, day = $2, by_id = $3, at_ms = $4,"
		       " file_name = CASE WHEN CAST($5 AS TEXT) IS NULL THEN file_name ELSE $6 END,"
		       " blob_hash = COALESCE($5, blob_hash) WHERE id = $7",
		       db_text(form->number), db_int(form->day.n), db_int(act->person_id),
		       db_int(act->now_ms), db_text(hash), db_text(name ? name : ""),
		       db_int(a->order_id));
}

bool commission_order_draft(const struct act *act, int64_t competition_id,
			    const struct order_form *form, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct appointed a = { 0 };
	const char *hash = NULL;
	const char *name = NULL;
	return db_begin(act->db, &tx, e) && load(act, competition_id, &a, e) &&
	       check_form(act, &a, form, e) &&
	       (!form->file || file_keep(act, form->file, &hash, &name, e)) &&
	       write_draft(act, &a, form, hash, name, e) &&
	       record(act, &a, "commission.order_drafted",
		      json_pack("{s:s,s:i,s:s*}", "order_number", form->number, "order_day",
				form->day.n, "file", hash),
		      e) &&
	       db_commit(&tx, e);
}

/* ---- its lines ---------------------------------------------------------------------------- */

static bool add_line(const struct act *act, const struct appointed *a, const char *what,
		     const struct seat_form *form, struct err *e)
{
	int64_t changed = 0;
	if (!db_exec(act->db, e, &changed,
		     "INSERT INTO commission_change (order_id, what, person_id, role, kind, "
		     "employee)"
		     " VALUES ($1, $2, $3, $4, $5, $6)"
		     " ON CONFLICT (order_id, what, person_id) DO NOTHING",
		     db_int(a->order_id), db_text(what), db_int(form->person_id),
		     db_text(form->role), db_text(form->kind), db_int(form->employee)))
		return false;
	if (changed != 1)
		return err_input(e, "person", "commission.error.twice", "named twice");
	return record(act, a, "commission.order_line",
		      json_pack("{s:s,s:I,s:s,s:s}", "what", what, "person_id",
				(json_int_t)form->person_id, "role", form->role, "kind",
				form->kind),
		      e);
}

bool commission_order_leave(const struct act *act, int64_t competition_id, int64_t member_id,
			    struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct appointed a = { 0 };
	if (!db_begin(act->db, &tx, e) || !load_draft(act, competition_id, &a, e))
		return false;
	json_t *row = db_row(act->db, act->arena, e,
			     "SELECT person_id, role, kind, employee FROM commission_member"
			     " WHERE id = $1 AND commission_id = $2 AND left_ms IS NULL",
			     db_int(member_id), db_int(a.commission_id));
	if (!row)
		return false;
	const struct seat_form form = { row_number(row, "person_id"), row_text(row, "role"),
					row_text(row, "kind"), row_number(row, "employee") != 0 };
	return add_line(act, &a, "leaves", &form, e) && db_commit(&tx, e);
}

static bool may_come(const struct act *act, const struct appointed *a, const struct seat_form *form,
		     struct err *e)
{
	bool sits = false;
	if (!commission_check_seat(form, e) ||
	    !commission_check_person(act, a->competition.id, form->person_id, e) ||
	    !db_exists(act->db, e, &sits,
		       "SELECT 1 FROM commission_member m WHERE m.commission_id = $1"
		       " AND m.person_id = $2 AND m.left_ms IS NULL AND NOT EXISTS"
		       " (SELECT 1 FROM commission_change c WHERE c.order_id = $3"
		       "  AND c.what = 'leaves' AND c.person_id = $2)",
		       db_int(a->commission_id), db_int(form->person_id), db_int(a->order_id)))
		return false;
	return !sits || err_input(e, "person", "commission.error.twice", "sits already");
}

bool commission_order_come(const struct act *act, int64_t competition_id,
			   const struct seat_form *form, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct appointed a = { 0 };
	return db_begin(act->db, &tx, e) && load_draft(act, competition_id, &a, e) &&
	       may_come(act, &a, form, e) && add_line(act, &a, "comes", form, e) &&
	       db_commit(&tx, e);
}

bool commission_order_undo(const struct act *act, int64_t competition_id, int64_t change_id,
			   struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct appointed a = { 0 };
	int64_t changed = 0;
	if (!db_begin(act->db, &tx, e) || !load_draft(act, competition_id, &a, e) ||
	    !db_exec(act->db, e, &changed,
		     "DELETE FROM commission_change WHERE id = $1 AND order_id = $2",
		     db_int(change_id), db_int(a.order_id)))
		return false;
	if (changed != 1)
		return err_set(e, ERR_MISSING, "error.missing", "no such line in the draft");
	return record(act, &a, "commission.order_undone",
		      json_pack("{s:I}", "line", (json_int_t)change_id), e) &&
	       db_commit(&tx, e);
}

/* ---- composition ----------------------------------------------------------------------------- */

bool commission_order_composition(const struct act *act, const struct competition *c,
				  struct composition *ret, struct err *e)
{
	json_t *rows =
		db_rows(act->db, act->arena, e,
			"SELECT m.role, m.kind, m.employee FROM commission_member m"
			"  JOIN commission k ON k.id = m.commission_id"
			" WHERE k.competition_id = $1 AND m.left_ms IS NULL AND NOT EXISTS"
			"  (SELECT 1 FROM commission_change x JOIN commission_order o"
			"    ON o.id = x.order_id AND o.state = 'draft' AND o.commission_id = k.id"
			"   WHERE x.what = 'leaves' AND x.person_id = m.person_id)"
			" UNION ALL SELECT x.role, x.kind, x.employee FROM commission_change x"
			"  JOIN commission_order o ON o.id = x.order_id AND o.state = 'draft'"
			"  JOIN commission k ON k.id = o.commission_id"
			" WHERE k.competition_id = $1 AND x.what = 'comes'",
			db_int(c->id));
	return rows && commission_check_rows(act, c, rows, ret, e);
}

/* ---- into force ------------------------------------------------------------------------------ */

/* Whether the order touches anybody who votes. */
static bool touches_voters(json_t *lines)
{
	for (size_t n = 0; n < json_array_size(lines); n++) {
		enum seat seat = SEAT_INVITED;
		if (seat_of(row_text(json_array_get(lines, n), "role"), &seat) && seat_votes(seat))
			return true;
	}
	return false;
}

/* No hearing and no vote is under way that the commission as it is can bring to its end. */
static bool no_vote_running(const struct act *act, const struct appointed *a, struct err *e)
{
	json_t *rows =
		db_rows(act->db, act->arena, e,
			"SELECT c.application_id FROM interview_candidate c"
			"  JOIN interview i ON i.id = c.interview_id"
			"  JOIN application p ON p.id = c.application_id AND p.state = 'sent'"
			" WHERE i.competition_id = $1 AND i.state = 'running'"
			" AND c.started_ms IS NOT NULL AND NOT EXISTS (SELECT 1 FROM decision d"
			"  WHERE d.application_id = c.application_id) ORDER BY c.turn",
			db_int(a->competition.id));
	for (size_t n = 0; n < json_array_size(rows); n++) {
		const int64_t id = row_number(json_array_get(rows, n), "application_id");
		struct interview i = { 0 };
		struct vote v = { 0 };
		if (!interview_of(act, id, &i, e) || !vote_reach(act, &i, id, &v, e))
			return false;
		if (v.state != VOTE_NO_QUORUM)
			return err_set(e, ERR_CONFLICT, "commission.error.vote_running",
				       "a candidate is heard or voted on");
	}
	return rows != NULL;
}

static bool nobody_has_voted(const struct act *act, const struct appointed *a, struct err *e)
{
	bool voted = false;
	if (!db_exists(act->db, e, &voted,
		       "SELECT 1 FROM commission_change x"
		       "  JOIN commission_member m ON m.person_id = x.person_id"
		       "   AND m.commission_id = $2"
		       "  JOIN ballot b ON b.member_id = m.id"
		       " WHERE x.order_id = $1 AND x.what = 'leaves' AND NOT EXISTS"
		       "  (SELECT 1 FROM decision d WHERE d.application_id = b.application_id)",
		       db_int(a->order_id), db_int(a->commission_id)))
		return false;
	return !voted || err_set(e, ERR_CONFLICT, "commission.error.has_voted",
				 "who leaves has voted on an undecided candidate");
}

static bool leave(const struct act *act, const struct appointed *a, json_t *line, struct err *e)
{
	int64_t changed = 0;
	if (!db_exec(act->db, e, &changed,
		     "UPDATE commission_member SET left_ms = $1 WHERE commission_id = $2"
		     " AND person_id = $3 AND left_ms IS NULL",
		     db_int(act->now_ms), db_int(a->commission_id),
		     db_int(row_number(line, "person_id"))))
		return false;
	return changed == 1 || err_set(e, ERR_CONFLICT, "error.conflict", "has left meanwhile");
}

/* Who was there before and returns is not present until the secretary notes it. */
static bool come(const struct act *act, const struct appointed *a, json_t *line, struct err *e)
{
	const int64_t person = row_number(line, "person_id");
	return db_exec(act->db, e, NULL,
		       "DELETE FROM attendance WHERE interview_id IN (SELECT i.id FROM interview i"
		       "  WHERE i.competition_id = $1 AND i.state <> 'closed') AND member_id IN"
		       " (SELECT m.id FROM commission_member m WHERE m.commission_id = $2"
		       "  AND m.person_id = $3 AND m.left_ms IS NOT NULL AND m.left_ms < $4)",
		       db_int(a->competition.id), db_int(a->commission_id), db_int(person),
		       db_int(act->now_ms)) &&
	       db_exec(act->db, e, NULL,
		       "INSERT INTO commission_member (commission_id, person_id, role, kind,"
		       " employee) VALUES ($1, $2, $3, $4, $5)"
		       " ON CONFLICT (commission_id, person_id) DO UPDATE SET role = excluded.role,"
		       " kind = excluded.kind, employee = excluded.employee, left_ms = NULL",
		       db_int(a->commission_id), db_int(person), db_text(row_text(line, "role")),
		       db_text(row_text(line, "kind")), db_int(row_number(line, "employee")));
}

/* For the journal the seats have their numbers: a vote is counted again from it. */
static bool add_member_ids(const struct act *act, const struct appointed *a, json_t *lines,
			   struct err *e)
{
	for (size_t n = 0; n < json_array_size(lines); n++) {
		json_t *line = json_array_get(lines, n);
		int64_t id = 0;
		if (!db_number(act->db, e, &id,
			       "SELECT id FROM commission_member WHERE commission_id = $1"
			       " AND person_id = $2",
			       db_int(a->commission_id), db_int(row_number(line, "person_id"))))
			return false;
		(void)json_object_set_new(line, "member_id", json_integer((json_int_t)id));
	}
	return true;
}

static bool tell(const struct act *act, const struct appointed *a, const json_t *order,
		 int64_t person_id, const char *kind, struct err *e)
{
	char text[DAY_TEXT_SIZE];
	day_print((day){ (int32_t)row_number(order, "day") }, text);
	const struct notice n = {
		.person_id = person_id,
		.kind = kind,
		.competition_id = a->competition.id,
		.href = "/interviews",
		.values = json_pack("{s:s,s:s}", "order", row_text(order, "number"), "day", text),
	};
	return notice_send(act, &n, e);
}

/* Those whom it names, and the secretary as it is from now on. */
static bool tell_all(const struct act *act, const struct appointed *a, const json_t *order,
		     json_t *lines, struct err *e)
{
	for (size_t n = 0; n < json_array_size(lines); n++) {
		const json_t *line = json_array_get(lines, n);
		const bool leaves = strcmp(row_text(line, "what"), "leaves") == 0;
		if (!tell(act, a, order, row_number(line, "person_id"),
			  leaves ? "commission.left" : "commission.came", e))
			return false;
	}
	json_t *rows = db_rows(act->db, act->arena, e,
			       "SELECT person_id FROM commission_member WHERE commission_id = $1"
			       " AND role = 'secretary' AND left_ms IS NULL",
			       db_int(a->commission_id));
	for (size_t n = 0; n < json_array_size(rows); n++) {
		if (!tell(act, a, order, row_number(json_array_get(rows, n), "person_id"),
			  "commission.changed", e))
			return false;
	}
	return rows != NULL;
}

/* Who was waited for may have left. */
static bool settle_marks(const struct act *act, const struct appointed *a, struct err *e)
{
	json_t *rows = db_rows(act->db, act->arena, e,
			       "SELECT id FROM interview WHERE competition_id = $1"
			       " AND state = 'running'",
			       db_int(a->competition.id));
	struct interview i = { 0 };
	if (!rows || json_array_size(rows) == 0)
		return rows != NULL;
	return interview_load(act, row_number(json_array_get(rows, 0), "id"), &i, e) &&
	       mark_settle(act, &i, e);
}

static bool apply(const struct act *act, const struct appointed *a, json_t *lines, struct err *e)
{
	for (int pass = 0; pass < 2; pass++) {
		for (size_t n = 0; n < json_array_size(lines); n++) {
			json_t *line = json_array_get(lines, n);
			const bool leaves = strcmp(row_text(line, "what"), "leaves") == 0;
			if (leaves == (pass == 0) &&
			    !(leaves ? leave(act, a, line, e) : come(act, a, line, e)))
				return false;
		}
	}
	return add_member_ids(act, a, lines, e) && settle_marks(act, a, e) &&
	       db_exec(act->db, e, NULL,
		       "UPDATE commission_order SET state = 'in_force', in_force_ms = $1"
		       " WHERE id = $2",
		       db_int(act->now_ms), db_int(a->order_id));
}

static bool check_enact(const struct act *act, const struct appointed *a, json_t *lines,
			struct err *e)
{
	struct composition made = { 0 };
	if (json_array_size(lines) == 0)
		return err_set(e, ERR_CONFLICT, "commission.error.order_empty",
			       "an order that changes nothing");
	return commission_order_composition(act, &a->competition, &made, e) &&
	       commission_require(&made, e) &&
	       (!touches_voters(lines) || no_vote_running(act, a, e)) &&
	       nobody_has_voted(act, a, e);
}

bool commission_order_enact(const struct act *act, int64_t competition_id, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct appointed a = { 0 };
	if (!db_begin(act->db, &tx, e) || !load_draft(act, competition_id, &a, e))
		return false;
	json_t *order = db_row(act->db, act->arena, e,
			       "SELECT number, day, blob_hash FROM commission_order WHERE id = $1",
			       db_int(a.order_id));
	json_t *lines =
		db_rows(act->db, act->arena, e,
			"SELECT what, person_id, role, kind, employee FROM commission_change"
			" WHERE order_id = $1 ORDER BY id",
			db_int(a.order_id));
	return order && lines && check_enact(act, &a, lines, e) && apply(act, &a, lines, e) &&
	       commission_no_candidate(act, competition_id, e) &&
	       tell_all(act, &a, order, lines, e) &&
	       record(act, &a, "commission.replaced",
		      json_pack("{s:s,s:I,s:s,s:O}", "order_number", row_text(order, "number"),
				"order_day", (json_int_t)row_number(order, "day"), "file",
				row_text(order, "blob_hash"), "changes", lines),
		      e) &&
	       db_commit(&tx, e);
}
