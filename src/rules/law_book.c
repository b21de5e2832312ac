#include "rules/law_book.h"

#include "base/buf.h"
#include "rules/readers.h"
#include "rules/yaml.h"

#include <dirent.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { FILES_MOST = 64, FILE_SIZE_MOST = 4 * 1024 * 1024 };

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
	struct law_file *rule_sets, *qualifications;
};

static bool read_rule_set(struct making *m, struct law_file *f, struct err *e)
{
	f->kind = LAW_RULE_SET;
	if (!law_book_read_rule_set(m->arena, f->name, f->body, &f->rule_set, e))
		return false;
	m->rule_sets[m->book->rule_set_count++] = *f;
	return true;
}

static bool read_qualification(struct making *m, struct law_file *f, struct err *e)
{
	f->kind = LAW_QUALIFICATION;
	if (!law_book_read_qualification(m->arena, f->name, f->body, &f->qualification, e))
		return false;
	m->qualifications[m->book->qualification_count++] = *f;
	return true;
}

static bool begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

static bool read_one(struct making *m, const struct law_source *source, struct err *e)
{
	struct law_file f = { .name = source->name, .body = source->body };
	f.hash = hash_of(m->arena, f.body);
	if (begins(f.name, "order-118/"))
		return read_rule_set(m, &f, e);
	if (begins(f.name, "qualification/"))
		return read_qualification(m, &f, e);
	if (strcmp(f.name, "calendar.yaml") == 0)
		return read_calendar(m->arena, f.name, f.body, m->book, e);
	if (strcmp(f.name, "organs.yaml") == 0)
		return read_organs(m->arena, f.name, f.body, m->book, e);
	if (strcmp(f.name, "posts.yaml") == 0)
		return read_posts(m->arena, f.name, f.body, m->book, e);
	return yaml_refuse(f.name, f.body, "", "no file of the law has this name", e);
}

/* ---- between the files --------------------------------------------------------- */

static bool refuse_book(const char *what, const char *which, struct err *e)
{
	char text[200];
	(void)snprintf(text, sizeof(text), "%s: %s", what, which);
	(void)err_set(e, ERR_SYSTEM, "error.rules.file", "%s", text);
	return err_value(e, text);
}

static bool has_place(const struct law_book *book, const char *place)
{
	for (size_t i = 0; i < book->rule_set_count; i++) {
		const struct rule_set *s = book->rule_sets[i].rule_set;
		for (size_t k = 0; k < s->signatory_count; k++) {
			if (strcmp(s->signatories[k].place, place) == 0)
				return true;
		}
	}
	return false;
}

static bool check_between(const struct law_book *book, struct err *e)
{
	if (book->organ_count == 0 || book->post_count == 0 || book->rule_set_count == 0 ||
	    book->qualification_count == 0 || !book->calendar_source)
		return refuse_book("rules", "a file is missing", e);
	for (size_t i = 0; i < book->organ_count; i++) {
		if (!has_place(book, book->organs[i].place))
			return refuse_book("organs.yaml: a place no rule set has a signatory for",
					   book->organs[i].code, e);
	}
	for (size_t i = 0; i < book->post_count; i++) {
		for (size_t k = 0; k < book->qualification_count; k++) {
			if (!qualification_category(book->qualifications[k].qualification,
						    book->posts[i].category))
				return refuse_book("posts.yaml: a category no table has",
						   book->posts[i].code, e);
		}
	}
	return true;
}

bool law_book_load(const struct law_source *sources, size_t count, struct arena *a,
		   struct law_book **ret, struct err *e)
{
	struct making m = {
		.arena = a,
		.book = arena_alloc(a, sizeof(struct law_book)),
		.rule_sets = arena_array(a, count, sizeof(struct law_file)),
		.qualifications = arena_array(a, count, sizeof(struct law_file)),
	};
	m.book->rule_sets = m.rule_sets;
	m.book->qualifications = m.qualifications;
	for (size_t i = 0; i < count; i++) {
		if (!read_one(&m, &sources[i], e))
			return false;
	}
	if (!check_between(m.book, e))
		return false;
	*ret = m.book;
	return true;
}

/* ---- a folder ------------------------------------------------------------------ */

static bool read_file(struct arena *a, const char *path, const char **ret, struct err *e)
{
	FILE *file = fopen(path, "rbe");
	struct buf body = buf_on(a);
	char piece[8192];
	size_t size = 0;
	if (!file)
		return refuse_book("cannot be opened", path, e);
	while (body.length < FILE_SIZE_MOST && (size = fread(piece, 1, sizeof(piece), file)) > 0)
		buf_add_n(&body, piece, size);
	bool ok = !ferror(file);
	(void)fclose(file);
	if (!ok || body.length >= FILE_SIZE_MOST || strlen(body.text) != body.length)
		return refuse_book("cannot be read, is too large, or holds a NUL", path, e);
	*ret = body.text;
	return true;
}

struct folder {
	struct law_source source[FILES_MOST];
	size_t count;
};

static int is_yaml(const struct dirent *entry)
{
	size_t size = strlen(entry->d_name);
	return size > 5 && strcmp(entry->d_name + size - 5, ".yaml") == 0;
}

/* The .yaml files of one folder, in the order of their names. */
static bool read_folder(struct arena *a, const char *dir, const char *below, struct folder *f,
			struct err *e)
{
	struct dirent **entries = NULL;
	int count = scandir(arena_print(a, "%s/%s", dir, below), &entries, is_yaml, alphasort);
	bool ok = count >= 0 || refuse_book("cannot be opened", dir, e);
	for (int i = 0; i < count; i++) {
		const char *name = arena_print(a, "%s%s", below, entries[i]->d_name);
		free(entries[i]);
		if (!ok)
			continue;
		ok = f->count < FILES_MOST || refuse_book("too many files", dir, e);
		ok = ok && read_file(a, arena_print(a, "%s/%s", dir, name),
				     &f->source[f->count].body, e);
		if (ok)
			f->source[f->count++].name = name;
	}
	free(entries);
	return ok;
}

bool law_book_load_dir(const char *dir, struct arena *a, struct law_book **ret, struct err *e)
{
	struct folder f = { .count = 0 };
	return read_folder(a, dir, "", &f, e) && read_folder(a, dir, "order-118/", &f, e) &&
	       read_folder(a, dir, "qualification/", &f, e) &&
	       law_book_load(f.source, f.count, a, ret, e);
}
