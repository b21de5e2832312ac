#include "bench/report.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

struct report report_open(const char *bench, bool quick)
{
	return (struct report){ json_pack("{s:s,s:b,s:{},s:{},s:[],s:b}", "bench", bench, "quick",
					  quick, "machine", "ceilings", "measures", "met", 1) };
}

void report_close(struct report *r)
{
	json_decref(r->root);
	r->root = NULL;
}

void report_put(struct report *r, const char *object, const char *name, json_t *value)
{
	(void)json_object_set_new(json_object_get(r->root, object), name, value);
}

static void add(struct report *r, const char *name, const char *about, json_t *values,
		const char *target, json_t *met)
{
	(void)json_array_append_new(json_object_get(r->root, "measures"),
				    json_pack("{s:s,s:s,s:o,s:s,s:o}", "name", name, "about", about,
					      "values", values, "target", target, "met", met));
	(void)fprintf(stderr, "bench: %s: %s\n", name,
		      json_is_null(met)   ? "measured"
		      : json_is_true(met) ? "met"
					  : "NOT MET");
}

void report_add(struct report *r, const char *name, const char *about, json_t *values,
		const char *target, bool met)
{
	add(r, name, about, values, target, json_boolean(met));
	if (!met)
		(void)json_object_set_new(r->root, "met", json_false());
}

void report_note(struct report *r, const char *name, const char *about, json_t *values)
{
	add(r, name, about, values, "", json_null());
}

json_t *report_real(double value)
{
	if (value == 0 || !isfinite(value))
		return json_integer(0);
	const double unit = pow(10, floor(log10(fabs(value))) - 2);
	if (unit >= 1)
		return json_integer((json_int_t)llround(value));
	/* by a division, so that 0.87 is not 0.87000000000000011 */
	return json_real(round(value / unit) / round(1 / unit));
}

bool report_met(const struct report *r)
{
	return json_is_true(json_object_get(r->root, "met"));
}

/* ---- printing ------------------------------------------------------------------------------- */

static void print_list(const json_t *list);

static void print_value(const json_t *value)
{
	if (json_is_array(value)) {
		print_list(value);
		return;
	}
	if (json_is_string(value)) {
		printf("%s", json_string_value(value));
		return;
	}
	char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(6));
	printf("%s", text ? text : "?");
	free(text);
}

/* A list of objects: one a line. */
static void print_list(const json_t *list)
{
	size_t i = 0;
	const json_t *value = NULL;
	json_array_foreach (list, i, value) {
		printf("\n        ");
		print_value(value);
	}
}

static void print_object(json_t *object, const char *indent)
{
	const char *name = NULL;
	json_t *value = NULL;
	json_object_foreach (object, name, value) {
		printf("%s%-24s ", indent, name);
		print_value(value);
		printf("\n");
	}
}

static void print_measure(json_t *m)
{
	const json_t *met = json_object_get(m, "met");
	printf("\n%s  %s\n", json_string_value(json_object_get(m, "name")),
	       json_is_null(met)   ? ""
	       : json_is_true(met) ? "[met]"
				   : "[NOT MET]");
	printf("  %s\n", json_string_value(json_object_get(m, "about")));
	print_object(json_object_get(m, "values"), "    ");
	if (!json_is_null(met))
		printf("    %-24s %s\n", "target", json_string_value(json_object_get(m, "target")));
}

static void print_text(const struct report *r)
{
	size_t i = 0;
	json_t *measure = NULL;
	printf("Machine\n");
	print_object(json_object_get(r->root, "machine"), "    ");
	printf("\nCeilings of this run\n");
	print_object(json_object_get(r->root, "ceilings"), "    ");
	json_array_foreach (json_object_get(r->root, "measures"), i, measure)
		print_measure(measure);
	printf("\n%s\n", report_met(r) ? "every target is met" : "NOT every target is met");
}

void report_print(const struct report *r, bool as_json)
{
	if (as_json) {
		(void)json_dumpf(r->root, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(6));
		printf("\n");
		return;
	}
	print_text(r);
}
