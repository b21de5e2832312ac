/* rule_set_file.c - reads a rule set of order-118/ (O-4, R10-1, R16-1, R41-1, A5-1 ...).
 *
 * A competition keeps the bytes of its rule set for life, so a key that comes later is
 * optional: what was pinned before has to be read for ever. */
#include "rules/readers.h"

#include <string.h>

struct parameter_entry {
	char *name, *clause, *act;
	int64_t value;
	bool assumed;
};
struct act_entry {
	char *code;
	struct both name;
	int questions, pass_mark;
};
struct document_entry {
	char *kind, *clause, *signed_by;
	struct both name;
};
struct signatory_entry {
	char *place, *position;
	bool deputy;
	struct both place_name, position_name;
};
struct clause_entry {
	char *number, *change;
	struct both text;
};
struct body_entry {
	char *code, *from, *until;
	struct both name;
};
struct reference_entry {
	char *code, *clause;
	struct both title;
	bool restricted;
};
struct marks_entry {
	int least, most;
	bool assumed;
};
struct rule_set_file {
	char *id, *in_force_from, *in_force_act;
	struct both title, source, appeal;
	bool in_force_assumed, recording_may_be_off, ru_unofficial, results_name_people;
	int questions;
	struct parameter_entry *parameters;
	struct act_entry *acts;
	struct document_entry *own_documents, *other_documents;
	struct signatory_entry *signatories;
	char **dossier, **commission_kinds, **hall_kinds, **deleted_clauses;
	struct clause_entry *clauses;
	struct body_entry *bodies;
	struct reference_entry *sources, *criteria, *studies;
	struct marks_entry marks;
	char **parts, **admission;
	unsigned parameters_count, acts_count, own_documents_count, other_documents_count;
	unsigned signatories_count, dossier_count, commission_kinds_count, hall_kinds_count;
	unsigned deleted_clauses_count, clauses_count, bodies_count;
	unsigned sources_count, criteria_count, studies_count, parts_count, admission_count;
};

/* ---- schema ------------------------------------------------------------------ */

#define LATER_TEXT(key, type, member)                                                              \
	CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, type, member, 0,     \
			       CYAML_UNLIMITED)

static const cyaml_schema_field_t parameter_fields[] = {
	SOURCE_TEXT("name", struct parameter_entry, name),
	CYAML_FIELD_INT("value", CYAML_FLAG_DEFAULT, struct parameter_entry, value),
	SOURCE_TEXT("clause", struct parameter_entry, clause),
	CYAML_FIELD_BOOL("assumed", CYAML_FLAG_DEFAULT, struct parameter_entry, assumed),
	LATER_TEXT("act", struct parameter_entry, act),
	CYAML_FIELD_END,
};
static const cyaml_schema_value_t parameter_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct parameter_entry, parameter_fields),
};
static const cyaml_schema_field_t act_fields[] = {
	SOURCE_TEXT("code", struct act_entry, code),
	SOURCE_BOTH("name", struct act_entry, name),
	CYAML_FIELD_INT("questions", CYAML_FLAG_DEFAULT, struct act_entry, questions),
	CYAML_FIELD_INT("pass_mark", CYAML_FLAG_OPTIONAL, struct act_entry, pass_mark),
	CYAML_FIELD_END,
};
static const cyaml_schema_value_t act_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct act_entry, act_fields),
};
static const cyaml_schema_field_t document_fields[] = {
	SOURCE_TEXT("kind", struct document_entry, kind),
	SOURCE_TEXT("clause", struct document_entry, clause),
	SOURCE_TEXT("signed_by", struct document_entry, signed_by),
	SOURCE_BOTH("name", struct document_entry, name),
	CYAML_FIELD_END,
};
static const cyaml_schema_value_t document_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct document_entry, document_fields),
};
static const cyaml_schema_field_t signatory_fields[] = {
	SOURCE_TEXT("place", struct signatory_entry, place),
	SOURCE_TEXT("position", struct signatory_entry, position),
	CYAML_FIELD_BOOL("deputy", CYAML_FLAG_DEFAULT, struct signatory_entry, deputy),
	SOURCE_BOTH("place_name", struct signatory_entry, place_name),
	SOURCE_BOTH("position_name", struct signatory_entry, position_name),
	CYAML_FIELD_END,
};
static const cyaml_schema_value_t signatory_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct signatory_entry, signatory_fields),
};
static const cyaml_schema_field_t clause_fields[] = {
	SOURCE_TEXT("number", struct clause_entry, number),
	SOURCE_TEXT("change", struct clause_entry, change),
	SOURCE_BOTH("text", struct clause_entry, text),
	CYAML_FIELD_END,
};
static const cyaml_schema_value_t clause_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct clause_entry, clause_fields),
};
static const cyaml_schema_field_t body_fields[] = {
	SOURCE_TEXT("code", struct body_entry, code),
	SOURCE_BOTH("name", struct body_entry, name),
	SOURCE_TEXT("from", struct body_entry, from),
	SOURCE_TEXT("until", struct body_entry, until),
	CYAML_FIELD_END,
};
static const cyaml_schema_value_t body_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct body_entry, body_fields),
};
static const cyaml_schema_field_t reference_fields[] = {
	SOURCE_TEXT("code", struct reference_entry, code),
	SOURCE_TEXT("clause", struct reference_entry, clause),
	SOURCE_BOTH("title", struct reference_entry, title),
	CYAML_FIELD_BOOL("restricted", CYAML_FLAG_OPTIONAL, struct reference_entry, restricted),
	CYAML_FIELD_END,
};
static const cyaml_schema_value_t reference_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct reference_entry, reference_fields),
};

