/* Questions from the first word to retirement (F22 to F25, F29). */
#include "stage.h"

#include "app/bank/bank.h"
#include "app/bank/bank_act.h"
#include "app/bank/bank_review.h"
#include "app/sitting/snapshot.h"
#include "app/verify/verify.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* The failure is this call's, not an older one's. */
#define refused(call, e)                                                                           \
	do {                                                                                       \
		err_clear(e);                                                                      \
		assert_false(call);                                                                \
	} while (0)

struct desk {
	struct harness *h;
	struct act author, kk, ru, approver;
};

static struct desk desk_open(struct harness *h)
{
	return (struct desk){
		h,
		harness_act(h, harness_person(h, ROLE_AUTHOR)),
		harness_act(h, harness_person(h, ROLE_REVIEWER)),
		harness_act(h, harness_person(h, ROLE_REVIEWER)),
		harness_act(h, harness_person(h, ROLE_APPROVER)),
	};
}

static struct bank_item_form good(void)
{
	return (struct bank_item_form){
		.code = "civ-1",
		.act = "civil-code",
		.article = "15",
		.text_date = { 20000 },
		.answer = 2,
		.kk = { "Сұрақ?", { "бір", "екі", "үш", "төрт", "" } },
		.ru = { "Вопрос?", { "один", "два", "три", "четыре", "" } },
		.enemies = "",
		.why = "",
	};
}

static int64_t number(struct harness *h, const char *column)
{
	struct err e = { 0 };
	const json_t *rows = db_rows(h->site.db, h->arena, &e,
				     "SELECT revision, newest_id, used_id, (SELECT COUNT(*)"
				     " FROM item WHERE " ITEM_IN_USE ") AS live FROM bank_item"
				     " ORDER BY id");
	assert_non_null(rows);
	return row_number(json_array_get(rows, 0), column);
}

static const char *state_of(struct harness *h)
{
	struct err e = { 0 };
	return row_text(db_row(h->site.db, h->arena, &e, "SELECT state FROM bank_item"), "state");
}

static int64_t add(struct desk *d, const struct bank_item_form *form)
{
	struct err e = { 0 };
	int64_t id = 0;
	if (!bank_item_add(&d->author, form, &id, &e))
		fail_msg("%s at %s", e.key, e.field);
	return id;
}

/* Through all hands; the newest revision is in use. */
static void approve(struct desk *d, int64_t id, int64_t revision)
{
	struct err e = { 0 };
	const struct bank_verdict v = { revision, true, "" };
	if (!bank_send(&d->author, id, &e) || !bank_sign(&d->kk, id, "kk", &v, &e) ||
	    !bank_sign(&d->ru, id, "ru", &v, &e) || !bank_approve(&d->approver, id, &v, &e))
		fail_msg("%s", e.key);
}

static void test_bad_forms(void **state)
{
	struct desk d = desk_open(*state);
	static const struct {
		const char *why;
		size_t at;        /* of the text in the form */
		const char *text; /* put there */
		const char *field, *key;
	} row[] = {
#define PUT(part) offsetof(struct bank_item_form, part)
		{ "a code with blanks", PUT(code), "a b", "code", "bank.error.code" },
		{ "an act that is not examined", PUT(act), "tax-code", "act", "bank.error.act" },
		{ "no article", PUT(article), "", "article", "bank.error.article" },
		{ "an option is left out", PUT(kk.option[1]), "", "kk_b", "bank.error.gap" },
		{ "two that differ in capitals", PUT(ru.option[3]), "ДВА", "ru_d",
		  "bank.error.equal" },
		{ "options without a question", PUT(kk.stem), "", "kk_stem", "bank.error.stem" },
		{ "F24: one option more", PUT(ru.option[4]), "пять", "kk_e", "bank.error.pairs" },
		{ "an enemy that is not there", PUT(enemies), "xxx", "enemies",
		  "bank.error.enemy" },
		{ "its own enemy", PUT(enemies), "civ-1", "enemies", "bank.error.enemy" },
#undef PUT
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		struct bank_item_form form = good();
		struct err e = { 0 };
		int64_t id = 0;
		memcpy((char *)&form + row[i].at, &row[i].text, sizeof(row[i].text));
		if (bank_item_add(&d.author, &form, &id, &e) ||
		    strcmp(e.field, row[i].field) != 0 || strcmp(e.key, row[i].key) != 0)
			fail_msg("%s: %s at %s", row[i].why, e.key, e.field);
	}
}

