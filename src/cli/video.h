/* video.h - the parts of `konkurs video`: rows to Janus, records followed, incidents
 * (docs/video.md, "The process").
 *
 * One loop, one thread for Janus, rows and files; a second one makes films and touches neither rows
 * nor Janus.  What is here in memory may be lost at any time: rows say what is wanted, files what
 * was recorded.  Sizes are fixed, so that no page makes this process grow. */
#pragma once
#include "app/lease.h"
#include "cli/cli.h"

#include "app/video/work.h"
#include "video/film.h"
#include "video/folder.h"
#include "video/follow.h"
#include "video/janus.h"

enum {
	DESK_TICK_MS = 100,
	DESK_SWEEP_MS = 10 * 60 * 1000,
	DESK_ROOMS_MOST = 64,
	DESK_LINES_MOST = 1024,
	DESK_TAKES_MOST = 512,
	DESK_SOURCES_MOST = 512,
	DESK_PIN_SIZE = 40,
	DESK_FOLDER_SIZE = 512,
	DESK_PUBLISHERS = 100,     /* of a room                  */
	DESK_BITRATE = 400000,     /* of one picture             */
	DESK_SETTLE_MS = 400,      /* a file that was ended is whole when it was quiet so long */
	DESK_QUIET_LONG_MS = 5000, /* and so long when nobody can be asked to end it */
	DESK_SLOW_MS = 2000,       /* a file that grows in longer steps is slow */
	DESK_STEP_MS = 2500,       /* what sound may take for a step at first   */
};

/* A room that Janus has. */
struct desk_room {
	int64_t id;
	uint64_t number;
	char pin[DESK_PIN_SIZE], secret[DESK_PIN_SIZE], folder[DESK_FOLDER_SIZE];
};

/* A line that Janus has. */
struct desk_line {
	int64_t id, room, source; /* rows                                  */
	uint64_t janus;
	bool sends, recorded; /* recorded: what it sends has to be kept */
	bool started, up, mute, blind;
	bool wanted; /* its row is not down                   */
};

/* One of its files. */
struct desk_side {
	struct follow *follow;
	int64_t at;  /* monotonic, when it grew last; 0: never */
	int64_t gap; /* the longest between two steps          */
	bool grew;   /* at the last look                       */
};

/* A segment that is recorded, or was ended just now. */
struct desk_take {
	int64_t segment, source, room, number, line;
	struct desk_side sound, picture;
	int64_t begun_at, end_at; /* monotonic; end_at 0: it goes on */
	int64_t settle_ms;        /* quiet for so long, and it is whole */
	int64_t until_ms;         /* of the service's clock          */
	const char *how;
};

/* A source that has to be recorded, and how it was at the last look. */
struct desk_due {
	int64_t source, room;
	bool lost, seen;
};

struct desk_film;

struct desk {
	struct lease lease; /* of several processes one carries */
	struct act act;
	const char *now; /* played; NULL: the line of the service */
	struct clock played;
	struct janus_server server;
	struct janus *janus; /* NULL: away */
	const char *records;
	char place[FOLDER_NAME_SIZE]; /* what that folder is called */
	bool leads;                   /* it does not stand by */
	int64_t segment_ms;
	struct desk_room rooms[DESK_ROOMS_MOST];
	struct desk_line lines[DESK_LINES_MOST];
	struct desk_take takes[DESK_TAKES_MOST];
	struct desk_due due[DESK_SOURCES_MOST];
	size_t room_count, line_count, take_count, due_count;
	struct desk_film *film;
	int64_t version; /* of the rows, as they were read last         */
	bool dirty;      /* there is something to do though none changed */
	bool full;       /* the disk                                    */
	int64_t looked_at, judged_at, told_at, opened_at, swept_at; /* monotonic */
	int64_t bytes, recorded_ms; /* of segments that ended, for the rate */
};

/* Sets the instant of what comes. */
bool desk_begin(struct desk *d, struct err *e) MUST_USE;

/* Whether it means that Janus is gone. */
bool desk_is_away(const struct err *e);

/* Janus is gone: what was recorded is kept, lines are down, the rooms' boards are told. */
void desk_lose(struct desk *d);

/* ---- rooms and lines (video_room.c) ---------------------------------------------------------- */

bool desk_rows(struct desk *d, struct err *e) MUST_USE;
bool desk_hear(struct desk *d, const struct janus_event *event, struct err *e) MUST_USE;
/* Rooms of a session that is over: whoever sends there still does, and their files grow. */
bool desk_end_rooms(struct desk *d, struct err *e) MUST_USE;
const struct desk_room *desk_room_of(const struct desk *d, int64_t id);
struct janus_room desk_janus_room(const struct desk_room *room);

/* ---- records (video_take.c) ------------------------------------------------------------------ */

bool desk_record(struct desk *d, const struct desk_line *line, struct err *e) MUST_USE;

/* The record of a line, or with line 0 all of them, ends; their rows follow when the files are
 * whole. */
void desk_stop(struct desk *d, int64_t line, const char *how);

/* Files that grow, segments that are to be turned, and those that are whole. */
bool desk_look(struct desk *d, struct err *e) MUST_USE;
bool desk_settle(struct desk *d, struct err *e) MUST_USE;
bool desk_is_recording(const struct desk *d, int64_t line);
bool desk_has_takes(const struct desk *d, int64_t room);

/* ---- what fails (video_judge.c) -------------------------------------------------------------- */

bool desk_judge(struct desk *d, struct err *e) MUST_USE;
bool desk_tell(struct desk *d, struct err *e) MUST_USE;

/* Janus is away from rooms where something is due, or is back. */
bool desk_away(struct desk *d, bool away, struct err *e) MUST_USE;

/* ---- what is there at the start (video_found.c) ---------------------------------------------- */

/* The folder is this installation's: it is marked with the name of its journal, and has a name of
 * its own. */
bool desk_mark(struct desk *d, struct err *e) MUST_USE;

/* Segments that a crash has left end as their files say: those of this folder, whoever leads. */
bool desk_find(struct desk *d, struct err *e) MUST_USE;

/* What a process that stands by does for its own folder: the same, its films, what is to go from
 * it.  `found`: the first of these is done. */
bool desk_keep(struct desk *d, bool *found, struct err *e) MUST_USE;

/* Files of rooms that an act has destroyed. */
bool desk_sweep(struct desk *d, struct err *e) MUST_USE;

/* What the files of a segment say when nobody writes them any more; a file without a packet is
 * none ("").  `clocked`: it ended when
 * `until_ms` says; otherwise with its last packet. */
void desk_end_of(struct desk *d, const char *sound, const char *picture, bool clocked,
		 int64_t until_ms, struct video_end *ret);

/* ---- films (video_film.c) -------------------------------------------------------------------- */

bool desk_film_open(struct desk *d, struct err *e) MUST_USE;
bool desk_film_step(struct desk *d, struct err *e) MUST_USE;
void desk_film_close(struct desk *d);

/* ---- the clock of the loop (video.c) --------------------------------------------------------- */

/* Whether so long has passed since `at`, which is monotonic; then it is now. */
bool desk_is_time(int64_t *at, int64_t every_ms);
