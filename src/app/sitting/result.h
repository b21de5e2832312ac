/* result.h - fixing the result of an attempt (R44-2, F59, F61). */
#pragma once
#include "app/sitting/attempt.h"

/* Writes that the attempt is over, `how` ("candidate", "time"), and its result, once: the one who
 * comes second finds it fixed.  Opens the form if nobody has. */
bool result_fix(const struct act *act, const struct attempt *attempt, const char *how,
		struct err *e) MUST_USE;
