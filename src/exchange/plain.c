/* plain.c - HTML of questions as the text that a candidate reads. */
#include "exchange/reader.h"

#include "base/buf.h"

#include <libxml/HTMLparser.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

struct plain {
	struct buf text;
	const char *lost;
	const char *language; /* of which parts are taken, "" of all */
};

static const char *const languages[LANGUAGE_PARTS] = { "kk", "ru" };

/* "kk" or "ru" of lang or xml:lang, "" for none and others. */
static const char *node_language(const xmlNode *node)
{
	for (const xmlAttr *at = node->properties; at; at = at->next) {
		const char *value = at->children ? (const char *)at->children->content : NULL;
		if (!value || strcmp((const char *)at->name, "lang") != 0)
			continue;
		for (size_t i = 0; i < COUNT(languages); i++) {
			if (strncasecmp(value, languages[i], 2) == 0 &&
			    (value[2] == '\0' || value[2] == '-'))
				return languages[i];
		}
	}
	return "";
}

static bool is_one_of(const char *name, const char *const *names)
{
	for (; *names; names++) {
		if (strcasecmp(name, *names) == 0)
			return true;
	}
	return false;
}

static void add_text(struct buf *b, const char *text)
{
	/* white space of the source is one blank, none at the beginning of a line */
	for (; *text; text++) {
		const bool blank = strchr(" \t\r\n", *text) != NULL;
		const int last = b->length > 0 ? b->text[b->length - 1] : '\n';
		if (!blank)
			buf_add_char(b, *text);
		else if (last != ' ' && last != '\n')
			buf_add_char(b, ' ');
	}
}

/* What stands in <pre> as it is. */
static void add_kept(struct buf *b, const char *text)
{
	if (b->length == 0 || b->text[b->length - 1] == '\n')
		text += *text == '\n'; /* the one behind the tag is no line */
	buf_add(b, text);
}

static void end_line(struct buf *b)
{
	if (b->length > 0 && b->text[b->length - 1] != '\n')
		buf_add_char(b, '\n');
}

/* A name without the prefix of QTI 3. */
static const char *bare(const char *name)
{
	return strncmp(name, "qti-", 4) == 0 ? name + 4 : name;
}

static void look_for_lost(struct plain *p, const char *name)
{
	/* "15<sup>1</sup>" is another article than 151 */
	static const char *const lost[] = {
		"img",    "picture", "table",           "math",
		"object", "video",   "audio",           "svg",
		"iframe", "embed",   "canvas",          "sup",
		"sub",    "include", "printedVariable", "printed-variable",
		NULL
	};
	for (size_t i = 0; lost[i]; i++)
		p->lost = strcasecmp(bare(name), lost[i]) == 0 ? lost[i] : p->lost;
}

/* What says "kk" of itself is not for whoever reads "ru". */
static bool is_foreign(const struct plain *p, const xmlNode *node)
{
	const char *own = node_language(node);
	return *p->language && *own && strcmp(own, p->language) != 0;
}

static void add_node(struct plain *p, const xmlNode *node, bool kept, int depth);

static void add_element(struct plain *p, const xmlNode *node, bool kept, int depth)
{
	static const char *const blocks[] = { "p",  "div", "br", "li", "ul",         "ol",  "h1",
					      "h2", "h3",  "h4", "tr", "blockquote", "pre", NULL };
	/* what is said after an answer, or to whoever marks it, is no part of a question */
	static const char *const silent[] = { "script",          "style",          "head",
					      "title",           "feedbackInline", "feedbackBlock",
					      "feedback-inline", "feedback-block", "rubricBlock",
					      "rubric-block",    "stylesheet",     NULL };
	const char *name = (const char *)node->name;
	if (is_one_of(bare(name), silent) || is_foreign(p, node))
		return;
	const bool block = is_one_of(name, blocks);
	look_for_lost(p, name);
	if (block)
		end_line(&p->text);
	add_node(p, node->children, kept || strcasecmp(name, "pre") == 0, depth + 1);
	if (block)
		end_line(&p->text);
}

static void add_node(struct plain *p, const xmlNode *node, bool kept, int depth)
{
	for (; node && depth < XML_DEPTH_MOST; node = node->next) {
		const bool words =
			node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE;
		if (words && kept)
			add_kept(&p->text, (const char *)node->content);
		else if (words)
			add_text(&p->text, (const char *)node->content);
		else if (node->type == XML_ELEMENT_NODE)
			add_element(p, node, kept, depth);
	}
}

