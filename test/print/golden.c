#include "golden.h"

#include <cairo.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { DARKER_BY = 96, DIFFERENT_PER_MILLE = 20 };

/* ---- the file -------------------------------------------------------------------------------- */

static bool write_file(const char *name, const char *bytes, size_t size)
{
	FILE *file = fopen(name, "wb");
	bool ok = file && fwrite(bytes, 1, size, file) == size;
	return file && fclose(file) == 0 && ok;
}

static bool read_file(const char *name, struct buf *out)
{
	char part[4096];
	size_t size = 0;
	FILE *file = fopen(name, "rb");
	if (!file)
		return false;
	while ((size = fread(part, 1, sizeof(part), file)) > 0)
		buf_add_n(out, part, size);
	return fclose(file) == 0;
}

struct pdf_file pdf_keep(struct arena *a, const struct buf *pdf)
{
	struct pdf_file f = { .arena = a };
	(void)snprintf(f.folder, sizeof(f.folder), "/tmp/konkurs-print-XXXXXX");
	assert_non_null(mkdtemp(f.folder));
	assert_true(write_file(arena_print(a, "%s/paper.pdf", f.folder), pdf->text, pdf->length));
	return f;
}

void pdf_drop(struct pdf_file *f)
{
	(void)pdf_tool(f, "rm -r DIR");
}

const char *pdf_tool(const struct pdf_file *f, const char *command)
{
	struct buf line = buf_on(f->arena);
	struct buf out = buf_on(f->arena);
	char part[4096];
	size_t size = 0;
	for (const char *at = command; *at;) {
		if (strncmp(at, "FILE", 4) == 0) {
			buf_print(&line, "%s/paper.pdf", f->folder);
			at += 4;
		} else if (strncmp(at, "DIR", 3) == 0) {
			buf_add(&line, f->folder);
			at += 3;
		} else {
			buf_add_char(&line, *at++);
		}
	}
	FILE *pipe = popen(line.text, "r");
	assert_non_null(pipe);
	while ((size = fread(part, 1, sizeof(part), pipe)) > 0)
		buf_add_n(&out, part, size);
	if (pclose(pipe) != 0)
		fail_msg("%s failed", line.text);
	return out.text;
}

const char *pdf_text(const struct pdf_file *f)
{
	return pdf_tool(f, "pdftotext -layout FILE -");
}

int pdf_pages(const struct pdf_file *f)
{
	const char *info = strstr(pdf_tool(f, "pdfinfo FILE"), "Pages:");
	assert_non_null(info);
	return (int)strtol(info + strlen("Pages:"), NULL, 10);
}

void pdf_fonts_inside(const struct pdf_file *f)
{
	const char *fonts = pdf_tool(f, "pdffonts FILE | tail -n +3");
	assert_true(*fonts);
	for (const char *at = fonts; *at;) {
		size_t size = strcspn(at, "\n");
		const char *line = arena_copy_n(f->arena, at, size);
		if (!strstr(line, " yes yes yes "))
			fail_msg("not embedded, not a subset or without Unicode: %s", line);
		at += size + (at[size] == '\n');
	}
}

/* ---- golden text ----------------------------------------------------------------------------- */

static bool updating(void)
{
	const char *said = getenv("KONKURS_GOLDEN");
	return said && strcmp(said, "update") == 0;
}

static bool is_hex(const char *word, size_t size)
{
	return strspn(word, "0123456789abcdef") >= size;
}

static bool names_place(const char *line)
{
	static const char *const label[] = { "Место в журнале", "Журналдағы орны" };
	static const char *const first[] = { "Записей ", "Жазбалар " }; /* of a checkpoint */
	const char *begin = line + strspn(line, " \f\t");
	bool some = false;
	for (size_t i = 0; i < COUNT(label); i++)
		some = some || strstr(line, label[i]) ||
		       strncmp(begin, first[i], strlen(first[i])) == 0;
	return some;
}

/* Whether the word is of a key, a root or a signature, or what is left of one behind a break, which
 * may be anywhere: then it is left out.  `behind` is how many words ago a signature's dash was. */
static bool is_secret(const char *word, bool after, int behind)
{
	enum { LEAST = 16 }; /* no word of ours in these letters is as long */
	const size_t size = strlen(word);
	if (strncmp(word, "konkurs/", strlen("konkurs/")) == 0)
		return true;
	return word[strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				 "0123456789+/=")] == '\0' &&
	       (after || behind == 2 || (size >= LEAST && !is_hex(word, size)));
}

