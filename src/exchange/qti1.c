/* qti1.c - QTI 1.2, all items in one file: choices with one right answer, as Canvas writes them. */
#include "exchange/reader.h"

#include <stdlib.h>
#include <string.h>

/* Like child_of(), at any depth. */
static const xmlNode *find(const xmlNode *node, const char *name)
{
	for (const xmlNode *n = node ? node->children : NULL; n; n = n->next) {
		const xmlNode *below = is_element(n, name) ? n : find(n, name);
		if (below)
			return below;
	}
	return NULL;
}

/* <qtimetadatafield><fieldlabel>question_type</fieldlabel><fieldentry>... */
static const char *metadata(struct arena *a, const xmlNode *item, const char *label)
{
	const xmlNode *list = find(child_of(item, "itemmetadata"), "qtimetadata");
	for (const xmlNode *n = list ? list->children : NULL; n; n = n->next) {
		if (is_element(n, "qtimetadatafield") &&
		    strcmp(text_below(a, child_of(n, "fieldlabel")), label) == 0)
			return text_below(a, child_of(n, "fieldentry"));
	}
	return "";
}

/* What <mattext> says, which may be HTML. */
static const char *words_of(struct reader *r, struct exchange_item *item, const xmlNode *material)
{
	const xmlNode *text = find(material, "mattext");
	const char *words = text_below(r->arena, text);
	const char *kind = text ? attribute(r->arena, text, "texttype") : "";
	const char *lost = NULL;
	if (find(material, "matimage"))
		lost = "matimage";
	else if (strcmp(kind, "text/html") == 0)
		words = plain_text(r->arena, words, &lost);
	if (lost)
		reader_note(r, item, line_of(material), true, "exchange.media", lost);
	return words;
}

/* ---- the right answer ------------------------------------------------------------------------ */

static bool gives_points(struct arena *a, const xmlNode *condition)
{
	for (const xmlNode *n = condition->children; n; n = n->next) {
		const char *action = is_element(n, "setvar") ? attribute(a, n, "action") : "-";
		if ((!*action || strcmp(action, "Set") == 0 || strcmp(action, "Add") == 0) &&
		    strtod(text_below(a, n), NULL) > 0)
			return true;
	}
	return false;
}

/* Each <varequal> that is not within <not>: how many, and the last one in `key`. */
static int count_equal(struct arena *a, const xmlNode *node, const char **key)
{
	int count = 0;
	for (const xmlNode *n = node ? node->children : NULL; n; n = n->next) {
		if (is_element(n, "varequal")) {
			*key = text_below(a, n);
			count++;
		} else if (n->type == XML_ELEMENT_NODE && !is_element(n, "not")) {
			count += count_equal(a, n, key);
		}
	}
	return count;
}

static const char *key_of(struct reader *r, struct exchange_item *item, const xmlNode *root)
{
	const xmlNode *processing = child_of(root, "resprocessing");
	const char *key = "";
	int count = 0;
	for (const xmlNode *n = processing ? processing->children : NULL; n; n = n->next) {
		if (is_element(n, "respcondition") && gives_points(r->arena, n))
			count += count_equal(r->arena, child_of(n, "conditionvar"), &key);
	}
	if (count > 1)
		reader_note(r, item, line_of(processing), true, "exchange.keys", "");
	return key;
}

/* ---- items ----------------------------------------------------------------------------------- */

static void take_choices(struct reader *r, struct exchange_item *item, const xmlNode *render,
			 const char *key)
{
	for (const xmlNode *n = render->children; n; n = n->next) {
		if (!is_element(n, "response_label"))
			continue;
		if (item->options == ITEM_OPTIONS_MOST) {
			reader_note(r, item, line_of(n), true, "exchange.options_many", "");
			return;
		}
		const char *id = attribute(r->arena, n, "ident");
		const bool right = *key && strcmp(id, key) == 0;
		if (right && item->answer >= 0)
			reader_note(r, item, line_of(n), true, "exchange.keys", "");
		if (right)
			item->answer = item->options;
		item->choice[item->options] = id;
		reader_text(r, item)->option[item->options++] = words_of(r, item, n);
	}
}

/* NULL if it is a choice of one; else what it is. */
static const char *other_kind(struct reader *r, const xmlNode *root, const xmlNode *response)
{
	const char *kind = metadata(r->arena, root, "question_type");
	if (*kind && strcmp(kind, "multiple_choice_question") != 0)
		return kind;
	if (!response || !child_of(response, "render_choice"))
		return *kind ? kind : "no choice";
	const char *cardinality = attribute(r->arena, response, "rcardinality");
	return *cardinality && strcmp(cardinality, "Single") != 0 ? "multiple_answers" : NULL;
}

static void take_item(struct reader *r, const xmlNode *root)
{
	struct exchange_item *item = reader_add(r, line_of(root));
	const xmlNode *presentation = child_of(root, "presentation");
	const xmlNode *response = find(presentation, "response_lid");
	if (!item)
		return;
	item->code = attribute(r->arena, root, "ident");
	const char *kind = other_kind(r, root, response);
	if (kind) {
		reader_note(r, item, item->line, true, "exchange.unsupported", kind);
		return;
	}
	const xmlNode *asked = child_of(presentation, "material");
	if (!asked)
		asked = find(presentation, "material");
	reader_text(r, item)->stem = words_of(r, item, asked);
	take_choices(r, item, child_of(response, "render_choice"), key_of(r, item, root));
	const xmlNode *feedback = child_of(root, "itemfeedback");
	if (feedback)
		reader_note(r, item, line_of(feedback), false, "exchange.feedback", "itemfeedback");
}

void read_qti1(struct reader *r, const xmlNode *root)
{
	for (const xmlNode *n = root->children; n; n = n->next) {
		if (is_element(n, "item"))
			take_item(r, n);
		else if (n->type == XML_ELEMENT_NODE)
			read_qti1(r, n);
	}
}
