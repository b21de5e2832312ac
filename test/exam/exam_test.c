#include "exam_test.h"

#include <sodium.h>
#include <stdio.h>

const unsigned char test_seed[DRAW_SEED_SIZE] = { 0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10,
						  11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
						  22, 23, 24, 25, 26, 27, 28, 29, 30, 31 };

struct blueprint programme(void)
{
	static const int questions[PROGRAMME_ACTS] = { 20, 20, 10, 10, 10, 10, 10, 10, 10, 10 };
	return (struct blueprint){ questions, PROGRAMME_ACTS };
}

void fill_bank(struct bank_entry *bank, size_t count, int acts)
{
	for (size_t i = 0; i < count; i++) {
		char text[32];
		(void)snprintf(text, sizeof(text), "item %zu", i);
		bank[i] = (struct bank_entry){ .id = (int64_t)i,
					       .act = (int)(i % (size_t)acts),
					       .options = i % 2 ? 5 : 4 };
		(void)crypto_generichash(bank[i].hash, ITEM_HASH_SIZE, (const unsigned char *)text,
					 strlen(text), NULL, 0);
	}
}

void same_bytes(const char *why, const unsigned char *bytes, size_t size, const char *hex)
{
	char got[ITEM_HASH_SIZE * 2 + 1];
	assert_true(size <= ITEM_HASH_SIZE);
	sodium_bin2hex(got, sizeof(got), bytes, size);
	if (strcmp(got, hex) != 0)
		fail_msg("%s: %s, not %s", why, got, hex);
}
