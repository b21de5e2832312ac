#include "exchange/reader.h"

#include <string.h>
#include <unicode/ustring.h>
#include <unicode/utf8.h>

/* ICU's macro converts as it likes. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
int32_t door_next(const char *text, size_t size, size_t *at)
{
	const uint8_t *bytes = (const uint8_t *)text;
	UChar32 c = 0;
	size_t i = *at;
	U8_NEXT(bytes, i, size, c);
	*at = i;
	return c;
}
#pragma GCC diagnostic pop

/* ERR_INPUT with the line and the byte, as a person looks for it: "3: 0xCF". */
static bool refuse(const char *text, size_t at, struct err *e)
{
	char where[32];
	int line = 1;
	for (size_t i = 0; i < at; i++)
		line += text[i] == '\n';
	(void)snprintf(where, sizeof(where), "%d: 0x%02X", line, (unsigned char)text[at]);
	(void)err_input(e, "file", "exchange.error.encoding", "not UTF-8 in line %s", where);
	return err_value(e, where);
}

/* Units of 16 bits behind their mark, of either order. */
static bool from_utf16(struct arena *a, const unsigned char *bytes, size_t size, const char **ret,
		       size_t *ret_size, struct err *e)
{
	const size_t count = size / 2;
	const bool little = bytes[0] == 0xff;
	UChar *wide = arena_array(a, count + 1, sizeof(UChar));
	char *text = arena_array(a, count + 1, 3); /* a unit is at most three bytes */
	int32_t length = 0;
	UErrorCode status = U_ZERO_ERROR;
	for (size_t i = 1; i < count; i++)
		wide[i - 1] = (UChar)(little ? bytes[2 * i] | bytes[2 * i + 1] << 8
					     : bytes[2 * i] << 8 | bytes[2 * i + 1]);
	if (size % 2 == 0)
		u_strToUTF8(text, (int32_t)(count * 3), &length, wide, (int32_t)count - 1, &status);
	if (size % 2 != 0 || U_FAILURE(status) || memchr(text, '\0', (size_t)length))
		return err_input(e, "file", "exchange.error.encoding", "broken UTF-16") ||
		       err_value(e, "UTF-16");
	*ret = text;
	*ret_size = (size_t)length;
	return true;
}

bool door_text(struct arena *a, const void *bytes, size_t size, const char **ret, size_t *ret_size,
	       struct err *e)
{
	static const char mark[] = "\xef\xbb\xbf";
	const char *text = bytes;
	if (size >= 2 && (memcmp(text, "\xff\xfe", 2) == 0 || memcmp(text, "\xfe\xff", 2) == 0))
		return from_utf16(a, bytes, size, ret, ret_size, e);
	if (size >= 3 && memcmp(text, mark, 3) == 0) {
		text += 3;
		size -= 3;
	}
	for (size_t at = 0; at < size;) {
		const size_t begin = at;
		if (door_next(text, size, &at) <=
		    0) /* malformed, overlong, a surrogate; or a zero byte */
			return refuse(text, begin, e);
	}
	*ret = arena_copy_n(a, text, size);
	*ret_size = size;
	return true;
}
