/* wire.c - what the confined child may say: refused, or exactly what would be written again. */
#include "fuzz.h"

#include "exchange/wire.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct exchange_set set = { .items = NULL };
	struct err e = { 0 };
	struct buf again = buf_on(a);
	if (!wire_read(a, bytes, size, &set, &e))
		return 0;
	wire_write(&again, &set);
	if (again.length != size || memcmp(again.text, bytes, size) != 0)
		abort();
	return 0;
}
