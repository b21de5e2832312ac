#include "app/evidence/destruction.h"

#include "app/access/asking.h"
#include "app/access/reauth.h"
#include "app/candidate/candidate.h"
#include "app/evidence/retention_rows.h"
#include "app/notice/notice.h"
#include "journal/destroyed.h"
#include "journal/log.h"

#include <stdlib.h>
#include <string.h>

/* What an act is about, and how it stands with its time. */
struct about {
	struct destroyed_scope scope;
	const char *organ;
	struct retention kept;
};

static struct db_value number_or_null(int64_t number)
{
	return number > 0 ? db_int(number) : db_null();
}

/* ---- rights and time ------------------------------------------------------------------------- */

static bool find_about(const struct act *act, int64_t competition_id, int64_t person_id,
		       struct about *ret, struct err *e)
{
	struct competition c = { 0 };
	*ret = (struct about){ .scope = { competition_id, person_id, 0 }, .organ = "" };
	if (person_id > 0)
		return retention_organ_of(act, person_id, &ret->organ, e) &&
		       retention_of_person(act, person_id, &ret->kept, e);
	if (!competition_load(act, competition_id, &c, e) || !retention_of(act, &c, &ret->kept, e))
		return false;
	ret->organ = c.organ;
	return true;
}

/* Both officers alike: of the office and the organ, not competing, and just proved. */
static bool require_officer(const struct act *act, const struct about *a, struct err *e)
{
	if (act->person_id == 0)
		return err_set(e, ERR_DENIED, "error.denied", "the system is no officer");
	return act_require(act, ROLE_NAME_HR, a->organ, e) &&
	       candidate_require_other(act, THING_COMPETITION, a->scope.competition_id, e) &&
	       reauth_need(act, e);
}

static bool require_due(const struct about *a, struct err *e)
{
	const struct retention *r = &a->kept;
	char text[DAY_TEXT_SIZE] = "";
	if (r->destroyed)
		return err_set(e, ERR_CONFLICT, "retention.error.destroyed", "destroyed already");
	if (r->held)
		return err_set(e, ERR_CONFLICT,
			       a->scope.person_id > 0 ? "retention.error.in_use"
						      : "retention.error.held",
			       "somebody needs it still");
	if (r->due)
		return true;
	if (r->over)
		day_print(r->until, text);
	(void)err_set(e, ERR_CONFLICT,
		      r->over ? "retention.error.early" : "retention.error.running", "kept still");
	return err_value(e, text);
}

/* ---- what goes ------------------------------------------------------------------------------- */

bool destruction_contents(const struct act *act, int64_t competition_id, int64_t person_id,
			  json_t **ret, struct err *e)
{
	struct destroyed_scope scope = { competition_id, person_id, 0 };
	const char *seqs = "";
	int64_t entries = 0;
	json_t *rows = json_object();
	json_in_arena(act->arena, rows);
	if (!journal_size(act->db, &scope.last_seq, e) ||
	    !destroyed_list(act->db, act->arena, &scope, &seqs, &entries, e) ||
	    !retention_count(act, competition_id, person_id, rows, e))
		return false;
	(void)json_object_set_new(rows, "entries", json_integer((json_int_t)entries));
	*ret = rows;
	return true;
}

/* Without the entries: those of proposals are among them. */
static bool count_rows(const struct act *act, const struct destroyed_scope *scope, const char **ret,
		       struct err *e)
{
	json_t *rows = json_object();
	json_in_arena(act->arena, rows);
	if (!retention_count(act, scope->competition_id, scope->person_id, rows, e))
		return false;
	char *text = json_dumps(rows, JSON_COMPACT | JSON_SORT_KEYS);
	*ret = arena_copy(act->arena, text ? text : "");
	free(text);
	return true;
}

/* An entry tells of every change by the program; rows tell of what came past it. */
static bool has_changed(const struct act *act, const json_t *row, bool *ret, struct err *e)
{
	const struct destroyed_scope scope = { row_number(row, "competition_id"),
					       row_number(row, "person_id"), 0 };
	const struct db_value last = db_int(row_number(row, "last_seq"));
	const char *rows = "";
	bool told = false;
	if (!count_rows(act, &scope, &rows, e) ||
	    !(scope.person_id > 0
		      ? db_exists(act->db, e, &told,
				  "SELECT 1 FROM journal_entry WHERE seq > $1"
				  " AND (subject = $2 OR actor_id = $3) AND kind <> 'test.answer'",
				  last, db_text(act_subject(act, "person", scope.person_id)),
				  db_int(scope.person_id))
		      : db_exists(act->db, e, &told,
				  "SELECT 1 FROM journal_entry WHERE seq > $1"
				  " AND competition_id = $2 AND kind NOT LIKE 'destruction.%'",
				  last, db_int(scope.competition_id))))
		return false;
	*ret = told || strcmp(rows, row_text(row, "contents")) != 0;
	return true;
}

