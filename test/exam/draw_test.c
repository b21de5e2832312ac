/* A candidate's form: known results, and what holds for every form.  A5-1, F22, F29. */
#include "exam_test.h"

#include <sodium.h>

enum { BANK = 300 };

/* ---- known results ------------------------------------------------------------------- */

/* Worked out from the words of draw.h by another program in another language. */
static void test_known(void **state)
{
	static const struct {
		int64_t candidate;
		struct {
			int64_t id;
			const char *shown;
		} question[6];
		const char *hash;
	} row[] = {
		{ 7,
		  { { 1, "10324" },
		    { 11, "41302" },
		    { 7, "32041" },
		    { 0, "2103" },
		    { 9, "01243" },
		    { 10, "3102" } },
		  "777b1726b4a6a83832d648e80d0ebaf7a083c9a41a274412c2dbd6d3841cc8e3" },
		{ -1,
		  { { 0, "1230" },
		    { 1, "14302" },
		    { 3, "31420" },
		    { 10, "0312" },
		    { 7, "23104" },
		    { 2, "2301" } },
		  "a57a9a3d4efcb7ed8002595bffcbb50d4f46263e7f1493bda6f076f9af656307" },
	};
	static const int questions[] = { 2, 3, 1 };
	const struct blueprint b = { questions, COUNT(questions) };
	struct bank_entry bank[12];
	uint32_t scratch[12];
	struct form_question form[6];
	unsigned char hash[FORM_HASH_SIZE];
	(void)state;
	fill_bank(bank, COUNT(bank), 3);
	bank[4].seen = true;
	bank_sort(bank, COUNT(bank));
	const struct bank whole = { bank, COUNT(bank), NULL, 0 };
	bank_hash(&whole, hash);
	same_bytes("bank", hash, sizeof(hash),
		   "c69ff783d859667cb0ee218b3686d832b99542e9cf384d033633a8e15a6b5e51");
	assert_int_equal(blueprint_total(&b), 6);
	for (size_t i = 0; i < COUNT(row); i++) {
		struct err e = { 0 };
		assert_true(draw_form(&b, &whole, test_seed, row[i].candidate, scratch, form, &e));
		for (size_t k = 0; k < COUNT(form); k++) {
			const char *shown = row[i].question[k].shown;
			assert_int_equal(form[k].item_id, row[i].question[k].id);
			assert_int_equal(form[k].act, form[k].item_id % 3);
			assert_int_equal(form[k].options, strlen(shown));
			for (int o = 0; o < form[k].options; o++)
				assert_int_equal(form[k].shown[o], shown[o] - '0');
		}
		form_hash(form, COUNT(form), hash);
		same_bytes("form", hash, sizeof(hash), row[i].hash);
	}
}

/* ---- the programme -------------------------------------------------------------------- */

struct world {
	struct bank_entry bank[BANK];
	uint32_t scratch[BANK];
	struct form_question form[PROGRAMME_QUESTIONS];
};

static void make_world(struct world *w)
{
	fill_bank(w->bank, BANK, PROGRAMME_ACTS);
	bank_sort(w->bank, BANK);
}

static void draw(struct world *w, int64_t candidate)
{
	struct blueprint b = programme();
	const struct bank whole = { w->bank, BANK, NULL, 0 };
	struct err e = { 0 };
	if (!draw_form(&b, &whole, test_seed, candidate, w->scratch, w->form, &e))
		fail_msg("%s", e.detail);
}

static void test_known_form_of_the_programme(void **state)
{
	struct world w;
	unsigned char hash[FORM_HASH_SIZE];
	(void)state;
	make_world(&w);
	draw(&w, 1);
	form_hash(w.form, PROGRAMME_QUESTIONS, hash);
	same_bytes("form", hash, sizeof(hash),
		   "eecf70dd7cd3ca35d422769dbd44076808ec6641d7aa6f629a8798a773935761");
}

