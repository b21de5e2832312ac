#include "journal/request.h"

#include <string.h>

enum { SIZE_DIGITS_MOST = 18 };

/* "old 23\n"; moves behind it. */
static bool read_old(const char **at, const char *end, uint64_t *ret)
{
	const char *digit = *at + strlen("old ");
	uint64_t n = 0;
	int count = 0;
	for (; digit < end && *digit >= '0' && *digit <= '9' && count < SIZE_DIGITS_MOST; count++)
		n = n * 10 + (uint64_t)(*digit++ - '0');
	if (count == 0 || digit == end || *digit != '\n')
		return false;
	*ret = n;
	*at = digit + 1;
	return true;
}

bool log_request_parse(const char *text, size_t size, struct log_request *ret)
{
	struct log_request q = { .note = text, .size = size };
	const char *at = text;
	const char *end = text + size;
	if (size < strlen("old ") || memcmp(text, "old ", strlen("old ")) != 0) {
		*ret = q;
		return true;
	}
	if (!read_old(&at, end, &q.old))
		return false;
	while (at < end && *at != '\n') {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		if (!stop || q.proof.count == TREE_PROOF_MOST ||
		    !tree_parse(at, (size_t)(stop - at), &q.proof.hash[q.proof.count]))
			return false;
		q.proof.count++;
		at = stop + 1;
	}
	if (at == end)
		return false;
	q.has_old = true;
	q.note = at + 1;
	q.size = (size_t)(end - q.note);
	*ret = q;
	return true;
}
