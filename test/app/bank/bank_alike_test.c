/* A question that is written by hand is compared with the bank, as those of a file are (F26). */
#include "hall.h"
#include "vault.h"

#include "app/bank/bank.h"
#include "app/bank/bank_item.h"
#include "app/bank/bank_known.h"
#include "app/bank/bank_review.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define STEM "один два три четыре пять шесть семь восемь девять десять"

static int64_t add(const struct act *author, const char *kk, const char *ru)
{
	struct bank_item_form form = {
		.code = "",
		.act = "civil-code",
		.article = "1",
		.text_date = act_today(author),
		.kk = { kk, { "а", "б", "в", "г", "" } },
		.ru = { ru, { "1", "2", "3", "4", "" } },
		.enemies = "",
		.why = "",
	};
	struct err e = { 0 };
	int64_t id = 0;
	if (!*kk)
		form.kk = (struct item_text){ "", { "", "", "", "", "" } };
	if (!bank_item_add(author, &form, &id, &e))
		fail_msg("%s: %s at %s", ru, e.key, e.field);
	return id;
}

static json_t *alike(const struct act *act, int64_t id)
{
	struct err e = { 0 };
	json_t *found = NULL;
	if (!bank_known_alike(act, id, &found, &e))
		fail_msg("%s %s", e.key, e.detail);
	return found;
}

static void expect_found(const json_t *alike, size_t place, int64_t id, int percent)
{
	const json_t *row = json_array_get(json_object_get(alike, "found"), place);
	assert_true(json_is_true(json_object_get(alike, "any")));
	assert_int_equal(row_number(row, "id"), id);
	assert_int_equal(row_number(row, "percent"), percent);
}

/* By either language, the most alike first; not itself, and not what is retired. */
static void test_order(void **state)
{
	struct harness *h = *state;
	const struct act author = harness_act(h, harness_person(h, ROLE_AUTHOR));
	const struct act approver = harness_act(h, harness_person(h, ROLE_APPROVER));
	const struct act stranger = harness_act(h, harness_person(h, ROLE_HR));
	struct err e = { 0 };
	json_t *none = NULL;
	const int64_t nine = add(&author, "", "один два три четыре пять шесть семь восемь девять");
	const int64_t seven = add(&author, "", "один два три четыре пять шесть семь");
	const int64_t kazakh = add(&author, "бір екі үш", "совсем другой вопрос");
	const int64_t retired = add(&author, "", STEM);
	assert_true(bank_retire(&approver, retired, "twice", &e));
	const int64_t own = add(&author, "Бір, екі - үш!", "Один " STEM);
	const json_t *found = alike(&author, own);
	expect_found(found, 0, kazakh, 100);
	expect_found(found, 1, nine, 90);
	assert_int_equal(json_array_size(json_object_get(found, "found")),
			 2); /* 70 is too little */
	assert_int_equal(row_number(found, "left_out"), 0);
	found = alike(&approver, kazakh); /* whoever works in the bank sees it */
	expect_found(found, 0, own, 100);
	found = alike(&author, seven);
	assert_false(json_is_true(json_object_get(found, "any")));
	assert_null(alike(&author, retired)); /* nobody to warn */
	assert_false(bank_known_alike(&stranger, own, &none, &e));
	assert_int_equal(e.kind, ERR_DENIED);
}

/* The five that are most alike, the older first among equals. */
static void test_most(void **state)
{
	static const char *const stems[] = {
		"раз два три четыре пять а б в г", "Раз два три четыре пять а б в",
		"раз два три четыре пять а б",     "раз два три четыре пять а б в г д",
		"раз, два три четыре пять а б в",  "раз два три четыре пять а",
		"раз два три четыре пять а б г",
	};
	static const struct {
		size_t of;
		int percent;
	} want[BANK_ALIKE_MOST] = { { 1, 100 }, { 4, 100 }, { 0, 88 }, { 2, 87 }, { 3, 80 } };
	struct harness *h = *state;
	const struct act author = harness_act(h, harness_person(h, ROLE_AUTHOR));
	int64_t id[COUNT(stems)];
	for (size_t i = 0; i < COUNT(stems); i++)
		id[i] = add(&author, "", stems[i]);
	const json_t *found = alike(&author, add(&author, "", "раз два три четыре пять а б в?"));
	assert_int_equal(json_array_size(json_object_get(found, "found")), BANK_ALIKE_MOST);
	for (size_t i = 0; i < COUNT(want); i++)
		expect_found(found, i, id[want[i].of], want[i].percent);
}

/* F28: what is sealed cannot be compared, and that is said. */
static void test_sealed(void **state)
{
	struct harness *h = *state;
	hall_add_bank(h);
	struct vault v = vault_seal(h);
	const int64_t person = harness_person(h, ROLE_AUTHOR);
	const struct act author = harness_act(h, person);
	const int64_t first = add(&author, "", STEM);
	const int64_t own = add(&author, "", STEM "!");
	const json_t *found = alike(&author, own);
	expect_found(found, 0, first, 100);
	assert_true(row_number(found, "left_out") >= 300);
	assert_null(alike(&author, 1)); /* in use */
	(void)vault_open_for(&v, VAULT_WORK, 0, person);
	assert_int_equal(row_number(alike(&author, own), "left_out"), 0);
}

static double seconds(void)
{
	struct timespec t;
	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* The page of a draft waits for this, on a worker: not for long. */
static void test_speed(void **state)
{
	enum { QUESTIONS = 10000 };
	static const char *const options[] = { "1", "2", "3", "4" };
	struct harness *h = *state;
	const struct act system = harness_act(h, 0);
	const struct act author = harness_act(h, harness_person(h, ROLE_AUTHOR));
	struct bank_item *list = arena_array(h->arena, QUESTIONS, sizeof(*list));
	struct bank_import done = { 0 };
	struct err e = { 0 };
	for (int i = 0; i < QUESTIONS; i++) {
		const char *stem = arena_print(h->arena,
					       "Каков срок %d по договору %d, если доля стороны %d "
					       "не определена соглашением?",
					       i, i * 7 % 1000, i * 13 % 997);
		const struct bank_text text = { stem, options, COUNT(options) };
		list[i] = (struct bank_item){ .id = arena_print(h->arena, "m-%05d", i),
					      .article = "1",
					      .kk = text,
					      .ru = text };
	}
	const struct bank_file file = {
		"many", "civil-code", true, { 20000 }, list, QUESTIONS, ""
	};
	assert_true(bank_import(&system, &file, &done, &e));
	const int64_t own = add(&author, "", STEM);
	const double begin = seconds();
	assert_non_null(alike(&author, own));
	const double took = seconds() - begin;
	print_message("# compared with %d questions: %.0f ms\n", (int)QUESTIONS, took * 1000);
	assert_true(took < 10.0); /* with the sanitizers */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_order),
		HARNESS_TEST(test_most),
		HARNESS_TEST(test_sealed),
		HARNESS_TEST(test_speed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
