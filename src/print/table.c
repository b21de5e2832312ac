/* table.c - tables whose rows are not torn and whose head stands on every sheet, and the two kinds
 * of lists of names and values that are laid like tables. */
#include "print/flow.h"

#include <string.h>

#define CELL_SIZE    9.5
#define CELL_SIDE    4.0
#define CELL_ABOVE   1.8
#define AFTER        8.0
#define FACT_PART    0.36
#define FACT_GAP     10.0
#define FACT_SPACE   2.0
#define SIGN_ROLE    0.37
#define SIGN_LINE    0.24
#define SIGN_SPACE   13.0
#define LONGEST_PART 0.45 /* of the width a word may ask for before it is broken */

enum { COLUMNS_MOST = 24 };

struct column {
	double least, most; /* what its cells ask for          */
	int said;           /* per cent, 0 if nothing was said */
	double x, width;
};

struct table {
	struct flow *flow;
	const struct node *head; /* thead or NULL */
	bool plain;
	struct column column[COLUMNS_MOST];
	size_t count;
};

/* ---- widths ---------------------------------------------------------------------------------- */

static struct style cell_style(const struct table *t, const struct node *cell)
{
	PangoAlignment align = PANGO_ALIGN_LEFT;
	if (cell->classes & CLASS_NUMBER)
		align = PANGO_ALIGN_RIGHT;
	else if (cell->classes & CLASS_CENTER)
		align = PANGO_ALIGN_CENTER;
	return (struct style){ .size = t->plain ? t->flow->size : CELL_SIZE,
			       .bold = cell->tag == TAG_TH,
			       .lines = (cell->classes & CLASS_LINES) != 0,
			       .align = align };
}

static double max(double a, double b)
{
	return a > b ? a : b;
}

static double min(double a, double b)
{
	return a < b ? a : b;
}

static void ask(struct table *t, const struct node *row)
{
	size_t i = 0;
	for (const struct node *cell = row->first; cell && i < COLUMNS_MOST; cell = cell->next) {
		const struct style style = cell_style(t, cell);
		struct column *c = &t->column[i++];
		PangoLayout *layout = text_layout(t->flow, cell->first, NULL, &style, -1);
		const double most = text_width(layout) + 2 * CELL_SIDE + 1;
		c->most = max(c->most, min(most, 3 * t->flow->width));
		c->least = max(c->least, min(text_narrow(layout) + 2 * CELL_SIDE + 1,
					     LONGEST_PART * t->flow->width));
		c->said = cell->width ? cell->width : c->said;
	}
	t->count = i > t->count ? i : t->count;
}

/* Every column gets what it needs at least, and of the rest in proportion to what it would like;
 * if there is room for all, the rest is given in proportion to what they have. */
static void share_width(struct table *t)
{
	double least = 0;
	double wish = 0;
	const double all = t->flow->width;
	for (size_t i = 0; i < t->count; i++) {
		struct column *c = &t->column[i];
		if (c->said)
			c->least = c->most = all * c->said / 100;
		c->most = max(c->most, c->least);
		least += c->least;
		wish += c->most - c->least;
	}
	double x = 0;
	for (size_t i = 0; i < t->count; i++) {
		struct column *c = &t->column[i];
		if (least >= all)
			c->width = c->least * all / least;
		else if (wish > 0)
			c->width = c->least + (all - least) * (c->most - c->least) / wish;
		else
			c->width = c->least * all / max(least, 1);
		c->x = x;
		x += c->width;
	}
}

/* ---- rows ------------------------------------------------------------------------------------ */

struct row {
	PangoLayout *cell[COLUMNS_MOST];
	int next[COLUMNS_MOST]; /* the first line that is not placed yet */
	size_t count;
	double height;
	bool head;
};

static double side_of(const struct table *t, size_t column)
{
	return t->plain && column == 0 ? 0 : CELL_SIDE;
}

static struct row measure(const struct table *t, const struct node *tr, bool head)
{
	struct row row = { .head = head };
	for (const struct node *cell = tr->first; cell && row.count < COLUMNS_MOST;
	     cell = cell->next) {
		const struct style style = cell_style(t, cell);
		const double width = t->column[row.count].width - side_of(t, row.count) - CELL_SIDE;
		PangoLayout *layout =
			text_layout(t->flow, cell->first, NULL, &style, max(width, 4));
		row.height = max(row.height, text_height(layout));
		row.cell[row.count++] = layout;
	}
	row.height += 2 * CELL_ABOVE;
	return row;
}

