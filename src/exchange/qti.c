/* qti.c - one assessment item of QTI 2.x or 3.0: a choice interaction with one right answer.
 *
 * Names are compared without their namespace and without the prefix "qti-" of version 3, so what
 * TAO, Canvas, Inspera or OpenOlat write with or without prefixes is read alike. */
#include "exchange/reader.h"

#include "base/buf.h"

#include <stdlib.h>
#include <string.h>

enum { NAME_SIZE = 64 };

/* Whether an element is `name` of version 2 ("choiceInteraction") or of 3
 * ("qti-choice-interaction"). */
static bool is(const xmlNode *node, const char *name)
{
	if (node->type != XML_ELEMENT_NODE)
		return false;
	const char *own = (const char *)node->name;
	if (strncmp(own, "qti-", 4) != 0)
		return strcmp(own, name) == 0;
	own += 4;
	for (; *name; name++, own++) {
		if (*name >= 'A' && *name <= 'Z') {
			if (*own++ != '-' || *own != (*name | 0x20))
				return false;
		} else if (*own != *name) {
			return false;
		}
	}
	return *own == '\0';
}

/* maxChoices of version 2 is max-choices in 3. */
static const char *either(struct arena *a, const xmlNode *node, const char *two, const char *three)
{
	const char *text = attribute(a, node, two);
	return *text ? text : attribute(a, node, three);
}

static const xmlNode *find(const xmlNode *node, const char *name)
{
	for (const xmlNode *n = node ? node->children : NULL; n; n = n->next) {
		const xmlNode *below = is(n, name) ? n : find(n, name);
		if (below)
			return below;
	}
	return NULL;
}

/* ...Interaction: how many there are, and the first one's name. */
static int count_interactions(const xmlNode *node, const char **ret_name)
{
	static const char end_2[] = "Interaction";
	static const char end_3[] = "-interaction";
	int count = 0;
	for (const xmlNode *n = node ? node->children : NULL; n; n = n->next) {
		const char *name = n->type == XML_ELEMENT_NODE ? (const char *)n->name : "";
		const size_t size = strlen(name);
		const bool one = (size > sizeof(end_2) &&
				  strcmp(name + size - sizeof(end_2) + 1, end_2) == 0) ||
				 (size > sizeof(end_3) &&
				  strcmp(name + size - sizeof(end_3) + 1, end_3) == 0);
		if (one && count == 0)
			*ret_name = name;
		count += one;
		count += one ? 0 : count_interactions(n, ret_name);
	}
	return count;
}

/* ---- the right answer ---------------------------------------------------------------------------
 */

static const xmlNode *declaration_of(const struct reader *r, const xmlNode *item, const char *id)
{
	for (const xmlNode *n = item->children; n; n = n->next) {
		if (is(n, "responseDeclaration") &&
		    strcmp(attribute(r->arena, n, "identifier"), id) == 0)
			return n;
	}
	return NULL;
}

/* The identifier of the right choice: "" for none; several are a finding. */
static const char *key_of(struct reader *r, struct exchange_item *item, const xmlNode *declaration)
{
	const xmlNode *correct = declaration ? find(declaration, "correctResponse") : NULL;
	const char *key = "";
	int count = 0;
	for (const xmlNode *n = correct ? correct->children : NULL; n; n = n->next) {
		if (!is(n, "value"))
			continue;
		const char *text = text_below(r->arena, n);
		text += strspn(text, " \t\r\n");
		key = arena_copy_n(r->arena, text, strcspn(text, " \t\r\n"));
		count++;
	}
	const char *cardinality =
		declaration ? attribute(r->arena, declaration, "cardinality") : "single";
	if (count > 1 || strcmp(cardinality, "single") != 0)
		reader_note(r, item, item->line, true, "exchange.keys", "");
	return key;
}

/* ---- words
 * ------------------------------------------------------------------------------------------ */

/* What stands in the body before and behind the interaction, then its prompt. */
static void add_words(struct reader *r, struct exchange_item *item, const xmlNode *node,
		      const xmlNode *interaction, struct buf *b)
{
	for (const xmlNode *n = node->children; n; n = n->next) {
		if (n == interaction)
			continue;
		bool holds = false;
		for (const xmlNode *up = interaction; up && !holds; up = up->parent)
			holds = up == n;
		if (holds) {
			add_words(r, item, n, interaction, b);
			continue;
		}
		xmlNode alone = { .type = XML_ELEMENT_NODE, .name = (const xmlChar *)"p" };
		xmlNode copy = *n;
		copy.next = NULL;
		alone.children = &copy;
		const char *lost = NULL;
		const char *text = plain_node(r->arena, &alone, &lost);
		if (lost)
			reader_note(r, item, (int)xmlGetLineNo(n), true, "exchange.media", lost);
		if (*text)
			buf_print(b, "%s%s", b->length > 0 ? "\n" : "", text);
	}
}

static void take_choices(struct reader *r, struct exchange_item *item, struct item_text *text,
			 const xmlNode *interaction, const char *key)
{
	for (const xmlNode *n = interaction->children; n; n = n->next) {
		const char *lost = NULL;
		if (!is(n, "simpleChoice"))
			continue;
		if (item->options == ITEM_OPTIONS_MOST) {
			reader_note(r, item, (int)xmlGetLineNo(n), true, "exchange.options_many",
				    "");
			return;
		}
		const char *id = attribute(r->arena, n, "identifier");
		if (*key && strcmp(id, key) == 0)
			item->answer = item->options;
		item->choice[item->options] = id;
		text->option[item->options++] = plain_node(r->arena, n, &lost);
		if (lost)
			reader_note(r, item, (int)xmlGetLineNo(n), true, "exchange.media", lost);
	}
}

