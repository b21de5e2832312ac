#include "web/access/proof.h"

#include "app/access/access.h"
#include "base/base64.h"
#include "web/http/call.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RANDOM_DIGITS = 32, TIME_DIGITS = 16 };

/* ---- where ----------------------------------------------------------------- */

bool proof_place(const struct req *r, struct passkey_place *ret)
{
	const char *origin = r->site->origin;
	if (origin) {
		const char *host = strstr(origin, "://");
		if (!host)
			return false;
		*ret = (struct passkey_place){ origin, arena_copy_n(r->arena, host + 3,
								    strcspn(host + 3, ":/")) };
		return true;
	}
	/* browsers trust this one without TLS: for trying it out */
	if (strcmp(r->host, "localhost") != 0 && strncmp(r->host, "localhost:", 10) != 0)
		return false;
	*ret = (struct passkey_place){ arena_print(r->arena, "http%s://%s",
						   r->site->secure ? "s" : "", r->host),
				       "localhost" };
	return true;
}

/* ---- challenges ------------------------------------------------------------ */

static void mac_of(const struct req *r, const char *purpose, const char *text,
		   char ret[SITE_MAC_SIZE])
{
	site_mac(r->site, purpose, arena_print(r->arena, "%s %s", r->binding, text), ret);
}

const char *proof_challenge(const struct req *r, const char *purpose)
{
	unsigned char random[RANDOM_DIGITS / 2];
	char digits[RANDOM_DIGITS + 1];
	char mac[SITE_MAC_SIZE];
	randombytes_buf(random, sizeof(random));
	(void)sodium_bin2hex(digits, sizeof(digits), random, sizeof(random));
	const char *text = arena_print(r->arena, "%s%016" PRIx64, digits, (uint64_t)r->now_ms);
	mac_of(r, purpose, text, mac);
	return arena_print(r->arena, "%s%s", text, mac);
}

int64_t proof_good_until(const struct req *r, const char *purpose, const char *text)
{
	char mac[SITE_MAC_SIZE];
	char digits[TIME_DIGITS + 1];
	if (strlen(text) != PROOF_SIZE - 1)
		return 0;
	mac_of(r, purpose, arena_copy_n(r->arena, text, RANDOM_DIGITS + TIME_DIGITS), mac);
	if (sodium_memcmp(mac, text + RANDOM_DIGITS + TIME_DIGITS, sizeof(mac) - 1) != 0)
		return 0;
	memcpy(digits, text + RANDOM_DIGITS, TIME_DIGITS);
	digits[TIME_DIGITS] = '\0';
	const int64_t until = (int64_t)strtoull(digits, NULL, 16) + PROOF_LIFE_MS;
	return until > r->now_ms ? until : 0;
}

/* ---- pages ----------------------------------------------------------------- */

bool proof_model(struct req *r, const char *purpose, int64_t person_id, json_t *model,
		 struct err *e)
{
	struct passkey_place place = { NULL, NULL };
	if (!proof_place(r, &place)) {
		(void)json_object_set_new(model, "passkey", json_null());
		return true;
	}
	json_t *list = json_array();
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT credential FROM passkey WHERE person_id = $1"
			       " AND removed_ms IS NULL ORDER BY id",
			       db_int(person_id));
	size_t i = 0;
	json_t *row = NULL;
	json_array_foreach (rows, i, row)
		(void)json_array_append(list, json_object_get(row, "credential"));
	(void)json_object_set_new(model, "passkey",
				  json_pack("{s:s,s:s,s:o}", "challenge",
					    proof_challenge(r, purpose), "site", place.site,
					    "credentials", list));
	return rows != NULL;
}

/* The text that the browser has in base64url. */
static const char *plain_challenge(struct req *r, const char *coded)
{
	unsigned char bytes[PROOF_SIZE];
	size_t size = 0;
	if (!coded ||
	    !base64_read(coded, strlen(coded), BASE64_URL, bytes, sizeof(bytes) - 1, &size))
		return "";
	return arena_copy_n(r->arena, bytes, size);
}

bool proof_take(struct req *r, const char *purpose, struct passkey_sent *ret,
		const char **ret_challenge, struct err *e)
{
	const struct act act = req_act(r);
	bool first = false;
	*ret = (struct passkey_sent){ in_text(r, "credential"), in_text(r, "client"),
				      in_text(r, "data"), "" };
	*ret_challenge = NULL;
	const char *coded = passkey_challenge(r->arena, ret);
	const char *text = plain_challenge(r, coded);
	const int64_t until = proof_good_until(r, purpose, text);
	if (until == 0)
		return true;
	if (!access_challenge_take(&act, text, until, &first, e))
		return false;
	*ret_challenge = first ? coded : NULL;
	return true;
}
