/* janus_room.c - rooms of the videoroom plugin, and the lines of pages in them. */
#include "video/janus_inside.h"

#include <sodium.h>
#include <string.h>

enum { ROOM_MISSING = 426, ROOM_EXISTS = 427, FEED_MISSING = 428, LINE_MISSING = 459 };
enum { TOKEN_SIZE = 2 * 18 + 1 };

static void fresh_token(char ret[TOKEN_SIZE])
{
	unsigned char bytes[TOKEN_SIZE / 2];
	randombytes_buf(bytes, sizeof(bytes));
	(void)sodium_bin2hex(ret, TOKEN_SIZE, bytes, sizeof(bytes));
}

/* A request about a room, by who may change it. */
static json_t *about(const struct janus_room *room, const char *request)
{
	return json_pack("{s:s, s:I, s:s}", "request", request, "room", (json_int_t)room->number,
			 "secret", room->secret);
}

/* Done, or refused for a reason that is as good as done (`fine`). */
static bool as_good(bool done, bool fine, const struct err *why, struct err *e)
{
	if (!done && !fine && e && e->kind == ERR_NONE)
		*e = *why;
	return done || fine;
}

/* At once answered, of the line for rooms. */
static bool ask_desk(struct janus *j, json_t *request, const struct janus_message **ret,
		     int *ret_code, struct err *e)
{
	return janus_request(j, j->desk, request, NULL, false, ret, ret_code, e);
}

/* ---- rooms ----------------------------------------------------------------------------------- */

/* "allowed" with a token that nobody has: whoever sends has to be let in (janus_send). */
static json_t *as_made(const struct janus *j, const struct janus_room *room)
{
	char nobody[TOKEN_SIZE];
	fresh_token(nobody);
	json_t *request = about(room, "create");
	json_t *more = json_pack(
		"{s:s, s:s, s:b, s:s, s:i, s:i, s:b, s:i, s:s, s:s, s:b, s:s, s:b, s:b, s:b, "
		"s:[s]}",
		"admin_key", j->admin_key, "description", "", "is_private", 1, "pin", room->pin,
		"publishers", room->publishers, "bitrate", room->bitrate, "bitrate_cap", 1,
		/* a key frame every so many seconds: a record can be entered there */
		"fir_freq", 10, "audiocodec", "opus", "videocodec", "vp8", "record", 0, "rec_dir",
		room->folder, "lock_record", 1, "permanent", 0, "notify_joining", 0, "allowed",
		nobody);
	(void)json_object_update(request, more);
	json_decref(more);
	return request;
}

bool janus_room_make(struct janus *j, const struct janus_room *room, struct err *e)
{
	const struct janus_message *m;
	struct err made = { 0 };
	int code = 0;
	if (!janus_begin(j, e))
		return false;
	const bool done = ask_desk(j, as_made(j, room), &m, &code, &made);
	if (code == ROOM_EXISTS) /* a change of nothing tells whether the secret is its */
		return ask_desk(j, about(room, "edit"), &m, NULL, e);
	return as_good(done, false, &made, e);
}

bool janus_room_end(struct janus *j, const struct janus_room *room, struct err *e)
{
	const struct janus_message *m;
	struct err end = { 0 };
	int code = 0;
	if (!janus_begin(j, e))
		return false;
	const bool done = ask_desk(j, about(room, "destroy"), &m, &code, &end);
	return as_good(done, code == ROOM_MISSING, &end, e);
}

bool janus_room_list(struct janus *j, const struct janus_room *room, struct arena *a,
		     struct janus_participant **ret, size_t *ret_count, struct err *e)
{
	const struct janus_message *m;
	if (!janus_begin(j, e) || !ask_desk(j, about(room, "listparticipants"), &m, NULL, e))
		return false;
	const size_t size = m->participant_count * sizeof(**ret);
	*ret = size ? (struct janus_participant *)(void *)arena_copy_n(a, m->participants, size)
		    : NULL;
	*ret_count = m->participant_count;
	return true;
}

/* ---- lines ----------------------------------------------------------------------------------- */

/* Ends a line that came to nothing; a line that is gone has ended. */
static bool detach(struct janus *j, uint64_t line, struct err *e)
{
	const struct janus_message *m;
	struct err end = { 0 };
	int code = 0;
	const bool done =
		janus_ask(j, line, json_pack("{s:s}", "janus", "detach"), false, &m, &code, &end);
	return as_good(done, code == LINE_MISSING, &end, e);
}

static bool push_out(struct janus *j, const struct janus_room *room, uint64_t feed, struct err *e)
{
	const struct janus_message *m;
	struct err kick = { 0 };
	int code = 0;
	json_t *request = about(room, "kick");
	(void)json_object_set_new(request, "id", json_integer((json_int_t)feed));
	const bool done = ask_desk(j, request, &m, &code, &kick);
	return as_good(done, code == FEED_MISSING, &kick, e);
}

static bool let_in(struct janus *j, const struct janus_room *room, const char *action,
		   const char *token, struct err *e)
{
	const struct janus_message *m;
	json_t *request = about(room, "allowed");
	(void)json_object_set_new(request, "action", json_string(action));
	(void)json_object_set_new(request, "allowed", json_pack("[s]", token));
	return ask_desk(j, request, &m, NULL, e);
}

