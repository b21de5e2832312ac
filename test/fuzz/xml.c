/* xml.c - XML: Moodle, QTI 1.2, 2 and 3. */
#include "fuzz.h"
#include "reading.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	fuzz_read(bytes, size);
	return 0;
}
