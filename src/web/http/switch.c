#include "web/http/switch.h"

#include "app/access/session.h"
#include "view/catalog.h"
#include "web/http/param.h"

#include <string.h>

bool switch_read(struct call *c, struct err *e)
{
	const struct field *field = form_find(&c->fields, SWITCH_FIELD);
	c->to_language = NULL;
	if (!field || c->req.route->method != POST)
		return true;
	c->to_language = field->file_name
				 ? NULL
				 : catalog_language(view_catalog(c->site->view), field->bytes);
	if (c->to_language)
		return true;
	c->status = 400;
	return err_input(e, SWITCH_FIELD, "error.choice", "no language of ours");
}

/* Where the form stands, as far as its address tells. */
static const char *place_of(const struct call *c)
{
	bool other = false;
	return route_find(GET, &c->path, &other) ? c->in.path : "/";
}

bool switch_do(struct call *c, struct err *e)
{
	struct req *r = &c->req;
	const struct route *route = r->route;
	const struct act act = req_act(r);
	const struct err none = { 0 };
	json_t *model = json_object();
	json_in_arena(c->arena, model);
	if (r->actor.person_id &&
	    !account_language(&act, catalog_base(view_catalog(c->site->view), c->to_language), e))
		return false;
	r->language = r->new_language = c->to_language;
	if (!route->page || !route->again) {
		r->redirect = place_of(c);
		return true;
	}
	r->shown_again = true;
	if (!route->again(r, model, e))
		return false;
	(void)json_object_set(model, "form", params_typed(r, &c->fields, &none, ""));
	c->model = model;
	return true;
}

bool switch_is_whole(const struct call *c)
{
	for (const struct param *p = c->req.route->params; p->name; p++) {
		if (p->type == P_FILE || p->type == P_SECRET)
			return false;
	}
	return true;
}
