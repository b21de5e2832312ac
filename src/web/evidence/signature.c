/* signature.c - a document signed with a key: in the browser by NCALayer, or with a file that was
 * signed elsewhere (F12).
 *
 * Both ways send the same form.  Judging takes reading lists of revoked certificates, so it runs on
 * a worker. */
#include "web/evidence/signature.h"

#include "app/signature/signature.h"
#include "web/row.h"
#include "web/site.h"

#include <string.h>

enum { FILE_MOST = 2 * CMS_MOST, TEXT_MOST = 2 * CMS_MOST };

static const char *const kinds[] = { SIGNATURE_APPLICATION, SIGNATURE_PAPER,   SIGNATURE_SECURITY,
				     SIGNATURE_BALLOT,      SIGNATURE_MINUTES, NULL };
static const char *const medias[] = { "application/octet-stream", NULL };

#define SUBJECT                                                                                    \
	{ "kind", P_CHOICE, 0, 0, true, kinds },                                                   \
	{                                                                                          \
		"subject", P_INT, 1, INT64_MAX, true, NULL                                         \
	}

static const struct param show_params[] = { SUBJECT, PARAMS_END };
static const struct param sign_params[] = {
	SUBJECT,
	{ "signature", P_TEXT, 0, TEXT_MOST, false, NULL }, /* base64, from NCALayer */
	{ "file", P_FILE, 0, FILE_MOST, false, medias },
	PARAMS_END,
};
static const struct param file_params[] = {
	SUBJECT,
	{ "signature", P_INT, 1, INT64_MAX, true, NULL },
	PARAMS_END,
};

/* ---- about what ------------------------------------------------------------------------------ */

static bool load(struct req *r, struct signature_subject *ret, struct err *e)
{
	const struct act act = req_act(r);
	return signature_subject(&act, in_text(r, "kind"), in_int(r, "subject"), ret, e) &&
	       (ret->may_sign || err_set(e, ERR_MISSING, "error.missing", "for those who sign it"));
}

/* Where the document is read. */
static const char *back_to(struct req *r, const struct signature_subject *s, struct err *e)
{
	int64_t interview = s->id;
	if (strcmp(s->kind, SIGNATURE_SECURITY) == 0)
		return arena_print(r->arena, "/applications/%lld/security",
				   (long long)s->application_id);
	if (strcmp(s->kind, SIGNATURE_MINUTES) == 0)
		return arena_print(r->arena, "/interviews/%lld/minutes", (long long)s->id);
	if (strcmp(s->kind, SIGNATURE_BALLOT) != 0)
		return arena_print(r->arena, "/applications/%lld", (long long)s->application_id);
	if (!db_number(r->db, e, &interview,
		       "SELECT interview_id FROM interview_candidate WHERE application_id = $1",
		       db_int(s->application_id)))
		return NULL;
	return arena_print(r->arena, "/interviews/%lld/candidates/%lld", (long long)interview,
			   (long long)s->application_id);
}

/* ---- the page -------------------------------------------------------------------------------- */

/* What else a refused signature suffers from, as [{name}]: the first fault stands at the field. */
static json_t *faults_model(const struct req *r)
{
	json_t *list = json_array();
	size_t i = 0;
	const json_t *fault = NULL;
	json_array_foreach (json_object_get(r->found, "faults"), i, fault) {
		if (i > 0)
			(void)json_array_append_new(list, json_pack("{s:O}", "name", fault));
	}
	return list;
}

static bool signature_show(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct signature_subject s;
	json_t *rows = NULL;
	if (!load(r, &s, e) || !signature_list(&act, s.kind, s.id, &rows, e))
		return false;
	(void)json_object_set(model, "rows", rows);
	const char *back = back_to(r, &s, e);
	if (!back)
		return false;
	(void)json_object_set_new(model, "subject",
				  json_pack("{s:s,s:I,s:s,s:s,s:b,s:s,s:s}", "kind", s.kind, "id",
					    (json_int_t)s.id, "text", s.text, "back", back, "own",
					    s.own, "iin", s.own ? s.iin : "", "ncalayer",
					    r->site->ncalayer));
	(void)json_object_set_new(model, "faults", faults_model(r));
	return true;
}

static bool signature_text(struct req *r, json_t *model, struct err *e)
{
	struct signature_subject s;
	(void)model;
	if (!load(r, &s, e))
		return false;
	struct upload *file = arena_alloc(r->arena, sizeof(*file));
	*file = (struct upload){ .name = "text",
				 .file_name = arena_print(r->arena, "%s-%lld.json", s.kind,
							  (long long)s.id),
				 .media = "application/json",
				 .bytes = s.text,
				 .size = strlen(s.text) };
	r->download = file;
	return true;
}

