/* reader.h - what the readers of all formats share. */
#pragma once
#include "exchange/exchange.h"

#include <libxml/tree.h>

enum {
	EXCHANGE_ITEMS_MOST = 20000,
	EXCHANGE_TEXT_MOST = 20000, /* bytes of one text */
	XML_DEPTH_MOST = 60,
};

struct reader {
	struct arena *arena;
	const struct exchange_options *options;
	struct exchange_set *set;
	size_t item_room, finding_room;
	const char *place;
};

/* A new question; NULL beyond EXCHANGE_ITEMS_MOST. */
struct exchange_item *reader_add(struct reader *r, int line);

/* Notes what is wrong with a question (`item` may be NULL). */
void reader_note(struct reader *r, struct exchange_item *item, int line, bool fatal,
		 const char *key, const char *detail);

/* The text of the language that the options name. */
struct item_text *reader_text(const struct reader *r, struct exchange_item *item);

/* Checks each question: texts, number of options, key; options different for a reader who does not
 * mind capital letters; codes that stand once. */
void reader_check(struct reader *r);

/* ---- texts ---------------------------------------------------------------------------------- */

/* HTML as plain text: paragraphs and breaks are line feeds, entities are characters.  `ret_lost` is
 * what it had that text cannot show ("img", "table", "math"), or NULL. */
const char *plain_text(struct arena *a, const char *html, const char **ret_lost);

/* The same of a tree that is parsed already. */
const char *plain_node(struct arena *a, const xmlNode *node, const char **ret_lost);

/* The part of a text in both languages, as plain_text() gives it: <span class="multilang"
 * lang="kk">, {mlang kk}..{mlang}; NULL if it marks no languages. */
const char *language_part(struct arena *a, const char *html, const char *language,
			  const char **ret_lost);

/* ---- formats: false only if the whole file is refused ------------------------------------------
 */

bool read_aiken(struct reader *r, const char *text, struct err *e);
bool read_gift(struct reader *r, const char *text, struct err *e);
bool read_csv(struct reader *r, const char *text, size_t size, struct err *e);
bool read_moodle(struct reader *r, xmlDoc *doc, struct err *e);
bool read_qti_item(struct reader *r, xmlDoc *doc, struct err *e);
/* Joins the languages of one question into one, found by its code; QTI alone. */
void join_languages(struct reader *r);
bool read_package(struct reader *r, const void *bytes, size_t size, struct err *e);

/* Parses XML without DTD, entities, network, huge texts or depth; NULL and ERR_INPUT otherwise.  To
 * be freed with xmlFreeDoc(). */
xmlDoc *parse_xml(const void *bytes, size_t size, struct err *e);

bool is_element(const xmlNode *node, const char *local_name);
const xmlNode *child_of(const xmlNode *node, const char *local_name);
/* The text below a node, "" for none; the attribute, "" for none: in the arena. */
const char *text_below(struct arena *a, const xmlNode *node);
const char *attribute(struct arena *a, const xmlNode *node, const char *name);
