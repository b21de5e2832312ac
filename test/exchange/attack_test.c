/* Files as nobody should write them: each is refused with its reason, or read without what it tries
 * (F26).  Here the readers themselves are tried; confined_test.c tries what is around them. */
#include "files.h"

#include "base/buf.h"
#include "exchange/exchange.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <zip.h>

#include <cmocka.h>

static const struct exchange_options russian = { "ru", "civil-code" };

static bool read_bytes(struct arena *a, const void *bytes, size_t size, struct exchange_set *ret,
		       struct err *e)
{
	return exchange_read(a, bytes, size, &russian, ret, e);
}

static const struct exchange_finding *finding(const struct exchange_set *s, const char *key)
{
	for (size_t i = 0; i < s->finding_count; i++) {
		if (strcmp(s->findings[i].key, key) == 0)
			return &s->findings[i];
	}
	return NULL;
}

/* ---- XML ------------------------------------------------------------------------------------- */

#define ANSWERS                                                                                    \
	"<answer fraction=\"100\"><text>a</text></answer>"                                         \
	"<answer fraction=\"0\"><text>b</text></answer>"
#define QUESTION(stem)                                                                             \
	"<question type=\"multichoice\"><questiontext><text>" stem                                 \
	"</text></questiontext>" ANSWERS "</question>"

static void test_xml(void **state)
{
	static const struct {
		const char *why, *text, *key;
	} row[] = {
		{ "a file by an entity",
		  "<!DOCTYPE quiz [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><quiz>" QUESTION(
			  "&x;") "</quiz>",
		  "exchange.error.dtd" },
		{ "an address by an entity",
		  "<!DOCTYPE quiz [<!ENTITY x SYSTEM \"http://127.0.0.1:1/\">]><quiz>&x;</quiz>",
		  "exchange.error.dtd" },
		{ "entities of parameters",
		  "<!DOCTYPE quiz [<!ENTITY % x SYSTEM \"file:///etc/passwd\">%x;]><quiz/>",
		  "exchange.error.dtd" },
		{ "a billion laughs",
		  "<!DOCTYPE quiz [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">"
		  "<!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\"><!ENTITY d \"&c;&c;&c;&c;&c;&c;&c;\">"
		  "<!ENTITY e \"&d;&d;&d;&d;&d;&d;&d;&d;\"><!ENTITY f \"&e;&e;&e;&e;&e;&e;&e;\">]>"
		  "<quiz>&f;</quiz>",
		  "exchange.error.xml" },
		{ "a DTD elsewhere", "<!DOCTYPE quiz SYSTEM \"http://127.0.0.1:1/q.dtd\"><quiz/>",
		  "exchange.error.dtd" },
		{ "a public DTD", "<!DOCTYPE quiz PUBLIC \"-//X//EN\" \"file:///x.dtd\"><quiz/>",
		  "exchange.error.dtd" },
		{ "an entity that nobody has declared", "<quiz>&nothing;</quiz>",
		  "exchange.error.xml" },
		{ "a sign that XML has not", "<quiz>&#1;</quiz>", "exchange.error.xml" },
		{ "an attribute twice", "<quiz a=\"1\" a=\"2\"/>", "exchange.error.xml" },
		{ "something after the end", "<quiz/><quiz/>", "exchange.error.xml" },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		CLEANUP(arena_cleanup) struct arena *a = arena_new();
		struct exchange_set set;
		struct err e = { 0 };
		if (read_bytes(a, row[i].text, strlen(row[i].text), &set, &e) ||
		    strcmp(e.key, row[i].key) != 0)
			fail_msg("%s: %s", row[i].why, e.key);
	}
}

/* Nothing is included; the words of the question are what stands there. */
static void test_include(void **state)
{
	static const char text[] = "<quiz xmlns:xi=\"http://www.w3.org/2001/XInclude\">" QUESTION(
		"Q<xi:include href=\"file:///etc/passwd\" parse=\"text\"/>") "</quiz>";
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct exchange_set set;
	struct err e = { 0 };
	(void)state;
	assert_true(read_bytes(a, text, strlen(text), &set, &e));
	assert_string_equal(set.items[0].ru.stem, "Q");
}

