#include "app/candidate/dossier_file.h"

#include "app/access/restricted.h"
#include "app/candidate/study.h"
#include "app/competition/conflict.h"

#include <string.h>

static bool is_study(const char *item)
{
	return strcmp(item, "polygraph") == 0 || strcmp(item, "psycho") == 0;
}

/* F76: a refusal is an answer, any other failure is one. */
static bool ask(bool ok, struct err *why, bool *ret, struct err *e)
{
	*ret = ok;
	if (ok || why->kind == ERR_DENIED)
		return true;
	*e = *why;
	return false;
}

/* HR of the competition, or the commission to which the dossier was released; F8: and no conflict.
 */
static bool may_read(const struct act *act, const struct candidate *c, bool *ret, struct err *e)
{
	struct err why = { 0 };
	bool hr = false;
	bool commission = false;
	if (!ask(conflict_refuse_view(act, c->application_id, &why), &why, ret, e) ||
	    !act_holds(act, ROLE_NAME_HR, c->competition.organ, &hr, e) ||
	    !commission_has(act, c->application_id, &commission, e))
		return false;
	*ret = *ret && (hr || commission);
	return true;
}

static json_t *find_file(const struct act *act, const struct dossier_item *item, struct err *e)
{
#define FILES_OF(table)                                                                            \
	db_rows(act->db, act->arena, e,                                                            \
		"SELECT x.blob_hash, x.file_name, b.media, b.size FROM " table " x"                \
		" JOIN blob b ON b.hash = x.blob_hash WHERE x.id = $1",                            \
		db_int(item->row_id))
	if (is_study(item->kind))
		return FILES_OF("study");
	if (strcmp(item->kind, "rating") == 0)
		return FILES_OF("rating");
	return FILES_OF("document");
#undef FILES_OF
}

static bool add_file(const struct act *act, const struct dossier_item *item,
		     struct dossier_files *ret, struct err *e)
{
	struct err why = { 0 };
	bool may = true;
	if (is_study(item->kind) && !ask(study_may_view(act, item->row_id, &why), &why, &may, e))
		return false;
	if (!may)
		return true;
	json_t *rows = find_file(act, item, e);
	const json_t *row = json_array_get(rows, 0);
	if (row)
		ret->file[ret->count++] = (struct dossier_file){
			.item = item->kind,
			.row_id = item->row_id,
			.restricted = is_study(item->kind),
			.blob = json_string_value(json_object_get(row, "blob_hash")),
			.media = json_string_value(json_object_get(row, "media")),
			.name = json_string_value(json_object_get(row, "file_name")),
			.size = row_number(row, "size"),
		};
	return rows != NULL;
}

bool dossier_files(const struct act *act, int64_t application_id, struct dossier_files *ret,
		   struct err *e)
{
	struct dossier d = { 0 };
	bool may = false;
	*ret = (struct dossier_files){ 0 };
	if (!dossier_load(act, application_id, &d, e) || !may_read(act, &d.candidate, &may, e))
		return false;
	for (size_t i = 0; may && i < d.count; i++) {
		/* The sheet of the test is a paper of ours. */
		const bool ours = strcmp(d.item[i].kind, "test") == 0;
		if (!ours && d.item[i].row_id && !add_file(act, &d.item[i], ret, e))
			return false;
	}
	return true;
}

bool dossier_file_viewed(const struct act *act, int64_t study_id, struct err *e)
{
	return study_view(act, study_id, e);
}

/* ---- read within the page -------------------------------------------------------------------- */

static bool is_rating(const struct dossier_file *f)
{
	return strcmp(f->item, "rating") == 0;
}

/* The entry of a view names the row. */
static bool is_of(const json_t *row, const struct dossier_file *f)
{
	json_t *told = json_loads(row_text(row, "content"), 0, NULL);
	const json_t *number = json_object_get(told, f->restricted ? "study" : "document");
	const bool is = json_is_integer(number) && json_integer_value(number) == f->row_id;
	json_decref(told);
	return is;
}

bool dossier_file_seen(const struct act *act, int64_t application_id, const struct dossier_file *f,
		       int64_t *ret_ms, struct err *e)
{
	json_t *rows = db_rows(act->db, act->arena, e,
			       "SELECT j.at_ms, c.content FROM journal_entry j"
			       "  JOIN journal_content c ON c.seq = j.seq"
			       " WHERE j.subject = $1 AND j.kind <> 'test.answer' AND j.kind = $2"
			       " AND j.actor_id = $3 ORDER BY j.seq DESC",
			       db_text(act_subject(act, "application", application_id)),
			       db_text(f->restricted ? "study.viewed" : "document.viewed"),
			       db_int(act->person_id));
	size_t i = 0;
	json_t *row = NULL;
	int64_t seen = 0;
	json_array_foreach (rows, i, row) {
		if (seen == 0 && !is_rating(f) && is_of(row, f))
			seen = row_number(row, "at_ms");
	}
	*ret_ms = seen;
	return rows != NULL;
}

/* `ret`: it stands in the journal that this person has it open. */
static bool is_open(const struct act *act, int64_t application_id, const struct dossier_file *f,
		    bool *ret, struct err *e)
{
	int64_t seen = 0;
	bool reason = true;
	if (!dossier_file_seen(act, application_id, f, &seen, e) ||
	    (f->restricted &&
	     !restricted_is_open(act, application_id, RESTRICTED_STUDY, &reason, e)))
		return false;
	*ret = reason && seen > act->now_ms - RESTRICTED_MS;
	return true;
}

bool dossier_file_open(const struct act *act, int64_t application_id, const struct dossier_file *f,
		       struct err *e)
{
	bool open = false;
	if (is_rating(f))
		return true;
	if (!is_open(act, application_id, f, &open, e))
		return false;
	if (open)
		return true;
	return f->restricted ? study_view(act, f->row_id, e)
			     : restricted_view_file(act, application_id, f->row_id, e);
}

bool dossier_file_require_open(const struct act *act, int64_t application_id,
			       const struct dossier_file *f, struct err *e)
{
	bool open = false;
	if (is_rating(f))
		return true;
	return is_open(act, application_id, f, &open, e) &&
	       (open ||
		err_set(e, ERR_DENIED, "reader.error.unopened", "not opened in the reader"));
}
