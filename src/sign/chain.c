#include "sign/chain.h"

/* Signatures that one walk checks at most: whoever brings a heap of certificates of one name keeps
 * nobody busy. */
enum { CHECKS_MOST = 24 };

struct walk {
	const struct trust *trust;
	const struct certificate *brought;
	size_t brought_count;
	enum purpose purpose;
	int64_t at_ms, known_ms; /* of the judgement; of what is known of revocations */
	int checks;
	fault_set weak; /* why a path by name was none: an algorithm that does not count */
	struct chain best;
	bool found;
};

static bool issued(struct walk *w, const struct certificate *one, const struct certificate *issuer)
{
	if (!certificate_names(one, issuer) || w->checks >= CHECKS_MOST)
		return false;
	w->checks++;
	const fault_set faults = certificate_signed_by(one, issuer);
	w->weak |= faults & (FAULT_BIT(FAULT_WEAK) | FAULT_BIT(FAULT_ALGORITHM));
	return faults == 0;
}

static bool valid_at(const struct certificate *one, int64_t at_ms)
{
	return at_ms >= one->not_before_ms && at_ms <= one->not_after_ms;
}

/* Until when lists tell of a certificate: an authority takes those that have run out off them. */
static int64_t told_until(const struct walk *w, const struct certificate *one)
{
	return valid_at(one, w->at_ms) && one->not_after_ms < w->known_ms ? one->not_after_ms
									  : w->known_ms;
}

/* The newest list of the issuer that was made by then. */
static const struct crl *list_of(const struct walk *w, const struct certificate *issuer,
				 int64_t until_ms)
{
	const struct crl *newest = NULL;
	for (size_t i = 0; i < w->trust->list_count; i++) {
		const struct crl *list = &w->trust->lists[i];
		if (list->made_ms <= until_ms + CHAIN_SKEW_MS && crl_issued_by(list, issuer) &&
		    (!newest || crl_compare(newest, list) < 0))
			newest = list;
	}
	return newest;
}

/* Whether what a list says touches a judgement as of that instant.  Who has the key of a stamping
 * authority stamps as of any day, so there only the reasons that leave the key alone have a day. */
static bool touches(const struct walk *w, const struct crl_word *word)
{
	return word->since_ms <= w->at_ms + CHAIN_SKEW_MS ||
	       (w->purpose == PURPOSE_STAMP && !word->kept);
}

/* The list that revokes the certificate at place i: the one that tells of it, or a newer one, which
 * may be the first to know of a revocation shortly before the certificate ran out (RFC 5280, 3.3).
 * NULL if none does. */
static const struct crl *revoking(const struct walk *w, const struct chain *chain, size_t i,
				  const struct crl *told, struct crl_word *ret)
{
	const struct certificate *issuer = chain->path[i + 1];
	for (size_t k = 0; k < w->trust->list_count; k++) {
		const struct crl *list = &w->trust->lists[k];
		const bool newer = list->made_ms <= w->known_ms + CHAIN_SKEW_MS &&
				   crl_compare(told, list) < 0 && crl_issued_by(list, issuer);
		if ((list == told || newer) && crl_revokes(list, chain->path[i], ret) &&
		    touches(w, ret))
			return list;
	}
	return NULL;
}

/* Revocation of the certificate at place i of the path. */
static void judge_revocation(const struct walk *w, struct chain *chain, size_t i)
{
	const int64_t until_ms = told_until(w, chain->path[i]);
	const struct crl *list = list_of(w, chain->path[i + 1], until_ms);
	struct crl_word word = { 0 };
	if (!list) {
		chain->faults |= FAULT_BIT(FAULT_CRL_MISSING);
		return;
	}
	const struct crl *revokes = revoking(w, chain, i, list, &word);
	if (revokes) {
		chain->faults |= FAULT_BIT(FAULT_REVOKED);
		list = revokes;
	}
	const int64_t age_ms = until_ms > list->made_ms ? until_ms - list->made_ms : 0;
	if (age_ms > w->trust->list_most_ms)
		chain->faults |= FAULT_BIT(FAULT_CRL_OLD);
	chain->lists[i] = list;
	if (i > 0)
		return;
	chain->revocation = revokes ? REVOCATION_REVOKED : REVOCATION_GOOD;
	chain->list = list;
	chain->list_age_ms = age_ms;
	chain->revoked_ms = revokes ? word.since_ms : 0;
}