static void check_form(const struct world *w, int64_t candidate)
{
	struct blueprint b = programme();
	int asked[PROGRAMME_ACTS] = { 0 };
	bool seen[BANK] = { false };
	for (size_t i = 0; i < PROGRAMME_QUESTIONS; i++) {
		const struct form_question *q = &w->form[i];
		unsigned options = 0;
		if (seen[q->item_id])
			fail_msg("candidate %lld: item twice", (long long)candidate);
		seen[q->item_id] = true;
		assert_int_equal(q->act, q->item_id % PROGRAMME_ACTS);
		asked[q->act]++;
		assert_int_equal(q->options, q->item_id % 2 ? 5 : 4);
		for (int o = 0; o < q->options; o++)
			options |= 1U << q->shown[o];
		if (options != (1U << q->options) - 1)
			fail_msg("candidate %lld: an option lost", (long long)candidate);
	}
	for (size_t i = 0; i < PROGRAMME_ACTS; i++)
		assert_int_equal(asked[i], b.questions[i]);
}

/* A5-1: exactly those counts in every variant, no item twice, every option once. */
static void test_every_form(void **state)
{
	struct world w;
	struct blueprint b = programme();
	(void)state;
	assert_int_equal(blueprint_total(&b), PROGRAMME_QUESTIONS);
	make_world(&w);
	for (int64_t candidate = 1; candidate <= 500; candidate++) {
		draw(&w, candidate);
		check_form(&w, candidate);
	}
}

/* The seed and the candidate decide, and nothing else does: not the order of the bank's rows. */
static void test_same_again(void **state)
{
	struct world one;
	struct world two;
	unsigned char hash[3][FORM_HASH_SIZE];
	unsigned char seed[DRAW_SEED_SIZE];
	struct blueprint b = programme();
	struct err e = { 0 };
	(void)state;
	make_world(&one);
	draw(&one, 42);
	form_hash(one.form, PROGRAMME_QUESTIONS, hash[0]);
	fill_bank(two.bank, BANK, PROGRAMME_ACTS);
	for (size_t i = 0; i < BANK / 2; i++) {
		struct bank_entry entry = two.bank[i];
		two.bank[i] = two.bank[BANK - 1 - i];
		two.bank[BANK - 1 - i] = entry;
	}
	bank_sort(two.bank, BANK);
	draw(&two, 42);
	form_hash(two.form, PROGRAMME_QUESTIONS, hash[1]);
	assert_memory_equal(hash[0], hash[1], FORM_HASH_SIZE);
	draw(&two, 43);
	form_hash(two.form, PROGRAMME_QUESTIONS, hash[1]);
	assert_memory_not_equal(hash[0], hash[1], FORM_HASH_SIZE);
	memcpy(seed, test_seed, sizeof(seed));
	seed[31] ^= 1;
	const struct bank whole = { two.bank, BANK, NULL, 0 };
	assert_true(draw_form(&b, &whole, seed, 42, two.scratch, two.form, &e));
	form_hash(two.form, PROGRAMME_QUESTIONS, hash[2]);
	assert_memory_not_equal(hash[0], hash[2], FORM_HASH_SIZE);
}

/* A form's hash binds the order of questions and of options. */
static void test_form_hash_sees_order(void **state)
{
	struct world w;
	unsigned char hash[3][FORM_HASH_SIZE];
	(void)state;
	make_world(&w);
	draw(&w, 1);
	form_hash(w.form, PROGRAMME_QUESTIONS, hash[0]);
	unsigned char option = w.form[119].shown[0];
	w.form[119].shown[0] = w.form[119].shown[1];
	w.form[119].shown[1] = option;
	form_hash(w.form, PROGRAMME_QUESTIONS, hash[1]);
	assert_memory_not_equal(hash[0], hash[1], FORM_HASH_SIZE);
	struct form_question question = w.form[0];
	w.form[0] = w.form[1];
	w.form[1] = question;
	form_hash(w.form, PROGRAMME_QUESTIONS, hash[2]);
	assert_memory_not_equal(hash[1], hash[2], FORM_HASH_SIZE);
}

