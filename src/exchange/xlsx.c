/* xlsx.c - the columns of CSV in a workbook.
 *
 * Debian 12 has no C library that reads XLSX, so the three parts that hold the cells are read with
 * libzip and libxml2's reader, within the bounds of parcel.h: the list of sheets, the texts that
 * cells share, the first sheet that has a row of names.  The line of a question is its row. */
#include "exchange/package.h"
#include "exchange/rows.h"

#include "base/buf.h"

#include <libxml/xmlreader.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
	PART_MOST = 128 * 1024 * 1024,
	SHEETS_MOST = 200,
	SHARED_MOST = 2000000,
	ROW_MOST = 1048576,
	NUMBER_SIZE = 32,
};

struct workbook {
	struct reader *reader;
	struct parcel *zip;
	const char **shared;
	size_t shared_count, shared_room;
	bool from_1904;
	bool read; /* a sheet with questions was found */
};

/* The cell that is being read. */
struct cell {
	size_t column;
	char type; /* 's' shared, 'n' number, 'b' truth, 'e' error, 't' text */
	struct buf text;
};

struct sheet {
	struct workbook *book;
	struct rows rows;
	struct cell cell;
	int row;
	bool in_value, filled;
};

/* ---- parts ----------------------------------------------------------------------------------- */

static bool open_part(struct workbook *w, const char *name, xmlTextReader **ret, struct err *e)
{
	const void *bytes = NULL;
	const char *text = NULL;
	size_t size = 0;
	if (parcel_read(w->zip, name, PART_MOST, &bytes, &size) != PARCEL_READ)
		return err_input(e, "file", "exchange.error.workbook", "no part %.100s", name);
	if (!door_text(w->reader->arena, bytes, size, &text, &size, e))
		return false;
	*ret = open_xml(text, size);
	return *ret || err_input(e, "file", "exchange.error.workbook", "a part cannot be read");
}

static void close_part(xmlTextReader **part)
{
	if (*part)
		xmlFreeTextReader(*part);
}

static bool is(xmlTextReader *x, const char *name)
{
	return strcmp((const char *)xmlTextReaderConstLocalName(x), name) == 0;
}

static const char *value_of(struct arena *a, xmlTextReader *x, const char *name)
{
	xmlChar *text = xmlTextReaderGetAttribute(x, (const xmlChar *)name);
	const char *copy = text ? arena_copy(a, (const char *)text) : "";
	xmlFree(text);
	return copy;
}

static bool is_true(const char *text)
{
	return strcmp(text, "1") == 0 || strcmp(text, "true") == 0;
}

/* "_x000D_" is how a workbook writes what XML cannot, and a text that looks like that. */
static void add_unescaped(struct buf *b, const char *text)
{
	for (; *text; text++) {
		char *end = NULL;
		const bool marked = text[0] == '_' && text[1] == 'x' &&
				    strspn(text + 2, "0123456789ABCDEFabcdef") >= 4 &&
				    text[6] == '_';
		const unsigned long c =
			marked ? strtoul(arena_copy_n(b->arena, text + 2, 4), &end, 16) : 0;
		if (marked && c > 0 && c < 0x80) {
			buf_add_char(b, (char)c);
			text += 6;
		} else {
			buf_add_char(b, *text);
		}
	}
}

/* ---- texts that cells share ------------------------------------------------------------------ */

static bool add_shared(struct workbook *w, const char *text)
{
	enum { FIRST = 1024 };
	if (w->shared_count == SHARED_MOST)
		return false;
	if (w->shared_count == w->shared_room) {
		const size_t room = w->shared_room ? w->shared_room * 2 : FIRST;
		const char **more = arena_array(w->reader->arena, room, sizeof(*more));
		if (w->shared_count > 0)
			memcpy(more, w->shared, w->shared_count * sizeof(*more));
		w->shared = more;
		w->shared_room = room;
	}
	w->shared[w->shared_count++] = text;
	return true;
}

/* <si><t>..</t></si> or, where letters differ in looks, <si><r><t>..</t></r>..</si>; what is in
 * <rPh> says how it is spoken. */
static bool take_shared(struct workbook *w, xmlTextReader *x)
{
	struct buf text = buf_on(w->reader->arena);
	bool in_text = false;
	int spoken = 0;
	for (int more = next_node(x); more == 1; more = next_node(x)) {
		const int type = xmlTextReaderNodeType(x);
		const int step = type == XML_READER_TYPE_ELEMENT && !xmlTextReaderIsEmptyElement(x)
					 ? 1
				 : type == XML_READER_TYPE_END_ELEMENT ? -1
								       : 0;
		if (step < 0 && is(x, "si"))
			return add_shared(w, text.text);
		if (step != 0 && is(x, "rPh"))
			spoken += step;
		if (step != 0 && is(x, "t"))
			in_text = step > 0;
		if (step == 0 && in_text && spoken == 0 && type != XML_READER_TYPE_ELEMENT)
			add_unescaped(&text, (const char *)xmlTextReaderConstValue(x));
	}
	return false;
}

