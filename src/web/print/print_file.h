/* print_file.h - a candidate's files as parts of a bundle (print_bundle.c). */
#pragma once
#include "web/print/print.h"

struct print_files {
	struct req *answered;       /* notes which restricted ones were viewed (F76)     */
	struct file_budget *budget; /* of the whole bundle                               */
	const char *group;          /* as in struct paper                                */
	const char *mark;           /* as in struct paper                                */
	void (*add)(void *user, const struct paper *p); /* takes a copy */
	void *user;
};

/* Hands over the files of the candidate's dossier that this reader may see, in the order of its
 * items. */
bool print_files_add(const struct req *r, int64_t application, const struct print_files *to,
		     struct err *e) MUST_USE;
