/* competition_terms.h - what is on record for the terms of a competition (F5, F6). */
#pragma once
#include "app/competition/competition.h"
#include "law/term_line.h"

/* The facts that term_line() asks for, as the rows have them now.  A draft has none but today. */
bool competition_term_facts(const struct act *act, const struct competition *c,
			    struct term_facts *ret, struct err *e) MUST_USE;

/* The same of every competition that runs, by id: so many statements as for one. */
struct competition_terms {
	struct competition competition;
	struct term_facts facts;
};
bool competition_terms_running(const struct act *act, struct competition_terms **ret,
			       size_t *ret_count, struct err *e) MUST_USE;
