/* line_right.h - who may send as a source, and who may watch it (F75; app/video/line.h). */
#pragma once
#include "app/video/room.h"

/* ERR_DENIED for all others; ERR_CONFLICT "video.error.closed" when the time for it is over. */
bool video_may_send(const struct act *act, const struct video_room *room,
		    const struct video_source *source, struct err *e) MUST_USE;
bool video_may_watch(const struct act *act, const struct video_room *room,
		     const struct video_source *source, struct err *e) MUST_USE;
