/* verify_record.c - the files of the records against the rows of their segments (F69, F88); that
 * these are what the journal tells is verify_video.c's. */
#include "app/verify/verify.h"
#include "app/video/work.h"

#include <string.h>

struct look {
	const struct act *act;
	struct verify_report *report;
	const struct verify_records *records;
	json_t *known;   /* names of files that a row has                            */
	json_t *growing; /* "r1/s2-3" of segments of which more is just being made */
};

static void found(const struct look *l, int64_t segment, const char *file, const char *why)
{
	verify_found(l->report, "video", "video_segment", segment,
		     arena_print(l->act->arena, "%s: %s", file, why));
}

static void know(const struct look *l, const json_t *row, const char *column)
{
	(void)json_object_set_new(l->known, row_text(row, column), json_true());
}

static bool is_moving(const struct look *l, int64_t segment)
{
	const char *key = arena_print(l->act->arena, "%lld", (long long)segment);
	return segment > l->records->newest || json_object_get(l->records->moving, key);
}

static void check_file(const struct look *l, const json_t *row, const char *file_column,
		       const char *size_column, const char *hash_column)
{
	const char *file = row_text(row, file_column);
	const int64_t segment = row_number(row, "id");
	const bool moving = is_moving(l, segment);
	const json_t *is = json_object_get(l->records->files, file);
	if (!*file)
		return;
	know(l, row, file_column);
	if (moving)
		return; /* the row is newer than what was read */
	if (!is)
		found(l, segment, file, "a file of the record is gone");
	else if (row_number(is, "size") != row_number(row, size_column))
		found(l, segment, file, "a file of the record has another length");
	else if (strcmp(row_text(is, "sha256"), row_text(row, hash_column)) != 0)
		found(l, segment, file, "the bytes of a file of the record were changed");
}

/* "r1/s2-3-audio-0.mjr", "r1/s2-3.webm.tmp": "r1/s2-3". */
static const char *stem_of(struct arena *a, const char *file)
{
	static const char *const ending[] = { "-audio-0.mjr", "-video-1.mjr", "." };
	const char *slash = strrchr(file, '/');
	for (size_t i = 0; i < COUNT(ending); i++) {
		const char *at = strstr(slash ? slash : file, ending[i]);
		if (at)
			return arena_copy_n(a, file, (size_t)(at - file));
	}
	return file;
}

/* All files of a segment begin with it. */
static void know_all(const struct look *l, const json_t *row)
{
	const char *base = video_file_base(l->act->arena, row_number(row, "room_id"),
					   row_number(row, "source_id"), row_number(row, "number"));
	(void)json_object_set_new(l->growing, base, json_true());
}

/* Of several machines each has its own files; a folder without a name has to have all. */
static bool is_elsewhere(const struct look *l, const json_t *row)
{
	const char *place = row_text(row, "place");
	return *l->records->place && *place && strcmp(place, l->records->place) != 0;
}

static void check_segment(const struct look *l, const json_t *row)
{
	const char *state = row_text(row, "state");
	const bool checked = strcmp(state, "checked") == 0;
	if (is_elsewhere(l, row)) {
		l->report->segments_elsewhere += checked || strcmp(state, "closed") == 0;
		return;
	}
	know(l, row, "audio_file");
	know(l, row, "video_file");
	if (!checked) /* it grows, its film is yet to be made, or nothing came */
		know_all(l, row);
	if (!checked && strcmp(state, "closed") != 0)
		return;
	check_file(l, row, "audio_file", "audio_size", "audio_hash");
	check_file(l, row, "video_file", "video_size", "video_hash");
	check_file(l, row, "film_file", "film_size", "film_hash");
}

/* Somebody may have put it there to be shown in place of another. */
static void check_unknown(const struct look *l)
{
	const char *file = NULL;
	const json_t *is = NULL;
	json_object_foreach (l->records->files, file, is) {
		(void)is;
		if (!json_object_get(l->known, file) &&
		    !json_object_get(l->growing, stem_of(l->act->arena, file)))
			found(l, 0, file, "a file that no segment knows");
	}
}

bool verify_records_moving(const struct act *act, struct verify_records *ret, struct err *e)
{
	struct verify_records r = { json_object(), json_object(), 0, "" };
	size_t i = 0;
	const json_t *row = NULL;
	json_in_arena(act->arena, r.files);
	json_in_arena(act->arena, r.moving);
	const json_t *rows = db_rows(act->db, act->arena, e,
				     "SELECT id FROM video_segment"
				     " WHERE state IN ('growing', 'closed')");
	json_array_foreach (rows, i, row)
		(void)json_object_set_new(
			r.moving, arena_print(act->arena, "%lld", (long long)row_number(row, "id")),
			json_true());
	if (!rows ||
	    !db_number(act->db, e, &r.newest, "SELECT COALESCE(MAX(id), 0) FROM video_segment"))
		return false;
	*ret = r;
	return true;
}

bool verify_records(const struct act *act, const struct verify_records *records,
		    struct verify_report *r, struct err *e)
{
	struct look l = { act, r, records, json_object(), json_object() };
	size_t i = 0;
	const json_t *row = NULL;
	json_in_arena(act->arena, l.known);
	json_in_arena(act->arena, l.growing);
	const json_t *rows = db_rows(
		act->db, act->arena, e,
		"SELECT id, room_id, source_id, number, state, audio_file, audio_size, audio_hash,"
		" video_file, video_size, video_hash, film_file, film_size,"
		" film_hash, place FROM video_segment ORDER BY id");
	json_array_foreach (rows, i, row)
		check_segment(&l, row);
	if (rows)
		check_unknown(&l);
	return rows != NULL;
}
