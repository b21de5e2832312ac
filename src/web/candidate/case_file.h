/* case_file.h - the case of one candidate as an archive that opens offline (F89). */
#pragma once
#include "web/web.h"

extern const struct route case_routes[];

/* On a worker: the archive is put together and becomes r->download. */
bool case_slow(struct req *r, struct err *e);

/* Journals that it was taken out. */
bool case_send(struct req *r, json_t *model, struct err *e);
