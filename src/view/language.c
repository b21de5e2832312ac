#include "view/language.h"

#include "base/day.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unicode/ucal.h>
#include <unicode/udat.h>
#include <unicode/udatpg.h>
#include <unicode/unum.h>
#include <unicode/ustring.h>

static bool utf8(const UChar *text, int32_t length, char *ret, int32_t size)
{
	UErrorCode status = U_ZERO_ERROR;
	u_strToUTF8(ret, size, NULL, text, length, &status);
	return status == U_ZERO_ERROR;
}

enum { ROOM = 64, A_DAY = 11, A_YEAR = 2222 };

/* Bytes of the space that `text` begins with, of any width; 0: it begins with none. */
static size_t space(const char *text)
{
	static const char *const spaces[] = { " ", "\u00a0", "\u202f" };
	for (size_t i = 0; i < COUNT(spaces); i++) {
		if (strncmp(text, spaces[i], strlen(spaces[i])) == 0)
			return strlen(spaces[i]);
	}
	return 0;
}

/* Two figures that no month's name has in it stand where the day and the year belong.  What follows
 * a figure stays with it on the line. */
static void mark_figures(const char *date, char ret[DATE_SIZE])
{
	static const char fixed[] = "\u00a0";
	size_t size = 0;
	while (*date && size + sizeof(fixed) < DATE_SIZE) {
		const bool year = strncmp(date, "2222", 4) == 0;
		if (!year && strncmp(date, "11", 2) != 0) {
			ret[size++] = *date++;
			continue;
		}
		ret[size++] = year ? DATE_YEAR : DATE_DAY;
		date += year ? 4 : 2;
		if (space(date) > 0) {
			date += space(date);
			memcpy(ret + size, fixed, strlen(fixed));
			size += strlen(fixed);
		}
	}
	ret[size] = '\0';
}

/* The order of a date and its words, as the language has them. */
static UDateFormat *open_dates(const char *locale, UErrorCode *status)
{
	UChar pattern[ROOM];
	UDateTimePatternGenerator *g = udatpg_open(locale, status);
	const int32_t length = udatpg_getBestPattern(g, u"yMMMMd", -1, pattern, ROOM, status);
	udatpg_close(g);
	if (U_FAILURE(*status))
		return NULL;
	return udat_open(UDAT_PATTERN, UDAT_PATTERN, locale, u"UTC", -1, pattern, length, status);
}

static bool read_dates(struct language *l)
{
	UErrorCode status = U_ZERO_ERROR;
	/* the day before the month, as everybody here writes it */
	UDateFormat *f = open_dates(strcmp(l->base, "en") == 0 ? "en_GB" : l->base, &status);
	bool ok = U_SUCCESS(status);
	for (int m = 0; ok && m < 12; m++) {
		UChar text[ROOM];
		char date[DATE_SIZE];
		day d = day_from_date((struct date){ A_YEAR, m + 1, A_DAY });
		int32_t length = udat_format(f, (double)d.n * DAY_MS, text, ROOM, NULL, &status);
		ok = U_SUCCESS(status) && length < ROOM && utf8(text, length, date, DATE_SIZE);
		if (ok)
			mark_figures(date, l->dates[m]);
	}
	udat_close(f);
	return ok;
}

static bool read_sign(const UNumberFormat *f, UNumberFormatSymbol symbol, char ret[SIGN_SIZE])
{
	UErrorCode status = U_ZERO_ERROR;
	UChar text[SIGN_SIZE];
	int32_t length = unum_getSymbol(f, symbol, text, SIGN_SIZE, &status);
	return U_SUCCESS(status) && utf8(text, length, ret, SIGN_SIZE);
}

static bool read_signs(struct language *l)
{
	UErrorCode status = U_ZERO_ERROR;
	UNumberFormat *f = unum_open(UNUM_DECIMAL, NULL, 0, l->base, NULL, &status);
	bool ok = U_SUCCESS(status) && read_sign(f, UNUM_GROUPING_SEPARATOR_SYMBOL, l->group) &&
		  read_sign(f, UNUM_DECIMAL_SEPARATOR_SYMBOL, l->decimal);
	unum_close(f);
	return ok;
}

