/* scan_tell.h - who is told that a file is infected (app/candidate/scan.h). */
#pragma once
#include "app/act.h"

/* In the transaction of the verdict: whoever sent the file in, the candidate whose paper it is, and
 * HR of the competition.  They are told which application it belongs to, not what kind of paper it
 * is: that own security has sent one is no news for others. */
bool scan_tell(const struct act *act, const char *hash, struct err *e) MUST_USE;
