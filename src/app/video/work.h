/* work.h - what `konkurs video` reads and writes: it is the system itself, person 0.
 *
 * Each function is one transaction.  Nothing here speaks to Janus: cli/video_*.c does between them,
 * and what it does is written before (a segment, so that a crash finds its file) or after (an
 * answer). */
#pragma once
#include "app/video/room.h"

/* It is at work; `problem` as the column has it. */
bool video_tell(const struct act *act, const char *problem, int64_t free_bytes, int64_t source_rate,
		struct err *e) MUST_USE;

/* Rooms and lines that wait for something to be done, as rows of their tables with all columns:
 * {rooms: [...], lines: [...]}.  Rooms that are wanted, open or closing; lines that are not down.
 */
bool video_waiting(const struct act *act, json_t **ret, struct err *e) MUST_USE;

bool video_room_opened(const struct act *act, int64_t room, struct err *e) MUST_USE;
bool video_room_closed(const struct act *act, int64_t room, struct err *e) MUST_USE;

bool video_line_told(const struct act *act, int64_t line, const char *sdp, struct err *e) MUST_USE;
bool video_line_up(const struct act *act, int64_t line, struct err *e) MUST_USE;
bool video_line_down(const struct act *act, int64_t line, const char *problem,
		     struct err *e) MUST_USE;

/* When sound or picture of the source last grew; without a journal entry. */
bool video_source_grew(const struct act *act, int64_t source, int64_t audio_ms, int64_t video_ms,
		       struct err *e) MUST_USE;

/* A segment is about to be recorded: its row with the names its files will have in the folder that
 * is called `place` (video/folder.h), and the first one after a stop is journalled
 * ("video.started").  `ret_number` within its source. */
bool video_segment_begin(const struct act *act, const char *place, int64_t source, int64_t *ret_id,
			 int64_t *ret_number, struct err *e) MUST_USE;

/* The same while the one before still grows: the record goes on in another file. */
bool video_segment_turn(const struct act *act, const char *place, int64_t source, int64_t *ret_id,
			int64_t *ret_number, struct err *e) MUST_USE;

struct video_piece {
	const char *file; /* "" none */
	int64_t size;
	const char *hash; /* hexadecimal SHA-256 */
};

struct video_end {
	const char *how;                    /* "turned", "stopped", "lost", "found" */
	int64_t from_ms, until_ms, wall_us; /* 0: nothing came */
	struct video_piece sound, picture;
};

/* It has ended: hashes go into the journal ("video.segment", with both clocks); one without any
 * packet is "empty".  "stopped", "lost" and "found" journal the stop of the record too. */
bool video_segment_end(const struct act *act, int64_t id, const struct video_end *end,
		       struct err *e) MUST_USE;

/* It was looked at: the film, and an incident for each finding ("video.checked"). */
struct video_finding {
	const char *kind; /* "gap", "short", "silence", "black", "unreadable" */
	int64_t from_ms, until_ms;
};
bool video_segment_checked(const struct act *act, int64_t id, const struct video_piece *film,
			   int64_t film_ms, const struct video_finding *findings, size_t count,
			   struct err *e) MUST_USE;

/* Segments of that folder that are "growing" or "closed", oldest first, as rows with kind,
 * attempt_id of the source and state of the room: at the start, what a crash has left.  What lies
 * in another folder is of whoever has that; `nameless`: what was begun before folders had names
 * too. */
bool video_segments_open(const struct act *act, const char *place, bool nameless, json_t **ret,
			 struct err *e) MUST_USE;

/* An incident begins ("lost": a source that has to be recorded is not; "away": Janus is, `source`
 * 0; "disk") or is over; each journalled once. */
bool video_incident_begin(const struct act *act, int64_t room, int64_t source, const char *kind,
			  struct err *e) MUST_USE;
bool video_incident_over(const struct act *act, int64_t room, int64_t source, const char *kind,
			 struct err *e) MUST_USE;

/* Rooms in which an incident of the kind lasts, "away" or "disk": [{room_id}]. */
bool video_incidents_lasting(const struct act *act, const char *kind, json_t **ret,
			     struct err *e) MUST_USE;

/* Begins it for each room in which something is due, in all of the room. */
bool video_incident_due(const struct act *act, const char *kind, struct err *e) MUST_USE;

/* `konkurs video` itself is gone, which it cannot tell: the server looks, and begins the incident
 * "away" of each room in which something is due.  It ends them when it is back. */
bool video_missed(const struct act *act, struct err *e) MUST_USE;

/* Sources of open rooms that have to be recorded now, as rows with `needs` of the room and
 * `picture` (0: sound alone): of a running sitting the attempts that are not over or the cameras of
 * the hall, of a running interview the commission's and who is heard from elsewhere. */
bool video_due(const struct act *act, json_t **ret, struct err *e) MUST_USE;

/* Below the folder of the records: what a segment's files are called, without "-audio-0.mjr",
 * "-video-1.mjr", ".webm".  Numbers only: nobody's name or code. */
const char *video_file_base(struct arena *a, int64_t room, int64_t source, int64_t number);

/* Whether a row holds this file.  Files whose rows an act has destroyed, or that no row knows, are
 * the caller's to remove. */
bool video_files_known(const struct act *act, const char *file, bool *ret, struct err *e) MUST_USE;

/* When the newest act of destruction was made, if this room has no row any more; else 0. */
bool video_room_destroyed(const struct act *act, int64_t room, int64_t *ret_ms,
			  struct err *e) MUST_USE;

/* The name of the installation's journal, by which a folder of records is marked; "" before it has
 * one. */
bool video_installation(const struct act *act, const char **ret, struct err *e) MUST_USE;
