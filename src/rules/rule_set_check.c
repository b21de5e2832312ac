/* rule_set_check.c - what no schema can say of a rule set: a code that nobody knows, an entry
 * twice, a sum that is not right.  The places are those of the file, whose order is kept. */
#include "exam/score.h"
#include "law/admission.h"
#include "law/completeness.h"
#include "law/signatory.h"
#include "rules/bank_file.h"
#include "rules/enter.h"
#include "rules/readers.h"

#include <string.h>

/* Sane bounds of a file, no law: outside of them somebody mistyped. */
static const struct {
	int64_t least, most;
} bounds[PARAM_COUNT] = {
	[PARAM_PASS_MARK] = { 1, 1000 },
	[PARAM_TEST_MINUTES] = { 5, 600 },
	[PARAM_OPTIONS_LEAST] = { BANK_OPTIONS_LEAST, BANK_OPTIONS_MOST },
	[PARAM_OPTIONS_MOST] = { BANK_OPTIONS_LEAST, BANK_OPTIONS_MOST },
	[PARAM_FAILURE_MINUTES] = { 0, 600 },
	[PARAM_REPEAT_TEST] = { 0, 1 },
	[PARAM_FILING_DAYS_OWN] = { 1, 90 },
	[PARAM_FILING_DAYS_OTHER] = { 1, 90 },
	[PARAM_CHECK_DAYS] = { 1, 90 },
	[PARAM_SECURITY_DAYS] = { 1, 60 },
	[PARAM_DOSSIER_DAYS] = { 1, 60 },
	[PARAM_COMMISSION_LEAST] = { 1, 100 },
	[PARAM_QUORUM_NUMERATOR] = { 1, 100 },
	[PARAM_QUORUM_DENOMINATOR] = { 1, 100 },
	[PARAM_TIE_WITH_CHAIR] = { 0, 1 },
	[PARAM_MINUTES_DAYS] = { 1, 90 },
	[PARAM_NOTICE_DAYS] = { 1, 90 },
	[PARAM_APPEAL_MONTHS] = { 1, 36 },
	[PARAM_CHALLENGE_DAYS] = { 1, 30 },
	[PARAM_RECORD_YEARS] = { 1, 100 },
	[PARAM_POSITIVE_PER_VACANCY] = { 1, 100 },
};

void rule_set_param_bounds(enum param_id id, int64_t *least, int64_t *most)
{
	*least = id >= PARAM_RULES ? 0 : bounds[id].least;
	*most = id >= PARAM_RULES ? 1 : bounds[id].most;
}

bool rule_set_param_sound(enum param_id id, int64_t value)
{
	int64_t least = 0;
	int64_t most = 0;
	rule_set_param_bounds(id, &least, &most);
	return value >= least && value <= most;
}

/* Parameters that only make sense together. */
static bool check_pairs(const struct source *s, const struct rule_set *r, struct err *e)
{
	static const struct {
		enum param_id small, great;
		const char *reason;
	} pairs[] = {
		{ PARAM_OPTIONS_LEAST, PARAM_OPTIONS_MOST, "the least options are above the most" },
		{ PARAM_QUORUM_NUMERATOR, PARAM_QUORUM_DENOMINATOR, "a quorum above all members" },
	};
	for (size_t i = 0; i < COUNT(pairs); i++) {
		const struct parameter *small = &r->params[pairs[i].small];
		const struct parameter *great = &r->params[pairs[i].great];
		if (small->set && great->set && small->value > great->value)
			return source_refuse(s, e, "rules.order", pairs[i].reason,
					     "parameters.name=%s.value",
					     param_name(pairs[i].small));
	}
	return true;
}

/* A5-1 */
static bool check_programme(const struct source *s, const struct rule_set *r, int64_t questions,
			    struct err *e)
{
	if (r->act_count > SCORE_ACTS_MOST)
		return source_refuse(s, e, "rules.bounds", "more acts than scoring can hold",
				     "acts");
	for (size_t i = 0; i < r->act_count; i++) {
		const struct act_of_programme *a = &r->acts[i];
		if (!source_is_code(a->code))
			return source_refuse(s, e, "rules.code", "no code", "acts.%zu.code", i);
		for (size_t k = 0; k < i; k++) {
			if (strcmp(r->acts[k].code, a->code) == 0)
				return source_refuse(s, e, "rules.twice",
						     "an act that stands twice", "acts.%zu.code",
						     i);
		}
		if (a->questions < 1 || a->questions > bounds[PARAM_PASS_MARK].most)
			return source_refuse(s, e, "rules.bounds",
					     "a number of questions out of bounds",
					     "acts.%zu.questions", i);
		if (a->pass_mark < 0 || a->pass_mark > a->questions)
			return source_refuse(s, e, "rules.bounds",
					     "a pass mark above the questions of the act",
					     "acts.%zu.pass_mark", i);
	}
	if (questions != 0 && questions != rule_set_questions(r))
		return source_refuse(s, e, "rules.sum",
				     "the questions of the acts do not make this sum", "questions");
	const struct parameter *mark = &r->params[PARAM_PASS_MARK];
	if (mark->set && mark->value > rule_set_questions(r))
		return source_refuse(s, e, "rules.order",
				     "a pass mark above the number of questions",
				     "parameters.name=pass_mark.value");
	return true;
}

