/* Commitment, coins, sealed forms, the start: F30 to F34, F39 to F41, A5-1, R28-3. */
#include "hall.h"

#include "app/bank/bank.h"
#include "app/sitting/snapshot.h"
#include "db/driver.h"
#include "faulty.h"
#include "journal/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static int64_t count(struct hall *w, const char *what)
{
	struct err e = { 0 };
	int64_t n = -1;
	struct db *db = w->stage.h->site.db;
	bool ok = strcmp(what, "questions") == 0
			  ? db_number(db, &e, &n, "SELECT COUNT(*) FROM form_question")
			  : db_number(db, &e, &n,
				      "SELECT COUNT(*) FROM attempt WHERE form IS NOT NULL");
	assert_true(ok);
	return n;
}

/* F33: two coins of two witnesses, each given once. */
static void test_coins(void **state)
{
	struct hall w = hall_open(*state);
	struct act act = hall_operator(&w);
	struct err e = { 0 };
	stage_refused("a third coin", seal_coin(&act, w.sitting, 3, "A", "1", &e), &e, ERR_INPUT,
		      "sitting.error.coin_place", "place");
	err_clear(&e);
	assert_true(seal_coin(&act, w.sitting, 1, "A", "heads", &e));
	stage_refused("the first coin again", seal_coin(&act, w.sitting, 1, "C", "1", &e), &e,
		      ERR_CONFLICT, "sitting.error.coin", NULL);
	err_clear(&e);
	stage_refused("the same witness", seal_coin(&act, w.sitting, 2, "A", "1", &e), &e,
		      ERR_INPUT, "sitting.error.witness", "witness");
	err_clear(&e);
	stage_refused("sealing with one coin",
		      seal_forms(&act, w.sitting, hall_second(&w), hall_salt, hall_key, &e), &e,
		      ERR_CONFLICT, "sitting.error.coins", NULL);
	err_clear(&e);
	assert_true(seal_coin(&act, w.sitting, 2, "B", "tails", &e));
	assert_int_equal(stage_journalled(w.stage.h, "sitting.coin"), 2);
	struct act hr = harness_act(w.stage.h, w.stage.hr);
	stage_refused("by HR", seal_coin(&hr, w.sitting, 1, "A", "1", &e), &e, ERR_DENIED,
		      "error.denied", NULL);
}

/* F34: nothing readable is stored before the start; F40: every form is there. */
static void test_sealed(void **state)
{
	struct hall w = hall_open(*state);
	struct act act = hall_operator(&w);
	struct err e = { 0 };
	const void *bytes = NULL;
	size_t size = 0;
	bool pen = false;
	(void)hall_admit(&w, 2);
	hall_coins(&w);
	stage_refused(
		"alone",
		seal_forms(&act, w.sitting, hall_consent(&w, w.operator), hall_salt, hall_key, &e),
		&e, ERR_INPUT, "sitting.error.second", "second");
	err_clear(&e);
	stage_refused(
		"with a candidate",
		seal_forms(&act, w.sitting, hall_consent(&w, w.candidate), hall_salt, hall_key, &e),
		&e, ERR_INPUT, "sitting.error.second", "second");
	err_clear(&e);
	assert_true(seal_forms(&act, w.sitting, hall_second(&w), hall_salt, hall_key, &e));
	assert_int_equal(count(&w, "forms"), 2);
	assert_int_equal(count(&w, "questions"), 0);
	assert_false(db_bytes(act.db, act.arena, &e, &bytes, &size,
			      "SELECT secret FROM sitting WHERE id = $1", db_int(w.sitting)));
	err_clear(&e);
	struct act candidate = hall_candidate(&w);
	assert_true(attempt_enter(&candidate, w.attempt, HALL_SESSION, false, &pen, &e));
	assert_int_equal(count(&w, "questions"), 0);
	stage_refused("opening a form before the start", form_open(&act, w.attempt, &e), &e,
		      ERR_CONFLICT, "test.error.waiting", NULL);
	err_clear(&e);
	stage_refused("sealing twice",
		      seal_forms(&act, w.sitting, hall_second(&w), hall_salt, hall_key, &e), &e,
		      ERR_CONFLICT, "sitting.error.started", NULL);
	err_clear(&e);
	stage_refused("a late candidate",
		      sitting_admit(&act, w.sitting, stage_candidate(&w.stage, STAGE_MET),
				    "id_card", 3, &e),
		      &e, ERR_CONFLICT, "sitting.error.started", NULL);
}

/* F86: of two hundred who finish in one turn each opens a form that is open, and makes a
 * checkpoint: what is remembered of the journal's tree must outlive the first. */
