#include "print/sheet.h"

#include <stdio.h>
#include <string.h>

#define FOOT_TOP   (SHEET_BOTTOM + POINTS(3))
#define QR_SIDE    POINTS(22)
#define FOOT_SIZE  7.5
#define MARK_SIZE  8.5
#define MARK_TOP   POINTS(8)
#define TITLE_TOP  POINTS(14)
#define THIN       0.5
#define QUIET_GREY 0.32
#define BAND_GREY  0.93
#define FILE_TOP   (SHEET_TOP + POINTS(3))
#define FILE_LOW   (SHEET_HEIGHT - POINTS(14))
#define HASH_SHOWN 24 /* digits: enough to tell files apart */
#define HASH_GROUP 8  /* digits that stand together */

/* ---- laying out ------------------------------------------------------------------------------ */

bool laid_make(struct arena *a, PangoContext *context, const struct paper *p, struct laid *ret,
	       struct err *e)
{
	const struct node *body = NULL;
	if (!xhtml_read(a, p->xhtml, p->size, &body, e))
		return false;
	pango_context_set_language(context, pango_language_from_string(p->language));
	*ret = (struct laid){ .paper = p, .flow = flow_on(a, context) };
	flow_body(&ret->flow, body);
	/* The space after the last piece may have begun a sheet on which nothing stands. */
	int last = 0;
	for (size_t i = 0; i < ret->flow.count; i++)
		last = ret->flow.pieces[i].sheet > last ? ret->flow.pieces[i].sheet : last;
	ret->sheets = last + 1;
	return true;
}

/* ---- pieces ---------------------------------------------------------------------------------- */

static void grey(cairo_t *cr, double value)
{
	cairo_set_source_rgb(cr, value, value, value);
}

static void draw_piece(cairo_t *cr, const struct piece *p)
{
	switch (p->kind) {
	case PIECE_LINE:
		grey(cr, p->quiet ? QUIET_GREY : 0);
		cairo_move_to(cr, p->x, p->y);
		pango_cairo_show_layout_line(cr, p->line);
		break;
	case PIECE_RULE:
		grey(cr, 0);
		cairo_set_line_width(cr, THIN);
		cairo_move_to(cr, p->x, p->y);
		cairo_line_to(cr, p->x + p->width, p->y);
		cairo_stroke(cr);
		break;
	case PIECE_DOTS:
		grey(cr, QUIET_GREY);
		cairo_set_line_width(cr, THIN);
		cairo_set_dash(cr, (const double[]){ 1, 2 }, 2, 0);
		cairo_move_to(cr, p->x, p->y);
		cairo_line_to(cr, p->x + p->width, p->y);
		cairo_stroke(cr);
		cairo_set_dash(cr, NULL, 0, 0);
		break;
	case PIECE_BAND:
		grey(cr, BAND_GREY);
		cairo_rectangle(cr, p->x, p->y, p->width, p->height);
		cairo_fill(cr);
		break;
	case PIECE_FRAME:
		grey(cr, 0);
		cairo_set_line_width(cr, THIN);
		cairo_rectangle(cr, p->x, p->y, p->width, p->height);
		cairo_stroke(cr);
		break;
	/* one that is too long for a code is left out: its text stands beside it */
	case PIECE_QR: (void)!qr_draw(cr, p->text, p->x, p->y, p->width); break;
	case PIECE_HEADING: break; /* for the bookmarks */
	}
}

/* ---- what stands on every sheet -------------------------------------------------------------- */

static double put(struct pdf *pdf, const char *text, const struct style *style, double x, double y,
		  double width)
{
	PangoLayout *layout = text_plain(pdf->arena, pdf->context, text, style, width);
	pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
	pango_layout_set_single_paragraph_mode(layout, TRUE);
	grey(pdf->cr, style->quiet ? QUIET_GREY : 0);
	cairo_move_to(pdf->cr, x, y);
	pango_cairo_show_layout(pdf->cr, layout);
	return text_height(layout);
}

