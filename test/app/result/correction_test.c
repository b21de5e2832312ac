/* A confirmed finding, and what becomes of the results, the bank and the people (F62, R44-2). */
#include "dispute.h"

#include "app/bank/bank.h"
#include "app/bank/bank_bar.h"
#include "app/bank/bank_review.h"
#include "app/candidate/candidate.h"
#include "app/result/challenge.h"
#include "app/result/correction.h"
#include "app/result/recount.h"
#include "app/sitting/sheet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static int64_t number_in(struct dispute *d, const char *what, int64_t attempt)
{
	struct err e = { 0 };
	const json_t *row = db_row(
		d->h->site.db, d->h->arena, &e,
		"SELECT r.positive, r.correct,"
		" (SELECT COUNT(*) FROM result_version v WHERE v.attempt_id = $1) AS versions,"
		" (SELECT SUM(b.correct) FROM result_act b WHERE b.attempt_id = $1) AS acts,"
		" (SELECT SUM(b.correct) FROM result_version_act b WHERE b.attempt_id = $1"
		"   AND b.number = 1) AS old_acts,"
		" (SELECT v.correct FROM result_version v WHERE v.attempt_id = $1"
		"   AND v.number = 1) AS old"
		" FROM result r WHERE r.attempt_id = $1",
		db_int(attempt));
	assert_non_null(row);
	return row_number(row, what);
}

static void correct(struct dispute *d, enum finding_kind kind)
{
	dispute_confirm(d, dispute_find(d, dispute_file(d), kind));
}

/* R44-2: 83 becomes 84 and passes, 84 becomes 83 and does not; who had it not stays. */
static void test_key(void **state)
{
	struct dispute d = dispute_open(*state);
	struct err e = { 0 };
	assert_int_equal(dispute_correct(&d, d.attempt[0]), 83);
	assert_int_equal(dispute_correct(&d, d.attempt[1]), 84);
	correct(&d, FINDING_KEY);
	static const struct {
		const char *why;
		int who;
		int64_t correct, positive, versions;
	} row[] = {
		{ "had chosen what is right", 0, 84, 1, 2 },
		{ "had chosen the old key", 1, 83, 0, 2 },
		{ "had not the question", 2, 5, 0, 0 },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		const int64_t attempt = d.attempt[row[i].who];
		if (number_in(&d, "correct", attempt) != row[i].correct ||
		    number_in(&d, "positive", attempt) != row[i].positive ||
		    number_in(&d, "versions", attempt) != row[i].versions ||
		    number_in(&d, "acts", attempt) != row[i].correct)
			fail_msg("%s", row[i].why);
	}
	assert_int_equal(number_in(&d, "old", d.attempt[0]), 83);
	assert_int_equal(number_in(&d, "old_acts", d.attempt[0]), 83);
	assert_int_equal(number_in(&d, "old", d.attempt[1]), 84);
	assert_int_equal(stage_journalled(d.h, "key.corrected"), 1);
	assert_int_equal(stage_journalled(d.h, "result.corrected"), 2);
	assert_int_equal(stage_told(d.h, d.person[0], "result.corrected"), 1);
	assert_int_equal(stage_told(d.h, d.person[0], "challenge.decided"), 1);
	assert_int_equal(stage_told(d.h, d.person[1], "result.corrected"), 1);
	assert_int_equal(stage_told(d.h, d.person[2], "result.corrected"), 0);
	assert_int_equal(stage_told(d.h, d.hr2, "results.corrected"), 1);
	struct act act = harness_act(d.h, d.hr);
	struct candidate c = { 0 };
	int64_t application = 0;
	dispute_names(&d);
	assert_true(db_number(act.db, &e, &application,
			      "SELECT application_id FROM attempt WHERE id = $1",
			      db_int(d.attempt[0])) &&
		    candidate_load(&act, application, &c, &e));
	assert_true(c.admission.test_positive); /* R44-1: the way to the interview is open */
}

