#include "rules/place.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

#include <yaml.h>

/* More keys than any schema of ours has: comparing all of them would take for ever. */
enum { KEYS_MOST = 64 };

/* ---- finding ----------------------------------------------------------------- */

static bool is_text(const yaml_node_t *node, const char *text, size_t size)
{
	return node && node->type == YAML_SCALAR_NODE && node->data.scalar.length == size &&
	       memcmp(node->data.scalar.value, text, size) == 0;
}

/* The value under a key of a mapping; `key_node` is the key itself. */
static yaml_node_t *value_of(yaml_document_t *d, const yaml_node_t *mapping, const char *key,
			     size_t size, yaml_node_t **key_node)
{
	const yaml_node_pair_t *pair = mapping->data.mapping.pairs.start;
	for (; pair < mapping->data.mapping.pairs.top; pair++) {
		yaml_node_t *k = yaml_document_get_node(d, pair->key);
		if (is_text(k, key, size)) {
			*key_node = k;
			return yaml_document_get_node(d, pair->value);
		}
	}
	return NULL;
}

/* An entry of a list: by position, or by "key=value". */
static yaml_node_t *entry_of(yaml_document_t *d, yaml_node_t *list, const char *part, size_t size)
{
	yaml_node_item_t *first = list->data.sequence.items.start;
	yaml_node_item_t *end = list->data.sequence.items.top;
	const char *is = memchr(part, '=', size);
	if (!is) {
		size_t at = strtoul(part, NULL, 10);
		return at < (size_t)(end - first) ? yaml_document_get_node(d, first[at]) : NULL;
	}
	for (yaml_node_item_t *item = first; item < end; item++) {
		yaml_node_t *entry = yaml_document_get_node(d, *item), *key = NULL;
		if (entry && entry->type == YAML_MAPPING_NODE &&
		    is_text(value_of(d, entry, part, (size_t)(is - part), &key), is + 1,
			    size - (size_t)(is + 1 - part)))
			return entry;
	}
	return NULL;
}

static int line_below(yaml_document_t *d, yaml_node_t *node, const char *path)
{
	size_t line = 0;
	while (node && *path) {
		size_t size = strcspn(path, ".");
		yaml_node_t *key = NULL, *next = NULL;
		if (node->type == YAML_MAPPING_NODE)
			next = value_of(d, node, path, size, &key);
		else if (node->type == YAML_SEQUENCE_NODE)
			next = entry_of(d, node, path, size);
		if (next)
			line = key ? key->start_mark.line : next->start_mark.line;
		node = next;
		path += size + (path[size] == '.');
	}
	return (int)line + 1;
}

static bool open_document(yaml_parser_t *parser, yaml_document_t *d, const char *body)
{
	if (!yaml_parser_initialize(parser))
		abort();
	yaml_parser_set_input_string(parser, (const unsigned char *)body, strlen(body));
	return yaml_parser_load(parser, d);
}

int place_line(const char *body, const char *path)
{
	yaml_parser_t parser;
	yaml_document_t d;
	int line = 1;
	if (open_document(&parser, &d, body)) {
		line = line_below(&d, yaml_document_get_root_node(&d), path);
		yaml_document_delete(&d);
	}
	yaml_parser_delete(&parser);
	return line;
}

/* ---- checking ---------------------------------------------------------------- */

/* Keys that may have an empty text: it says "none" or "not told". */
static bool may_be_empty(const yaml_node_t *key)
{
	static const char *const keys[] = { "clause", "change", "signed_by", "parent" };
	for (size_t i = 0; i < COUNT(keys); i++) {
		if (is_text(key, keys[i], strlen(keys[i])))
			return true;
	}
	return false;
}

static bool fault(struct place_fault *ret, const yaml_node_t *at, const char *key,
		  const char *reason)
{
	*ret = (struct place_fault){ (int)at->start_mark.line + 1, key, reason };
	return false;
}

/* The text is already what the door would make of it (text_accept). */
static bool check_text(struct arena *a, const yaml_node_t *node, struct place_fault *ret)
{
	const char *text = (const char *)node->data.scalar.value, *accepted = NULL;
	size_t size = node->data.scalar.length;
	if (!text_accept(a, text, size, &accepted, NULL) || strlen(accepted) != size ||
	    memcmp(accepted, text, size) != 0)
		return fault(ret, node, "rules.text",
			     "a text that is not in normal form, or has white space around it");
	return true;
}

static bool check_value(const yaml_node_t *key, const yaml_node_t *value, struct place_fault *ret)
{
	if (value->type == YAML_SCALAR_NODE && value->data.scalar.length == 0 &&
	    !(key && may_be_empty(key)))
		return fault(ret, key ? key : value, "rules.empty", "an empty text");
	return true;
}