static void test_more_bad_forms(void **state)
{
	struct desk d = desk_open(*state);
	struct bank_item_form form = good();
	struct err e = { 0 };
	int64_t id = 0;
	form.answer = 4;
	refused(bank_item_add(&d.author, &form, &id, &e), &e);
	assert_string_equal(e.field, "key");
	form = good();
	form.text_date.n = act_today(&d.author).n + 1;
	refused(bank_item_add(&d.author, &form, &id, &e), &e);
	assert_string_equal(e.key, "bank.error.text_date");
	form = good();
	form.kk = (struct item_text){ "", { "", "", "", "", "" } };
	form.ru = form.kk;
	refused(bank_item_add(&d.author, &form, &id, &e), &e);
	assert_string_equal(e.field, "kk_stem");
	form = good();
	form.kk.option[3] = form.kk.option[2] = form.ru.option[3] = form.ru.option[2] = "";
	form.answer = 0;
	refused(bank_item_add(&d.author, &form, &id, &e), &e); /* S4-4 */
	assert_string_equal(e.key, "bank.error.options");
	form = good();
	(void)add(&d, &form);
	refused(bank_item_add(&d.author, &form, &id, &e), &e);
	assert_string_equal(e.key, "bank.error.code_taken");
	form.code = "";
	refused(bank_item_add(&d.author, &form, &id, &e), &e);
	assert_string_equal(e.key, "bank.error.same"); /* in every letter */
	assert_string_equal(e.value, "civ-1");
	form.article = "16";
	assert_string_not_equal("", arena_print(d.h->arena, "%lld", (long long)add(&d, &form)));
}

/* F25: four people; F22: the old version stays. */
static void test_way(void **state)
{
	struct desk d = desk_open(*state);
	struct bank_item_form form = good();
	const int64_t id = add(&d, &form);
	assert_int_equal(number(d.h, "live"), 0); /* a draft is on no form */
	approve(&d, id, 1);
	assert_string_equal(state_of(d.h), "approved");
	assert_int_equal(number(d.h, "live"), 1);
	const int64_t first = number(d.h, "used_id");
	struct err e = { 0 };
	form.ru.stem = "Другой вопрос?";
	assert_true(bank_item_revise(&d.author, id, 1, &form, &e));
	assert_int_equal(number(d.h, "used_id"), first); /* still in use meanwhile */
	assert_int_equal(number(d.h, "live"), 1);
	approve(&d, id, 2);
	assert_int_not_equal(number(d.h, "used_id"), first);
	assert_int_equal(number(d.h, "live"), 1);
	/* the old words again are the old version */
	form = good();
	assert_true(bank_item_revise(&d.author, id, 2, &form, &e));
	assert_int_equal(number(d.h, "newest_id"), first);
	approve(&d, id, 3);
	assert_int_equal(number(d.h, "used_id"), first);
	assert_int_equal(number(d.h, "live"), 1);
	assert_int_equal(stage_journalled(d.h, "bank.written"), 3);
	assert_int_equal(stage_journalled(d.h, "bank.agreed"), 9);
}

static void test_four_people(void **state)
{
	struct desk d = desk_open(*state);
	const int64_t both = harness_person(d.h, ROLE_AUTHOR | ROLE_REVIEWER |
							 ROLE_APPROVER); /* has every right */
	const struct act all = harness_act(d.h, both);
	const struct bank_verdict v = { 1, true, "" };
	struct bank_item_form form = good();
	struct err e = { 0 };
	int64_t id = 0;
	assert_true(bank_item_add(&all, &form, &id, &e) && bank_send(&all, id, &e));
	refused(bank_sign(&all, id, "kk", &v, &e), &e);
	assert_string_equal(e.key, "bank.error.same_person"); /* wrote it */
	assert_true(bank_sign(&d.kk, id, "kk", &v, &e));
	refused(bank_sign(&d.kk, id, "ru", &v, &e), &e);
	assert_string_equal(e.key, "bank.error.same_person"); /* signed the other language */
	refused(bank_sign(&d.ru, id, "kk", &v, &e), &e);
	assert_string_equal(e.key, "bank.error.signed");
	refused(bank_approve(&d.approver, id, &v, &e), &e);
	assert_string_equal(e.key, "bank.error.unsigned");
	assert_true(bank_sign(&d.ru, id, "ru", &v, &e));
	refused(bank_approve(&all, id, &v, &e), &e);
	assert_string_equal(e.key, "bank.error.same_person");
	refused(bank_approve(&d.author, id, &v, &e), &e);
	assert_int_equal(e.kind, ERR_DENIED);
	refused(bank_sign(&d.approver, id, "kk", &v, &e), &e);
	assert_int_equal(e.kind, ERR_DENIED);
	assert_true(bank_approve(&d.approver, id, &v, &e));
}

