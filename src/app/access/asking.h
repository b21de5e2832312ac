/* asking.h - what one person asks for, another one answers, within a week (F20, ASVS 2.3.5).
 *
 * A row of such an asking has asked_by, asked_ms and state, which is "asked" as long as nobody has
 * answered.  An asking that nobody answers in time waits no more; no job needs to end it. */
#pragma once
#include "app/act.h"

enum { ASKING_LIFE_MS = 7 * 24 * 60 * 60 * 1000 };

/* Whether it waits for an answer now. */
bool asking_waits(const struct act *act, const json_t *row);

/* The same as a refusal: ERR_DENIED `same` for who has asked, and for the system, which is nobody;
 * ERR_CONFLICT `over` when it waits no more. */
bool asking_require(const struct act *act, const json_t *row, const char *same, const char *over,
		    struct err *e) MUST_USE;
