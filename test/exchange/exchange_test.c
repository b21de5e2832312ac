/* Files as other systems write them, and as nobody should (F26, F27). */
#include "files.h"

#include "base/buf.h"
#include "exchange/exchange.h"
#include "exchange/reader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct exchange_options russian = { "ru", "civil-code" };

static struct exchange_set read_ok(struct arena *a, const char *text)
{
	struct exchange_set set;
	struct err e = { 0 };
	if (!exchange_read(a, text, strlen(text), &russian, &set, &e))
		fail_msg("%s: %s", e.key, e.detail);
	return set;
}

static size_t good(const struct exchange_set *s)
{
	size_t count = 0;
	for (size_t i = 0; i < s->item_count; i++)
		count += !s->items[i].bad;
	return count;
}

static bool has_finding(const struct exchange_set *s, const char *key, int line)
{
	for (size_t i = 0; i < s->finding_count; i++) {
		if (strcmp(s->findings[i].key, key) == 0 && s->findings[i].line == line)
			return true;
	}
	return false;
}

/* ---- one right question in each dialect ------------------------------------------------------ */

#define MOODLE_BEGIN "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<quiz>\n"
#define MOODLE_ANSWERS                                                                             \
	"<answer fraction=\"0\" format=\"html\"><text>один</text></answer>"                    \
	"<answer fraction=\"100\" format=\"html\"><text><![CDATA[<p>два</p>]]></text></answer>" \
	"<answer fraction=\"0\"><text>три &amp;amp; четыре</text></answer>"
#define MOODLE_GOOD                                                                                   \
	"<question type=\"multichoice\"><name><text>civ-1</text></name>"                              \
	"<questiontext format=\"html\"><text><![CDATA[<p>Сколько<br>будет?</p>]]></text>" \
	"</questiontext><single>true</single>" MOODLE_ANSWERS "</question>\n"

#define QTI2(lang, stem, a, b)                                                                     \
	"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"                                             \
	"<assessmentItem xmlns=\"http://www.imsglobal.org/xsd/imsqti_v2p2\" identifier=\"civ-1\""  \
	" title=\"x\" adaptive=\"false\" timeDependent=\"false\" xml:lang=\"" lang "\">\n"         \
	"<responseDeclaration identifier=\"RESPONSE\" cardinality=\"single\""                      \
	" baseType=\"identifier\"><correctResponse><value>B</value></correctResponse>"             \
	"</responseDeclaration>\n<itemBody><p>" stem "</p><choiceInteraction"                      \
	" responseIdentifier=\"RESPONSE\" shuffle=\"true\" maxChoices=\"1\"><prompt>?</prompt>"    \
	"<simpleChoice identifier=\"" a "\">" a "</simpleChoice><simpleChoice identifier=\"" b     \
	"\">" b "</simpleChoice></choiceInteraction></itemBody></assessmentItem>\n"

#define QTI3                                                                                       \
	"<qti-assessment-item xmlns=\"http://www.imsglobal.org/xsd/imsqtiasi_v3p0\""               \
	" identifier=\"civ-1\" title=\"x\" adaptive=\"false\" time-dependent=\"false\""            \
	" xml:lang=\"kk-KZ\"><qti-response-declaration identifier=\"RESPONSE\""                    \
	" cardinality=\"single\" base-type=\"identifier\"><qti-correct-response>"                  \
	"<qti-value>B</qti-value></qti-correct-response></qti-response-declaration>"               \
	"<qti-item-body><qti-choice-interaction response-identifier=\"RESPONSE\""                  \
	" max-choices=\"1\"><qti-prompt>Сұрақ?</qti-prompt>"                                  \
	"<qti-simple-choice identifier=\"A\">бір</qti-simple-choice>"                           \
	"<qti-simple-choice identifier=\"B\">екі</qti-simple-choice>"                           \
	"</qti-choice-interaction></qti-item-body></qti-assessment-item>"

#define CSV_HEAD "code,act,article,text_date,key,enemies,kk,kk_a,kk_b,ru,ru_a,ru_b\n"

