#include "law/completeness.h"

#include "law/signatory.h"

#include <string.h>

static const struct document_present *find(const struct document_present *present, size_t count,
					   const char *kind)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(present[i].kind, kind) == 0)
			return &present[i];
	}
	return NULL;
}

static bool signed_rightly(const struct rule_set *rules, const struct required_document *wanted,
			   const char *place, const char *position)
{
	if (strcmp(wanted->signed_by, "matrix") == 0)
		return signatory_check(rules, place, position, NULL);
	if (strcmp(wanted->signed_by, POSITION_DIRECT_SUPERVISOR) == 0)
		return signatory_check_certificate(position, NULL);
	return true;
}

/* R10-1: without either paper the application is incomplete. */
struct completeness completeness_own(const struct rule_set *rules, const char *place,
				     const struct document_present *present, size_t count)
{
	struct completeness c = { .complete = true };
	for (size_t i = 0; i < rules->own_document_count && i < DOCUMENTS_MOST; i++) {
		const struct required_document *wanted = &rules->own_documents[i];
		const struct document_present *found = find(present, count, wanted->kind);
		c.document[i] = wanted;
		c.state[i] = DOCUMENT_PRESENT;
		if (!found)
			c.state[i] = DOCUMENT_MISSING;
		else if (!signed_rightly(rules, wanted, place, found->position))
			c.state[i] = DOCUMENT_WRONG_SIGNATORY;
		c.complete = c.complete && c.state[i] == DOCUMENT_PRESENT;
		c.count++;
	}
	return c;
}
