/* protocol.h - the record of a sitting for printing: what was drawn from what, who sat where, what
 * happened (F31 to F33, F44). */
#pragma once
#include "web/web.h"

bool protocol_show(struct req *r, json_t *model, struct err *e);