static void test_dialects(void **state)
{
	static const struct {
		const char *why, *text;
		enum exchange_format format;
		const char *code, *kk, *ru; /* NULL: missing */
		int options, answer;
	} row[] = {
		{ "Aiken", "Вопрос?\nвторая строка\nA. один\nB. два\nANSWER: B\n", EXCHANGE_AIKEN,
		  "", NULL, "Вопрос?\nвторая строка", 2, 1 },
		{ "Aiken with brackets, CR LF and a mark",
		  "\xef\xbb\xbfQ?\r\nA) один\r\nB) два\r\nANSWER: A\r\n", EXCHANGE_AIKEN, "", NULL,
		  "Q?", 2, 0 },
		{ "GIFT",
		  "// c\n::civ-1:: [html]<b>Вопрос</b>\\:?{ ~один #почти\n =два ~%0%три }\n",
		  EXCHANGE_GIFT, "civ-1", NULL, "Вопрос:?", 3, 1 },
		{ "Moodle", MOODLE_BEGIN MOODLE_GOOD "</quiz>", EXCHANGE_MOODLE, "civ-1", NULL,
		  "Сколько\nбудет?", 3, 1 },
		{ "Moodle in two languages",
		  MOODLE_BEGIN
		  "<question type=\"multichoice\"><idnumber>civ-1</idnumber><questiontext>"
		  "<text>&lt;span lang=\"kk\" class=\"multilang\"&gt;Сұрақ?&lt;/span&gt;&lt;span "
		  "lang=\"ru\" class=\"multilang\"&gt;Вопрос?&lt;/span&gt;</text></questiontext>"
		  "<answer fraction=\"100\"><text>{mlang kk}бір{mlang}{mlang ru}один{mlang}</text>"
		  "</answer><answer fraction=\"0\"><text>{mlang kk}екі{mlang}{mlang ru}два{mlang}"
		  "</text></answer></question></quiz>",
		  EXCHANGE_MOODLE, "civ-1", "Сұрақ?", "Вопрос?", 2, 0 },
		{ "QTI 2.2", QTI2("ru", "Вопрос", "A", "B"), EXCHANGE_QTI, "civ-1", NULL,
		  "Вопрос\n?", 2, 1 },
		{ "QTI 3", QTI3, EXCHANGE_QTI, "civ-1", "Сұрақ?", NULL, 2, 1 },
		{ "CSV",
		  CSV_HEAD
		  "civ-1,,15,2025-05-01,b,,Сұрақ?,бір,екі,\"Во\n\"\"прос\"\"?\",один,два\n",
		  EXCHANGE_CSV, "civ-1", "Сұрақ?", "Во\n\"прос\"?", 2, 1 },
		{ "CSV with semicolons", "code;key;ru;ru_a;ru_b\nciv-1;A;Вопрос?;один;два\n",
		  EXCHANGE_CSV, "civ-1", NULL, "Вопрос?", 2, 0 },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		struct arena *a = arena_new();
		const struct exchange_set s = read_ok(a, row[i].text);
		const struct exchange_item *item = &s.items[0];
		if (s.item_count != 1 || item->bad || s.format != row[i].format)
			fail_msg("%s: %zu items, %s", row[i].why, s.item_count,
				 s.finding_count ? s.findings[0].key : "");
		assert_string_equal(item->code, row[i].code);
		assert_string_equal(item->kk.stem ? item->kk.stem : "(none)",
				    row[i].kk ? row[i].kk : "(none)");
		assert_string_equal(item->ru.stem ? item->ru.stem : "(none)",
				    row[i].ru ? row[i].ru : "(none)");
		assert_int_equal(item->options, row[i].options);
		assert_int_equal(item->answer, row[i].answer);
		arena_free(a);
	}
}

/* What Excel calls "Unicode text": UTF-16 of either order, cells between tabs. */
static void test_utf16(void **state)
{
	static const char *const text = "code\tKey\tru\tru_a\tru_b\r\nx\tb\tӘҒҚ?\tодин\tдва\r\n";
	(void)state;
	for (int big = 0; big < 2; big++) {
		CLEANUP(arena_cleanup) struct arena *a = arena_new();
		struct buf wide = buf_on(a);
		struct exchange_set s;
		struct err e = { 0 };
		buf_add_n(&wide, big ? "\xfe\xff" : "\xff\xfe", 2);
		for (size_t at = 0; text[at];) {
			const int32_t c = door_next(text, strlen(text), &at);
			const char unit[] = { (char)(c >> 8), (char)c };
			buf_add_char(&wide, unit[big ? 0 : 1]);
			buf_add_char(&wide, unit[big ? 1 : 0]);
		}
		assert_true(exchange_read(a, wide.text, wide.length, &russian, &s, &e));
		assert_int_equal(s.item_count, 1);
		assert_string_equal(s.items[0].ru.stem, "ӘҒҚ?");
		assert_int_equal(s.items[0].answer, 1);
		assert_int_equal(s.items[0].line, 2);
	}
}

