#include "law/qualification.h"

#include <string.h>

const struct category *qualification_category(const struct qualification_table *table,
					      const char *code)
{
	for (size_t i = 0; i < table->category_count; i++) {
		if (strcmp(table->categories[i].code, code) == 0)
			return &table->categories[i];
	}
	return NULL;
}

/* Years count for a category when the post held was of it or of a higher one. */
static bool of_category(const struct qualification_table *table, const char *held,
			const char *wanted)
{
	const struct category *h = qualification_category(table, held);
	const struct category *w = qualification_category(table, wanted);
	return h && w && h->rank <= w->rank;
}

static bool counts(const struct qualification_table *table, const struct condition *c,
		   const struct service_period *p)
{
	switch (c->kind) {
	case CONDITION_LAW_ENFORCEMENT: return p->kind != SERVICE_OTHER;
	case CONDITION_PROSECUTION: return p->kind == SERVICE_PROSECUTION;
	case CONDITION_LEADERSHIP: return p->leadership;
	default: return of_category(table, p->category, c->code);
	}
}

/* The first day from `at` on that counts and the end of that run, so that periods that
 * overlap are not counted twice; false when no later day counts. */
static bool next_run(const struct qualification_table *table, const struct condition *c,
		     const struct service_record *r, day at, day *ret_from, day *ret_to)
{
	bool found = false;
	for (size_t i = 0; i < r->count; i++) {
		const struct service_period *p = &r->periods[i];
		day to = p->to.n > r->on.n ? r->on : p->to;
		if (!counts(table, c, p) || to.n < at.n || to.n < p->from.n)
			continue;
		day from = p->from.n < at.n ? at : p->from;
		if (!found || from.n < ret_from->n) {
			*ret_from = from;
			*ret_to = to;
			found = true;
		}
	}
	return found;
}

static int days_of(const struct qualification_table *table, const struct condition *c,
		   const struct service_record *r)
{
	int sum = 0;
	day at = { INT32_MIN };
	day from = { 0 };
	day to = { 0 };
	while (next_run(table, c, r, at, &from, &to)) {
		sum += to.n - from.n + 1;
		at.n = to.n + 1;
	}
	return sum;
}

/* Days of the last `years` whole years up to `on`. */
static int days_of_years(day on, int years)
{
	struct date date = day_to_date(on);
	date.year -= years;
	day then = day_from_date(date);
	/* 29 February of a year without one would be 1 March. */
	if (day_to_date(then).day != date.day)
		then.n--;
	return on.n - then.n;
}

static enum verdict judge_years(int days, int needed, int doubt)
{
	if (days >= needed + doubt)
		return VERDICT_MET;
	return days + doubt < needed ? VERDICT_NOT_MET : VERDICT_HUMAN;
}

static struct condition_result judge(const struct qualification_table *table,
				     const struct condition *c, const struct service_record *r)
{
	struct condition_result result = { .condition = c };
	if (c->kind == CONDITION_EDUCATION) {
		if (!*r->education)
			result.computed = VERDICT_HUMAN;
		else
			result.computed =
				strcmp(r->education, c->code) == 0 ? VERDICT_MET : VERDICT_NOT_MET;
	} else {
		result.days = days_of(table, c, r);
		result.computed =
			judge_years(result.days, days_of_years(r->on, c->years), table->doubt_days);
	}
	result.verdict = result.computed;
	return result;
}

static void hear_officer(struct condition_result *result, const struct finding *findings,
			 size_t count, size_t alternative, size_t condition)
{
	for (size_t i = 0; i < count; i++) {
		if (findings[i].alternative == alternative && findings[i].condition == condition)
			result->verdict = findings[i].met ? VERDICT_MET : VERDICT_NOT_MET;
	}
}

/* AND: one not met is not met; else one in doubt is human. */
static enum verdict all_of(const struct condition_result *results, size_t count)
{
	enum verdict v = VERDICT_MET;
	for (size_t i = 0; i < count; i++) {
		if (results[i].verdict == VERDICT_NOT_MET)
			return VERDICT_NOT_MET;
		if (results[i].verdict == VERDICT_HUMAN)
			v = VERDICT_HUMAN;
	}
	return v;
}

/* OR: one met is met; else one in doubt is human. */
static enum verdict any_of(const enum verdict *verdicts, size_t count)
{
	enum verdict v = VERDICT_NOT_MET;
	for (size_t i = 0; i < count; i++) {
		if (verdicts[i] == VERDICT_MET)
			return VERDICT_MET;
		if (verdicts[i] == VERDICT_HUMAN)
			v = VERDICT_HUMAN;
	}
	return v;
}

static bool fits(const struct category *c)
{
	bool ok = c->count <= ALTERNATIVES_MOST;
	for (size_t i = 0; i < c->count; i++)
		ok = ok && c->alternatives[i].count <= CONDITIONS_MOST;
	return ok;
}

/* R5-2 */
struct qualification qualification_judge(const struct qualification_table *table,
					 const char *category, const struct service_record *record,
					 const struct finding *findings, size_t finding_count)
{
	struct qualification q = { .outcome = VERDICT_HUMAN };
	const struct category *c = qualification_category(table, category);
	if (!c || !fits(c))
		return q;
	q.count = c->count;
	for (size_t i = 0; i < c->count; i++) {
		const struct alternative *a = &c->alternatives[i];
		q.conditions[i] = a->count;
		for (size_t k = 0; k < a->count; k++) {
			q.result[i][k] = judge(table, &a->conditions[k], record);
			hear_officer(&q.result[i][k], findings, finding_count, i, k);
		}
		q.alternative[i] = all_of(q.result[i], a->count);
	}
	q.outcome = any_of(q.alternative, q.count);
	return q;
}

/* R5-1: selection rests on the requirements as they are in force, not as we suppose them. */
bool qualification_opens(const struct qualification_table *table, bool demonstration, struct err *e)
{
	return !table->assumed || demonstration ||
	       err_law(e, "5", "law.qualification.assumed", "assumed Qualification Requirements");
}

const char *verdict_name(enum verdict verdict)
{
	static const char *const name[] = {
		[VERDICT_MET] = "met",
		[VERDICT_NOT_MET] = "not_met",
		[VERDICT_HUMAN] = "human",
	};
	return name[verdict];
}
