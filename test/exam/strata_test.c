/* Strata, resting items, enemies, the seed: F30 to F33. */
#include "exam_test.h"

#include "exam/strata.h"

#include <sodium.h>

enum { VECTOR = 24, ACTS = 2, WANTED = 13 };

struct vector {
	struct bank_entry items[VECTOR];
	struct enemy_pair enemies[3];
	struct bank bank;
};

static uint32_t place_of(const struct vector *v, int64_t id)
{
	uint32_t i = 0;
	while (v->items[i].id != id)
		i++;
	return i;
}

/* The bank of the test vector in docs/draw.md. */
static void make_vector(struct vector *v)
{
	static const int64_t pair[][2] = { { 5, 7 }, { 1, 6 }, { 0, 2 } };
	fill_bank(v->items, VECTOR, ACTS);
	for (int i = 0; i < VECTOR; i++) {
		v->items[i].stratum = i % 2 ? 0 : 1 + i / 2 * 3 / 12;
		v->items[i].rests = i == 3;
		v->items[i].seen = i == 4;
	}
	bank_sort(v->items, VECTOR);
	for (size_t i = 0; i < COUNT(pair); i++) {
		uint32_t a = place_of(v, pair[i][0]);
		uint32_t b = place_of(v, pair[i][1]);
		v->enemies[i] = (struct enemy_pair){ a < b ? a : b, a < b ? b : a };
	}
	enemies_sort(v->enemies, COUNT(pair));
	v->bank = (struct bank){ v->items, VECTOR, v->enemies, COUNT(pair) };
}

/* F33: docs/draw.md, byte for byte. */
static void test_vector(void **state)
{
	static const int questions[ACTS] = { 7, 6 };
	static const char *const coins[DRAW_COINS] = { "heads", "Қазақ 7" };
	static const char *const hash[] = {
		"72f3f1c81af5ddb9f2b7ccc74229df78a68aa066bbdaf4d15b8b5ffedfca0764",
		"fed5de9ceb26195dc0892ebafd897d9089e6645795ab1b2860e292ae2c561ae5",
		"7d7448bfebaa744e2035f1a975c71b7c08b5191e23536367f4106814dc06f98d",
	};
	const struct blueprint b = { questions, ACTS };
	struct vector v;
	unsigned char secret[DRAW_SEED_SIZE];
	unsigned char bank[ITEM_HASH_SIZE];
	unsigned char seed[DRAW_SEED_SIZE];
	unsigned char out[DRAW_SEED_SIZE];
	(void)state;
	make_vector(&v);
	for (size_t i = 0; i < sizeof(secret); i++)
		secret[i] = (unsigned char)(32 + i);
	draw_commitment(secret, out);
	same_bytes("commitment", out, sizeof(out),
		   "01eb7bcdce64861f228453d188e5f904cdec1f9142593a02b2462933582bcc28");
	bank_hash(&v.bank, bank);
	same_bytes("bank", bank, sizeof(bank),
		   "0ff1db6ce9fbeb56f28837e14c35aad9e5f8ca5b10c9d535f3d55ee1c0e7cb65");
	draw_seed(secret, coins, 5, bank, seed);
	same_bytes("seed", seed, sizeof(seed),
		   "f2559d14a481549b8eef15db34103263079aa277ab86954deacadb8d8487d511");
	for (size_t i = 0; i < COUNT(hash); i++) {
		uint32_t scratch[VECTOR];
		struct form_question form[WANTED];
		struct err e = { 0 };
		assert_true(draw_form(&b, &v.bank, seed, 11 + (int64_t)i, scratch, form, &e));
		assert_true(form_fits(&b, &v.bank, form, WANTED));
		bank_shown(v.items, VECTOR, form, WANTED);
		form_hash(form, WANTED, out);
		same_bytes("form", out, sizeof(out), hash[i]);
	}
}

/* F30, F32: over many candidates no two enemies, nothing resting, the strata even. */
static void test_every_form(void **state)
{
	static const int questions[ACTS] = { 6, 6 };
	const struct blueprint b = { questions, ACTS };
	struct vector v;
	(void)state;
	make_vector(&v);
	for (int64_t candidate = 0; candidate < 2000; candidate++) {
		uint32_t scratch[VECTOR];
		struct form_question form[12];
		struct err e = { 0 };
		assert_true(draw_form(&b, &v.bank, test_seed, candidate, scratch, form, &e));
		if (!form_fits(&b, &v.bank, form, 12))
			fail_msg("candidate %lld", (long long)candidate);
		bank_shown(v.items, VECTOR, form, 12);
	}
}