/* A letter and its accent come together, whatever file they came in. */
static void test_normal_form(void **state)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	const struct exchange_set s =
		read_ok(a, "Мои\u0306 вопрос?\r\nA. е\u0308ж\r\nB. два\r\nANSWER: A\r\n");
	(void)state;
	assert_string_equal(s.items[0].ru.stem, "Мой вопрос?");
	assert_string_equal(s.items[0].ru.option[0], "ёж");
}

/* ---- what cannot be taken over is told, with its line ---------------------------------------- */

static void test_findings(void **state)
{
	static const struct {
		const char *why, *text, *key;
		int line;
		size_t good;
	} row[] = {
		{ "Aiken without a key", "Q?\nA. a\nB. b\n\nNext?\nA. a\nB. b\nANSWER: A\n",
		  "exchange.key_none", 5, 1 },
		{ "Aiken with a key that is no option", "Q?\nA. a\nB. b\nANSWER: C\n",
		  "exchange.key_none", 4, 0 },
		{ "equal options", "Q?\nA. a\nB. A\nANSWER: A\n", "exchange.equal", 1, 0 },
		{ "one option", "Q?\nA. a\nANSWER: A\n", "exchange.options_few", 1, 0 },
		{ "GIFT: true or false", "::a:: Q {TRUE}\n::b:: Q2? {=a ~b}\n",
		  "exchange.unsupported", 1, 1 },
		{ "GIFT: essay", "Q {}\n", "exchange.unsupported", 1, 0 },
		{ "GIFT: two right ones", "\nQ? {=a =b ~c}\n", "exchange.keys", 2, 0 },
		{ "GIFT: matching", "Q? {=a -> b =c -> d}\n", "exchange.unsupported", 1, 0 },
		{ "GIFT: braces left open", "Q? {=a ~b", "exchange.syntax", 1, 0 },
		{ "a code twice", "::a:: Q? {=a ~b}\n\n::a:: P? {=a ~b}\n", "exchange.twice", 3,
		  1 },
		{ "Moodle: essay",
		  MOODLE_BEGIN "<question type=\"essay\"></question>\n" MOODLE_GOOD "</quiz>",
		  "exchange.unsupported", 3, 1 },
		{ "Moodle: several right",
		  MOODLE_BEGIN "<question type=\"multichoice\"><questiontext><text>Q</text>"
			       "</questiontext>\n<answer fraction=\"50\"><text>a</text></answer>\n"
			       "<answer fraction=\"50\"><text>b</text></answer></question></quiz>",
		  "exchange.keys", 4, 0 },
		{ "Moodle: a picture",
		  MOODLE_BEGIN
		  "<question type=\"multichoice\"><questiontext><text>&lt;img src=\"x\"&gt;Q"
		  "</text></questiontext>" MOODLE_ANSWERS "</question></quiz>",
		  "exchange.media", 3, 0 },
		{ "QTI: text entry",
		  "<assessmentItem identifier=\"x\"><itemBody><p><textEntryInteraction"
		  " responseIdentifier=\"R\"/></p></itemBody></assessmentItem>",
		  "exchange.unsupported", 1, 0 },
		{ "QTI: two options of the right name", QTI2("ru", "Q", "B", "B"), "exchange.keys",
		  4, 0 },
		{ "CSV: one language has more options", CSV_HEAD "a,,1,,a,,K?,a,,R?,a,b\n",
		  "exchange.pairs", 2, 0 },
		{ "CSV: a date that is none", CSV_HEAD "a,,1,2025-02-30,a,,K?,a,b,R?,a,b\n",
		  "exchange.date", 2, 0 },
		{ "a language is missing: told, and taken", "Q?\nA. a\nB. b\nANSWER: A\n",
		  "exchange.language", 1, 1 },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		struct arena *a = arena_new();
		const struct exchange_set s = read_ok(a, row[i].text);
		if (!has_finding(&s, row[i].key, row[i].line) || good(&s) != row[i].good)
			fail_msg("%s: %zu good, %s in line %d", row[i].why, good(&s),
				 s.finding_count ? s.findings[0].key : "nothing",
				 s.finding_count ? s.findings[0].line : 0);
		arena_free(a);
	}
}

