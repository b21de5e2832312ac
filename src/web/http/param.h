/* param.h - declared parameters: what is not declared does not exist.
 *
 * Checks the fields of a request against the route's list and leaves typed values in
 * r->in and r->uploads.  The message of a failure stands at its field. */
#pragma once
#include "web/http/form.h"
#include "web/web.h"

enum { UPLOADS_MOST = 16, FILE_NAME_MOST = 120 };

/* Fields that are not declared, come twice, or are broken text: the sender is no form
 * of ours, and gets a 400 (ERR_INPUT). */
bool params_known(const struct route *route, const struct fields *f, struct err *e) MUST_USE;

/* Fills r->in, r->uploads.  Fails with the first field that is not as declared; those that
 * are, are there all the same. */
bool params_read(struct req *r, const struct fields *f, struct err *e) MUST_USE;

/* The model's "form": declared name -> {value, error}, what was typed and, at the field
 * of `why`, the `message`.  Borrowed from the arena. */
json_t *params_typed(const struct req *r, const struct fields *f, const struct err *why,
		     const char *message);

/* "application/pdf", "image/png", "image/jpeg", "application/zip"; "application/octet-stream" for
 * everything else. */
const char *media_of(const void *bytes, size_t size);

/* The largest body that the route takes: its fields, and its files with as much again as lets one
 * that is somewhat too large be refused at its field. */
size_t params_body_most(const struct route *route);
