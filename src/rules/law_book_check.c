/* law_book_check.c - what has to agree between the files of the law. */
#include "law/signatory.h"
#include "rules/readers.h"

#include <string.h>

static struct source source_of(struct arena *a, const struct law_file *f)
{
	return (struct source){ a, f->name, f->body };
}

static const struct law_file *file_of(const struct law_book *book, enum law_file_kind kind)
{
	for (size_t i = 0; i < book->file_count; i++) {
		if (book->files[i].kind == kind)
			return &book->files[i];
	}
	return NULL;
}

static const char *id_of(const struct law_file *f)
{
	return f->rule_set ? f->rule_set->id : f->qualification->id;
}

static day begins_on(const struct law_file *f)
{
	return f->rule_set ? f->rule_set->in_force_from : f->qualification->in_force_from;
}

/* O-4, R5-2: on each day one version is in force, and an id means one text. */
static bool check_versions(struct arena *a, const struct law_file *files, size_t count,
			   struct err *e)
{
	for (size_t i = 0; i < count; i++) {
		const struct source s = source_of(a, &files[i]);
		for (size_t k = 0; k < i; k++) {
			if (strcmp(id_of(&files[k]), id_of(&files[i])) == 0)
				return source_refuse(&s, e, "rules.twice",
						     "an id that another file has", "id");
			if (begins_on(&files[k]).n == begins_on(&files[i]).n)
				return source_refuse(&s, e, "rules.twice",
						     "another file begins on the same day",
						     "in_force_from");
		}
	}
	return true;
}

/* One file of each kind; of rule sets and requirements at least one. */
static bool check_kinds(struct arena *a, const struct law_book *book, struct err *e)
{
	for (int kind = LAW_RULE_SET; kind <= LAW_POSTS; kind++) {
		const struct law_file *first = file_of(book, (enum law_file_kind)kind);
		const char *name = law_file_kind_name((enum law_file_kind)kind);
		if (!first) {
			(void)err_set(e, ERR_SYSTEM, "rules.missing", "rules: no file of kind %s",
				      name);
			return err_value(e, name);
		}
		const struct law_file *end = book->files + book->file_count;
		for (const struct law_file *f = first + 1; f < end; f++) {
			const struct source s = source_of(a, f);
			if ((int)f->kind == kind && kind != LAW_RULE_SET &&
			    kind != LAW_QUALIFICATION)
				return source_refuse(&s, e, "rules.twice",
						     "a second file of this kind", "%s", "");
		}
	}
	return true;
}

static const struct rule_set *newest(const struct law_book *book)
{
	const struct rule_set *best = book->rule_sets[0].rule_set;
	for (size_t i = 1; i < book->rule_set_count; i++) {
		if (book->rule_sets[i].rule_set->in_force_from.n > best->in_force_from.n)
			best = book->rule_sets[i].rule_set;
	}
	return best;
}

/* S2: whoever serves in an organ, somebody signs. */
static bool check_organs(struct arena *a, const struct law_book *book, struct err *e)
{
	const struct source s = source_of(a, file_of(book, LAW_ORGANS));
	for (size_t i = 0; i < book->organ_count; i++) {
		if (!signatory_row(newest(book), book->organs[i].place))
			return source_refuse(&s, e, "rules.reference",
					     "a place that the signatory matrix does not have",
					     "organs.%zu.place", i);
	}
	return true;
}

static bool check_posts(struct arena *a, const struct law_book *book, struct err *e)
{
	const struct source s = source_of(a, file_of(book, LAW_POSTS));
	for (size_t i = 0; i < book->post_count; i++) {
		for (size_t k = 0; k < book->qualification_count; k++) {
			if (!qualification_category(book->qualifications[k].qualification,
						    book->posts[i].category))
				return source_refuse(
					&s, e, "rules.reference",
					"a category that a table of requirements does not have",
					"posts.%zu.category", i);
		}
	}
	return true;
}

bool law_book_check(struct arena *a, const struct law_book *book, struct err *e)
{
	return check_kinds(a, book, e) &&
	       check_versions(a, book->rule_sets, book->rule_set_count, e) &&
	       check_versions(a, book->qualifications, book->qualification_count, e) &&
	       check_organs(a, book, e) && check_posts(a, book, e);
}
