/* excerpt.h - a part of a record that can be checked by itself (F70, F74).
 *
 * It is made of whole segments: those of one source that touch the time between two moments, with
 * their files, hashes, and the entries of the journal that have them.  Asking for one gives a
 * reason and makes a checkpoint, so that every entry has a receipt when it is put together
 * (web/video/excerpt.c); taking it away is journalled with the sums of what was in it. */
#pragma once
#include "app/video/viewing.h"

enum { VIDEO_EXCERPT_MS = 30 * 60 * 1000 };

/* {source, kind, number, seat, subject ("sitting/3"), from_ms, until_ms, segments [{id, number,
 * state, from_ms, until_ms, wall_us, ended, audio_file, audio_size, audio_hash, video_file..,
 * film_file.., entries [number of "video.segment", of "video.checked"]}]}.  Rights are those of
 * video_view_require(); ERR_INPUT at "until" "record.error.excerpt_order",
 * "record.error.excerpt_long"; at "from" "record.error.excerpt_none" if nothing that was kept lies
 * there. */
bool video_excerpt(const struct act *act, const struct video_source *source, int64_t from_ms,
		   int64_t until_ms, json_t **ret, struct err *e) MUST_USE;

/* The reason and the checkpoint; refused as video_excerpt() and video_view_open() refuse. */
bool video_excerpt_ask(const struct act *act, const struct video_source *source, int64_t from_ms,
		       int64_t until_ms, const char *reason, struct err *e) MUST_USE;

/* "video.viewed" with "excerpt": which part was taken, and the SHA-256 of its SHA256SUMS. */
bool video_excerpt_taken(const struct act *act, const struct video_source *source, int64_t from_ms,
			 int64_t until_ms, const char *sums, struct err *e) MUST_USE;
