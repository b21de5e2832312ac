/* Text at the door, and the Kazakh alphabet (rules.md 6). */
#include "base_test.h"

#include "base/text.h"

static int set_up(void **state)
{
	*state = arena_new();
	return 0;
}

static int tear_down(void **state)
{
	arena_free(*state);
	return 0;
}

/* ---- the door -------------------------------------------------------------------------- */

struct bytes {
	const char *bytes;
	size_t size;
};
#define BYTES(literal)                                                                             \
	{                                                                                          \
		literal, sizeof(literal) - 1                                                       \
	}

static void test_valid(void **state)
{
	static const struct {
		const char *why;
		struct bytes text;
		bool want;
	} row[] = {
		{ "nothing", BYTES(""), true },
		{ "Kazakh", BYTES("Әділет өңірі, үкім, ұсынымхат, қызмет, ғылым, һәм, ішкі"),
		  true },
		{ "Latin script is planned", BYTES("Ádilet öñiri, úkim, ğylym"), true },
		{ "line ends and tabs", BYTES("a\tb\nc\r\nd"), true },
		{ "a no-break space",
		  BYTES("a\xc2\xa0"
			"b"),
		  true },
		{ "four bytes", BYTES("\xf0\x9f\x99\x82"), true },
		{ "the last character of all", BYTES("\xf4\x8f\xbf\xbf"), true },
		{ "NUL", BYTES("a\0b"), false },
		{ "escape", BYTES("\x1b[31m"), false },
		{ "bell", BYTES("\a"), false },
		{ "delete", BYTES("\x7f"), false },
		{ "the first of the upper control characters", BYTES("\xc2\x80"), false },
		{ "next line", BYTES("a\xc2\x85"), false },
		{ "the last of them", BYTES("\xc2\x9f"), false },
		{ "half a Kazakh letter", BYTES("\xd3"), false },
		{ "half a letter of the control characters' kind", BYTES("a\xc2"), false },
		{ "half a letter before another",
		  BYTES("\xd3"
			"a"),
		  false },
		{ "a second half alone", BYTES("\x99"), false },
		{ "two bytes for an ASCII letter", BYTES("\xc1\xa1"), false },
		{ "three bytes for a slash", BYTES("\xe0\x80\xaf"), false },
		{ "NUL in two bytes", BYTES("\xc0\x80"), false },
		{ "half of a surrogate pair", BYTES("\xed\xa0\x80"), false },
		{ "above the last character", BYTES("\xf4\x90\x80\x80"), false },
		{ "five bytes", BYTES("\xf8\x88\x80\x80\x80"), false },
		{ "Windows-1251", BYTES("\xcf\xf0\xe8\xea\xe0\xe7"), false },
		{ "UTF-16", BYTES("\xff\xfe\x10\x04"), false },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		if (text_valid(row[i].text.bytes, row[i].text.size) != row[i].want)
			fail_msg("%s", row[i].why);
	}
	assert_true(text_valid(NULL, 0));
	assert_false(text_valid("a", (size_t)INT32_MAX + 1)); /* refused before it is read */
}

static void test_accept(void **state)
{
	static const struct {
		const char *why, *text, *want;
	} row[] = {
		{ "as it is", "Қызмет нәтижелері", "Қызмет нәтижелері" },
		{ "short i in two characters is one", "Туйме\xcc\x86", "Туймӗ" },
		{ "й from и and a breve", "и\xcc\x86", "й" },
		{ "ё from е and two dots", "е\xcc\x88", "ё" },
		{ "Latin from base and mark", "n\xcc\x83o\xcc\x88", "ñö" },
		{ "the Kelvin sign is a K", "\xe2\x84\xaa", "K" },
		{ "ligatures stay: NFC, not NFKC", "\xef\xac\x81", "\xef\xac\x81" },
		{ "spaces around", "  \t Ерлан \n ", "Ерлан" },
		{ "inside they stay", "Ерлан  Б.", "Ерлан  Б." },
		{ "only spaces", " \t\r\n ", "" },
		{ "no-break spaces are no name", "\xc2\xa0\xc2\xa0", "" },
		{ "nor is the ideographic one", "\xe3\x80\x80Ерлан\xe2\x80\x89", "Ерлан" },
		{ "a line end of Windows", "а\r\nб\r\n\r\nв", "а\nб\n\nв" },
		{ "CR alone parts words as well", "а\rб", "а\nб" },
		{ "CR before CR LF", "а\r\r\nб", "а\n\nб" },
		{ "outside the first plane", "\xf0\x9f\x99\x82", "\xf0\x9f\x99\x82" },
		{ "nothing", "", "" },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		const char *got = NULL;
		struct err e = { 0 };
		if (!text_accept(*state, row[i].text, strlen(row[i].text), &got, &e) ||
		    strcmp(got, row[i].want) != 0)
			fail_msg("%s: '%s'", row[i].why, got ? got : "refused");
		const char *again = NULL;
		assert_true(text_accept(*state, got, strlen(got), &again, &e));
		assert_string_equal(again, got);
	}
}