/* F2: values that are assumed say so on every sheet. */
static void draw_mark(struct pdf *pdf, const char *mark)
{
	const struct style style = { .size = MARK_SIZE, .bold = true, .align = PANGO_ALIGN_CENTER };
	const double width = SHEET_RIGHT - SHEET_LEFT;
	if (!*mark)
		return;
	double height = put(pdf, mark, &style, SHEET_LEFT, MARK_TOP, width);
	cairo_set_line_width(pdf->cr, THIN);
	cairo_rectangle(pdf->cr, SHEET_LEFT, MARK_TOP - 2, width, height + 4);
	cairo_stroke(pdf->cr);
}

static void draw_head(struct pdf *pdf, const struct laid *l, int sheet)
{
	const struct style style = { .size = FOOT_SIZE, .quiet = true };
	const struct style right = { .size = FOOT_SIZE, .quiet = true, .align = PANGO_ALIGN_RIGHT };
	const double width = SHEET_RIGHT - SHEET_LEFT;
	draw_mark(pdf, l->paper->mark);
	if (sheet > 0)
		(void)put(pdf, l->paper->title, &style, SHEET_LEFT, TITLE_TOP, width * 0.85);
	if (pdf->bundle)
		(void)put(pdf, arena_print(pdf->arena, "%d", pdf->page), &right,
			  SHEET_RIGHT - width * 0.1, TITLE_TOP, width * 0.1);
}

/* "1a2b3c4d 5e6f7081 ..": a person can compare it. */
static const char *grouped(struct arena *a, const char *hash)
{
	struct buf out = buf_on(a);
	for (size_t i = 0; hash[i]; i++) {
		if (i > 0 && i % HASH_GROUP == 0)
			buf_add_char(&out, ' ');
		buf_add_char(&out, hash[i]);
	}
	return out.text;
}

/* The hash of somebody's file is not in the register: a code would lead to "unknown".  Where a
 * receipt stands on the sheet, its code is the only one: it says more, and /verify takes it as well
 * (F15). */
static bool has_code(const struct laid *l, int sheet)
{
	bool other = false;
	for (size_t i = 0; i < l->flow.count; i++) {
		if (l->flow.pieces[i].kind == PIECE_QR && l->flow.pieces[i].sheet == sheet)
			other = true;
	}
	return !l->paper->caption && !(l->paper->coded && other);
}

static void draw_foot(struct pdf *pdf, const struct laid *l, int sheet)
{
	const struct paper *p = l->paper;
	struct arena *a = pdf->arena;
	const struct style style = { .size = FOOT_SIZE, .quiet = true };
	const struct style right = { .size = 10, .align = PANGO_ALIGN_RIGHT };
	const char *seq = p->seq > 0 ? arena_print(a, "%s: %lld", p->place, (long long)p->seq) : "";
	const double x = SHEET_LEFT + QR_SIDE + 6;
	const double width = SHEET_RIGHT - x;
	double y = FOOT_TOP + 6;
	cairo_set_line_width(pdf->cr, THIN);
	grey(pdf->cr, QUIET_GREY);
	cairo_move_to(pdf->cr, SHEET_LEFT, FOOT_TOP);
	cairo_line_to(pdf->cr, SHEET_RIGHT, FOOT_TOP);
	cairo_stroke(pdf->cr);
	/* Cannot fail: the text has a length for which there are codes. */
	if (has_code(l, sheet))
		(void)!qr_draw(pdf->cr, paper_code(a, p->hash, p->seq), SHEET_LEFT - 3,
			       FOOT_TOP + 1.5, QR_SIDE);
	(void)put(pdf, arena_print(a, "%d / %d", sheet + 1, l->sheets), &right,
		  SHEET_RIGHT - POINTS(30), y - 2, POINTS(30));
	y += put(pdf, p->origin, &style, x, y, width - POINTS(30)) + 2;
	y += put(pdf, p->title, &style, x, y, width - POINTS(30)) + 2;
	y += put(pdf, arena_print(a, "%s: %s", p->method, grouped(a, p->hash)), &style, x, y,
		 width) +
	     2;
	(void)put(pdf, seq, &style, x, y, width);
}

/* ---- sheets ---------------------------------------------------------------------------------- */

static void draw_link(struct pdf *pdf, const struct sheet_link *link)
{
	const char *where =
		arena_print(pdf->arena, "page=%d pos=[0 0] rect=[%d %d %d %d]", link->page,
			    (int)link->x, (int)link->y, (int)link->width, (int)link->height);
	cairo_tag_begin(pdf->cr, CAIRO_TAG_LINK, where);
	cairo_tag_end(pdf->cr, CAIRO_TAG_LINK);
}

