/* kept.h - what was sent waits while its person proves once more who it is (app/access/reauth.h).
 *
 * Texts travel along in the page; files stay here, under the session, and the form that is offered
 * again names them: a field KEPT for each, whose value is the field that the file was in.  What
 * comes back that way is checked as if it had been sent just now.  Secrets are typed anew. */
#pragma once
#include "web/http/call.h"

#define KEPT_FIELD "kept"

/* What was sent, urlencoded, to be offered again; "" if there is a secret in it, or too much. */
const char *kept_text(const struct call *c);

/* Keeps the files that kept_text() names.  On the loop, behind a refused handler. */
bool kept_files(const struct call *c, struct err *e) MUST_USE;

/* Puts the files that a form names into its fields; what is not there any more is left out, as if
 * nobody had chosen one. */
bool kept_load(struct call *c, struct err *e) MUST_USE;

/* The form is done: its files go. */
bool kept_forget(const struct call *c, struct err *e) MUST_USE;
