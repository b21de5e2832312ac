/* janus.c - the session: one call at a time, and beside it a standing request for events.
 *
 * That request is never given up while Janus holds it: Janus writes an event into the connection
 * that it took the request from, gone or not, and the event would be lost.  So it stays open
 * between two functions, and whoever waits for a call reads events along. */
#include "video/janus_inside.h"

#include "base/clock.h"

#include <string.h>

static bool away(struct janus *j, struct err *e, const char *what)
{
	j->lost = true;
	return err_set(e, ERR_SYSTEM, "video.error.away", "janus: %s", what);
}

static size_t take(char *bytes, size_t size, size_t count, void *user)
{
	struct janus_body *b = user;
	const size_t more = size * count;
	if (more > JANUS_BODY_MOST - b->size)
		return 0;
	(void)memcpy(b->bytes + b->size, bytes, more);
	b->size += more;
	return more;
}

/* ---- what comes ------------------------------------------------------------------------------ */

/* When nobody fetches, the oldest events go: the newest say how things are. */
static void queue(struct janus *j, const struct janus_event *event)
{
	if (j->event_count == JANUS_EVENTS_MOST) {
		j->event_first = (j->event_first + 1) % JANUS_EVENTS_MOST;
		j->event_count--;
	}
	j->events[(j->event_first + j->event_count++) % JANUS_EVENTS_MOST] = *event;
}

static bool hear(struct janus *j, const struct janus_body *body, bool called, struct err *e)
{
	enum { NO_SESSION = 458 };
	const struct janus_message *list;
	size_t count;
	if (!janus_message_read(j->scratch, body->bytes, body->size, &list, &count, e))
		return away(j, e, "it speaks another language");
	for (size_t i = 0; i < count; i++) {
		const struct janus_message *m = &list[i];
		const bool waited = *j->waited && strcmp(m->transaction, j->waited) == 0;
		if (m->code == NO_SESSION ||
		    (m->said == JANUS_SAID_EVENT && m->event.kind == JANUS_GONE && !m->event.line))
			return away(j, e, "the session is over");
		if (m->said == JANUS_SAID_EVENT)
			queue(j, &m->event);
		/* The receipt may come after the answer. */
		else if (waited && (!j->answer || j->answer->said == JANUS_SAID_ACK))
			j->answer = m;
		else if (!called && m->said == JANUS_SAID_ANSWER && m->code)
			return away(j, e, "it refuses to tell of events");
	}
	return true;
}

static bool ask_for_events(struct janus *j)
{
	if (j->polling || !j->session)
		return true;
	j->polled.size = 0;
	j->polling = curl_multi_add_handle(j->multi, j->poll) == CURLM_OK;
	return j->polling;
}

static bool finished(struct janus *j, bool *ret_any, struct err *e)
{
	int left;
	for (;;) {
		const CURLMsg *m = curl_multi_info_read(j->multi, &left);
		if (!m)
			return true;
		if (m->msg != CURLMSG_DONE)
			continue;
		const bool called = m->easy_handle == j->call;
		*ret_any = true;
		const CURLcode result = m->data.result;
		(void)curl_multi_remove_handle(j->multi, called ? j->call : j->poll);
		*(called ? &j->calling : &j->polling) = false;
		if (result != CURLE_OK)
			return away(j, e, curl_easy_strerror(result));
		if (!hear(j, called ? &j->called : &j->polled, called, e))
			return false;
	}
}

/* Sends and receives for at most so long; shorter if anything has come. */
static bool turn(struct janus *j, int64_t most_ms, struct err *e)
{
	bool any = false;
	int running;
	if (!ask_for_events(j) || curl_multi_perform(j->multi, &running) != CURLM_OK)
		return away(j, e, "libcurl");
	if (!finished(j, &any, e))
		return false;
	if (any || most_ms <= 0 || (!j->calling && !j->polling))
		return true;
	if (curl_multi_poll(j->multi, NULL, 0, (int)most_ms, NULL) != CURLM_OK ||
	    curl_multi_perform(j->multi, &running) != CURLM_OK)
		return away(j, e, "libcurl");
	return finished(j, &any, e);
}

/* ---- what is asked --------------------------------------------------------------------------- */

static bool set(CURL *curl, struct janus_body *body, long limit_ms)
{
	return curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http") == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_PROXY, "") == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_WRITEDATA, body) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, limit_ms) == CURLE_OK;
}

static bool start_call(struct janus *j, const char *url, const char *body)
{
	const int64_t left = j->end_ms - clock_monotonic_ms();
	j->called.size = 0;
	j->calling = left > 0 && set(j->call, &j->called, (long)left) &&
		     curl_easy_setopt(j->call, CURLOPT_URL, url) == CURLE_OK &&
		     (body ? curl_easy_setopt(j->call, CURLOPT_POSTFIELDS, body) == CURLE_OK &&
				      curl_easy_setopt(j->call, CURLOPT_HTTPHEADER, j->headers) ==
					      CURLE_OK
			   : curl_easy_setopt(j->call, CURLOPT_HTTPGET, 1L) == CURLE_OK) &&
		     curl_multi_add_handle(j->multi, j->call) == CURLM_OK;
	return j->calling;
}