/* ---- proposals ------------------------------------------------------------------------------- */

static bool note(const struct act *act, const char *kind, int64_t id, const json_t *row,
		 json_t *more, struct err *e)
{
	const int64_t person = row_number(row, "person_id");
	json_t *content =
		json_pack("{s:s,s:I,s:s,s:o}", "number", row_text(row, "number"), "day",
			  (json_int_t)row_number(row, "day"), "reason", row_text(row, "reason"),
			  "contents", json_loads(row_text(row, "contents"), 0, NULL));
	(void)json_object_update_new(content, more);
	if (person > 0)
		(void)json_object_set_new(content, "person", json_integer((json_int_t)person));
	return act_journal(act, kind, row_number(row, "competition_id"),
			   act_subject(act, "destruction_proposal", id), content, e);
}

static json_t *load_row(const struct act *act, int64_t id, struct err *e)
{
	return db_row(
		act->db, act->arena, e,
		"SELECT id, COALESCE(competition_id, 0) AS competition_id,"
		" COALESCE(person_id, 0) AS person_id, number, day, reason, contents, last_seq,"
		" asked_by, asked_ms, state, COALESCE(answered_by, 0) AS answered_by,"
		" COALESCE(answered_ms, 0) AS answered_ms, answer, COALESCE(act_id, 0) AS act_id"
		"  FROM destruction_proposal WHERE id = $1",
		db_int(id));
}

static bool check_form(const struct act *act, const struct destruction_form *f,
		       const struct about *a, struct err *e)
{
	bool asked = false;
	if (!*f->number)
		return err_input(e, "number", "error.required", "an act without a number");
	if (!*f->reason)
		return err_input(e, "reason", "error.required", "an act without a reason");
	if (f->day.n <= a->kept.until.n || f->day.n > act_today(act).n)
		return err_input(e, "day", "destruction.error.day", "an act of another time");
	return db_exists(act->db, e, &asked,
			 "SELECT 1 FROM destruction_proposal WHERE state = 'asked'"
			 " AND asked_ms > $1 AND COALESCE(competition_id, 0) = $2"
			 " AND COALESCE(person_id, 0) = $3",
			 db_int(act->now_ms - ASKING_LIFE_MS), db_int(f->competition_id),
			 db_int(f->person_id)) &&
	       (!asked || err_set(e, ERR_CONFLICT, "destruction.error.asked", "proposed already"));
}

static bool insert(const struct act *act, const struct destruction_form *f, const struct about *a,
		   int64_t *ret_id, struct err *e)
{
	const char *contents = "";
	int64_t last = 0;
	return count_rows(act, &a->scope, &contents, e) && journal_size(act->db, &last, e) &&
	       db_number(act->db, e, ret_id,
			 "INSERT INTO destruction_proposal (competition_id, person_id, number, day,"
			 " reason, contents, last_seq, asked_by, asked_ms, state, answer)"
			 " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'asked', '') RETURNING id",
			 number_or_null(f->competition_id), number_or_null(f->person_id),
			 db_text(f->number), db_int(f->day.n), db_text(f->reason),
			 db_text(contents), db_int(last), db_int(act->person_id),
			 db_int(act->now_ms));
}

static const char *page_of(const struct act *act, int64_t id)
{
	return arena_print(act->arena, "/destruction-proposals/%lld", (long long)id);
}

/* The notice is of no competition: it would be one of the records that go. */
static bool tell_others(const struct act *act, const struct about *a, int64_t id, struct err *e)
{
	const struct notice n = { .kind = "destruction.asked",
				  .href = page_of(act, id),
				  .others = true,
				  .apart_id = a->scope.competition_id };
	return notice_send_role(act, ROLE_NAME_HR, a->organ, &n, e);
}

bool destruction_propose(const struct act *act, const struct destruction_form *form,
			 int64_t *ret_id, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct about a;
	int64_t id = 0;
	if (!db_begin(act->db, &tx, e) ||
	    !find_about(act, form->competition_id, form->person_id, &a, e) ||
	    !require_officer(act, &a, e) || !require_due(&a, e) || !check_form(act, form, &a, e) ||
	    !insert(act, form, &a, &id, e))
		return false;
	const json_t *row = load_row(act, id, e);
	if (!row || !note(act, "destruction.proposed", id, row, json_object(), e) ||
	    !tell_others(act, &a, id, e) || !db_commit(&tx, e))
		return false;
	*ret_id = id;
	return true;
}

/* ---- the act --------------------------------------------------------------------------------- */

struct made {
	struct destroyed_scope scope;
	day until;
	const json_t *proposal;
	int64_t events, entries; /* how much is destroyed      */
	const char *seqs;        /* of the entries, as a list */
	int64_t id;
};

