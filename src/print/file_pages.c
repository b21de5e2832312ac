#include "print/file_pages.h"

#include "base/confine.h"
#include "print/file_wire.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include <jpeglib.h> /* wants stdio.h before */

#define QUALITY    80
#define GREY_SLACK 6 /* colours that differ by no more are grey */

const char *file_state_name(enum file_state state)
{
	static const char *const name[] = { "drawn",    "cut",     "locked", "broken",
					    "too_much", "unknown", "no_room" };
	return name[state];
}

struct file_budget file_budget_new(void)
{
	return (struct file_budget){ BUNDLE_MS, BUNDLE_PICTURES_MOST };
}

/* ---- pixels to JPEG -------------------------------------------------------------------------- */

struct jump {
	struct jpeg_error_mgr base; /* first */
	jmp_buf back;
};

static void jump_back(j_common_ptr c)
{
	longjmp(((struct jump *)c->err)->back, 1);
}

static bool is_grey(const unsigned char *rgb, size_t dots)
{
	for (size_t i = 0; i < dots; i++, rgb += 3) {
		if (abs(rgb[0] - rgb[1]) > GREY_SLACK || abs(rgb[1] - rgb[2]) > GREY_SLACK)
			return false;
	}
	return true;
}

/* In place, as the first third. */
static void make_grey(unsigned char *rgb, size_t dots)
{
	for (size_t i = 0; i < dots; i++)
		rgb[i] = rgb[i * 3 + 1];
}

/* What libjpeg calls back with is on the heap or in `c`: nothing that longjmp() may clobber. */
static void compress_rows(struct jpeg_compress_struct *c, unsigned char *rgb,
			  const struct picture *p, int parts)
{
	c->image_width = (JDIMENSION)p->width;
	c->image_height = (JDIMENSION)p->height;
	c->input_components = parts;
	c->in_color_space = parts == 1 ? JCS_GRAYSCALE : JCS_RGB;
	jpeg_set_defaults(c);
	jpeg_set_quality(c, QUALITY, TRUE);
	jpeg_start_compress(c, TRUE);
	while (c->next_scanline < c->image_height) {
		JSAMPROW row = rgb + (size_t)c->next_scanline * (size_t)p->width * (size_t)parts;
		(void)jpeg_write_scanlines(c, &row, 1);
	}
	jpeg_finish_compress(c);
}

struct packed {
	struct jpeg_compress_struct c;
	struct jump jump;
	unsigned char *bytes;
	unsigned long size;
};

static bool pack(struct packed *to, unsigned char *rgb, const struct picture *p, int parts)
{
	to->c.err = jpeg_std_error(&to->jump.base);
	to->jump.base.error_exit = jump_back;
	if (setjmp(to->jump.back)) {
		jpeg_destroy_compress(&to->c);
		return false;
	}
	jpeg_create_compress(&to->c);
	jpeg_mem_dest(&to->c, &to->bytes, &to->size);
	compress_rows(&to->c, rgb, p, parts);
	jpeg_destroy_compress(&to->c);
	return true;
}

static bool compress(struct arena *a, unsigned char *rgb, struct picture *p)
{
	struct packed to = { 0 };
	const size_t dots = (size_t)p->width * (size_t)p->height;
	const bool grey = is_grey(rgb, dots);
	if (grey)
		make_grey(rgb, dots);
	const bool ok = pack(&to, rgb, p, grey ? 1 : 3);
	if (ok) {
		p->jpeg = arena_copy_n(a, to.bytes, to.size);
		p->size = to.size;
	}
	free(to.bytes);
	return ok;
}

/* ---- the other process ----------------------------------------------------------------------- */

/* Which page, and how it lies; 0 all. */
struct wish {
	const char *media;
	int page, turns;
};

static bool start(struct confine_child *c, const struct wish *w, const void *bytes, size_t size,
		  int64_t most_ms, struct err *e)
{
	char name[] = "konkurs";
	char command[] = "draw-file";
	char kind[32];
	char page[16];
	char turns[16];
	char *const argv[] = { name, command, kind, page, turns, NULL };
	(void)snprintf(kind, sizeof(kind), "%s", w->media);
	(void)snprintf(page, sizeof(page), "%d", w->page);
	(void)snprintf(turns, sizeof(turns), "%d", w->turns);
	return confine_start(c, argv, bytes, size, most_ms, e);
}