/* A bank in which every item of the act is the enemy of every other: one question at most. */
static void test_enemies_leave_too_few(void **state)
{
	static const int questions[] = { 2 };
	const struct blueprint b = { questions, 1 };
	struct bank_entry items[3];
	struct enemy_pair enemies[] = { { 1, 2 }, { 0, 2 }, { 0, 1 } };
	uint32_t scratch[3];
	struct form_question form[2];
	struct err e = { 0 };
	(void)state;
	fill_bank(items, 3, 1);
	bank_sort(items, 3);
	enemies_sort(enemies, 3);
	assert_int_equal(enemies[0].b, 1);
	assert_int_equal(enemies[2].a, 1);
	const struct bank bank = { items, 3, enemies, 3 };
	assert_int_equal(bank_spare(&bank, &b, 0), -2);
	assert_false(draw_form(&b, &bank, test_seed, 1, scratch, form, &e));
	assert_string_equal(e.key, "exam.bank.shortage");
}

/* A stratum that enemies leave nothing of: another question of the act takes its place, never one
 * that is on the form already. */
static void test_stratum_falls_short(void **state)
{
	enum { ITEMS = 6, QUESTIONS = 3 };
	static const int questions[] = { QUESTIONS };
	const struct blueprint b = { questions, 1 };
	const struct enemy_pair enemies[] = { { 0, 2 }, { 0, 3 }, { 1, 2 }, { 1, 3 } };
	struct bank_entry items[ITEMS];
	uint32_t scratch[ITEMS];
	struct form_question form[QUESTIONS];
	(void)state;
	fill_bank(items, ITEMS, 1);
	bank_sort(items, ITEMS);
	for (int i = 0; i < ITEMS; i++)
		items[i].stratum = 1 + i / 2;
	const struct bank bank = { items, ITEMS, enemies, COUNT(enemies) };
	for (int64_t candidate = 0; candidate < 50; candidate++) {
		struct err e = { 0 };
		assert_true(draw_form(&b, &bank, test_seed, candidate, scratch, form, &e));
		assert_true(form_fits(&b, &bank, form, QUESTIONS));
		for (int q = 0; q < QUESTIONS; q++)
			assert_true(form[q].hash != items[2].hash && form[q].hash != items[3].hash);
	}
}

/* A5-1: what form_fits() refuses. */
static void test_unlawful_forms(void **state)
{
	static const int questions[ACTS] = { 7, 6 };
	const struct blueprint b = { questions, ACTS };
	struct vector v;
	uint32_t scratch[VECTOR];
	struct form_question form[WANTED];
	struct err e = { 0 };
	unsigned char elsewhere[ITEM_HASH_SIZE] = { 0 };
	(void)state;
	make_vector(&v);
	assert_true(draw_form(&b, &v.bank, test_seed, 1, scratch, form, &e));
	assert_true(form_fits(&b, &v.bank, form, WANTED));
	assert_false(form_fits(&b, &v.bank, form, WANTED - 1));
	const struct form_question kept = form[0];
	form[0].act = 1 - kept.act;
	assert_false(form_fits(&b, &v.bank, form, WANTED));
	form[0] = kept;
	form[0].shown[0] = kept.shown[1];
	assert_false(form_fits(&b, &v.bank, form, WANTED));
	form[0] = kept;
	form[0].hash = elsewhere;
	assert_false(form_fits(&b, &v.bank, form, WANTED));
	size_t twin = 1;
	while (form[twin].act != kept.act)
		twin++;
	form[0] = form[twin];
	assert_false(form_fits(&b, &v.bank, form, WANTED));
	form[0] = kept;
	/* of two enemies one is on the form; the other takes the place of a question of its act */
	bool put = false;
	for (size_t p = 0; p < v.bank.enemy_count && !put; p++) {
		const struct bank_entry *a = &v.items[v.enemies[p].a];
		const struct bank_entry *c = &v.items[v.enemies[p].b];
		for (size_t i = 0; i < WANTED && !put; i++) {
			bool here = form[i].hash == a->hash || form[i].hash == c->hash;
			const struct bank_entry *other = form[i].hash == a->hash ? c : a;
			for (size_t k = 0; here && k < WANTED && !put; k++) {
				if (k == i || form[k].act != other->act ||
				    form[k].options != other->options)
					continue;
				form[k].hash = other->hash;
				put = true;
			}
		}
	}
	assert_true(put);
	assert_false(form_fits(&b, &v.bank, form, WANTED));
}

