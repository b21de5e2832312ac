/* Questions of a file become drafts, all of them or none (F26). */
#include "stage.h"

#include "app/bank/bank_take.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define HEAD "code,act,article,text_date,key,kk,kk_a,kk_b,kk_c,kk_d,ru,ru_a,ru_b,ru_c,ru_d\n"
#define CIV_1                                                                                         \
	"civ-1,civil-code,15,2025-05-01,b,Мәміленің нысаны қандай?,а,ә,б,в," \
	"Какова письменная форма сделки юридических лиц?,1,2,3,4\n"

static const struct exchange_options assumed = { "ru", "civil-code" };
static const struct bank_take_options earnest = { .article = "1", .text_date = { 20000 } };

static struct exchange_set set_of(struct harness *h, const char *text)
{
	struct exchange_set set = { 0 };
	struct err e = { 0 };
	if (!exchange_read(h->arena, text, strlen(text), &assumed, &set, &e))
		fail_msg("%s: %s", e.key, e.detail);
	return set;
}

static int64_t count(struct harness *h)
{
	struct err e = { 0 };
	int64_t items = 0;
	assert_true(db_number(h->site.db, &e, &items, "SELECT COUNT(*) FROM bank_revision"));
	return items;
}

static struct bank_take_report take(struct harness *h, int64_t person, const char *text,
				    struct bank_take_options options)
{
	const struct act act = harness_act(h, person);
	const struct exchange_set set = set_of(h, text);
	struct bank_take_report r = { 0 };
	struct err e = { 0 };
	if (!bank_take(&act, &set, &options, &r, &e))
		fail_msg("%s: %s", e.key, e.detail);
	return r;
}

static const char *cell(const struct bank_take_report *r, size_t row, const char *name)
{
	return row_text(json_array_get(r->rows, row), name);
}

static void test_way(void **state)
{
	struct harness *h = *state;
	const int64_t author = harness_person(h, ROLE_AUTHOR);
	struct bank_take_options dry = earnest;
	dry.dry_run = true;
	struct bank_take_report r = take(h, author, HEAD CIV_1, dry);
	assert_int_equal(r.added, 1);
	assert_string_equal(cell(&r, 0, "what"), "added");
	assert_int_equal(count(h), 0); /* nothing was changed */
	r = take(h, author, HEAD CIV_1, earnest);
	assert_int_equal(r.added, 1);
	assert_int_equal(count(h), 1);
	r = take(h, author, HEAD CIV_1, earnest);
	assert_int_equal(r.unchanged, 1);
	assert_int_equal(count(h), 1);
	/* one language again: the other stays */
	r = take(h, author, "code,key,ru,ru_a,ru_b,ru_c,ru_d\nciv-1,b,Новый вопрос?,1,2,3,4\n",
		 earnest);
	assert_int_equal(r.changed, 1);
	struct err e = { 0 };
	int64_t languages = 0;
	assert_true(db_number(h->site.db, &e, &languages,
			      "SELECT COUNT(*) FROM item_text t JOIN bank_item b"
			      " ON b.newest_id = t.item_id WHERE t.part = 0"));
	assert_int_equal(languages, 2);
	assert_int_equal(stage_journalled(h, "bank.taken"), 3);
}

/* Duplicates in every letter are refused, near ones pointed out. */
static void test_alike(void **state)
{
	struct harness *h = *state;
	const int64_t author = harness_person(h, ROLE_AUTHOR);
	(void)take(h, author, HEAD CIV_1, earnest);
	struct bank_take_report r = take(
		h, author,
		"code,act,article,key,ru,ru_a,ru_b,ru_c,ru_d\n"
		"x-1,civil-code,3,a,\"Какова письменная форма сделки, юридических лиц\",5,6,7,8\n"
		"x-2,civil-code,3,a,Совсем другой вопрос о праве,5,6,7,8\n",
		earnest);
	assert_int_equal(r.added, 2);
	size_t notes = 0;
	for (size_t i = 0; i < json_array_size(r.rows); i++) {
		if (strcmp(cell(&r, i, "key"), "exchange.alike") == 0) {
			notes++;
			assert_string_equal(cell(&r, i, "code"), "x-1");
			assert_string_equal(cell(&r, i, "value"), "civ-1");
		}
	}
	assert_int_equal(notes, 1);
	struct bank_take_options leave = earnest;
	leave.leave_bad = true;
	r = take(h, author, HEAD "civ-9" CIV_1, leave); /* another code, the same words */
	assert_int_equal(r.bad, 1);
	assert_string_equal(cell(&r, 0, "key"), "bank.error.same");
}

/* One that cannot be read stops all, unless the rest is wanted. */
static void test_bad(void **state)
{
	struct harness *h = *state;
	const struct act act = harness_act(h, harness_person(h, ROLE_AUTHOR));
	const struct exchange_set set =
		set_of(h, HEAD CIV_1 "civ-2,tax-code,15,2025-05-01,b,,,,,,В?,1,2,3,4\n"
				     "civ-3,civil-code,15,2025-05-01,x,,,,,,В?,1,2,3,4\n");
	struct bank_take_report r = { 0 };
	struct bank_take_options options = earnest;
	struct err e = { 0 };
	assert_false(bank_take(&act, &set, &options, &r, &e));
	assert_string_equal(e.key, "exchange.error.bad");
	assert_int_equal(r.bad, 2);
	assert_int_equal(count(h), 0);
	err_clear(&e);
	options.leave_bad = true;
	assert_true(bank_take(&act, &set, &options, &r, &e));
	assert_int_equal(count(h), 1);
	const struct act hr = harness_act(h, harness_person(h, ROLE_HR));
	assert_false(bank_take(&hr, &set, &options, &r, &e));
	assert_int_equal(e.kind, ERR_DENIED);
}

static bool do_take(const struct act *act, void *user, struct err *e)
{
	struct bank_take_report r = { 0 };
	return bank_take(act, user, &earnest, &r, e);
}

static void test_all_or_nothing(void **state)
{
	struct harness *h = *state;
	struct exchange_set set = set_of(h, HEAD CIV_1);
	stage_all_or_nothing(h, harness_person(h, ROLE_AUTHOR), do_take, &set);
	assert_int_equal(count(h), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_way),
		HARNESS_TEST(test_alike),
		HARNESS_TEST(test_bad),
		HARNESS_TEST(test_all_or_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
