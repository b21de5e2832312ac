/* video_room.c - rooms and lines: what rows want, Janus gets; what Janus says becomes rows. */
#include "cli/video.h"

#include "app/video/line.h"
#include "base/log.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* ---- rooms --------------------------------------------------------------------------------- */

const struct desk_room *desk_room_of(const struct desk *d, int64_t id)
{
	for (size_t i = 0; i < d->room_count; i++) {
		if (d->rooms[i].id == id)
			return &d->rooms[i];
	}
	return NULL;
}

struct janus_room desk_janus_room(const struct desk_room *room)
{
	return (struct janus_room){ .number = room->number,
				    .pin = room->pin,
				    .secret = room->secret,
				    .folder = room->folder,
				    .publishers = DESK_PUBLISHERS,
				    .bitrate = DESK_BITRATE };
}

static void forget_room(struct desk *d, int64_t id)
{
	for (size_t i = 0; i < d->room_count; i++) {
		if (d->rooms[i].id == id) {
			d->rooms[i] = d->rooms[--d->room_count];
			return;
		}
	}
}

static bool read_room(const struct desk *d, const json_t *row, struct desk_room *ret, struct err *e)
{
	struct desk_room r = { .id = row_number(row, "id"),
			       .number = (uint64_t)row_number(row, "number") };
	const int pin = snprintf(r.pin, sizeof(r.pin), "%s", row_text(row, "pin"));
	const int secret = snprintf(r.secret, sizeof(r.secret), "%s", row_text(row, "secret"));
	const int folder =
		snprintf(r.folder, sizeof(r.folder), "%s/r%lld", d->records, (long long)r.id);
	if (pin >= DESK_PIN_SIZE || secret >= DESK_PIN_SIZE || folder >= DESK_FOLDER_SIZE)
		return err_set(e, ERR_SYSTEM, "error.system", "room %lld: too long",
			       (long long)r.id);
	*ret = r;
	return true;
}

/* Janus, which may be another account of the same group, writes into it. */
static bool make_folder(const char *folder, struct err *e)
{
	if (mkdir(folder, 0770) == 0 || errno == EEXIST)
		return true;
	return err_set(e, ERR_SYSTEM, "error.system", "a folder of records: %s", strerror(errno));
}

/* Made, and made again in a Janus that was started anew. */
static bool open_room(struct desk *d, const json_t *row, struct err *e)
{
	struct desk_room r = { 0 };
	if (desk_room_of(d, row_number(row, "id")))
		return true;
	if (d->room_count == DESK_ROOMS_MOST)
		return err_set(e, ERR_BUSY, "error.system", "more than %d rooms", DESK_ROOMS_MOST);
	if (!read_room(d, row, &r, e) || !make_folder(r.folder, e))
		return false;
	const struct janus_room room = desk_janus_room(&r);
	if (!janus_room_make(d->janus, &room, e) || !video_room_opened(&d->act, r.id, e))
		return false;
	d->rooms[d->room_count++] = r;
	log_info("room %lld is open", (long long)r.id);
	return true;
}

bool desk_end_rooms(struct desk *d, struct err *e)
{
	json_t *waiting = NULL;
	size_t i = 0;
	const json_t *row = NULL;
	if (!video_waiting(&d->act, &waiting, e))
		return false;
	json_array_foreach (json_object_get(waiting, "rooms"), i, row) {
		struct desk_room r = { 0 };
		if (!read_room(d, row, &r, e))
			return false;
		const struct janus_room room = desk_janus_room(&r);
		if (!janus_room_end(d->janus, &room, e))
			return false;
	}
	return true;
}

/* When the last file in it is whole. */
static bool close_room(struct desk *d, const json_t *row, struct err *e)
{
	struct desk_room r = { 0 };
	const int64_t id = row_number(row, "id");
	if (desk_has_takes(d, id)) {
		d->dirty = true;
		return true;
	}
	if (!read_room(d, row, &r, e))
		return false;
	const struct janus_room room = desk_janus_room(&r);
	if (!janus_room_end(d->janus, &room, e) || !video_room_closed(&d->act, id, e))
		return false;
	forget_room(d, id);
	log_info("room %lld is closed", (long long)id);
	return true;
}

