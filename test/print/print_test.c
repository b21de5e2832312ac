/* Papers: layout, fonts, hostile text, bundles (F57, F15). */
#include "golden.h"

#include "print/paper.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define HASH "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const char sample_kk[] =
	"<div class=\"head\"><p><b>ҚАЗАҚСТАН РЕСПУБЛИКАСЫНЫҢ БАС ПРОКУРАТУРАСЫ</b></p></div>"
	"<div class=\"address\"><p>Өзіндік қауіпсіздік қызметіне</p></div>"
	"<h1>Хаттама № 1</h1>"
	"<p>Қағидалардың 14-тармағына сәйкес кандидаттардың тізімі жолданады. Әә Ғғ Ққ Ңң Өө Ұұ Үү "
	"Һһ Іі: осы әріптердің барлығы болуы тиіс.</p>"
	"<dl><dt>Лауазым</dt><dd>Департамент бастығы</dd><dt>Хэш</dt><dd><code>" HASH
	"</code></dd></dl>"
	"<h2>Тізім</h2><table><thead><tr><th class=\"number\">№</th><th>Аты-жөні</th></tr></thead>"
	"<tbody><tr><td class=\"number\">1</td><td>Әлімжан Қайратұлы</td></tr></tbody></table>"
	"<ol><li>Бірінші<ul><li>ішкі</li></ul></li><li>Екінші</li></ol><hr/>"
	"<div class=\"note\"><p>Ескертпе</p></div><p class=\"quiet left\">Кіші жазу</p>"
	"<dl class=\"signatures\"><dt>Төраға</dt><dd>Б. Серікова</dd></dl>";

static const char sample_ru[] =
	"<div class=\"head\"><p><b>ГЕНЕРАЛЬНАЯ ПРОКУРАТУРА РЕСПУБЛИКИ КАЗАХСТАН</b></p></div>"
	"<h1>Лист результата</h1><p class=\"center\">компьютерного тестирования</p>"
	"<dl><dt>Кандидат</dt><dd><b>Иванов Иван Иванович</b></dd></dl>"
	"<p>Длинный абзац, который занимает больше одной строки, чтобы было видно, как слова "
	"выровнены по обоим краям и как строки идут одна за другой на листе бумаги.</p>"
	"<table><thead><tr><th>Акт</th><th class=\"number\" width=\"22%\">Верно</th></tr></thead>"
	"<tbody><tr><td>Уголовный кодекс</td><td class=\"number\">18 / 20</td></tr>"
	"<tr><td>Уголовно-процессуальный кодекс</td><td class=\"number\">17 / 20</td></tr></tbody>"
	"</table><dl "
	"class=\"signatures\"><dt>Кандидат</dt><dd></dd><dt>Оператор</dt><dd></dd></dl>";

static struct paper paper_of(const char *language, const char *xhtml)
{
	return (struct paper){ .title = "Проба Ә",
			       .language = language,
			       .xhtml = xhtml,
			       .size = strlen(xhtml),
			       .method = "SHA-256",
			       .hash = HASH,
			       .seq = 42,
			       .at_ms = 1772427600000,
			       .mark = "",
			       .origin = "Konkurs",
			       .place = "seq" };
}

static struct buf pdf_of(struct arena *a, const char *xhtml)
{
	const struct paper p = paper_of("ru", xhtml);
	struct buf pdf = buf_on(a);
	struct err e = { 0 };
	if (!paper_pdf(&p, &pdf, &e))
		fail_msg("%s", e.detail);
	return pdf;
}

static int pages_of(struct arena *a, const char *xhtml, const char **ret_text)
{
	const struct buf pdf = pdf_of(a, xhtml);
	struct pdf_file f = pdf_keep(a, &pdf);
	int pages = pdf_pages(&f);
	if (ret_text)
		*ret_text = pdf_text(&f);
	pdf_drop(&f);
	return pages;
}

/* ---- what it looks like ---------------------------------------------------------------------- */

/* F57: the nine pairs of letters are there and can be read back. */
static void test_golden(void **state)
{
	static const struct {
		const char *name, *language, *xhtml;
	} row[] = { { "sample.kk", "kk", sample_kk }, { "sample.ru", "ru", sample_ru } };
	struct arena *a = *state;
	for (size_t i = 0; i < COUNT(row); i++) {
		struct paper p = paper_of(row[i].language, row[i].xhtml);
		struct buf pdf = buf_on(a);
		struct err e = { 0 };
		p.mark = "DEMO";
		assert_true(paper_pdf(&p, &pdf, &e));
		struct pdf_file f = pdf_keep(a, &pdf);
		assert_int_equal(pdf_pages(&f), 1);
		pdf_fonts_inside(&f);
		golden_text(&f, row[i].name);
		golden_picture(&f, row[i].name);
		pdf_drop(&f);
	}
}

