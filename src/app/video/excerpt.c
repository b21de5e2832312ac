#include "app/video/excerpt.h"

#include "app/evidence/checkpoint.h"

#include <string.h>

/* ---- what belongs to it ------------------------------------------------------------------- */

static bool check_times(int64_t from_ms, int64_t until_ms, struct err *e)
{
	if (until_ms <= from_ms)
		return err_input(e, "until", "record.error.excerpt_order", "ends before it begins");
	return until_ms - from_ms <= VIDEO_EXCERPT_MS ||
	       err_input(e, "until", "record.error.excerpt_long", "longer than is given out");
}

struct entries {
	json_t *segments;
};

/* Columns: number of the entry, its content. */
static bool take_entry(void *user, const struct db_value *column, size_t count, struct err *e)
{
	const struct entries *n = user;
	size_t i = 0;
	json_t *row = NULL;
	(void)count;
	(void)e;
	if (column[1].type != DB_TEXT)
		return true;
	json_t *content = json_loadb(column[1].bytes, column[1].size, 0, NULL);
	const int64_t segment = row_number(content, "segment");
	json_array_foreach (n->segments, i, row) {
		if (segment != 0 && row_number(row, "id") == segment)
			(void)json_array_append_new(json_object_get(row, "entries"),
						    json_integer((json_int_t)column[0].number));
	}
	json_decref(content);
	return true;
}

static const char *subject_of(const struct act *act, const struct video_room *room)
{
	return room->sitting_id ? act_subject(act, "sitting", room->sitting_id)
				: act_subject(act, "interview", room->interview_id);
}

static bool add_entries(const struct act *act, const char *subject, json_t *segments, struct err *e)
{
	struct entries n = { segments };
	size_t i = 0;
	json_t *row = NULL;
	json_array_foreach (segments, i, row)
		(void)json_object_set_new(row, "entries", json_array());
	return db_each(act->db, e, take_entry, &n,
		       "SELECT j.seq, c.content FROM journal_entry j"
		       " JOIN journal_content c ON c.seq = j.seq WHERE j.subject = $1"
		       "  AND j.kind IN ('video.segment', 'video.checked') ORDER BY j.seq",
		       db_text(subject));
}

static json_t *read_segments(const struct act *act, const struct video_source *source,
			     int64_t from_ms, int64_t until_ms, struct err *e)
{
	return db_rows(act->db, act->arena, e,
		       "SELECT id, number, state, from_ms, until_ms, wall_us, ended, audio_file,"
		       " audio_size, audio_hash, video_file, video_size, video_hash, film_file,"
		       " film_size, film_hash FROM video_segment WHERE source_id = $1"
		       "  AND state IN ('closed', 'checked') AND until_ms > $2 AND from_ms < $3"
		       " ORDER BY number",
		       db_int(source->id), db_int(from_ms), db_int(until_ms));
}

bool video_excerpt(const struct act *act, const struct video_source *source, int64_t from_ms,
		   int64_t until_ms, json_t **ret, struct err *e)
{
	struct video_room room = { 0 };
	const char *seat = "";
	if (!video_view_require(act, source, e) || !check_times(from_ms, until_ms, e) ||
	    !video_room_load(act, source->room_id, &room, e) ||
	    !db_string(act->db, act->arena, e, &seat,
		       "SELECT COALESCE(t.seat, '') FROM video_source v"
		       " LEFT JOIN attempt t ON t.id = v.attempt_id WHERE v.id = $1",
		       db_int(source->id)))
		return false;
	json_t *segments = read_segments(act, source, from_ms, until_ms, e);
	if (!segments)
		return false;
	if (json_array_size(segments) == 0)
		return err_input(e, "from", "record.error.excerpt_none", "nothing lies there");
	if (!add_entries(act, subject_of(act, &room), segments, e))
		return false;
	*ret = json_pack("{s:I,s:s,s:I,s:s,s:s,s:I,s:I,s:O}", "source", (json_int_t)source->id,
			 "kind", source->kind, "number", (json_int_t)source->number, "seat", seat,
			 "subject", subject_of(act, &room), "from_ms", (json_int_t)from_ms,
			 "until_ms", (json_int_t)until_ms, "segments", segments);
	json_in_arena(act->arena, *ret);
	return true;
}

/* ---- given out ----------------------------------------------------------------------------- */

bool video_excerpt_ask(const struct act *act, const struct video_source *source, int64_t from_ms,
		       int64_t until_ms, const char *reason, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct video_room room = { 0 };
	json_t *parts = NULL;
	return db_begin(act->db, &tx, e) &&
	       video_view_open(act, source->room_id, source->id, reason, e) &&
	       video_excerpt(act, source, from_ms, until_ms, &parts, e) &&
	       video_room_load(act, source->room_id, &room, e) &&
	       checkpoint_make(act, CHECKPOINT_RECEIPT, subject_of(act, &room), e) &&
	       db_commit(&tx, e);
}

bool video_excerpt_taken(const struct act *act, const struct video_source *source, int64_t from_ms,
			 int64_t until_ms, const char *sums, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct video_room room = { 0 };
	return db_begin(act->db, &tx, e) && video_view_require(act, source, e) &&
	       video_room_load(act, source->room_id, &room, e) &&
	       video_note(act, &room, "video.viewed",
			  json_pack("{s:I,s:{s:I,s:I,s:s}}", "source", (json_int_t)source->id,
				    "excerpt", "from_ms", (json_int_t)from_ms, "until_ms",
				    (json_int_t)until_ms, "sums", sums),
			  e) &&
	       db_commit(&tx, e);
}