/* No answer may be right, and the text goes out of use. */
static void test_void(void **state)
{
	struct dispute d = dispute_open(*state);
	struct err e = { 0 };
	correct(&d, FINDING_VOID);
	assert_int_equal(number_in(&d, "correct", d.attempt[0]), 84);
	assert_int_equal(number_in(&d, "correct", d.attempt[1]), 84); /* had the point already */
	assert_int_equal(number_in(&d, "versions", d.attempt[1]), 0);
	const json_t *row = db_row(d.h->site.db, d.h->arena, &e,
				   "SELECT b.state, b.hold_kind, b.revision, k.new_item_id, k.had,"
				   " k.changed FROM bank_item b JOIN key_correction k"
				   " ON k.item_id = b.used_id");
	assert_string_equal(row_text(row, "state"), "hold");
	assert_string_equal(row_text(row, "hold_kind"), BANK_HOLD_CHALLENGE);
	assert_int_equal(row_number(row, "revision"), 1);
	assert_false(row_has(row, "new_item_id"));
	assert_int_equal(row_number(row, "had"), 2);
	assert_int_equal(row_number(row, "changed"), 1);
}

/* Rejected: nothing but the verdict. */
static void test_rejected(void **state)
{
	struct dispute d = dispute_open(*state);
	correct(&d, FINDING_REJECTED);
	assert_int_equal(dispute_correct(&d, d.attempt[0]), 83);
	assert_int_equal(stage_journalled(d.h, "key.corrected"), 0);
	assert_int_equal(stage_journalled(d.h, "finding.confirmed"), 1);
	assert_int_equal(stage_told(d.h, d.person[0], "challenge.decided"), 1);
	assert_int_equal(stage_told(d.h, d.person[0], "result.corrected"), 0);
}

/* The effect is shown before anything is done, and is what is done. */
static void test_effect(void **state)
{
	struct dispute d = dispute_open(*state);
	struct act act = harness_act(d.h, d.approver);
	struct err e = { 0 };
	struct effect f = { 0 };
	const struct key_finding key = { FINDING_KEY, d.right };
	assert_true(correction_effect(&act, d.item, &key, &f, &e));
	assert_int_equal(f.had, 2);
	assert_int_equal(f.running, 0);
	assert_int_equal(f.count, 2);
	assert_int_equal(f.gained, 1);
	assert_int_equal(f.lost, 1);
	assert_int_equal(f.up, 1);
	assert_int_equal(f.down, 1);
	assert_int_equal(f.rows[0].attempt_id, d.attempt[0]);
	assert_int_equal(f.rows[0].was, 83);
	assert_int_equal(f.rows[0].now, 84);
	assert_int_equal(f.rows[0].act_now - f.rows[0].act_was, 1);
	assert_int_equal(f.rows[0].number, d.number[0]);
	assert_string_equal(f.rows[0].stage, "fixed");
	assert_int_equal(dispute_correct(&d, d.attempt[0]), 83);
	dispute_names(&d);
	assert_true(correction_effect(&act, d.item, &key, &f, &e));
	assert_string_equal(f.rows[1].stage, "told");
	/* annulled and void attempts stay as they are */
	assert_true(db_exec(act.db, &e, NULL, "UPDATE attempt SET finish = 'breach' WHERE id = $1",
			    db_int(d.attempt[0])) &&
		    db_exec(act.db, &e, NULL, "UPDATE attempt SET void = 1 WHERE id = $1",
			    db_int(d.attempt[1])) &&
		    correction_effect(&act, d.item, &key, &f, &e));
	assert_int_equal(f.had, 0);
}