/* ---- whole files that are refused ------------------------------------------------------------ */

static void test_refused(void **state)
{
	static const struct {
		const char *why, *text, *key;
	} row[] = {
		{ "nothing", "", "exchange.error.head" },
		{ "some prose", "Hello there", "exchange.error.head" },
		{ "broken XML", "<quiz><question>", "exchange.error.xml" },
		{ "another document", "<html></html>", "exchange.error.format" },
		{ "an entity",
		  "<!DOCTYPE quiz [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><quiz>&x;</quiz>",
		  "exchange.error.dtd" },
		{ "many laughs",
		  "<!DOCTYPE quiz [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;\">]><quiz>&b;</quiz>",
		  "exchange.error.dtd" },
		{ "a quiz without questions", "<quiz></quiz>", "exchange.error.none" },
		{ "no zip", "PK\3\4 not really", "exchange.error.zip" },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		struct arena *a = arena_new();
		struct exchange_set set;
		struct err e = { 0 };
		if (exchange_read(a, row[i].text, strlen(row[i].text), &russian, &set, &e) ||
		    strcmp(e.key, row[i].key) != 0 || strcmp(e.field, "file") != 0)
			fail_msg("%s: %s", row[i].why, e.key);
		arena_free(a);
	}
}

static void test_deep(void **state)
{
	enum { DEPTH = 100 };
	struct arena *a = arena_new();
	const char *text = "";
	struct exchange_set set;
	struct err e = { 0 };
	(void)state;
	for (int i = 0; i < DEPTH; i++)
		text = arena_print(a, "<quiz>%s</quiz>", text);
	assert_false(exchange_read(a, text, strlen(text), &russian, &set, &e));
	assert_string_equal(e.key, "exchange.error.depth");
	arena_free(a);
}

/* ---- packages -------------------------------------------------------------------------------- */

#define MANIFEST(resources)                                                                        \
	"<manifest xmlns=\"http://www.imsglobal.org/xsd/imscp_v1p1\"><resources>" resources        \
	"</resources></manifest>"
#define RESOURCE(href)                                                                             \
	"<resource identifier=\"r\" type=\"imsqti_item_xmlv2p2\" href=\"" href "\"><metadata>"     \
	"<question xmlns=\"urn:konkurs:item:1\" act=\"criminal-code\" article=\"7\""               \
	" text-date=\"2025-05-01\" enemies=\"civ-2\"/></metadata></resource>"

/* Two languages of one item, the second with its options in another order. */
static void test_package(void **state)
{
	static const struct entry entries[] = {
		{ "imsmanifest.xml",
		  MANIFEST(RESOURCE("items/1.kk.xml") RESOURCE(
			  "items/1.ru.xml") "<resource type=\"webcontent\" href=\"x.css\"/>"),
		  0 },
		{ "items/1.kk.xml", QTI2("kk", "Сұрақ", "A", "B"), 0 },
		{ "items/1.ru.xml", QTI2("ru", "Вопрос", "B", "A"), 0 },
	};
	struct arena *a = arena_new();
	struct exchange_set s;
	struct err e = { 0 };
	size_t size = 0;
	(void)state;
	const void *bytes = zip_of(a, entries, COUNT(entries), &size);
	assert_true(exchange_read(a, bytes, size, &russian, &s, &e));
	assert_int_equal(s.item_count, 1);
	assert_int_equal(s.finding_count, 0);
	assert_string_equal(s.items[0].kk.option[1], "B");
	assert_string_equal(s.items[0].ru.option[1], "B"); /* put in order */
	assert_int_equal(s.items[0].answer, 1);
	assert_string_equal(s.items[0].act, "criminal-code");
	assert_string_equal(s.items[0].article, "7");
	assert_true(s.items[0].dated);
	arena_free(a);
}

