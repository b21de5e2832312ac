/* qti.c - one assessment item of QTI 2.x or 3.0: a choice interaction with one right answer.
 *
 * The order of the options is ours, so what an item says of shuffling does not matter; how it is
 * scored neither, beyond which option is right.  Names are compared without their namespace and
 * without the prefix "qti-" of version 3, so what TAO, Canvas, Inspera or OpenOlat write with or
 * without prefixes is read alike. */
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

/* ---- the right answer ------------------------------------------------------------------------ */

static const xmlNode *declaration_of(const struct reader *r, const xmlNode *item, const char *id)
{
	for (const xmlNode *n = item->children; n; n = n->next) {
		if (is(n, "responseDeclaration") &&
		    strcmp(attribute(r->arena, n, "identifier"), id) == 0)
			return n;
	}
	return NULL;
}

/* The values of <correctResponse>: how many, and the last one in `key`. */
static int count_correct(struct reader *r, const xmlNode *declaration, const char **key)
{
	const xmlNode *correct = find(declaration, "correctResponse");
	int count = 0;
	for (const xmlNode *n = correct ? correct->children : NULL; n; n = n->next) {
		if (!is(n, "value"))
			continue;
		const char *text = text_below(r->arena, n);
		text += strspn(text, " \t\r\n");
		*key = arena_copy_n(r->arena, text, strcspn(text, " \t\r\n"));
		count++;
	}
	return count;
}

/* The same of the entries of <mapping> that give points. */
static int count_mapped(struct reader *r, const xmlNode *declaration, const char **key)
{
	const xmlNode *mapping = find(declaration, "mapping");
	int count = 0;
	for (const xmlNode *n = mapping ? mapping->children : NULL; n; n = n->next) {
		if (!is(n, "mapEntry") ||
		    strtod(either(r->arena, n, "mappedValue", "mapped-value"), NULL) <= 0)
			continue;
		*key = either(r->arena, n, "mapKey", "map-key");
		count++;
	}
	return count;
}

/* The identifier of the right choice: "" for none; several are a finding. */
static const char *key_of(struct reader *r, struct exchange_item *item, const xmlNode *declaration)
{
	const char *key = "";
	if (!declaration)
		return key;
	int count = count_correct(r, declaration, &key);
	if (count == 0)
		count = count_mapped(r, declaration, &key);
	if (count > 1 || strcmp(attribute(r->arena, declaration, "cardinality"), "single") != 0)
		reader_note(r, item, line_of(declaration), true, "exchange.keys", "");
	return key;
}

/* ---- words ----------------------------------------------------------------------------------- */

/* What is being read of an item. */
struct taking {
	struct reader *reader;
	struct exchange_item *item;
	const xmlNode *body, *interaction;
	const char *key;
};

static const char *words_of(struct taking *t, const xmlNode *node, int line, const char *language)
{
	const char *lost = NULL;
	const char *text = plain_node(t->reader->arena, node, language, &lost);
	if (lost)
		reader_note(t->reader, t->item, line, true, "exchange.media", lost);
	return text;
}

static void add_line(struct buf *b, const char *text)
{
	if (*text)
		buf_print(b, "%s%s", b->length > 0 ? "\n" : "", text);
}

static bool holds(const xmlNode *node, const xmlNode *what)
{
	while (what && what != node)
		what = what->parent;
	return what != NULL;
}

/* What stands in the body before and behind the interaction. */
static void add_words(struct taking *t, const xmlNode *node, const char *language, struct buf *b)
{
	for (const xmlNode *n = node->children; n; n = n->next) {
		if (n == t->interaction)
			continue;
		if (holds(n, t->interaction)) {
			add_words(t, n, language, b);
			continue;
		}
		xmlNode alone = { .type = XML_ELEMENT_NODE, .name = (const xmlChar *)"p" };
		xmlNode copy = *n;
		copy.next = NULL;
		alone.children = &copy;
		add_line(b, words_of(t, &alone, line_of(n), language));
	}
}

static const char *stem_of(struct taking *t, const char *language)
{
	struct buf stem = buf_on(t->reader->arena);
	const xmlNode *prompt = find(t->interaction, "prompt");
	add_words(t, t->body, language, &stem);
	if (prompt)
		add_line(&stem, words_of(t, prompt, line_of(prompt), language));
	return stem.text;
}

