/* competing.h - an officer who holds every office and is a candidate, and one of each thing that
 * leads to candidates, for tests.
 *
 * The first candidate of a dispute is the officer: `own` is of him, `rival` of the second; what is
 * of all, a sitting or the commission, is the same in both. */
#pragma once
#include "dispute.h"

#include "app/candidate/candidate.h"

#define COMPETES_KEY "candidate.error.competes"

enum {
	COMPETING_OFFICES = ROLE_HR | ROLE_SECURITY | ROLE_POLYGRAPH | ROLE_PSYCHO | ROLE_OPERATOR |
			    ROLE_AUDITOR | ROLE_ADMIN | ROLE_MEMBER | ROLE_SECRETARY |
			    ROLE_INVITED | ROLE_AUTHOR | ROLE_REVIEWER | ROLE_APPROVER |
			    ROLE_KEEPER,
};

struct competing {
	struct dispute d;
	struct harness *h;
	int64_t officer;
	int64_t own[THING_COUNT], rival[THING_COUNT];
};

struct competing competing_open(struct harness *h);