static void stop_call(struct janus *j)
{
	if (j->calling)
		(void)curl_multi_remove_handle(j->multi, j->call);
	j->calling = false;
	*j->waited = '\0';
}

/* Until the call is through, and its answer there. */
static bool wait_for_answer(struct janus *j, bool later, struct err *e)
{
	for (;;) {
		const int64_t left = j->end_ms - clock_monotonic_ms();
		const bool receipt = j->answer && j->answer->said == JANUS_SAID_ACK;
		if (!j->calling && j->answer && !(later && receipt))
			return true;
		if (!j->calling && !j->answer)
			return away(j, e, "an answer to nobody");
		if (left <= 0)
			return away(j, e, "no answer in time");
		if (!turn(j, left, e))
			return false;
	}
}

static bool call(struct janus *j, const char *url, const char *body, bool later,
		 const struct janus_message **ret, struct err *e)
{
	j->answer = NULL;
	const bool sent = start_call(j, url, body) || away(j, e, "it cannot be asked");
	const bool answered = sent && wait_for_answer(j, later, e);
	stop_call(j);
	if (answered)
		*ret = j->answer;
	return answered;
}

/* Why Janus refuses, as the house says it; the numbers are those of its core and of the plugin. */
static bool refused(int code, struct err *e)
{
	static const struct {
		int code;
		enum err_kind kind;
		const char *key;
	} known[] = {
		{ 403, ERR_INPUT, "video.error.secret" }, /* of the server   */
		{ 433, ERR_INPUT, "video.error.secret" }, /* of the room     */
		{ 426, ERR_MISSING, "video.error.room" }, { 427, ERR_CONFLICT, "video.error.room" },
		{ 428, ERR_MISSING, "video.error.feed" }, { 459, ERR_MISSING, "video.error.line" },
		{ 432, ERR_BUSY, "video.error.full" },    { 431, ERR_INPUT, "video.error.sdp" },
		{ 437, ERR_INPUT, "video.error.sdp" },    { 464, ERR_INPUT, "video.error.sdp" },
		{ 465, ERR_INPUT, "video.error.sdp" },    { 469, ERR_INPUT, "video.error.sdp" },
		{ 471, ERR_INPUT, "video.error.sdp" },
	};
	for (size_t i = 0; i < COUNT(known); i++) {
		if (known[i].code == code)
			return err_set(e, known[i].kind, known[i].key, "janus: %d", code);
	}
	return err_set(e, ERR_SYSTEM, "video.error.refused", "janus: %d", code);
}

bool janus_begin(struct janus *j, struct err *e)
{
	arena_reset(j->scratch);
	j->answer = NULL;
	j->end_ms = clock_monotonic_ms() + JANUS_LIMIT_MS;
	return !j->lost || away(j, e, "the session is lost");
}

bool janus_ask(struct janus *j, uint64_t line, json_t *body, bool later,
	       const struct janus_message **ret, int *ret_code, struct err *e)
{
	const struct janus_message *m = NULL;
	const char *url = !j->session ? j->url
			  : !line ? arena_print(j->scratch, "%s/%ju", j->url, (uintmax_t)j->session)
				  : arena_print(j->scratch, "%s/%ju/%ju", j->url,
						(uintmax_t)j->session, (uintmax_t)line);
	(void)snprintf(j->waited, sizeof(j->waited), "k%ju", (uintmax_t)++j->count);
	(void)json_object_set_new(body, "transaction", json_string(j->waited));
	(void)json_object_set_new(body, "apisecret", json_string(j->secret));
	char *text = json_dumps(body, JSON_COMPACT);
	json_decref(body);
	const bool answered = text ? call(j, url, text, later, &m, e)
				   : err_set(e, ERR_INPUT, "video.error.sdp", "janus: no UTF-8");
	free(text);
	if (!answered)
		return false;
	if (ret_code)
		*ret_code = m->code;
	if (m->code)
		return refused(m->code, e);
	*ret = m;
	return true;
}

bool janus_request(struct janus *j, uint64_t line, json_t *request, json_t *jsep, bool later,
		   const struct janus_message **ret, int *ret_code, struct err *e)
{
	json_t *body =
		json_pack("{s:s, s:o*, s:o*}", "janus", "message", "body", request, "jsep", jsep);
	return janus_ask(j, line, body, later, ret, ret_code, e);
}

