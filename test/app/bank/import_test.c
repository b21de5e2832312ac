/* An import step by step: compared, taken over, dropped, overtaken by the bank, restarted (F26). */
#include "stage.h"

#include "app/bank/bank.h"
#include "app/bank/bank_item.h"
#include "app/bank/bank_review.h"
#include "app/bank/import.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define HEAD "code,act,article,text_date,key,enemies,ru,ru_a,ru_b,ru_c,ru_d\n"
#define ONE                                                                                                                   \
	"civ-1,civil-code,15,2025-05-01,b,,Какова письменная форма сделки юридических " \
	"лиц?,1,2,3,4\n"
#define TWO  "civ-2,civil-code,16,2025-05-01,a,civ-1,Когда наступает совершеннолетие?,1,2,3,4\n"
#define BAD  "civ-3,civil-code,16,2025-05-01,x,,Нет ключа?,1,2,3,4\n"
#define FREE ",civil-code,17,2025-05-01,a,,Вопрос без своего кода?,1,2,3,4\n"

static const struct import_form form = {
	.name = "questions.csv", .language = "ru", .act = "", .article = "", .text_date = { 20000 }
};

struct desk {
	struct harness *h;
	struct act author;
};

static struct desk desk_open(struct harness *h)
{
	return (struct desk){ h, harness_act(h, harness_person(h, ROLE_AUTHOR)) };
}

static int64_t number(const struct desk *d, const char *what)
{
	static const char *const names[] = { "items", "versions", "revisions", "rows", "parts" };
	struct err e = { 0 };
	int64_t n[5] = { 0 };
	struct db *db = d->h->site.db;
	assert_true(
		db_number(db, &e, &n[0], "SELECT COUNT(*) FROM bank_item") &&
		db_number(db, &e, &n[1], "SELECT COUNT(*) FROM item") &&
		db_number(db, &e, &n[2], "SELECT COUNT(*) FROM bank_revision") &&
		db_number(db, &e, &n[3], "SELECT COUNT(*) FROM bank_import_row WHERE number > 0") &&
		db_number(db, &e, &n[4], "SELECT COUNT(*) FROM bank_import_part"));
	for (size_t i = 0; i < COUNT(names); i++) {
		if (strcmp(names[i], what) == 0)
			return n[i];
	}
	fail_msg("no %s", what);
	return 0;
}

static int64_t column(const struct desk *d, int64_t id, const char *name)
{
	struct err e = { 0 };
	const json_t *row = db_row(d->h->site.db, d->h->arena, &e,
				   "SELECT * FROM bank_import WHERE id = $1", db_int(id));
	assert_non_null(row);
	return row_number(row, name);
}

static const char *state(const struct desk *d, int64_t id)
{
	struct err e = { 0 };
	const char *text = NULL;
	assert_true(db_string(d->h->site.db, d->h->arena, &e, &text,
			      "SELECT state FROM bank_import WHERE id = $1", db_int(id)));
	return text;
}

static int64_t open_file(const struct desk *d, const char *text)
{
	struct err e = { 0 };
	json_t *packed = NULL;
	int64_t id = 0;
	if (!import_read(&d->author, text, strlen(text), &form, &packed, &e) ||
	    !import_open(&d->author, &form, packed, &id, &e))
		fail_msg("%s: %s", e.key, e.detail);
	return id;
}

/* Everything that there is to do; how many steps it was. */
static int work(const struct desk *d)
{
	const struct act act = harness_act(d->h, 0);
	struct err e = { 0 };
	bool more = true;
	int steps = 0;
	while (more) {
		if (!import_step(&act, &more, &e))
			fail_msg("%s: %s", e.key, e.detail);
		steps += more;
	}
	return steps;
}

static void take(const struct desk *d, int64_t id, bool leave_bad)
{
	struct err e = { 0 };
	if (!import_take(&d->author, id, leave_bad, &e))
		fail_msg("%s: %s", e.key, e.detail);
}

static bool is_enemy(const struct desk *d, const char *a, const char *b)
{
	struct err e = { 0 };
	bool found = false;
	assert_true(db_exists(d->h->site.db, &e, &found,
			      "SELECT 1 FROM item_enemy WHERE code_a = $1 AND code_b = $2",
			      db_text(a), db_text(b)));
	return found;
}

