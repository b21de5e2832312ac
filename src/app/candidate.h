/* candidate.h - where one candidate stands: the six parts of R6-1 read from the rows
 * and judged by law/admission.h.  Every page that shows or checks admission asks here. */
#pragma once
#include "app/competition.h"
#include "law/admission.h"

struct candidate {
	int64_t application_id, person_id;
	const char *state; /* of the application: draft, sent, withdrawn */
	const char *name;  /* family, given, patronymic            */
	const char *test_language;
	struct competition competition;
	struct admission_record record; /* what is on record of the six parts   */
	struct admission admission;     /* what follows from it (R13-1, R44-1)   */
};

/* Everything lives in act->arena.  ERR_MISSING if there is no such application. */
bool candidate_load(const struct act *act, int64_t application_id, struct candidate *ret,
		    struct err *e) MUST_USE;
