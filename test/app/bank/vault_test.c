/* The sealed bank: ceremony, openings, renewal, recovery, and whoever tries otherwise (F28, F34).
 */
#include "hall.h"
#include "vault.h"

#include "app/bank/bank_give.h"
#include "app/bank/bank_item.h"
#include "app/bank/bank_review.h"
#include "app/bank/bank_text.h"
#include "app/bank/import.h"
#include "app/bank/vault_keeper.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* ---- the ceremony ---------------------------------------------------------------------------- */

/* With the service key and without keepers nothing that is in use can be read. */
static void test_ceremony(void **state)
{
	struct world w = world_open(*state);
	const struct act approver = harness_act(w.h, w.vault.approver);
	const struct act system = harness_act(w.h, 0);
	struct exchange_set set = { .items = NULL };
	struct vault_papers papers;
	struct err e = { 0 };
	assert_int_equal(world_count(w.h, "service"), 0);
	assert_int_equal(world_count(w.h, "bank"), w.vault.papers.questions);
	assert_true(w.vault.papers.questions >= 300);
	world_expect_sealed(&w, "in use");
	stage_refused("export", bank_give(&system, "", &set, &e), &e, ERR_CONFLICT,
		      "bank.error.sealed", NULL);
	err_clear(&e);
	stage_refused("a second ceremony", vault_make(&approver, &papers, &e), &e, ERR_CONFLICT,
		      "vault.error.sealed", NULL);
	err_clear(&e);
	const struct act keeper = harness_act(w.h, w.vault.keeper[0]);
	stage_refused("by a keeper", vault_make(&keeper, &papers, &e), &e, ERR_DENIED,
		      "error.denied", NULL);
	assert_int_equal(stage_journalled(w.h, "vault.made"), 1);
}

static void test_too_few(void **state)
{
	struct harness *h = *state;
	const struct act approver = harness_act(h, harness_person(h, ROLE_APPROVER));
	struct vault_papers papers;
	struct err e = { 0 };
	(void)vault_keeper(h);
	(void)vault_keeper(h);
	(void)harness_person(h, ROLE_KEEPER); /* who has made no key */
	stage_refused("two keepers", vault_make(&approver, &papers, &e), &e, ERR_CONFLICT,
		      "vault.error.keepers", NULL);
	(void)vault_keeper(h);
	err_clear(&e);
	assert_true(vault_make(&approver, &papers, &e));
	assert_int_equal(papers.keepers, 3);
}

static bool run_make(const struct act *act, void *user, struct err *e)
{
	struct vault_papers papers;
	(void)user;
	return vault_make(act, &papers, e);
}

static void test_make_whole(void **state)
{
	struct harness *h = *state;
	const int64_t approver = harness_person(h, ROLE_APPROVER);
	for (int i = 0; i < VAULT_TEST_KEEPERS; i++)
		(void)vault_keeper(h);
	stage_all_or_nothing(h, approver, run_make, NULL);
}

/* ---- renewal, recovery ----------------------------------------------------------------------- */

static void test_renewal(void **state)
{
	struct world w = world_open(*state);
	const struct act approver = harness_act(w.h, w.vault.approver);
	struct vault_papers papers;
	struct err e = { 0 };
	stage_refused("not open", vault_renew(&approver, &papers, &e), &e, ERR_CONFLICT,
		      "vault.error.renewal", NULL);
	err_clear(&e);
	const int64_t work = vault_open_for(&w.vault, VAULT_WORK, 0, w.author);
	stage_refused("open for something else", vault_renew(&approver, &papers, &e), &e,
		      ERR_CONFLICT, "vault.error.renewal", NULL);
	err_clear(&e);
	(void)work;
	(void)vault_open_for(&w.vault, VAULT_RENEWAL, 0, w.vault.approver);
	(void)vault_keeper(w.h); /* a fourth has come */
	assert_true(vault_renew(&approver, &papers, &e));
	assert_int_equal(papers.keepers, 4);
	assert_int_equal(papers.questions, w.vault.papers.questions);
	assert_int_equal(world_count(w.h, "shares"), 0);
	world_expect_sealed(&w, "all openings were of the old key");
	const int64_t id = vault_asked(&w.vault, VAULT_WORK, 0, w.author);
	stage_refused("an old paper", vault_give_paper(&approver, id, w.vault.papers.text[0], &e),
		      &e, ERR_INPUT, "vault.error.paper_old", "paper");
	err_clear(&e);
	assert_true(vault_give_paper(&approver, id, papers.text[0], &e));
	vault_share(&w.vault, id, w.vault.keeper[1]);
	world_expect_open(&w, "the new ones");
}

