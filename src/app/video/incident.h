/* incident.h - a record that fails, on the operator's board (R28-3, F68, F71). */
#pragma once
#include "app/video/room.h"

enum { VIDEO_REASON_MOST = 500 };

/* Incidents of a room, newest first: rows of video_incident with seat, kind of the source, code of
 * the attempt and names of who chose; in the arena.  `open`: only those that last or of which
 * nobody has said yet what is done. */
bool video_incidents(const struct act *act, int64_t room, bool open, json_t **ret,
		     struct err *e) MUST_USE;

/* The operator's choice: "stop" (the clock was stopped: app/sitting/stop.h does that), "act" (an
 * act was drawn up) or "go_on", with a reason; journalled.  ERR_CONFLICT "video.error.chosen". */
bool video_incident_choose(const struct act *act, int64_t incident, const char *choice,
			   const char *reason, struct err *e) MUST_USE;
