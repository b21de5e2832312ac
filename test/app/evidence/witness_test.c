/* Witnesses (F87): two persons for each, what they sign is checked, and another history is an
 * alarm; and a verify that finds what was changed behind all signatures (F86, F88). */
#include "stage.h"

#include "app/evidence/witness.h"
#include "doctor.h"
#include "journal/journal.h"
#include "journal/log_verify.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

struct body {
	struct harness *h;
	int64_t admin, auditor;
	unsigned char seed[NOTE_SEED_SIZE];
	struct note_key key;
	char vkey[NOTE_KEY_SIZE];
	int64_t id;
};

/* A key of a second body. */
static void make_key(struct body *b, unsigned char n, enum note_kind kind)
{
	unsigned char public_key[NOTE_PUBLIC_SIZE];
	memset(b->seed, n, sizeof(b->seed));
	note_public_of(b->seed, public_key);
	assert_true(note_key_make("second.body/w1", kind, public_key, &b->key));
	note_key_print(&b->key, b->vkey);
}

static struct act admin_of(struct body *b)
{
	return harness_act(b->h, b->admin);
}

static struct act auditor_of(struct body *b)
{
	return harness_act(b->h, b->auditor);
}

static struct body body_open(struct harness *h)
{
	struct body b = { .h = h };
	struct err e = { 0 };
	int64_t size = 0;
	(void)stage_open(h);
	b.admin = harness_person(h, ROLE_ADMIN);
	b.auditor = harness_person(h, ROLE_AUDITOR);
	make_key(&b, 7, NOTE_COSIGNATURE);
	const struct act act = auditor_of(&b);
	assert_true(checkpoint_ask(&act, &size, &e));
	return b;
}

static void propose(struct body *b)
{
	const struct act act = admin_of(b);
	struct err e = { 0 };
	if (!witness_propose(&act, b->vkey, "Жоғарғы аудиторлық палата", &b->id, &e))
		fail_msg("%s: %s", e.key, e.detail);
}

static void confirm(struct body *b)
{
	const struct act act = auditor_of(b);
	struct err e = { 0 };
	if (!witness_confirm(&act, b->id, &e))
		fail_msg("%s: %s", e.key, e.detail);
}

static struct checkpoint newest(struct body *b)
{
	struct checkpoint c;
	struct err e = { 0 };
	assert_true(checkpoint_newest(b->h->site.db, b->h->arena, &c, &e));
	return c;
}

/* The note of this checkpoint with the witness' line. */
static const char *cosigned(struct body *b, const struct checkpoint *c, int64_t away_s)
{
	char line[NOTE_LINE_SIZE];
	struct note note;
	assert_true(note_parse(c->note, strlen(c->note), &note));
	note_sign(&b->key, b->seed, note.text, note.text_size,
		  harness_act(b->h, 0).now_ms / 1000 + away_s, line);
	return arena_print(b->h->arena, "%s%s", c->note, line);
}

/* A note of any text, signed by the witness. */
static const char *signed_text(struct body *b, const char *text)
{
	char line[NOTE_LINE_SIZE];
	note_sign(&b->key, b->seed, text, strlen(text), harness_act(b->h, 0).now_ms / 1000, line);
	return arena_print(b->h->arena, "%s\n%s", text, line);
}

static struct witness_given bring(struct body *b, const char *note)
{
	const struct act act = auditor_of(b);
	struct witness_given given = { .alarm = "" };
	struct err e = { 0 };
	if (!witness_cosign(&act, note, strlen(note), &given, &e))
		fail_msg("%s: %s", e.key, e.detail);
	return given;
}

static void refused(struct body *b, const char *why, const char *note, const char *key)
{
	const struct act act = auditor_of(b);
	struct witness_given given = { .alarm = "" };
	struct err e = { 0 };
	stage_refused(why, witness_cosign(&act, note, strlen(note), &given, &e), &e, ERR_INPUT, key,
		      "note");
}

static int64_t count(struct body *b, const char *what)
{
	struct err e = { 0 };
	int64_t n = 0;
	const bool alarms = strcmp(what, "alarms") == 0;
	assert_true(alarms ? db_number(b->h->site.db, &e, &n, "SELECT COUNT(*) FROM log_alarm")
			   : db_number(b->h->site.db, &e, &n,
				       "SELECT COUNT(*) FROM witness_signature"));
	return n;
}

