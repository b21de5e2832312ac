#include "vault.h"

#include "app/bank/bank_text.h"
#include "app/bank/vault_keeper.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void must(bool ok, const struct err *e)
{
	if (!ok)
		fail_msg("%s %s: %s", err_kind_name(e->kind), e->key, e->detail);
}

void vault_key_of(int64_t keeper, unsigned char ret[32])
{
	memset(ret, 0, KEEPER_KEY_SIZE);
	memcpy(ret, &keeper, sizeof(keeper));
}

int64_t vault_keeper(struct harness *h)
{
	static const unsigned char salt[KEEPER_SALT_SIZE] = { 9 };
	const int64_t person = harness_person(h, ROLE_KEEPER);
	const struct act act = harness_act(h, person);
	unsigned char key[KEEPER_KEY_SIZE];
	struct err e = { 0 };
	vault_key_of(person, key);
	must(keeper_make(&act, salt, key, &e), &e);
	return person;
}

struct vault vault_seal(struct harness *h)
{
	struct vault v = { .h = h, .approver = harness_person(h, ROLE_APPROVER) };
	const struct act act = harness_act(h, v.approver);
	struct err e = { 0 };
	for (size_t i = 0; i < COUNT(v.keeper); i++)
		v.keeper[i] = vault_keeper(h);
	must(vault_make(&act, &v.papers, &e), &e);
	return v;
}

int64_t vault_asked(struct vault *v, const char *purpose, int64_t sitting, int64_t asker)
{
	const struct act act = harness_act(v->h, asker);
	const struct vault_request request = { purpose, sitting, sitting ? "" : "work", 8 };
	struct err e = { 0 };
	int64_t id = 0;
	must(vault_ask(&act, &request, &id, &e), &e);
	return id;
}

void vault_share(struct vault *v, int64_t opening, int64_t keeper)
{
	const struct act act = harness_act(v->h, keeper);
	unsigned char key[KEEPER_KEY_SIZE];
	struct err e = { 0 };
	bool right = false;
	vault_key_of(keeper, key);
	must(vault_give(&act, opening, key, &right, &e), &e);
	assert_true(right);
}

int64_t vault_open_for(struct vault *v, const char *purpose, int64_t sitting, int64_t asker)
{
	const int64_t id = vault_asked(v, purpose, sitting, asker);
	vault_share(v, id, v->keeper[0]);
	vault_share(v, id, v->keeper[1]);
	return id;
}

/* ---- a hall with its bank sealed ------------------------------------------------------------- */

struct world world_open(struct harness *h)
{
	struct world w = { .hall = hall_open(h), .h = h };
	w.vault = vault_seal(h);
	w.author = harness_person(h, ROLE_AUTHOR);
	return w;
}

int64_t world_count(struct harness *h, const char *what)
{
	struct err e = { 0 };
	int64_t n = -1;
	struct db *db = h->site.db;
	const bool ok =
		strcmp(what, "service") == 0
			? db_number(db, &e, &n,
				    "SELECT COUNT(*) FROM item_key WHERE holder = 'service'")
		: strcmp(what, "bank") == 0
			? db_number(db, &e, &n,
				    "SELECT COUNT(*) FROM item_key WHERE holder = 'bank'")
			: db_number(
				  db, &e, &n,
				  "SELECT COUNT(*) FROM bank_opening_share WHERE box IS NOT NULL");
	assert_true(ok);
	return n;
}

bool world_reads(struct world *w, int64_t version, struct err *e)
{
	const struct act act = harness_act(w->h, w->author);
	struct item_text kk = { .stem = NULL };
	struct item_text ru = { .stem = NULL };
	return bank_text_read(&act, version, &kk, &ru, e) && kk.stem && ru.stem && ru.option[1];
}

void world_expect_sealed(struct world *w, const char *why)
{
	struct err e = { 0 };
	stage_refused(why, world_reads(w, 1, &e), &e, ERR_CONFLICT, "bank.error.sealed", NULL);
}

void world_expect_open(struct world *w, const char *why)
{
	struct err e = { 0 };
	if (!world_reads(w, 1, &e))
		fail_msg("%s: %s %s", why, e.key, e.detail);
}
