/* xml.c - XML from strangers: no DTD, no entities, no network, bounded depth. */
#include "exchange/reader.h"

#include <libxml/parser.h>
#include <limits.h>
#include <string.h>

static void be_silent(void *user, const char *format, ...) PRINTF_LIKE(2, 3);
static void be_silent(void *user, const char *format, ...)
{
	(void)user;
	(void)format;
}

static bool is_shallow(const xmlNode *node, int depth)
{
	for (; node; node = node->next) {
		if (depth > XML_DEPTH_MOST || !is_shallow(node->children, depth + 1))
			return false;
	}
	return true;
}

/* libxml2 itself stops at a depth of 256 and at texts of 10 MB (without XML_PARSE_HUGE). */
xmlDoc *parse_xml(const void *bytes, size_t size, struct err *e)
{
	xmlSetGenericErrorFunc(NULL, be_silent);
	xmlDoc *doc = size > INT_MAX
			      ? NULL
			      : xmlReadMemory(bytes, (int)size, NULL, NULL,
					      XML_PARSE_NONET | XML_PARSE_NOERROR |
						      XML_PARSE_NOWARNING | XML_PARSE_BIG_LINES);
	if (!doc) {
		const xmlError *why = xmlGetLastError();
		(void)err_input(e, "file", "exchange.error.xml", "XML, line %d",
				why ? why->line : 0);
		return NULL;
	}
	if (doc->intSubset || doc->extSubset) {
		xmlFreeDoc(doc);
		(void)err_input(e, "file", "exchange.error.dtd", "a document type declaration");
		return NULL;
	}
	if (!is_shallow(xmlDocGetRootElement(doc), 0)) {
		xmlFreeDoc(doc);
		(void)err_input(e, "file", "exchange.error.depth", "elements too deep");
		return NULL;
	}
	return doc;
}

bool is_element(const xmlNode *node, const char *local_name)
{
	return node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, local_name) == 0;
}

const xmlNode *child_of(const xmlNode *node, const char *local_name)
{
	for (const xmlNode *n = node ? node->children : NULL; n; n = n->next) {
		if (is_element(n, local_name))
			return n;
	}
	return NULL;
}

const char *text_below(struct arena *a, const xmlNode *node)
{
	xmlChar *text = node ? xmlNodeGetContent(node) : NULL;
	const char *copy = text ? arena_copy_n(a, text, strlen((const char *)text)) : "";
	xmlFree(text);
	return copy;
}

const char *attribute(struct arena *a, const xmlNode *node, const char *name)
{
	xmlChar *text = xmlGetNoNsProp(node, (const xmlChar *)name);
	const char *copy = text ? arena_copy_n(a, text, strlen((const char *)text)) : "";
	xmlFree(text);
	return copy;
}