/* xml:lang of the item or of its body, "kk-KZ" as "kk"; else what the options say. */
static const char *language_of(const struct reader *r, const xmlNode *item, const xmlNode *body)
{
	const xmlNode *const places[] = { body, item };
	for (size_t i = 0; i < COUNT(places); i++) {
		const char *language = places[i] ? attribute(r->arena, places[i], "lang") : "";
		xmlChar *own = places[i] && !*language ? xmlNodeGetLang(places[i]) : NULL;
		if (own)
			language = arena_copy_n(r->arena, own, strlen((const char *)own));
		xmlFree(own);
		if (strncmp(language, "kk", 2) == 0)
			return "kk";
		if (strncmp(language, "ru", 2) == 0)
			return "ru";
	}
	return r->options->language;
}

static void take_item(struct reader *r, const xmlNode *root)
{
	struct exchange_item *item = reader_add(r, (int)xmlGetLineNo(root));
	const xmlNode *body = find(root, "itemBody");
	const char *kind = "";
	if (!item)
		return;
	item->code = attribute(r->arena, root, "identifier");
	const int count = count_interactions(body, &kind);
	const xmlNode *interaction = body ? find(body, "choiceInteraction") : NULL;
	if (count != 1 || !interaction) {
		reader_note(r, item, item->line, true, "exchange.unsupported",
			    count > 1 ? "composite" : arena_print(r->arena, "%s", kind));
		return;
	}
	const char *most = either(r->arena, interaction, "maxChoices", "max-choices");
	if (*most && strcmp(most, "1") != 0)
		reader_note(r, item, (int)xmlGetLineNo(interaction), true, "exchange.keys", "");
	const char *response =
		either(r->arena, interaction, "responseIdentifier", "response-identifier");
	const char *key = key_of(r, item, declaration_of(r, root, response));
	const bool kazakh = strcmp(language_of(r, root, body), "kk") == 0;
	struct item_text *text = kazakh ? &item->kk : &item->ru;
	struct buf stem = buf_on(r->arena);
	add_words(r, item, body, interaction, &stem);
	const xmlNode *prompt = find(interaction, "prompt");
	const char *lost = NULL;
	const char *asked = prompt ? plain_node(r->arena, prompt, &lost) : "";
	if (lost)
		reader_note(r, item, (int)xmlGetLineNo(prompt), true, "exchange.media", lost);
	if (*asked)
		buf_print(&stem, "%s%s", stem.length > 0 ? "\n" : "", asked);
	text->stem = stem.text;
	take_choices(r, item, text, interaction, key);
}

bool read_qti_item(struct reader *r, xmlDoc *doc, struct err *e)
{
	const xmlNode *root = xmlDocGetRootElement(doc);
	if (!is(root, "assessmentItem"))
		return err_input(e, "file", "exchange.error.format", "no assessment item");
	take_item(r, root);
	return r->set->item_count < EXCHANGE_ITEMS_MOST ||
	       err_input(e, "file", "exchange.error.many", "too many questions");
}

/* ---- the languages of one question
 * ------------------------------------------------------------------ */

static int place_of(const struct exchange_item *item, const char *choice)
{
	for (int i = 0; i < item->options; i++) {
		if (strcmp(item->choice[i], choice) == 0)
			return i;
	}
	return -1;
}

/* F24: the options of `other` in the order of `item`, found by their identifiers. */
static bool join(struct exchange_item *item, const struct exchange_item *other)
{
	struct item_text *to = item->kk.stem ? &item->ru : &item->kk;
	const struct item_text *from = other->kk.stem ? &other->kk : &other->ru;
	if (item->options != other->options || to->stem || !from->stem)
		return false;
	for (int i = 0; i < item->options; i++) {
		const int place = place_of(other, item->choice[i]);
		if (place < 0 || (place == other->answer) != (i == item->answer))
			return false;
	}
	to->stem = from->stem;
	for (int i = 0; i < item->options; i++)
		to->option[i] = from->option[place_of(other, item->choice[i])];
	return true;
}

static int by_code(const void *left, const void *right)
{
	const struct exchange_item *a = left;
	const struct exchange_item *b = right;
	const int order = strcmp(a->code, b->code);
	return order ? order : strcmp(a->place, b->place);
}

void join_languages(struct reader *r)
{
	struct exchange_set *s = r->set;
	size_t kept = 0;
	if (s->item_count > 1)
		qsort(s->items, s->item_count, sizeof(*s->items), by_code);
	for (size_t i = 0; i < s->item_count; i++) {
		struct exchange_item *item = &s->items[i];
		struct exchange_item *last = kept > 0 ? &s->items[kept - 1] : NULL;
		if (last && strcmp(last->code, item->code) == 0 && !last->bad && !item->bad) {
			if (join(last, item))
				continue;
			r->place = item->place;
			reader_note(r, item, item->line, true, "exchange.pairs", "");
			last->bad = true;
		}
		s->items[kept++] = *item;
	}
	s->item_count = kept;
}