static void add_grid(const struct table *t, const struct row *row, double height)
{
	struct flow *f = t->flow;
	if (row->head && !t->plain)
		flow_add(f, &(struct piece){ .kind = PIECE_BAND,
					     .sheet = f->sheet,
					     .x = f->left,
					     .y = f->y,
					     .width = f->width,
					     .height = height });
	for (size_t i = 0; !t->plain && i < t->count; i++)
		flow_add(f, &(struct piece){ .kind = PIECE_FRAME,
					     .sheet = f->sheet,
					     .x = f->left + t->column[i].x,
					     .y = f->y,
					     .width = t->column[i].width,
					     .height = height });
}

/* As many lines of each cell as fit into `room`; true if that was all. */
static bool place_row(struct table *t, struct row *row, double room)
{
	struct flow *f = t->flow;
	bool whole = true;
	double height = 0;
	int end[COLUMNS_MOST];
	for (size_t i = 0; i < row->count; i++) {
		end[i] = text_fit(row->cell[i], row->next[i], room - 2 * CELL_ABOVE);
		whole = whole && end[i] >= text_lines(row->cell[i]);
	}
	const size_t band = f->count;
	add_grid(t, row, 0);
	const size_t text = f->count;
	for (size_t i = 0; i < row->count; i++) {
		if (row->next[i] >= end[i])
			continue;
		const double x = f->left + t->column[i].x + side_of(t, i);
		height = max(height, text_place(f, row->cell[i], row->next[i], end[i], x,
						f->y + CELL_ABOVE, false));
		row->next[i] = end[i];
	}
	height += 2 * CELL_ABOVE;
	for (size_t i = band; i < text; i++)
		f->pieces[i].height = height;
	f->y += height;
	return whole;
}

static double head_height(struct table *t)
{
	double height = 0;
	for (const struct node *tr = t->head ? t->head->first : NULL; tr; tr = tr->next)
		height += measure(t, tr, true).height;
	return height;
}

static void add_head(struct table *t)
{
	for (const struct node *tr = t->head ? t->head->first : NULL; tr; tr = tr->next) {
		struct row row = measure(t, tr, true);
		(void)place_row(t, &row, SHEET_BOTTOM);
	}
}

/* A row goes whole onto the next sheet if it does not fit; one that is longer than a sheet is
 * continued there. */
static void add_row(struct table *t, const struct node *tr, double head, bool first)
{
	struct flow *f = t->flow;
	struct row row = measure(t, tr, false);
	const double needed = row.height + (first ? head : 0);
	const double sheet = SHEET_BOTTOM - SHEET_TOP - head;
	if (needed > flow_left_over(f) && !flow_at_top(f) &&
	    (row.height <= sheet || flow_left_over(f) < sheet / 4)) {
		flow_next_sheet(f);
		first = true;
	}
	if (first)
		add_head(t);
	while (!place_row(t, &row, flow_left_over(f))) {
		flow_next_sheet(f);
		add_head(t);
	}
}

void flow_table(struct flow *f, const struct node *table)
{
	struct table t = { .flow = f, .plain = (table->classes & CLASS_PLAIN) != 0 };
	for (const struct node *part = table->first; part; part = part->next) {
		if (part->tag == TAG_THEAD && !t.head)
			t.head = part;
		for (const struct node *tr = part->first; tr; tr = tr->next)
			ask(&t, tr);
	}
	if (t.count == 0)
		return;
	share_width(&t);
	double head = head_height(&t);
	bool first = true;
	if (t.head && head > (SHEET_BOTTOM - SHEET_TOP) / 3) {
		/* No head to repeat: its rows are rows like the others. */
		const struct node *tr = t.head->first;
		t.head = NULL;
		for (; tr; tr = tr->next)
			add_row(&t, tr, 0, false);
		head = 0;
	}
	for (const struct node *part = table->first; part; part = part->next) {
		if (part->tag != TAG_TBODY)
			continue;
		for (const struct node *tr = part->first; tr; tr = tr->next) {
			add_row(&t, tr, head, first);
			first = false;
		}
	}
	if (first) {
		if (head > flow_left_over(f))
			flow_next_sheet(f);
		add_head(&t);
	}
	flow_space(f, AFTER);
}

/* ---- names and values ------------------------------------------------------------------------ */