static void test_states(void **state)
{
	struct desk d = desk_open(*state);
	struct bank_item_form form = good();
	const struct bank_verdict back = { 1, false, "неточно" };
	const struct bank_verdict silent = { 1, false, "" };
	const struct bank_verdict old = { 7, true, "" };
	struct err e = { 0 };
	form.ru = (struct item_text){ "", { "", "", "", "", "" } };
	const int64_t id = add(&d, &form); /* a draft may lack a language */
	refused(bank_send(&d.author, id, &e), &e);
	assert_string_equal(e.key, "bank.error.language"); /* F24 */
	form = good();
	refused(bank_item_revise(&d.author, id, 9, &form, &e), &e);
	assert_string_equal(e.key, "bank.error.changed");
	assert_true(bank_item_revise(&d.author, id, 1, &form, &e));
	refused(bank_item_revise(&d.author, id, 2, &form, &e), &e);
	assert_string_equal(e.key, "bank.error.nothing");
	refused(bank_sign(&d.kk, id, "kk", &old, &e), &e);
	assert_string_equal(e.key, "bank.error.state");
	assert_true(bank_send(&d.author, id, &e));
	refused(bank_send(&d.author, id, &e), &e);
	refused(bank_item_revise(&d.author, id, 2, &form, &e), &e);
	assert_string_equal(e.key, "bank.error.in_review");
	refused(bank_sign(&d.kk, id, "kk", &old, &e), &e);
	assert_string_equal(e.key, "bank.error.changed");
	const struct bank_verdict silent_2 = { 2, silent.agreed, silent.reason };
	refused(bank_sign(&d.kk, id, "kk", &silent_2, &e), &e);
	assert_string_equal(e.field, "reason");
	const struct bank_verdict back_2 = { 2, back.agreed, back.reason };
	assert_true(bank_sign(&d.kk, id, "kk", &back_2, &e));
	assert_string_equal(state_of(d.h), "draft");
	assert_int_equal(number(d.h, "live"), 0);
}

static void test_hold(void **state)
{
	struct desk d = desk_open(*state);
	struct bank_item_form form = good();
	struct err e = { 0 };
	const int64_t id = add(&d, &form);
	refused(bank_hold(&d.approver, id, "why", &e), &e); /* not in use */
	approve(&d, id, 1);
	refused(bank_hold(&d.approver, id, "", &e), &e);
	assert_string_equal(e.field, "reason");
	refused(bank_hold(&d.kk, id, "why", &e), &e);
	assert_int_equal(e.kind, ERR_DENIED);
	assert_true(bank_hold(&d.approver, id, "why", &e));
	assert_string_equal(state_of(d.h), "hold");
	assert_int_equal(number(d.h, "live"), 0);
	refused(bank_hold(&d.approver, id, "why", &e), &e);
	assert_true(bank_release(&d.approver, id, "fine", &e));
	assert_int_equal(number(d.h, "live"), 1);
	refused(bank_release(&d.approver, id, "fine", &e), &e);
	assert_true(bank_retire(&d.approver, id, "old", &e));
	assert_int_equal(number(d.h, "live"), 0);
	refused(bank_retire(&d.approver, id, "old", &e), &e);
	refused(bank_item_revise(&d.author, id, 1, &form, &e), &e);
	assert_string_equal(e.key, "bank.error.retired");
}

static size_t findings(struct harness *h)
{
	struct verify_report r = { .findings = json_array() };
	const struct act act = harness_act(h, 0);
	struct err e = { 0 };
	json_in_arena(h->arena, r.findings);
	assert_true(verify_bank(&act, &r, &e));
	return json_array_size(r.findings);
}