static void take_choices(struct taking *t, const char *const *languages)
{
	struct exchange_item *item = t->item;
	struct reader *r = t->reader;
	for (const xmlNode *n = t->interaction->children; n; n = n->next) {
		if (!is(n, "simpleChoice"))
			continue;
		if (item->options == ITEM_OPTIONS_MOST) {
			reader_note(r, item, line_of(n), true, "exchange.options_many", "");
			return;
		}
		const char *id = attribute(r->arena, n, "identifier");
		const bool right = *t->key && strcmp(id, t->key) == 0;
		if (right && item->answer >= 0)
			reader_note(r, item, line_of(n), true, "exchange.keys", "");
		if (right)
			item->answer = item->options;
		item->choice[item->options] = id;
		if (item->kk.stem)
			item->kk.option[item->options] = words_of(t, n, line_of(n), languages[0]);
		if (item->ru.stem)
			item->ru.option[item->options] = words_of(t, n, line_of(n), languages[1]);
		item->options++;
	}
}

/* xml:lang of the item or of its body, "kk-KZ" as "kk"; else what the options say. */
static const char *language_of(struct reader *r, const xmlNode *item, const xmlNode *body)
{
	const xmlNode *const places[] = { body, item };
	for (size_t i = 0; i < COUNT(places); i++) {
		const char *language = any_attribute(r->arena, places[i], "lang");
		if (strncmp(language, "kk", 2) == 0)
			return "kk";
		if (strncmp(language, "ru", 2) == 0)
			return "ru";
	}
	r->unsaid = r->unsaid || !*r->options->language;
	return r->options->language;
}

/* Of both languages if parts of the item are marked as of both, else of that of the item. */
static void take_words(struct taking *t, const xmlNode *root)
{
	static const char *const parts[] = { "kk", "ru" };
	static const char *const all[] = { "", "" };
	const bool both = has_language(t->body, "kk") && has_language(t->body, "ru");
	const bool kazakh = !both && strcmp(language_of(t->reader, root, t->body), "kk") == 0;
	const char *const *languages = both ? parts : all;
	if (both || kazakh)
		t->item->kk.stem = stem_of(t, languages[0]);
	if (both || !kazakh)
		t->item->ru.stem = stem_of(t, languages[1]);
	take_choices(t, languages);
}

/* ---- the item -------------------------------------------------------------------------------- */

/* What is left out, or not here, is told. */
static void tell_rest(struct reader *r, struct exchange_item *item, const xmlNode *root)
{
	static const char *const feedback[] = { "modalFeedback", "feedbackBlock", "feedbackInline",
						"rubricBlock" };
	for (size_t i = 0; i < COUNT(feedback); i++) {
		const xmlNode *n = find(root, feedback[i]);
		if (n)
			reader_note(r, item, line_of(n), false, "exchange.feedback", feedback[i]);
	}
	const xmlNode *stimulus = find(root, "assessmentStimulusRef");
	if (stimulus)
		reader_note(r, item, line_of(stimulus), true, "exchange.stimulus",
			    attribute(r->arena, stimulus, "href"));
}

static void take_item(struct reader *r, const xmlNode *root)
{
	struct exchange_item *item = reader_add(r, line_of(root));
	struct taking t = { .reader = r, .item = item, .body = find(root, "itemBody") };
	const char *kind = "";
	if (!item)
		return;
	item->code = attribute(r->arena, root, "identifier");
	const int count = count_interactions(t.body, &kind);
	t.interaction = t.body ? find(t.body, "choiceInteraction") : NULL;
	if (count != 1 || !t.interaction) {
		reader_note(r, item, item->line, true, "exchange.unsupported",
			    count > 1    ? "composite"
			    : count == 0 ? "no interaction"
					 : arena_copy(r->arena, kind));
		return;
	}
	const char *most = either(r->arena, t.interaction, "maxChoices", "max-choices");
	if (*most && strcmp(most, "1") != 0)
		reader_note(r, item, line_of(t.interaction), true, "exchange.keys", "");
	const char *response =
		either(r->arena, t.interaction, "responseIdentifier", "response-identifier");
	t.key = key_of(r, item, declaration_of(r, root, response));
	take_words(&t, root);
	tell_rest(r, item, root);
}

bool read_qti(struct reader *r, xmlDoc *doc, struct err *e)
{
	const xmlNode *root = xmlDocGetRootElement(doc);
	if (is(root, "assessmentItem"))
		take_item(r, root);
	else if (is(root, "questestinterop"))
		read_qti1(r, root);
	else
		return err_input(e, "file", "exchange.error.format", "no assessment item");
	return true;
}

/* ---- the languages of one question ----------------------------------------------------------- */

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
		if (last && *item->code && strcmp(last->code, item->code) == 0 && !last->bad &&
		    !item->bad) {
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
