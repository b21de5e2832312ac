/* clicks.h - answers through the use case, without HTTP: to fill a database, and to measure what
 * the use case and the database below it take. */
#pragma once
#include "app/sitting/attempt.h"
#include "bench/exam.h"

struct click_key;

/* Of the seats of x->big, who have entered. */
struct clicks {
	struct exam *exam;
	struct click_key *keys; /* of the attempts: the use case wants the tokens of the options */
};

bool clicks_open(struct exam *x, struct clicks *ret, struct err *e) MUST_USE;
void clicks_close(struct clicks *c);

/* Answers `from` to `to` (not included), whoever's, in one transaction; the number makes the key,
 * so each may be used once.  `flat`: as a turn of the server begins it. */
bool clicks_turn(struct clicks *c, int64_t from, int64_t to, bool flat, struct err *e) MUST_USE;
