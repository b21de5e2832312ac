/* film.h - a recorded segment looked at and made playable: janus-pp-rec, ffmpeg and ffprobe of
 * Debian, each in a process of its own with limits (F71, F72).
 *
 * Nothing is encoded anew: Opus and VP8 as they came go into WebM, sound and picture shifted by the
 * difference of their first packets.  Programs are found by PATH. */
#pragma once
#include "video/mjr.h"

#include "base/arena.h"

/* What belongs to one segment; NULL: there is none. */
struct film_parts {
	const char *folder;          /* of the records */
	const char *sound, *picture; /* .mjr below it   */
	int64_t wall_ms;             /* how long it was recorded by the clock */
};

enum film_fault {
	FILM_GAP,       /* no packet for longer than FILM_GAP_MS          */
	FILM_SHORT,     /* shorter than the clock says, by more than that */
	FILM_SILENCE,   /* no sound but noise for FILM_SILENCE_MS         */
	FILM_BLACK,     /* no picture but black for FILM_BLACK_MS         */
	FILM_UNREADABLE /* the programs cannot read it                    */
};

enum { FILM_GAP_MS = 2000, FILM_SILENCE_MS = 30000, FILM_BLACK_MS = 5000, FILM_FINDINGS_MOST = 16 };

struct film_finding {
	enum film_fault fault;
	bool sound;                /* of the sound, else of the picture */
	int64_t from_ms, until_ms; /* since the first packet of the segment */
};

struct film {
	int64_t first_us;  /* wall clock of the first packet of both */
	int64_t length_ms; /* of the WebM file                       */
	int64_t frames;    /* of the picture                          */
	struct film_finding findings[FILM_FINDINGS_MOST];
	size_t finding_count;
};

/* Makes FOLDER/`film` (written beside it, synced, then renamed) and looks at it.  A segment that
 * nothing can be read from is a finding, not a failure; ERR_SYSTEM "video.error.programs" if a
 * program is missing or hangs. */
bool film_make(const struct film_parts *parts, const char *film, struct film *ret,
	       struct err *e) MUST_USE;

/* The name of a fault as the journal has it: "gap", "short", "silence", "black", "unreadable". */
const char *film_fault_name(enum film_fault fault);
