#include "exchange/wire.h"

#include "base/text.h"
#include "exchange/reader.h"

#include <stdlib.h>
#include <string.h>

#define SET_MARK   0x4b515331u
#define ERROR_MARK 0x4b514531u

enum {
	ITEM_LEAST = 13 * 4, /* bytes of an item without texts */
	FINDING_LEAST = 6 * 4,
	ROW_LEAST = 3 * 4,
	DAY_LEAST = -719162, /* year 1 */
	DAY_MOST = 2932896,  /* year 9999 */
};

/* Every key of a finding or a failure of the readers. */
static const char *const keys[] = {
	"error.system",
	"exchange.attachment",
	"exchange.bidi",
	"exchange.cell",
	"exchange.code",
	"exchange.damaged",
	"exchange.date",
	"exchange.empty",
	"exchange.encoding",
	"exchange.equal",
	"exchange.feedback",
	"exchange.file",
	"exchange.hidden",
	"exchange.invisible",
	"exchange.key_none",
	"exchange.keys",
	"exchange.language",
	"exchange.long",
	"exchange.markdown",
	"exchange.media",
	"exchange.merged",
	"exchange.missing",
	"exchange.options_few",
	"exchange.options_many",
	"exchange.order",
	"exchange.pairs",
	"exchange.sheet",
	"exchange.stem_none",
	"exchange.stimulus",
	"exchange.syntax",
	"exchange.twice",
	"exchange.unsupported",
	"exchange.error.bomb",
	"exchange.error.csv",
	"exchange.error.depth",
	"exchange.error.dtd",
	"exchange.error.encoding",
	"exchange.error.entries",
	"exchange.error.findings",
	"exchange.error.format",
	"exchange.error.head",
	"exchange.error.language",
	"exchange.error.manifest",
	"exchange.error.many",
	"exchange.error.name",
	"exchange.error.none",
	"exchange.error.size",
	"exchange.error.workbook",
	"exchange.error.xml",
	"exchange.error.zip",
};

/* ---- writing --------------------------------------------------------------------------------- */

static void put(struct buf *b, int64_t number)
{
	const uint32_t n = (uint32_t)number;
	buf_add_n(b, &n, sizeof(n));
}

static void put_text(struct buf *b, const char *text)
{
	const size_t size = text ? strlen(text) : 0;
	put(b, text ? (int64_t)size + 1 : 0);
	buf_add_n(b, text ? text : "", size);
}

static void put_key(struct buf *b, const char *key)
{
	uint32_t i = 0;
	while (i < COUNT(keys) && strcmp(keys[i], key) != 0)
		i++;
	if (i == COUNT(keys))
		abort(); /* a reader has a key that is not in the table */
	put(b, i);
}

static void put_words(struct buf *b, const struct item_text *text, int options)
{
	put_text(b, text->stem);
	for (int i = 0; text->stem && i < options; i++)
		put_text(b, text->option[i]);
}

static void put_item(struct buf *b, const struct exchange_item *item)
{
	put_text(b, item->code);
	put_text(b, item->act);
	put_text(b, item->article);
	put_text(b, item->enemies);
	put_text(b, item->place);
	put(b, item->line);
	put(b, item->dated);
	put(b, item->dated ? item->text_date.n : 0);
	put(b, item->bad);
	put(b, item->options);
	put(b, item->answer);
	put_words(b, &item->kk, item->options);
	put_words(b, &item->ru, item->options);
}

static void put_row(struct buf *b, const struct exchange_row *row)
{
	put_text(b, row->place);
	put(b, row->line);
	put(b, row->count);
	for (int i = 0; i < row->count; i++)
		put_text(b, row->cell[i]);
}

void wire_write(struct buf *b, const struct exchange_set *set)
{
	put(b, SET_MARK);
	put(b, set->format);
	put(b, (int64_t)set->item_count);
	put(b, (int64_t)set->finding_count);
	put(b, (int64_t)set->row_count);
	for (size_t i = 0; i < set->item_count; i++)
		put_item(b, &set->items[i]);
	for (size_t i = 0; i < set->finding_count; i++) {
		const struct exchange_finding *f = &set->findings[i];
		put_text(b, f->place);
		put(b, f->line);
		put_text(b, f->code);
		put(b, f->fatal);
		put_key(b, f->key);
		put_text(b, f->detail);
	}
	for (size_t i = 0; i < set->row_count; i++)
		put_row(b, &set->rows[i]);
}

void wire_write_error(struct buf *b, const struct err *e)
{
	put(b, ERROR_MARK);
	put(b, e->kind == ERR_INPUT);
	put_key(b, e->key);
	put_text(b, e->value);
	put_text(b, e->detail);
}

/* ---- reading --------------------------------------------------------------------------------- */

struct wire {
	struct arena *arena;
	const char *at, *end;
	bool ok; /* nothing impossible so far; what follows is zero */
};

static int32_t get(struct wire *w, int32_t least, int32_t most)
{
	int32_t n = 0;
	w->ok = w->ok && w->end - w->at >= (ptrdiff_t)sizeof(n);
	if (!w->ok)
		return 0;
	memcpy(&n, w->at, sizeof(n));
	w->at += sizeof(n);
	w->ok = n >= least && n <= most;
	return w->ok ? n : 0;
}

