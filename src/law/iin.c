#include "law/iin.h"

#include <stdio.h>
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

/* The century is the seventh digit's: 1, 2 the 19th, 3, 4 the 20th, 5, 6 the 21st. */
static bool has_birth_day(const char *iin)
{
	static const char *const century[] = { "19", "18", "18", "19", "19", "20", "20" };
	size_t at = (size_t)(iin[6] - '0');
	char text[DAY_TEXT_SIZE];
	day born = { 0 };
	(void)snprintf(text, sizeof(text), "%s%.2s-%.2s-%.2s",
		       at < COUNT(century) ? century[at] : "20", iin, iin + 2, iin + 4);
	if (text[1] == '8') /* day_parse knows no year before 1900; leap years are alike */
		text[1] = '9';
	return day_parse(text, &born);
}

enum iin_result iin_check(const char *iin)
{
	if (strlen(iin) != IIN_SIZE)
		return IIN_LENGTH;
	if (strspn(iin, "0123456789") != IIN_SIZE)
		return IIN_DIGITS;
	if (!has_birth_day(iin))
		return IIN_DATE;
	/* A remainder of 10 equals no digit, so such a number is never valid. */
	return check_digit(iin) == iin[IIN_SIZE - 1] - '0' ? IIN_VALID : IIN_CHECK;
}
