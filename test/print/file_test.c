/* Files of others in a bundle: what is drawn, what is refused, what cannot do harm (R16-1, F14). */
#include "golden.h"

#include "base/confine.h"
#include "print/paper.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define HASH "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* ---- files made here ------------------------------------------------------------------------- */

static struct buf letter(struct arena *a, int sheets)
{
	struct buf xhtml = buf_on(a);
	struct buf pdf = buf_on(a);
	struct err e = { 0 };
	for (int i = 0; i < sheets; i++) {
		buf_print(&xhtml, "<h1>Ұсынымхат %d</h1>", i + 1);
		for (int line = 0; i + 1 < sheets && line < 60; line++)
			buf_add(&xhtml, "<p>Әә Ғғ Ққ</p>");
	}
	const struct paper p = { .title = "a",
				 .language = "kk",
				 .xhtml = xhtml.text,
				 .size = xhtml.length,
				 .method = "SHA-256",
				 .hash = HASH,
				 .mark = "",
				 .origin = "o",
				 .place = "p" };
	assert_true(paper_pdf(&p, &pdf, &e));
	return pdf;
}

/* A PDF of objects, with the table that a reader wants; "%d" is none of ours. */
static struct buf pdf_with(struct arena *a, const char *catalogue, const char *page,
			   const char *content)
{
	struct buf b = buf_on(a);
	size_t at[5] = { 0 };
	buf_add(&b, "%PDF-1.7\n");
	at[1] = b.length;
	buf_print(&b, "1 0 obj\n<</Type/Catalog/Pages 2 0 R%s>>\nendobj\n", catalogue);
	at[2] = b.length;
	buf_add(&b, "2 0 obj\n<</Type/Pages/Count 1/Kids[3 0 R]>>\nendobj\n");
	at[3] = b.length;
	buf_print(&b, "3 0 obj\n<</Type/Page/Parent 2 0 R/Contents 4 0 R%s>>\nendobj\n", page);
	at[4] = b.length;
	buf_print(&b, "4 0 obj\n<</Length %zu>>stream\n%s\nendstream\nendobj\n", strlen(content),
		  content);
	const size_t table = b.length;
	buf_add(&b, "xref\n0 5\n0000000000 65535 f \n");
	for (int i = 1; i < 5; i++)
		buf_print(&b, "%010zu 00000 n \n", at[i]);
	buf_print(&b, "trailer<</Size 5/Root 1 0 R>>\nstartxref\n%zu\n%%%%EOF\n", table);
	return b;
}

static struct buf made(struct arena *a, const char *command)
{
	const struct buf pdf = letter(a, 1);
	struct pdf_file f = pdf_keep(a, &pdf);
	struct buf out = buf_on(a);
	char part[4096];
	size_t size = 0;
	(void)pdf_tool(&f, command);
	FILE *file = fopen(arena_print(a, "%s/out", f.folder), "rb");
	assert_non_null(file);
	while ((size = fread(part, 1, sizeof(part), file)) > 0)
		buf_add_n(&out, part, size);
	assert_int_equal(fclose(file), 0);
	pdf_drop(&f);
	return out;
}

static struct buf text(struct arena *a, const char *what)
{
	struct buf b = buf_on(a);
	buf_add(&b, what);
	return b;
}

static struct file_pages drawn(struct arena *a, const char *media, const struct buf *file)
{
	struct file_budget budget = file_budget_new();
	struct file_pages pages = { 0 };
	struct err e = { 0 };
	if (!file_pages_draw(a, media, file->text, file->length, &budget, &pages, &e))
		fail_msg("%s", e.detail);
	return pages;
}

/* ---- states ---------------------------------------------------------------------------------- */

#define PDF  "application/pdf"
#define PNG  "image/png"
#define JPEG "image/jpeg"

static void check(struct arena *a, const char *why, const char *media, struct buf file,
		  enum file_state state, int count)
{
	const struct file_pages f = drawn(a, media, &file);
	if (f.state != state || f.count != count)
		fail_msg("%s: %s, %d pages", why, file_state_name(f.state), f.count);
}

static void test_states(void **state)
{
	struct arena *a = *state;
	const struct buf good = letter(a, 2);
	struct buf half = buf_on(a);
	buf_add_n(&half, good.text, good.length / 2);
	check(a, "two pages", PDF, good, FILE_DRAWN, 2);
	check(a, "as PNG", PNG,
	      made(a, "pdftoppm -png -singlefile -r 50 FILE DIR/o && mv DIR/o.png DIR/out"),
	      FILE_DRAWN, 1);
	check(a, "as JPEG", JPEG,
	      made(a, "pdftoppm -jpeg -singlefile -r 300 FILE DIR/o && mv DIR/o.jpg DIR/out"),
	      FILE_DRAWN, 1);
	check(a, "nothing", PDF, buf_on(a), FILE_BROKEN, 0);
	check(a, "no PDF", PDF, text(a, "%PDF-1.4 test"), FILE_BROKEN, 0);
	check(a, "a PDF that says it is a PNG", PNG, good, FILE_BROKEN, 0);
	check(a, "half a JPEG", JPEG, text(a, "\xff\xd8\xff\xe0"), FILE_BROKEN, 0);
	check(a, "another kind", "text/plain", text(a, "x"), FILE_UNKNOWN, 0);
	/* poppler may mend the half one: what matters is an answer */
	assert_true(drawn(a, PDF, &half).state <= FILE_BROKEN);
}

