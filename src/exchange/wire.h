/* wire.h - a set of questions, or why there is none, as bytes.  Only for exchange/.
 *
 * A head { mark, format, items, findings, rows }, then each item, finding and row, field by field:
 * a number is 32 bits, a text its length plus one and its bytes, or zero for none.  Both sides are
 * the same program on the same machine: no byte order.  A message key is its place in the table of
 * all that the readers have, so that no other can arrive. */
#pragma once
#include "base/buf.h"
#include "exchange/exchange.h"

enum { WIRE_MOST = 192 * 1024 * 1024 };

void wire_write(struct buf *b, const struct exchange_set *set);
void wire_write_error(struct buf *b, const struct err *e);

/* Reads what wire_write() wrote; the failure that wire_write_error() wrote; or, from bytes that
 * neither of them can have written, ERR_INPUT at "file" "exchange.error.broken". */
bool wire_read(struct arena *a, const void *bytes, size_t size, struct exchange_set *ret,
	       struct err *e) MUST_USE;
