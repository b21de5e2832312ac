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

/* What is asked of the papers: those of a route, and who signs the recommendation letter of
 * somebody who serves in `place` (NULL in the route of other bodies, which has no matrix). */
struct wanted {
	const struct rule_set *rules;
	const struct required_document *documents;
	size_t count;
	const char *place;
};

static bool signed_rightly(const struct wanted *w, const char *signed_by, const char *position)
{
	if (strcmp(signed_by, "matrix") == 0)
		return w->place && signatory_check(w->rules, w->place, position, NULL);
	if (strcmp(signed_by, POSITION_DIRECT_SUPERVISOR) == 0)
		return signatory_check_certificate(position, NULL);
	if (strcmp(signed_by, POSITION_SENDING_HR) == 0)
		return signatory_check_service_list(position, NULL);
	return true; /* the Rules do not name who signs it */
}

static struct completeness check(const struct wanted *w, const struct document_present *present,
				 size_t count)
{
	struct completeness c = { .complete = w->count <= DOCUMENTS_MOST };
	for (size_t i = 0; i < w->count && i < DOCUMENTS_MOST; i++) {
		const struct document_present *found = find(present, count, w->documents[i].kind);
		c.document[i] = &w->documents[i];
		if (!found)
			c.state[i] = DOCUMENT_MISSING;
		else if (!signed_rightly(w, w->documents[i].signed_by, found->position))
			c.state[i] = DOCUMENT_WRONG_SIGNATORY;
		else
			c.state[i] = DOCUMENT_PRESENT;
		c.complete = c.complete && c.state[i] == DOCUMENT_PRESENT;
		c.count++;
	}
	return c;
}

/* R10-1: without either paper the application is incomplete. */
struct completeness completeness_own(const struct rule_set *rules, const char *place,
				     const struct document_present *present, size_t count)
{
	const struct wanted w = { rules, rules->own_documents, rules->own_document_count, place };
	return check(&w, present, count);
}

/* R20-1 */
struct completeness completeness_other(const struct rule_set *rules,
				       const struct document_present *present, size_t count)
{
	const struct wanted w = { rules, rules->other_documents, rules->other_document_count,
				  NULL };
	return check(&w, present, count);
}

const char *document_state_name(enum document_state state)
{
	static const char *const name[] = {
		[DOCUMENT_PRESENT] = "present",
		[DOCUMENT_MISSING] = "missing",
		[DOCUMENT_WRONG_SIGNATORY] = "wrong_signatory",
	};
	return name[state];
}
