/* live.h - pages that look at what goes on (a hall's board, a wall, who waits for the start) are
 * told when there is something new, whichever process over the database it came through.
 *
 * A page asks GET /live with the mark that it was given last; the answer, with another mark, comes
 * when there is something new, or after LIVE_MOST_MS.  It says that the page should look, not at
 * what: pages look by themselves too, less often.
 *
 * The mark is a number of this process: whoever comes to another one is answered at once. */
#pragma once
#include "web/http/call.h"

enum { LIVE_MOST_MS = 20 * 1000, LIVE_MARK_SIZE = SITE_TAG_SIZE + 20 };

/* Whether the call waits: its page knows everything. */
bool live_waits(const struct call *c);

void live_mark(const struct site *site, char ret[LIVE_MARK_SIZE]);

/* The route. */
bool live_show(struct req *r, json_t *model, struct err *e) MUST_USE;
extern const struct param live_params[];
