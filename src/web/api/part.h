/* part.h - between the files of web/api/ alone. */
#pragma once
#include "web/web.h"

/* {"$ref": "#/components/KIND/NAME"} */
json_t *api_ref(const char *kind, const char *name);

/* "competition.list" of "competition/list": as a schema is called. */
const char *api_page_name(struct arena *a, const char *page);

/* operation.c: what `route` is as an operation, NULL `ending`; or its list as a file, "csv". */
json_t *api_operation(struct arena *a, const struct route *route, const char *ending);

/* "/competitions/{competition}" and with an ending "/competitions.csv". */
const char *api_path(struct arena *a, const struct route *route, const char *ending);

/* schema.c: adds the schema of the page of `route` to `schemas`, once a page. */
bool api_page_schema(struct arena *a, const struct view *view, const struct route *route,
		     json_t *schemas, struct err *e) MUST_USE;

/* schema.c: what a parameter may be; of a JSON body numbers and yes are what JSON has for them. */
json_t *api_param_schema(const struct param *p);
