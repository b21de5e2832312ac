/* completeness.h - what is missing of an application (R10-1) or referral (R20-1).  Pure. */
#pragma once
#include "law/rule_set.h"

enum { DOCUMENTS_MOST = 16 };

/* What is there of one kind. */
struct document_present {
	const char *kind;
	const char *position; /* of who signed it; "" not told */
};

enum document_state { DOCUMENT_PRESENT, DOCUMENT_MISSING, DOCUMENT_WRONG_SIGNATORY };

struct completeness {
	bool complete;
	size_t count; /* required documents */
	const struct required_document *document[DOCUMENTS_MOST];
	enum document_state state[DOCUMENTS_MOST];
};

/* R10-1: `place` is the candidate's row of the signatory matrix.  A rule set that asks for
 * more than DOCUMENTS_MOST papers makes nothing complete. */
struct completeness completeness_own(const struct rule_set *rules, const char *place,
				     const struct document_present *present, size_t count);

/* R20-1: the papers attached to the referral of another body. */
struct completeness completeness_other(const struct rule_set *rules,
				       const struct document_present *present, size_t count);

/* "present", "missing", "wrong_signatory": the end of a message key. */
const char *document_state_name(enum document_state state);
