/* mjr.h - the files that Janus records into, read without trust.
 *
 * "MJR00002", 16 bits of length, a JSON header ("t": a, v; "c": codec; "s", "u": microseconds of
 * the wall clock when the file was made and when its first packet came), then packets: "MEET", 32
 * bits of milliseconds since then, 16 bits of length, an RTP packet.  All numbers are big-endian.
 * A file that a crash has cut ends in the middle of a packet: what is before counts.  Pure. */
#pragma once
#include "base/err.h"

struct mjr_head {
	bool sound;       /* else picture */
	char codec[16];   /* "opus", "vp8" */
	int64_t made_us;  /* wall clock */
	int64_t first_us; /* of the first packet; 0 if none came */
	size_t size;      /* of all that is before the first packet */
};

/* What a file says of itself when it is read from end to end. */
struct mjr_shape {
	int64_t packets;
	int64_t from_ms, until_ms; /* of the first and the last packet, since first_us */
	int64_t longest_gap_ms;    /* between two packets that follow each other       */
	int64_t gap_from_ms;
	int64_t lost; /* packets missing by their RTP numbers             */
	size_t whole; /* bytes up to the end of the last whole packet     */
};

/* ERR_INPUT "video.error.mjr" if it is none. */
bool mjr_head(const unsigned char *bytes, size_t size, struct mjr_head *ret,
	      struct err *e) MUST_USE;
bool mjr_shape(const unsigned char *bytes, size_t size, const struct mjr_head *head,
	       struct mjr_shape *ret, struct err *e) MUST_USE;
