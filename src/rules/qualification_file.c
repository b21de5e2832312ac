/* qualification_file.c - reads a version of the Qualification Requirements (R5-1, R5-2). */
#include "rules/readers.h"

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
	SOURCE_TEXT("kind", struct condition_entry, kind),
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
	SOURCE_TEXT("code", struct category_entry, code),
	SOURCE_BOTH("name", struct category_entry, name),
	CYAML_FIELD_INT("rank", CYAML_FLAG_DEFAULT, struct category_entry, rank),
	CYAML_FIELD_SEQUENCE("alternatives", CYAML_FLAG_POINTER, struct category_entry,
			     alternatives, &alternative_schema, 1, ALTERNATIVES_MOST),
	CYAML_FIELD_END,
};
static const cyaml_schema_value_t category_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct category_entry, category_fields),
};
static const cyaml_schema_field_t education_fields[] = {
	SOURCE_TEXT("code", struct education_entry, code),
	SOURCE_BOTH("name", struct education_entry, name),
	CYAML_FIELD_END,
};
static const cyaml_schema_value_t education_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct education_entry, education_fields),
};
static const cyaml_schema_field_t file_fields[] = {
	SOURCE_TEXT("id", struct qualification_file, id),
	SOURCE_BOTH("title", struct qualification_file, title),
	SOURCE_TEXT("in_force_from", struct qualification_file, in_force_from),
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

/* Sane bounds of the file, no law. */
enum { SERVICE_YEARS_MOST = 50, DOUBT_DAYS_MOST = 366, RANK_MOST = 99 };

/* Where the reader is, for the line of a refusal. */
struct spot {
	const struct source *source;
	const struct qualification_file *file;
	unsigned category, alternative;
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

static const struct category_entry *category_of(const struct qualification_file *f,
						const char *code)
{
	for (unsigned i = 0; i < f->categories_count; i++) {
		if (strcmp(f->categories[i].code, code) == 0)
			return &f->categories[i];
	}
	return NULL;
}

static bool refuse(const struct spot *at, unsigned condition, const char *part, const char *key,
		   const char *reason, struct err *e)
{
	return source_refuse(at->source, e, key, reason,
			     "categories.%u.alternatives.%u.conditions.%u.%s", at->category,
			     at->alternative, condition, part);
}

/* R5-2: an education has a code, a category a code and years, the others years. */
static bool take_condition(const struct spot *at, unsigned i, const struct condition_entry *from,
			   struct condition *ret, struct err *e)
{
	struct condition c = { .years = from->years, .code = from->code ? from->code : "" };
	if (!kind_of(from->kind, &c.kind))
		return refuse(at, i, "kind", "rules.unknown", "no such kind of condition", e);
	if (c.kind == CONDITION_EDUCATION && !is_education(at->file, c.code))
		return refuse(at, i, "code", "rules.unknown", "an unknown education", e);
	if (c.kind == CONDITION_EDUCATION ? c.years != 0
					  : c.years < 1 || c.years > SERVICE_YEARS_MOST)
		return refuse(at, i, "years", "rules.bounds", "years out of bounds", e);
	if (c.kind == CONDITION_CATEGORY) {
		const struct category_entry *lower = category_of(at->file, c.code);
		if (!lower)
			return refuse(at, i, "code", "rules.unknown", "an unknown category", e);
		if (lower->rank <= at->file->categories[at->category].rank)
			return refuse(at, i, "code", "rules.order",
				      "a category that is not a lower one", e);
	} else if (c.kind != CONDITION_EDUCATION && *c.code) {
		return refuse(at, i, "code", "rules.unknown", "a code where none belongs", e);
	}
	*ret = c;
	return true;
}

static bool take_category(struct spot *at, const struct category_entry *from, struct category *ret,
			  struct err *e)
{
	struct alternative *alternatives =
		arena_array(at->source->arena, from->alternatives_count, sizeof(*alternatives));
	for (unsigned i = 0; i < from->alternatives_count; i++) {
		const struct alternative_entry *a = &from->alternatives[i];
		struct condition *conditions =
			arena_array(at->source->arena, a->conditions_count, sizeof(*conditions));
		at->alternative = i;
		for (unsigned k = 0; k < a->conditions_count; k++) {
			if (!take_condition(at, k, &a->conditions[k], &conditions[k], e))
				return false;
		}
		alternatives[i] = (struct alternative){ conditions, a->conditions_count };
	}
	*ret = (struct category){ from->code, from->name.kk, from->name.ru,
				  from->rank, alternatives,  from->alternatives_count };
	return true;
}

static bool check_category(const struct source *s, const struct qualification_file *f, unsigned i,
			   struct err *e)
{
	const struct category_entry *c = &f->categories[i];
	if (!source_is_code(c->code))
		return source_refuse(s, e, "rules.code", "no code", "categories.%u.code", i);
	if (category_of(f, c->code) != c)
		return source_refuse(s, e, "rules.twice", "a category that stands twice",
				     "categories.%u.code", i);
	if (c->rank < 1 || c->rank > RANK_MOST)
		return source_refuse(s, e, "rules.bounds", "a rank out of bounds",
				     "categories.%u.rank", i);
	for (unsigned k = 0; k < i; k++) {
		if (f->categories[k].rank == c->rank)
			return source_refuse(s, e, "rules.twice", "a rank that stands twice",
					     "categories.%u.rank", i);
	}
	return true;
}

static bool take_categories(const struct source *s, const struct qualification_file *f,
			    struct qualification_table *t, struct err *e)
{
	struct category *categories =
		arena_array(s->arena, f->categories_count, sizeof(*categories));
	for (unsigned i = 0; i < f->categories_count; i++) {
		if (!check_category(s, f, i, e))
			return false;
	}
	for (unsigned i = 0; i < f->categories_count; i++) {
		struct spot at = { s, f, i, 0 };
		if (!take_category(&at, &f->categories[i], &categories[i], e))
			return false;
	}
	t->categories = categories;
	t->category_count = f->categories_count;
	return true;
}

static bool take_educations(const struct source *s, const struct qualification_file *f,
			    struct qualification_table *t, struct err *e)
{
	struct education *educations =
		arena_array(s->arena, f->educations_count, sizeof(*educations));
	for (unsigned i = 0; i < f->educations_count; i++) {
		const struct education_entry *x = &f->educations[i];
		if (!source_is_code(x->code))
			return source_refuse(s, e, "rules.code", "no code", "educations.%u.code",
					     i);
		for (unsigned k = 0; k < i; k++) {
			if (strcmp(educations[k].code, x->code) == 0)
				return source_refuse(s, e, "rules.twice",
						     "an education that stands twice",
						     "educations.%u.code", i);
		}
		educations[i] = (struct education){ x->code, x->name.kk, x->name.ru };
	}
	t->educations = educations;
	t->education_count = f->educations_count;
	return true;
}

bool read_qualification(const struct source *s, const struct qualification_table **ret,
			struct err *e)
{
	void *data = NULL;
	if (!source_read(s, &file_schema, &data, e))
		return false;
	const struct qualification_file *f = data;
	struct qualification_table *t = arena_alloc(s->arena, sizeof(*t));
	*t = (struct qualification_table){
		.id = f->id,
		.title_kk = f->title.kk,
		.title_ru = f->title.ru,
		.assumed = f->assumed,
		.doubt_days = f->doubt_days,
	};
	if (!source_day(s, f->in_force_from, &t->in_force_from, e, "in_force_from"))
		return false;
	if (f->doubt_days < 0 || f->doubt_days > DOUBT_DAYS_MOST)
		return source_refuse(s, e, "rules.bounds", "days out of bounds", "doubt_days");
	if (!take_educations(s, f, t, e) || !take_categories(s, f, t, e))
		return false;
	*ret = t;
	return true;
}
