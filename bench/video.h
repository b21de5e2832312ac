/* video.h - what the measures of `script/bench video` share.  Each adds to the report, and fails
 * only when it could not measure. */
#pragma once
#include "bench/exam.h"

#include <stdio.h>

/* Targets of the issue "Sound and picture".  The issue has "about 1.5 % of a core" from the spike.
 */
#define JANUS_SHARE_MOST      0.03 /* of a core, for one recorded publisher            */
#define DISK_TIMES_MOST       1.05 /* bytes on disk for each byte of media             */
#define JANUS_MEMORY_MOST_MIB 2.0  /* for one more publisher                           */
#define FILM_SECONDS_MOST     3.0  /* of processor for a minute of record */
#define IDLE_SHARE            0.25 /* of the processors stays free                     */
enum {
	VIDEO_SEATS = 200, /* that sit the test while it is measured */
	VIDEO_EFFECT_PUBLISHERS = 8,
	VIDEO_SEATS_LEAST = 30, /* that two cores record: a hall */
	SITTING_MINUTES = 150,  /* 120 of the test and what lies around it */
};

/* What a seat sends when its browser keeps up: assets/video-line.js. */
enum {
	VIDEO_FRAMES = 15,   /* a second */
	VIDEO_PACKETS = 95,  /* 50 of sound, 45 of picture */
	VIDEO_BITS = 400000, /* of the picture */
	SOUND_BITS = 40000,
};

struct parts {
	pid_t janus, browsers, recorder; /* 0: does not run */
	FILE *orders, *answers;
	char records[PROCESS_PATH];
	char url[64], secrets[PROCESS_PATH];
	char log[PROCESS_PATH]; /* of the recorder */
};

/* Janus by script/janus below `dir`, then bench/video.mjs; the current folder is that of the
 * sources. */
bool parts_start(const char *dir, struct parts *ret, struct err *e) MUST_USE;
void parts_stop(struct parts *p);

/* One order to the browsers, {"do": NAME, "count": COUNT}; their answer, a new object. */
bool parts_order(struct parts *p, const char *name, int count, json_t **ret,
		 struct err *e) MUST_USE;

/* Any order. */
bool parts_send(struct parts *p, const json_t *order, json_t **ret, struct err *e) MUST_USE;

/* `konkurs video` on the database of the server, with pieces of so many seconds. */
bool parts_recorder(struct parts *p, const char *program, const char *dir, int segment_s,
		    struct err *e) MUST_USE;

/* Bytes of the records; `empty`: and takes them away. */
int64_t parts_bytes(const struct parts *p, bool empty);

/* What one recorded publisher costs, taken from the measures for the extrapolation. */
struct unit {
	double janus_packet_us;  /* processor time of Janus for one packet            */
	double bytes_packet;     /* on disk                                           */
	double memory_mib;       /* of Janus                                          */
	double seat_share;       /* of a core: konkurs serve for a seat at its pace   */
	double film_share;       /* of a core: making a film of what comes            */
	double film_bytes_share; /* of a film for each recorded byte                 */
	double process_share;    /* of a core: konkurs video without its programs */
	double follow_us;        /* of processor: a second of a file read and hashed */
	double sync_ms;          /* one file made durable                             */
};

struct video {
	struct exam exam;
	struct parts parts;
	struct unit unit;
};

bool measure_record(struct video *v, struct err *e) MUST_USE; /* 1, 4, 8, 16 publishers    */
bool measure_media_ceiling(struct video *v, struct err *e) MUST_USE;
bool measure_sync(struct video *v, struct err *e) MUST_USE;
bool measure_film(struct video *v, struct err *e) MUST_USE;  /* what measure_record() left */
bool measure_chain(struct video *v, struct err *e) MUST_USE; /* konkurs video        */
bool measure_follow(struct video *v, struct err *e) MUST_USE;
bool measure_effect(struct video *v, struct err *e) MUST_USE; /* on answers                 */
void measure_sizes(struct video *v); /* seats of a machine, by all of these */

void video_sleep(double seconds);
