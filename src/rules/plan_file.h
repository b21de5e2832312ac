/* plan_file.h - what an installation is to be made of, as a file says it (konkurs init --from).
 *
 * YAML, or JSON, which is YAML.  Without passwords: those come by another door.  Paths are as they
 * stand; nobody has looked whether there is such a file. */
#pragma once
#include "rules/enter.h"

struct plan_person {
	const char *role; /* "admin", "hr" */
	const char *iin, *family, *given, *patronymic;
	const char *organ; /* code; "" that of the plan */
	const char *position_kk, *position_ru;
};

struct plan {
	const char *organ; /* that runs the installation: code of rules/organs.yaml */
	const struct plan_person *people;
	size_t people_count;
	struct entered rules;           /* into the rule set in force                      */
	struct list_of_names left_open; /* names of assumed values that are not entered; "all" */
	/* Files in the place of the program's; "" none. */
	const char *organs, *posts, *qualification, *calendar;
	struct list_of_names calendar_checked; /* years, "2026", that somebody has compared with
						* the decree */
	struct list_of_names anchors;          /* files of the national authority's certificates */
	const char *tls_certificate, *tls_key; /* files, "" none */
};

/* Refusals as those of law_book.h: ERR_SYSTEM "rules.*", the place in `value`. */
bool plan_read(struct arena *a, const char *name, const char *body, struct plan *ret,
	       struct err *e) MUST_USE;