/* ---- who is a witness ------------------------------------------------------------------------ */

static void one_person_alone_makes_no_witness(void **state)
{
	struct body b = body_open(*state);
	struct err e = { 0 };
	propose(&b);
	const struct act admin = admin_of(&b);
	assert_false(witness_confirm(&admin, b.id, &e));
	assert_int_equal(e.kind, ERR_DENIED);
	err_clear(&e);
	/* somebody with both roles does not confirm what is the own proposal */
	const int64_t both = harness_person(b.h, ROLE_ADMIN | ROLE_AUDITOR);
	const struct act act = harness_act(b.h, both);
	struct body other = b;
	make_key(&other, 8, NOTE_COSIGNATURE);
	other.admin = both;
	propose(&other);
	stage_refused("the own proposal", witness_confirm(&act, other.id, &e), &e, ERR_CONFLICT,
		      "journal.error.same_person", NULL);
	err_clear(&e);
	confirm(&b);
	assert_int_equal(stage_journalled(b.h, "witness.confirmed"), 1);
	const struct act auditor = auditor_of(&b);
	stage_refused("twice", witness_confirm(&auditor, b.id, &e), &e, ERR_CONFLICT,
		      "journal.error.witness_state", NULL);
	err_clear(&e);
	assert_true(witness_refuse(&auditor, other.id, "кілт басқа біреуде", &e));
	stage_refused("refused already", witness_end(&auditor, other.id, "x", &e), &e, ERR_CONFLICT,
		      "journal.error.witness_state", NULL);
}

static void a_key_is_a_key_of_cosignatures_and_there_once(void **state)
{
	struct body b = body_open(*state);
	const struct act act = admin_of(&b);
	struct err e = { 0 };
	int64_t id = 0;
	struct note_key log;
	assert_true(checkpoint_key(b.h->site.db, &log, &e));
	stage_refused("no key", witness_propose(&act, "key", "body", &id, &e), &e, ERR_INPUT,
		      "journal.error.vkey", "vkey");
	err_clear(&e);
	make_key(&b, 7, NOTE_ED25519);
	stage_refused("a key of logs", witness_propose(&act, b.vkey, "body", &id, &e), &e,
		      ERR_INPUT, "journal.error.vkey", "vkey");
	err_clear(&e);
	/* the log may not be its own witness, under whatever name */
	assert_true(note_key_make("w", NOTE_COSIGNATURE, log.public_key, &b.key));
	note_key_print(&b.key, b.vkey);
	stage_refused("the log's own", witness_propose(&act, b.vkey, "body", &id, &e), &e,
		      ERR_INPUT, "journal.error.vkey_known", "vkey");
	err_clear(&e);
	make_key(&b, 7, NOTE_COSIGNATURE);
	stage_refused("nobody's", witness_propose(&act, b.vkey, "", &id, &e), &e, ERR_INPUT,
		      "error.required", "holder");
	err_clear(&e);
	propose(&b);
	stage_refused("twice", witness_propose(&act, b.vkey, "body", &id, &e), &e, ERR_INPUT,
		      "journal.error.vkey_known", "vkey");
}

/* ---- what it brings -------------------------------------------------------------------------- */

static void a_cosignature_is_taken_once(void **state)
{
	struct body b = body_open(*state);
	const struct checkpoint c = newest(&b);
	const char *note = cosigned(&b, &c, 0);
	refused(&b, "nobody's", signed_text(&b, "no checkpoint\n"), "journal.error.note");
	propose(&b);
	/* not confirmed: its line is passed over, and the log's alone is nothing new */
	refused(&b, "not confirmed yet", note, "journal.error.unsigned");
	confirm(&b);
	struct witness_given given = bring(&b, note);
	assert_int_equal(given.size, c.size);
	assert_int_equal(given.taken, 1);
	assert_string_equal(given.alarm, "");
	assert_int_equal(bring(&b, note).taken, 0);
	assert_int_equal(count(&b, "signatures"), 1);
	assert_int_equal(stage_journalled(b.h, "checkpoint.cosigned"), 1);
	/* what is served has both signatures, and both hold */
	const char *both = NULL;
	struct note read;
	struct note_key log;
	struct err e = { 0 };
	assert_true(checkpoint_note(b.h->site.db, b.h->arena, &c, &both, &e));
	assert_string_equal(both, note);
	assert_true(note_parse(both, strlen(both), &read) &&
		    checkpoint_key(b.h->site.db, &log, &e));
	assert_int_equal(note_check(&read, &log, NULL), NOTE_GOOD);
	assert_int_equal(note_check(&read, &b.key, NULL), NOTE_GOOD);
	/* an ended witness signs no more */
	const struct act auditor = auditor_of(&b);
	assert_true(witness_end(&auditor, b.id, "кілт жоғалды", &e));
	refused(&b, "ended", note, "journal.error.unsigned");
}