static void test_bad_packages(void **state)
{
	static char zeros[4 * 1024 * 1024];
	static const struct {
		const char *why;
		struct entry entries[2];
		const char *key;
	} row[] = {
		{ "no manifest",
		  { { "a.xml", "<a/>", 0 }, { "b.xml", "<b/>", 0 } },
		  "exchange.error.manifest" },
		{ "a way out",
		  { { "imsmanifest.xml", MANIFEST(""), 0 }, { "../x", "x", 0 } },
		  "exchange.error.name" },
		{ "an absolute name",
		  { { "imsmanifest.xml", MANIFEST(""), 0 }, { "/etc/x", "x", 0 } },
		  "exchange.error.name" },
		{ "a name with a backslash",
		  { { "imsmanifest.xml", MANIFEST(""), 0 }, { "..\\x", "x", 0 } },
		  "exchange.error.name" },
		{ "a bomb",
		  { { "imsmanifest.xml", MANIFEST(""), 0 }, { "x", zeros, sizeof(zeros) } },
		  "exchange.error.bomb" },
		{ "a manifest with entities",
		  { { "imsmanifest.xml", "<!DOCTYPE m [<!ENTITY x \"y\">]><m/>", 0 },
		    { "x", "x", 0 } },
		  "exchange.error.dtd" },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		struct arena *a = arena_new();
		struct exchange_set s;
		struct err e = { 0 };
		size_t size = 0;
		const void *bytes = zip_of(a, row[i].entries, 2, &size);
		if (exchange_read(a, bytes, size, &russian, &s, &e) ||
		    strcmp(e.key, row[i].key) != 0)
			fail_msg("%s: %s", row[i].why, e.key);
		arena_free(a);
	}
}

/* A resource that is not there, or leads out, is a finding; the others are read. */
static void test_resources(void **state)
{
	static const struct entry entries[] = {
		{ "imsmanifest.xml",
		  MANIFEST(RESOURCE("../../etc/passwd") RESOURCE("none.xml") RESOURCE("1.xml")),
		  0 },
		{ "1.xml", QTI2("ru", "Вопрос", "A", "B"), 0 },
	};
	struct arena *a = arena_new();
	struct exchange_set s;
	struct err e = { 0 };
	size_t size = 0;
	(void)state;
	const void *bytes = zip_of(a, entries, COUNT(entries), &size);
	assert_true(exchange_read(a, bytes, size, &russian, &s, &e));
	assert_int_equal(s.item_count, 1);
	assert_true(has_finding(&s, "exchange.missing", 0));
	assert_int_equal(s.finding_count, 3); /* and the language that is missing */
	arena_free(a);
}

/* Every file cut at every place, and with every byte changed: refused or read, never worse. */
static void test_cut(void **state)
{
	static const char *const files[] = { QTI3, MOODLE_BEGIN MOODLE_GOOD "</quiz>",
					     "::civ-1:: Q\\:?{ ~a #b\n =c ~%0%d }\n",
					     CSV_HEAD "a,,1,,a,,K?,\"a\",b,R?,a,b\n",
					     "Q?\nA. a\nB. b\nANSWER: A\n" };
	(void)state;
	for (size_t i = 0; i < COUNT(files); i++) {
		const size_t size = strlen(files[i]);
		char *copy = malloc(size + 1);
		for (size_t cut = 0; cut < size; cut++) {
			struct arena *a = arena_new();
			struct exchange_set s;
			struct err e = { 0 };
			int read = exchange_read(a, files[i], cut, &russian, &s, &e);
			memcpy(copy, files[i], size + 1);
			copy[cut] = (char)(copy[cut] ^ 0x15);
			read += exchange_read(a, copy, size, &russian, &s, &e);
			assert_in_range(read, 0, 2);
			arena_free(a);
		}
		free(copy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dialects),    cmocka_unit_test(test_utf16),
		cmocka_unit_test(test_normal_form), cmocka_unit_test(test_findings),
		cmocka_unit_test(test_refused),     cmocka_unit_test(test_deep),
		cmocka_unit_test(test_package),     cmocka_unit_test(test_bad_packages),
		cmocka_unit_test(test_resources),   cmocka_unit_test(test_cut),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
