#include "web/access/kept.h"

#include "app/access/reauth.h"
#include "web/access/account.h"
#include "web/http/once.h"

#include <string.h>

static bool has_secret(const struct route *route)
{
	for (const struct param *p = route->params; p->name; p++) {
		if (p->type == P_SECRET)
			return true;
	}
	return false;
}

static bool is_file(const struct field *f)
{
	return f->file_name && f->size > 0;
}

const char *kept_text(const struct call *c)
{
	const struct route *route = c->req.route;
	struct buf out = buf_on(c->arena);
	if (has_secret(route))
		return "";
	for (size_t i = 0; i < c->fields.count; i++) {
		const struct field *f = &c->fields.list[i];
		if (strcmp(f->name, "csrf") == 0 || strcmp(f->name, ONCE_FIELD) == 0 ||
		    route_names(route, f->name) || (f->file_name && f->size == 0))
			continue;
		buf_print(&out, "%s%s=%s", out.length ? "&" : "",
			  http_encode(c->arena, is_file(f) ? KEPT_FIELD : f->name),
			  http_encode(c->arena, is_file(f) ? f->name : f->bytes));
	}
	if (out.length == 0) /* a form of one button: something has to say that there is a form */
		buf_add(&out, "csrf=");
	return out.length <= REAUTH_FIELDS_MOST ? out.text : "";
}

bool kept_files(const struct call *c, struct err *e)
{
	const struct act act = req_act(&c->req);
	struct reauth_file *list = arena_array(c->arena, c->fields.count + 1, sizeof(*list));
	size_t count = 0;
	for (size_t i = 0; i < c->fields.count; i++) {
		const struct field *f = &c->fields.list[i];
		if (is_file(f))
			list[count++] =
				(struct reauth_file){ f->name, f->file_name, f->bytes, f->size };
	}
	return count == 0 || reauth_keep(&act, c->in.path, list, count, e);
}

/* The file that was kept of this field of this form; NULL in `ret` if there is none. */
static bool load_one(const struct call *c, const char *name, const struct reauth_file **ret,
		     struct err *e)
{
	const struct act act = req_act(&c->req);
	const struct reauth_file *list = NULL;
	size_t count = 0;
	*ret = NULL;
	if (!reauth_kept(&act, c->in.path, &list, &count, e))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (strcmp(list[i].field, name) == 0)
			*ret = &list[i];
	}
	return true;
}

bool kept_load(struct call *c, struct err *e)
{
	struct fields *f = &c->fields;
	size_t n = 0;
	for (size_t i = 0; i < f->count; i++) {
		const struct reauth_file *file = NULL;
		if (strcmp(f->list[i].name, KEPT_FIELD) != 0) {
			f->list[n++] = f->list[i];
			continue;
		}
		if (!load_one(c, f->list[i].bytes, &file, e))
			return false;
		c->kept = c->kept || file;
		if (file)
			f->list[n++] = (struct field){ file->field, file->bytes, file->size,
						       file->file_name };
	}
	f->count = n;
	return true;
}

bool kept_forget(const struct call *c, struct err *e)
{
	const struct act act = req_act(&c->req);
	return !c->kept || reauth_forget(&act, e);
}