/* A corrected key is a new version, which waits for review; no form has the old one meanwhile. */
static void test_bank(void **state)
{
	struct dispute d = dispute_open(*state);
	struct act approver = harness_act(d.h, d.approver);
	struct act author = harness_act(d.h, d.reviewer);
	struct err e = { 0 };
	correct(&d, FINDING_KEY);
	const json_t *row =
		db_row(d.h->site.db, d.h->arena, &e,
		       "SELECT b.id, b.state, b.hold_kind, b.revision, b.newest_id,"
		       " b.used_id, i.answer, u.held_ms, k.new_item_id,"
		       " v.author_id FROM bank_item b JOIN item i ON i.id = b.newest_id"
		       " JOIN item u ON u.id = b.used_id"
		       " JOIN key_correction k ON k.item_id = b.used_id"
		       " JOIN bank_revision v ON v.bank_item_id = b.id AND v.number = 2");
	assert_string_equal(row_text(row, "state"), "review");
	assert_string_equal(row_text(row, "hold_kind"), BANK_HOLD_CHALLENGE);
	assert_int_equal(row_number(row, "used_id"), d.item);
	assert_int_equal(row_number(row, "answer"), d.right);
	assert_int_equal(row_number(row, "new_item_id"), row_number(row, "newest_id"));
	assert_int_equal(row_number(row, "author_id"), d.reviewer);
	assert_true(row_has(row, "held_ms"));
	const int64_t id = row_number(row, "id");
	stage_refused("released as it is", bank_release(&approver, id, "x", &e), &e, ERR_CONFLICT,
		      "bank.error.key_corrected", NULL);
	const struct bank_verdict agreed = { 2, true, "" };
	err_clear(&e);
	stage_refused("the expert signs the own correction",
		      bank_sign(&author, id, "kk", &agreed, &e), &e, ERR_CONFLICT,
		      "bank.error.same_person", NULL);
	err_clear(&e);
	struct act kk = harness_act(d.h, harness_person(d.h, ROLE_REVIEWER));
	struct act ru = harness_act(d.h, harness_person(d.h, ROLE_REVIEWER));
	assert_true(bank_sign(&kk, id, "kk", &agreed, &e) &&
		    bank_sign(&ru, id, "ru", &agreed, &e) &&
		    bank_approve(&approver, id, &agreed, &e));
	struct bank_state s = { 0 };
	assert_true(bank_item_load(&approver, id, &s, &e));
	assert_string_equal(s.state, "approved");
	assert_string_equal(s.hold_kind, "");
}

/* The question of the dispute. */
static int64_t question_of(struct dispute *d)
{
	struct err e = { 0 };
	int64_t id = 0;
	assert_true(db_number(d->h->site.db, &e, &id, "SELECT id FROM bank_item WHERE used_id = $1",
			      db_int(d->item)));
	return id;
}

static void not_released(struct dispute *d)
{
	struct act approver = harness_act(d->h, d->approver);
	struct err e = { 0 };
	stage_refused("released as it is", bank_release(&approver, question_of(d), "x", &e), &e,
		      ERR_CONFLICT, "bank.error.key_corrected", NULL);
}

/* F62: no other hold makes the wrong key forgotten, whichever comes first. */
static void test_hold_after(void **state)
{
	struct dispute d = dispute_open(*state);
	struct act approver = harness_act(d.h, d.approver);
	struct err e = { 0 };
	correct(&d, FINDING_VOID);
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	assert_true(db_begin(d.h->site.db, &tx, &e) &&
		    bank_hold_for(&approver, question_of(&d), BANK_HOLD_OFFICER, "?", &e) &&
		    db_commit(&tx, &e));
	not_released(&d);
}

static void test_hold_before(void **state)
{
	struct dispute d = dispute_open(*state);
	struct act approver = harness_act(d.h, d.approver);
	struct err e = { 0 };
	assert_true(bank_hold(&approver, question_of(&d), "?", &e));
	correct(&d, FINDING_VOID);
	not_released(&d);
}

/* A revision with the same key and other words, as if its author had just sent it. */
static void in_work(struct dispute *d, int64_t author)
{
	struct act act = harness_act(d->h, author);
	struct err e = { 0 };
	int64_t version = 0;
	const json_t *row = db_row(act.db, d->h->arena, &e,
				   "SELECT code, act, article, text_day FROM item WHERE id = $1",
				   db_int(d->item));
	const struct item item = {
		.act = row_text(row, "act"),
		.article = row_text(row, "article"),
		.text_date = { (int32_t)row_number(row, "text_day") },
		.options = d->options,
		.answer = d->old,
		.kk = { "Басқа сөздер?", { "а", "ә", "б", "в", "г" } },
		.ru = { "Другие слова?", { "а", "б", "в", "г", "д" } },
	};
	assert_true(bank_version(&act, row_text(row, "code"), &item, false, &version, &e) &&
		    db_exec(act.db, &e, NULL,
			    "UPDATE bank_item SET state = 'review', revision = 2, newest_id = $1"
			    " WHERE used_id = $2",
			    db_int(version), db_int(d->item)) &&
		    db_exec(act.db, &e, NULL,
			    "INSERT INTO bank_revision (bank_item_id, number, item_id, author_id,"
			    " why, at_ms) VALUES ($1, 2, $2, $3, '', $4)",
			    db_int(question_of(d)), db_int(version), db_int(author),
			    db_int(act.now_ms)));
}

