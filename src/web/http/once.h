/* once.h - forms have a number of their page's making (pages/csrf.html): the same form with the
 * same words again is the same form, however often it is sent and to whichever node
 * (app/form_done.h).
 *
 * A form that is refused has done nothing, and may be mended and sent again; so may one that is
 * sent again with other words.  What a form leaves besides a place to go to - a session, a token -
 * is nothing to be repeated: those have no number that counts. */
#pragma once
#include "web/http/call.h"

#define ONCE_FIELD "once"
enum { ONCE_SIZE = 17 };

/* For a page. */
void once_make(char ret[ONCE_SIZE]);

/* In the transaction of the handler, before and after it. `ret_done`: it was done; the answer is
 * set. */
bool once_before(struct call *c, bool *ret_done, struct err *e) MUST_USE;
bool once_after(const struct call *c, struct err *e) MUST_USE;
