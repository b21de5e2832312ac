#include "print/flow.h"

#include "base/buf.h"

#include <stdio.h>
#include <string.h>

#define BODY_SIZE    11.0
#define QUIET_SIZE   9.0
#define SPACE        6.0 /* between paragraphs */
#define LIST_INDENT  20.0
#define LIST_GAP     2.0
#define FRAME_INSET  8.0
#define ADDRESS_PART 0.5
#define BESIDE_GAP   10.0

/* ---- pieces ------------------------------------------------------------------------------- */

struct flow flow_on(struct arena *a, PangoContext *context)
{
	return (struct flow){ .arena = a,
			      .context = context,
			      .y = SHEET_TOP,
			      .left = SHEET_LEFT,
			      .width = SHEET_RIGHT - SHEET_LEFT,
			      .size = BODY_SIZE };
}

void flow_add(struct flow *f, const struct piece *p)
{
	if (f->count == f->room) {
		struct piece *old = f->pieces;
		f->room = f->room ? f->room * 2 : 256;
		f->pieces = arena_array(f->arena, f->room, sizeof(*f->pieces));
		if (f->count)
			memcpy(f->pieces, old, f->count * sizeof(*old));
	}
	f->pieces[f->count++] = *p;
}

void flow_next_sheet(struct flow *f)
{
	f->sheet++;
	f->y = SHEET_TOP;
}

bool flow_at_top(const struct flow *f)
{
	return f->y <= SHEET_TOP;
}

double flow_left_over(const struct flow *f)
{
	return SHEET_BOTTOM - f->y;
}

void flow_space(struct flow *f, double height)
{
	if (!flow_at_top(f))
		f->y += height;
}

struct flow_mark flow_mark(const struct flow *f)
{
	return (struct flow_mark){ f->count, f->sheet, f->y };
}

void flow_back(struct flow *f, const struct flow_mark *mark)
{
	f->count = mark->count;
	f->sheet = mark->sheet;
	f->y = mark->y;
}

/* ---- paragraphs ----------------------------------------------------------------------------- */

/* How many of `rest` lines may stay on this sheet if `fit` of them would: never one alone at its
 * end, and never one alone on the next (two of a paragraph of three: all go on). */
static int lines_to_stay(int fit, int rest, bool at_top)
{
	if (fit >= rest)
		return rest;
	if (rest - fit < 2)
		fit = rest - 2;
	if (fit < 2)
		return at_top ? 2 : 0;
	return fit;
}

static void place_text(struct flow *f, PangoLayout *layout, double x, bool quiet)
{
	const int count = text_lines(layout);
	int from = 0;
	while (from < count) {
		int fit = text_fit(layout, from, flow_left_over(f)) - from;
		fit = lines_to_stay(fit, count - from, flow_at_top(f));
		f->y += text_place(f, layout, from, from + fit, x, f->y, quiet);
		from += fit;
		if (from < count)
			flow_next_sheet(f);
	}
}

static void add_paragraph(struct flow *f, const struct node *first, const struct node *end,
			  const struct style *style)
{
	place_text(f, text_layout(f, first, end, style, f->width), f->left, style->quiet);
}

static PangoAlignment align_of(unsigned classes)
{
	if (classes & CLASS_CENTER)
		return PANGO_ALIGN_CENTER;
	return classes & CLASS_RIGHT ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT;
}

/* The text as it stands in the file: white space counts. */
static const char *exact_text(struct arena *a, const struct node *n)
{
	struct buf text = buf_on(a);
	for (const struct node *at = n->first; at; at = at->next) {
		if (at->tag == TAG_TEXT)
			buf_add(&text, at->text);
	}
	return text.text;
}

/* Squares that an office printer can do and a telephone reads off a copy, however many there are.
 */
static double add_qr(struct flow *f, const struct node *n, bool centred)
{
	const char *text = exact_text(f->arena, n);
	const double side = qr_units(text) * POINTS(0.5);
	if (flow_left_over(f) < side && !flow_at_top(f))
		flow_next_sheet(f);
	flow_add(f, &(struct piece){ .kind = PIECE_QR,
				     .sheet = f->sheet,
				     .x = f->left + (centred ? (f->width - side) / 2 : 0),
				     .y = f->y,
				     .width = side,
				     .height = side,
				     .text = text });
	f->y += side;
	flow_space(f, SPACE);
	return side;
}

static void add_p(struct flow *f, const struct node *n, unsigned context)
{
	bool centred = (context & CLASS_HEAD) != 0;
	bool ragged = centred || (context & CLASS_ADDRESS) ||
		      (n->classes & (CLASS_CENTER | CLASS_RIGHT | CLASS_LEFT));
	const struct style style = {
		.size = n->classes & CLASS_QUIET ? QUIET_SIZE : f->size,
		.quiet = (n->classes & CLASS_QUIET) != 0,
		.lines = (n->classes & CLASS_LINES) != 0,
		.justify = !ragged,
		.align = centred ? PANGO_ALIGN_CENTER : align_of(n->classes),
	};
	add_paragraph(f, n->first, NULL, &style);
	flow_space(f, context & (CLASS_HEAD | CLASS_ADDRESS) ? SPACE / 3 : SPACE);
}

