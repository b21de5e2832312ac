/* flow.h - where everything of a paper stands: lines of text, rules and frames, sheet by sheet.
 * Only for print/.
 *
 * Laying out fills a list of pieces with their sheet and place; drawing comes afterwards, when it
 * is known how many sheets there are.  What has to stay together is laid, and if it was torn, taken
 * back and laid again on the next sheet.  Lengths are points, 1/72 inch. */
#pragma once
#include "print/xhtml.h"

#include <pango/pangocairo.h>

#define POINTS(mm) ((mm)*72.0 / 25.4)

/* A4; the margins of official papers: wide at the left, for the binding. */
#define SHEET_WIDTH  POINTS(210)
#define SHEET_HEIGHT POINTS(297)
#define SHEET_LEFT   POINTS(25)
#define SHEET_RIGHT  (SHEET_WIDTH - POINTS(15))
#define SHEET_TOP    POINTS(22)
#define SHEET_BOTTOM (SHEET_HEIGHT - POINTS(34))

enum piece_kind {
	PIECE_LINE,
	PIECE_RULE,
	PIECE_DOTS,
	PIECE_BAND,
	PIECE_FRAME,
	PIECE_HEADING,
	PIECE_QR
};

struct piece {
	enum piece_kind kind;
	int sheet; /* from 0                                              */
	double x, y;
	double width, height;  /* of rule, dots, band and frame                          */
	PangoLayoutLine *line; /* PIECE_LINE: its base line begins at x, y            */
	bool quiet;            /* PIECE_LINE: in grey                                 */
	const char *text;      /* PIECE_HEADING: for the bookmarks; PIECE_QR: what it says */
	int level;             /* PIECE_HEADING: 1 to 3                               */
};

struct flow {
	struct arena *arena;
	PangoContext *context;
	struct piece *pieces;
	size_t count, room;
	int sheet;
	double y;
	double left, width; /* of the column that is being filled */
	double size;        /* of the letters                     */
};

struct flow flow_on(struct arena *a, PangoContext *context);
void flow_add(struct flow *f, const struct piece *p);
void flow_next_sheet(struct flow *f);
bool flow_at_top(const struct flow *f);
double flow_left_over(const struct flow *f); /* height of this sheet's rest */

/* Vertical space, none at the top of a sheet. */
void flow_space(struct flow *f, double height);

/* A state to come back to. */
struct flow_mark {
	size_t count;
	int sheet;
	double y;
};
struct flow_mark flow_mark(const struct flow *f);
void flow_back(struct flow *f, const struct flow_mark *mark);

/* The body and all it holds, from where the flow stands. */
void flow_body(struct flow *f, const struct node *body);

/* ---- between the files of print/ ------------------------------------------------------ */

struct style {
	double size;
	bool bold;
	bool quiet;
	bool lines; /* line feeds are kept */
	bool justify;
	PangoAlignment align;
};

/* text.c: the inline nodes from `first` to before `end` as text of this width (negative: as long
 * as it likes).  Lives as long as the arena. */
PangoLayout *text_layout(const struct flow *f, const struct node *first, const struct node *end,
			 const struct style *style, double width);

/* text.c: plain text as one layout. */
PangoLayout *text_plain(struct arena *a, PangoContext *context, const char *text,
			const struct style *style, double width);
double text_height(PangoLayout *layout);
double text_width(PangoLayout *layout);  /* as wide as it is          */
double text_narrow(PangoLayout *layout); /* of its longest word       */

/* text.c: the first line that does not fit if `from` stands at the top of this height. */
int text_fit(PangoLayout *layout, int from, double height);

/* text.c: adds the lines from `from` to before `end`, the first with its top at x, y; gives their
 * height. */
double text_place(struct flow *f, PangoLayout *layout, int from, int end, double x, double y,
		  bool quiet);
int text_lines(PangoLayout *layout);

/* Only the text of inline nodes, blanks made one. */
const char *text_of(struct arena *a, const struct node *first);

/* qr.c: how many squares wide a code with this text is, the white around it too; 0: too long. */
int qr_units(const char *text);

/* table.c */
void flow_table(struct flow *f, const struct node *table);
void flow_facts(struct flow *f, const struct node *dl);
void flow_signatures(struct flow *f, const struct node *dl);