static json_t *as_joining(const struct janus_room *room, const char *who)
{
	return json_pack("{s:s, s:s, s:I, s:s}", "request", "join", "ptype", who, "room",
			 (json_int_t)room->number, "pin", room->pin);
}

static bool publish(struct janus *j, const struct janus_room *room, uint64_t feed,
		    const char *token, uint64_t line, const char *offer,
		    const struct janus_message **ret, struct err *e)
{
	json_t *join = as_joining(room, "publisher");
	(void)json_object_set_new(join, "id", json_integer((json_int_t)feed));
	(void)json_object_set_new(join, "token", json_string(token));
	return janus_request(j, line, join, NULL, true, ret, NULL, e) &&
	       janus_request(
		       j, line,
		       json_pack("{s:s, s:i}", "request", "configure", "bitrate", room->bitrate),
		       json_pack("{s:s, s:s}", "type", "offer", "sdp", offer), true, ret, NULL, e);
}

/* What Janus has to say for the line to be of use; `offer`: which of the two. */
static bool has_sdp(const struct janus_message *m, bool offer, struct err *e)
{
	if (*m->sdp && m->offer == offer)
		return true;
	return err_set(e, ERR_INPUT, "video.error.sdp", "janus: no description in its answer");
}

bool janus_send(struct janus *j, const struct janus_room *room, uint64_t feed, const char *offer,
		struct arena *a, uint64_t *ret_line, const char **ret_answer, struct err *e)
{
	const struct janus_message *m = NULL;
	char token[TOKEN_SIZE];
	uint64_t line = 0;
	if (!janus_sdp_valid(offer))
		return err_set(e, ERR_INPUT, "video.error.sdp", "janus: an offer that is none");
	fresh_token(token);
	if (!janus_begin(j, e) || !push_out(j, room, feed, e) || !let_in(j, room, "add", token, e))
		return false;
	const bool sends = janus_attach(j, &line, e) &&
			   publish(j, room, feed, token, line, offer, &m, e) &&
			   has_sdp(m, false, e);
	/* Nobody comes in by this token again, however it went. */
	struct err after = { 0 };
	const bool shut = j->lost || let_in(j, room, "remove", token, sends ? e : &after);
	if (sends && shut) {
		*ret_answer = arena_copy(a, m->sdp);
		*ret_line = line;
		return true;
	}
	if (line && !j->lost)
		(void)detach(j, line, &after);
	return false;
}

bool janus_watch(struct janus *j, const struct janus_room *room, uint64_t feed, bool picture,
		 struct arena *a, uint64_t *ret_line, const char **ret_offer, struct err *e)
{
	const struct janus_message *m = NULL;
	uint64_t line = 0;
	if (!janus_begin(j, e) || !janus_attach(j, &line, e))
		return false;
	json_t *join = as_joining(room, "subscriber");
	if (picture) {
		(void)json_object_set_new(join, "streams",
					  json_pack("[{s:I}]", "feed", (json_int_t)feed));
	} else { /* the older form, which alone can name a kind instead of m-lines */
		(void)json_object_set_new(join, "feed", json_integer((json_int_t)feed));
		(void)json_object_set_new(join, "offer_video", json_false());
	}
	if (janus_request(j, line, join, NULL, true, &m, NULL, e) && has_sdp(m, true, e)) {
		*ret_offer = arena_copy(a, m->sdp);
		*ret_line = line;
		return true;
	}
	struct err after = { 0 };
	if (!j->lost)
		(void)detach(j, line, &after);
	return false;
}

bool janus_watch_start(struct janus *j, uint64_t line, const char *answer, struct err *e)
{
	const struct janus_message *m;
	if (!janus_sdp_valid(answer))
		return err_set(e, ERR_INPUT, "video.error.sdp", "janus: an answer that is none");
	return janus_begin(j, e) &&
	       janus_request(j, line, json_pack("{s:s}", "request", "start"),
			     json_pack("{s:s, s:s}", "type", "answer", "sdp", answer), true, &m,
			     NULL, e);
}

/* Relative, and no way up: Janus puts it behind the folder as it is. */
static bool file_valid(const char *file)
{
	const size_t size = strlen(file);
	return size > 0 && size <= JANUS_FILE_MOST && file[0] != '/' && !strstr(file, "..") &&
	       strspn(file, "abcdefghijklmnopqrstuvwxyz0123456789/.-") == size;
}

static bool record(struct janus *j, const struct janus_room *room, uint64_t line, const char *file,
		   struct err *e)
{
	const struct janus_message *m;
	json_t *request = json_pack("{s:s, s:b, s:s}", "request", "configure", "record",
				    file != NULL, "secret", room->secret);
	if (file)
		(void)json_object_set_new(request, "filename", json_string(file));
	return janus_request(j, line, request, NULL, true, &m, NULL, e);
}

bool janus_record(struct janus *j, const struct janus_room *room, uint64_t line, const char *file,
		  struct err *e)
{
	if (file && !file_valid(file))
		return err_set(e, ERR_INPUT, "video.error.file", "janus: the name of a record");
	return janus_begin(j, e) && record(j, room, line, NULL, e) &&
	       (!file || record(j, room, line, file, e));
}

bool janus_end(struct janus *j, uint64_t line, struct err *e)
{
	return janus_begin(j, e) && detach(j, line, e);
}
