/* line.h - a page's connection to sound and picture, as rows: what the page offers, what Janus
 * answers (F75).
 *
 *   send:   page -> video_line_send() "asked" -> konkurs video -> "told" with the answer -> "up"
 *   watch:  page -> video_line_watch() "asked" -> konkurs video -> "told" with Janus' offer ->
 *           page -> video_line_answer() "answered" -> konkurs video -> "up"
 *
 * The page asks for the row until it is told (GET /video/lines/:line), and pulses every five
 * seconds (video_line_pulse()): a line of which nothing was heard for VIDEO_SILENT_MS is ended. */
#pragma once
#include "app/video/room.h"

enum { VIDEO_SDP_MOST = 16 * 1024, VIDEO_SILENT_MS = 20 * 1000, VIDEO_WATCH_MOST = 64 };

/* The page of the source sends.  Rights, all ERR_DENIED: a seat is its candidate's own, in the
 * session that holds the pen or waits for the start; a hall camera, and talking, the operator's of
 * the hall; in an interview the commission's microphone is the secretary's, candidate and experts
 * their own (the candidate once warned, R47-2, until heard out).  Nobody else sends, observers
 * never.  A line that sent before is "replaced". ERR_INPUT at "sdp" for what is no offer;
 * ERR_CONFLICT "video.error.closed". */
bool video_line_send(const struct act *act, int64_t source, const char *sdp, int64_t *ret_line,
		     struct err *e) MUST_USE;

/* A page watches.  Operators of the hall, HR and auditors of the competition's organ watch a
 * sitting; members, secretary, invited persons and the candidate that is heard watch an interview;
 * a candidate at a seat hears who talks, and nobody else; one that is heard does not see other
 * candidates.  ERR_BUSY "video.error.many" beyond VIDEO_WATCH_MOST of one person. */
bool video_line_watch(const struct act *act, int64_t source, int64_t *ret_line,
		      struct err *e) MUST_USE;
bool video_line_answer(const struct act *act, int64_t line, const char *sdp,
		       struct err *e) MUST_USE;
bool video_line_pulse(const struct act *act, int64_t line, struct err *e) MUST_USE;
bool video_line_end(const struct act *act, int64_t line, struct err *e) MUST_USE;

/* One's own: {id, state, way, source, sdp, problem}; `sdp` is what the page has to take: the answer
 * to what it sends, the offer of what it watches.  ERR_MISSING for another's. */
bool video_line_load(const struct act *act, int64_t line, json_t **ret, struct err *e) MUST_USE;