static void test_refused_at_the_door(void **state)
{
	const char *text = "untouched";
	struct err e = { 0 };
	assert_false(text_accept(*state, "\xcf\xf0\xe8", 3, &text, &e));
	assert_int_equal(e.kind, ERR_INPUT);
	assert_string_equal(e.key, "error.text.encoding");
	assert_string_equal(text, "untouched");
	assert_false(text_accept(*state, "a\0b", 3, &text, NULL));
	assert_true(text_accept(*state, "abc", 2, &text, &e)); /* the size decides */
	assert_string_equal(text, "ab");
}

static void test_length(void **state)
{
	(void)state;
	assert_int_equal(text_length(""), 0);
	assert_int_equal(text_length("abc"), 3);
	assert_int_equal(text_length("Әділет"), 6);
	assert_int_equal(text_length("\xf0\x9f\x99\x82!"), 2);
}

static void test_fold(void **state)
{
	static const struct {
		const char *why, *text, *want;
	} row[] = {
		{ "ASCII", "Konkurs 118", "konkurs 118" },
		{ "every Kazakh capital", "ӘҒҚҢӨҰҮҺІ", "әғқңөұүһі" },
		{ "every Russian capital", "АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ",
		  "абвгдежзийклмнопрстуфхцчшщъыьэюя" },
		{ "ё is searched as е", "Ёлкин, Семён", "елкин, семен" },
		{ "and in two characters too", "Семе\xcc\x88н", "семен" },
		{ "Kazakh letters stay themselves", "Қара", "қара" },
		{ "Latin letters with marks stay themselves", "ÁÖÑ", "áöñ" },
		{ "nothing", "", "" },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		const char *got = text_fold(*state, row[i].text);
		if (strcmp(got, row[i].want) != 0)
			fail_msg("%s: %s", row[i].why, got);
	}
	assert_string_not_equal(text_fold(*state, "ҚАРА"), text_fold(*state, "кара"));
}

/* ---- order ----------------------------------------------------------------------------- */

static const char *const alphabet[] = {
	"а", "ә", "б", "в", "г", "ғ", "д", "е", "ё", "ж", "з", "и", "й", "к",
	"қ", "л", "м", "н", "ң", "о", "ө", "п", "р", "с", "т", "у", "ұ", "ү",
	"ф", "х", "һ", "ц", "ч", "ш", "щ", "ъ", "ы", "і", "ь", "э", "ю", "я",
};

static int order(struct arena *a, const char *x, const char *y)
{
	return strcmp(text_sort_key(a, x), text_sort_key(a, y));
}

/* A letter outweighs all that follows it: "ая" stands before "әа". */
static void test_alphabet(void **state)
{
	assert_int_equal(COUNT(alphabet), 42);
	for (size_t i = 0; i + 1 < COUNT(alphabet); i++) {
		const char *word = arena_print(*state, "%sя", alphabet[i]);
		const char *next = arena_print(*state, "%sа", alphabet[i + 1]);
		if (order(*state, alphabet[i], alphabet[i + 1]) >= 0)
			fail_msg("%s is not before %s", alphabet[i], alphabet[i + 1]);
		if (order(*state, word, next) >= 0)
			fail_msg("%s is not before %s", word, next);
	}
}

/* Why there are keys at all: the order of code points is another one. */
static void test_code_points_are_wrong(void **state)
{
	size_t wrong = 0;
	(void)state;
	for (size_t i = 0; i + 1 < COUNT(alphabet); i++)
		wrong += strcmp(alphabet[i], alphabet[i + 1]) > 0;
	assert_true(wrong >= 9);
	assert_true(strcmp("Әлия", "Яна") > 0);
	assert_true(order(*state, "Әлия", "Яна") < 0);
}

static void test_names(void **state)
{
	static const char *const sorted[] = {
		"",      "12",        "Абаев",  "абаева", "Абай",   "Әбенов",  "Ғабит",
		"Дана",  "Жанар",     "Канат",  "Қанат",  "Нұрлан", "Оспанов", "Өмір",
		"Серік", "Серікқали", "Ульяна", "Ұлжан",  "Үміт",   "Хасен",   "Һәкім",
		"Шара",  "Ырыс",      "Ілияс",  "Элина",
	};
	for (size_t i = 0; i + 1 < COUNT(sorted); i++) {
		if (order(*state, sorted[i], sorted[i + 1]) >= 0)
			fail_msg("%s is not before %s", sorted[i], sorted[i + 1]);
	}
	assert_int_equal(order(*state, "и\xcc\x86", "й"), 0); /* the same text, composed or not */
	assert_true(order(*state, "қанат", "Қанат") != 0);    /* case decides in the end */
}

/* Keys are plain ASCII: any database orders them in the same way. */
static void test_key_is_hexadecimal(void **state)
{
	const char *key = text_sort_key(*state, "Өмір, Ÿ 7");
	assert_true(strlen(key) > 0 && strlen(key) % 2 == 0);
	assert_int_equal(strspn(key, "0123456789abcdef"), strlen(key));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_valid),
		cmocka_unit_test(test_accept),
		cmocka_unit_test(test_refused_at_the_door),
		cmocka_unit_test(test_length),
		cmocka_unit_test(test_fold),
		cmocka_unit_test(test_alphabet),
		cmocka_unit_test(test_code_points_are_wrong),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_key_is_hexadecimal),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
