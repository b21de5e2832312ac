#include "app/signature/signature_part.h"

#include "app/candidate/candidate.h"
#include "app/signature/trust.h"
#include "sign/x509_text.h"

#include <string.h>

/* ---- judging --------------------------------------------------------------------------------- */

/* A paper's own candidate does not sign it. */
static void refuse_own(const char *not_iin, struct cms_verdict *v)
{
	for (size_t i = 0; not_iin && i < v->signer_count; i++) {
		if (strcmp(v->signers[i].person.iin, not_iin) != 0)
			continue;
		v->signers[i].faults |= FAULT_BIT(FAULT_PERSON);
		v->faults |= FAULT_BIT(FAULT_PERSON);
		v->good = false;
	}
}

/* Since when a certificate of the path of a stamped signature has run out: the lists of then are
 * needed, too.  0 if none has. */
static int64_t run_out(const struct cms_verdict *v, int64_t now_ms)
{
	int64_t first_ms = 0;
	for (size_t i = 0; i < v->signer_count; i++) {
		const struct cms_signer *s = &v->signers[i];
		const struct chain *chains[] = { &s->chain,
						 s->stamp.signer ? &s->stamp.signer->chain : NULL };
		for (size_t k = 0; s->stamp.there && k < COUNT(chains) * CHAIN_MOST; k++) {
			const struct chain *c = chains[k / CHAIN_MOST];
			if (!c || k % CHAIN_MOST >= c->count)
				continue;
			const int64_t end_ms = c->path[k % CHAIN_MOST]->not_after_ms;
			if (end_ms < now_ms && (first_ms == 0 || end_ms < first_ms))
				first_ms = end_ms;
		}
	}
	return first_ms;
}

/* By what is trusted now, and by older lists where a time stamp makes them count. */
static bool verify(const struct act *act, const struct signature_subject *subject, struct der cms,
		   struct trust *trust, struct cms_verdict *v, struct err *e)
{
	const struct cms_question q = { .trust = trust,
					.document = { (const unsigned char *)subject->text,
						      strlen(subject->text) },
					.cms = cms,
					.purpose = PURPOSE_SIGNATURE,
					.at_ms = act->now_ms,
					.iin = subject->own ? subject->iin : NULL };
	if (!trust_load(act, trust, e))
		return false;
	cms_verify(act->arena, &q, v);
	const int64_t end_ms = v->good ? 0 : run_out(v, act->now_ms);
	if (end_ms == 0)
		return true;
	if (!trust_add_past(act, end_ms, trust, e))
		return false;
	cms_verify(act->arena, &q, v);
	return true;
}

/* F12, R10-1: whether each signer of a paper is whom the paper names. */
static bool add_signatories(const struct act *act, const struct signature_subject *subject,
			    const struct cms_verdict *v, json_t *verdict, struct err *e)
{
	json_t *signers = json_object_get(verdict, "signers");
	for (size_t i = 0; subject->signatory && i < v->signer_count; i++) {
		const char *how = NULL;
		if (!signature_signatory(act, subject->signatory, &v->signers[i].person, &how, e))
			return false;
		(void)json_object_set_new(json_array_get(signers, i), "signatory",
					  json_string(how));
	}
	return true;
}

bool signature_judge(const struct act *act, const struct signature_subject *subject, struct der cms,
		     json_t **ret, struct err *e)
{
	struct trust trust = { .anchor_count = 0 };
	struct cms_verdict v;
	if (!verify(act, subject, cms, &trust, &v, e))
		return false;
	refuse_own(subject->not_iin, &v);
	json_t *verdict = signature_verdict(&v, subject->sha256, trust.list_most_ms);
	if (!verdict)
		return err_set(e, ERR_SYSTEM, "error.system", "a verdict that is no JSON");
	json_in_arena(act->arena, verdict);
	*ret = verdict;
	return add_signatories(act, subject, &v, verdict, e);
}

/* The first fault tells what to do: "signature.fault.NAME".  The page shows all of them. */
static bool refused(const char *fault, struct err *e)
{
	char key[sizeof(e->key)];
	(void)snprintf(key, sizeof(key), "signature.fault.%s", fault);
	(void)err_input(e, "file", key, "fault %s", fault);
	return err_value(e, fault);
}

bool signature_of_challenge(const struct act *act, const void *challenge, size_t size,
			    struct der cms, char ret_iin[PERSON_NUMBER_SIZE], struct err *e)
{
	struct trust trust = { .anchor_count = 0 };
	struct cms_verdict v;
	if (size < CHALLENGE_LEAST || size > CHALLENGE_MOST)
		return err_set(e, ERR_SYSTEM, "error.system", "a challenge of %zu bytes", size);
	if (!trust_load(act, &trust, e))
		return false;
	cms_verify(act->arena,
		   &(struct cms_question){ .trust = &trust,
					   .document = { challenge, size },
					   .cms = cms,
					   .purpose = PURPOSE_SIGN_IN,
					   .at_ms = act->now_ms },
		   &v);
	for (int i = 0; i < FAULT_COUNT; i++) {
		if (v.faults & FAULT_BIT(i))
			return refused(signature_fault_name((enum signature_fault)i), e);
	}
	/* who signs in is one person */
	if (v.signer_count != 1)
		return refused(signature_fault_name(FAULT_PERSON), e);
	memcpy(ret_iin, v.signers[0].person.iin, PERSON_NUMBER_SIZE);
	return true;
}