/* The database lets contents go only where the act is there already (F85). */
static bool write_act(const struct act *act, struct made *d, struct err *e)
{
	return journal_size(act->db, &d->scope.last_seq, e) &&
	       destroyed_list(act->db, act->arena, &d->scope, &d->seqs, &d->entries, e) &&
	       db_number(act->db, e, &d->events,
			 "SELECT COUNT(*) FROM seat_event WHERE attempt_id IN (SELECT t.id"
			 " FROM attempt t JOIN sitting s ON s.id = t.sitting_id"
			 " WHERE s.competition_id = $1)",
			 db_int(d->scope.competition_id)) &&
	       db_number(act->db, e, &d->id,
			 "INSERT INTO destruction_act (competition_id, person_id, number,"
			 " kept_until, by_id, second_id, at_ms, last_seq, seat_events, entries)"
			 " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id",
			 number_or_null(d->scope.competition_id),
			 number_or_null(d->scope.person_id),
			 db_text(row_text(d->proposal, "number")), db_int(d->until.n),
			 db_int(row_number(d->proposal, "asked_by")), db_int(act->person_id),
			 db_int(act->now_ms), db_int(d->scope.last_seq), db_int(d->events),
			 db_int(d->entries));
}

/* Headers stay, with their hashes. */
static bool forget_contents(const struct act *act, const struct destroyed_scope *scope,
			    struct err *e)
{
	if (scope->competition_id > 0)
		return db_exec(act->db, e, NULL,
			       "DELETE FROM journal_content WHERE seq IN (SELECT seq"
			       " FROM journal_entry WHERE competition_id = $1 AND seq <= $2"
			       "  AND kind <> 'records.destroyed')",
			       db_int(scope->competition_id), db_int(scope->last_seq));
	return db_exec(act->db, e, NULL,
		       "DELETE FROM journal_content WHERE seq IN (SELECT seq FROM journal_entry"
		       " WHERE competition_id = 0 AND seq <= $2"
		       "  AND (subject = $1 OR (actor_id = $3 AND subject LIKE 'notice/%'))"
		       "  AND kind <> 'records.destroyed' AND kind <> 'test.answer')",
		       db_text(act_subject(act, "person", scope->person_id)),
		       db_int(scope->last_seq), db_int(scope->person_id));
}

/* Files of the database keep for a while what was deleted: the next night scrubs them. */
static bool ask_scrub(const struct act *act, struct err *e)
{
	return db_exec(act->db, e, NULL, "UPDATE service_key SET scrubbed = 0");
}

static bool destroy(const struct act *act, struct made *d, struct err *e)
{
	const struct destroyed_scope *scope = &d->scope;
	if (!write_act(act, d, e) || !forget_contents(act, scope, e) ||
	    !(scope->competition_id > 0
		      ? retention_forget_competition(act, scope->competition_id, e)
		      : retention_forget_person(act, scope->person_id, e)) ||
	    !ask_scrub(act, e))
		return false;
	json_t *content = json_pack(
		"{s:s,s:i,s:I,s:I,s:I,s:I,s:s}", "number", row_text(d->proposal, "number"),
		"kept_until", d->until.n, "second", (json_int_t)act->person_id, "proposal",
		(json_int_t)row_number(d->proposal, "id"), "seat_events", (json_int_t)d->events,
		"entries", (json_int_t)d->entries, "seqs", d->seqs);
	if (scope->person_id > 0)
		(void)json_object_set_new(content, "person", json_integer(scope->person_id));
	return act_journal(act, "records.destroyed", scope->competition_id,
			   act_subject(act, "destruction_act", d->id), content, e);
}

/* ---- answers --------------------------------------------------------------------------------- */

static bool finish(const struct act *act, const json_t *row, const char *state, const char *answer,
		   int64_t made, struct err *e)
{
	return db_exec(act->db, e, NULL,
		       "UPDATE destruction_proposal SET state = $2, answered_by = $3,"
		       " answered_ms = $4, answer = $5, act_id = $6 WHERE id = $1",
		       db_int(row_number(row, "id")), db_text(state), db_int(act->person_id),
		       db_int(act->now_ms), db_text(answer), number_or_null(made));
}

static bool tell_first(const struct act *act, const json_t *row, struct err *e)
{
	const struct notice n = { .person_id = row_number(row, "asked_by"),
				  .kind = "destruction.answered",
				  .href = page_of(act, row_number(row, "id")) };
	return notice_send(act, &n, e);
}

static bool refuse(const struct act *act, const json_t *row, const char *reason, struct err *e)
{
	if (!*reason)
		return err_input(e, "reason", "error.required", "a refusal without a reason");
	return finish(act, row, "refused", reason, 0, e) &&
	       note(act, "destruction.refused", row_number(row, "id"), row,
		    json_pack("{s:s}", "answer", reason), e);
}