static bool run_renew(const struct act *act, void *user, struct err *e)
{
	struct vault_papers papers;
	(void)user;
	return vault_renew(act, &papers, e);
}

/* One question: what is done for each of many is done alike. */
static void add_question(struct harness *h)
{
	const int64_t author = harness_person(h, ROLE_AUTHOR);
	const int64_t approver = harness_person(h, ROLE_APPROVER);
	const struct act act = harness_act(h, author);
	const struct bank_item_form form = {
		.code = "q-1",
		.act = "civil-code",
		.article = "1",
		.text_date = act_today(&act),
		.kk = { "Қ?", { "а", "б", "в", "г", "" } },
		.ru = { "Р?", { "1", "2", "3", "4", "" } },
		.enemies = "",
		.why = "first",
	};
	const struct bank_verdict agreed = { 1, true, "" };
	struct err e = { 0 };
	int64_t id = 0;
	assert_true(bank_item_add(&act, &form, &id, &e) && bank_send(&act, id, &e));
	for (int i = 0; i < 2; i++) {
		const struct act reviewer = harness_act(h, harness_person(h, ROLE_REVIEWER));
		assert_true(bank_sign(&reviewer, id, i ? "ru" : "kk", &agreed, &e));
	}
	const struct act last = harness_act(h, approver);
	assert_true(bank_approve(&last, id, &agreed, &e));
}

static void test_renew_whole(void **state)
{
	struct harness *h = *state;
	add_question(h);
	struct vault v = vault_seal(h);
	(void)vault_open_for(&v, VAULT_RENEWAL, 0, v.approver);
	stage_all_or_nothing(h, v.approver, run_renew, NULL);
}

static void test_recovery(void **state)
{
	struct world w = world_open(*state);
	const struct act system = harness_act(w.h, 0);
	const struct act approver = harness_act(w.h, w.vault.approver);
	const char *const twice[] = { w.vault.papers.text[0], w.vault.papers.text[0] };
	const char *const both[] = { w.vault.papers.text[1], w.vault.papers.text[0] };
	struct vault_papers papers;
	struct err e = { 0 };
	stage_refused("on a page", vault_recover(&approver, both, &papers, &e), &e, ERR_DENIED,
		      "error.denied", NULL);
	err_clear(&e);
	stage_refused("one paper twice", vault_recover(&system, twice, &papers, &e), &e, ERR_INPUT,
		      "vault.error.shares", NULL);
	err_clear(&e);
	assert_true(vault_recover(&system, both, &papers, &e));
	stage_refused("the old papers", vault_recover(&system, both, &papers, &e), &e, ERR_INPUT,
		      "vault.error.paper_old", "paper");
	(void)vault_open_for(&w.vault, VAULT_WORK, 0, w.author);
	world_expect_open(&w, "after a recovery");
}

/* ---- damage ---------------------------------------------------------------------------------- */