/* ---- keeping --------------------------------------------------------------------------------- */

static bool check_verdict(const struct signature_subject *s, const json_t *verdict, struct err *e)
{
	const json_t *faults = json_object_get(verdict, "faults");
	if (strcmp(row_text(verdict, "sha256"), s->sha256) != 0)
		return err_set(e, ERR_CONFLICT, "signature.error.changed", "judged over another");
	if (json_is_true(json_object_get(verdict, "good")))
		return true;
	return refused(json_string_value(json_array_get(faults, 0)), e);
}

static const char *canonical(struct arena *a, const json_t *verdict)
{
	char *text = json_dumps(verdict, JSON_COMPACT | JSON_SORT_KEYS);
	const char *kept = arena_copy(a, text ? text : "");
	free(text);
	return kept;
}

static bool insert(const struct act *act, const struct signature_subject *s, const char *blob,
		   const json_t *verdict, const char *text, struct err *e)
{
	const json_t *signer = json_array_get(json_object_get(verdict, "signers"), 0);
	int64_t changed = 0;
	const bool ok = db_exec(
		act->db, e, &changed,
		"INSERT INTO document_signature (kind, subject_id, competition_id,"
		" application_id, sha256, signer, blob_hash, verdict, list, by_id, at_ms)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
		" ON CONFLICT (kind, subject_id, sha256, signer) DO NOTHING",
		db_text(s->kind), db_int(s->id), db_int(s->competition_id),
		s->application_id ? db_int(s->application_id) : db_null(), db_text(s->sha256),
		db_text(row_text(signer, "iin")), db_text(blob), db_text(text),
		db_text(row_text(signer, "list")), db_int(act->person_id), db_int(act->now_ms));
	return ok && (changed == 1 ||
		      err_set(e, ERR_CONFLICT, "signature.error.twice", "signed by this one"));
}

/* The journal binds the document, the CMS, the certificate and the verdict; names stay in the rows.
 */
static bool journal(const struct act *act, const struct signature_subject *s, const char *blob,
		    const json_t *verdict, const char *text, struct err *e)
{
	char hash[FINGERPRINT_SIZE];
	sha256_text(text, strlen(text), hash);
	const json_t *signer = json_array_get(json_object_get(verdict, "signers"), 0);
	json_t *content = json_pack("{s:s,s:s,s:s,s:s,s:s,s:s}", "sha256", s->sha256, "cms", blob,
				    "certificate", row_text(signer, "serial"), "anchor",
				    row_text(signer, "anchor"), "list", row_text(signer, "list"),
				    "verdict", hash);
	return act_journal(act, "document.signed", s->competition_id,
			   act_subject(act, s->kind, s->id), content, e);
}

bool signature_keep(const struct act *act, const char *kind, int64_t id, struct der cms,
		    const json_t *verdict, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct signature_subject s = { .id = 0 };
	const char *blob = NULL;
	const char *text = canonical(act->arena, verdict);
	if (!db_begin(act->db, &tx, e) || !signature_subject(act, kind, id, &s, e))
		return false;
	if (!s.may_sign)
		return err_set(e, ERR_DENIED, "error.denied", "not this person's to sign");
	return check_verdict(&s, verdict, e) &&
	       act_keep_file(act, cms.bytes, cms.size, "application/pkcs7-signature", &blob, e) &&
	       insert(act, &s, blob, verdict, text, e) &&
	       journal(act, &s, blob, verdict, text, e) && db_commit(&tx, e);
}

/* ---- another signer than the signatory ------------------------------------------------------- */

static bool may_decide(const struct act *act, const struct signature_subject *s, bool *ret,
		       struct err *e)
{
	*ret = false;
	return !s->organ || act_holds(act, ROLE_NAME_HR, s->organ, ret, e);
}

/* The signature's own row, if there is something to be said about it. */
static const json_t *load_open(const struct act *act, int64_t id, struct signature_subject *ret,
			       struct err *e)
{
	const json_t *row = db_row(act->db, act->arena, e,
				   "SELECT kind, subject_id, verdict FROM document_signature"
				   " WHERE id = $1",
				   db_int(id));
	if (!row ||
	    !signature_subject(act, row_text(row, "kind"), row_number(row, "subject_id"), ret, e))
		return NULL;
	return row;
}

static bool is_other(const json_t *row)
{
	json_t *verdict = json_loads(row_text(row, "verdict"), 0, NULL);
	const json_t *signer = json_array_get(json_object_get(verdict, "signers"), 0);
	const bool other = strcmp(row_text(signer, "signatory"), "other") == 0;
	json_decref(verdict);
	return other;
}

