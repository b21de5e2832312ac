#include "rules/plan_file.h"

#include "rules/readers.h"

#include <string.h>

struct person_entry {
	char *role, *iin, *family, *given, *patronymic, *organ, *position_kk, *position_ru;
};
struct value_entry {
	char *name, *clause, *act;
	int64_t value;
};
struct from_entry {
	char *day, *act;
};
struct tls_entry {
	char *certificate, *key;
};
struct plan_entry {
	char *organ, *organs, *posts, *qualification, *calendar;
	struct person_entry *people;
	struct value_entry *values;
	struct from_entry in_force_from;
	char **left_open, **calendar_checked, **anchors;
	struct tls_entry tls;
	unsigned people_count, values_count, left_open_count, calendar_checked_count, anchors_count;
};

#define MAY_BE(key, type, member)                                                                  \
	CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, type, member, 0,     \
			       CYAML_UNLIMITED)

static const cyaml_schema_field_t person_fields[] = {
	SOURCE_TEXT("role", struct person_entry, role),
	SOURCE_TEXT("iin", struct person_entry, iin),
	SOURCE_TEXT("family", struct person_entry, family),
	SOURCE_TEXT("given", struct person_entry, given),
	MAY_BE("patronymic", struct person_entry, patronymic),
	MAY_BE("organ", struct person_entry, organ),
	MAY_BE("position_kk", struct person_entry, position_kk),
	MAY_BE("position_ru", struct person_entry, position_ru),
	CYAML_FIELD_END,
};
static const cyaml_schema_value_t person_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct person_entry, person_fields),
};
static const cyaml_schema_field_t value_fields[] = {
	SOURCE_TEXT("name", struct value_entry, name),
	CYAML_FIELD_INT("value", CYAML_FLAG_DEFAULT, struct value_entry, value),
	SOURCE_TEXT("clause", struct value_entry, clause),
	MAY_BE("act", struct value_entry, act),
	CYAML_FIELD_END,
};
static const cyaml_schema_value_t value_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct value_entry, value_fields),
};
static const cyaml_schema_field_t from_fields[] = {
	SOURCE_TEXT("day", struct from_entry, day),
	SOURCE_TEXT("act", struct from_entry, act),
	CYAML_FIELD_END,
};
static const cyaml_schema_field_t tls_fields[] = {
	SOURCE_TEXT("certificate", struct tls_entry, certificate),
	SOURCE_TEXT("key", struct tls_entry, key),
	CYAML_FIELD_END,
};
static const cyaml_schema_field_t plan_fields[] = {
	SOURCE_TEXT("organ", struct plan_entry, organ),
	CYAML_FIELD_SEQUENCE("people", CYAML_FLAG_POINTER, struct plan_entry, people,
			     &person_schema, 1, CYAML_UNLIMITED),
	CYAML_FIELD_SEQUENCE("values", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct plan_entry,
			     values, &value_schema, 0, CYAML_UNLIMITED),
	CYAML_FIELD_MAPPING("in_force_from", CYAML_FLAG_OPTIONAL, struct plan_entry, in_force_from,
			    from_fields),
	SOURCE_TEXTS("left_open", CYAML_FLAG_OPTIONAL, struct plan_entry, left_open),
	MAY_BE("organs", struct plan_entry, organs),
	MAY_BE("posts", struct plan_entry, posts),
	MAY_BE("qualification", struct plan_entry, qualification),
	MAY_BE("calendar", struct plan_entry, calendar),
	SOURCE_TEXTS("calendar_checked", CYAML_FLAG_OPTIONAL, struct plan_entry, calendar_checked),
	SOURCE_TEXTS("anchors", CYAML_FLAG_OPTIONAL, struct plan_entry, anchors),
	CYAML_FIELD_MAPPING("tls", CYAML_FLAG_OPTIONAL, struct plan_entry, tls, tls_fields),
	CYAML_FIELD_END,
};
static const cyaml_schema_value_t plan_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct plan_entry, plan_fields),
};

static const char *or_none(const char *text)
{
	return text ? text : "";
}

static struct list_of_names names(char *const *list, unsigned count)
{
	return (struct list_of_names){ (const char *const *)list, count };
}

static bool take_people(const struct source *s, const struct plan_entry *f, struct plan *ret,
			struct err *e)
{
	static const char *const roles[] = { "admin", "hr", NULL };
	struct plan_person *people = arena_array(s->arena, f->people_count, sizeof(*people));
	for (unsigned i = 0; i < f->people_count; i++) {
		const struct person_entry *p = &f->people[i];
		if (!source_is_one_of(roles, p->role))
			return source_refuse(s, e, "rules.unknown", "no such role",
					     "people.%u.role", i);
		people[i] = (struct plan_person){ p->role,
						  p->iin,
						  p->family,
						  p->given,
						  or_none(p->patronymic),
						  or_none(p->organ),
						  or_none(p->position_kk),
						  or_none(p->position_ru) };
	}
	ret->people = people;
	ret->people_count = f->people_count;
	return true;
}

static void take_values(struct arena *a, const struct plan_entry *f, struct plan *ret)
{
	struct entered_value *values = arena_array(a, f->values_count + 1, sizeof(*values));
	for (unsigned i = 0; i < f->values_count; i++) {
		const struct value_entry *v = &f->values[i];
		values[i] = (struct entered_value){ v->name, v->value, v->clause, or_none(v->act) };
	}
	ret->rules = (struct entered){ values, f->values_count, or_none(f->in_force_from.act),
				       or_none(f->in_force_from.day) };
}

bool plan_read(struct arena *a, const char *name, const char *body, struct plan *ret, struct err *e)
{
	const struct source s = { a, name, body };
	void *data = NULL;
	if (!source_read(&s, &plan_schema, &data, e))
		return false;
	const struct plan_entry *f = data;
	struct plan plan = {
		.organ = f->organ,
		.organs = or_none(f->organs),
		.posts = or_none(f->posts),
		.qualification = or_none(f->qualification),
		.calendar = or_none(f->calendar),
		.left_open = names(f->left_open, f->left_open_count),
		.calendar_checked = names(f->calendar_checked, f->calendar_checked_count),
		.anchors = names(f->anchors, f->anchors_count),
		.tls_certificate = or_none(f->tls.certificate),
		.tls_key = or_none(f->tls.key),
	};
	take_values(a, f, &plan);
	if (!take_people(&s, f, &plan, e))
		return false;
	*ret = plan;
	return true;
}