static void expect_tree_kept(const struct act *act, int64_t attempt)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct tree_hash root;
	struct err e = { 0 };
	int64_t size = 0;
	assert_true(db_begin(act->db, &tx, &e) && journal_size(act->db, &size, &e) &&
		    journal_root(act->db, size, &root, &e) && form_open(act, attempt, &e));
	assert_int_equal(act->db->edge.size, size);
}

/* R28-3, F34, F39, F41. */
static void test_start(void **state)
{
	static const unsigned char wrong[SEAL_KEY_SIZE] = { 9 };
	struct hall w = hall_open(*state);
	struct act act = hall_operator(&w);
	struct err e = { 0 };
	int64_t starts = 0;
	stage_refused("not sealed", sitting_start(&act, w.sitting, hall_second(&w), hall_key, &e),
		      &e, ERR_CONFLICT, "sitting.error.not_sealed", NULL);
	int64_t second = hall_admit(&w, 2);
	hall_seal(&w);
	err_clear(&e);
	stage_refused("no record", sitting_start(&act, w.sitting, hall_second(&w), hall_key, &e),
		      &e, ERR_LAW, "law.sitting.recording", "28");
	err_clear(&e);
	assert_true(sitting_record(&act, w.sitting, "switched_off", &e));
	struct act stranger = harness_act(w.stage.h, harness_person(w.stage.h, ROLE_OPERATOR));
	stage_refused("by somebody else",
		      sitting_start(&stranger, w.sitting, hall_second(&w), hall_key, &e), &e,
		      ERR_CONFLICT, "sitting.error.sealers", NULL);
	err_clear(&e);
	stage_refused(
		"with somebody else",
		sitting_start(&act, w.sitting, hall_consent(&w, stranger.person_id), hall_key, &e),
		&e, ERR_INPUT, "sitting.error.sealer", "second");
	err_clear(&e);
	stage_refused("wrong codes", sitting_start(&act, w.sitting, hall_second(&w), wrong, &e), &e,
		      ERR_INPUT, "sitting.error.codes", "code_1");
	err_clear(&e);
	assert_true(sitting_start(&act, w.sitting, hall_second(&w), hall_key, &e));
	harness_at(w.stage.h, "2026-03-02T10:05");
	act = hall_operator(&w);
	assert_true(sitting_start(&act, w.sitting, hall_second(&w), hall_key, &e));
	assert_int_equal(stage_journalled(w.stage.h, "sitting.started"), 1);
	assert_true(db_number(act.db, &e, &starts,
			      "SELECT COUNT(*) FROM attempt WHERE started_ms ="
			      " (SELECT started_ms FROM sitting WHERE id = $1)",
			      db_int(w.sitting)));
	assert_int_equal(starts, 2);
	assert_true(form_open(&act, second, &e) && form_open(&act, second, &e));
	assert_int_equal(count(&w, "questions"), 120);
	expect_tree_kept(&act, second);
	stage_refused("the record after the start",
		      sitting_record(&act, w.sitting, "confirmed", &e), &e, ERR_CONFLICT,
		      "sitting.error.started", NULL);
}

/* A5-1: 120 questions, exactly those counts of each act. */
static void test_form(void **state)
{
	struct hall w = hall_open(*state);
	hall_start(&w);
	struct act act = harness_act(w.stage.h, 0);
	struct competition c = { 0 };
	struct err e = { 0 };
	assert_true(competition_load(&act, w.stage.competition, &c, &e));
	for (size_t i = 0; i < c.rules->act_count; i++) {
		int64_t asked = 0;
		assert_true(db_number(act.db, &e, &asked,
				      "SELECT COUNT(DISTINCT item_id) FROM form_question"
				      " WHERE attempt_id = $1 AND act = $2",
				      db_int(w.attempt), db_text(c.rules->acts[i].code)));
		assert_int_equal(asked, c.rules->acts[i].questions);
	}
}

/* F29: a bank with one item too few seals nothing. */
static void test_shortage(void **state)
{
	struct hall w = hall_open(*state);
	struct act act = hall_operator(&w);
	struct err e = { 0 };
	hall_coins(&w);
	assert_true(db_exec(act.db, &e, NULL,
			    "UPDATE item SET retired_ms = 1 WHERE act = 'civil-code' AND id NOT IN"
			    " (SELECT id FROM item WHERE act = 'civil-code' ORDER BY id LIMIT 9)"));
	stage_refused("nine of ten",
		      seal_forms(&act, w.sitting, hall_second(&w), hall_salt, hall_key, &e), &e,
		      ERR_CONFLICT, "exam.bank.shortage", NULL);
	assert_non_null(strstr(e.value, "Гражданский кодекс"));
	assert_int_equal(count(&w, "forms"), 0);
}

