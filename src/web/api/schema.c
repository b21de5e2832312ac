/* schema.c - what a parameter may be, and what a page holds. */
#include "view/names.h"
#include "web/api/part.h"
#include "web/list.h"

#include <string.h>

/* ---- parameters ------------------------------------------------------------------------------ */

static void set(json_t *object, const char *key, json_t *value)
{
	(void)json_object_set_new(object, key, value);
}

static json_t *choices_json(const struct param *p)
{
	json_t *list = json_array();
	for (const char *const *choice = p->choices; *choice; choice++)
		(void)json_array_append_new(list, json_string(*choice));
	if (!p->required) /* as a form sends a choice that was not made */
		(void)json_array_append_new(list, json_string(""));
	return list;
}

static json_t *number_schema(const struct param *p)
{
	json_t *schema = json_pack("{s:s,s:s,s:I}", "type", "integer", "format", "int64", "minimum",
				   (json_int_t)p->min);
	if (p->max != INT64_MAX)
		set(schema, "maximum", json_integer(p->max));
	return schema;
}

/* An optional one may be empty, which is the same as absent. */
static json_t *text_schema(const struct param *p)
{
	json_t *schema = json_pack("{s:s,s:I}", "type", "string", "maxLength", (json_int_t)p->max);
	if (p->required || p->type == P_LIST)
		set(schema, "minLength", json_integer(p->min > 0 ? p->min : 1));
	if (p->type == P_SECRET) {
		set(schema, "format", json_string("password"));
		set(schema, "writeOnly", json_true());
	}
	return schema;
}

static json_t *list_schema(const struct param *p)
{
	json_t *schema = json_pack("{s:s,s:o}", "type", "array", "items", text_schema(p));
	if (p->required)
		set(schema, "minItems", json_integer(1));
	return schema;
}

json_t *api_param_schema(const struct param *p)
{
	switch (p->type) {
	case P_INT: return number_schema(p);
	case P_TEXT:
	case P_SECRET: return text_schema(p);
	case P_DAY:
		return json_pack("{s:s,s:s}", "type", "string", "pattern",
				 p->required ? "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
					     : "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$");
	case P_TIME:
		return json_pack("{s:s,s:s,s:s}", "type", "string", "pattern",
				 p->required ? "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}$"
					     : "^([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2})?$",
				 "description", "in the zone of the service, UTC+5");
	case P_CHOICE: return json_pack("{s:s,s:o}", "type", "string", "enum", choices_json(p));
	case P_FLAG:
		return json_pack("{s:b,s:s}", "const", true, "description",
				 "left away where it is not so");
	case P_LIST: return list_schema(p);
	case P_FILE:
		return json_pack("{s:s,s:I}", "contentMediaType", "application/octet-stream",
				 "x-max-bytes", (json_int_t)p->max);
	}
	return json_object();
}

/* ---- rows of a list -------------------------------------------------------------------------- */

static json_t *column_schema(const struct list_column *c)
{
	switch (c->kind) {
	case LIST_NUMBER: return json_pack("{s:[s,s]}", "type", "integer", "null");
	case LIST_TIME:
		return json_pack("{s:[s,s],s:s}", "type", "integer", "null", "description",
				 "milliseconds since 1970-01-01 UTC");
	case LIST_DECIMAL:
		return json_pack("{s:[s,s],s:s}", "type", "string", "null", "pattern",
				 "^-?[0-9]+(\\.[0-9]+)?$");
	case LIST_DAY:
		return json_pack("{s:[s,s],s:s}", "type", "string", "null", "format", "date");
	case LIST_FLAG: return json_pack("{s:s}", "type", "boolean");
	case LIST_TEXT:
	case LIST_CODE: break;
	}
	return json_pack("{s:[s,s]}", "type", "string", "null");
}

/* ---- pages ----------------------------------------------------------------------------------- */

/* A name may be an object, each item of a list, or neither: what it is, a page does not tell.  The
 * items are described where the name is: `at` is the way to it. */
static json_t *names_schema(struct arena *a, json_t *names, const char *at)
{
	json_t *properties = json_object();
	const char *name = NULL;
	json_t *below = NULL;
	json_object_foreach (names, name, below)
		set(properties, name,
		    json_object_size(below) > 0
			    ? names_schema(a, below, arena_print(a, "%s/properties/%s", at, name))
			    : json_true());
	return json_pack("{s:o,s:{s:s}}", "properties", properties, "items", "$ref", at);
}

/* Of the rows what is typed: the columns. */
static json_t *rows_schema(const struct list *list)
{
	json_t *columns = json_object();
	for (const struct list_column *c = list->columns; c->key; c++) {
		if (!(c->how & LIST_MUTE))
			set(columns, c->key, column_schema(c));
	}
	return json_pack("{s:s,s:{s:s,s:o}}", "type", "array", "items", "type", "object",
			 "properties", columns);
}

static json_t *list_part(const struct list *list)
{
	return json_pack("{s:s,s:[s],s:{s:o}}", "type", "object", "required", list->rows,
			 "properties", list->rows, rows_schema(list));
}

/* What stands in a section of the frame that is a yes or no stands beside it. */
static void lift_flags(json_t *names)
{
	static const char *const things[] = { "person", "nav", "notice", "error" };
	json_t *page = json_object_get(names, "page");
	for (size_t i = 0; i < COUNT(things); i++)
		(void)json_object_del(page, things[i]);
	const char *name = NULL;
	json_t *below = NULL;
	json_object_foreach (page, name, below)
		(void)json_object_update_recursive(names, below);
}

/* Model keys for the JSON twin alone. */
static void add_extra(struct arena *a, const char *extra, json_t *names)
{
	while (extra && *extra) {
		extra += strspn(extra, ", ");
		const size_t size = strcspn(extra, ", ");
		const char *name =
			arena_copy_n(a, extra, strcspn(arena_copy_n(a, extra, size), "."));
		if (*name && !json_object_get(names, name))
			set(names, name, json_object());
		extra += size;
	}
}

bool api_page_schema(struct arena *a, const struct view *view, const struct route *route,
		     json_t *schemas, struct err *e)
{
	const char *name = api_page_name(a, route->page);
	if (json_object_get(schemas, name))
		return true;
	json_t *names = json_object();
	json_in_arena(a, names);
	if (!view_names(view, route->page, names, e))
		return false;
	lift_flags(names);
	add_extra(a, route->extra, names);
	/* what every page has, and every list: typed in frame.json */
	static const char *const known[] = { "page", "form" }, *const listed[] = { "q", "listing",
										   "paging" };
	for (size_t i = 0; i < COUNT(known); i++)
		(void)json_object_del(names, known[i]);
	for (size_t i = 0; route->list && i < COUNT(listed); i++)
		(void)json_object_del(names, listed[i]);
	json_t *parts = json_array();
	set(schemas, name, json_pack("{s:o}", "allOf", parts));
	(void)json_array_append_new(parts, api_ref("schemas", "Frame"));
	(void)json_array_append_new(
		parts,
		names_schema(a, names, arena_print(a, "#/components/schemas/%s/allOf/1", name)));
	if (route->list) {
		(void)json_array_append_new(parts, api_ref("schemas", "List"));
		(void)json_array_append_new(parts, list_part(route->list));
	}
	return true;
}
