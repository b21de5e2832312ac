#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct buf buf_on(struct arena *a)
{
	enum { FIRST = 256 };
	return (struct buf){ a, arena_alloc(a, FIRST), 0, FIRST };
}

static void make_room(struct buf *b, size_t more)
{
	if (more < b->room - b->length)
		return;
	size_t room = b->room;
	while (room - b->length <= more) {
		if (__builtin_mul_overflow(room, (size_t)2, &room))
			abort();
	}
	char *text = arena_alloc(b->arena, room);
	memcpy(text, b->text, b->length);
	b->text = text;
	b->room = room;
}

void buf_add_n(struct buf *b, const void *bytes, size_t size)
{
	make_room(b, size);
	if (size > 0)
		memcpy(b->text + b->length, bytes, size);
	b->length += size;
	b->text[b->length] = '\0';
}

void buf_add(struct buf *b, const char *text)
{
	buf_add_n(b, text, strlen(text));
}

void buf_add_char(struct buf *b, char c)
{
	buf_add_n(b, &c, 1);
}

void buf_print(struct buf *b, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	va_list again;
	va_copy(again, args);
	int length = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (length < 0)
		abort();
	make_room(b, (size_t)length);
	(void)vsnprintf(b->text + b->length, (size_t)length + 1, format, again);
	va_end(again);
	b->length += (size_t)length;
}

static const char *escaped(char c)
{
	switch (c) {
	case '&': return "&amp;";
	case '<': return "&lt;";
	case '>': return "&gt;";
	case '"': return "&quot;";
	default: return "&#39;";
	}
}

void buf_add_html(struct buf *b, const char *text)
{
	for (;;) {
		const size_t plain = strcspn(text, "&<>\"'");
		buf_add_n(b, text, plain);
		text += plain;
		if (!*text)
			return;
		buf_add(b, escaped(*text++));
	}
}
