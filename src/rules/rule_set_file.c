/* rule_set_file.c - reads a rule set of order-118/ (O-4, R10-1, R16-1, R41-1, A5-1 ...). */
#include "rules/law_book.h"
#include "rules/yaml.h"

#include <string.h>

struct parameter_entry {
	char *name, *clause;
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
struct rule_set_file {
	char *id, *in_force_from;
	struct both title, source, appeal;
	bool in_force_assumed, recording_may_be_off;
	struct parameter_entry *parameters;
	struct act_entry *acts;
	struct document_entry *own_documents, *other_documents;
	struct signatory_entry *signatories;
	char **dossier, **commission_kinds, **hall_kinds, **deleted_clauses;
	struct clause_entry *clauses;
	struct body_entry *bodies;
	unsigned parameters_count, acts_count, own_documents_count, other_documents_count;
	unsigned signatories_count, dossier_count, commission_kinds_count, hall_kinds_count;
	unsigned deleted_clauses_count, clauses_count, bodies_count;
};

/* ---- schema ------------------------------------------------------------------ */

static const cyaml_schema_field_t parameter_fields[] = {
	YAML_TEXT("name", struct parameter_entry, name),
	CYAML_FIELD_INT("value", CYAML_FLAG_DEFAULT, struct parameter_entry, value),
	YAML_TEXT("clause", struct parameter_entry, clause),
	CYAML_FIELD_BOOL("assumed", CYAML_FLAG_DEFAULT, struct parameter_entry, assumed),
	CYAML_FIELD_END,
};
static const cyaml_schema_value_t parameter_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct parameter_entry, parameter_fields),
};
static const cyaml_schema_field_t act_fields[] = {
	YAML_TEXT("code", struct act_entry, code),
	YAML_BOTH("name", struct act_entry, name),
	CYAML_FIELD_INT("questions", CYAML_FLAG_DEFAULT, struct act_entry, questions),
	CYAML_FIELD_INT("pass_mark", CYAML_FLAG_OPTIONAL, struct act_entry, pass_mark),
	CYAML_FIELD_END,
};
static const cyaml_schema_value_t act_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct act_entry, act_fields),
};
static const cyaml_schema_field_t document_fields[] = {
	YAML_TEXT("kind", struct document_entry, kind),
	YAML_TEXT("clause", struct document_entry, clause),
	YAML_TEXT("signed_by", struct document_entry, signed_by),
	YAML_BOTH("name", struct document_entry, name),
	CYAML_FIELD_END,
};
static const cyaml_schema_value_t document_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct document_entry, document_fields),
};
static const cyaml_schema_field_t signatory_fields[] = {
	YAML_TEXT("place", struct signatory_entry, place),
	YAML_TEXT("position", struct signatory_entry, position),
	CYAML_FIELD_BOOL("deputy", CYAML_FLAG_DEFAULT, struct signatory_entry, deputy),
	YAML_BOTH("place_name", struct signatory_entry, place_name),
	YAML_BOTH("position_name", struct signatory_entry, position_name),
	CYAML_FIELD_END,
};
static const cyaml_schema_value_t signatory_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct signatory_entry, signatory_fields),
};
static const cyaml_schema_field_t clause_fields[] = {
	YAML_TEXT("number", struct clause_entry, number),
	YAML_TEXT("change", struct clause_entry, change),
	YAML_BOTH("text", struct clause_entry, text),
	CYAML_FIELD_END,
};
static const cyaml_schema_value_t clause_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct clause_entry, clause_fields),
};
static const cyaml_schema_field_t body_fields[] = {
	YAML_TEXT("code", struct body_entry, code),
	YAML_BOTH("name", struct body_entry, name),
	YAML_TEXT("from", struct body_entry, from),
	YAML_TEXT("until", struct body_entry, until),
	CYAML_FIELD_END,
};
static const cyaml_schema_value_t body_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct body_entry, body_fields),
};

#define LIST(key, schema, least)                                                                   \
	CYAML_FIELD_SEQUENCE(#key, CYAML_FLAG_POINTER, struct rule_set_file, key, schema, least,   \
			     CYAML_UNLIMITED)

static const cyaml_schema_field_t file_fields[] = {
	YAML_TEXT("id", struct rule_set_file, id),
	YAML_BOTH("title", struct rule_set_file, title),
	YAML_BOTH("source", struct rule_set_file, source),
	YAML_TEXT("in_force_from", struct rule_set_file, in_force_from),
	CYAML_FIELD_BOOL("in_force_assumed", CYAML_FLAG_DEFAULT, struct rule_set_file,
			 in_force_assumed),
	LIST(parameters, &parameter_schema, 0),
	LIST(acts, &act_schema, 1),
	LIST(own_documents, &document_schema, 1),
	LIST(other_documents, &document_schema, 0),
	LIST(signatories, &signatory_schema, 1),
	YAML_TEXTS("dossier", struct rule_set_file, dossier),
	YAML_TEXTS("commission_kinds", struct rule_set_file, commission_kinds),
	YAML_TEXTS("hall_kinds", struct rule_set_file, hall_kinds),
	YAML_TEXTS("deleted_clauses", struct rule_set_file, deleted_clauses),
	CYAML_FIELD_BOOL("recording_may_be_off", CYAML_FLAG_DEFAULT, struct rule_set_file,
			 recording_may_be_off),
	LIST(clauses, &clause_schema, 0),
	LIST(bodies, &body_schema, 0),
	YAML_BOTH("appeal", struct rule_set_file, appeal),
	CYAML_FIELD_END,
};
static const cyaml_schema_value_t file_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct rule_set_file, file_fields),
};

/* ---- taking over -------------------------------------------------------------- */

struct reading {
	struct arena *arena;
	const char *name, *body;
};

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

