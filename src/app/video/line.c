#include "app/video/line.h"

#include "app/video/line_right.h"

#include <string.h>

/* ---- what a page sends --------------------------------------------------------------------- */

/* Text of an SDP: what Janus reads is for it to judge, control characters reach nobody. */
static bool is_sdp(const char *sdp)
{
	const size_t size = strlen(sdp);
	if (size > VIDEO_SDP_MOST || strncmp(sdp, "v=0", 3) != 0 || !strstr(sdp, "\nm=") ||
	    !strstr(sdp, "\na=fingerprint:"))
		return false;
	for (const char *c = sdp; *c; c++) {
		if ((*c < ' ' || *c > '~') && *c != '\r' && *c != '\n')
			return false;
	}
	return true;
}

static bool require_sdp(const char *sdp, struct err *e)
{
	return is_sdp(sdp) || err_input(e, "sdp", "video.error.sdp", "no session description");
}

static bool load(const struct act *act, int64_t source, struct video_source *ret,
		 struct video_room *ret_room, struct err *e)
{
	return video_source_load(act, source, ret, e) &&
	       video_room_load(act, ret->room_id, ret_room, e);
}

/* Told to those alone who may come in. */
static bool require_live(const struct video_room *room, struct err *e)
{
	return video_room_is_live(room) ||
	       err_set(e, ERR_CONFLICT, "video.error.closed", "the room is %s", room->state);
}

static bool add(const struct act *act, const struct video_source *s, const char *way,
		const char *offer, int64_t *ret, struct err *e)
{
	return db_number(act->db, e, ret,
			 "INSERT INTO video_line (room_id, source_id, way, person_id, state, offer,"
			 " answer, problem, created_ms, heard_ms)"
			 " VALUES ($1, $2, $3, $4, 'asked', $5, '', '', $6, $6) RETURNING id",
			 db_int(s->room_id), db_int(s->id), db_text(way), db_int(act->person_id),
			 db_text(offer), db_int(act->now_ms));
}

bool video_line_send(const struct act *act, int64_t source, const char *sdp, int64_t *ret_line,
		     struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct video_source s = { 0 };
	struct video_room room = { 0 };
	int64_t line = 0;
	if (!db_begin(act->db, &tx, e) || !load(act, source, &s, &room, e) ||
	    !video_may_send(act, &room, &s, e) || !require_live(&room, e) || !require_sdp(sdp, e) ||
	    !db_exec(act->db, e, NULL,
		     "UPDATE video_line SET state = 'down', problem = 'replaced', offer = '',"
		     " answer = '' WHERE room_id = $1 AND source_id = $2 AND way = 'send'"
		     " AND state <> 'down'",
		     db_int(s.room_id), db_int(source)) ||
	    !add(act, &s, "send", sdp, &line, e) || !db_commit(&tx, e))
		return false;
	*ret_line = line;
	return true;
}

/* A page that is opened again and again, or a script, does not fill Janus. */
static bool watches_few(const struct act *act, struct err *e)
{
	int64_t count = 0;
	if (!db_number(act->db, e, &count,
		       "SELECT COUNT(*) FROM video_line WHERE state <> 'down'"
		       " AND person_id = $1 AND way = 'watch'",
		       db_int(act->person_id)))
		return false;
	return count < VIDEO_WATCH_MOST ||
	       err_set(e, ERR_BUSY, "video.error.many", "%d lines", VIDEO_WATCH_MOST);
}

bool video_line_watch(const struct act *act, int64_t source, int64_t *ret_line, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct video_source s = { 0 };
	struct video_room room = { 0 };
	int64_t line = 0;
	if (!db_begin(act->db, &tx, e) || !load(act, source, &s, &room, e) ||
	    !video_may_watch(act, &room, &s, e) || !require_live(&room, e) ||
	    !watches_few(act, e) || !add(act, &s, "watch", "", &line, e) || !db_commit(&tx, e))
		return false;
	*ret_line = line;
	return true;
}

/* ---- one's own line ------------------------------------------------------------------------ */

static bool own(const struct act *act, int64_t line, json_t **ret, struct err *e)
{
	json_t *row = db_row(act->db, act->arena, e,
			     "SELECT id, state, way, source_id AS source, problem, offer, answer"
			     " FROM video_line WHERE id = $1 AND person_id = $2",
			     db_int(line), db_int(act->person_id));
	if (row)
		*ret = row;
	return row != NULL;
}

bool video_line_answer(const struct act *act, int64_t line, const char *sdp, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	json_t *row = NULL;
	if (!db_begin(act->db, &tx, e) || !own(act, line, &row, e))
		return false;
	if (strcmp(row_text(row, "way"), "watch") != 0 ||
	    strcmp(row_text(row, "state"), "told") != 0)
		return err_set(e, ERR_CONFLICT, "video.error.line", "nothing to answer");
	return require_sdp(sdp, e) &&
	       db_exec(act->db, e, NULL,
		       "UPDATE video_line SET state = 'answered', answer = $1, heard_ms = $2"
		       " WHERE id = $3",
		       db_text(sdp), db_int(act->now_ms), db_int(line)) &&
	       db_commit(&tx, e);
}

bool video_line_pulse(const struct act *act, int64_t line, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	json_t *row = NULL;
	return db_begin(act->db, &tx, e) && own(act, line, &row, e) &&
	       db_exec(act->db, e, NULL,
		       "UPDATE video_line SET heard_ms = $1 WHERE id = $2 AND state <> 'down'",
		       db_int(act->now_ms), db_int(line)) &&
	       db_commit(&tx, e);
}

bool video_line_end(const struct act *act, int64_t line, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	json_t *row = NULL;
	return db_begin(act->db, &tx, e) && own(act, line, &row, e) &&
	       db_exec(act->db, e, NULL,
		       "UPDATE video_line SET state = 'down', problem = 'ended', offer = '',"
		       " answer = '' WHERE id = $1 AND state <> 'down'",
		       db_int(line)) &&
	       db_commit(&tx, e);
}

bool video_line_load(const struct act *act, int64_t line, json_t **ret, struct err *e)
{
	json_t *row = NULL;
	if (!own(act, line, &row, e))
		return false;
	const bool told = strcmp(row_text(row, "state"), "told") == 0;
	const char *side = strcmp(row_text(row, "way"), "send") == 0 ? "answer" : "offer";
	(void)json_object_set_new(row, "sdp", json_string(told ? row_text(row, side) : ""));
	(void)json_object_del(row, "offer");
	(void)json_object_del(row, "answer");
	*ret = row;
	return true;
}
