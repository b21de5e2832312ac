#include "exam/strata.h"

void bank_rest(struct bank_entry *items, const struct item_figures *figures, size_t count,
	       int64_t forms_most)
{
	for (size_t i = 0; i < count; i++)
		items[i].rests = forms_most > 0 && figures[i].forms >= forms_most;
}

/* Harder: a smaller share of right answers.  Products, so that nothing is rounded. */
static bool harder(const struct item_figures *a, const struct item_figures *b)
{
	return a->correct * b->answered < b->correct * a->answered;
}

/* The items of an act that do not rest, into scratch; 0 if one of them has too few answers. */
static size_t take_act(const struct bank_entry *items, const struct item_figures *figures,
		       size_t count, int act, uint32_t *scratch)
{
	size_t size = 0;
	for (size_t i = 0; i < count; i++) {
		if (items[i].act != act || items[i].rests)
			continue;
		if (figures[i].answered < FIGURES_LEAST)
			return 0;
		scratch[size++] = (uint32_t)i;
	}
	return size;
}

/* By insertion: stable, so that equals stay in the order of their hashes. */
static void sort_by_difficulty(uint32_t *place, size_t size, const struct item_figures *figures)
{
	for (size_t i = 1; i < size; i++) {
		uint32_t moved = place[i];
		size_t k = i;
		for (; k > 0 && harder(&figures[moved], &figures[place[k - 1]]); k--)
			place[k] = place[k - 1];
		place[k] = moved;
	}
}

/* F32 */
void bank_stratify(struct bank_entry *items, const struct item_figures *figures, size_t count,
		   size_t acts, uint32_t *scratch)
{
	for (size_t i = 0; i < count; i++)
		items[i].stratum = 0;
	for (size_t act = 0; act < acts; act++) {
		size_t size = take_act(items, figures, count, (int)act, scratch);
		sort_by_difficulty(scratch, size, figures);
		for (size_t k = 0; k < size; k++)
			items[scratch[k]].stratum = 1 + (int)(k * STRATA / size);
	}
}
