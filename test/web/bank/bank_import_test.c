/* Pages of the import, the export and the forms on paper (F26, F27). */
#include "hall.h"

#include "app/bank/import.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define HEAD "code,act,article,text_date,key,ru,ru_a,ru_b,ru_c,ru_d\n"
#define ONE  "civ-1,civil-code,15,2025-05-01,b,Какова письменная форма сделки лиц?,1,2,3,4\n"
#define BAD  "civ-2,civil-code,15,2025-05-01,x,Нет ключа?,1,2,3,4\n"

static struct answer upload(struct harness *h, int64_t person, const char *name, const char *text,
			    const char *form)
{
	return harness_upload(h, person, "/bank/import", form, "file", name, text, strlen(text));
}

static void work(struct harness *h)
{
	while (site_work(&h->site)) {
	}
}

static void done(struct harness *h, int64_t person, const char *path, const char *form)
{
	struct answer a = harness_post(h, person, path, form);
	if (a.status != 200)
		fail_msg("%s: %d %s", path, a.status, a.error);
}

static void test_import(void **state)
{
	struct harness *h = *state;
	const int64_t author = harness_person(h, ROLE_AUTHOR);
	harness_check_page(h, author, "/bank/import");
	struct answer a = upload(h, author, "one.csv", HEAD ONE BAD, "language=ru");
	assert_int_equal(a.status, 200);
	assert_string_equal(a.location, "/bank/import/1");
	harness_check_page(h, author, "/bank/import/1"); /* while it is compared */
	work(h);
	harness_check_page(h, author, "/bank/import/1");
	harness_check_page(h, author, "/bank/import");
	a = harness_get(h, author, "/");
	assert_string_equal(answer_text(&a, "due.lines.0.key"), "home.task.import");
	a = harness_get(h, author, "/bank/import/1?what=bad");
	assert_int_equal(answer_number(&a, "import.added"), 1);
	assert_string_equal(answer_text(&a, "rows.0.code"), "civ-2");
	assert_int_equal(answer_number(&a, "rows.0.line"), 3);
	assert_true(strlen(answer_text(&a, "rows.0.reason")) > 10);
	assert_null(strstr(a.body, "Нет ключа")); /* no words */
	assert_int_equal(harness_get(h, author, "/bank/import/1.csv?what=bad").status, 200);
	assert_int_equal(harness_get(h, author, "/bank/import/1.xlsx").status, 200);
	a = harness_get(h, author, "/bank/import/1?q=civ-1&sort=-code");
	assert_string_equal(answer_text(&a, "rows.0.code"), "civ-1");
	a = harness_post_html(h, author, "/bank/import/1/take", "");
	assert_int_equal(a.status, 409); /* one is bad */
	done(h, author, "/bank/import/1/take", "leave_bad=1");
	harness_check_page(h, author, "/bank/import/1"); /* while it is taken over */
	work(h);
	harness_check_page(h, author, "/bank/import/1");
	a = harness_get(h, author, "/bank/questions?state=draft");
	assert_string_equal(answer_text(&a, "questions.0.code"), "civ-1");
	/* again: nothing to do; its own article is another */
	a = upload(h, author, "again.csv", HEAD ONE, "language=ru");
	work(h);
	a = harness_get(h, author, a.location);
	assert_int_equal(answer_number(&a, "import.unchanged"), 1);
	assert_true(json_is_true(answer_value(&a, "import.may.nothing")));
	done(h, author, "/bank/import/2/drop", "");
	work(h);
	harness_check_page(h, author, "/bank/import/2");
	assert_int_equal(harness_post(h, author, "/bank/import/2/drop", "").status, 409);
}

/* What a changed question says is not on the page, only where it differs. */
static void test_fields(void **state)
{
	struct harness *h = *state;
	const int64_t author = harness_person(h, ROLE_AUTHOR);
	(void)upload(h, author, "one.csv", HEAD ONE, "language=ru");
	work(h);
	done(h, author, "/bank/import/1/take", "");
	work(h);
	(void)upload(h, author, "two.csv",
		     HEAD "civ-1,civil-code,16,2025-05-01,c,Какова письменная форма сделки лиц?,"
			  "1,2,3,4\n"
			  "civ-5,civil-code,16,2025-05-01,c,Какова письменная форма сделки, лиц,"
			  "1,2,3,5\n",
		     "language=ru");
	work(h);
	struct answer a = harness_get(h, author, "/bank/import/2?what=changed");
	assert_string_equal(answer_text(&a, "rows.0.reason"), "правильный ответ, статья");
	assert_int_equal(answer_number(&a, "rows.0.question"), 1);
	a = harness_get(h, author, "/bank/import/2?what=note&q=civ-5");
	int64_t alike = 0;
	for (size_t i = 0; i < json_array_size(answer_value(&a, "rows")); i++)
		alike += row_number(json_array_get(answer_value(&a, "rows"), i), "other");
	assert_int_equal(alike, 1); /* with the page of the question */
	harness_check_page(h, author, "/bank/import/2");
}