/* F88: on each of its ways an honest question is no finding, and one that was slipped in is. */
static void test_in_use_is_told(void **state)
{
	struct desk d = desk_open(*state);
	struct bank_item_form form = good();
	struct err e = { 0 };
	const int64_t id = add(&d, &form);
	assert_int_equal(findings(d.h), 0);
	approve(&d, id, 1);
	assert_int_equal(findings(d.h), 0);
	assert_true(bank_hold(&d.approver, id, "why", &e));
	assert_int_equal(findings(d.h), 0);
	assert_true(bank_release(&d.approver, id, "fine", &e));
	form.answer = 1;
	assert_true(bank_item_revise(&d.author, id, 1, &form, &e));
	assert_int_equal(findings(d.h), 0);
	assert_true(db_exec(d.h->site.db, &e, NULL,
			    "UPDATE item SET approved_ms = 1 WHERE approved_ms IS NULL"));
	assert_int_equal(findings(d.h), 1);
}

/* F23: what the new text touches is held until it is checked against it. */
static void test_act_change(void **state)
{
	struct desk d = desk_open(*state);
	struct err e = { 0 };
	int64_t held = 0;
	static const char *const articles[] = { "15", "15-1", "15(2)", "16" };
	int64_t id[COUNT(articles)];
	for (size_t i = 0; i < COUNT(articles); i++) {
		struct bank_item_form form = good();
		form.code = "";
		form.article = articles[i];
		id[i] = add(&d, &form);
		approve(&d, id[i], 1);
	}
	struct act_change_form change = { "civil-code", "15x", { 20100 }, "№ 1-VIII" };
	refused(bank_act_change(&d.approver, &change, &held, &e), &e);
	assert_string_equal(e.field, "articles");
	change.articles = "15, 99";
	refused(bank_act_change(&d.author, &change, &held, &e), &e);
	assert_int_equal(e.kind, ERR_DENIED);
	assert_true(bank_act_change(&d.approver, &change, &held, &e));
	assert_int_equal(held, 2); /* 15 and 15(2) */
	assert_int_equal(number(d.h, "live"), 2);
	refused(bank_release(&d.approver, id[0], "as before", &e), &e);
	assert_string_equal(e.key, "bank.error.act_changed");
	struct bank_item_form form = good();
	form.text_date.n = 20100;
	assert_true(bank_item_revise(&d.author, id[0], 1, &form, &e));
	approve(&d, id[0], 2);
	assert_int_equal(number(d.h, "live"), 3);
	change.articles = "";
	assert_true(bank_act_change(&d.approver, &change, &held, &e));
	assert_int_equal(held, 3); /* all but the one that was checked */
	change.act = "tax-code";
	refused(bank_act_change(&d.approver, &change, &held, &e), &e);
	assert_string_equal(e.field, "act");
}

/* Through all hands but the last. */
static bool approve_at_last(struct desk *d, int64_t id, int64_t revision, struct err *e)
{
	const struct bank_verdict v = { revision, true, "" };
	if (!bank_send(&d->author, id, e) || !bank_sign(&d->kk, id, "kk", &v, e) ||
	    !bank_sign(&d->ru, id, "ru", &v, e))
		fail_msg("%s", e->key);
	err_clear(e);
	return bank_approve(&d->approver, id, &v, e);
}

/* F23: one word more makes no text of the act new, and a question that nobody held is none the
 * better; returned, it can be put right. */
static void test_old_text(void **state)
{
	struct desk d = desk_open(*state);
	struct err e = { 0 };
	int64_t held = 0;
	struct bank_item_form form = good();
	const int64_t id = add(&d, &form);
	approve(&d, id, 1);
	const struct act_change_form change = { "civil-code", "15", { 20100 }, "№ 1-VIII" };
	assert_true(bank_act_change(&d.approver, &change, &held, &e));
	form.ru.stem = "Вопрос ли?";
	assert_true(bank_item_revise(&d.author, id, 1, &form, &e));
	assert_false(approve_at_last(&d, id, 2, &e));
	assert_string_equal(e.key, "bank.error.act_changed");
	assert_int_equal(number(d.h, "live"), 0);
	const struct bank_verdict back = { 2, false, "старый текст" };
	assert_true(bank_approve(&d.approver, id, &back, &e));
	form.text_date.n = 20100;
	assert_true(bank_item_revise(&d.author, id, 2, &form, &e));
	assert_true(approve_at_last(&d, id, 3, &e));
	assert_int_equal(number(d.h, "live"), 1);
	form = good();
	form.code = "civ-2";
	form.ru.stem = "Новый вопрос?";
	const int64_t fresh = add(&d, &form);
	assert_false(approve_at_last(&d, fresh, 1, &e));
	assert_string_equal(e.key, "bank.error.act_changed");
	form.code = "civ-3";
	form.article = "15-1";
	assert_true(approve_at_last(&d, add(&d, &form), 1, &e));
}

