#include "app/installation/own_law.h"

#include <string.h>

enum { SINCE = 43 }; /* migration that made the table */

/* ---- reading --------------------------------------------------------------------------------- */

/* Puts a file in the place of that of its name, or behind all. */
static void lay_over(struct law_source *sources, size_t *count, const char *name, const char *body)
{
	size_t i = 0;
	while (i < *count && strcmp(sources[i].name, name) != 0)
		i++;
	sources[i] = (struct law_source){ name, body };
	*count += i == *count;
}

/* The files of a book, with room for more. */
static struct law_source *sources_of(struct arena *a, const struct law_book *book, size_t more,
				     size_t *ret_count)
{
	struct law_source *sources = arena_array(a, book->file_count + more, sizeof(*sources));
	for (size_t i = 0; i < book->file_count; i++)
		sources[i] = (struct law_source){ book->files[i].name, book->files[i].body };
	*ret_count = book->file_count;
	return sources;
}

bool own_law_lay(struct db *db, struct arena *a, struct law_book **book, struct err *e)
{
	bool there = false;
	size_t count = 0;
	size_t i = 0;
	const json_t *row = NULL;
	if (!db_exists(db, e, &there, "SELECT 1 FROM schema_done WHERE number = $1", db_int(SINCE)))
		return false;
	const json_t *rows = there ? db_rows(db, a, e,
					     "SELECT o.name, t.body FROM own_law o JOIN law_text t"
					     " ON t.hash = o.law_text ORDER BY o.name")
				   : NULL;
	if (there && !rows)
		return false;
	if (json_array_size(rows) == 0)
		return true;
	struct law_source *sources = sources_of(a, *book, json_array_size(rows), &count);
	json_array_foreach (rows, i, row)
		lay_over(sources, &count, row_text(row, "name"), row_text(row, "body"));
	return law_book_load(sources, count, a, book, e);
}

/* ---- entering -------------------------------------------------------------------------------- */

static const struct law_file *file_of(const struct law_book *book, const char *name)
{
	for (size_t i = 0; i < book->file_count; i++) {
		if (strcmp(book->files[i].name, name) == 0)
			return &book->files[i];
	}
	return NULL;
}

static bool keep(const struct act *act, const struct law_file *file, const char *reason,
		 struct err *e)
{
	return db_exec(act->db, e, NULL,
		       "INSERT INTO law_text (hash, kind, name, body, added_ms)"
		       " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (hash) DO NOTHING",
		       db_text(file->hash), db_text(law_file_kind_name(file->kind)),
		       db_text(file->name), db_text(file->body), db_int(act->now_ms)) &&
	       db_exec(act->db, e, NULL,
		       "INSERT INTO own_law (name, law_text, entered_ms) VALUES ($1, $2, $3)"
		       " ON CONFLICT (name) DO UPDATE SET law_text = excluded.law_text,"
		       " entered_ms = excluded.entered_ms",
		       db_text(file->name), db_text(file->hash), db_int(act->now_ms)) &&
	       act_journal(act, "law.entered", 0, "",
			   json_pack("{s:s,s:s,s:s,s:s}", "name", file->name, "kind",
				     law_file_kind_name(file->kind), "hash", file->hash, "reason",
				     reason),
			   e);
}

static bool is_same(const struct law_book *book, const struct law_file *file)
{
	const struct law_file *now = file_of(book, file->name);
	return now && strcmp(now->hash, file->hash) == 0;
}

bool own_law_enter(const struct act *act, const struct law_source *files, size_t count,
		   const char *reason, const struct law_book **ret_book, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct law_book *book = NULL;
	size_t all = 0;
	size_t changed = 0;
	if (!act_require(act, ROLE_NAME_ADMIN, act->book->organs[0].code, e))
		return false;
	if (!*reason)
		return err_input(e, "reason", "error.required", "law is entered with a reason");
	struct law_source *sources = sources_of(act->arena, act->book, count, &all);
	for (size_t i = 0; i < count; i++)
		lay_over(sources, &all, files[i].name, files[i].body);
	if (!law_book_load(sources, all, act->arena, &book, e) || !db_begin(act->db, &tx, e))
		return false;
	for (size_t i = 0; i < count; i++) {
		const struct law_file *file = file_of(book, files[i].name);
		if (is_same(act->book, file))
			continue;
		changed++;
		if (!keep(act, file, reason, e))
			return false;
	}
	if (changed == 0)
		return err_set(e, ERR_CONFLICT, "own_law.error.same", "that is the law already");
	if (!db_commit(&tx, e))
		return false;
	*ret_book = book;
	return true;
}
