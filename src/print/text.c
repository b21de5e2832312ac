/* text.c - inline nodes become text that Pango has shaped. */
#include "base/buf.h"
#include "print/flow.h"

#include <string.h>

#define FAMILY      "Noto Serif"
#define FAMILY_CODE "DejaVu Sans Mono"
#define CODE_SCALE  0.71
#define SMALL_SCALE 0.8

static void drop_object(void *object)
{
	g_object_unref(object);
}

/* ---- gathering ------------------------------------------------------------------------- */

struct gathering {
	struct buf text;
	PangoAttrList *attributes;
	bool lines;
	double size;
};

static bool ends_blank(const struct buf *b)
{
	return b->length == 0 || strchr(" \n", b->text[b->length - 1]);
}

/* White space becomes one blank, unless its line feeds count. */
static void add_text(struct gathering *g, const char *text)
{
	for (const char *at = text; *at; at++) {
		bool blank = strchr(" \t\r\n", *at) != NULL;
		if (g->lines && *at == '\n')
			buf_add_char(&g->text, '\n');
		else if (!blank)
			buf_add_char(&g->text, *at);
		else if (!ends_blank(&g->text))
			buf_add_char(&g->text, ' ');
	}
}

static void mark(struct gathering *g, PangoAttribute *attribute, size_t from)
{
	attribute->start_index = (guint)from;
	attribute->end_index = (guint)g->text.length;
	pango_attr_list_insert(g->attributes, attribute);
}

static void style_span(struct gathering *g, enum tag tag, size_t from)
{
	if (from == g->text.length)
		return;
	switch (tag) {
	case TAG_B: mark(g, pango_attr_weight_new(PANGO_WEIGHT_BOLD), from); break;
	case TAG_I: mark(g, pango_attr_style_new(PANGO_STYLE_ITALIC), from); break;
	case TAG_SMALL:
		mark(g, pango_attr_size_new((int)(g->size * SMALL_SCALE * PANGO_SCALE)), from);
		break;
	case TAG_CODE:
		mark(g, pango_attr_family_new(FAMILY_CODE), from);
		mark(g, pango_attr_size_new((int)(g->size * CODE_SCALE * PANGO_SCALE)), from);
		break;
	default: break;
	}
}

static void gather(struct gathering *g, const struct node *first, const struct node *end)
{
	for (const struct node *n = first; n && n != end; n = n->next) {
		size_t from = g->text.length;
		if (n->tag == TAG_TEXT)
			add_text(g, n->text);
		else if (n->tag == TAG_BR)
			buf_add_char(&g->text, '\n');
		else
			gather(g, n->first, NULL);
		style_span(g, n->tag, from);
	}
}

const char *text_of(struct arena *a, const struct node *first)
{
	struct gathering g = { .text = buf_on(a), .attributes = pango_attr_list_new() };
	gather(&g, first, NULL);
	pango_attr_list_unref(g.attributes);
	for (char *at = g.text.text; *at; at++) {
		if (*at == '\n')
			*at = ' ';
	}
	while (g.text.length > 0 && g.text.text[g.text.length - 1] == ' ')
		g.text.text[--g.text.length] = '\0';
	return g.text.text;
}

/* ---- layouts ----------------------------------------------------------------------------- */

static PangoLayout *new_layout(struct arena *a, PangoContext *context, const struct style *style,
			       double width)
{
	PangoLayout *layout = pango_layout_new(context);
	arena_defer(a, drop_object, layout);
	PangoFontDescription *font = pango_font_description_new();
	pango_font_description_set_family_static(font, FAMILY);
	pango_font_description_set_size(font, (int)(style->size * PANGO_SCALE));
	if (style->bold)
		pango_font_description_set_weight(font, PANGO_WEIGHT_BOLD);
	pango_layout_set_font_description(layout, font);
	pango_font_description_free(font);
	/* A paper reads from left to right, whatever letters a name begins with. */
	pango_layout_set_auto_dir(layout, FALSE);
	pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
	pango_layout_set_alignment(layout, style->align);
	pango_layout_set_justify(layout, style->justify);
	pango_layout_set_width(layout, width < 0 ? -1 : (int)(width * PANGO_SCALE));
	return layout;
}

