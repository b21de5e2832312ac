/* verify_video.c - segments of records against the entries that tell their hashes (F69 to F71,
 * F88).
 *
 * "video.segment" tells what lay there when a segment ended, "video.checked" the film that was made
 * of it and what was found.  Each such entry has its row and each row that has ended its entries;
 * rows that an act has destroyed are gone with the contents of theirs. */
#include "app/verify/verify.h"

#include <string.h>

/* SQL: what entries about room `r` are about. */
#define SUBJECT                                                                                    \
	"CASE WHEN r.sitting_id IS NULL THEN 'interview/' || r.interview_id"                       \
	" ELSE 'sitting/' || r.sitting_id END"

/* Numbers of segments that an entry tells of. */
struct told {
	json_t *ended, *checked;
};

static bool add(const struct act *act, json_t *set, int64_t segment)
{
	const char *key = arena_print(act->arena, "%lld", (long long)segment);
	const bool new = json_object_get(set, key) == NULL;
	(void)json_object_set_new(set, key, json_true());
	return new;
}

static bool has(const struct act *act, const json_t *set, int64_t segment)
{
	return json_object_get(set, arena_print(act->arena, "%lld", (long long)segment)) != NULL;
}

static bool same_text(const json_t *row, const char *column, const json_t *told, const char *name)
{
	return strcmp(row_text(row, column), row_text(told, name)) == 0;
}

static bool same_number(const json_t *row, const char *column, const json_t *told, const char *name)
{
	return row_number(row, column) == row_number(told, name);
}

/* ---- one entry and its row ----------------------------------------------------------------- */

static const char *end_differs(const json_t *row, const char *subject, const json_t *told)
{
	const json_t *sound = json_object_get(told, "sound");
	const json_t *picture = json_object_get(told, "picture");
	if (!same_number(row, "source_id", told, "source") ||
	    !same_number(row, "number", told, "number") ||
	    strcmp(row_text(row, "subject"), subject) != 0)
		return "a segment is of another source than the journal tells";
	if (!same_text(row, "ended", told, "ended") ||
	    !same_number(row, "from_ms", told, "from_ms") ||
	    !same_number(row, "until_ms", told, "until_ms") ||
	    !same_number(row, "wall_us", told, "wall_us"))
		return "a segment begins or ends at another time than the journal tells";
	if (!same_text(row, "place", told, "place"))
		return "a segment lies in another folder than the journal tells";
	if (!same_text(row, "audio_file", sound, "file") ||
	    !same_number(row, "audio_size", sound, "size") ||
	    !same_text(row, "audio_hash", sound, "sha256") ||
	    !same_text(row, "video_file", picture, "file") ||
	    !same_number(row, "video_size", picture, "size") ||
	    !same_text(row, "video_hash", picture, "sha256"))
		return "a file of a segment is not the one that the journal tells of";
	return "";
}

/* What was found is an incident each, in its place within the segment. */
static bool check_findings(const struct act *act, struct verify_report *r, const json_t *row,
			   const json_t *findings, struct err *e)
{
	size_t i = 0;
	const json_t *one = NULL;
	const int64_t id = row_number(row, "id");
	const int64_t from = row_number(row, "from_ms");
	int64_t count = 0;
	bool all = true;
	json_array_foreach (findings, i, one) {
		bool there = false;
		if (!db_exists(act->db, e, &there,
			       "SELECT 1 FROM video_incident WHERE segment_id = $1 AND kind = $2"
			       " AND from_ms = $3 AND until_ms = $4",
			       db_int(id), db_text(row_text(one, "kind")),
			       db_int(from + row_number(one, "from_ms")),
			       db_int(from + row_number(one, "until_ms"))))
			return false;
		all = all && there;
	}
	if (!db_number(act->db, e, &count,
		       "SELECT COUNT(*) FROM video_incident WHERE segment_id = $1", db_int(id)))
		return false;
	if (!all || count != (int64_t)json_array_size(findings))
		verify_found(r, "video", "video_segment", id,
			     "what was found in a segment is not what the journal tells");
	return true;
}

static bool check_film(const struct act *act, struct verify_report *r, const json_t *row,
		       const json_t *told, struct err *e)
{
	const json_t *film = json_object_get(told, "film");
	if (!same_text(row, "film_file", film, "file") ||
	    !same_number(row, "film_size", film, "size") ||
	    !same_text(row, "film_hash", film, "sha256") ||
	    !same_number(row, "film_ms", told, "length_ms"))
		verify_found(r, "video", "video_segment", row_number(row, "id"),
			     "a film is not the one that the journal tells of");
	return check_findings(act, r, row, json_object_get(told, "findings"), e);
}

