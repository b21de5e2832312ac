/* record_film.c - the files of a record: their list, and one film to look at (F70, F72). */
#include "journal/journal.h"
#include "web/list.h"
#include "web/row.h"
#include "web/site.h"
#include "web/video/record.h"

#include <stdlib.h>
#include <string.h>

/* ---- the list ------------------------------------------------------------------------------ */

static json_t *read_segments(struct req *r, int64_t source, struct err *e)
{
	return db_rows(r->db, r->arena, e,
		       "SELECT id, number, state, from_ms, until_ms, ended, audio_size, audio_hash,"
		       " video_size, video_hash, film_size, film_hash,"
		       " COALESCE(until_ms - from_ms, 0) AS length_ms"
		       "  FROM video_segment WHERE source_id = $1 ORDER BY number",
		       db_int(source));
}

/* Kinds of what was found in each, as words of the reader's language. */
static bool add_findings(struct req *r, int64_t source, json_t *rows, struct err *e)
{
	const struct catalog *catalog = view_catalog(r->site->view);
	json_t *found = db_rows(r->db, r->arena, e,
				"SELECT DISTINCT segment_id, kind FROM video_incident"
				" WHERE source_id = $1 AND segment_id IS NOT NULL"
				" ORDER BY segment_id, kind",
				db_int(source));
	size_t i = 0;
	json_t *row = NULL;
	json_array_foreach (rows, i, row) {
		struct buf words = buf_on(r->arena);
		size_t k = 0;
		const json_t *one = NULL;
		json_array_foreach (found, k, one) {
			if (row_number(one, "segment_id") != row_number(row, "id"))
				continue;
			buf_print(&words, "%s%s", words.length ? ", " : "",
				  catalog_text(catalog, r->language,
					       arena_print(r->arena, "record.what.%s",
							   row_text(one, "kind"))));
		}
		(void)json_object_set_new(row, "findings",
					  json_string(words.length ? words.text : ""));
	}
	return found != NULL;
}

struct entries {
	json_t *rows; /* segments by number of their rows */
};

/* Columns: number of the entry, its content. */
static bool take_entry(void *user, const struct db_value *column, size_t count, struct err *e)
{
	struct entries *n = user;
	size_t i = 0;
	json_t *row = NULL;
	(void)count;
	(void)e;
	json_t *content = column[1].type == DB_TEXT
				  ? json_loadb(column[1].bytes, column[1].size, 0, NULL)
				  : NULL;
	const int64_t segment = row_number(content, "segment");
	json_array_foreach (n->rows, i, row) {
		if (segment != 0 && row_number(row, "id") == segment)
			(void)json_object_set_new(row, "entry",
						  json_integer((json_int_t)column[0].number));
	}
	json_decref(content);
	return true;
}

/* F70: the entry by which the journal has the hashes of a segment. */
static bool add_entries(struct req *r, const struct video_source *source, json_t *rows,
			struct err *e)
{
	const struct act act = req_act(r);
	struct video_room room = { 0 };
	struct entries n = { rows };
	if (!video_room_load(&act, source->room_id, &room, e))
		return false;
	const char *subject = room.sitting_id ? act_subject(&act, "sitting", room.sitting_id)
					      : act_subject(&act, "interview", room.interview_id);
	return db_each(r->db, e, take_entry, &n,
		       "SELECT j.seq, c.content FROM journal_entry j"
		       " JOIN journal_content c ON c.seq = j.seq"
		       " WHERE j.subject = $1 AND j.kind = 'video.segment' ORDER BY j.seq",
		       db_text(subject));
}

static void dress(const struct req *r, json_t *rows)
{
	size_t i = 0;
	json_t *row = NULL;
	json_array_foreach (rows, i, row) {
		const int64_t length = row_number(row, "length_ms");
		(void)json_object_set_new(row, "length",
					  json_string(length ? record_length(r, length) : ""));
		(void)json_object_set_new(row, "entry", json_null());
		(void)json_object_del(row, "length_ms");
	}
}

bool record_segments(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct video_source source = { 0 };
	if (!video_source_load(&act, in_int(r, "source"), &source, e) ||
	    !video_view_may(&act, source.room_id, source.id, e) ||
	    !record_head(r, source.room_id, model, e) || !record_source(r, &source, model, e))
		return false;
	json_t *rows = read_segments(r, source.id, e);
	if (!rows)
		return false;
	dress(r, rows);
	if (!add_findings(r, source.id, rows, e) || !add_entries(r, &source, rows, e))
		return false;
	size_t i = 0;
	json_t *row = NULL;
	json_array_foreach (rows, i, row)
		(void)json_object_del(row, "id");
	list_rows(r, model, rows);
	(void)json_object_set_new(model, "journal", json_boolean(req_is(r, ROLE_AUDITOR)));
	return true;
}

/* ---- a film -------------------------------------------------------------------------------- */

/* F74: each request of a player asks anew, so what is shown ends with the hour of the reason. */
bool record_film(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct video_source source = { 0 };
	json_t *row = db_row(r->db, r->arena, e,
			     "SELECT source_id, number, state, film_file, film_size, film_hash"
			     "  FROM video_segment WHERE id = $1",
			     db_int(in_int(r, "segment")));
	(void)model;
	if (!row || !video_source_load(&act, row_number(row, "source_id"), &source, e) ||
	    !video_view_require(&act, &source, e))
		return false;
	if (!r->site->files || !r->site->files->records)
		return err_set(e, ERR_CONFLICT, "record.error.folder", "serve has no --records");
	if (strcmp(row_text(row, "state"), "checked") != 0 || !*row_text(row, "film_file"))
		return err_set(e, ERR_MISSING, "error.missing", "no film of this segment");
	const struct stored_file file = {
		.size = row_number(row, "film_size"),
		.media = "video/webm",
		.tag = row_text(row, "film_hash"),
		.name = arena_print(r->arena, "record-%lld-%lld.webm", (long long)source.id,
				    (long long)row_number(row, "number")),
	};
	return row_send_stored(r, r->site->files->records, row_text(row, "film_file"), &file, e);
}
