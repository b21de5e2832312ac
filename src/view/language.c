#include "view/language.h"

#include "base/day.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unicode/ucal.h>
#include <unicode/udat.h>
#include <unicode/unum.h>
#include <unicode/ustring.h>

static bool utf8(const UChar *text, int32_t length, char *ret, int32_t size)
{
	UErrorCode status = U_ZERO_ERROR;
	u_strToUTF8(ret, size, NULL, text, length, &status);
	return status == U_ZERO_ERROR;
}

/* A month has another form in a date than alone (марта, not март); the pattern asks
 * ICU for the one of dates. */
static bool read_months(struct language *l)
{
	enum { ROOM = 64 };
	UErrorCode status = U_ZERO_ERROR;
	UDateFormat *f =
		udat_open(UDAT_PATTERN, UDAT_PATTERN, l->name, u"UTC", -1, u"d MMMM", -1, &status);
	bool ok = U_SUCCESS(status);
	for (int m = 0; ok && m < 12; m++) {
		UChar text[ROOM];
		day first = day_from_date((struct date){ 2024, m + 1, 1 });
		int32_t length =
			udat_format(f, (double)first.n * DAY_MS, text, ROOM, NULL, &status);
		/* "1 " stands in front of the name. */
		ok = U_SUCCESS(status) && length > 2 && length < ROOM &&
		     utf8(text + 2, length - 2, l->months[m], MONTH_SIZE);
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
	UNumberFormat *f = unum_open(UNUM_DECIMAL, NULL, 0, l->name, NULL, &status);
	bool ok = U_SUCCESS(status) && read_sign(f, UNUM_GROUPING_SEPARATOR_SYMBOL, l->group) &&
		  read_sign(f, UNUM_DECIMAL_SEPARATOR_SYMBOL, l->decimal);
	unum_close(f);
	return ok;
}

bool language_open(struct language *l, const char *name, struct err *e)
{
	UErrorCode status = U_ZERO_ERROR;
	l->name = name;
	l->plurals = uplrules_open(name, &status);
	if (U_FAILURE(status) || !read_months(l) || !read_signs(l))
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
	enum { ROOM = 16 };
	UErrorCode status = U_ZERO_ERROR;
	UChar word[ROOM];
	int32_t length = uplrules_select(l->plurals, (double)count, word, ROOM, &status);
	return U_SUCCESS(status) && utf8(word, length, ret, (int32_t)size);
}

/* Kazakh and Russian mark the year ("ж.", "г."), English does not. */
static void add_day(const struct language *l, day d, struct buf *out)
{
	struct date date = day_to_date(d);
	const char *year = strcmp(l->name, "kk") == 0   ? "\u00a0ж."
			   : strcmp(l->name, "ru") == 0 ? "\u00a0г."
							: "";
	buf_print(out, "%d\u00a0%s %d%s", date.day, l->months[date.month - 1], date.year, year);
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