/* FILE_PAGES_MOST: the first ones, and that it was cut */
static void test_many_pages(void **state)
{
	struct arena *a = *state;
	const struct buf file = letter(a, FILE_PAGES_MOST + 20);
	const struct file_pages f = drawn(a, PDF, &file);
	assert_int_equal(f.state, FILE_CUT);
	assert_int_equal(f.count, FILE_PAGES_MOST);
	assert_true(f.total > FILE_PAGES_MOST);
}

/* ---- harm ------------------------------------------------------------------------------------ */

/* A picture of 60000 by 60000 dots in 57 bytes: refused by its head, before there is memory. */
static void test_bomb(void **state)
{
	static const unsigned char head[] = { 0x89, 'P',  'N',  'G',  '\r', '\n', 0x1a, '\n', 0,
					      0,    0,    13,   'I',  'H',  'D',  'R',  0,    0,
					      0xea, 0x60, 0,    0,    0xea, 0x60, 8,    6,    0,
					      0,    0,    0x4c, 0x63, 0xda, 0x6e };
	struct arena *a = *state;
	struct buf file = buf_on(a);
	buf_add_n(&file, head, sizeof(head));
	const struct file_pages f = drawn(a, PNG, &file);
	assert_true(f.state == FILE_TOO_MUCH || f.state == FILE_BROKEN);
	assert_int_equal(f.count, 0);
}

#define BOX "/MediaBox[0 0 595 842]"

static const struct {
	const char *why, *catalogue, *page, *content;
} hostile[] = {
	{ "a sheet of a light year", "", "/MediaBox[0 0 1e30 1e30]", "0 0 9 9 re f" },
	{ "a sheet of nothing", "", "/MediaBox[0 0 0 0]", "0 0 9 9 re f" },
	{ "a sheet inside out", "", "/MediaBox[100 100 -100 -100]", "0 0 9 9 re f" },
	{ "no numbers", "", "/MediaBox[nan inf (a) /b]", "0 0 9 9 re f" },
	{ "a script at opening", "/OpenAction<</S/JavaScript/JS(while(1){})>>", BOX, "" },
	{ "a program at opening", "/OpenAction<</S/Launch/F(/bin/sh)>>", BOX, "" },
	{ "an address at opening", "/OpenAction<</S/URI/URI(http://localhost/)>>", BOX, "" },
	{ "a page that is its own content", "", BOX "/Resources<</XObject<</A 3 0 R>>>>", "/A Do" },
	{ "a form that draws itself", "", BOX "/Resources<</XObject<</A 4 0 R>>>>",
	  "/A Do /A Do /A Do" },
	{ "a tree of pages in a ring", "/Pages 1 0 R", BOX, "" },
	{ "open brackets", "", BOX, "q q q q q [[[[[[[[[[((((((((((<<<<<<<<" },
};

/* Each is an answer in time; whether there is a page does not matter. */
static void test_hostile(void **state)
{
	struct arena *a = *state;
	for (size_t i = 0; i < COUNT(hostile); i++) {
		const struct buf file =
			pdf_with(a, hostile[i].catalogue, hostile[i].page, hostile[i].content);
		const time_t begin = time(NULL);
		const struct file_pages f = drawn(a, PDF, &file);
		if (time(NULL) - begin > FILE_WALL_MS / 1000 + 1 || f.count > 1)
			fail_msg("%s: %d pages after %d s", hostile[i].why, f.count,
				 (int)(time(NULL) - begin));
	}
}

/* What takes longer than there is time is cut off, and the bundle's time with it. */
static void test_slow(void **state)
{
	struct arena *a = *state;
	struct file_pages pages = { 0 };
	struct err e = { 0 };
	struct file_budget budget = { 1, 1 << 20 };
	const struct buf file = letter(a, 1);
	assert_true(file_pages_draw(a, PDF, file.text, file.length, &budget, &pages, &e));
	assert_int_equal(pages.state, FILE_TOO_MUCH);
	assert_int_equal(pages.count, 0);
	assert_true(budget.ms <= 0);
	/* and the next file of this bundle is not even begun */
	assert_true(file_pages_draw(a, PDF, "x", 1, &budget, &pages, &e));
	assert_int_equal(pages.state, FILE_NO_ROOM);
}

