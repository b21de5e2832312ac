/* The draw once more, written anew from the words of draw.h, over a bank so large that numbers
 * are thrown away to keep it even: both draws must agree there too.  A5-1. */
#include "exam_test.h"

#include <sodium.h>

enum { ITEMS = 300000, DRAWN = 250000, NUMBERS = 2 * ITEMS + 8 * DRAWN };

static struct bank_entry bank[ITEMS];
static uint32_t scratch[ITEMS];
static uint32_t place[ITEMS];
static struct form_question form[DRAWN];

/* Step 2 all at once. */
static struct {
	unsigned char bytes[(size_t)NUMBERS * 4];
	size_t next;
	int thrown_away;
} stream;

/* Step 1. */
static void open_stream(int64_t candidate)
{
	static const unsigned char nonce[crypto_stream_chacha20_NONCEBYTES] = { 0 };
	unsigned char text[14 + DRAW_SEED_SIZE + 8] = "konkurs-draw-2";
	unsigned char key[crypto_stream_chacha20_KEYBYTES];
	memcpy(text + 14, test_seed, DRAW_SEED_SIZE);
	for (size_t i = 0; i < 8; i++)
		text[14 + DRAW_SEED_SIZE + i] = (unsigned char)((uint64_t)candidate >> (8 * i));
	(void)crypto_generichash(key, sizeof(key), text, sizeof(text), NULL, 0);
	(void)crypto_stream_chacha20(stream.bytes, sizeof(stream.bytes), nonce, key);
	stream.next = 0;
}

/* Step 3. */
static uint32_t below(uint32_t n)
{
	for (;;) {
		assert_true(stream.next + 4 <= sizeof(stream.bytes));
		uint64_t x = 0;
		for (size_t i = 4; i > 0; i--)
			x = x << 8 | stream.bytes[stream.next + i - 1];
		stream.next += 4;
		uint64_t round = 4294967296U / n;
		if (x < round * n)
			return (uint32_t)(x % n);
		stream.thrown_away++;
	}
}

static void swap(uint32_t *a, uint32_t *b)
{
	uint32_t c = *a;
	*a = *b;
	*b = c;
}

/* Steps 4 to 6 for one act of which nothing has been shown, compared with `form`. */
static void compare(void)
{
	for (uint32_t i = 0; i < ITEMS; i++)
		place[i] = i;
	for (uint32_t i = 0; i < DRAWN; i++)
		swap(&place[i], &place[i + below(ITEMS - i)]);
	for (uint32_t i = 0; i + 1 < DRAWN; i++)
		swap(&place[i], &place[i + below(DRAWN - i)]);
	for (size_t i = 0; i < DRAWN; i++) {
		const struct bank_entry *item = &bank[place[i]];
		uint32_t shown[ITEM_OPTIONS_MOST] = { 0, 1, 2, 3, 4 };
		uint32_t options = (uint32_t)item->options;
		for (uint32_t o = 0; o + 1 < options; o++)
			swap(&shown[o], &shown[o + below(options - o)]);
		assert_int_equal(form[i].item_id, item->id);
		for (uint32_t o = 0; o < options; o++)
			assert_int_equal(form[i].shown[o], shown[o]);
	}
}

static void test_agrees(void **state)
{
	static const int questions[] = { DRAWN };
	const struct blueprint b = { questions, 1 };
	struct err e = { 0 };
	(void)state;
	fill_bank(bank, ITEMS, 1);
	bank_sort(bank, ITEMS);
	const struct bank whole = { bank, ITEMS, NULL, 0 };
	assert_true(draw_form(&b, &whole, test_seed, 1, scratch, form, &e));
	open_stream(1);
	compare();
	if (stream.thrown_away == 0)
		fail_msg("no number was thrown away: the test does not show what it is for");
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_agrees) };
	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
