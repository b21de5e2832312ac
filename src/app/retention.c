#include "app/retention.h"

#include "app/candidate.h"
#include "app/complaint.h"
#include "app/reauth.h"
#include "app/retention_rows.h"
#include "journal/destroyed.h"
#include "journal/log.h"

#include <string.h>

/* 29 February ends on the 28th. */
day retention_end(int64_t ended_ms, const struct rule_set *rules)
{
	struct date date = day_to_date(day_of_instant(ended_ms));
	date.year += (int)rule_set_value(rules, PARAM_RECORD_YEARS);
	if (date.month == 2 && date.day == 29)
		date.day = 28;
	return day_from_date(date);
}

bool retention_of(const struct act *act, const struct competition *c, struct retention *ret,
		  struct err *e)
{
	struct retention r = { 0 };
	json_t *row = db_row(act->db, act->arena, e,
			     "SELECT closed_ms, (SELECT COUNT(*) FROM destruction_act d"
			     "  WHERE d.competition_id = $1) AS destroyed FROM competition"
			     " WHERE id = $1",
			     db_int(c->id));
	if (!row || !complaint_holds(act, c->id, &r.held, e))
		return false;
	r.over = row_has(row, "closed_ms");
	r.destroyed = row_number(row, "destroyed") > 0;
	if (r.over)
		r.until = retention_end(row_number(row, "closed_ms"), c->rules);
	r.due = r.over && !r.held && !r.destroyed && act_today(act).n > r.until.n;
	*ret = r;
	return true;
}

static bool require_due(const struct retention *r, const char *held, struct err *e)
{
	char text[DAY_TEXT_SIZE] = "";
	if (r->destroyed)
		return err_set(e, ERR_CONFLICT, "retention.error.destroyed", "destroyed already");
	if (r->held)
		return err_set(e, ERR_CONFLICT, held, "somebody needs it still");
	if (r->due)
		return true;
	if (r->over)
		day_print(r->until, text);
	(void)err_set(e, ERR_CONFLICT,
		      r->over ? "retention.error.early" : "retention.error.running", "kept still");
	return err_value(e, text);
}

/* Another officer with the same right stands by. */
static bool require_second(const struct act *act, const char *organ, int64_t second, struct err *e)
{
	struct act other = *act;
	bool may = false;
	other.person_id = second;
	if (second != act->person_id && second > 0 &&
	    !act_holds(&other, ROLE_NAME_HR, organ, &may, e))
		return false;
	return may || err_input(e, "second", "retention.error.second", "no second officer");
}

/* ---- the act --------------------------------------------------------------------------------- */

struct destruction {
	struct destroyed_scope scope;
	day until;
	const char *number;
	int64_t second;
	int64_t events, entries; /* how much is destroyed      */
	const char *seqs;        /* of the entries, as a list */
	int64_t id;
};

static struct db_value number_or_null(int64_t number)
{
	return number > 0 ? db_int(number) : db_null();
}

/* The database lets contents go only where the act is there already (F85). */
static bool write_act(const struct act *act, struct destruction *d, struct err *e)
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
			 number_or_null(d->scope.person_id), db_text(d->number), db_int(d->until.n),
			 db_int(act->person_id), db_int(d->second), db_int(act->now_ms),
			 db_int(d->scope.last_seq), db_int(d->events), db_int(d->entries));
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

static bool destroy(const struct act *act, struct destruction *d, struct err *e)
{
	const struct destroyed_scope *scope = &d->scope;
	if (!*d->number)
		return err_input(e, "number", "error.required", "an act without a number");
	if (!write_act(act, d, e) || !forget_contents(act, scope, e) ||
	    !(scope->competition_id > 0
		      ? retention_forget_competition(act, scope->competition_id, e)
		      : retention_forget_person(act, scope->person_id, e)) ||
	    !ask_scrub(act, e))
		return false;
	json_t *content = json_pack("{s:s,s:i,s:I,s:I,s:I,s:s}", "number", d->number, "kept_until",
				    d->until.n, "second", (json_int_t)d->second, "seat_events",
				    (json_int_t)d->events, "entries", (json_int_t)d->entries,
				    "seqs", d->seqs);
	if (scope->person_id > 0)
		(void)json_object_set_new(content, "person", json_integer(scope->person_id));
	return act_journal(act, "records.destroyed", scope->competition_id,
			   act_subject(act, "destruction_act", d->id), content, e);
}

