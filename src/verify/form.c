/* form.c - the forms of a sitting drawn again from what was published of its draw (F33,
 * docs/draw.md): what `konkurs draw export` writes.
 *
 * Whoever writes such a file can take a secret afterwards, commit to it, and draw forms that fit.
 * What was committed to before the draw stands in the journal alone; receipts of those entries come
 * along in the file. */
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
	CANDIDATES_MOST = 100000,
	RECEIPTS_MOST = 16,
	FORMS_TOLD = 100 /* one by one */
};

/* An entry of the journal that a receipt proves, with its content. */
struct proved {
	struct leaf leaf;
	const json_t *content;
};

/* What the journal has of the draw. */
struct told {
	bool whole; /* all of it */
	const struct proved *opened, *coin[DRAW_COINS], *sealed;
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
	const json_t *candidates, *receipts;
	struct proved proved[RECEIPTS_MOST];
	size_t proved_count;
	struct told told;
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
	d->receipts = json_object_get(o, "receipts");
	return read_number(json_object_get(o, "sitting"), 1, INT64_MAX, &d->sitting) &&
	       read_hex(o, "commitment", d->commitment, sizeof(d->commitment)) &&
	       read_hex(o, "secret", d->secret, sizeof(d->secret)) &&
	       read_programme(json_object_get(o, "programme"), d) &&
	       read_items(json_object_get(bank, "items"), d) &&
	       read_enemies(json_object_get(bank, "enemies"), d) && json_is_array(d->candidates) &&
	       json_array_size(d->candidates) <= CANDIDATES_MOST;
}

/* ---- the journal ----------------------------------------------------------------------------- */

static void drop(void *content)
{
	json_decref(content);
}

static bool read_receipts(struct draw *d, struct report *r, const struct trust *trust,
			  struct err *e)
{
	const size_t count = json_array_size(d->receipts);
	if (count > RECEIPTS_MOST)
		return err_set(e, ERR_INPUT, "verify.error.format", "too many receipts");
	for (size_t i = 0; i < count; i++) {
		struct receipt receipt;
		struct proved *p = &d->proved[d->proved_count];
		if (!receipt_take(d->arena, json_array_get(d->receipts, i), &receipt, e))
			return false;
		if (!check_entry_of(r, &receipt, trust, &p->leaf) || !receipt.whole)
			continue;
		json_t *content = json_loads(receipt.content, JSON_REJECT_DUPLICATES, NULL);
		arena_defer(d->arena, drop, content);
		p->content = content;
		d->proved_count++;
	}
	return true;
}

/* Of this sitting, in this round (0 any), of this place (0 any); NULL if no receipt proves it. */
static const struct proved *find(const struct draw *d, const char *kind, int64_t round,
				 int64_t place)
{
	const char *subject = arena_print(d->arena, "sitting/%lld", (long long)d->sitting);
	for (size_t i = 0; i < d->proved_count; i++) {
		const struct proved *p = &d->proved[i];
		const json_t *o = p->content;
		if (strcmp(p->leaf.kind, kind) == 0 && strcmp(p->leaf.subject, subject) == 0 &&
		    (!round || json_integer_value(json_object_get(o, "round")) == round) &&
		    (!place || json_integer_value(json_object_get(o, "place")) == place))
			return p;
	}
	return NULL;
}

/* Taking a seal off begins another round, with another commitment and other coins. */
static void find_told(struct draw *d)
{
	struct told t = { .sealed = find(d, "sitting.sealed", 0, 0) };
	const int64_t round =
		t.sealed ? json_integer_value(json_object_get(t.sealed->content, "round")) : 0;
	t.opened = find(d, round > 1 ? "sitting.unsealed" : "sitting.opened", round, 0);
	t.whole = round > 0 && t.opened;
	for (size_t i = 0; i < DRAW_COINS; i++) {
		t.coin[i] = find(d, "sitting.coin", round, (int64_t)i + 1);
		t.whole = t.whole && t.coin[i];
	}
	d->told = t;
}

static bool tells(const struct proved *p, const char *name, const char *text)
{
	const char *told = json_string_value(json_object_get(p->content, name));
	return told && strcmp(told, text) == 0;
}

static const char *hex_of(struct arena *a, const unsigned char *bytes, size_t size)
{
	char *text = arena_alloc(a, 2 * size + 1);
	return sodium_bin2hex(text, 2 * size + 1, bytes, size);
}

/* First the commitment, then the coins, then the seal: nobody knew all when it was his turn. */
static void check_order(const struct draw *d, struct report *r)
{
	const struct told *t = &d->told;
	bool holds = true;
	for (size_t i = 0; i < DRAW_COINS; i++)
		holds = holds && t->opened->leaf.seq < t->coin[i]->leaf.seq &&
			t->coin[i]->leaf.seq < t->sealed->leaf.seq;
	(void)check_test(r, holds, "verify.draw.order",
			 json_pack("{s:I,s:I,s:I,s:I}", "opened", (json_int_t)t->opened->leaf.seq,
				   "first", (json_int_t)t->coin[0]->leaf.seq, "second",
				   (json_int_t)t->coin[1]->leaf.seq, "sealed",
				   (json_int_t)t->sealed->leaf.seq));
}

