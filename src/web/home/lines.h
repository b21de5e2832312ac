/* lines.h - what waits, line by line, for the first page.
 *
 * A line stands once: what is late or nearly so is at risk, whoever has to act; of the rest what
 * this person does is due, and what somebody else does waits for others.  Within a group by the
 * last day, what has none at the end; the page shows the first HOME_SHOWN and counts all. */
#pragma once
#include "app/competition/competition_terms.h"
#include "web/web.h"

enum { HOME_SHOWN = 10 };

struct line {
	const char *key;     /* message: what is to be done                          */
	const char *href;    /* the page on which it is done                         */
	const char *list;    /* the list that has all of its kind; NULL none         */
	int64_t count;       /* of how many; 0 it is one thing                       */
	const char *post;    /* code of the competition's post; NULL it is of none   */
	int64_t application; /* of the one candidate, whom the page behind names too; 0 none */
	const char *clause;  /* NULL none                                            */
	const char *who;     /* acts, the end of "home.who.<who>"; NULL this person  */
	const struct calendar *calendar; /* by which days are counted; NULL there is no last day */
	day last;
	int64_t at_ms; /* the hour, of what takes place on `last`; 0 none                 */
	bool calm;     /* no term but what will be: that it is near is no risk            */
};

struct lines;

struct lines *lines_new(struct req *r);

/* One that leads to a page which a hall node does not serve is no line there. */
void lines_add(struct lines *l, const struct line *line);

/* Adds "due", "risk" and "others": {count, more, lines: [{key, href, count, post, name, clause,
 * who, last, left, today, at_ms, state}]}; `more` is the list of what is left out, or null. */
bool lines_model(const struct lines *l, json_t *model, struct err *e) MUST_USE;

/* Whether nothing is due and nothing at risk. */
bool lines_idle(const struct lines *l);

/* The competitions that run, with their terms, read once; by id. */
bool lines_running(struct lines *l, const struct competition_terms **ret, size_t *ret_count,
		   struct err *e) MUST_USE;

/* Of them the one with that number; NULL if it does not run, or none were read. */
const struct competition_terms *lines_competition(const struct lines *l, int64_t id);

/* Whether the person holds the role for an organ, each asked for once (row.h). */
bool lines_may(struct lines *l, const char *role, const char *organ, bool *ret,
	       struct err *e) MUST_USE;

/* The calendar in force, for days that are of no competition. */
bool lines_calendar(struct lines *l, const struct calendar **ret, struct err *e) MUST_USE;