static bool read_shared(struct workbook *w, const char *name, struct err *e)
{
	CLEANUP(close_part) xmlTextReader *x = NULL;
	bool ok = true;
	int more = 0;
	if (!open_part(w, name, &x, e))
		return false;
	for (more = next_node(x); more == 1 && ok; more = next_node(x)) {
		if (xmlTextReaderNodeType(x) != XML_READER_TYPE_ELEMENT || !is(x, "si"))
			continue;
		ok = xmlTextReaderIsEmptyElement(x) ? add_shared(w, "") : take_shared(w, x);
	}
	return (ok && more == 0) ||
	       err_input(e, "file", "exchange.error.workbook", "the shared texts are broken");
}

/* ---- numbers --------------------------------------------------------------------------------- */

/* Days since 1970.  A workbook that counts from 1900 believes that year had a 29 February. */
static bool day_of(const struct workbook *w, double serial, day *ret)
{
	enum { FROM_1900 = 25569, FROM_1904 = 24107, NO_DAY = 60, LAST = 2958465 };
	const int32_t n = serial >= 0 && serial <= LAST ? (int32_t)serial : -1;
	if (n < 0 || (!w->from_1904 && (n == 0 || n == NO_DAY)))
		return false;
	ret->n = w->from_1904 ? n - FROM_1904 : n - FROM_1900 + (n < NO_DAY);
	return true;
}

/* A number as a person would have typed it; in the column of dates, the day. */
static const char *number_text(const struct sheet *s, const char *text)
{
	struct arena *a = s->rows.reader->arena;
	char *end = NULL;
	const double number = strtod(text, &end);
	day date = { 0 };
	char iso[DAY_TEXT_SIZE];
	char plain[NUMBER_SIZE];
	if (end == text || *end || !isfinite(number))
		return text;
	const bool dated = s->rows.headed && s->cell.column < COLUMNS_MOST &&
			   s->rows.column[s->cell.column] == COLUMN_TEXT_DATE;
	if (dated && day_of(s->book, number, &date)) {
		day_print(date, iso);
		return arena_copy(a, iso);
	}
	(void)snprintf(plain, sizeof(plain), "%.15g", number);
	return arena_copy(a, plain);
}

/* ---- cells ----------------------------------------------------------------------------------- */

/* "BC12" is column 54, from 0; without a name it is the next. */
static size_t column_of(const char *name, size_t next)
{
	size_t column = 0;
	if (*name < 'A' || *name > 'Z')
		return next;
	for (; *name >= 'A' && *name <= 'Z' && column < COLUMNS_MOST; name++)
		column = column * 26 + (size_t)(*name - 'A' + 1);
	return column - 1;
}

static char type_of(const char *name)
{
	if (strcmp(name, "inlineStr") == 0 || strcmp(name, "str") == 0 || strcmp(name, "d") == 0)
		return 't';
	if (strcmp(name, "s") == 0 || strcmp(name, "b") == 0 || strcmp(name, "e") == 0)
		return name[0];
	return 'n';
}

static void begin_cell(struct sheet *s, xmlTextReader *x)
{
	struct arena *a = s->rows.reader->arena;
	s->cell = (struct cell){
		.column = column_of(value_of(a, x, "r"), s->filled ? s->cell.column + 1 : 0),
		.type = type_of(value_of(a, x, "t")),
		.text = buf_on(a),
	};
	s->filled = true;
}

static void end_cell(struct sheet *s)
{
	const char *text = s->cell.text.text;
	if (s->cell.type == 's') {
		char *end = NULL;
		const unsigned long i = strtoul(text, &end, 10);
		const bool known = *text && !*end && i < s->book->shared_count;
		text = known ? s->book->shared[i] : "";
	} else if (s->cell.type == 'n') {
		text = number_text(s, text);
	} else if (s->cell.type == 'e') {
		s->rows.broken = text;
	}
	rows_cell(&s->rows, s->cell.column, text);
}

/* ---- rows ------------------------------------------------------------------------------------ */

static void begin_row(struct sheet *s, xmlTextReader *x)
{
	const char *number = value_of(s->rows.reader->arena, x, "r");
	const long row = strtol(number, NULL, 10);
	s->row = row > 0 && row <= ROW_MOST ? (int)row : s->row + 1;
	s->filled = false;
}

/* Only the first of merged cells has a text; the others look empty, and may not be meant so. */
static void tell_merged(struct sheet *s, xmlTextReader *x)
{
	const char *cells = value_of(s->rows.reader->arena, x, "ref");
	const char *digits = cells + strcspn(cells, "0123456789");
	const long row = strtol(digits, NULL, 10);
	if (s->rows.headed)
		reader_note(s->rows.reader, NULL, row > 0 && row <= ROW_MOST ? (int)row : 0, false,
			    "exchange.merged", cells);
}

static void take_element(struct sheet *s, xmlTextReader *x)
{
	const bool empty = xmlTextReaderIsEmptyElement(x) == 1;
	if (is(x, "row"))
		begin_row(s, x);
	else if (is(x, "c") && !empty)
		begin_cell(s, x);
	else if ((is(x, "v") || is(x, "t")) && !empty)
		s->in_value = true;
	else if (is(x, "mergeCell"))
		tell_merged(s, x);
}

