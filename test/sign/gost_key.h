/* gost_key.h - GOST keys that sign, for tests: the programme itself only checks. */
#pragma once
#include "der_put.h"
#include "sign/gost.h"

struct gost_key;

struct gost_key *gost_key_new(enum gost_curve curve);
void gost_key_free(struct gost_key *key);

/* x || y, little-endian. */
struct der gost_key_public(struct arena *a, const struct gost_key *key);

/* r || s little-endian, or as RFC 9215 has it: s || r big-endian. */
struct der gost_key_sign(struct arena *a, const struct gost_key *key, const unsigned char *hash,
			 bool rfc);

/* The curve's own check: that the numbers are those of a curve, and the order the base point's. */
bool gost_narrow_curve_holds(void);