static bool signature_file(struct req *r, json_t *model, struct err *e)
{
	struct signature_subject s;
	(void)model;
	if (!load(r, &s, e))
		return false;
	const json_t *row = db_row(r->db, r->arena, e,
				   "SELECT blob_hash FROM document_signature"
				   " WHERE id = $1 AND kind = $2 AND subject_id = $3",
				   db_int(in_int(r, "signature")), db_text(s.kind), db_int(s.id));
	return row && send_blob(r, row_text(row, "blob_hash"),
				arena_print(r->arena, "%s-%lld.cms", s.kind, (long long)s.id), e);
}

/* ---- signing --------------------------------------------------------------------------------- */

/* What was sent: NCALayer's text, or the file. */
static bool sent(const struct req *r, struct der *ret, struct err *e)
{
	const struct upload *file = in_file(r, "file");
	const char *text = in_text(r, "signature");
	if (*text)
		*ret = (struct der){ (const unsigned char *)text, strlen(text) };
	else if (file)
		*ret = (struct der){ file->bytes, file->size };
	else
		return err_input(e, "file", "error.required", "no signature");
	return true;
}

static bool signature_slow(struct req *r, struct err *e)
{
	const struct act act = req_act(r);
	struct signature_subject s;
	struct der cms;
	return load(r, &s, e) && sent(r, &cms, e) && signature_judge(&act, &s, cms, &r->found, e);
}

static bool signature_sign(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct signature_subject s;
	struct der cms;
	(void)model;
	if (!load(r, &s, e) || !sent(r, &cms, e) ||
	    !signature_keep(&act, s.kind, s.id, cms, r->found, e))
		return false;
	const char *back = back_to(r, &s, e);
	if (!back)
		return false;
	r->notice = "signature.notice.kept";
	req_go(r, "%s", back);
	return true;
}

/* ---- HR: a signer who is not the signatory --------------------------------------------------- */

static const char *const answers[] = { "yes", "no", NULL };
static const struct param decision_params[] = {
	{ "signature", P_INT, 1, INT64_MAX, true, NULL },
	PARAMS_END,
};
static const struct param decide_params[] = {
	{ "signature", P_INT, 1, INT64_MAX, true, NULL },
	{ "counts", P_CHOICE, 0, 0, true, answers },
	{ "reason", P_TEXT, 1, 500, true, NULL },
	PARAMS_END,
};

/* The document of a signature, for its HR alone; where HR checks it. */
static const char *load_decision(struct req *r, struct signature_subject *ret, struct err *e)
{
	const struct act act = req_act(r);
	const json_t *row = db_row(r->db, r->arena, e,
				   "SELECT kind, subject_id FROM document_signature WHERE id = $1",
				   db_int(in_int(r, "signature")));
	if (!row ||
	    !signature_subject(&act, row_text(row, "kind"), row_number(row, "subject_id"), ret, e))
		return NULL;
	if (!ret->organ) {
		(void)err_set(e, ERR_MISSING, "error.missing", "no paper");
		return NULL;
	}
	if (!act_require(&act, ROLE_NAME_HR, ret->organ, e))
		return NULL;
	return arena_print(r->arena, "/applications/%lld/check", (long long)ret->application_id);
}

static bool decision_show(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct signature_subject s;
	json_t *rows = NULL;
	json_t *own = json_array();
	size_t i = 0;
	json_t *row = NULL;
	const char *back = load_decision(r, &s, e);
	(void)json_object_set_new(model, "rows", own);
	if (!back || !signature_list(&act, s.kind, s.id, &rows, e))
		return false;
	json_array_foreach (rows, i, row) {
		json_t *other = json_object_get(row, "other");
		if (row_number(row, "id") != in_int(r, "signature") ||
		    !json_is_true(json_object_get(other, "decides")))
			continue;
		(void)json_object_set_new(other, "decides", json_false()); /* this is the page */
		(void)json_array_append(own, row);
	}
	(void)json_object_set_new(model, "back", json_string(back));
	(void)json_object_set_new(model, "signature",
				  json_integer((json_int_t)in_int(r, "signature")));
	return json_array_size(own) > 0 ||
	       err_set(e, ERR_MISSING, "error.missing", "nothing to be said");
}

static bool decision_make(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct signature_subject s;
	(void)model;
	const char *back = load_decision(r, &s, e);
	if (!back ||
	    !signature_decide(&act, in_int(r, "signature"),
			      strcmp(in_text(r, "counts"), "yes") == 0, in_text(r, "reason"), e))
		return false;
	r->notice = "signature.notice.decided";
	req_go(r, "%s", back);
	return true;
}

/* ---- for other pages ------------------------------------------------------------------------- */

