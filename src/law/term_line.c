#include "law/term_line.h"

#include <string.h>

const char *term_kind_name(enum term_kind kind)
{
	static const char *const name[TERM_COUNT] = {
		[TERM_FILING] = "filing",       [TERM_CHECK] = "check",
		[TERM_SECURITY] = "security",   [TERM_DOSSIER] = "dossier",
		[TERM_INTERVIEW] = "interview", [TERM_NOTICE] = "notice",
		[TERM_MINUTES] = "minutes",
	};
	return name[kind];
}

const char *term_state_name(enum term_state state)
{
	static const char *const name[] = {
		[TERM_WAITS] = "waits",   [TERM_OPEN] = "open", [TERM_AT_RISK] = "at_risk",
		[TERM_MISSED] = "missed", [TERM_KEPT] = "kept", [TERM_LATE] = "late",
	};
	return name[state];
}

/* From where a term is counted, by what, and who has to act. */
struct base {
	bool known;
	day from;
	enum param_id param;
	const char *who;
};

static struct base base_of(enum term_kind kind, const struct term_facts *f)
{
	const struct base row[TERM_COUNT] = {
		[TERM_FILING] = { f->announced, f->announced_day,
				  f->own_route ? PARAM_FILING_DAYS_OWN : PARAM_FILING_DAYS_OTHER,
				  "candidate" },
		[TERM_CHECK] = { f->announced, f->filing_last, PARAM_CHECK_DAYS, "hr" },
		[TERM_SECURITY] = { f->planned, f->interview_day, PARAM_SECURITY_DAYS, "security" },
		[TERM_DOSSIER] = { f->planned, f->interview_day, PARAM_DOSSIER_DAYS, "hr" },
		[TERM_INTERVIEW] = { f->planned, f->interview_day, PARAM_COUNT, "secretary" },
		[TERM_NOTICE] = { f->decided, f->decided_day, PARAM_NOTICE_DAYS, "hr" },
		[TERM_MINUTES] = { f->heard, f->heard_day, PARAM_MINUTES_DAYS, "secretary" },
	};
	return row[kind];
}

/* The last day, by the functions that every other part asks too. */
static bool last_day(const struct calendar *c, const struct rule_set *rules,
		     const struct term_facts *f, enum term_kind kind, day *ret)
{
	switch (kind) {
	case TERM_FILING: *ret = f->filing_last; return true;
	case TERM_CHECK: return terms_check_last(c, rules, f->filing_last, ret);
	case TERM_SECURITY: return terms_security_last(c, rules, f->interview_day, ret);
	case TERM_DOSSIER: return terms_dossier_last(c, rules, f->interview_day, ret);
	case TERM_NOTICE: return terms_notice_last(c, rules, f->decided_day, ret);
	case TERM_MINUTES: return terms_minutes_last(c, rules, f->heard_day, ret);
	default: *ret = f->interview_day; return true;
	}
}

static enum term_state state_of(const struct term *t, const struct term_facts *f)
{
	if (f->done[t->kind])
		return f->done_day[t->kind].n <= t->last.n ? TERM_KEPT : TERM_LATE;
	if (f->today.n > t->last.n)
		return TERM_MISSED;
	return t->left <= TERM_RISK_DAYS && t->kind != TERM_FILING ? TERM_AT_RISK : TERM_OPEN;
}

/* How many working days were counted, back or forward. */
static int counted(const struct calendar *c, const struct rule_set *rules, const struct term *t)
{
	switch (t->kind) {
	case TERM_SECURITY: return -terms_security_days(rules);
	case TERM_DOSSIER: return -terms_dossier_days(rules);
	default: return calendar_between(c, t->from, t->last);
	}
}

static bool one_term(const struct calendar *c, const struct rule_set *rules,
		     const struct term_facts *f, struct term *t)
{
	const struct base b = base_of(t->kind, f);
	t->who = b.who;
	t->clause = "";
	if (b.param < PARAM_COUNT) {
		t->clause = rules->params[b.param].clause;
		t->assumed = rules->params[b.param].assumed;
	}
	if (!b.known)
		return true;
	t->from = b.from;
	if (!last_day(c, rules, f, t->kind, &t->last) || !calendar_covers(c, f->today))
		return false;
	t->wanted = counted(c, rules, t);
	t->left = calendar_between(c, f->today, t->last);
	t->state = state_of(t, f);
	return true;
}

bool term_line(const struct calendar *c, const struct rule_set *rules, const struct term_facts *f,
	       struct term ret[TERM_COUNT])
{
	memset(ret, 0, TERM_COUNT * sizeof(*ret));
	for (int kind = 0; kind < TERM_COUNT; kind++) {
		ret[kind].kind = (enum term_kind)kind;
		if (!one_term(c, rules, f, &ret[kind]))
			return false;
	}
	return true;
}

bool term_explain(const struct calendar *c, const struct term *t, struct calendar_explanation *ret)
{
	if (t->state == TERM_WAITS || t->wanted == 0)
		return false;
	return t->wanted < 0 ? calendar_explain_before(c, t->from, -t->wanted, ret)
			     : calendar_explain_add(c, t->from, t->wanted, ret);
}