bool janus_attach(struct janus *j, uint64_t *ret, struct err *e)
{
	const struct janus_message *m;
	if (!janus_ask(
		    j, 0,
		    json_pack("{s:s, s:s}", "janus", "attach", "plugin", "janus.plugin.videoroom"),
		    false, &m, NULL, e))
		return false;
	if (!m->id)
		return away(j, e, "a line without a number");
	*ret = m->id;
	return true;
}

/* ---- open and close -------------------------------------------------------------------------- */

static struct janus *made(const struct janus_server *server)
{
	struct arena *a = arena_new();
	struct janus *j = arena_alloc(a, sizeof(*j));
	j->arena = a;
	j->scratch = arena_new();
	j->url = arena_copy(a, server->url);
	j->secret = arena_copy(a, server->secret);
	j->admin_key = arena_copy(a, server->admin_key);
	j->called.bytes = arena_alloc(a, JANUS_BODY_MOST);
	j->polled.bytes = arena_alloc(a, JANUS_BODY_MOST);
	j->multi = curl_multi_init();
	j->call = curl_easy_init();
	j->poll = curl_easy_init();
	j->headers = curl_slist_append(NULL, "Content-Type: application/json");
	return j;
}

/* Version 1 with the plugin, or it is not the Janus that is meant. */
static bool greet(struct janus *j, struct err *e)
{
	const struct janus_message *m;
	const char *url = arena_print(j->scratch, "%s/info", j->url);
	/* Janus tells everybody, in a transaction of its own. */
	if (!start_call(j, url, NULL))
		return away(j, e, "it cannot be asked");
	while (j->calling) {
		if (!turn(j, JANUS_LIMIT_MS, e))
			return false;
	}
	size_t count;
	if (!janus_message_read(j->scratch, j->called.bytes, j->called.size, &m, &count, e) ||
	    count != 1 || m->version < 1000 || m->version >= 2000 || !m->has_rooms)
		return away(j, e, "not version 1 with videoroom");
	return true;
}

static bool begin_session(struct janus *j, struct err *e)
{
	enum { MOST_AT_ONCE = 32, HELD_S = 30, HELD_MOST_MS = 45 * 1000 };
	const struct janus_message *m;
	if (!greet(j, e) ||
	    !janus_ask(j, 0, json_pack("{s:s}", "janus", "create"), false, &m, NULL, e))
		return false;
	if (!m->id)
		return away(j, e, "a session without a number");
	j->session = m->id;
	/* Janus answers after HELD_S at the latest, if only that there is nothing. */
	const char *url = arena_print(j->arena, "%s/%ju?maxev=%d&apisecret=%s", j->url,
				      (uintmax_t)j->session, MOST_AT_ONCE, j->secret);
	if (!set(j->poll, &j->polled, HELD_MOST_MS) ||
	    curl_easy_setopt(j->poll, CURLOPT_URL, url) != CURLE_OK)
		return away(j, e, "libcurl");
	return janus_attach(j, &j->desk, e);
}

/* Nobody is helped by a failure here: Janus gives up by itself what nobody asks for. */
static void end_session(struct janus *j)
{
	const struct janus_message *m;
	struct err end = { 0 };
	if (janus_begin(j, &end) &&
	    janus_ask(j, 0, json_pack("{s:s}", "janus", "destroy"), false, &m, NULL, &end))
		j->session = 0;
}

void janus_close(struct janus *j)
{
	if (!j)
		return;
	if (!j->lost && j->session)
		end_session(j);
	if (j->polling)
		(void)curl_multi_remove_handle(j->multi, j->poll);
	curl_easy_cleanup(j->call);
	curl_easy_cleanup(j->poll);
	(void)curl_multi_cleanup(j->multi);
	curl_slist_free_all(j->headers);
	arena_free(j->scratch);
	arena_free(j->arena);
}

void janus_cleanup(struct janus **j)
{
	janus_close(*j);
	*j = NULL;
}

bool janus_open(const struct janus_server *server, struct janus **ret, struct err *e)
{
	CLEANUP(janus_cleanup) struct janus *j = made(server);
	if (!j->multi || !j->call || !j->poll || !j->headers)
		return away(j, e, "libcurl");
	if (!janus_begin(j, e) || !begin_session(j, e))
		return false;
	*ret = j;
	j = NULL;
	return true;
}

bool janus_wait(struct janus *j, int most_ms, struct janus_event *ret, bool *ret_there,
		struct err *e)
{
	const int64_t end_ms = clock_monotonic_ms() + most_ms;
	bool first = true;
	while (j->event_count == 0) {
		const int64_t left = end_ms - clock_monotonic_ms();
		if (left <= 0 && !first)
			break;
		first = false;
		if (!janus_begin(j, e) || !turn(j, left > 0 ? left : 0, e))
			return false;
	}
	*ret_there = j->event_count > 0;
	if (*ret_there) {
		*ret = j->events[j->event_first];
		j->event_first = (j->event_first + 1) % JANUS_EVENTS_MOST;
		j->event_count--;
	}
	return true;
}