/* NULL for none. */
static const char *get_any(struct wire *w)
{
	const int32_t size = get(w, 0, INT32_MAX) - 1;
	if (!w->ok || size < 0)
		return NULL;
	w->ok = w->end - w->at >= size && text_valid(w->at, (size_t)size);
	if (!w->ok)
		return NULL;
	w->at += size;
	return arena_copy_n(w->arena, w->at - size, (size_t)size);
}

static const char *get_text(struct wire *w)
{
	const char *text = get_any(w);
	w->ok = w->ok && text;
	return w->ok ? text : "";
}

static const char *get_key(struct wire *w)
{
	return keys[get(w, 0, COUNT(keys) - 1)];
}

static void get_words(struct wire *w, struct item_text *ret, int options)
{
	ret->stem = get_any(w);
	for (int i = 0; ret->stem && i < options; i++)
		ret->option[i] = get_text(w);
}

/* What is not bad can be used without another look. */
static bool is_whole(const struct exchange_item *item)
{
	return item->bad ? !item->kk.stem && !item->ru.stem
			 : item->options >= 2 && item->answer >= 0 &&
				   (item->kk.stem || item->ru.stem);
}

static void get_item(struct wire *w, struct exchange_item *item)
{
	item->code = get_text(w);
	item->act = get_text(w);
	item->article = get_text(w);
	item->enemies = get_text(w);
	item->place = get_text(w);
	item->line = get(w, 0, INT32_MAX);
	item->dated = get(w, 0, 1) == 1;
	item->text_date.n = get(w, item->dated ? DAY_LEAST : 0, item->dated ? DAY_MOST : 0);
	item->bad = get(w, 0, 1) == 1;
	item->options = get(w, 0, ITEM_OPTIONS_MOST);
	item->answer = get(w, -1, item->options > 0 ? item->options - 1 : -1);
	get_words(w, &item->kk, item->options);
	get_words(w, &item->ru, item->options);
	w->ok = w->ok && is_whole(item);
}

static void get_finding(struct wire *w, struct exchange_finding *f)
{
	f->place = get_text(w);
	f->line = get(w, 0, INT32_MAX);
	f->code = get_text(w);
	f->fatal = get(w, 0, 1) == 1;
	f->key = get_key(w);
	f->detail = get_text(w);
}

static void get_row(struct wire *w, struct exchange_row *row)
{
	row->place = get_text(w);
	row->line = get(w, 0, INT32_MAX);
	row->count = get(w, 0, EXCHANGE_CELLS_MOST);
	for (int i = 0; i < EXCHANGE_CELLS_MOST; i++)
		row->cell[i] = i < row->count ? get_text(w) : "";
}

/* No more than the bytes can hold, so that a number alone takes no memory. */
static size_t get_count(struct wire *w, int32_t most, size_t least_bytes)
{
	const size_t count = (size_t)get(w, 0, most);
	w->ok = w->ok && count <= (size_t)(w->end - w->at) / least_bytes;
	return w->ok ? count : 0;
}

static bool read_error(struct wire *w, struct err *e)
{
	const bool input = get(w, 0, 1) == 1;
	const char *key = get_key(w);
	const char *value = get_text(w);
	const char *detail = get_text(w);
	if (!w->ok || w->at != w->end)
		return err_input(e, "file", "exchange.error.broken", "the child says nonsense");
	const bool unsaid = strcmp(key, "exchange.error.language") == 0;
	if (input)
		(void)err_input(e, unsaid ? "language" : "file", key, "%s", detail);
	else
		(void)err_set(e, ERR_SYSTEM, key, "%s", detail);
	return *value ? err_value(e, value) : false;
}

bool wire_read(struct arena *a, const void *bytes, size_t size, struct exchange_set *ret,
	       struct err *e)
{
	struct wire w = { a, bytes, (const char *)bytes + size, true };
	struct exchange_set set = { .items = NULL };
	const int32_t mark = get(&w, INT32_MIN, INT32_MAX);
	if (w.ok && (uint32_t)mark == ERROR_MARK)
		return read_error(&w, e);
	w.ok = w.ok && (uint32_t)mark == SET_MARK;
	set.format = (enum exchange_format)get(&w, 0, EXCHANGE_FORMATS - 1);
	set.item_count = get_count(&w, EXCHANGE_ITEMS_MOST, ITEM_LEAST);
	set.finding_count = get_count(&w, EXCHANGE_FINDINGS_MOST, FINDING_LEAST);
	set.row_count = get_count(&w, EXCHANGE_ITEMS_MOST, ROW_LEAST);
	set.items = arena_array(a, set.item_count, sizeof(*set.items));
	set.findings = arena_array(a, set.finding_count, sizeof(*set.findings));
	set.rows = arena_array(a, set.row_count, sizeof(*set.rows));
	for (size_t i = 0; w.ok && i < set.item_count; i++)
		get_item(&w, &set.items[i]);
	for (size_t i = 0; w.ok && i < set.finding_count; i++)
		get_finding(&w, &set.findings[i]);
	for (size_t i = 0; w.ok && i < set.row_count; i++)
		get_row(&w, &set.rows[i]);
	if (!w.ok || w.at != w.end)
		return err_input(e, "file", "exchange.error.broken", "the child says nonsense");
	*ret = set;
	return true;
}
