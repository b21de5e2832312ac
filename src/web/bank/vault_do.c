/* vault_do.c - what is done about the bank's key and its openings. */
#include "app/bank/vault.h"
#include "app/bank/vault_keeper.h"
#include "print/qr.h"
#include "web/bank/vault.h"
#include "web/row.h"

#include <sodium.h>
#include <string.h>

/* ---- keys of passphrases, made by a worker --------------------------------------------------- */

static void put_hex(json_t *found, const char *name, const unsigned char *bytes, size_t size)
{
	char hex[KEEPER_KEY_SIZE * 2 + 1];
	(void)json_object_set_new(found, name,
				  json_string(sodium_bin2hex(hex, sizeof(hex), bytes, size)));
	sodium_memzero(hex, sizeof(hex));
}

static void take_hex(const struct req *r, const char *name, unsigned char *ret, size_t size)
{
	const char *hex = row_text(r->found, name);
	(void)sodium_hex2bin(ret, size, hex, strlen(hex), NULL, NULL, NULL);
}

/* Keys: their bytes go before their memory does. */
static void wipe_json(void *json)
{
	const char *name = NULL;
	json_t *value = NULL;
	json_object_foreach ((json_t *)json, name, value) {
		/* jansson's own copy, which nobody else has */
		const union {
			const char *read;
			char *write;
		} text = { json_string_value(value) };
		if (text.read)
			sodium_memzero(text.write, json_string_length(value));
	}
	json_decref(json);
}

static void begin_found(struct req *r)
{
	r->found = json_object();
	arena_defer(r->arena, wipe_json, r->found);
}

/* Of the keeper's passphrase as it is. */
static bool derive_own(struct req *r, const char *field, const char *name, struct err *e)
{
	const struct act act = req_act(r);
	unsigned char salt[KEEPER_SALT_SIZE];
	unsigned char key[KEEPER_KEY_SIZE];
	const bool ok =
		keeper_salt(&act, salt, e) && keeper_derive(in_text(r, field), salt, key, e);
	if (ok)
		put_hex(r->found, name, key, sizeof(key));
	sodium_memzero(key, sizeof(key));
	return ok;
}

/* Of a new one, with a new salt. */
static bool derive_new(struct req *r, struct err *e)
{
	unsigned char salt[KEEPER_SALT_SIZE];
	unsigned char key[KEEPER_KEY_SIZE];
	randombytes_buf(salt, sizeof(salt));
	const bool ok = keeper_derive(in_text(r, "phrase"), salt, key, e);
	if (ok) {
		put_hex(r->found, "salt", salt, sizeof(salt));
		put_hex(r->found, "key", key, sizeof(key));
	}
	sodium_memzero(key, sizeof(key));
	return ok;
}

bool vault_key_slow(struct req *r, struct err *e)
{
	begin_found(r);
	return derive_new(r, e);
}

bool vault_phrase_slow(struct req *r, struct err *e)
{
	begin_found(r);
	return derive_own(r, "old", "old", e) && derive_new(r, e);
}

bool vault_share_slow(struct req *r, struct err *e)
{
	begin_found(r);
	return derive_own(r, "passphrase", "key", e);
}

static bool same_twice(const struct req *r, struct err *e)
{
	return strcmp(in_text(r, "phrase"), in_text(r, "again")) == 0 ||
	       err_input(e, "again", "account.error.again", "not the same twice");
}

/* ---- keepers --------------------------------------------------------------------------------- */

static bool go_back(struct req *r, const char *notice)
{
	r->notice = notice;
	req_go(r, "/bank/vault");
	return true;
}

bool vault_do_key(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	unsigned char salt[KEEPER_SALT_SIZE];
	unsigned char key[KEEPER_KEY_SIZE];
	(void)model;
	if (!same_twice(r, e))
		return false;
	take_hex(r, "salt", salt, sizeof(salt));
	take_hex(r, "key", key, sizeof(key));
	const bool ok = keeper_make(&act, salt, key, e);
	sodium_memzero(key, sizeof(key));
	return ok && go_back(r, "vault.notice.key");
}

/* A wrong passphrase is counted, and said at its field. */
static bool refuse(struct req *r, const char *field)
{
	(void)err_input(&r->refused, field, "vault.error.passphrase", "a wrong passphrase");
	return true;
}

