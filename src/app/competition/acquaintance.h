/* acquaintance.h - every employee is acquainted with the order (O-3). */
#pragma once
#include "app/act.h"

/* The person has the text open: noted the first time. */
bool acquaintance_read(const struct act *act, const struct law_file *rules, struct err *e) MUST_USE;

/* The person has taken note of it; doing it again is harmless.  ERR_CONFLICT
 * "acquaintance.error.unread" before the text was open. */
bool acquaintance_confirm(const struct act *act, const struct law_file *rules,
			  struct err *e) MUST_USE;

/* Reminds everybody who serves in `organ` or under it and has not taken note; HR of that organ.
 * Whoever has an unread reminder of the same already gets no second one. */
bool acquaintance_remind(const struct act *act, const struct law_file *rules, const char *organ,
			 int64_t *ret_told, struct err *e) MUST_USE;

/* The system's own: everybody of the service with an account who has known the rule set in force
 * for so many days, and has not taken note of it, is reminded, once for each rule set. */
enum { ACQUAINTANCE_DAYS = 10 }; /* ours, no rule: the order names no term */
bool acquaintance_remind_daily(const struct act *act, struct err *e) MUST_USE;