/* F23: a hold by another name, after it, does not make the change forgotten. */
static void test_hold_after_change(void **state)
{
	struct desk d = desk_open(*state);
	struct err e = { 0 };
	int64_t held = 0;
	struct bank_item_form form = good();
	const int64_t id = add(&d, &form);
	approve(&d, id, 1);
	const struct act_change_form change = { "civil-code", "", { 20100 }, "№ 1-VIII" };
	assert_true(bank_act_change(&d.approver, &change, &held, &e));
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	assert_true(db_begin(d.h->site.db, &tx, &e) &&
		    bank_hold_for(&d.approver, id, BANK_HOLD_FIGURES, "DIF C", &e) &&
		    db_commit(&tx, &e));
	refused(bank_release(&d.approver, id, "as before", &e), &e);
	assert_string_equal(e.key, "bank.error.act_changed");
	assert_int_equal(number(d.h, "live"), 0);
}

static int64_t pairs(struct harness *h)
{
	struct err e = { 0 };
	int64_t count = 0;
	assert_true(db_number(h->site.db, &e, &count, "SELECT COUNT(*) FROM item_enemy"));
	return count;
}

/* F30: enemies alone are a change, of the question in use too, and no revision. */
static void test_enemies(void **state)
{
	struct desk d = desk_open(*state);
	struct err e = { 0 };
	struct bank_item_form form = good();
	const int64_t id = add(&d, &form);
	form.ru.stem = "Второй вопрос?";
	for (int i = 2; i <= 3; i++) {
		form.code = arena_print(d.h->arena, "civ-%d", i);
		form.article = form.code + strlen("civ-");
		(void)add(&d, &form);
	}
	approve(&d, id, 1);
	form = good();
	form.enemies = "civ-3, civ-2";
	assert_true(bank_item_revise(&d.author, id, 1, &form, &e));
	assert_int_equal(pairs(d.h), 2);
	assert_int_equal(number(d.h, "revision"), 1);
	assert_int_equal(number(d.h, "live"), 1);
	form.enemies = "civ-2 civ-3 civ-2"; /* the same set */
	refused(bank_item_revise(&d.author, id, 1, &form, &e), &e);
	assert_string_equal(e.key, "bank.error.nothing");
	form.enemies = "civ-9";
	refused(bank_item_revise(&d.author, id, 1, &form, &e), &e);
	assert_string_equal(e.field, "enemies");
	assert_int_equal(pairs(d.h), 2);
	form.enemies = "";
	assert_true(bank_item_revise(&d.author, id, 1, &form, &e));
	assert_int_equal(pairs(d.h), 0);
	assert_int_equal(number(d.h, "revision"), 1);
	assert_int_equal(stage_journalled(d.h, "bank.enemies"), 2);
	assert_int_equal(stage_journalled(d.h, "bank.written"), 3);
}

static int64_t of_act(struct desk *d, const char *code, const char *column)
{
	struct err e = { 0 };
	json_t *acts = NULL;
	int64_t count = -1;
	assert_true(bank_blueprint(&d->approver, 20, &acts, &e));
	size_t i = 0;
	const json_t *row = NULL;
	json_array_foreach (acts, i, row) {
		if (strcmp(row_text(row, "code"), code) == 0)
			count = row_number(row, column);
	}
	json_decref(acts);
	assert_int_not_equal(count, -1);
	return count;
}

/* A5-1, F29 */
static void test_blueprint(void **state)
{
	struct desk d = desk_open(*state);
	struct bank_item_form form = good();
	approve(&d, add(&d, &form), 1);
	const int64_t questions = of_act(&d, "civil-code", "questions");
	assert_int_equal(of_act(&d, "civil-code", "used"), 1);
	assert_int_equal(of_act(&d, "civil-code", "missing"), questions - 1);
	assert_int_equal(of_act(&d, "civil-code", "spare"), 1 - 5 * questions);
}

