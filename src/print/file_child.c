/* file_child.c - the process that draws a file: limits first, then the libraries. */
#include "base/confine.h"
#include "print/file_pages.h"
#include "print/file_wire.h"

#include <cairo.h>
#include <gdk-pixbuf/gdk-pixbuf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Its header of attachments has a field of a name that banned.h poisons; none are read. */
#define __POPPLER_ATTACHMENT_H__
#include <poppler.h>

#define DOTS_PER_POINT (150.0 / 72.0)
#define DOTS_MOST      40000000 /* of a picture that is read  */
#define MEMORY_MOST    ((size_t)768 << 20)
#define SECONDS_MOST   10

/* ---- talking --------------------------------------------------------------------------------- */

static void say_head(uint32_t mark, int a, int b)
{
	const struct file_head h = { mark, (uint32_t)a, (uint32_t)b };
	confine_say(&h, sizeof(h));
}

/* At once: a library that is torn down may still do harm. */
static _Noreturn void end(enum file_state state)
{
	say_head(FILE_END, (int)state, 0);
	_exit(0);
}

static void say_dots(cairo_surface_t *s, int width, int height)
{
	const unsigned char *row = cairo_image_surface_get_data(s);
	const int stride = cairo_image_surface_get_stride(s);
	unsigned char line[FILE_BOX_WIDTH * 3];
	say_head(FILE_PAGE, width, height);
	for (int y = 0; y < height; y++, row += stride) {
		for (size_t x = 0; x < (size_t)width; x++) {
			uint32_t dot = 0;
			memcpy(&dot, row + x * 4, sizeof(dot));
			line[x * 3] = (unsigned char)(dot >> 16);
			line[x * 3 + 1] = (unsigned char)(dot >> 8);
			line[x * 3 + 2] = (unsigned char)dot;
		}
		confine_say(line, (size_t)width * 3);
	}
}

/* What is drawn: one page or, 0, all; and by how many quarters it is turned. */
struct wish {
	int page, turns;
};

/* The page stands on its side, or on its head. */
static void turn(cairo_t *cr, double width, double height, int turns)
{
	if (turns == 1)
		cairo_translate(cr, height, 0);
	else if (turns == 2)
		cairo_translate(cr, width, height);
	else if (turns == 3)
		cairo_translate(cr, 0, width);
	cairo_rotate(cr, turns * M_PI / 2);
}

/* A white sheet on which a page of this size fits, to be drawn on in the page's own measure; at
 * most so many dots for each of it.  NULL: no such size. */
static cairo_t *open_sheet(double width, double height, double most, int turns)
{
	if (!isfinite(width) || !isfinite(height) || width <= 0 || height <= 0)
		return NULL;
	const bool side = turns % 2 == 1;
	const double across = side ? height : width;
	const double down = side ? width : height;
	const double scale = fmin(most, fmin(FILE_BOX_WIDTH / across, FILE_BOX_HEIGHT / down));
	const int w = (int)fmax(1, fmin(FILE_BOX_WIDTH, floor(across * scale)));
	const int h = (int)fmax(1, fmin(FILE_BOX_HEIGHT, floor(down * scale)));
	cairo_surface_t *s = cairo_image_surface_create(CAIRO_FORMAT_RGB24, w, h);
	cairo_t *cr = cairo_create(s);
	cairo_surface_destroy(s);
	cairo_set_source_rgb(cr, 1, 1, 1);
	cairo_paint(cr);
	cairo_scale(cr, scale, scale);
	turn(cr, width, height, turns);
	return cr;
}

static void close_sheet(cairo_t *cr)
{
	cairo_surface_t *s = cairo_get_target(cr);
	cairo_surface_flush(s);
	if (cairo_status(cr) != CAIRO_STATUS_SUCCESS)
		end(cairo_status(cr) == CAIRO_STATUS_NO_MEMORY ? FILE_TOO_MUCH : FILE_BROKEN);
	say_dots(s, cairo_image_surface_get_width(s), cairo_image_surface_get_height(s));
	cairo_destroy(cr);
}

/* ---- PDF ------------------------------------------------------------------------------------- */

static void draw_pdf_page(PopplerDocument *d, int number, int turns)
{
	double width = 0, height = 0;
	PopplerPage *page = poppler_document_get_page(d, number);
	if (!page)
		end(FILE_BROKEN);
	poppler_page_get_size(page, &width, &height);
	cairo_t *cr = open_sheet(width, height, DOTS_PER_POINT, turns);
	if (!cr)
		end(FILE_BROKEN);
	poppler_page_render_for_printing(page, cr);
	close_sheet(cr);
	g_object_unref(page);
}

