#include "rules/law_book.h"

#include "rules/readers.h"

#include <sodium.h>
#include <string.h>

const char *law_file_kind_name(enum law_file_kind kind)
{
	static const char *const name[] = {
		[LAW_RULE_SET] = "rule_set", [LAW_QUALIFICATION] = "qualification",
		[LAW_CALENDAR] = "calendar", [LAW_ORGANS] = "organs",
		[LAW_POSTS] = "posts",
	};
	return name[kind];
}

static const char *hash_of(struct arena *a, const char *body)
{
	unsigned char hash[crypto_generichash_BYTES];
	char *hex = arena_alloc(a, sizeof(hash) * 2 + 1);
	crypto_generichash(hash, sizeof(hash), (const unsigned char *)body, strlen(body), NULL, 0);
	return sodium_bin2hex(hex, sizeof(hash) * 2 + 1, hash, sizeof(hash));
}

/* ---- asking ------------------------------------------------------------------ */

const struct law_file *law_book_file(const struct law_book *book, const char *hash)
{
	for (size_t i = 0; book && i < book->file_count; i++) {
		if (strcmp(book->files[i].hash, hash) == 0)
			return &book->files[i];
	}
	return NULL;
}

const struct law_file *law_book_rule_set_on(const struct law_book *book, day d)
{
	const struct law_file *best = NULL;
	for (size_t i = 0; i < book->rule_set_count; i++) {
		const struct law_file *f = &book->rule_sets[i];
		if (f->rule_set->in_force_from.n <= d.n &&
		    (!best || f->rule_set->in_force_from.n > best->rule_set->in_force_from.n))
			best = f;
	}
	return best;
}

const struct law_file *law_book_qualification_on(const struct law_book *book, day d)
{
	const struct law_file *best = NULL;
	for (size_t i = 0; i < book->qualification_count; i++) {
		const struct law_file *f = &book->qualifications[i];
		if (f->qualification->in_force_from.n <= d.n &&
		    (!best ||
		     f->qualification->in_force_from.n > best->qualification->in_force_from.n))
			best = f;
	}
	return best;
}

const struct organ *law_book_organ(const struct law_book *book, const char *code)
{
	for (size_t i = 0; i < book->organ_count; i++) {
		if (strcmp(book->organs[i].code, code) == 0)
			return &book->organs[i];
	}
	return NULL;
}

const struct other_body *law_book_body(const struct law_book *book, const char *code)
{
	for (size_t i = 0; i < book->rule_set_count; i++) {
		const struct rule_set *rules = book->rule_sets[i].rule_set;
		for (size_t k = 0; k < rules->body_count; k++) {
			if (strcmp(rules->bodies[k].code, code) == 0)
				return &rules->bodies[k];
		}
	}
	return NULL;
}

const struct post *law_book_post(const struct law_book *book, const char *code)
{
	for (size_t i = 0; i < book->post_count; i++) {
		if (strcmp(book->posts[i].code, code) == 0)
			return &book->posts[i];
	}
	return NULL;
}

bool law_book_under(const struct law_book *book, const char *organ, const char *above)
{
	const struct organ *o = law_book_organ(book, organ);
	while (o && strcmp(o->code, above) != 0)
		o = *o->parent ? law_book_organ(book, o->parent) : NULL;
	return o != NULL;
}

/* ---- reading ----------------------------------------------------------------- */

/* A book while it grows. */
struct making {
	struct arena *arena;
	struct law_book *book;
	struct law_file *files, *rule_sets, *qualifications;
};

static bool begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

static bool kind_of(const char *name, enum law_file_kind *ret)
{
	static const struct {
		const char *name;
		enum law_file_kind kind;
	} row[] = {
		{ "order-118/", LAW_RULE_SET },    { "qualification/", LAW_QUALIFICATION },
		{ "calendar.yaml", LAW_CALENDAR }, { "organs.yaml", LAW_ORGANS },
		{ "posts.yaml", LAW_POSTS },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		if (begins(name, row[i].name)) {
			*ret = row[i].kind;
			return true;
		}
	}
	return false;
}

static bool read_kind(struct making *m, const struct source *s, struct law_file *f, struct err *e)
{
	switch (f->kind) {
	case LAW_RULE_SET:
		if (!read_rule_set(s, &f->rule_set, &f->notes, e))
			return false;
		m->rule_sets[m->book->rule_set_count++] = *f;
		return true;
	case LAW_QUALIFICATION:
		if (!read_qualification(s, &f->qualification, e))
			return false;
		m->qualifications[m->book->qualification_count++] = *f;
		return true;
	case LAW_CALENDAR: return read_calendar(s, m->book, e);
	case LAW_ORGANS: return read_organs(s, m->book, e);
	case LAW_POSTS: return read_posts(s, m->book, e);
	}
	return false;
}

static bool read_one(struct making *m, const struct law_source *given, struct err *e)
{
	const struct source s = { m->arena, given->name, given->body };
	struct law_file *f = &m->files[m->book->file_count++];
	f->name = s.name;
	f->body = s.body;
	f->hash = hash_of(m->arena, s.body);
	if (!kind_of(s.name, &f->kind))
		return source_refuse(&s, e, "rules.name", "no file of the law has this name", "%s",
				     "");
	return read_kind(m, &s, f, e);
}

bool law_book_read_rule_set(struct arena *a, const char *name, const char *body,
			    const struct rule_set **ret, struct err *e)
{
	return read_rule_set(&(const struct source){ a, name, body }, ret, NULL, e);
}

bool law_book_read_qualification(struct arena *a, const char *name, const char *body,
				 const struct qualification_table **ret, struct err *e)
{
	return read_qualification(&(const struct source){ a, name, body }, ret, e);
}

bool law_book_load(const struct law_source *sources, size_t count, struct arena *a,
		   struct law_book **ret, struct err *e)
{
	struct making m = {
		.arena = a,
		.book = arena_alloc(a, sizeof(struct law_book)),
		.files = arena_array(a, count, sizeof(struct law_file)),
		.rule_sets = arena_array(a, count, sizeof(struct law_file)),
		.qualifications = arena_array(a, count, sizeof(struct law_file)),
	};
	m.book->files = m.files;
	m.book->rule_sets = m.rule_sets;
	m.book->qualifications = m.qualifications;
	for (size_t i = 0; i < count; i++) {
		if (!read_one(&m, &sources[i], e))
			return false;
	}
	if (!law_book_check(a, m.book, e))
		return false;
	*ret = m.book;
	return true;
}

bool law_book_load_dir(const char *dir, struct arena *a, struct law_book **ret, struct err *e)
{
	struct law_folder f = { .count = 0 };
	return law_read_folder(a, dir, "", &f, e) && law_read_folder(a, dir, "order-118/", &f, e) &&
	       law_read_folder(a, dir, "qualification/", &f, e) &&
	       law_book_load(f.source, f.count, a, ret, e);
}
