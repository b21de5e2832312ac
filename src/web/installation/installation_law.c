/* installation_law.c - the law that a competition of today would run under (O-4), and the program's
 * own texts and pages. */
#include "web/installation/installation.h"

#include "app/installation/own_law.h"
#include "base/buf.h"
#include "law/rule_set.h"
#include "rules/law_book.h"
#include "web/site.h"

#include <string.h>

static bool check_years(struct installation *c, const struct calendar *calendar, struct err *e)
{
	int year = day_to_date(c->today).year;
	for (int y = year; y <= year + 1; y++) {
		if (calendar_year(calendar, y) < 0 &&
		    !installation_find(c, LEVEL_ERROR, "year", arena_print(c->arena, "%d", y), e))
			return false;
	}
	struct buf provisional = buf_on(c->arena);
	for (size_t i = 0; i < calendar->count; i++) {
		char text[DAY_TEXT_SIZE];
		day_print(calendar->exceptions[i].day, text);
		if (calendar->exceptions[i].provisional)
			installation_list(&provisional, text);
	}
	return provisional.length == 0 ||
	       installation_find(c, LEVEL_WARNING, "provisional", provisional.text, e);
}

static bool check_parameters(struct installation *c, const struct rule_set *rules, struct err *e)
{
	struct buf unset = buf_on(c->arena);
	struct buf assumed = buf_on(c->arena);
	for (enum param_id id = 0; id < PARAM_COUNT; id++) {
		const struct parameter *p = &rules->params[id];
		if (!p->set)
			installation_list(&unset, param_name(id));
		else if (p->assumed)
			installation_list(&assumed, param_name(id));
	}
	if (rules->in_force_assumed)
		installation_list(&assumed, "in_force_from");
	return (unset.length == 0 || installation_find(c, LEVEL_WARNING, "unset", unset.text, e)) &&
	       (assumed.length == 0 ||
		installation_find(c, LEVEL_WARNING, "assumed", assumed.text, e)) &&
	       (!rules->recording_may_be_off ||
		installation_find(c, LEVEL_WARNING, "recording", rules->id, e));
}

static bool lay_own(const struct installation *c, struct law_book **book, struct err *e)
{
	return !c->base || own_law_lay(c->base, c->arena, book, e);
}

/* What was entered here counts for nothing where --rules names another law. */
static bool check_own(struct installation *c, struct err *e)
{
	bool own = false;
	return !c->rules || !c->base ||
	       (db_exists(c->base, e, &own, "SELECT 1 FROM own_law") &&
		(!own || installation_find(c, LEVEL_WARNING, "own_law", c->rules, e)));
}

bool installation_law(struct installation *c, struct err *e)
{
	struct law_book *book = NULL;
	struct err why = { 0 };
	if (!(c->rules ? law_book_load_dir(c->rules, c->arena, &book, &why)
		       : site_built_in_law(c->arena, &book, &why) && lay_own(c, &book, &why)))
		return installation_find(c, LEVEL_ERROR, "rules", why.detail, e);
	if (!check_own(c, e))
		return false;
	const struct law_file *rules = law_book_rule_set_on(book, c->today);
	const struct law_file *table = law_book_qualification_on(book, c->today);
	if (!check_years(c, &book->calendar, e))
		return false;
	if (rules ? !check_parameters(c, rules->rule_set, e)
		  : !installation_find(c, LEVEL_ERROR, "no_rule_set", "", e))
		return false;
	if (!table)
		return installation_find(c, LEVEL_ERROR, "no_qualification", "", e);
	return !table->qualification->assumed ||
	       installation_find(c, LEVEL_WARNING, "qualification", table->name, e);
}

/* ---- the program's own texts and pages ------------------------------------------------------- */

/* A plural form need not be there in every language, its family must. */
static bool has_text(struct installation *c, const char *lang, const char *key)
{
	static const char *const form[] = { ".one", ".few", ".many", ".other" };
	const struct catalog *catalog = view_catalog(c->view);
	size_t length = strlen(key);
	if (catalog_text(catalog, lang, key))
		return true;
	for (size_t i = 0; i < COUNT(form); i++) {
		size_t tail = strlen(form[i]);
		if (length > tail && strcmp(key + length - tail, form[i]) == 0 &&
		    catalog_has(catalog, lang, arena_copy_n(c->arena, key, length - tail)))
			return true;
	}
	return false;
}

static bool check_keys(struct installation *c, const char *from, const char *to, struct err *e)
{
	const struct share_item *file = share_find(arena_print(c->arena, "locale/%s.json", from));
	json_t *texts = file ? json_loadb((const char *)file->bytes, file->size, 0, NULL) : NULL;
	struct buf missing = buf_on(c->arena);
	const char *key = NULL;
	json_t *text = NULL;
	json_object_foreach (texts, key, text) {
		if (!has_text(c, to, key))
			installation_list(&missing, key);
	}
	json_decref(texts);
	return missing.length == 0 ||
	       installation_find(c, LEVEL_ERROR, "untranslated",
				 arena_print(c->arena, "%s: %s", to, missing.text), e);
}

bool installation_texts(struct installation *c, struct err *e)
{
	for (size_t from = 0; catalog_languages[from]; from++) {
		for (size_t to = 0; catalog_languages[to]; to++) {
			if (from != to &&
			    !check_keys(c, catalog_languages[from], catalog_languages[to], e))
				return false;
		}
	}
	size_t i = 0;
	const json_t *fault = NULL;
	json_t *faults = json_array();
	struct buf list = buf_on(c->arena);
	view_check(c->view, faults);
	json_array_foreach (faults, i, fault)
		installation_list(&list, json_string_value(fault));
	json_decref(faults);
	return list.length == 0 || installation_find(c, LEVEL_ERROR, "page", list.text, e);
}
