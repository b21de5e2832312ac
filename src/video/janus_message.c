#include "video/janus_message.h"

#include <jansson.h>
#include <string.h>

static const char *text_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));
	return text ? text : "";
}

/* 0 for what is none: Janus numbers nothing so. */
static uint64_t number_of(const json_t *object, const char *name)
{
	const json_int_t number = json_integer_value(json_object_get(object, name));
	return number > 0 ? (uint64_t)number : 0;
}

static int code_of(const json_t *object, const char *name)
{
	const uint64_t code = number_of(object, name);
	return code > 0 && code < 10000 ? (int)code : 0;
}

bool janus_sdp_valid(const char *sdp)
{
	size_t size = 0;
	for (; sdp[size]; size++) {
		const unsigned char c = (unsigned char)sdp[size];
		if (size + 1 >= JANUS_SDP_MOST || c > '~' || (c < ' ' && c != '\r' && c != '\n'))
			return false;
	}
	return strncmp(sdp, "v=0", 3) == 0;
}

static void read_sdp(struct arena *a, const json_t *jsep, struct janus_message *m)
{
	const char *sdp = text_of(jsep, "sdp");
	const char *type = text_of(jsep, "type");
	m->offer = strcmp(type, "offer") == 0;
	if ((m->offer || strcmp(type, "answer") == 0) && janus_sdp_valid(sdp))
		m->sdp = arena_copy(a, sdp);
}

static void read_participants(struct arena *a, const json_t *list, struct janus_message *m)
{
	const size_t most = json_array_size(list);
	struct janus_participant *p = most ? arena_array(a, most, sizeof(*p)) : NULL;
	for (size_t i = 0; i < most; i++) {
		const json_t *one = json_array_get(list, i);
		const uint64_t feed = number_of(one, "id");
		if (feed)
			p[m->participant_count++] = (struct janus_participant){
				feed, json_is_true(json_object_get(one, "publisher"))
			};
	}
	m->participants = p;
}

/* What a plugin says, in answer or of itself. */
static void read_plugin(struct arena *a, const json_t *message, struct janus_message *m)
{
	const json_t *plugin = json_object_get(message, "plugindata");
	const json_t *data = json_object_get(plugin, "data");
	if (strcmp(text_of(plugin, "plugin"), "janus.plugin.videoroom") != 0)
		return;
	m->videoroom = arena_copy(a, text_of(data, "videoroom"));
	m->code = code_of(data, "error_code");
	read_participants(a, json_object_get(data, "participants"), m);
	read_sdp(a, json_object_get(message, "jsep"), m);
	/* Pushed out of a room, a line without media would hear of nothing else. */
	if (!*m->transaction && strcmp(text_of(data, "leaving"), "ok") == 0) {
		m->said = JANUS_SAID_EVENT;
		m->event.kind = JANUS_HUNG_UP;
	}
}

static bool event_kind(const char *said, const json_t *message, enum janus_event_kind *ret)
{
	static const struct {
		const char *said;
		enum janus_event_kind kind;
	} known[] = {
		{ "webrtcup", JANUS_UP },  { "hangup", JANUS_HUNG_UP }, { "slowlink", JANUS_SLOW },
		{ "timeout", JANUS_GONE }, { "detached", JANUS_GONE },
	};
	if (strcmp(said, "media") == 0) {
		const json_t *receiving = json_object_get(message, "receiving");
		*ret = json_is_true(receiving) ? JANUS_HEARD : JANUS_SILENT;
		return json_is_boolean(receiving);
	}
	for (size_t i = 0; i < COUNT(known); i++) {
		if (strcmp(said, known[i].said) == 0) {
			*ret = known[i].kind;
			return true;
		}
	}
	return false;
}

static void read_server(const json_t *message, struct janus_message *m)
{
	const json_t *plugins = json_object_get(message, "plugins");
	m->said = JANUS_SAID_ANSWER;
	m->version = code_of(message, "version");
	m->has_rooms = json_is_object(json_object_get(plugins, "janus.plugin.videoroom"));
}

static void read_event(const char *said, const json_t *message, struct janus_message *m)
{
	if (!event_kind(said, message, &m->event.kind))
		return;
	/* Of a session that timed out there is no sender, and all lines are gone. */
	const bool whole = strcmp(said, "timeout") == 0;
	m->event.line = whole ? 0 : m->event.line;
	if (!whole && m->event.line == 0)
		return;
	m->event.sound = strcmp(text_of(message, "type"), "audio") == 0 ||
			 strcmp(text_of(message, "media"), "audio") == 0;
	m->said = JANUS_SAID_EVENT;
}

static void read_one(struct arena *a, const json_t *message, struct janus_message *m)
{
	const char *said = text_of(message, "janus");
	const char *transaction = text_of(message, "transaction");
	m->videoroom = m->sdp = "";
	if (strlen(transaction) < sizeof(m->transaction))
		(void)memcpy(m->transaction, transaction, strlen(transaction) + 1);
	m->event.line = number_of(message, "sender");
	if (strcmp(said, "ack") == 0) {
		m->said = JANUS_SAID_ACK;
	} else if (strcmp(said, "success") == 0 || strcmp(said, "event") == 0) {
		m->said = *m->transaction ? JANUS_SAID_ANSWER : JANUS_SAID_NOTHING;
		m->id = number_of(json_object_get(message, "data"), "id");
		read_plugin(a, message, m);
	} else if (strcmp(said, "error") == 0) {
		m->said = JANUS_SAID_ANSWER;
		m->code = code_of(json_object_get(message, "error"), "code");
		m->code = m->code ? m->code : 490; /* Janus' own for whatever else */
	} else if (strcmp(said, "server_info") == 0) {
		read_server(message, m);
	} else {
		read_event(said, message, m);
	}
	if (m->said == JANUS_SAID_EVENT && m->event.line == 0 && m->event.kind != JANUS_GONE)
		m->said = JANUS_SAID_NOTHING;
}

bool janus_message_read(struct arena *a, const char *bytes, size_t size,
			const struct janus_message **ret, size_t *ret_count, struct err *e)
{
	json_t *all = size <= JANUS_BODY_MOST
			      ? json_loadb(bytes, size, JSON_REJECT_DUPLICATES, NULL)
			      : NULL;
	const size_t count = json_is_array(all) ? json_array_size(all) : 1;
	if (!all || count > JANUS_MESSAGES_MOST) {
		json_decref(all);
		return err_set(e, ERR_SYSTEM, "video.error.away", "janus: no message of %zu bytes",
			       size);
	}
	struct janus_message *list = arena_array(a, count ? count : 1, sizeof(*list));
	for (size_t i = 0; i < count; i++)
		read_one(a, json_is_array(all) ? json_array_get(all, i) : all, &list[i]);
	json_decref(all);
	*ret = list;
	*ret_count = count;
	return true;
}
