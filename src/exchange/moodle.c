/* moodle.c - Moodle XML, as Moodle 3 and 4 write it. */
#include "exchange/reader.h"

#include <stdlib.h>
#include <string.h>

static int line_of(const xmlNode *node)
{
	return (int)xmlGetLineNo(node);
}

/* $course$/top/Acts/civil-code: the last name of the path. */
static const char *category_of(struct arena *a, const xmlNode *question)
{
	const char *path = text_below(a, child_of(child_of(question, "category"), "text"));
	const char *last = strrchr(path, '/');
	return last ? last + 1 : path;
}

/* A text of both languages or of one; pictures and tables make it unusable. */
static void take_text(struct reader *r, struct exchange_item *item, const char *html, int part)
{
	static const char *const languages[] = { "kk", "ru" };
	struct item_text *texts[] = { &item->kk, &item->ru };
	bool marked = false;
	for (size_t i = 0; i < COUNT(languages); i++) {
		const char *lost = NULL;
		const char *text = language_part(r->arena, html, languages[i], &lost);
		if (!text)
			continue;
		marked = true;
		if (lost)
			reader_note(r, item, item->line, true, "exchange.media", lost);
		*(part == 0 ? &texts[i]->stem : &texts[i]->option[part - 1]) = text;
	}
	const char *lost = NULL;
	const char *plain = plain_text(r->arena, html, &lost);
	struct item_text *only = reader_text(r, item);
	if (!marked)
		*(part == 0 ? &only->stem : &only->option[part - 1]) = plain;
	if (!marked && lost)
		reader_note(r, item, item->line, true, "exchange.media", lost);
}

static void take_answer(struct reader *r, struct exchange_item *item, const xmlNode *answer)
{
	const double share = strtod(attribute(r->arena, answer, "fraction"), NULL);
	if (item->options == ITEM_OPTIONS_MOST) {
		reader_note(r, item, line_of(answer), true, "exchange.options_many", "");
		return;
	}
	if (share > 0 && (item->answer >= 0 || share < 100))
		reader_note(r, item, line_of(answer), true, "exchange.keys", "");
	if (share >= 100)
		item->answer = item->options;
	item->options++;
	take_text(r, item, text_below(r->arena, child_of(answer, "text")), item->options);
}

/* article:15, text_date:2025-05-01, enemy:civ-002 are written by our own export. */
static void take_tag(struct reader *r, struct exchange_item *item, const char *tag)
{
	static const char article[] = "article:";
	static const char date[] = "text_date:";
	static const char enemy[] = "enemy:";
	if (strncmp(tag, article, sizeof(article) - 1) == 0)
		item->article = tag + sizeof(article) - 1;
	else if (strncmp(tag, date, sizeof(date) - 1) == 0)
		item->dated = day_parse(tag + sizeof(date) - 1, &item->text_date);
	else if (strncmp(tag, enemy, sizeof(enemy) - 1) == 0)
		item->enemies = arena_print(r->arena, "%s%s%s", item->enemies,
					    *item->enemies ? ", " : "", tag + sizeof(enemy) - 1);
}

static void take_question(struct reader *r, const xmlNode *question, const char *category)
{
	const char *kind = attribute(r->arena, question, "type");
	struct exchange_item *item = reader_add(r, line_of(question));
	if (!item)
		return;
	const char *number = text_below(r->arena, child_of(question, "idnumber"));
	item->code = *number ? number
			     : text_below(r->arena, child_of(child_of(question, "name"), "text"));
	item->act = *category ? category : item->act;
	if (strcmp(kind, "multichoice") != 0) {
		reader_note(r, item, item->line, true, "exchange.unsupported", kind);
		return;
	}
	if (strcmp(text_below(r->arena, child_of(question, "single")), "false") == 0)
		reader_note(r, item, item->line, true, "exchange.keys", "");
	take_text(r, item,
		  text_below(r->arena, child_of(child_of(question, "questiontext"), "text")), 0);
	for (const xmlNode *n = question->children; n; n = n->next) {
		if (is_element(n, "answer"))
			take_answer(r, item, n);
	}
	const xmlNode *tags = child_of(question, "tags");
	for (const xmlNode *n = tags ? tags->children : NULL; n; n = n->next) {
		if (is_element(n, "tag"))
			take_tag(r, item, text_below(r->arena, child_of(n, "text")));
	}
}

bool read_moodle(struct reader *r, xmlDoc *doc, struct err *e)
{
	const char *category = "";
	for (const xmlNode *n = xmlDocGetRootElement(doc)->children; n; n = n->next) {
		if (!is_element(n, "question"))
			continue;
		if (strcmp(attribute(r->arena, n, "type"), "category") == 0)
			category = category_of(r->arena, n);
		else
			take_question(r, n, category);
	}
	return r->set->item_count < EXCHANGE_ITEMS_MOST ||
	       err_input(e, "file", "exchange.error.many", "too many questions");
}
