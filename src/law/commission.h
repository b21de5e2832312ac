/* commission.h - who may sit on the commission (R41-1, R41-2, R41-3).  Pure. */
#pragma once
#include "law/rule_set.h"

enum seat { SEAT_CHAIR, SEAT_MEMBER, SEAT_SECRETARY, SEAT_INVITED };

/* Codes of the database: "chair", "member", "secretary", "invited"; false for others. */
bool seat_of(const char *code, enum seat *ret) MUST_USE;

/* R41-2, R41-3: the chair and the members vote, nobody else. */
bool seat_votes(enum seat seat);

/* The same as a refusal: ERR_LAW, clause 41, "law.commission.vote_secretary" or
 * "law.commission.vote_invited". */
bool seat_require_vote(enum seat seat, struct err *e) MUST_USE;

struct seat_holder {
	enum seat seat;
	const char *kind; /* subdivision_head, own_security, hr, other; of the invited theirs */
	bool employee;    /* serves in the prosecution service                              */
};

enum composition_fault {
	COMPOSITION_LAWFUL,
	COMPOSITION_CHAIR,           /* not exactly one chair                        */
	COMPOSITION_FEW,             /* fewer members than the least                 */
	COMPOSITION_KIND,            /* none of a kind that must be there            */
	COMPOSITION_SECRETARY,       /* not exactly one secretary                    */
	COMPOSITION_SECRETARY_KIND,  /* the secretary is not of HR                   */
	COMPOSITION_OUTSIDER,        /* a member or the secretary is no employee     */
	COMPOSITION_INVITED_EMPLOYEE /* an invited person is an employee             */
};

enum { COMPOSITION_FAULTS = 16 };

struct composition {
	int members; /* with the chair; they count for the quorum */
	size_t count;
	struct {
		enum composition_fault fault;
		const char *kind; /* of COMPOSITION_KIND, else "" */
	} fault[COMPOSITION_FAULTS];
};

/* Everything that is wrong; count 0 is lawful. */
struct composition commission_check(const struct rule_set *rules, const struct seat_holder *holders,
				    size_t count);

/* The first fault as ERR_LAW, clause 41, "law.commission.<name>". */
bool commission_require(const struct composition *c, struct err *e) MUST_USE;

/* "chair", "few", "kind", ...: the end of a message key "law.commission.<name>". */
const char *composition_fault_name(enum composition_fault fault);
