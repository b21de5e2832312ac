/* access.h - what the house demands of whoever comes in, by office.
 *
 * Not from the Rules: security settings of the service (docs/access.md).  A person holds several
 * offices: the strictest demand counts.  A person without any is a candidate. */
#pragma once
#include "app/act.h"

/* One line of the table. */
struct access_role {
	const char *role;   /* as in role_grant or commission_member; NULL last */
	bool second_factor; /* a password alone does not open the house         */
	int idle_minutes;   /* a session that nobody uses ends                   */
	int longest_hours;  /* and one that is in use, too                       */
};
extern const struct access_role access_roles[];

struct access_limits {
	bool second_factor;
	int64_t idle_ms, longest_ms;
};

/* What is demanded of everybody. */
struct access_limits access_of_everybody(void);

/* And of who holds `role` (of `size` bytes); a role that is not in the table demands nothing. */
void access_add_role(struct access_limits *limits, const char *role, size_t size);

/* Whether second factors are demanded in this installation.  They are, unless it is a demonstration
 * that was told otherwise. */
bool access_factors_on(struct db *db, bool *ret, struct err *e) MUST_USE;

/* The system itself alone.  ERR_CONFLICT "access.error.production" for `on` false where the
 * database is no demonstration. */
bool access_factors_set(const struct act *act, bool on, struct err *e) MUST_USE;

/* Notes that the answer to a challenge of the server was taken: false in `ret_first` if it was
 * before.  Challenges that are over are forgotten. */
bool access_challenge_take(const struct act *act, const char *challenge, int64_t until_ms,
			   bool *ret_first, struct err *e) MUST_USE;
