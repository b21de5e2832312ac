#include "base/trace.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

/* Where the parts of "vv-<32>-<16>-ff" lie. */
enum { ID_AT = 3, SPAN_AT = 36, FLAGS_AT = 53, LENGTH = 55, ID_DIGITS = 32, SPAN_DIGITS = 16 };

static bool are_digits(const char *text, size_t count)
{
	return strspn(text, "0123456789abcdef") >= count;
}

static bool are_zeros(const char *text, size_t count)
{
	return strspn(text, "0") >= count;
}

bool trace_read(const char *header, struct trace *ret)
{
	const size_t length = header ? strlen(header) : 0;
	if (length < LENGTH || header[ID_AT - 1] != '-' || header[SPAN_AT - 1] != '-' ||
	    header[FLAGS_AT - 1] != '-')
		return false;
	/* version 00 ends there, a later one may go on behind a further "-", ff is none */
	const bool first = strncmp(header, "00", 2) == 0;
	if (!are_digits(header, 2) || strncmp(header, "ff", 2) == 0 ||
	    (length > LENGTH && (first || header[LENGTH] != '-')))
		return false;
	if (!are_digits(header + ID_AT, ID_DIGITS) || are_zeros(header + ID_AT, ID_DIGITS) ||
	    !are_digits(header + SPAN_AT, SPAN_DIGITS) ||
	    are_zeros(header + SPAN_AT, SPAN_DIGITS) || !are_digits(header + FLAGS_AT, 2))
		return false;
	struct trace t = { "", "" };
	memcpy(t.id, header + ID_AT, ID_DIGITS);
	memcpy(t.span, header + SPAN_AT, SPAN_DIGITS);
	*ret = t;
	return true;
}

/* All zeros would be none. */
static void make_digits(char *ret, size_t size)
{
	unsigned char bytes[ID_DIGITS / 2];
	randombytes_buf(bytes, sizeof(bytes));
	bytes[0] |= 1;
	(void)sodium_bin2hex(ret, size, bytes, size / 2);
}

void trace_begin(const char *header, struct trace *ret)
{
	if (!trace_read(header, ret))
		make_digits(ret->id, sizeof(ret->id));
	make_digits(ret->span, sizeof(ret->span));
}

void trace_text(const struct trace *t, char ret[TRACE_TEXT_SIZE])
{
	(void)snprintf(ret, TRACE_TEXT_SIZE, "00-%s-%s-01", t->id, t->span);
}

void trace_short(const struct trace *t, char ret[TRACE_SHORT_SIZE])
{
	(void)snprintf(ret, TRACE_SHORT_SIZE, "%.8s", t->id);
}