static void test_huge(void **state)
{
	enum { SIZE = 11 * 1000 * 1000, DEPTH = 300 };
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct buf huge = buf_on(a), deep = buf_on(a), wide = buf_on(a);
	struct exchange_set set;
	struct err e = { 0 };
	(void)state;
	char *x = arena_alloc(a, SIZE + 1);
	memset(x, 'x', SIZE);
	buf_print(&huge, "<quiz a=\"%s\"/>", x);
	assert_false(read_bytes(a, huge.text, huge.length, &set, &e));
	assert_string_equal(e.key, "exchange.error.xml");
	for (int i = 0; i < DEPTH; i++)
		buf_add(&deep, "<quiz>");
	err_clear(&e);
	assert_false(read_bytes(a, deep.text, deep.length, &set, &e));
	assert_string_equal(e.key, "exchange.error.xml");
	buf_print(&wide, "<quiz>" QUESTION("%.*s") "</quiz>", 20001, x);
	err_clear(&e);
	assert_true(read_bytes(a, wide.text, wide.length, &set, &e));
	assert_non_null(finding(&set, "exchange.long"));
	assert_true(set.items[0].bad);
}

/* HTML in a stem is a document of its own, with its own depth. */
static void test_html(void **state)
{
	enum { DEPTH = 5000 };
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct buf text = buf_on(a);
	struct exchange_set set;
	struct err e = { 0 };
	(void)state;
	buf_add(&text, "<quiz><question type=\"multichoice\"><questiontext><text><![CDATA[Q");
	for (int i = 0; i < DEPTH; i++)
		buf_add(&text, "<div><b>");
	buf_add(&text,
		"<script>steal()</script>]]></text></questiontext>" ANSWERS "</question></quiz>");
	assert_true(read_bytes(a, text.text, text.length, &set, &e));
	assert_string_equal(set.items[0].ru.stem, "Q");
}

/* ---- letters --------------------------------------------------------------------------------- */

#define TABLE(stem) "key,ru,ru_a,ru_b\na," stem ",1,2\n"

static void test_bytes(void **state)
{
	static const struct {
		const char *why, *text;
		size_t size; /* 0: of the text */
		const char *where;
	} row[] = {
		{ "Windows-1251", TABLE("\xcf\xf0\xe0\xe2\xee"), 0, "2: 0xCF" },
		{ "overlong", TABLE("x\xc0\xafy"), 0, "2: 0xC0" },
		{ "a surrogate", TABLE("\xed\xa0\x80"), 0, "2: 0xED" },
		{ "beyond the last letter", TABLE("\xf4\x90\x80\x80"), 0, "2: 0xF4" },
		{ "cut in a letter", "key,ru\na,\xd0", 0, "2: 0xD0" },
		{ "a zero byte", "key,ru\n\na,x\0y", 13, "3: 0x00" },
		{ "a zero byte in XML", "<quiz>\0</quiz>", 14, "1: 0x00" },
		{ "XML in Windows-1251",
		  "<?xml version=\"1.0\" encoding=\"windows-1251\"?>\n<quiz>\xcf</quiz>", 0,
		  "2: 0xCF" },
		{ "half a letter of UTF-16",
		  "\xff\xfe"
		  "a",
		  3, "UTF-16" },
		{ "a lonely surrogate in UTF-16", "\xff\xfe\x00\xd8\x61\x00", 6, "UTF-16" },
		{ "a zero in UTF-16", "\xfe\xff\x00\x61\x00\x00", 6, "UTF-16" },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		CLEANUP(arena_cleanup) struct arena *a = arena_new();
		struct exchange_set set;
		struct err e = { 0 };
		const size_t size = row[i].size ? row[i].size : strlen(row[i].text);
		if (read_bytes(a, row[i].text, size, &set, &e) ||
		    strcmp(e.key, "exchange.error.encoding") != 0 ||
		    strcmp(e.value, row[i].where) != 0)
			fail_msg("%s: %s %s", row[i].why, e.key, e.value);
	}
}