static void what_does_not_hold_is_refused(void **state)
{
	struct body b = body_open(*state);
	const struct checkpoint c = newest(&b);
	propose(&b);
	confirm(&b);
	refused(&b, "the day before", cosigned(&b, &c, -86400), "journal.error.time");
	refused(&b, "tomorrow", cosigned(&b, &c, 86400), "journal.error.time");
	char *changed = arena_copy(b.h->arena, cosigned(&b, &c, 0));
	char *letter = strrchr(changed, '=') - 5;
	*letter = *letter == 'A' ? 'B' : 'A';
	refused(&b, "a changed letter", changed, "journal.error.signature");
	refused(&b, "the log's alone", c.note, "journal.error.unsigned");
	refused(&b, "another log's",
		signed_text(&b, "other.log\n1\nU7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=\n"),
		"journal.error.origin");
	/* the root of our tree, at a size for which we have signed nothing */
	struct note_checkpoint said = { .size = (uint64_t)c.size - 1 };
	struct note_key log;
	char text[NOTE_CHECKPOINT_SIZE];
	struct err e = { 0 };
	assert_true(checkpoint_key(b.h->site.db, &log, &e));
	memcpy(said.origin, log.name, sizeof(said.origin));
	assert_true(checkpoint_root(b.h->site.db, c.size - 1, &said.root, &e));
	note_checkpoint_print(&said, text);
	refused(&b, "no checkpoint of ours", signed_text(&b, text), "journal.error.unknown");
	assert_int_equal(count(&b, "alarms"), 0);
	assert_int_equal(count(&b, "signatures"), 0);
}

static void another_history_is_an_alarm(void **state)
{
	struct body b = body_open(*state);
	const struct checkpoint c = newest(&b);
	struct note_checkpoint said = { .size = (uint64_t)c.size };
	struct note_key log;
	char text[NOTE_CHECKPOINT_SIZE];
	struct err e = { 0 };
	propose(&b);
	confirm(&b);
	assert_true(checkpoint_key(b.h->site.db, &log, &e));
	memcpy(said.origin, log.name, sizeof(said.origin));
	said.root.bytes[0] = 1;
	note_checkpoint_print(&said, text);
	assert_string_equal(bring(&b, signed_text(&b, text)).alarm, "split");
	assert_string_equal(bring(&b, signed_text(&b, text)).alarm, "split");
	assert_int_equal(count(&b, "alarms"), 1); /* the same again is no new alarm */
	said.size += 1000;
	note_checkpoint_print(&said, text);
	assert_string_equal(bring(&b, signed_text(&b, text)).alarm, "ahead");
	assert_int_equal(count(&b, "alarms"), 2);
	assert_int_equal(count(&b, "signatures"), 0);
	assert_int_equal(stage_journalled(b.h, "log.alarm"), 2);
	assert_int_equal(stage_told(b.h, b.auditor, "journal.alarm"), 2);
	assert_int_equal(stage_told(b.h, b.admin, "journal.alarm"), 2);
}

static void a_checkpoint_that_was_removed_is_an_alarm(void **state)
{
	struct body b = body_open(*state);
	const struct checkpoint c = newest(&b);
	struct err e = { 0 };
	int64_t size = 0;
	const struct act act = auditor_of(&b);
	assert_true(checkpoint_ask(&act, &size, &e));
	assert_true(doctor_unguard(b.h->site.db, &e));
	assert_true(doctor_unguard_table(b.h->site.db, "checkpoint_reason", &e) &&
		    db_exec(b.h->site.db, &e, NULL,
			    "DELETE FROM checkpoint_reason"
			    " WHERE checkpoint_id = $1",
			    db_int(c.id)) &&
		    db_exec(b.h->site.db, &e, NULL, "DELETE FROM checkpoint WHERE id = $1",
			    db_int(c.id)));
	assert_string_equal(bring(&b, c.note).alarm, "missing");
	assert_int_equal(count(&b, "alarms"), 1);
}

