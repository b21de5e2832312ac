#include "base/arena.h"

#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A request that waits for its turn fits into the first block, and a hall of them waits at the
 * start; an answer of a test into the second; further ones are larger. */
enum { BLOCK_FIRST = 5 * 1024, BLOCK_SECOND = 8 * 1024, BLOCK_SIZE = 32 * 1024 };

struct block {
	struct block *next;
	size_t used, size;
	alignas(max_align_t) unsigned char bytes[];
};

struct deferred {
	struct deferred *next;
	void (*fn)(void *);
	void *object;
};

struct arena {
	struct block *blocks; /* newest first */
	struct deferred *deferred;
};

static void *must(void *memory)
{
	if (!memory) {
		(void)fputs("konkurs: out of memory\n", stderr);
		abort();
	}
	return memory;
}

struct arena *arena_new(void)
{
	return must(calloc(1, sizeof(struct arena)));
}

void arena_reset(struct arena *a)
{
	while (a->deferred) {
		struct deferred *d = a->deferred;
		a->deferred = d->next;
		d->fn(d->object);
	}
	while (a->blocks) {
		struct block *b = a->blocks;
		a->blocks = b->next;
		free(b);
	}
}

void arena_free(struct arena *a)
{
	if (!a)
		return;
	arena_reset(a);
	free(a);
}

void arena_cleanup(struct arena **a)
{
	arena_free(*a);
}

static struct block *add_block(struct arena *a, size_t least)
{
	const size_t usual = !a->blocks         ? BLOCK_FIRST
			     : !a->blocks->next ? BLOCK_SECOND
						: BLOCK_SIZE;
	const size_t size = least > usual ? least : usual;
	struct block *b = must(malloc(sizeof(*b) + size));
	*b = (struct block){ .next = a->blocks, .size = size };
	a->blocks = b;
	return b;
}

void *arena_alloc(struct arena *a, size_t size)
{
	const size_t align = alignof(max_align_t);
	if (size > SIZE_MAX / 2)
		abort();
	size = (size + align - 1) / align * align;
	struct block *b = a->blocks;
	if (!b || b->size - b->used < size)
		b = add_block(a, size);
	void *memory = b->bytes + b->used;
	b->used += size;
	return memset(memory, 0, size);
}

void *arena_array(struct arena *a, size_t count, size_t size)
{
	size_t total = 0;
	if (__builtin_mul_overflow(count, size, &total))
		abort();
	return arena_alloc(a, total);
}

char *arena_copy_n(struct arena *a, const void *bytes, size_t size)
{
	char *copy = arena_alloc(a, size + 1);
	if (size > 0)
		memcpy(copy, bytes, size);
	return copy;
}

char *arena_copy(struct arena *a, const char *text)
{
	return arena_copy_n(a, text, strlen(text));
}

char *arena_print(struct arena *a, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	va_list again;
	va_copy(again, args);
	int length = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (length < 0)
		abort();
	char *text = arena_alloc(a, (size_t)length + 1);
	(void)vsnprintf(text, (size_t)length + 1, format, again);
	va_end(again);
	return text;
}

void arena_defer(struct arena *a, void (*fn)(void *), void *object)
{
	struct deferred *d = arena_alloc(a, sizeof(*d));
	*d = (struct deferred){ a->deferred, fn, object };
	a->deferred = d;
}
