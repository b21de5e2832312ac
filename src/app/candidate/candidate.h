/* candidate.h - where one candidate stands: the six parts of R6-1 read from the rows
 * and judged by law/admission.h.  Every page that shows or checks admission asks here.
 *
 * And whether it is the candidate who acts.  Whoever has sent an application holds no office in
 * that competition, neither over the own papers nor over those of a rival (conflict of interest,
 * section 4 of rules.md); the own application is out of reach as a draft and withdrawn, too.  Every
 * use case of an office asks candidate_require_other(); the dispatcher asks before each page. */
#pragma once
#include "app/competition/competition.h"
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

/* Of SQL, for lists: whether `person` is the candidate of `application`, or one of `competition`.
 */
#define CANDIDATE_COMPETES(person, application, competition)                                       \
	"EXISTS (SELECT 1 FROM application own WHERE own.person_id = " person                      \
	" AND (own.id = " application                                                              \
	" OR (own.state = 'sent' AND own.competition_id = " competition ")))"

/* The same for lists of what belongs to a competition alone, said as a set: the competitions of
 * which `person` is a candidate. */
#define CANDIDATE_COMPETITIONS(person)                                                             \
	"(SELECT own.competition_id FROM application own WHERE own.person_id = " person            \
	" AND own.state = 'sent')"

/* What an office deals with, and what of it leads to candidates. */
enum candidate_thing {
	THING_NONE,
	THING_APPLICATION,
	THING_DOCUMENT,
	THING_STUDY,
	THING_RATING,
	THING_INFORMATION, /* own security's */
	THING_COMPLAINT,
	THING_SIGNATURE, /* electronic, of a document */
	THING_ATTEMPT,
	THING_CHALLENGE,
	THING_CHALLENGED_ITEM, /* a version of a question, by all its challenges */
	THING_SITTING,
	THING_SITTING_ACT,
	THING_OPENING, /* of the bank for a sitting */
	THING_INTERVIEW,
	THING_COMPETITION,
	THING_COMMISSION_ORDER,
	THING_SECURITY_LIST,
	THING_BODY_REQUEST,
	THING_BULK,
	THING_DESTRUCTION_ACT,
	THING_DESTRUCTION_PROPOSAL,
	THING_JOURNAL_ENTRY,
	THING_COUNT
};

/* Whether this person is the candidate, or one of the competition.  The system itself never is, and
 * nobody is of what does not exist. */
bool candidate_competes(const struct act *act, enum candidate_thing thing, int64_t id, bool *ret,
			struct err *e) MUST_USE;

/* The same as a refusal: ERR_DENIED "candidate.error.competes". */
bool candidate_require_other(const struct act *act, enum candidate_thing thing, int64_t id,
			     struct err *e) MUST_USE;
