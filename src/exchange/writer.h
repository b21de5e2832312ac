/* writer.h - what the writers share. */
#pragma once
#include "base/buf.h"
#include "exchange/exchange.h"

/* A package of QTI 2.2 or 3. */
bool write_qti(struct arena *a, const struct exchange_set *set, int version, const void **ret,
	       size_t *ret_size, struct err *e) MUST_USE;

/* One question a row: CSV, a workbook. */
void write_csv(struct buf *b, const struct exchange_set *set);
bool write_xlsx(struct arena *a, const struct exchange_set *set, const void **ret, size_t *ret_size,
		struct err *e) MUST_USE;

/* Whether a text has white space that HTML would take for one blank, or for none. */
bool writer_keeps_blanks(const char *text);
