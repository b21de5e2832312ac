/* signature.h - pages where documents are signed with a key, and what other pages show of it (F12).
 */
#pragma once
#include "web/web.h"

extern const struct route signature_routes[];

/* Adds "signed" to `parent`, for pages/signature/signed.html and papers/signed.html: {kind, id,
 * may_sign, rows}; the caller has checked the right to read the document. */
bool signature_fill(struct req *r, const char *kind, int64_t id, bool may_sign, json_t *parent,
		    struct err *e) MUST_USE;

/* The same for each row of a list of documents, by its "id". */
bool signature_fill_rows(struct req *r, const char *kind, bool may_sign, json_t *rows,
			 struct err *e) MUST_USE;

/* Adds "signed_papers", for pages/signature/papers.html and papers/signed-papers.html: the papers
 * of an application that were signed with a key, [{kind, rows}]. */
bool signature_fill_papers(struct req *r, int64_t application_id, json_t *model,
			   struct err *e) MUST_USE;

/* Adds to a candidate's vote (F82) "signed_ballots", the ballots that were signed with a key, and
 * "my_ballot", the id of this person's own that may be, or null. */
bool signature_fill_vote(struct req *r, int64_t application_id, json_t *candidate,
			 struct err *e) MUST_USE;
