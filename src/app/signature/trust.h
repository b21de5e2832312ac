/* trust.h - whom this installation trusts for electronic signatures (F12).
 *
 * Administrators import the certificates of authorities and their lists of revoked certificates
 * from files: the service's network reaches no authority.  An anchor is what every signature stands
 * on, so two persons add it and two remove it (F20); the command line may ask, and an administrator
 * agrees. An intermediate authority must have been issued by a trusted one, a list signed by one;
 * of an authority's lists a newer replaces an older, never the other way round.  All of it is
 * journalled. */
#pragma once
#include "app/act.h"
#include "sign/chain.h"

enum { TRUST_REASON_MOST = 500, TRUST_LIST_DAYS_LEAST = 1, TRUST_LIST_DAYS_MOST = 90 };

struct trust_form {
	const void *bytes; /* DER or PEM */
	size_t size;
	bool anchor;
	const char *reason;
};

/* An anchor waits for a second person, an intermediate authority counts at once.  ERR_INPUT at
 * "file" "signature.error.certificate" for no certificate, "trust.error.not_authority" for one that
 * may not issue certificates, "trust.error.unknown" for an intermediate that no trusted one has
 * issued; at "reason" without one; ERR_CONFLICT "trust.error.known" if it is there already. */
bool trust_add(const struct act *act, const struct trust_form *form, int64_t *ret_id,
	       struct err *e) MUST_USE;

/* Asks for the removal of an anchor; removes an intermediate authority.  ERR_CONFLICT
 * "trust.error.state" unless it is trusted. */
bool trust_remove(const struct act *act, int64_t id, const char *reason, struct err *e) MUST_USE;

/* A second person agrees, or not, to what was asked.  ERR_CONFLICT "trust.error.self" for who
 * asked, "trust.error.state" if nothing was. */
bool trust_answer(const struct act *act, int64_t id, bool agrees, struct err *e) MUST_USE;

/* Reads a list of revoked certificates and finds whose it is; reads only, and with many
 * certificates takes its time, so a worker does it: {fingerprint, authority, issuer, number,
 * made_ms, next_ms, certificates} in the act's arena.  ERR_INPUT at "file" "signature.error.crl",
 * "trust.error.issuer" if no trusted authority has signed it, "trust.error.future" for one of
 * tomorrow. */
bool trust_read_list(const struct act *act, const void *bytes, size_t size, json_t **ret,
		     struct err *e) MUST_USE;

/* Keeps the list of which `read` was read.  ERR_CONFLICT "trust.error.older" unless it is newer
 * than that authority's last. */
bool trust_keep_list(const struct act *act, const void *bytes, size_t size, const json_t *read,
		     struct err *e) MUST_USE;

/* Both. */
bool trust_add_list(const struct act *act, const void *bytes, size_t size, struct err *e) MUST_USE;

/* How old a list may be, in days.  ERR_INPUT at "days". */
bool trust_list_days(const struct act *act, int64_t days, struct err *e) MUST_USE;

/* Adds the newest list of each authority made by that instant: of certificates that have run out
 * since, the last that told of them.  Reads only. */
bool trust_add_past(const struct act *act, int64_t by_ms, struct trust *trust,
		    struct err *e) MUST_USE;

/* One certificate or list by its fingerprint, whether it still counts or not; `ret->der.bytes` is
 * NULL if there is none, or if its bytes are not those of the fingerprint.  Reads only. */
bool trust_certificate(const struct act *act, const char *fingerprint, struct certificate *ret,
		       struct err *e) MUST_USE;
bool trust_list(const struct act *act, const char *fingerprint, struct crl *ret,
		struct err *e) MUST_USE;

/* Lists that were read, for many signatures one after another: they are large, and most were judged
 * by the same.  Starts as zeros; what it gives lives until the next trust_cache_trim(). */
enum { TRUST_CACHE_KEPT = 8, TRUST_CACHE_MOST = 128 };
struct trust_cache {
	struct arena *arena;
	struct crl lists[TRUST_CACHE_MOST];
	size_t count;
};
bool trust_cached(const struct act *act, struct trust_cache *cache, const char *fingerprint,
		  struct crl *ret, struct err *e) MUST_USE;
/* Between two signatures: lets go of all if they have become many. */
void trust_cache_trim(struct trust_cache *cache);
void trust_cache_cleanup(struct trust_cache *cache);

/* What counts now; lives in act->arena.  Reads only. */
bool trust_load(const struct act *act, struct trust *ret, struct err *e) MUST_USE;