static void test_unseen(void **state)
{
	static const struct {
		const char *why, *text, *key, *detail, *stem; /* stem NULL: refused */
	} row[] = {
		{ "the direction turned round", TABLE("a\u202eb"), "exchange.bidi", "U+202E",
		  NULL },
		{ "an isolate", TABLE("a\u2066b\u2069"), "exchange.bidi", "U+2066", NULL },
		{ "a mark of direction", TABLE("a\u200fb"), "exchange.bidi", "U+200F", NULL },
		{ "a space without width", TABLE("пра\u200bво"), "exchange.invisible", "U+200B",
		  "право" },
		{ "a soft hyphen", TABLE("пра\u00adво"), "exchange.invisible", "U+00AD", "право" },
		{ "a byte order mark inside", TABLE("\ufeff право"), "exchange.invisible", "U+FEFF",
		  "право" },
		{ "nothing but that", TABLE("\u200b"), "exchange.empty", "", NULL },
		{ "a bell", TABLE("a\x07"), "exchange.encoding", "", NULL },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		CLEANUP(arena_cleanup) struct arena *a = arena_new();
		struct exchange_set set;
		struct err e = { 0 };
		assert_true(read_bytes(a, row[i].text, strlen(row[i].text), &set, &e));
		const struct exchange_finding *f = finding(&set, row[i].key);
		if (!f || strcmp(f->detail, row[i].detail) != 0 || f->line != 2 ||
		    set.items[0].bad != !row[i].stem)
			fail_msg("%s: %s", row[i].why, f ? f->detail : "nothing");
		if (row[i].stem)
			assert_string_equal(set.items[0].ru.stem, row[i].stem);
	}
}

/* Options that look alike are equal whatever they are made of. */
static void test_lookalike(void **state)
{
	static const char *const texts[] = { "key,ru,ru_a,ru_b\na,Q,й,и\u0306\n",
					     "key,ru,ru_a,ru_b\na,Q,да,ДА\n",
					     "key,ru,ru_a,ru_b\na,Q,да,д\u200bа\n",
					     "key,ru,ru_a,ru_b\na,Q,да,\u00a0да \n" };
	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		CLEANUP(arena_cleanup) struct arena *a = arena_new();
		struct exchange_set set;
		struct err e = { 0 };
		assert_true(read_bytes(a, texts[i], strlen(texts[i]), &set, &e));
		if (!finding(&set, "exchange.equal"))
			fail_msg("%s", texts[i]);
	}
}

/* ---- zips ------------------------------------------------------------------------------------ */

#define MANIFEST "<manifest><resources/></manifest>"

static char zeros[16 * 1024 * 1024];

static void test_names(void **state)
{
	static const struct {
		const char *why;
		struct entry entries[3];
		const char *key;
	} row[] = {
		{ "up", { { "a/../../x", "x", 0 }, { "b", "b", 0 } }, "exchange.error.name" },
		{ "up at the end", { { "a/..", "x", 0 }, { "b", "b", 0 } }, "exchange.error.name" },
		{ "absolute", { { "/etc/x", "x", 0 }, { "b", "b", 0 } }, "exchange.error.name" },
		{ "a drive", { { "c:x", "x", 0 }, { "b", "b", 0 } }, "exchange.error.name" },
		{ "a backslash", { { "a\\x", "x", 0 }, { "b", "b", 0 } }, "exchange.error.name" },
		{ "a line feed", { { "a\nx", "x", 0 }, { "b", "b", 0 } }, "exchange.error.name" },
		{ "one name in two cases",
		  { { "imsmanifest.xml", MANIFEST, 0 }, { "IMSManifest.xml", "x", 0 } },
		  "exchange.error.name" },
		{ "a ratio",
		  { { "imsmanifest.xml", MANIFEST, 0 }, { "x", zeros, sizeof(zeros) } },
		  "exchange.error.bomb" },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		CLEANUP(arena_cleanup) struct arena *a = arena_new();
		struct exchange_set set;
		struct err e = { 0 };
		size_t size = 0;
		const void *bytes = zip_of(a, row[i].entries, 2, &size);
		if (read_bytes(a, bytes, size, &set, &e) || strcmp(e.key, row[i].key) != 0)
			fail_msg("%s: %s", row[i].why, e.key);
	}
}

/* Two entries of one name: libzip does not write such, so a letter is changed in place. */
static void test_twice(void **state)
{
	static const struct entry entries[] = { { "item-1.xml", "x", 0 },
						{ "item-2.xml", "y", 0 } };
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct exchange_set set;
	struct err e = { 0 };
	size_t size = 0;
	(void)state;
	char *bytes = arena_alloc(a, 4096);
	const void *zip = zip_of(a, entries, COUNT(entries), &size);
	assert_true(size < 4096);
	memcpy(bytes, zip, size);
	for (char *at = memmem(bytes, size, "item-2", 6); at; at = memmem(bytes, size, "item-2", 6))
		at[5] = '1';
	assert_false(read_bytes(a, bytes, size, &set, &e));
	assert_string_equal(e.key, "exchange.error.zip"); /* libzip itself sees it */
}

