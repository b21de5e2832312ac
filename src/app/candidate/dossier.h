/* dossier.h - the seven items that go to the commission, and their term (R16-1, R16-2). */
#pragma once
#include "app/candidate/candidate.h"
#include "app/file.h"

enum { DOSSIER_ITEMS_MOST = 12 };

enum dossier_state { DOSSIER_PRESENT, DOSSIER_MISSING, DOSSIER_LATE };

struct dossier_item {
	const char *kind; /* from the rule set: service_list, certificate, ... */
	enum dossier_state state;
	int64_t at_ms;  /* when it came; 0 if it has not     */
	int64_t row_id; /* of document, attempt, study or rating; 0 if missing */
};

struct dossier {
	struct candidate candidate;
	size_t count; /* as the rule set lists them */
	struct dossier_item item[DOSSIER_ITEMS_MOST];
	bool complete;
	bool planned; /* an interview is planned: the terms are known */
	day interview, dossier_last, security_last;
	bool released;
	int64_t released_ms;
	bool security_received; /* goes to HR; no item of the dossier */
	int64_t security_ms;
};

bool dossier_load(const struct act *act, int64_t application_id, struct dossier *ret,
		  struct err *e) MUST_USE;

/* HR adds the service list of a candidate; a newer one takes its place.  ERR_LAW, clause 20,
 * "dossier.error.referred" on the second route: the referral brings it (R20-1). */
bool dossier_add_service_list(const struct act *act, int64_t application_id,
			      const struct file_in *file, struct err *e) MUST_USE;

/* Sends the dossier to the commission: all items present, the candidate admitted (R44-1), the
 * interview planned and its term not passed (R16-2, ERR_LAW clause 16 "dossier.error.late");
 * "dossier.error.incomplete", "dossier.error.unplanned", ERR_CONFLICT "dossier.error.released". */
bool dossier_release(const struct act *act, int64_t application_id, struct err *e) MUST_USE;

/* "present", "missing", "late": the end of a message key. */
const char *dossier_state_name(enum dossier_state state);
