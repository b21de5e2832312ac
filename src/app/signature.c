#include "app/signature.h"

#include "app/trust.h"

#include <string.h>

/* ---- a verdict as JSON ----------------------------------------------------------------------- */

static json_t *faults_json(fault_set faults)
{
	json_t *list = json_array();
	for (int i = 0; i < FAULT_COUNT; i++) {
		if (faults & FAULT_BIT(i))
			(void)json_array_append_new(
				list, json_string(signature_fault_name((enum signature_fault)i)));
	}
	return list;
}

static void add_certificate(const struct cms_signer *s, json_t *row)
{
	const struct certificate *c = s->certificate;
	(void)json_object_set_new(row, "serial", json_string(c->serial));
	(void)json_object_set_new(row, "subject", json_string(c->subject));
	(void)json_object_set_new(row, "issuer", json_string(c->issuer));
	(void)json_object_set_new(row, "not_before_ms", json_integer(c->not_before_ms));
	(void)json_object_set_new(row, "not_after_ms", json_integer(c->not_after_ms));
	if (s->chain.count > 1)
		(void)json_object_set_new(
			row, "anchor", json_string(s->chain.path[s->chain.count - 1]->fingerprint));
}

static void add_revocation(const struct chain *chain, json_t *row)
{
	static const char *const names[] = { [REVOCATION_UNKNOWN] = "unknown",
					     [REVOCATION_GOOD] = "good",
					     [REVOCATION_REVOKED] = "revoked" };
	(void)json_object_set_new(row, "revocation", json_string(names[chain->revocation]));
	if (!chain->list)
		return;
	(void)json_object_set_new(row, "list", json_string(chain->list->fingerprint));
	(void)json_object_set_new(row, "list_number", json_string(chain->list->number));
	(void)json_object_set_new(row, "list_made_ms", json_integer(chain->list->made_ms));
	(void)json_object_set_new(row, "list_age_ms", json_integer(chain->list_age_ms));
	if (chain->revocation == REVOCATION_REVOKED)
		(void)json_object_set_new(row, "revoked_ms", json_integer(chain->revoked_ms));
}

static json_t *signer_json(const struct cms_signer *s)
{
	json_t *row =
		json_pack("{s:s,s:s,s:s,s:s,s:s,s:o}", "iin", s->person.iin, "name", s->person.name,
			  "organisation", s->person.organisation, "bin", s->person.bin, "algorithm",
			  s->algorithm, "faults", faults_json(s->faults));
	if (!row || !s->certificate)
		return row;
	if (s->signed_ms)
		(void)json_object_set_new(row, "signed_ms", json_integer(s->signed_ms));
	add_certificate(s, row);
	add_revocation(&s->chain, row);
	return row;
}

static json_t *verdict_json(const struct cms_verdict *v, const char *sha256)
{
	json_t *signers = json_array();
	for (size_t i = 0; i < v->signer_count; i++)
		(void)json_array_append_new(signers, signer_json(&v->signers[i]));
	return json_pack("{s:b,s:s,s:o,s:o}", "good", v->good, "sha256", sha256, "faults",
			 faults_json(v->faults), "signers", signers);
}

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

bool signature_judge(const struct act *act, const struct signature_subject *subject, struct der cms,
		     json_t **ret, struct err *e)
{
	struct trust trust = { .anchor_count = 0 };
	struct cms_verdict v;
	if (!trust_load(act, &trust, e))
		return false;
	cms_verify(act->arena,
		   &(struct cms_question){ .trust = &trust,
					   .document = { (const unsigned char *)subject->text,
							 strlen(subject->text) },
					   .cms = cms,
					   .purpose = PURPOSE_SIGNATURE,
					   .at_ms = act->now_ms,
					   .iin = subject->own ? subject->iin : NULL },
		   &v);
	refuse_own(subject->not_iin, &v);
	json_t *verdict = verdict_json(&v, subject->sha256);
	if (!verdict)
		return err_set(e, ERR_SYSTEM, "error.system", "a verdict that is no JSON");
	json_in_arena(act->arena, verdict);
	*ret = verdict;
	return true;
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

static bool insert(const struct act *act, const struct signature_subject *s, const char *blob,
		   const json_t *verdict, struct err *e)
{
	const json_t *signer = json_array_get(json_object_get(verdict, "signers"), 0);
	char *text = json_dumps(verdict, JSON_COMPACT | JSON_SORT_KEYS);
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
	free(text);
	return ok && (changed == 1 ||
		      err_set(e, ERR_CONFLICT, "signature.error.twice", "signed by this one"));
}

/* The journal binds the document, the CMS and the certificate; names stay in the rows. */
static bool journal(const struct act *act, const struct signature_subject *s, const char *blob,
		    const json_t *verdict, struct err *e)
{
	const json_t *signer = json_array_get(json_object_get(verdict, "signers"), 0);
	json_t *content = json_pack("{s:s,s:s,s:s,s:s,s:s}", "sha256", s->sha256, "cms", blob,
				    "certificate", row_text(signer, "serial"), "anchor",
				    row_text(signer, "anchor"), "list", row_text(signer, "list"));
	return act_journal(act, "document.signed", s->competition_id,
			   act_subject(act, s->kind, s->id), content, e);
}

bool signature_keep(const struct act *act, const char *kind, int64_t id, struct der cms,
		    const json_t *verdict, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct signature_subject s = { .id = 0 };
	const char *blob = NULL;
	if (!db_begin(act->db, &tx, e) || !signature_subject(act, kind, id, &s, e))
		return false;
	if (!s.may_sign)
		return err_set(e, ERR_DENIED, "error.denied", "not this person's to sign");
	return check_verdict(&s, verdict, e) &&
	       act_keep_file(act, cms.bytes, cms.size, "application/pkcs7-signature", &blob, e) &&
	       insert(act, &s, blob, verdict, e) && journal(act, &s, blob, verdict, e) &&
	       db_commit(&tx, e);
}

/* ---- showing --------------------------------------------------------------------------------- */

/* What pages and papers show of the kept verdict. */
static json_t *shown(const json_t *row)
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
	const json_t *rows = db_rows(act->db, act->arena, e,
				     "SELECT id, verdict, at_ms FROM document_signature"
				     " WHERE kind = $1 AND subject_id = $2 AND sha256 = $3"
				     " AND $4 = 1 ORDER BY id",
				     db_text(kind), db_int(id), db_text(s.sha256), db_int(some));
	json_array_foreach (rows, i, row)
		(void)json_array_append_new(list, shown(row));
	*ret = list;
	return rows != NULL;
}
