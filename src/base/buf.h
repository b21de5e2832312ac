/* buf.h - a text builder on an arena.
 *
 * `text` is never NULL and always terminated; `length` does not count the
 * terminator.  A buffer grows by doubling and is freed with its arena.
 * Strings elsewhere are `const char *`: valid UTF-8 in normal form C. */
#pragma once
#include "base/arena.h"

struct buf {
	struct arena *arena;
	char *text;
	size_t length, room;
};

struct buf buf_on(struct arena *a);
void buf_add(struct buf *b, const char *text);
void buf_add_n(struct buf *b, const void *bytes, size_t size);
void buf_add_char(struct buf *b, char c);
void buf_print(struct buf *b, const char *format, ...) PRINTF_LIKE(2, 3);

/* Adds text with & < > " ' escaped: the only way text reaches a page. */
void buf_add_html(struct buf *b, const char *text);
