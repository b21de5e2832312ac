#include "view/view.h"

#include "view/pages.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "pages/" NAME ".html"; of papers/ the folder belongs to the name. */
static const char *page_name(struct arena *a, const char *path)
{
	size_t prefix = strncmp(path, "pages/", 6) == 0 ? strlen("pages/") : 0;
	size_t length = strlen(path);
	size_t suffix = strlen(".html");
	if (length <= prefix + suffix || strcmp(path + length - suffix, ".html") != 0)
		return NULL;
	return arena_copy_n(a, path + prefix, length - prefix - suffix);
}

static void compile(struct view *v, struct page *page, const struct share_item *item)
{
	const char *name = page_name(v->arena, item->path);
	if (!name)
		err_set_(&page->fault, ERR_SYSTEM, "error.page", "%s: not a page", item->path);
	else
		page->ok = template_compile(v->arena, name, (const char *)item->bytes, item->size,
					    &page->template, &page->fault);
}

bool view_open(const struct share *s, struct view **ret, struct err *e)
{
	struct arena *a = arena_new();
	struct view *v = arena_alloc(a, sizeof(*v));
	v->arena = a;
	v->share = s;
	if (!catalog_open(s, &v->catalog, e)) {
		arena_free(a);
		return false;
	}
	size_t pages = 0;
	size_t papers = 0;
	v->items = share_below(s, "pages/", &pages);
	v->papers = share_below(s, "papers/", &papers);
	v->page_count = pages;
	v->count = pages + papers;
	v->pages = arena_array(a, v->count + 1, sizeof(*v->pages));
	for (size_t i = 0; i < v->count; i++)
		compile(v, &v->pages[i], i < pages ? &v->items[i] : &v->papers[i - pages]);
	*ret = v;
	return true;
}

bool view_add_locale(struct view *v, const char *path, struct err *e)
{
	return catalog_add(v->catalog, path, e);
}

void view_close(struct view *v)
{
	if (!v)
		return;
	catalog_close(v->catalog);
	arena_free(v->arena);
}

void view_cleanup(struct view **v)
{
	view_close(*v);
}

const struct catalog *view_catalog(const struct view *v)
{
	return v->catalog;
}

bool view_page(const struct view *v, const char *name, const struct template **ret, struct err *e)
{
	char path[256];
	const bool paper = strncmp(name, "papers/", strlen("papers/")) == 0;
	int length = snprintf(path, sizeof(path), "%s%s.html", paper ? "" : "pages/", name);
	const struct share_item *item = NULL;
	if (length > 0 && (size_t)length < sizeof(path))
		item = share_find_in(v->share, path);
	if (!item)
		return err_set(e, ERR_SYSTEM, "error.page", "there is no page '%s'", name);
	const struct page *page = paper ? &v->pages[v->page_count + (size_t)(item - v->papers)]
					: &v->pages[item - v->items];
	if (!page->ok)
		return err_set(e, ERR_SYSTEM, "error.page", "%s", page->fault.detail);
	*ret = &page->template;
	return true;
}

/* ---- what can be known without a model --------------------------------------- */

static void report(json_t *faults, const struct template *t, const struct op *op, const char *what,
		   const char *name)
{
	(void)json_array_append_new(faults,
				    json_sprintf("%s:%d: %s '%s'", t->name, op->line, what, name));
}

static void check_key(const struct view *v, const struct template *t, const struct op *op,
		      const char *key, json_t *faults)
{
	for (size_t i = 0; catalog_languages[i]; i++) {
		if (!catalog_has(v->catalog, catalog_languages[i], key))
			report(faults, t, op, catalog_languages[i], key);
	}
}

/* Where the partial uses an argument as a message key, the text given must be one. */
static void check_arg(const struct view *v, const struct template *t, const struct op *call,
		      const struct template *partial, const struct arg_def *arg, json_t *faults)
{
	for (size_t i = 0; i < partial->count; i++) {
		const struct op *op = &partial->ops[i];
		if (op->kind != OP_MESSAGE || !op->with_ref || op->ref.count != 1 ||
		    op->ref.part[0][0] != '@' || strcmp(op->ref.part[0] + 1, arg->name) != 0)
			continue;
		char key[160];
		(void)snprintf(key, sizeof(key), "%s%s", op->text, arg->text);
		check_key(v, t, call, key, faults);
		return;
	}
}

static void check_partial(const struct view *v, const struct template *t, const struct op *op,
			  json_t *faults)
{
	const struct template *partial;
	if (!view_page(v, op->text, &partial, NULL)) {
		report(faults, t, op, "no partial", op->text);
		return;
	}
	for (size_t i = 0; i < op->arg_count; i++) {
		if (op->args[i].text && *op->args[i].text && !strchr(op->args[i].text, '{'))
			check_arg(v, t, op, partial, &op->args[i], faults);
	}
}

static void check_op(const struct view *v, const struct template *t, const struct op *op,
		     json_t *faults)
{
	char address[256];
	if (op->kind == OP_PARTIAL)
		check_partial(v, t, op, faults);
	else if (op->kind == OP_ASSET &&
		 !share_address(v->share, op->text, address, sizeof(address)))
		report(faults, t, op, "no asset", op->text);
	else if (op->kind == OP_MESSAGE && !op->with_ref)
		check_key(v, t, op, op->text, faults);
}

void view_check(const struct view *v, json_t *faults)
{
	for (size_t i = 0; i < v->count; i++) {
		const struct page *page = &v->pages[i];
		if (!page->ok) {
			(void)json_array_append_new(faults, json_string(page->fault.detail));
			continue;
		}
		for (size_t k = 0; k < page->template.count; k++)
			check_op(v, &page->template, &page->template.ops[k], faults);
	}
}
