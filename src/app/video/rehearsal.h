/* rehearsal.h - the device check at the seat before the test (F38).
 *
 * What the candidate says of the sample played back, and what the server itself finds: that sound
 * and picture of this seat come and grow on disk at this moment.  May be repeated; the newest
 * counts. */
#pragma once
#include "app/video/place.h"

struct rehearsal {
	bool there;              /* false: none yet, the rest is empty        */
	bool camera, microphone; /* seen and heard, as the candidate says     */
	bool line;               /* as the server found                       */
	int64_t at_ms;
};

bool video_rehearsal_of(const struct act *act, int64_t attempt, struct rehearsal *ret,
			struct err *e) MUST_USE;

/* The candidate's own, while the attempt waits for the start: ERR_CONFLICT "video.error.started".
 * Journalled. */
bool video_rehearse(const struct act *act, int64_t attempt, bool camera, bool microphone,
		    struct rehearsal *ret, struct err *e) MUST_USE;
