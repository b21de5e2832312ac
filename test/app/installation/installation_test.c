/* F1, F2: a real installation in one transaction, law of its own, tables of people and posts; on
 * both engines. */
#include "stage.h"

#include "app/access/people.h"
#include "app/competition/competition.h"
#include "app/installation/own_law.h"
#include "app/installation/people_import.h"
#include "app/installation/posts_import.h"
#include "app/installation/setup.h"
#include "law/iin.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define RULES "order-118/2025-05-17.yaml"

static const char *const years[] = { "2026" };
static const char *const all[] = { "all" };
static const struct plan_person people[] = {
	{ "admin", "850101301007", "Асанова", "Асия", "", "", "", "" },
	{ "admin", "850101302005", "Болатов", "Болат", "", "", "", "" },
	{ "hr", "791028302728", "Сәулебаева", "Сәуле", "", "", "", "" },
};
static const char *const passwords[] = { "Терең өзен 1 тыныш ағады", "Терең өзен 2 тыныш ағады",
					 NULL };

/* A number with a right check digit, from eleven digits. */
static const char *numbered(struct arena *a, const char *eleven)
{
	for (char c = '0'; c <= '9'; c++) {
		const char *iin = arena_print(a, "%s%c", eleven, c);
		if (iin_check(iin) == IIN_VALID)
			return iin;
	}
	fail_msg("%s has no check digit", eleven);
	return "";
}

static int64_t count_of(struct harness *h, const char *table)
{
	struct err e = { 0 };
	int64_t n = -1;
	bool ok = false;
	if (strcmp(table, "person") == 0)
		ok = db_number(h->site.db, &e, &n, "SELECT COUNT(*) FROM person");
	else if (strcmp(table, "own_law") == 0)
		ok = db_number(h->site.db, &e, &n, "SELECT COUNT(*) FROM own_law");
	else if (strcmp(table, "role_grant") == 0)
		ok = db_number(h->site.db, &e, &n, "SELECT COUNT(*) FROM role_grant");
	else if (strcmp(table, "law_text") == 0)
		ok = db_number(h->site.db, &e, &n, "SELECT COUNT(*) FROM law_text");
	else
		ok = db_number(h->site.db, &e, &n, "SELECT COUNT(*) FROM installation");
	assert_true(ok);
	return n;
}

static struct plan plan_of(struct harness *h, struct plan_person ret[COUNT(people)])
{
	for (size_t i = 0; i < COUNT(people); i++)
		ret[i] = people[i];
	ret[0].iin = numbered(h->arena, "85010130100");
	ret[1].iin = numbered(h->arena, "85010130200");
	return (struct plan){
		.organ = "reg-akmola",
		.people = ret,
		.people_count = COUNT(people),
		.rules = { NULL, 0, "", "" },
		.left_open = { all, 1 },
		.calendar_checked = { years, 1 },
	};
}

static void test_made_once(void **state)
{
	struct harness *h = *state;
	const struct act act = harness_act(h, 0);
	struct plan_person list[COUNT(people)];
	const struct plan plan = plan_of(h, list);
	const struct setup setup = { .plan = &plan, .passwords = passwords };
	struct setup_done done = { 0 };
	struct err e = { 0 };
	bool earnest = true;
	assert_true(installation_in_earnest(h->site.db, &earnest, &e) && !earnest);
	assert_true(installation_make(&act, &setup, &done, &e));
	assert_false(done.opens);
	assert_true(installation_in_earnest(h->site.db, &earnest, &e) && earnest);
	assert_int_equal(count_of(h, "person"), 3);
	assert_int_equal(stage_journalled(h, "installation.made"), 1);
	assert_int_equal(stage_journalled(h, "law.entered"), 1);
	stage_refused("again", installation_make(&act, &setup, &done, &e), &e, ERR_CONFLICT,
		      "setup.error.made", NULL);
	const struct act admin = harness_act(h, 1);
	err_clear(&e);
	stage_refused("not from a page", installation_make(&admin, &setup, &done, &e), &e,
		      ERR_DENIED, "error.denied", NULL);
}

