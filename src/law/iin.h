/* iin.h - the individual identification number (rules.md 6: ID-1).  Pure. */
#pragma once
#include "base/day.h"

enum iin_result {
	IIN_VALID,
	IIN_LENGTH, /* not twelve characters                        */
	IIN_DIGITS, /* something else than digits                   */
	IIN_DATE,   /* its first six digits are no day of birth     */
	IIN_CHECK   /* the check digit is wrong                     */
};

enum { IIN_SIZE = 12 };

/* YYMMDD, a digit for century and sex (a 0 there is unusual, not wrong), four of serial, a
 * check digit: sum of d[i]*i for i = 1..11, modulo 11; if that is 10, with the weights
 * 3..11, 1, 2; if 10 again, no such number is given out. */
enum iin_result iin_check(const char *iin);

/* The day of birth, if the first seven digits tell one: false for a century digit of 0 or
 * above 6, and for a text that is no number of twelve digits.  The check digit is not asked. */
bool iin_birth_day(const char *iin, day *ret) MUST_USE;
