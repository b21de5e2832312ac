/* mjr.c - what Janus records, or whoever could write in its folder: no byte behind the end is read,
 * and what is told of a file holds together. */
#include "fuzz.h"

#include "video/mjr.h"

#include <stdlib.h>
#include <string.h>

static void check_head(const struct mjr_head *h, size_t size)
{
	if (h->size > size || h->made_us < 0 || h->first_us < 0 ||
	    !memchr(h->codec, '\0', sizeof(h->codec)))
		abort();
	for (const char *c = h->codec; *c; c++) {
		if ((*c < 'a' || *c > 'z') && (*c < '0' || *c > '9'))
			abort();
	}
}

static void check_shape(const struct mjr_shape *s, const struct mjr_head *h, size_t size)
{
	if (s->packets < 0 || s->lost < 0 || s->whole < h->size || s->whole > size)
		abort();
	/* a packet has 22 bytes at least */
	if ((uint64_t)s->packets > (s->whole - h->size) / 22)
		abort();
	if (s->until_ms < s->from_ms || s->longest_gap_ms < 0 || s->gap_from_ms < 0 ||
	    s->gap_from_ms + s->longest_gap_ms > s->until_ms)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct mjr_head h = { .sound = false };
	struct mjr_shape s = { .packets = 0 };
	struct mjr_shape before = { .packets = 0 };
	struct err e = { 0 };
	if (!mjr_head(bytes, size, &h, &e))
		return 0;
	check_head(&h, size);
	if (!mjr_shape(bytes, size, &h, &s, &e))
		abort();
	check_shape(&s, &h, size);
	/* what a crash left is the same as far as it goes */
	if (!mjr_shape(bytes, s.whole, &h, &before, &e) || memcmp(&s, &before, sizeof(s)) != 0)
		abort();
	return 0;
}
