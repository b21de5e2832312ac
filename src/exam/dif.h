/* dif.h - does an item work alike in both languages?  (F66)  Pure.
 *
 * Candidates of the same total score are compared, band by band: Mantel & Haenszel, Journal of the
 * National Cancer Institute 22 (1959); Holland & Thayer in Wainer & Braun, Test Validity (1988);
 * classes as the Educational Testing Service has them, Dorans & Holland in Holland & Wainer,
 * Differential Item Functioning (1993).  The standard error of ln(alpha) is that of Robins, Breslow
 * & Greenland, Biometrics 42 (1986). */
#pragma once
#include "exam/statistics.h"

/* Of one band: a reference group right, b wrong; c compared group right, d wrong. */
struct dif_band {
	int64_t a, b, c, d;
};

struct dif {
	bool known;   /* enough answers in both languages, and a spread in them */
	double alpha; /* common odds ratio; above 1: easier in the reference group */
	double delta; /* -2.35 ln(alpha): below 0 harder in the compared group */
	double delta_error;
	double p_dif; /* standardised difference of the shares, compared less reference */
	char class;   /* 'A' negligible, 'B' moderate, 'C' large; 0 not known */
};

/* The bare statistics of bands, whatever their number of answers. */
struct dif dif_of_bands(const struct dif_band *bands, size_t count);

/* Kazakh compared with Russian, the reference; not known below ENOUGH_DIF in a language. */
struct dif dif_of_item(const struct item_tally *kk, const struct item_tally *ru, int answer);