static void take_end(struct sheet *s, xmlTextReader *x)
{
	if (is(x, "row"))
		rows_end(&s->rows, s->row);
	else if (is(x, "c"))
		end_cell(s);
	else if (is(x, "v") || is(x, "t"))
		s->in_value = false;
}

static void take_node(struct sheet *s, xmlTextReader *x)
{
	switch (xmlTextReaderNodeType(x)) {
	case XML_READER_TYPE_ELEMENT: take_element(s, x); break;
	case XML_READER_TYPE_END_ELEMENT: take_end(s, x); break;
	case XML_READER_TYPE_TEXT:
	case XML_READER_TYPE_CDATA:
	case XML_READER_TYPE_SIGNIFICANT_WHITESPACE:
	case XML_READER_TYPE_WHITESPACE:
		if (s->in_value && s->cell.text.arena && s->cell.text.length < PART_MOST)
			add_unescaped(&s->cell.text, (const char *)xmlTextReaderConstValue(x));
		break;
	default: break;
	}
}

/* A sheet after the one with questions, or without a row of names, is told and left. */
static bool read_sheet(struct workbook *w, const char *name, const char *part, struct err *e)
{
	CLEANUP(close_part) xmlTextReader *x = NULL;
	struct sheet s = { .book = w };
	int more = 0;
	reader_place(w->reader, name);
	if (w->read) {
		reader_note(w->reader, NULL, 0, false, "exchange.sheet", name);
		return true;
	}
	if (!open_part(w, part, &x, e))
		return false;
	rows_begin(&s.rows, w->reader);
	for (more = next_node(x); more == 1 && !w->reader->full; more = next_node(x))
		take_node(&s, x);
	if (more < 0)
		return err_input(e, "file", "exchange.error.workbook", "a sheet is broken");
	w->read = s.rows.headed;
	if (!w->read)
		reader_note(w->reader, NULL, 0, false, "exchange.sheet", name);
	return true;
}

/* ---- the list of sheets ---------------------------------------------------------------------- */

static xmlDoc *parse_part(struct workbook *w, const char *name, struct err *e)
{
	const void *bytes = NULL;
	size_t size = 0;
	if (parcel_read(w->zip, name, PART_MOST, &bytes, &size) == PARCEL_READ)
		return parse_xml(w->reader->arena, bytes, size, e);
	(void)err_input(e, "file", "exchange.error.workbook", "no part %.100s", name);
	return NULL;
}

/* The target of a relation as a name in the zip: from xl/, or from the root. */
static const char *target_of(struct arena *a, const xmlNode *relation)
{
	const char *target = attribute(a, relation, "Target");
	return *target == '/' ? target + 1 : arena_print(a, "xl/%s", target);
}

static const xmlNode *relation_of(struct arena *a, const xmlDoc *relations, const char *id)
{
	const xmlNode *root = xmlDocGetRootElement(relations);
	for (const xmlNode *n = root->children; n; n = n->next) {
		if (is_element(n, "Relationship") && strcmp(attribute(a, n, "Id"), id) == 0)
			return n;
	}
	return NULL;
}

static bool read_sheets(struct workbook *w, const xmlNode *book, const xmlDoc *relations,
			struct err *e)
{
	struct arena *a = w->reader->arena;
	const xmlNode *sheets = child_of(book, "sheets");
	int count = 0;
	for (const xmlNode *n = sheets ? sheets->children : NULL; n; n = n->next) {
		if (!is_element(n, "sheet") || count++ >= SHEETS_MOST)
			continue;
		const xmlNode *relation = relation_of(a, relations, any_attribute(a, n, "id"));
		if (relation && !read_sheet(w, attribute(a, n, "name"), target_of(a, relation), e))
			return false;
	}
	return w->read || err_input(e, "file", "exchange.error.head", "no row of names");
}

static bool read_book(struct workbook *w, const xmlDoc *book, const xmlDoc *relations,
		      struct err *e)
{
	struct arena *a = w->reader->arena;
	const xmlNode *root = xmlDocGetRootElement(book);
	const xmlNode *properties = child_of(root, "workbookPr");
	w->from_1904 = properties && is_true(attribute(a, properties, "date1904"));
	if (parcel_has(w->zip, "xl/sharedStrings.xml") &&
	    !read_shared(w, "xl/sharedStrings.xml", e))
		return false;
	return read_sheets(w, root, relations, e);
}

bool read_workbook(struct reader *r, struct parcel *zip, struct err *e)
{
	struct workbook w = { .reader = r, .zip = zip };
	xmlDoc *book = parse_part(&w, "xl/workbook.xml", e);
	xmlDoc *relations = book ? parse_part(&w, "xl/_rels/workbook.xml.rels", e) : NULL;
	const bool ok = relations && read_book(&w, book, relations, e);
	xmlFreeDoc(relations);
	xmlFreeDoc(book);
	return ok;
}
