#include "web/sitting/draw.h"

#include "app/sitting/seal.h"
#include "web/access/second.h"
#include "web/row.h"

#include <sodium.h>
#include <string.h>

enum { WITNESS_MOST = 120, REASON_MOST = 500 };

const struct param draw_coin_params[] = {
	{ "sitting", P_INT, 1, INT64_MAX, true, NULL },
	{ "witness", P_TEXT, 1, WITNESS_MOST, true, NULL },
	{ "coin", P_TEXT, COIN_LEAST, COIN_MOST, true, NULL },
	PARAMS_END,
};
const struct param draw_seal_params[] = {
	{ "sitting", P_INT, 1, INT64_MAX, true, NULL },
	SECOND_PARAMS("second"),
	{ "code_1", P_TEXT, SEAL_CODE_LEAST, SEAL_CODE_MOST, true, NULL },
	{ "code_2", P_TEXT, SEAL_CODE_LEAST, SEAL_CODE_MOST, true, NULL },
	PARAMS_END,
};
const struct param draw_unseal_params[] = {
	{ "sitting", P_INT, 1, INT64_MAX, true, NULL },
	{ "reason", P_TEXT, 3, REASON_MOST, true, NULL },
	PARAMS_END,
};
const struct param draw_start_params[] = {
	{ "sitting", P_INT, 1, INT64_MAX, true, NULL },
	SECOND_PARAMS("second"),
	{ "code_1", P_TEXT, 1, SEAL_CODE_MOST, true, NULL },
	{ "code_2", P_TEXT, 1, SEAL_CODE_MOST, true, NULL },
	PARAMS_END,
};

/* ---- the page's part ------------------------------------------------------------------------- */

static json_t *coin_model(const json_t *rows, int64_t place)
{
	for (size_t i = 0; i < json_array_size(rows); i++) {
		json_t *row = json_array_get(rows, i);
		if (row_number(row, "place") == place)
			return json_incref(row);
	}
	return json_pack("{s:I,s:n,s:n}", "place", (json_int_t)place, "witness", "coin");
}

bool draw_model(struct req *r, const struct sitting *s, json_t *model, struct err *e)
{
	const void *hash = NULL;
	size_t size = 0;
	char hex[COMMITMENT_SIZE * 2 + 1];
	json_t *list = json_array();
	(void)json_object_set_new(model, "coins", list);
	if (!db_bytes(r->db, r->arena, e, &hash, &size,
		      "SELECT commitment FROM sitting WHERE id = $1", db_int(s->id)))
		return false;
	if (size != COMMITMENT_SIZE)
		return err_set(e, ERR_DB, "error.storage", "a commitment is damaged");
	(void)json_object_set_new(model, "commitment",
				  json_string(sodium_bin2hex(hex, sizeof(hex), hash, size)));
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT place, witness, coin FROM sitting_coin"
			       " WHERE sitting_id = $1 AND round = $2",
			       db_int(s->id), db_int(s->round));
	for (int64_t place = 1; rows && place <= DRAW_COINS; place++)
		(void)json_array_append_new(list, coin_model(rows, place));
	(void)json_object_set_new(model, "coined",
				  json_boolean(json_array_size(rows) == DRAW_COINS));
	return rows != NULL;
}

/* ---- keys, made by a worker ---------------------------------------------------------------- */

static bool find_key(struct req *r, const unsigned char salt[SEAL_SALT_SIZE], struct err *e)
{
	unsigned char key[SEAL_KEY_SIZE];
	char key_hex[SEAL_KEY_SIZE * 2 + 1];
	char salt_hex[SEAL_SALT_SIZE * 2 + 1];
	if (!seal_key(in_text(r, "code_1"), in_text(r, "code_2"), salt, key, e))
		return false;
	r->found = json_pack("{s:s,s:s}", "key",
			     sodium_bin2hex(key_hex, sizeof(key_hex), key, sizeof(key)), "salt",
			     sodium_bin2hex(salt_hex, sizeof(salt_hex), salt, SEAL_SALT_SIZE));
	json_in_arena(r->arena, r->found);
	return true;
}

static void take_found(const struct req *r, const char *name, unsigned char *ret, size_t size)
{
	const char *hex = row_text(r->found, name);
	(void)sodium_hex2bin(ret, size, hex, strlen(hex), NULL, NULL, NULL);
}

bool draw_seal_slow(struct req *r, struct err *e)
{
	unsigned char salt[SEAL_SALT_SIZE];
	randombytes_buf(salt, sizeof(salt));
	return find_key(r, salt, e) && second_slow(r, e);
}

bool draw_start_slow(struct req *r, struct err *e)
{
	const struct act act = req_act(r);
	unsigned char salt[SEAL_SALT_SIZE];
	return seal_salt(&act, in_int(r, "sitting"), salt, e) && find_key(r, salt, e) &&
	       second_slow(r, e);
}

/* ---- what the operator does ---------------------------------------------------------------- */

static bool go_back(struct req *r, const char *notice)
{
	r->notice = notice;
	req_go(r, "/sittings/%lld", (long long)in_int(r, "sitting"));
	return true;
}

bool draw_coin(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	(void)model;
	int64_t given = 0;
	return db_number(r->db, e, &given,
			 "SELECT COUNT(*) FROM sitting_coin c JOIN sitting s"
			 " ON s.id = c.sitting_id AND s.round = c.round WHERE s.id = $1",
			 db_int(in_int(r, "sitting"))) &&
	       seal_coin(&act, in_int(r, "sitting"), given + 1, in_text(r, "witness"),
			 in_text(r, "coin"), e) &&
	       go_back(r, "sitting.notice.coin");
}

bool draw_seal_now(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	unsigned char salt[SEAL_SALT_SIZE];
	unsigned char key[SEAL_KEY_SIZE];
	struct second second = { 0 };
	(void)model;
	if (strcmp(in_text(r, "code_1"), in_text(r, "code_2")) == 0)
		return err_input(e, "code_2", "sitting.error.same_codes", "the codes are the same");
	take_found(r, "salt", salt, sizeof(salt));
	take_found(r, "key", key, sizeof(key));
	if (!second_read(r, &second, e))
		return false;
	if (!seal_forms(&act, in_int(r, "sitting"), &second, salt, key, e))
		return second_refused(r, &second, e);
	return go_back(r, "sitting.notice.sealed");
}

bool draw_unseal(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	(void)model;
	return seal_remove(&act, in_int(r, "sitting"), in_text(r, "reason"), e) &&
	       go_back(r, "sitting.notice.unsealed");
}

bool draw_start(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	unsigned char key[SEAL_KEY_SIZE];
	struct second second = { 0 };
	(void)model;
	take_found(r, "key", key, sizeof(key));
	if (!second_read(r, &second, e))
		return false;
	if (!sitting_start(&act, in_int(r, "sitting"), &second, key, e))
		return second_refused(r, &second, e);
	return go_back(r, "sitting.notice.started");
}