void sheet_draw_all(struct pdf *pdf, const struct laid *l, const struct sheet_link *links,
		    size_t link_count)
{
	size_t at = 0;
	pango_context_set_language(pdf->context, pango_language_from_string(l->paper->language));
	for (int sheet = 0; sheet < l->sheets; sheet++) {
		pdf->page++;
		draw_head(pdf, l, sheet);
		/* Frames come after their text: pieces of one sheet stand together. */
		for (; at < l->flow.count && l->flow.pieces[at].sheet == sheet; at++)
			draw_piece(pdf->cr, &l->flow.pieces[at]);
		draw_foot(pdf, l, sheet);
		for (size_t i = 0; i < link_count; i++) {
			if (links[i].sheet == sheet)
				draw_link(pdf, &links[i]);
		}
		cairo_show_page(pdf->cr);
	}
}

/* ---- files of others ------------------------------------------------------------------------- */

static void draw_file_head(struct pdf *pdf, const struct paper *p, int sheet)
{
	struct arena *a = pdf->arena;
	const struct style style = { .size = FOOT_SIZE, .quiet = true };
	const struct style right = { .size = FOOT_SIZE, .quiet = true, .align = PANGO_ALIGN_RIGHT };
	const double width = SHEET_RIGHT - SHEET_LEFT;
	const char *hash = grouped(a, arena_copy_n(a, p->hash, HASH_SHOWN));
	draw_mark(pdf, p->mark);
	double y = TITLE_TOP;
	(void)put(pdf, arena_print(a, "%d", pdf->page), &right, SHEET_RIGHT - width * 0.1, y,
		  width * 0.1);
	y += put(pdf, p->caption, &style, SHEET_LEFT, y, width * 0.88) + 2;
	(void)put(pdf, arena_print(a, "%s: %s…", p->method, hash), &style, SHEET_LEFT, y,
		  width * 0.8);
	(void)put(pdf, arena_print(a, "%d / %d", sheet + 1, p->file->total), &right,
		  SHEET_RIGHT - width * 0.2, y, width * 0.2);
	(void)put(pdf, p->origin, &style, SHEET_LEFT, FILE_LOW + 6, width);
}

/* The bytes stay compressed: what Cairo is given of dots is empty and only has their number. */
static void draw_picture(struct pdf *pdf, const struct picture *p)
{
	const double width = SHEET_RIGHT - SHEET_LEFT, height = FILE_LOW - FILE_TOP;
	const double natural = 72.0 / 150.0;
	double scale =
		width / p->width < height / p->height ? width / p->width : height / p->height;
	scale = scale < natural ? scale : natural;
	cairo_surface_t *dots = cairo_image_surface_create(CAIRO_FORMAT_RGB24, p->width, p->height);
	const double x = SHEET_LEFT + (width - p->width * scale) / 2;
	(void)cairo_surface_set_mime_data(dots, CAIRO_MIME_TYPE_JPEG, p->jpeg, p->size, NULL, NULL);
	cairo_save(pdf->cr);
	cairo_translate(pdf->cr, x, FILE_TOP);
	cairo_scale(pdf->cr, scale, scale);
	cairo_set_source_surface(pdf->cr, dots, 0, 0);
	cairo_paint(pdf->cr);
	cairo_restore(pdf->cr);
	cairo_surface_destroy(dots);
	grey(pdf->cr, QUIET_GREY);
	cairo_set_line_width(pdf->cr, THIN);
	cairo_rectangle(pdf->cr, x - 1, FILE_TOP - 1, p->width * scale + 2, p->height * scale + 2);
	cairo_stroke(pdf->cr);
}

void sheet_draw_pictures(struct pdf *pdf, const struct paper *p)
{
	pango_context_set_language(pdf->context, pango_language_from_string(p->language));
	for (int sheet = 0; sheet < p->file->count; sheet++) {
		pdf->page++;
		draw_file_head(pdf, p, sheet);
		draw_picture(pdf, &p->file->pictures[sheet]);
		cairo_show_page(pdf->cr);
	}
}
