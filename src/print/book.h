/* book.h - the file that paper.c opens and closes.  Only for print/. */
#pragma once
#include "print/sheet.h"

/* With a font map of its own, so that it may be on any thread; lives in the arena. */
PangoContext *pdf_context(struct arena *a);

/* Its properties are those of `p`; its bytes go to `out`. */
struct pdf pdf_open(struct arena *a, PangoContext *context, const struct paper *p, struct buf *out);
bool pdf_close(struct pdf *pdf, struct err *e) MUST_USE;

/* A bookmark below `parent`; its id. */
int pdf_bookmark(struct pdf *pdf, int parent, const char *text, int page, double y, bool open);

/* The headings of a paper from this level on, nested, below `parent`; `page` is its first. */
void pdf_bookmark_headings(struct pdf *pdf, const struct laid *l, int parent, int page,
			   int level_from);
