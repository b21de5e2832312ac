#include "exchange/reader.h"

#include "base/text.h"

#include <string.h>

enum { FIRST_ROOM = 64 };

/* ---- growing lists in the arena -------------------------------------------------------------- */

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
	if (s->item_count == EXCHANGE_ITEMS_MOST) {
		r->full = true;
		return NULL;
	}
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

struct exchange_row *reader_add_row(struct reader *r, int line)
{
	struct exchange_set *s = r->set;
	if (s->row_count == EXCHANGE_ITEMS_MOST) {
		r->full = true;
		return NULL;
	}
	struct exchange_row *fresh =
		grown(r->arena, s->rows, s->row_count, &r->row_room, sizeof(*s->rows));
	if (fresh)
		s->rows = fresh;
	struct exchange_row *row = &s->rows[s->row_count++];
	*row = (struct exchange_row){ .place = r->place, .line = line };
	for (size_t i = 0; i < EXCHANGE_CELLS_MOST; i++)
		row->cell[i] = "";
	return row;
}

/* What a finding quotes: its beginning, if that is text at all. */
static const char *quote(struct arena *a, const char *text, size_t most)
{
	size_t size = strlen(text);
	if (size > most) {
		size = most;
		while (size > 0 && ((unsigned char)text[size] & 0xc0U) == 0x80U)
			size--;
		text = arena_copy_n(a, text, size);
	}
	return text_valid(text, size) ? text : "?";
}

void reader_note(struct reader *r, struct exchange_item *item, int line, bool fatal,
		 const char *key, const char *detail)
{
	struct exchange_set *s = r->set;
	if (item && fatal)
		item->bad = true;
	if (s->finding_count == EXCHANGE_FINDINGS_MOST) {
		r->full = true;
		return;
	}
	struct exchange_finding *fresh = grown(r->arena, s->findings, s->finding_count,
					       &r->finding_room, sizeof(*s->findings));
	if (fresh)
		s->findings = fresh;
	s->findings[s->finding_count++] = (struct exchange_finding){
		.place = r->place,
		.line = line,
		.code = item ? quote(r->arena, item->code, EXCHANGE_HEAD_MOST) : "",
		.fatal = fatal,
		.key = key,
		.detail = quote(r->arena, detail, EXCHANGE_HEAD_MOST),
	};
}

void reader_place(struct reader *r, const char *place)
{
	r->place = quote(r->arena, place, EXCHANGE_PLACE_MOST);
}

struct item_text *reader_text(struct reader *r, struct exchange_item *item)
{
	r->unsaid = r->unsaid || !*r->options->language;
	return strcmp(r->options->language, "kk") == 0 ? &item->kk : &item->ru;
}
