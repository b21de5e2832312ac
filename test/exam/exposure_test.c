/* How often a question is shown (F31): a bank of 600, a hundred for each of the two acts with
 * twenty questions and fifty for the others, so that a form takes a fifth of every act.
 *
 * The forms of a sitting are drawn one after another, least shown first: the cap of 0.20 holds in
 * each sitting, to the form.  What enemies cost is told here, and what happens when resting items
 * make the bank too small. */
#include "exam_test.h"

#include "exam/strata.h"

#include <limits.h>
#include <math.h>

enum { BANK = 600, LARGE = 100, SMALL = 50, FIFTH = 5, FORMS = 200, PAIRS = 20 };

struct world {
	struct bank_entry item[BANK];
	struct item_figures figures[BANK];
	struct enemy_pair enemy[PAIRS];
	uint32_t scratch[BANK];
	struct form_question form[PROGRAMME_QUESTIONS];
	struct bank bank;
};

static int act_of(int i)
{
	return i < LARGE ? 0 : i < 2 * LARGE ? 1 : 2 + (i - 2 * LARGE) / SMALL;
}

static void make(struct world *w, size_t enemies, bool strata)
{
	int place[PROGRAMME_ACTS] = { 0 };
	memset(w, 0, sizeof(*w));
	fill_bank(w->item, BANK, PROGRAMME_ACTS);
	for (int i = 0; i < BANK; i++)
		w->item[i].act = act_of(i);
	bank_sort(w->item, BANK);
	for (int i = 0; strata && i < BANK; i++) {
		const int act = w->item[i].act;
		w->item[i].stratum = 1 + place[act]++ * STRATA / (act < 2 ? LARGE : SMALL);
	}
	/* two of each act, then two more */
	for (size_t k = 0; k < enemies; k++) {
		uint32_t found[4] = { 0 };
		size_t count = 0;
		for (uint32_t i = 0; i < BANK && count < 4; i++) {
			if (w->item[i].act == (int)(k % PROGRAMME_ACTS))
				found[count++] = i;
		}
		const size_t from = k < PROGRAMME_ACTS ? 0 : 2;
		w->enemy[k] = (struct enemy_pair){ found[from], found[from + 1] };
	}
	enemies_sort(w->enemy, enemies);
	w->bank = (struct bank){ w->item, BANK, w->enemy, enemies };
}

static void new_sitting(struct world *w)
{
	for (int i = 0; i < BANK; i++)
		w->item[i].shown = 0;
}

static bool draw_one(struct world *w, int64_t candidate, struct err *e)
{
	const struct blueprint b = programme();
	if (!draw_form(&b, &w->bank, test_seed, candidate, w->scratch, w->form, e))
		return false;
	assert_true(form_fits(&b, &w->bank, w->form, PROGRAMME_QUESTIONS));
	bank_shown(w->item, BANK, w->form, PROGRAMME_QUESTIONS);
	for (int q = 0; q < PROGRAMME_QUESTIONS; q++) {
		for (int i = 0; i < BANK; i++)
			w->figures[i].forms += w->item[i].id == w->form[q].item_id;
	}
	return true;
}

static void range_of_act(const struct world *w, int act, int *least, int *most)
{
	*least = INT_MAX;
	*most = 0;
	for (int i = 0; i < BANK; i++) {
		if (w->item[i].act != act)
			continue;
		*least = w->item[i].shown < *least ? w->item[i].shown : *least;
		*most = w->item[i].shown > *most ? w->item[i].shown : *most;
	}
}

/* The bounds of docs/draw.md, after each form of sittings of up to 200. */
static void test_cap(void **state)
{
	static const struct {
		const char *why;
		size_t enemies;
		bool strata;
		int more;   /* forms beyond a fifth */
		int spread; /* between the least and the most shown of an act */
	} row[] = {
		{ "plain", 0, false, 0, 1 },
		{ "strata", 0, true, 0, 1 },
		{ "enemies", PAIRS, false, 1, 2 },
		{ "enemies and strata", PAIRS, true, 1, 2 },
	};
	static struct world w;
	(void)state;
	for (size_t k = 0; k < COUNT(row); k++) {
		make(&w, row[k].enemies, row[k].strata);
		for (int form = 1; form <= FORMS; form++) {
			struct err e = { 0 };
			if (!draw_one(&w, form, &e))
				fail_msg("%s, form %d: %s", row[k].why, form, e.detail);
			for (int act = 0; act < PROGRAMME_ACTS; act++) {
				int least = 0;
				int most = 0;
				range_of_act(&w, act, &least, &most);
				if (most > (form + FIFTH - 1) / FIFTH + row[k].more ||
				    most - least > row[k].spread)
					fail_msg("%s, act %d: %d to %d of %d forms", row[k].why,
						 act, least, most, form);
			}
		}
	}
}