/* F62: what was in work while the key was found wrong does not bring it back. */
static void test_same_key(void **state)
{
	struct dispute d = dispute_open(*state);
	struct act approver = harness_act(d.h, d.approver);
	struct act kk = harness_act(d.h, harness_person(d.h, ROLE_REVIEWER));
	struct act ru = harness_act(d.h, harness_person(d.h, ROLE_REVIEWER));
	struct err e = { 0 };
	const struct bank_verdict agreed = { 2, true, "" };
	in_work(&d, harness_person(d.h, ROLE_AUTHOR));
	correct(&d, FINDING_KEY);
	const int64_t id = question_of(&d);
	if (!bank_sign(&kk, id, "kk", &agreed, &e) || !bank_sign(&ru, id, "ru", &agreed, &e))
		fail_msg("%s", e.key);
	stage_refused("approved with the wrong key", bank_approve(&approver, id, &agreed, &e), &e,
		      ERR_CONFLICT, "bank.error.key_corrected", NULL);
}

/* F62: nor do the old words, written again after it. */
static void test_old_words(void **state)
{
	struct dispute d = dispute_open(*state);
	struct act approver = harness_act(d.h, d.approver);
	struct err e = { 0 };
	correct(&d, FINDING_VOID);
	const int64_t id = question_of(&d);
	struct bank_state s = { 0 };
	assert_true(bank_item_load(&approver, id, &s, &e));
	assert_int_equal(s.newest_id, d.item);
	assert_false(bank_bar_newest(&approver, &s, &e));
	assert_string_equal(e.key, "bank.error.key_corrected");
}

/* While a newer revision is in work the results are corrected, and the work goes on. */
static void test_bank_in_work(void **state)
{
	struct dispute d = dispute_open(*state);
	struct err e = { 0 };
	assert_true(db_exec(d.h->site.db, &e, NULL,
			    "UPDATE bank_item SET state = 'draft', revision = 2, newest_id ="
			    " (SELECT MAX(id) FROM item) WHERE used_id = $1",
			    db_int(d.item)));
	correct(&d, FINDING_KEY);
	const json_t *row = db_row(d.h->site.db, d.h->arena, &e,
				   "SELECT b.state, b.hold_kind, b.revision FROM bank_item b"
				   " WHERE b.used_id = $1",
				   db_int(d.item));
	assert_string_equal(row_text(row, "state"), "draft");
	assert_string_equal(row_text(row, "hold_kind"), BANK_HOLD_CHALLENGE);
	assert_int_equal(row_number(row, "revision"), 2);
	assert_int_equal(dispute_correct(&d, d.attempt[0]), 84);
}

/* Two corrections of one version: three results are kept. */
static void test_twice(void **state)
{
	struct dispute d = dispute_open(*state);
	struct err e = { 0 };
	int64_t id = 0;
	correct(&d, FINDING_KEY);
	struct act other = harness_act(d.h, d.person[1]);
	assert_true(
		challenge_file(&other, d.attempt[1], d.number[1], "Екі жауап дұрыс", "", &id, &e));
	dispute_confirm(&d, dispute_find(&d, id, FINDING_VOID));
	assert_int_equal(number_in(&d, "correct", d.attempt[0]), 84);
	assert_int_equal(number_in(&d, "versions", d.attempt[0]), 2);
	assert_int_equal(number_in(&d, "correct", d.attempt[1]), 84);
	assert_int_equal(number_in(&d, "positive", d.attempt[1]), 1);
	assert_int_equal(number_in(&d, "versions", d.attempt[1]), 3);
}

