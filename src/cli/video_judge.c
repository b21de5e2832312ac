/* video_judge.c - what has to be recorded and is not, within five seconds on the board (F68, F71).
 */
#include "cli/video.h"

#include <errno.h>
#include <string.h>
#include <sys/statvfs.h>

enum { HOUR_MS = 60 * 60 * 1000 };

/* ---- sources ------------------------------------------------------------------------------- */

static struct desk_due *due_of(struct desk *d, int64_t source)
{
	for (size_t i = 0; i < d->due_count; i++) {
		if (d->due[i].source == source)
			return &d->due[i];
	}
	return NULL;
}

/* Of a line that is up: Janus knows a second later that nothing comes any more. */
static bool is_silent(const struct desk *d, int64_t source, bool picture)
{
	for (size_t i = 0; i < d->line_count; i++) {
		const struct desk_line *l = &d->lines[i];
		if (l->source == source && l->sends && l->up)
			return l->mute || (picture && l->blind);
	}
	return false;
}

static bool is_kept(const struct desk *d, const json_t *row)
{
	const int64_t since = d->act.now_ms - VIDEO_GROWS_MS;
	const bool picture = row_number(row, "picture") != 0;
	return row_number(row, "audio_ms") > since &&
	       (!picture || row_number(row, "video_ms") > since) &&
	       !is_silent(d, row_number(row, "id"), picture);
}

/* Written when it changes, and once after the start: another process may have left it open. */
static bool judge(struct desk *d, const json_t *row, struct err *e)
{
	const int64_t source = row_number(row, "id");
	const int64_t room = row_number(row, "room_id");
	const bool lost = !is_kept(d, row);
	struct desk_due *known = due_of(d, source);
	if (known)
		known->seen = true;
	if (known && known->lost == lost)
		return true;
	if (!known && d->due_count == DESK_SOURCES_MOST)
		return err_set(e, ERR_BUSY, "error.system", "more than %d sources",
			       DESK_SOURCES_MOST);
	if (!(lost ? video_incident_begin(&d->act, room, source, "lost", e)
		   : video_incident_over(&d->act, room, source, "lost", e)))
		return false;
	if (!known)
		known = &d->due[d->due_count++];
	*known = (struct desk_due){ source, room, lost, true };
	return true;
}

/* While Janus is away that is the incident of the whole room. */
bool desk_judge(struct desk *d, struct err *e)
{
	json_t *rows = NULL;
	size_t i = 0;
	const json_t *row = NULL;
	if (!video_due(&d->act, &rows, e))
		return false;
	if (!d->janus)
		return json_array_size(rows) == 0 || desk_away(d, true, e);
	for (size_t k = 0; k < d->due_count; k++)
		d->due[k].seen = false;
	json_array_foreach (rows, i, row) {
		if (!judge(d, row, e))
			return false;
	}
	for (size_t k = d->due_count; k-- > 0;) { /* no longer due */
		if (!d->due[k].seen)
			d->due[k] = d->due[--d->due_count];
	}
	return true;
}

/* ---- rooms --------------------------------------------------------------------------------- */

/* Ends it wherever it lasts. */
static bool over(struct desk *d, const char *kind, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	json_t *rows = NULL;
	size_t i = 0;
	const json_t *row = NULL;
	if (!db_begin(d->act.db, &tx, e) || !video_incidents_lasting(&d->act, kind, &rows, e))
		return false;
	json_array_foreach (rows, i, row) {
		if (!video_incident_over(&d->act, row_number(row, "room_id"), 0, kind, e))
			return false;
	}
	return db_commit(&tx, e);
}

static bool of_rooms(struct desk *d, const char *kind, bool begins, struct err *e)
{
	return begins ? video_incident_due(&d->act, kind, e) : over(d, kind, e);
}

bool desk_away(struct desk *d, bool away, struct err *e)
{
	return of_rooms(d, "away", away, e);
}

/* ---- the disk, and that this process is at work -------------------------------------------- */

static bool free_bytes(const struct desk *d, int64_t *ret, struct err *e)
{
	struct statvfs is;
	if (statvfs(d->records, &is) != 0)
		return err_set(e, ERR_SYSTEM, "error.system", "the records' disk: %s",
			       strerror(errno));
	*ret = (int64_t)is.f_bavail * (int64_t)is.f_frsize;
	return true;
}

/* What Janus wrote and the film of it, which is as large. */
static int64_t rate_of(const struct desk *d)
{
	enum { FILMS = 2, FEW_MS = 60 * 1000 };
	if (d->recorded_ms < FEW_MS)
		return 0;
	return (int64_t)((double)(d->bytes * FILMS) * HOUR_MS / (double)d->recorded_ms);
}

/* F74: what running sittings still take is more than there is. */
static bool judge_disk(struct desk *d, struct err *e)
{
	int64_t bytes = 0;
	bool fits = true;
	if (!video_forecast(&d->act, 0, 0, &bytes, &fits, e) ||
	    (d->full == fits && !of_rooms(d, "disk", !fits, e)))
		return false;
	d->full = !fits;
	return true;
}

bool desk_tell(struct desk *d, struct err *e)
{
	struct video_service before = { 0 };
	int64_t bytes = 0;
	if (!free_bytes(d, &bytes, e) || !video_service_of(&d->act, &before, e))
		return false;
	const int64_t rate = rate_of(d);
	return video_tell(&d->act,
			  !d->janus ? "away"
			  : d->full ? "disk"
				    : "",
			  bytes, rate ? rate : before.source_rate, e) &&
	       judge_disk(d, e);
}