bool language_open(struct language *l, const char *name, const char *base, struct err *e)
{
	UErrorCode status = U_ZERO_ERROR;
	(void)snprintf(l->name, sizeof(l->name), "%s", name);
	l->base = base;
	l->plurals = uplrules_open(base, &status);
	if (U_FAILURE(status) || !read_dates(l) || !read_signs(l))
		return err_set(e, ERR_SYSTEM, "error.page", "ICU does not know language %s", name);
	return true;
}

void language_close(struct language *l)
{
	uplrules_close(l->plurals);
	json_decref(l->texts);
}

bool language_plural(const struct language *l, json_int_t count, char *ret, size_t size)
{
	UErrorCode status = U_ZERO_ERROR;
	UChar word[ROOM];
	int32_t length = uplrules_select(l->plurals, (double)count, word, ROOM, &status);
	return U_SUCCESS(status) && utf8(word, length, ret, (int32_t)size);
}

static void add_day(const struct language *l, day d, struct buf *out)
{
	struct date date = day_to_date(d);
	for (const char *at = l->dates[date.month - 1]; *at; at++) {
		if (*at == DATE_DAY)
			buf_print(out, "%d", date.day);
		else if (*at == DATE_YEAR)
			buf_print(out, "%d", date.year);
		else
			buf_add_char(out, *at);
	}
}

static void add_clock(int64_t instant_ms, struct buf *out)
{
	int64_t minutes = (instant_ms - day_begins_ms(day_of_instant(instant_ms))) / 60000;
	buf_print(out, "%02" PRId64 ":%02" PRId64, minutes / 60, minutes % 60);
}

/* `digits` is an optional minus, digits and perhaps a point and more digits. */
static bool add_number(const struct language *l, const char *digits, struct buf *out)
{
	if (*digits == '-') {
		buf_add(out, "\u2212");
		digits++;
	}
	size_t whole = strspn(digits, "0123456789");
	const char *rest = digits + whole;
	size_t fraction = *rest == '.' ? strspn(rest + 1, "0123456789") : 0;
	if (whole == 0 || rest[fraction > 0 ? fraction + 1 : 0] != '\0')
		return false;
	for (size_t i = 0; i < whole; i++) {
		if (i > 0 && (whole - i) % 3 == 0)
			buf_add(out, l->group);
		buf_add_char(out, digits[i]);
	}
	if (fraction > 0) {
		buf_add(out, l->decimal);
		buf_add_n(out, rest + 1, fraction);
	}
	return true;
}

static bool add_plain(const json_t *value, struct buf *out)
{
	if (json_is_string(value))
		buf_add_n(out, json_string_value(value), json_string_length(value));
	else if (json_is_integer(value))
		buf_print(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
	else if (json_is_real(value))
		buf_print(out, "%.10g", json_real_value(value));
	else
		return false;
	return true;
}

static bool add_instant(const struct language *l, enum format format, int64_t ms, struct buf *out)
{
	char iso[INSTANT_TEXT_SIZE];
	switch (format) {
	case FORMAT_TIME:
		add_day(l, day_of_instant(ms), out);
		buf_add(out, ", ");
		add_clock(ms, out);
		return true;
	case FORMAT_CLOCK: add_clock(ms, out); return true;
	case FORMAT_ISO:
		instant_print(ms, iso);
		buf_add(out, iso);
		return true;
	default: return false;
	}
}

bool language_value(const struct language *l, enum format format, const json_t *value,
		    struct buf *out)
{
	if (json_is_null(value))
		return true;
	if (format == FORMAT_TEXT)
		return add_plain(value, out);
	if (format == FORMAT_DAY) {
		day d;
		if (!json_is_string(value) || !day_parse(json_string_value(value), &d))
			return false;
		add_day(l, d, out);
		return true;
	}
	if (format == FORMAT_NUMBER) {
		struct buf digits = buf_on(out->arena);
		return add_plain(value, &digits) && add_number(l, digits.text, out);
	}
	return json_is_integer(value) && add_instant(l, format, json_integer_value(value), out);
}
