/* janus_message.h - what Janus says, read without trust.  Pure.
 *
 * One body of HTTP holds one message, or a list of them.  A message is an answer to a call (the
 * same `transaction`), which may come in two parts (first that the plugin has it, later what it
 * says), or an event that nobody asked for.  What is of no concern here is JANUS_SAID_NOTHING. */
#pragma once
#include "video/janus.h"

enum { JANUS_BODY_MOST = 256 * 1024, JANUS_MESSAGES_MOST = 64, JANUS_TRANSACTION_SIZE = 32 };

enum janus_said {
	JANUS_SAID_NOTHING,
	JANUS_SAID_ACK,    /* the plugin has it: the answer comes as a message of its own */
	JANUS_SAID_ANSWER, /* to a call; `code` if it is refused                          */
	JANUS_SAID_EVENT   /* `event`                                                      */
};

struct janus_message {
	enum janus_said said;
	char transaction[JANUS_TRANSACTION_SIZE]; /* "" if it has none */
	int code;                                 /* why it is refused; 0: it is not     */
	uint64_t id;                              /* of what was made: session, line     */
	const char *videoroom;                    /* what the plugin calls it, else ""   */
	const char *sdp;                          /* "" none                             */
	bool offer;                               /* the SDP is one, else an answer      */
	const struct janus_participant *participants;
	size_t participant_count;
	int version;    /* of a server that tells of itself: 1102 is 1.1.2 */
	bool has_rooms; /* it has the plugin                               */
	struct janus_event event;
};

/* Reads a body; in the arena.  ERR_SYSTEM "video.error.away" if Janus would not say so. */
bool janus_message_read(struct arena *a, const char *bytes, size_t size,
			const struct janus_message **ret, size_t *ret_count,
			struct err *e) MUST_USE;

/* Printable ASCII and line ends, shorter than JANUS_SDP_MOST, and it begins as SDP does. */
bool janus_sdp_valid(const char *sdp) MUST_USE;
