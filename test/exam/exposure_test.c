/* How often a question is shown (F31): a bank of 600, a hundred for each of the two acts with
 * twenty questions and fifty for the others, so that a form takes a fifth of every act.
 *
 * Forms are drawn one by one, each from the whole of what is free: a share of 0.20 is what every
 * item comes to in the long run, not what each sitting keeps to.  What holds at once is told here,
 * and what happens when resting items make the bank too small. */
#include "exam_test.h"

#include "exam/strata.h"

#include <math.h>

enum { BANK = 600, LARGE = 100, SMALL = 50, FORMS = 50, PAIRS = 20 };

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

static void make(struct world *w, size_t enemies)
{
	memset(w, 0, sizeof(*w));
	fill_bank(w->item, BANK, PROGRAMME_ACTS);
	for (int i = 0; i < BANK; i++)
		w->item[i].act = act_of(i);
	bank_sort(w->item, BANK);
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

static bool draw_one(struct world *w, int64_t candidate, struct err *e)
{
	const struct blueprint b = programme();
	if (!draw_form(&b, &w->bank, test_seed, candidate, w->scratch, w->form, e))
		return false;
	assert_true(form_fits(&b, &w->bank, w->form, PROGRAMME_QUESTIONS));
	for (int q = 0; q < PROGRAMME_QUESTIONS; q++) {
		for (int i = 0; i < BANK; i++)
			w->figures[i].forms += w->item[i].id == w->form[q].item_id;
	}
	return true;
}

static int64_t most_of_act(const struct world *w, int act)
{
	int64_t most = 0;
	for (int i = 0; i < BANK; i++) {
		if (w->item[i].act == act && w->figures[i].forms > most)
			most = w->figures[i].forms;
	}
	return most;
}

/* From five forms to fifty, with enemies and without: no draw fails, and of every act the item
 * that was shown most is no further from a fifth than chance takes one of a hundred. */
static void test_share(void **state)
{
	static struct world w;
	(void)state;
	for (size_t enemies = 0; enemies <= PAIRS; enemies += PAIRS) {
		make(&w, enemies);
		for (int form = 1; form <= FORMS; form++) {
			struct err e = { 0 };
			if (!draw_one(&w, form, &e))
				fail_msg("form %d, %zu enemies: %s", form, enemies, e.detail);
			/* mean n/5, variance n (1/5) (4/5); five deviations are one of millions */
			const double most = form / 5.0 + 5 * sqrt(form * 0.16);
			for (int act = 0; form >= 5 && act < PROGRAMME_ACTS; act++) {
				if ((double)most_of_act(&w, act) > most)
					fail_msg("act %d after %d forms: %lld", act, form,
						 (long long)most_of_act(&w, act));
			}
		}
	}
}

/* In the long run the share is a fifth: 5,000 forms, every item. */
static void test_long_run(void **state)
{
	static struct world w;
	enum { MANY = 5000 };
	(void)state;
	make(&w, 0);
	for (int form = 0; form < MANY; form++) {
		struct err e = { 0 };
		assert_true(draw_one(&w, form, &e));
	}
	for (int i = 0; i < BANK; i++) {
		const double share = (double)w.figures[i].forms / MANY;
		if (fabs(share - 0.20) > 0.03)
			fail_msg("item %d: %.3f", i, share);
	}
}

/* Sittings of ten, between them items rest that have been on `most` forms.  With a fifth of the
 * forms as the bound nothing fails, and the bound is kept but for the forms of one sitting; with
 * less the bank runs short before the end, which is said: there is never a shorter form. */
static int forms_until_short(int64_t most)
{
	static struct world w;
	const struct blueprint b = programme();
	make(&w, 0);
	for (int sitting = 0; sitting < FORMS / 10; sitting++) {
		bank_rest(w.item, w.figures, BANK, most);
		for (int act = 0; act < PROGRAMME_ACTS; act++) {
			if (bank_spare(&w.bank, &b, act) < 0)
				return sitting * 10;
		}
		for (int form = 0; form < 10; form++) {
			struct err e = { 0 };
			assert_true(draw_one(&w, sitting * 10 + form, &e));
		}
	}
	for (int i = 0; i < BANK; i++)
		assert_true(w.figures[i].forms < most + 10);
	return FORMS;
}

static void test_resting(void **state)
{
	(void)state;
	assert_int_equal(forms_until_short(13), FORMS);
	assert_int_equal(forms_until_short(10), FORMS);
	assert_true(forms_until_short(6) < FORMS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_share),
		cmocka_unit_test(test_long_run),
		cmocka_unit_test(test_resting),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
