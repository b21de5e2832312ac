/* room.h - sound and picture of a sitting or an interview: rooms, sources, and whether what has to
 * be recorded is (R28-3, R47-1, F68, F75).
 *
 * A room belongs to one sitting or interview; its sources are the seats' computers, cameras of the
 * hall, those who sit in an interview, and operators who talk to a hall.  `konkurs video`
 * (cli/video.c) alone speaks to Janus and touches the files: these use cases write rows, it reads
 * what is wanted and writes what is.  If it or Janus is away, video_service_of() says so and all
 * else goes on.
 *
 * From the first time that `konkurs video` is at work in an installation, a new sitting is recorded
 * by it: "seats" (each seat's camera and microphone) or "hall" (one camera of the hall at least).
 * "outside", other equipment on the operator's word, is what installations without it have, and
 * those whose rule set lets records be off (a demonstration). */
#pragma once
#include "app/act.h"

enum {
	VIDEO_GROWS_MS = 4000,  /* a file that grew so lately is growing             */
	VIDEO_QUIET_MS = 3500,  /* `konkurs video`, which tells of itself each second, is missed */
	VIDEO_ALIVE_MS = 10000, /* it told of itself so lately, or is away: no new rooms        */
	VIDEO_HALL_CAMERAS = 8,
};

struct video_service {
	bool known; /* it was at work here some day */
	bool alive; /* it is, and so is Janus       */
	const char *problem;
	int64_t free_bytes, source_rate, seen_ms;
};

bool video_service_of(const struct act *act, struct video_service *ret, struct err *e) MUST_USE;

struct video_room {
	int64_t id;
	int64_t sitting_id, interview_id; /* one of them is 0 */
	const char *needs;                /* "seats", "hall", "audio" */
	const char *state;                /* "wanted", "open", "closing", "closed" */
	int64_t competition_id;
	bool there; /* false: none was ever wanted, the rest is empty */
};

enum { VIDEO_RATE_FIRST = 420 * 1000 * 1000 }; /* bytes an hour before any was measured */

bool video_room_of_sitting(const struct act *act, int64_t sitting, struct video_room *ret,
			   struct err *e) MUST_USE;
bool video_room_of_interview(const struct act *act, int64_t interview, struct video_room *ret,
			     struct err *e) MUST_USE;
bool video_room_load(const struct act *act, int64_t id, struct video_room *ret,
		     struct err *e) MUST_USE; /* ERR_MISSING */

/* Whether it is there and not on its way to its end. */
bool video_room_is_live(const struct video_room *room);

/* Wants a room, in the transaction of whoever opens the sitting or begins the interview; one that
 * is there already is as well.  ERR_CONFLICT "video.error.away" if the service is not alive,
 * "video.error.closed" if there was one and it is over. */
bool video_room_want(const struct act *act, int64_t sitting, int64_t interview, const char *needs,
		     int64_t *ret_id, struct err *e) MUST_USE;

/* An entry of the journal about its sitting or interview; takes over `content`, and adds the room.
 */
bool video_note(const struct act *act, const struct video_room *room, const char *kind,
		json_t *content, struct err *e) MUST_USE;

/* No longer: the record ends, lines are hung up.  Harmless for none. */
bool video_room_leave(const struct act *act, int64_t sitting, int64_t interview,
		      struct err *e) MUST_USE;

struct video_source {
	int64_t id, room_id, number, attempt_id, application_id, person_id;
	const char *kind; /* "seat", "hall", "commission", "candidate", "expert", "talk" */
	int64_t audio_ms, video_ms, warned_ms;
};

/* The source of that kind and owner in the room, made if there is none (in the caller's
 * transaction).  `owner`: attempt of a seat, application of a candidate, person of an expert or of
 * who talks, number of a hall camera, 0 for the commission.  ERR_MISSING if the owner has no place
 * in that room; ERR_INPUT at "camera".  Who may send as it: video_line_send(). */
bool video_source_want(const struct act *act, int64_t room, const char *kind, int64_t owner,
		       struct video_source *ret, struct err *e) MUST_USE;
bool video_source_load(const struct act *act, int64_t id, struct video_source *ret,
		       struct err *e) MUST_USE; /* ERR_MISSING */

/* R28-3, R47-2: who sits there confirms that he is told of the record; once, journalled. */
bool video_warned(const struct act *act, int64_t source, struct err *e) MUST_USE;

/* What keeps a room from being recorded as it needs: [{seat, source, line, sound, picture, warned}]
 * with flags of what is there, only those where something is missing; [] if all grows.  `seat` is
 * the seat's number, or that of the camera; `source` 0: its page was never open.  Of a hall one
 * camera is enough; of an interview the commission's sound, and that of a candidate who is heard
 * from elsewhere, whose warning is the secretary's (R47-2). */
bool video_missing(const struct act *act, const struct video_room *room, json_t **ret,
		   struct err *e) MUST_USE;

/* Bytes that a sitting of so many sources and minutes will take, half as much again as measured;
 * and whether the disk has them free beside what running sittings and interviews still take (F74).
 */
bool video_forecast(const struct act *act, int64_t sources, int64_t minutes, int64_t *ret_bytes,
		    bool *ret_fits, struct err *e) MUST_USE;
