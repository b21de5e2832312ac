#include "app/signature/signature_part.h"

#include "base/text.h"

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

static json_t *path_json(const struct chain *chain)
{
	json_t *list = json_array();
	for (size_t i = 0; i < chain->count; i++)
		(void)json_array_append_new(list, json_string(chain->path[i]->fingerprint));
	return list;
}

static json_t *lists_json(const struct chain *chain)
{
	json_t *list = json_array();
	for (size_t i = 0; i + 1 < chain->count; i++)
		(void)json_array_append_new(
			list,
			chain->lists[i] ? json_string(chain->lists[i]->fingerprint) : json_null());
	return list;
}

static json_t *stamp_json(const struct cms_stamp *stamp)
{
	const struct cms_signer *s = stamp->signer;
	json_t *row = json_pack("{s:b,s:I,s:s,s:s}", "there", stamp->there, "at_ms",
				(json_int_t)stamp->at_ms, "serial", stamp->serial, "name",
				s && s->certificate ? s->certificate->name : "");
	if (!row || !s)
		return row;
	(void)json_object_set_new(row, "algorithm", json_string(s->algorithm));
	(void)json_object_set_new(row, "faults", faults_json(s->faults));
	(void)json_object_set_new(row, "path", path_json(&s->chain));
	(void)json_object_set_new(row, "lists", lists_json(&s->chain));
	return row;
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
	(void)json_object_set_new(row, "path", path_json(&s->chain));
	(void)json_object_set_new(row, "lists", lists_json(&s->chain));
	if (s->stamp.there)
		(void)json_object_set_new(row, "stamp", stamp_json(&s->stamp));
	return row;
}

json_t *signature_verdict(const struct cms_verdict *v, const char *sha256, int64_t list_most_ms)
{
	json_t *signers = json_array();
	for (size_t i = 0; i < v->signer_count; i++)
		(void)json_array_append_new(signers, signer_json(&v->signers[i]));
	return json_pack("{s:b,s:s,s:o,s:o,s:I}", "good", v->good, "sha256", sha256, "faults",
			 faults_json(v->faults), "signers", signers, "list_most_ms",
			 (json_int_t)list_most_ms);
}

/* ---- whom a paper names ---------------------------------------------------------------------- */

enum { WORDS_MOST = 12 };

/* Folded words of a name, taken apart at blanks, dots and commas; too many are none. */
static size_t words_of(struct arena *a, const char *name, const char *ret[WORDS_MOST])
{
	char *rest = arena_copy(a, text_fold(a, name));
	char *at = NULL;
	size_t count = 0;
	for (char *word = strtok_r(rest, " .,\t\n", &at); word;
	     word = strtok_r(NULL, " .,\t\n", &at)) {
		if (count == WORDS_MOST)
			return 0;
		ret[count++] = word;
	}
	return count;
}

/* Every word of one stands in the other. */
static bool within(const char *const *one, size_t count, const char *const *other,
		   size_t other_count)
{
	for (size_t i = 0; i < count; i++) {
		bool found = false;
		for (size_t k = 0; k < other_count; k++)
			found = found || strcmp(one[i], other[k]) == 0;
		if (!found)
			return false;
	}
	return true;
}

/* Family and given name at least; one of them may leave the patronymic out. */
static bool same_name(struct arena *a, const char *one, const char *other)
{
	enum { LEAST = 2 };
	const char *words[WORDS_MOST];
	const char *others[WORDS_MOST];
	const size_t count = words_of(a, one, words);
	const size_t other_count = words_of(a, other, others);
	return count >= LEAST && other_count >= LEAST &&
	       (within(words, count, others, other_count) ||
		within(others, other_count, words, count));
}

bool signature_signatory(const struct act *act, const char *signatory, const struct person *signer,
			 const char **ret, struct err *e)
{
	size_t i = 0;
	const json_t *row = NULL;
	bool by_iin = false;
	const json_t *rows =
		db_rows(act->db, act->arena, e, "SELECT iin FROM person WHERE search = $1",
			db_text(text_fold(act->arena, signatory)));
	json_array_foreach (rows, i, row)
		by_iin = by_iin || strcmp(row_text(row, "iin"), signer->iin) == 0;
	if (!rows)
		return false;
	if (by_iin)
		*ret = "iin";
	else
		*ret = json_array_size(rows) == 0 && same_name(act->arena, signatory, signer->name)
			       ? "name"
			       : "other";
	return true;
}
