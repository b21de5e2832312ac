/* form.c - the forms of a sitting drawn again from what was published of its draw (F33,
 * docs/draw.md): what `konkurs draw export` writes. */
#include "verify/check.h"

#include "exam/draw.h"

#include <jansson.h>
#include <sodium.h>
#include <string.h>

enum {
	ACTS_MOST = 64,
	ITEMS_MOST = 100000,
	PAIRS_MOST = 1000000,
	QUESTIONS_MOST = 1000,
	CANDIDATES_MOST = 100000
};

struct draw {
	struct arena *arena;
	int64_t sitting;
	unsigned char commitment[DRAW_SEED_SIZE], secret[DRAW_SEED_SIZE], seed[DRAW_SEED_SIZE];
	const char *coin[DRAW_COINS];
	int questions[ACTS_MOST];
	struct blueprint blueprint;
	struct bank_entry *items;
	struct bank bank;
	const json_t *candidates;
};

/* ---- reading --------------------------------------------------------------------------------- */

static bool read_hex(const json_t *o, const char *name, void *ret, size_t size)
{
	const char *text = json_string_value(json_object_get(o, name));
	size_t got = 0;
	return text && sodium_hex2bin(ret, size, text, strlen(text), NULL, &got, NULL) == 0 &&
	       got == size;
}

static bool read_number(const json_t *value, int64_t least, int64_t most, int64_t *ret)
{
	/* yes and no come as true and false */
	const int64_t n = json_is_true(value) ? 1 : json_integer_value(value);
	*ret = n;
	return (json_is_integer(value) || json_is_boolean(value)) && n >= least && n <= most;
}

static bool read_programme(const json_t *list, struct draw *d)
{
	int64_t total = 0;
	const size_t count = json_array_size(list);
	if (count == 0 || count > ACTS_MOST)
		return false;
	for (size_t i = 0; i < count; i++) {
		int64_t n = 0;
		if (!read_number(json_array_get(list, i), 0, QUESTIONS_MOST, &n))
			return false;
		d->questions[i] = (int)n;
		total += n;
	}
	d->blueprint = (struct blueprint){ d->questions, count };
	return total > 0 && total <= QUESTIONS_MOST;
}

static bool read_item(const json_t *o, const struct draw *d, struct bank_entry *ret)
{
	int64_t act = 0;
	int64_t options = 0;
	int64_t stratum = 0;
	int64_t rests = 0;
	if (!read_hex(o, "hash", ret->hash, ITEM_HASH_SIZE) ||
	    !read_number(json_object_get(o, "act"), 0, (int64_t)d->blueprint.acts - 1, &act) ||
	    !read_number(json_object_get(o, "options"), 2, ITEM_OPTIONS_MOST, &options) ||
	    !read_number(json_object_get(o, "stratum"), 0, STRATA, &stratum) ||
	    !read_number(json_object_get(o, "rests"), 0, 1, &rests))
		return false;
	ret->act = (int)act;
	ret->options = (int)options;
	ret->stratum = (int)stratum;
	ret->rests = rests != 0;
	return true;
}

/* In order of their hashes, each once: the draw counts on it. */
static bool read_items(const json_t *list, struct draw *d)
{
	const size_t count = json_array_size(list);
	if (count == 0 || count > ITEMS_MOST)
		return false;
	d->items = arena_array(d->arena, count, sizeof(*d->items));
	for (size_t i = 0; i < count; i++) {
		if (!read_item(json_array_get(list, i), d, &d->items[i]) ||
		    (i > 0 && memcmp(d->items[i - 1].hash, d->items[i].hash, ITEM_HASH_SIZE) >= 0))
			return false;
		d->items[i].id = (int64_t)i;
	}
	d->bank.items = d->items;
	d->bank.count = count;
	return true;
}

static bool read_enemies(const json_t *list, struct draw *d)
{
	const size_t count = json_array_size(list);
	if (!json_is_array(list) || count > PAIRS_MOST)
		return false;
	struct enemy_pair *pairs = arena_array(d->arena, count + 1, sizeof(*pairs));
	for (size_t i = 0; i < count; i++) {
		const json_t *pair = json_array_get(list, i);
		int64_t a = 0;
		int64_t b = 0;
		if (!read_number(json_array_get(pair, 0), 0, (int64_t)d->bank.count - 2, &a) ||
		    !read_number(json_array_get(pair, 1), a + 1, (int64_t)d->bank.count - 1, &b))
			return false;
		pairs[i] = (struct enemy_pair){ (uint32_t)a, (uint32_t)b };
	}
	enemies_sort(pairs, count);
	d->bank.enemies = pairs;
	d->bank.enemy_count = count;
	return true;
}

