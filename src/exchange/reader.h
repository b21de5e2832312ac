/* reader.h - what the readers of all formats share. */
#pragma once
#include "exchange/exchange.h"

#include <libxml/tree.h>
#include <libxml/xmlreader.h>

enum {
	EXCHANGE_TEXT_MOST = 20000, /* bytes of one text */
	EXCHANGE_HEAD_MOST = 300,   /* of a code, an act, an article, what a finding quotes */
	EXCHANGE_PLACE_MOST = 500,
	XML_DEPTH_MOST = 60,
};

struct reader {
	struct arena *arena;
	const struct exchange_options *options;
	struct exchange_set *set;
	size_t item_room, finding_room, row_room;
	const char *place;
	bool unsaid; /* a text is in a language that neither the file nor the options say */
	bool full;   /* there are more questions or findings than may be */
};

/* A new question; NULL beyond EXCHANGE_ITEMS_MOST. */
struct exchange_item *reader_add(struct reader *r, int line);

/* A new row of a table; NULL beyond EXCHANGE_ITEMS_MOST. */
struct exchange_row *reader_add_row(struct reader *r, int line);

/* Notes what is wrong with a question (`item` may be NULL). */
void reader_note(struct reader *r, struct exchange_item *item, int line, bool fatal,
		 const char *key, const char *detail);

/* What is read from here on stands there: a file of a package, a sheet. */
void reader_place(struct reader *r, const char *place);

/* The text of the language that the options name; `unsaid` is noted if they name none. */
struct item_text *reader_text(struct reader *r, struct exchange_item *item);

/* ---- check.c --------------------------------------------------------------------------------- */

/* Checks each question: texts, number of options, key; options different for a reader who does not
 * mind capital letters; codes that stand once.  Leaves nothing but clean text. */
void reader_check(struct reader *r);

/* ---- door.c ---------------------------------------------------------------------------------- */

/* A text as UTF-8 that ends, without its byte order mark: from UTF-8, or from UTF-16 with its
 * mark.  ERR_INPUT "exchange.error.encoding" with the line where it is neither. */
bool door_text(struct arena *a, const void *bytes, size_t size, const char **ret, size_t *ret_size,
	       struct err *e) MUST_USE;

/* The character at `*at`, which goes on behind it; negative if there is none well-formed. */
int32_t door_next(const char *text, size_t size, size_t *at);

/* ---- plain.c --------------------------------------------------------------------------------- */

/* HTML as plain text: paragraphs and breaks are line feeds, entities are characters.  `ret_lost` is
 * what it had that text cannot show ("img", "table", "math"), or NULL. */
const char *plain_text(struct arena *a, const char *html, const char **ret_lost);

/* The same of a tree that is parsed already; without what xml:lang says is of another language than
 * `language` ("" all). */
const char *plain_node(struct arena *a, const xmlNode *node, const char *language,
		       const char **ret_lost);

/* Whether parts of a tree are said to be of this language. */
bool has_language(const xmlNode *node, const char *language);

/* The parts of a text in both languages, Kazakh and then Russian, as plain_text() gives them: <span
 * class="multilang" lang="kk">, {mlang kk}..{mlang}.  `text` is NULL where a language has none;
 * false if the text marks no languages. */
struct language_part {
	const char *text, *lost;
};
enum { LANGUAGE_PARTS = 2 };
bool language_parts(struct arena *a, const char *html, struct language_part ret[LANGUAGE_PARTS]);

/* ---- formats: false only if the whole file is refused ---------------------------------------- */

void read_aiken(struct reader *r, const char *text);
void read_gift(struct reader *r, const char *text);
bool read_csv(struct reader *r, const char *text, size_t size, struct err *e) MUST_USE;
void read_moodle(struct reader *r, xmlDoc *doc);
/* A document of QTI of any version. */
bool read_qti(struct reader *r, xmlDoc *doc, struct err *e) MUST_USE;
/* The same of 1.2, whose questions stand in one file: qti1.c. */
void read_qti1(struct reader *r, const xmlNode *root);
/* Joins the languages of one question into one, found by its code; QTI alone. */
void join_languages(struct reader *r);
/* A zip: a package of QTI or a workbook. */
bool read_zip(struct reader *r, const void *bytes, size_t size, struct err *e) MUST_USE;

/* ---- xml.c ----------------------------------------------------------------------------------- */

/* Parses XML without DTD, entities, network, huge texts or depth; NULL and ERR_INPUT otherwise.  To
 * be freed with xmlFreeDoc(). */
xmlDoc *parse_xml(struct arena *a, const void *bytes, size_t size, struct err *e) MUST_USE;

/* The same piece by piece; NULL if it cannot be begun. */
xmlTextReader *open_xml(const char *text, size_t size) MUST_USE;

/* As xmlTextReaderRead(): -1 also for what parse_xml() refuses. */
int next_node(xmlTextReader *x) MUST_USE;

/* 0 unknown. */
int line_of(const xmlNode *node);
bool is_element(const xmlNode *node, const char *local_name);
const xmlNode *child_of(const xmlNode *node, const char *local_name);
/* The text below a node, "" for none; the attribute, "" for none: in the arena. */
const char *text_below(struct arena *a, const xmlNode *node);
const char *attribute(struct arena *a, const xmlNode *node, const char *name);
/* The same of any namespace. */
const char *any_attribute(struct arena *a, const xmlNode *node, const char *name);
