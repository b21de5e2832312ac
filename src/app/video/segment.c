#include "app/video/work.h"

#include <string.h>

const char *video_file_base(struct arena *a, int64_t room, int64_t source, int64_t number)
{
	return arena_print(a, "r%lld/s%lld-%lld", (long long)room, (long long)source,
			   (long long)number);
}

/* A segment as its steps need it. */
struct segment {
	int64_t id, source_id, number, from_ms;
	const char *state;
	struct video_room room;
	json_t *row;
};

static bool load(const struct act *act, int64_t id, struct segment *ret, struct err *e)
{
	json_t *row = db_row(act->db, act->arena, e,
			     "SELECT g.room_id, g.source_id, g.number, g.state, g.from_ms, g.place,"
			     " v.kind FROM video_segment g JOIN video_source v"
			     " ON v.id = g.source_id WHERE g.id = $1",
			     db_int(id));
	if (!row || !video_room_load(act, row_number(row, "room_id"), &ret->room, e))
		return false;
	ret->id = id;
	ret->source_id = row_number(row, "source_id");
	ret->number = row_number(row, "number");
	ret->from_ms = row_number(row, "from_ms");
	ret->state = row_text(row, "state");
	ret->row = row;
	return true;
}

/* {segment, source, kind of the source, number} and what else is to be told; takes `more` over. */
static json_t *told_of(const struct segment *g, json_t *more)
{
	(void)json_object_set_new(more, "segment", json_integer(g->id));
	(void)json_object_set_new(more, "source", json_integer(g->source_id));
	(void)json_object_set_new(more, "kind", json_string(row_text(g->row, "kind")));
	(void)json_object_set_new(more, "number", json_integer(g->number));
	return more;
}

/* ---- it begins ----------------------------------------------------------------------------- */

static bool insert(const struct act *act, const char *place, const struct video_source *s,
		   int64_t number, int64_t *ret, struct err *e)
{
	const char *base = video_file_base(act->arena, s->room_id, s->id, number);
	return db_number(
		act->db, e, ret,
		"INSERT INTO video_segment (room_id, source_id, number, state, begun_ms, ended,"
		" audio_file, audio_size, audio_hash, video_file, video_size, video_hash,"
		" film_file, film_size, film_hash, film_ms, place) VALUES ($1, $2, $3, 'growing', "
		"$4,"
		" '', $5, 0, '', $6, 0, '', '', 0, '', 0, $7) RETURNING id",
		db_int(s->room_id), db_int(s->id), db_int(number), db_int(act->now_ms),
		db_text(arena_print(act->arena, "%s-audio-0.mjr", base)),
		db_text(arena_print(act->arena, "%s-video-1.mjr", base)), db_text(place));
}

static bool begin(const struct act *act, const char *place, int64_t source, bool turns,
		  int64_t *ret_id, int64_t *ret_number, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct video_source s = { 0 };
	struct segment g = { 0 };
	int64_t id = 0;
	if (!db_begin(act->db, &tx, e) || !video_source_load(act, source, &s, e))
		return false;
	json_t *rows = db_rows(act->db, act->arena, e,
			       "SELECT number, ended FROM video_segment WHERE source_id = $1"
			       " ORDER BY number DESC LIMIT 1",
			       db_int(source));
	const json_t *last = json_array_get(rows, 0);
	const int64_t number = row_number(last, "number") + 1;
	const bool goes_on = turns || strcmp(row_text(last, "ended"), "turned") == 0;
	if (!rows || !insert(act, place, &s, number, &id, e) || !load(act, id, &g, e) ||
	    (!goes_on &&
	     !video_note(act, &g.room, "video.started", told_of(&g, json_object()), e)) ||
	    !db_commit(&tx, e))
		return false;
	*ret_id = id;
	*ret_number = number;
	return true;
}

bool video_segment_begin(const struct act *act, const char *place, int64_t source, int64_t *ret_id,
			 int64_t *ret_number, struct err *e)
{
	return begin(act, place, source, false, ret_id, ret_number, e);
}

bool video_segment_turn(const struct act *act, const char *place, int64_t source, int64_t *ret_id,
			int64_t *ret_number, struct err *e)
{
	return begin(act, place, source, true, ret_id, ret_number, e);
}

/* ---- it ends ------------------------------------------------------------------------------- */

static json_t *piece_told(const struct video_piece *p)
{
	return *p->file ? json_pack("{s:s,s:I,s:s}", "file", p->file, "size", (json_int_t)p->size,
				    "sha256", p->hash)
			: json_null();
}

static bool write_end(const struct act *act, int64_t id, const struct video_end *end, struct err *e)
{
	const bool empty = end->from_ms == 0;
	return db_exec(act->db, e, NULL,
		       "UPDATE video_segment SET state = $1, ended = $2, from_ms = NULLIF($3, 0),"
		       " until_ms = NULLIF($4, 0), wall_us = NULLIF($5, 0), audio_file = $6,"
		       " audio_size = $7, audio_hash = $8, video_file = $9, video_size = $10,"
		       " video_hash = $11 WHERE id = $12",
		       db_text(empty ? "empty" : "closed"), db_text(end->how), db_int(end->from_ms),
		       db_int(end->until_ms), db_int(end->wall_us), db_text(end->sound.file),
		       db_int(end->sound.size), db_text(end->sound.hash),
		       db_text(end->picture.file), db_int(end->picture.size),
		       db_text(end->picture.hash), db_int(id));
}