/* R10-1, R20-1 */
static bool check_documents(const struct source *s, const char *list,
			    const struct required_document *documents, size_t count, struct err *e)
{
	static const char *const kinds[] = { "certificate", "recommendation", "service_list",
					     "rating", NULL };
	static const char *const signs[] = { "", "matrix", POSITION_DIRECT_SUPERVISOR,
					     POSITION_SENDING_HR, NULL };
	if (count > DOCUMENTS_MOST)
		return source_refuse(s, e, "rules.bounds", "too many documents", "%s", list);
	for (size_t i = 0; i < count; i++) {
		if (!source_is_one_of(kinds, documents[i].kind))
			return source_refuse(s, e, "rules.unknown", "no such kind of document",
					     "%s.%zu.kind", list, i);
		for (size_t k = 0; k < i; k++) {
			if (strcmp(documents[k].kind, documents[i].kind) == 0)
				return source_refuse(s, e, "rules.twice",
						     "a document that stands twice", "%s.%zu.kind",
						     list, i);
		}
		if (!source_is_one_of(signs, documents[i].signed_by))
			return source_refuse(s, e, "rules.unknown", "nobody signs by this word",
					     "%s.%zu.signed_by", list, i);
	}
	return true;
}

/* S2-1 to S2-7 */
static bool check_signatories(const struct source *s, const struct rule_set *r, struct err *e)
{
	for (size_t i = 0; i < r->signatory_count; i++) {
		const struct signatory_row *row = &r->signatories[i];
		if (!source_is_code(row->place))
			return source_refuse(s, e, "rules.code", "no code", "signatories.%zu.place",
					     i);
		if (signatory_row(r, row->place) != row)
			return source_refuse(s, e, "rules.twice", "a place that stands twice",
					     "signatories.%zu.place", i);
		/* A deputy is said by `deputy`, not by a position of his own. */
		if (!source_is_code(row->position) || strstr(row->position, POSITION_DEPUTY_SUFFIX))
			return source_refuse(s, e, "rules.code", "no code of a head",
					     "signatories.%zu.position", i);
	}
	return true;
}

/* A list of names, all known and none twice. */
static bool check_names(const struct source *s, const char *list, const struct list_of_names *names,
			bool (*known)(const char *name), struct err *e)
{
	for (size_t i = 0; i < names->count; i++) {
		const struct list_of_names before = { names->names, i };
		if (!known(names->names[i]))
			return source_refuse(s, e, "rules.unknown", "a word nobody knows", "%s.%zu",
					     list, i);
		if (names_hold(&before, names->names[i]))
			return source_refuse(s, e, "rules.twice", "a word that stands twice",
					     "%s.%zu", list, i);
	}
	return true;
}

static bool is_dossier_item(const char *name)
{
	static const char *const items[] = { "service_list", "certificate", "recommendation",
					     "test",         "polygraph",   "rating",
					     "psycho",       NULL };
	return source_is_one_of(items, name);
}

static bool is_commission_kind(const char *name)
{
	static const char *const kinds[] = { "subdivision_head", "own_security", "hr", "other",
					     NULL };
	return source_is_one_of(kinds, name);
}

/* R16-1, R28-1, R41-1: none of the lists may be empty. */
static bool check_lists(const struct source *s, const struct rule_set *r, struct err *e)
{
	const struct {
		const char *name;
		const struct list_of_names *list;
		bool (*known)(const char *name);
	} lists[] = {
		{ "dossier", &r->dossier, is_dossier_item },
		{ "commission_kinds", &r->commission_kinds, is_commission_kind },
		{ "hall_kinds", &r->hall_kinds, organ_is_kind },
	};
	for (size_t i = 0; i < COUNT(lists); i++) {
		if (lists[i].list->count == 0)
			return source_refuse(s, e, "rules.empty", "an empty list", "%s",
					     lists[i].name);
		if (!check_names(s, lists[i].name, lists[i].list, lists[i].known, e))
			return false;
	}
	return true;
}