bool retention_destroy(const struct act *act, int64_t competition_id, const char *number,
		       int64_t second, int64_t *ret_act, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct destruction d = { .scope.competition_id = competition_id,
				 .number = number,
				 .second = second };
	struct competition c = { 0 };
	struct retention r = { 0 };
	if (!db_begin(act->db, &tx, e) || !competition_load(act, competition_id, &c, e) ||
	    !act_require(act, ROLE_NAME_HR, c.organ, e) ||
	    !candidate_require_other(act, THING_COMPETITION, competition_id, e) ||
	    !reauth_need(act, e) || !retention_of(act, &c, &r, e) ||
	    !require_due(&r, "retention.error.held", e) || !require_second(act, c.organ, second, e))
		return false;
	d.until = r.until;
	if (!destroy(act, &d, e) || !db_commit(&tx, e))
		return false;
	*ret_act = d.id;
	return true;
}

/* ---- a person -------------------------------------------------------------------------------- */

bool retention_organ_of(const struct act *act, int64_t person_id, const char **ret, struct err *e)
{
	const char *organ = "";
	if (!db_string(act->db, act->arena, e, &organ, "SELECT organ FROM person WHERE id = $1",
		       db_int(person_id)))
		return false;
	*ret = law_book_organ(act->book, organ) ? organ : act->book->organs[0].code;
	return true;
}

/* Instant of the last entry about the person or by it. */
static bool last_entry(const struct act *act, int64_t person_id, int64_t *ret, struct err *e)
{
	int64_t about = 0;
	int64_t by = 0;
	if (!db_number(act->db, e, &about,
		       "SELECT COALESCE(MAX(at_ms), 0) FROM journal_entry WHERE subject = $1"
		       " AND kind <> 'test.answer'",
		       db_text(act_subject(act, "person", person_id))) ||
	    !db_number(act->db, e, &by,
		       "SELECT COALESCE(MAX(at_ms), 0) FROM journal_entry WHERE actor_id = $1",
		       db_int(person_id)))
		return false;
	*ret = about > by ? about : by;
	return true;
}

bool retention_of_person(const struct act *act, int64_t person_id, struct retention *ret,
			 struct err *e)
{
	struct retention r = { .over = true };
	const struct law_file *rules = law_book_rule_set_on(act->book, act_today(act));
	int64_t last = 0;
	if (!rules)
		return err_set(e, ERR_SYSTEM, "error.law.none", "no rule set is in force today");
	if (!db_exists(act->db, e, &r.destroyed,
		       "SELECT 1 FROM destruction_act WHERE person_id = $1", db_int(person_id)) ||
	    !db_exists(act->db, e, &r.held,
		       "SELECT 1 FROM role_grant WHERE person_id = $1 AND revoked_ms IS NULL"
		       " UNION ALL SELECT 1 FROM application WHERE person_id = $1"
		       " UNION ALL SELECT 1 FROM commission_member WHERE person_id = $1"
		       " UNION ALL SELECT 1 FROM commission_change WHERE person_id = $1",
		       db_int(person_id)) ||
	    !last_entry(act, person_id, &last, e))
		return false;
	r.until = retention_end(last, rules->rule_set);
	r.due = !r.held && !r.destroyed && act_today(act).n > r.until.n;
	*ret = r;
	return true;
}

bool retention_destroy_person(const struct act *act, int64_t person_id, const char *number,
			      int64_t second, int64_t *ret_act, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct destruction d = { .scope.person_id = person_id, .number = number, .second = second };
	struct retention r = { 0 };
	const char *organ = "";
	if (!db_begin(act->db, &tx, e) || !retention_organ_of(act, person_id, &organ, e) ||
	    !act_require(act, ROLE_NAME_HR, organ, e) || !reauth_need(act, e) ||
	    !retention_of_person(act, person_id, &r, e) ||
	    !require_due(&r, "retention.error.in_use", e) || !require_second(act, organ, second, e))
		return false;
	d.until = r.until;
	if (!destroy(act, &d, e) || !db_commit(&tx, e))
		return false;
	*ret_act = d.id;
	return true;
}
