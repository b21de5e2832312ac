#include "exam/draw.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

/* ---- the stream ---------------------------------------------------------------- */

enum { BLOCK = 64 }; /* bytes ChaCha20 makes at a time */

struct stream {
	unsigned char key[crypto_stream_chacha20_KEYBYTES];
	unsigned char block[BLOCK];
	uint64_t next;
	size_t used;
};

static void stream_open(struct stream *s, const unsigned char seed[DRAW_SEED_SIZE],
			int64_t candidate)
{
	static const unsigned char domain[] = { 'k', 'o', 'n', 'k', 'u', 'r', 's',
						'-', 'd', 'r', 'a', 'w', '-', '1' };
	crypto_generichash_state state;
	unsigned char number[8];
	for (size_t i = 0; i < sizeof(number); i++)
		number[i] = (unsigned char)((uint64_t)candidate >> (8 * i));
	crypto_generichash_init(&state, NULL, 0, sizeof(s->key));
	crypto_generichash_update(&state, domain, sizeof(domain));
	crypto_generichash_update(&state, seed, DRAW_SEED_SIZE);
	crypto_generichash_update(&state, number, sizeof(number));
	crypto_generichash_final(&state, s->key, sizeof(s->key));
	s->next = 0;
	s->used = BLOCK;
}