static void test_refused(void **state)
{
	struct harness *h = *state;
	const int64_t author = harness_person(h, ROLE_AUTHOR);
	static const struct {
		const char *why, *text, *form, *field, *key;
	} rows[] = {
		{ "no questions", "nothing", "language=ru", "file", "exchange.error.head" },
		{ "a PDF", "%PDF-1.4 x", "language=ru", "file", "error.file.media" },
		{ "one language, and nothing says which", "Q?\nA. a\nB. b\nC. c\nD. d\nANSWER: A\n",
		  "", "language", "exchange.error.language" },
		{ "a language that is none", HEAD ONE, "language=en", "language", "error.choice" },
		{ "a day to come", HEAD ONE, "language=ru&text_date=2027-01-01", "text_date",
		  "bank.error.text_date" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct answer a = upload(h, author, "x", rows[i].text, rows[i].form);
		if (a.status < 400 || strcmp(a.field, rows[i].field) != 0 ||
		    strcmp(a.error, rows[i].key) != 0)
			fail_msg("%s: %d %s at %s", rows[i].why, a.status, a.error, a.field);
	}
	/* a file that says it itself needs no word about it */
	assert_int_equal(upload(h, author, "x.csv", HEAD ONE, "").status, 200);
	assert_int_equal(harness_get(h, author, "/bank/import/9").status, 404);
	static const unsigned others[] = { 0, ROLE_HR, ROLE_REVIEWER, ROLE_APPROVER, ROLE_ADMIN };
	for (size_t i = 0; i < COUNT(others); i++) {
		const int64_t person = harness_person(h, others[i]);
		assert_int_equal(harness_get(h, person, "/bank/import").status, 403);
		assert_int_equal(upload(h, person, "x", HEAD ONE, "language=ru").status, 403);
	}
}

static int64_t journalled(struct harness *h, const char *kind)
{
	struct err e = { 0 };
	int64_t count = 0;
	assert_true(db_number(h->site.db, &e, &count,
			      "SELECT COUNT(*) FROM journal_entry WHERE kind = $1", db_text(kind)));
	return count;
}

/* Asked for, told, agreed by another, fetched for a day; nobody does two of it. */
static void test_export(void **state)
{
	struct harness *h = *state;
	const int64_t approver = harness_person(h, ROLE_APPROVER);
	const int64_t other = harness_person(h, ROLE_APPROVER);
	const int64_t admin = harness_person(h, ROLE_ADMIN);
	hall_add_bank(h);
	harness_check_page(h, approver, "/bank/export");
	harness_check_page(h, admin, "/bank/export");
	struct answer a = harness_post_html(h, approver, "/bank/export", "format=qti3");
	assert_int_equal(a.status, 422); /* without a reason */
	done(h, approver, "/bank/export", "format=csv&act=civil-code&reason=For the academy");
	assert_int_equal(stage_told(h, other, "bank.export"), 1);
	assert_int_equal(stage_told(h, admin, "bank.export"), 1);
	assert_int_equal(stage_told(h, approver, "bank.export"), 0);
	harness_check_page(h, approver, "/bank/export");
	harness_check_page(h, admin, "/bank/export");
	a = harness_get(h, admin, "/");
	assert_string_equal(answer_text(&a, "due.lines.0.key"), "home.task.export");
	a = harness_get(h, approver, "/bank/export/1/file");
	assert_string_equal(a.error, "export.error.waits");
	a = harness_post(h, approver, "/bank/export/1/agree", "");
	assert_string_equal(a.error, "export.error.self");
	done(h, admin, "/bank/export/1/agree", "");
	a = harness_post(h, other, "/bank/export/1/agree", "");
	assert_string_equal(a.error, "export.error.agreed");
	harness_check_page(h, approver, "/bank/export");
	a = harness_get(h, other, "/bank/export/1/file");
	assert_int_equal(a.status, 403);
	assert_int_equal(harness_get(h, admin, "/bank/export/1/file").status, 403);
	a = harness_get(h, approver, "/bank/export/1/file");
	assert_int_equal(a.status, 200);
	assert_non_null(strstr(a.body, "civil-code"));
	assert_null(strstr(a.body, "constitution"));
	assert_int_equal(journalled(h, "bank.given"), 1);
	harness_at(h, "2026-03-03T10:01");
	a = harness_get(h, approver, "/bank/export/1/file");
	assert_string_equal(a.error, "export.error.over");
	assert_int_equal(harness_get(h, approver, "/bank/export.csv").status, 200);
	assert_int_equal(harness_get(h, harness_person(h, ROLE_AUTHOR), "/bank/export").status,
			 403);
}

/* A form on paper: drawn, told, journalled; its page shows no words, its papers do. */
static void test_form(void **state)
{
	struct harness *h = *state;
	const int64_t approver = harness_person(h, ROLE_APPROVER);
	const int64_t other = harness_person(h, ROLE_APPROVER);
	harness_check_page(h, approver, "/bank/forms");
	struct answer a = harness_post(h, approver, "/bank/forms", "reason=No hall");
	assert_string_equal(a.error, "exam.bank.shortage"); /* an empty bank */
	hall_add_bank(h);
	a = harness_post(h, approver, "/bank/forms", "act=civil-code&reason=No hall");
	assert_string_equal(a.field, "questions");
	a = harness_post(h, approver, "/bank/forms", "act=civil-code&questions=400&reason=No hall");
	assert_string_equal(a.field, "questions");
	a = harness_post(h, approver, "/bank/forms", "act=none&questions=4&reason=No hall");
	assert_string_equal(a.field, "act");
	done(h, approver, "/bank/forms", "reason=No hall");
	done(h, approver, "/bank/forms", "act=civil-code&questions=7&reason=For a lesson");
	assert_int_equal(stage_told(h, other, "bank.form"), 2);
	assert_int_equal(journalled(h, "bank.form.made"), 2);
	harness_check_page(h, approver, "/bank/forms");
	harness_check_page(h, approver, "/bank/forms/1");
	a = harness_get(h, approver, "/bank/forms");
	assert_int_equal(answer_number(&a, "forms.0.count"), 7);
	assert_int_equal(answer_number(&a, "forms.1.count"), 120);
	a = harness_get(h, approver, "/bank/forms/1/form.pdf?language=kk");
	assert_string_equal(a.error, "export.error.waits");
	a = harness_post(h, approver, "/bank/forms/1/agree", "");
	assert_string_equal(a.error, "export.error.self");
	const int64_t admin = harness_person(h, ROLE_ADMIN);
	a = harness_get(h, admin, "/");
	assert_string_equal(answer_text(&a, "due.lines.0.key"), "home.task.form");
	harness_check_page(h, admin, "/bank/forms");
	harness_check_page(h, admin, "/bank/forms/1");
	done(h, admin, "/bank/forms/1/agree", "");
	done(h, other, "/bank/forms/2/agree", "");
	a = harness_post(h, other, "/bank/forms/1/agree", "");
	assert_string_equal(a.error, "export.error.agreed");
	harness_check_page(h, approver, "/bank/forms/1");
	a = harness_get(h, approver, "/bank/forms/1/form.pdf?language=kk");
	assert_int_equal(a.status, 200);
	assert_memory_equal(a.body, "%PDF", 4);
	assert_int_equal(harness_get(h, approver, "/bank/forms/2/key.pdf?language=ru").status, 200);
	assert_int_equal(harness_get(h, admin, "/bank/forms/1/form.pdf").status, 403);
	static const unsigned others[] = { ROLE_AUTHOR, ROLE_REVIEWER, ROLE_OPERATOR, ROLE_HR };
	for (size_t i = 0; i < COUNT(others); i++) {
		const int64_t person = harness_person(h, others[i]);
		assert_int_equal(harness_get(h, person, "/bank/forms/1").status, 403);
		assert_int_equal(harness_get(h, person, "/bank/forms/1/form.pdf").status, 403);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_import), HARNESS_TEST(test_fields), HARNESS_TEST(test_refused),
		HARNESS_TEST(test_export), HARNESS_TEST(test_form),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