/* The same input gives the same bytes; another instant another date. */
static void test_same_bytes(void **state)
{
	struct arena *a = *state;
	const struct buf one = pdf_of(a, sample_kk);
	const struct buf two = pdf_of(a, sample_kk);
	assert_int_equal(one.length, two.length);
	assert_memory_equal(one.text, two.text, one.length);
	struct pdf_file f = pdf_keep(a, &one);
	const char *info = pdf_tool(&f, "pdfinfo -isodates FILE");
	assert_non_null(strstr(info, "CreationDate:    2026-03-02T10:00:00+05"));
	assert_non_null(strstr(info, "Page size:       595.276 x 841.89 pts (A4)"));
	pdf_drop(&f);
}

/* F15: the code in the foot can be scanned from the printed sheet. */
static void test_code(void **state)
{
	struct arena *a = *state;
	const struct buf pdf = pdf_of(a, sample_kk);
	struct pdf_file f = pdf_keep(a, &pdf);
	const char *read = pdf_tool(&f, "pdftoppm -r 120 -f 1 -l 1 -singlefile -gray FILE DIR/q &&"
					" zbarimg -q --raw -Sdisable -Sqrcode.enable DIR/q.pgm"
					" 2>/dev/null");
	assert_string_equal(read, arena_print(a, "%s\n", paper_code(a, HASH, 42)));
	assert_non_null(strstr(read, "KONKURS 42 0123456789ABCDEF"));
	pdf_drop(&f);
}

/* ---- sheets ---------------------------------------------------------------------------------- */

static int count_of(const char *text, const char *what)
{
	int count = 0;
	for (const char *at = strstr(text, what); at; at = strstr(at + 1, what))
		count++;
	return count;
}

/* A table of 100 rows: its head on every sheet, every row once. */
static void test_table(void **state)
{
	struct arena *a = *state;
	struct buf xhtml = buf_on(a);
	const char *text = NULL;
	buf_add(&xhtml,
		"<h1>T</h1><table><thead><tr><th>№</th><th>HEADING</th></tr></thead><tbody>");
	for (int i = 1; i <= 100; i++)
		buf_print(&xhtml, "<tr><td>r%d.</td><td>first line<br/>second line</td></tr>", i);
	buf_add(&xhtml, "</tbody></table>");
	int pages = pages_of(a, xhtml.text, &text);
	assert_in_range(pages, 4, 8);
	assert_int_equal(count_of(text, "HEADING"), pages);
	assert_int_equal(count_of(text, "second line"), 100);
	for (int i = 1; i <= 100; i++)
		assert_int_equal(count_of(text, arena_print(a, "r%d.", i)), 1);
	assert_int_equal(count_of(text, arena_print(a, "%d/%d", pages, pages)), 1);
}

/* A heading is never the last on a sheet, and what is kept is not torn. */
static void test_keep(void **state)
{
	struct arena *a = *state;
	for (int lines = 30; lines < 46; lines++) {
		struct buf xhtml = buf_on(a);
		const char *text = NULL;
		for (int i = 0; i < lines; i++)
			buf_add(&xhtml, "<p>line</p>");
		buf_add(&xhtml, "<h2>HEADING</h2><p>after it</p><div class=\"keep\"><p>KEPT</p>"
				"<p>with</p><p>this</p></div>");
		(void)pages_of(a, xhtml.text, &text);
		const char *heading = strstr(text, "HEADING");
		const char *after = strstr(text, "after it");
		const char *kept = strstr(text, "KEPT");
		const char *this = strstr(text, "this");
		assert_true(heading && after && kept && this);
		const char *sheet = strchr(heading, '\f');
		assert_true(!sheet || sheet > after);
		sheet = strchr(kept, '\f');
		assert_true(!sheet || sheet > this);
	}
}

/* ---- hostile text ---------------------------------------------------------------------------- */

static const char *many(struct arena *a, const char *what, int times)
{
	struct buf out = buf_on(a);
	for (int i = 0; i < times; i++)
		buf_add(&out, what);
	return out.text;
}

/* Whatever people write: pages come out, not very many, and everything is on them. */
static void test_hostile(void **state)
{
	struct arena *a = *state;
	const char *const text[] = {
		many(a, "Ж", 10000),
		many(a, "слово ", 10000 / 6),
		many(a, "שלום עולם ", 1000),
		many(a, "مرحبا ", 1500),
		many(a, "漢字", 2000),
		many(a, "a\u0301\u0302\u0303", 2000),
		"\x01\x02\x7f\xc2\x85 control \u202e turned \u2066 isolated \uffff",
		many(a, "\U0001F469\u200D\U0001F4BB", 500),
		many(a, "\u00a0", 5000),
	};
	static const char *const around[] = {
		"<p>%s</p>",
		"<h1>%s</h1><p>end</p>",
		"<ul><li>%s</li></ul>",
		"<dl><dt>a</dt><dd>%s</dd></dl>",
		"<dl><dt>%s</dt><dd>b</dd></dl>",
		"<table><thead><tr><th>%s</th><th>b</th></tr></thead><tbody><tr><td>c</td>"
		"<td>d</td></tr></tbody></table>",
		"<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>%s</td>"
		"<td>d</td></tr></tbody></table>",
		"<div class=\"keep\"><p>%s</p></div><div class=\"note\"><p>x</p></div>",
		"<dl class=\"signatures\"><dt>a</dt><dd>%s</dd></dl>",
	};
	for (size_t i = 0; i < COUNT(text); i++) {
		for (size_t k = 0; k < COUNT(around); k++) {
			struct buf xhtml = buf_on(a);
			const char *hole = strstr(around[k], "%s");
			buf_add_n(&xhtml, around[k], (size_t)(hole - around[k]));
			buf_add(&xhtml, text[i]);
			buf_add(&xhtml, hole + 2);
			assert_in_range(pages_of(a, xhtml.text, NULL), 1, 60);
		}
	}
}