/* How it had ended says why it said no more. */
static enum file_state finish(struct confine_child *c)
{
	return confine_finish(c) == CONFINE_TOO_MUCH ? FILE_TOO_MUCH : FILE_BROKEN;
}

/* ---- a file ---------------------------------------------------------------------------------- */

static bool take_page(struct arena *a, struct confine_child *c, const struct file_head *h,
		      unsigned char *dots, struct file_pages *f)
{
	struct picture p = { .width = (int)h->a, .height = (int)h->b };
	if (h->a == 0 || h->b == 0 || h->a > FILE_BOX_WIDTH || h->b > FILE_BOX_HEIGHT ||
	    f->count == FILE_PAGES_MOST ||
	    !confine_take(c, dots, (size_t)p.width * (size_t)p.height * 3) ||
	    !compress(a, dots, &p))
		return false;
	f->pictures[f->count++] = p;
	return true;
}

/* Believes nothing that it is told but dots.  False: it broke off or said nonsense. */
static bool listen_to(struct arena *a, struct confine_child *c, struct file_budget *budget,
		      unsigned char *dots, struct file_pages *f)
{
	struct file_head h = { 0 };
	if (!confine_take(c, &h, sizeof(h)) || h.mark != FILE_BEGIN || h.a > 1000000)
		return false;
	f->total = (int)h.a;
	while (confine_take(c, &h, sizeof(h)) && h.mark == FILE_PAGE) {
		if (!take_page(a, c, &h, dots, f))
			return false;
		const size_t size = f->pictures[f->count - 1].size;
		if (size > budget->bytes) {
			f->state = FILE_NO_ROOM;
			return c->late = true;
		}
		budget->bytes -= size;
	}
	if (h.mark != FILE_END || h.a > FILE_UNKNOWN)
		return false;
	f->state = (enum file_state)h.a;
	return true;
}

static bool is_drawn(enum file_state state)
{
	return state == FILE_DRAWN || state == FILE_CUT;
}

static bool draw(struct arena *a, const struct wish *w, const void *bytes, size_t size,
		 struct file_budget *budget, struct file_pages *ret, struct err *e)
{
	const int64_t begin = confine_now_ms();
	const int64_t most_ms = budget->ms < FILE_WALL_MS ? budget->ms : FILE_WALL_MS;
	struct confine_child c = { 0 };
	*ret = (struct file_pages){ .state = FILE_NO_ROOM };
	if (budget->ms <= 0 || budget->bytes == 0)
		return true;
	if (size > FILE_BYTES_MOST) {
		ret->state = FILE_TOO_MUCH;
		return true;
	}
	if (!start(&c, w, bytes, size, most_ms, e))
		return false;
	unsigned char *dots = calloc((size_t)FILE_BOX_WIDTH * FILE_BOX_HEIGHT, 3);
	ret->pictures = arena_array(a, FILE_PAGES_MOST, sizeof(*ret->pictures));
	const bool told = dots && listen_to(a, &c, budget, dots, ret);
	c.late = c.late || !dots;
	const enum file_state ended = finish(&c);
	free(dots);
	if (!told)
		ret->state = ended;
	if (!is_drawn(ret->state))
		ret->count = 0;
	budget->ms -= confine_now_ms() - begin;
	return true;
}

bool file_pages_draw(struct arena *a, const char *media, const void *bytes, size_t size,
		     struct file_budget *budget, struct file_pages *ret, struct err *e)
{
	const struct wish all = { media, 0, 0 };
	return draw(a, &all, bytes, size, budget, ret, e);
}

bool file_page_draw(struct arena *a, const char *media, const void *bytes, size_t size, int page,
		    int turns, struct file_pages *ret, struct err *e)
{
	const struct wish one = { media, page, turns };
	struct file_budget budget = file_budget_new();
	return draw(a, &one, bytes, size, &budget, ret, e);
}
