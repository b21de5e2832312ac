/* made.h - sets of questions that nobody would write: all that a format must not stumble over. */
#pragma once
#include "exchange/exchange.h"

enum { MADE_ITEMS = 25 };

/* The same for the same seed. */
struct exchange_set made_set(struct arena *a, uint32_t seed);
