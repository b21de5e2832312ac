/* dossier_file.h - the files behind the items of a dossier, for whoever may have them (R16-1). */
#pragma once
#include "app/candidate/dossier.h"

struct dossier_file {
	const char *item; /* kind of the dossier's item: "certificate"                        */
	int64_t row_id;   /* of document, study or rating                                     */
	bool restricted;  /* each view of it is journalled: by dossier_file_viewed() (F76, F77) */
	const char *blob, *media;
	const char *name; /* as the sender gave it                                            */
	int64_t size;     /* in bytes                                                         */
};

struct dossier_files {
	size_t count;
	struct dossier_file file[DOSSIER_ITEMS_MOST];
};

/* In the order of the items.  A file that this person may not see is not there; nor are those that
 * newer ones have replaced, nor own security's information, which is no item.  A person who may
 * see nothing of the candidate - a stranger, or with a conflict of interest - gets none. */
bool dossier_files(const struct act *act, int64_t application_id, struct dossier_files *ret,
		   struct err *e) MUST_USE;

/* Journals that this person was given the restricted paper of a study; asks for the right again. */
bool dossier_file_viewed(const struct act *act, int64_t study_id, struct err *e) MUST_USE;

/* ---- read within the page -------------------------------------------------------------------- */

/* When this person last opened the file, as the journal tells; 0 never.  Of a rating the journal
 * tells nothing. */
bool dossier_file_seen(const struct act *act, int64_t application_id, const struct dossier_file *f,
		       int64_t *ret_ms, struct err *e) MUST_USE;

/* The person, who may have the file, opens it: a line of the journal as for a file that is taken
 * away, but no second one within RESTRICTED_MS (restricted.h), so that turning its pages is one
 * view.  Of a study ERR_DENIED "restricted.error.reason" without a reason that is still good. */
bool dossier_file_open(const struct act *act, int64_t application_id, const struct dossier_file *f,
		       struct err *e) MUST_USE;

/* ERR_DENIED "reader.error.unopened" unless that was done: no page of it comes past the journal. */
bool dossier_file_require_open(const struct act *act, int64_t application_id,
			       const struct dossier_file *f, struct err *e) MUST_USE;
