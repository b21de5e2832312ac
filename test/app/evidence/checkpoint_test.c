/* Checkpoints (F86): one for each occasion, signed, of the journal as it stands. */
#include "hall.h"
#include "room.h"

#include "app/evidence/checkpoint.h"
#include "app/interview/vote.h"
#include "db/driver.h"
#include "doctor.h"
#include "journal/header.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void make(struct harness *h, int64_t person, const char *reason, const char *subject)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	const struct act act = harness_act(h, person);
	struct err e = { 0 };
	if (!db_begin(act.db, &tx, &e) || !checkpoint_make(&act, reason, subject, &e) ||
	    !db_commit(&tx, &e))
		fail_msg("%s: %s", e.key, e.detail);
}

static int64_t number(struct harness *h, const char *reason)
{
	struct err e = { 0 };
	int64_t count = 0;
	assert_true(db_number(h->site.db, &e, &count,
			      "SELECT COUNT(*) FROM checkpoint_reason WHERE reason = $1",
			      db_text(reason)));
	return count;
}

static struct checkpoint newest(struct harness *h)
{
	struct checkpoint c;
	struct err e = { 0 };
	assert_true(checkpoint_newest(h->site.db, h->arena, &c, &e));
	return c;
}

static void the_note_is_signed_and_says_size_and_root(void **state)
{
	struct harness *h = *state;
	struct note note;
	struct note_checkpoint said;
	struct note_key key;
	struct tree_hash root;
	char text[NOTE_KEY_SIZE];
	struct err e = { 0 };
	(void)stage_open(h);
	assert_int_equal(newest(h).id, 0);
	assert_false(checkpoint_key(h->site.db, &key, &e));
	assert_string_equal(e.key, "journal.error.none");
	err_clear(&e);
	make(h, 0, CHECKPOINT_ASKED, "");
	const struct checkpoint c = newest(h);
	assert_true(checkpoint_key(h->site.db, &key, &e));
	note_key_print(&key, text);
	assert_true(note_key_parse(text, &key));
	assert_true(note_parse(c.note, strlen(c.note), &note));
	assert_int_equal(note_check(&note, &key, NULL), NOTE_GOOD);
	assert_true(note_checkpoint_parse(&note, &said));
	assert_string_equal(said.origin, key.name);
	assert_memory_equal(said.origin, "konkurs/", 8);
	assert_int_equal(said.size, c.size);
	assert_true(tree_equal(&said.root, &c.root));
	assert_true(checkpoint_root(h->site.db, c.size, &root, &e));
	assert_true(tree_equal(&root, &c.root));
	int64_t entries = 0;
	assert_true(db_number(h->site.db, &e, &entries, "SELECT COUNT(*) FROM journal_entry"));
	assert_int_equal(c.size, entries);
}

static void the_same_size_is_the_same_checkpoint_with_one_more_reason(void **state)
{
	struct harness *h = *state;
	(void)stage_open(h);
	make(h, 0, CHECKPOINT_DAY, "");
	const struct checkpoint first = newest(h);
	make(h, 0, CHECKPOINT_RECEIPT, "application/1");
	const struct checkpoint second = newest(h);
	assert_int_equal(first.id, second.id);
	assert_string_equal(first.note, second.note);
	assert_int_equal(number(h, CHECKPOINT_DAY), 1);
	assert_int_equal(number(h, CHECKPOINT_RECEIPT), 1);
}

static void each_entry_and_each_growth_is_proved(void **state)
{
	struct harness *h = *state;
	struct stage s = stage_open(h);
	struct tree_proof proof;
	struct journal_leaf leaf;
	struct err e = { 0 };
	make(h, 0, CHECKPOINT_ASKED, "");
	const struct checkpoint older = newest(h);
	(void)harness_person(h, ROLE_HR);
	const struct act act = harness_act(h, s.hr);
	for (int i = 0; i < 300; i++) {
		CLEANUP(db_rollback) struct db_tx tx = { 0 };
		assert_true(db_begin(act.db, &tx, &e) &&
			    act_journal(&act, "hall.added", 0, "", json_object(), &e) &&
			    db_commit(&tx, &e));
	}
	/* no checkpoint covers these yet */
	assert_false(checkpoint_prove(h->site.db, older.size + 1, older.size + 1, &proof, &e));
	assert_string_equal(e.key, "journal.error.range");
	err_clear(&e);
	make(h, 0, CHECKPOINT_ASKED, "");
	const struct checkpoint newer = newest(h);
	assert_int_equal(newer.size, older.size + 300);
	for (int64_t seq = 1; seq <= newer.size; seq++) {
		assert_true(journal_leaf_read(h->site.db, h->arena, seq, &leaf, &e));
		assert_true(checkpoint_prove(h->site.db, seq, newer.size, &proof, &e));
		assert_true(tree_proves(&leaf.hash, (uint64_t)seq - 1, (uint64_t)newer.size, &proof,
					&newer.root));
	}
	assert_true(checkpoint_prove_growth(h->site.db, older.size, newer.size, &proof, &e));
	assert_true(tree_grew((uint64_t)older.size, &older.root, (uint64_t)newer.size, &newer.root,
			      &proof));
	assert_false(checkpoint_prove(h->site.db, 0, newer.size, &proof, &e));
	err_clear(&e);
	assert_false(checkpoint_prove_growth(h->site.db, -1, newer.size, &proof, &e));
	err_clear(&e);
	assert_false(checkpoint_root(h->site.db, newer.size + 1, &leaf.hash, &e));
}

