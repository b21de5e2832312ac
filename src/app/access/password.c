#include "app/access/password.h"

#include "base/text.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { WORD_LEAST = 4 /* characters: shorter ones stand in every sentence */ };

/* Of this service, as people write it. */
static const char *const service_words[] = {
	"konkurs",   "конкурс",    "байқау",   "prokuratura", "прокуратура", "prosecutor",
	"prokuror",  "прокурор",   "qyzmet",   "қызмет",      "qazaqstan",   "казахстан",
	"қазақстан", "kazakhstan", "astana",   "астана",      "parol",       "пароль",
	"құпиясөз",  "password",   "qupiasoz", "gov.kz",      "admin",
};

/* ---- letters --------------------------------------------------------------- */

/* One code point of UTF-8 that is valid; moves on. */
static int32_t next_letter(const char **at)
{
	const unsigned char *b = (const unsigned char *)*at;
	const int size = b[0] < 0x80 ? 1 : b[0] < 0xe0 ? 2 : b[0] < 0xf0 ? 3 : 4;
	static const int mask[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	int32_t letter = b[0] & mask[size];
	for (int i = 1; i < size; i++)
		letter = (letter << 6) | (b[i] & 0x3f);
	*at += size;
	return letter;
}

static size_t letters_of(struct arena *a, const char *text, int32_t **ret)
{
	size_t count = 0;
	*ret = arena_array(a, text_length(text) + 1, sizeof(**ret));
	while (*text)
		(*ret)[count++] = next_letter(&text);
	return count;
}

/* ---- lists ----------------------------------------------------------------- */

static int compare(const void *key, const void *item)
{
	const uint64_t a = *(const uint64_t *)key;
	const uint64_t b = *(const uint64_t *)item;
	return a < b ? -1 : a > b;
}

static bool is_common(const char *folded)
{
	uint64_t hash = 14695981039346656037ULL;
	for (; *folded; folded++)
		hash = (hash ^ (unsigned char)*folded) * 1099511628211ULL;
	return bsearch(&hash, common_passwords, common_password_count, sizeof(hash), compare) !=
	       NULL;
}

/* ---- patterns -------------------------------------------------------------- */

/* Where a letter stands on a row of the keyboard, in one of the layouts: row * 100 + column. */
static int key_of(int32_t letter)
{
	static const char *const rows[] = { "1234567890-=", "qwertyuiop[]", "asdfghjkl;'",
					    "zxcvbnm,./",   "йцукенгшщзхъ", "фывапролджэ",
					    "ячсмитьбю.",   "әіңғүұқөһ" };
	for (int row = 0; row < (int)COUNT(rows); row++) {
		const char *at = rows[row];
		for (int column = 0; *at; column++) {
			if (next_letter(&at) == letter)
				return (row + 1) * 100 + column;
		}
	}
	return 0;
}

/* How one gets from a letter to the next, as bits: the same, up or down the alphabet, right or left
 * on the keyboard; 0 for none of that. */
static unsigned step(int32_t from, int32_t to)
{
	enum { SAME = 1, UP = 2, DOWN = 4, RIGHT = 8, LEFT = 16 };
	const int a = key_of(from);
	const int b = key_of(to);
	const unsigned keys = !a || !b ? 0U : b - a == 1 ? RIGHT : a - b == 1 ? LEFT : 0U;
	const unsigned letters = to - from == 1 ? UP : from - to == 1 ? DOWN : 0U;
	return from == to ? SAME : keys | letters;
}

/* Characters that do not go on with a pattern of three or more. */
static size_t count_free(const int32_t *letter, size_t count)
{
	size_t taken = 0;
	unsigned before = 0;
	for (size_t i = 1; i < count; i++) {
		const unsigned now = step(letter[i - 1], letter[i]);
		taken += (now & before) != 0;
		before = now;
	}
	return count - taken;
}

/* Whether it is one thing again and again: "passwordpassword", "abcabcabcabcabc". */
static bool repeats(const int32_t *letter, size_t count)
{
	for (size_t period = 1; period <= count / 2; period++) {
		size_t i = period;
		while (i < count && letter[i] == letter[i - period])
			i++;
		if (i == count)
			return true;
	}
	return false;
}

/* ---- what is known of the person ------------------------------------------- */

/* Takes every `word` out of the text, in place; the text is folded, as the word is. */
static void take_out(char *text, const char *word)
{
	const size_t size = strlen(word);
	char *at = NULL;
	while ((at = strstr(text, word)))
		memmove(at, at + size, strlen(at + size) + 1);
}

static size_t without_words(struct arena *a, const char *folded, const char *const *words,
			    size_t count)
{
	char *left = arena_copy(a, folded);
	for (size_t i = 0; i < count; i++) {
		const char *word = text_fold(a, words[i]);
		if (text_length(word) >= WORD_LEAST)
			take_out(left, word);
	}
	for (size_t i = 0; i < COUNT(service_words); i++)
		take_out(left, text_fold(a, service_words[i]));
	return text_length(left);
}

enum password_fault password_judge(struct arena *a, const char *password, const char *const *words,
				   size_t count)
{
	const char *folded = text_fold(a, password);
	int32_t *letter = NULL;
	const size_t typed = text_length(password);
	const size_t length = letters_of(a, folded, &letter);
	if (typed < PASSWORD_LEAST)
		return PASSWORD_SHORT;
	if (typed > PASSWORD_MOST)
		return PASSWORD_LONG;
	if (is_common(folded))
		return PASSWORD_COMMON;
	if (repeats(letter, length) || count_free(letter, length) < PASSWORD_FREE_LEAST)
		return PASSWORD_PATTERN;
	return without_words(a, folded, words, count) < PASSWORD_FREE_LEAST ? PASSWORD_CONTEXT
									    : PASSWORD_FINE;
}

/* ---- refusing -------------------------------------------------------------- */

bool password_accept_beside(struct arena *a, const char *password, const char *const *words,
			    size_t count, const char *field, struct err *e)
{
	static const struct {
		const char *key;
		const char *value;
	} said[] = {
		[PASSWORD_SHORT] = { "password.error.short", "15" },
		[PASSWORD_LONG] = { "password.error.long", "256" },
		[PASSWORD_COMMON] = { "password.error.common", "" },
		[PASSWORD_PATTERN] = { "password.error.pattern", "" },
		[PASSWORD_CONTEXT] = { "password.error.context", "" },
	};
	const enum password_fault fault = password_judge(a, password, words, count);
	if (fault == PASSWORD_FINE)
		return true;
	(void)err_input(e, field, said[fault].key, "a password that may not be chosen");
	return err_value(e, said[fault].value);
}

bool password_accept(const struct act *act, int64_t person_id, const char *password,
		     const char *field, struct err *e)
{
	const json_t *row = db_row(act->db, act->arena, e,
				   "SELECT iin, family, given, patronymic, organ FROM person"
				   " WHERE id = $1",
				   db_int(person_id));
	if (!row)
		return false;
	const struct organ *organ = law_book_organ(act->book, row_text(row, "organ"));
	const char *const words[] = {
		row_text(row, "iin"),        row_text(row, "family"), row_text(row, "given"),
		row_text(row, "patronymic"), row_text(row, "organ"),  organ ? organ->name_kk : "",
		organ ? organ->name_ru : "",
	};
	return password_accept_beside(act->arena, password, words, COUNT(words), field, e);
}

const char *password_hash(struct arena *a, const char *password, struct err *e)
{
	char hash[crypto_pwhash_STRBYTES];
	if (crypto_pwhash_str(hash, password, strlen(password), crypto_pwhash_OPSLIMIT_INTERACTIVE,
			      crypto_pwhash_MEMLIMIT_INTERACTIVE) == 0)
		return arena_copy(a, hash);
	(void)err_set(e, ERR_SYSTEM, "error.system", "no memory for Argon2id");
	return NULL;
}
