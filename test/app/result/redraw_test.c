/* Drawing again: what anybody can check afterwards, and what is found when a hand was in it (F33).
 */
#include "doctor.h"
#include "hall.h"

#include "app/result/redraw.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct redraw_report verify(struct hall *w)
{
	struct act act = harness_act(w->stage.h, 0);
	struct redraw_report report = { 0 };
	struct err e = { 0 };
	if (!redraw_verify(&act, w->sitting, &report, &e))
		fail_msg("%s %s", e.key, e.detail);
	return report;
}

static struct hall started(struct harness *h)
{
	struct hall w = hall_open(h);
	struct act act = hall_operator(&w);
	struct err e = { 0 };
	(void)hall_admit(&w, 2);
	(void)hall_admit(&w, 3);
	hall_seal(&w);
	/* a second round: what the journal tells of the first does not disturb */
	assert_true(seal_remove(&act, w.sitting, "a code is lost", &e));
	hall_start(&w);
	return w;
}

static void test_holds(void **state)
{
	struct hall w = hall_open(*state);
	struct act act = hall_operator(&w);
	struct redraw_report report = { 0 };
	struct err e = { 0 };
	hall_seal(&w);
	stage_refused("sealed", redraw_verify(&act, w.sitting, &report, &e), &e, ERR_CONFLICT,
		      "sitting.error.not_running", NULL);
	err_clear(&e);
	assert_true(seal_remove(&act, w.sitting, "r", &e));
	hall_start(&w);
	report = verify(&w);
	assert_string_equal(report.why, "");
	assert_int_equal(report.forms, 1);
	harness_at(w.stage.h, "2026-03-02T12:00");
	act = hall_operator(&w);
	assert_true(sitting_close(&act, w.sitting, &e));
	report = verify(&w);
	assert_string_equal(report.why, "");
	assert_int_equal(strlen(report.seed), 64);
}

/* F31: of N forms with q questions of n no question is on more than ceil(N q / n), as sealed and as
 * opened, also when the last is opened first. */
static void test_cap(void **state)
{
	enum { FORMS = 5 };
	struct hall w = hall_open(*state);
	int64_t attempt[FORMS] = { w.attempt };
	struct err e = { 0 };
	for (int i = 1; i < FORMS; i++)
		attempt[i] = hall_admit(&w, i + 1);
	hall_start(&w);
	struct act act = hall_operator(&w);
	for (int i = FORMS - 1; i >= 0; i--)
		assert_true(form_open(&act, attempt[i], &e));
	assert_string_equal(verify(&w).why, "");
	assert_int_equal(verify(&w).forms, FORMS);
	json_t *rows =
		db_rows(act.db, act.arena, &e,
			"SELECT x.act, MAX(x.forms) AS most, CAST(SUM(x.forms) AS BIGINT)"
			" AS questions,"
			" (SELECT COUNT(*) FROM sitting_item n JOIN item i ON i.id = n.item_id"
			"  WHERE i.act = x.act) AS items"
			"  FROM (SELECT act, item_id, COUNT(*) AS forms FROM form_question"
			"   GROUP BY act, item_id) x GROUP BY x.act");
	size_t i = 0;
	const json_t *row = NULL;
	assert_int_equal(json_array_size(rows), 10);
	json_array_foreach (rows, i, row) {
		const int64_t items = row_number(row, "items");
		assert_int_equal(row_number(row, "most"),
				 (row_number(row, "questions") + items - 1) / items);
	}
}

#define TAMPER(name, sql)                                                                          \
	static bool name(struct db *db, struct err *e)                                             \
	{                                                                                          \
		return doctor_unguard(db, e) && db_exec(db, e, NULL, sql);                         \
	}

TAMPER(other_secret, "UPDATE sitting SET secret = zeroblob(32)")
TAMPER(other_commitment, "UPDATE journal_content SET content ="
			 " REPLACE(content, '\"commitment\":\"', '\"commitment\":\"0')")
TAMPER(other_coin, "UPDATE sitting_coin SET coin = 'tails' WHERE place = 1")
TAMPER(other_bank, "UPDATE sitting_item SET stratum = 1 WHERE item_id ="
		   " (SELECT MIN(item_id) FROM sitting_item)")
TAMPER(fewer_items, "DELETE FROM sitting_item WHERE item_id ="
		    " (SELECT MIN(item_id) FROM sitting_item)")
TAMPER(other_bank_told, "UPDATE journal_content SET content ="
			" REPLACE(content, '\"bank\":\"', '\"bank\":\"0')")
TAMPER(other_form, "UPDATE attempt SET form_hash = zeroblob(32) WHERE seat = '2'")
TAMPER(other_form_told, "UPDATE journal_content SET content ="
			" REPLACE(content, '\"forms\":{\"', '\"forms\":{\"9')")
TAMPER(other_question, "UPDATE form_question SET item_id ="
		       " (SELECT MAX(id) FROM item) WHERE number = 7")
TAMPER(other_order, "UPDATE form_question SET shown = '0123' WHERE length(shown) = 4")
TAMPER(question_gone, "DELETE FROM form_question WHERE number = 120")

static void check_tamper(struct harness *h, bool (*tamper)(struct db *, struct err *),
			 const char *why)
{
	struct hall w = started(h);
	struct err e = { 0 };
	assert_string_equal(verify(&w).why, "");
	assert_true(tamper(h->site.db, &e));
	struct redraw_report report = verify(&w);
	assert_string_equal(report.why, why);
}

static void test_tampered(void **state)
{
	static const struct {
		bool (*tamper)(struct db *, struct err *);
		const char *why;
	} row[] = {
		{ other_secret, "the secret is not the one that was committed to" },
		{ other_commitment, "the journal tells another commitment" },
		{ other_coin, "the journal tells another coin" },
		{ other_bank, "the snapshot of the bank is not the one that was hashed" },
		{ fewer_items, "the snapshot of the bank is not the one that was hashed" },
		{ other_bank_told, "the journal tells another bank" },
		{ other_form, "the form is not the one that was drawn" },
		{ other_form_told, "the journal tells another form" },
		{ other_question, "the questions shown are not those of the form" },
		{ other_order, "the questions shown are not those of the form" },
		{ question_gone, "the questions shown are not those of the form" },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		struct harness *h = harness_open();
		check_tamper(h, row[i].tamper, row[i].why);
		harness_close(h);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_holds),
		HARNESS_TEST(test_cap),
		cmocka_unit_test(test_tampered),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
