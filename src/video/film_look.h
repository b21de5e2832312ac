/* film_look.h - a film that was made, looked at: length, silence, black (F71); of film.c. */
#pragma once
#include "video/film.h"

struct film_look {
	const struct film_parts *parts;
	const char *film;        /* below parts->folder */
	bool sound, picture;     /* what is in it       */
	int64_t picture_from_ms; /* its first packet, since the film begins */
};

/* Length, frames and findings are added to `f`.  The picture is judged by its key frames alone,
 * some six a minute; only when one of them is black all frames are decoded. */
bool film_look(const struct film_look *look, struct arena *a, struct film *f,
	       struct err *e) MUST_USE;

/* Of film.c, for it. */
void film_found(struct film *f, enum film_fault fault, bool sound, int64_t from_ms,
		int64_t until_ms);
bool film_run(const struct film_parts *parts, const char *const argv[], char *say, size_t say_most,
	      bool *ret_good, struct err *e) MUST_USE;
