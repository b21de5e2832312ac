/* reading.c - the reading room of an interview: who is to be heard, what is in each dossier, and
 * what of it one has opened (R16-2, R44-1). */
#include "app/candidate/dossier_file.h"
#include "web/interview/interview.h"

#include <string.h>

/* Where an item is read: the sheet of the test is a page of ours, files are read in the reader;
 * null for what is not there, or not for this person. */
static json_t *address_of(const struct req *r, int64_t id, const struct dossier_item *item,
			  const struct dossier_file *file)
{
	if (file)
		return json_string(arena_print(r->arena, "/applications/%lld/reader?item=%s",
					       (long long)id, item->kind));
	if (item->row_id && strcmp(item->kind, "test") == 0)
		return json_string(arena_print(r->arena, "/results/%lld", (long long)item->row_id));
	return json_null();
}

static const struct dossier_file *file_of(const struct dossier_files *files, const char *kind)
{
	for (size_t i = 0; i < files->count; i++) {
		if (strcmp(files->file[i].item, kind) == 0)
			return &files->file[i];
	}
	return NULL;
}

/* {kind, state, href, seen_ms, told}: of files but a rating's the journal tells when they were
 * opened. */
static bool add_items(const struct req *r, const struct dossier *d, json_t *items, struct err *e)
{
	const struct act act = req_act(r);
	const int64_t id = d->candidate.application_id;
	struct dossier_files *files = arena_alloc(r->arena, sizeof(*files));
	if (!dossier_files(&act, id, files, e))
		return false;
	for (size_t i = 0; i < d->count; i++) {
		const struct dossier_item *item = &d->item[i];
		const struct dossier_file *file = file_of(files, item->kind);
		int64_t seen = 0;
		if (file && !dossier_file_seen(&act, id, file, &seen, e))
			return false;
		(void)json_array_append_new(
			items, json_pack("{s:s,s:s,s:o,s:o,s:b}", "kind", item->kind, "state",
					 dossier_state_name(item->state), "href",
					 address_of(r, id, item, file), "seen_ms",
					 seen ? json_integer((json_int_t)seen) : json_null(),
					 "told", file && strcmp(item->kind, "rating") != 0));
	}
	return true;
}

/* What this member has to do with the candidate. */
static bool find_own(const struct req *r, int64_t member, int64_t id, bool *ret_conflict,
		     bool *ret_done, struct err *e)
{
	bool voted = false;
	bool decided = false;
	if (!db_exists(r->db, e, ret_conflict,
		       "SELECT 1 FROM conflict WHERE application_id = $1 AND member_id = $2",
		       db_int(id), db_int(member)) ||
	    !db_exists(r->db, e, &voted,
		       "SELECT 1 FROM ballot WHERE application_id = $1 AND member_id = $2",
		       db_int(id), db_int(member)) ||
	    !db_exists(r->db, e, &decided, "SELECT 1 FROM decision WHERE application_id = $1",
		       db_int(id)))
		return false;
	*ret_done = voted || decided;
	return true;
}

/* R44-1: who is not admitted does not appear. */
static bool add_reading(struct req *r, const struct onlooker *o, const json_t *row, json_t *list,
			struct err *e)
{
	const struct act act = req_act(r);
	const int64_t id = json_integer_value(json_object_get(row, "application_id"));
	struct dossier *d = arena_alloc(r->arena, sizeof(*d));
	bool conflict = false;
	bool done = false;
	if (!dossier_load(&act, id, d, e) ||
	    !find_own(r, o->seated ? o->me.member_id : 0, id, &conflict, &done, e))
		return false;
	if (!d->candidate.admission.to_interview)
		return true;
	const bool votes = o->seated && seat_votes(o->me.seat);
	const bool open = d->released && !conflict;
	json_t *items = json_array();
	(void)json_array_append_new(list,
				    json_pack("{s:I,s:O,s:s,s:b,s:b,s:b,s:b,s:o}", "application_id",
					      (json_int_t)id, "turn", json_object_get(row, "turn"),
					      "name", d->candidate.name, "released", d->released,
					      "in_conflict", conflict, "open", open, "may_declare",
					      votes && !conflict && !done, "items", items));
	return !open || add_items(r, d, items, e);
}

/* Whose dossiers may lie beside each one: of those that are open to this person. */
static void add_beside(json_t *list)
{
	size_t i = 0;
	size_t k = 0;
	json_t *one = NULL;
	json_t *other = NULL;
	json_array_foreach (list, i, one) {
		json_t *beside = json_array();
		json_array_foreach (list, k, other) {
			if (k != i && json_is_true(json_object_get(other, "open")))
				(void)json_array_append_new(
					beside, json_pack("{s:O,s:O}", "id",
							  json_object_get(other, "application_id"),
							  "name", json_object_get(other, "name")));
		}
		(void)json_object_set_new(one, "beside", beside);
	}
}

bool interview_reading(struct req *r, json_t *model, struct err *e)
{
	struct onlooker o = { 0 };
	if (!onlooker_load(r, in_int(r, "interview"), &o, e))
		return false;
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT application_id, turn FROM interview_candidate"
			       " WHERE interview_id = $1 ORDER BY turn",
			       db_int(o.interview.id));
	json_t *list = json_array();
	(void)json_object_set_new(model, "candidates", list);
	if (!rows || !interview_head(r, &o, model, e))
		return false;
	for (size_t i = 0; i < json_array_size(rows); i++) {
		if (!add_reading(r, &o, json_array_get(rows, i), list, e))
			return false;
	}
	add_beside(list);
	return true;
}
