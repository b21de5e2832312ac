/* signatory.h - who signs (R10-1, R20-1, section 2 of rules.md: S2-1 to S2-7).  Pure. */
#pragma once
#include "law/rule_set.h"

/* Position codes that are not in the matrix. */
#define POSITION_DIRECT_SUPERVISOR "direct_supervisor"
#define POSITION_SENDING_HR        "sending_hr"
#define POSITION_DEPUTY_SUFFIX     "_deputy" /* "head_of_body_deputy" */

/* The row for a place; NULL if the matrix has none. */
const struct signatory_row *signatory_row(const struct rule_set *rules, const char *place);

/* S2: may somebody in `position` sign the recommendation letter of a candidate who serves
 * in `place`?  ERR_LAW, clause 10, "law.signatory.recommendation", in `value` the place. */
bool signatory_check(const struct rule_set *rules, const char *place, const char *position,
		     struct err *e) MUST_USE;

/* R10-1: the certificate of service results is signed by the direct supervisor.  ERR_LAW,
 * clause 10, "law.signatory.certificate". */
bool signatory_check_certificate(const char *position, struct err *e) MUST_USE;

/* R20-1, the route of other bodies: the recommendation letter is signed by the direct
 * supervisor, a deputy is not named.  ERR_LAW, clause 20, "law.signatory.referral". */
bool signatory_check_referral(const char *position, struct err *e) MUST_USE;

/* R20-1: the service list is certified by the HR service of the sending body.  ERR_LAW,
 * clause 20, "law.signatory.service_list". */
bool signatory_check_service_list(const char *position, struct err *e) MUST_USE;
