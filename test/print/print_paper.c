/* print_paper FILE.html FILE.pdf LANGUAGE: what a paper looks like, for whoever writes one. */
#include "print/paper.h"

#include <stdio.h>
#include <string.h>

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

int main(int count, char **word)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct buf xhtml = buf_on(a);
	struct buf pdf = buf_on(a);
	struct err e = { 0 };
	char hash[PAPER_HASH_SIZE];
	if (count != 4 || !read_file(word[1], &xhtml)) {
		(void)fprintf(stderr, "print_paper FILE.html FILE.pdf LANGUAGE\n");
		return 2;
	}
	paper_hash(xhtml.text, xhtml.length, hash);
	const struct paper p = { .title = word[1],
				 .language = word[3],
				 .xhtml = xhtml.text,
				 .size = xhtml.length,
				 .method = "SHA-256",
				 .hash = hash,
				 .seq = 1,
				 .mark = "print_paper",
				 .origin = "Konkurs",
				 .place = "seq" };
	if (!paper_pdf(&p, &pdf, &e)) {
		(void)fprintf(stderr, "%s\n", e.detail);
		return 1;
	}
	FILE *file = fopen(word[2], "wb");
	bool ok = file && fwrite(pdf.text, 1, pdf.length, file) == pdf.length;
	return file && fclose(file) == 0 && ok ? 0 : 1;
}