static uint32_t stream_number(struct stream *s)
{
	static const unsigned char nonce[crypto_stream_chacha20_NONCEBYTES] = { 0 };
	static const unsigned char zeros[BLOCK] = { 0 };
	if (s->used == BLOCK) {
		(void)crypto_stream_chacha20_xor_ic(s->block, zeros, BLOCK, nonce, s->next++,
						    s->key);
		s->used = 0;
	}
	const unsigned char *b = s->block + s->used;
	s->used += 4;
	return (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

/* Unbiased: the numbers of the last, incomplete round of n are thrown away. */
static uint32_t below(struct stream *s, uint32_t n)
{
	const uint64_t all = (uint64_t)1 << 32;
	const uint64_t limit = all - all % n;
	uint64_t x = 0;
	do
		x = stream_number(s);
	while (x >= limit);
	return (uint32_t)(x % n);
}

/* ---- the bank ------------------------------------------------------------------- */

int blueprint_total(const struct blueprint *b)
{
	int sum = 0;
	for (size_t i = 0; i < b->acts; i++)
		sum += b->questions[i];
	return sum;
}

static bool before(const struct bank_entry *a, const struct bank_entry *b)
{
	return memcmp(a->hash, b->hash, ITEM_HASH_SIZE) < 0;
}

/* Lets the entry at `at` sink below larger ones among the first `count`. */
static void sift(struct bank_entry *bank, size_t at, size_t count)
{
	for (size_t child = 2 * at + 1; child < count; child = 2 * at + 1) {
		if (child + 1 < count && before(&bank[child], &bank[child + 1]))
			child++;
		if (!before(&bank[at], &bank[child]))
			return;
		struct bank_entry entry = bank[at];
		bank[at] = bank[child];
		bank[child] = entry;
		at = child;
	}
}

/* A heap sort, as the C library's qsort may take memory. */
void bank_sort(struct bank_entry *bank, size_t count)
{
	for (size_t i = count / 2; i > 0; i--)
		sift(bank, i - 1, count);
	for (size_t end = count; end > 1; end--) {
		struct bank_entry largest = bank[0];
		bank[0] = bank[end - 1];
		bank[end - 1] = largest;
		sift(bank, 0, end - 1);
	}
}

void bank_hash(const struct bank_entry *bank, size_t count, unsigned char ret[ITEM_HASH_SIZE])
{
	crypto_generichash_state state;
	crypto_generichash_init(&state, NULL, 0, ITEM_HASH_SIZE);
	for (size_t i = 0; i < count; i++)
		crypto_generichash_update(&state, bank[i].hash, ITEM_HASH_SIZE);
	crypto_generichash_final(&state, ret, ITEM_HASH_SIZE);
}

int bank_spare(const struct bank_entry *bank, size_t count, const struct blueprint *b, int act)
{
	int spare = -b->questions[act];
	for (size_t i = 0; i < count; i++)
		spare += bank[i].act == act && !bank[i].excluded;
	return spare;
}

/* ---- the form ------------------------------------------------------------------- */

/* Step 4 for one act: appends its drawn questions to the form. */
static bool draw_act(struct stream *s, const struct blueprint *b, int act,
		     const struct bank_entry *bank, size_t count, uint32_t *scratch,
		     struct form_question *form, size_t *drawn)
{
	uint32_t here = 0;
	uint32_t wanted = (uint32_t)b->questions[act];
	for (size_t i = 0; i < count; i++) {
		if (bank[i].act == act && !bank[i].excluded)
			scratch[here++] = (uint32_t)i;
	}
	if (here < wanted)
		return false;
	for (uint32_t i = 0; i < wanted; i++) {
		uint32_t k = i + below(s, here - i);
		uint32_t taken = scratch[k];
		scratch[k] = scratch[i];
		const struct bank_entry *item = &bank[taken];
		form[(*drawn)++] = (struct form_question){ .item_id = item->id,
							   .hash = item->hash,
							   .act = act,
							   .options = item->options };
	}
	return true;
}

static void shuffle_form(struct stream *s, struct form_question *form, size_t count)
{
	for (size_t i = 0; i + 1 < count; i++) {
		size_t k = i + below(s, (uint32_t)(count - i));
		struct form_question question = form[i];
		form[i] = form[k];
		form[k] = question;
	}
}

static void shuffle_options(struct stream *s, struct form_question *q)
{
	assert(q->options <= ITEM_OPTIONS_MOST);
	for (int i = 0; i < q->options; i++)
		q->shown[i] = (unsigned char)i;
	for (int i = 0; i + 1 < q->options; i++) {
		int k = i + (int)below(s, (uint32_t)(q->options - i));
		unsigned char option = q->shown[i];
		q->shown[i] = q->shown[k];
		q->shown[k] = option;
	}
}

/* A5-1 */
bool draw_form(const struct blueprint *b, const struct bank_entry *bank, size_t count,
	       const unsigned char seed[DRAW_SEED_SIZE], int64_t candidate, uint32_t *scratch,
	       struct form_question *form, struct err *e)
{
	struct stream s;
	size_t drawn = 0;
	stream_open(&s, seed, candidate);
	for (size_t act = 0; act < b->acts; act++) {
		if (!draw_act(&s, b, (int)act, bank, count, scratch, form, &drawn))
			return err_set(e, ERR_CONFLICT, "exam.bank.shortage",
				       "act %zu of the programme is short of items", act);
	}
	shuffle_form(&s, form, drawn);
	for (size_t i = 0; i < drawn; i++)
		shuffle_options(&s, &form[i]);
	return true;
}

void form_hash(const struct form_question *form, size_t count, unsigned char ret[FORM_HASH_SIZE])
{
	static const unsigned char domain[] = { 'k', 'o', 'n', 'k', 'u', 'r', 's',
						'-', 'f', 'o', 'r', 'm', '-', '1' };
	crypto_generichash_state state;
	crypto_generichash_init(&state, NULL, 0, FORM_HASH_SIZE);
	crypto_generichash_update(&state, domain, sizeof(domain));
	for (size_t i = 0; i < count; i++) {
		unsigned char options = (unsigned char)form[i].options;
		crypto_generichash_update(&state, form[i].hash, ITEM_HASH_SIZE);
		crypto_generichash_update(&state, &options, 1);
		crypto_generichash_update(&state, form[i].shown, options);
	}
	crypto_generichash_final(&state, ret, FORM_HASH_SIZE);
}
