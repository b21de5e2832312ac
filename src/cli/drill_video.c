/* drill_video.c - records of sound and picture: their rows, their entries, their files (F69, F74).
 */
#include "cli/drill.h"

#include "db/row.h"
#include "video/follow.h"

#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#define DOCTOR(name, sql)                                                                          \
	static bool name(const struct drill *d, int64_t *ret_changed, struct err *e)               \
	{                                                                                          \
		return db_exec(d->db, e, ret_changed, sql);                                        \
	}

/* ---- files --------------------------------------------------------------------------------- */

/* Segments that were looked at, newest first; NULL: failed. */
static json_t *segments(const struct drill *d, struct err *e)
{
	return db_rows(d->db, d->arena, e,
		       "SELECT g.id, g.audio_file, g.audio_hash, g.video_file, g.video_hash,"
		       " g.film_file, g.film_hash FROM video_segment g WHERE g.state = 'checked'"
		       " AND g.audio_file <> '' AND g.film_file <> '' ORDER BY g.id DESC");
}

/* One byte in the middle of `path`; false: it has none, or cannot be written. */
static bool flip(const char *path)
{
	unsigned char byte = 0;
	const int file = open(path, O_RDWR | O_CLOEXEC);
	const off_t at = file >= 0 ? lseek(file, 0, SEEK_END) / 2 : 0;
	const bool ok = file >= 0 && pread(file, &byte, 1, at) == 1;
	byte ^= 1;
	const bool done = ok && pwrite(file, &byte, 1, at) == 1;
	if (file >= 0)
		(void)close(file);
	return done;
}

static bool copy(const char *from, const char *to)
{
	char piece[16 * 1024];
	ssize_t got = -1;
	const int in = open(from, O_RDONLY | O_CLOEXEC);
	const int out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	bool ok = in >= 0 && out >= 0;
	while (ok && (got = read(in, piece, sizeof(piece))) > 0)
		ok = write(out, piece, (size_t)got) == got;
	if (in >= 0)
		(void)close(in);
	if (out >= 0)
		(void)close(out);
	return ok && got == 0;
}

/* A copy with a byte changed takes the place of the file. */
static bool change_byte(const struct drill *d, const char *file, const char **ret_hash,
			struct err *e)
{
	unsigned char hash[FOLLOW_HASH_SIZE];
	char *hex = arena_alloc(d->arena, sizeof(hash) * 2 + 1);
	const char *to = arena_print(d->arena, "%s/changed", d->scratch);
	int64_t size = 0;
	if (!copy(arena_print(d->arena, "%s/%s", d->records, file), to) || !flip(to) ||
	    !follow_whole(d->scratch, "changed", &size, hash, e))
		return err_set(e, ERR_SYSTEM, "error.storage", "%.180s: it cannot be copied", file);
	(void)sodium_bin2hex(hex, sizeof(hash) * 2 + 1, hash, sizeof(hash));
	(void)json_object_set_new(d->files, file,
				  json_pack("{s:I,s:s}", "size", (json_int_t)size, "sha256", hex));
	*ret_hash = hex;
	return true;
}

static bool record_byte_changed(const struct drill *d, int64_t *ret_changed, struct err *e)
{
	const json_t *rows = segments(d, e);
	const char *hash = NULL;
	*ret_changed = 0;
	if (!rows || !d->files || json_array_size(rows) == 0)
		return rows != NULL;
	*ret_changed = 1;
	return change_byte(d, row_text(json_array_get(rows, 0), "audio_file"), &hash, e);
}

/* The row is made to fit; only the entry tells. */
static bool segment_hash_changed(const struct drill *d, int64_t *ret_changed, struct err *e)
{
	const json_t *rows = segments(d, e);
	const json_t *row = json_array_get(rows, 0);
	const char *hash = NULL;
	*ret_changed = 0;
	if (!rows || !d->files || !row)
		return rows != NULL;
	return change_byte(d, row_text(row, "audio_file"), &hash, e) &&
	       db_exec(d->db, e, ret_changed,
		       "UPDATE video_segment SET audio_hash = $1 WHERE id = $2", db_text(hash),
		       db_int(row_number(row, "id")));
}

/* The bytes of another film under the name of this one. */
static bool record_exchanged(const struct drill *d, int64_t *ret_changed, struct err *e)
{
	const json_t *rows = segments(d, e);
	const char *one = row_text(json_array_get(rows, 0), "film_file");
	const char *other = row_text(json_array_get(rows, 1), "film_file");
	*ret_changed = 0;
	if (!rows || !d->files || !*other)
		return rows != NULL;
	*ret_changed = 1;
	return json_object_set(d->files, one, json_object_get(d->files, other)) == 0;
}

static bool record_removed(const struct drill *d, int64_t *ret_changed, struct err *e)
{
	const json_t *rows = segments(d, e);
	*ret_changed = 0;
	if (!rows || !d->files || json_array_size(rows) == 0)
		return rows != NULL;
	*ret_changed = 1;
	return json_object_del(d->files, row_text(json_array_get(rows, 0), "video_file")) == 0;
}

