/* show.h - a sitting whose record can be looked at, for tests: real films of ffmpeg in a folder. */
#pragma once
#include "hall.h"

enum { SECOND = 1000, MINUTE = 60 * SECOND };

/* As long as the program runs: group set-up and clean-up. */
struct show_files {
	char folder[32], film[64]; /* the film is r1/film.webm below the folder */
	char *bytes;               /* of the film */
	size_t size;
};
int show_make(void **state);
int show_remove(void **state);
const struct show_files *show_files(void);

struct show {
	struct hall hall;
	struct site_files files;
	int64_t room, source, begin_ms;
	const char *record; /* address of the player */
};

/* The test has begun at ten; the record of seat 1 too. */
struct show show_open(struct harness *h);
int64_t show_segment(struct show *s, int64_t from_ms, int64_t until_ms);
void show_film(struct show *s, int64_t segment, const char *file);

/* Parts of two seconds, ten seconds apart; the third is being looked at. */
void show_three(struct show *s);

/* Where site.files is, as long as the test runs. */
void show_lend(struct show *s);

/* HR, or whoever, gives a reason. */
void show_reason(struct show *s, int64_t person);
