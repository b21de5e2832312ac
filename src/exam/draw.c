#include "exam/draw.h"

#include <assert.h>
#include <limits.h>
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
						'-', 'd', 'r', 'a', 'w', '-', '2' };
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
static void sift(struct bank_entry *items, size_t at, size_t count)
{
	for (size_t child = 2 * at + 1; child < count; child = 2 * at + 1) {
		if (child + 1 < count && before(&items[child], &items[child + 1]))
			child++;
		if (!before(&items[at], &items[child]))
			return;
		struct bank_entry entry = items[at];
		items[at] = items[child];
		items[child] = entry;
		at = child;
	}
}

/* A heap sort, as the C library's qsort may take memory. */
void bank_sort(struct bank_entry *items, size_t count)
{
	for (size_t i = count / 2; i > 0; i--)
		sift(items, i - 1, count);
	for (size_t end = count; end > 1; end--) {
		struct bank_entry largest = items[0];
		items[0] = items[end - 1];
		items[end - 1] = largest;
		sift(items, 0, end - 1);
	}
}

/* By insertion: a bank has few enemies. */
void enemies_sort(struct enemy_pair *pairs, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		struct enemy_pair pair = pairs[i];
		size_t k = i;
		for (; k > 0 && (pairs[k - 1].a > pair.a ||
				 (pairs[k - 1].a == pair.a && pairs[k - 1].b > pair.b));
		     k--)
			pairs[k] = pairs[k - 1];
		pairs[k] = pair;
	}
}

static bool available(const struct bank_entry *item, int act)
{
	return item->act == act && !item->rests && !item->seen;
}

int bank_spare(const struct bank *bank, const struct blueprint *b, int act)
{
	int spare = -b->questions[act];
	for (size_t i = 0; i < bank->count; i++)
		spare += available(&bank->items[i], act);
	for (size_t i = 0; i < bank->enemy_count; i++)
		spare -= available(&bank->items[bank->enemies[i].a], act) ||
			 available(&bank->items[bank->enemies[i].b], act);
	return spare;
}

/* ---- hashes ---------------------------------------------------------------------- */

static void add_number(crypto_generichash_state *state, uint64_t number, size_t bytes)
{
	unsigned char text[8];
	for (size_t i = 0; i < bytes; i++)
		text[i] = (unsigned char)(number >> (8 * i));
	crypto_generichash_update(state, text, bytes);
}

static void begin(crypto_generichash_state *state, const char *domain)
{
	crypto_generichash_init(state, NULL, 0, ITEM_HASH_SIZE);
	crypto_generichash_update(state, (const unsigned char *)domain, strlen(domain));
}

void bank_hash(const struct bank *bank, unsigned char ret[ITEM_HASH_SIZE])
{
	crypto_generichash_state state;
	begin(&state, "konkurs-bank-1");
	add_number(&state, bank->count, 4);
	for (size_t i = 0; i < bank->count; i++) {
		const struct bank_entry *item = &bank->items[i];
		const unsigned char facts[] = { (unsigned char)item->act,
						(unsigned char)item->options,
						(unsigned char)item->stratum,
						(unsigned char)item->rests };
		crypto_generichash_update(&state, item->hash, ITEM_HASH_SIZE);
		crypto_generichash_update(&state, facts, sizeof(facts));
	}
	add_number(&state, bank->enemy_count, 4);
	for (size_t i = 0; i < bank->enemy_count; i++) {
		crypto_generichash_update(&state, bank->items[bank->enemies[i].a].hash,
					  ITEM_HASH_SIZE);
		crypto_generichash_update(&state, bank->items[bank->enemies[i].b].hash,
					  ITEM_HASH_SIZE);
	}
	crypto_generichash_final(&state, ret, ITEM_HASH_SIZE);
}

/* F33 */
void draw_commitment(const unsigned char secret[DRAW_SEED_SIZE], unsigned char ret[DRAW_SEED_SIZE])
{
	crypto_generichash_state state;
	begin(&state, "konkurs-commit-1");
	crypto_generichash_update(&state, secret, DRAW_SEED_SIZE);
	crypto_generichash_final(&state, ret, DRAW_SEED_SIZE);
}

