/* certificate.c - a certificate: refused, or read again from its own bytes as the same. */
#include "fuzz.h"

#include "base/text.h"
#include "sign/person.h"

#include <stdlib.h>
#include <string.h>

static void check_text(const char *text)
{
	if (*text && !text_valid(text, strlen(text)))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct certificate one;
	struct certificate again;
	struct person person;
	if (!certificate_read(a, bytes, size, &one, NULL))
		return 0;
	const fault_set faults = person_of(a, &one, &person);
	if (faults == 0 && strspn(person.iin, "0123456789") != PERSON_NUMBER_SIZE - 1)
		abort();
	check_text(one.subject);
	check_text(one.issuer);
	check_text(person.name);
	check_text(person.organisation);
	(void)certificate_signed_by(&one, &one);
	if (!certificate_read(a, one.der.bytes, one.der.size, &again, NULL) ||
	    !certificate_equal(&one, &again) || one.usage != again.usage ||
	    one.authority != again.authority || strcmp(one.subject, again.subject) != 0)
		abort();
	return 0;
}
