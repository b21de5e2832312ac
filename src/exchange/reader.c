#include "exchange/reader.h"

#include "base/text.h"

#include <string.h>

enum { FIRST_ROOM = 64 };

/* ---- growing lists in the arena ----------------------------------------------------------------
 */

static void *grown(struct arena *a, const void *old, size_t count, size_t *room, size_t size)
{
	if (count < *room)
		return NULL;
	const size_t more = *room ? *room * 2 : FIRST_ROOM;
	void *fresh = arena_array(a, more, size);
	if (count > 0)
		memcpy(fresh, old, count * size);
	*room = more;
	return fresh;
}

struct exchange_item *reader_add(struct reader *r, int line)
{
	struct exchange_set *s = r->set;
	if (s->item_count == EXCHANGE_ITEMS_MOST)
		return NULL;
	struct exchange_item *fresh =
		grown(r->arena, s->items, s->item_count, &r->item_room, sizeof(*s->items));
	if (fresh)
		s->items = fresh;
	struct exchange_item *item = &s->items[s->item_count++];
	*item = (struct exchange_item){
		.code = "",
		.act = r->options->act,
		.article = "",
		.enemies = "",
		.place = r->place,
		.line = line,
		.answer = -1,
	};
	return item;
}

void reader_note(struct reader *r, struct exchange_item *item, int line, bool fatal,
		 const char *key, const char *detail)
{
	struct exchange_set *s = r->set;
	struct exchange_finding *fresh = grown(r->arena, s->findings, s->finding_count,
					       &r->finding_room, sizeof(*s->findings));
	if (fresh)
		s->findings = fresh;
	s->findings[s->finding_count++] = (struct exchange_finding){
		.place = r->place,
		.line = line,
		.code = item ? item->code : "",
		.fatal = fatal,
		.key = key,
		.detail = detail,
	};
	if (item && fatal)
		item->bad = true;
}

struct item_text *reader_text(const struct reader *r, struct exchange_item *item)
{
	return strcmp(r->options->language, "kk") == 0 ? &item->kk : &item->ru;
}

/* ---- checking
 * ------------------------------------------------------------------------------------- */

static void refuse(struct reader *r, struct exchange_item *item, const char *key,
		   const char *detail)
{
	reader_note(r, item, item->line, true, key, detail);
}

/* UTF-8 in normal form C, not empty, not endless. */
static bool accept(struct reader *r, struct exchange_item *item, const char **text)
{
	struct err e = { 0 };
	const size_t size = *text ? strlen(*text) : 0;
	if (size > EXCHANGE_TEXT_MOST) {
		refuse(r, item, "exchange.long", "");
		return false;
	}
	if (size == 0 || !text_accept(r->arena, *text, size, text, &e) || !**text) {
		refuse(r, item, size == 0 || !e.kind ? "exchange.empty" : "exchange.encoding", "");
		return false;
	}
	return true;
}

static bool check_text(struct reader *r, struct exchange_item *item, struct item_text *text)
{
	const char *folded[ITEM_OPTIONS_MOST];
	if (!accept(r, item, &text->stem))
		return false;
	for (int i = 0; i < item->options; i++) {
		if (!accept(r, item, &text->option[i]))
			return false;
		folded[i] = text_fold(r->arena, text->option[i]);
		for (int k = 0; k < i; k++) {
			if (strcmp(folded[i], folded[k]) == 0) {
				refuse(r, item, "exchange.equal", text->option[i]);
				return false;
			}
		}
	}
	return true;
}

static void check_item(struct reader *r, struct exchange_item *item)
{
	if (item->bad)
		return;
	if (item->options < 2)
		refuse(r, item, "exchange.options_few", "");
	else if (item->answer < 0 || item->answer >= item->options)
		refuse(r, item, "exchange.key_none", "");
	else if (!item->kk.stem && !item->ru.stem)
		refuse(r, item, "exchange.empty", "");
	else if ((!item->kk.stem || check_text(r, item, &item->kk)) &&
		 (!item->ru.stem || check_text(r, item, &item->ru)) &&
		 (!item->kk.stem || !item->ru.stem))
		reader_note(r, item, item->line, false, "exchange.language",
			    item->kk.stem ? "ru" : "kk");
}

void reader_check(struct reader *r)
{
	struct exchange_set *s = r->set;
	for (size_t i = 0; i < s->item_count; i++) {
		struct exchange_item *item = &s->items[i];
		r->place = item->place;
		for (size_t k = 0; k < i && *item->code && !item->bad; k++) {
			if (strcmp(s->items[k].code, item->code) == 0)
				refuse(r, item, "exchange.twice", item->code);
		}
		check_item(r, item);
	}
}
