#include "web/access/candidacy.h"

#include <stdlib.h>
#include <string.h>

/* Below a path that begins so, "" any.  Names that mean one thing everywhere, then the others. */
static const struct {
	const char *path, *param;
	enum candidate_thing thing;
} leads[] = {
	{ "", "application", THING_APPLICATION },
	{ "", "beside", THING_APPLICATION },
	{ "", "competition", THING_COMPETITION },
	{ "", "sitting", THING_SITTING },
	{ "", "attempt", THING_ATTEMPT },
	{ "", "interview", THING_INTERVIEW },
	{ "", "complaint", THING_COMPLAINT },
	{ "", "challenge", THING_CHALLENGE },
	{ "/documents/", "document", THING_DOCUMENT },
	{ "/studies/files/", "study", THING_STUDY },
	{ "/ratings/", "rating", THING_RATING },
	{ "/security/files/", "information", THING_INFORMATION },
	{ "/security-letters/", "information", THING_INFORMATION },
	{ "/signature-decisions/", "signature", THING_SIGNATURE },
	{ "/security-lists/", "list", THING_SECURITY_LIST },
	{ "/sitting-acts/", "act", THING_SITTING_ACT },
	{ "/destruction-acts/", "act", THING_DESTRUCTION_ACT },
	{ "/destruction-proposals/", "proposal", THING_DESTRUCTION_PROPOSAL },
	{ "/commission-orders/", "order", THING_COMMISSION_ORDER },
	{ "/requests/", "request", THING_BODY_REQUEST },
	{ "/bulks/", "bulk", THING_BULK },
	{ "/bank/vault/openings/", "opening", THING_OPENING },
	{ "/journal/entries/", "entry", THING_JOURNAL_ENTRY },
};

enum candidate_thing candidacy_thing(const struct route *route, const char *param)
{
	for (size_t i = 0; i < COUNT(leads); i++) {
		if (strncmp(route->path, leads[i].path, strlen(leads[i].path)) == 0 &&
		    strcmp(leads[i].param, param) == 0)
			return leads[i].thing;
	}
	return THING_NONE;
}

static bool competes(struct req *r, const struct param *p, const struct field *field, struct err *e)
{
	const struct act act = req_act(r);
	const enum candidate_thing thing = candidacy_thing(r->route, p->name);
	bool found = false;
	if (thing == THING_NONE || p->type != P_INT || !field || field->file_name)
		return true;
	if (!candidate_competes(&act, thing, strtoll(field->bytes, NULL, 10), &found, e))
		return false;
	r->as_candidate = r->as_candidate || found;
	return true;
}

bool candidacy_check(struct req *r, const struct fields *f, struct err *e)
{
	/* a candidate without any office has none to lose: a hall of them is not asked */
	if (!req_is(r, ~(unsigned)(ROLE_PUBLIC | ROLE_PERSON)))
		return true;
	for (const struct param *p = r->route->params; p->name; p++) {
		if (!competes(r, p, form_find(f, p->name), e))
			return false;
	}
	return !r->as_candidate || (r->route->who & (ROLE_PUBLIC | ROLE_PERSON)) ||
	       err_set(e, ERR_DENIED, "candidate.error.competes", "person %lld competes",
		       (long long)r->actor.person_id);
}