/* Whatever fails last leaves nothing of what came before. */
static void test_all_or_nothing(void **state)
{
	struct harness *h = *state;
	const struct act act = harness_act(h, 0);
	struct plan_person list[COUNT(people)];
	struct plan plan = plan_of(h, list);
	struct setup setup = { .plan = &plan, .passwords = passwords };
	struct setup_done done = { 0 };
	struct err e = { 0 };
	const struct setup_file no_certificate = { "x.pem", "nothing", 7 };
	setup.anchors = &no_certificate;
	setup.anchor_count = 1;
	stage_refused("the last thing", installation_make(&act, &setup, &done, &e), &e, ERR_INPUT,
		      "signature.error.certificate", "anchors.1.file");
	static const char *const tables[] = { "person", "own_law", "role_grant", "law_text",
					      "installation" };
	for (size_t i = 0; i < COUNT(tables); i++)
		assert_int_equal(count_of(h, tables[i]), 0);
	assert_int_equal(stage_journalled(h, "person.added"), 0);
	setup.anchor_count = 0;
	err_clear(&e);
	assert_true(installation_make(&act, &setup, &done, &e));
}

static bool do_make(const struct act *act, void *data, struct err *e)
{
	const struct setup *setup = data;
	struct setup_done done = { 0 };
	return installation_make(act, setup, &done, e);
}

/* A storage that fails at any of its statements, too. */
static void test_any_failure(void **state)
{
	struct harness *h = *state;
	struct plan_person list[COUNT(people)];
	const struct plan plan = plan_of(h, list);
	struct setup setup = { .plan = &plan, .passwords = passwords };
	stage_all_or_nothing(h, 0, do_make, &setup);
}

/* F2: no demonstration in earnest; F1: what is entered is pinned by its bytes. */
static void test_in_earnest(void **state)
{
	struct harness *h = *state;
	struct act act = harness_act(h, 0);
	struct plan_person list[COUNT(people)];
	struct plan plan = plan_of(h, list);
	const struct setup setup = { .plan = &plan, .passwords = passwords };
	static const struct entered_value values[] = { { "pass_mark", 90, "36", "" },
						       { "test_minutes", 110, "3", "Order 77" } };
	struct setup_done done = { 0 };
	struct law_book *book = NULL;
	struct err e = { 0 };
	int64_t id = 0;
	plan.rules.values = values;
	plan.rules.count = COUNT(values);
	assert_true(installation_make(&act, &setup, &done, &e));
	assert_true(site_built_in_law(h->arena, &book, &e));
	assert_true(own_law_lay(h->site.db, h->arena, &book, &e));
	const struct law_file *file = law_book_rule_set_on(book, act_today(&act));
	const struct parameter *p = file->rule_set->params;
	assert_string_equal(file->name, RULES);
	assert_int_equal(p[PARAM_PASS_MARK].value, 90);
	assert_string_equal(p[PARAM_PASS_MARK].clause, "36");
	assert_false(p[PARAM_PASS_MARK].assumed);
	assert_string_equal(p[PARAM_TEST_MINUTES].act, "Order 77");
	assert_string_equal(p[PARAM_TEST_MINUTES].act_clause, "3");
	assert_string_equal(p[PARAM_TEST_MINUTES].clause, "");
	assert_true(p[PARAM_RECORD_YEARS].assumed);
	assert_false(file->rule_set->recording_may_be_off);
	act.book = book;
	assert_true(db_number(h->site.db, &e, &act.person_id,
			      "SELECT person_id FROM role_grant WHERE role = 'hr'"));
	struct competition_form form = { .organ = "reg-akmola",
					 .post = "district-prosecutor",
					 .vacancies = 1,
					 .filing_days = 10,
					 .demonstration = true,
					 .text_kk = "Мәтін",
					 .text_ru = "Текст" };
	stage_refused("a demonstration", competition_open(&act, &form, &id, &e), &e, ERR_INPUT,
		      "competition.error.earnest", "demonstration");
	form.demonstration = false;
	err_clear(&e);
	assert_true(competition_open(&act, &form, &id, &e));
	/* values are open: it can be drafted, not announced */
	stage_refused("values are open", competition_announce(&act, id, &e), &e, ERR_LAW,
		      "law.parameter.assumed", NULL);
}

/* ---- tables ---------------------------------------------------------------------------------- */

