#include "exam/dif.h"

#include <math.h>

/* 95 per cent, two-sided and one-sided. */
#define TWO_SIDED 1.959964
#define ONE_SIDED 1.644854

struct sums {
	double r, s;         /* ad/T, bc/T                                  */
	double pr, psqr, qs; /* of the variance of Robins, Breslow & Greenland */
	double compared, p_dif;
};

static void add(struct sums *sum, const struct dif_band *band)
{
	const double a = (double)band->a;
	const double b = (double)band->b;
	const double c = (double)band->c;
	const double d = (double)band->d;
	const double total = a + b + c + d;
	if (a + b == 0 || c + d == 0)
		return; /* nobody to compare with */
	const double r = a * d / total;
	const double s = b * c / total;
	const double p = (a + d) / total;
	const double q = (b + c) / total;
	sum->r += r;
	sum->s += s;
	sum->pr += p * r;
	sum->psqr += p * s + q * r;
	sum->qs += q * s;
	sum->compared += c + d;
	sum->p_dif += (c + d) * (c / (c + d) - a / (a + b));
}

/* A: below 1, or not different from 0; C: 1.5 and more, and above 1 for sure; else B. */
static char class_of(double delta, double error)
{
	const double size = fabs(delta);
	if (size < 1 || size <= TWO_SIDED * error)
		return 'A';
	return size >= 1.5 && size - ONE_SIDED * error > 1 ? 'C' : 'B';
}

struct dif dif_of_bands(const struct dif_band *bands, size_t count)
{
	struct sums m = { 0 };
	for (size_t i = 0; i < count; i++)
		add(&m, &bands[i]);
	if (m.r <= 0 || m.s <= 0)
		return (struct dif){ 0 };
	const double variance =
		m.pr / (2 * m.r * m.r) + m.psqr / (2 * m.r * m.s) + m.qs / (2 * m.s * m.s);
	struct dif f = {
		.known = true,
		.alpha = m.r / m.s,
		.delta = -2.35 * log(m.r / m.s),
		.delta_error = 2.35 * sqrt(variance),
		.p_dif = m.p_dif / m.compared,
	};
	f.class = class_of(f.delta, f.delta_error);
	return f;
}

struct dif dif_of_item(const struct item_tally *kk, const struct item_tally *ru, int answer)
{
	struct dif_band bands[BANDS] = { 0 };
	if (kk->answered < ENOUGH_DIF || ru->answered < ENOUGH_DIF)
		return (struct dif){ 0 };
	for (int i = 0; i < BANDS; i++) {
		struct dif_band *b = &bands[i];
		for (int option = 0; option <= ITEM_OPTIONS_MOST; option++) {
			*(option == answer ? &b->a : &b->b) += ru->band[i][option];
			*(option == answer ? &b->c : &b->d) += kk->band[i][option];
		}
	}
	return dif_of_bands(bands, BANDS);
}
