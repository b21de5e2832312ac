/* organs_file.c - reads organs.yaml and posts.yaml. */
#include "rules/readers.h"
#include "rules/yaml.h"

#include <string.h>

struct organ_entry {
	char *code, *kind, *parent, *place, *test_hall, *name_kk, *name_ru;
};
struct organs_file {
	struct organ_entry *organs;
	unsigned organs_count;
};
static const cyaml_schema_field_t organ_fields[] = {
	YAML_TEXT("code", struct organ_entry, code),
	YAML_TEXT("kind", struct organ_entry, kind),
	YAML_TEXT("parent", struct organ_entry, parent),
	YAML_TEXT("place", struct organ_entry, place),
	YAML_TEXT("test_hall", struct organ_entry, test_hall),
	YAML_TEXT("name_kk", struct organ_entry, name_kk),
	YAML_TEXT("name_ru", struct organ_entry, name_ru),
	CYAML_FIELD_END,
};
static const cyaml_schema_value_t organ_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct organ_entry, organ_fields),
};
static const cyaml_schema_field_t organs_fields[] = {
	CYAML_FIELD_SEQUENCE("organs", CYAML_FLAG_POINTER, struct organs_file, organs,
			     &organ_schema, 1, CYAML_UNLIMITED),
	CYAML_FIELD_END,
};
static const cyaml_schema_value_t organs_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct organs_file, organs_fields),
};

/* A parent stands before its children, so that there is no circle. */
static bool check_organ(const char *name, const char *body, const struct law_book *book,
			const struct organ_entry *o, struct err *e)
{
	if (!*o->code || !*o->name_kk || !*o->name_ru)
		return yaml_refuse(name, body, o->code, "an organ without code or name", e);
	if (law_book_organ(book, o->code))
		return yaml_refuse(name, body, o->code, "an organ that stands twice", e);
	if (book->organ_count == 0 ? *o->parent != '\0' : !law_book_organ(book, o->parent))
		return yaml_refuse(name, body, o->code, "the parent does not stand before it", e);
	return true;
}

bool read_organs(struct arena *a, const char *name, const char *body, struct law_book *book,
		 struct err *e)
{
	void *data = NULL;
	if (!yaml_read(a, name, body, &organs_schema, &data, e))
		return false;
	const struct organs_file *file = data;
	struct organ *organs = arena_array(a, file->organs_count, sizeof(*organs));
	book->organs = organs;
	book->organ_count = 0;
	for (unsigned i = 0; i < file->organs_count; i++) {
		const struct organ_entry *o = &file->organs[i];
		if (!check_organ(name, body, book, o, e))
			return false;
		organs[book->organ_count++] = (struct organ){
			.code = o->code,
			.kind = o->kind,
			.parent = o->parent,
			.place = o->place,
			.test_hall = o->test_hall,
			.name_kk = o->name_kk,
			.name_ru = o->name_ru,
		};
	}
	return true;
}

/* ---- posts ------------------------------------------------------------------- */

struct post_entry {
	char *code, *category, *name_kk, *name_ru;
};
struct posts_file {
	bool assumed;
	struct post_entry *posts;
	unsigned posts_count;
};
static const cyaml_schema_field_t post_fields[] = {
	YAML_TEXT("code", struct post_entry, code),
	YAML_TEXT("category", struct post_entry, category),
	YAML_TEXT("name_kk", struct post_entry, name_kk),
	YAML_TEXT("name_ru", struct post_entry, name_ru),
	CYAML_FIELD_END,
};
static const cyaml_schema_value_t post_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct post_entry, post_fields),
};
static const cyaml_schema_field_t posts_fields[] = {
	CYAML_FIELD_BOOL("assumed", CYAML_FLAG_DEFAULT, struct posts_file, assumed),
	CYAML_FIELD_SEQUENCE("posts", CYAML_FLAG_POINTER, struct posts_file, posts, &post_schema, 1,
			     CYAML_UNLIMITED),
	CYAML_FIELD_END,
};
static const cyaml_schema_value_t posts_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct posts_file, posts_fields),
};

bool read_posts(struct arena *a, const char *name, const char *body, struct law_book *book,
		struct err *e)
{
	void *data = NULL;
	if (!yaml_read(a, name, body, &posts_schema, &data, e))
		return false;
	const struct posts_file *file = data;
	struct post *posts = arena_array(a, file->posts_count, sizeof(*posts));
	book->posts = posts;
	book->post_count = 0;
	for (unsigned i = 0; i < file->posts_count; i++) {
		const struct post_entry *p = &file->posts[i];
		if (law_book_post(book, p->code))
			return yaml_refuse(name, body, p->code, "a post that stands twice", e);
		posts[book->post_count++] =
			(struct post){ p->code, p->category, p->name_kk, p->name_ru };
	}
	return true;
}
