/* notice.h - what a person is told by the system itself (F84).
 *
 * A notice is written in the transaction of what it tells of: nobody is told what did not happen.
 * Mail goes out after the commit, from rows.  A notice is served at the instant at which the
 * person opens it; terms that begin with the service count from that day. */
#pragma once
#include "app/act.h"

struct notice {
	int64_t person_id;
	const char *kind;       /* "calendar.changed": messages notice.<kind>.title and .text */
	int64_t competition_id; /* 0: of none                                               */
	const char *href;       /* the page it is about; "" none                            */
	json_t *values;         /* for the placeholders; taken over; NULL none              */
	bool others;            /* to a role: whoever acts knows it already                 */
	int64_t apart_id;       /* to a role: whoever competes there is not told either; 0 none */
};

/* Writes one notice to one person. */
bool notice_send(const struct act *act, const struct notice *n, struct err *e) MUST_USE;

/* The same to all who hold `role` for `organ` or for an organ above it; n->person_id is not read.
 * Whoever competes in n->competition_id is not told what its officers are. */
bool notice_send_role(const struct act *act, const char *role, const char *organ,
		      const struct notice *n, struct err *e) MUST_USE;

/* The person opens an own notice: the first time it is served now, and journalled.  Another's is
 * ERR_MISSING. */
bool notice_open(const struct act *act, int64_t id, struct err *e) MUST_USE;

/* The person confirms to have taken note; doing it again is harmless. */
bool notice_acknowledge(const struct act *act, int64_t id, struct err *e) MUST_USE;