static const cyaml_schema_field_t marks_fields[] = {
	CYAML_FIELD_INT("least", CYAML_FLAG_DEFAULT, struct marks_entry, least),
	CYAML_FIELD_INT("most", CYAML_FLAG_DEFAULT, struct marks_entry, most),
	CYAML_FIELD_BOOL("assumed", CYAML_FLAG_DEFAULT, struct marks_entry, assumed),
	CYAML_FIELD_END,
};

#define LIST_OF(key, flags, schema, least)                                                         \
	CYAML_FIELD_SEQUENCE(#key, CYAML_FLAG_POINTER | (flags), struct rule_set_file, key,        \
			     schema, least, CYAML_UNLIMITED)
#define LIST(key, schema, least) LIST_OF(key, 0, schema, least)
#define LATER_LIST(key)          LIST_OF(key, CYAML_FLAG_OPTIONAL, &reference_schema, 0)

static const cyaml_schema_field_t file_fields[] = {
	SOURCE_TEXT("id", struct rule_set_file, id),
	SOURCE_BOTH("title", struct rule_set_file, title),
	SOURCE_BOTH("source", struct rule_set_file, source),
	SOURCE_TEXT("in_force_from", struct rule_set_file, in_force_from),
	CYAML_FIELD_BOOL("in_force_assumed", CYAML_FLAG_DEFAULT, struct rule_set_file,
			 in_force_assumed),
	LATER_TEXT("in_force_act", struct rule_set_file, in_force_act),
	LIST(parameters, &parameter_schema, 0),
	LIST(acts, &act_schema, 1),
	LIST(own_documents, &document_schema, 1),
	LIST(other_documents, &document_schema, 0),
	LIST(signatories, &signatory_schema, 1),
	SOURCE_TEXTS("dossier", 0, struct rule_set_file, dossier),
	SOURCE_TEXTS("commission_kinds", 0, struct rule_set_file, commission_kinds),
	SOURCE_TEXTS("hall_kinds", 0, struct rule_set_file, hall_kinds),
	SOURCE_TEXTS("deleted_clauses", 0, struct rule_set_file, deleted_clauses),
	CYAML_FIELD_BOOL("recording_may_be_off", CYAML_FLAG_DEFAULT, struct rule_set_file,
			 recording_may_be_off),
	LIST(clauses, &clause_schema, 0),
	LIST(bodies, &body_schema, 0),
	SOURCE_BOTH("appeal", struct rule_set_file, appeal),
	CYAML_FIELD_BOOL("results_name_people", CYAML_FLAG_OPTIONAL, struct rule_set_file,
			 results_name_people),
	CYAML_FIELD_BOOL("ru_unofficial", CYAML_FLAG_OPTIONAL, struct rule_set_file, ru_unofficial),
	CYAML_FIELD_INT("questions", CYAML_FLAG_OPTIONAL, struct rule_set_file, questions),
	CYAML_FIELD_MAPPING("marks", CYAML_FLAG_OPTIONAL, struct rule_set_file, marks,
			    marks_fields),
	LATER_LIST(sources),
	LATER_LIST(criteria),
	LATER_LIST(studies),
	SOURCE_TEXTS("parts", CYAML_FLAG_OPTIONAL, struct rule_set_file, parts),
	SOURCE_TEXTS("admission", CYAML_FLAG_OPTIONAL, struct rule_set_file, admission),
	CYAML_FIELD_END,
};
static const cyaml_schema_value_t file_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct rule_set_file, file_fields),
};

