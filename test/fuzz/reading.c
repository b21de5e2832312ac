#include "reading.h"

#include "exchange/exchange.h"
#include "exchange/wire.h"

#include <stdlib.h>
#include <string.h>

void fuzz_read(const void *bytes, size_t size)
{
	static const struct exchange_options options = { "ru", "civil-code" };
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct buf sent = buf_on(a);
	struct buf again = buf_on(a);
	struct exchange_set set = { .items = NULL };
	struct exchange_set got = { .items = NULL };
	struct err e = { 0 };
	if (!exchange_read(a, bytes, size, &options, &set, &e)) {
		wire_write_error(&sent, &e);
		return;
	}
	wire_write(&sent, &set);
	if (!wire_read(a, sent.text, sent.length, &got, &e))
		abort();
	wire_write(&again, &got);
	if (sent.length != again.length || memcmp(sent.text, again.text, sent.length) != 0)
		abort();
}
