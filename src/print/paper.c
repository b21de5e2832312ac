#include "print/paper.h"

#include "base/day.h"
#include "print/book.h"

#include <cairo-pdf.h>
#include <sodium.h>
#include <string.h>

/* ---- hash ---------------------------------------------------------------------------------- */

void paper_hash(const char *xhtml, size_t size, char ret[PAPER_HASH_SIZE])
{
	unsigned char hash[crypto_hash_sha256_BYTES];
	(void)crypto_hash_sha256(hash, (const unsigned char *)xhtml, size);
	(void)sodium_bin2hex(ret, PAPER_HASH_SIZE, hash, sizeof(hash));
}

/* Capitals and digits alone: such a code has fewer and larger squares. */
const char *paper_code(struct arena *a, const char *hash, int64_t seq)
{
	char *text = arena_print(a, "KONKURS %lld %s", (long long)seq, hash);
	for (char *at = text; *at; at++) {
		if (*at >= 'a' && *at <= 'z')
			*at = (char)(*at - 'a' + 'A');
	}
	return text;
}

/* ---- the file -------------------------------------------------------------------------------- */

static cairo_status_t write_bytes(void *user, const unsigned char *bytes, unsigned size)
{
	buf_add_n(user, bytes, size);
	return CAIRO_STATUS_SUCCESS;
}

static void drop_object(void *object)
{
	g_object_unref(object);
}

/* A font map of its own: this may be any thread. */
PangoContext *pdf_context(struct arena *a)
{
	PangoFontMap *fonts = pango_cairo_font_map_new();
	pango_cairo_font_map_set_resolution(PANGO_CAIRO_FONT_MAP(fonts), 72);
	PangoContext *context = pango_font_map_create_context(fonts);
	cairo_font_options_t *options = cairo_font_options_create();
	/* Letters stand where they are to be printed, not on the squares of a screen. */
	cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
	cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
	pango_cairo_context_set_font_options(context, options);
	pango_context_set_round_glyph_positions(context, FALSE);
	pango_context_set_base_dir(context, PANGO_DIRECTION_LTR);
	cairo_font_options_destroy(options);
	arena_defer(a, drop_object, fonts);
	arena_defer(a, drop_object, context);
	return context;
}

struct pdf pdf_open(struct arena *a, PangoContext *context, const struct paper *p, struct buf *out)
{
	struct pdf pdf = { .arena = a, .context = context };
	char when[INSTANT_TEXT_SIZE];
	pdf.surface =
		cairo_pdf_surface_create_for_stream(write_bytes, out, SHEET_WIDTH, SHEET_HEIGHT);
	pdf.cr = cairo_create(pdf.surface);
	instant_print(p->at_ms, when);
	const struct {
		cairo_pdf_metadata_t what;
		const char *text;
	} said[] = {
		{ CAIRO_PDF_METADATA_TITLE, p->title },   { CAIRO_PDF_METADATA_AUTHOR, p->origin },
		{ CAIRO_PDF_METADATA_KEYWORDS, p->hash }, { CAIRO_PDF_METADATA_CREATOR, "Konkurs" },
		{ CAIRO_PDF_METADATA_CREATE_DATE, when }, { CAIRO_PDF_METADATA_MOD_DATE, when },
	};
	for (size_t i = 0; i < COUNT(said); i++)
		cairo_pdf_surface_set_metadata(pdf.surface, said[i].what, said[i].text);
	return pdf;
}

bool pdf_close(struct pdf *pdf, struct err *e)
{
	cairo_status_t status = cairo_status(pdf->cr);
	cairo_destroy(pdf->cr);
	cairo_surface_finish(pdf->surface);
	if (status == CAIRO_STATUS_SUCCESS)
		status = cairo_surface_status(pdf->surface);
	cairo_surface_destroy(pdf->surface);
	return status == CAIRO_STATUS_SUCCESS ||
	       err_set(e, ERR_SYSTEM, "error.paper", "cairo: %s", cairo_status_to_string(status));
}

/* ---- bookmarks ------------------------------------------------------------------------------- */

int pdf_bookmark(struct pdf *pdf, int parent, const char *text, int page, double y, bool open)
{
	const char *where = arena_print(pdf->arena, "page=%d pos=[0 %d]", page, (int)y);
	return cairo_pdf_surface_add_outline(pdf->surface, parent, text, where,
					     open ? CAIRO_PDF_OUTLINE_FLAG_OPEN : 0);
}

/* The headings of a paper below `parent`, nested by their level; `page` is its first. */
void pdf_bookmark_headings(struct pdf *pdf, const struct laid *l, int parent, int page,
			   int level_from)
{
	int under[4] = { parent, parent, parent, parent };
	for (size_t i = 0; i < l->flow.count; i++) {
		const struct piece *p = &l->flow.pieces[i];
		if (p->kind != PIECE_HEADING || p->level < level_from || !*p->text)
			continue;
		int id = pdf_bookmark(pdf, under[p->level - 1], p->text, page + p->sheet, p->y,
				      true);
		for (int k = p->level; k < 4; k++)
			under[k] = id;
	}
}

/* ---- one paper ------------------------------------------------------------------------------- */

bool paper_pdf(const struct paper *p, struct buf *out, struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	PangoContext *context = pdf_context(a);
	struct laid laid = { 0 };
	if (!laid_make(a, context, p, &laid, e))
		return false;
	struct pdf pdf = pdf_open(a, context, p, out);
	sheet_draw_all(&pdf, &laid, NULL, 0);
	pdf_bookmark_headings(&pdf, &laid, CAIRO_PDF_OUTLINE_ROOT, 1, 1);
	return pdf_close(&pdf, e);
}
