#include "app/competition/competition_terms.h"

#include "app/interview/interview_plan.h"

#include <string.h>

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
static bool read_checks(const struct act *act, const struct competition *c, struct term_facts *f,
			struct err *e)
{
	const bool over = f->today.n > c->filing_last.n;
	json_t *row = db_row(
		act->db, act->arena, e,
		"SELECT COUNT(DISTINCT a.id) AS sent, COUNT(DISTINCT q.application_id) AS checked,"
		" MAX(CASE WHEN q.outcome = 'met' THEN q.at_ms ELSE q.answered_ms END) AS done_ms"
		"  FROM application a LEFT JOIN qualification_decision q ON q.application_id = a.id"
		"   AND (q.outcome = 'met' OR q.answer = 'confirmed')"
		" WHERE a.competition_id = $1 AND a.state = 'sent'",
		db_int(c->id));
	if (!row)
		return false;
	const int64_t sent = row_number(row, "sent");
	set_done(f, TERM_FILING, over, c->filing_last);
	set_done(f, TERM_CHECK, over && row_number(row, "checked") == sent,
		 sent > 0 ? day_in(row, "done_ms") : c->filing_last);
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

static bool read_decisions(const struct act *act, const struct competition *c, struct term_facts *f,
			   struct err *e)
{
	day last = { 0 };
	bool all = true;
	json_t *rows = db_rows(act->db, act->arena, e,
			       "SELECT d.at_ms, MIN(n.served_ms) AS served_ms, MIN(p.day) AS"
			       " paper_day FROM decision d JOIN application a"
			       "   ON a.id = d.application_id"
			       "  LEFT JOIN notice n ON n.person_id = a.person_id"
			       "   AND n.competition_id = a.competition_id"
			       "   AND n.kind IN ('decision.positive', 'decision.negative')"
			       "  LEFT JOIN notice_paper p ON p.notice_id = n.id"
			       " WHERE a.competition_id = $1 GROUP BY d.id, d.at_ms",
			       db_int(c->id));
	for (size_t i = 0; i < json_array_size(rows); i++) {
		const json_t *row = json_array_get(rows, i);
		const day decided = day_in(row, "at_ms");
		day told = { 0 };
		f->decided = true;
		f->decided_day = decided.n > f->decided_day.n ? decided : f->decided_day;
		all = told_day(row, &told) && all;
		last = told.n > last.n ? told : last;
	}
	set_done(f, TERM_NOTICE, f->decided && all, last);
	return rows != NULL;
}

static bool read_interview(const struct act *act, const struct competition *c, struct term_facts *f,
			   struct err *e)
{
	struct interview_facts facts = { 0 };
	json_t *rows = db_rows(act->db, act->arena, e,
			       "SELECT i.day, i.closed_ms, m.at_ms,"
			       " (SELECT COUNT(*) FROM minutes_signature s WHERE s.interview_id"
			       "   = i.id AND s.signed_ms IS NULL) AS unsigned,"
			       " (SELECT MAX(s.signed_ms) FROM minutes_signature s"
			       "   WHERE s.interview_id = i.id) AS signed_ms"
			       "  FROM interview i LEFT JOIN minutes m ON m.interview_id = i.id"
			       " WHERE i.competition_id = $1",
			       db_int(c->id));
	if (!rows || !interview_plan_facts(act, c, &facts, e))
		return false;
	set_done(f, TERM_SECURITY, facts.security_received, facts.security_day);
	set_done(f, TERM_DOSSIER, facts.dossier_released, facts.dossier_day);
	if (json_array_size(rows) == 0)
		return true;
	const json_t *row = json_array_get(rows, 0);
	f->planned = true;
	f->interview_day = (day){ (int32_t)row_number(row, "day") };
	f->heard = row_has(row, "closed_ms");
	f->heard_day = f->heard ? day_in(row, "closed_ms") : f->interview_day;
	set_done(f, TERM_INTERVIEW, f->heard, day_in(row, "closed_ms"));
	/* by all who have to; without signatures: minutes of when they were signed on paper */
	set_done(f, TERM_MINUTES, row_has(row, "at_ms") && row_number(row, "unsigned") == 0,
		 day_in(row, row_has(row, "signed_ms") ? "signed_ms" : "at_ms"));
	return true;
}

bool competition_term_facts(const struct act *act, const struct competition *c,
			    struct term_facts *ret, struct err *e)
{
	struct term_facts f = { .today = act_today(act),
				.own_route = strcmp(c->route, "own") == 0,
				.announced = c->announced,
				.announced_day = c->announced_day,
				.filing_last = c->filing_last };
	if (c->announced && (!read_checks(act, c, &f, e) || !read_interview(act, c, &f, e) ||
			     !read_decisions(act, c, &f, e)))
		return false;
	*ret = f;
	return true;
}
