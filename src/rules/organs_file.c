/* organs_file.c - reads organs.yaml and posts.yaml. */
#include "rules/readers.h"
#include "rules/source.h"

#include <string.h>

struct organ_entry {
	char *code, *kind, *parent, *place, *test_hall, *name_kk, *name_ru;
};
struct organs_file {
	struct organ_entry *organs;
	unsigned organs_count;
};
static const cyaml_schema_field_t organ_fields[] = {
	SOURCE_TEXT("code", struct organ_entry, code),
	SOURCE_TEXT("kind", struct organ_entry, kind),
	SOURCE_TEXT("parent", struct organ_entry, parent),
	SOURCE_TEXT("place", struct organ_entry, place),
	SOURCE_TEXT("test_hall", struct organ_entry, test_hall),
	SOURCE_TEXT("name_kk", struct organ_entry, name_kk),
	SOURCE_TEXT("name_ru", struct organ_entry, name_ru),
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

/* Kinds of organs; "none" is no kind, but what a place without a test hall says. */
static const char *const kinds[] = {
	"central",
	"regional",
	"city",
	"district",
	"military",
	"transport",
	"academy",
	"legal-statistics",
	"legal-statistics-territorial",
	"asset-recovery",
	"asset-recovery-territorial",
	NULL,
};

bool organ_is_kind(const char *kind)
{
	return source_is_one_of(kinds, kind);
}

/* A parent stands before its children, so that there is no circle. */
static bool check_organ(const struct source *s, const struct law_book *book,
			const struct organ_entry *o, struct err *e)
{
	size_t i = book->organ_count;
	if (!source_is_code(o->code))
		return source_refuse(s, e, "rules.code", "no code", "organs.%zu.code", i);
	if (law_book_organ(book, o->code))
		return source_refuse(s, e, "rules.twice", "an organ that stands twice",
				     "organs.%zu.code", i);
	if (!organ_is_kind(o->kind))
		return source_refuse(s, e, "rules.unknown", "no such kind of organ",
				     "organs.%zu.kind", i);
	if (i == 0 ? *o->parent != '\0' : !law_book_organ(book, o->parent))
		return source_refuse(s, e, "rules.parent",
				     "the parent does not stand before the organ",
				     "organs.%zu.parent", i);
	/* R28-1: a hall is of the kind of its organ. */
	if (strcmp(o->test_hall, "none") != 0 && strcmp(o->test_hall, o->kind) != 0)
		return source_refuse(s, e, "rules.unknown",
				     "a test hall of another kind than its organ",
				     "organs.%zu.test_hall", i);
	return true;
}

bool read_organs(const struct source *s, struct law_book *book, struct err *e)
{
	void *data = NULL;
	if (!source_read(s, &organs_schema, &data, e))
		return false;
	const struct organs_file *file = data;
	struct organ *organs = arena_array(s->arena, file->organs_count, sizeof(*organs));
	book->organs = organs;
	book->organ_count = 0;
	for (unsigned i = 0; i < file->organs_count; i++) {
		const struct organ_entry *o = &file->organs[i];
		if (!check_organ(s, book, o, e))
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
	SOURCE_TEXT("code", struct post_entry, code),
	SOURCE_TEXT("category", struct post_entry, category),
	SOURCE_TEXT("name_kk", struct post_entry, name_kk),
	SOURCE_TEXT("name_ru", struct post_entry, name_ru),
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

bool read_posts(const struct source *s, struct law_book *book, struct err *e)
{
	void *data = NULL;
	if (!source_read(s, &posts_schema, &data, e))
		return false;
	const struct posts_file *file = data;
	struct post *posts = arena_array(s->arena, file->posts_count, sizeof(*posts));
	book->posts = posts;
	book->post_count = 0;
	book->posts_assumed = file->assumed;
	for (unsigned i = 0; i < file->posts_count; i++) {
		const struct post_entry *p = &file->posts[i];
		if (!source_is_code(p->code))
			return source_refuse(s, e, "rules.code", "no code", "posts.%u.code", i);
		if (law_book_post(book, p->code))
			return source_refuse(s, e, "rules.twice", "a post that stands twice",
					     "posts.%u.code", i);
		posts[book->post_count++] =
			(struct post){ p->code, p->category, p->name_kk, p->name_ru };
	}
	return true;
}
