#include "base/text.h"

#include <stdio.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/ucol.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

/* U+0000 to U+001F but for line ends and tab, U+007F to U+009F. */
static bool control_at(const unsigned char *c, size_t left)
{
	if (*c < 0x20)
		return *c != '\n' && *c != '\t' && *c != '\r';
	return *c == 0x7f || (*c == 0xc2 && left > 1 && c[1] >= 0x80 && c[1] < 0xa0);
}

bool text_valid(const char *bytes, size_t size)
{
	if (size > INT32_MAX)
		return false;
	for (size_t i = 0; i < size; i++) {
		if (control_at((const unsigned char *)bytes + i, size - i))
			return false;
	}
	/* A conversion without room only counts, and finds what is malformed. */
	UErrorCode status = U_ZERO_ERROR;
	u_strFromUTF8(NULL, 0, NULL, bytes, (int32_t)size, &status);
	return status == U_BUFFER_OVERFLOW_ERROR || U_SUCCESS(status);
}

struct wide {
	UChar *text;
	int32_t length;
};

/* ICU works on UTF-16; the input has been checked. */
static struct wide widen(struct arena *a, const char *text, size_t size)
{
	struct wide w = { arena_array(a, size + 1, sizeof(UChar)), 0 };
	UErrorCode status = U_ZERO_ERROR;
	u_strFromUTF8(w.text, (int32_t)size + 1, &w.length, text, (int32_t)size, &status);
	if (U_FAILURE(status))
		w.length = 0;
	return w;
}

static char *narrow(struct arena *a, struct wide w)
{
	int32_t room = w.length * 3 + 1; /* a UTF-16 unit is at most three bytes */
	char *text = arena_alloc(a, (size_t)room);
	UErrorCode status = U_ZERO_ERROR;
	u_strToUTF8(text, room, NULL, w.text, w.length, &status);
	return text;
}

static struct wide compose(struct arena *a, struct wide w)
{
	UErrorCode status = U_ZERO_ERROR;
	const UNormalizer2 *nfc = unorm2_getNFCInstance(&status);
	int32_t room = w.length * 3 + 1; /* NFC grows a text at most threefold */
	struct wide out = { arena_array(a, (size_t)room, sizeof(UChar)), 0 };
	out.length = unorm2_normalize(nfc, w.text, w.length, out.text, room, &status);
	return U_FAILURE(status) ? w : out;
}

/* Without white space at both ends, of whatever script: a no-break space is no name. */
static struct wide trim(struct wide w)
{
	while (w.length > 0 && u_isUWhiteSpace(w.text[0])) {
		w.text++;
		w.length--;
	}
	while (w.length > 0 && u_isUWhiteSpace(w.text[w.length - 1]))
		w.length--;
	return w;
}

/* CR LF, and CR alone, as LF. */
static char *one_line_end(char *text)
{
	char *to = text;
	for (const char *from = text; *from; from++) {
		if (*from != '\r')
			*to++ = *from;
		else if (from[1] != '\n')
			*to++ = '\n';
	}
	*to = '\0';
	return text;
}

bool text_accept(struct arena *a, const char *bytes, size_t size, const char **ret, struct err *e)
{
	if (!text_valid(bytes, size))
		return err_set(e, ERR_INPUT, "error.text.encoding", "text is not clean UTF-8");
	*ret = one_line_end(narrow(a, trim(compose(a, widen(a, bytes, size)))));
	return true;
}

bool text_accept_secret(struct arena *a, const char *bytes, size_t size, const char **ret,
			struct err *e)
{
	if (!text_valid(bytes, size))
		return err_set(e, ERR_INPUT, "error.text.encoding", "text is not clean UTF-8");
	*ret = narrow(a, compose(a, widen(a, bytes, size)));
	return true;
}

size_t text_length(const char *text)
{
	size_t n = 0;
	for (; *text; text++)
		n += ((unsigned char)*text & 0xc0U) != 0x80U;
	return n;
}

const char *text_fold(struct arena *a, const char *text)
{
	struct wide w = compose(a, widen(a, text, strlen(text)));
	int32_t room = w.length * 3 + 1;
	struct wide low = { arena_array(a, (size_t)room, sizeof(UChar)), 0 };
	UErrorCode status = U_ZERO_ERROR;
	low.length = u_strFoldCase(low.text, room, w.text, w.length, U_FOLD_CASE_DEFAULT, &status);
	for (int32_t i = 0; i < low.length; i++) {
		if (low.text[i] == 0x451) /* ё is searched as е */
			low.text[i] = 0x435;
	}
	return narrow(a, low);
}

const char *text_sort_key(struct arena *a, const char *text)
{
	UErrorCode status = U_ZERO_ERROR;
	UCollator *kazakh = ucol_open("kk", &status);
	if (U_FAILURE(status))
		return arena_copy(a, text);
	struct wide w = widen(a, text, strlen(text));
	int32_t size = ucol_getSortKey(kazakh, w.text, w.length, NULL, 0);
	uint8_t *key = arena_alloc(a, (size_t)size + 1);
	(void)ucol_getSortKey(kazakh, w.text, w.length, key, size);
	ucol_close(kazakh);
	char *hex = arena_alloc(a, (size_t)size * 2 + 1);
	for (int32_t i = 0; i + 1 < size; i++) /* the last byte is a terminator */
		(void)snprintf(hex + (ptrdiff_t)i * 2, 3, "%02x", key[i]);
	return hex;
}
