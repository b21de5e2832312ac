/* report.h - reports over many competitions: the funnel, the time per step, the test by act of
 * law, the terms.
 *
 * Each is one table, whose rows carry the units of their own picture, and one `.list`, so that it
 * is there as a file too.  A reader gets the competitions of the organs where he is HR or auditor,
 * and of these those that the filter leaves; sums name nobody. */
#pragma once
#include "web/web.h"

extern const struct route report_routes[];

/* For the parameters of each report; LIST_PARAMS follow. */
#define REPORT_PARAMS                                                                              \
	{ "competition", P_INT, 1, INT64_MAX, false, NULL }, { "from", P_DAY, 0, 0, false, NULL }, \
		{ "to", P_DAY, 0, 0, false, NULL }, { "organ", P_TEXT, 1, 64, false, NULL },       \
	{                                                                                          \
		"route", P_CHOICE, 0, 0, false, report_route_names                                 \
	}
extern const char *const report_route_names[];

/* What the filter leaves, for SQL that begins with REPORT_SCOPE: its five values are $1 to $5. */
struct report_scope {
	const char *organs; /* ",pgo,reg-abai,": all that the reader may see */
	int64_t from_ms, before_ms, competition;
	const char *route;
};
#define REPORT_SCOPE                                                                               \
	"WITH scope (id) AS (SELECT c.id FROM competition c WHERE c.announced_ms >= $2"            \
	" AND c.announced_ms < $3 AND ($4 = 0 OR c.id = $4) AND ($5 = '' OR c.route = $5)"         \
	" AND REPLACE($1, ',' || c.organ || ',', '') <> $1)"
#define REPORT_VALUES(s)                                                                           \
	db_text((s)->organs), db_int((s)->from_ms), db_int((s)->before_ms),                        \
		db_int((s)->competition), db_text((s)->route)

/* Tests that count and whose names are open (F9): attempts t with their results r. */
#define REPORT_TESTS                                                                               \
	" FROM attempt t JOIN application a ON a.id = t.application_id JOIN scope x"               \
	" ON x.id = a.competition_id JOIN sitting s ON s.id = t.sitting_id"                        \
	" AND s.names_ms IS NOT NULL JOIN result r ON r.attempt_id = t.id"

/* Reads the filter, and adds to the model what every report shows: "asked", the tabs, the organs to
 * choose from, how many competitions and posts it is about.  A period that ends before it begins
 * holds none. */
bool report_begin(struct req *r, struct report_scope *ret, json_t *model, struct err *e) MUST_USE;

/* The widest picture, in units of its viewBox; `part` of `whole` of it. */
enum { REPORT_WIDTH = 1000 };
json_t *report_width(int64_t part, int64_t whole);

/* `part` of `whole` in percent, rounded; null if there is no whole. */
json_t *report_share(int64_t part, int64_t whole);

/* Of report_time.c, report_term.c and report_result.c. */
struct list;
extern const struct list report_time_listing, report_terms_listing, report_late_listing,
	report_results_listing;
bool report_time(struct req *r, json_t *model, struct err *e);
bool report_terms(struct req *r, json_t *model, struct err *e);
bool report_late(struct req *r, json_t *model, struct err *e);
bool report_results(struct req *r, json_t *model, struct err *e);