/* Swaps two rows, or changes one byte: nothing opens, and it is said so. */
static void test_damage(void **state)
{
	struct world w = world_open(*state);
	struct db *db = w.h->site.db;
	struct err e = { 0 };
	(void)vault_open_for(&w.vault, VAULT_WORK, 0, w.author);
	world_expect_open(&w, "as it is");
	assert_true(db_exec(db, &e, NULL,
			    "UPDATE item_text SET text = (SELECT x.text FROM item_text x"
			    " WHERE x.item_id = 1 AND x.language = 'ru' AND x.part = 2)"
			    " WHERE item_id = 1 AND language = 'ru' AND part = 1"));
	assert_false(world_reads(&w, 1, &e));
	assert_string_equal(e.key, "error.storage");
	err_clear(&e);
	assert_true(world_reads(&w, 2, &e));
	assert_true(db_exec(db, &e, NULL,
			    "UPDATE item_key SET box = (SELECT x.box FROM item_key x"
			    " WHERE x.item_id = 3) WHERE item_id = 2"));
	assert_false(world_reads(&w, 2, &e)); /* another's key opens no text of it */
	err_clear(&e);
	assert_true(
		db_exec(db, &e, NULL, "UPDATE item_key SET box = zeroblob(80) WHERE item_id = 4"));
	assert_false(world_reads(&w, 4, &e));
	err_clear(&e);
	assert_true(db_exec(db, &e, NULL,
			    "UPDATE bank_opening_share SET box = zeroblob(72) WHERE number = 1"));
	assert_false(world_reads(&w, 3, &e));
	assert_string_equal(e.key, "error.storage");
}

/* ---- a sitting ------------------------------------------------------------------------------- */

static bool reads_form(struct world *w, int64_t number, struct err *e)
{
	const struct act act = harness_act(w->h, w->hall.candidate);
	struct item_text kk = { .stem = NULL };
	struct item_text ru = { .stem = NULL };
	return bank_text_of_attempt(&act, w->hall.attempt, number, &kk, &ru, e) && kk.stem &&
	       ru.option[3];
}

/* F34: the keepers open it for the sealing; the start needs none, and before it nobody reads. */
static void test_sitting(void **state)
{
	struct world w = world_open(*state);
	struct act operator= hall_operator(&w.hall);
	struct act candidate = hall_candidate(&w.hall);
	struct err e = { 0 };
	bool open = false;
	bool pen = false;
	hall_coins(&w.hall);
	stage_refused("sealing",
		      seal_forms(&operator, w.hall.sitting, hall_second(&w.hall), hall_salt,
				 hall_key, &e),
		      &e, ERR_CONFLICT, "sitting.error.bank", NULL);
	(void)vault_open_for(&w.vault, VAULT_WORK, 0, w.author);
	err_clear(&e);
	stage_refused("open for work",
		      seal_forms(&operator, w.hall.sitting, hall_second(&w.hall), hall_salt,
				 hall_key, &e),
		      &e, ERR_CONFLICT, "sitting.error.bank", NULL);
	err_clear(&e);
	const int64_t work = 1;
	const struct act author = harness_act(w.h, w.author);
	assert_true(vault_close(&author, work, &e));
	(void)vault_open_for(&w.vault, VAULT_SITTING, w.hall.sitting, w.hall.operator);
	world_expect_sealed(&w, "open for a sitting is not open for work");
	assert_true(seal_forms(&operator, w.hall.sitting, hall_second(&w.hall), hall_salt, hall_key,
			       &e));
	assert_true(sitting_record(&operator, w.hall.sitting, "switched_off", &e));
	stage_refused("before the start", reads_form(&w, 1, &e), &e, ERR_MISSING, "error.missing",
		      NULL);
	err_clear(&e);
	assert_true(sitting_start(&operator, w.hall.sitting, hall_second(&w.hall), hall_key, &e));
	assert_true(vault_is_open(&operator, VAULT_SITTING, w.hall.sitting, &open, &e));
	assert_false(open);
	assert_int_equal(world_count(w.h, "shares"), 0);
	assert_true(attempt_enter(&candidate, w.hall.attempt, HALL_SESSION, false, &pen, &e));
	for (int64_t number = 1; number <= 120; number++) {
		if (!reads_form(&w, number, &e))
			fail_msg("question %d: %s %s", (int)number, e.key, e.detail);
	}
	stage_refused("no question 121", reads_form(&w, 121, &e), &e, ERR_MISSING, "error.missing",
		      NULL);
	world_expect_sealed(&w, "the bank itself");
}

static bool run_seal(const struct act *act, void *user, struct err *e)
{
	const struct world *w = user;
	return seal_texts(act, w->hall.sitting, hall_key, e);
}