/* The seeds are fixed, so the counts are too; the limits are 6 standard deviations wide. */
static void test_roughly_even(void **state)
{
	enum { FORMS = 3000 };
	struct world w;
	int drawn[BANK] = { 0 };
	int act_first[PROGRAMME_ACTS] = { 0 };
	int shown_first[ITEM_OPTIONS_MOST] = { 0 };
	int with_five = 0;
	(void)state;
	make_world(&w);
	for (int64_t candidate = 0; candidate < FORMS; candidate++) {
		draw(&w, candidate);
		act_first[w.form[0].act]++;
		for (size_t i = 0; i < PROGRAMME_QUESTIONS; i++) {
			drawn[w.form[i].item_id]++;
			if (w.form[i].options == 5) {
				shown_first[w.form[i].shown[0]]++;
				with_five++;
			}
		}
	}
	for (size_t i = 0; i < BANK; i++) { /* 20 or 10 of the 30 items of an act */
		int want = i % PROGRAMME_ACTS < 2 ? FORMS * 2 / 3 : FORMS / 3;
		assert_in_range(drawn[i], want - 155, want + 155);
	}
	for (size_t i = 0; i < PROGRAMME_ACTS; i++) { /* the whole form is shuffled, not each act */
		int want = i < 2 ? FORMS / 6 : FORMS / 12;
		assert_in_range(act_first[i], want - 125, want + 125);
	}
	for (size_t i = 0; i < ITEM_OPTIONS_MOST; i++)
		assert_in_range(shown_first[i], with_five / 5 - 1020, with_five / 5 + 1020);
}

/* ---- a bank that is too small --------------------------------------------------------- */

/* F29: 120 or none, never 119. */
static void test_shortage(void **state)
{
	static const struct {
		const char *why;
		int act, leave; /* so many items of the act are not excluded */
		int spare;
		bool want;
	} row[] = {
		{ "one to spare in the first act", 0, 21, 1, true },
		{ "just enough in the first act", 0, 20, 0, true },
		{ "one short in the first act", 0, 19, -1, false },
		{ "just enough in the last act", 9, 10, 0, true },
		{ "one short in the last act: 119 in all", 9, 9, -1, false },
		{ "an act without any item", 5, 0, -10, false },
	};
	struct blueprint b = programme();
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		struct world w;
		struct err e = { 0 };
		int left = row[i].leave;
		make_world(&w);
		for (size_t k = 0; k < BANK; k++)
			w.bank[k].seen = w.bank[k].act == row[i].act && left-- <= 0;
		const struct bank whole = { w.bank, BANK, NULL, 0 };
		assert_int_equal(bank_spare(&whole, &b, row[i].act), row[i].spare);
		if (draw_form(&b, &whole, test_seed, 1, w.scratch, w.form, &e) != row[i].want)
			fail_msg("%s", row[i].why);
		if (row[i].want) {
			check_form(&w, 1);
			continue;
		}
		assert_int_equal(e.kind, ERR_CONFLICT);
		assert_string_equal(e.key, "exam.bank.shortage");
	}
	const struct bank none = { NULL, 0, NULL, 0 };
	assert_int_equal(bank_spare(&none, &b, 0), -20);
	assert_false(draw_form(&b, &none, test_seed, 1, NULL, NULL, NULL));
}

/* F31: what rests is never drawn; what is left is drawn still. */
static void test_resting(void **state)
{
	struct world w;
	(void)state;
	make_world(&w);
	for (size_t i = 0; i < BANK; i++)
		w.bank[i].rests = w.bank[i].id < 100; /* ten of thirty in each act */
	for (int64_t candidate = 0; candidate < 200; candidate++) {
		draw(&w, candidate);
		check_form(&w, candidate);
		for (size_t i = 0; i < PROGRAMME_QUESTIONS; i++)
			assert_true(w.form[i].item_id >= 100);
	}
}

static void test_sort(void **state)
{
	struct bank_entry bank[50];
	(void)state;
	bank_sort(NULL, 0);
	for (size_t count = 1; count <= COUNT(bank); count++) {
		int64_t sum = 0;
		fill_bank(bank, count, 1);
		bank_sort(bank, count);
		for (size_t i = 0; i < count; i++) {
			sum += bank[i].id;
			if (i > 0)
				assert_true(memcmp(bank[i - 1].hash, bank[i].hash, ITEM_HASH_SIZE) <
					    0);
		}
		assert_int_equal(sum, count * (count - 1) / 2);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_known_form_of_the_programme),
		cmocka_unit_test(test_every_form),
		cmocka_unit_test(test_same_again),
		cmocka_unit_test(test_form_hash_sees_order),
		cmocka_unit_test(test_roughly_even),
		cmocka_unit_test(test_shortage),
		cmocka_unit_test(test_resting),
		cmocka_unit_test(test_sort),
	};
	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