/* O-2, R52/53: a clause is deleted in its text and in the list, or in neither. */
static bool check_clauses(const struct source *s, const struct rule_set *r, struct err *e)
{
	static const char *const changes[] = { "", "changed", "added", "deleted", NULL };
	for (size_t i = 0; i < r->clause_count; i++) {
		const struct clause_text *c = &r->clauses[i];
		if (rule_set_clause(r, c->number) != c)
			return source_refuse(s, e, "rules.twice", "a clause that stands twice",
					     "clauses.%zu.number", i);
		if (!source_is_one_of(changes, c->change))
			return source_refuse(s, e, "rules.unknown", "no such change of a clause",
					     "clauses.%zu.change", i);
		if ((strcmp(c->change, "deleted") == 0) !=
		    names_hold(&r->deleted_clauses, c->number))
			return source_refuse(s, e, "rules.deleted",
					     "deleted in the text or in the list alone",
					     "clauses.%zu.change", i);
	}
	for (size_t i = 0; i < r->deleted_clauses.count; i++) {
		if (!rule_set_clause(r, r->deleted_clauses.names[i]))
			return source_refuse(s, e, "rules.deleted", "a deleted clause without text",
					     "deleted_clauses.%zu", i);
	}
	return true;
}

/* L33: one body may stand in the list twice, but not on the same day. */
static bool check_bodies(const struct source *s, const struct rule_set *r, struct err *e)
{
	for (size_t i = 0; i < r->body_count; i++) {
		const struct other_body *b = &r->bodies[i];
		if (!source_is_code(b->code))
			return source_refuse(s, e, "rules.code", "no code", "bodies.%zu.code", i);
		if (b->until.n < b->from.n)
			return source_refuse(s, e, "rules.order",
					     "a term that ends before it begins",
					     "bodies.%zu.until", i);
		for (size_t k = 0; k < i; k++) {
			const struct other_body *o = &r->bodies[k];
			if (strcmp(o->code, b->code) == 0 && o->from.n <= b->until.n &&
			    b->from.n <= o->until.n)
				return source_refuse(s, e, "rules.twice",
						     "a body twice on the same day",
						     "bodies.%zu.code", i);
		}
	}
	return true;
}

bool rule_set_check(const struct source *s, const struct rule_set *rules, int64_t questions,
		    struct err *e)
{
	return check_pairs(s, rules, e) && check_programme(s, rules, questions, e) &&
	       check_documents(s, "own_documents", rules->own_documents, rules->own_document_count,
			       e) &&
	       check_documents(s, "other_documents", rules->other_documents,
			       rules->other_document_count, e) &&
	       check_signatories(s, rules, e) && check_lists(s, rules, e) &&
	       check_clauses(s, rules, e) && check_bodies(s, rules, e);
}

/* ---- notes ------------------------------------------------------------------- */

static bool is_part(const char *name)
{
	for (int i = 0; i < PART_COUNT; i++) {
		if (strcmp(part_name((enum part)i), name) == 0)
			return true;
	}
	return false;
}

/* R44-1: the four that law/admission.h knows. */
static bool is_admission(const char *name)
{
	return strcmp(name, part_name(PART_QUALIFICATION)) == 0 ||
	       strcmp(name, part_name(PART_TEST)) == 0 ||
	       strcmp(name, part_name(PART_POLYGRAPH)) == 0 ||
	       strcmp(name, part_name(PART_PSYCHO)) == 0;
}

static bool check_references(const struct source *s, const char *name,
			     const struct references *list, struct err *e)
{
	for (size_t i = 0; i < list->count; i++) {
		if (!source_is_code(list->list[i].code))
			return source_refuse(s, e, "rules.code", "no code", "%s.%zu.code", name, i);
		for (size_t k = 0; k < i; k++) {
			if (strcmp(list->list[k].code, list->list[i].code) == 0)
				return source_refuse(s, e, "rules.twice",
						     "a reference that stands twice", "%s.%zu.code",
						     name, i);
		}
	}
	return true;
}

/* A file that states a list has to state all of it. */
static bool check_whole(const struct source *s, const char *name, const struct list_of_names *list,
			bool (*known)(const char *name), struct err *e)
{
	size_t all = 0;
	for (int i = 0; i < PART_COUNT; i++)
		all += known(part_name((enum part)i));
	if (!check_names(s, name, list, known, e))
		return false;
	return list->count == 0 || list->count == all ||
	       source_refuse(s, e, "rules.parts", "not all that the program goes by", "%s", name);
}

/* F81: a scale of a few steps, and something to mark. */
bool marks_check(const struct source *s, const struct mark_scale *marks, struct err *e)
{
	enum { MARKS_MOST = 10 };
	if (marks->most == 0 && marks->least == 0)
		return true;
	if (marks->least < 0 || marks->most <= marks->least || marks->most > MARKS_MOST)
		return source_refuse(s, e, "rules.bounds", "a value out of bounds", "marks.most");
	return marks->criterion_count > 0 ||
	       source_refuse(s, e, "rules.bounds", "marks without criteria", "marks");
}

bool notes_check(const struct source *s, const struct rule_set_notes *notes, struct err *e)
{
	return check_references(s, "sources", &notes->sources, e) &&
	       check_references(s, "criteria", &notes->criteria, e) &&
	       check_references(s, "studies", &notes->studies, e) &&
	       check_whole(s, "parts", &notes->parts, is_part, e) &&
	       check_whole(s, "admission", &notes->admission, is_admission, e);
}