/* ---- headings -------------------------------------------------------------------------------- */

static void add_heading(struct flow *f, const struct node *n)
{
	static const struct {
		double size, before, after;
	} look[] = { { 14, 8, 8 }, { 12, 10, 4 }, { 11, 8, 3 } };
	const int level = (int)n->tag - TAG_H1;
	bool centred = n->tag == TAG_H1 || (n->classes & CLASS_CENTER);
	const struct style style = {
		.size = look[level].size,
		.bold = true,
		.align = centred ? PANGO_ALIGN_CENTER : PANGO_ALIGN_LEFT,
	};
	PangoLayout *layout = text_layout(f, n->first, NULL, &style, f->width);
	flow_space(f, look[level].before);
	if (text_height(layout) > flow_left_over(f) && !flow_at_top(f))
		flow_next_sheet(f);
	flow_add(f, &(struct piece){ .kind = PIECE_HEADING,
				     .sheet = f->sheet,
				     .x = f->left,
				     .y = f->y,
				     .text = text_of(f->arena, n->first),
				     .level = level + 1 });
	place_text(f, layout, f->left, false);
	flow_space(f, look[level].after);
}

/* ---- lists ----------------------------------------------------------------------------------- */

static void add_list(struct flow *f, const struct node *list);

static void add_marker(struct flow *f, const struct node *list, int number, double y, int sheet)
{
	char text[16] = "–";
	if (list->tag == TAG_OL)
		(void)snprintf(text, sizeof(text), "%d.", number);
	const struct style style = { .size = f->size };
	PangoLayout *layout = text_plain(f->arena, f->context, text, &style, -1);
	struct flow at = *f;
	at.sheet = sheet;
	(void)text_place(&at, layout, 0, 1, f->left, y, false);
	f->pieces = at.pieces;
	f->count = at.count;
	f->room = at.room;
}

/* Text and elements of a line that follow each other are one paragraph. */
static void add_item(struct flow *f, const struct node *item)
{
	const struct style style = { .size = f->size, .justify = true };
	for (const struct node *n = item->first; n;) {
		const struct node *end = n;
		while (end && tag_is_inline(end->tag))
			end = end->next;
		if (end != n && *text_of(f->arena, n))
			add_paragraph(f, n, end, &style);
		if (end && end->tag == TAG_P)
			add_p(f, end, 0);
		else if (end)
			add_list(f, end);
		n = end ? end->next : NULL;
	}
}

static void add_list(struct flow *f, const struct node *list)
{
	int number = 0;
	for (const struct node *item = list->first; item; item = item->next) {
		const size_t before = f->count;
		const double left = f->left;
		const double width = f->width;
		f->left += LIST_INDENT;
		f->width -= LIST_INDENT;
		if (flow_left_over(f) < 2 * f->size)
			flow_next_sheet(f);
		const double y = f->y;
		add_item(f, item);
		f->left = left;
		f->width = width;
		const bool moved = f->count > before && f->pieces[before].sheet != f->sheet &&
				   f->pieces[before].y < y;
		number++;
		if (f->count > before)
			add_marker(f, list, number, moved ? SHEET_TOP : y, f->pieces[before].sheet);
		flow_space(f, LIST_GAP);
	}
	flow_space(f, SPACE - LIST_GAP);
}

/* ---- what holds blocks ----------------------------------------------------------------------- */

static void add_blocks(struct flow *f, const struct node *first, unsigned context);

static bool torn(const struct flow *f, size_t from, size_t to)
{
	return from < f->count && to < f->count && f->pieces[from].sheet != f->pieces[to].sheet;
}

static void add_frame(struct flow *f, const struct node *div)
{
	flow_space(f, SPACE / 2);
	const struct flow_mark top = flow_mark(f);
	f->left += FRAME_INSET;
	f->width -= 2 * FRAME_INSET;
	f->y += FRAME_INSET * 0.6;
	add_blocks(f, div->first, CLASS_LEFT);
	f->left -= FRAME_INSET;
	f->width += 2 * FRAME_INSET;
	if (f->sheet == top.sheet)
		flow_add(f, &(struct piece){ .kind = PIECE_FRAME,
					     .sheet = f->sheet,
					     .x = f->left,
					     .y = top.y,
					     .width = f->width,
					     .height = f->y - top.y });
	f->y += SPACE * 1.3;
}

