/* restricted.h - papers of a candidate that are opened for a reason, and who has seen them (F76).
 *
 * What own security has said and what a study has found are for a closed list of people.  Whoever
 * is on it says first for what, and then each view is written down with that; the service that made
 * the paper reads it as its own work.  The candidate's auditor sees every line. */
#pragma once
#include "app/act.h"

enum {
	RESTRICTED_MS =
		8 * 60 * 60 * 1000, /* a reason is good for a working day, and for one person */
	RESTRICTED_WORDS_MOST = 500,
};

#define RESTRICTED_SECURITY "security"
#define RESTRICTED_STUDY    "study"
#define RESTRICTED_FILE     "file" /* papers of the application, opened by officers */

/* Lines of the journal about a candidate that say who looks at what own security and the studies
 * have found, and that own security was asked at all: a list of SQL.  They are for HR and auditors;
 * no page and no record that a candidate reads has them. */
#define RESTRICTED_KINDS                                                                           \
	"('restricted.opened', 'security.informed', 'security.viewed', 'study.viewed')"

/* Reasons by name, NULL last: message "restricted.reason.NAME".  "other" wants words. */
extern const char *const restricted_reasons[];

/* The person says for what; with `all` for every candidate of that competition, as a bundle of it
 * wants: each view is written down all the same, and so is the reason, as a line of the journal for
 * each of them that says `all` and how many.  Whoever may not see such papers of this candidate
 * gets ERR_DENIED "error.denied"; ERR_INPUT at "reason" or "words". */
bool restricted_open(const struct act *act, int64_t application_id, const char *what,
		     const char *reason, const char *words, bool all, struct err *e) MUST_USE;

/* Whether the person is on the list of those who may say so; as a refusal. */
bool restricted_may(const struct act *act, int64_t application_id, const char *what,
		    struct err *e) MUST_USE;

/* Writes down that the person looks.  `own`: it is the work of this officer's service, and needs no
 * reason.  ERR_DENIED "restricted.error.reason", value "what/application", when none was said: a
 * page leads to the form then. The caller has checked the right, and has a transaction open. */
bool restricted_view(const struct act *act, int64_t application_id, const char *what, bool own,
		     struct err *e) MUST_USE;

/* An officer has opened a paper that a candidate brought: written down and journalled, as the work
 * of the office that leads there. */
bool restricted_view_file(const struct act *act, int64_t application_id, int64_t document_id,
			  struct err *e) MUST_USE;

/* Whether a reason was said that is still good. */
bool restricted_is_open(const struct act *act, int64_t application_id, const char *what, bool *ret,
			struct err *e) MUST_USE;