/* A mark that turns the direction is left out; a control character shows that it was there. */
static void test_marks(void **state)
{
	struct arena *a = *state;
	const char *text = NULL;
	assert_int_equal(pages_of(a,
				  "<p>a\u202e\u2067b\x02"
				  "c</p>",
				  &text),
			 1);
	assert_non_null(strstr(text, "ab\uFFFD"));
}

static void test_refused(void **state)
{
	static const struct {
		const char *xhtml, *why;
	} row[] = {
		{ "<p>a</p>\n<script>b</script>", "line 2: <script> is no part of a paper" },
		{ "<p style=\"x\">a</p>",
		  "line 1: <p> has an attribute that a paper does not know" },
		{ "<p class=\"big\">a</p>", "line 1: <p> has a class that it cannot have" },
		{ "text", "line 1: <body> holds text that stands in no paragraph" },
		{ "<table><tr><td>a</td></tr></table>", "line 1: <tr> cannot stand here" },
		{ "<p>a", "line 1: mismatched tag" },
		{ "<p>a & b</p>", "line 1: not well-formed (invalid token)" },
		{ "<p>&nbsp;</p>", "line 1: undefined entity" },
		{ "</body><body>", "line 1: junk after document element" },
		{ "<!DOCTYPE x [<!ENTITY a \"b\">]><p>&a;</p>",
		  "line 1: not well-formed (invalid token)" },
		{ "<table><thead><tr><th width=\"200%\">a</th></tr></thead></table>",
		  "line 1: <th> has an attribute that a paper does not know" },
		{ "<p>\xff</p>", "line 1: not well-formed (invalid token)" },
	};
	struct arena *a = *state;
	for (size_t i = 0; i < COUNT(row); i++) {
		const struct paper p = paper_of("ru", row[i].xhtml);
		struct buf pdf = buf_on(a);
		struct err e = { 0 };
		assert_false(paper_pdf(&p, &pdf, &e));
		assert_int_equal(e.kind, ERR_SYSTEM);
		assert_string_equal(e.key, "error.paper");
		assert_string_equal(e.detail, row[i].why);
	}
}

/* ---- bundles --------------------------------------------------------------------------------- */

enum { BUNDLED = 60 };

/* Contents that lead to the right pages, and bookmarks by group. */
static void test_bundle(void **state)
{
	struct arena *a = *state;
	struct paper papers[BUNDLED];
	struct paper cover = paper_of("ru", "<h1>COVER</h1>");
	struct buf pdf = buf_on(a);
	struct err e = { 0 };
	cover.title = "Contents";
	for (int i = 0; i < BUNDLED; i++) {
		papers[i] = paper_of("ru", i % 2 ? sample_ru : sample_kk);
		papers[i].title = arena_print(a, "Paper %d.", i);
		papers[i].group = i < 10 ? NULL : arena_print(a, "Group %d.", i / 10);
	}
	assert_true(paper_bundle(&cover, papers, BUNDLED, &pdf, &e));
	struct pdf_file f = pdf_keep(a, &pdf);
	const int contents = pdf_pages(&f) - BUNDLED;
	assert_int_equal(contents, 2);
	const char *text = pdf_tool(&f, "pdftotext -layout -l 2 FILE - | tr -s ' '");
	for (int i = 0; i < BUNDLED; i++) {
		const char *line = arena_print(a, "Paper %d. %d\n", i, contents + 1 + i);
		if (!strstr(text, line))
			fail_msg("no %s in\n%s", line, text);
	}
	const char *outline = pdf_tool(&f, "pdftohtml -q -i -s -stdout -xml FILE | sed -n"
					   " '/<outline>/,$p'");
	assert_non_null(strstr(outline, "page=\"1\">Contents"));
	assert_non_null(strstr(outline, arena_print(a, "page=\"%d\">Group 1.", contents + 11)));
	assert_non_null(strstr(outline, arena_print(a, "page=\"%d\">Paper 59.", contents + 60)));
	assert_int_equal(count_of(outline, "Тізім"), BUNDLED / 2);
	const char *links = pdf_tool(&f, "strings FILE | grep -c '/Subtype /Link' || true");
	assert_int_equal(strtol(links, NULL, 10), BUNDLED);
	pdf_drop(&f);
}

static int open_arena(void **state)
{
	*state = arena_new();
	return 0;
}

static int close_arena(void **state)
{
	arena_free(*state);
	return 0;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_arena, close_arena)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_golden), TEST(test_same_bytes), TEST(test_code),
		TEST(test_table),  TEST(test_keep),       TEST(test_hostile),
		TEST(test_marks),  TEST(test_refused),    TEST(test_bundle),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
