/* Openings of the sealed bank: shares of keepers, passphrases, papers, time (F28). */
#include "vault.h"

#include "app/bank/vault_keeper.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* ---- openings -------------------------------------------------------------------------------- */

static void test_shares(void **state)
{
	struct world w = world_open(*state);
	unsigned char key[KEEPER_KEY_SIZE];
	struct err e = { 0 };
	bool right = false;
	const int64_t id = vault_asked(&w.vault, VAULT_WORK, 0, w.author);
	const struct act keeper = harness_act(w.h, w.vault.keeper[0]);
	const struct act third = harness_act(w.h, w.vault.keeper[2]);
	const struct act author = harness_act(w.h, w.author);
	assert_int_equal(stage_told(w.h, w.vault.keeper[2], "vault.work"), 1);
	world_expect_sealed(&w, "no share");
	vault_share(&w.vault, id, w.vault.keeper[0]);
	world_expect_sealed(&w, "one share");
	vault_key_of(w.vault.keeper[0], key);
	stage_refused("a keeper twice", vault_give(&keeper, id, key, &right, &e), &e, ERR_CONFLICT,
		      "vault.error.given", NULL);
	err_clear(&e);
	stage_refused("no keeper", vault_give(&author, id, key, &right, &e), &e, ERR_DENIED,
		      "error.denied", NULL);
	err_clear(&e);
	vault_share(&w.vault, id, w.vault.keeper[1]);
	world_expect_open(&w, "two shares");
	vault_key_of(w.vault.keeper[2], key);
	stage_refused("a third", vault_give(&third, id, key, &right, &e), &e, ERR_CONFLICT,
		      "vault.error.open", NULL);
	err_clear(&e);
	assert_int_equal(world_count(w.h, "shares"), 2);
	assert_true(vault_close(&author, id, &e));
	assert_int_equal(world_count(w.h, "shares"), 0);
	world_expect_sealed(&w, "closed");
	stage_refused("again", vault_close(&author, id, &e), &e, ERR_CONFLICT, "vault.error.ended",
		      NULL);
	assert_int_equal(stage_journalled(w.h, "vault.given"), 2);
	assert_int_equal(stage_journalled(w.h, "vault.opened"), 1);
	assert_int_equal(stage_journalled(w.h, "vault.closed"), 1);
}

/* Time ends what waits and what is open, and with it the shares. */
static void test_time(void **state)
{
	struct world w = world_open(*state);
	const int64_t id = vault_open_for(&w.vault, VAULT_WORK, 0, w.author);
	const struct act author = harness_act(w.h, w.author);
	struct err e = { 0 };
	unsigned char key[KEEPER_KEY_SIZE];
	bool right = false;
	(void)id;
	const struct vault_request again = { VAULT_WORK, 0, "more", 1 };
	int64_t other = 0;
	stage_refused("asked twice", vault_ask(&author, &again, &other, &e), &e, ERR_CONFLICT,
		      "vault.error.asked", NULL);
	harness_at(w.h, "2026-03-02T17:59");
	world_expect_open(&w, "in its eighth hour");
	harness_at(w.h, "2026-03-02T18:00");
	world_expect_sealed(&w, "after it");
	site_keep_vault(&w.h->site);
	assert_int_equal(world_count(w.h, "shares"), 0);
	const int64_t late = vault_asked(&w.vault, VAULT_WORK, 0, w.author);
	vault_share(&w.vault, late, w.vault.keeper[0]);
	harness_at(w.h, "2026-03-03T06:00");
	const struct act keeper = harness_act(w.h, w.vault.keeper[1]);
	vault_key_of(w.vault.keeper[1], key);
	err_clear(&e);
	stage_refused("after twelve hours", vault_give(&keeper, late, key, &right, &e), &e,
		      ERR_CONFLICT, "vault.error.ended", NULL);
	site_keep_vault(&w.h->site);
	assert_int_equal(world_count(w.h, "shares"), 0);
	assert_int_equal(stage_journalled(w.h, "vault.closed"), 2);
}

