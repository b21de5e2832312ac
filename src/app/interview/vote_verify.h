/* vote_verify.h - the tally of a candidate, counted again from the journal alone (F82).
 *
 * The entries of the competition are read in their order: who was seated, unseated and replaced,
 * who was present, who declared a conflict, who voted how.  At the decision votes, quorum and the
 * chair's rule are counted by the rule set whose hash the journal names, and compared with what the
 * entry of the decision says and with the rows of the database.  A vote that the law did not allow
 * at its moment is found, too. */
#pragma once
#include "app/act.h"
#include "law/vote.h"

struct vote_report {
	const char *why;     /* "" if everything agrees, else what does not, English    */
	int64_t seq;         /* the entry at which it does not, 0 if at none            */
	bool decided;        /* false: there is no decision yet; counted so far         */
	struct vote counted; /* from the journal                                        */
	const char *outcome; /* of the journal's decision, "" before                    */
	json_t *roll;        /* [{member_id, role, choice}]: "for", "against", "conflict",
			      * "absent", "waiting"; lives in act->arena               */
};

/* False only if something could not be read: what does not agree is a finding, no failure.
 * ERR_MISSING if the candidate is in no interview. */
bool vote_verify(const struct act *act, int64_t application_id, struct vote_report *ret,
		 struct err *e) MUST_USE;
