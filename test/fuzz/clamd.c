/* clamd.c - what may come from the socket of the virus scanner: a verdict or none, and a name that
 * can stand in a row, in the journal and on a page. */
#include "fuzz.h"

#include "scan/clamd.h"

#include <stdlib.h>
#include <string.h>

static void check_plain(const char name[CLAMD_NAME_SIZE])
{
	if (!memchr(name, '\0', CLAMD_NAME_SIZE))
		abort();
	for (const char *c = name; *c; c++) {
		if (*c < ' ' || *c > '~')
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static const char clean[] = "stream: OK";
	struct clamd_version v;
	char found[CLAMD_NAME_SIZE];
	const enum clamd_verdict verdict = clamd_read_verdict((const char *)bytes, size, found);
	check_plain(found);
	if ((verdict == CLAMD_FOUND) != (found[0] != '\0'))
		abort();
	if (verdict == CLAMD_CLEAN &&
	    (size != sizeof(clean) || memcmp(bytes, clean, sizeof(clean)) != 0))
		abort();
	if (clamd_read_version((const char *)bytes, size, &v)) {
		check_plain(v.engine);
		check_plain(v.signatures);
	}
	return 0;
}