bool signature_decide(const struct act *act, int64_t id, bool counts, const char *reason,
		      struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct signature_subject s = { .id = 0 };
	bool may = false;
	int64_t changed = 0;
	if (!db_begin(act->db, &tx, e))
		return false;
	const json_t *row = load_open(act, id, &s, e);
	if (!row || !candidate_require_other(act, THING_SIGNATURE, id, e) ||
	    !may_decide(act, &s, &may, e))
		return false;
	if (!may)
		return err_set(e, ERR_DENIED, "error.denied", "HR of the organ says so");
	if (!reason || !*reason)
		return err_input(e, "reason", "error.required", "no reason");
	if (is_other(row) &&
	    !db_exec(act->db, e, &changed,
		     "INSERT INTO signature_decision (signature_id, counts, reason, by_id, at_ms)"
		     " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (signature_id) DO NOTHING",
		     db_int(id), db_int(counts), db_text(reason), db_int(act->person_id),
		     db_int(act->now_ms)))
		return false;
	if (changed == 0)
		return err_set(e, ERR_CONFLICT, "signature.error.decided", "nothing to be said");
	return act_journal(act, "document.signatory", s.competition_id,
			   act_subject(act, s.kind, s.id),
			   json_pack("{s:I,s:b,s:s}", "signature", (json_int_t)id, "counts", counts,
				     "reason", reason),
			   e) &&
	       db_commit(&tx, e);
}

/* ---- showing --------------------------------------------------------------------------------- */

static json_t *stamp_shown(const json_t *signer)
{
	const json_t *stamp = json_object_get(signer, "stamp");
	return stamp ? json_pack("{s:I,s:s}", "at_ms", (json_int_t)row_number(stamp, "at_ms"),
				 "name", row_text(stamp, "name"))
		     : json_null();
}

/* F12, R10-1: a signer who is not the signatory is never passed over in silence. */
static json_t *other_shown(const json_t *row, const json_t *signer,
			   const struct signature_subject *s, bool may)
{
	const bool decided = row_has(row, "counts");
	if (strcmp(row_text(signer, "signatory"), "other") != 0)
		return json_null();
	const char *state = !decided                         ? "open"
			    : row_number(row, "counts") != 0 ? "counts"
							     : "refused";
	return json_pack("{s:s,s:s,s:s,s:b}", "named", s->signatory ? s->signatory : "", "state",
			 state, "reason", row_text(row, "reason"), "decides", may && !decided);
}

/* What pages and papers show of the kept verdict. */
static json_t *shown(const json_t *row, const struct signature_subject *s, bool may)
{
	static const char *const texts[] = { "name",   "organisation", "algorithm",
					     "serial", "issuer",       "list_number" };
	json_t *verdict = json_loads(row_text(row, "verdict"), 0, NULL);
	const json_t *signer = json_array_get(json_object_get(verdict, "signers"), 0);
	json_t *one = json_pack("{s:O,s:O}", "id", json_object_get(row, "id"), "at_ms",
				json_object_get(row, "at_ms"));
	for (size_t i = 0; i < COUNT(texts); i++)
		(void)json_object_set_new(one, texts[i], json_string(row_text(signer, texts[i])));
	(void)json_object_set_new(one, "list_made_ms",
				  json_integer(row_number(signer, "list_made_ms")));
	(void)json_object_set_new(one, "signed_ms",
				  row_has(signer, "signed_ms")
					  ? json_integer(row_number(signer, "signed_ms"))
					  : json_null());
	(void)json_object_set_new(one, "stamp", stamp_shown(signer));
	(void)json_object_set_new(one, "other", other_shown(row, signer, s, may));
	json_decref(verdict);
	return one;
}

/* Whether the document has any: most have none, and to hash a large file takes its time. */
static bool has_some(const struct act *act, const char *kind, int64_t id, bool *ret, struct err *e)
{
	return db_exists(act->db, e, ret,
			 "SELECT 1 FROM document_signature WHERE kind = $1 AND subject_id = $2",
			 db_text(kind), db_int(id));
}

bool signature_list(const struct act *act, const char *kind, int64_t id, json_t **ret,
		    struct err *e)
{
	struct signature_subject s = { .sha256 = "" };
	struct err why = { 0 };
	bool some = false;
	bool may = false;
	size_t i = 0;
	const json_t *row = NULL;
	json_t *list = json_array();
	json_in_arena(act->arena, list);
	if (!has_some(act, kind, id, &some, e))
		return false;
	if (some && !signature_subject(act, kind, id, &s, &why)) {
		if (why.kind != ERR_MISSING) {
			*e = why;
			return false;
		}
		some = false;
	}
	if (some && !may_decide(act, &s, &may, e))
		return false;
	const json_t *rows = db_rows(act->db, act->arena, e,
				     "SELECT s.id, s.verdict, s.at_ms, d.counts, d.reason"
				     " FROM document_signature s LEFT JOIN signature_decision d"
				     "  ON d.signature_id = s.id"
				     " WHERE s.kind = $1 AND s.subject_id = $2 AND s.sha256 = $3"
				     " AND $4 = 1 ORDER BY s.id",
				     db_text(kind), db_int(id), db_text(s.sha256), db_int(some));
	json_array_foreach (rows, i, row)
		(void)json_array_append_new(list, shown(row, &s, may));
	*ret = list;
	return rows != NULL;
}