static void judge_authority(const struct walk *w, struct chain *chain, size_t i)
{
	const struct certificate *one = chain->path[i];
	int between = 0;
	for (size_t k = 1; k < i; k++)
		between += !certificate_self_issued(chain->path[k]);
	if (!one->authority || (one->usage & USAGE_CERTIFICATES) == 0)
		chain->faults |= FAULT_BIT(FAULT_NOT_AUTHORITY);
	if (one->path_length >= 0 && between > one->path_length)
		chain->faults |= FAULT_BIT(FAULT_PATH_LENGTH);
	if (!valid_at(one, w->at_ms))
		chain->faults |= FAULT_BIT(FAULT_AUTHORITY_TIME);
}

static void judge_path(const struct walk *w, struct chain *chain)
{
	for (size_t i = 0; i < chain->count; i++) {
		if (chain->path[i]->strange)
			chain->faults |= FAULT_BIT(FAULT_EXTENSION);
		if (i > 0)
			judge_authority(w, chain, i);
		if (i + 1 < chain->count)
			judge_revocation(w, chain, i);
	}
}

static bool has_purpose(const struct certificate *leaf, enum purpose purpose)
{
	if (purpose == PURPOSE_STAMP)
		return leaf->stamps &&
		       (leaf->usage == 0 ||
			(leaf->usage & (USAGE_NON_REPUDIATION | USAGE_DIGITAL_SIGNATURE)) != 0);
	/* keys for documents often have digitalSignature too: the authority's for the door say so
	 */
	if (purpose == PURPOSE_SIGN_IN)
		return leaf->signs_in && (leaf->usage & USAGE_DIGITAL_SIGNATURE) != 0;
	return (leaf->usage & USAGE_NON_REPUDIATION) != 0;
}

static void judge_leaf(const struct walk *w, const struct certificate *leaf, struct chain *chain)
{
	if (!has_purpose(leaf, w->purpose))
		chain->faults |= FAULT_BIT(FAULT_USAGE);
	if (w->at_ms < leaf->not_before_ms)
		chain->faults |= FAULT_BIT(FAULT_NOT_YET);
	if (w->at_ms > leaf->not_after_ms)
		chain->faults |= FAULT_BIT(FAULT_EXPIRED);
}

/* Ends the path with an anchor and keeps it if it is the first, or the first without a fault. */
static void end_path(struct walk *w, const struct chain *below, const struct certificate *anchor)
{
	struct chain chain = *below;
	chain.path[chain.count++] = anchor;
	judge_path(w, &chain);
	if (!w->found || chain.faults == 0)
		w->best = chain;
	w->found = true;
}

static bool on_path(const struct chain *chain, const struct certificate *one)
{
	for (size_t i = 0; i < chain->count; i++) {
		if (certificate_equal(chain->path[i], one))
			return true;
	}
	return false;
}

static bool good(const struct walk *w)
{
	return w->found && w->best.faults == 0;
}

static void climb(struct walk *w, const struct chain *below);

static void climb_over(struct walk *w, const struct chain *below,
		       const struct certificate *authorities, size_t count)
{
	for (size_t i = 0; i < count && !good(w); i++) {
		if (on_path(below, &authorities[i]) ||
		    !issued(w, below->path[below->count - 1], &authorities[i]))
			continue;
		struct chain higher = *below;
		higher.path[higher.count++] = &authorities[i];
		climb(w, &higher);
	}
}

/* From the last certificate of the path to every anchor, intermediate, and certificate brought that
 * has issued it. */
static void climb(struct walk *w, const struct chain *below)
{
	if (below->count >= CHAIN_MOST)
		return;
	for (size_t i = 0; i < w->trust->anchor_count && !good(w); i++) {
		const struct certificate *anchor = &w->trust->anchors[i];
		if (!on_path(below, anchor) && issued(w, below->path[below->count - 1], anchor))
			end_path(w, below, anchor);
	}
	climb_over(w, below, w->trust->authorities, w->trust->authority_count);
	climb_over(w, below, w->brought, w->brought_count);
}

void chain_judge(const struct trust *trust, const struct certificate *leaf,
		 const struct certificate *brought, size_t brought_count, enum purpose purpose,
		 int64_t at_ms, struct chain *ret)
{
	struct walk w = { .trust = trust,
			  .brought = brought,
			  .brought_count = brought_count,
			  .purpose = purpose,
			  .at_ms = at_ms,
			  .known_ms = trust->known_ms > at_ms ? trust->known_ms : at_ms };
	struct chain start = { .path = { leaf }, .count = 1 };
	judge_leaf(&w, leaf, &start);
	const fault_set leaf_faults = start.faults;
	start.faults = 0;
	climb(&w, &start);
	*ret = w.found ? w.best : start;
	if (!w.found) {
		ret->faults |= FAULT_BIT(FAULT_ANCHOR) | w.weak;
		if (leaf->strange)
			ret->faults |= FAULT_BIT(FAULT_EXTENSION);
	}
	ret->faults |= leaf_faults;
}
