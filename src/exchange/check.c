/* check.c - what every question must have, whatever file it came in. */
#include "exchange/reader.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

static void refuse(struct reader *r, struct exchange_item *item, const char *key,
		   const char *detail)
{
	reader_note(r, item, item->line, true, key, detail);
}

/* ---- signs that cannot be seen --------------------------------------------------------------- */

enum unseen { SEEN, UNSEEN, TURNING };

/* Soft hyphen, zero width spaces and joiners are left behind by word processors and take no part
 * in a text; marks of direction change how all that follows is read. */
static enum unseen look_at(int32_t c)
{
	if (c == 0xad || (c >= 0x200b && c <= 0x200d) || c == 0x2060 || c == 0xfeff || c == 0x180e)
		return UNSEEN;
	if (c == 0x61c || c == 0x200e || c == 0x200f || (c >= 0x202a && c <= 0x202e) ||
	    (c >= 0x2066 && c <= 0x2069))
		return TURNING;
	return SEEN;
}

/* The text without them in `ret`; a mark of direction is fatal.  The text is valid. */
static bool leave_seen(struct reader *r, struct exchange_item *item, const char *text,
		       const char **ret)
{
	const size_t size = strlen(text);
	char *kept = NULL;
	size_t length = 0;
	for (size_t at = 0; at < size;) {
		const size_t begin = at;
		const int32_t c = door_next(text, size, &at);
		const enum unseen what = look_at(c);
		if (what == TURNING) {
			refuse(r, item, "exchange.bidi",
			       arena_print(r->arena, "U+%04X", (unsigned)c));
			return false;
		}
		if (what == UNSEEN && !kept) {
			reader_note(r, item, item->line, false, "exchange.invisible",
				    arena_print(r->arena, "U+%04X", (unsigned)c));
			kept = arena_copy_n(r->arena, text, size);
			length = begin;
		}
		if (what == SEEN && kept) {
			memcpy(kept + length, text + begin, at - begin);
			length += at - begin;
		}
	}
	if (kept)
		kept[length] = '\0';
	*ret = kept ? kept : text;
	return true;
}

/* ---- texts ----------------------------------------------------------------------------------- */

struct checking {
	struct reader *reader;
	struct arena *scratch; /* of one question */
};

/* UTF-8 in normal form C; the widths that it takes on the way are not kept. */
static bool accept_text(const struct checking *c, const char **text)
{
	struct err e = { 0 };
	const char *clean = NULL;
	if (!text_accept(c->scratch, *text, strlen(*text), &clean, &e))
		return false;
	if (strcmp(clean, *text) != 0)
		*text = arena_copy(c->reader->arena, clean);
	return true;
}

/* Not empty, not endless, nothing in it that is not seen. */
static bool accept(const struct checking *c, struct exchange_item *item, const char **text)
{
	struct reader *r = c->reader;
	const size_t size = *text ? strlen(*text) : 0;
	const char *seen = NULL;
	if (size > EXCHANGE_TEXT_MOST) {
		refuse(r, item, "exchange.long", "");
		return false;
	}
	if (size > 0 && !accept_text(c, text)) {
		refuse(r, item, "exchange.encoding", "");
		return false;
	}
	if (size > 0 && !leave_seen(r, item, *text, &seen))
		return false;
	/* what was between them may be white space now at an end */
	if (size == 0 || (seen != *text && !accept_text(c, &seen)) || !*seen) {
		refuse(r, item, "exchange.empty", "");
		return false;
	}
	*text = seen;
	return true;
}

static bool check_text(const struct checking *c, struct exchange_item *item, struct item_text *text)
{
	const char *folded[ITEM_OPTIONS_MOST];
	if (!accept(c, item, &text->stem))
		return false;
	for (int i = 0; i < item->options; i++) {
		if (!accept(c, item, &text->option[i]))
			return false;
		folded[i] = text_fold(c->scratch, text->option[i]);
		for (int k = 0; k < i; k++) {
			if (strcmp(folded[i], folded[k]) == 0) {
				refuse(c->reader, item, "exchange.equal", text->option[i]);
				return false;
			}
		}
	}
	return true;
}

/* Code, act, article, enemies: one clean line each. */
static void check_head(const struct checking *c, struct exchange_item *item)
{
	const char **const heads[] = { &item->code, &item->act, &item->article, &item->enemies };
	for (size_t i = 0; i < COUNT(heads); i++) {
		const bool fits =
			strlen(*heads[i]) <=
			(heads[i] == &item->enemies ? EXCHANGE_TEXT_MOST : EXCHANGE_HEAD_MOST);
		if (fits && accept_text(c, heads[i]) && !strpbrk(*heads[i], "\n\t"))
			continue;
		*heads[i] = "";
		refuse(c->reader, item, "exchange.code", "");
	}
}

static void check_item(const struct checking *c, struct exchange_item *item)
{
	struct reader *r = c->reader;
	check_head(c, item);
	if (item->bad)
		return;
	if (item->options < 2)
		refuse(r, item, "exchange.options_few", "");
	else if (item->answer < 0 || item->answer >= item->options)
		refuse(r, item, "exchange.key_none", "");
	else if (!item->kk.stem && !item->ru.stem)
		refuse(r, item, "exchange.empty", "");
	else if ((!item->kk.stem || check_text(c, item, &item->kk)) &&
		 (!item->ru.stem || check_text(c, item, &item->ru)) &&
		 (!item->kk.stem || !item->ru.stem))
		reader_note(r, item, item->line, false, "exchange.language",
			    item->kk.stem ? "ru" : "kk");
}

/* ---- all of them ----------------------------------------------------------------------------- */

struct place {
	struct exchange_item *item;
};

static int by_code(const void *left, const void *right)
{
	const struct exchange_item *a = ((const struct place *)left)->item;
	const struct exchange_item *b = ((const struct place *)right)->item;
	const int order = strcmp(a->code, b->code);
	return order ? order : (a > b) - (a < b);
}

/* The first of a code stays. */
static void check_codes(struct reader *r)
{
	struct exchange_set *s = r->set;
	struct place *sorted = arena_array(r->arena, s->item_count + 1, sizeof(*sorted));
	for (size_t i = 0; i < s->item_count; i++)
		sorted[i].item = &s->items[i];
	qsort(sorted, s->item_count, sizeof(*sorted), by_code);
	for (size_t i = 1; i < s->item_count; i++) {
		struct exchange_item *item = sorted[i].item;
		r->place = item->place;
		if (*item->code && !item->bad && strcmp(item->code, sorted[i - 1].item->code) == 0)
			refuse(r, item, "exchange.twice", item->code);
	}
}

/* Of a question that cannot be taken over nothing is left that anybody may use by mistake. */
static void drop_words(struct exchange_item *item)
{
	for (size_t i = 0; i < ITEM_OPTIONS_MOST; i++)
		item->choice[i] = NULL;
	if (!item->bad)
		return;
	item->options = 0;
	item->answer = -1;
	item->kk = item->ru = (struct item_text){ .stem = NULL };
}

void reader_check(struct reader *r)
{
	CLEANUP(arena_cleanup) struct arena *scratch = arena_new();
	const struct checking c = { r, scratch };
	struct exchange_set *s = r->set;
	for (size_t i = 0; i < s->item_count; i++) {
		r->place = s->items[i].place;
		check_item(&c, &s->items[i]);
		arena_reset(scratch);
	}
	check_codes(r);
	for (size_t i = 0; i < s->item_count; i++)
		drop_words(&s->items[i]);
}
