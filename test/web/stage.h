/* stage.h - a competition with candidates at any point of their way, for tests.
 *
 *   struct stage s = stage_open(h);                  announced on 2 March 2026, 7 working days
 *   int64_t id = stage_candidate(&s, STAGE_MET | STAGE_POLYGRAPH);
 *
 * Rows are written directly: what a test is about goes through its use case. */
#pragma once
#include "harness.h"

struct stage {
	struct harness *h;
	int64_t hr, security, polygraph, psycho; /* officers for "pgo" */
	int64_t competition;
};

enum {
	STAGE_SENT = 1,
	STAGE_MET = 2, /* implies sent */
	STAGE_LISTED = 4,
	STAGE_INFORMED = 8,
	STAGE_POLYGRAPH = 16, /* undergone */
	STAGE_PSYCHO = 32,
	STAGE_RATING = 64,
	STAGE_TEST = 128, /* positive */
	STAGE_TEST_NEGATIVE = 256,
	STAGE_PAPERS = 512, /* certificate and recommendation letter */
	STAGE_SERVICE_LIST = 1024,
	STAGE_RELEASED = 2048,
	STAGE_DECIDED = 4096,
	STAGE_ADMITTED = STAGE_MET | STAGE_POLYGRAPH | STAGE_PSYCHO | STAGE_TEST,
	STAGE_COMPLETE = STAGE_ADMITTED | STAGE_RATING | STAGE_PAPERS | STAGE_SERVICE_LIST,
};

struct stage stage_open(struct harness *h);

/* A new person's application; its id.  Rows are dated by the clock of the harness. */
int64_t stage_candidate(struct stage *s, unsigned done);
int64_t stage_person_of(struct stage *s, int64_t application);

/* An interview on "2026-03-26T10:00", as interview_plan() would leave it. */
void stage_plan(struct stage *s, const char *start);

/* A chair of an appointed commission of this competition, signed in. */
int64_t stage_chair(struct stage *s);

/* Entries of the journal of this kind. */
int64_t stage_journalled(struct harness *h, const char *kind);

/* Notices of this kind that the person got (F84). */
int64_t stage_told(struct harness *h, int64_t person, const char *kind);

/* The file of every test. */
#define STAGE_PDF "%PDF-1.4 test"

/* Runs a use case that succeeds with every call of the database failing once: each time it must
 * fail, and leave every table as it was.  First as a request of a turn in which another one has
 * written something, which is undone at the end; then alone, and once more successfully. */
void stage_all_or_nothing(struct harness *h, int64_t person,
			  bool (*run)(const struct act *act, void *user, struct err *e),
			  void *user);

/* Fails the test unless `ok` is false and the error is this one; NULL is not looked at. */
void stage_refused(const char *why, bool ok, const struct err *e, enum err_kind kind,
		   const char *key, const char *place);
