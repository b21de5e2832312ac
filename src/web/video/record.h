/* record.h - records of tests and interviews: which there are, and looking at one (F70 to F74).
 *
 *   /records                            all that this person may know of
 *   /sittings/N/records, /interviews/N/records    one of them, by source
 *   /video/sources/N/segments           the files of a source: hashes, findings, entries
 *   /video/sources/N/record             the player, once a reason was given (app/video/viewing.h)
 *   /video/segments/N/film              one film, by ranges
 *   /video/sources/N/excerpt.zip        a part of it, with what proves it */
#pragma once
#include "app/video/viewing.h"
#include "web/web.h"

enum { RECORD_FILM_MEDIA_MOST = 64, RECORD_CLOCK_SIZE = 9 };

extern const struct route record_routes[];

bool record_list(struct req *r, json_t *model, struct err *e);
bool record_of_sitting(struct req *r, json_t *model, struct err *e);
bool record_of_interview(struct req *r, json_t *model, struct err *e);
bool record_open_sitting(struct req *r, json_t *model, struct err *e);
bool record_open_interview(struct req *r, json_t *model, struct err *e);
bool record_segments(struct req *r, json_t *model, struct err *e);
bool record_show(struct req *r, json_t *model, struct err *e);
bool record_open(struct req *r, json_t *model, struct err *e);
bool record_film(struct req *r, json_t *model, struct err *e);

/* excerpt.c: a part of a record as an archive that can be checked by itself. */
bool record_excerpt_ask(struct req *r, json_t *model, struct err *e);
bool record_excerpt_slow(struct req *r, struct err *e);
bool record_excerpt_send(struct req *r, json_t *model, struct err *e);

/* Links to a candidate's own records: "records" [{source, kind, at_ms}]. */
bool record_own(struct req *r, int64_t application, json_t *model, struct err *e) MUST_USE;

/* ---- between the files of the area ------------------------------------------------------- */

/* "head" of the model: what the room is of: {subject ("sitting", "interview"), id, post, place,
 * at_ms, competition}. */
bool record_head(struct req *r, int64_t room, json_t *model, struct err *e) MUST_USE;

/* "source" of the model: {id, kind, number, seat, code, name}: name of a seat only once the names
 * are joined to the codes (F9), or if it is the own one. */
bool record_source(struct req *r, const struct video_source *source, json_t *model,
		   struct err *e) MUST_USE;

/* "10:31:05" in the zone. */
const char *record_clock(const struct req *r, int64_t at_ms);

/* "1:02:03", "2:03": how long. */
const char *record_length(const struct req *r, int64_t ms);