static const char *finish(struct arena *a, struct plain *p, const char **ret_lost)
{
	size_t size = p->text.length;
	while (size > 0 && strchr(" \n", p->text.text[size - 1]))
		size--;
	*ret_lost = p->lost;
	return size > 0 ? arena_copy_n(a, p->text.text, size) : "";
}

const char *plain_node(struct arena *a, const xmlNode *node, const char *language,
		       const char **ret_lost)
{
	struct plain p = { buf_on(a), NULL, language };
	add_node(&p, node ? node->children : NULL, false, 0);
	return finish(a, &p, ret_lost);
}

bool has_language(const xmlNode *node, const char *language)
{
	for (const xmlNode *n = node ? node->children : NULL; n; n = n->next) {
		if (n->type == XML_ELEMENT_NODE &&
		    (strcmp(node_language(n), language) == 0 || has_language(n, language)))
			return true;
	}
	return false;
}

/* HTML of a text; NULL if it is none. */
static htmlDocPtr parse_html(const char *html)
{
	return htmlReadMemory(html, (int)strlen(html), NULL, "UTF-8",
			      HTML_PARSE_NONET | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING |
				      HTML_PARSE_RECOVER);
}

const char *plain_text(struct arena *a, const char *html, const char **ret_lost)
{
	struct plain p = { buf_on(a), NULL, "" };
	*ret_lost = NULL;
	if (!strpbrk(html, "<&"))
		return html;
	htmlDocPtr doc = parse_html(html);
	if (!doc)
		return html;
	add_node(&p, xmlDocGetRootElement(doc), false, 0);
	xmlFreeDoc(doc);
	return finish(a, &p, ret_lost);
}

/* ---- two languages in one text --------------------------------------------------------------- */

/* {mlang kk}...{mlang} of the plugin "Multi-Language Content (v2)". */
static const char *mlang_part(struct arena *a, const char *html, const char *language)
{
	char begin[16];
	(void)snprintf(begin, sizeof(begin), "{mlang %s}", language);
	const char *from = strstr(html, begin);
	if (!from)
		return NULL;
	from += strlen(begin);
	const char *to = strstr(from, "{mlang}");
	return arena_copy_n(a, from, to ? (size_t)(to - from) : strlen(from));
}

static bool is_multilang(struct arena *a, const xmlNode *node, const char *language)
{
	return node->type == XML_ELEMENT_NODE && strstr(attribute(a, node, "class"), "multilang") &&
	       (!*language || strcmp(attribute(a, node, "lang"), language) == 0);
}

static bool find_spans(struct arena *a, const xmlNode *node, const char *language, struct plain *p,
		       int depth)
{
	bool found = false;
	for (; node && depth < XML_DEPTH_MOST; node = node->next) {
		if (is_multilang(a, node, language)) {
			add_node(p, node->children, false, depth);
			found = true;
		} else {
			found = find_spans(a, node->children, language, p, depth + 1) || found;
		}
	}
	return found;
}

/* As Moodle's own filter marks them. */
static void parts_of_spans(struct arena *a, const char *html, struct language_part *ret)
{
	htmlDocPtr doc = parse_html(html);
	for (size_t i = 0; doc && i < COUNT(languages); i++) {
		struct plain p = { buf_on(a), NULL, "" };
		if (find_spans(a, xmlDocGetRootElement(doc), languages[i], &p, 0))
			ret[i].text = finish(a, &p, &ret[i].lost);
	}
	xmlFreeDoc(doc);
}

bool language_parts(struct arena *a, const char *html, struct language_part ret[LANGUAGE_PARTS])
{
	const bool spans = strstr(html, "\"multilang\"") != NULL;
	memset(ret, 0, LANGUAGE_PARTS * sizeof(*ret));
	if (spans)
		parts_of_spans(a, html, ret);
	for (size_t i = 0; !spans && i < COUNT(languages); i++) {
		const char *part = mlang_part(a, html, languages[i]);
		if (part)
			ret[i].text = plain_text(a, part, &ret[i].lost);
	}
	return ret[0].text || ret[1].text;
}
