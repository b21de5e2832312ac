/* paper.h - papers as PDF: A4, in Kazakh, Russian or English, with the fonts inside.
 *
 * A paper is a small subset of XHTML (docs/papers.md has all of it), made by the same templates
 * and messages as the pages, from the same models.  Each sheet carries in its foot the hash of
 * the paper, the place in the journal up to which it tells, the page "1 / 3", and a QR code with
 * hash and place (F15).
 *
 * The same input gives the same bytes: nothing here looks at a clock, and the date in the file is
 * `at_ms`.  Everything may run on any thread; it takes milliseconds, so not on the loop. */
#pragma once
#include "base/buf.h"
#include "print/file_pages.h"

enum { PAPER_HASH_SIZE = 65 }; /* hexadecimal SHA-256, terminated */

struct paper {
	const char *title; /* in the file's properties, the bookmarks, the head of later sheets */
	const char *language; /* "kk", "ru", "en": what its letters are shaped for               */
	const char *xhtml;    /* UTF-8                                                            */
	size_t size;
	const char *method; /* of the hash, as it is printed: "SHA-256"                         */
	const char *hash;   /* 64 hexadecimal digits                                            */
	int64_t seq;        /* place in the journal of the newest entry it rests on; 0 for none  */
	int64_t at_ms;      /* the instant of that entry                                        */
	const char *mark;   /* at the head of every sheet: that values are for demonstration; "" */
	const char *origin; /* in the foot: the system it comes from                             */
	const char *place;  /* in the foot, before the seq: "place in the journal"               */
	bool coded; /* a code that leads to /verify stands on it: none in the foot          */
	const char *group; /* in a bundle: the bookmark it stands under; NULL for none          */
	const char *item;  /* in a bundle: the bookmark below that of the group; NULL for none */
	/* In a bundle: a file of others instead of XHTML.  Its sheets are its pictures, each in a
	 * frame below a head with `caption` and `hash`, so that nobody takes one for a paper of
	 * ours; they carry no code, as the hash is not in the register. */
	const struct file_pages *file;
	const char *caption;
};

/* SHA-256 of what a paper says: of its XHTML, byte for byte. */
void paper_hash(const char *xhtml, size_t size, char ret[PAPER_HASH_SIZE]);

/* What the QR code says: "KONKURS 12 89AB..", the seq and the hash in capitals. */
const char *paper_code(struct arena *a, const char *hash, int64_t seq);

/* Adds the PDF to `out`.  XHTML outside the subset is ERR_SYSTEM "error.paper" with the line and
 * what is wrong in detail; so is a failure of the libraries.  Hostile text is no failure: control
 * characters are replaced, marks that turn the direction of writing left out, long words broken.
 */
bool paper_pdf(const struct paper *p, struct buf *out, struct err *e) MUST_USE;

/* Several papers as one PDF: `cover` (its XHTML is the head of the page of contents), the contents
 * with page numbers that are links, then the papers, each numbered in itself, with bookmarks for
 * each group, paper and heading. */
bool paper_bundle(const struct paper *cover, const struct paper *papers, size_t count,
		  struct buf *out, struct err *e) MUST_USE;
