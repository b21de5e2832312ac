/* page.c - what every page's model holds besides what its handler filled (view/view.h). */
#include "web/http/call.h"
#include "web/http/once.h"
#include "web/http/switch.h"

#include "base/text.h"
#include "web/nav.h"
#include "web/notice/notice.h"
#include "web/site.h"

#include "base/day.h"
#include "view/catalog.h"
#include "view/view.h"

#include <string.h>

bool path_is_local(const char *path)
{
	if (path[0] != '/' || path[1] == '/')
		return false;
	for (const char *p = path; *p; p++)
		if ((unsigned char)*p <= ' ' || *p == '\\')
			return false;
	return true;
}

/* ---- notice ---------------------------------------------------------------- */

/* The notice that the request before left in a signed cookie; NULL if there is none. */
static const char *notice_key(const struct call *c)
{
	const char *cookie = call_cookie(c, COOKIE_NOTICE);
	const char *colon = cookie ? strchr(cookie, ':') : NULL;
	char mac[SITE_MAC_SIZE];
	if (!colon)
		return NULL;
	const char *key = arena_copy_n(c->arena, cookie, (size_t)(colon - cookie));
	site_mac(c->site, "notice", key, mac);
	return strcmp(mac, colon + 1) == 0 ? key : NULL;
}

static json_t *notice_model(const struct call *c)
{
	const char *key = notice_key(c);
	if (c->to_language && c->err.kind == ERR_NONE)
		return json_pack("{s:s,s:s}", "kind", switch_is_whole(c) ? "info" : "warning",
				 "key", switch_is_whole(c) ? "layout.kept" : "layout.kept.without");
	return key ? json_pack("{s:s,s:s}", "kind", "success", "key", key) : json_null();
}

/* ---- error ----------------------------------------------------------------- */

/* What {value} stands for: a day is told in the words of the language, a parameter of the rule
 * set by its name. */
static const char *said_value(const struct call *c, const struct err *e)
{
	const struct catalog *catalog = view_catalog(c->site->view);
	const char *key = arena_print(c->arena, "rule_set.param.%s", e->value);
	struct buf said = buf_on(c->arena);
	day d = { 0 };
	if (catalog_has(catalog, c->req.language, key))
		return catalog_text(catalog, c->req.language, key);
	json_t *value = json_string(e->value);
	bool told = day_parse(e->value, &d) &&
		    catalog_value(catalog, c->req.language, FORMAT_DAY, value, &said);
	json_decref(value);
	return told ? said.text : e->value;
}

const char *page_text(const struct call *c, const struct err *e)
{
	const struct catalog *catalog = view_catalog(c->site->view);
	struct buf text = buf_on(c->arena);
	json_t *values = json_pack("{s:s,s:s}", "value", said_value(c, e), "clause", e->clause);
	bool ok = catalog_format(catalog, c->req.language, e->key, values, &text, NULL);
	json_decref(values);
	if (ok)
		return text.text;
	const char *fallback = catalog_text(catalog, c->req.language, "error.system");
	return fallback ? fallback : e->key;
}

json_t *page_error(const struct call *c, const struct err *e)
{
	return json_pack("{s:s,s:s,s:s,s:s,s:s}", "kind", err_kind_name(e->kind), "key", e->key,
			 "text", page_text(c, e), "clause", e->clause, "field", e->field);
}

/* ---- page ------------------------------------------------------------------ */

/* The message key of a page's title: "competition/list" -> "competition.list.title". */
static const char *title_key(const struct call *c, const char *page)
{
	char *key = arena_print(c->arena, "%s.title", page);
	for (char *at = key; *at; at++) {
		if (*at == '/')
			*at = '.';
	}
	return key;
}

static bool is_answer(const struct call *c)
{
	return c->req.route && c->req.route->method == POST;
}

/* A POST that shows its form again may have the path of no page to come back to; nor have bytes
 * that are no text, which would take the whole model with them. */
static const char *path_of(const struct call *c)
{
	bool other = false;
	if (is_answer(c))
		return route_find(GET, &c->path, &other) ? c->in.path : "/";
	const char *path = c->in.query && *c->in.query
				   ? arena_print(c->arena, "%s?%s", c->in.path, c->in.query)
				   : c->in.path;
	return text_valid(path, strlen(path)) ? path : "/";
}

/* All that can be chosen, each in its own words. */
static json_t *languages_model(const struct call *c)
{
	const struct catalog *catalog = view_catalog(c->site->view);
	json_t *list = json_array();
	for (size_t i = 0; catalog_nth(catalog, i); i++) {
		const char *tag = catalog_nth(catalog, i);
		(void)json_array_append_new(
			list, json_pack("{s:s,s:s?,s:s?,s:b}", "tag", tag, "short",
					catalog_text(catalog, tag, "language.short"), "name",
					catalog_text(catalog, tag, "language.name"), "current",
					strcmp(tag, c->req.language) == 0));
	}
	return list;
}

void page_fill(struct call *c, const char *name, json_t *model)
{
	const struct actor *who = &c->req.actor;
	const char *lang = c->req.language;
	json_t *person = who->person_id ? json_pack("{s:s}", "name", who->name) : json_null();
	json_t *error = c->err.kind == ERR_NONE ? json_null() : page_error(c, &c->err);
	char once[ONCE_SIZE];
	once_make(once);
	if (c->req.route && c->req.route->cached)
		*once = '\0'; /* the same bytes each time; its forms may well be sent twice */
	json_t *page = json_pack(
		"{s:s,s:I,s:s,s:o,s:b,s:s,s:s,s:s,s:b,s:b,s:o,s:o,s:b,s:b,s:o,s:o,s:s?}", "once",
		once, "unread", (json_int_t)notice_unread(&c->req), "lang", lang, "languages",
		languages_model(c), "answer", is_answer(c), "title", title_key(c, name), "path",
		path_of(c), "csrf", c->req.new_csrf ? c->req.new_csrf : c->csrf, "signed_in",
		who->person_id != 0, "unknown", c->nobody_known, "person", person, "nav",
		nav_model(who, c->in.path, c->site->hall_node), "demonstration",
		c->site->demonstration, "hall_node", c->site->hall_node, "notice", notice_model(c),
		"error", error, "rules", clause_rules(c));
	(void)json_object_set_new(model, "page", page);
	if (!json_object_get(model, "form"))
		(void)json_object_set_new(model, "form", json_object());
}