/* Whoever has signed a document as it stands is not asked again: it would be refused. */
static bool has_signed(const struct req *r, const json_t *rows, bool *ret, struct err *e)
{
	size_t i = 0;
	const json_t *row = NULL;
	*ret = false;
	json_array_foreach (rows, i, row) {
		int64_t own = 0;
		if (!db_number(r->db, e, &own,
			       "SELECT COUNT(*) FROM document_signature s"
			       " JOIN person p ON p.iin = s.signer WHERE s.id = $1 AND p.id = $2",
			       db_int(row_number(row, "id")), db_int(r->actor.person_id)))
			return false;
		*ret = *ret || own > 0;
	}
	return true;
}

bool signature_fill(struct req *r, const char *kind, int64_t id, bool may_sign, json_t *parent,
		    struct err *e)
{
	const struct act act = req_act(r);
	json_t *rows = NULL;
	bool over = false;
	if (!signature_list(&act, kind, id, &rows, e) ||
	    (may_sign && !has_signed(r, rows, &over, e)))
		return false;
	(void)json_object_set_new(parent, "signed",
				  json_pack("{s:s,s:I,s:b,s:O}", "kind", kind, "id", (json_int_t)id,
					    "may_sign", may_sign && !over, "rows", rows));
	return true;
}

bool signature_fill_rows(struct req *r, const char *kind, bool may_sign, json_t *rows,
			 struct err *e)
{
	size_t i = 0;
	json_t *row = NULL;
	json_array_foreach (rows, i, row) {
		if (!signature_fill(r, kind, row_number(row, "id"), may_sign, row, e))
			return false;
	}
	return true;
}

bool signature_fill_papers(struct req *r, int64_t application_id, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	size_t i = 0;
	const json_t *row = NULL;
	json_t *list = json_array();
	(void)json_object_set_new(model, "signed_papers", list);
	const json_t *rows = db_rows(r->db, r->arena, e,
				     "SELECT id, kind FROM document WHERE application_id = $1"
				     " AND replaced_ms IS NULL ORDER BY id",
				     db_int(application_id));
	json_array_foreach (rows, i, row) {
		json_t *signed_rows = NULL;
		if (!signature_list(&act, SIGNATURE_PAPER, row_number(row, "id"), &signed_rows, e))
			return false;
		if (json_array_size(signed_rows) > 0)
			(void)json_array_append_new(list, json_pack("{s:O,s:O}", "kind",
								    json_object_get(row, "kind"),
								    "rows", signed_rows));
	}
	return rows != NULL;
}

bool signature_fill_vote(struct req *r, int64_t application_id, json_t *candidate, struct err *e)
{
	const struct act act = req_act(r);
	size_t i = 0;
	const json_t *row = NULL;
	json_t *list = json_array();
	json_t *mine = json_null();
	(void)json_object_set_new(candidate, "signed_ballots", list);
	const json_t *rows = db_rows(r->db, r->arena, e,
				     "SELECT b.id, m.person_id FROM ballot b"
				     "  JOIN commission_member m ON m.id = b.member_id"
				     " WHERE b.application_id = $1 ORDER BY b.id",
				     db_int(application_id));
	json_array_foreach (rows, i, row) {
		json_t *one = NULL;
		if (!signature_list(&act, SIGNATURE_BALLOT, row_number(row, "id"), &one, e))
			return false;
		(void)json_array_extend(list, one);
		if (row_number(row, "person_id") == r->actor.person_id && json_array_size(one) == 0)
			mine = json_object_get(row, "id");
	}
	(void)json_object_set(candidate, "my_ballot", mine);
	return rows != NULL;
}

/* ---- the table ------------------------------------------------------------------------------- */

#include "web/route_table.h"

const struct route signature_routes[] = {
	{ GET, "/signatures/:kind/:subject", ROLE_PERSON, signature_show, "signature/show",
	  show_params, "Where a document is signed with a key (F12).", .ncalayer = true },
	{ POST, "/signatures/:kind/:subject", ROLE_PERSON, signature_sign, "signature/show",
	  sign_params, "Takes a CMS over the document's text, from NCALayer or as a file.",
	  .slow = signature_slow, .again = signature_show, .ncalayer = true },
	{ GET, "/signatures/:kind/:subject/text", ROLE_PERSON, signature_text, NULL, show_params,
	  "The text that is signed, to sign it elsewhere." },
	{ GET, "/signatures/:kind/:subject/files/:signature", ROLE_PERSON, signature_file, NULL,
	  file_params, "A signature as it came.", .gives = "application/octet-stream" },
	{ GET, "/signature-decisions/:signature", ROLE_HR, decision_show, "signature/decide",
	  decision_params, "Where HR says whether another signer's signature counts (R10-1)." },
	{ POST, "/signature-decisions/:signature", ROLE_HR, decision_make, "signature/decide",
	  decide_params, "Says so, with a reason.", .again = decision_show },
	{ 0 },
};