/* A link is nothing that a package needs. */
static void test_link(void **state)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	zip_source_t *source = zip_source_buffer_create(NULL, 0, 0, NULL);
	zip_stat_t s;
	struct exchange_set set;
	struct err e = { 0 };
	(void)state;
	zip_source_keep(source);
	zip_t *zip = zip_open_from_source(source, ZIP_TRUNCATE, NULL);
	const zip_int64_t i = zip_file_add(zip, "imsmanifest.xml",
					   zip_source_buffer(zip, "/etc/passwd", 11, 0), 0);
	assert_true(i >= 0);
	assert_int_equal(zip_file_set_external_attributes(zip, (zip_uint64_t)i, 0, ZIP_OPSYS_UNIX,
							  0120777u << 16),
			 0);
	assert_int_equal(zip_close(zip), 0);
	assert_int_equal(zip_source_stat(source, &s), 0);
	char *bytes = arena_alloc(a, s.size);
	assert_int_equal(zip_source_open(source), 0);
	assert_int_equal(zip_source_read(source, bytes, s.size), (zip_int64_t)s.size);
	(void)zip_source_close(source);
	zip_source_free(source);
	assert_false(read_bytes(a, bytes, s.size, &set, &e));
	assert_string_equal(e.key, "exchange.error.name");
}

/* A hundred files of 4 MB, each within the ratio, are together too much; so is a zip in a zip: it
 * is a file like any other, which nobody opens. */
static void test_total(void **state)
{
	enum { FILES = 70, SIZE = 4 * 1024 * 1024 };
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	static struct entry entries[FILES];
	struct exchange_set set;
	struct err e = { 0 };
	size_t size = 0;
	char *noise = arena_alloc(a, SIZE);
	uint32_t seed = 7;
	(void)state;
	for (size_t i = 0; i < SIZE; i += 64) { /* one letter of 64 is hard to guess */
		seed = seed * 1664525u + 1013904223u;
		noise[i] = (char)(seed >> 24);
	}
	for (size_t i = 0; i < FILES; i++)
		entries[i] = (struct entry){ arena_print(a, "%zu", i), noise, SIZE };
	const void *bytes = zip_of(a, entries, FILES, &size);
	assert_false(read_bytes(a, bytes, size, &set, &e));
	assert_string_equal(e.key, "exchange.error.bomb");
	const struct entry nested[] = { { "imsmanifest.xml", MANIFEST, 0 },
					{ "x.zip", bytes, size } };
	bytes = zip_of(a, nested, COUNT(nested), &size);
	err_clear(&e);
	assert_false(read_bytes(a, bytes, size, &set, &e));
	assert_string_equal(e.key, "exchange.error.none");
}

static void test_many_entries(void **state)
{
	enum { FILES = 100000 };
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct entry *entries = arena_array(a, FILES, sizeof(*entries));
	struct exchange_set set;
	struct err e = { 0 };
	size_t size = 0;
	(void)state;
	for (size_t i = 0; i < FILES; i++)
		entries[i] = (struct entry){ arena_print(a, "%zu", i), "x", 1 };
	const void *bytes = zip_of(a, entries, FILES, &size);
	assert_false(read_bytes(a, bytes, size, &set, &e));
	assert_string_equal(e.key, "exchange.error.entries");
}

/* One byte of what is packed is another: told as damaged, not taken as it is. */
static void test_damaged(void **state)
{
	static const char item[] = "<assessmentItem identifier=\"x\"/>";
	static const struct entry entries[] = {
		{ "imsmanifest.xml",
		  "<manifest><resources><resource type=\"imsqti_item_xmlv2p2\" href=\"1.xml\"/>"
		  "</resources></manifest>",
		  0 },
		{ "1.xml", item, 0 },
	};
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct exchange_set set;
	struct err e = { 0 };
	size_t size = 0;
	(void)state;
	char *bytes = arena_alloc(a, 4096);
	const void *zip = zip_of(a, entries, COUNT(entries), &size);
	assert_true(size < 4096);
	memcpy(bytes, zip, size);
	char *name = memmem(bytes, size, "1.xml", 5);
	assert_non_null(name);
	name[5 + 12] ^= 0x40;
	assert_true(read_bytes(a, bytes, size, &set, &e));
	assert_non_null(finding(&set, "exchange.damaged"));
	assert_int_equal(set.item_count, 0);
	for (size_t cut = 4; cut < size; cut++) { /* cut anywhere: no zip any more */
		err_clear(&e);
		assert_false(read_bytes(a, bytes, cut, &set, &e));
		assert_string_equal(e.key, "exchange.error.zip");
	}
}