/* The words of the forms, under the seal: all of them or none. */
static void test_seal_whole(void **state)
{
	struct world w = world_open(*state);
	struct err e = { 0 };
	(void)vault_open_for(&w.vault, VAULT_SITTING, w.hall.sitting, w.hall.operator);
	assert_true(db_exec(w.h->site.db, &e, NULL,
			    "INSERT INTO sitting_item (sitting_id, item_id, stratum, rests)"
			    " SELECT $1, id, 0, 0 FROM item WHERE id < 4",
			    db_int(w.hall.sitting)));
	const struct act act = hall_operator(&w.hall);
	assert_true(run_seal(&act, &w, &e));
	assert_true(db_exec(w.h->site.db, &e, NULL,
			    "UPDATE item_key SET box = zeroblob(80)"
			    " WHERE item_id = 3"));
	assert_false(run_seal(&act, &w, &e));
}

/* Sealed before the encryption, started after it, and then the ceremony: its words stay readable.
 */
static void test_old_forms(void **state)
{
	struct harness *h = *state;
	struct world w = { .h = h, .hall = hall_open(h) };
	struct act operator= hall_operator(&w.hall);
	struct act candidate = hall_candidate(&w.hall);
	struct err e = { 0 };
	bool pen = false;
	hall_seal(&w.hall);
	assert_true(sitting_record(&operator, w.hall.sitting, "switched_off", &e));
	assert_true(db_exec(h->site.db, &e, NULL, "UPDATE sitting_item SET text_key = NULL"));
	assert_true(sitting_start(&operator, w.hall.sitting, hall_second(&w.hall), hall_key, &e));
	assert_true(attempt_enter(&candidate, w.hall.attempt, HALL_SESSION, false, &pen, &e));
	w.vault = vault_seal(h);
	for (int64_t number = 1; number <= 120; number++) {
		if (!reads_form(&w, number, &e))
			fail_msg("question %d: %s %s", (int)number, e.key, e.detail);
	}
}

/* ---- work ------------------------------------------------------------------------------------ */

/* What is written is readable for who works at it; approved it is sealed, with its drafts. */
static void test_approval(void **state)
{
	struct harness *h = *state;
	struct err e = { 0 };
	struct item_text ru = { .stem = NULL };
	(void)vault_seal(h);
	const struct act system = harness_act(h, 0);
	add_question(h);
	assert_int_equal(world_count(h, "service"), 0);
	assert_int_equal(world_count(h, "bank"), 1);
	stage_refused("approved", bank_text_read(&system, 1, NULL, &ru, &e), &e, ERR_CONFLICT,
		      "bank.error.sealed", NULL);
	err_clear(&e);
	const struct act author = harness_act(h, harness_person(h, ROLE_AUTHOR));
	struct bank_item_form form = {
		.code = "q-1",
		.act = "civil-code",
		.article = "1",
		.text_date = act_today(&author),
		.kk = { "Қ??", { "а", "б", "в", "г", "" } },
		.ru = { "Р??", { "1", "2", "3", "4", "" } },
		.enemies = "",
		.why = "clearer",
	};
	assert_true(bank_item_revise(&author, 1, 1, &form, &e));
	assert_true(bank_text_read(&system, 2, NULL, &ru, &e));
	assert_string_equal(ru.stem, "Р??");
	/* the old words again: the sealed version, which its reviewers cannot read without keepers
	 */
	form.kk.stem = "Қ?";
	form.ru.stem = "Р?";
	assert_true(bank_item_revise(&author, 1, 2, &form, &e));
	const struct bank_verdict agreed = { 3, true, "" };
	const struct act reviewer = harness_act(h, harness_person(h, ROLE_REVIEWER));
	assert_true(bank_send(&author, 1, &e));
	stage_refused("signing blindly", bank_sign(&reviewer, 1, "kk", &agreed, &e), &e,
		      ERR_CONFLICT, "bank.error.sealed", NULL);
}

static struct bank_item_form worded(const struct act *act, const char *kk, const char *ru)
{
	return (struct bank_item_form){
		.code = "q-1",
		.act = "civil-code",
		.article = "1",
		.text_date = act_today(act),
		.kk = { kk, { "а", "б", "в", "г", "" } },
		.ru = { ru, { "1", "2", "3", "4", "" } },
		.enemies = "",
		.why = "again",
	};
}

