/* xhtml.h - the subset of XHTML that a paper is written in, as a tree.  Only for print/.
 * docs/papers.md lists the elements and classes for people; the tables are in xhtml.c. */
#pragma once
#include "base/arena.h"

enum tag {
	TAG_TEXT,
	TAG_BODY,
	TAG_H1,
	TAG_H2,
	TAG_H3,
	TAG_P,
	TAG_DIV,
	TAG_UL,
	TAG_OL,
	TAG_LI,
	TAG_DL,
	TAG_DT,
	TAG_DD,
	TAG_TABLE,
	TAG_THEAD,
	TAG_TBODY,
	TAG_TR,
	TAG_TH,
	TAG_TD,
	TAG_HR,
	TAG_BR,
	TAG_B,
	TAG_I,
	TAG_SMALL,
	TAG_CODE
};

enum class {
	CLASS_CENTER = 1 << 0,
	CLASS_RIGHT = 1 << 1,
	CLASS_LEFT = 1 << 2,
	CLASS_QUIET = 1 << 3,       /* small and grey                               */
	CLASS_LINES = 1 << 4,       /* line feeds of the text are line breaks       */
	CLASS_NUMBER = 1 << 5,      /* figures, to the right                        */
	CLASS_HEAD = 1 << 6,        /* the letterhead: centred                      */
	CLASS_KEEP = 1 << 7,        /* not torn between two sheets                  */
	CLASS_ADDRESS = 1 << 8,     /* the right half: to whom                      */
	CLASS_NOTE = 1 << 9,        /* in a frame                                   */
	CLASS_SIGNATURES = 1 << 10, /* of a dl: what, a line to sign on, the name   */
	CLASS_PLAIN = 1 << 11,      /* a table without lines                        */
	CLASS_SHEET = 1 << 12,      /* of an hr: what comes begins a new sheet      */
	CLASS_QR = 1 << 13,         /* of a p: its text as a QR code, byte for byte  */
	CLASS_BESIDE = 1 << 14      /* of a div: first a code, the rest at its right; not torn */
};

struct node {
	enum tag tag;
	unsigned classes; /* of enum class                                  */
	int width;        /* of th and td: per cent of the table, 0 if not said */
	int line;         /* of the XHTML                                   */
	const char *text; /* of TAG_TEXT, otherwise NULL                    */
	struct node *first, *last, *next;
};

/* The body, in the arena.  ERR_SYSTEM "error.paper", in detail "line 3: <script> is no part of a
 * paper". */
bool xhtml_read(struct arena *a, const char *text, size_t size, const struct node **ret,
		struct err *e) MUST_USE;

/* Stands in a line of text: text, br, b, i, small, code. */
bool tag_is_inline(enum tag tag);