/* F70: what lies there is said at once, with both clocks. */
static bool note_end(const struct act *act, const struct segment *g, const struct video_end *end,
		     struct err *e)
{
	json_t *told =
		json_pack("{s:s,s:s,s:I,s:I,s:I,s:o,s:o}", "place", row_text(g->row, "place"),
			  "ended", end->how, "from_ms", (json_int_t)end->from_ms, "until_ms",
			  (json_int_t)end->until_ms, "wall_us", (json_int_t)end->wall_us, "sound",
			  piece_told(&end->sound), "picture", piece_told(&end->picture));
	return video_note(act, &g->room, "video.segment", told_of(g, told), e);
}

bool video_segment_end(const struct act *act, int64_t id, const struct video_end *end,
		       struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct segment g = { 0 };
	if (!db_begin(act->db, &tx, e) || !load(act, id, &g, e))
		return false;
	if (strcmp(g.state, "growing") != 0)
		return true; /* told twice: the first hash stands */
	if (!write_end(act, id, end, e) || (end->from_ms && !note_end(act, &g, end, e)))
		return false;
	return (strcmp(end->how, "turned") == 0 ||
		video_note(act, &g.room, "video.stopped",
			   told_of(&g, json_pack("{s:s}", "how", end->how)), e)) &&
	       db_commit(&tx, e);
}

/* ---- it was looked at ---------------------------------------------------------------------- */

static bool add_findings(const struct act *act, const struct segment *g,
			 const struct video_finding *findings, size_t count, json_t *list,
			 struct err *e)
{
	for (size_t i = 0; i < count; i++) {
		const struct video_finding *f = &findings[i];
		(void)json_array_append_new(list, json_pack("{s:s,s:I,s:I}", "kind", f->kind,
							    "from_ms", (json_int_t)f->from_ms,
							    "until_ms", (json_int_t)f->until_ms));
		if (!db_exec(act->db, e, NULL,
			     "INSERT INTO video_incident (room_id, source_id, segment_id, kind,"
			     " from_ms, until_ms, choice, reason)"
			     " VALUES ($1, $2, $3, $4, $5, $6, '', '')",
			     db_int(g->room.id), db_int(g->source_id), db_int(g->id),
			     db_text(f->kind), db_int(g->from_ms + f->from_ms),
			     db_int(g->from_ms + f->until_ms)))
			return false;
	}
	return true;
}

static bool note_checked(const struct act *act, const struct segment *g,
			 const struct video_piece *film, int64_t film_ms, const json_t *list,
			 struct err *e)
{
	json_t *told = json_pack("{s:o,s:I,s:O}", "film", piece_told(film), "length_ms",
				 (json_int_t)film_ms, "findings", list);
	return video_note(act, &g->room, "video.checked", told_of(g, told), e);
}

/* F71 */
bool video_segment_checked(const struct act *act, int64_t id, const struct video_piece *film,
			   int64_t film_ms, const struct video_finding *findings, size_t count,
			   struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct segment g = { 0 };
	json_t *list = json_array();
	json_in_arena(act->arena, list);
	if (!db_begin(act->db, &tx, e) || !load(act, id, &g, e))
		return false;
	if (strcmp(g.state, "closed") != 0)
		return true; /* told twice, or destroyed meanwhile */
	return db_exec(act->db, e, NULL,
		       "UPDATE video_segment SET state = 'checked', film_file = $1,"
		       " film_size = $2, film_hash = $3, film_ms = $4 WHERE id = $5",
		       db_text(film->file), db_int(film->size), db_text(film->hash),
		       db_int(film_ms), db_int(id)) &&
	       add_findings(act, &g, findings, count, list, e) &&
	       note_checked(act, &g, film, film_ms, list, e) && db_commit(&tx, e);
}

/* ---- after a crash ------------------------------------------------------------------------- */

bool video_segments_open(const struct act *act, const char *place, bool nameless, json_t **ret,
			 struct err *e)
{
	json_t *rows = db_rows(act->db, act->arena, e,
			       "SELECT g.id, g.room_id, g.source_id, g.number, g.state, g.begun_ms,"
			       " g.from_ms, g.until_ms, g.wall_us, g.ended, g.audio_file,"
			       " g.audio_size, g.audio_hash, g.video_file, g.video_size,"
			       " g.video_hash, v.kind, v.attempt_id, r.state AS room_state"
			       " FROM video_segment g JOIN video_source v ON v.id = g.source_id"
			       " JOIN video_room r ON r.id = g.room_id"
			       " WHERE g.state IN ('growing', 'closed')"
			       " AND (g.place = $1 OR (g.place = '' AND $2 = 1)) ORDER BY g.id",
			       db_text(place), db_int(nameless));
	if (rows)
		*ret = rows;
	return rows != NULL;
}

bool video_files_known(const struct act *act, const char *file, bool *ret, struct err *e)
{
	return db_exists(act->db, e, ret,
			 "SELECT 1 FROM video_segment WHERE state <> 'destroyed'"
			 " AND (audio_file = $1 OR video_file = $1 OR film_file = $1)",
			 db_text(file));
}
