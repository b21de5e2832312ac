/* arena.h - memory that lives exactly as long as one request.
 *
 * Everything allocated from an arena is freed by arena_free(), and foreign
 * objects can be tied to it with arena_defer(), so handlers hold no frees.
 * Allocation never returns NULL: out of memory ends the process with a
 * message, and nothing is lost, because every acknowledged answer was
 * committed.  Memory from an arena is zeroed and aligned for any type. */
#pragma once
#include "base/err.h"

struct arena;

struct arena *arena_new(void);

/* Runs the deferred calls, last first, and frees everything.  NULL is fine. */
void arena_free(struct arena *a);

/* For CLEANUP(arena_cleanup) struct arena *a = arena_new(); */
void arena_cleanup(struct arena **a);

/* Frees the memory and runs the deferred calls, but keeps the arena. */
void arena_reset(struct arena *a);

void *arena_alloc(struct arena *a, size_t size) MUST_USE;

/* Room for `count` things of `size` bytes; a product that overflows aborts. */
void *arena_array(struct arena *a, size_t count, size_t size) MUST_USE;

char *arena_copy(struct arena *a, const char *text) MUST_USE;
char *arena_copy_n(struct arena *a, const void *bytes, size_t size) MUST_USE;
char *arena_print(struct arena *a, const char *format, ...) PRINTF_LIKE(2, 3);

/* fn(object) runs when the arena is reset or freed. */
void arena_defer(struct arena *a, void (*fn)(void *), void *object);
