/* golden.h - what is in a PDF, as poppler and zbar read it, and comparison with what it was.
 *
 *   KONKURS_GOLDEN=update meson test -C build --suite print     writes test/print/golden/ anew */
#pragma once
#include "base/buf.h"

struct pdf_file {
	struct arena *arena;
	char folder[64]; /* of its own; removed by pdf_drop() */
};

/* Puts a PDF into a folder of its own. */
struct pdf_file pdf_keep(struct arena *a, const struct buf *pdf);
void pdf_drop(struct pdf_file *f);

/* The output of a command; "FILE" in it stands for the PDF, "DIR" for its folder. */
const char *pdf_tool(const struct pdf_file *f, const char *command);

const char *pdf_text(const struct pdf_file *f); /* pdftotext -layout */
int pdf_pages(const struct pdf_file *f);

/* Fails the test unless the fonts are all in the file, with their characters' Unicode. */
void pdf_fonts_inside(const struct pdf_file *f);

/* Fails the test unless `text` is that of golden/NAME.txt.  Hashes and places in the journal are
 * not compared: "#" stands for a word of 32 hexadecimal digits or more, and for the last number
 * of a line that names the place. */
void golden_text(const struct pdf_file *f, const char *name);

/* The same for the picture of the first page, golden/NAME.png, in 36 dots per inch: at most 2 % of
 * the dots may differ by much. */
void golden_picture(const struct pdf_file *f, const char *name);
