/* law_test.h - what the tests of law/ share: cmocka, days as text, the demonstration rules. */
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "law/calendar.h"
#include "law/rule_set.h"

#include <string.h>

/* "2026-03-26"; fails the test for anything else. */
day on(const char *text);

/* Fails with the reason of the row unless the days are the same. */
void same_day(const char *why, day got, const char *want);

/* Fails with the reason unless `e` is a refusal by law with this clause and key. */
void refused_by_law(const char *why, const struct err *e, const char *clause, const char *key);

/* The calendar of rules.md 5, 2024 to 2027, built once. */
const struct calendar *kazakh_calendar(void);

/* Its source, for tests that change something. */
struct calendar_source kazakh_source(void);

/* The rule set of Order 118 with the demonstration values of rules.md 4. */
struct rule_set demonstration_rules(void);

/* The same with every parameter confirmed by a clause: what a real competition needs. */
struct rule_set confirmed_rules(void);
