/* setup.h - makes a real installation in an empty database (`konkurs init`, docs/installation.md).
 *
 * One transaction: everything is there, or nothing.  An installation that was made so is in
 * earnest for good: no competition of it is a demonstration (F2), and no fictitious people come
 * into it. */
#pragma once
#include "app/act.h"
#include "rules/plan_file.h"

/* Whether the database was made by installation_make().  Reads only. */
bool installation_in_earnest(struct db *db, bool *ret, struct err *e) MUST_USE;

/* ERR_CONFLICT unless nothing has been done with the database: "setup.error.made" when an
 * installation stands there, "setup.error.demonstration" for a demonstration,
 * "setup.error.not_empty" for any other with people. */
bool installation_may_be_made(struct db *db, struct err *e) MUST_USE;

/* What a plan says, with the bytes of what it names. */
struct setup_file {
	const char *name; /* of the plan, for a refusal */
	const void *bytes;
	size_t size;
};
struct setup {
	const struct plan *plan;
	const char *const *passwords; /* of plan->people, in their order; NULL none yet */
	const struct law_source *law; /* organs, posts, table and calendar of its own */
	size_t law_count;
	const struct setup_file *anchors;
	size_t anchor_count;
};

/* What has come of it; lives in act->arena. */
struct setup_done {
	const struct law_book *book;  /* the law of the installation                          */
	const char *const *left_open; /* assumed values that nobody has entered, NULL last     */
	bool opens; /* a real competition could be opened as far as the law goes */
};

/* The system itself alone; act->book is the law of the program, act->key the service key (NULL in
 * a rehearsal).  Errors, with the place in the plan in `field`:
 *   "organ"                  "error.organ" unknown
 *   "people"                 "setup.error.admins" fewer than two administrators, "setup.error.hr"
 *                            no officer of HR, "setup.error.both" somebody who is both
 *   "people.N.iin" ...       what person_add() says; "people.N.password" what password_accept()
 *                            says, "setup.error.password" for an administrator without one
 *   "values"                 what rule_set_enter() says; "setup.error.left" for assumed values that
 *                            are neither entered nor left open (in `value`)
 *   "left_open"              "rules.enter.unknown" for a name that is no assumed value
 *   "calendar_checked"       "setup.error.calendar" unless the working days of this year are known
 *                            and said to have been compared with its decrees
 *   "qualification"          "setup.error.assumed" for a table of its own that is assumed still
 *   "anchors.N"              what trust_add() says
 * and those of installation_may_be_made(). */
bool installation_make(const struct act *act, const struct setup *setup, struct setup_done *ret,
		       struct err *e) MUST_USE;
