/* crl.c - a list of revoked certificates: refused, or what it says holds together. */
#include "fuzz.h"

#include "base/text.h"
#include "sign/crl.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct crl list;
	if (!crl_read(a, bytes, size, &list, NULL))
		return 0;
	if (*list.issuer && !text_valid(list.issuer, strlen(list.issuer)))
		abort();
	if (crl_compare(&list, &list) != 0 ||
	    strspn(list.number, "0123456789ABCDEF") != strlen(list.number))
		abort();
	return 0;
}
