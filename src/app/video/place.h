/* place.h - the source of whoever comes to a page: the seat of a test, a camera of the hall, the
 * operator who talks to it, who sits in an interview (R28-3, R47-1, F75).
 *
 * Whose it is decides here; who may send through it now decides app/video/line.h once more.  All:
 * ERR_CONFLICT "video.error.closed" where nothing is recorded, or no longer. */
#pragma once
#include "app/video/room.h"

/* The candidate's own seat in a sitting whose seats are recorded.  ERR_MISSING for another's. */
bool video_place_seat(const struct act *act, int64_t attempt, struct video_source *ret,
		      struct err *e) MUST_USE;

/* A camera of the hall (ERR_INPUT at "camera" for a number that is none); the microphone through
 * which the operator talks to the seats.  Both the operator's of the hall. */
bool video_place_camera(const struct act *act, int64_t sitting, int64_t number,
			struct video_source *ret, struct err *e) MUST_USE;
bool video_place_talk(const struct act *act, int64_t sitting, struct video_source *ret,
		      struct err *e) MUST_USE;

/* Of an interview: the commission's for its secretary, an expert's for who is invited, a
 * candidate's for who is heard now.  `ret->id` is 0 for the chair and the members, who watch alone;
 * ERR_DENIED "video.error.not_heard" for a candidate who is not heard, or not any more; ERR_MISSING
 * for everybody else. */
bool video_place_interview(const struct act *act, int64_t interview, struct video_source *ret,
			   struct err *e) MUST_USE;

/* How the person of this act comes to an interview: "commission", "expert", "candidate", "member",
 * or
 * "" not at all; `ret_owner` as video_source_want() has it. */
bool video_place_in_interview(const struct act *act, int64_t interview, const char **ret_kind,
			      int64_t *ret_owner, struct err *e) MUST_USE;
