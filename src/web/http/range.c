#include "web/http/range.h"

#include <string.h>
#include <strings.h>

/* Digits alone; what is larger than any file stays so.  False if there is none. */
static bool number(const char **at, int64_t *ret)
{
	const char *begin = *at;
	int64_t n = 0;
	for (; **at >= '0' && **at <= '9'; (*at)++)
		n = n > INT64_MAX / 10 - 1 ? INT64_MAX / 10 : n * 10 + (**at - '0');
	*ret = n;
	return *at != begin;
}

/* "bytes=FROM-LAST", "bytes=FROM-", "bytes=-COUNT"; nothing behind it. */
static bool parse(const char *at, bool *ret_has_from, bool *ret_has_last, int64_t *ret_from,
		  int64_t *ret_last)
{
	if (strncasecmp(at, "bytes=", 6) != 0)
		return false;
	at += 6 + strspn(at + 6, " ");
	*ret_has_from = number(&at, ret_from);
	if (*at++ != '-')
		return false;
	*ret_has_last = number(&at, ret_last);
	return at[strspn(at, " ")] == '\0' && (*ret_has_from || *ret_has_last) &&
	       !(*ret_has_from && *ret_has_last && *ret_last < *ret_from);
}

enum range_kind range_of(const char *header, int64_t size, struct range *ret)
{
	bool has_from = false;
	bool has_last = false;
	int64_t from = 0;
	int64_t last = 0;
	if (!header || !parse(header, &has_from, &has_last, &from, &last))
		return RANGE_ALL;
	if (!has_from) { /* so many from the end */
		from = last < size ? size - last : 0;
		last = last > 0 ? size - 1 : -1;
	} else if (!has_last || last >= size) {
		last = size - 1;
	}
	if (from >= size || last < from)
		return RANGE_BEHIND;
	*ret = (struct range){ from, last - from + 1 };
	return RANGE_PART;
}