/* Words one blank apart, hashes and places left out: how wide a font is does not matter. */
static const char *settled(struct arena *a, const char *text)
{
	struct buf out = buf_on(a);
	bool secret = false;
	int behind = 3;
	for (const char *at = text; *at;) {
		size_t length = strcspn(at, "\n");
		char *line = arena_copy_n(a, at, length);
		bool place = names_place(line);
		char *rest = NULL;
		bool any = false;
		for (char *word = strtok_r(line, " \f\t", &rest); word;
		     word = strtok_r(NULL, " \f\t", &rest)) {
			size_t size = strlen(word);
			bool hidden = (size >= 8 && is_hex(word, size)) ||
				      (place && strspn(word, "0123456789") == size);
			behind = strcmp(word, "—") == 0              ? 0
				 : behind == 0 && !strchr(word, '/') ? 3 /* no name of a key */
								     : behind + 1;
			secret = is_secret(word, secret, behind);
			if (secret)
				continue;
			buf_add(&out, any ? " " : "");
			buf_add(&out, hidden ? "#" : word);
			any = true;
		}
		if (any)
			buf_add_char(&out, '\n');
		at += length + (at[length] == '\n');
	}
	return out.text;
}

void golden_text(const struct pdf_file *f, const char *name)
{
	const char *path = arena_print(f->arena, "%s/%s.txt", GOLDEN_DIR, name);
	const char *text = settled(f->arena, pdf_text(f));
	struct buf kept = buf_on(f->arena);
	if (updating()) {
		assert_true(write_file(path, text, strlen(text)));
		return;
	}
	if (!read_file(path, &kept))
		fail_msg("%s is missing: KONKURS_GOLDEN=update writes it", path);
	if (strcmp(kept.text, text) != 0)
		fail_msg("%s: the paper now reads\n%s\nbut was\n%s", name, text, kept.text);
}

/* ---- golden picture -------------------------------------------------------------------------- */

static int grey_at(cairo_surface_t *s, int x, int y)
{
	const unsigned char *row =
		cairo_image_surface_get_data(s) + (ptrdiff_t)y * cairo_image_surface_get_stride(s);
	return row[x * 4];
}

/* Dots in a thousand that differ by much, with one dot of play. */
static int difference(cairo_surface_t *a, cairo_surface_t *b)
{
	const int width = cairo_image_surface_get_width(a);
	const int height = cairo_image_surface_get_height(a);
	long count = 0;
	if (width != cairo_image_surface_get_width(b) ||
	    height != cairo_image_surface_get_height(b))
		return 1000;
	for (int y = 1; y < height - 1; y++) {
		for (int x = 1; x < width - 1; x++) {
			bool near = false;
			for (int k = 0; k < 9 && !near; k++)
				near = abs(grey_at(a, x, y) -
					   grey_at(b, x + k % 3 - 1, y + k / 3 - 1)) < DARKER_BY;
			count += !near;
		}
	}
	return (int)(count * 1000 / ((long)width * height));
}

void golden_picture(const struct pdf_file *f, const char *name)
{
	const char *path = arena_print(f->arena, "%s/%s.png", GOLDEN_DIR, name);
	(void)pdf_tool(f, "pdftoppm -r 36 -f 1 -l 1 -singlefile -png FILE DIR/now");
	if (updating()) {
		(void)pdf_tool(f, arena_print(f->arena, "cp DIR/now.png %s", path));
		return;
	}
	cairo_surface_t *was = cairo_image_surface_create_from_png(path);
	cairo_surface_t *now =
		cairo_image_surface_create_from_png(arena_print(f->arena, "%s/now.png", f->folder));
	if (cairo_surface_status(was) != CAIRO_STATUS_SUCCESS)
		fail_msg("%s is missing: KONKURS_GOLDEN=update writes it", path);
	assert_int_equal(cairo_surface_status(now), CAIRO_STATUS_SUCCESS);
	int apart = difference(was, now);
	cairo_surface_destroy(was);
	cairo_surface_destroy(now);
	if (apart > DIFFERENT_PER_MILLE)
		fail_msg("%s: %d of 1000 dots differ", name, apart);
}
