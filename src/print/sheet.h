/* sheet.h - draws what flow.h has laid out, sheet by sheet, with what stands on every sheet.
 * Only for print/. */
#pragma once
#include "print/flow.h"
#include "print/paper.h"

/* A paper that is laid out. */
struct laid {
	const struct paper *paper;
	struct flow flow;
	int sheets;
};

/* Where a page of contents leads: drawn over a line of it. */
struct sheet_link {
	int sheet; /* of the contents, from 0 */
	double x, y, width, height;
	int page; /* of the file, from 1     */
};

/* The file that is written. */
struct pdf {
	struct arena *arena;
	cairo_surface_t *surface;
	cairo_t *cr;
	PangoContext *context;
	int page;    /* pages that were drawn                        */
	bool bundle; /* the page of the file stands on the sheet too */
};

bool laid_make(struct arena *a, PangoContext *context, const struct paper *p, struct laid *ret,
	       struct err *e) MUST_USE;

/* Draws all sheets, with their links if there are any. */
void sheet_draw_all(struct pdf *pdf, const struct laid *l, const struct sheet_link *links,
		    size_t link_count);

/* The pictures of a file (paper.file), one a sheet. */
void sheet_draw_pictures(struct pdf *pdf, const struct paper *p);

/* qr.c: a square of this side with its quiet zone inside, black on white; false if `text` is too
 * long for one. */
bool qr_draw(cairo_t *cr, const char *text, double x, double y, double side) MUST_USE;
