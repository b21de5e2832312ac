/* path.h - a candidate's way through a competition: where one stands, what comes next, by when, and
 * who has to act.  For the candidate's page and first page; nothing here tells what a paper says.
 */
#pragma once
#include "app/candidate/dossier.h"
#include "app/notice/told.h"
#include "law/term_line.h"
#include "web/web.h"

/* Where one stands: the end of "path.at.<stage>". */
enum path_stage {
	PATH_DRAFT,     /* not sent, and it still can be                       */
	PATH_UNSENT,    /* not sent in time                                    */
	PATH_WITHDRAWN, /* sent and taken back                                 */
	PATH_CHECK,     /* HR checks it                                        */
	PATH_REFUSED,   /* the requirements are not met                        */
	PATH_STUDIES,   /* test, studies, rating: in any order (R6-2)          */
	PATH_TEST,      /* the test has begun                                  */
	PATH_BARRED,    /* one of them bars the interview (R44-1)              */
	PATH_DOSSIER,   /* admitted; the papers go to the commission           */
	PATH_INTERVIEW, /* it is to come                                       */
	PATH_HEARD,     /* the commission decides                              */
	PATH_UNREAD,    /* decided, and not opened                             */
	PATH_DECIDED,
	PATH_STAGES
};
const char *path_stage_name(enum path_stage stage);

struct path {
	enum path_stage stage;
	const char *who;  /* acts: "hr", "operator", "commission" ...; "" the candidate or nobody */
	const char *act;  /* end of "path.act.<act>", the one button; "" nothing to do            */
	const char *href; /* of the button; "" none                                               */
	const char *clause; /* "" none */
	bool has_last; /* by when                                                              */
	day last;
	int left;     /* working days after today; 0 when it is over                          */
	bool assumed; /* its length is a demonstration value                                  */
	bool counted; /* `how` tells how it was counted                                       */
	struct calendar_explanation how;
	bool back; /* counted back from `from`, else forward                               */
	day from;
	int64_t at_ms; /* an hour to be kept; 0 none                                           */
	const char *place;                    /* of it; ""		    */
	int64_t sent_ms, attempt, decided_ms; /* 0: not yet */
	bool known; /* `line` holds the terms of the competition                            */
	struct term line[TERM_COUNT];
	struct told told;
};

/* Of a candidate whose dossier is loaded; the right is the caller's. */
bool path_of(const struct req *r, const struct dossier *d, struct path *ret,
	     struct err *e) MUST_USE;

/* Adds "now": {stage, who, act, href, clause, last, left, assumed, at_ms, place, counted, back,
 * from}, "past" and "ahead": steps {name, state, clause, due, at_ms}, "walked", how many the first
 * are, and "to_come", whether there are others.  `own`: the candidate looks, who alone has the
 * button. */
void path_model(const struct dossier *d, const struct path *p, bool own, json_t *model);
