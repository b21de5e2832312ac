/* bundle.c - several papers as one file: contents, links, bookmarks. */
#include "print/book.h"

#include <cairo-pdf.h>
#include <string.h>

#define NUMBER_WIDTH 34.0
#define LINE_GAP     3.0
#define GROUP_GAP    8.0
#define INDENT       14.0

struct bundle {
	struct arena *arena;
	PangoContext *context;
	struct laid contents;
	struct laid *papers;
	int *pages; /* of the file on which each paper begins, from 1 */
	size_t count;
	struct sheet_link *links; /* one for each paper */
};

static bool same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool new_group(const struct bundle *b, size_t i)
{
	const char *group = b->papers[i].paper->group;
	return group && (i == 0 || !same(b->papers[i - 1].paper->group, group));
}

/* ---- contents -------------------------------------------------------------------------------- */

static void room_for(struct flow *f, double height)
{
	if (height > flow_left_over(f))
		flow_next_sheet(f);
}

static void add_group(struct bundle *b, const char *name)
{
	struct flow *f = &b->contents.flow;
	const struct style style = { .size = f->size, .bold = true };
	PangoLayout *layout = text_plain(b->arena, b->context, name, &style, f->width);
	flow_space(f, GROUP_GAP);
	/* The name of a group is not the last on a sheet. */
	room_for(f, text_height(layout) * 2 + LINE_GAP);
	f->y += text_place(f, layout, 0, text_lines(layout), f->left, f->y, false) + LINE_GAP;
}

/* A file stands below its item in the bookmarks, and beside it here. */
static const char *in_contents(const struct bundle *b, const struct paper *p)
{
	return p->item ? arena_print(b->arena, "%s: %s", p->item, p->title) : p->title;
}

static void add_line(struct bundle *b, size_t i)
{
	struct flow *f = &b->contents.flow;
	const struct paper *p = b->papers[i].paper;
	const double left = f->left + (p->group ? INDENT : 0);
	const double width = f->width - (left - f->left) - NUMBER_WIDTH;
	const struct style style = { .size = f->size };
	const struct style right = { .size = f->size, .align = PANGO_ALIGN_RIGHT };
	PangoLayout *title = text_plain(b->arena, b->context, in_contents(b, p), &style, width);
	PangoLayout *number =
		text_plain(b->arena, b->context, arena_print(b->arena, "%d", b->pages[i]), &right,
			   NUMBER_WIDTH);
	const double height = text_height(title);
	room_for(f, height);
	b->links[i] = (struct sheet_link){ f->sheet, left, f->y, f->width, height, b->pages[i] };
	(void)text_place(f, title, 0, text_lines(title), left, f->y, false);
	(void)text_place(f, number, 0, 1, f->left + f->width - NUMBER_WIDTH,
			 f->y + height - text_height(number), false);
	flow_add(f, &(struct piece){ .kind = PIECE_DOTS,
				     .sheet = f->sheet,
				     .x = left,
				     .y = f->y + height + 1,
				     .width = f->left + f->width - left });
	f->y += height + LINE_GAP;
}

/* Lays the contents out with the page numbers as they are known; gives its sheets. */
static bool lay_contents(struct bundle *b, const struct paper *cover, struct err *e)
{
	if (!laid_make(b->arena, b->context, cover, &b->contents, e))
		return false;
	for (size_t i = 0; i < b->count; i++) {
		const char *group = b->papers[i].paper->group;
		if (new_group(b, i))
			add_group(b, group);
		else if (!group && i > 0 && b->papers[i - 1].paper->group)
			flow_space(&b->contents.flow, GROUP_GAP);
		add_line(b, i);
	}
	b->contents.sheets = b->contents.flow.sheet + 1;
	return true;
}

/* The numbers depend on how long the contents are, and that not on the numbers. */
static bool lay_all(struct bundle *b, const struct paper *cover, const struct paper *papers,
		    struct err *e)
{
	for (size_t i = 0; i < b->count; i++) {
		if (papers[i].file)
			b->papers[i] = (struct laid){ .paper = &papers[i],
						      .sheets = papers[i].file->count };
		else if (!laid_make(b->arena, b->context, &papers[i], &b->papers[i], e))
			return false;
	}
	if (!lay_contents(b, cover, e))
		return false;
	int page = b->contents.sheets + 1;
	for (size_t i = 0; i < b->count; i++) {
		b->pages[i] = page;
		page += b->papers[i].sheets;
	}
	return lay_contents(b, cover, e);
}

/* ---- the file -------------------------------------------------------------------------------- */

/* The item of a paper is a bookmark once for all that follow one another. */
static int bookmark_of_item(struct pdf *pdf, const struct bundle *b, size_t i, int under,
			    int before)
{
	const struct paper *p = b->papers[i].paper;
	if (i > 0 && same(b->papers[i - 1].paper->item, p->item) && !new_group(b, i))
		return before;
	return pdf_bookmark(pdf, under, p->item, b->pages[i], 0, false);
}

static void add_bookmarks(struct pdf *pdf, const struct bundle *b)
{
	int under = CAIRO_PDF_OUTLINE_ROOT;
	int item = CAIRO_PDF_OUTLINE_ROOT;
	(void)pdf_bookmark(pdf, CAIRO_PDF_OUTLINE_ROOT, b->contents.paper->title, 1, 0, false);
	for (size_t i = 0; i < b->count; i++) {
		const struct paper *p = b->papers[i].paper;
		if (!p->group)
			under = CAIRO_PDF_OUTLINE_ROOT;
		else if (new_group(b, i))
			under = pdf_bookmark(pdf, CAIRO_PDF_OUTLINE_ROOT, p->group, b->pages[i], 0,
					     false);
		if (p->item)
			item = bookmark_of_item(pdf, b, i, under, item);
		int id = pdf_bookmark(pdf, p->item ? item : under, p->title, b->pages[i], 0, false);
		pdf_bookmark_headings(pdf, &b->papers[i], id, b->pages[i], 2);
	}
}

bool paper_bundle(const struct paper *cover, const struct paper *papers, size_t count,
		  struct buf *out, struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct bundle b = { .arena = a, .context = pdf_context(a), .count = count };
	b.papers = arena_array(a, count + 1, sizeof(*b.papers));
	b.pages = arena_array(a, count + 1, sizeof(*b.pages));
	b.links = arena_array(a, count + 1, sizeof(*b.links));
	if (!lay_all(&b, cover, papers, e))
		return false;
	struct pdf pdf = pdf_open(a, b.context, cover, out);
	pdf.bundle = true;
	sheet_draw_all(&pdf, &b.contents, b.links, count);
	for (size_t i = 0; i < count; i++) {
		if (papers[i].file)
			sheet_draw_pictures(&pdf, &papers[i]);
		else
			sheet_draw_all(&pdf, &b.papers[i], NULL, 0);
	}
	add_bookmarks(&pdf, &b);
	return pdf_close(&pdf, e);
}