static bool carry_out(const struct act *act, const struct about *a, const json_t *row,
		      int64_t *ret_act, struct err *e)
{
	struct made d = { .scope = a->scope, .until = a->kept.until, .proposal = row };
	bool changed = false;
	if (!require_due(a, e) || !has_changed(act, row, &changed, e))
		return false;
	if (changed)
		return err_set(e, ERR_CONFLICT, "destruction.error.changed",
			       "other records than proposed");
	*ret_act = 0;
	if (!destroy(act, &d, e) || !finish(act, row, "done", "", d.id, e) ||
	    !note(act, "destruction.confirmed", row_number(row, "id"), row,
		  json_pack("{s:I,s:I}", "act", (json_int_t)d.id, "first",
			    (json_int_t)row_number(row, "asked_by")),
		  e))
		return false;
	*ret_act = d.id;
	return true;
}

bool destruction_answer(const struct act *act, int64_t id, bool yes, const char *reason,
			int64_t *ret_act, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct about a;
	int64_t made = 0;
	if (!db_begin(act->db, &tx, e))
		return false;
	const json_t *row = load_row(act, id, e);
	if (!row ||
	    !find_about(act, row_number(row, "competition_id"), row_number(row, "person_id"), &a,
			e) ||
	    !require_officer(act, &a, e) ||
	    !asking_require(act, row, "destruction.error.same", "destruction.error.over", e) ||
	    !(yes ? carry_out(act, &a, row, &made, e) : refuse(act, row, reason, e)) ||
	    !tell_first(act, row, e) || !db_commit(&tx, e))
		return false;
	*ret_act = made;
	return true;
}

bool destruction_withdraw(const struct act *act, int64_t id, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	if (!db_begin(act->db, &tx, e))
		return false;
	struct about a;
	const json_t *row = load_row(act, id, e);
	if (!row ||
	    !find_about(act, row_number(row, "competition_id"), row_number(row, "person_id"), &a,
			e) ||
	    !act_require(act, ROLE_NAME_HR, a.organ, e))
		return false;
	if (row_number(row, "asked_by") != act->person_id)
		return err_set(e, ERR_DENIED, "destruction.error.other", "another one's proposal");
	if (!asking_waits(act, row))
		return err_set(e, ERR_CONFLICT, "destruction.error.over", "answered, or too old");
	return finish(act, row, "withdrawn", "", 0, e) &&
	       note(act, "destruction.withdrawn", id, row, json_object(), e) && db_commit(&tx, e);
}

/* ---- for pages ------------------------------------------------------------------------------- */

static bool may_answer(const struct act *act, const struct about *a, bool *ret, struct err *e)
{
	bool competes = false;
	if (!act_holds(act, ROLE_NAME_HR, a->organ, ret, e) ||
	    !candidate_competes(act, THING_COMPETITION, a->scope.competition_id, &competes, e))
		return false;
	*ret = *ret && !competes;
	return true;
}

bool destruction_load(const struct act *act, int64_t id, struct destruction *ret, struct err *e)
{
	struct about a;
	bool may = false;
	json_t *row = load_row(act, id, e);
	if (!row || !find_about(act, row_number(row, "competition_id"),
				row_number(row, "person_id"), &a, e))
		return false;
	struct destruction d = { .row = row, .organ = a.organ, .kept = a.kept };
	d.waits = asking_waits(act, row);
	d.own = d.waits && row_number(row, "asked_by") == act->person_id;
	if (d.waits && (!has_changed(act, row, &d.changed, e) || !may_answer(act, &a, &may, e)))
		return false;
	d.answers = may && !d.own;
	*ret = d;
	return true;
}

bool destruction_waiting(const struct act *act, int64_t *ret_count, int64_t *ret_first,
			 struct err *e)
{
	size_t i = 0;
	const json_t *row = NULL;
	const json_t *rows =
		db_rows(act->db, act->arena, e,
			"SELECT id, COALESCE(competition_id, 0) AS competition_id,"
			" COALESCE(person_id, 0) AS person_id FROM destruction_proposal"
			" WHERE state = 'asked' AND asked_ms > $1 AND asked_by <> $2 ORDER BY id",
			db_int(act->now_ms - ASKING_LIFE_MS), db_int(act->person_id));
	*ret_count = 0;
	*ret_first = 0;
	json_array_foreach (rows, i, row) {
		struct about a;
		bool may = false;
		if (!find_about(act, row_number(row, "competition_id"),
				row_number(row, "person_id"), &a, e) ||
		    !may_answer(act, &a, &may, e))
			return false;
		if (may && (*ret_count)++ == 0)
			*ret_first = row_number(row, "id");
	}
	return rows != NULL;
}
