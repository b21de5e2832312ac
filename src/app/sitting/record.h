/* record.h - how a sitting is recorded, and what its start waits for (R28-3, F38, F68, F74).
 *
 * "seats": each seat's camera and microphone; "hall": cameras of the hall; "outside": other
 * equipment, which the operator confirms by hand (sitting_record()).  The first two have a room
 * (app/video/room.h): its sources are made when a candidate is checked in, and for the cameras of
 * the hall when the sitting is opened.  Such a sitting starts when each source is recorded, and
 * nobody's word stands for that: the system itself writes that the record is confirmed. */
#pragma once
#include "app/sitting/sitting.h"

enum { ABSENT_REASON_MOST = 500 };

/* How the sitting of a plan will be recorded: as the plan says, else "seats" where the installation
 * records and "outside" where it does not.  ERR_LAW, clause 28, at "record"
 * (sitting_require_record()); ERR_INPUT at "cameras"; ERR_CONFLICT at "record":
 * "video.error.away", and "sitting.error.disk" for what the disk cannot keep. */
bool sitting_record_settle(const struct act *act, const struct sitting_plan *plan,
			   const struct competition *c, int64_t seats, const char **ret,
			   struct err *e) MUST_USE;

/* The room of a sitting that was opened just now, with the cameras of the hall; nothing for
 * "outside". */
bool sitting_record_open(const struct act *act, int64_t id, const char *record, int64_t cameras,
			 struct err *e) MUST_USE;

/* The camera and microphone of a seat that somebody was checked in for. */
bool sitting_record_seat(const struct act *act, const struct sitting *s, int64_t attempt,
			 struct err *e) MUST_USE;

/* R28-3, before the start.  ERR_LAW, clause 28: "law.sitting.sources" with the seats that are not
 * recorded in `value`, or what sitting_require_recording() says of a sitting that is recorded
 * outside.  ERR_CONFLICT "sitting.error.disk".  `ret_sources`: [{source, seat}], [] for
 * "outside". */
bool sitting_record_gate(const struct act *act, const struct sitting *s, json_t **ret_sources,
			 struct err *e) MUST_USE;

/* The system itself confirms what the gate has let through; nothing for "outside". */
bool sitting_record_confirm(const struct act *act, struct sitting *s, json_t *sources,
			    struct err *e) MUST_USE;

/* Somebody who was checked in is not at the seat: the start does not wait for its record.  Before
 * the start; `reason` is journalled.  ERR_INPUT at "reason"; ERR_CONFLICT
 * "sitting.error.started", "sitting.error.absent" if that was said already. */
bool sitting_absent(const struct act *act, int64_t id, int64_t attempt, const char *reason,
		    struct err *e) MUST_USE;

/* Takes it back: the candidate has come.  ERR_CONFLICT "sitting.error.present" if nobody said so.
 */
bool sitting_present(const struct act *act, int64_t id, int64_t attempt, struct err *e) MUST_USE;

/* What the records of a sitting take, and whether they fit on the disk (F74). */
struct record_forecast {
	int64_t sources, minutes, bytes, free_bytes;
	bool fits;
};
bool sitting_record_forecast(const struct act *act, const struct sitting *s,
			     struct record_forecast *ret, struct err *e) MUST_USE;