static void check_coins(const struct draw *d, struct report *r)
{
	bool holds = true;
	for (size_t i = 0; i < DRAW_COINS; i++)
		holds = holds && tells(d->told.coin[i], "coin", d->coin[i]);
	(void)check_test(r, holds, "verify.draw.coins", NULL);
}

static void check_commitment(const struct draw *d, struct report *r)
{
	unsigned char hash[DRAW_SEED_SIZE];
	draw_commitment(d->secret, hash);
	const bool fits = memcmp(hash, d->commitment, sizeof(hash)) == 0;
	json_t *values = json_pack("{s:I}", "sitting", (json_int_t)d->sitting);
	if (fits && !d->told.whole)
		check_add(r, FOUND_GOOD, "verify.commitment.own", values);
	else
		(void)check_test(r,
				 fits && tells(d->told.opened, "commitment",
					       hex_of(d->arena, hash, sizeof(hash))),
				 "verify.commitment", values);
}

static void check_bank(const struct draw *d, struct report *r,
		       const unsigned char bank[ITEM_HASH_SIZE])
{
	const char *hex = hex_of(d->arena, bank, ITEM_HASH_SIZE);
	json_t *values = json_pack("{s:s}", "hash", hex);
	if (d->told.whole)
		(void)check_test(r, tells(d->told.sealed, "bank", hex), "verify.draw.bank", values);
	else
		check_add(r, FOUND_FACT, "verify.form.bank", values);
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

/* Where the journal tells the forms, they must be those. */
static bool is_told(const struct draw *d, int64_t candidate, const unsigned char *hash)
{
	const json_t *forms =
		d->told.whole ? json_object_get(d->told.sealed->content, "forms") : NULL;
	const char *name = arena_print(d->arena, "%lld", (long long)candidate);
	const char *told = json_string_value(json_object_get(forms, name));
	return !d->told.whole ||
	       (told && strcmp(told, hex_of(d->arena, hash, FORM_HASH_SIZE)) == 0);
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
		*ret_same = memcmp(hash, said, sizeof(hash)) == 0 && is_told(d, candidate, hash);
		bank_shown(d->items, d->bank.count, form, count);
	}
	return true;
}

static void tell_form(const struct draw *d, struct report *r, const json_t *row, bool is_same)
{
	const json_int_t number = json_integer_value(json_object_get(row, "candidate"));
	if (!is_same)
		check_add(r, FOUND_BAD, "verify.form.bad", json_pack("{s:I}", "candidate", number));
	else if (json_array_size(d->candidates) <= FORMS_TOLD)
		check_add(r, FOUND_FACT, "verify.form.what",
			  json_pack("{s:I,s:O}", "candidate", number, "form",
				    json_object_get(row, "form")));
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
		tell_form(d, r, row, is_same);
		same += is_same;
	}
	if (same > 0)
		check_add(r, FOUND_GOOD, d->told.whole ? "verify.form.good" : "verify.form.own",
			  json_pack("{s:I}", "forms", same));
	return true;
}

/* None may be left out: each form depends on those before it. */
static void check_count(const struct draw *d, struct report *r)
{
	const size_t sealed = json_object_size(json_object_get(d->told.sealed->content, "forms"));
	if (sealed != json_array_size(d->candidates))
		check_add(r, FOUND_BAD, "verify.form.count",
			  json_pack("{s:I,s:I}", "forms",
				    (json_int_t)json_array_size(d->candidates), "sealed",
				    (json_int_t)sealed));
}

/* ---- all of it ------------------------------------------------------------------------------- */

static bool check_all(struct draw *d, struct report *r, struct err *e)
{
	unsigned char bank[ITEM_HASH_SIZE];
	bank_hash(&d->bank, bank);
	draw_seed(d->secret, d->coin, d->sitting, bank, d->seed);
	check_commitment(d, r);
	if (d->told.whole) {
		check_order(d, r);
		check_coins(d, r);
	}
	check_bank(d, r, bank);
	if (!draw_all(d, r, e))
		return false;
	if (d->told.whole)
		check_count(d, r);
	else
		check_unproved(r, "verify.draw.unproved", NULL);
	return true;
}

bool check_draw(struct report *r, const json_t *draw, const struct trust *trust, struct err *e)
{
	struct draw *d = arena_alloc(r->arena, sizeof(*d));
	*d = (struct draw){ .arena = r->arena };
	if (!read_draw(draw, d))
		return err_set(e, ERR_INPUT, "verify.error.format", "not what draw export writes");
	if (!read_receipts(d, r, trust, e))
		return false;
	find_told(d);
	return check_all(d, r, e);
}

bool check_forms(struct report *r, struct file file, const struct trust *trust, struct err *e)
{
	json_t *o = json_loadb(file.bytes, file.size, JSON_REJECT_DUPLICATES, NULL);
	arena_defer(r->arena, drop, o);
	return check_draw(r, o, trust, e);
}
