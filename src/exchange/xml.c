/* xml.c - XML from strangers: no DTD, no entities, no network, bounded depth.
 *
 * The bytes are UTF-8 when libxml2 gets them (door.c), and it is told so: what a document says of
 * its own encoding loads no table and changes nothing. */
#include "exchange/reader.h"

#include <libxml/parser.h>
#include <limits.h>
#include <string.h>

enum { OPTIONS = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_BIG_LINES };

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

static void refuse(struct err *e)
{
	const xmlError *why = xmlGetLastError();
	char line[16];
	(void)snprintf(line, sizeof(line), "%d", why ? why->line : 0);
	(void)err_input(e, "file", "exchange.error.xml", "XML, line %s", line);
	(void)err_value(e, line);
}

/* libxml2 itself stops at a depth of 256 and at texts of 10 MB (without XML_PARSE_HUGE). */
xmlDoc *parse_xml(struct arena *a, const void *bytes, size_t size, struct err *e)
{
	const char *text = NULL;
	if (!door_text(a, bytes, size, &text, &size, e))
		return NULL;
	xmlSetGenericErrorFunc(NULL, be_silent);
	xmlResetLastError();
	xmlDoc *doc =
		size > INT_MAX ? NULL : xmlReadMemory(text, (int)size, NULL, "UTF-8", OPTIONS);
	if (!doc) {
		refuse(e);
		return NULL;
	}
	bool ok = true;
	if (doc->intSubset || doc->extSubset)
		ok = err_input(e, "file", "exchange.error.dtd", "a document type declaration");
	else if (!is_shallow(xmlDocGetRootElement(doc), 0))
		ok = err_input(e, "file", "exchange.error.depth", "elements too deep");
	if (ok)
		return doc;
	xmlFreeDoc(doc);
	return NULL;
}

xmlTextReader *open_xml(const char *text, size_t size)
{
	xmlSetGenericErrorFunc(NULL, be_silent);
	return size > INT_MAX ? NULL : xmlReaderForMemory(text, (int)size, NULL, "UTF-8", OPTIONS);
}

int next_node(xmlTextReader *x)
{
	const int more = xmlTextReaderRead(x);
	const bool bad =
		more == 1 && (xmlTextReaderNodeType(x) == XML_READER_TYPE_DOCUMENT_TYPE ||
			      xmlTextReaderNodeType(x) == XML_READER_TYPE_ENTITY_REFERENCE ||
			      xmlTextReaderDepth(x) > XML_DEPTH_MOST);
	return bad ? -1 : more;
}

int line_of(const xmlNode *node)
{
	const long line = xmlGetLineNo(node);
	return line > 0 && line < INT_MAX ? (int)line : 0;
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

static const char *taken(struct arena *a, xmlChar *text)
{
	const char *copy = text ? arena_copy(a, (const char *)text) : "";
	xmlFree(text);
	return copy;
}

const char *text_below(struct arena *a, const xmlNode *node)
{
	return taken(a, node ? xmlNodeGetContent(node) : NULL);
}

const char *attribute(struct arena *a, const xmlNode *node, const char *name)
{
	return taken(a, xmlGetNoNsProp(node, (const xmlChar *)name));
}

const char *any_attribute(struct arena *a, const xmlNode *node, const char *name)
{
	for (const xmlAttr *at = node->properties; at; at = at->next) {
		if (strcmp((const char *)at->name, name) == 0 && at->ns)
			return taken(a, xmlNodeListGetString(node->doc, at->children, 1));
	}
	return attribute(a, node, name);
}
