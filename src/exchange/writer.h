/* writer.h - what the writers share. */
#pragma once
#include "base/buf.h"
#include "exchange/exchange.h"

/* A package of QTI 2.2 or 3. */
bool write_qti(struct arena *a, const struct exchange_set *set, int version, const void **ret,
	       size_t *ret_size, struct err *e) MUST_USE;
