#include "app/competition/calendar_change.h"

#include "app/competition/competition_terms.h"
#include "app/interview/interview_plan.h"
#include "app/notice/notice.h"

#include <string.h>

/* ---- the calendar in force ------------------------------------------------------------------ */

static struct calendar_change change_of(const json_t *row)
{
	return (struct calendar_change){
		.kind = row_text(row, "kind"),
		.day = { (int32_t)row_number(row, "day") },
		.other = { (int32_t)row_number(row, "other_day") },
	};
}

/* One that every rule leaves alone, and that is not of a fixed date. */
static struct dated_day *movable(struct dated_day *days, size_t count, day d)
{
	for (size_t i = 0; i < count; i++) {
		if (days[i].day.n == d.n && days[i].why && strcmp(days[i].why, "kurban_ait") == 0)
			return &days[i];
	}
	return NULL;
}

/* WD-2, WD-4.  `days` has room for two more. */
static bool apply(const struct calendar_change *change, struct dated_day *days, size_t *count,
		  struct err *e)
{
	if (strcmp(change->kind, "moved") == 0) {
		struct dated_day *moved = movable(days, *count, change->day);
		if (!moved)
			return err_input(e, "day", "calendar.error.no_day_off",
					 "no day off that may be moved");
		moved->day = change->other;
		moved->provisional = false;
		return true;
	}
	days[(*count)++] = (struct dated_day){ change->day, REASON_MOVED_OFF, false, "moved" };
	days[(*count)++] = (struct dated_day){ change->other, REASON_MOVED_WORKED, false, "moved" };
	return true;
}

/* The book's calendar with these rows; `more`, if not NULL, comes last. */
static bool build(const struct act *act, const json_t *rows, const struct calendar_change *more,
		  struct calendar *ret, struct err *e)
{
	struct calendar_source source = *act->book->calendar_source;
	const size_t changes = json_array_size(rows) + 1;
	struct dated_day *days =
		arena_array(act->arena, source.day_count + 2 * changes, sizeof(*days));
	const size_t years = (size_t)source.last_year - (size_t)source.first_year + 1;
	struct calendar_day *room =
		arena_array(act->arena, years * CALENDAR_DAYS_A_YEAR, sizeof(*room));
	memcpy(days, source.days, source.day_count * sizeof(*days));
	source.days = days;
	for (size_t i = 0; i < changes - 1; i++) {
		const struct calendar_change change = change_of(json_array_get(rows, i));
		if (!apply(&change, days, &source.day_count, e))
			return false;
	}
	return (!more || apply(more, days, &source.day_count, e)) &&
	       calendar_build(&source, room, years * CALENDAR_DAYS_A_YEAR, ret, e);
}

static json_t *changes_but(const struct act *act, int64_t withdrawn, struct err *e)
{
	return db_rows(act->db, act->arena, e,
		       "SELECT kind, day, other_day FROM calendar_change"
		       " WHERE withdrawn_ms IS NULL AND id <> $1 ORDER BY id",
		       db_int(withdrawn));
}

bool calendar_in_force(const struct act *act, const struct calendar **ret, struct err *e)
{
	if (!act->book) {
		*ret = NULL;
		return true;
	}
	json_t *rows = changes_but(act, 0, e);
	if (!rows)
		return false;
	if (json_array_size(rows) == 0) {
		*ret = &act->book->calendar;
		return true;
	}
	struct calendar *made = arena_alloc(act->arena, sizeof(*made));
	if (!build(act, rows, NULL, made, e))
		return false;
	*ret = made;
	return true;
}

/* ---- what a change moves -------------------------------------------------------------------- */

/* Two calendars, and what differs between them. */
struct comparison {
	const struct act *act;
	const struct calendar *before, *after;
	struct moved_terms *found;
	size_t room;
};

static struct moved_term *found_term(struct comparison *x, const struct competition *c,
				     const char *term)
{
	if (x->found->count == x->room) {
		struct moved_term *wider =
			arena_array(x->act->arena, x->room * 2 + TERM_COUNT, sizeof(*wider));
		if (x->room)
			memcpy(wider, x->found->list, x->room * sizeof(*wider));
		x->found->list = wider;
		x->room = x->room * 2 + TERM_COUNT;
	}
	struct moved_term *t = &x->found->list[x->found->count++];
	*t = (struct moved_term){ .competition_id = c->id, .post = c->post, .term = term };
	return t;
}

/* An announced filing term is prolonged and never shortened. */
static bool prolonged(const struct comparison *x, const struct competition *c,
		      const struct term_facts *f, day *ret)
{
	day last = c->filing_last;
	if (!f->done[TERM_FILING] &&
	    !terms_filing_last(x->after, c->announced_day, (int)c->filing_days, &last))
		return false;
	*ret = last.n > c->filing_last.n ? last : c->filing_last;
	return true;
}

