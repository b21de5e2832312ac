#include "web/paging.h"

#include "base/buf.h"
#include "web/http.h"

#include <string.h>

int64_t page_number(const struct req *r)
{
	return in_has(r, "page") ? in_int(r, "page") : 1;
}

/* Whether the parameter is one of the query: neither the page nor a part of the path. */
static bool of_query(const struct req *r, const struct param *p)
{
	return strcmp(p->name, "page") != 0 && in_has(r, p->name) &&
	       !strstr(r->route->path, arena_print(r->arena, ":%s", p->name));
}

static const char *link_to(const struct req *r, const char *path, int64_t page)
{
	struct buf out = buf_on(r->arena);
	buf_print(&out, "%s?", path);
	for (const struct param *p = r->route->params; p->name; p++) {
		if (!of_query(r, p))
			continue;
		if (p->type == P_INT)
			buf_print(&out, "%s=%lld&", p->name, (long long)in_int(r, p->name));
		else if (p->type == P_FLAG)
			buf_print(&out, "%s=on&", p->name);
		else
			buf_print(&out, "%s=%s&", p->name,
				  http_encode(r->arena, in_text(r, p->name)));
	}
	buf_print(&out, "page=%lld", (long long)page);
	return out.text;
}

void page_links(const struct req *r, json_t *model, const char *path, int64_t size, int64_t total)
{
	const int64_t page = page_number(r);
	const int64_t from = (page - 1) * size + 1;
	const int64_t to = from + size - 1 < total ? from + size - 1 : total;
	if (total == 0 || from > total) {
		(void)json_object_set_new(model, "paging", json_null());
		return;
	}
	(void)json_object_set_new(model, "paging",
				  json_pack("{s:I,s:I,s:I,s:s?,s:s?}", "from", (json_int_t)from,
					    "to", (json_int_t)to, "total", (json_int_t)total,
					    "previous",
					    page > 1 ? link_to(r, path, page - 1) : NULL, "next",
					    to < total ? link_to(r, path, page + 1) : NULL));
}
