#include "loot.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

enum { WINDOW = 8, BITS = 24 };

/* Which mark stands for the window that begins here. */
static size_t mark_of(const unsigned char *bytes)
{
	uint64_t window = 0;
	memcpy(&window, bytes, sizeof(window));
	return (size_t)(window * UINT64_C(0x9e3779b97f4a7c15) >> (64 - BITS));
}

void loot_mark(struct loot *loot)
{
	free(loot->windows);
	loot->windows = calloc((size_t)1 << BITS, 1);
	assert_non_null(loot->windows);
	for (size_t i = 0; i + WINDOW <= loot->size; i++)
		loot->windows[mark_of(loot->bytes + i)] = 1;
}

void loot_steal(const char *file, struct loot *ret)
{
	char path[PATH_MAX];
	struct stat status;
	(void)snprintf(path, sizeof(path), "%s%s", file, ret->ending);
	FILE *from = fopen(path, "rb");
	if (!from)
		return;
	assert_int_equal(stat(path, &status), 0);
	ret->size = (size_t)status.st_size;
	ret->bytes = malloc(ret->size + 1);
	assert_non_null(ret->bytes);
	assert_int_equal(fread(ret->bytes, 1, ret->size, from), ret->size);
	assert_int_equal(fclose(from), 0);
	loot_mark(ret);
}

bool loot_holds(const struct loot *loot, const void *bytes, size_t size)
{
	if (!loot->bytes)
		return false;
	for (size_t i = 0; loot->windows && i + WINDOW <= size; i++) {
		if (!loot->windows[mark_of((const unsigned char *)bytes + i)])
			return false;
	}
	return memmem(loot->bytes, loot->size, bytes, size) != NULL;
}

void loot_drop(struct loot *loot)
{
	free(loot->bytes);
	free(loot->windows);
}