/* Pictures beyond the bundle's room are not kept. */
static void test_no_room(void **state)
{
	struct arena *a = *state;
	const struct buf file = letter(a, 3);
	struct file_budget budget = { BUNDLE_MS, 1000 };
	struct file_pages pages = { 0 };
	struct err e = { 0 };
	assert_true(file_pages_draw(a, PDF, file.text, file.length, &budget, &pages, &e));
	assert_int_equal(pages.state, FILE_NO_ROOM);
	assert_int_equal(pages.count, 0);
}

/* A program that crashes, one that says nonsense, one that is not there. */
static void test_other_side(void **state)
{
	struct arena *a = *state;
	const struct buf file = letter(a, 1);
	struct file_budget budget = file_budget_new();
	struct file_pages pages = { 0 };
	struct err e = { 0 };
	confine_program("/bin/false");
	assert_true(file_pages_draw(a, PDF, file.text, file.length, &budget, &pages, &e));
	assert_int_equal(pages.state, FILE_BROKEN);
	confine_program("/bin/echo");
	assert_true(file_pages_draw(a, PDF, file.text, file.length, &budget, &pages, &e));
	assert_int_equal(pages.state, FILE_BROKEN);
	confine_program("/nowhere/konkurs");
	assert_false(file_pages_draw(a, PDF, file.text, file.length, &budget, &pages, &e));
	assert_int_equal(e.kind, ERR_SYSTEM);
	confine_program(KONKURS_PROGRAM);
}

/* ---- the bundle ------------------------------------------------------------------------------ */

static struct paper file_paper(struct arena *a, const struct buf *file, const char *item,
			       const char *name)
{
	struct file_pages *pages = arena_alloc(a, sizeof(*pages));
	*pages = drawn(a, PDF, file);
	return (struct paper){ .title = name,
			       .language = "kk",
			       .method = "SHA-256",
			       .hash = HASH,
			       .mark = "DEMO",
			       .origin = "Konkurs",
			       .place = "seq",
			       .group = "Тілеубергенова Г.",
			       .item = item,
			       .file = pages,
			       .caption = arena_print(a, "%s: %s", item, name) };
}

/* Each page with a head and a frame; bookmarks below the item; nothing of the file but its dots. */
static void test_bundle(void **state)
{
	struct arena *a = *state;
	const struct buf one = letter(a, 2), two = letter(a, 1);
	struct paper cover = { .title = "Мазмұны",
			       .language = "kk",
			       .xhtml = "<h1>Жинақ</h1>",
			       .size = strlen("<h1>Жинақ</h1>"),
			       .method = "SHA-256",
			       .hash = HASH,
			       .mark = "",
			       .origin = "Konkurs",
			       .place = "seq" };
	const struct paper papers[] = {
		file_paper(a, &one, "Ұсынымхат", "хат бірінші.pdf"),
		file_paper(a, &two, "Ұсынымхат", "хат екінші.pdf"),
		file_paper(a, &two, "Цифрлық рейтинг", "рейтинг <b>.pdf"),
	};
	struct buf pdf = buf_on(a), again = buf_on(a);
	struct err e = { 0 };
	assert_true(paper_bundle(&cover, papers, COUNT(papers), &pdf, &e));
	assert_true(paper_bundle(&cover, papers, COUNT(papers), &again, &e));
	assert_int_equal(pdf.length, again.length);
	assert_memory_equal(pdf.text, again.text, pdf.length);
	struct pdf_file f = pdf_keep(a, &pdf);
	assert_int_equal(pdf_pages(&f), 1 + 2 + 1 + 1);
	golden_text(&f, "files.kk");
	const char *outline = pdf_tool(&f, "pdftohtml -q -i -s -stdout -xml FILE | sed -n"
					   " '/<outline>/,$p'");
	const char *item = strstr(outline, "page=\"2\">Ұсынымхат");
	assert_non_null(item);
	assert_non_null(strstr(item, "page=\"2\">хат бірінші.pdf"));
	assert_non_null(strstr(item, "page=\"4\">хат екінші.pdf"));
	assert_non_null(strstr(item, "page=\"5\">Цифрлық рейтинг"));
	const char *images = pdf_tool(&f, "pdfimages -list FILE | tail -n +3 | wc -l");
	assert_int_equal(strtol(images, NULL, 10), 4);
	(void)pdf_tool(&f, "pdfseparate -f 2 -l 2 FILE DIR/p.pdf && mv DIR/p.pdf FILE");
	golden_picture(&f, "files.kk");
	pdf_drop(&f);
}

static int open_arena(void **state)
{
	*state = arena_new();
	confine_program(KONKURS_PROGRAM);
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
		TEST(test_states), TEST(test_many_pages), TEST(test_bomb),       TEST(test_hostile),
		TEST(test_slow),   TEST(test_no_room),    TEST(test_other_side), TEST(test_bundle),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
