/* signature_part.h - within app/signature: verdicts as JSON, signatories. */
#pragma once
#include "app/signature/signature.h"

/* As signature.h has it; lives in no arena. */
json_t *signature_verdict(const struct cms_verdict *v, const char *sha256, int64_t list_most_ms);

/* Holds the signer against the signatory that a paper names: "iin" if the account of that name has
 * the signer's IIN, "name" if nobody of that name has an account and the certificate's name is the
 * same, "other" else.  Initials are no name. */
bool signature_signatory(const struct act *act, const char *signatory, const struct person *signer,
			 const char **ret, struct err *e) MUST_USE;
