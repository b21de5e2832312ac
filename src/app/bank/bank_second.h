/* bank_second.h - the consent of a second person to what takes words of the bank out of the house:
 * more of them than anybody may look at in a day (BANK_VIEWS_A_DAY).
 *
 * An approver asks, the other approvers and the administrators are told at once, one of them
 * agrees.  Administrators see no words by that. */
#pragma once
#include "app/act.h"

/* Tells all who may agree but the person of the act: notices `kind` with {reason}. */
bool bank_second_tell(const struct act *act, const char *kind, const char *href, const char *reason,
		      struct err *e) MUST_USE;

/* Approvers and administrators: ERR_DENIED for others.  ERR_CONFLICT "export.error.self" for
 * `asked_by`. */
bool bank_second_require(const struct act *act, int64_t asked_by, struct err *e) MUST_USE;
