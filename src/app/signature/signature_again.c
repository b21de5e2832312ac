/* signature_again.c - a signature that was kept, judged again as of when it came, from nothing but
 * what was kept; and the same for an outsider with OpenSSL's command line (F12). */
#include "app/signature/signature_part.h"

#include "app/signature/trust.h"
#include "base/buf.h"
#include "sign/x509_text.h"

#include <sodium.h>
#include <string.h>

/* What a stored verdict rests on. */
struct rest {
	const json_t *row; /* of document_signature, with "body" apart */
	json_t *verdict;
	struct der cms;
	const char *text;
	struct certificate anchors[CMS_SIGNERS_MOST * 2];
	struct certificate between[CMS_SIGNERS_MOST * 2 * CHAIN_MOST];
	struct crl lists[CMS_SIGNERS_MOST * 2 * CHAIN_MOST];
	struct trust trust;
	struct trust_cache *cache;
};

/* The journal binds the bytes by the hash that is their name. */
static bool is_whole(const struct act *act, const char *name, struct der bytes)
{
	unsigned char hash[crypto_generichash_BYTES];
	(void)crypto_generichash(hash, sizeof(hash), bytes.bytes, bytes.size, NULL, 0);
	return strcmp(act_hex(act->arena, hash, sizeof(hash)), name) == 0;
}

static bool load_row(const struct act *act, int64_t id, struct rest *r, struct err *e)
{
	const void *body = NULL;
	r->row = db_row(
		act->db, act->arena, e,
		"SELECT kind, subject_id, sha256, blob_hash, verdict, at_ms FROM document_signature"
		" WHERE id = $1",
		db_int(id));
	if (!r->row ||
	    !db_bytes(act->db, act->arena, e, &body, &r->cms.size,
		      "SELECT b.body FROM document_signature s JOIN blob b ON b.hash = s.blob_hash"
		      " WHERE s.id = $1",
		      db_int(id)))
		return false;
	r->cms.bytes = body;
	r->text = signature_text_of(act->arena, row_text(r->row, "kind"),
				    row_number(r->row, "subject_id"), row_text(r->row, "sha256"));
	r->verdict = json_loads(row_text(r->row, "verdict"), 0, NULL);
	if (!r->verdict)
		r->verdict = json_object();
	json_in_arena(act->arena, r->verdict);
	return true;
}

/* A path's anchor and what is between; those that the CMS itself brings are not among our rows. */
static bool add_path(const struct act *act, struct rest *r, const json_t *path, struct err *e)
{
	const size_t count = json_array_size(path);
	for (size_t i = 1; i < count && i < CHAIN_MOST; i++) {
		const bool anchor = i + 1 == count;
		struct certificate *one = anchor ? &r->anchors[r->trust.anchor_count]
						 : &r->between[r->trust.authority_count];
		if (!trust_certificate(act, json_string_value(json_array_get(path, i)), one, e))
			return false;
		if (one->der.bytes && anchor)
			r->trust.anchor_count++;
		else if (one->der.bytes)
			r->trust.authority_count++;
	}
	return true;
}

static bool add_lists(const struct act *act, struct rest *r, const json_t *lists, struct err *e)
{
	for (size_t i = 0; i < json_array_size(lists) && i < CHAIN_MOST; i++) {
		const char *fingerprint = json_string_value(json_array_get(lists, i));
		struct crl *one = &r->lists[r->trust.list_count];
		if (!fingerprint)
			continue;
		if (!trust_cached(act, r->cache, fingerprint, one, e))
			return false;
		if (one->der.bytes)
			r->trust.list_count++;
	}
	return true;
}

static bool add_signer(const struct act *act, struct rest *r, const json_t *signer, struct err *e)
{
	const json_t *stamp = json_object_get(signer, "stamp");
	return add_path(act, r, json_object_get(signer, "path"), e) &&
	       add_lists(act, r, json_object_get(signer, "lists"), e) &&
	       add_path(act, r, json_object_get(stamp, "path"), e) &&
	       add_lists(act, r, json_object_get(stamp, "lists"), e);
}

static bool load(const struct act *act, int64_t id, struct trust_cache *cache, struct rest *r,
		 struct err *e)
{
	size_t i = 0;
	const json_t *signer = NULL;
	*r = (struct rest){ .cache = cache };
	if (!load_row(act, id, r, e))
		return false;
	r->trust = (struct trust){ .anchors = r->anchors,
				   .authorities = r->between,
				   .lists = r->lists,
				   .list_most_ms = row_number(r->verdict, "list_most_ms") };
	json_array_foreach (json_object_get(r->verdict, "signers"), i, signer) {
		if (i < CMS_SIGNERS_MOST && !add_signer(act, r, signer, e))
			return false;
	}
	return true;
}

bool signature_again(const struct act *act, int64_t id, struct trust_cache *cache, fault_set *ret,
		     struct err *e)
{
	struct rest *r = arena_alloc(act->arena, sizeof(*r));
	struct cms_verdict v;
	if (!load(act, id, cache, r, e))
		return false;
	cms_verify(act->arena,
		   &(struct cms_question){
			   .trust = &r->trust,
			   .document = { (const unsigned char *)r->text, strlen(r->text) },
			   .cms = r->cms,
			   .purpose = PURPOSE_SIGNATURE,
			   .at_ms = row_number(r->row, "at_ms") },
		   &v);
	const json_t *signer = json_array_get(json_object_get(r->verdict, "signers"), 0);
	*ret = v.faults;
	if (!is_whole(act, row_text(r->row, "blob_hash"), r->cms))
		*ret |= FAULT_BIT(FAULT_FORMAT);
	if (v.signer_count > 0 && strcmp(v.signers[0].person.iin, row_text(signer, "iin")) != 0)
		*ret |= FAULT_BIT(FAULT_PERSON);
	return true;
}

static void add_pem(struct arena *a, struct buf *out, const char *label, struct der der)
{
	buf_add(out, x509_pem(a, label, der.bytes, der.size));
}

bool signature_evidence(const struct act *act, int64_t id, struct signature_evidence *ret,
			struct err *e)
{
	struct rest *r = arena_alloc(act->arena, sizeof(*r));
	struct buf trusted = buf_on(act->arena);
	bool partial = false;
	CLEANUP(trust_cache_cleanup) struct trust_cache cache = { .count = 0 };
	if (!load(act, id, &cache, r, e))
		return false;
	const json_t *signer = json_array_get(json_object_get(r->verdict, "signers"), 0);
	const int64_t stamp_ms = row_number(json_object_get(signer, "stamp"), "at_ms");
	for (size_t i = 0; i < r->trust.anchor_count; i++) {
		add_pem(act->arena, &trusted, "CERTIFICATE", r->anchors[i].der);
		partial = partial || !certificate_self_issued(&r->anchors[i]);
	}
	for (size_t i = 0; i < r->trust.authority_count; i++)
		add_pem(act->arena, &trusted, "CERTIFICATE", r->between[i].der);
	for (size_t i = 0; i < r->trust.list_count; i++)
		add_pem(act->arena, &trusted, "X509 CRL", r->lists[i].der);
	*ret = (struct signature_evidence){
		.kind = row_text(r->row, "kind"),
		.subject_id = row_number(r->row, "subject_id"),
		.text = r->text,
		.cms = r->cms.bytes,
		.size = r->cms.size,
		.trusted = trusted.text,
		.partial = partial,
		.at_ms = stamp_ms ? stamp_ms : row_number(r->row, "at_ms"),
	};
	return true;
}