/* ---- taking over -------------------------------------------------------------- */

static bool param_of(const char *name, enum param_id *ret)
{
	for (int i = 0; i < PARAM_COUNT; i++) {
		if (strcmp(param_name((enum param_id)i), name) == 0) {
			*ret = (enum param_id)i;
			return true;
		}
	}
	return false;
}

static bool take_parameters(const struct source *s, const struct rule_set_file *f,
			    struct rule_set *rules, struct err *e)
{
	for (int i = 0; i < PARAM_COUNT; i++)
		rules->params[i] = (struct parameter){ .clause = "", .act = "", .act_clause = "" };
	for (unsigned i = 0; i < f->parameters_count; i++) {
		const struct parameter_entry *p = &f->parameters[i];
		enum param_id id = PARAM_COUNT;
		if (!param_of(p->name, &id))
			return source_refuse(s, e, "rules.unknown", "no such parameter",
					     "parameters.%u.name", i);
		if (rules->params[id].set)
			return source_refuse(s, e, "rules.twice", "a parameter that stands twice",
					     "parameters.%u.name", i);
		if (!rule_set_param_sound(id, p->value))
			return source_refuse(s, e, "rules.bounds", "a value out of bounds",
					     "parameters.%u.value", i);
		if (!p->assumed && !*p->clause)
			return source_refuse(s, e, "rules.clause",
					     "neither a clause nor marked as assumed",
					     "parameters.%u.clause", i);
		rules->params[id] = (struct parameter){
			.value = p->value,
			.clause = p->act ? "" : p->clause,
			.set = true,
			.assumed = p->assumed,
			.act = p->act ? p->act : "",
			.act_clause = p->act ? p->clause : "",
		};
	}
	return true;
}

static void take_acts(struct arena *a, const struct rule_set_file *f, struct rule_set *rules)
{
	struct act_of_programme *acts = arena_array(a, f->acts_count, sizeof(*acts));
	for (unsigned i = 0; i < f->acts_count; i++) {
		const struct act_entry *x = &f->acts[i];
		acts[i] = (struct act_of_programme){ x->code, x->name.kk, x->name.ru, x->questions,
						     x->pass_mark };
	}
	rules->acts = acts;
	rules->act_count = f->acts_count;
}

static const struct required_document *take_documents(struct arena *a,
						      const struct document_entry *entries,
						      unsigned count)
{
	struct required_document *documents = arena_array(a, count, sizeof(*documents));
	for (unsigned i = 0; i < count; i++)
		documents[i] = (struct required_document){ entries[i].kind, entries[i].clause,
							   entries[i].signed_by, entries[i].name.kk,
							   entries[i].name.ru };
	return documents;
}

static void take_signatories(struct arena *a, const struct rule_set_file *f, struct rule_set *rules)
{
	struct signatory_row *rows = arena_array(a, f->signatories_count, sizeof(*rows));
	for (unsigned i = 0; i < f->signatories_count; i++) {
		const struct signatory_entry *x = &f->signatories[i];
		rows[i] = (struct signatory_row){
			.place = x->place,
			.position = x->position,
			.deputy = x->deputy,
			.place_kk = x->place_name.kk,
			.place_ru = x->place_name.ru,
			.position_kk = x->position_name.kk,
			.position_ru = x->position_name.ru,
		};
	}
	rules->signatories = rows;
	rules->signatory_count = f->signatories_count;
}

static bool take_bodies(const struct source *s, const struct rule_set_file *f,
			struct rule_set *rules, struct err *e)
{
	struct other_body *bodies = arena_array(s->arena, f->bodies_count, sizeof(*bodies));
	for (unsigned i = 0; i < f->bodies_count; i++) {
		const struct body_entry *b = &f->bodies[i];
		bodies[i] = (struct other_body){ b->code, b->name.kk, b->name.ru, { 0 }, { 0 } };
		if (!source_day(s, b->from, &bodies[i].from, e, "bodies.%u.from", i) ||
		    !source_day(s, b->until, &bodies[i].until, e, "bodies.%u.until", i))
			return false;
	}
	rules->bodies = bodies;
	rules->body_count = f->bodies_count;
	return true;
}