/* ---- packages -------------------------------------------------------------------------------- */

static void test_hrefs(void **state)
{
	static const char *const hrefs[] = { "../../etc/passwd",
					     "/etc/passwd",
					     "file:///etc/passwd",
					     "http://127.0.0.1:1/x",
					     "%2e%2e/%2e%2e/etc/passwd",
					     "1.XML",
					     "..\\x",
					     "" };
	(void)state;
	for (size_t i = 0; i < COUNT(hrefs); i++) {
		CLEANUP(arena_cleanup) struct arena *a = arena_new();
		struct exchange_set set;
		struct err e = { 0 };
		size_t size = 0;
		const struct entry entries[] = {
			{ "imsmanifest.xml",
			  arena_print(a,
				      "<manifest><resources><resource type=\"imsqti_item_x\""
				      " href=\"%s\"/></resources></manifest>",
				      hrefs[i]),
			  0 },
			{ "1.xml", "<assessmentItem/>", 0 },
		};
		const void *bytes = zip_of(a, entries, COUNT(entries), &size);
		assert_true(read_bytes(a, bytes, size, &set, &e));
		if (!finding(&set, "exchange.missing") || set.item_count != 0)
			fail_msg("%s", hrefs[i]);
	}
}

/* One package names one file a hundred thousand times: it is read no more often than questions may
 * be. */
static void test_same_file(void **state)
{
	enum { TIMES = 30000 };
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct buf manifest = buf_on(a);
	struct exchange_set set;
	struct err e = { 0 };
	size_t size = 0;
	(void)state;
	buf_add(&manifest, "<manifest><resources>");
	for (int i = 0; i < TIMES; i++)
		buf_print(&manifest, "<resource id=\"%u\" type=\"imsqti_item_x\" href=\"1.xml\"/>",
			  (unsigned)i * 2654435761u);
	buf_add(&manifest, "</resources></manifest>");
	const struct entry entries[] = { { "imsmanifest.xml", manifest.text, manifest.length },
					 { "1.xml", "<assessmentItem identifier=\"x\"/>", 0 } };
	const void *bytes = zip_of(a, entries, COUNT(entries), &size);
	assert_false(read_bytes(a, bytes, size, &set, &e));
	assert_string_equal(e.key, "exchange.error.many");
}

/* ---- how many -------------------------------------------------------------------------------- */

static void test_many_items(void **state)
{
	static const struct {
		int count;
		const char *key; /* NULL: read */
	} row[] = { { EXCHANGE_ITEMS_MOST, NULL },
		    { EXCHANGE_ITEMS_MOST + 1, "exchange.error.many" } };
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		CLEANUP(arena_cleanup) struct arena *a = arena_new();
		struct buf text = buf_on(a);
		struct exchange_set set;
		struct err e = { 0 };
		for (int k = 0; k < row[i].count; k++)
			buf_add(&text, "Q?\nA. a\nB. b\nANSWER: A\n");
		const bool ok = read_bytes(a, text.text, text.length, &set, &e);
		assert_int_equal(ok, !row[i].key);
		if (ok)
			assert_int_equal(set.item_count, EXCHANGE_ITEMS_MOST);
		else
			assert_string_equal(e.key, row[i].key);
	}
}

static void test_many_findings(void **state)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct buf text = buf_on(a);
	struct exchange_set set;
	struct err e = { 0 };
	(void)state;
	for (int i = 0; i <= EXCHANGE_FINDINGS_MOST; i++)
		buf_add(&text, "ANSWER: A\n");
	assert_false(read_bytes(a, text.text, text.length, &set, &e));
	assert_string_equal(e.key, "exchange.error.findings");
}

/* ---- workbooks ------------------------------------------------------------------------------- */

#define BOOK                                                                                       \
	{                                                                                          \
		"xl/workbook.xml",                                                                 \
			"<workbook xmlns:r=\"r\"><sheets><sheet name=\"S\" "                       \
			"r:id=\"1\"/></sheets></workbook>",                                        \
			0                                                                          \
	}