static struct exchange_set table_of(struct harness *h, const char *text)
{
	static const struct exchange_options options = { EXCHANGE_TABLE, "" };
	struct exchange_set set = { .rows = NULL };
	struct err e = { 0 };
	if (!exchange_read(h->arena, text, strlen(text), &options, &set, &e))
		fail_msg("%s: %s", e.key, e.detail);
	return set;
}

static void test_people(void **state)
{
	struct harness *h = *state;
	const struct act act = harness_act(h, harness_person(h, ROLE_ADMIN));
	const struct act hr = harness_act(h, harness_person(h, ROLE_HR));
	struct err e = { 0 };
	json_t *told = NULL;
	const char *zero = numbered(h->arena, "00010150100");
	const char *text = arena_print(
		h->arena,
		"\xef\xbb\xbfИИН;ФАМИЛИЯ;Имя;Орган;Должность\n791028302728;Үлгіев;Сынақ;"
		"Прокуратура области Абай;прокурор\n\n%s;Нөлов;Нұр;pgo;\n",
		zero + 3); /* as a spreadsheet leaves it */
	struct exchange_set set = table_of(h, text);
	const int64_t before = count_of(h, "person");
	assert_true(people_import_look(&act, &set, &told, &e));
	assert_int_equal(row_number(told, "added"), 2);
	assert_int_equal(count_of(h, "person"), before);
	json_decref(told);
	stage_refused("HR", people_import_take(&hr, &set, &told, &e), &e, ERR_DENIED,
		      "error.denied", NULL);
	err_clear(&e);
	assert_true(people_import_take(&act, &set, &told, &e));
	json_decref(told);
	assert_int_equal(count_of(h, "person"), before + 2);
	stage_refused("again", people_import_take(&act, &set, &told, &e), &e, ERR_CONFLICT,
		      "table.error.nothing", NULL);
	/* a column that is not there leaves what was; a bad line stops all, told with its column */
	set = table_of(h, arena_print(h->arena,
				      "iin,family,given,organ\n791028302728,Үлгіев,Серік,reg-abai\n"
				      "791028302728,А,Б,pgo\n%s,Нөлов,Нұр,nowhere\n",
				      zero));
	err_clear(&e);
	assert_true(people_import_look(&act, &set, &told, &e));
	assert_int_equal(row_number(told, "bad"), 2);
	const json_t *rows = json_object_get(told, "rows");
	assert_string_equal(row_text(json_array_get(rows, 0), "fields"), "given");
	assert_string_equal(row_text(json_array_get(rows, 1), "key"), "people_import.error.twice");
	assert_string_equal(row_text(json_array_get(rows, 2), "column"), "organ");
	assert_int_equal(row_number(json_array_get(rows, 2), "line"), 4);
	json_decref(told);
	stage_refused("bad lines", people_import_take(&act, &set, &told, &e), &e, ERR_INPUT,
		      "table.error.bad", "file");
	assert_string_equal(e.value, "2");
	assert_int_equal(stage_journalled(h, "person.changed"), 0);
	set = table_of(h, "iin,family,given,organ\n791028302728,Үлгіев,Серік,reg-abai\n");
	err_clear(&e);
	assert_true(people_import_take(&act, &set, &told, &e));
	json_decref(told);
	assert_int_equal(stage_journalled(h, "person.changed"), 1);
	const json_t *row = db_row(h->site.db, h->arena, &e,
				   "SELECT given, position_ru FROM person WHERE iin = $1",
				   db_text("791028302728"));
	assert_string_equal(row_text(row, "given"), "Серік");
	assert_string_equal(row_text(row, "position_ru"), "прокурор");
}

static bool do_take(const struct act *act, void *data, struct err *e)
{
	json_t *told = NULL;
	const bool ok = people_import_take(act, data, &told, e);
	json_decref(told);
	return ok;
}

static void test_people_any_failure(void **state)
{
	struct harness *h = *state;
	const int64_t admin = harness_person(h, ROLE_ADMIN);
	struct exchange_set set = table_of(
		h, arena_print(h->arena,
			       "iin,family,given,organ\n791028302728,Үлгіев,Серік,reg-abai\n"
			       "%s,Нөлов,Нұр,pgo\n",
			       numbered(h->arena, "00010150100")));
	stage_all_or_nothing(h, admin, do_take, &set);
}