/* A code takes much of a sheet: what is said of it, and signed, stands at its right. */
static void add_beside(struct flow *f, const struct node *div)
{
	const struct node *code = div->first;
	const double left = f->left;
	const double width = f->width;
	if (!code || !(code->classes & CLASS_QR)) {
		add_blocks(f, code, CLASS_LEFT);
		return;
	}
	const double side = add_qr(f, code, false);
	const int sheet = f->sheet;
	const double bottom = f->y;
	f->y = bottom - side - SPACE;
	f->left += side + BESIDE_GAP;
	f->width -= side + BESIDE_GAP;
	add_blocks(f, code->next, CLASS_LEFT);
	f->left = left;
	f->width = width;
	if (f->sheet == sheet && f->y < bottom)
		f->y = bottom;
}

static void add_div(struct flow *f, const struct node *div)
{
	const double left = f->left;
	const double width = f->width;
	if (div->classes & CLASS_ADDRESS) {
		f->left += width * ADDRESS_PART;
		f->width = width * (1 - ADDRESS_PART);
	}
	const struct flow_mark before = flow_mark(f);
	const bool together =
		(div->classes & (CLASS_KEEP | CLASS_NOTE | CLASS_HEAD | CLASS_BESIDE)) != 0;
	for (int attempt = 0; attempt < 2; attempt++) {
		if (div->classes & CLASS_NOTE)
			add_frame(f, div);
		else if (div->classes & CLASS_BESIDE)
			add_beside(f, div);
		else
			add_blocks(f, div->first, div->classes);
		if (!together || attempt > 0 || !torn(f, before.count, f->count - 1))
			break;
		flow_back(f, &before);
		if (flow_at_top(f))
			continue; /* longer than a sheet: it is torn all the same */
		flow_next_sheet(f);
	}
	f->left = left;
	f->width = width;
	if (div->classes & (CLASS_HEAD | CLASS_ADDRESS))
		flow_space(f, SPACE * 2);
}

static void add_rule(struct flow *f, const struct node *hr)
{
	if (hr->classes & CLASS_SHEET) {
		if (!flow_at_top(f))
			flow_next_sheet(f);
		return;
	}
	flow_space(f, SPACE / 2);
	flow_add(f, &(struct piece){ .kind = PIECE_RULE,
				     .sheet = f->sheet,
				     .x = f->left,
				     .y = f->y,
				     .width = f->width });
	flow_space(f, SPACE);
}

static void add_block(struct flow *f, const struct node *n, unsigned context)
{
	switch (n->tag) {
	case TAG_H1:
	case TAG_H2:
	case TAG_H3: add_heading(f, n); break;
	case TAG_P:
		if (n->classes & CLASS_QR)
			(void)add_qr(f, n, true);
		else
			add_p(f, n, context);
		break;
	case TAG_UL:
	case TAG_OL: add_list(f, n); break;
	case TAG_DL:
		if (n->classes & CLASS_SIGNATURES)
			flow_signatures(f, n);
		else
			flow_facts(f, n);
		break;
	case TAG_TABLE: flow_table(f, n); break;
	case TAG_DIV: add_div(f, n); break;
	case TAG_HR: add_rule(f, n); break;
	default: break; /* xhtml_read() lets nothing else through */
	}
}

static bool is_heading(const struct node *n)
{
	return n->tag >= TAG_H1 && n->tag <= TAG_H3;
}

/* Headings, and the block after them: its beginning stands on their sheet. */
static const struct node *add_headed(struct flow *f, const struct node *n, unsigned context)
{
	const struct flow_mark before = flow_mark(f);
	const struct node *at = n;
	for (int attempt = 0; attempt < 2; attempt++) {
		for (at = n; at && is_heading(at); at = at->next)
			add_heading(f, at);
		size_t head = f->count - 1;
		if (at)
			add_block(f, at, context);
		if (attempt > 0 || !at || !torn(f, head, head + 1))
			break;
		flow_back(f, &before);
		if (!flow_at_top(f))
			flow_next_sheet(f);
	}
	return at ? at->next : NULL;
}

static bool is_signed(const struct node *n)
{
	return n->tag == TAG_P && n->next && n->next->tag == TAG_DL &&
	       (n->next->classes & CLASS_SIGNATURES);
}

/* The paragraph before signatures goes with them: a sheet of signatures alone proves nothing. */
static const struct node *add_signed(struct flow *f, const struct node *n, unsigned context)
{
	const struct flow_mark before = flow_mark(f);
	for (int attempt = 0; attempt < 2; attempt++) {
		add_block(f, n, context);
		size_t said = f->count - 1;
		add_block(f, n->next, context);
		if (attempt > 0 || before.y <= SHEET_TOP || !torn(f, said, said + 1))
			break;
		flow_back(f, &before);
		flow_next_sheet(f);
	}
	return n->next->next;
}

static void add_blocks(struct flow *f, const struct node *first, unsigned context)
{
	for (const struct node *n = first; n;) {
		if (is_heading(n)) {
			n = add_headed(f, n, context);
			continue;
		}
		if (is_signed(n)) {
			n = add_signed(f, n, context);
			continue;
		}
		add_block(f, n, context);
		n = n->next;
	}
}

void flow_body(struct flow *f, const struct node *body)
{
	add_blocks(f, body->first, 0);
}