/* The row of a segment with the subject of its room; NULL in `ret` if there is none. */
static bool row_of(const struct act *act, int64_t id, json_t **ret, struct err *e)
{
	const json_t *rows = db_rows(
		act->db, act->arena, e,
		"SELECT g.id, g.source_id, g.number, g.state, g.from_ms, g.until_ms, g.wall_us,"
		" g.ended, g.audio_file, g.audio_size, g.audio_hash, g.video_file, g.video_size,"
		" g.video_hash, g.film_file, g.film_size, g.film_hash, g.film_ms, g.place, " SUBJECT
		"  AS subject FROM video_segment g JOIN video_source v ON v.id = g.source_id"
		"  JOIN video_room r ON r.id = v.room_id AND r.id = g.room_id WHERE g.id = $1",
		db_int(id));
	*ret = json_array_get(rows, 0);
	return rows != NULL;
}

/* ---- all entries --------------------------------------------------------------------------- */

static bool look_entry(const struct act *act, struct verify_report *r, const struct told *t,
		       const json_t *entry, struct err *e)
{
	json_t *told = json_loads(row_text(entry, "content"), 0, NULL);
	json_t *row = NULL;
	json_in_arena(act->arena, told);
	const int64_t id = row_number(told, "segment");
	const bool ends = strcmp(row_text(entry, "kind"), "video.segment") == 0;
	if (!row_of(act, id, &row, e))
		return false;
	if (!add(act, ends ? t->ended : t->checked, id))
		verify_found(r, "video", "video_segment", id,
			     "the journal tells twice of one segment");
	if (!row) {
		verify_found(r, "video", "video_segment", id,
			     "a segment that the journal tells of is gone");
		return true;
	}
	const char *why = ends ? end_differs(row, row_text(entry, "subject"), told) : "";
	if (*why)
		verify_found(r, "video", "video_segment", id, why);
	return ends || check_film(act, r, row, told, e);
}

/* In the arena of each piece, as there may be hundreds of thousands. */
static bool look_entries(const struct act *act, struct verify_report *r, const struct told *t,
			 int64_t from, int64_t *ret_last, struct err *e)
{
	enum { PIECE = 1000 };
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct act piece = *act;
	size_t i = 0;
	const json_t *row = NULL;
	piece.arena = a;
	const json_t *rows =
		db_rows(act->db, a, e,
			"SELECT j.seq, j.kind, j.subject, c.content"
			"  FROM journal_entry j JOIN journal_content c ON c.seq = j.seq"
			" WHERE j.kind IN ('video.segment', 'video.checked')"
			"  AND j.seq > $1 ORDER BY j.seq LIMIT $2",
			db_int(from), db_int(PIECE));
	*ret_last = 0;
	json_array_foreach (rows, i, row) {
		if (!look_entry(&piece, r, t, row, e))
			return false;
		*ret_last = row_number(row, "seq");
	}
	return rows != NULL;
}

/* ---- all rows ------------------------------------------------------------------------------ */

struct rows {
	const struct act *act;
	struct verify_report *report;
	const struct told *told;
};

/* Columns: id, state. */
static bool take_row(void *user, const struct db_value *column, size_t count, struct err *e)
{
	const struct rows *w = user;
	const int64_t id = column[0].number;
	const char *state = column[1].type == DB_TEXT ? column[1].bytes : "";
	const bool checked = strcmp(state, "checked") == 0;
	const bool ended = checked || strcmp(state, "closed") == 0;
	(void)count;
	(void)e;
	w->report->segments++;
	if (has(w->act, w->told->ended, id) != ended)
		verify_found(w->report, "video", "video_segment", id,
			     ended ? "a segment that the journal does not tell of"
				   : "a segment has ended, and its row does not say so");
	if (has(w->act, w->told->checked, id) != checked)
		verify_found(w->report, "video", "video_segment", id,
			     checked ? "a segment was looked at, and the journal does not tell"
				     : "a segment was looked at, and its row does not say so");
	return true;
}

/* Numbers of a source have no hole: rows that have begun stay, also those that came to nothing. */
static bool check_numbers(const struct act *act, struct verify_report *r, struct err *e)
{
	return verify_each(r, "video", "video_source", "a segment of it is missing",
			   db_rows(act->db, act->arena, e,
				   "SELECT source_id AS number FROM video_segment"
				   " GROUP BY source_id HAVING MAX(number) <> COUNT(*)"
				   " OR MIN(number) <> 1 ORDER BY source_id")) &&
	       verify_each(r, "video", "video_segment", "it is of another room than its source",
			   db_rows(act->db, act->arena, e,
				   "SELECT g.id AS number FROM video_segment g WHERE NOT EXISTS"
				   " (SELECT 1 FROM video_source v WHERE v.id = g.source_id"
				   "  AND v.room_id = g.room_id) ORDER BY g.id"));
}

bool verify_video(const struct act *act, struct verify_report *r, struct err *e)
{
	struct told t = { json_object(), json_object() };
	int64_t last = 0;
	json_in_arena(act->arena, t.ended);
	json_in_arena(act->arena, t.checked);
	do {
		if (!look_entries(act, r, &t, last, &last, e))
			return false;
	} while (last > 0);
	struct rows w = { act, r, &t };
	return db_each(act->db, e, take_row, &w,
		       "SELECT id, state FROM video_segment ORDER BY id") &&
	       check_numbers(act, r, e);
}
