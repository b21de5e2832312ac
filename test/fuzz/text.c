/* text.c - CSV, GIFT, Aiken, in UTF-8 and UTF-16. */
#include "fuzz.h"
#include "reading.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	fuzz_read(bytes, size);
	return 0;
}
