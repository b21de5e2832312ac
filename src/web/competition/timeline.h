/* timeline.h - the steps of a competition over real days: what is planned and what was (F6).
 *
 * In the model, for pages/timeline/figure.html:
 *
 *   timeline   null before the announcement and where days lie outside the calendar, else
 *              {first, last, days, off [{x, width}], today {day, x} or null, steps [step]}
 *
 * `days` is a letter for each day from first to last as day_reason says it: w worked, e weekend, h
 * holiday, c carried, o day off, m moved off, x a weekend that is worked.  A step is
 *
 *   {kind, state, clause, assumed, back, from, to, counted, bar, over, done}
 *
 * a term of law/term_line.h (`from` is counted from, `to` its last day, `counted` so many working
 * days, `back` before that day), or "test": the days of its sittings, which no term bounds.  What
 * is not known is null.  bar {begins, ends, x, width} is what is drawn, over {from, to, x, width}
 * what is late, done {day, x} when it was done.  x and width are units of TIMELINE_WIDTH. */
#pragma once
#include "app/competition/competition_terms.h"
#include "web/web.h"

enum { TIMELINE_WIDTH = 1000 };

/* Adds it: for `application` 0 to whoever may see the terms of the competition; else what its
 * candidate may know, filing, the own test and the interview. */
bool timeline_add(struct req *r, const struct competition *c, int64_t application, json_t *model,
		  struct err *e) MUST_USE;

/* That of the competition, where facts and terms are known. */
bool timeline_of(struct req *r, const struct competition *c, const struct term_facts *f,
		 const struct term line[TERM_COUNT], json_t *model, struct err *e) MUST_USE;

/* The page of its own, for paper. */
bool timeline_show(struct req *r, json_t *model, struct err *e);