void draw_seed(const unsigned char secret[DRAW_SEED_SIZE], const char *const coins[DRAW_COINS],
	       int64_t sitting, const unsigned char bank[ITEM_HASH_SIZE],
	       unsigned char ret[DRAW_SEED_SIZE])
{
	crypto_generichash_state state;
	begin(&state, "konkurs-seed-1");
	crypto_generichash_update(&state, secret, DRAW_SEED_SIZE);
	for (size_t i = 0; i < DRAW_COINS; i++) {
		add_number(&state, strlen(coins[i]), 4);
		crypto_generichash_update(&state, (const unsigned char *)coins[i],
					  strlen(coins[i]));
	}
	add_number(&state, (uint64_t)sitting, 8);
	crypto_generichash_update(&state, bank, ITEM_HASH_SIZE);
	crypto_generichash_final(&state, ret, DRAW_SEED_SIZE);
}

void form_hash(const struct form_question *form, size_t count, unsigned char ret[FORM_HASH_SIZE])
{
	crypto_generichash_state state;
	begin(&state, "konkurs-form-1");
	for (size_t i = 0; i < count; i++) {
		unsigned char options = (unsigned char)form[i].options;
		crypto_generichash_update(&state, form[i].hash, ITEM_HASH_SIZE);
		crypto_generichash_update(&state, &options, 1);
		crypto_generichash_update(&state, form[i].shown, options);
	}
	crypto_generichash_final(&state, ret, FORM_HASH_SIZE);
}

/* ---- the form ------------------------------------------------------------------- */

/* A form as it grows. */
struct drawing {
	struct stream stream;
	const struct bank *bank;
	uint32_t *scratch;
	struct form_question *form;
	size_t drawn;
	size_t act_begin; /* first question of the act being drawn */
};

static bool on_form(const struct drawing *d, size_t from, uint32_t item)
{
	for (size_t i = from; i < d->drawn; i++) {
		if (d->form[i].hash == d->bank->items[item].hash)
			return true;
	}
	return false;
}

/* F30 */
static bool has_enemy(const struct drawing *d, uint32_t item)
{
	for (size_t i = 0; i < d->bank->enemy_count; i++) {
		const struct enemy_pair *pair = &d->bank->enemies[i];
		if ((pair->a == item && on_form(d, 0, pair->b)) ||
		    (pair->b == item && on_form(d, 0, pair->a)))
			return true;
	}
	return false;
}

/* Step 4; gives how many were drawn. */
static uint32_t pick(struct drawing *d, uint32_t size, uint32_t wanted)
{
	uint32_t *pool = d->scratch;
	uint32_t drawn = 0;
	for (uint32_t i = 0; i < size && drawn < wanted; i++) {
		uint32_t k = i + below(&d->stream, size - i);
		uint32_t taken = pool[k];
		pool[k] = pool[i];
		if (has_enemy(d, taken))
			continue;
		const struct bank_entry *item = &d->bank->items[taken];
		d->form[d->drawn++] = (struct form_question){ .item_id = item->id,
							      .hash = item->hash,
							      .act = item->act,
							      .options = item->options };
		drawn++;
	}
	return drawn;
}

/* Whether an item may be drawn from an act, from one stratum or (0) from all. */
static bool belongs(const struct bank_entry *item, int act, int stratum)
{
	return available(item, act) && (stratum == 0 || item->stratum == stratum);
}

/* Items that belong there, were shown so often and are not drawn, into scratch. */
static uint32_t fill_pool(const struct drawing *d, int act, int stratum, int shown)
{
	uint32_t size = 0;
	for (size_t i = 0; i < d->bank->count; i++) {
		const struct bank_entry *item = &d->bank->items[i];
		if (belongs(item, act, stratum) && item->shown == shown &&
		    !on_form(d, d->act_begin, (uint32_t)i))
			d->scratch[size++] = (uint32_t)i;
	}
	return size;
}

/* The least number of times above `*shown` that an item there was shown; false if there is none. */
static bool next_shown(const struct bank *bank, int act, int stratum, int *shown)
{
	int least = INT_MAX;
	for (size_t i = 0; i < bank->count; i++) {
		const struct bank_entry *item = &bank->items[i];
		if (belongs(item, act, stratum) && item->shown > *shown && item->shown < least)
			least = item->shown;
	}
	*shown = least;
	return least < INT_MAX;
}

/* F31: least shown first; gives how many were drawn. */
static uint32_t pick_least_shown(struct drawing *d, int act, int stratum, uint32_t wanted)
{
	uint32_t drawn = 0;
	int shown = -1;
	while (drawn < wanted && next_shown(d->bank, act, stratum, &shown))
		drawn += pick(d, fill_pool(d, act, stratum, shown), wanted - drawn);
	return drawn;
}

/* F32: shares of the strata; what does not come out even goes to those most behind in this
 * sitting.  False if no item has a stratum. */
