/* operation.c - a route as an operation: what it takes, who may, what it answers. */
#include "base/buf.h"
#include "web/api/part.h"
#include "web/help.h"
#include "web/http/param.h"
#include "web/list.h"
#include "web/route.h"

#include <ctype.h>
#include <string.h>

static void set(json_t *object, const char *key, json_t *value)
{
	(void)json_object_set_new(object, key, value);
}

json_t *api_ref(const char *kind, const char *name)
{
	return json_pack("{s:o}", "$ref", json_sprintf("#/components/%s/%s", kind, name));
}

const char *api_page_name(struct arena *a, const char *page)
{
	char *name = arena_copy(a, page);
	for (char *c = name; *c; c++) {
		if (*c == '/')
			*c = '.';
	}
	return name;
}

const char *api_path(struct arena *a, const struct route *route, const char *ending)
{
	struct buf out = buf_on(a);
	for (const char *at = route->path; *at;) {
		const size_t size = strcspn(at + 1, "/");
		if (at[1] == ':')
			buf_print(&out, "/{%.*s}", (int)size - 1, at + 2);
		else
			buf_add_n(&out, at, size + 1);
		at += size + 1;
	}
	if (ending)
		buf_print(&out, ".%s", ending);
	return out.text;
}

/* "get_competitions_competition_csv": letters, digits and "_" alone. */
static json_t *operation_id(struct arena *a, const struct route *route, const char *ending)
{
	char *id = arena_print(a, "%s%s%s%s", route->method == POST ? "post" : "get", route->path,
			       ending ? "_" : "", ending ? ending : "");
	for (char *c = id; *c; c++)
		*c = isalnum((unsigned char)*c) ? *c : '_';
	return json_string(id);
}

/* ---- what it takes --------------------------------------------------------------------------- */

static json_t *parameters(const struct route *route)
{
	json_t *list = json_array();
	for (const struct param *p = route->params; p->name; p++) {
		const bool path = route_names(route, p->name);
		if (!path && route->method == POST)
			continue;
		json_t *one = json_pack("{s:s,s:s,s:b,s:o}", "name", p->name, "in",
					path ? "path" : "query", "required", path || p->required,
					"schema", api_param_schema(p));
		(void)json_array_append_new(list, one);
	}
	return list;
}

static bool has_file(const struct route *route, bool needed)
{
	for (const struct param *p = route->params; p->name; p++) {
		if (p->type == P_FILE && (p->required || !needed))
			return true;
	}
	return false;
}

static json_t *body_schema(const struct route *route, bool files)
{
	json_t *properties = json_object();
	json_t *required = json_array();
	for (const struct param *p = route->params; p->name; p++) {
		if (route_names(route, p->name) || (p->type == P_FILE && !files))
			continue;
		set(properties, p->name, api_param_schema(p));
		if (p->required)
			(void)json_array_append_new(required, json_string(p->name));
	}
	set(properties, "csrf",
	    json_pack("{s:s,s:s}", "type", "string", "description",
		      "the form token, unless the header X-CSRF-Token has it"));
	set(properties, "once",
	    json_pack("{s:s,s:s}", "type", "string", "description",
		      "page.once of the form's page: sent twice, it is done once"));
	return json_pack("{s:s,s:b,s:o,s:o}", "type", "object", "additionalProperties", false,
			 "properties", properties, "required", required);
}

/* Of a file the media types that are taken, as they are told from its content. */
static json_t *multipart(const struct route *route)
{
	json_t *encoding = json_object();
	for (const struct param *p = route->params; p->name; p++) {
		json_t *types = json_array();
		for (const char *const *m = p->type == P_FILE ? p->choices : NULL; m && *m; m++)
			(void)json_array_append_new(types, json_string(*m));
		if (json_array_size(types) > 0)
			set(encoding, p->name, json_pack("{s:O}", "x-media-types", types));
		json_decref(types);
	}
	return json_pack("{s:o,s:o}", "schema", body_schema(route, true), "encoding", encoding);
}

static json_t *body(const struct route *route)
{
	json_t *content = json_object();
	if (!has_file(route, true)) {
		set(content, "application/x-www-form-urlencoded",
		    json_pack("{s:o}", "schema", body_schema(route, false)));
		set(content, "application/json",
		    json_pack("{s:o}", "schema", body_schema(route, false)));
	}
	if (has_file(route, false))
		set(content, "multipart/form-data", multipart(route));
	return json_pack("{s:b,s:o,s:I}", "required", true, "content", content, "x-max-bytes",
			 (json_int_t)params_body_most(route));
}

/* ---- who may --------------------------------------------------------------------------------- */