static void test_heads(void **state)
{
	static const struct {
		const char *text, *key, *value;
	} row[] = {
		{ "iin,family,given,organ,shoe\n1,2,3,4,5\n", "table.error.column", "shoe" },
		{ "iin,иин,family,given,organ\n1,2,3,4,5\n", "table.error.twice", "иин" },
		{ "iin,family,given\n1,2,3\n", "table.error.missing", "organ" },
	};
	struct harness *h = *state;
	const struct act act = harness_act(h, 0);
	for (size_t i = 0; i < COUNT(row); i++) {
		const struct exchange_set set = table_of(h, row[i].text);
		json_t *told = NULL;
		struct err e = { 0 };
		stage_refused(row[i].text, people_import_look(&act, &set, &told, &e), &e, ERR_INPUT,
			      row[i].key, "file");
		assert_string_equal(e.value, row[i].value);
	}
}

#define HEAD "code,category,name_kk,name_ru\n"

static void test_posts(void **state)
{
	static const struct {
		const char *line, *key;
	} bad[] = {
		{ "Post,C-1,А,Б\n", "posts_import.error.code" },
		{ "post,C-9,А,Б\n", "posts_import.error.category" },
		{ "post,C-1,,Б\n", "error.required" },
		{ "post,C-1,\"А \"\"Б\"\"\",Б\n", "rules.enter.text" },
	};
	struct harness *h = *state;
	const struct act act = harness_act(h, 0);
	json_t *told = NULL;
	struct err e = { 0 };
	for (size_t i = 0; i < COUNT(bad); i++) {
		const struct exchange_set set =
			table_of(h, arena_print(h->arena, HEAD "%s", bad[i].line));
		assert_true(posts_import_look(&act, &set, &told, &e));
		assert_string_equal(
			row_text(json_array_get(json_object_get(told, "rows"), 0), "key"),
			bad[i].key);
		json_decref(told);
		stage_refused(bad[i].line, posts_import_take(&act, &set, "r", &told, &e), &e,
			      ERR_INPUT, "table.error.bad", "file");
		err_clear(&e);
	}
	const struct exchange_set set = table_of(h, HEAD "a-post,C-1,Лауазым,Должность\n");
	stage_refused("no reason", posts_import_take(&act, &set, "", &told, &e), &e, ERR_INPUT,
		      "error.required", "reason");
	err_clear(&e);
	assert_true(posts_import_take(&act, &set, "Order 5", &told, &e));
	assert_int_equal(row_number(told, "removed"), (int64_t)act.book->post_count);
	json_decref(told);
	struct law_book *book = NULL;
	assert_true(site_built_in_law(h->arena, &book, &e));
	assert_true(own_law_lay(h->site.db, h->arena, &book, &e));
	assert_int_equal(book->post_count, 1);
	assert_false(book->posts_assumed);
	/* a post that a competition has does not go */
	assert_true(db_exec(h->site.db, &e, NULL,
			    "INSERT INTO competition (route, organ, post, category, vacancies,"
			    " demonstration, filing_days, draft_kk, draft_ru, state, created_by,"
			    " created_ms) VALUES ('own', 'pgo', 'a-post', 'C-1', 1, 0, 7, 'a', 'b',"
			    " 'draft', $1, 1)",
			    db_int(harness_person(h, ROLE_HR))));
	struct act now = act;
	now.book = book;
	const struct exchange_set other = table_of(h, HEAD "b-post,C-1,Лауазым,Должность\n");
	assert_true(posts_import_look(&now, &other, &told, &e));
	assert_int_equal(row_number(told, "bad"), 1);
	assert_string_equal(row_text(json_array_get(json_object_get(told, "rows"), 1), "value"),
			    "a-post");
	json_decref(told);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_made_once),   HARNESS_TEST(test_all_or_nothing),
		HARNESS_TEST(test_any_failure), HARNESS_TEST(test_people_any_failure),
		HARNESS_TEST(test_in_earnest),  HARNESS_TEST(test_people),
		HARNESS_TEST(test_heads),       HARNESS_TEST(test_posts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
