/* qualification_file.c - reads a version of the Qualification Requirements (R5-1, R5-2). */
#include "rules/law_book.h"
#include "rules/yaml.h"

#include <string.h>

struct condition_entry {
	char *kind, *code;
	int years;
};
struct alternative_entry {
	struct condition_entry *conditions;
	unsigned conditions_count;
};
struct category_entry {
	char *code;
	struct both name;
	int rank;
	struct alternative_entry *alternatives;
	unsigned alternatives_count;
};
struct education_entry {
	char *code;
	struct both name;
};
struct qualification_file {
	char *id, *in_force_from;
	struct both title;
	bool assumed;
	int doubt_days;
	struct category_entry *categories;
	struct education_entry *educations;
	unsigned categories_count, educations_count;
};

static const cyaml_schema_field_t condition_fields[] = {
	YAML_TEXT("kind", struct condition_entry, kind),
	CYAML_FIELD_INT("years", CYAML_FLAG_OPTIONAL, struct condition_entry, years),
	CYAML_FIELD_STRING_PTR("code", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
			       struct condition_entry, code, 0, CYAML_UNLIMITED),
	CYAML_FIELD_END,
};
static const cyaml_schema_value_t condition_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct condition_entry, condition_fields),
};
static const cyaml_schema_field_t alternative_fields[] = {
	CYAML_FIELD_SEQUENCE("conditions", CYAML_FLAG_POINTER, struct alternative_entry, conditions,
			     &condition_schema, 1, CONDITIONS_MOST),
	CYAML_FIELD_END,
};
static const cyaml_schema_value_t alternative_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct alternative_entry, alternative_fields),
};
static const cyaml_schema_field_t category_fields[] = {
	YAML_TEXT("code", struct category_entry, code),
	YAML_BOTH("name", struct category_entry, name),
	CYAML_FIELD_INT("rank", CYAML_FLAG_DEFAULT, struct category_entry, rank),
	CYAML_FIELD_SEQUENCE("alternatives", CYAML_FLAG_POINTER, struct category_entry,
			     alternatives, &alternative_schema, 0, ALTERNATIVES_MOST),
	CYAML_FIELD_END,
};
static const cyaml_schema_value_t category_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct category_entry, category_fields),
};
static const cyaml_schema_field_t education_fields[] = {
	YAML_TEXT("code", struct education_entry, code),
	YAML_BOTH("name", struct education_entry, name),
	CYAML_FIELD_END,
};
static const cyaml_schema_value_t education_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct education_entry, education_fields),
};
static const cyaml_schema_field_t file_fields[] = {
	YAML_TEXT("id", struct qualification_file, id),
	YAML_BOTH("title", struct qualification_file, title),
	YAML_TEXT("in_force_from", struct qualification_file, in_force_from),
	CYAML_FIELD_BOOL("assumed", CYAML_FLAG_DEFAULT, struct qualification_file, assumed),
	CYAML_FIELD_INT("doubt_days", CYAML_FLAG_DEFAULT, struct qualification_file, doubt_days),
	CYAML_FIELD_SEQUENCE("educations", CYAML_FLAG_POINTER, struct qualification_file,
			     educations, &education_schema, 1, CYAML_UNLIMITED),
	CYAML_FIELD_SEQUENCE("categories", CYAML_FLAG_POINTER, struct qualification_file,
			     categories, &category_schema, 1, CYAML_UNLIMITED),
	CYAML_FIELD_END,
};
static const cyaml_schema_value_t file_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct qualification_file, file_fields),
};

struct reading {
	struct arena *arena;
	const char *name, *body;
	const struct qualification_file *file;
};

static bool kind_of(const char *name, enum condition_kind *ret)
{
	static const char *const kind[] = { "education", "law_enforcement", "prosecution",
					    "leadership", "category" };
	for (size_t i = 0; i < COUNT(kind); i++) {
		if (strcmp(kind[i], name) == 0) {
			*ret = (enum condition_kind)i;
			return true;
		}
	}
	return false;
}

static bool is_education(const struct qualification_file *f, const char *code)
{
	for (unsigned i = 0; i < f->educations_count; i++) {
		if (strcmp(f->educations[i].code, code) == 0)
			return true;
	}
	return false;
}

static bool is_category(const struct qualification_file *f, const char *code)
{
	for (unsigned i = 0; i < f->categories_count; i++) {
		if (strcmp(f->categories[i].code, code) == 0)
			return true;
	}
	return false;
}

static bool take_condition(const struct reading *r, const struct condition_entry *from,
			   struct condition *ret, struct err *e)
{
	struct condition c = { .years = from->years, .code = from->code ? from->code : "" };
	if (!kind_of(from->kind, &c.kind))
		return yaml_refuse(r->name, r->body, from->kind, "no such kind of condition", e);
	if (c.kind == CONDITION_EDUCATION ? !is_education(r->file, c.code)
					  : c.years < 1 || c.years > 50)
		return yaml_refuse(r->name, r->body, from->kind,
				   "a condition without known education or sound years", e);
	if (c.kind == CONDITION_CATEGORY && !is_category(r->file, c.code))
		return yaml_refuse(r->name, r->body, c.code, "an unknown category", e);
	*ret = c;
	return true;
}

static bool take_category(const struct reading *r, const struct category_entry *from,
			  struct category *ret, struct err *e)
{
	struct alternative *alternatives =
		arena_array(r->arena, from->alternatives_count, sizeof(*alternatives));
	for (unsigned i = 0; i < from->alternatives_count; i++) {
		const struct alternative_entry *a = &from->alternatives[i];
		struct condition *conditions =
			arena_array(r->arena, a->conditions_count, sizeof(*conditions));
		for (unsigned k = 0; k < a->conditions_count; k++) {
			if (!take_condition(r, &a->conditions[k], &conditions[k], e))
				return false;
		}
		alternatives[i] = (struct alternative){ conditions, a->conditions_count };
	}
	*ret = (struct category){ from->code, from->name.kk, from->name.ru,
				  from->rank, alternatives,  from->alternatives_count };
	return true;
}

bool law_book_read_qualification(struct arena *a, const char *name, const char *body,
				 const struct qualification_table **ret, struct err *e)
{
	void *data = NULL;
	if (!yaml_read(a, name, body, &file_schema, &data, e))
		return false;
	const struct qualification_file *f = data;
	const struct reading r = { a, name, body, f };
	struct qualification_table *t = arena_alloc(a, sizeof(*t));
	struct category *categories = arena_array(a, f->categories_count, sizeof(*categories));
	struct education *educations = arena_array(a, f->educations_count, sizeof(*educations));
	for (unsigned i = 0; i < f->educations_count; i++)
		educations[i] = (struct education){ f->educations[i].code, f->educations[i].name.kk,
						    f->educations[i].name.ru };
	for (unsigned i = 0; i < f->categories_count; i++) {
		if (!take_category(&r, &f->categories[i], &categories[i], e))
			return false;
	}
	*t = (struct qualification_table){
		.id = f->id,
		.title_kk = f->title.kk,
		.title_ru = f->title.ru,
		.assumed = f->assumed,
		.doubt_days = f->doubt_days,
		.categories = categories,
		.category_count = f->categories_count,
		.educations = educations,
		.education_count = f->educations_count,
	};
	if (!yaml_day(name, body, f->in_force_from, &t->in_force_from, e))
		return false;
	*ret = t;
	return true;
}
