/* viewing.h - looking at a record (F72 to F74): with a reason, journalled, for an hour.
 *
 * HR and auditors of the competition's organ, and who decides about a complaint or challenge; the
 * secretary and chair of the commission for its interviews.  A candidate may see the own record.  Nobody who
 * competes sees that of another (app/candidate/candidate.h). */
#pragma once
#include "app/video/room.h"

enum { VIDEO_VIEW_MS = 60 * 60 * 1000 };

/* Opens the records of a room, or of one source: the row and the entry "video.viewed".  ERR_INPUT at
 * "reason". */
bool video_view_open(const struct act *act, int64_t room, int64_t source, const char *reason,
		     struct err *e) MUST_USE;

/* Whether the person may look now: ERR_DENIED, or ERR_CONFLICT "video.error.reason" when a reason has to
 * be given first. */
bool video_view_require(const struct act *act, const struct video_source *source,
			struct err *e) MUST_USE;

/* What lies beside the picture (F73): [{kind, at_ms, text values}] in order of time: start, first and
 * changed answers by question number (never which option), pulses that failed, stops, moves, acts,
 * incidents, finish. */
bool video_time_line(const struct act *act, const struct video_source *source, json_t **ret,
		     struct err *e) MUST_USE;