/* Without enemies five forms take the bank once: every question is on exactly one of them. */
static void test_five(void **state)
{
	static struct world w;
	(void)state;
	for (int strata = 0; strata < 2; strata++) {
		make(&w, 0, strata == 1);
		for (int form = 1; form <= FIFTH; form++) {
			struct err e = { 0 };
			assert_true(draw_one(&w, form, &e));
		}
		for (int i = 0; i < BANK; i++)
			assert_int_equal(w.item[i].shown, 1);
	}
}

/* F32: a stratum gives each form its whole part or one more, whoever was before. */
static void test_strata_even(void **state)
{
	static struct world w;
	(void)state;
	make(&w, 0, true);
	for (int form = 1; form <= FORMS; form++) {
		int of[PROGRAMME_ACTS][STRATA + 1] = { { 0 } };
		struct err e = { 0 };
		assert_true(draw_one(&w, form, &e));
		for (int q = 0; q < PROGRAMME_QUESTIONS; q++) {
			for (int i = 0; i < BANK; i++) {
				if (w.item[i].id == w.form[q].item_id)
					of[w.item[i].act][w.item[i].stratum]++;
			}
		}
		for (int act = 0; act < PROGRAMME_ACTS; act++) {
			for (int s = 1; s <= STRATA; s++)
				assert_in_range(of[act][s], act < 2 ? 6 : 3, act < 2 ? 7 : 4);
		}
	}
}

/* Nothing but chance says which form of a sitting a question is on: the second form of each of
 * 2,500 sittings has every item as often as any, within five deviations of 8 per mille. */
static void test_chance(void **state)
{
	static struct world w;
	enum { SITTINGS = 2500 };
	static int second[BANK];
	(void)state;
	make(&w, 0, false);
	for (int sitting = 0; sitting < SITTINGS; sitting++) {
		struct err e = { 0 };
		new_sitting(&w);
		for (int form = 0; form < 2; form++) {
			for (int i = 0; i < BANK && form == 1; i++)
				second[i] -= w.item[i].shown;
			assert_true(draw_one(&w, 2 * sitting + form, &e));
		}
		for (int i = 0; i < BANK; i++)
			second[i] += w.item[i].shown;
	}
	for (int i = 0; i < BANK; i++) {
		const double share = (double)second[i] / SITTINGS;
		if (fabs(share - 0.20) > 0.04)
			fail_msg("item %d: %.3f", i, share);
	}
}

/* Who has had a form before cannot have its items: the others' counts stay as even as that allows.
 */
static void test_seen(void **state)
{
	static struct world w;
	(void)state;
	make(&w, 0, false);
	for (int form = 1; form <= 50; form++) {
		struct err e = { 0 };
		/* every fifth candidate has had the same fifth of every act */
		for (int i = 0; i < BANK; i++)
			w.item[i].seen = form % 5 == 0 && w.item[i].id % 5 == 0;
		assert_true(draw_one(&w, form, &e));
	}
	for (int act = 0; act < PROGRAMME_ACTS; act++) {
		int least = 0;
		int most = 0;
		range_of_act(&w, act, &least, &most);
		assert_in_range(most, 10, 11);
	}
}

/* Sittings of ten, between them items rest that have been on `most` forms.  With a fifth of the
 * forms as the bound nothing fails; with less the bank runs short before the end, all at once,
 * which is said: there is never a shorter form. */
static int forms_until_short(int64_t most)
{
	enum { ALL = 50, ONE = 10 };
	static struct world w;
	const struct blueprint b = programme();
	make(&w, 0, false);
	for (int sitting = 0; sitting < ALL / ONE; sitting++) {
		new_sitting(&w);
		bank_rest(w.item, w.figures, BANK, most);
		for (int act = 0; act < PROGRAMME_ACTS; act++) {
			if (bank_spare(&w.bank, &b, act) < 0)
				return sitting * ONE;
		}
		for (int form = 0; form < ONE; form++) {
			struct err e = { 0 };
			assert_true(draw_one(&w, sitting * ONE + form, &e));
		}
	}
	for (int i = 0; i < BANK; i++)
		assert_int_equal(w.figures[i].forms, ALL / FIFTH);
	return ALL;
}

static void test_resting(void **state)
{
	(void)state;
	assert_int_equal(forms_until_short(13), 50);
	assert_int_equal(forms_until_short(10), 50);
	assert_int_equal(forms_until_short(6), 30);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cap),         cmocka_unit_test(test_five),
		cmocka_unit_test(test_strata_even), cmocka_unit_test(test_chance),
		cmocka_unit_test(test_seen),        cmocka_unit_test(test_resting),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