static void who_brings_one_is_somebody_we_know(void **state)
{
	struct body b = body_open(*state);
	const struct checkpoint c = newest(&b);
	static const struct {
		unsigned role;
		bool may;
	} row[] = {
		{ ROLE_PERSON, false }, { ROLE_HR, false },     { ROLE_BODY, true },
		{ ROLE_ADMIN, true },   { ROLE_AUDITOR, true }, { ROLE_MEMBER, true },
	};
	propose(&b);
	confirm(&b);
	const char *note = cosigned(&b, &c, 0);
	for (size_t i = 0; i < COUNT(row); i++) {
		const struct act act = harness_act(b.h, harness_person(b.h, row[i].role));
		struct witness_given given;
		struct err e = { 0 };
		const bool ok = witness_cosign(&act, note, strlen(note), &given, &e);
		if (ok != row[i].may)
			fail_msg("role %u: %s", row[i].role, e.key);
		assert_true(ok || e.kind == ERR_DENIED);
	}
}

struct run {
	struct body *b;
	const char *note;
};

static bool run_cosign(const struct act *act, void *user, struct err *e)
{
	const struct run *run = user;
	struct witness_given given;
	return witness_cosign(act, run->note, strlen(run->note), &given, e);
}

static bool run_propose(const struct act *act, void *user, struct err *e)
{
	const struct run *run = user;
	int64_t id = 0;
	return witness_propose(act, run->b->vkey, "body", &id, e);
}

static bool run_confirm(const struct act *act, void *user, struct err *e)
{
	const struct run *run = user;
	return witness_confirm(act, run->b->id, e);
}

static void all_or_nothing(void **state)
{
	struct body b = body_open(*state);
	struct run run = { .b = &b };
	struct err e = { 0 };
	stage_all_or_nothing(b.h, b.admin, run_propose, &run);
	assert_true(db_number(b.h->site.db, &e, &b.id, "SELECT MAX(id) FROM witness"));
	stage_all_or_nothing(b.h, b.auditor, run_confirm, &run);
	const struct checkpoint c = newest(&b);
	run.note = cosigned(&b, &c, 0);
	stage_all_or_nothing(b.h, b.auditor, run_cosign, &run);
	char text[NOTE_CHECKPOINT_SIZE];
	struct note_checkpoint said = { .size = 1 };
	struct note_key log;
	assert_true(checkpoint_key(b.h->site.db, &log, &e));
	memcpy(said.origin, log.name, sizeof(said.origin));
	note_checkpoint_print(&said, text);
	run.note = signed_text(&b, text);
	stage_all_or_nothing(b.h, b.auditor, run_cosign, &run);
	assert_int_equal(count(&b, "alarms"), 1);
}

/* ---- verify ---------------------------------------------------------------------------------- */

static struct log_report verified(struct body *b)
{
	struct log_report report;
	struct err e = { 0 };
	if (!log_verify(b->h->site.db, NULL, 0, &report, &e))
		fail_msg("%s: %s", e.key, e.detail);
	return report;
}

/* 600 entries, checkpoints among them, one cosigned. */
static void fill(struct body *b)
{
	const struct act act = auditor_of(b);
	struct err e = { 0 };
	int64_t size = 0;
	propose(b);
	confirm(b);
	for (int i = 0; i < 600; i++) {
		CLEANUP(db_rollback) struct db_tx tx = { 0 };
		assert_true(db_begin(act.db, &tx, &e) &&
			    act_journal(&act, "hall.added", 0, "", json_object(), &e) &&
			    db_commit(&tx, &e));
		if (i % 100 == 99)
			assert_true(checkpoint_ask(&act, &size, &e));
	}
	const struct checkpoint c = newest(b);
	assert_int_equal(bring(b, cosigned(b, &c, 0)).taken, 1);
}

