/* moodle.c - Moodle XML, as Moodle 3 and 4 write it. */
#include "exchange/reader.h"

#include <stdlib.h>
#include <string.h>

/* An act's code, not "Default for Course 7". */
static bool is_code(const char *name)
{
	return *name && name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-")] == '\0';
}

/* The category's own number, or $course$/top/Acts/civil-code: the last name of the path; "" if that
 * is no code of an act. */
static const char *category_of(struct arena *a, const xmlNode *question)
{
	const char *path = text_below(a, child_of(child_of(question, "category"), "text"));
	const char *last = strrchr(path, '/');
	const char *number = text_below(a, child_of(question, "idnumber"));
	if (is_code(number))
		return number;
	last = last ? last + 1 : path;
	return is_code(last) ? last : "";
}

/* Where a text goes: part 0 is the stem. */
static const char **place_of(struct item_text *text, int part)
{
	return part == 0 ? &text->stem : &text->option[part - 1];
}

static void tell_lost(struct reader *r, struct exchange_item *item, int line, const char *lost)
{
	if (lost)
		reader_note(r, item, line, true, "exchange.media", lost);
}

/* A text of both languages or of one; pictures and tables make it unusable. */
static void take_html(struct reader *r, struct exchange_item *item, const char *html, int line,
		      int part)
{
	struct item_text *texts[LANGUAGE_PARTS] = { &item->kk, &item->ru };
	struct language_part parts[LANGUAGE_PARTS];
	const char *lost = NULL;
	if (!language_parts(r->arena, html, parts)) {
		*place_of(reader_text(r, item), part) = plain_text(r->arena, html, &lost);
		tell_lost(r, item, line, lost);
		return;
	}
	for (size_t i = 0; i < COUNT(parts); i++) {
		if (!parts[i].text)
			continue;
		tell_lost(r, item, line, parts[i].lost);
		*place_of(texts[i], part) = parts[i].text;
	}
}

/* <questiontext> or <answer>: its words as its format says, and files that hang on it. */
static void take_text(struct reader *r, struct exchange_item *item, const xmlNode *node, int part)
{
	const char *words = text_below(r->arena, child_of(node, "text"));
	const char *format = node ? attribute(r->arena, node, "format") : "";
	const xmlNode *file = child_of(node, "file");
	const int line = node ? line_of(node) : item->line;
	if (strcmp(format, "plain_text") == 0)
		*place_of(reader_text(r, item), part) = words;
	else
		take_html(r, item, words, line, part);
	if (strcmp(format, "markdown") == 0)
		reader_note(r, item, line, false, "exchange.markdown", "");
	if (file)
		reader_note(r, item, line_of(file), false, "exchange.attachment",
			    attribute(r->arena, file, "name"));
}

/* The standard words to right and wrong answers are in every question; they are no loss. */
static bool has_words(struct arena *a, const xmlNode *node, const char *name)
{
	const char *text = text_below(a, child_of(child_of(node, name), "text"));
	return text[strspn(text, " \t\r\n")] != '\0';
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
	take_text(r, item, answer, item->options);
	if (has_words(r->arena, answer, "feedback"))
		reader_note(r, item, line_of(answer), false, "exchange.feedback", "feedback");
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

static void tell_rest(struct reader *r, struct exchange_item *item, const xmlNode *question)
{
	static const char *const rest[] = { "generalfeedback", "hint" };
	for (size_t i = 0; i < COUNT(rest); i++) {
		if (has_words(r->arena, question, rest[i]))
			reader_note(r, item, line_of(child_of(question, rest[i])), false,
				    "exchange.feedback", rest[i]);
	}
	if (strcmp(text_below(r->arena, child_of(question, "hidden")), "1") == 0)
		reader_note(r, item, item->line, false, "exchange.hidden", "");
}

static void take_choice(struct reader *r, struct exchange_item *item, const xmlNode *question)
{
	const char *single = text_below(r->arena, child_of(question, "single"));
	if (strcmp(single, "false") == 0 || strcmp(single, "0") == 0)
		reader_note(r, item, item->line, true, "exchange.keys", "");
	take_text(r, item, child_of(question, "questiontext"), 0);
	for (const xmlNode *n = question->children; n; n = n->next) {
		if (is_element(n, "answer"))
			take_answer(r, item, n);
	}
	const xmlNode *tags = child_of(question, "tags");
	for (const xmlNode *n = tags ? tags->children : NULL; n; n = n->next) {
		if (is_element(n, "tag"))
			take_tag(r, item, text_below(r->arena, child_of(n, "text")));
	}
	tell_rest(r, item, question);
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
	if (strcmp(kind, "multichoice") == 0)
		take_choice(r, item, question);
	else
		reader_note(r, item, item->line, true, "exchange.unsupported", kind);
}

void read_moodle(struct reader *r, xmlDoc *doc)
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
}
