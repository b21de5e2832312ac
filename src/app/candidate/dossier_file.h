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
