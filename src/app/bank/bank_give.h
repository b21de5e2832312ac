/* bank_give.h - questions of the bank for other systems (F27). */
#pragma once
#include "app/act.h"
#include "exchange/exchange.h"

/* The newest revision of every question that is not retired, of one act or of all (""), by act and
 * code; in the act's arena.  It takes the whole bank out of the house: administrators and the
 * system only, and journalled.  ERR_CONFLICT "bank.error.sealed" if one of them is sealed and the
 * bank is not open for work. */
bool bank_give(const struct act *act, const char *of_act, struct exchange_set *ret,
	       struct err *e) MUST_USE;

/* The same questions, of one state or of all (""), for a caller who has checked the right and
 * journals it. */
bool bank_give_read(const struct act *act, const char *of_act, const char *state,
		    struct exchange_set *ret, struct err *e) MUST_USE;