/* F6: the interview stands on a day that is no longer lawful. */
static bool compare_interview(struct comparison *x, const struct competition *c,
			      const struct term_facts *f, struct err *e)
{
	struct interview_facts facts = { 0 };
	if (!f->planned || f->done[TERM_INTERVIEW])
		return true;
	if (!interview_plan_facts(x->act, c, &facts, e))
		return false;
	const struct interview_check before =
		terms_interview(x->before, c->rules, &facts, f->interview_day);
	const struct interview_check after =
		terms_interview(x->after, c->rules, &facts, f->interview_day);
	if (before.fault == INTERVIEW_LAWFUL && after.fault != INTERVIEW_LAWFUL) {
		struct moved_term *t = found_term(x, c, term_kind_name(TERM_INTERVIEW));
		t->before = f->interview_day;
		t->unlawful = true;
		t->has_after = after.has_nearest;
		t->after = after.nearest;
	}
	return true;
}

static bool compare(struct comparison *x, int64_t competition_id, struct err *e)
{
	struct competition c = { 0 };
	struct term_facts f = { 0 };
	struct term before[TERM_COUNT];
	struct term after[TERM_COUNT];
	if (!competition_load(x->act, competition_id, &c, e) ||
	    !competition_term_facts(x->act, &c, &f, e))
		return false;
	if (!term_line(x->before, c.rules, &f, before) || !prolonged(x, &c, &f, &f.filing_last) ||
	    !term_line(x->after, c.rules, &f, after))
		return err_input(e, "other", "calendar.error.outside",
				 "a term lies outside the calendar");
	for (int kind = 0; kind < TERM_COUNT; kind++) {
		if (f.done[kind] || before[kind].state == TERM_WAITS ||
		    before[kind].last.n == after[kind].last.n)
			continue;
		struct moved_term *t = found_term(x, &c, term_kind_name((enum term_kind)kind));
		t->before = before[kind].last;
		t->after = after[kind].last;
		t->has_after = true;
	}
	return compare_interview(x, &c, &f, e);
}

/* Every competition that runs, under the calendar before and the one after. */
static bool compare_all(const struct act *act, const struct calendar *after,
			struct moved_terms *ret, struct err *e)
{
	struct moved_terms found = { 0 };
	struct comparison x = { .act = act, .after = after, .found = &found };
	size_t i = 0;
	json_t *row = NULL;
	json_t *rows = db_rows(act->db, act->arena, e,
			       "SELECT id FROM competition WHERE state = 'announced' ORDER BY id");
	if (!rows || !calendar_in_force(act, &x.before, e))
		return false;
	json_array_foreach (rows, i, row) {
		if (!compare(&x, row_number(row, "id"), e))
			return false;
	}
	*ret = found;
	return true;
}

/* ---- checks --------------------------------------------------------------------------------- */

static bool may_change(const struct act *act, struct err *e)
{
	return act_require(act, ROLE_NAME_HR, act->book->organs[0].code, e);
}

/* What has been is not changed: terms were kept or missed by it. */
static bool lies_ahead(const struct act *act, const struct calendar_change *change, struct err *e)
{
	const day today = act_today(act);
	if (change->day.n <= today.n)
		return err_input(e, "day", "calendar.error.past", "a day that has been");
	return change->other.n > today.n ||
	       err_input(e, "other", "calendar.error.past", "a day that has been");
}

/* calendar_build() names the day that cannot be: say it at its field. */
static bool at_field(const struct calendar_change *change, struct err *e)
{
	char text[DAY_TEXT_SIZE];
	if (e->kind != ERR_INPUT || *e->field)
		return false;
	day_print(change->day, text);
	return err_field(e, strcmp(e->value, text) == 0 ? "day" : "other");
}

bool calendar_change_preview(const struct act *act, const struct calendar_change *change,
			     struct moved_terms *ret, struct err *e)
{
	struct calendar *after = arena_alloc(act->arena, sizeof(*after));
	if (!may_change(act, e) || !lies_ahead(act, change, e))
		return false;
	json_t *rows = changes_but(act, 0, e);
	if (!rows)
		return false;
	if (!build(act, rows, change, after, e))
		return at_field(change, e);
	return compare_all(act, after, ret, e);
}

/* ---- carrying it out ------------------------------------------------------------------------ */

static bool tell_hr(const struct act *act, const char *organ, const struct moved_term *t,
		    const char *order, struct err *e)
{
	const char *href =
		arena_print(act->arena, "/competitions/%lld/%s", (long long)t->competition_id,
			    t->unlawful ? "interview" : "terms");
	char before[DAY_TEXT_SIZE];
	char after[DAY_TEXT_SIZE] = "";
	day_print(t->before, before);
	if (t->has_after)
		day_print(t->after, after);
	const struct notice n = {
		.kind = t->unlawful ? t->has_after ? "interview.unlawful" : "interview.none"
				    : arena_print(act->arena, "term.%s", t->term),
		.competition_id = t->competition_id,
		.href = href,
		.values = json_pack("{s:s,s:s,s:s}", "order", order, "before", before, "after",
				    after),
	};
	return notice_send_role(act, ROLE_NAME_HR, organ, &n, e);
}

