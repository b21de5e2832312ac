/* passkey.h - passkeys of a person (WebAuthn): registered, named, used, removed.
 *
 * The challenge is the server's own (web/sitting/challenge.h of this site checks whose it is and
 * when it was made); here it is looked whether the browser answered that one, from this site's own
 * origin.
 */
#pragma once
#include "app/act.h"
#include "sign/passkey.h"

enum {
	PASSKEY_NAME_MOST = 60,
	PASSKEYS_MOST = 20,             /* of a person */
	PASSKEY_NAME_CODED_MOST = 1364, /* of a credential's id in base64url */
	PASSKEY_TEXT_MOST = 8 * 1024,   /* of a field in base64url */
};

/* Where this site stands: "https://konkurs.example.kz" and "konkurs.example.kz". */
struct passkey_place {
	const char *origin, *site;
};

/* What a browser sends, each in base64url; `signature` only when it signs in. */
struct passkey_sent {
	const char *credential, *client, *data, *signature;
};

/* The challenge in what was sent; NULL if that is nothing of a browser's. */
const char *passkey_challenge(struct arena *a, const struct passkey_sent *sent);

/* Registers one for act->person_id.  ERR_INPUT at "name" without a name, ERR_INPUT
 * "passkey.error.answer" unless it answers `challenge` here, with the person verified; ERR_CONFLICT
 * "passkey.error.known" for one that is registered, "passkey.error.many". */
bool passkey_add(const struct act *act, const struct passkey_place *place,
		 const struct passkey_sent *sent, const char *challenge, const char *name,
		 struct err *e) MUST_USE;

/* Whose passkey has answered `challenge`; 0 for none.  `person_id` not 0: that person's alone.  The
 * authenticator's counter must have grown: a copy of it is found out and no longer taken. */
bool passkey_take(const struct act *act, const struct passkey_place *place,
		  const struct passkey_sent *sent, const char *challenge, int64_t person_id,
		  int64_t *ret_person, struct err *e) MUST_USE;

/* ERR_CONFLICT "factor.error.last" as app/access/factor.h. */
bool passkey_remove(const struct act *act, int64_t id, struct err *e) MUST_USE;