#define RELATION(target)                                                                           \
	{                                                                                          \
		"xl/_rels/workbook.xml.rels",                                                      \
			"<Relationships><Relationship Id=\"1\" Target=\"" target                   \
			"\"/></Relationships>",                                                    \
			0                                                                          \
	}
#define SHEET(rows)                                                                                \
	{                                                                                          \
		"xl/s.xml", "<worksheet><sheetData>" rows "</sheetData></worksheet>", 0            \
	}
#define HEAD                                                                                       \
	"<row><c t=\"str\"><v>key</v></c><c t=\"str\"><v>ru</v></c>"                               \
	"<c t=\"str\"><v>ru_a</v></c><c t=\"str\"><v>ru_b</v></c></row>"

static void test_workbooks(void **state)
{
	static const struct {
		const char *why;
		struct entry entries[3];
		const char *key;
	} row[] = {
		{ "a sheet that is not there",
		  { BOOK, RELATION("none.xml"), SHEET(HEAD) },
		  "exchange.error.workbook" },
		{ "a sheet elsewhere",
		  { BOOK, RELATION("http://127.0.0.1:1/s.xml"), SHEET(HEAD) },
		  "exchange.error.workbook" },
		{ "a sheet above",
		  { BOOK, RELATION("../../etc/passwd"), SHEET(HEAD) },
		  "exchange.error.workbook" },
		{ "no names",
		  { BOOK, RELATION("s.xml"), SHEET("<row><c><v>1</v></c></row>") },
		  "exchange.error.head" },
		{ "a sheet that breaks off",
		  { BOOK, RELATION("s.xml"), { "xl/s.xml", "<worksheet><sheetData>" HEAD, 0 } },
		  "exchange.error.workbook" },
		{ "entities",
		  { BOOK,
		    RELATION("s.xml"),
		    { "xl/s.xml",
		      "<!DOCTYPE w [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><worksheet>"
		      "<sheetData>" HEAD "</sheetData></worksheet>",
		      0 } },
		  "exchange.error.workbook" },
		{ "nothing but names",
		  { BOOK, RELATION("s.xml"), SHEET(HEAD) },
		  "exchange.error.none" },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		CLEANUP(arena_cleanup) struct arena *a = arena_new();
		struct exchange_set set;
		struct err e = { 0 };
		size_t size = 0;
		const void *bytes = zip_of(a, row[i].entries, 3, &size);
		if (read_bytes(a, bytes, size, &set, &e) || strcmp(e.key, row[i].key) != 0)
			fail_msg("%s: %s", row[i].why, e.key);
	}
}

/* A text that is not there, a column beyond all, a row of no number: cells are empty, not wrong. */
static void test_cells(void **state)
{
	static const struct entry entries[] = {
		BOOK, RELATION("s.xml"),
		SHEET(HEAD
		      "<row r=\"-5\"><c t=\"s\"><v>99999999999999999999</v></c>"
		      "<c r=\"ZZZZZZZZ9\" t=\"str\"><v>x</v></c><c r=\"B9\" t=\"str\"><v>Q</v></c>"
		      "<c t=\"str\"><v>a</v></c><c><v>1e999</v></c></row>")
	};
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct exchange_set set;
	struct err e = { 0 };
	size_t size = 0;
	(void)state;
	const void *bytes = zip_of(a, entries, COUNT(entries), &size);
	assert_true(read_bytes(a, bytes, size, &set, &e));
	assert_int_equal(set.item_count, 1);
	assert_non_null(finding(&set, "exchange.key_none"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_xml),           cmocka_unit_test(test_include),
		cmocka_unit_test(test_huge),          cmocka_unit_test(test_html),
		cmocka_unit_test(test_bytes),         cmocka_unit_test(test_unseen),
		cmocka_unit_test(test_lookalike),     cmocka_unit_test(test_names),
		cmocka_unit_test(test_twice),         cmocka_unit_test(test_link),
		cmocka_unit_test(test_total),         cmocka_unit_test(test_many_entries),
		cmocka_unit_test(test_damaged),       cmocka_unit_test(test_hrefs),
		cmocka_unit_test(test_same_file),     cmocka_unit_test(test_many_items),
		cmocka_unit_test(test_many_findings), cmocka_unit_test(test_workbooks),
		cmocka_unit_test(test_cells),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
