/* board.h - the seats of a sitting as its pages show them (F9, F45). */
#pragma once
#include "app/sitting/sitting.h"
#include "web/web.h"

/* A seat is troubled when nothing was heard of its page, or a click waits to be saved, for longer.
 */
enum { BOARD_RED_MS = 15 * 1000 };

/* "seats": who is checked in.  Names only while the forms are not sealed. */
bool board_seats(struct req *r, const struct sitting *s, json_t *model, struct err *e) MUST_USE;

/* "board": each seat of a running sitting by its code, never a name; only those that are in
 * trouble if the parameter `only` says so ("filtered"). */
bool board_live(struct req *r, const struct sitting *s, json_t *model, struct err *e) MUST_USE;

/* "results": by code, with names once they are opened; "distribution" of them (distribution.h). */
bool board_results(struct req *r, const struct sitting *s, json_t *model, struct err *e) MUST_USE;

/* "officials": who may be the second one, for field/second; "official": who was it for this reader
 * the last time here, 0 if nobody. */
bool board_officials(struct req *r, const struct sitting *s, json_t *model, struct err *e) MUST_USE;

/* The same while it is sealed: the other one of the two who have sealed it.  "sealed_by" and
 * "sealed_second" are their names; "may_start": the reader is one of them. */
bool board_sealers(struct req *r, const struct sitting *s, json_t *model, struct err *e) MUST_USE;

/* The state of an attempt from the columns started_ms, finished_ms, ends_ms, extra_ms, stopped_ms,
 * finish and void of a row. */
struct attempt_times;
struct attempt_times board_times(const json_t *row);

/* Takes these columns away again. */
void board_drop_times(json_t *row);