PangoLayout *text_layout(const struct flow *f, const struct node *first, const struct node *end,
			 const struct style *style, double width)
{
	struct gathering g = { .text = buf_on(f->arena),
			       .attributes = pango_attr_list_new(),
			       .lines = style->lines,
			       .size = style->size };
	gather(&g, first, end);
	while (g.text.length > 0 && ends_blank(&g.text))
		g.text.text[--g.text.length] = '\0';
	mark(&g, pango_attr_insert_hyphens_new(FALSE), 0);
	PangoLayout *layout = new_layout(f->arena, f->context, style, width);
	pango_layout_set_text(layout, g.text.text, (int)g.text.length);
	pango_layout_set_attributes(layout, g.attributes);
	pango_attr_list_unref(g.attributes);
	return layout;
}

PangoLayout *text_plain(struct arena *a, PangoContext *context, const char *text,
			const struct style *style, double width)
{
	PangoLayout *layout = new_layout(a, context, style, width);
	pango_layout_set_text(layout, text, -1);
	return layout;
}

/* ---- measures ----------------------------------------------------------------------------- */

double text_height(PangoLayout *layout)
{
	int height = 0;
	pango_layout_get_size(layout, NULL, &height);
	return (double)height / PANGO_SCALE;
}

double text_width(PangoLayout *layout)
{
	int width = 0;
	pango_layout_set_width(layout, -1);
	pango_layout_get_size(layout, &width, NULL);
	return (double)width / PANGO_SCALE;
}

double text_narrow(PangoLayout *layout)
{
	int width = 0;
	pango_layout_set_wrap(layout, PANGO_WRAP_WORD);
	pango_layout_set_width(layout, PANGO_SCALE);
	pango_layout_get_size(layout, &width, NULL);
	pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
	return (double)width / PANGO_SCALE;
}

int text_lines(PangoLayout *layout)
{
	return pango_layout_get_line_count(layout);
}

/* ---- lines to their places ------------------------------------------------------------------ */

struct line_box {
	double top, bottom, left, base;
};

static struct line_box line_box(PangoLayoutIter *i)
{
	PangoRectangle box;
	pango_layout_iter_get_line_extents(i, NULL, &box);
	return (struct line_box){ (double)box.y / PANGO_SCALE,
				  (double)(box.y + box.height) / PANGO_SCALE,
				  (double)box.x / PANGO_SCALE,
				  (double)pango_layout_iter_get_baseline(i) / PANGO_SCALE };
}

int text_fit(PangoLayout *layout, int from, double height)
{
	PangoLayoutIter *i = pango_layout_get_iter(layout);
	int number = 0;
	double top = 0;
	do {
		const struct line_box box = line_box(i);
		if (number == from)
			top = box.top;
		if (number >= from && box.bottom - top > height)
			break;
		number++;
	} while (pango_layout_iter_next_line(i));
	pango_layout_iter_free(i);
	return number;
}

double text_place(struct flow *f, PangoLayout *layout, int from, int end, double x, double y,
		  bool quiet)
{
	PangoLayoutIter *i = pango_layout_get_iter(layout);
	int number = 0;
	double top = 0;
	double bottom = 0;
	do {
		const struct line_box box = line_box(i);
		if (number == from)
			top = bottom = box.top;
		if (number >= from && number < end) {
			bottom = box.bottom;
			flow_add(f, &(struct piece){ .kind = PIECE_LINE,
						     .sheet = f->sheet,
						     .x = x + box.left,
						     .y = y + box.base - top,
						     .line = pango_layout_iter_get_line_readonly(i),
						     .quiet = quiet });
		}
		number++;
	} while (number < end && pango_layout_iter_next_line(i));
	pango_layout_iter_free(i);
	return bottom - top;
}