/* A form with an item that rests is none, whenever it came to rest. */
static void test_resting_item(void **state)
{
	static const int questions[ACTS] = { 7, 6 };
	const struct blueprint b = { questions, ACTS };
	struct vector v;
	uint32_t scratch[VECTOR];
	struct form_question form[WANTED];
	struct err e = { 0 };
	(void)state;
	make_vector(&v);
	assert_true(draw_form(&b, &v.bank, test_seed, 1, scratch, form, &e));
	v.items[place_of(&v, form[3].item_id)].rests = true;
	assert_false(form_fits(&b, &v.bank, form, WANTED));
}

/* Pairs in any order become one order; a pair takes a place from the acts it can touch. */
static void test_pairs(void **state)
{
	static const int questions[ACTS] = { 1, 1 };
	const struct blueprint b = { questions, ACTS };
	struct bank_entry items[6];
	struct enemy_pair pairs[] = { { 0, 3 }, { 0, 1 }, { 0, 2 }, { 0, 4 } };
	(void)state;
	enemies_sort(pairs, COUNT(pairs));
	for (size_t i = 0; i < COUNT(pairs); i++)
		assert_int_equal(pairs[i].b, i + 1);
	fill_bank(items, COUNT(items), ACTS);
	for (size_t i = 0; i < COUNT(items); i++)
		items[i].act = i < 3 ? 0 : 1;
	const struct enemy_pair one[] = { { 0, 5 } };
	const struct bank bank = { items, COUNT(items), one, 1 };
	assert_int_equal(bank_spare(&bank, &b, 0), 1);
	assert_int_equal(bank_spare(&bank, &b, 1), 1);
	items[0].rests = true;
	assert_int_equal(bank_spare(&bank, &b, 0), 1);
	assert_int_equal(bank_spare(&bank, &b, 1), 1);
}

/* F31 */
static void test_rest(void **state)
{
	struct bank_entry items[4];
	const struct item_figures figures[4] = {
		{ .forms = 0 }, { .forms = 9 }, { .forms = 10 }, { .forms = 11 }
	};
	(void)state;
	fill_bank(items, 4, 1);
	bank_rest(items, figures, 4, 10);
	assert_false(items[0].rests || items[1].rests);
	assert_true(items[2].rests && items[3].rests);
	bank_rest(items, figures, 4, 0);
	assert_false(items[2].rests || items[3].rests);
}

/* F32: thirds by the share of right answers; none where one item has too few answers. */
static void test_strata(void **state)
{
	enum { ITEMS = 14 };
	struct bank_entry items[ITEMS];
	struct item_figures figures[ITEMS];
	uint32_t scratch[ITEMS];
	int in[2][STRATA + 1] = { { 0 } };
	(void)state;
	fill_bank(items, ITEMS, 2);
	bank_sort(items, ITEMS);
	for (size_t i = 0; i < ITEMS; i++)
		figures[i] = (struct item_figures){ .answered = 100,
						    .correct = 10 + 5 * (items[i].id / 2) };
	bank_stratify(items, figures, ITEMS, 2, scratch);
	for (size_t i = 0; i < ITEMS; i++) {
		assert_in_range(items[i].stratum, 1, STRATA);
		in[items[i].act][items[i].stratum]++;
		assert_int_equal(items[i].stratum, 1 + items[i].id / 2 * STRATA / 7);
	}
	assert_int_equal(in[0][1], 3);
	assert_int_equal(in[0][2], 2);
	assert_int_equal(in[0][3], 2);
	for (size_t i = 0; i < ITEMS; i++)
		figures[i].answered = items[i].id == 0 ? FIGURES_LEAST - 1 : FIGURES_LEAST;
	bank_stratify(items, figures, ITEMS, 2, scratch);
	for (size_t i = 0; i < ITEMS; i++)
		assert_true((items[i].stratum == 0) == (items[i].act == 0));
	for (size_t i = 0; i < ITEMS; i++)
		items[i].rests = items[i].id == 0;
	bank_stratify(items, figures, ITEMS, 2, scratch);
	for (size_t i = 0; i < ITEMS; i++)
		assert_true((items[i].stratum == 0) == (items[i].id == 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vector),
		cmocka_unit_test(test_every_form),
		cmocka_unit_test(test_enemies_leave_too_few),
		cmocka_unit_test(test_stratum_falls_short),
		cmocka_unit_test(test_unlawful_forms),
		cmocka_unit_test(test_resting_item),
		cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_rest),
		cmocka_unit_test(test_strata),
	};
	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