static bool share_out(const struct bank *bank, int act, uint32_t wanted, uint32_t share[STRATA])
{
	int64_t size[STRATA] = { 0 };
	int64_t due[STRATA] = { 0 }; /* first: how often shown */
	int64_t all = 0;
	int64_t total = wanted; /* shown in all once this form is drawn */
	uint32_t given = 0;
	for (size_t i = 0; i < bank->count; i++) {
		const struct bank_entry *item = &bank->items[i];
		if (!available(item, act) || item->stratum == 0)
			continue;
		size[item->stratum - 1]++;
		due[item->stratum - 1] += item->shown;
		all++;
		total += item->shown;
	}
	if (all == 0)
		return false;
	for (int s = 0; s < STRATA; s++) {
		share[s] = (uint32_t)(wanted * size[s] / all);
		due[s] = total * size[s] - (due[s] + share[s]) * all;
		given += share[s];
	}
	for (; given < wanted; given++) {
		int most = 0;
		for (int s = 1; s < STRATA; s++)
			most = due[s] > due[most] ? s : most;
		share[most]++;
		due[most] = INT64_MIN;
	}
	return true;
}

/* Step 5 for one act. */
static bool draw_act(struct drawing *d, int act, uint32_t wanted)
{
	uint32_t share[STRATA] = { 0 };
	uint32_t drawn = 0;
	d->act_begin = d->drawn;
	if (share_out(d->bank, act, wanted, share)) {
		for (int s = 0; s < STRATA; s++)
			drawn += pick_least_shown(d, act, s + 1, share[s]);
	}
	drawn += pick_least_shown(d, act, 0, wanted - drawn);
	return drawn == wanted;
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
bool draw_form(const struct blueprint *b, const struct bank *bank,
	       const unsigned char seed[DRAW_SEED_SIZE], int64_t candidate, uint32_t *scratch,
	       struct form_question *form, struct err *e)
{
	struct drawing d = { .bank = bank, .form = form };
	d.scratch = scratch;
	stream_open(&d.stream, seed, candidate);
	for (size_t act = 0; act < b->acts; act++) {
		if (!draw_act(&d, (int)act, (uint32_t)b->questions[act]))
			return err_set(e, ERR_CONFLICT, "exam.bank.shortage",
				       "act %zu of the programme is short of items", act);
	}
	shuffle_form(&d.stream, form, d.drawn);
	for (size_t i = 0; i < d.drawn; i++)
		shuffle_options(&d.stream, &form[i]);
	return true;
}

void bank_shown(struct bank_entry *items, size_t count, const struct form_question *form,
		size_t questions)
{
	for (size_t i = 0; i < count; i++) {
		for (size_t k = 0; k < questions; k++)
			items[i].shown += form[k].hash == items[i].hash;
	}
}

/* ---- the check -------------------------------------------------------------------- */

static const struct bank_entry *entry_of(const struct bank *bank, const unsigned char *hash)
{
	size_t i = 0;
	while (i < bank->count && bank->items[i].hash != hash)
		i++;
	return i < bank->count ? &bank->items[i] : NULL;
}

static bool options_fit(const struct form_question *q)
{
	unsigned seen = 0;
	for (int i = 0; i < q->options; i++)
		seen |= 1U << q->shown[i];
	return seen == (1U << q->options) - 1;
}

static int on_form_of_pair(const struct bank *bank, const struct enemy_pair *pair,
			   const struct form_question *form, size_t count)
{
	int found = 0;
	for (size_t i = 0; i < count; i++)
		found += form[i].hash == bank->items[pair->a].hash ||
			 form[i].hash == bank->items[pair->b].hash;
	return found;
}

static int of_act(const struct form_question *form, size_t count, int act)
{
	int found = 0;
	for (size_t i = 0; i < count; i++)
		found += form[i].act == act;
	return found;
}

bool form_fits(const struct blueprint *b, const struct bank *bank, const struct form_question *form,
	       size_t count)
{
	bool fits = count == (size_t)blueprint_total(b);
	for (size_t act = 0; act < b->acts; act++)
		fits = fits && of_act(form, count, (int)act) == b->questions[act];
	for (size_t i = 0; i < count; i++) {
		const struct bank_entry *item = entry_of(bank, form[i].hash);
		fits = fits && item && available(item, form[i].act) && options_fit(&form[i]);
		for (size_t k = 0; k < i; k++)
			fits = fits && form[k].hash != form[i].hash;
	}
	for (size_t i = 0; i < bank->enemy_count; i++)
		fits = fits && on_form_of_pair(bank, &bank->enemies[i], form, count) < 2;
	return fits;
}