static bool take_parameters(const struct reading *r, const struct rule_set_file *f,
			    struct rule_set *s, struct err *e)
{
	for (int i = 0; i < PARAM_COUNT; i++)
		s->params[i].clause = "";
	for (unsigned i = 0; i < f->parameters_count; i++) {
		const struct parameter_entry *p = &f->parameters[i];
		enum param_id id = PARAM_COUNT;
		if (!param_of(p->name, &id))
			return yaml_refuse(r->name, r->body, p->name, "no such parameter", e);
		if (s->params[id].set)
			return yaml_refuse(r->name, r->body, p->name, "a parameter twice", e);
		if (p->value < 0 || p->value > 100000)
			return yaml_refuse(r->name, r->body, p->name, "a value out of bounds", e);
		if (!p->assumed && !*p->clause)
			return yaml_refuse(r->name, r->body, p->name,
					   "neither a clause nor marked as assumed", e);
		s->params[id] = (struct parameter){ p->value, p->clause, true, p->assumed };
	}
	return true;
}

static bool take_acts(const struct reading *r, const struct rule_set_file *f, struct rule_set *s,
		      struct err *e)
{
	struct act_of_programme *acts = arena_array(r->arena, f->acts_count, sizeof(*acts));
	for (unsigned i = 0; i < f->acts_count; i++) {
		const struct act_entry *a = &f->acts[i];
		for (unsigned k = 0; k < i; k++) {
			if (strcmp(f->acts[k].code, a->code) == 0)
				return yaml_refuse(r->name, r->body, a->code, "an act twice", e);
		}
		if (a->questions < 1 || a->pass_mark < 0 || a->pass_mark > a->questions)
			return yaml_refuse(r->name, r->body, a->code,
					   "a count of questions out of bounds", e);
		acts[i] = (struct act_of_programme){ a->code, a->name.kk, a->name.ru, a->questions,
						     a->pass_mark };
	}
	s->acts = acts;
	s->act_count = f->acts_count;
	const struct parameter *mark = &s->params[PARAM_PASS_MARK];
	if (mark->set && mark->value > rule_set_questions(s))
		return yaml_refuse(r->name, r->body, "pass_mark",
				   "a pass mark above the number of questions", e);
	return true;
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

static void take_signatories(const struct reading *r, const struct rule_set_file *f,
			     struct rule_set *s)
{
	struct signatory_row *rows = arena_array(r->arena, f->signatories_count, sizeof(*rows));
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
	s->signatories = rows;
	s->signatory_count = f->signatories_count;
}

static bool take_bodies(const struct reading *r, const struct rule_set_file *f, struct rule_set *s,
			struct err *e)
{
	struct other_body *bodies = arena_array(r->arena, f->bodies_count, sizeof(*bodies));
	for (unsigned i = 0; i < f->bodies_count; i++) {
		const struct body_entry *b = &f->bodies[i];
		bodies[i] = (struct other_body){ b->code, b->name.kk, b->name.ru, { 0 }, { 0 } };
		if (!yaml_day(r->name, r->body, b->from, &bodies[i].from, e) ||
		    !yaml_day(r->name, r->body, b->until, &bodies[i].until, e))
			return false;
	}
	s->bodies = bodies;
	s->body_count = f->bodies_count;
	return true;
}

static void take_clauses(const struct reading *r, const struct rule_set_file *f, struct rule_set *s)
{
	struct clause_text *clauses = arena_array(r->arena, f->clauses_count, sizeof(*clauses));
	for (unsigned i = 0; i < f->clauses_count; i++)
		clauses[i] = (struct clause_text){ f->clauses[i].number, f->clauses[i].change,
						   f->clauses[i].text.kk, f->clauses[i].text.ru };
	s->clauses = clauses;
	s->clause_count = f->clauses_count;
}

static struct list_of_names names(char *const *list, unsigned count)
{
	return (struct list_of_names){ (const char *const *)list, count };
}

static void take_names(const struct rule_set_file *f, struct rule_set *s)
{
	s->dossier = names(f->dossier, f->dossier_count);
	s->commission_kinds = names(f->commission_kinds, f->commission_kinds_count);
	s->hall_kinds = names(f->hall_kinds, f->hall_kinds_count);
	s->deleted_clauses = names(f->deleted_clauses, f->deleted_clauses_count);
}

bool law_book_read_rule_set(struct arena *a, const char *name, const char *body,
			    const struct rule_set **ret, struct err *e)
{
	void *data = NULL;
	if (!yaml_read(a, name, body, &file_schema, &data, e))
		return false;
	const struct rule_set_file *f = data;
	const struct reading r = { a, name, body };
	struct rule_set *s = arena_alloc(a, sizeof(*s));
	*s = (struct rule_set){
		.id = f->id,
		.title_kk = f->title.kk,
		.title_ru = f->title.ru,
		.source_kk = f->source.kk,
		.source_ru = f->source.ru,
		.in_force_assumed = f->in_force_assumed,
		.recording_may_be_off = f->recording_may_be_off,
		.own_documents = take_documents(a, f->own_documents, f->own_documents_count),
		.own_document_count = f->own_documents_count,
		.other_documents = take_documents(a, f->other_documents, f->other_documents_count),
		.other_document_count = f->other_documents_count,
		.appeal_kk = f->appeal.kk,
		.appeal_ru = f->appeal.ru,
	};
	take_signatories(&r, f, s);
	take_clauses(&r, f, s);
	take_names(f, s);
	if (!yaml_day(name, body, f->in_force_from, &s->in_force_from, e) ||
	    !take_parameters(&r, f, s, e) || !take_acts(&r, f, s, e) || !take_bodies(&r, f, s, e))
		return false;
	*ret = s;
	return true;
}