static void take_clauses(struct arena *a, const struct rule_set_file *f, struct rule_set *rules)
{
	struct clause_text *clauses = arena_array(a, f->clauses_count, sizeof(*clauses));
	for (unsigned i = 0; i < f->clauses_count; i++)
		clauses[i] = (struct clause_text){ f->clauses[i].number, f->clauses[i].change,
						   f->clauses[i].text.kk, f->clauses[i].text.ru };
	rules->clauses = clauses;
	rules->clause_count = f->clauses_count;
}

static struct list_of_names names(char *const *list, unsigned count)
{
	return (struct list_of_names){ (const char *const *)list, count };
}

static void take_names(const struct rule_set_file *f, struct rule_set *rules)
{
	rules->dossier = names(f->dossier, f->dossier_count);
	rules->commission_kinds = names(f->commission_kinds, f->commission_kinds_count);
	rules->hall_kinds = names(f->hall_kinds, f->hall_kinds_count);
	rules->deleted_clauses = names(f->deleted_clauses, f->deleted_clauses_count);
}

static struct references take_references(struct arena *a, const struct reference_entry *entries,
					 unsigned count)
{
	struct reference *list = arena_array(a, count, sizeof(*list));
	for (unsigned i = 0; i < count; i++)
		list[i] =
			(struct reference){ entries[i].code, entries[i].clause, entries[i].title.kk,
					    entries[i].title.ru, entries[i].restricted };
	return (struct references){ list, count };
}

/* R5-1, R13-2: what the rule set refers to. */
static const struct rule_set_notes *take_notes(struct arena *a, const struct rule_set_file *f)
{
	struct rule_set_notes *notes = arena_alloc(a, sizeof(*notes));
	*notes = (struct rule_set_notes){
		.sources = take_references(a, f->sources, f->sources_count),
		.criteria = take_references(a, f->criteria, f->criteria_count),
		.studies = take_references(a, f->studies, f->studies_count),
		.parts = names(f->parts, f->parts_count),
		.admission = names(f->admission, f->admission_count),
		.ru_unofficial = f->ru_unofficial,
	};
	return notes;
}

/* F81: the criteria of R5-1, each with the marks of the scale. */
static struct mark_scale take_marks(struct arena *a, const struct rule_set_file *f)
{
	struct criterion *list = arena_array(a, f->criteria_count + 1, sizeof(*list));
	for (unsigned i = 0; i < f->criteria_count; i++)
		list[i] = (struct criterion){ f->criteria[i].code, f->criteria[i].title.kk,
					      f->criteria[i].title.ru };
	return (struct mark_scale){ f->marks.least, f->marks.most, f->marks.assumed, list,
				    f->criteria_count };
}

static struct rule_set *take_file(struct arena *a, const struct rule_set_file *f)
{
	struct rule_set *rules = arena_alloc(a, sizeof(*rules));
	*rules = (struct rule_set){
		.id = f->id,
		.title_kk = f->title.kk,
		.title_ru = f->title.ru,
		.source_kk = f->source.kk,
		.source_ru = f->source.ru,
		.in_force_assumed = f->in_force_assumed,
		.in_force_act = f->in_force_act ? f->in_force_act : "",
		.recording_may_be_off = f->recording_may_be_off,
		.results_name_people = f->results_name_people,
		.own_documents = take_documents(a, f->own_documents, f->own_documents_count),
		.own_document_count = f->own_documents_count,
		.other_documents = take_documents(a, f->other_documents, f->other_documents_count),
		.other_document_count = f->other_documents_count,
		.marks = take_marks(a, f),
		.appeal_kk = f->appeal.kk,
		.appeal_ru = f->appeal.ru,
	};
	take_acts(a, f, rules);
	take_signatories(a, f, rules);
	take_clauses(a, f, rules);
	take_names(f, rules);
	return rules;
}

bool read_rule_set(const struct source *s, const struct rule_set **ret,
		   const struct rule_set_notes **notes, struct err *e)
{
	void *data = NULL;
	if (!source_read(s, &file_schema, &data, e))
		return false;
	const struct rule_set_file *f = data;
	struct rule_set *rules = take_file(s->arena, f);
	const struct rule_set_notes *taken = take_notes(s->arena, f);
	if (!source_day(s, f->in_force_from, &rules->in_force_from, e, "in_force_from") ||
	    !take_parameters(s, f, rules, e) || !take_bodies(s, f, rules, e) ||
	    !rule_set_check(s, rules, f->questions, e) || !notes_check(s, taken, e) ||
	    !marks_check(s, &rules->marks, e))
		return false;
	*ret = rules;
	if (notes)
		*notes = taken;
	return true;
}