static const struct node *next_pair(const struct node *dt, const struct node **ret_dd)
{
	*ret_dd = dt->next && dt->next->tag == TAG_DD ? dt->next : NULL;
	return *ret_dd ? (*ret_dd)->next : dt->next;
}

static void add_fact(struct flow *f, const struct node *dt, const struct node *dd)
{
	const double first = f->width * FACT_PART;
	const struct style name = { .size = f->size, .quiet = true };
	const struct style value = { .size = f->size, .lines = dd && (dd->classes & CLASS_LINES) };
	PangoLayout *left =
		text_layout(f, dt->tag == TAG_DT ? dt->first : NULL, NULL, &name, first - FACT_GAP);
	PangoLayout *right = text_layout(f, dd ? dd->first : NULL, NULL, &value, f->width - first);
	const double height = max(text_height(left), text_height(right));
	const double sheet = SHEET_BOTTOM - SHEET_TOP;
	if (height > flow_left_over(f) && !flow_at_top(f) &&
	    (height < sheet / 2 || flow_left_over(f) < sheet / 4))
		flow_next_sheet(f);
	int from = 0;
	const int count = text_lines(right);
	double used =
		text_place(f, left, 0, text_fit(left, 0, flow_left_over(f)), f->left, f->y, true);
	for (;;) {
		int end = text_fit(right, from, flow_left_over(f));
		used = max(used, text_place(f, right, from, end, f->left + first, f->y, false));
		f->y += used;
		used = 0;
		from = end;
		if (from >= count)
			break;
		flow_next_sheet(f);
	}
	flow_space(f, FACT_SPACE);
}

void flow_facts(struct flow *f, const struct node *dl)
{
	const struct node *dd = NULL;
	for (const struct node *n = dl->first; n;) {
		const struct node *dt = n;
		n = next_pair(dt, &dd);
		if (dt->tag == TAG_DD)
			dd = dt;
		add_fact(f, dt, dd);
	}
	flow_space(f, AFTER - FACT_SPACE);
}

/* ---- signatures ------------------------------------------------------------------------------ */

static void add_sign_rule(struct flow *f, double x, double y, double width)
{
	flow_add(f,
		 &(struct piece){
			 .kind = PIECE_RULE, .sheet = f->sheet, .x = x, .y = y, .width = width });
}

static double sign_height(struct flow *f, const struct node *dt, const struct node *dd, bool place)
{
	const struct style style = { .size = f->size };
	const double line = f->width * (SIGN_ROLE + SIGN_LINE);
	PangoLayout *role =
		text_layout(f, dt->first, NULL, &style, f->width * SIGN_ROLE - FACT_GAP);
	PangoLayout *name =
		text_layout(f, dd ? dd->first : NULL, NULL, &style, f->width - line - FACT_GAP);
	const double height = max(text_height(role), text_height(name));
	if (!place)
		return height + SIGN_SPACE;
	const double role_height = text_height(role);
	const double name_height = text_height(name);
	(void)text_place(f, role, 0, text_lines(role), f->left, f->y + height - role_height, false);
	(void)text_place(f, name, 0, text_lines(name), f->left + line + FACT_GAP,
			 f->y + height - name_height, false);
	add_sign_rule(f, f->left + f->width * SIGN_ROLE, f->y + height - 2, f->width * SIGN_LINE);
	if (!dd || !*text_of(f->arena, dd->first)) /* whoever it will be writes the name */
		add_sign_rule(f, f->left + line + FACT_GAP, f->y + height - 2,
			      f->width - line - FACT_GAP);
	return height + SIGN_SPACE;
}

/* All on one sheet if they can be: a sheet of signatures alone proves nothing, but a torn row less.
 */
void flow_signatures(struct flow *f, const struct node *dl)
{
	const struct node *dd = NULL;
	double all = 0;
	for (const struct node *n = dl->first; n;) {
		const struct node *dt = n;
		n = next_pair(dt, &dd);
		all += sign_height(f, dt, dd, false);
	}
	flow_space(f, SIGN_SPACE);
	all -= SIGN_SPACE; /* after the last there need be none */
	if (all > flow_left_over(f) && all < SHEET_BOTTOM - SHEET_TOP)
		flow_next_sheet(f);
	for (const struct node *n = dl->first; n;) {
		const struct node *dt = n;
		n = next_pair(dt, &dd);
		if (sign_height(f, dt, dd, false) - SIGN_SPACE > flow_left_over(f) &&
		    !flow_at_top(f))
			flow_next_sheet(f);
		f->y += sign_height(f, dt, dd, true);
	}
}
