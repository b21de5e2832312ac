/* Which passwords may be chosen (NIST SP 800-63B-4; ASVS 6.2). */
#include "harness.h"

#include "app/access/password.h"
#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const char *const words[] = { "850312400118", "Үлгіева", "Айқадр", "Сынаққызы",
				     "Бас прокуратура" };

static void what_may_be_chosen(void **state)
{
	static const struct {
		const char *why, *password;
		enum password_fault want;
	} row[] = {
		{ "of the demonstration", "konkurs-korsetilim-2026", PASSWORD_FINE },
		{ "words with blanks", "correct horse battery staple", PASSWORD_FINE },
		{ "Kazakh words", "көк аспанда ақ бұлт жүзіп жүр", PASSWORD_FINE },
		{ "fifteen letters of one kind, no digit", "қарлығашұясында", PASSWORD_FINE },
		{ "blanks at the ends count", "  ылғалдыорман  ", PASSWORD_FINE },
		{ "fourteen", "abcqxzwvmtykrl", PASSWORD_SHORT },
		{ "nothing", "", PASSWORD_SHORT },
		{ "fourteen Kazakh letters are 28 bytes", "қарлығашұясынд", PASSWORD_SHORT },
		{ "out of the list", "passwordstandard", PASSWORD_COMMON },
		{ "the list does not know case", "PassWordStandard", PASSWORD_COMMON },
		{ "out of the list too", "momsanaladventure", PASSWORD_COMMON },
		{ "one letter", "aaaaaaaaaaaaaaaaaa", PASSWORD_PATTERN },
		{ "again and again", "konyakonyakonyakonya", PASSWORD_PATTERN },
		{ "digits in a row", "0123456789012345678", PASSWORD_PATTERN },
		{ "the alphabet", "abcdefghijklmnopqrstuvwxyz", PASSWORD_PATTERN },
		{ "rows of keys", "йцукенгшщзхъфывапролдж", PASSWORD_PATTERN },
		{ "rows of keys and a digit", "qwertyuiopasdfghjkl1", PASSWORD_PATTERN },
		{ "the own name and number", "Үлгіева Айқадр 850312400118", PASSWORD_CONTEXT },
		{ "the service again", "Конкурс-прокуратура-1", PASSWORD_CONTEXT },
		{ "the word itself", "password-parol-2026", PASSWORD_CONTEXT },
		{ "the organ", "Бас прокуратура 12", PASSWORD_CONTEXT },
	};
	struct harness *h = *state;
	for (size_t i = 0; i < COUNT(row); i++) {
		const enum password_fault got =
			password_judge(h->arena, row[i].password, words, COUNT(words));
		if (got != row[i].want)
			fail_msg("%s: %d, wanted %d", row[i].why, got, row[i].want);
	}
}

static void the_longest(void **state)
{
	struct harness *h = *state;
	char text[PASSWORD_MOST * 2 + 3];
	/* different letters of two bytes, so that it is no pattern */
	for (int i = 0; i < PASSWORD_MOST + 1; i++)
		memcpy(text + (size_t)i * 2, i * 7 % 5 < 2 ? "ж" : i * 11 % 13 < 5 ? "ш" : "ю", 3);
	assert_int_equal(password_judge(h->arena, text, NULL, 0), PASSWORD_LONG);
	text[(size_t)PASSWORD_MOST * 2] = '\0';
	assert_int_equal(text_length(text), PASSWORD_MOST);
	assert_int_not_equal(password_judge(h->arena, text, NULL, 0), PASSWORD_LONG);
}

/* ASVS 6.2.4 */
static void the_list_is_long_enough(void **state)
{
	(void)state;
	assert_true(common_password_count >= 3000);
	for (size_t i = 1; i < common_password_count; i++)
		assert_true(common_passwords[i - 1] < common_passwords[i]);
}

static void refused_at_the_field(void **state)
{
	static const struct {
		const char *password, *key;
	} row[] = {
		{ "short", "password.error.short" },
		{ "passwordstandard", "password.error.common" },
		{ "111111111111111111", "password.error.pattern" },
		{ "Сынақ-Демоұлы-12", "password.error.context" }, /* the harness' person */
	};
	struct harness *h = *state;
	const int64_t person = harness_person(h, 0);
	const struct act act = harness_act(h, person);
	for (size_t i = 0; i < COUNT(row); i++) {
		struct err e = { 0 };
		assert_false(password_accept(&act, person, row[i].password, "new", &e));
		assert_string_equal(e.key, row[i].key);
		assert_string_equal(e.field, "new");
	}
	struct err e = { 0 };
	assert_true(password_accept(&act, person, "konkurs-korsetilim-2026", "new", &e));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(what_may_be_chosen),
		HARNESS_TEST(the_longest),
		HARNESS_TEST(the_list_is_long_enough),
		HARNESS_TEST(refused_at_the_field),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
