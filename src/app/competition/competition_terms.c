#include "app/competition/competition_terms.h"

#include "app/interview/interview_plan.h"

#include <stdlib.h>
#include <string.h>

/* The competitions whose facts are read: from the first number to the last. */
struct reading {
	const struct act *act;
	struct competition_terms *list; /* by id */
	size_t count;
	int64_t first, last;
};

static int by_id(const void *id, const void *entry)
{
	const int64_t a = *(const int64_t *)id;
	const int64_t b = ((const struct competition_terms *)entry)->competition.id;
	return (a > b) - (a < b);
}

/* Whose facts a row tells. */
static struct competition_terms *of_row(const struct reading *x, const json_t *row)
{
	const int64_t id = row_number(row, "competition_id");
	return bsearch(&id, x->list, x->count, sizeof(*x->list), by_id);
}

static void set_done(struct term_facts *f, enum term_kind kind, bool done, day when)
{
	f->done[kind] = done;
	f->done_day[kind] = when;
}

static day day_in(const json_t *row, const char *name)
{
	return day_of_instant(row_number(row, name));
}

/* All that were sent have an outcome; a refusal counts when a second officer has confirmed it. */
static bool read_checks(const struct reading *x, struct err *e)
{
	size_t i = 0;
	json_t *row = NULL;
	json_t *rows = db_rows(
		x->act->db, x->act->arena, e,
		"SELECT a.competition_id, COUNT(DISTINCT a.id) AS sent,"
		" COUNT(DISTINCT q.application_id) AS checked,"
		" MAX(CASE WHEN q.outcome = 'met' THEN q.at_ms ELSE q.answered_ms END) AS done_ms"
		"  FROM application a LEFT JOIN qualification_decision q ON q.application_id = a.id"
		"   AND (q.outcome = 'met' OR q.answer = 'confirmed')"
		" WHERE " COMPETITION_RUNS("a.competition_id") " AND a.state = 'sent'"
							       " GROUP BY a.competition_id",
		db_int(x->first), db_int(x->last));
	if (!rows)
		return false;
	for (size_t k = 0; k < x->count; k++) { /* nobody has sent anything */
		struct term_facts *f = &x->list[k].facts;
		const bool over = f->today.n > f->filing_last.n;
		set_done(f, TERM_FILING, over, f->filing_last);
		set_done(f, TERM_CHECK, over, f->filing_last);
	}
	json_array_foreach (rows, i, row) {
		struct competition_terms *t = of_row(x, row);
		if (t)
			set_done(&t->facts, TERM_CHECK,
				 t->facts.done[TERM_FILING] &&
					 row_number(row, "checked") == row_number(row, "sent"),
				 day_in(row, "done_ms"));
	}
	return true;
}

/* The day on which a decision was told: it was opened, or handed over as a letter, whichever came
 * first (F84).  False if neither. */
static bool told_day(const json_t *row, day *ret)
{
	const bool opened = row_has(row, "served_ms");
	const bool letter = row_has(row, "paper_day");
	const day paper = { (int32_t)row_number(row, "paper_day") };
	const day served = opened ? day_in(row, "served_ms") : paper;
	*ret = letter && paper.n < served.n ? paper : served;
	return opened || letter;
}

static void add_decision(struct term_facts *f, const json_t *row)
{
	const day decided = day_in(row, "at_ms");
	const bool first = !f->decided;
	day told = { 0 };
	const bool is_told = told_day(row, &told);
	const day before = f->done_day[TERM_NOTICE];
	f->decided_day = !first && f->decided_day.n > decided.n ? f->decided_day : decided;
	f->decided = true;
	set_done(f, TERM_NOTICE, is_told && (first || f->done[TERM_NOTICE]),
		 !first && before.n > told.n ? before : told);
}

static bool read_decisions(const struct reading *x, struct err *e)
{
	size_t i = 0;
	json_t *row = NULL;
	json_t *rows =
		db_rows(x->act->db, x->act->arena, e,
			"SELECT a.competition_id, d.at_ms, MIN(n.served_ms) AS served_ms,"
			" MIN(p.day) AS paper_day FROM decision d JOIN application a"
			"   ON a.id = d.application_id"
			"  LEFT JOIN notice n ON n.person_id = a.person_id"
			"   AND n.competition_id = a.competition_id"
			"   AND n.kind IN ('decision.positive', 'decision.negative')"
			"  LEFT JOIN notice_paper p ON p.notice_id = n.id"
			" WHERE " COMPETITION_RUNS(
				"a.competition_id") " GROUP BY a.competition_id, d.id, d.at_ms",
			db_int(x->first), db_int(x->last));
	json_array_foreach (rows, i, row) {
		struct competition_terms *t = of_row(x, row);
		if (t)
			add_decision(&t->facts, row);
	}
	return rows != NULL;
}