static void a_whole_log_fits(void **state)
{
	struct body b = body_open(*state);
	struct log_want want[2];
	struct log_report report;
	struct tree_hash root;
	struct err e = { 0 };
	fill(&b);
	report = verified(&b);
	assert_false(report.broken);
	assert_int_equal(report.checkpoints, 7);
	assert_int_equal(report.cosignatures, 1);
	assert_int_equal(report.tiles, 2);
	want[0].size = 300;
	want[1].size = 100000;
	want[0].found = want[1].found = false;
	assert_true(log_verify(b.h->site.db, want, 2, &report, &e));
	assert_true(want[0].found);
	assert_false(want[1].found);
	assert_true(checkpoint_root(b.h->site.db, 300, &root, &e));
	assert_true(tree_equal(&root, &want[0].root));
}

#define TAMPERED(said, sql)                                                                        \
	do {                                                                                       \
		CLEANUP(db_rollback) struct db_tx tx = { 0 };                                      \
		struct err tampered_e = { 0 };                                                     \
		struct log_report tampered;                                                        \
		assert_true(db_begin(b.h->site.db, &tx, &tampered_e));                             \
		assert_true(doctor_unguard(b.h->site.db, &tampered_e));                            \
		assert_true(db_exec(b.h->site.db, &tampered_e, NULL, sql));                        \
		tampered = verified(&b);                                                           \
		assert_true(tampered.broken);                                                      \
		assert_string_equal(tampered.why, said);                                           \
	} while (0)

static void what_was_changed_is_found(void **state)
{
	struct body b = body_open(*state);
	fill(&b);
	/* the first checkpoint that covers it comes before its tile is full */
	TAMPERED("a checkpoint is not of these entries",
		 "UPDATE journal_entry SET hash = zeroblob(32) WHERE seq = 5");
	TAMPERED("a checkpoint is not of these entries",
		 "UPDATE journal_entry SET hash = zeroblob(32) WHERE seq = 550");
	TAMPERED("a tile is not that of its entries",
		 "UPDATE journal_tile SET hashes = zeroblob(8192) WHERE number = 1");
	TAMPERED("a tile is not that of its entries",
		 "UPDATE journal_tile SET root = zeroblob(32) WHERE number = 1");
	TAMPERED("a tile is missing", "DELETE FROM journal_tile WHERE number = 0");
	TAMPERED("there are tiles of no entries",
		 "INSERT INTO journal_tile (level, number, root, hashes)"
		 " VALUES (0, 9, zeroblob(32), zeroblob(8192))");
	TAMPERED("a checkpoint says something else than its row",
		 "UPDATE checkpoint SET root = zeroblob(32) WHERE id = 2");
	TAMPERED("a checkpoint is not signed by the log",
		 "UPDATE checkpoint SET note = REPLACE(note, '\n' || size || '\n',"
		 " '\n' || (size + 1) || '\n') WHERE id = 2");
	TAMPERED("the log has two keys",
		 "INSERT INTO log_identity (origin, public_key, seed_box, made_ms)"
		 " SELECT origin, zeroblob(32), seed_box, made_ms FROM log_identity");
	TAMPERED("a checkpoint is not signed by the log",
		 "UPDATE log_identity SET public_key = zeroblob(32)");
	TAMPERED("a witness has not signed this checkpoint",
		 "UPDATE witness_signature SET signed_s = signed_s + 1");
	TAMPERED("a witness' signature is missing or too many", "DELETE FROM witness_signature");
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct err e = { 0 };
	assert_true(
		db_begin(b.h->site.db, &tx, &e) && doctor_unguard(b.h->site.db, &e) &&
		db_exec(b.h->site.db, &e, NULL, "DELETE FROM journal_content WHERE seq > 600") &&
		db_exec(b.h->site.db, &e, NULL, "DELETE FROM journal_entry WHERE seq > 600"));
	assert_string_equal(verified(&b).why, "the journal is shorter than a checkpoint says");
	db_rollback(&tx);
	assert_false(verified(&b).broken);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(one_person_alone_makes_no_witness),
		HARNESS_TEST(a_key_is_a_key_of_cosignatures_and_there_once),
		HARNESS_TEST(a_cosignature_is_taken_once),
		HARNESS_TEST(what_does_not_hold_is_refused),
		HARNESS_TEST(another_history_is_an_alarm),
		HARNESS_TEST(a_checkpoint_that_was_removed_is_an_alarm),
		HARNESS_TEST(who_brings_one_is_somebody_we_know),
		HARNESS_TEST(all_or_nothing),
		HARNESS_TEST(a_whole_log_fits),
		HARNESS_TEST(what_was_changed_is_found),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