/* An enemy may stand below in the file; a question without a code gets one. */
static void test_way(void **state_)
{
	struct desk d = desk_open(*state_);
	const int64_t id = open_file(&d, HEAD TWO ONE FREE);
	struct err e = { 0 };
	assert_string_equal(state(&d, id), "checking");
	stage_refused("it is not compared yet", import_take(&d.author, id, true, &e), &e,
		      ERR_CONFLICT, "import.error.state", NULL);
	err_clear(&e);
	(void)work(&d);
	assert_string_equal(state(&d, id), "checked");
	assert_int_equal(column(&d, id, "added"), 3);
	assert_int_equal(number(&d, "versions"), 0); /* a dry run */
	take(&d, id, false);
	(void)work(&d);
	assert_string_equal(state(&d, id), "taken");
	assert_int_equal(number(&d, "items"), 3);
	assert_int_equal(number(&d, "revisions"), 3);
	assert_int_equal(number(&d, "parts"), 0); /* the words are gone */
	assert_int_equal(number(&d, "rows"), 3);
	assert_true(is_enemy(&d, "civ-1", "civ-2"));
	assert_int_equal(stage_journalled(d.h, "bank.taken"), 1);
	assert_int_equal(stage_journalled(d.h, "bank.taken.part"), 1);
	stage_refused("a second time", import_drop(&d.author, id, &e), &e, ERR_CONFLICT,
		      "import.error.state", NULL);
}

/* Its author takes it over, any author drops it; nobody else does either. */
static void test_rights(void **state_)
{
	struct desk d = desk_open(*state_);
	const struct act other = harness_act(d.h, harness_person(d.h, ROLE_AUTHOR));
	const struct act hr = harness_act(d.h, harness_person(d.h, ROLE_HR));
	const int64_t id = open_file(&d, HEAD ONE BAD);
	struct err e = { 0 };
	(void)work(&d);
	assert_int_equal(column(&d, id, "bad"), 1);
	stage_refused("another author", import_take(&other, id, true, &e), &e, ERR_DENIED,
		      "import.error.other", NULL);
	err_clear(&e);
	stage_refused("HR", import_drop(&hr, id, &e), &e, ERR_DENIED, "error.denied", NULL);
	err_clear(&e);
	stage_refused("with a bad one", import_take(&d.author, id, false, &e), &e, ERR_CONFLICT,
		      "exchange.error.bad", NULL);
	err_clear(&e);
	assert_true(import_drop(&other, id, &e));
	(void)work(&d);
	assert_string_equal(state(&d, id), "dropped");
	assert_int_equal(number(&d, "parts") + number(&d, "rows") + number(&d, "versions"), 0);
}

/* Somebody writes a question with a code of the file between the comparison and the end. */
static void test_overtaken(void **state_)
{
	struct desk d = desk_open(*state_);
	const struct act act = harness_act(d.h, 0);
	const struct bank_item_form mine = { .code = "civ-1",
					     .act = "civil-code",
					     .article = "1",
					     .text_date = { 20000 },
					     .kk = { "", { "", "", "", "", "" } },
					     .ru = { "Другой вопрос?", { "1", "2", "3", "4", "" } },
					     .enemies = "",
					     .why = "" };
	const int64_t id = open_file(&d, HEAD ONE TWO);
	struct err e = { 0 };
	int64_t question = 0;
	bool more = true;
	(void)work(&d);
	take(&d, id, false);
	assert_true(import_step(&act, &more, &e)); /* the versions are written */
	assert_int_equal(number(&d, "versions"), 2);
	assert_int_equal(number(&d, "items"), 0);
	assert_true(bank_item_add(&d.author, &mine, &question, &e));
	(void)work(&d);
	assert_string_equal(state(&d, id), "checked"); /* again, and nothing was taken over */
	assert_int_equal(column(&d, id, "again"), 1);
	assert_int_equal(column(&d, id, "added"), 1);
	assert_int_equal(column(&d, id, "changed"), 1);
	assert_int_equal(number(&d, "items"), 1);
	assert_int_equal(number(&d, "versions"), 1); /* those of the import are gone */
	take(&d, id, false);
	(void)work(&d);
	assert_string_equal(state(&d, id), "taken");
	assert_int_equal(number(&d, "items"), 2);
	assert_int_equal(number(&d, "revisions"), 3);
}