static bool record_added(const struct drill *d, int64_t *ret_changed, struct err *e)
{
	const json_t *rows = segments(d, e);
	const char *film = row_text(json_array_get(rows, 0), "film_file");
	*ret_changed = 0;
	if (!rows || !d->files || !*film)
		return rows != NULL;
	*ret_changed = 1;
	return json_object_set(d->files, arena_print(d->arena, "%s.better.webm", film),
			       json_object_get(d->files, film)) == 0;
}

/* ---- rows ---------------------------------------------------------------------------------- */

DOCTOR(segment_dropped, "DELETE FROM video_segment WHERE id = (SELECT g.id FROM video_segment g"
			" WHERE g.state = 'checked' AND NOT EXISTS (SELECT 1 FROM video_incident i"
			"  WHERE i.segment_id = g.id) ORDER BY g.id DESC LIMIT 1)")
DOCTOR(incident_closed, "UPDATE video_incident SET until_ms = from_ms + 1 WHERE segment_id IS"
			" NULL AND kind = 'lost' AND (until_ms IS NULL OR until_ms > from_ms + 1)")
DOCTOR(incident_removed, "DELETE FROM video_incident WHERE segment_id IS NULL AND kind = 'lost'")
DOCTOR(choice_invented, "UPDATE video_incident SET choice = 'go_on', reason = 'all is well',"
			" chosen_by = (SELECT MIN(person_id) FROM account), chosen_ms = from_ms"
			" WHERE choice = ''")
DOCTOR(view_removed, "DELETE FROM video_view WHERE id = (SELECT MAX(id) FROM video_view)")
DOCTOR(segment_moved,
       "UPDATE video_segment SET source_id = (SELECT MAX(id) FROM video_source),"
       " number = 1 + (SELECT COALESCE(MAX(o.number), 0) FROM video_segment o"
       "  WHERE o.source_id = (SELECT MAX(id) FROM video_source))"
       " WHERE id = (SELECT id FROM video_segment WHERE state = 'checked' AND source_id <>"
       "  (SELECT MAX(id) FROM video_source) ORDER BY number DESC LIMIT 1)")

/* Two who confirmed the warning, each on the place of the other. */
static bool seat_swapped(const struct drill *d, int64_t *ret_changed, struct err *e)
{
	const json_t *rows =
		db_rows(d->db, d->arena, e,
			"SELECT id, attempt_id FROM video_source WHERE warned_ms IS NOT"
			" NULL AND attempt_id IS NOT NULL ORDER BY id LIMIT 2");
	const json_t *a = json_array_get(rows, 0);
	const json_t *b = json_array_get(rows, 1);
	*ret_changed = 0;
	if (!rows || !b)
		return rows != NULL;
	return db_exec(d->db, e, NULL, "UPDATE video_source SET attempt_id = NULL WHERE id = $1",
		       db_int(row_number(a, "id"))) &&
	       db_exec(d->db, e, ret_changed,
		       "UPDATE video_source SET attempt_id = $1 WHERE id = $2",
		       db_int(row_number(a, "attempt_id")), db_int(row_number(b, "id"))) &&
	       db_exec(d->db, e, NULL, "UPDATE video_source SET attempt_id = $1 WHERE id = $2",
		       db_int(row_number(b, "attempt_id")), db_int(row_number(a, "id")));
}

/* ---- entries ------------------------------------------------------------------------------- */

/* The record of one minute passes for that of another, in the rows, too; the chain is left as it
 * is. */
static bool segment_entries_swapped(const struct drill *d, int64_t *ret_changed, struct err *e)
{
	const json_t *rows = db_rows(d->db, d->arena, e,
				     "SELECT j.seq, c.content FROM journal_entry j"
				     " JOIN journal_content c ON c.seq = j.seq"
				     " WHERE j.kind = 'video.segment' ORDER BY j.seq LIMIT 2");
	const json_t *a = json_array_get(rows, 0);
	const json_t *b = json_array_get(rows, 1);
	*ret_changed = 0;
	if (!rows || !b)
		return rows != NULL;
	return db_exec(d->db, e, ret_changed,
		       "UPDATE journal_content SET content = $1 WHERE seq = $2",
		       db_text(row_text(b, "content")), db_int(row_number(a, "seq"))) &&
	       db_exec(d->db, e, NULL, "UPDATE journal_content SET content = $1 WHERE seq = $2",
		       db_text(row_text(a, "content")), db_int(row_number(b, "seq")));
}

const struct drill_attack drill_video[] = {
	{ "record_byte_changed", record_byte_changed },
	{ "record_exchanged", record_exchanged },
	{ "record_removed", record_removed },
	{ "record_added", record_added },
	{ "segment_hash_changed", segment_hash_changed },
	{ "segment_dropped", segment_dropped },
	{ "segment_moved", segment_moved },
	{ "seat_swapped", seat_swapped },
	{ "incident_closed", incident_closed },
	{ "incident_removed", incident_removed },
	{ "choice_invented", choice_invented },
	{ "view_removed", view_removed },
	{ "segment_entries_swapped", segment_entries_swapped },
	{ NULL, NULL },
};