/* An entry that somebody changed is not in the tree of the checkpoint any more (F88). */
static void a_rewritten_chain_has_another_root(void **state)
{
	struct harness *h = *state;
	struct stage s = stage_open(h);
	struct tree_hash root;
	struct err e = { 0 };
	(void)s;
	make(h, 0, CHECKPOINT_ASKED, "");
	const struct checkpoint c = newest(h);
	assert_true(doctor_unguard(h->site.db, &e));
	assert_true(db_exec(h->site.db, &e, NULL,
			    "UPDATE journal_entry SET hash = zeroblob(32) WHERE seq = 2"));
	assert_true(checkpoint_root(h->site.db, c.size, &root, &e));
	assert_false(tree_equal(&root, &c.root));
}

static void only_who_watches_asks_for_one(void **state)
{
	struct harness *h = *state;
	static const struct {
		const char *why;
		unsigned role;
		bool may;
	} row[] = {
		{ "an auditor", ROLE_AUDITOR, true },
		{ "an administrator", ROLE_ADMIN, true },
		{ "an officer of HR", ROLE_HR, false },
		{ "anybody", ROLE_PERSON, false },
	};
	(void)stage_open(h);
	for (size_t i = 0; i < COUNT(row); i++) {
		const struct act act = harness_act(h, harness_person(h, row[i].role));
		struct err e = { 0 };
		int64_t size = 0;
		const bool ok = checkpoint_ask(&act, &size, &e);
		if (ok != row[i].may)
			fail_msg("%s: %s", row[i].why, e.key);
		assert_true(ok || e.kind == ERR_DENIED);
		assert_true(!ok || newest(h).size == size);
	}
	assert_int_equal(stage_journalled(h, "checkpoint.asked"), 2);
}

static void without_the_service_key_nothing_is_signed(void **state)
{
	struct harness *h = *state;
	(void)stage_open(h);
	struct act act = harness_act(h, 0);
	struct err e = { 0 };
	act.key = NULL;
	assert_false(checkpoint_daily(&act, &e));
	assert_string_equal(e.key, "journal.error.key");
	err_clear(&e);
	make(h, 0, CHECKPOINT_ASKED, "");
	struct service_key *other = NULL;
	assert_true(service_key_random(&other, &e));
	(void)harness_person(h, ROLE_ADMIN);
	assert_true(stage_open(h).competition > 0);
	act.key = other;
	assert_false(checkpoint_daily(&act, &e));
	assert_string_equal(e.key, "journal.error.key");
	service_key_close(other);
}

static bool ask(const struct act *act, void *user, struct err *e)
{
	int64_t size = 0;
	(void)user;
	return checkpoint_ask(act, &size, e);
}

static void all_or_nothing(void **state)
{
	struct harness *h = *state;
	(void)stage_open(h);
	stage_all_or_nothing(h, harness_person(h, ROLE_AUDITOR), ask, NULL);
}

static void the_day_has_one_and_an_empty_journal_none(void **state)
{
	struct harness *h = *state;
	const struct act act = harness_act(h, 0);
	struct err e = { 0 };
	assert_true(checkpoint_daily(&act, &e));
	const int64_t before = newest(h).id;
	(void)stage_open(h);
	assert_true(checkpoint_daily(&act, &e));
	assert_true(newest(h).id > before);
	assert_true(number(h, CHECKPOINT_DAY) >= 1);
}

static void sealing_and_closing_a_sitting_have_one(void **state)
{
	struct harness *h = *state;
	struct hall w = hall_open(h);
	struct err e = { 0 };
	hall_start(&w);
	assert_int_equal(number(h, CHECKPOINT_SITTING), 1);
	harness_at(h, "2026-03-21T18:00");
	const struct act act = hall_operator(&w);
	if (!sitting_close(&act, w.sitting, &e))
		fail_msg("%s: %s", e.key, e.detail);
	assert_int_equal(number(h, CHECKPOINT_SITTING), 2);
}

static void a_vote_and_a_decision_have_one(void **state)
{
	struct harness *h = *state;
	struct room r = room_open(h);
	struct err e = { 0 };
	room_hear(&r);
	room_vote(&r, 3);
	assert_int_equal(stage_journalled(h, "vote.cast"), 5);
	assert_int_equal(number(h, CHECKPOINT_VOTE), 5);
	room_decide(&r);
	assert_int_equal(number(h, CHECKPOINT_VOTE), 6);
	/* the decision is what the newest one ends with */
	const char *kind = NULL;
	assert_true(db_string(h->site.db, h->arena, &e, &kind,
			      "SELECT kind FROM journal_entry WHERE seq ="
			      " (SELECT MAX(size) FROM checkpoint)"));
	assert_string_equal(kind, "decision.recorded");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(the_note_is_signed_and_says_size_and_root),
		HARNESS_TEST(the_same_size_is_the_same_checkpoint_with_one_more_reason),
		HARNESS_TEST(each_entry_and_each_growth_is_proved),
		HARNESS_TEST(a_rewritten_chain_has_another_root),
		HARNESS_TEST(only_who_watches_asks_for_one),
		HARNESS_TEST(without_the_service_key_nothing_is_signed),
		HARNESS_TEST(all_or_nothing),
		HARNESS_TEST(the_day_has_one_and_an_empty_journal_none),
		HARNESS_TEST(sealing_and_closing_a_sitting_have_one),
		HARNESS_TEST(a_vote_and_a_decision_have_one),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