/* Which fields of a changed question are others; what is unchanged is so in any state. */
static void test_fields(void **state_)
{
	struct desk d = desk_open(*state_);
	struct err e = { 0 };
	const char *fields = NULL;
	int64_t id = open_file(&d, HEAD ONE TWO);
	(void)work(&d);
	take(&d, id, false);
	(void)work(&d);
	assert_true(db_exec(d.h->site.db, &e, NULL,
			    "UPDATE bank_item SET state = 'review' WHERE code = 'civ-2'"));
	id = open_file(&d, HEAD "civ-1,civil-code,99,2025-05-01,c,,Какова письменная форма сделки"
				" юридических лиц?,1,2,3,4\n" TWO
				"civ-9,civil-code,16,2025-05-01,a,nobody,Ничей враг?,1,2,3,4\n"
				"civ-8,civil-code,16,2025-05-01,c,,Какова письменная форма сделки"
				" юридических лиц?,1,2,3,4\n"
				"civ-7,civil-code,99,2025-05-01,c,,Какова письменная форма сделки"
				" юридических лиц?,1,2,3,4\n");
	(void)work(&d);
	assert_int_equal(column(&d, id, "changed"), 1);
	assert_int_equal(column(&d, id, "unchanged"), 1);
	assert_int_equal(column(&d, id, "bad"), 2); /* an unknown enemy; civ-1 in every letter */
	assert_int_equal(column(&d, id, "added"), 1);
	assert_true(db_string(d.h->site.db, d.h->arena, &e, &fields,
			      "SELECT fields FROM bank_import_row WHERE import_id = $1"
			      " AND code = 'civ-1' AND number > 0",
			      db_int(id)));
	assert_string_equal(fields, "key article ");
}

/* A week later it is dropped by the system. */
static void test_old(void **state_)
{
	struct desk d = desk_open(*state_);
	const int64_t id = open_file(&d, HEAD ONE);
	struct err e = { 0 };
	(void)work(&d);
	harness_at(d.h, "2026-03-09T10:00");
	struct act act = harness_act(d.h, 0);
	assert_true(import_drop_old(&act, &e));
	assert_string_equal(state(&d, id), "checked");
	harness_at(d.h, "2026-03-10T10:00");
	act = harness_act(d.h, 0);
	assert_true(import_drop_old(&act, &e));
	(void)work(&d);
	assert_string_equal(state(&d, id), "dropped");
	assert_int_equal(number(&d, "parts"), 0);
}

static bool end_it(const struct act *act, void *user, struct err *e)
{
	bool more = true;
	(void)user;
	return import_step(act, &more, e);
}

/* The last step, with every call of the database failing once. */
static void test_all_or_nothing(void **state_)
{
	struct desk d = desk_open(*state_);
	const struct act act = harness_act(d.h, 0);
	const int64_t id = open_file(&d, HEAD TWO ONE);
	struct err e = { 0 };
	bool more = true;
	(void)work(&d);
	take(&d, id, false);
	assert_true(import_step(&act, &more, &e));
	stage_all_or_nothing(d.h, 0, end_it, NULL);
	assert_string_equal(state(&d, id), "taken");
	assert_int_equal(number(&d, "items"), 2);
}

/* Of the processor. */
static double seconds(void)
{
	struct timespec t;
	assert_int_equal(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t), 0);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static const char *many(struct arena *a, int count)
{
	struct buf text = buf_on(a);
	buf_add(&text, HEAD);
	for (int i = 0; i < count; i++)
		buf_print(&text,
			  "m-%05d,civil-code,15,2025-05-01,b,,Вопрос %d о сроке %d и доле %d по "
			  "договору?,ответ %d,второй,третий,четвёртый\n",
			  i, i, i * 7 % 1000, i * 13 % 997, i);
	return text.text;
}

/* Opening, the longest step and the end, which is one transaction: none of them holds the loop for
 * long.  Of the processor, so that other work does not count. */
