/* Near-duplicates: the same pairs as a comparison of all with all, in far less time (F26). */
#include "base/alike.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

struct pairs {
	size_t count;
	size_t owner[64], other[64];
};

static void take(void *user, size_t owner, size_t other)
{
	struct pairs *p = user;
	assert_true(other < owner);
	if (p->count < COUNT(p->owner)) {
		p->owner[p->count] = owner;
		p->other[p->count] = other;
	}
	p->count++;
}

static const struct {
	const char *why, *a, *b;
	bool alike;
} rows[] = {
	{ "the same", "Какова форма сделки?", "Какова форма сделки?", true },
	{ "capitals and punctuation do not count", "Какова форма «сделки»?",
	  "какова, ФОРМА - сделки", true },
	{ "nor does the order", "форма сделки какова", "какова форма сделки", true },
	{ "four of five words", "один два три четыре пять", "один два три четыре", true },
	{ "four of six", "один два три четыре пять", "один два три четыре шесть", false },
	{ "eight of ten", "a1 a2 a3 a4 a5 a6 a7 a8 x1", "a1 a2 a3 a4 a5 a6 a7 a8 y1", true },
	{ "a word again is no further word", "раз два три три три", "раз два три", true },
	{ "two words are like none", "форма сделки", "форма сделки", false },
	{ "Kazakh letters are letters", "Мәміленің жазбаша нысаны қандай",
	  "мәміленің жазбаша нысаны: қандай?", true },
	{ "and tell words apart", "қала сала дала бала", "кала сала дала бала", false },
	{ "no words at all", "?!.", "?!.", false },
};

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		CLEANUP(arena_cleanup) struct arena *a = arena_new();
		struct alike *s = alike_new(a);
		struct pairs p = { 0 };
		alike_add(s, 0, rows[i].a);
		alike_add(s, 1, rows[i].b);
		alike_each(s, 0, 5, take, &p);
		if (p.count != rows[i].alike)
			fail_msg("%s: %zu", rows[i].why, p.count);
		struct alike_words x;
		struct alike_words y;
		alike_words_of(rows[i].a, &x);
		alike_words_of(rows[i].b, &y);
		if ((alike_percent(&x, &y) >= ALIKE_PERCENT) != rows[i].alike)
			fail_msg("%s: %d %%", rows[i].why, alike_percent(&x, &y));
	}
}

/* Things with texts in two languages: told once, not of themselves, and only the new ones. */
static void test_things(void **state)
{
	(void)state;
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct alike *s = alike_new(a);
	struct pairs p = { 0 };
	alike_add(s, 0, "один два три");
	alike_add(s, 0, "бір екі үш");
	alike_add(s, 1, "один два три");
	alike_add(s, 2, "один два три");
	alike_add(s, 2, "бір екі үш");
	alike_add(s, 3, "бір екі үш");
	alike_add(s, 3, "бір екі үш");
	alike_each(s, 2, 2, take, &p);
	assert_int_equal(p.count, 4); /* 2 with 0 and 1, 3 with two of three */
	for (size_t i = 0; i < p.count; i++)
		assert_true(p.owner[i] >= 2);
}

/* Texts of a small vocabulary, so that many are nearly alike. */
static const char *text_of(struct arena *a, uint32_t *seed, uint32_t words)
{
	char *text = arena_alloc(a, 400);
	size_t size = 0;
	*seed = *seed * 1664525 + 1013904223;
	const uint32_t count = 6 + (*seed >> 24) % 12;
	for (uint32_t i = 0; i < count; i++) {
		*seed = *seed * 1664525 + 1013904223;
		size += (size_t)snprintf(text + size, 400 - size, "w%u ", (*seed >> 8) % words);
	}
	return text;
}

static bool pair_alone(const char *x, const char *y)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct alike *s = alike_new(a);
	struct pairs p = { 0 };
	alike_add(s, 0, x);
	alike_add(s, 1, y);
	alike_each(s, 0, 1, take, &p);
	return p.count == 1;
}

/* What stands beside others in the index is found as it is found alone. */
static void test_all_with_all(void **state)
{
	enum { TEXTS = 250, WORDS = 14 };
	(void)state;
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct alike *s = alike_new(a);
	struct pairs p = { 0 };
	const char *texts[TEXTS];
	uint32_t seed = 1;
	size_t expected = 0;
	for (size_t i = 0; i < TEXTS; i++) {
		texts[i] = text_of(a, &seed, WORDS);
		alike_add(s, i, texts[i]);
		for (size_t k = 0; k < i; k++)
			expected += pair_alone(texts[i], texts[k]);
	}
	alike_each(s, 0, TEXTS, take, &p);
	assert_true(expected > 20);
	assert_int_equal(p.count, expected);
}

/* Of the processor: other work does not count. */
static double seconds(void)
{
	struct timespec t;
	assert_int_equal(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t), 0);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double time_of(size_t things)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct alike *s = alike_new(a);
	struct pairs p = { 0 };
	uint32_t seed = 7;
	const double begin = seconds();
	for (size_t i = 0; i < things; i++)
		alike_add(s, i, text_of(a, &seed, 4000));
	alike_each(s, things / 2, 5, take, &p);
	return seconds() - begin;
}

/* 10,000 new questions among 10,000 known ones; eight times as many take nowhere near 64 times as
 * long. */
static void test_speed(void **state)
{
	(void)state;
	const double few = time_of(2500);
	const double many = time_of(20000);
	print_message("# 1,250 and 1,250: %.3f s, 10,000 and 10,000: %.3f s\n", few, many);
	assert_true(many < 30 * few);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_things),
		cmocka_unit_test(test_all_with_all),
		cmocka_unit_test(test_speed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
