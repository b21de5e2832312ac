/* exchange.h - questions of other systems, read from their files and written for them (F26, F27).
 *
 * Bytes are hostile until they are read: nothing of a file names another file, an entity or an
 * address, and every size is bounded (parcel.h, reader.h).  What cannot be taken over is told with
 * its place and line; nothing is lost silently.  Whoever has a stranger's file reads it in a
 * process of its own: confined.h.
 *
 *   QTI 2.x, 3  a package (zip with imsmanifest.xml) or one item; a language a file, joined by the
 *               item's identifier, or both in one by xml:lang; choice interactions with one right
 *               answer
 *   QTI 1.2     a package as Canvas writes it, or one file; choices with one right answer
 *   Moodle XML  multichoice, single; both languages by <span class="multilang"> or {mlang}
 *   GIFT, Aiken one language
 *   CSV, XLSX   columns code act article text_date key enemies kk kk_a .. kk_e ru ru_a .. ru_e, in
 *               any order
 *
 * Texts are UTF-8 or UTF-16 with its mark; others are refused with the line where that shows. */
#pragma once
#include "base/arena.h"
#include "exam/item.h"

enum exchange_format {
	EXCHANGE_QTI,
	EXCHANGE_MOODLE,
	EXCHANGE_GIFT,
	EXCHANGE_AIKEN,
	EXCHANGE_CSV,
	EXCHANGE_XLSX,
	EXCHANGE_FORMATS
};

enum {
	EXCHANGE_ITEMS_MOST = 20000,
	EXCHANGE_FINDINGS_MOST = 100000,
};

/* What a file does not say itself. */
#define EXCHANGE_TABLE                                                                             \
	"table" /* in the place of a language: no questions but rows, as they stand */
struct exchange_options {
	const char
		*language; /* "kk" or "ru": of a file of one language; "" unsaid; EXCHANGE_TABLE */
	const char *act;   /* "" none */
};

/* All texts are valid UTF-8 in normal form C. */

struct exchange_item {
	const char *code, *act, *article; /* "" where the file does not say */
	const char *enemies;              /* codes with commas */
	const char *place;                /* name inside a package, a sheet's, "" of a file */
	int line;                         /* where it begins, from 1; 0 unknown */
	day text_date;
	bool dated;
	bool bad; /* has a finding that is fatal: its words are not here */
	int options, answer;
	const char *choice[ITEM_OPTIONS_MOST]; /* identifiers of QTI while it is read */
	struct item_text kk, ru;               /* stem NULL: the language is missing */
};

struct exchange_finding {
	const char *place;
	int line;
	const char *code;   /* of the question, "" if it has none */
	bool fatal;         /* the question cannot be taken over */
	const char *key;    /* message "exchange.*" */
	const char *detail; /* what {value} stands for, "" none: as the file has it */
};

/* A row of a table that holds anything (people, posts): CSV, or the first sheet of a workbook that
 * is not empty.  The first one has the names. */
enum { EXCHANGE_CELLS_MOST = 64, EXCHANGE_CELL_MOST = 1000 };
struct exchange_row {
	const char *place; /* the sheet's, "" of a file */
	int line, count;
	const char *cell[EXCHANGE_CELLS_MOST]; /* without white space around it; "" beyond count */
};

struct exchange_set {
	enum exchange_format format;
	struct exchange_item *items;
	size_t item_count;
	struct exchange_finding *findings;
	size_t finding_count;
	struct exchange_row *rows; /* of a table alone */
	size_t row_count;
};

const char *exchange_format_name(enum exchange_format format); /* "qti", "moodle" ... */

/* Reads a whole file in this process: for exchange_child(), tests, and files of our own.  ERR_INPUT
 * at "file" "exchange.error.*" if it is no file of any of these formats, is too large or breaks a
 * bound (a table: 20,000 rows, and texts of a thousand bytes, "exchange.error.many"); what is wrong
 * with single questions is a finding. */
bool exchange_read(struct arena *a, const void *bytes, size_t size,
		   const struct exchange_options *options, struct exchange_set *ret,
		   struct err *e) MUST_USE;

/* The questions of a set for other systems; reading the bytes again gives the same set.
 *
 *   EXCHANGE_QTI     a package; `version` 2 (2.2) or 3; an item for each language
 *   EXCHANGE_MOODLE  both languages in multilang spans
 *   EXCHANGE_CSV     UTF-8 with its mark, RFC 4180; a text that a spreadsheet would take for a
 *                    formula has an apostrophe before it, which reading takes off
 *   EXCHANGE_XLSX    the same columns
 *
 * Others are ERR_INPUT at "format" "exchange.error.write": they would lose a language. */
bool exchange_write(struct arena *a, const struct exchange_set *set, enum exchange_format format,
		    int version, const void **ret, size_t *ret_size, struct err *e) MUST_USE;

/* One invented question in both languages, for an empty file to be filled in. */
struct exchange_set exchange_example(struct arena *a);
