#include "law/iin.h"

#include <string.h>

enum { WEIGHTED = 11, NO_DIGIT = 10 };

static int weighted(const char *iin, const int weight[WEIGHTED])
{
	int sum = 0;
	for (int i = 0; i < WEIGHTED; i++)
		sum += (iin[i] - '0') * weight[i];
	return sum % WEIGHTED;
}

/* ID-1: a second pass of weights where the first gives no digit. */
static int check_digit(const char *iin)
{
	static const int first[WEIGHTED] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 };
	static const int second[WEIGHTED] = { 3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2 };
	int digit = weighted(iin, first);
	return digit == NO_DIGIT ? weighted(iin, second) : digit;
}

static bool is_number(const char *iin)
{
	return strlen(iin) == IIN_SIZE && strspn(iin, "0123456789") == IIN_SIZE;
}

static int two_digits(const char *text)
{
	return (text[0] - '0') * 10 + (text[1] - '0');
}

/* The day that YYMMDD is in a century, such as 1900; false if there is none. */
static bool day_in(const char *iin, int century, day *ret)
{
	struct date date = { century + two_digits(iin), two_digits(iin + 2), two_digits(iin + 4) };
	if (date.month < 1 || date.month > 12)
		return false;
	day d = day_from_date(date);
	if (day_to_date(d).day != date.day) /* 31 April would be 1 May */
		return false;
	*ret = d;
	return true;
}

/* The century by the seventh digit: 1, 2 the 19th, 3, 4 the 20th, 5, 6 the 21st. */
static bool century_of(const char *iin, int *ret)
{
	int digit = iin[6] - '0';
	if (digit < 1 || digit > 6)
		return false;
	*ret = 1800 + (digit - 1) / 2 * 100;
	return true;
}

/* Where the century is not told, either of the last two will do. */
static bool has_birth_day(const char *iin)
{
	int century = 0;
	day born = { 0 };
	if (century_of(iin, &century))
		return day_in(iin, century, &born);
	return day_in(iin, 1900, &born) || day_in(iin, 2000, &born);
}

enum iin_result iin_check(const char *iin)
{
	if (strlen(iin) != IIN_SIZE)
		return IIN_LENGTH;
	if (!is_number(iin))
		return IIN_DIGITS;
	if (!has_birth_day(iin))
		return IIN_DATE;
	/* A remainder of 10 equals no digit, so such a number is never valid. */
	return check_digit(iin) == iin[IIN_SIZE - 1] - '0' ? IIN_VALID : IIN_CHECK;
}

bool iin_birth_day(const char *iin, day *ret)
{
	int century = 0;
	return is_number(iin) && century_of(iin, &century) && day_in(iin, century, ret);
}
