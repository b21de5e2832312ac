/* report.h - what was measured, as one JSON object, and that as text.
 *
 *   { "bench": "exam", "quick": false, "machine": {...}, "ceilings": {...},
 *     "measures": [ { "name", "about", "values": {...}, "target", "met" } ], "met": true }
 *
 * A measure without a target is for information: "target" is "" and "met" null. */
#pragma once
#include "base/err.h"

#include <jansson.h>

struct report {
	json_t *root; /* owned */
};

/* `bench`: what is measured, "exam" */
struct report report_open(const char *bench, bool quick);
void report_close(struct report *r);

/* One of the objects "machine" and "ceilings"; takes over `value`. */
void report_put(struct report *r, const char *object, const char *name, json_t *value);

/* Takes over `values`. */
void report_add(struct report *r, const char *name, const char *about, json_t *values,
		const char *target, bool met);
void report_note(struct report *r, const char *name, const char *about, json_t *values);

/* A number as it is read: three places that count. */
json_t *report_real(double value);

/* Whether every target was met. */
bool report_met(const struct report *r);
void report_print(const struct report *r, bool as_json);