static void test_asking(void **state)
{
	struct world w = world_open(*state);
	const struct act author = harness_act(w.h, w.author);
	const struct act keeper = harness_act(w.h, w.vault.keeper[0]);
	struct err e = { 0 };
	int64_t id = 0;
	const struct {
		const char *why;
		const struct act *act;
		struct vault_request request;
		enum err_kind kind;
		const char *key, *field;
	} row[] = {
		{ "no reason",
		  &author,
		  { VAULT_WORK, 0, "", 1 },
		  ERR_INPUT,
		  "bank.error.reason",
		  "reason" },
		{ "nine hours",
		  &author,
		  { VAULT_WORK, 0, "x", 9 },
		  ERR_INPUT,
		  "vault.error.hours",
		  "hours" },
		{ "no time",
		  &author,
		  { VAULT_WORK, 0, "x", 0 },
		  ERR_INPUT,
		  "vault.error.hours",
		  "hours" },
		{ "a renewal by an author",
		  &author,
		  { VAULT_RENEWAL, 0, "x", 1 },
		  ERR_DENIED,
		  "error.denied",
		  NULL },
		{ "work by a keeper",
		  &keeper,
		  { VAULT_WORK, 0, "x", 1 },
		  ERR_DENIED,
		  "error.denied",
		  NULL },
		{ "a sitting by an author",
		  &author,
		  { VAULT_SITTING, w.hall.sitting, "", 1 },
		  ERR_DENIED,
		  "error.denied",
		  NULL },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		err_clear(&e);
		stage_refused(row[i].why, vault_ask(row[i].act, &row[i].request, &id, &e), &e,
			      row[i].kind, row[i].key, row[i].field);
	}
}

/* ---- passphrases ----------------------------------------------------------------------------- */

static void test_passphrase(void **state)
{
	static const unsigned char wrong[KEEPER_KEY_SIZE] = { 0xff };
	static const unsigned char salt[KEEPER_SALT_SIZE] = { 7 };
	struct world w = world_open(*state);
	const int64_t id = vault_asked(&w.vault, VAULT_WORK, 0, w.author);
	struct act keeper = harness_act(w.h, w.vault.keeper[0]);
	unsigned char key[KEEPER_KEY_SIZE];
	unsigned char new[KEEPER_KEY_SIZE] = { 0xaa };
	struct err e = { 0 };
	bool right = true;
	for (int i = 0; i < KEEPER_WRONG_MOST; i++) {
		right = true;
		assert_true(vault_give(&keeper, id, wrong, &right, &e));
		assert_false(right);
	}
	vault_key_of(w.vault.keeper[0], key);
	stage_refused("the right one, too early", vault_give(&keeper, id, key, &right, &e), &e,
		      ERR_CONFLICT, "vault.error.waits", NULL);
	assert_int_equal(stage_journalled(w.h, "vault.wrong"), KEEPER_WRONG_MOST);
	harness_at(w.h, "2026-03-02T10:15");
	keeper = harness_act(w.h, w.vault.keeper[0]);
	err_clear(&e);
	assert_true(keeper_change(&keeper, wrong, salt, new, &right, &e));
	assert_false(right);
	harness_at(w.h, "2026-03-02T10:30");
	keeper = harness_act(w.h, w.vault.keeper[0]);
	assert_true(keeper_change(&keeper, key, salt, new, &right, &e));
	assert_true(right);
	assert_true(vault_give(&keeper, id, key, &right, &e));
	assert_false(right); /* the old one */
	assert_true(vault_give(&keeper, id, new, &right, &e));
	assert_true(right);
	vault_share(&w.vault, id, w.vault.keeper[2]);
	world_expect_open(&w, "the same share under another passphrase");
}

/* A forgotten one: a new pair has no share of the old key, and has one of the next. */
static void test_forgotten(void **state)
{
	static const unsigned char salt[KEEPER_SALT_SIZE] = { 7 };
	struct world w = world_open(*state);
	const struct act keeper = harness_act(w.h, w.vault.keeper[0]);
	const struct act approver = harness_act(w.h, w.vault.approver);
	unsigned char key[KEEPER_KEY_SIZE];
	struct err e = { 0 };
	bool right = false;
	struct vault_papers papers;
	vault_key_of(w.vault.keeper[0], key);
	assert_true(keeper_make(&keeper, salt, key, &e));
	const int64_t id = vault_asked(&w.vault, VAULT_RENEWAL, 0, w.vault.approver);
	stage_refused("no share of this pair", vault_give(&keeper, id, key, &right, &e), &e,
		      ERR_CONFLICT, "vault.error.share_none", NULL);
	err_clear(&e);
	vault_share(&w.vault, id, w.vault.keeper[1]);
	vault_share(&w.vault, id, w.vault.keeper[2]);
	assert_true(vault_renew(&approver, &papers, &e));
	const int64_t work = vault_asked(&w.vault, VAULT_WORK, 0, w.author);
	vault_share(&w.vault, work, w.vault.keeper[0]);
	vault_share(&w.vault, work, w.vault.keeper[1]);
	world_expect_open(&w, "the new share");
}

