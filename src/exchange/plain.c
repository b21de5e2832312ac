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
};

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

static void end_line(struct buf *b)
{
	if (b->length > 0 && b->text[b->length - 1] != '\n')
		buf_add_char(b, '\n');
}

static void add_node(struct plain *p, const xmlNode *node, int depth)
{
	static const char *const blocks[] = { "p",  "div", "br", "li", "ul",         "ol",  "h1",
					      "h2", "h3",  "h4", "tr", "blockquote", "pre", NULL };
	static const char *const lost[] = { "img",   "table", "math",   "object", "video",
					    "audio", "svg",   "iframe", "embed",  NULL };
	static const char *const silent[] = { "script", "style", "head", "title", NULL };
	for (; node && depth < XML_DEPTH_MOST; node = node->next) {
		const char *name = (const char *)node->name;
		if (node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE)
			add_text(&p->text, (const char *)node->content);
		if (node->type != XML_ELEMENT_NODE || is_one_of(name, silent))
			continue;
		const bool block = is_one_of(name, blocks);
		for (size_t i = 0; lost[i]; i++)
			p->lost = strcasecmp(name, lost[i]) == 0 ? lost[i] : p->lost;
		if (block)
			end_line(&p->text);
		add_node(p, node->children, depth + 1);
		if (block)
			end_line(&p->text);
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

const char *plain_node(struct arena *a, const xmlNode *node, const char **ret_lost)
{
	struct plain p = { buf_on(a), NULL };
	add_node(&p, node ? node->children : NULL, 0);
	return finish(a, &p, ret_lost);
}

const char *plain_text(struct arena *a, const char *html, const char **ret_lost)
{
	struct plain p = { buf_on(a), NULL };
	*ret_lost = NULL;
	if (!strpbrk(html, "<&"))
		return html;
	htmlDocPtr doc = htmlReadMemory(html, (int)strlen(html), NULL, "UTF-8",
					HTML_PARSE_NONET | HTML_PARSE_NOERROR |
						HTML_PARSE_NOWARNING | HTML_PARSE_RECOVER);
	if (!doc)
		return html;
	add_node(&p, xmlDocGetRootElement(doc), 0);
	xmlFreeDoc(doc);
	return finish(a, &p, ret_lost);
}

/* ---- two languages in one text
 * ----------------------------------------------------------------------- */

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
			add_node(p, node->children, depth);
			found = true;
		} else {
			found = find_spans(a, node->children, language, p, depth + 1) || found;
		}
	}
	return found;
}

const char *language_part(struct arena *a, const char *html, const char *language,
			  const char **ret_lost)
{
	struct plain p = { buf_on(a), NULL };
	*ret_lost = NULL;
	if (strstr(html, "{mlang ")) {
		const char *part = mlang_part(a, html, language);
		return part ? plain_text(a, part, ret_lost) : NULL;
	}
	if (!strstr(html, "multilang"))
		return NULL;
	htmlDocPtr doc = htmlReadMemory(html, (int)strlen(html), NULL, "UTF-8",
					HTML_PARSE_NONET | HTML_PARSE_NOERROR |
						HTML_PARSE_NOWARNING | HTML_PARSE_RECOVER);
	if (!doc)
		return NULL;
	const bool found = find_spans(a, xmlDocGetRootElement(doc), language, &p, 0);
	xmlFreeDoc(doc);
	return found ? finish(a, &p, ret_lost) : NULL;
}
