#include "base/words.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

struct word {
	const char *text;
	size_t size; /* with the white space behind it */
};

struct comparing {
	struct arena *arena;
	const struct word *before, *after;
	size_t before_count, after_count;
	const uint16_t *common; /* [i][k]: of before from i on and after from k on */
	struct word_piece *piece;
	size_t count;
};

static size_t split(const char *text, struct word *ret, size_t most)
{
	size_t count = 0;
	while (*text && count < most) {
		size_t size = strcspn(text, " \n\t");
		size += strspn(text + size, " \n\t");
		ret[count++] = (struct word){ text, size };
		text += size;
	}
	return *text ? most + 1 : count;
}

/* White space does not count. */
static bool equal(const struct word *a, const struct word *b)
{
	size_t left = strcspn(a->text, " \n\t");
	return left == strcspn(b->text, " \n\t") && memcmp(a->text, b->text, left) == 0;
}

static const uint16_t *measure(struct comparing *c)
{
	const size_t width = c->after_count + 1;
	uint16_t *common = arena_array(c->arena, (c->before_count + 1) * width, sizeof(*common));
	for (size_t i = c->before_count; i-- > 0;) {
		for (size_t k = c->after_count; k-- > 0;) {
			uint16_t down = common[(i + 1) * width + k];
			uint16_t right = common[i * width + k + 1];
			uint16_t best = down > right ? down : right;
			if (equal(&c->before[i], &c->after[k]))
				best = (uint16_t)(common[(i + 1) * width + k + 1] + 1);
			common[i * width + k] = best;
		}
	}
	return common;
}

static void add(struct comparing *c, enum word_kind kind, const struct word *word)
{
	assert(c->piece); /* there is room for every word of both */
	struct word_piece *last = c->count > 0 ? &c->piece[c->count - 1] : NULL;
	if (last && last->kind == kind) {
		last->text =
			arena_print(c->arena, "%s%.*s", last->text, (int)word->size, word->text);
		return;
	}
	c->piece[c->count++] =
		(struct word_piece){ kind, arena_copy_n(c->arena, word->text, word->size) };
}

static void walk(struct comparing *c)
{
	const size_t width = c->after_count + 1;
	size_t i = 0;
	size_t k = 0;
	while (i < c->before_count || k < c->after_count) {
		if (i < c->before_count && k < c->after_count &&
		    equal(&c->before[i], &c->after[k])) {
			add(c, WORD_SAME, &c->after[k]);
			i++;
			k++;
		} else if (k == c->after_count ||
			   (i < c->before_count &&
			    c->common[(i + 1) * width + k] >= c->common[i * width + k + 1])) {
			add(c, WORD_TAKEN, &c->before[i++]);
		} else {
			add(c, WORD_ADDED, &c->after[k++]);
		}
	}
}

struct word_piece *words_compare(struct arena *a, const char *before, const char *after,
				 size_t *ret_count)
{
	struct word *old = arena_array(a, WORDS_MOST, sizeof(*old));
	struct word *new = arena_array(a, WORDS_MOST, sizeof(*new));
	struct comparing c = { .arena = a, .before = old, .after = new };
	c.before_count = split(before, old, WORDS_MOST);
	c.after_count = split(after, new, WORDS_MOST);
	if (c.before_count > WORDS_MOST || c.after_count > WORDS_MOST) {
		old[0] = (struct word){ before, strlen(before) };
		new[0] = (struct word){ after, strlen(after) };
		c.before_count = 1;
		c.after_count = 1;
	}
	c.piece = arena_array(a, c.before_count + c.after_count + 1, sizeof(*c.piece));
	c.common = measure(&c);
	walk(&c);
	*ret_count = c.count;
	return c.piece;
}
