#include "exchange/writer.h"

#include <string.h>

bool writer_keeps_blanks(const char *text)
{
	static const char *const lost[] = { "\n\n", "\n ", " \n", "  ", "\t" };
	for (size_t i = 0; i < COUNT(lost); i++) {
		if (strstr(text, lost[i]))
			return true;
	}
	return false;
}

/* ---- Moodle XML ------------------------------------------------------------------------------ */

/* A text is HTML inside of XML, so it is escaped twice. */
static void add_span(struct arena *a, struct buf *b, const char *language, const char *text)
{
	const bool kept = writer_keeps_blanks(text);
	struct buf html = buf_on(a);
	struct buf lines = buf_on(a);
	buf_add_html(&html, text);
	buf_add(&lines, kept ? "<pre>" : "");
	for (const char *at = html.text; *at; at++) {
		if (*at == '\n' && !kept)
			buf_add(&lines, "<br>");
		else
			buf_add_char(&lines, *at);
	}
	buf_add(&lines, kept ? "</pre>" : "");
	buf_add_html(b, arena_print(a, "<span lang=\"%s\" class=\"multilang\">%s</span>", language,
				    lines.text));
}

static void add_both(struct arena *a, struct buf *b, const struct exchange_item *item, int part)
{
	const struct item_text *const texts[] = { &item->kk, &item->ru };
	static const char *const languages[] = { "kk", "ru" };
	buf_add(b, "<text>");
	for (size_t i = 0; i < COUNT(texts); i++) {
		if (texts[i]->stem)
			add_span(a, b, languages[i],
				 part == 0 ? texts[i]->stem : texts[i]->option[part - 1]);
	}
	buf_add(b, "</text>");
}

static void add_tag(struct buf *b, const char *name, const char *value)
{
	if (!*value)
		return;
	buf_print(b, "<tag><text>%s:", name);
	buf_add_html(b, value);
	buf_add(b, "</text></tag>");
}

static void add_tags(struct arena *a, struct buf *b, const struct exchange_item *item)
{
	char date[DAY_TEXT_SIZE];
	char *rest = NULL;
	buf_add(b, "<tags>");
	add_tag(b, "article", item->article);
	if (item->dated)
		day_print(item->text_date, date);
	add_tag(b, "text_date", item->dated ? date : "");
	for (char *one = strtok_r(arena_print(a, "%s", item->enemies), ", ", &rest); one;
	     one = strtok_r(NULL, ", ", &rest))
		add_tag(b, "enemy", one);
	buf_add(b, "</tags>");
}

static void add_question(struct arena *a, struct buf *b, const struct exchange_item *item)
{
	buf_add(b, "<question type=\"multichoice\"><name><text>");
	buf_add_html(b, item->code);
	buf_add(b, "</text></name><questiontext format=\"html\">");
	add_both(a, b, item, 0);
	buf_add(b, "</questiontext><defaultgrade>1</defaultgrade><penalty>0</penalty><idnumber>");
	buf_add_html(b, item->code);
	buf_add(b, "</idnumber><single>true</single><shuffleanswers>true</shuffleanswers>"
		   "<answernumbering>abc</answernumbering>");
	for (int i = 0; i < item->options; i++) {
		buf_print(b, "<answer fraction=\"%d\" format=\"html\">",
			  i == item->answer ? 100 : 0);
		add_both(a, b, item, i + 1);
		buf_add(b, "</answer>");
	}
	add_tags(a, b, item);
	buf_add(b, "</question>\n");
}

static void write_moodle(struct arena *a, struct buf *b, const struct exchange_set *set)
{
	const char *act = "";
	buf_add(b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<quiz>\n");
	for (size_t i = 0; i < set->item_count; i++) {
		const struct exchange_item *item = &set->items[i];
		if (strcmp(act, item->act) != 0) {
			act = item->act;
			buf_add(b, "<question type=\"category\"><category><text>$course$/top/");
			buf_add_html(b, act);
			buf_add(b, "</text></category></question>\n");
		}
		add_question(a, b, item);
	}
	buf_add(b, "</quiz>\n");
}

/* ---- all ------------------------------------------------------------------------------------- */

bool exchange_write(struct arena *a, const struct exchange_set *set, enum exchange_format format,
		    int version, const void **ret, size_t *ret_size, struct err *e)
{
	struct buf b = buf_on(a);
	switch (format) {
	case EXCHANGE_QTI: return write_qti(a, set, version, ret, ret_size, e);
	case EXCHANGE_XLSX: return write_xlsx(a, set, ret, ret_size, e);
	case EXCHANGE_MOODLE: write_moodle(a, &b, set); break;
	case EXCHANGE_CSV: write_csv(&b, set); break;
	default: return err_input(e, "format", "exchange.error.write", "loses a language");
	}
	*ret = b.text;
	*ret_size = b.length;
	return true;
}
