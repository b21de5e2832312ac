#include "web/api/api.h"

#include "app/hook/hook.h"
#include "base/buf.h"
#include "web/api/part.h"
#include "web/help.h"
#include "web/list.h"
#include "web/route.h"
#include "web/site.h"

#include <assert.h>
#include <string.h>

/* ---- the description ------------------------------------------------------------------------- */

static bool read_frame(json_t **ret, struct err *e)
{
	const struct share_item *frame = share_find("src/web/api/frame.json");
	assert(frame); /* built in */
	*ret = json_loadb((const char *)frame->bytes, frame->size, JSON_REJECT_DUPLICATES, NULL);
	return *ret || err_set(e, ERR_SYSTEM, "error.system", "frame.json is no JSON");
}

/* The operation of that path, beside those that it has already. */
static void add_operation(json_t *paths, const char *path, const char *method, json_t *op)
{
	json_t *item = json_object_get(paths, path);
	if (!item) {
		item = json_object();
		(void)json_object_set_new(paths, path, item);
	}
	(void)json_object_set_new(item, method, op);
}

static bool add_route(struct arena *a, const struct view *view, const struct route *route,
		      json_t *doc, struct err *e)
{
	static const char *const endings[] = { "csv", "xlsx" };
	json_t *paths = json_object_get(doc, "paths");
	json_t *schemas = json_object_get(json_object_get(doc, "components"), "schemas");
	add_operation(paths, api_path(a, route, NULL), route->method == POST ? "post" : "get",
		      api_operation(a, route, NULL));
	for (size_t i = 0; route->method == GET && route->list && i < COUNT(endings); i++)
		add_operation(paths, api_path(a, route, endings[i]), "get",
			      api_operation(a, route, endings[i]));
	return route->method == POST || !route->page || api_page_schema(a, view, route, schemas, e);
}

/* What the site itself sends to others (app/hook/hook.h). */
static json_t *webhooks(void)
{
	json_t *list = json_object();
	for (const char *const *kind = hook_kinds; *kind; kind++) {
		json_t *body = json_pack("{s:b,s:{s:{s:{s:[o,{s:{s:{s:s}}}]}}}}", "required", true,
					 "content", "application/json", "schema", "allOf",
					 api_ref("schemas", "Webhook"), "properties", "type",
					 "const", *kind);
		json_t *post = json_pack("{s:o,s:[o,o,o],s:o,s:{s:{s:s},s:{s:s}}}", "operationId",
					 json_sprintf("webhook_%s", *kind), "parameters",
					 api_ref("parameters", "WebhookId"),
					 api_ref("parameters", "WebhookTimestamp"),
					 api_ref("parameters", "WebhookSignature"), "requestBody",
					 body, "responses", "2XX", "description", "It was taken.",
					 "410", "description",
					 "Nobody wants it any more: the address is turned off.");
		(void)json_object_set_new(list, *kind, json_pack("{s:o}", "post", post));
	}
	return list;
}

bool api_describe(const struct view *view, json_t **ret, struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	const struct route *route = NULL;
	json_t *doc = NULL;
	if (!read_frame(&doc, e))
		return false;
	(void)json_object_set_new(json_object_get(doc, "info"), "version",
				  json_string(KONKURS_VERSION));
	(void)json_object_set_new(doc, "paths", json_object());
	(void)json_object_set_new(doc, "webhooks", webhooks());
	for (struct route_walk w = { 0 }; (route = route_next(&w));) {
		if (!add_route(a, view, route, doc, e)) {
			json_decref(doc);
			return false;
		}
	}
	*ret = doc;
	return true;
}

const char *api_lines(struct arena *a)
{
	struct buf out = buf_on(a);
	const struct route *route = NULL;
	for (struct route_walk w = { 0 }; (route = route_next(&w));)
		buf_print(&out, "%-4s %s\n     %s: %s\n", method_name(route->method), route->path,
			  help_roles(a, route->who), route->help);
	return out.text;
}

/* ---- on the site ----------------------------------------------------------------------------- */

/* Some hundred templates are walked: not within a turn. */
static bool document_slow(struct req *r, struct err *e)
{
	if (!api_describe(r->site->view, &r->found, e))
		return false;
	json_in_arena(r->arena, r->found);
	return true;
}

static bool document(struct req *r, json_t *model, struct err *e)
{
	return json_object_update(model, r->found) == 0 ||
	       err_set(e, ERR_SYSTEM, "error.system", "out of memory");
}

/* For the examples: in the clear only where the site is tried out on this machine. */
static const char *origin_of(const struct req *r)
{
	const bool here =
		strncmp(r->host, "127.0.0.1", 9) == 0 || strncmp(r->host, "localhost", 9) == 0;
	return arena_print(r->arena, "http%s://%s", here && !r->site->secure ? "" : "s",
			   *r->host ? r->host : "konkurs.example");
}

static bool page(struct req *r, json_t *model, struct err *e)
{
	int64_t count = 0;
	(void)e;
	for (struct route_walk w = { 0 }; route_next(&w);)
		count++;
	(void)json_object_set_new(model, "count", json_integer(count));
	(void)json_object_set_new(model, "origin", json_string(origin_of(r)));
	return true;
}

#include "web/route_table.h" /* last */

const struct route api_routes[] = {
	{ GET, "/help/api", ROLE_ADMIN | ROLE_AUDITOR, page, "help/api", no_params,
	  "How a program uses the site." },
	{ GET, "/openapi.json", ROLE_ADMIN | ROLE_AUDITOR, document, NULL, no_params,
	  "The description of every route for programs, as OpenAPI 3.1.", .slow = document_slow },
	{ 0 },
};