/* Who has applied, or is about to, has another last day. */
static bool tell_candidates(const struct act *act, const struct moved_term *t, const char *order,
			    struct err *e)
{
	size_t i = 0;
	json_t *row = NULL;
	char before[DAY_TEXT_SIZE];
	char after[DAY_TEXT_SIZE];
	day_print(t->before, before);
	day_print(t->after, after);
	json_t *rows = db_rows(act->db, act->arena, e,
			       "SELECT person_id FROM application WHERE competition_id = $1"
			       " AND state IN ('draft', 'sent') ORDER BY person_id",
			       db_int(t->competition_id));
	json_array_foreach (rows, i, row) {
		const struct notice n = { .person_id = row_number(row, "person_id"),
					  .kind = "term.filing",
					  .competition_id = t->competition_id,
					  .href = arena_print(act->arena, "/announcements/%lld",
							      (long long)t->competition_id),
					  .values = json_pack("{s:s,s:s,s:s}", "order", order,
							      "before", before, "after", after) };
		if (!notice_send(act, &n, e))
			return false;
	}
	return rows != NULL;
}

static bool move_term(const struct act *act, const struct moved_term *t, const char *order,
		      struct err *e)
{
	const char *organ = NULL;
	const bool filing = strcmp(t->term, term_kind_name(TERM_FILING)) == 0;
	if (filing &&
	    !db_exec(act->db, e, NULL, "UPDATE competition SET filing_last = $1 WHERE id = $2",
		     db_int(t->after.n), db_int(t->competition_id)))
		return false;
	return db_string(act->db, act->arena, e, &organ,
			 "SELECT organ FROM competition WHERE id = $1",
			 db_int(t->competition_id)) &&
	       act_journal(act, t->unlawful ? "interview.unlawful" : "term.moved",
			   t->competition_id, act_subject(act, "competition", t->competition_id),
			   json_pack("{s:s,s:i,s:i,s:s}", "term", t->term, "before", t->before.n,
				     "after", t->has_after ? t->after.n : 0, "order", order),
			   e) &&
	       tell_hr(act, organ, t, order, e) && (!filing || tell_candidates(act, t, order, e));
}

static bool move_terms(const struct act *act, const struct moved_terms *moved, const char *order,
		       struct err *e)
{
	for (size_t i = 0; i < moved->count; i++) {
		if (!move_term(act, &moved->list[i], order, e))
			return false;
	}
	return true;
}

bool calendar_change_add(const struct act *act, const struct calendar_change *change, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct moved_terms moved = { 0 };
	int64_t id = 0;
	return db_begin(act->db, &tx, e) && calendar_change_preview(act, change, &moved, e) &&
	       db_number(act->db, e, &id,
			 "INSERT INTO calendar_change (kind, day, other_day, order_number,"
			 " order_day, by_id, at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7)"
			 " RETURNING id",
			 db_text(change->kind), db_int(change->day.n), db_int(change->other.n),
			 db_text(change->order), db_int(change->order_day.n),
			 db_int(act->person_id), db_int(act->now_ms)) &&
	       act_journal(act, "calendar.changed", 0, act_subject(act, "calendar_change", id),
			   json_pack("{s:s,s:i,s:i,s:s,s:i}", "kind", change->kind, "day",
				     change->day.n, "other", change->other.n, "order",
				     change->order, "order_day", change->order_day.n),
			   e) &&
	       move_terms(act, &moved, change->order, e) && db_commit(&tx, e);
}

bool calendar_change_withdraw(const struct act *act, int64_t id, const char *order, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct moved_terms moved = { 0 };
	struct calendar *after = arena_alloc(act->arena, sizeof(*after));
	int64_t changed = 0;
	if (!db_begin(act->db, &tx, e) || !may_change(act, e))
		return false;
	json_t *row = db_row(act->db, act->arena, e,
			     "SELECT kind, day, other_day FROM calendar_change WHERE id = $1",
			     db_int(id));
	json_t *rows = row ? changes_but(act, id, e) : NULL;
	if (!rows)
		return false;
	const struct calendar_change change = change_of(row);
	/* what it moved to lies ahead still: else terms were kept by it */
	if (change.other.n <= act_today(act).n || change.day.n <= act_today(act).n)
		return err_set(e, ERR_CONFLICT, "calendar.error.past", "a day that has been");
	if (!build(act, rows, NULL, after, e) || !compare_all(act, after, &moved, e) ||
	    !db_exec(act->db, e, &changed,
		     "UPDATE calendar_change SET withdrawn_order = $1, withdrawn_by = $2,"
		     " withdrawn_ms = $3 WHERE id = $4 AND withdrawn_ms IS NULL",
		     db_text(order), db_int(act->person_id), db_int(act->now_ms), db_int(id)))
		return false;
	if (changed != 1)
		return err_set(e, ERR_CONFLICT, "calendar.error.withdrawn", "withdrawn already");
	return act_journal(act, "calendar.withdrawn", 0, act_subject(act, "calendar_change", id),
			   json_pack("{s:s}", "order", order), e) &&
	       move_terms(act, &moved, order, e) && db_commit(&tx, e);
}