static void import_words(const struct act *author, const char *text)
{
	static const struct import_form form = {
		.name = "q.csv", .language = "ru", .act = "", .article = "", .text_date = { 20000 }
	};
	struct act system = *author;
	json_t *packed = NULL;
	struct err e = { 0 };
	int64_t id = 0;
	bool more = true;
	system.person_id = 0;
	if (!import_read(author, text, strlen(text), &form, &packed, &e) ||
	    !import_open(author, &form, packed, &id, &e))
		fail_msg("%s: %s", e.key, e.detail);
	for (int turn = 0; turn < 2; turn++) {
		for (more = true; more;)
			assert_true(import_step(&system, &more, &e));
		if (turn == 0 && !import_take(author, id, false, &e))
			fail_msg("%s: %s", e.key, e.detail);
	}
}

static void expect_newest(struct harness *h, int64_t version)
{
	struct err e = { 0 };
	int64_t newest = 0;
	assert_true(db_number(h->site.db, &e, &newest, "SELECT newest_id FROM bank_item"));
	assert_int_equal(newest, version);
}

/* Its words written again while the bank is open: the version in use stays sealed, for it is what
 * forms are drawn from; after the opening nobody reads it. */
static void test_in_use(void **state)
{
	struct harness *h = *state;
	struct err e = { 0 };
	struct item_text ru = { .stem = NULL };
	add_question(h);
	struct vault v = vault_seal(h);
	const struct act author = harness_act(h, harness_person(h, ROLE_AUTHOR));
	const int64_t opening = vault_open_for(&v, VAULT_WORK, 0, author.person_id);
	struct bank_item_form form = worded(&author, "Қ??", "Р??");
	assert_true(bank_item_revise(&author, 1, 1, &form, &e));
	form = worded(&author, "Қ?", "Р?");
	assert_true(bank_item_revise(&author, 1, 2, &form, &e));
	expect_newest(h, 1);
	assert_true(bank_text_read(&author, 1, NULL, &ru, &e)); /* by the opening */
	/* and the same by files */
	form = worded(&author, "Қ??", "Р??");
	assert_true(bank_item_revise(&author, 1, 3, &form, &e));
	import_words(&author, arena_print(h->arena,
					  "code,key,kk,kk_a,kk_b,kk_c,kk_d,ru,ru_a,ru_b,ru_c,ru_d\n"
					  "q-1,a,Қ?,а,б,в,г,Р?,1,2,3,4\n"));
	expect_newest(h, 1);
	assert_true(vault_close(&author, opening, &e));
	stage_refused("in use", bank_text_read(&author, 1, NULL, &ru, &e), &e, ERR_CONFLICT,
		      "bank.error.sealed", NULL);
	err_clear(&e);
	assert_true(bank_text_read(&author, 2, NULL, &ru, &e)); /* a draft */
}

/* A ceremony seals a version in use also if a draft has its words. */
static void test_in_use_before(void **state)
{
	struct harness *h = *state;
	struct err e = { 0 };
	struct item_text ru = { .stem = NULL };
	add_question(h);
	const struct act author = harness_act(h, harness_person(h, ROLE_AUTHOR));
	struct bank_item_form form = worded(&author, "Қ??", "Р??");
	assert_true(bank_item_revise(&author, 1, 1, &form, &e));
	form = worded(&author, "Қ?", "Р?");
	assert_true(bank_item_revise(&author, 1, 2, &form, &e));
	expect_newest(h, 1);
	(void)vault_seal(h);
	stage_refused("in use", bank_text_read(&author, 1, NULL, &ru, &e), &e, ERR_CONFLICT,
		      "bank.error.sealed", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_ceremony),      HARNESS_TEST(test_too_few),
		HARNESS_TEST(test_make_whole),    HARNESS_TEST(test_renewal),
		HARNESS_TEST(test_renew_whole),   HARNESS_TEST(test_recovery),
		HARNESS_TEST(test_damage),        HARNESS_TEST(test_sitting),
		HARNESS_TEST(test_seal_whole),    HARNESS_TEST(test_approval),
		HARNESS_TEST(test_old_forms),     HARNESS_TEST(test_in_use),
		HARNESS_TEST(test_in_use_before),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
