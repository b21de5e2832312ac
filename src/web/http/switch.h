/* switch.h - another language in the middle of a form (F54).
 *
 * A POST that brings the field SWITCH_FIELD sends nothing: no handler runs, nothing is checked but
 * whose form it is.  The page of the form comes again in that language, with what was typed.
 * Secrets and files cannot come back: no page may fill them in, so it says that they are to be
 * chosen again.  Forms have such buttons where there are no scripts (pages/field/switch.html);
 * otherwise the head of the page does it (assets/app.js). */
#pragma once
#include "web/http/call.h"

#define SWITCH_FIELD "in_language"

/* Reads the field into c->to_language, NULL if there is none.  False: it is no language of ours
 * (ERR_INPUT "error.choice", a 400). */
bool switch_read(struct call *c, struct err *e) MUST_USE;

/* Instead of the handler: keeps the language with the account, fills the model of the form's page
 * or, for a form without one, goes to where it stands. */
bool switch_do(struct call *c, struct err *e) MUST_USE;

/* Whether all of the form comes back: it has neither secrets nor files. */
bool switch_is_whole(const struct call *c);