static bool read_draw(const json_t *o, struct draw *d)
{
	const json_t *bank = json_object_get(o, "bank");
	const json_t *coins = json_object_get(o, "coins");
	for (size_t i = 0; i < DRAW_COINS; i++) {
		d->coin[i] = json_string_value(json_array_get(coins, i));
		if (!d->coin[i])
			return false;
	}
	d->candidates = json_object_get(o, "candidates");
	return read_number(json_object_get(o, "sitting"), 1, INT64_MAX, &d->sitting) &&
	       read_hex(o, "commitment", d->commitment, sizeof(d->commitment)) &&
	       read_hex(o, "secret", d->secret, sizeof(d->secret)) &&
	       read_programme(json_object_get(o, "programme"), d) &&
	       read_items(json_object_get(bank, "items"), d) &&
	       read_enemies(json_object_get(bank, "enemies"), d) && json_is_array(d->candidates) &&
	       json_array_size(d->candidates) <= CANDIDATES_MOST;
}

/* ---- drawing --------------------------------------------------------------------------------- */

static bool mark_seen(struct draw *d, const json_t *seen)
{
	size_t i = 0;
	const json_t *place = NULL;
	for (size_t n = 0; n < d->bank.count; n++)
		d->items[n].seen = false;
	json_array_foreach (seen, i, place) {
		int64_t n = 0;
		if (!read_number(place, 0, (int64_t)d->bank.count - 1, &n))
			return false;
		d->items[n].seen = true;
	}
	return true;
}

/* False if the candidate's line cannot be read. */
static bool draw_one(struct draw *d, const json_t *row, uint32_t *scratch,
		     struct form_question *form, bool *ret_same)
{
	const size_t count = (size_t)blueprint_total(&d->blueprint);
	unsigned char said[FORM_HASH_SIZE];
	unsigned char hash[FORM_HASH_SIZE];
	int64_t candidate = 0;
	if (!read_number(json_object_get(row, "candidate"), 0, INT64_MAX, &candidate) ||
	    !read_hex(row, "form", said, sizeof(said)) ||
	    !mark_seen(d, json_object_get(row, "seen")))
		return false;
	*ret_same = draw_form(&d->blueprint, &d->bank, d->seed, candidate, scratch, form, NULL);
	if (*ret_same) {
		form_hash(form, count, hash);
		*ret_same = memcmp(hash, said, sizeof(hash)) == 0;
		bank_shown(d->items, d->bank.count, form, count);
	}
	return true;
}

static bool draw_all(struct draw *d, struct report *r, struct err *e)
{
	const size_t count = (size_t)blueprint_total(&d->blueprint);
	uint32_t *scratch = arena_array(d->arena, d->bank.count, sizeof(*scratch));
	struct form_question *form = arena_array(d->arena, count, sizeof(*form));
	int64_t same = 0;
	size_t i = 0;
	const json_t *row = NULL;
	json_array_foreach (d->candidates, i, row) {
		bool is_same = false;
		if (!draw_one(d, row, scratch, form, &is_same))
			return err_set(e, ERR_INPUT, "verify.error.format", "candidate %zu", i);
		const json_int_t number = json_integer_value(json_object_get(row, "candidate"));
		if (is_same)
			same++;
		else
			check_add(r, FOUND_BAD, "verify.form.bad",
				  json_pack("{s:I}", "candidate", number));
	}
	if (same > 0)
		check_add(r, FOUND_GOOD, "verify.form.good", json_pack("{s:I}", "forms", same));
	return true;
}

static bool check_draw(struct draw *d, struct report *r, struct err *e)
{
	unsigned char commitment[DRAW_SEED_SIZE];
	unsigned char bank[ITEM_HASH_SIZE];
	char hex[2 * ITEM_HASH_SIZE + 1];
	draw_commitment(d->secret, commitment);
	(void)check_test(r, memcmp(commitment, d->commitment, sizeof(commitment)) == 0,
			 "verify.commitment",
			 json_pack("{s:I}", "sitting", (json_int_t)d->sitting));
	bank_hash(&d->bank, bank);
	draw_seed(d->secret, d->coin, d->sitting, bank, d->seed);
	sodium_bin2hex(hex, sizeof(hex), bank, sizeof(bank));
	check_add(r, FOUND_FACT, "verify.form.bank", json_pack("{s:s}", "hash", hex));
	return draw_all(d, r, e);
}

bool check_forms(struct report *r, struct file file, struct err *e)
{
	struct draw d = { .arena = r->arena };
	json_t *o = json_loadb(file.bytes, file.size, JSON_REJECT_DUPLICATES, NULL);
	const bool ok = o && read_draw(o, &d) ? check_draw(&d, r, e)
					      : err_set(e, ERR_INPUT, "verify.error.format",
							"not what draw export writes");
	json_decref(o);
	return ok;
}