static void test_many(void **state_)
{
	enum { QUESTIONS = 10000 };
	struct desk d = desk_open(*state_);
	const struct act act = harness_act(d.h, 0);
	struct err e = { 0 };
	json_t *packed = NULL;
	int64_t id = 0;
	const char *text = many(d.h->arena, QUESTIONS);
	double longest = 0;
	double last = 0;
	bool more = true;
	assert_true(import_read(&d.author, text, strlen(text), &form, &packed, &e));
	double begin = seconds();
	assert_true(import_open(&d.author, &form, packed, &id, &e));
	const double opening = seconds() - begin;
	for (int turn = 0; turn < 2; turn++) {
		for (more = true; more;) {
			begin = seconds();
			assert_true(import_step(&act, &more, &e));
			last = seconds() - begin;
			longest = last > longest ? last : longest;
		}
		if (turn == 0)
			take(&d, id, false);
	}
	print_message("# %d questions: opening %.1f ms, longest step %.1f ms\n", (int)QUESTIONS,
		      opening * 1000, longest * 1000);
	assert_int_equal(number(&d, "items"), QUESTIONS);
	assert_true(longest < 3.0); /* with the sanitizers */
}

/* What a child that was taken over may send, past the checks of the reader: the second question of
 * a code is bad, whether the bank knows it or not. */
static void test_twice(void **state_)
{
	struct desk d = desk_open(*state_);
	struct err e = { 0 };
	const char *key = NULL;
	const int64_t before = open_file(&d, HEAD ONE);
	(void)work(&d);
	take(&d, before, false);
	(void)work(&d);
	json_t *packed = NULL;
	int64_t id = 0;
	static const char text[] =
		HEAD "civ-1,civil-code,15,2025-05-01,c,,Какова форма сделки юридических лиц?"
		     ",1,2,3,4\n";
	assert_true(import_read(&d.author, text, strlen(text), &form, &packed, &e));
	json_t *parts = json_object_get(packed, "parts");
	json_t *entries = json_loads(json_string_value(json_array_get(parts, 0)), 0, NULL);
	json_t *second = json_deep_copy(json_array_get(entries, 0));
	(void)json_object_set_new(second, "number", json_integer(2));
	(void)json_object_set_new(second, "answer", json_integer(3));
	(void)json_array_append_new(entries, second);
	char *both = json_dumps(entries, 0);
	(void)json_array_set_new(parts, 0, json_string(both));
	free(both);
	json_decref(entries);
	assert_true(import_open(&d.author, &form, packed, &id, &e));
	(void)work(&d);
	assert_int_equal(column(&d, id, "changed"), 1);
	assert_int_equal(column(&d, id, "bad"), 1);
	assert_true(db_string(d.h->site.db, d.h->arena, &e, &key,
			      "SELECT key FROM bank_import_row WHERE import_id = $1 AND number = 2",
			      db_int(id)));
	assert_string_equal(key, "exchange.twice");
	take(&d, id, true);
	(void)work(&d);
	assert_string_equal(state(&d, id), "taken");
}

/* An import whose step fails stops no other. */
static void test_stuck(void **state_)
{
	struct desk d = desk_open(*state_);
	const struct act act = harness_act(d.h, 0);
	struct err e = { 0 };
	bool more = true;
	const int64_t stuck = open_file(&d, HEAD ONE);
	const int64_t id = open_file(&d, HEAD TWO);
	assert_true(db_exec(d.h->site.db, &e, NULL,
			    "UPDATE bank_import_part SET entries = 'damaged' WHERE import_id = $1",
			    db_int(stuck)));
	for (int i = 0; i < 2; i++)
		assert_true(import_step(&act, &more, &e) && more);
	assert_string_equal(state(&d, id), "checked");
	assert_string_equal(state(&d, stuck), "checking");
	assert_false(import_step(&act, &more, &e)); /* and it is said */
	assert_string_equal(e.key, "error.storage");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_way),       HARNESS_TEST(test_rights),
		HARNESS_TEST(test_overtaken), HARNESS_TEST(test_fields),
		HARNESS_TEST(test_old),       HARNESS_TEST(test_all_or_nothing),
		HARNESS_TEST(test_many),      HARNESS_TEST(test_twice),
		HARNESS_TEST(test_stuck),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