bool vault_do_phrase(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	unsigned char old[KEEPER_KEY_SIZE];
	unsigned char salt[KEEPER_SALT_SIZE];
	unsigned char key[KEEPER_KEY_SIZE];
	bool right = false;
	(void)model;
	if (!same_twice(r, e))
		return false;
	take_hex(r, "old", old, sizeof(old));
	take_hex(r, "salt", salt, sizeof(salt));
	take_hex(r, "key", key, sizeof(key));
	const bool ok = keeper_change(&act, old, salt, key, &right, e);
	sodium_memzero(old, sizeof(old));
	sodium_memzero(key, sizeof(key));
	if (!ok)
		return false;
	return right ? go_back(r, "vault.notice.phrase") : refuse(r, "old");
}

/* ---- the bank's key -------------------------------------------------------------------------- */

/* The papers, this once: as groups to be typed in and as a picture to be read by a machine. */
static bool show_papers(struct req *r, const struct vault_papers *papers, json_t *model,
			struct err *e)
{
	json_t *list = json_array();
	if (!vault_show(r, model, e)) {
		json_decref(list);
		return false;
	}
	for (size_t i = 0; i < VAULT_PAPERS; i++) {
		int side = 0;
		const char *path = qr_path(r->arena, papers->text[i], &side);
		(void)json_array_append_new(list, json_pack("{s:I,s:s,s:s,s:i}", "number",
							    (json_int_t)papers->number[i], "text",
							    papers->text[i], "path",
							    path ? path : "", "side", side));
	}
	(void)json_object_set_new(
		model, "papers",
		json_pack("{s:o,s:s,s:I,s:I,s:I}", "list", list, "fingerprint", papers->fingerprint,
			  "keepers", (json_int_t)papers->keepers, "versions",
			  (json_int_t)papers->questions, "made_ms", (json_int_t)r->now_ms));
	return true;
}

static bool make(struct req *r, json_t *model,
		 bool (*way)(const struct act *, struct vault_papers *, struct err *),
		 struct err *e)
{
	const struct act act = req_act(r);
	struct vault_papers papers = { .keepers = 0 };
	const bool ok = way(&act, &papers, e) && show_papers(r, &papers, model, e);
	sodium_memzero(&papers, sizeof(papers));
	return ok;
}

bool vault_do_make(struct req *r, json_t *model, struct err *e)
{
	return make(r, model, vault_make, e);
}

bool vault_do_renew(struct req *r, json_t *model, struct err *e)
{
	return make(r, model, vault_renew, e);
}

/* ---- openings -------------------------------------------------------------------------------- */

bool vault_do_ask(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	const struct vault_request request = { .purpose = in_text(r, "purpose"),
					       .reason = in_text(r, "reason"),
					       .hours = in_int(r, "hours") };
	int64_t id = 0;
	(void)model;
	if (!vault_ask(&act, &request, &id, e))
		return false;
	r->notice = "vault.notice.asked";
	req_go(r, "/bank/vault/openings/%lld", (long long)id);
	return true;
}

bool vault_do_ask_sitting(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	const struct vault_request request = { .purpose = VAULT_SITTING,
					       .sitting = in_int(r, "sitting"),
					       .reason = "",
					       .hours = VAULT_HOURS_MOST };
	int64_t id = 0;
	(void)model;
	if (!vault_ask(&act, &request, &id, e))
		return false;
	r->notice = "vault.notice.asked";
	req_go(r, "/sittings/%lld", (long long)in_int(r, "sitting"));
	return true;
}

static bool go_opening(struct req *r, const char *notice)
{
	r->notice = notice;
	req_go(r, "/bank/vault/openings/%lld", (long long)in_int(r, "opening"));
	return true;
}

bool vault_do_share(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	unsigned char key[KEEPER_KEY_SIZE];
	bool right = false;
	(void)model;
	take_hex(r, "key", key, sizeof(key));
	const bool ok = vault_give(&act, in_int(r, "opening"), key, &right, e);
	sodium_memzero(key, sizeof(key));
	if (!ok)
		return false;
	return right ? go_opening(r, "vault.notice.given") : refuse(r, "passphrase");
}

bool vault_do_paper(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	(void)model;
	return vault_give_paper(&act, in_int(r, "opening"), in_text(r, "paper"), e) &&
	       go_opening(r, "vault.notice.given");
}

bool vault_do_close(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	(void)model;
	return vault_close(&act, in_int(r, "opening"), e) && go_opening(r, "vault.notice.closed");
}
