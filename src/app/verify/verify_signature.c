/* verify_signature.c - electronic signatures against the journal, and each judged again as of when
 * it came (F12, F88). */
#include "app/signature/signature.h"
#include "app/signature/trust.h"
#include "app/verify/verify.h"

#include "sign/x509_text.h"

#include <stdlib.h>
#include <string.h>

/* Why a row is not the one that the journal tells of; NULL if it is. */
static const char *differs(const json_t *row, const json_t *content)
{
	char hash[FINGERPRINT_SIZE];
	const char *verdict = row_text(row, "verdict");
	sha256_text(verdict, strlen(verdict), hash);
	if (strcmp(row_text(row, "sha256"), row_text(content, "sha256")) != 0 ||
	    strcmp(row_text(row, "blob_hash"), row_text(content, "cms")) != 0)
		return "the signature is not the one that the journal tells of";
	if (strcmp(hash, row_text(content, "verdict")) != 0)
		return "the verdict is not the one that the journal tells of";
	return NULL;
}

/* In an arena of its own: signatures are many. */
static bool judge_again(const struct act *act, int64_t id, struct trust_cache *cache,
			fault_set *ret, struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *arena = arena_new();
	struct act within = *act;
	within.arena = arena;
	trust_cache_trim(cache);
	return signature_again(&within, id, cache, ret, e);
}

/* A signature was kept in the same instant as its entry. */
static bool look(const struct act *act, struct verify_report *r, struct trust_cache *cache,
		 const json_t *entry, struct err *e)
{
	const char *subject = row_text(entry, "subject");
	const char *slash = strchr(subject, '/');
	json_t *content = json_loads(row_text(entry, "content"), 0, NULL);
	json_in_arena(act->arena, content);
	r->signatures++;
	const json_t *rows =
		db_rows(act->db, act->arena, e,
			"SELECT id, sha256, blob_hash, verdict FROM document_signature"
			" WHERE kind = $1 AND subject_id = $2 AND at_ms = $3 AND blob_hash = $4"
			" AND by_id = $5",
			db_text(arena_print(act->arena, "%.*s", slash ? (int)(slash - subject) : 0,
					    subject)),
			db_int(slash ? strtoll(slash + 1, NULL, 10) : 0),
			db_int(row_number(entry, "at_ms")), db_text(row_text(content, "cms")),
			db_int(row_number(entry, "actor_id")));
	const json_t *row = json_array_get(rows, 0);
	if (!rows)
		return false;
	const int64_t id = row_number(row, "id");
	const char *why = row ? differs(row, content) : "a signature of the journal is gone";
	fault_set faults = 0;
	if (!why && !judge_again(act, id, cache, &faults, e))
		return false;
	for (int i = 0; !why && i < FAULT_COUNT; i++) {
		if (faults & FAULT_BIT(i))
			why = arena_print(act->arena, "the signature does not hold: %s",
					  signature_fault_name((enum signature_fault)i));
	}
	if (why)
		verify_found(r, "signature", "entry", row_number(entry, "seq"), why);
	return true;
}

/* More rows than entries: somebody has signed who did not, or has decided.  What an act has
 * destroyed has no rows. */
static bool count_rows(const struct act *act, struct verify_report *r, struct err *e)
{
	return verify_each(
		r, "signature", "journal",
		"signatures or decisions on them that the journal does not tell of",
		db_rows(act->db, act->arena, e,
			"SELECT 0 AS number WHERE (SELECT COUNT(*) FROM document_signature) >"
			" (SELECT COUNT(*) FROM journal_entry j JOIN journal_content c"
			"  ON c.seq = j.seq WHERE j.kind = 'document.signed')"
			" OR (SELECT COUNT(*) FROM signature_decision) <>"
			" (SELECT COUNT(*) FROM journal_entry j JOIN journal_content c"
			"  ON c.seq = j.seq WHERE j.kind = 'document.signatory')"));
}

bool verify_signatures(const struct act *act, struct verify_report *r, struct err *e)
{
	CLEANUP(trust_cache_cleanup) struct trust_cache cache = { .count = 0 };
	size_t i = 0;
	const json_t *entry = NULL;
	const json_t *entries = db_rows(
		act->db, act->arena, e,
		"SELECT j.seq, j.at_ms, j.actor_id, j.subject, c.content FROM journal_entry j"
		" JOIN journal_content c ON c.seq = j.seq"
		" WHERE j.kind = 'document.signed' ORDER BY j.seq");
	json_array_foreach (entries, i, entry) {
		if (!look(act, r, &cache, entry, e))
			return false;
	}
	return entries != NULL && count_rows(act, r, e);
}
