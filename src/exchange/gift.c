/* gift.c - GIFT of Moodle: multiple choice with one right answer; other kinds are told.
 *
 *   // comment
 *   $CATEGORY: civil-code
 *   ::civ-001:: [html]What? { =right ~wrong#feedback ~%0%wrong } */
#include "exchange/reader.h"

#include "base/buf.h"

#include <stdlib.h>
#include <string.h>

struct gift {
	struct reader *reader;
	const char *at;
	int line;
	const char *category;
};

static char next(struct gift *g)
{
	const char c = *g->at++;
	g->line += c == '\n';
	return c;
}

static void skip_blank(struct gift *g)
{
	for (;;) {
		while (*g->at && strchr(" \t\r\n", *g->at))
			(void)next(g);
		if (strncmp(g->at, "//", 2) != 0)
			return;
		while (*g->at && *g->at != '\n')
			(void)next(g);
	}
}

/* Up to one of `stops` that is not behind a backslash, which is left where it is; \n is a line. */
static const char *take_until(struct gift *g, const char *stops)
{
	struct buf b = buf_on(g->reader->arena);
	while (*g->at && !strchr(stops, *g->at)) {
		char c = next(g);
		if (c == '\\' && *g->at && strchr("~=#{}:\\n", *g->at)) {
			c = next(g);
			if (c == 'n')
				c = '\n';
		}
		buf_add_char(&b, c);
	}
	while (b.length > 0 && strchr(" \t\r\n", b.text[b.length - 1]))
		b.text[--b.length] = '\0';
	return b.text + strspn(b.text, " \t\r\n");
}

/* What stands in front of a text says how it is written; other brackets are its own. */
static const char *text_of(struct gift *g, struct exchange_item *item, const char *text)
{
	static const char *const formats[] = { "[plain]", "[html]", "[moodle]", "[markdown]" };
	const char *lost = NULL;
	for (size_t i = 0; i < COUNT(formats); i++) {
		const size_t size = strlen(formats[i]);
		if (strncmp(text, formats[i], size) != 0)
			continue;
		text += size;
		if (i == 0)
			return text;
	}
	text = plain_text(g->reader->arena, text, &lost);
	if (lost)
		reader_note(g->reader, item, item->line, true, "exchange.media", lost);
	return text;
}

/* "%50%" in front: a share of the points; only all or nothing is a right answer here. */
static const char *skip_weight(const char *text, double *ret_share)
{
	char *end = NULL;
	const double share = *text == '%' ? strtod(text + 1, &end) : 0;
	if (!end || *end != '%')
		return text;
	*ret_share = share;
	return end + 1;
}

static void add_option(struct gift *g, struct exchange_item *item, bool right)
{
	struct reader *r = g->reader;
	double share = right ? 100 : 0;
	const char *text = skip_weight(take_until(g, "=~}#"), &share);
	if (*g->at == '#') { /* what the teacher says to it */
		(void)next(g);
		(void)take_until(g, "=~}");
	}
	if (strstr(text, "->") && !item->bad)
		reader_note(r, item, g->line, true, "exchange.unsupported", "matching");
	if (item->options == ITEM_OPTIONS_MOST) {
		reader_note(r, item, g->line, true, "exchange.options_many", "");
		return;
	}
	if (share > 0 && (share < 100 || item->answer >= 0) && !item->bad)
		reader_note(r, item, g->line, true, "exchange.keys", "");
	if (share >= 100)
		item->answer = item->options;
	reader_text(r, item)->option[item->options++] = text_of(g, item, text);
}

static const char *kind_of(const char *inside)
{
	inside += strspn(inside, " \t\r\n");
	if (*inside == '}')
		return "essay";
	if (*inside == '#')
		return "numerical";
	const size_t word = strspn(inside, "TRUEFALS");
	if (word > 0 && strchr(" \t\r\n#}", inside[word]))
		return "true/false";
	return NULL;
}

static void take_options(struct gift *g, struct exchange_item *item)
{
	struct reader *r = g->reader;
	const char *kind = kind_of(g->at);
	if (kind) {
		reader_note(r, item, item->line, true, "exchange.unsupported", kind);
		(void)take_until(g, "}");
	}
	(void)take_until(g, "=~}");
	bool wrong = false;
	while (*g->at == '=' || *g->at == '~') {
		const bool right = next(g) == '=';
		wrong = wrong || !right;
		add_option(g, item, right);
	}
	if (!kind && !wrong && item->options > 0)
		reader_note(r, item, item->line, true, "exchange.unsupported", "short answer");
	if (*g->at != '}')
		reader_note(r, item, g->line, true, "exchange.syntax", "}");
	else
		(void)next(g);
}

static void take_question(struct gift *g)
{
	struct reader *r = g->reader;
	struct exchange_item *item = reader_add(r, g->line);
	if (!item) {
		g->at += strlen(g->at);
		return;
	}
	if (*g->category)
		item->act = g->category;
	if (strncmp(g->at, "::", 2) == 0) {
		g->at += 2;
		item->code = take_until(g, ":");
		g->at += strspn(g->at, ":");
	}
	reader_text(r, item)->stem = text_of(g, item, take_until(g, "{"));
	if (*g->at != '{') {
		reader_note(r, item, item->line, true, "exchange.unsupported", "description");
		return;
	}
	(void)next(g);
	take_options(g, item);
	skip_blank(g);
	/* words behind the braces: a gap in a sentence */
	const char *line_end = g->at + strcspn(g->at, "\n");
	if (g->at[-1] != '\n' && line_end > g->at && g->at[-1] == ' ') {
		reader_note(r, item, g->line, true, "exchange.unsupported", "missing word");
		(void)take_until(g, "\n");
	}
}

void read_gift(struct reader *r, const char *text)
{
	static const char category[] = "$CATEGORY:";
	struct gift g = { r, text, 1, "" };
	for (skip_blank(&g); *g.at; skip_blank(&g)) {
		if (strncmp(g.at, category, sizeof(category) - 1) == 0) {
			g.at += sizeof(category) - 1;
			const char *path = take_until(&g, "\n");
			g.category = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
		} else {
			take_question(&g);
		}
	}
}
