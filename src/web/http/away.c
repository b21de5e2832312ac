/* away.c - what is answered when the database was away too long.
 *
 * The page that was sent from cannot be shown again: its rows are where nobody can look.  What was
 * typed comes along instead, to be sent again with one press; programs of ours keep it themselves
 * and come again after a 503. */
#include "web/http/call.h"

#include <string.h>

static const struct err too_long = { .kind = ERR_BUSY,
				     .key = "error.away",
				     .detail = "the database was away too long" };

void call_fail_away(struct call *c)
{
	call_fail(c, &too_long);
	call_identify_nobody(c);
}

static bool has_secret(const struct route *route)
{
	for (const struct param *p = route->params; p->name; p++) {
		if (p->type == P_SECRET)
			return true;
	}
	return false;
}

static json_t *offer_of(const struct call *c, const struct fields *f)
{
	json_t *list = json_array();
	for (size_t i = 0; i < f->count; i++) {
		const struct field *field = &f->list[i];
		if (field->file_name ||
		    json_array_append_new(list, json_pack("{s:s,s:s}", "name", field->name, "value",
							  field->bytes)) != 0) {
			json_decref(list);
			return NULL;
		}
	}
	return json_pack("{s:s,s:o}", "action", c->in.path, "fields", list);
}

/* Nothing in it was checked: it is only shown to whoever has sent it, and checked when it comes
 * again, the form token with the rest. */
json_t *call_offer(struct call *c)
{
	const struct route *route = c->req.route;
	struct err e = { 0 };
	if (strcmp(c->err.key, too_long.key) != 0 || !route || route->method != POST ||
	    !route->page || has_secret(route) || !path_is_local(c->in.path))
		return NULL;
	c->fields = fields_on(c->arena);
	if (!call_parse_body(c, &e)) {
		err_clear(&e);
		return NULL;
	}
	return offer_of(c, &c->fields);
}
