#include "web/glossary.h"

#include "web/list.h"

#include <string.h>

/* Of share "rules/glossary.json", without what is for the test alone. */
static bool read_terms(json_t **ret, struct err *e)
{
	const struct share_item *file = share_find("rules/glossary.json");
	json_error_t why;
	size_t i = 0;
	json_t *term = NULL;
	json_t *terms = file ? json_loadb((const char *)file->bytes, file->size, 0, &why) : NULL;
	if (!terms)
		return err_set(e, ERR_SYSTEM, "error.system", "rules/glossary.json: not read");
	json_array_foreach (terms, i, term) {
		(void)json_object_del(term, "not");
		(void)json_object_del(term, "id");
	}
	*ret = terms;
	return true;
}

static bool glossary_list(struct req *r, json_t *model, struct err *e)
{
	json_t *terms = NULL;
	if (!read_terms(&terms, e))
		return false;
	list_rows(r, model, terms);
	json_decref(terms);
	return true;
}

static bool accessibility(struct req *r, json_t *model, struct err *e)
{
	(void)r;
	(void)model;
	(void)e;
	return true;
}

static const struct list_column glossary_columns[] = {
	{ "kk", "glossary.kk", LIST_TEXT, LIST_SORTS, NULL },
	{ "ru", "glossary.ru", LIST_TEXT, LIST_SORTS, NULL },
	{ "en", "glossary.en", LIST_TEXT, LIST_SORTS, NULL },
	{ "clause", "glossary.clause", LIST_TEXT, 0, NULL },
	{ 0 },
};
static const struct list glossary = { "terms", "help.glossary.title", glossary_columns, 100 };
static const struct param glossary_params[] = { LIST_PARAMS, PARAMS_END };

#include "web/route_table.h" /* last */

const struct route glossary_routes[] = {
	{ GET, "/help/glossary", ROLE_PUBLIC, glossary_list, "help/glossary", glossary_params,
	  "The words of the law in Kazakh, Russian and English.", .list = &glossary },
	{ GET, "/help/accessibility", ROLE_PUBLIC, accessibility, "help/accessibility", no_params,
	  "How the site serves everybody, how that is tested, whom to tell of a barrier." },
	{ 0 },
};
