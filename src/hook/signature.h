/* signature.h - what a receiver knows a webhook of ours by: Standard Webhooks 1.0.
 *
 *   webhook-id         msg_...: the same however often it is sent
 *   webhook-timestamp  seconds since 1970, of this attempt
 *   webhook-signature  "v1," and base64 of HMAC-SHA256 over "ID.TIMESTAMP.BODY" */
#pragma once
#include "base/arena.h"

#include <stdint.h>

enum { HOOK_SECRET_SIZE = 32 };

/* "whsec_" and the secret in base64: as the receiver gets it. */
const char *hook_secret_text(struct arena *a, const unsigned char secret[HOOK_SECRET_SIZE]);

const char *hook_signature(struct arena *a, const unsigned char *secret, size_t size,
			   const char *id, int64_t timestamp_s, const char *body);
