/* signature.h - electronic signatures of documents (F12, F82).
 *
 * What is signed is not the document itself but a small text that names it and holds its hash,
 * so that one text is shown, signed in the browser or outside, and kept:
 *
 *   {"document":"application/12","format":"konkurs-sign-1","sha256":"..."}
 *
 * Canonical JSON: keys sorted, no blanks, no line end.  The SHA-256 is of
 *
 *   application/N  {application, receipt, sent}: the receipt is a hash of all that was sent
 *   paper/N        the file of a paper: recommendation letter, certificate of results, service list
 *   security/N     own security's letter: {application, content, day, file, number}
 *   ballot/N       a vote: {application, choice, instant, member}
 *   minutes/N      the frozen text of the minutes of interview N
 *
 * where {..} is canonical JSON, too.
 *
 * A signature must hold at the moment when it comes (sign/cms.h) and be the acting person's: the
 * IIN of the certificate is that of the account.  Papers are the exception: they are signed by
 * somebody who need not have an account, brought by the candidate or by HR, and not the candidate's
 * own.  Such a paper names its signatory in words, and the signer is held against them: by the IIN
 * of the account of that name, or else by the certificate's name.  Another signer's signature is
 * kept and shown as such, and counts when HR has said so with a reason (signature_decide()).
 * It is kept as it came, with the verdict; nothing is changed afterwards. */
#pragma once
#include "app/act.h"
#include "sign/cms.h"

#define SIGNATURE_FORMAT      "konkurs-sign-1"
#define SIGNATURE_APPLICATION "application"
#define SIGNATURE_PAPER       "paper"
#define SIGNATURE_SECURITY    "security"
#define SIGNATURE_BALLOT      "ballot"
#define SIGNATURE_MINUTES     "minutes"

/* A document that can be signed. */
struct signature_subject {
	const char *kind;
	int64_t id, competition_id;
	int64_t application_id; /* 0: of none */
	const char *sha256, *text;
	bool own;              /* the acting person's own signature is wanted                  */
	bool may_sign;         /* this person may bring one                                    */
	const char *iin;       /* of the acting person, when `own`                             */
	const char *not_iin;   /* of whom a paper is: must not be the signer; NULL otherwise   */
	const char *signatory; /* whom a paper names, "" for nobody; NULL: no paper          */
	const char *organ;     /* of a paper: whose HR decides; NULL otherwise                 */
};

/* The text that is signed, of a document with this hash. */
const char *signature_text_of(struct arena *a, const char *kind, int64_t id, const char *sha256);

/* ERR_MISSING "error.missing" if there is no such document, or it is not in a state to be signed
 * (an application that is not sent, minutes without a number). */
bool signature_subject(const struct act *act, const char *kind, int64_t id,
		       struct signature_subject *ret, struct err *e) MUST_USE;

/* Judges a CMS over the document's text as of now, whoever asks; reads only, so a worker can do it.
 * The verdict is JSON in the act's arena:
 *   {good, sha256, faults ["tampered"...], signers [{iin, name, organisation, bin, algorithm,
 * serial, subject, issuer, anchor, not_before_ms, not_after_ms, signed_ms, revocation, list,
 *    list_number, list_made_ms, list_age_ms, revoked_ms, path, lists, stamp, signatory, faults
 *    [...]}], list_most_ms}
 * `path` are fingerprints from the signer's certificate up to the anchor, `lists` those of the
 * lists of revoked certificates by which each but the anchor was judged: with the CMS and the rows
 * of app/signature/trust.h all that the verdict rests on.  `stamp`, if there is one: {there, at_ms,
 * name, serial, algorithm, path, lists, faults}.  `signatory`, of papers: "iin", "name" or "other".
 * Names of faults are those of sign/fault.h. */
bool signature_judge(const struct act *act, const struct signature_subject *subject, struct der cms,
		     json_t **ret, struct err *e) MUST_USE;

/* Keeps a CMS with the verdict that signature_judge() gave on it.  ERR_DENIED unless the person may
 * sign; ERR_INPUT at "file" "signature.fault.NAME" with the name of the first fault in `value` if
 * it is not good; ERR_CONFLICT "signature.error.changed" if the document is another one since,
 * "signature.error.twice" if this signer's is there already. */
bool signature_keep(const struct act *act, const char *kind, int64_t id, struct der cms,
		    const json_t *verdict, struct err *e) MUST_USE;

/* HR of the competition's organ says whether a signature counts whose signer is not the signatory
 * that its paper names.  ERR_INPUT at "reason" without one; ERR_CONFLICT "signature.error.decided"
 * if somebody has said so already or nothing is to be said. */
bool signature_decide(const struct act *act, int64_t id, bool counts, const char *reason,
		      struct err *e) MUST_USE;

/* Signatures of the document as it stands, oldest first, for pages and papers; the caller has
 * checked the right to read it: [{id, name, organisation, algorithm, serial, issuer, at_ms,
 * signed_ms, list_number, list_made_ms, stamp, other}].  Empty if there is nothing to be signed.
 * `stamp` is {at_ms, name} or null.  `other` is null, or of a signer who is not the signatory:
 * {named, state, reason, decides}: state "open", "counts", "refused"; whether the acting person is
 * to decide. */
bool signature_list(const struct act *act, const char *kind, int64_t id, json_t **ret,
		    struct err *e) MUST_USE;

/* What an outsider needs to check a signature with OpenSSL's command line, years later. */
struct signature_evidence {
	const char *kind;
	int64_t subject_id;
	const char *text; /* that was signed                                            */
	const void *cms;  /* DER                                                        */
	size_t size;
	/* PEM: anchors, authorities between, lists of revoked certificates.  OpenSSL 3.0 builds a
	 * path from the CMS and what it trusts alone; without -partial_chain it ends at a root. */
	const char *trusted;
	bool partial;  /* an anchor is no root */
	int64_t at_ms; /* as of when it was judged                                   */
};
bool signature_evidence(const struct act *act, int64_t id, struct signature_evidence *ret,
			struct err *e) MUST_USE;

/* Judges a kept signature again from what was kept: as of when it came, by the authorities and the
 * lists of then.  `ret` is 0 if it is as good as it was.  ERR_MISSING if there is none; what it
 * rests on and is gone is a fault, too (anchor, crl_missing, format).  `cache` is for many, one
 * after another. */
struct trust_cache;
bool signature_again(const struct act *act, int64_t id, struct trust_cache *cache, fault_set *ret,
		     struct err *e) MUST_USE;

enum { CHALLENGE_LEAST = 16, CHALLENGE_MOST = 1024 };

/* For signing in by certificate: whether `cms` is a signature over `challenge`, a random text of
 * the server's, with a key for signing in (clientAuth), by a certificate that leads to a
 * trusted authority.  `ret_iin` is whose.  Reads only.  ERR_INPUT at "file"
 * "signature.error.refused" with the first fault in `value`; ERR_SYSTEM for a challenge that is too
 * short to be one. */
bool signature_of_challenge(const struct act *act, const void *challenge, size_t size,
			    struct der cms, char ret_iin[PERSON_NUMBER_SIZE],
			    struct err *e) MUST_USE;