/* ---- lines --------------------------------------------------------------------------------- */

static struct desk_line *line_of(struct desk *d, int64_t id)
{
	for (size_t i = 0; i < d->line_count; i++) {
		if (d->lines[i].id == id)
			return &d->lines[i];
	}
	return NULL;
}

/* The row is down, or will be: it ends in Janus, and with it its record. */
static bool hang_up(struct desk *d, struct desk_line *line, const char *how, struct err *e)
{
	const uint64_t janus = line->janus;
	desk_stop(d, line->id, how);
	*line = d->lines[--d->line_count];
	return janus_end(d->janus, janus, e);
}

static bool drop(struct desk *d, struct desk_line *line, const char *problem, struct err *e)
{
	return video_line_down(&d->act, line->id, problem, e) && hang_up(d, line, "lost", e);
}

/* What Janus refuses is the page's to try again; its reason is for the log. */
static bool refuse(struct desk *d, int64_t line, const char *problem, const struct err *why,
		   struct err *e)
{
	log_failure("a line", why);
	return video_line_down(&d->act, line, problem, e);
}

static bool keep_line(struct desk *d, const struct desk_line *line, const char *sdp, struct err *e)
{
	/* In memory first: a row that could not be written is tried again with a new line. */
	if (!video_line_told(&d->act, line->id, sdp, e)) {
		struct err end = { 0 };
		if (!janus_end(d->janus, line->janus, &end))
			log_failure("a line", &end);
		return false;
	}
	d->lines[d->line_count++] = *line;
	return true;
}

/* Talk is heard in the hall, whose microphones are recorded; it has no picture. */
static bool is_recorded(const struct desk *d, int64_t source, bool *ret, struct err *e)
{
	struct video_source s = { 0 };
	if (!video_source_load(&d->act, source, &s, e))
		return false;
	*ret = strcmp(s.kind, "talk") != 0;
	return true;
}

static bool begin_line(struct desk *d, const json_t *row, struct err *e)
{
	struct desk_line line = { .id = row_number(row, "id"),
				  .room = row_number(row, "room_id"),
				  .source = row_number(row, "source_id"),
				  .sends = strcmp(row_text(row, "way"), "send") == 0,
				  .wanted = true };
	const struct desk_room *r = desk_room_of(d, line.room);
	struct err why = { 0 };
	const char *sdp = "";
	if (!r)
		return true; /* the room comes first */
	if (d->line_count == DESK_LINES_MOST)
		return video_line_down(&d->act, line.id, "refused", e);
	if (!is_recorded(d, line.source, &line.recorded, e))
		return false;
	const struct janus_room room = desk_janus_room(r);
	const uint64_t feed = (uint64_t)line.source;
	const bool done = line.sends ? janus_send(d->janus, &room, feed, row_text(row, "offer"),
						  d->act.arena, &line.janus, &sdp, &why)
				     : janus_watch(d->janus, &room, feed, line.recorded,
						   d->act.arena, &line.janus, &sdp, &why);
	if (done)
		return keep_line(d, &line, sdp, e);
	if (desk_is_away(&why)) {
		*e = why;
		return false;
	}
	if (strcmp(why.key, "video.error.room") == 0) {
		forget_room(d, line.room); /* Janus has forgotten it: made anew at the next turn */
		d->dirty = true;
		return true;
	}
	return refuse(d, line.id, why.kind == ERR_MISSING ? "lost" : "refused", &why, e);
}

static bool start_watching(struct desk *d, struct desk_line *line, const char *answer,
			   struct err *e)
{
	struct err why = { 0 };
	line->started = true;
	if (janus_watch_start(d->janus, line->janus, answer, &why))
		return true;
	if (desk_is_away(&why)) {
		*e = why;
		return false;
	}
	log_failure("a line", &why);
	return drop(d, line, "refused", e);
}

