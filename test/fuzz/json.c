/* json.c - bodies in JSON: what is read is one text for each field, and whole. */
#include "fuzz.h"

#include "web/http/form.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct fields f = fields_on(a);
	struct err e = { 0 };
	if (!form_json(&f, bytes, size, &e))
		return 0;
	for (size_t i = 0; i < f.count; i++) {
		if (strlen(f.list[i].bytes) != f.list[i].size || f.list[i].file_name)
			abort();
	}
	return 0;
}