static _Noreturn void draw_pdf(GBytes *bytes, const struct wish *w)
{
	GError *why = NULL;
	PopplerDocument *d = poppler_document_new_from_bytes(bytes, NULL, &why);
	if (!d) {
		const bool locked = g_error_matches(why, POPPLER_ERROR, POPPLER_ERROR_ENCRYPTED);
		say_head(FILE_BEGIN, 0, 0);
		end(locked ? FILE_LOCKED : FILE_BROKEN);
	}
	const int pages = poppler_document_get_n_pages(d);
	say_head(FILE_BEGIN, pages < 0 ? 0 : pages > 1000000 ? 1000000 : pages, 0);
	if (pages < 1)
		end(FILE_BROKEN);
	if (w->page > 0 && w->page <= pages)
		draw_pdf_page(d, w->page - 1, w->turns);
	if (w->page != 0)
		end(FILE_DRAWN);
	for (int i = 0; i < pages && i < FILE_PAGES_MOST; i++)
		draw_pdf_page(d, i, w->turns);
	end(pages > FILE_PAGES_MOST ? FILE_CUT : FILE_DRAWN);
}

/* ---- pictures -------------------------------------------------------------------------------- */

static void look_at_size(GdkPixbufLoader *loader, int width, int height, void *user)
{
	(void)user;
	if (width < 1 || height < 1 || (int64_t)width * height > DOTS_MOST)
		end(FILE_TOO_MUCH);
	/* Twice the box: a turned picture keeps its sharpness. */
	const double most = 2.0 * FILE_BOX_HEIGHT;
	const double scale = fmin(1, fmin(most / width, most / height));
	gdk_pixbuf_loader_set_size(loader, (int)fmax(1, width * scale),
				   (int)fmax(1, height * scale));
}

/* As Cairo has it: 0xAARRGGBB, the colours multiplied by their share. */
static cairo_surface_t *surface_of(const GdkPixbuf *p)
{
	const int width = gdk_pixbuf_get_width(p), height = gdk_pixbuf_get_height(p);
	const int parts = gdk_pixbuf_get_n_channels(p);
	cairo_surface_t *s = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, width, height);
	unsigned char *to = cairo_image_surface_get_data(s);
	if (!to || parts < 3)
		end(FILE_TOO_MUCH);
	for (int y = 0; y < height; y++) {
		const unsigned char *from =
			gdk_pixbuf_read_pixels(p) + (size_t)y * (size_t)gdk_pixbuf_get_rowstride(p);
		unsigned char *row = to + (size_t)y * (size_t)cairo_image_surface_get_stride(s);
		for (int x = 0; x < width; x++, from += parts) {
			const uint32_t alpha = parts > 3 ? from[3] : 255;
			const uint32_t dot = alpha << 24 | (from[0] * alpha / 255) << 16 |
					     (from[1] * alpha / 255) << 8 | from[2] * alpha / 255;
			memcpy(row + (size_t)x * 4, &dot, sizeof(dot));
		}
	}
	cairo_surface_mark_dirty(s);
	return s;
}

static _Noreturn void draw_picture(const char *kind, GBytes *bytes, const struct wish *w)
{
	GdkPixbufLoader *loader = gdk_pixbuf_loader_new_with_type(kind, NULL);
	say_head(FILE_BEGIN, 1, 0);
	if (!loader)
		end(FILE_UNKNOWN);
	if (w->page != 0 && w->page != 1)
		end(FILE_DRAWN);
	(void)g_signal_connect(loader, "size-prepared", G_CALLBACK(look_at_size), NULL);
	if (!gdk_pixbuf_loader_write_bytes(loader, bytes, NULL) ||
	    !gdk_pixbuf_loader_close(loader, NULL) || !gdk_pixbuf_loader_get_pixbuf(loader))
		end(FILE_BROKEN);
	GdkPixbuf *p = gdk_pixbuf_apply_embedded_orientation(gdk_pixbuf_loader_get_pixbuf(loader));
	cairo_surface_t *s = p ? surface_of(p) : NULL;
	cairo_t *cr = s ? open_sheet(gdk_pixbuf_get_width(p), gdk_pixbuf_get_height(p), 1, w->turns)
			: NULL;
	if (!cr)
		end(FILE_BROKEN);
	cairo_set_source_surface(cr, s, 0, 0);
	cairo_pattern_set_filter(cairo_get_source(cr), CAIRO_FILTER_BEST);
	cairo_paint(cr);
	close_sheet(cr);
	end(FILE_DRAWN);
}

/* ---- all ------------------------------------------------------------------------------------- */

int file_child(const char *media, int page, int turns)
{
	const struct wish w = { page, turns };
	const struct confine_limits limits = { SECONDS_MOST, MEMORY_MOST, 32 };
	const void *bytes = NULL;
	size_t size = 0;
	if (!confine_limit(&limits) || !file_child_confine() ||
	    !confine_input(FILE_BYTES_MOST, &bytes, &size))
		return 1;
	GBytes *all = g_bytes_new_static(bytes, size);
	if (strcmp(media, "application/pdf") == 0)
		draw_pdf(all, &w);
	if (strcmp(media, "image/png") == 0)
		draw_picture("png", all, &w);
	if (strcmp(media, "image/jpeg") == 0)
		draw_picture("jpeg", all, &w);
	say_head(FILE_BEGIN, 0, 0);
	end(FILE_UNKNOWN);
}