/* Media flow: the row says so, and what has to be kept is recorded. */
static bool keep_up(struct desk *d, struct desk_line *line, const char *state, struct err *e)
{
	struct err why = { 0 };
	if (strcmp(state, "up") != 0 && !video_line_up(&d->act, line->id, e))
		return false;
	if (!line->sends || !line->recorded || desk_is_recording(d, line->id) ||
	    desk_record(d, line, &why))
		return true;
	if (desk_is_away(&why) || why.kind == ERR_DB || why.kind == ERR_BUSY) {
		*e = why;
		return false;
	}
	log_failure("a record", &why);
	return drop(d, line, "refused", e);
}

static bool step_line(struct desk *d, const json_t *row, struct err *e)
{
	const char *state = row_text(row, "state");
	struct desk_line *line = line_of(d, row_number(row, "id"));
	if (row_number(row, "heard_ms") < d->act.now_ms - VIDEO_SILENT_MS)
		return line ? drop(d, line, "silent", e)
			    : video_line_down(&d->act, row_number(row, "id"), "silent", e);
	if (!line && strcmp(state, "asked") == 0)
		return begin_line(d, row, e);
	if (!line) /* of a process that was here before */
		return video_line_down(&d->act, row_number(row, "id"), "away", e);
	if (strcmp(state, "answered") == 0 && !line->started)
		return start_watching(d, line, row_text(row, "answer"), e);
	return !line->up || keep_up(d, line, state, e);
}

/* Those of which the row is down: by the page, by another line of the source, by the room's end. */
static bool end_unwanted(struct desk *d, const json_t *lines, struct err *e)
{
	size_t i = 0;
	const json_t *row = NULL;
	for (size_t k = 0; k < d->line_count; k++)
		d->lines[k].wanted = false;
	json_array_foreach (lines, i, row) {
		struct desk_line *line = line_of(d, row_number(row, "id"));
		if (line)
			line->wanted = true;
	}
	for (size_t k = d->line_count; k-- > 0;) {
		if (!d->lines[k].wanted && !hang_up(d, &d->lines[k], "stopped", e))
			return false;
	}
	return true;
}

bool desk_rows(struct desk *d, struct err *e)
{
	json_t *waiting = NULL;
	size_t i = 0;
	const json_t *row = NULL;
	if (!video_waiting(&d->act, &waiting, e))
		return false;
	const json_t *lines = json_object_get(waiting, "lines");
	const json_t *rooms = json_object_get(waiting, "rooms");
	if (!end_unwanted(d, lines, e))
		return false;
	json_array_foreach (rooms, i, row) {
		const bool closes = strcmp(row_text(row, "state"), "closing") == 0;
		if (!(closes ? close_room(d, row, e) : open_room(d, row, e)))
			return false;
	}
	json_array_foreach (lines, i, row) {
		if (!step_line(d, row, e))
			return false;
	}
	return true;
}

/* ---- what Janus says ----------------------------------------------------------------------- */

bool desk_hear(struct desk *d, const struct janus_event *event, struct err *e)
{
	struct desk_line *line = NULL;
	for (size_t i = 0; i < d->line_count && !line; i++)
		line = d->lines[i].janus == event->line ? &d->lines[i] : NULL;
	if (!line)
		return true;
	switch (event->kind) {
	case JANUS_UP:
		line->up = true;
		d->dirty = true; /* its row is next */
		return true;
	case JANUS_SILENT:
	case JANUS_HEARD:
		*(event->sound ? &line->mute : &line->blind) = event->kind == JANUS_SILENT;
		d->judged_at = 0; /* at once */
		return true;
	case JANUS_HUNG_UP:
	case JANUS_GONE: return drop(d, line, "lost", e);
	case JANUS_SLOW: break;
	}
	return true;
}