/* Taking the seal off begins another round: other coins, another secret. */
static void test_remove(void **state)
{
	struct hall w = hall_open(*state);
	struct act act = hall_operator(&w);
	struct err e = { 0 };
	struct sitting s = { 0 };
	const void *commitment[2] = { 0 };
	size_t size = 0;
	stage_refused("not sealed", seal_remove(&act, w.sitting, "a code is lost", &e), &e,
		      ERR_CONFLICT, "sitting.error.not_sealed", NULL);
	err_clear(&e);
	for (int round = 0; round < 2; round++) {
		assert_true(db_bytes(act.db, act.arena, &e, &commitment[round], &size,
				     "SELECT commitment FROM sitting WHERE id = $1",
				     db_int(w.sitting)));
		hall_seal(&w);
		assert_true(seal_remove(&act, w.sitting, "a code is lost", &e));
		assert_int_equal(count(&w, "forms"), 0);
	}
	assert_memory_not_equal(commitment[0], commitment[1], COMMITMENT_SIZE);
	assert_true(sitting_load(&act, w.sitting, &s, &e));
	assert_int_equal(s.round, 3);
	assert_string_equal(s.state, "open");
	(void)hall_admit(&w, 2);
	hall_start(&w);
}

/* Argon2id of both codes, in their order. */
static void test_key(void **state)
{
	unsigned char key[3][SEAL_KEY_SIZE];
	struct err e = { 0 };
	(void)state;
	assert_true(seal_key("first code", "second code", hall_salt, key[0], &e));
	assert_true(seal_key("first code", "second code", hall_salt, key[1], &e));
	assert_true(seal_key("second code", "first code", hall_salt, key[2], &e));
	assert_memory_equal(key[0], key[1], SEAL_KEY_SIZE);
	assert_memory_not_equal(key[0], key[2], SEAL_KEY_SIZE);
}

/* F30, F31: what the person has had, what is enemy to another and what rests is kept off. */
static void test_kept_off(void **state)
{
	struct hall w = hall_open(*state);
	struct act act = hall_operator(&w);
	struct snapshot s = { 0 };
	struct competition c = { 0 };
	struct err e = { 0 };
	size_t seen = 0;
	size_t resting = 0;
	hall_start(&w);
	int64_t attempt = 0;
	assert_true(
		db_number(act.db, &e, &attempt,
			  "INSERT INTO attempt (sitting_id, application_id, code, language,"
			  " document_seen, seat, admitted_by, admitted_ms, token_key, pen,"
			  " extra_ms, void) SELECT sitting_id, application_id, 'TWIN', language,"
			  " document_seen, '9', admitted_by, 0, token_key, '', 0, 1"
			  " FROM attempt WHERE id = $1 RETURNING id",
			  db_int(w.attempt)));
	assert_true(db_exec(act.db, &e, NULL,
			    "INSERT INTO item_enemy (code_a, code_b)"
			    " VALUES ('civ-001', 'civ-002'), ('civ-003', 'not-there')"));
	assert_true(competition_load(&act, w.stage.competition, &c, &e));
	assert_true(snapshot_take(&act, c.rules, 0, &s, &e));
	int64_t in_use = 0;
	assert_true(db_number(act.db, &e, &in_use, "SELECT COUNT(*) FROM item WHERE " ITEM_IN_USE));
	assert_int_equal(s.bank.count, in_use);
	assert_int_equal(s.bank.enemy_count, 1);
	assert_true(snapshot_mark_seen(&act, attempt, false, &s, &e));
	for (size_t i = 0; i < s.bank.count; i++)
		seen += s.items[i].seen;
	assert_int_equal(seen, 120);
	assert_true(snapshot_mark_seen(&act, w.attempt, false, &s, &e));
	for (size_t i = 0; i < s.bank.count; i++)
		assert_false(s.items[i].seen);
	/* each of the 120 was on one form */
	assert_true(snapshot_take(&act, c.rules, 1, &s, &e));
	for (size_t i = 0; i < s.bank.count; i++)
		resting += s.items[i].rests;
	assert_int_equal(resting, 120);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_coins), HARNESS_TEST(test_sealed),   HARNESS_TEST(test_start),
		HARNESS_TEST(test_form),  HARNESS_TEST(test_shortage), HARNESS_TEST(test_remove),
		HARNESS_TEST(test_key),   HARNESS_TEST(test_kept_off),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
