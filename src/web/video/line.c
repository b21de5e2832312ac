/* What a page and the server of sound and picture have to say to each other, in both directions. */
#include "web/video/video.h"

#include "app/video/line.h"
#include "web/row.h"

#include <string.h>

#define SOURCE                                                                                     \
	{                                                                                          \
		"source", P_INT, 1, INT64_MAX, true, NULL                                          \
	}
#define LINE                                                                                       \
	{                                                                                          \
		"line", P_INT, 1, INT64_MAX, true, NULL                                            \
	}
#define SDP                                                                                        \
	{                                                                                          \
		"sdp", P_TEXT, 1, VIDEO_SDP_MOST, true, NULL                                       \
	}

const struct param video_send_params[] = { SOURCE, SDP, PARAMS_END };
const struct param video_watch_params[] = { SOURCE, PARAMS_END };
const struct param video_warn_params[] = { SOURCE, PARAMS_END };
const struct param video_line_params[] = { LINE, PARAMS_END };
const struct param video_answer_params[] = { LINE, SDP, PARAMS_END };

/* Texts come in with LF and without the last line end; each line of SDP ends with CR LF (RFC 8866).
 */
static const char *sdp_of(const struct req *r)
{
	struct buf out = buf_on(r->arena);
	for (const char *at = in_text(r, "sdp"); *at; at++) {
		if (*at == '\n')
			buf_add_char(&out, '\r');
		buf_add_char(&out, *at);
	}
	buf_add(&out, "\r\n");
	return out.text;
}

void video_source_model(const struct video_source *source, json_t *model)
{
	(void)json_object_set_new(model, "source", json_integer((json_int_t)source->id));
	(void)json_object_set_new(model, "warned", json_boolean(source->warned_ms != 0));
}

bool video_send(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	int64_t line = 0;
	if (!video_line_send(&act, in_int(r, "source"), sdp_of(r), &line, e))
		return false;
	(void)json_object_set_new(model, "line", json_integer((json_int_t)line));
	return true;
}

bool video_watch(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	int64_t line = 0;
	if (!video_line_watch(&act, in_int(r, "source"), &line, e))
		return false;
	(void)json_object_set_new(model, "line", json_integer((json_int_t)line));
	return true;
}

/* R28-3, R47-2 */
bool video_warn(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	if (!video_warned(&act, in_int(r, "source"), e))
		return false;
	(void)json_object_set_new(model, "warned", json_true());
	return true;
}

bool video_show_line(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	json_t *line = NULL;
	return video_line_load(&act, in_int(r, "line"), &line, e) &&
	       json_object_update(model, line) == 0;
}

bool video_take_answer(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	(void)model;
	return video_line_answer(&act, in_int(r, "line"), sdp_of(r), e);
}

/* ---- the pulse, which is answered with what the page shows --------------------------------- */

/* The operators who talk to the hall of a seat: who sits there has to hear them. */
static bool add_talk(struct req *r, const struct video_source *source, json_t *model, struct err *e)
{
	json_t *talk = json_array();
	(void)json_object_set_new(model, "talk", talk);
	if (strcmp(source->kind, "seat") != 0)
		return true;
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT DISTINCT x.id FROM video_line l"
			       " JOIN video_source x ON x.id = l.source_id"
			       " WHERE l.room_id = $1 AND l.way = 'send' AND l.state = 'up'"
			       " AND x.kind = 'talk' ORDER BY x.id",
			       db_int(source->room_id));
	size_t i = 0;
	const json_t *row = NULL;
	json_array_foreach (rows, i, row)
		(void)json_array_append(talk, json_object_get(row, "id"));
	return rows != NULL;
}

bool video_pulse(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	const int64_t id = in_int(r, "line");
	struct video_source source = { 0 };
	json_t *line = NULL;
	if (!video_line_pulse(&act, id, e) || !video_line_load(&act, id, &line, e) ||
	    !video_source_load(&act, row_number(line, "source"), &source, e))
		return false;
	const int64_t since = r->now_ms - VIDEO_GROWS_MS;
	(void)json_object_set(model, "state", json_object_get(line, "state"));
	(void)json_object_set(model, "problem", json_object_get(line, "problem"));
	(void)json_object_set_new(model, "sound", json_boolean(source.audio_ms > since));
	(void)json_object_set_new(model, "picture", json_boolean(source.video_ms > since));
	return add_talk(r, &source, model, e);
}

bool video_end(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	(void)model;
	return video_line_end(&act, in_int(r, "line"), e);
}

/* ---- the state of a source, for who looks at several
 * --------------------------------------------- */

const char *video_state_of(const struct req *r, const json_t *row, bool picture)
{
	const int64_t since = r->now_ms - VIDEO_GROWS_MS;
	const bool sound = row_number(row, "audio_ms") > since;
	const bool seen = row_number(row, "video_ms") > since;
	if (row_number(row, "lines") == 0)
		return "off";
	if (sound && (seen || !picture))
		return "recorded";
	if (sound)
		return "no_picture";
	return seen ? "no_sound" : "silent";
}
