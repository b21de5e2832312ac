/* video.h - pages with sound and picture: the lines of all of them, the seat of a test, the wall
 * and the camera of a hall, the room of an interview (R28-3, R47-1, R47-2, F38, F75).
 *
 * A page asks for its source (below its own address), sends or watches through lines (line.c) and
 * exchanges media with the server of sound and picture alone (docs/video.md).  Who may send or
 * watch what decides app/video/line.h at every step; the routes say only that one is signed in. */
#pragma once
#include "app/video/place.h"
#include "web/web.h"

extern const struct route video_routes[];

/* ---- lines: video/line.c ---- */
extern const struct param video_send_params[], video_watch_params[], video_warn_params[];
extern const struct param video_line_params[], video_answer_params[];
bool video_send(struct req *r, json_t *model, struct err *e);
bool video_watch(struct req *r, json_t *model, struct err *e);
bool video_warn(struct req *r, json_t *model, struct err *e);
bool video_show_line(struct req *r, json_t *model, struct err *e);
bool video_take_answer(struct req *r, json_t *model, struct err *e);
bool video_pulse(struct req *r, json_t *model, struct err *e);
bool video_end(struct req *r, json_t *model, struct err *e);

/* ---- a seat: video/seat.c ---- */
extern const struct param video_seat_params[], video_rehearsal_params[];
bool video_seat(struct req *r, json_t *model, struct err *e);
bool video_rehearsal(struct req *r, json_t *model, struct err *e);

/* Adds "record" to the page of a test: null where its seat is not recorded. */
bool video_seat_model(struct req *r, int64_t attempt, int64_t sitting, json_t *model,
		      struct err *e) MUST_USE;

/* ---- a hall: video/wall.c ---- */
extern const struct param video_hall_params[], video_camera_params[];
bool video_wall(struct req *r, json_t *model, struct err *e);
bool video_camera_page(struct req *r, json_t *model, struct err *e);
bool video_camera(struct req *r, json_t *model, struct err *e);
bool video_talk(struct req *r, json_t *model, struct err *e);

/* ---- an interview: video/room.c ---- */
extern const struct param video_interview_params[];
bool video_interview(struct req *r, json_t *model, struct err *e);
bool video_interview_source(struct req *r, json_t *model, struct err *e);

/* Adds "interview_room": the interview whose room is open for the reader as the candidate of the
 * application, null for everybody else, and before and after. */
bool video_interview_link(struct req *r, int64_t application, json_t *model,
			  struct err *e) MUST_USE;

/* ---- shared ---- */

/* {source, warned}: what a page is told of its own source. */
void video_source_model(const struct video_source *source, json_t *model);

/* The state of a source, of a row with its columns and `lines`, how many of its lines send:
 * "recorded", "no_picture", "no_sound", "silent" (neither grows), "off" (nobody sends). `picture`:
 * its room needs one. */
const char *video_state_of(const struct req *r, const json_t *row, bool picture);

/* Columns of a source as video_state_of() wants them, of table video_source as x. */
#define VIDEO_SOURCE_COLUMNS                                                                       \
	" x.id, x.kind, x.number, x.audio_ms, x.video_ms, x.warned_ms,"                            \
	" (SELECT COUNT(*) FROM video_line l WHERE l.room_id = x.room_id"                          \
	"  AND l.source_id = x.id AND l.way = 'send' AND l.state <> 'down') AS lines "
