/* janus_inside.h - what janus.c and janus_room.c share. */
#pragma once
#include "video/janus_message.h"

#include <curl/curl.h>
#include <jansson.h>

enum { JANUS_LIMIT_MS = 5000, JANUS_EVENTS_MOST = 512 };

/* What an HTTP answer brings. */
struct janus_body {
	char *bytes;
	size_t size;
};

struct janus {
	struct arena *arena;   /* as long as the session  */
	struct arena *scratch; /* as long as one function */
	const char *url, *secret, *admin_key;
	CURLM *multi;
	CURL *call, *poll; /* one question, and the standing request for events */
	struct curl_slist *headers;
	struct janus_body called, polled;
	bool calling, polling;
	CURLcode call_result;
	uint64_t session;
	uint64_t desk; /* the line for what concerns rooms */
	bool lost;
	int64_t end_ms; /* when the function in work has to be over */
	uint64_t count; /* of transactions                          */
	char waited[JANUS_TRANSACTION_SIZE];
	const struct janus_message *answer;           /* to it */
	struct janus_event events[JANUS_EVENTS_MOST]; /* a ring */
	size_t event_first, event_count;
};

/* Begins a function: its time, its scratch.  ERR_SYSTEM "video.error.away" if the session is lost.
 */
bool janus_begin(struct janus *j, struct err *e) MUST_USE;

/* Asks the session (`line` 0) or one of its lines; takes `body`.  With `later` the answer is not
 * the plugin's receipt but what it says afterwards.  Refused is a failure, and `ret_code` (may be
 * NULL) says which. */
bool janus_ask(struct janus *j, uint64_t line, json_t *body, bool later,
	       const struct janus_message **ret, int *ret_code, struct err *e) MUST_USE;

/* The same of the plugin: `request` is the message's body, `jsep` may be NULL; both are taken. */
bool janus_request(struct janus *j, uint64_t line, json_t *request, json_t *jsep, bool later,
		   const struct janus_message **ret, int *ret_code, struct err *e) MUST_USE;

/* A new line. */
bool janus_attach(struct janus *j, uint64_t *ret, struct err *e) MUST_USE;