/* Anybody comes to the same points from the form, the clicks and the corrections. */
static void test_recomputed(void **state)
{
	struct dispute d = dispute_open(*state);
	struct act act = harness_act(d.h, 0);
	struct err e = { 0 };
	struct competition c = { 0 };
	correct(&d, FINDING_KEY);
	assert_true(competition_load(&act, d.hall.stage.competition, &c, &e));
	for (int i = 0; i < DISPUTE_PEOPLE; i++) {
		struct sheet sheet;
		const char *stored = "";
		assert_true(sheet_read(&act, d.attempt[i], c.rules, &sheet, &e) &&
			    db_string(act.db, act.arena, &e, &stored,
				      "SELECT points FROM result WHERE attempt_id = $1",
				      db_int(d.attempt[i])));
		assert_string_equal(sheet_points(&sheet), stored);
	}
}

static struct recount_report recount(struct dispute *d)
{
	struct act act = harness_act(d->h, 0);
	struct err e = { 0 };
	struct recount_report r = { 0 };
	assert_true(recount_verify(&act, d->hall.sitting, &r, &e));
	return r;
}

/* A hand in a result is found. */
static void test_recount(void **state)
{
	struct dispute d = dispute_open(*state);
	struct db *db = d.h->site.db;
	struct err e = { 0 };
	assert_int_equal(recount(&d).results, 3);
	correct(&d, FINDING_KEY);
	struct recount_report r = recount(&d);
	assert_string_equal(r.why, "");
	assert_int_equal(r.results, 3);
	assert_int_equal(r.corrected, 2);
	assert_true(db_exec(db, &e, NULL,
			    "UPDATE result_version SET correct = 90 WHERE attempt_id = $1"
			    " AND number = 2",
			    db_int(d.attempt[1])));
	r = recount(&d);
	assert_string_equal(r.why, "the newest version kept is not the result that stands");
	assert_int_equal(r.attempt, d.attempt[1]);
	assert_true(db_exec(db, &e, NULL, "UPDATE result SET correct = 90 WHERE attempt_id = $1",
			    db_int(d.attempt[0])));
	r = recount(&d);
	assert_string_equal(r.why, "the result is not what the answers and the keys give");
	assert_int_equal(r.attempt, d.attempt[0]);
}

/* The same in ten lines of somebody else's: key, corrections, what was shown, what was chosen. */
static int64_t count_result(const json_t *told, const json_t *result)
{
	int64_t correct = 0;
	size_t i = 0;
	size_t k = 0;
	const json_t *q = NULL;
	const json_t *c = NULL;
	json_array_foreach (json_object_get(result, "questions"), i, q) {
		int64_t key = row_number(q, "key");
		bool all = false;
		json_array_foreach (json_object_get(told, "corrections"), k, c) {
			if (strcmp(row_text(c, "version"), row_text(q, "version")) != 0)
				continue;
			all = strcmp(row_text(c, "kind"), "void") == 0;
			key = all ? key : row_number(c, "answer");
		}
		const int64_t choice = row_number(q, "choice");
		correct += all || (choice >= 0 && row_text(q, "shown")[choice] - '0' == key);
	}
	return correct;
}

static void test_export(void **state)
{
	struct dispute d = dispute_open(*state);
	struct act act = harness_act(d.h, 0);
	struct err e = { 0 };
	json_t *told = NULL;
	size_t i = 0;
	const json_t *result = NULL;
	correct(&d, FINDING_KEY);
	assert_true(recount_export(&act, d.hall.sitting, &told, &e));
	assert_int_equal(json_array_size(json_object_get(told, "corrections")), 1);
	assert_int_equal(json_array_size(json_object_get(told, "results")), DISPUTE_PEOPLE);
	json_array_foreach (json_object_get(told, "results"), i, result)
		assert_int_equal(count_result(told, result), row_number(result, "correct"));
}