static json_t *roles(const struct route *route)
{
	json_t *list = json_array();
	for (unsigned bit = 1; bit <= ROLE_KEEPER; bit <<= 1) {
		if (route->who & bit)
			(void)json_array_append_new(list, json_string(role_name(bit)));
	}
	return list;
}

static json_t *security(const struct route *route)
{
	const bool open = route->who & ROLE_PUBLIC;
	if (route->method == GET)
		return open ? json_array() : json_pack("[{s:[]}]", "session");
	if (open)
		return json_pack("[{s:[],s:[]},{s:[],s:[]}]", "visitor", "csrf", "session", "csrf");
	return json_pack("[{s:[],s:[]}]", "session", "csrf");
}

/* ---- what it answers ------------------------------------------------------------------------- */

static json_t *text_content(void)
{
	return json_pack("{s:{s:s}}", "schema", "type", "string");
}

/* Of a file: whatever bytes. */
static json_t *given_content(const char *gives)
{
	json_t *content = json_object();
	while (*gives) {
		const size_t size = strcspn(gives, ",");
		json_t *bytes = json_object();
		(void)json_object_setn_new(content, gives, size, bytes);
		gives += size;
		gives += strspn(gives, ", ");
	}
	return content;
}

static json_t *page_content(struct arena *a, const struct route *route)
{
	json_t *schema = api_ref("schemas", api_page_name(a, route->page));
	return json_pack("{s:{s:{s:[o,o]}},s:o}", "application/json", "schema", "anyOf", schema,
			 api_ref("schemas", "Next"), "text/html", text_content());
}

/* Few show at once what is not shown again, a password or a secret: as a page. */
static json_t *form_content(void)
{
	return json_pack("{s:{s:{s:[o,o]}},s:o}", "application/json", "schema", "anyOf",
			 api_ref("schemas", "Next"), api_ref("schemas", "Frame"), "text/html",
			 text_content());
}

static json_t *done(struct arena *a, const struct route *route, const char *ending)
{
	json_t *content = NULL;
	if (ending)
		content = given_content(strcmp(ending, "csv") == 0
						? "text/csv"
						: "application/vnd.openxmlformats-officedocument."
						  "spreadsheetml.sheet");
	else if (route->method == POST && route->page)
		content = form_content();
	else if (route->page)
		content = page_content(a, route);
	else if (route->gives)
		content = given_content(route->gives);
	else
		content =
			json_pack("{s:{s:{s:s}}}", "application/json", "schema", "type", "object");
	return json_pack(
		"{s:o,s:o}", "description",
		json_string(route->method == POST ? "It was done." : "What was asked for."),
		"content", content);
}

static void add_file_answers(json_t *answers)
{
	set(answers, "206", api_ref("responses", "Part"));
	set(answers, "304", api_ref("responses", "Same"));
	set(answers, "416", api_ref("responses", "Behind"));
}

static json_t *answers(struct arena *a, const struct route *route, const char *ending)
{
	const bool post = route->method == POST;
	json_t *list = json_pack(
		"{s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "200", done(a, route, ending), "303",
		api_ref("responses", "Elsewhere"), "400", api_ref("responses", "Malformed"), "403",
		api_ref("responses", "Denied"), "404", api_ref("responses", "Missing"), "409",
		api_ref("responses", "Conflict"), "422", api_ref("responses", "Refused"), "429",
		api_ref("responses", "TooOften"));
	if (post)
		set(list, "413", api_ref("responses", "TooLarge"));
	if (route->gives && !ending)
		add_file_answers(list);
	else if (route->cached)
		set(list, "304", api_ref("responses", "Same"));
	set(list, "503", api_ref("responses", route->live && !route->page ? "NotReady" : "Busy"));
	set(list, "default", api_ref("responses", "Other"));
	return list;
}

/* ---- all of it ------------------------------------------------------------------------------- */

json_t *api_operation(struct arena *a, const struct route *route, const char *ending)
{
	const size_t first = strcspn(route->path + 1, "/");
	const char *tag = first ? arena_copy_n(a, route->path + 1, first) : "home";
	json_t *op = json_pack("{s:o,s:s,s:[s],s:o,s:o,s:o,s:o}", "operationId",
			       operation_id(a, route, ending), "summary", route->help, "tags", tag,
			       "x-roles", roles(route), "security", security(route), "parameters",
			       parameters(route), "responses", answers(a, route, ending));
	if (route->method == POST)
		set(op, "requestBody", body(route));
	if (ending)
		set(op, "x-list-of", json_string(route->path));
	if (route->waits)
		set(op, "x-waits", json_true());
	if (route->journalled)
		set(op, "x-journalled", json_true());
	return op;
}
