/* janus.h - the client of the server of sound and picture: Janus 1.1, its videoroom plugin, over
 * HTTP on this machine (libcurl).
 *
 * Browsers never speak to Janus themselves: their offers and answers (SDP) come by Konkurs, so that
 * rights, sessions and who may send are decided in one place, and Janus' API is on no network.
 * Media alone go between browser and Janus (SRTP over UDP).
 *
 * One connection (session) has many lines (plugin handles).  All functions block, 5 s at most, and
 * are for one thread; events are read by janus_wait().  After ERR_SYSTEM "video.error.away" the
 * session is lost with all its lines: janus_close(), and janus_open() again.  A room that Janus
 * does not have (it was started anew) is ERR_MISSING "video.error.room", a line "video.error.line",
 * and what else it refuses ERR_SYSTEM "video.error.refused"; the session goes on.  What Janus says
 * is hostile until parsed (janus_message.h). */
#pragma once
#include "base/arena.h"
#include "base/err.h"

enum { JANUS_SDP_MOST = 32 * 1024, JANUS_FILE_MOST = 200 };

struct janus;

struct janus_server {
	const char *url;       /* "http://127.0.0.1:8088/janus"         */
	const char *secret;    /* api_secret of its configuration       */
	const char *admin_key; /* of the plugin: who may make rooms     */
};

/* A room as it is made: private, with pin and secret; nobody but who brings the secret records. */
struct janus_room {
	uint64_t number;
	const char *pin, *secret;
	const char *folder; /* of its recordings, absolute */
	int publishers;     /* at most                     */
	int bitrate;        /* of one picture, bit/s       */
};

enum janus_event_kind {
	JANUS_UP,      /* media flow (DTLS is through)                     */
	JANUS_SILENT,  /* nothing of `sound` or of the picture for a second */
	JANUS_HEARD,   /* it flows again                                    */
	JANUS_HUNG_UP, /* the line is over                                  */
	JANUS_SLOW,    /* many packets are lost                             */
	JANUS_GONE     /* Janus has given up the line, or the session (line 0) */
};

struct janus_event {
	enum janus_event_kind kind;
	uint64_t line;
	bool sound; /* JANUS_SILENT, JANUS_HEARD: of the sound, else of the picture */
};

void janus_close(struct janus *j);
void janus_cleanup(struct janus **j); /* for CLEANUP() */

/* Makes a session.  ERR_SYSTEM "video.error.away" if Janus does not answer, or is another version
 * than 1.x without the plugin; ERR_INPUT "video.error.secret" if it refuses the secret. */
bool janus_open(const struct janus_server *server, struct janus **ret, struct err *e) MUST_USE;

/* Makes the room; one with that number and secret that is there already is taken as it is (with
 * another secret: ERR_INPUT "video.error.secret"). */
bool janus_room_make(struct janus *j, const struct janus_room *room, struct err *e) MUST_USE;

/* Takes it away with all who are in it; harmless if it is not there. */
bool janus_room_end(struct janus *j, const struct janus_room *room, struct err *e) MUST_USE;

struct janus_participant {
	uint64_t feed;
	bool sends; /* media flow, and can be watched */
};

/* Who is in it; in the arena. */
bool janus_room_list(struct janus *j, const struct janus_room *room, struct arena *a,
		     struct janus_participant **ret, size_t *ret_count, struct err *e) MUST_USE;

/* A page sends: its offer, and as which feed of the room (the id of the source).  A line that sends
 * as that feed already is pushed out.  ERR_INPUT "video.error.sdp" if Janus cannot read the offer;
 * the answer has all candidates in it. */
bool janus_send(struct janus *j, const struct janus_room *room, uint64_t feed, const char *offer,
		struct arena *a, uint64_t *ret_line, const char **ret_answer,
		struct err *e) MUST_USE;

/* A page watches a feed: Janus offers, and the page's answer goes to janus_watch_start().
 * ERR_MISSING "video.error.feed" if nobody sends as that feed.  `picture`: with it, else sound
 * alone. */
bool janus_watch(struct janus *j, const struct janus_room *room, uint64_t feed, bool picture,
		 struct arena *a, uint64_t *ret_line, const char **ret_offer,
		 struct err *e) MUST_USE;
bool janus_watch_start(struct janus *j, uint64_t line, const char *answer, struct err *e) MUST_USE;

/* Begins to record what a line sends, into FOLDER/FILE-audio-0.mjr and FOLDER/FILE-video-1.mjr; a
 * record that runs ends there (some 20 ms are between the two: docs/video.md).  `file` NULL: only
 * ends it. */
bool janus_record(struct janus *j, const struct janus_room *room, uint64_t line, const char *file,
		  struct err *e) MUST_USE;

/* Ends a line; harmless if it is not there. */
bool janus_end(struct janus *j, uint64_t line, struct err *e) MUST_USE;

/* The next event, or false in `ret_there` when none came in `most_ms`.  To be called often: Janus
 * gives a session up that nobody asks for 60 s. */
bool janus_wait(struct janus *j, int most_ms, struct janus_event *ret, bool *ret_there,
		struct err *e) MUST_USE;