/* ---- papers ---------------------------------------------------------------------------------- */

static void test_papers(void **state)
{
	struct world w = world_open(*state);
	const struct act approver = harness_act(w.h, w.vault.approver);
	const struct act keeper = harness_act(w.h, w.vault.keeper[0]);
	const struct act author = harness_act(w.h, w.author);
	struct err e = { 0 };
	const int64_t id = vault_asked(&w.vault, VAULT_WORK, 0, w.author);
	char typed[VAULT_PAPER_SIZE];
	memcpy(typed, w.vault.papers.text[0], sizeof(typed));
	typed[7] = (char)(typed[7] == 'A' ? 'B' : 'A');
	stage_refused("mistyped", vault_give_paper(&keeper, id, typed, &e), &e, ERR_INPUT,
		      "vault.error.paper", "paper");
	err_clear(&e);
	stage_refused("by an author", vault_give_paper(&author, id, w.vault.papers.text[0], &e), &e,
		      ERR_DENIED, "error.denied", NULL);
	err_clear(&e);
	assert_true(vault_give_paper(&keeper, id, w.vault.papers.text[0], &e));
	stage_refused("the other one by the same person",
		      vault_give_paper(&keeper, id, w.vault.papers.text[1], &e), &e, ERR_CONFLICT,
		      "vault.error.given", NULL);
	err_clear(&e);
	stage_refused("the same one by another",
		      vault_give_paper(&approver, id, w.vault.papers.text[0], &e), &e, ERR_CONFLICT,
		      "vault.error.same_share", NULL);
	err_clear(&e);
	world_expect_sealed(&w, "one paper");
	assert_true(vault_give_paper(&approver, id, w.vault.papers.text[1], &e));
	world_expect_open(&w, "two papers of two people");
}

static void test_keeper_and_paper(void **state)
{
	struct world w = world_open(*state);
	const struct act approver = harness_act(w.h, w.vault.approver);
	struct err e = { 0 };
	const int64_t id = vault_asked(&w.vault, VAULT_WORK, 0, w.author);
	vault_share(&w.vault, id, w.vault.keeper[2]);
	assert_true(vault_give_paper(&approver, id, w.vault.papers.text[1], &e));
	world_expect_open(&w, "a keeper and a paper");
}

/* ---- all or nothing -------------------------------------------------------------------------- */

struct giving {
	int64_t opening, keeper;
};

static bool run_give(const struct act *act, void *user, struct err *e)
{
	const struct giving *g = user;
	unsigned char key[KEEPER_KEY_SIZE];
	bool right = false;
	vault_key_of(g->keeper, key);
	return vault_give(act, g->opening, key, &right, e) && right;
}

static bool run_ask(const struct act *act, void *user, struct err *e)
{
	const struct vault_request request = { VAULT_WORK, 0, "why", 2 };
	int64_t id = 0;
	(void)user;
	return vault_ask(act, &request, &id, e);
}

static bool run_close(const struct act *act, void *user, struct err *e)
{
	return vault_close(act, *(int64_t *)user, e);
}

/* The share that opens, with every call of the database failing once. */
/* What was undone may have used up a number. */
static int64_t newest_opening(struct harness *h)
{
	struct err e = { 0 };
	int64_t id = 0;
	assert_true(db_number(h->site.db, &e, &id, "SELECT MAX(id) FROM bank_opening"));
	return id;
}

static void test_steps_whole(void **state)
{
	struct harness *h = *state;
	struct vault v = vault_seal(h);
	const int64_t author = harness_person(h, ROLE_AUTHOR);
	stage_all_or_nothing(h, author, run_ask, NULL);
	int64_t id = newest_opening(h);
	struct giving first = { id, v.keeper[0] };
	stage_all_or_nothing(h, v.keeper[0], run_give, &first);
	struct giving second = { id, v.keeper[1] };
	stage_all_or_nothing(h, v.keeper[1], run_give, &second);
	stage_all_or_nothing(h, author, run_close, &id);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_shares),           HARNESS_TEST(test_time),
		HARNESS_TEST(test_asking),           HARNESS_TEST(test_passphrase),
		HARNESS_TEST(test_forgotten),        HARNESS_TEST(test_papers),
		HARNESS_TEST(test_keeper_and_paper), HARNESS_TEST(test_steps_whole),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