static bool check_mapping(yaml_document_t *d, const yaml_node_t *node, struct place_fault *ret)
{
	const yaml_node_pair_t *first = node->data.mapping.pairs.start;
	const yaml_node_pair_t *end = node->data.mapping.pairs.top;
	if (end - first > KEYS_MOST)
		return fault(ret, node, "rules.schema", "too many keys");
	for (const yaml_node_pair_t *pair = first; pair < end; pair++) {
		const yaml_node_t *key = yaml_document_get_node(d, pair->key);
		for (const yaml_node_pair_t *before = first; before < pair; before++) {
			const yaml_node_t *other = yaml_document_get_node(d, before->key);
			if (other->type == YAML_SCALAR_NODE &&
			    is_text(key, (const char *)other->data.scalar.value,
				    other->data.scalar.length))
				return fault(ret, key, "rules.twice", "a key that stands twice");
		}
		if (!check_value(key, yaml_document_get_node(d, pair->value), ret))
			return false;
	}
	return true;
}

static bool check_list(yaml_document_t *d, const yaml_node_t *node, struct place_fault *ret)
{
	const yaml_node_item_t *item = node->data.sequence.items.start;
	for (; item < node->data.sequence.items.top; item++) {
		if (!check_value(NULL, yaml_document_get_node(d, *item), ret))
			return false;
	}
	return true;
}

/* All nodes stand in one array, so that neither depth nor aliases matter here. */
static bool check_nodes(struct arena *a, yaml_document_t *d, struct place_fault *ret)
{
	for (const yaml_node_t *node = d->nodes.start; node < d->nodes.top; node++) {
		if ((node->type == YAML_SCALAR_NODE && !check_text(a, node, ret)) ||
		    (node->type == YAML_MAPPING_NODE && !check_mapping(d, node, ret)) ||
		    (node->type == YAML_SEQUENCE_NODE && !check_list(d, node, ret)))
			return false;
	}
	return true;
}

static bool syntax_fault(struct arena *a, const yaml_parser_t *parser, struct place_fault *ret)
{
	*ret = (struct place_fault){
		.line = (int)parser->problem_mark.line + 1,
		.key = "rules.syntax",
		.reason = parser->problem ? arena_copy(a, parser->problem) : "no YAML",
	};
	return false;
}

static bool check_alone(struct arena *a, yaml_parser_t *parser, struct place_fault *ret)
{
	yaml_document_t second;
	if (!yaml_parser_load(parser, &second))
		return syntax_fault(a, parser, ret);
	const yaml_node_t *root = yaml_document_get_root_node(&second);
	bool alone = !root || fault(ret, root, "rules.syntax", "a second document");
	yaml_document_delete(&second);
	return alone;
}

bool place_check(struct arena *a, const char *body, struct place_fault *ret)
{
	yaml_parser_t parser;
	yaml_document_t d;
	bool ok = open_document(&parser, &d, body);
	if (ok) {
		ok = check_nodes(a, &d, ret) && check_alone(a, &parser, ret);
		yaml_document_delete(&d);
	} else {
		(void)syntax_fault(a, &parser, ret);
	}
	yaml_parser_delete(&parser);
	return ok;
}

/* ---- values ------------------------------------------------------------------- */

/* Decimal digits without leading zeros, perhaps a minus: what a reader takes it for. */
static bool is_number(const yaml_node_t *node)
{
	const char *text = (const char *)node->data.scalar.value;
	text += *text == '-';
	return *text && text[strspn(text, "0123456789")] == '\0' && (*text != '0' || !text[1]);
}

static bool is_truth(const yaml_node_t *node)
{
	return is_text(node, "true", 4) || is_text(node, "false", 5);
}

/* The line of the first value that libcyaml would half read, 0 if there is none. */
static size_t half_read(yaml_document_t *d, const yaml_node_t *node,
			const cyaml_schema_value_t *schema)
{
	size_t line = 0;
	if (node->type == YAML_SCALAR_NODE && ((schema->type == CYAML_INT && !is_number(node)) ||
					       (schema->type == CYAML_BOOL && !is_truth(node))))
		return node->start_mark.line + 1;
	if (schema->type == CYAML_SEQUENCE && node->type == YAML_SEQUENCE_NODE) {
		const yaml_node_item_t *item = node->data.sequence.items.start;
		for (; !line && item < node->data.sequence.items.top; item++)
			line = half_read(d, yaml_document_get_node(d, *item),
					 schema->sequence.entry);
	}
	if (schema->type == CYAML_MAPPING && node->type == YAML_MAPPING_NODE) {
		const cyaml_schema_field_t *field = schema->mapping.fields;
		for (; !line && field->key; field++) {
			yaml_node_t *key = NULL;
			const yaml_node_t *value =
				value_of(d, node, field->key, strlen(field->key), &key);
			line = value ? half_read(d, value, &field->value) : 0;
		}
	}
	return line;
}

bool place_check_values(const char *body, const cyaml_schema_value_t *schema, int *line)
{
	yaml_parser_t parser;
	yaml_document_t d;
	size_t found = 0;
	if (open_document(&parser, &d, body)) {
		const yaml_node_t *root = yaml_document_get_root_node(&d);
		found = root ? half_read(&d, root, schema) : 0;
		yaml_document_delete(&d);
	}
	yaml_parser_delete(&parser);
	if (found)
		*line = (int)found;
	return !found;
}