/* What has to be there before the interview. */
static bool read_plan(const struct reading *x, struct err *e)
{
	size_t i = 0;
	json_t *row = NULL;
	json_t *rows = NULL;
	if (!interview_plan_rows(x->act, x->first, x->last, &rows, e))
		return false;
	json_array_foreach (rows, i, row) {
		struct competition_terms *t = of_row(x, row);
		const struct interview_facts f = interview_plan_of_row(x->act, row);
		if (!t)
			continue;
		set_done(&t->facts, TERM_SECURITY, f.security_received, f.security_day);
		set_done(&t->facts, TERM_DOSSIER, f.dossier_released, f.dossier_day);
	}
	return true;
}

static void set_interview(struct term_facts *f, const json_t *row)
{
	f->planned = true;
	f->interview_day = (day){ (int32_t)row_number(row, "day") };
	f->heard = row_has(row, "closed_ms");
	f->heard_day = f->heard ? day_in(row, "closed_ms") : f->interview_day;
	set_done(f, TERM_INTERVIEW, f->heard, day_in(row, "closed_ms"));
	/* by all who have to; without signatures: minutes of when they were signed on paper */
	set_done(f, TERM_MINUTES, row_has(row, "at_ms") && row_number(row, "unsigned") == 0,
		 day_in(row, row_has(row, "signed_ms") ? "signed_ms" : "at_ms"));
}

static bool read_interview(const struct reading *x, struct err *e)
{
	size_t i = 0;
	json_t *row = NULL;
	json_t *rows = db_rows(x->act->db, x->act->arena, e,
			       "SELECT i.competition_id, i.day, i.closed_ms, m.at_ms,"
			       " (SELECT COUNT(*) FROM minutes_signature s WHERE s.interview_id"
			       "   = i.id AND s.signed_ms IS NULL) AS unsigned,"
			       " (SELECT MAX(s.signed_ms) FROM minutes_signature s"
			       "   WHERE s.interview_id = i.id) AS signed_ms"
			       "  FROM interview i LEFT JOIN minutes m ON m.interview_id = i.id"
			       " WHERE " COMPETITION_RUNS("i.competition_id"),
			       db_int(x->first), db_int(x->last));
	json_array_foreach (rows, i, row) {
		struct competition_terms *t = of_row(x, row);
		if (t)
			set_interview(&t->facts, row);
	}
	return rows != NULL;
}

static void begin(const struct reading *x)
{
	for (size_t i = 0; i < x->count; i++) {
		const struct competition *c = &x->list[i].competition;
		x->list[i].facts = (struct term_facts){ .today = act_today(x->act),
							.own_route = strcmp(c->route, "own") == 0,
							.announced = c->announced,
							.announced_day = c->announced_day,
							.filing_last = c->filing_last };
	}
}

static bool read_all(const struct reading *x, struct err *e)
{
	return read_checks(x, e) && read_plan(x, e) && read_interview(x, e) && read_decisions(x, e);
}

bool competition_term_facts(const struct act *act, const struct competition *c,
			    struct term_facts *ret, struct err *e)
{
	struct competition_terms one = { .competition = *c };
	const struct reading x = { act, &one, 1, c->id, c->id };
	begin(&x);
	if (c->announced && !read_all(&x, e))
		return false;
	*ret = one.facts;
	return true;
}

bool competition_terms_running(const struct act *act, struct competition_terms **ret,
			       size_t *ret_count, struct err *e)
{
	struct reading x = { .act = act, .last = INT64_MAX };
	struct competition *running = NULL;
	if (!competition_running(act, &running, &x.count, e))
		return false;
	x.list = arena_array(act->arena, x.count ? x.count : 1, sizeof(*x.list));
	for (size_t i = 0; i < x.count; i++)
		x.list[i].competition = running[i];
	begin(&x);
	if (!read_all(&x, e))
		return false;
	*ret = x.list;
	*ret_count = x.count;
	return true;
}