/* F29: what is in use counts for its own act while another is written. */
static void test_blueprint_act(void **state)
{
	struct desk d = desk_open(*state);
	struct bank_item_form form = good();
	struct err e = { 0 };
	const int64_t id = add(&d, &form);
	approve(&d, id, 1);
	form.act = "civil-procedure-code";
	const int64_t missing = of_act(&d, form.act, "missing");
	if (!bank_item_revise(&d.author, id, 1, &form, &e))
		fail_msg("%s", e.key);
	assert_int_equal(of_act(&d, "civil-code", "used"), 1);
	assert_int_equal(of_act(&d, "civil-code", "draft"), 0);
	assert_int_equal(of_act(&d, form.act, "used"), 0);
	assert_int_equal(of_act(&d, form.act, "draft"), 1);
	assert_int_equal(of_act(&d, form.act, "missing"), missing);
	approve(&d, id, 2);
	assert_int_equal(of_act(&d, "civil-code", "used"), 0);
	assert_int_equal(of_act(&d, form.act, "missing"), missing - 1);
}

/* F29: a form has one of two enemies; a pair with a question that is in no form counts for nothing,
 * as in the draw. */
static void test_blueprint_enemies(void **state)
{
	struct desk d = desk_open(*state);
	struct bank_item_form form = good();
	struct err e = { 0 };
	const int64_t questions = of_act(&d, "civil-code", "questions");
	approve(&d, add(&d, &form), 1);
	form.code = "civ-2";
	form.article = "16";
	form.enemies = "civ-1";
	const int64_t second = add(&d, &form);
	assert_int_equal(of_act(&d, "civil-code", "missing"), questions - 1);
	approve(&d, second, 1);
	assert_int_equal(of_act(&d, "civil-code", "used"), 2);
	assert_int_equal(of_act(&d, "civil-code", "missing"), questions - 1);
	assert_int_equal(of_act(&d, "civil-code", "spare"), 1 - 5 * questions);
	assert_true(bank_hold(&d.approver, second, "why", &e));
	assert_int_equal(of_act(&d, "civil-code", "missing"), questions - 1);
}

/* F25: so many a day and no more; one twice is one. */
static void test_ration(void **state)
{
	struct desk d = desk_open(*state);
	struct err e = { 0 };
	int64_t id[BANK_VIEWS_A_DAY + 1];
	for (size_t i = 0; i < COUNT(id); i++) {
		struct bank_item_form form = good();
		form.code = "";
		form.article = arena_print(d.h->arena, "%zu", i + 1);
		id[i] = add(&d, &form);
		assert_true(bank_item_view(&d.kk, id[i], &e)); /* a draft is not rationed */
		approve(&d, id[i], 1);
	}
	for (size_t i = 0; i < BANK_VIEWS_A_DAY; i++)
		assert_true(bank_item_view(&d.kk, id[i], &e));
	assert_true(bank_item_view(&d.kk, id[0], &e));
	refused(bank_item_view(&d.kk, id[BANK_VIEWS_A_DAY], &e), &e);
	assert_string_equal(e.key, "bank.error.ration");
	assert_int_equal(stage_journalled(d.h, "bank.viewed"),
			 BANK_VIEWS_A_DAY + 1); /* each time */
	const struct act hr = harness_act(d.h, harness_person(d.h, ROLE_HR));
	refused(bank_item_view(&hr, id[0], &e), &e);
	assert_int_equal(e.kind, ERR_DENIED);
	refused(bank_item_comment(&hr, id[0], "x", &e), &e);
	assert_true(bank_item_comment(&d.ru, id[0], "Нақтылау керек", &e));
}

static bool do_change(const struct act *act, void *user, struct err *e)
{
	const struct act_change_form change = { "civil-code", "", { 20100 }, "№ 1-VIII" };
	return bank_act_change(act, &change, user, e);
}

static void test_all_or_nothing(void **state)
{
	struct desk d = desk_open(*state);
	struct bank_item_form form = good();
	int64_t held = 0;
	approve(&d, add(&d, &form), 1);
	stage_all_or_nothing(d.h, d.approver.person_id, do_change, &held);
	assert_int_equal(held, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_bad_forms),
		HARNESS_TEST(test_more_bad_forms),
		HARNESS_TEST(test_way),
		HARNESS_TEST(test_four_people),
		HARNESS_TEST(test_states),
		HARNESS_TEST(test_hold),
		HARNESS_TEST(test_in_use_is_told),
		HARNESS_TEST(test_act_change),
		HARNESS_TEST(test_blueprint),
		HARNESS_TEST(test_ration),
		HARNESS_TEST(test_all_or_nothing),
		HARNESS_TEST(test_old_text),
		HARNESS_TEST(test_hold_after_change),
		HARNESS_TEST(test_enemies),
		HARNESS_TEST(test_blueprint_act),
		HARNESS_TEST(test_blueprint_enemies),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
