#include "web/help.h"

#include "base/buf.h"
#include "web/route.h"

const struct param no_params[] = { PARAMS_END };

const char *role_name(unsigned role)
{
	static const struct {
		unsigned role;
		const char *name;
	} row[] = {
		{ ROLE_PUBLIC, "public" },
		{ ROLE_PERSON, "person" },
		{ ROLE_HR, ROLE_NAME_HR },
		{ ROLE_SECURITY, ROLE_NAME_SECURITY },
		{ ROLE_POLYGRAPH, ROLE_NAME_POLYGRAPH },
		{ ROLE_PSYCHO, ROLE_NAME_PSYCHO },
		{ ROLE_OPERATOR, ROLE_NAME_OPERATOR },
		{ ROLE_AUDITOR, ROLE_NAME_AUDITOR },
		{ ROLE_ADMIN, ROLE_NAME_ADMIN },
		{ ROLE_MEMBER, "member" },
		{ ROLE_SECRETARY, "secretary" },
		{ ROLE_INVITED, "invited" },
		{ ROLE_BODY, ROLE_NAME_BODY },
		{ ROLE_AUTHOR, ROLE_NAME_AUTHOR },
		{ ROLE_REVIEWER, ROLE_NAME_REVIEWER },
		{ ROLE_APPROVER, ROLE_NAME_APPROVER },
		{ ROLE_KEEPER, ROLE_NAME_KEEPER },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		if (row[i].role == role)
			return row[i].name;
	}
	return NULL;
}

const char *param_type_name(enum param_type type)
{
	static const char *const name[] = {
		[P_INT] = "integer", [P_TEXT] = "text", [P_SECRET] = "secret",
		[P_DAY] = "day",     [P_TIME] = "time", [P_CHOICE] = "choice",
		[P_FLAG] = "flag",   [P_LIST] = "list", [P_FILE] = "file",
	};
	return (size_t)type < COUNT(name) ? name[type] : "";
}

const char *help_roles(struct arena *a, unsigned roles)
{
	struct buf out = buf_on(a);
	for (unsigned bit = 1; bit <= ROLE_KEEPER; bit <<= 1) {
		if (roles & bit)
			buf_print(&out, "%s%s", out.length ? ", " : "", role_name(bit));
	}
	return out.text;
}

/* "1-120" of numbers and lengths, the choices of a choice. */
static const char *bounds_text(struct arena *a, const struct param *p)
{
	struct buf out = buf_on(a);
	for (const char *const *choice = p->choices; choice && *choice; choice++)
		buf_print(&out, "%s%s", out.length ? ", " : "", *choice);
	if (p->type == P_INT || p->type == P_TEXT || p->type == P_SECRET || p->type == P_LIST ||
	    p->type == P_FILE) {
		buf_print(&out, "%s%lld", out.length ? "; " : "", (long long)p->min);
		if (p->max == INT64_MAX)
			buf_add(&out, " or more");
		else
			buf_print(&out, "-%lld", (long long)p->max);
	}
	return out.text;
}

static json_t *params_model(struct arena *a, const struct route *route)
{
	json_t *list = json_array();
	for (const struct param *p = route->params; p->name; p++)
		(void)json_array_append_new(list,
					    json_pack("{s:s,s:s,s:b,s:s}", "name", p->name, "type",
						      param_type_name(p->type), "required",
						      p->required, "bounds", bounds_text(a, p)));
	return list;
}

bool help_routes(struct req *r, json_t *model, struct err *e)
{
	(void)e;
	json_t *list = json_array();
	(void)json_object_set_new(model, "routes", list);
	const struct route *route = NULL;
	for (struct route_walk w = { 0 }; (route = route_next(&w));)
		(void)json_array_append_new(
			list,
			json_pack("{s:s,s:s,s:s,s:s,s:o}", "method", method_name(route->method),
				  "path", route->path, "who", help_roles(r->arena, route->who),
				  "help", route->help, "params", params_model(r->arena, route)));
	return true;
}

bool health(struct req *r, json_t *model, struct err *e)
{
	(void)r;
	(void)e;
	(void)json_object_set_new(model, "serving", json_true());
	return true;
}
