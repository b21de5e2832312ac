/* viewing.h - looking at a record (F72 to F74): with a reason, journalled, for an hour.
 *
 * HR and auditors of the competition's organ look at records of its sittings and interviews; HR is
 * who decides about a complaint (app/competition/complaint.h), and takes a challenge on.  The
 * experts who judge a challenged question see no record: they judge without knowing whose it is.
 * Secretary and chair of the commission look at that of its interviews.  A candidate may see the
 * own record, and needs no reason for it.  Nobody who competes sees that of another
 * (app/candidate/candidate.h), and nobody one of a candidate with whom a conflict of interest is
 * declared (app/competition/conflict.h). */
#pragma once
#include "app/video/room.h"

enum { VIDEO_VIEW_MS = 60 * 60 * 1000, VIDEO_VIEW_REASON_MOST = 500 };

/* Whether the person may look at the record of that source once a reason is given; source 0: at
 * those of the room in general.  ERR_DENIED. */
bool video_view_may(const struct act *act, int64_t room, int64_t source, struct err *e) MUST_USE;

/* Whether the source is of this person's own seat or interview. */
bool video_view_own(const struct act *act, int64_t source, bool *ret, struct err *e) MUST_USE;

/* Opens the records of a room, or of one source: the row and the entry "video.viewed".  ERR_INPUT
 * at "reason" without one, unless it is the own record; ERR_MISSING for a source of another room.
 */
bool video_view_open(const struct act *act, int64_t room, int64_t source, const char *reason,
		     struct err *e) MUST_USE;

/* Whether the person may look now: ERR_DENIED, or ERR_CONFLICT "video.error.reason" when a reason
 * has to be given first. */
bool video_view_require(const struct act *act, const struct video_source *source,
			struct err *e) MUST_USE;

/* What lies beside the picture (F73): [{kind, at_ms, until_ms, number, seat, what, name}] in order
 * of time, until_ms and number null where there are none, texts "".  `kind`:
 *
 *   of a seat       warned, started, entered, answer_first, answer_changed, answer_back,
 * answer_late (by question number, never which option), gap, stopped, resumed, moved, extra, act,
 * incident, finished of the hall     started, stop, act, incident, finished (of each seat), closed
 *   of an interview begun, warned, heard, ended (of each candidate; of a candidate's own source
 * that candidate alone), incident, closed */
bool video_time_line(const struct act *act, const struct video_source *source, json_t **ret,
		     struct err *e) MUST_USE;
