/* interview_plan.h - when the interview is held (R15-1, R16-2, R44-1, F6). */
#pragma once
#include "app/competition/competition.h"
#include "law/terms.h"

/* What is on record for the terms, over all candidates who meet the requirements. */
bool interview_plan_facts(const struct act *act, const struct competition *c,
			  struct interview_facts *ret, struct err *e) MUST_USE;

/* What that is made of, for many at once: counted, informed, informed_ms, released, released_ms of
 * each competition_id from `first` to `last` that runs, or is `first`, and has such candidates. */
bool interview_plan_rows(const struct act *act, int64_t first, int64_t last, json_t **ret,
			 struct err *e) MUST_USE;
struct interview_facts interview_plan_of_row(const struct act *act, const json_t *row);

/* Of SQL: whether that competition is one of these, first as $1 and last as $2. */
#define COMPETITION_RUNS(competition)                                                              \
	competition " IN (SELECT run.id FROM competition run WHERE run.id BETWEEN $1 AND $2"       \
		    " AND (run.state = 'announced' OR run.id = $1))"

/* Plans the interview, or moves a planned one: only another day helps where a term cannot be
 * met.  ERR_LAW, clause 15 or 16, the nearest lawful day in `value`; ERR_CONFLICT
 * "plan.error.running" once it runs, "competition.error.not_announced" before the announcement and
 * after the end.  Candidates admitted so far are put in order by name. */
bool interview_plan(const struct act *act, int64_t competition_id, int64_t start_ms,
		    const char *place, struct err *e) MUST_USE;
