/* strata.h - difficulty strata of an act, once there are figures (F32), and items that rest (F31).
 * Pure.
 *
 * The share of right answers p of an item is its correct/answered.  When every item of an act
 * that does not rest has at least FIGURES_LEAST answers, these items, by p upwards and among
 * equals by hash, are cut into STRATA parts whose sizes differ by one at most: place k of n is
 * in stratum 1 + k * STRATA / n.  Otherwise none of the act has a stratum.  Thirty answers are the
 * usual least for a classical item figure (Crocker & Algina, Introduction to Classical and
 * Modern Test Theory, 14). */
#pragma once
#include "exam/draw.h"

enum { FIGURES_LEAST = 30 };

/* What is known of an item from results that stand. */
struct item_figures {
	int64_t forms;    /* it has been on, of any attempt */
	int64_t answered; /* results that it counted in     */
	int64_t correct;
};

/* Sets `rests` of each item that has been on `forms_most` forms or more; 0: none ever rests.
 * `figures` runs beside `items`. */
void bank_rest(struct bank_entry *items, const struct item_figures *figures, size_t count,
	       int64_t forms_most);

/* Sets `stratum` of each item; `items` are sorted, `scratch` is room for `count` numbers. */
void bank_stratify(struct bank_entry *items, const struct item_figures *figures, size_t count,
		   size_t acts, uint32_t *scratch);
