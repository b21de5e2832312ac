/* trust.h - the page of authorities and lists of revoked certificates (F12): administrators change
 * it in twos, auditors read it. */
#pragma once
#include "web/web.h"

extern const struct route trust_routes[];