/* F52: who was still writing is scored with the corrected key, as is any later form. */
static void test_running(void **state)
{
	struct dispute d = dispute_open(*state);
	struct act act = harness_act(d.h, d.person[1]);
	struct err e = { 0 };
	/* as if the second were not over yet */
	assert_true(db_exec(act.db, &e, NULL, "DELETE FROM result_act WHERE attempt_id = $1",
			    db_int(d.attempt[1])) &&
		    db_exec(act.db, &e, NULL, "DELETE FROM result WHERE attempt_id = $1",
			    db_int(d.attempt[1])) &&
		    db_exec(act.db, &e, NULL,
			    "UPDATE attempt SET finished_ms = NULL, finish = NULL WHERE id = $1",
			    db_int(d.attempt[1])));
	correct(&d, FINDING_KEY);
	assert_int_equal(number_in(&d, "versions", d.attempt[0]), 2);
	harness_at(d.h, "2026-03-02T13:00");
	act = harness_act(d.h, d.person[1]);
	assert_true(attempt_settle(&act, d.attempt[1], &e));
	assert_int_equal(dispute_correct(&d, d.attempt[1]), 83);
	assert_int_equal(number_in(&d, "versions", d.attempt[1]), 0);
}

/* Who crossed the mark waits for what HR decides; nothing is undone by itself. */
static void test_noted(void **state)
{
	struct dispute d = dispute_open(*state);
	struct act hr = harness_act(d.h, d.hr);
	struct act operator= hall_operator(&d.hall);
	struct err e = { 0 };
	correct(&d, FINDING_KEY);
	stage_refused("no HR", correction_note(&operator, d.attempt[1], "x", &e), &e, ERR_DENIED,
		      "error.denied", NULL);
	err_clear(&e);
	stage_refused("nothing said", correction_note(&hr, d.attempt[1], "", &e), &e, ERR_INPUT,
		      "error.required", "note");
	err_clear(&e);
	assert_true(correction_note(&hr, d.attempt[1], "Әңгімелесуге жіберілмейді", &e));
	assert_int_equal(stage_journalled(d.h, "result.noted"), 1);
	stage_refused("noted already", correction_note(&hr, d.attempt[1], "x", &e), &e,
		      ERR_CONFLICT, "challenge.error.noted", NULL);
	err_clear(&e);
	stage_refused("was not corrected", correction_note(&hr, d.attempt[2], "x", &e), &e,
		      ERR_CONFLICT, "challenge.error.noted", NULL);
}

/* ---- all or nothing ------------------------------------------------------------------------- */

struct confirming {
	struct dispute *d;
	int64_t finding, newest;
};

static bool run_confirm(const struct act *act, void *user, struct err *e)
{
	const struct confirming *x = user;
	const struct finding_answer answer = { true, "№ 7", x->newest };
	return finding_reply(act, x->finding, &answer, e);
}

static bool run_note(const struct act *act, void *user, struct err *e)
{
	const struct confirming *x = user;
	return correction_note(act, x->d->attempt[0], "Жіберіледі", e);
}

static void test_whole(void **state)
{
	struct dispute d = dispute_open(*state);
	struct err e = { 0 };
	struct act act = harness_act(d.h, d.approver);
	struct confirming x = { &d, dispute_find(&d, dispute_file(&d), FINDING_KEY), 0 };
	assert_true(finding_newest(&act, d.item, &x.newest, &e));
	stage_all_or_nothing(d.h, d.approver, run_confirm, &x);
	stage_all_or_nothing(d.h, d.hr, run_note, &x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_key),         HARNESS_TEST(test_void),
		HARNESS_TEST(test_rejected),    HARNESS_TEST(test_effect),
		HARNESS_TEST(test_bank),        HARNESS_TEST(test_bank_in_work),
		HARNESS_TEST(test_twice),       HARNESS_TEST(test_recomputed),
		HARNESS_TEST(test_running),     HARNESS_TEST(test_recount),
		HARNESS_TEST(test_export),      HARNESS_TEST(test_noted),
		HARNESS_TEST(test_whole),       HARNESS_TEST(test_hold_after),
		HARNESS_TEST(test_hold_before), HARNESS_TEST(test_same_key),
		HARNESS_TEST(test_old_words),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
