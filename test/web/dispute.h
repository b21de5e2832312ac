/* dispute.h - a sitting that is over, with a question that two of three candidates had, for tests.
 *
 * The first chose another option than the key and has 83 right, the second the key and has 84; the
 * third did not have the question.  Everything went through the use cases. */
#pragma once
#include "hall.h"

#include "app/result/finding.h"

enum { DISPUTE_PEOPLE = 3 };

struct dispute {
	struct hall hall;
	struct harness *h;
	int64_t attempt[DISPUTE_PEOPLE], person[DISPUTE_PEOPLE];
	int64_t number[DISPUTE_PEOPLE]; /* of the question on each form; 0: not there */
	int64_t item;
	int old, right, options; /* the key, and what the first one chose      */
	int64_t hr, hr2, reviewer, approver;
};

struct dispute dispute_open(struct harness *h);

/* Both officials open the names; the candidates are told. */
void dispute_names(struct dispute *d);

/* The first candidate challenges it; the challenge. */
int64_t dispute_file(struct dispute *d);

/* The reviewer finds; the finding. */
int64_t dispute_find(struct dispute *d, int64_t challenge, enum finding_kind kind);

/* The approver confirms it. */
void dispute_confirm(struct dispute *d, int64_t finding);

/* Right answers of a result as it stands. */
int64_t dispute_correct(struct dispute *d, int64_t attempt);
